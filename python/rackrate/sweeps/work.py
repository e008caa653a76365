"""The bundles that remain to be run, made one at a time as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rackrate.sweeps.bundle_values import Bundle
from rackrate.sweeps.plan import Done, rectangles

_PARTS = 8  # of the work of a shard: neighbouring points may be slow together
_AT_A_TIME = 4096  # cells that are looked through at a time


@dataclass(frozen=True)
class Shard:
    """One of several independent processes that share a sweep: shard ``index`` of ``count``, from 0."""

    index: int = 0
    count: int = 1


def bundles(done: Done, shard: Shard, size: Callable[[], int], start: float = 0.0) -> Iterator[Bundle]:
    """Every missing run of the shard once. ``size()`` says how many runs the next bundle should have.

    ``start`` in [0, 1): where in the work to begin, so that coordinators that do not know of each other do not run the same
    bundles. What ``done`` learns meanwhile is left out.
    """
    for begin, end in spans(done.plan.asked.size, shard, start):
        yield from _of_span(done, begin, end, size)


def spans(total: int, shard: Shard, start: float = 0.0) -> Iterator[tuple[int, int]]:
    """The parts [begin, end) of the runs 0 .. total - 1 (cell by cell) that belong to a shard, in the order of work."""
    if shard.count == 1:
        first = int(total * start)
        parts = [(first, total), (0, first)]
    else:
        step = max(1, -(-total // (shard.count * _PARTS)))
        parts = [(at, min(at + step, total)) for at in range(shard.index * step, total, shard.count * step)]
        turn = int(len(parts) * start)
        parts = parts[turn:] + parts[:turn]
    yield from ((begin, end) for begin, end in parts if begin < end)


def _of_span(done: Done, begin: int, end: int, size: Callable[[], int]) -> Iterator[Bundle]:
    plan, width = done.plan, done.plan.asked.shape[1]
    at = begin
    while (at := _next_missing(done, at, end)) < end:
        cell, column = divmod(at, width)
        wanted = size()
        if column == 0 and wanted >= width and end - at >= width:  # whole cells
            cells = min(wanted // width, (end - at) // width)
            columns = width
        else:
            cells, columns = 1, min(wanted, width - column, end - at)
        rows, part = slice(cell, cell + cells), slice(column, column + columns)
        missing = plan.asked[rows, part] & ~done.flags[rows, part]
        for found, from_, to in rectangles(missing):
            first = plan.replications.start + column
            yield plan.bundle([cell + row for row in found], range(first + from_, first + to))
        at += (cells - 1) * width + columns


def _next_missing(done: Done, at: int, end: int) -> int:
    """The first missing run from ``at`` on; ``end`` if there is none."""
    asked, width = done.plan.asked, done.plan.asked.shape[1]
    while at < end:
        cell = at // width
        rows = slice(cell, min(cell + _AT_A_TIME, -(-end // width)))
        open_ = (asked[rows] & ~done.flags[rows]).reshape(-1)
        open_[: at - cell * width] = False
        found = int(np.argmax(open_))
        if open_[found]:
            return min(cell * width + found, end)
        at = rows.stop * width
    return end
