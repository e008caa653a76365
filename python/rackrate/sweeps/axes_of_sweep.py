"""The labels of a sweep: those of all its runs together, and where the values of each layout belong among them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from rackrate.sweeps.bundle_file import Array, Layout

TIME = "time"


class Union:
    """All labels of several layouts, in order of first appearance, and all periods in order of time."""

    def __init__(self, layouts: Sequence[Layout], numbers: Mapping[int, int] | None = None) -> None:
        """``numbers``: the position in ``layouts`` of each layout by the number that :meth:`spread` is asked for."""
        self._layouts = list(layouts)
        self._numbers = dict(numbers) if numbers is not None else {i: i for i in range(len(layouts))}
        axes: list[dict[str, Any]] = [json.loads(layout.axes) for layout in self._layouts]
        self.periods: list[tuple[float, float, float]] = _periods(self._layouts)
        self.start = min((a["start"] for a in axes), default=0)  #: ms since 1970-01-01
        self.end = max((a["end"] for a in axes), default=0)
        self._labels_of = [_labels(a, layout) for a, layout in zip(axes, self._layouts, strict=True)]
        self.dims: dict[str, tuple[str, ...]] = {}  #: by variable
        self.types: dict[str, str] = {}  #: by variable
        for layout in self._layouts:
            for name, dims, type_, _ in layout.columns:
                self.dims.setdefault(name, dims)
                self.types.setdefault(name, type_)
        self.labels: dict[str, list[Any]] = {}  #: by dimension; of time the labels of the periods
        for labels in self._labels_of:
            for dim, own in labels.items():
                known = self.labels.setdefault(dim, [])
                there = set(known)
                known.extend(label for label in own if label not in there)
        self.labels[TIME] = [label for label, _, _ in self.periods]

    def shape(self, name: str) -> tuple[int, ...]:
        """The size of a variable without point, arm and replication."""
        return tuple(len(self.labels.get(dim, ())) for dim in self.dims[name])

    def spread(self, layout: int, name: str) -> Array | None:
        """Where each value of a layout's variable goes among all, flattened; None if they are the same in number and order."""
        return _spread(self, self._numbers[layout], name)

    def _positions(self, at: int, dim: str) -> Array:
        known = {label: i for i, label in enumerate(self.labels[dim])}
        return np.array([known[label] for label in self._labels_of[at][dim]], np.int64)


@lru_cache(4096)
def _spread(union: Union, at: int, name: str) -> Array | None:
    dims = union.dims[name]
    places = [union._positions(at, dim) for dim in dims]
    shape = union.shape(name)
    if all(len(p) == n and (p == np.arange(n)).all() for p, n in zip(places, shape, strict=True)):
        return None
    if not dims:
        return None
    return np.ravel_multi_index(np.ix_(*places), shape).reshape(-1)


def _labels(axes: Mapping[str, Any], layout: Layout) -> dict[str, list[Any]]:
    labels = {dim: list(own) for dim, own in axes.items() if dim not in ("start", "end")}
    labels[TIME] = [label for label, _, _ in layout.periods]
    return labels


def _periods(layouts: Sequence[Layout]) -> list[tuple[float, float, float]]:
    """By label, from the first begin to the last end of all layouts."""
    found: dict[float, tuple[float, float]] = {}
    for layout in layouts:
        for label, begin, end in layout.periods:
            low, high = found.get(label, (begin, end))
            found[label] = (min(low, begin), max(high, end))
    return [(label, *found[label]) for label in sorted(found)]
