"""The engine beside its opponents: ./dev bench engine [--quick] [--only PATTERN]...

Runs the pairs of goals.toml, both sides alternately, takes medians, prints the table of goals in Markdown and writes
build/bench/engine.json. A missed time is said clearly and is no failure, for a clock is no test; that both sides did not do
the same work is one (exit status 1). With --only, rows measured before stay in the file and in the table, each with the commit that it is of.
"""

import argparse
import fnmatch
import json
import statistics
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.programs import ROOT, machine, run

GOALS = ROOT / "bench" / "goals.toml"
OUTPUT = ROOT / "build" / "bench"


class DifferentWork(Exception):
    """The two sides of a pair did not do the same."""


def sides(pair: dict, quick: bool) -> tuple[str, str]:
    """The two commands of a pair."""
    small = " " + pair["quick"] if quick else ""
    ours = f"{pair['command']} {pair.get('ours', '')}{small}"
    opponent = f"{pair.get('opponent_command', pair['command'])} {pair.get('opponent', '')}{small}"
    return ours, opponent


def check_same_work(pair: dict, ours: dict, opponent: dict, quick: bool) -> None:
    for field in pair["equal"]:
        if ours[field] != opponent[field]:
            raise DifferentWork(
                f"{pair['id']}: {field} is {ours[field]} here and {opponent[field]} for {pair['against']}"
            )
    if pair.get("shared_windows") and ours["parallel_windows"] == 0 and not quick:
        raise DifferentWork(f"{pair['id']}: no window was shared between threads")
    if "erlang_c" not in ours or quick:
        return
    for name, side in (("ours", ours), (pair["against"], opponent)):
        if abs(side["wait"] - ours["erlang_c"]) > 4.0 * side["standard_error"]:
            raise DifferentWork(f"{pair['id']}: the wait of {name} is {side['wait']}; Erlang says {ours['erlang_c']}")


def measure(pair: dict, repetitions: int, quick: bool) -> dict:
    """One row of the result: medians of `repetitions` runs of both sides, taken in turn."""
    commands = sides(pair, quick)
    runs: tuple[list[dict], list[dict]] = ([], [])
    for _ in range(repetitions):
        for command, kept in zip(commands, runs, strict=True):
            kept.append(run(command))
        check_same_work(pair, runs[0][-1], runs[1][-1], quick)
    figure = pair["figure"]
    ours, opponent = (statistics.median(r[figure] for r in kept) for kept in runs)
    spread = [
        (max(r[figure] for r in kept) - min(r[figure] for r in kept)) / statistics.median(r[figure] for r in kept)
        for kept in runs
    ]
    row = {
        "id": pair["id"],
        "measure": pair["measure"],
        "against": pair["against"],
        "figure": figure,
        "ours": ours,
        "opponent": opponent,
        "ratio": opponent / ours if figure.startswith("ns_") else ours / opponent,
        "spread": [round(s, 3) for s in spread],
        "commands": commands,
        "repetitions": repetitions,
    }
    for most in ("allocations_per_event", "peak_megabytes"):
        if most in runs[0][0]:
            row[most] = max(r[most] for r in runs[0])
    if "erlang_c" in runs[0][0]:
        row["waits"] = [runs[0][0]["wait"], runs[1][0]["wait"], runs[0][0]["erlang_c"]]
    return row


def quantity(figure: str, value: float) -> str:
    if figure == "ns_per_event":
        return f"{value:.1f} ns"
    return f"{value / 1e6:.2f} M/s" if value >= 1e5 else f"{value / 1e3:.1f} k/s"


def verdict(ratio: float, at_least: float) -> str:
    return "met" if ratio >= at_least else "**missed**"


def table_lines(goals: dict, rows: dict[str, dict]) -> list[list[str]]:
    """The table of goals, one list of cells a line, in the order of goals.toml; rows not measured are left out."""
    lines = []
    for pair in goals["pair"]:
        row = rows.get(pair["id"])
        if row is None:
            continue
        goal = f">= {pair['at_least']:g}" if "at_least" in pair else pair.get("quoted", "")
        lines.append(
            [
                row["measure"],
                quantity(row["figure"], row["ours"]),
                row["against"],
                quantity(row["figure"], row["opponent"]),
                f"{row['ratio']:.2f}",
                goal,
                verdict(row["ratio"], pair["at_least"]) if "at_least" in pair else "quoted",
            ]
        )
    for growth in goals["growth"]:
        if growth["from"] in rows and growth["to"] in rows:
            ratio = rows[growth["to"]]["ours"] / rows[growth["from"]]["ours"]
            limit = growth["at_most"]
            lines.append(
                [
                    growth["measure"],
                    "",
                    "",
                    "",
                    f"{ratio:.2f}",
                    f"<= {limit:g}",
                    "met" if ratio <= limit else "**missed**",
                ]
            )
    counted = [row for row in rows.values() if "allocations_per_event" in row]
    if counted:
        most = max(counted, key=lambda r: r["allocations_per_event"])
        value, limit = most["allocations_per_event"], goals["allocations"]["at_most"]
        where = f" (most: {most['id']})" if value > 0 else ""
        lines.append(
            [
                goals["allocations"]["measure"],
                f"{value:.2g}{where}",
                "",
                "",
                "",
                f"{limit:g}",
                "met" if value <= limit else "**missed**",
            ]
        )
    return lines


def markdown(lines: list[list[str]]) -> str:
    head = [["measure", "ours", "opponent", "opponent's", "ratio", "goal", ""], ["---"] * 7]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in head + lines)


def report(goals: dict, result: dict) -> str:
    lines = table_lines(goals, {r["id"]: r for r in result["rows"]})
    missed = [f"{cells[0]} against {cells[2]}" if cells[2] else cells[0] for cells in lines if "missed" in cells[-1]]
    waits = [
        f"{r['measure']}, mean wait: ours {r['waits'][0]:.4f}, {r['against']} {r['waits'][1]:.4f}, Erlang {r['waits'][2]:.4f}"
        for r in result["rows"]
        if "waits" in r
    ]
    about = result["machine"]
    where = f"{about['processor']}, {about['usable_processors']} processors, load {about['load_average']} at the start; commit {about['commit']}; {result['finished']}"
    other = sorted({r["commit"] for r in result["rows"]} - {about["commit"]})
    if other:
        where += f"; some rows kept from {', '.join(other)}"
    closing = "goals missed: " + "; ".join(missed) if missed else "every goal is met"
    if result["quick"]:
        lines = [[*cells[:-1], ""] for cells in lines]
        closing = "a quick run: sizes are smaller than the names say, and ratios tell nothing about the goals"
    return "\n".join([where, "", markdown(lines), "", *waits, closing])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev bench engine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, once: does everything run?")
    parser.add_argument(
        "--only", action="append", metavar="PATTERN", help="ids of goals.toml, e.g. 'phold/*'; may be repeated"
    )
    parser.add_argument("--repetitions", type=int, help="instead of those of goals.toml")
    options = parser.parse_args(arguments)
    goals = tomllib.loads(GOALS.read_text(encoding="utf-8"))
    repetitions = options.repetitions or (1 if options.quick else goals["repetitions"])
    chosen = [
        p
        for p in goals["pair"]
        if not options.only or any(fnmatch.fnmatch(p["id"], pattern) for pattern in options.only)
    ]
    if not chosen:
        print(f"no id of {GOALS.relative_to(ROOT)} matches {options.only}", file=sys.stderr)
        return 2

    output = OUTPUT / ("engine-quick.json" if options.quick else "engine.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    rows = {}
    if options.only and output.exists():
        rows = {r["id"]: r for r in json.loads(output.read_text(encoding="utf-8"))["rows"]}
    result = {"machine": machine(), "quick": options.quick}
    try:
        for number, pair in enumerate(chosen, start=1):
            print(f"[{number}/{len(chosen)}] {pair['measure']} against {pair['against']}", file=sys.stderr, flush=True)
            rows[pair["id"]] = {"commit": result["machine"]["commit"]} | measure(
                pair, min(repetitions, pair.get("repetitions", repetitions)), options.quick
            )
            result["finished"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            result["rows"] = [rows[p["id"]] for p in goals["pair"] if p["id"] in rows]
            output.write_text(
                json.dumps(result, indent=1) + "\n", encoding="utf-8"
            )  # each row, so that a run cut short is not lost
    except (DifferentWork, RuntimeError) as problem:
        print(f"bench engine: {problem}", file=sys.stderr)
        return 1
    print(report(goals, result))
    print(f"written to {output.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
