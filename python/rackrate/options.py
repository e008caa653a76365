"""Checks of what a user asks for, before anything is computed or written."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path

from rackrate._core import ResultFileError, ScenarioError
from rackrate.files import behind_links


def positive(name: str, value: int) -> int:
    """A whole number of at least one. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or value < 1:
        raise ScenarioError(f"{name} is {value}; expected a whole number >= 1. Ask for one at least.")
    return int(value)


def seed_number(value: int) -> int:
    """A seed that fits 64 bits. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or not 0 <= value < 2**64:
        raise ScenarioError(f"seed is {value}; expected a whole number from 0 to 2^64 - 1. Use 1 if any will do.")
    return int(value)


def thread_count(value: int | None) -> int:
    """The threads to use: as asked, else one for each processor this process may run on."""
    if value is None:
        return len(os.sched_getaffinity(0))
    return positive("threads", value)


def day(name: str, value: str | dt.date) -> str:
    """A civil date as YYYY-MM-DD. Raises: ScenarioError."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise ScenarioError(f'{name} is "{value}"; expected a date, YYYY-MM-DD. Write, say, 2026-04-27.') from None


def writable(path: str | os.PathLike[str], *, force: bool, resume: bool = False, remedy: str = "") -> Path:
    """A path that may be written to.

    Raises: ResultFileError if it exists (unless ``force`` or ``resume``), is a folder, a device, a pipe or read-only, or its
    folder is missing or closed to us. Nothing is created.
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
    if os.path.exists(name) and not os.stat(name).st_mode & 0o222:  # also for root: whoever took the right away meant to keep it
        raise ResultFileError(f"{out}: is read-only; expected a file that may be written. Give it the right, or choose another name.")
    return out


def whole(name: str, value: int) -> int:
    """A whole number of at least zero. Raises: ScenarioError."""
    if isinstance(value, bool) or int(value) != value or value < 0:
        raise ScenarioError(f"{name} is {value}; expected a whole number >= 0. The first is 0.")
    return int(value)
