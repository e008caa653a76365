"""Signals that stop the command: one sentence, the exit status that shells expect, and finished work is kept.

Only the command line handles signals; the library does not.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

WORDS = {
    signal.SIGINT: "Interrupted",
    signal.SIGTERM: "Terminated",
    signal.SIGHUP: "Hung up",
    signal.SIGXCPU: "Out of CPU time",
}
QUEUES = {
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGXCPU,
}  # what batch queues send before they end a job
TIME_SPENT = 75  # the exit status of work that stopped in time and goes on with --resume

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


@contextmanager
def noted() -> Iterator[None]:
    """Inside, a signal is only noted: :func:`seen` says so, and the work stops where it can go on later. A second one
    raises :class:`Stopped`; a third one ends the process."""
    names = WORDS.keys() | QUEUES
    before = {number: signal.getsignal(number) for number in names}
    try:
        _take_over(_note, names)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
    number = signal.Signals(_seen or signal.SIGINT)
    return WORDS.get(number, f"Stopped by {number.name}")


def resumable_status() -> int:
    """As :func:`status`, for work that stopped in time: 75 after a signal of a batch queue, so that it is queued again."""
    return TIME_SPENT if _seen in QUEUES else status()


def status() -> int:
    """130 after Ctrl-C, 143 after SIGTERM: 128 and the number of the signal."""
    return 128 + (_seen or signal.SIGINT)


def _take_over(handler: object, numbers: Iterable[signal.Signals] = tuple(WORDS)) -> None:
    for number in numbers:
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


def _note(number: int, _frame: object) -> None:
    global _seen
    again, _seen = _seen != 0, number
    if again:
        _take_over(_raise)
        raise Stopped


def _not_lost(error: sys.UnraisableHookArgs) -> None:
    """Where Python can only print an exception (in a destructor or callback), the signal is sent again."""
    global _seen
    if issubclass(error.exc_type, Stopped):
        number, _seen = _seen, 0
        signal.raise_signal(signal.Signals(number or signal.SIGINT))
    else:
        sys.__unraisablehook__(error)
