"""``rackrate status``: how far a sweep is, from the journals and the names of the bundles; no bundle is opened that a
journal tells of."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rackrate.sweeps import failures, manifest, requests, store
from rackrate.sweeps.bundle_file import Array
from rackrate.sweeps.bundle_values import Failure
from rackrate.sweeps.journal import DIGITS, JournalReader
from rackrate.sweeps.plan import Done, Plan

_RATE_S = 600.0  # the rate is that of the last ten minutes of work
_AT_WORK_S = 60.0


@dataclass(frozen=True)
class Status:
    """How far the sweeps of a directory are. Runs that several points share are counted once, but in ``by_point``."""

    directory: str
    points: int
    runs: int  #: that were asked for
    done: int
    failures: tuple[Failure, ...]  #: runs that failed and have not been done since
    bundles: int
    bytes: int
    core_hours: float
    rate: float  #: runs per second over the last ten minutes of work; nan where nothing is known
    coordinators: int  #: processes that wrote to a journal in the last minute
    by_point: Array  #: [point, 3] done, failed, asked runs
    damaged: tuple[str, ...]  #: sentences about files that are left out

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return len(self.failures)

    @property
    def remaining(self) -> int:
        """Runs that are neither done nor failed."""
        return self.runs - self.done - self.failed

    @property
    def seconds_left(self) -> float:
        """At the rate of the last ten minutes; nan where that is not known or nobody works."""
        return self.remaining / self.rate if self.coordinators and self.rate > 0 else math.nan

    def to_dict(self) -> dict[str, Any]:
        """As ``rackrate status --json`` prints it; what is not known is None."""
        known = lambda x: None if math.isnan(x) else x
        return {
            "directory": self.directory,
            "points": self.points,
            "runs": self.runs,
            "done": self.done,
            "failed": self.failed,
            "remaining": self.remaining,
            "runs_per_second": known(self.rate),
            "seconds_left": known(self.seconds_left),
            "core_hours": self.core_hours,
            "coordinators": self.coordinators,
            "bundles": self.bundles,
            "bytes": self.bytes,
            "damaged": list(self.damaged),
            "failures": [
                {
                    "points": list(f.points), "arm": f.arm, "seed": f.seed, "replication": f.replication,
                    "digest": f.digest, "message": f.message, "file": os.fspath(failures.failure_path(Path(self.directory), f)),
                }
                for f in self.failures
            ],
            "by_point": [
                {"point": point, "done": done, "failed": failed, "runs": asked}
                for point, (done, failed, asked) in enumerate(self.by_point.tolist())
            ],
        }  # fmt: skip


def status(path: str | os.PathLike[str], *, clock: Callable[[], float] = time.time) -> Status:
    """How far the sweeps of a directory are. Nothing is written.

    Raises: ResultFileError if this is no directory of a sweep.
    """
    directory = Path(path)
    plan = Plan(manifest.read(directory), requests.read_all(directory, settings=False))
    done = Done(plan)
    journals = JournalReader(directory)
    damaged: list[str] = []
    seen: list[tuple[float, int, float]] = []
    for entry in store.entries(directory, journals, damaged.append):
        done.add(entry)
        if entry.at:
            seen.append((entry.at, len(entry.cells) * len(entry.replications) - len(entry.failed), entry.seconds))
    failed = np.zeros_like(plan.asked)
    open_: list[Failure] = []
    for failure in failures.kept(directory):
        cell = plan.cell_numbers.get(failure.digest[:DIGITS])
        column = failure.replication - plan.replications.start
        if cell is not None and 0 <= column < plan.asked.shape[1] and (plan.asked & ~done.flags)[cell, column]:
            failed[cell, column] = True
            open_.append(failure)
    ran = plan.asked & done.flags
    by_point = np.stack([plan.of_points(table).sum(axis=(1, 2)) for table in (ran, failed, plan.asked)], axis=1)
    return Status(
        os.fspath(path), len(plan), plan.runs, int(ran.sum()), tuple(open_), done.bundles, done.bytes, done.seconds / 3600,
        _rate(seen), journals.others_at_work(_AT_WORK_S), by_point, tuple(damaged),
    )  # fmt: skip


def _rate(seen: list[tuple[float, int, float]]) -> float:
    """Runs per second: of the bundles of the last ten minutes of work, over the time from the begin of the first of them."""
    if not seen:
        return math.nan
    last = max(at for at, _, _ in seen)
    recent = [row for row in seen if row[0] > last - _RATE_S]
    begin = min(at - seconds for at, _, seconds in recent)
    return sum(runs for _, runs, _ in recent) / max(last - begin, 1e-3)
