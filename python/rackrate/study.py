"""Studies: many replications of one scenario, or of several in the same random worlds."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackrate import _core, options, progress
from rackrate.results import open_result
from rackrate.scenario import Scenario, as_scenario, named_arms
from rackrate.study_request import Path_, Replays, Replications, StudyRequest, checked_replays

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.two_level import TwoLevelRequest


def run(
    scenario: Scenario | Path_,
    *,
    replications: Replications = 1,
    seed: int = 1,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | dt.date | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Simulate one scenario.

    Args: as for :func:`compare`, with one arm.
    Returns: xarray.Dataset with dims (arm, replication, entities..., time); money in US dollars, compute in H100e-hours.
    Raises: ScenarioError, ResultFileError, LedgerError; KeyboardInterrupt leaves the finished runs on disk.

    Example:
        >>> import rackrate as rr
        >>> ds = rr.run("toy-10")
        >>> round(float(ds["revenue"].sel(firm="oai").sum()))
        155520
    """
    loaded = as_scenario(scenario)
    return compare(
        {loaded.name: loaded},
        fixed_parameters=True,
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
    replications: Replications | None = None,
    points: int | None = None,
    fixed_parameters: bool = False,
    seed: int = 1,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | dt.date | None = None,
    replay: Replays | None = None,
    resume: bool = False,
    force: bool = False,
    share_past: bool = True,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Simulate several scenarios in the same random worlds, so that they can be compared pair by pair.

    What the scenarios do not know is drawn with the futures: at each of ``points`` parameter points every value with a stated
    range is drawn from the distribution that its range means, the same in all arms, and ``replications`` futures are run.
    ``fixed_parameters`` leaves all values as they are written; so does a comparison whose arms state no range. Functions of
    :mod:`rackrate.analysis` then tell apart what comes from futures, from parameters and from the size of the study.

    Args: ``arms`` by name, or a list, named by the scenarios' names; ``baseline`` is the arm that
    differences are taken from (by default the first); ``seed`` chooses the worlds and the points, ``points`` (20) how many points
    and ``replications`` how many futures at each (2), or how many in all where parameters are fixed (20):
    a number N runs 0 to N - 1, a range runs those numbers, with the results that they have in any longer study of the same
    seed, so ``range(0, 100)`` and ``range(100, 200)`` on two machines are the two halves of 200;
    ``threads`` changes the time, never the result; ``out`` is the result file to write, else the result stays in memory;
    ``until`` ends the runs early (exclusive); ``replay`` names for an arm the arm whose recorded ``prices`` or ``investment`` it
    replays in each replication instead of deciding, as ``{"shut": {"prices": "open"}}``; ``resume`` continues from the runs
    in ``out``, ``force`` replaces it;
    until the first date on which two arms can differ, one run serves both; ``share_past=False`` runs each by itself,
    which takes longer and gives the same result (of studies that draw no parameters: points run arm by arm);
    ``progress`` is True for a bar, False for none, or a callback ``(done, total)`` of the runs on disk; by default a bar is
    drawn on a terminal.
    Returns: xarray.Dataset with dims (arm, replication, entities..., time), and ``point`` in front where parameters are drawn;
    lazy if ``out`` is given.
    Raises: ScenarioError for invalid input, and for a range that cannot be drawn; ResultFileError if ``out`` exists or cannot be written; LedgerError
    if a balance does not close; KeyboardInterrupt; the finished runs then stay on disk for ``resume``.

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
            f'baseline is "{base}"; expected one of {", ".join(named)}. '
            + (f"Did you mean {near}?" if near else "Name one of them.")
        )
    request, drawn = planned(
        StudyRequest(named, base, 1, seed, until, replay or {}, share_past=share_past),
        replications,
        points,
        fixed_parameters,
    )
    if drawn is None:
        return study_of(request, out=out, threads=threads, resume=resume, force=force, show=progress)
    from rackrate import two_level

    if out is None:
        return two_level.collect_two_level(drawn, threads=threads, show=progress)
    two_level.run_two_level(drawn, out, threads=threads, resume=resume, force=force, show=progress)
    return open_result(out)


def planned(
    request: StudyRequest, replications: Replications | None, points: int | None, fixed_parameters: bool
) -> tuple[StudyRequest, TwoLevelRequest | None]:
    """The study with as many replications as it needs, and the two-level study around it where parameters are drawn.

    Raises: ScenarioError if ``points`` is given for parameters that are not drawn, or a range cannot be drawn.
    """
    from rackrate import two_level
    from rackrate.sweeps.uncertain import uncertain_factors

    factors = () if fixed_parameters else uncertain_factors(request.arms)
    if not factors:
        if points is not None:
            why = "parameters are fixed" if fixed_parameters else "no arm states a range"
            raise _core.ScenarioError(f"points is {points}, and {why}; expected no points. Leave it out.")
        return replace(request, replications=20 if replications is None else replications), None
    futures = two_level.FUTURES if replications is None else replications
    wanted = replace(request, replications=futures)
    return wanted, two_level.TwoLevelRequest(wanted, two_level.POINTS if points is None else points, factors)


def study_of(
    request: StudyRequest,
    *,
    out: Path_ | None = None,
    threads: int | None = None,
    resume: bool = False,
    force: bool = False,
    show: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """The dataset of a study: lazy from ``out`` if that is given, else in memory."""
    if out is None:
        return _collected(request, threads, show)
    run_study(request, out, threads=threads, resume=resume, force=force, show=show)
    return open_result(out)


def run_study(
    request: StudyRequest,
    out: Path_,
    *,
    threads: int | None = None,
    resume: bool = False,
    force: bool = False,
    show: bool | progress.Callback | None = False,
) -> None:
    """Check the request, run it and write ``out``; returns when the file is complete."""
    options.exclusive_modes(resume, force)
    asked = _asked(request, threads)
    asked["out"] = os.fspath(options.writable(out, force=force, resume=resume))
    asked["mode"] = "resume" if resume else "force" if force else "fresh"
    if callable(show):
        _core.run_study(**asked, progress=show)
        return
    with progress.bar(show) as advance:
        _core.run_study(**asked, progress=advance)


def _collected(request: StudyRequest, threads: int | None, show: bool | progress.Callback | None) -> xr.Dataset:
    """Run a study whose result stays in memory."""
    asked = _asked(request, threads)
    if callable(show):
        content = _core.collect_study(**asked, progress=show)
    else:
        with progress.bar(show) as advance:
            content = _core.collect_study(**asked, progress=advance)
    from rackrate.result_arrays import dataset_of

    return dataset_of(content)


def _asked(request: StudyRequest, threads: int | None) -> dict[str, Any]:
    """What the C++ library is asked, less the output."""
    replays = checked_replays(request.arms, request.replay)
    numbers = request.numbers()
    return {
        "arms": [(name, scenario._core, *replays[name]) for name, scenario in request.arms.items()],
        "baseline": request.baseline,
        "first_replication": numbers.start,
        "replications": len(numbers),
        "seed": options.seed_number(request.seed),
        "threads": options.thread_count(threads),
        "until": request.until_text(),
        "design": request.design,
        "share_past": request.share_past,
    }


def _kept_two_level(out: Path) -> xr.Dataset | None:
    """The dataset of a study that drew its parameters; None for any other file."""
    import h5py

    if not os.path.isfile(out):
        return None
    try:
        with h5py.File(out) as file:
            if "world" not in file or "designs" not in file.attrs:
                return None
    except (OSError, RuntimeError):  # damaged: whoever reads it next says so
        return None
    return open_result(out)


def rerun(path: Path_, *, replication: int | None = None, threads: int | None = None) -> list[tuple[str, int, bool]]:
    """Run the runs of a result file again, each to its recorded end, and compare fingerprints.

    Args: ``replication`` selects one; by default all complete replications are run again.
    Returns: (arm, replication, same) for each run.
    Raises: ResultFileError if the file is no result file, was written by another version, or holds a run with manual
    changes; ScenarioError if the replication is not in it.
    Example: >>> all(same for _, _, same in rerun("study.h5", replication=0))  # doctest: +SKIP
    """
    out = Path(path)
    drawn = _kept_two_level(out)
    if drawn is not None:
        from rackrate import two_level

        return two_level.rerun_two_level(drawn, replication)
    header = _core.read_header(os.fspath(out))
    if header["program_version"] != _core.__version__:
        raise _core.ResultFileError(
            f"{out}: was written by rackrate {header['program_version']}; expected {_core.__version__}. "
            "Results are promised to repeat within one version only: use that version."
        )
    wanted = {(arm, number): print_ for arm, number, print_ in header["prints"] if replication in (None, number)}
    if not wanted:
        raise _core.ScenarioError(
            f"replication is {replication}; expected one that {out} holds complete. Leave it out for all."
        )
    for arm in header["arms"]:
        if arm["interventions"]:
            raise _core.ResultFileError(
                f"{out}: the run of {arm['name']} was changed by hand on its way; expected runs of a scenario as it stands. "
                "Repeat the steps that its variable interventions lists."
            )
    ends = {(arm, number): end for arm, number, end in header["ends"]}
    scenarios = {arm["name"]: Scenario.parse(arm["scenario"], f"{out}:{arm['name']}") for arm in header["arms"]}
    sources = {arm["name"]: (arm["replay_prices"], arm["replay_investment"]) for arm in header["arms"]}
    paths: dict[tuple[str, int, str], _core.DecisionPath] = {}

    def simulate(arm: str, number: int, end: str) -> _core.Simulation:
        prices, investment = (path_of(name, number, end) if name else None for name in sources[arm])
        simulation = _core.Simulation(scenarios[arm]._core, header["seed"], number, prices, investment)
        simulation.end_at(end)
        simulation.run_until(end)
        return simulation

    def path_of(arm: str, number: int, end: str) -> _core.DecisionPath:
        if (arm, number, end) not in paths:
            paths[arm, number, end] = simulate(arm, number, end).decisions()
        return paths[arm, number, end]

    return [
        (arm, number, simulate(arm, number, ends[arm, number]).fingerprint() == expected)
        for (arm, number), expected in wanted.items()
    ]
