"""The output of a long run: an estimate first, then a bar on a terminal, nothing into a pipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_MOMENT = 1.0  # seconds of work without a bar

Callback = Callable[[int, int], object]


def spoken(seconds: float) -> str:
    """A duration as text for people.

    Example:
        >>> spoken(4.2), spoken(80), spoken(4000), spoken(20000)
        ('4 s', '80 s', '67 min', '5.6 h')
    """
    if seconds < 1:
        return "less than a second"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def roughly(seconds: float) -> str:
    """The same for an estimate.

    Example:
        >>> roughly(0.2), roughly(7)
        ('less than a second', 'about 7 s')
    """
    return spoken(seconds) if seconds < 1 else f"about {spoken(seconds)}"


@contextmanager
def bar(shown: bool | None = None, unit: str = "runs") -> Iterator[Callback | None]:
    """A progress callback ``(done, total)`` that draws a bar, or None where no bar is drawn.

    ``shown=None`` draws one on a terminal or in a notebook, and only for work that takes
    more than a moment. Elsewhere nothing is drawn, so that logs contain no bars.
    """
    if not (watched() if shown is None else shown):
        yield None
        return
    drawn = None
    watch = stopwatch()

    def advance(done: int, total: int) -> None:
        nonlocal drawn
        if drawn is None:
            if shown is None and watch() < _MOMENT:
                return
            drawn = _drawn(unit, total, watch())
        drawn.total = total
        drawn.n = done
        drawn.refresh()

    try:
        yield advance
    finally:
        if drawn is not None:
            drawn.close()


def watched() -> bool:
    """Whether standard error is displayed to a user: in a terminal or a notebook."""
    return in_notebook() or (sys.stderr is not None and sys.stderr.isatty())


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


def _drawn(unit: str, total: int, seconds: float) -> Any:
    """A bar that counts the seconds already gone; of widgets where the notebook has them."""
    kind = "tqdm.std"
    if in_notebook():
        with suppress(ImportError):
            importlib.import_module("ipywidgets")  # without it the widgets of tqdm raise
            kind = "tqdm.notebook"
    drawn = importlib.import_module(kind).tqdm(total=total, unit=" " + unit, leave=False, file=sys.stderr)
    drawn.start_t -= seconds
    return drawn


def stopwatch() -> Callable[[], float]:
    """A function that returns the seconds since now."""
    begin = time.perf_counter()
    return lambda: time.perf_counter() - begin
