"""What a long run says while it runs: an estimate first, then a bar on a terminal, nothing into a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Callback = Callable[[int, int], object]


def spoken(seconds: float) -> str:
    """A length of time as people say it.

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


@contextmanager
def bar(shown: bool | None = None, unit: str = "replications") -> Iterator[Callback | None]:
    """A progress callback ``(done, total)`` that draws a bar on standard error, or None where none belongs.

    ``shown=None`` decides by whether standard error is a terminal.
    """
    if shown is None:
        shown = sys.stderr.isatty()
    if not shown:
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit=" " + unit, leave=False, file=sys.stderr) as drawn:

        def advance(done: int, total: int) -> None:
            drawn.total = total
            drawn.n = done
            drawn.refresh()

        yield advance


def stopwatch() -> Callable[[], float]:
    """A function that returns the seconds since now."""
    begin = time.perf_counter()
    return lambda: time.perf_counter() - begin
