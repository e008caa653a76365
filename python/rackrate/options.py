"""Checks of user options, before anything is computed or written."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from rackrate._core import ResultFileError, ScenarioError
from rackrate.files import behind_links


def positive(name: str, value: int) -> int:
    """A whole number of at least one. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or value < 1:
        raise ScenarioError(f"{name} is {value}; expected a whole number >= 1. Ask for one at least.")
    return int(value)


def replication_range(value: Any, name: str = "replications") -> range:
    """The numbers of the replications that were asked for: N is 0 to N - 1, a range is itself.

    Raises: ScenarioError for anything but a whole number of at least one or a range of consecutive numbers from 0 on.

    Example:
        >>> replication_range(3), replication_range(range(100, 200))
        (range(0, 3), range(100, 200))
        >>> replication_range(range(5, 5))
        Traceback (most recent call last):
        ...
        rackrate.ScenarioError: replications is range(5, 5); expected a whole number >= 1, or a range of consecutive numbers >= 0 such as range(100, 200). Ask for one at least.
    """
    try:
        if isinstance(value, range):
            if len(value) and value.start >= 0 and (value.step == 1 or len(value) == 1):
                return range(value.start, value.start + len(value))
        elif not isinstance(value, (bool, str)) and int(value) == value and value >= 1:
            return range(int(value))
    except (TypeError, ValueError, OverflowError):
        pass
    raise ScenarioError(
        f"{name} is {value}; expected a whole number >= 1, or a range of consecutive numbers >= 0 such as range(100, 200). Ask for one at least."
    )


def replications_in_words(numbers: range) -> str:
    """Which replications, for a message.

    Example:
        >>> replications_in_words(range(20)), replications_in_words(range(100, 200)), replications_in_words(range(7, 8))
        ('20 replications', '100 replications (100 to 199)', '1 replication (7)')
    """
    count = f"{len(numbers)} replication" + ("" if len(numbers) == 1 else "s")
    if numbers.start == 0:
        return count
    return f"{count} ({numbers[0]})" if len(numbers) == 1 else f"{count} ({numbers[0]} to {numbers[-1]})"


def seed_number(value: int) -> int:
    """A seed that fits 64 bits. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or not 0 <= value < 2**64:
        raise ScenarioError(f"seed is {value}; expected a whole number from 0 to 2^64 - 1. Use 1 if any will do.")
    return int(value)


def thread_count(value: int | None) -> int:
    """The number of threads: as requested, else one for each processor that this process may use."""
    if value is None:
        return max(1, min(len(os.sched_getaffinity(0)), _quota()))
    return positive("threads", value)


def _quota() -> int:
    """The processors that a container may use at a time, rounded up; a large number without a limit."""
    try:
        with open("/sys/fs/cgroup/cpu.max") as file:
            allowed, period = file.read().split()
        return -(-int(allowed) // int(period))
    except (OSError, ValueError):  # no such file, or "max"
        return 1 << 20


_FINER_THAN_MS = re.compile(r"[.,]\d{3}\d*[1-9]")


class _TooFineError(ValueError):
    """A part of a millisecond."""


def instant(name: str, value: Any) -> str:
    """A point in time as UTC text, ``YYYY-MM-DD`` at midnight, else with a time of day to the millisecond.

    Args: ``value`` is ISO 8601 text, a date (its midnight), a datetime, a numpy datetime64 or a pandas Timestamp. A
    time with a zone is converted to UTC; one without is UTC.
    Raises: ScenarioError for any other value, and for a fraction of a millisecond, which is not rounded.

    Example:
        >>> instant("until", "2026-01-05T22:00-05:00"), instant("until", dt.date(2026, 1, 5))
        ('2026-01-06T03:00:00', '2026-01-05')
    """
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    try:
        moment = _moment(value)
        if moment.utcoffset() is not None:
            moment = moment.astimezone(dt.UTC)
        if moment.microsecond % 1000:
            raise _TooFineError
    except _TooFineError:
        raise ScenarioError(f"{name} is {shown}; expected a whole number of milliseconds. Round it.") from None
    except (ValueError, OverflowError):
        raise ScenarioError(
            f"{name} is {shown}; expected a date, YYYY-MM-DD, or an instant, YYYY-MM-DDThh:mm, in UTC or with its zone. Write, say, 2026-04-27."
        ) from None
    moment = moment.replace(tzinfo=None)
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def is_instant(value: Any) -> bool:
    """Is this a date or a point in time of Python, numpy or pandas?"""
    kind, shape = getattr(getattr(value, "dtype", None), "kind", ""), getattr(value, "shape", None)
    return isinstance(value, dt.date) or (kind == "M" and shape == ())


def _moment(value: Any) -> dt.datetime:
    """The value as a datetime. Raises: ValueError."""
    if isinstance(value, str):
        if _FINER_THAN_MS.search(value):
            raise _TooFineError
        return dt.datetime.fromisoformat(value)
    if not is_instant(value):
        raise ValueError
    if not isinstance(value, dt.date):
        import numpy as np

        return _moment_of_numpy(np.asarray(value)[()])  # type: ignore[arg-type]
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    if value != value:  # pandas' NaT calls itself a datetime
        raise ValueError
    if getattr(value, "nanosecond", 0):
        raise _TooFineError
    return value


def _moment_of_numpy(value: Any) -> dt.datetime:
    """A datetime64 of any unit. Raises: ValueError for NaT and a year beyond the calendar."""
    import numpy as np

    if np.isnat(value) or not 1 <= int(value.astype("datetime64[Y]").astype(np.int64)) + 1970 <= 9999:
        raise ValueError
    moment = value.astype("datetime64[ms]")
    if moment != value:
        raise _TooFineError
    whole: dt.datetime = moment.item()
    return whole


def writable(path: str | os.PathLike[str], *, force: bool, resume: bool = False, remedy: str = "") -> Path:
    """A path that may be written to.

    Raises: ResultFileError if it exists (unless ``force`` or ``resume``), is a folder, a device, a pipe or read-only, or its
    folder is missing or not writable. Nothing is created.
    """
    out = Path(path)
    target = behind_links(out)  # a link stays; what it leads to is written
    name, folder = os.fspath(target), target.parent
    if os.path.isdir(name) or os.fspath(path).endswith(os.sep):
        raise ResultFileError(f"{out}: is a folder; expected a file to write. Add a file name.")
    if not os.path.isdir(folder):
        raise ResultFileError(f"{out}: the folder {folder} does not exist. Make it, or write elsewhere.")
    if os.path.exists(name) and not os.path.isfile(name):
        raise ResultFileError(f"{out}: is no regular file; expected a file to write. Choose another name.")
    try:  # an unnamed file: asking for rights would say yes to root even where nothing can be written
        with tempfile.TemporaryFile(dir=folder), contextlib.suppress(FileNotFoundError):
            os.stat(name + ".parts")  # the longest name that is needed
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ResultFileError(f"{out}: cannot be written there ({why}). Write elsewhere, or make room.") from None
    if os.path.exists(name) and not force and not resume:
        raise ResultFileError(f"{out}: exists already. {remedy or 'Use --force to replace it, or another name.'}")
    if (
        os.path.exists(name) and not os.stat(name).st_mode & 0o222
    ):  # also for root: whoever took the right away meant to keep it
        raise ResultFileError(
            f"{out}: is read-only; expected a file that may be written. Give it the right, or choose another name."
        )
    return out


def exclusive_modes(resume: bool, force: bool) -> None:
    """Raises: ScenarioError if a study is to go on and to begin again."""
    if resume and force:
        raise ScenarioError("resume and force are both set; expected one of them. Resume goes on, force begins again.")


def whole(name: str, value: int) -> int:
    """A whole number of at least zero. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or value < 0:
        raise ScenarioError(f"{name} is {value}; expected a whole number >= 0. The first is 0.")
    return int(value)
