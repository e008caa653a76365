"""The estimated duration of a study, from a pilot run that costs a few per cent of it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING

from rackrate import _core, options, progress
from rackrate.temporary import result_path

if TYPE_CHECKING:
    from rackrate.study_request import StudyRequest
    from rackrate.two_level import TwoLevelRequest

Stopwatch = Callable[[], Callable[[], float]]

_SHARE = 0.03  # of the study that the pilot may take
_LONGEST_S = 3.0  # of the pilot's run: nobody waits longer for an estimate
_YOUNG_DAYS = 270.0  # over which a day's work doubles: choice sets fill up
_WRITES_PER_RUN = 2.0  # a batch, and its copy into the whole file


def estimate_seconds(request: StudyRequest, threads: int | None = None) -> float:
    """Wall-clock seconds that a study will take on this machine; within a factor of 1.5 where nothing else runs.

    Work per arm (compiling its contracts), per run (a world, writing) and per simulated day is measured
    separately; the days are those to ``until`` where that is given. Every arm is counted from its first day: where arms
    share their past, the study takes less.
    Raises: what :meth:`StudyRequest.check` raises.
    """
    request.check()
    pace = measured(request)
    runs = len(request.arms) * len(request.numbers())
    writing = _WRITES_PER_RUN * _seconds_to_write(pace.pilot)
    workers = min(options.thread_count(threads), len(os.sched_getaffinity(0)), runs)
    return len(request.arms) * pace.per_arm + ceil(runs / workers) * pace.per_run + runs * writing


def estimate_two_level_seconds(asked: TwoLevelRequest, threads: int | None = None) -> float:
    """The same for a study that draws its parameters: every point of every arm is a scenario of its own, which is made here
    and in the worker, and compiled.

    Raises: what :meth:`TwoLevelRequest.check` raises.
    """
    asked.check()
    request = asked.request
    watch = progress.stopwatch()
    asked.design.points()[0].scenario(request.baseline)
    per_scenario = watch()
    every = replace(request, replications=asked.runs)
    pace = measured(every)
    scenarios = asked.points * len(request.arms)
    workers = min(options.thread_count(threads), len(os.sched_getaffinity(0)), asked.runs)
    writing = _WRITES_PER_RUN * _seconds_to_write(pace.pilot)
    return (
        scenarios * (2 * per_scenario + pace.per_arm) + ceil(asked.runs / workers) * pace.per_run + asked.runs * writing
    )


@dataclass(frozen=True)
class Pace:
    """What a pilot run measured, in seconds of one thread."""

    per_arm: float  #: compiling the contracts of a scenario
    per_run: float  #: a whole run, without writing its file
    pilot: _core.Simulation = field(repr=False)


def measured(request: StudyRequest, stopwatch: Stopwatch | None = None) -> Pace:
    """The pace of a study's runs, from some days of the first replication of its baseline. ``stopwatch`` begins a measurement; by
    default of the time on the wall."""
    stopwatch = stopwatch or progress.stopwatch
    first = request.arms[request.baseline]._core
    watch = stopwatch()
    pilot = _core.Simulation(first, options.seed_number(request.seed), request.numbers().start, None, None)
    per_arm = watch()
    watch = stopwatch()
    pilot.fork()
    per_world = watch()
    days = _days(request)
    runs = len(request.arms) * len(request.numbers())
    rate = _seconds_per_day(pilot, first.start, days, per_arm + per_world * runs, runs, stopwatch)
    return Pace(per_arm, per_world + rate * _work(days), pilot)


def _days(request: StudyRequest) -> float:
    """Simulated days of one run."""
    first = request.arms[request.baseline]._core
    start, end = (dt.datetime.fromisoformat(text) for text in (first.start, first.end))
    until = request.until_text()
    if until:
        end = min(end, dt.datetime.fromisoformat(until))
    return max((end - start) / dt.timedelta(days=1), 0.0)


def _work(days: float) -> float:
    """Work of the first days of a run, in days of the first day's work. It doubles over nine months, as the flagship's does,
    and grows by as much again over the next five years."""
    young = min(days, _YOUNG_DAYS)
    old = max(days - _YOUNG_DAYS, 0.0)
    return young + young**2 / (2 * _YOUNG_DAYS) + 2 * old + old**2 / (2 * 1900.0)


def _seconds_per_day(
    pilot: _core.Simulation, start: str, days: float, fixed: float, runs: int, stopwatch: Stopwatch
) -> float:
    """Seconds of a first day's work, from as many days as the pilot may run."""
    begin = dt.datetime.fromisoformat(start)
    spent, done = 0.0, min(1.0, days)
    while True:
        watch = stopwatch()
        pilot.run_until((begin + dt.timedelta(days=done)).isoformat(timespec="milliseconds"))
        spent += watch()
        rate = spent / max(_work(done), 1e-9)
        allowed = min(_LONGEST_S, _SHARE * (fixed + runs * rate * _work(days)))
        further = min(2 * done, days)
        if further <= done or spent + rate * (_work(further) - _work(done)) > allowed:
            return rate
        done = further


def _seconds_to_write(pilot: _core.Simulation) -> float:
    taken = []
    with result_path() as path:
        for _ in range(2):  # the first one wakes the library
            watch = progress.stopwatch()
            pilot.write(os.fspath(path), "")
            taken.append(watch())
    return min(taken)
