"""Running a sweep: the directory is taken, what is missing is bundled and handed to a backend, what comes back is kept."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate import _core, progress
from rackrate.sweeps import failures, manifest, requests, store
from rackrate.sweeps.backends.local import LocalBackend
from rackrate.sweeps.bundle import Bundle, Failure, Outcome
from rackrate.sweeps.journal import Entry, JournalReader, JournalWriter
from rackrate.sweeps.limits import Limit, stopped_by_signals
from rackrate.sweeps.plan import Done, Plan
from rackrate.sweeps.running import pieces, scenario_of
from rackrate.sweeps.sizing import Sizing
from rackrate.sweeps.work import Shard, bundles

if TYPE_CHECKING:
    from rackrate.sweeps.backends import Backend
    from rackrate.sweeps.design import Design

_LOOK_S = 5.0  # between two looks at what other coordinators have done
_AT_WORK_S = 60.0  # a coordinator that wrote nothing for so long has ended
_ATTEMPTS = 3  # of a run whose worker died
_DEATHS = 12  # in a row, for each worker: then it is not the run

Say = Callable[[str], object]


@dataclass(frozen=True)
class Summary:
    """What a sweep, or one shard of it, came to."""

    directory: Path
    runs: int  #: that were asked for, of all shards, each counted once
    done: int  #: of them, now on disk
    ran: int  #: done by this call
    failed: int  #: of those that this call tried
    stopped: str  #: why it ended before its end: "the time limit" or "SIGTERM"; else empty
    seconds: float  #: that this call took
    core_seconds: float  #: of work in it


def run_sweep(
    design: Design,
    out: str | os.PathLike[str],
    *,
    backend: Backend | None = None,
    shard: Shard | None = None,
    resume: bool = False,
    time_limit: float | None = None,
    signals: bool = False,
    show: bool | progress.Callback | None = False,
    say: Say | None = None,
) -> Summary:
    """Run what is missing of a sweep and keep it in the directory ``out``.

    Args: ``backend`` runs the bundles, by default processes on this machine; ``shard`` takes a part of the work; ``resume``
    goes on in a directory that holds the sweep, or another design of the same arms, factors, seed and kept values, whose
    points are then added to; a shard does that without being asked. ``time_limit`` in seconds: no bundle begins that would
    not end in time. ``signals``: what a queue sends before it ends a job stops the sweep at a bundle, as the command wants
    it; a library leaves signals alone. ``show`` as in :func:`rackrate.compare`; ``say`` is called with sentences about
    failed runs and damaged files.
    Returns: what came of it. Runs that fail do not stop the rest; they are in ``out/failures``.
    Raises: ScenarioError for a design that cannot be run, before anything runs; ResultFileError if the directory belongs to
    another sweep or cannot be written; KeyboardInterrupt, with all finished bundles kept.
    """
    directory = Path(out)
    say = say or (lambda sentence: None)
    part = shard or Shard()
    begin = time.perf_counter()
    prepare(design, directory, resume=resume or part.count > 1, show=None if show is None or show is True else False)
    limit = Limit(time_limit)
    engine = backend or LocalBackend()
    watched = stopped_by_signals(limit) if signals else contextlib.nullcontext()
    with watched, progress.bar(show if isinstance(show, bool) or show is None else False) as bar:
        coordinator = _Coordinator(directory, engine, part, limit, say, show if callable(show) else bar)
        try:
            coordinator.run()
        finally:
            coordinator.close()
    return replace(coordinator.summary(), seconds=time.perf_counter() - begin)


def prepare(design: Design, directory: Path, *, resume: bool, show: bool | None = False) -> None:
    """Everything that can be wrong is found before anything is written; then the directory is this sweep's.

    ``show`` draws a bar of the points while their scenarios are made, as in :func:`rackrate.compare`.
    """
    points = design.points()
    wanted = manifest.Manifest.of_design(design, points.units)
    manifest.check_free(directory, wanted, resume=resume)
    if requests.find(directory, requests.request_id(design)) is not None:
        return
    with progress.bar(show, unit="points") as advance:
        request = requests.of_design(design, points, advance)
    manifest.claim(directory, wanted, resume=resume)
    requests.add(directory, request)
    store.tidy(directory)


class _Coordinator:
    """One process that hands out bundles of a directory and takes note of what comes back."""

    def __init__(
        self,
        directory: Path,
        backend: Backend,
        shard: Shard,
        limit: Limit,
        say: Say,
        advance: progress.Callback | None,
    ) -> None:
        self._directory, self._backend, self._shard = directory, backend, shard
        self._limit, self._say, self._advance = limit, say, advance
        self._journal = JournalWriter(directory)
        self._others = JournalReader(directory)
        self._others.own = self._journal.path.name
        self._flying: dict[str, Bundle] = {}
        self._lost: list[tuple[Bundle, str]] = []
        self._deaths = 0
        self._ran = self._failed = self._requests = 0
        self._core_seconds = 0.0
        self._looked = time.monotonic()
        self._plan()

    def _plan(self) -> None:
        """Read what was asked for and what is done."""
        self._requests = requests.count(self._directory)
        self.plan = Plan(manifest.read(self._directory), requests.read_all(self._directory))
        self.done = Done(self.plan)
        for entry in store.entries(self._directory, self._others, self._say):
            self.done.add(entry)
        self._sizing = Sizing(self._backend.bundle_seconds, self._backend.workers, int(self.done.missing.sum()))
        self._runs, self._finished = self.plan.runs, self.done.runs
        self._tell()

    def run(self) -> None:
        """Until nothing is missing, or it has to stop."""
        while True:
            self._backend.run(self._work(), self._directory, self._report, self._stopping)
            self._retry()
            if self._limit.why or requests.count(self._directory) == self._requests:
                break
            self._plan()  # points were added meanwhile
        self._forget_failures()

    def _work(self) -> Iterator[Bundle]:
        start = _corput(self._others.others_at_work(_AT_WORK_S))
        for bundle in bundles(self.done, self._shard, self._sizing.runs, start):
            self._look()
            if self._limit.reached():
                return
            self._flying[bundle.key] = bundle
            yield bundle

    def _retry(self) -> None:
        """Bundles whose worker died are run again in pieces of one run, so that one bad run does not hide the others."""
        attempt = 1
        while self._lost and not self._limit.why:
            lost, self._lost = self._lost, []
            attempt += 1
            if attempt > _ATTEMPTS:
                for bundle, why in lost:
                    self._give_up(bundle, why)
                return
            again = itertools.chain.from_iterable(pieces(bundle) for bundle, _ in lost)
            self._backend.run(self._noted(again), self._directory, self._report, self._stopping)

    def _noted(self, again: Iterator[Bundle]) -> Iterator[Bundle]:
        for bundle in again:
            if self._limit.reached():
                return
            self._flying[bundle.key] = bundle
            yield bundle

    def _stopping(self) -> bool:
        """Asked by the backend several times a second."""
        self._journal.beat()
        return self._limit.reached()

    def _report(self, outcome: Outcome) -> None:
        bundle = self._flying.pop(outcome.key)
        if outcome.lost:
            self._lost.append((bundle, outcome.lost))
            self._deaths += 1
            if self._deaths > _DEATHS * max(1, self._backend.workers):
                raise _core.ResultFileError(
                    f"{self._directory}: {self._deaths} bundles in a row were lost ({outcome.lost}). Give the workers more "
                    "memory or use fewer of them, and go on with --resume."
                )
            return
        self._deaths = 0
        self._sizing.note(outcome)
        self._limit.longest = self._sizing.longest
        entry = Entry.of_outcome(bundle, outcome)
        if outcome.runs:
            self._journal.add(entry)
        self.done.add(entry)
        if not outcome.found:
            self._ran += outcome.runs
            self._core_seconds += outcome.seconds
        self._finished += outcome.runs
        for failure in outcome.failures:
            self._fail(failure)
        self._tell()

    def _fail(self, failure: Failure) -> None:
        self._failed += 1
        self._say(
            f"point {failure.points[0]}, {failure.arm}, seed {failure.seed}, replication {failure.replication} failed: "
            f"{failure.message} It runs alone from {failures.failure_path(self._directory, failure)}."
        )

    def _give_up(self, bundle: Bundle, why: str) -> None:
        """The run of a bundle of one run has killed its worker every time."""
        cell, number = bundle.cells[0], bundle.replications.start
        failure = Failure(cell.digest, cell.arm, cell.points, bundle.seed, number, f"{_ATTEMPTS} times {why}.")
        with contextlib.suppress(_core.ScenarioError):
            failures.keep(self._directory, failure, scenario_of(bundle.bases[cell.base], cell).to_toml(), bundle.until)
        self._fail(failure)

    def _look(self) -> None:
        """Now and then: what have others done meanwhile?"""
        if time.monotonic() - self._looked < _LOOK_S:
            return
        self._looked = time.monotonic()
        for entry in self._others.entries():
            self.done.add(entry)
        self._finished = self.done.runs
        self._tell()

    def _forget_failures(self) -> None:
        for failure in failures.kept(self._directory):
            number = self.plan.cell_numbers.get(failure.digest[: store.DIGITS])
            column = failure.replication - self.plan.replications.start
            if number is not None and 0 <= column < len(self.plan.replications) and self.done.flags[number, column]:
                failures.forget(self._directory, failure)

    def _tell(self) -> None:
        if self._advance is not None:
            self._advance(self._finished, self._runs)

    def summary(self) -> Summary:
        """What it came to."""
        return Summary(
            self._directory, self.plan.runs, self.done.runs, self._ran, self._failed, self._limit.why, 0.0, self._core_seconds
        )  # fmt: skip

    def close(self) -> None:
        """Nothing more is written."""
        self._journal.close()


def _corput(number: int) -> float:
    """0, 1/2, 1/4, 3/4, 1/8, ...: where each of several coordinators begins, far from the others."""
    out, step = 0.0, 0.5
    while number:
        out += step * (number & 1)
        number, step = number >> 1, step / 2
    return out
