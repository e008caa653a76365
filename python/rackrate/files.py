"""Writing files completely or not at all."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rackrate import _core

_calls = itertools.count()
_LINKS = 40  # as many as the kernel follows


def behind_links(path: str | os.PathLike[str]) -> Path:
    """The target of a path whose last part is a symbolic link, even if the target does not exist; else the path itself.

    Raises: ResultFileError for links in a circle.
    """
    at = Path(path)
    for _ in range(_LINKS):
        try:
            at = at.parent / os.readlink(at)  # an absolute target replaces the parent
        except (OSError, ValueError):
            return at
    raise _core.ResultFileError(
        f"{path}: is a link that leads in a circle; expected a file to write. Remove the link or choose another name."
    )


def atomic_write(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, to a file that gets its name only when it is complete and on disk.

    A symbolic link stays one: its target is written. The file has the rights of the file that it replaces, else
    those of a new file. A failed write leaves no file.
    Returns: the path as given.
    Raises: OSError if it cannot be written.
    """
    raw = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with atomic_file(path) as out:
        out.write(raw)
    return Path(path)


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """The same for what is written piece by piece: a file that gets its name at the end of the block, unless it fails."""
    target = behind_links(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise _core.ResultFileError(f"{path}: is no regular file; expected a file to write. Choose another name.")
    scratch = target.parent / f".{target.name[:60]}.tmp-{os.getpid()}-{next(_calls)}"
    descriptor = os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "w+b") as out:
            yield out
            out.flush()
            with contextlib.suppress(OSError):
                os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            os.fsync(descriptor)
        os.replace(scratch, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(scratch)
        raise
