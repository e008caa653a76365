"""Signals that stop the command: one sentence, the exit status that shells expect, and finished work is kept.

Only the command line handles signals; the library does not.
"""

from __future__ import annotations

import os
import signal
import sys

WORDS = {
    signal.SIGINT: "Interrupted",
    signal.SIGTERM: "Terminated",
    signal.SIGHUP: "Hung up",
    signal.SIGXCPU: "Out of CPU time",
}

_seen = 0  # the signal that asked, 0 for none


class Stopped(KeyboardInterrupt):
    """One of the signals in WORDS; code that handles Ctrl-C handles it."""


def leave_at_once() -> None:
    """From here on a signal ends the process with a message, because no work has begun yet."""
    _take_over(_leave)


def raise_stopped() -> None:
    """From here on a signal raises :class:`Stopped`; a second one ends the process."""
    _take_over(_raise)
    sys.unraisablehook = _not_lost


def finish() -> None:
    """The work is done: a signal in the last milliseconds has no effect."""
    for number in WORDS:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_IGN)


def seen() -> bool:
    """Whether a stop signal has arrived. A library may replace the exception by another one."""
    return _seen != 0


def word() -> str:
    """The name of the signal, for the message."""
    return WORDS[signal.Signals(_seen or signal.SIGINT)]


def status() -> int:
    """130 after Ctrl-C, 143 after SIGTERM: 128 and the number of the signal."""
    return 128 + (_seen or signal.SIGINT)


def _take_over(handler: object) -> None:
    for number in WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, and the background jobs of a script, stay deaf
            signal.signal(number, handler)  # type: ignore[arg-type]


def _leave(number: int, _frame: object) -> None:
    try:
        os.write(2, f"{WORDS[signal.Signals(number)]}.\n".encode())
    finally:
        os._exit(128 + number)


def _raise(number: int, _frame: object) -> None:
    global _seen
    if _seen:  # what is finished lies on disk already
        os._exit(128 + number)
    _seen = number
    raise Stopped


def _not_lost(error: sys.UnraisableHookArgs) -> None:
    """Where Python can only print an exception (in a destructor or callback), the signal is sent again."""
    global _seen
    if issubclass(error.exc_type, Stopped):
        number, _seen = _seen, 0
        signal.raise_signal(signal.Signals(number or signal.SIGINT))
    else:
        sys.__unraisablehook__(error)
