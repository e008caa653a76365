"""The time that a batch queue, or the user, grants: a sweep stops at a bundle before it ends and goes on with --resume."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import time
from collections.abc import Mapping

from rackrate._core import ScenarioError
from rackrate.sweeps.bundle import Outcome

_SPARE_S = 10.0  # for closing files and leaving
_DURATION = re.compile(
    r"(?:(?P<days>\d+)-)?(?P<fields>\d+(?::\d+){0,2})|(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>s|min|h|d)"
)
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(text: str) -> float:
    """A time limit in seconds: as SLURM writes it (MIN, MIN:SS, H:MM:SS, D-H, D-H:MM, D-H:MM:SS), or with a unit.

    Raises: ScenarioError.

    Example:
        >>> seconds_of("03:50:00"), seconds_of("90"), seconds_of("1-12"), seconds_of("45 min")
        (13800.0, 5400.0, 129600.0, 2700.0)
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ScenarioError(
            f'the time limit is "{text}"; expected minutes, H:MM:SS, D-HH:MM:SS, or a number with s, min, h or d. '
            "Write, say, 03:50:00."
        )
    if match["unit"]:
        return float(match["number"]) * _UNITS[match["unit"]]
    fields = [float(field) for field in match["fields"].split(":")]
    if match["days"]:
        hours, minutes, seconds = (*fields, 0.0, 0.0)[:3]
        return ((float(match["days"]) * 24 + hours) * 60 + minutes) * 60 + seconds
    if len(fields) == 3:
        return (fields[0] * 60 + fields[1]) * 60 + fields[2]
    return fields[0] * 60 + (fields[1] if len(fields) == 2 else 0.0)


class TimeLimit:
    """Says when no further bundle should begin, so that those that run are finished before the time is over.

    ``seconds`` from now, or the end of the SLURM job in which this process runs, whichever comes first. Where neither is
    known the limit is never reached.

    Example:
        >>> TimeLimit(5.0, environment={}).reached()
        True
    """

    def __init__(self, seconds: float | None = None, *, environment: Mapping[str, str] | None = None) -> None:
        ends = [time.time() + seconds] if seconds is not None else []
        queued = _end_of_slurm_job(os.environ if environment is None else environment)
        self._end = min([*ends, *([queued] if queued is not None else [])], default=None)
        self._longest = 0.0

    def note(self, outcome: Outcome) -> None:
        """Learn from a bundle how long one takes."""
        if not outcome.found:
            self._longest = max(self._longest, outcome.seconds)

    def left(self) -> float:
        """Seconds until the end; infinite where there is none."""
        return float("inf") if self._end is None else self._end - time.time()

    def reached(self) -> bool:
        """Whether a bundle that begins now may not be finished in time."""
        return self.left() < _SPARE_S + 1.2 * self._longest


def in_a_job(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this process runs in a job of a batch queue."""
    known = os.environ if environment is None else environment
    return any(name in known for name in ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID", "OAR_JOB_ID"))


def _end_of_slurm_job(environment: Mapping[str, str]) -> float | None:
    """When SLURM ends this job, in seconds since 1970; None outside of a job, or if it has no end."""
    stated = environment.get("SLURM_JOB_END_TIME", "")  # from SLURM 23.02
    if stated.isdigit():
        return float(stated)
    job = environment.get("SLURM_JOB_ID", "")
    if not job.isdigit() or "SLURM_JOB_NODELIST" not in environment:
        return None
    try:
        asked = ["squeue", "-h", "-j", job, "-o", "%e"]
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=30, env=dict(environment))
        return dt.datetime.fromisoformat(shown.stdout.split()[0]).timestamp()
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return None
