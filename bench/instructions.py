"""Instructions per event, or per window, under callgrind: ./dev bench instructions [--update].

Compares small runs of the benchmark programs with the counts in instructions.toml. Exit status 1 if one needs more
instructions than the tolerance allows; --update writes the present counts down instead.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.programs import ROOT, command_line

COUNTS = ROOT / "bench" / "instructions.toml"
COLLECTED = re.compile(r"Collected : (\d+)")


def count(command: str, per: str) -> tuple[int, int]:
    """(instructions, events or windows) of one run.

    Raises: RuntimeError with callgrind's words if it or the program failed.
    """
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command_line(command)]
    done = subprocess.run(callgrind, capture_output=True, text=True, cwd=ROOT)
    collected = COLLECTED.search(done.stderr)
    if done.returncode != 0 or collected is None:
        raise RuntimeError(f"{command}: exit status {done.returncode}: {done.stderr.strip()}")
    return int(collected.group(1)), json.loads(done.stdout)[f"{per}s"]


def unit_of(entry: dict) -> str:
    """What instructions are counted per: "event", or "window" where the number of events is no measure of the work."""
    return "window" if "per_window" in entry else "event"


def measured(entry: dict) -> float:
    """Instructions per event or window between the end of the short run and that of the long one."""
    per = unit_of(entry)
    (few, early), (many, late) = count(entry["short"], per), count(entry["long"], per)
    return (many - few) / (late - early)


def judge(now: float, kept: float, tolerance: float) -> str:
    """'more', 'fewer' or 'same'."""
    if now > kept * (1.0 + tolerance):
        return "more"
    return "fewer" if now < kept * (1.0 - tolerance) else "same"


def updated(text: str, counts: dict[str, float]) -> str:
    """The text of instructions.toml with new figures; all else in it stays as it is."""
    for name, value in counts.items():
        pattern = re.compile(rf'(id = "{re.escape(name)}"(?:\n(?!\[\[).*)*?\nper_(?:event|window) = )[0-9.]+')
        text, changed = pattern.subn(rf"\g<1>{value:.1f}", text)
        if changed != 1:
            raise ValueError(f"{name} stands {changed} times in instructions.toml; expected once")
    return text


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev bench instructions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--update", action="store_true", help="write the present counts into instructions.toml")
    options = parser.parse_args(arguments)
    text = COUNTS.read_text(encoding="utf-8")
    kept = tomllib.loads(text)
    counts = {}
    worse = []
    for entry in kept["count"]:
        unit = unit_of(entry)
        now, before = measured(entry), entry[f"per_{unit}"]
        counts[entry["id"]] = now
        outcome = judge(now, before, kept["tolerance"])
        change = f"{100.0 * (now / before - 1.0):+.1f} %" if before > 0 else "new"
        print(f"{entry['id']:24} {now:8.1f} instructions per {unit}; {before:.1f} kept, {change}", flush=True)
        if outcome == "more":
            worse.append(
                f"{entry['id']} takes {now:.1f} instructions per {unit}; {before:.1f} are kept in bench/instructions.toml"
            )
        elif outcome == "fewer" and not options.update:
            print(f"{entry['id']:24} fewer than kept: ./dev bench instructions --update writes that down")
    if options.update:
        COUNTS.write_text(updated(text, counts), encoding="utf-8")
        return 0
    for line in worse:
        print(f"bench instructions: {line}; more than {100.0 * kept['tolerance']:.0f} % above", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
