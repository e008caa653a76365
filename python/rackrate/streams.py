"""Standard output and error that accept any text and continue after their reader has ended.

Installed once, by the command line: a terminal that is not UTF-8 gets simpler characters, output to a closed
stream is dropped, and a full disk is recorded. Prints, tables and progress bars then need no special code.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from typing import TextIO

_PLAINER = {
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...", "•": "*", "·": "*",
    "×": "x", "÷": "/", "±": "+-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "→": "->", "←": "<-", "⇒": "=>",
    "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "\N{FIGURE SPACE}": " ",
    "µ": "u", "μ": "u", "²": "^2", "³": "^3", "€": "EUR", "£": "GBP", "§": "section ",
    "─": "-", "━": "-", "│": "|", "┃": "|", "┼": "+", "█": "#",
}  # fmt: skip
_HANDLER = "rackrate-plainer"
_GONE = (errno.EPIPE, errno.EBADF, errno.EIO, errno.ENXIO)  # closed, or its reader has left: nobody is waiting


def plainer(error: UnicodeError) -> tuple[str, int]:
    """The replacement of a character that a stream cannot encode: a simpler one, else a backslash and the number.

    Example:
        >>> "“2 × 3” − é".encode("ascii", "rackrate-plainer").decode()
        '"2 x 3" - \\\\xe9'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_instead(sign) for sign in error.object[error.start : error.end]), error.end


def _instead(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # a byte of a file name that was no text
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return _PLAINER.get(sign) or sign.encode("ascii", "backslashreplace").decode()


codecs.register_error(_HANDLER, plainer)


class _Descriptor(io.RawIOBase):
    """A file descriptor whose errors are kept, not raised."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.number

    def isatty(self) -> bool:
        return os.isatty(self.number)

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]
        while self.failure is None:
            try:
                return os.write(self.number, data)
            except BlockingIOError:  # somebody made the pipe non-blocking: wait for its reader
                select.select([], [self.number], [])
            except OSError as failure:
                self.failure = failure
        return len(data)


_output: _Descriptor | None = None


def install() -> None:
    """Install this layer for both streams. Closed descriptors are first opened on the null device, so that no
    result file gets the number of standard output."""
    global _output
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    _output = _Descriptor(1)
    sys.stdout = _text(_output, sys.stdout, line_buffering=os.isatty(1))
    sys.stderr = _text(_Descriptor(2), sys.stderr, line_buffering=True)


def _text(raw: _Descriptor, before: TextIO | None, *, line_buffering: bool) -> io.TextIOWrapper:
    if before is not None:
        before.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),  # type: ignore[type-var]
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=_HANDLER,
        newline="\n",
        line_buffering=line_buffering,
        write_through=getattr(before, "write_through", False),
    )


def lost() -> str:
    """The reason why text for standard output was lost (a full disk); empty if none was."""
    sys.stdout.flush()
    failure = _output.failure if _output is not None else None
    return "" if failure is None or failure.errno in _GONE else os.strerror(failure.errno or 0)


def use_utf8() -> None:
    """Restart in Python's UTF-8 mode where the locale has another encoding.

    File names then have the same meaning in Python and in the C++ library; the terminal keeps the encoding it has.
    """
    if sys.flags.utf8_mode or sys.getfilesystemencoding().lower() in ("utf-8", "utf8"):
        return
    terminal = (
        getattr(sys.stdout, "encoding", None) or getattr(sys.stderr, "encoding", None) or sys.getfilesystemencoding()
    )
    environment = {"PYTHONIOENCODING": terminal} | os.environ
    os.execve(sys.executable, [sys.executable, "-X", "utf8", "-P", "-m", "rackrate", *sys.argv[1:]], environment)
