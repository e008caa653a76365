"""When a sweep has to stop before its end: the time of its job in a queue, and the signal that a queue sends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from rackrate._core import ScenarioError
from rackrate.names import printable

TIME_SPENT = 75  #: exit status: stopped before its time was over, to be gone on with (EX_TEMPFAIL)
#: what a queue sends before it ends a job, as a site or a user chooses
QUEUE_SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "": 60}
_MARGIN_S = 5.0  # for the end of the process
_SQUEUE_S = 20


class Limit:
    """Whether to stop: asked by a signal, or because the next bundle would not end in time."""

    def __init__(self, seconds: float | None = None) -> None:
        """``seconds``: how long the process may take from now on; None: as long as it needs."""
        self._end = None if seconds is None else time.monotonic() + seconds
        self.longest = 0.0  #: seconds that a bundle takes
        self.why = ""  #: in words, once it has to stop

    def stop(self, why: str) -> None:
        """Stop at the next bundle."""
        self.why = self.why or why

    def reached(self) -> bool:
        """Whether no further bundle should begin."""
        if not self.why and self._end is not None and time.monotonic() + 1.5 * self.longest + _MARGIN_S > self._end:
            self.stop("the time limit")
        return bool(self.why)


@contextmanager
def stopped_by_signals(limit: Limit) -> Iterator[None]:
    """Within, a signal that queues send stops the sweep at a bundle; a second one does what it did before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in QUEUE_SIGNALS}

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(number, before[signal.Signals(number)])
        limit.stop(signal.Signals(number).name)

    taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in taken:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def seconds_of(text: str) -> float:
    """A time limit as seconds: ``90 s``, ``55 min``, ``2 h``, ``1 d``, ``90`` (minutes), or ``HH:MM:SS`` as queues write it.

    Raises: ScenarioError for anything else.

    Example:
        >>> seconds_of("55 min"), seconds_of("1-02:00:00")
        (3300.0, 93600.0)
    """
    clean = text.strip()
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(s|min|h|d|)", clean)
    if match:
        return float(match[1]) * _UNITS[match[2]]
    match = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d\d)(?::(\d\d))?", clean)
    if match:
        days, first, second, third = (int(x) if x is not None else None for x in match.groups())
        if third is None and days is None:  # MM:SS, as SLURM has it
            return float((first or 0) * 60 + (second or 0))
        return float((days or 0) * 86400 + (first or 0) * 3600 + (second or 0) * 60 + (third or 0))
    raise ScenarioError(
        f'--time-limit is "{printable(text)}"; expected a time such as 55 min, 2 h or 01:55:00. Write, say, 55 min.'
    )


def seconds_left_in_queue(environment: Mapping[str, str] = os.environ) -> float | None:
    """Seconds that the SLURM job of this process has left; None outside of a job, or where nobody says."""
    end = environment.get("SLURM_JOB_END_TIME", "")
    if end.isdigit():
        return max(0.0, int(end) - time.time())
    job = environment.get("SLURM_JOB_ID", "")
    if not job.isdigit() or shutil.which("squeue") is None:
        return None
    task = environment.get("SLURM_ARRAY_TASK_ID", "")
    array = environment.get("SLURM_ARRAY_JOB_ID", "")
    name = f"{array}_{task}" if task.isdigit() and array.isdigit() else job
    try:
        said = subprocess.run(
            ["squeue", "-h", "-j", name, "-o", "%L"], capture_output=True, text=True, timeout=_SQUEUE_S
        ).stdout.strip()
        return seconds_of(said)
    except (OSError, subprocess.TimeoutExpired, ScenarioError):  # "UNLIMITED", or the controller does not answer
        return None
