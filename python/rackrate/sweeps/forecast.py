"""What a sweep will cost: runs, core-hours and bytes, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rackrate import estimates, progress
from rackrate.study import StudyRequest

if TYPE_CHECKING:
    from rackrate.sweeps.design import Design

_COMPRESSED = 0.6  #: of a stored number's bytes, after gzip; measured on the flagship
_PROBES = 3  #: points at which a scenario is resolved


@dataclass(frozen=True)
class Forecast:
    """The size of a sweep. Times are of one core of the machine that made the forecast, within a factor of about 1.5."""

    points: int
    arms: int
    replications: int
    seconds_per_run: float  #: a run of one arm at one point, its share of compiling the contracts included
    seconds_per_point: float  #: resolving the scenarios of a point
    bytes_per_run: float  #: as stored, of what is kept

    @property
    def runs(self) -> int:
        """Points times arms times replications. Runs of equal scenarios are done once: a sweep may need fewer."""
        return self.points * self.arms * self.replications

    @property
    def core_hours(self) -> float:
        """Of all runs."""
        return (self.runs * self.seconds_per_run + self.points * self.seconds_per_point) / 3600.0

    @property
    def bytes(self) -> float:
        """On disk, of all runs."""
        return self.runs * self.bytes_per_run


def forecast(design: Design) -> Forecast:
    """The size of a sweep, from a probe of a few seconds: the baseline of point 0 is run for some days, as before a study.

    Raises: what :meth:`Design.points` raises.
    """
    points = design.points()
    watch = progress.stopwatch()
    tried = [points[at].scenarios() for at in np.linspace(0, len(points) - 1, min(_PROBES, len(points))).astype(int)]
    per_point = watch() / len(tried)
    baseline = design.baseline or design.arms[0]
    request = StudyRequest(
        {baseline: tried[0][baseline]}, baseline, len(design.replications), design.seed, design.until or None
    )
    per_run = estimates.estimate_seconds(request, threads=1) / len(design.replications)
    return Forecast(
        len(points), len(design.scenarios), len(design.replications), per_run, per_point, stored_bytes(design)
    )


def stored_bytes(design: Design) -> float:
    """Bytes on disk of one run of the baseline, of what is kept."""
    from rackrate.sweeps.running import layout_of, runs_of

    runs = runs_of(design.scenarios[design.baseline or design.arms[0]], design.keep)
    layout = layout_of(runs)
    return _COMPRESSED * (8 * layout.width("float64") + 4 * layout.width("float32"))
