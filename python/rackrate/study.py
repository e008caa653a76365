"""Studies: many replications of one scenario, or of several in the same random worlds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackrate import _core, options, progress
from rackrate.results import open_result
from rackrate.scenario import Scenario, as_scenario, named_arms

if TYPE_CHECKING:
    import xarray as xr

Path_ = str | os.PathLike[str]
Replays = Mapping[str, Mapping[str, str]]


def run(
    scenario: Scenario | Path_,
    *,
    replications: int = 1,
    seed: int = 1,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Simulate one scenario.

    Args: as for :func:`compare`, which this is with one arm.
    Returns: xarray.Dataset with dims (arm, replication, entities..., time); money in US dollars, compute in H100e-hours.
    Raises: ScenarioError, ResultFileError, LedgerError; KeyboardInterrupt leaves what was finished on disk.

    Example:
        >>> import rackrate as rr
        >>> ds = rr.run("toy-10")
        >>> round(float(ds["revenue"].sel(firm="oai").sum()))
        155520
    """
    loaded = as_scenario(scenario)
    return compare(
        {loaded.name: loaded},
        replications=replications,
        seed=seed,
        threads=threads,
        out=out,
        until=until,
        resume=resume,
        force=force,
        progress=progress,
    )


def compare(
    arms: Mapping[str, Scenario | Path_] | Iterable[Scenario | Path_],
    *,
    baseline: str | None = None,
    replications: int = 20,
    seed: int = 1,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | None = None,
    replay: Replays | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Simulate several scenarios in the same random worlds, so that they can be compared pair by pair.

    Args: ``arms`` by name, or a list that goes by the scenarios' names; ``baseline`` is the arm that
    differences are taken from (the first, if not said); ``seed`` chooses the worlds and ``replications`` how many;
    ``threads`` changes the time, never the result; ``out`` keeps the result file, else it is temporary;
    ``until`` ends the runs early (exclusive); ``replay`` says for an arm whose recorded ``prices`` or ``investment`` it
    takes in each replication instead of deciding, as ``{"shut": {"prices": "open"}}``; ``resume`` goes on from what ``out`` holds, ``force`` replaces it;
    ``progress`` is True for a bar, or a callback ``(done, total)``.
    Returns: xarray.Dataset with dims (arm, replication, entities..., time), lazy if ``out`` is given.
    Raises: ScenarioError for unsound input; ResultFileError if ``out`` exists or cannot be written; LedgerError
    if a balance does not close; KeyboardInterrupt, when what was finished stays on disk for ``resume``.

    Example:
        >>> import rackrate as rr
        >>> toy = rr.Scenario.load("toy-10")
        >>> dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"})
        >>> st = rr.compare({"toy": toy, "dear": dear}, replications=2)
        >>> st.sizes["arm"], st.sizes["replication"]
        (2, 2)
    """
    named = named_arms(arms)
    base = baseline if baseline is not None else next(iter(named))
    if base not in named:
        near = _core.nearest(base, list(named))
        raise _core.ScenarioError(
            f'baseline is "{base}"; expected one of {", ".join(named)}. ' + (f"Did you mean {near}?" if near else "Name one of them.")
        )
    if out is not None:
        run_study(named, base, replications, seed, threads, out, until, resume, force, progress, replay=replay)
        return open_result(out)
    folder = tempfile.mkdtemp(prefix="rackrate-")
    try:
        path = Path(folder) / "study.h5"
        run_study(named, base, replications, seed, threads, path, until, False, False, progress, replay=replay)
        return open_result(path).load()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_study(
    arms: Mapping[str, Scenario],
    baseline: str,
    replications: int,
    seed: int,
    threads: int | None,
    out: Path_,
    until: str | None,
    resume: bool,
    force: bool,
    show: bool | progress.Callback | None,
    *,
    replay: Replays | None = None,
    design: str = "",
) -> None:
    """Check the request, run it and write ``out``; returns when the file is whole.

    ``design`` is JSON that the file keeps: what the arms are to each other.
    """
    replays = _checked_replays(arms, replay or {})
    if resume and force:
        raise _core.ScenarioError("resume and force are both set; expected one of them. Resume goes on, force begins again.")
    request: dict[str, Any] = {
        "arms": [(name, scenario._core, *replays[name]) for name, scenario in arms.items()],
        "baseline": baseline,
        "replications": options.positive("replications", replications),
        "seed": options.seed_number(seed),
        "threads": options.thread_count(threads),
        "until": options.instant("until", until) if until is not None else "",
        "out": os.fspath(options.writable(out, force=force, resume=resume)),
        "mode": "resume" if resume else "force" if force else "fresh",
        "design": design,
    }
    if callable(show):
        _core.run_study(**request, progress=show)
        return
    with progress.bar(bool(show)) as advance:
        _core.run_study(**request, progress=advance)


def _checked_replays(arms: Iterable[str], replay: Replays) -> dict[str, tuple[str, str]]:
    """For each arm whose prices and whose investment it replays; empty for none."""
    names = list(arms)
    for arm, slots in replay.items():
        for word, known, what in [(arm, names, "an arm"), *((slot, ["prices", "investment"], "a slot") for slot in slots)]:
            if word not in known:
                near = _core.nearest(word, known)
                raise _core.ScenarioError(
                    f'replay names {what} "{word}"; expected one of {", ".join(known)}. ' + (f"Did you mean {near}?" if near else "Name one of them.")
                )
    return {name: (replay.get(name, {}).get("prices", ""), replay.get(name, {}).get("investment", "")) for name in names}


def rerun(path: Path_, *, replication: int | None = None, threads: int | None = None) -> list[tuple[str, int, bool]]:
    """Run again from what a result file holds, and compare fingerprints.

    Args: ``replication`` picks one; else all that are complete are run again.
    Returns: (arm, replication, same) for each run.
    Raises: ResultFileError if the file is none of ours, or was written by another version; ScenarioError if the
    replication is not in it.
    Example: >>> all(same for _, _, same in rerun("study.h5", replication=0))  # doctest: +SKIP
    """
    out = Path(path)
    header = _core.read_header(os.fspath(out))
    if header["program_version"] != _core.__version__:
        raise _core.ResultFileError(
            f"{out}: was written by rackrate {header['program_version']}; expected {_core.__version__}. "
            "Results are promised to repeat within one version only: use that version."
        )
    wanted = {(arm, number): print_ for arm, number, print_ in header["prints"] if replication in (None, number)}
    if not wanted:
        raise _core.ScenarioError(f"replication is {replication}; expected one that {out} holds complete. Leave it out for all.")
    scenarios = {arm["name"]: Scenario.parse(arm["scenario"], f"{out}:{arm['name']}") for arm in header["arms"]}
    sources = {arm["name"]: (arm["replay_prices"], arm["replay_investment"]) for arm in header["arms"]}
    paths: dict[tuple[str, int], _core.DecisionPath] = {}

    def simulate(arm: str, number: int) -> _core.Simulation:
        prices, investment = (path_of(name, number) if name else None for name in sources[arm])
        simulation = _core.Simulation(scenarios[arm]._core, header["seed"], number, prices, investment)
        simulation.run()
        return simulation

    def path_of(arm: str, number: int) -> _core.DecisionPath:
        if (arm, number) not in paths:
            paths[arm, number] = simulate(arm, number).decisions()
        return paths[arm, number]

    return [(arm, number, simulate(arm, number).fingerprint() == expected) for (arm, number), expected in wanted.items()]


def estimate_seconds(arms: Mapping[str, Scenario], replications: int, threads: int | None, days: int = 45) -> float:
    """How long a study will take, from the first weeks of one replication; good to a factor of two or so."""
    first = next(iter(arms.values()))
    seconds = progress.stopwatch()
    pilot = _core.Simulation(first._core, 1, 0, None, None)
    share = pilot.run_share(days)
    per_run = seconds() / max(share, 1e-9)
    runs = len(arms) * replications
    workers = min(options.thread_count(threads), runs)
    return per_run * runs / workers
