"""The market beside its goals: ./dev bench market [--quick] [--only ID]... [--baseline PROGRAM]

Each figure is measured in processes of its own; what is compared runs in turn, and ratios are of medians. Prints the
table in Markdown and writes build/bench/market.json. A missed goal is said clearly and is no failure, for a clock is no
test; that two sides did not do the same work is one (exit status 1). With --only, rows measured before stay in the file
and in the table, each with the commit that it is of. On an idle machine of two processors the table takes under half an
hour, most of it one study of 400 runs and one run of 10^6 enterprises; what each group took is said as it ends.
"""

import argparse
import fnmatch
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.programs import BUILT, ROOT, Cost, cost, machine
from bench.table import closing, table

GOALS = ROOT / "bench" / "goals.toml"
OUTPUT = ROOT / "build" / "bench"
BASELINE = ROOT / "build" / "baseline"
FLAGSHIP, EXCLUSIVE = "openai-azure-amended", "openai-azure-exclusive"
RENEGOTIATED, ITS_BASE = "renegotiated-2026", "openai-azure-october-2025"
MARKET = "bench/peers/market.toml"

Figure = tuple[str, float, str]  # id of goals.toml, value, what it was made of


class DifferentWork(Exception):
    """Two sides that are compared did not do the same."""


class NotMeasured(Exception):
    """Why a row cannot be measured here."""


class Sizes:
    """How large the runs are."""

    def __init__(self, quick: bool, repetitions: int | None):
        self.quick = quick
        self.repetitions = repetitions or (1 if quick else 5)
        self.enterprises = 200 if quick else 10_000
        self.growth = (100, 200, 400, 800) if quick else (1_000, 10_000, 100_000, 1_000_000)
        self.shared = 400 if quick else 100_000
        self.futures = 2 if quick else 200
        self.peers = {"simpy/1e3": 50, "simpy/1e4": 100, "simpy/1e4/event": 100} if quick else {"simpy/1e3": 1_000, "simpy/1e4": 10_000, "simpy/1e4/event": 10_000}  # fmt: skip
        self.until = ["--until", "2025-09-01"] if quick else []


# Runs of the program flagship


def flagship(program: Path, *words: object) -> tuple[Cost, dict]:
    """One run of the program: what the process cost, what the program says."""
    spent, printed = cost([program, *map(str, words), "--json"])
    return spent, json.loads(printed)


def replication_seconds(program: Path, *words: object, until: list[str]) -> float:
    """CPU seconds of a replication, less those of loading the scenario and of its first day.

    Raises: NotMeasured where the difference is within the resolution of the clock.
    """
    day, _ = flagship(program, *words, "--until", "2025-07-02")
    whole, _ = flagship(program, *words, *until)
    return difference(whole.cpu_seconds, day.cpu_seconds, "a replication and its first day")


def difference(longer: float, shorter: float, of: str) -> float:
    """longer - shorter. Raises: NotMeasured where less than two ticks of the clock of processes lie between them."""
    if longer - shorter < 2 / os.sysconf("SC_CLK_TCK"):
        raise NotMeasured(f"the CPU times of {of} differ by {longer - shorter:.3f} s, too little for the clock")
    return longer - shorter


def paired(repetitions: int, *sides: Callable[[], float]) -> list[list[float]]:
    """What each side gives, in turn, so often."""
    kept: list[list[float]] = [[] for _ in sides]
    for _ in range(repetitions):
        for side, values in zip(sides, kept, strict=True):
            values.append(side())
    return kept


# The commit that the goals are relative to


def baseline_program(given: Path | None, commit: str, may_build: bool) -> Path:
    """The program flagship of the commit: the given one, else that of build/baseline, which is built where it is missing.

    Raises: NotMeasured where that cannot be.
    """
    if given is not None:
        program = given / "bench" / "flagship" if given.is_dir() else given
        if not program.is_file():
            raise NotMeasured(f"{program} is no program; expected flagship of {commit}, or the folder of its build")
        return program.resolve()
    source, build = BASELINE / f"source-{commit}", BASELINE / f"build-{commit}"
    program = build / "bench" / "flagship"
    if program.is_file():
        return program
    if not may_build:
        raise NotMeasured(f"there is no build of {commit}; run without --quick, or name one with --baseline")
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if archive.returncode != 0:
        raise NotMeasured(f"{commit} is not in this repository ({archive.stderr.decode().strip()}); fetch its history")
    print(f"building {commit} in {build} (minutes)", file=sys.stderr, flush=True)
    source.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DRACKRATE_TESTS=OFF", "-DRACKRATE_BENCH=ON", "-DRACKRATE_PYTHON=OFF"]
    for command in (
        ["cmake", "-G", "Ninja", "-S", source, "-B", build, *options],
        ["ninja", "-C", build, "-j2", "flagship"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise NotMeasured(f"{commit} cannot be built: {(done.stdout + done.stderr).strip()[-600:]}")
    return program


# The figures, each group by the ids that it yields


def against_baseline(sizes: Sizes, goal: dict, given: Path | None) -> Iterator[Figure]:
    before = baseline_program(given, goal["commit"], may_build=not sizes.quick)
    words = ("--enterprises", sizes.enterprises)
    ours, theirs = paired(
        sizes.repetitions,
        lambda: replication_seconds(BUILT / "flagship", *words, until=sizes.until),
        lambda: replication_seconds(before, *words, until=sizes.until),
    )
    now, then = statistics.median(ours), statistics.median(theirs)
    yield "replication", then / now, f"{then:.2f} s, now {now:.2f} s; {_spread(ours)} and {_spread(theirs)} apart"


def renegotiated(sizes: Sizes) -> Iterator[Figure]:
    words = ("--enterprises", sizes.enterprises)
    sides = [
        lambda name=name: replication_seconds(BUILT / "flagship", "--scenario", name, *words, until=sizes.until)
        for name in (RENEGOTIATED, ITS_BASE)
    ]
    talks, base = (statistics.median(values) for values in paired(min(3, sizes.repetitions), *sides))
    yield "renegotiated", talks / base, f"{talks:.2f} s, base {base:.2f} s"


def growth(sizes: Sizes) -> Iterator[Figure]:
    """CPU seconds of one enterprise more, in the last tenfold step and in the first; the largest run by itself."""
    spent = {}
    for n in sizes.growth:
        spent[n], said = flagship(BUILT / "flagship", "--enterprises", n, *sizes.until)
    few, some, many, most = sizes.growth
    step = lambda a, b: difference(spent[b].cpu_seconds, spent[a].cpu_seconds, f"{a} and {b} enterprises") / (b - a)
    yield "million", spent[most].seconds, f"{spent[most].cpu_seconds:.0f} s of CPU time"
    yield "million-memory", spent[most].megabytes / 1000, ""
    each, has = said["bytes_per_enterprise"], said["workloads_per_enterprise"]
    yield "enterprise-memory", each + (6 - has) * said["bytes_per_workload"], f"{each:.0f} B with {has:.2f} workloads"
    first, last = step(few, some), step(many, most)
    yield "growth", last / first, f"{1e6 * last:.0f} µs of one more, {1e6 * first:.0f} µs at 10^4"


def study(sizes: Sizes) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=OUTPUT) as folder:
        small = ["--until", "2025-09-01", "--set", "run.enterprises=200"] if sizes.quick else []
        spent, _ = cost(
            [sys.executable, "-m", "rackrate", "compare", FLAGSHIP, EXCLUSIVE, "--fixed-parameters", "-n", sizes.futures, "--threads", 2, "-q",
             "-o", f"{folder}/study.h5", "--report", f"{folder}/report.html", *small],
            processors=2,
        )  # fmt: skip
        for name in ("study.h5", "report.html"):
            if not (Path(folder) / name).is_file():
                raise DifferentWork(f"study: {name} was not written")
    yield "study", spent.seconds, f"{spent.cpu_seconds:.0f} s of CPU time, {spent.megabytes:.0f} MB"


def threads(sizes: Sizes) -> Iterator[Figure]:
    digests: dict[int, set[str]] = {1: set(), 2: set()}

    def seconds(count: int) -> float:
        words = ("--enterprises", sizes.shared, "--threads", count, *sizes.until)
        _, said = flagship(BUILT / "flagship", *words)
        digests[count].add(said["digest"])
        return float(said["seconds"])

    one, two = (statistics.median(v) for v in paired(min(3, sizes.repetitions), lambda: seconds(1), lambda: seconds(2)))
    if len(digests[1] | digests[2]) != 1:
        raise DifferentWork(f"threads: fingerprints differ between one and two threads: {digests}")
    yield "threads", one / two, f"{one:.2f} s, two threads {two:.2f} s, same fingerprint"


def peers(sizes: Sizes, wanted: set[str]) -> Iterator[Figure]:
    """CPU seconds from the figures of the scenario to results."""
    for name, n in sizes.peers.items():
        if name not in wanted:
            continue
        decide = "event" if name.endswith("/event") else "day"

        def ours(n: int = n) -> float:
            return float(flagship(BUILT / "flagship", "--scenario", MARKET, "--enterprises", n)[1]["cpu_seconds"])

        def theirs(n: int = n, decide: str = decide) -> float:
            _, printed = cost([sys.executable, "bench/peers/market_simpy.py", "--enterprises", n, "--decide", decide])
            return float(json.loads(printed)["cpu_seconds"])

        # With an event for each decision SimPy takes minutes, and a figure that is quoted needs no median.
        times = 1 if decide == "event" else min(3, sizes.repetitions)
        us, them = (statistics.median(v) for v in paired(times, ours, theirs))
        yield name, them / us, f"{us:.3f} s, SimPy {them:.2f} s"


def counted(sizes: Sizes, goals: dict[str, dict]) -> Iterator[Figure]:
    """Rows whose figure is a benchmark of rackrate_bench: the first of its names in goals.toml that exists."""
    program = BUILT / "rackrate_bench"
    if not program.is_file():
        raise NotMeasured("rackrate_bench is not built; it needs google-benchmark")
    known = cost([program, "--benchmark_list_tests"])[1].splitlines()
    for name, goal in goals.items():
        found = next((b for pattern in goal["benchmarks"] for b in known if fnmatch.fnmatch(b, pattern)), None)
        if found is None:
            continue
        words = [f"--benchmark_filter=^{found}$", "--benchmark_format=json", "--benchmark_report_aggregates_only=true"]
        words += [f"--benchmark_repetitions={3 if sizes.quick else 9}"]
        words += ["--benchmark_min_time=0.01"] if sizes.quick else []
        row = median_of(json.loads(cost([program, *words])[1]))
        yield name, figure_of(goal, row), f"benchmark {found}"


def median_of(report: dict) -> dict:
    """The row of medians of google-benchmark's JSON. Raises: NotMeasured if there is none."""
    for row in report["benchmarks"]:
        if row.get("aggregate_name") == "median":
            return row
    raise NotMeasured("rackrate_bench gave no median")


def figure_of(goal: dict, row: dict) -> float:
    """Millions a second, from the rate that the benchmark counts or else from its time; or milliseconds."""
    clock = "real_time" if row["name"].endswith("manual_time_median") else "cpu_time"
    seconds = row[clock] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[row["time_unit"]]
    if goal["unit"] == "ms":
        return seconds * 1e3
    return row.get("items_per_second", 1 / seconds) / 1e6


def imports(sizes: Sizes) -> Iterator[Figure]:
    python = lambda words: cost([sys.executable, "-c", words])[0].cpu_seconds
    with_us, without = paired(
        sizes.repetitions, lambda: python("import rackrate; rackrate.run"), lambda: python("pass")
    )
    value = statistics.median(with_us) - statistics.median(without)
    yield "import", value, "CPU time of `import rackrate` and the modules of `rackrate.run`"


def _spread(values: list[float]) -> str:
    return f"{100 * (max(values) - min(values)) / statistics.median(values):.0f} %"


def groups(sizes: Sizes, goals: dict[str, dict], wanted: set[str], given: Path | None) -> Iterator[Iterator[Figure]]:
    """The measurements that yield a wanted id."""
    if "replication" in wanted:
        yield against_baseline(sizes, goals["replication"], given)
    if read := {name: goal for name, goal in goals.items() if "benchmarks" in goal and name in wanted}:
        yield counted(sizes, read)
    if wanted & {"growth", "million", "million-memory", "enterprise-memory"}:
        yield growth(sizes)
    if "study" in wanted:
        yield study(sizes)
    if "renegotiated" in wanted:
        yield renegotiated(sizes)
    if "threads" in wanted:
        yield threads(sizes)
    if wanted & set(sizes.peers):
        yield peers(sizes, wanted)
    if "import" in wanted:
        yield imports(sizes)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev bench market", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, once: does everything run?")
    parser.add_argument(
        "--only", action="append", metavar="ID", help="ids of goals.toml, e.g. 'simpy/*'; may be repeated"
    )
    parser.add_argument("--baseline", type=Path, metavar="PROGRAM", help="flagship of the commit of goals.toml, or the folder of its build")  # fmt: skip
    parser.add_argument("--repetitions", type=int, help="instead of 5, or 1 with --quick")
    options = parser.parse_args(arguments)
    listed = tomllib.loads(GOALS.read_text(encoding="utf-8"))["market"]
    goals = {goal["id"]: goal for goal in listed}
    wanted = {i for i in goals if not options.only or any(fnmatch.fnmatch(i, pattern) for pattern in options.only)}
    if not wanted:
        print(f"no id of {GOALS.relative_to(ROOT)} matches {options.only}", file=sys.stderr)
        return 2
    OUTPUT.mkdir(parents=True, exist_ok=True)
    output = OUTPUT / ("market-quick.json" if options.quick else "market.json")
    rows = json.loads(output.read_text(encoding="utf-8"))["rows"] if options.only and output.exists() else {}
    about = machine()
    result: dict = {"machine": about, "quick": options.quick, "rows": rows}
    left_out = []
    for group in groups(Sizes(options.quick, options.repetitions), goals, wanted, options.baseline):
        began = time.monotonic()
        try:
            for name, value, detail in group:
                rows[name] = {"value": value, "detail": detail, "commit": about["commit"]}
                print(f"{name}: {value:.4g} {detail}", file=sys.stderr, flush=True)
                result["finished"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
                output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        except NotMeasured as reason:
            left_out.append(f"not measured: {reason}")
            print(left_out[-1], file=sys.stderr, flush=True)
        except (DifferentWork, RuntimeError) as problem:
            print(f"bench market: {problem}", file=sys.stderr)
            return 1
        print(f"  took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print("\n".join([*report(listed, result), *left_out]))
    print(f"written to {output.relative_to(ROOT)}", file=sys.stderr)
    return 0


def report(goals: list[dict], result: dict) -> Iterator[str]:
    """The lines of the table, with the machine and the commits above it."""
    about, rows = result["machine"], result["rows"]
    where = f"{about['processor']}, {about['usable_processors']} processors, load {about['load_average']} at the start; commit {about['commit']}; {result.get('finished', '')}"
    other = sorted({row["commit"] for row in rows.values()} - {about["commit"]})
    yield where + (f"; some rows kept from {', '.join(other)}" if other else "")
    yield ""
    values = {name: row["value"] for name, row in rows.items()}
    details = {name: row["detail"] for name, row in rows.items()}
    yield table(goals, values, details, judged=not result["quick"])
    yield ""
    yield closing(goals, values, result["quick"])


if __name__ == "__main__":
    sys.exit(main())
