"""Sweeps beside their goals: ./dev bench sweep [--quick] [--only ID]...

Each figure is measured in processes of its own. Prints the table in Markdown and writes build/bench/sweep.json. A missed goal
is said clearly and is no failure, for a clock is no test.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.programs import ROOT, machine
from bench.table import closing, table

GOALS = ROOT / "bench" / "goals.toml"
OUTPUT = ROOT / "build" / "bench"
_RATE = "contracts.oai-az.versions.first.clauses.share.rate"
_PRICE = "labs.oai.streams.app.price"


# What is swept


def small(points, replications=1):
    """A design of so many points of toy-10 cut short: about a millisecond a point, of which a run is a third."""
    import rackrate as rr
    from rackrate.sweeps.keep import Keep

    return rr.Design.of(
        kind="latin-hypercube",
        samples=points,
        arms=["toy-10"],
        replications=replications,
        until="2026-01-04",
        keep=Keep(("npv", "revenue", "gross_profit", "served"), by="total"),
        factors={
            "app_price": {"path": _PRICE, "low": "5 $/H100e-h", "high": "7 $/H100e-h"},
            "rate": {"path": _RATE, "low": "10 %", "high": "20 %"},
        },
    )


def large(points, replications, until):
    """A design of the flagship cut short, all variables kept."""
    import rackrate as rr

    return rr.Design.of(
        kind="grid",
        arms=["openai-azure-amended"],
        replications=replications,
        until=until,
        factors={"taste": {"path": "choice.taste_sigma", "low": 0.5, "high": 1.0, "steps": points}},
    )


# What is measured, each in a process of its own


def until_for(seconds):
    """A date at which a run of the flagship takes about so long on this machine."""
    import numpy as np

    import rackrate as rr
    from rackrate.sweeps.keep import Keep
    from rackrate.sweeps.running import layout_of, runs_of

    runs = runs_of(rr.Scenario.load("openai-azure-amended"), Keep())
    layout = layout_of(runs)
    wide, narrow = np.empty(layout.width("float64")), np.empty(layout.width("float32"), np.float32)
    day = np.datetime64("2025-07-01")
    for days in range(1, 400):
        until = str(day + days)
        begin = time.perf_counter()
        runs.run(1, 0, until, wide, narrow)
        runs.run(1, 1, until, wide, narrow)
        if (time.perf_counter() - begin) / 2 >= seconds:
            return until
    return until


def bare(size):
    """The same runs in a loop: scenarios made, compiled and run, nothing stored."""
    import numpy as np

    from rackrate.sweeps.running import layout_of, runs_of

    design = large(size["points"], size["replications"], size["until"])
    points = design.points()
    begin = time.perf_counter()
    for point in points:
        for scenario in point.scenarios().values():
            runs = runs_of(scenario, design.keep)
            layout = layout_of(runs)
            wide, narrow = np.empty(layout.width("float64")), np.empty(layout.width("float32"), np.float32)
            for replication in design.replications:
                runs.run(design.seed, replication, design.until, wide, narrow)
    return {"seconds": time.perf_counter() - begin}


def swept(size):
    """A sweep of the flagship; its time is without the start of the program, with all else."""
    from rackrate.sweeps.backends.local import LocalBackend

    return _seconds_of_sweep(size, LocalBackend(size["workers"], threads=size.get("threads", False)))


def swept_on_dask(size):
    """The same on a Dask cluster of one worker process; its time is without the start of the cluster."""
    from dask.distributed import Client, LocalCluster

    from rackrate.sweeps.backends.dask import DaskBackend

    with (
        tempfile.TemporaryDirectory() as scratch,
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=scratch
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(_warm)
        return _seconds_of_sweep(size, DaskBackend(client))


def _warm():
    import rackrate as rr

    rr.run("toy-10", progress=False)


def _seconds_of_sweep(size, backend):
    from rackrate.sweeps.run import run_sweep

    design = large(size["points"], size["replications"], size["until"])
    design.points()
    with tempfile.TemporaryDirectory(dir=OUTPUT) as folder:
        begin = time.perf_counter()
        run_sweep(design, Path(folder) / "sw", backend=backend)
        return {"seconds": time.perf_counter() - begin}


def many(size):
    """Plan and run points of the small model."""
    from rackrate.sweeps.backends.local import LocalBackend
    from rackrate.sweeps.run import prepare, run_sweep

    out = Path(size["out"])
    shutil.rmtree(out, ignore_errors=True)
    begin = time.perf_counter()
    design = small(size["points"], size.get("replications", 1))
    design.points()
    prepare(design, out, resume=False)
    planned = time.perf_counter()
    summary = run_sweep(design, out, backend=LocalBackend(2), resume=True)
    if summary.done != summary.runs:
        raise RuntimeError(f"{summary.done} of {summary.runs} runs were done")
    return {"plan": planned - begin, "run": time.perf_counter() - planned, "megabytes": _megabytes()}


def opened(size):
    """Open what `many` left, and reduce it."""
    import rackrate as rr

    begin = time.perf_counter()
    ds = rr.open(size["out"])
    open_ = time.perf_counter()
    moments = [float(ds["npv"].mean()), float(ds["npv"].var()), float(ds["gross_profit"].sel(firm="oai").sum())]
    return {"open": open_ - begin, "reduce": time.perf_counter() - open_, "megabytes": _megabytes(), "moments": moments}


def bundles_on_disk(size):
    """A directory in which every run of `many` has a bundle of its own, as a sweep of long runs leaves it."""
    from rackrate.sweeps import manifest, requests
    from rackrate.sweeps.journal import Entry, JournalWriter
    from rackrate.sweeps.layout import bundle_path
    from rackrate.sweeps.plan import Plan

    source, out = Path(size["from"]), Path(size["out"])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    for name in ("sweep.json", "requests"):
        (shutil.copytree if (source / name).is_dir() else shutil.copy)(source / name, out / name)
    plan = Plan(manifest.read(out), requests.read_all(out))
    journal = JournalWriter(out)
    for cell in range(len(plan.prints)):
        bundle = plan.bundle([cell], plan.replications)
        path = bundle_path(out, bundle.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        journal.add(Entry(bundle.key, (bundle.cells[0].digest[:32],), bundle.replications, (), 10.0, 1, time.time()))
    journal.close()
    return {"bundles": len(plan.prints)}


def _megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MEASURES = {f.__name__: f for f in (bare, swept, swept_on_dask, many, opened, bundles_on_disk)}


def run(measure, **size):
    """One measure in a process of its own. Raises: RuntimeError with what it said if it failed."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", measure, "--size", json.dumps(size)], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{measure}: {done.stderr.strip()}")
    return json.loads(done.stdout)


# The figures


def figures(quick, wanted):
    """Yields (id, value) as they are known."""
    if wanted & {"overhead", "overhead-dask", "two-workers", "threads"}:
        yield from beside_bare_runs(quick)
    if wanted & {"plan", "run", "open", "reduce", "memory", "memory-open", "growth-time", "status"}:
        few, most = (500, 2_000) if quick else (10_000, 100_000)
        small_, all_ = OUTPUT / "sweep-few", OUTPUT / "sweep-many"
        first, second = ({**run("many", points=n, out=str(d)), **_opened(d)} for n, d in ((few, small_), (most, all_)))
        yield from ((name, second[name]) for name in ("plan", "run", "open", "reduce"))
        yield "memory", second["megabytes"]
        yield "memory-open", second["megabytes-open"]
        stages = ("plan", "run", "open", "reduce")
        yield "growth-time", (sum(second[s] for s in stages) / most) / (sum(first[s] for s in stages) / few)
        single = OUTPUT / "sweep-bundles"
        run("bundles_on_disk", **{"from": str(all_), "out": str(single)})
        begin = time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-m", "rackrate", "status", single, "--json"], capture_output=True, check=True
        )
        yield "status", time.perf_counter() - begin
        assert json.loads(said.stdout)["done"] == most
        for folder in (small_, all_, single):
            shutil.rmtree(folder)
    if "growth-memory" in wanted:
        few, most = (100, 400) if quick else (1_000, 10_000)
        out = OUTPUT / "sweep-memory"
        memory = [run("many", points=10, replications=n, out=str(out))["megabytes"] for n in (few, most)]
        shutil.rmtree(out)
        yield "growth-memory", memory[1] / memory[0]


def beside_bare_runs(quick):
    """Yields overhead, overhead-dask, two-workers and threads: medians over rounds, for the speed of a shared machine drifts."""
    until = until_for(0.02 if quick else 0.1)
    size = {"points": 2 if quick else 4, "replications": 10 if quick else 50, "until": until}
    rounds = [_round(size) for _ in range(1 if quick else 5)]
    for name in rounds[0]:
        yield name, statistics.median(ratios[name] for ratios in rounds)


def _round(size):
    alone = run("bare", **size)["seconds"]
    one = run("swept", **size, workers=1)["seconds"]
    two = run("swept", **size, workers=2)["seconds"]
    threads = run("swept", **size, workers=2, threads=True)["seconds"]
    on_dask = run("swept_on_dask", **size)["seconds"]
    return {
        "overhead": 100 * (one / alone - 1),
        "overhead-dask": 100 * (on_dask / alone - 1),
        "two-workers": one / two,
        "threads": one / threads,
    }


def _opened(directory):
    found = run("opened", out=str(directory))
    return {"open": found["open"], "reduce": found["reduce"], "megabytes-open": found["megabytes"]}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="./dev bench sweep", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="small sizes: does everything run?")
    parser.add_argument("--only", action="append", metavar="ID", help="ids of goals.toml; may be repeated")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--size", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    if options.measure:
        print(json.dumps(MEASURES[options.measure](json.loads(options.size))))
        return 0
    goals = tomllib.loads(GOALS.read_text(encoding="utf-8"))["sweep"]
    wanted = {goal["id"] for goal in goals if not options.only or goal["id"] in options.only}
    if not wanted:
        print(f"no id of {GOALS.relative_to(ROOT)} is among {options.only}", file=sys.stderr)
        return 2
    about, rows = machine(), {}
    output = OUTPUT / ("sweep-quick.json" if options.quick else "sweep.json")
    for name, value in figures(options.quick, wanted):
        rows[name] = value
        print(f"{name}: {value:.4g}", file=sys.stderr, flush=True)
        finished = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        output.write_text(
            json.dumps({"machine": about, "quick": options.quick, "finished": finished, "rows": rows}, indent=1) + "\n"
        )
    print(f"{about['processor']}, {about['usable_processors']} processors, load {about['load_average']} at the start; commit {about['commit']}; {finished}\n")  # fmt: skip
    print(table(goals, rows, judged=not options.quick))
    print("\n" + closing(goals, rows, options.quick))
    print(f"written to {output.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
