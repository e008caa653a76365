"""Comparisons that draw what is not known: points of the stated ranges, and futures of their own at each point.

The runs are those of a sweep: its points, its store, its way to go on after an interruption. While they are done they lie in
``OUT.h5.parts``; at the end they are merged into one file with the dimension ``point``.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rackrate import _core, options, progress
from rackrate.files import behind_links
from rackrate.sweeps import requests
from rackrate.sweeps.backends.local import LocalBackend
from rackrate.sweeps.design import Design
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.layout import is_sweep
from rackrate.sweeps.merging import merge
from rackrate.sweeps.results import open_sweep
from rackrate.sweeps.run import Summary, run_sweep
from rackrate.sweeps.sampling import DRAWS, Sampling

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.study_request import Path_, StudyRequest

POINTS = 20  #: parameter points of a comparison
FUTURES = 2  #: at each point: the fewest that tell futures and parameters apart


@dataclass(frozen=True)
class TwoLevelRequest:
    """A comparison at ``points`` draws of what its arms do not know; ``request`` says the rest. Its replications are the
    futures at each point: replication j at point i of m is the random world j m + i."""

    request: StudyRequest
    points: int = POINTS
    factors: tuple[Factor, ...] = ()  #: what is drawn: :func:`rackrate.sweeps.uncertain.uncertain_factors` of its arms

    @cached_property
    def design(self) -> Design:
        """The same as the design of a sweep. Raises: ScenarioError for a range that cannot be drawn, by its name."""
        asked = self.request
        return Design(
            factors=self.factors,
            sampling=Sampling(DRAWS, options.positive("points", self.points), options.seed_number(asked.seed)),
            scenarios=dict(asked.arms),
            baseline=asked.baseline,
            seed=options.seed_number(asked.seed),
            replications=asked.numbers(),
            until=asked.until_text(),
            title="stated ranges and futures together",
        )

    @property
    def runs(self) -> int:
        """Points times arms times futures."""
        return self.points * len(self.request.arms) * len(self.request.numbers())

    def check(self) -> None:
        """Check that this can be drawn and run. Raises: ScenarioError."""
        self.request.check()
        if any(slots for slots in self.request.replay.values()):
            raise _core.ScenarioError(
                "replay is given and parameters are drawn; expected one of them. Fix the parameters: fixed_parameters=True."
            )
        self.design.points()


def run_two_level(
    asked: TwoLevelRequest,
    out: Path_,
    *,
    threads: int | None = None,
    resume: bool = False,
    force: bool = False,
    show: bool | progress.Callback | None = False,
    say: Callable[[str], object] | None = None,
) -> Summary | None:
    """Run what is missing and write ``out``; returns when the file is complete, None if it was already.

    Runs that fail are told to ``say`` and are missing in the file; what was done is then kept beside it, so that ``resume``
    tries them again.
    """
    options.exclusive_modes(resume, force)
    target = behind_links(options.writable(out, force=force, resume=resume))
    asked.check()
    parts = Path(os.fspath(target) + ".parts")
    if resume and target.exists() and not parts.exists():
        _same_study(target, asked)
        return None
    if parts.exists():
        if not resume:
            _clear(parts, force)
        elif is_sweep(parts):
            _same_request(parts, asked)
    summary = run_sweep(
        asked.design, parts, backend=_backend(threads), resume=resume and parts.exists(), show=show, say=say or _warn
    )
    merge(parts, target, force=True)
    if not summary.failed:
        shutil.rmtree(parts)
    return summary


def collect_two_level(
    asked: TwoLevelRequest, *, threads: int | None = None, show: bool | progress.Callback | None = None
) -> xr.Dataset:
    """The same in memory."""
    asked.check()
    with TemporaryDirectory(prefix="rackrate-draws-", ignore_cleanup_errors=True) as folder:
        run_sweep(asked.design, Path(folder), backend=_backend(threads), show=show, say=_warn)
        return open_sweep(folder, verify=False).load()


def _backend(threads: int | None) -> LocalBackend:
    return LocalBackend(options.thread_count(threads), threads=True)


def _clear(parts: Path, force: bool) -> None:
    """What an interrupted study left goes if it may."""
    if not force:
        raise _core.ResultFileError(
            f"{parts}: holds the finished runs of an unfinished study. Use --resume to go on, or --force to begin again."
        )
    shutil.rmtree(parts)


def _same_request(parts: Path, asked: TwoLevelRequest) -> None:
    """What an interrupted study left is gone on with by its own request alone."""
    if requests.find(parts, requests.request_id(asked.design)) is None:
        raise _core.ResultFileError(
            f"{parts}: holds the finished runs of another study, or of this one with other points or replications; expected the "
            "study that is asked for. Ask for that one, use --force to begin again, or another name."
        )


def _same_study(target: Path, asked: TwoLevelRequest) -> None:
    """A complete file is the answer to the request, or of another study."""
    from rackrate.results import open_result

    with open_result(target) as ds:
        digest = kept_design(ds)
    if digest is None or digest.digest != asked.design.digest:
        raise _core.ResultFileError(
            f"{target}: holds another study, or this one with other points or replications; expected the study that is asked for. "
            "Use --force to replace it, or another name."
        )


def kept_design(ds: xr.Dataset) -> Design | None:
    """The design that a file of a two-level study keeps; None in any other file."""
    import json

    if "world" not in ds.variables or "designs" not in ds.attrs:
        return None
    return Design.parse(json.loads(ds.attrs["designs"])[0], "design")


def rerun_two_level(ds: xr.Dataset, replication: int | None = None) -> list[tuple[str, int, bool]]:
    """As :func:`rackrate.rerun`; a replication is known by its random world. Raises: ScenarioError, ResultFileError."""
    import numpy as np

    from rackrate.sweeps.keep import Keep
    from rackrate.sweeps.running import layout_of, runs_of

    if ds.attrs["program_version"] != _core.__version__:
        raise _core.ResultFileError(
            f"the study was run by rackrate {ds.attrs['program_version']}; expected {_core.__version__}. "
            "Results are promised to repeat within one version only: use that version."
        )
    design = kept_design(ds)
    assert design is not None  # only such files are asked about
    worlds, prints, complete, found = ds["world"].values, ds["run_fingerprint"].load(), ds["complete"].load(), []
    for point in design.points():
        chosen = [(j, int(w)) for j, w in enumerate(worlds[point.index]) if replication is None or w == replication]
        for arm in design.arms if chosen else ():
            runs = runs_of(point.scenario(arm), Keep())
            layout = layout_of(runs)
            for j, world in chosen:
                if not complete.sel(arm=arm).values[point.index, j]:
                    continue  # it failed in the study
                wide, narrow = np.empty(layout.width("float64")), np.empty(layout.width("float32"), np.float32)
                now, _ = runs.run(design.seed, world, design.until, wide, narrow)
                found.append((arm, world, now == str(prints.sel(arm=arm).values[point.index, j])))
    if not found:
        raise _core.ScenarioError(
            f"replication is {replication}; expected a random world of the study. Leave it out for all."
        )
    return found


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=5)


def is_unfinished(out: Path) -> bool:
    """Whether finished runs of a two-level study lie beside the future file ``out``."""
    return is_sweep(Path(os.fspath(behind_links(out)) + ".parts"))
