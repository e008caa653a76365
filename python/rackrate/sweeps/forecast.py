"""What a sweep will cost: runs, core-hours and bytes, before anything runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rackrate import estimates
from rackrate.study_request import StudyRequest

if TYPE_CHECKING:
    from rackrate.scenario import Scenario
    from rackrate.sweeps.design import Design

_PER_RUN = 40  #: bytes of a run's print and end
_COMPRESSED = 0.6  #: of a stored number's bytes, after gzip; measured on the flagship
_SHORT_S = 1.0  #: a run that takes less is run whole
_PROBES = 3  #: points at which a scenario is resolved


@dataclass(frozen=True)
class Forecast:
    """The size of a sweep. Times are of one core of the machine that made the forecast, within a factor of about 1.5."""

    points: int
    arms: int
    replications: int
    seconds_per_run: float  #: one replication of one arm at one point
    seconds_per_scenario: (
        float  #: to make the scenario of an arm at a point, here and in the worker, and to compile its contracts
    )
    bytes_per_run: float  #: as stored, of what is kept

    @property
    def runs(self) -> int:
        """Points times arms times replications. Equal scenarios are run once: a sweep may need fewer."""
        return self.points * self.arms * self.replications

    @property
    def core_hours(self) -> float:
        """Of all runs."""
        return (self.runs * self.seconds_per_run + self.points * self.arms * self.seconds_per_scenario) / 3600.0

    @property
    def bytes(self) -> float:
        """On disk, of all runs."""
        return self.runs * self.bytes_per_run


def forecast(design: Design) -> Forecast:
    """The size of a sweep, from a probe of a few seconds: a run of the baseline at point 0, or some days of it where a run is long.

    Raises: what :meth:`Design.points` raises.
    """
    points = design.points()
    baseline = design.baseline or design.arms[0]
    watch = _processor_time()
    for at in range(_PROBES):
        probed = points[at * (len(points) - 1) // (_PROBES - 1)].scenario(baseline)
    per_override = watch() / _PROBES
    request = StudyRequest({baseline: probed}, baseline, design.runs, design.seed, design.until or None)
    request.check()
    pace = estimates.measured(request, _processor_time)
    return Forecast(
        len(points),
        len(design.scenarios),
        len(design.replications),
        pace.per_run if pace.per_run > _SHORT_S else _whole_run(design, probed),
        2 * per_override + pace.per_arm,
        stored_bytes(design),
    )


def _whole_run(design: Design, scenario: Scenario) -> float:
    """Seconds of a run that is short enough to be run: the faster of two, since the first one wakes the library."""
    from rackrate.sweeps.running import layout_of, runs_of

    runs = runs_of(scenario, design.keep)
    layout = layout_of(runs)
    wide, narrow = np.empty(layout.width("float64")), np.empty(layout.width("float32"), np.float32)
    taken = []
    for _ in range(2):
        watch = _processor_time()
        runs.run(design.seed, design.replications[0], design.until, wide, narrow)
        taken.append(watch())
    return min(taken)


def _processor_time() -> Callable[[], float]:
    """A stopwatch of this process's processors: what other programs do meanwhile does not count."""
    begin = time.process_time()
    return lambda: time.process_time() - begin


def stored_bytes(design: Design) -> float:
    """Bytes on disk of one run of the baseline, of what is kept."""
    from rackrate.sweeps.running import layout_of, runs_of

    layout = layout_of(runs_of(design.scenarios[design.baseline or design.arms[0]], design.keep))
    return _PER_RUN + _COMPRESSED * (8 * layout.width("float64") + 4 * layout.width("float32"))
