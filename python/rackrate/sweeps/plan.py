"""The plan of a directory: which runs were asked for, and which of them are done.

A run is a *cell* (one resolved scenario, known by its digest) and a replication. Points whose arms are the same scenario
share its cell, so nothing is run twice. Everything is kept in arrays: a few bytes for each run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rackrate._core import ResultFileError
from rackrate.sweeps.bundle_file import Array
from rackrate.sweeps.bundle_values import Bundle, Cell
from rackrate.sweeps.journal import DIGITS, Entry
from rackrate.sweeps.manifest import Manifest
from rackrate.sweeps.requests import Request


class Plan:
    """The points of all requests, one after the other; a point that an earlier request has too is not repeated."""

    def __init__(self, manifest: Manifest, requests: Sequence[Request]) -> None:
        """Raises: ResultFileError if a design with futures of its own at every point shares the directory."""
        self.manifest = manifest
        self.requests = list(requests)
        if len(self.requests) > 1 and self.has_own_worlds:
            raise ResultFileError(
                f"the directory holds {len(self.requests)} designs, one of kind draws; expected that one alone. Use another -o for it."
            )
        kept = _new_rows(self.requests)
        #: [point] request and row in it that a point comes from
        self.origin = np.concatenate(
            [np.stack([np.full(len(rows), i), rows], axis=1) for i, rows in enumerate(kept)] or [np.empty((0, 2), int)]
        )
        digests = [r.digests[rows] for r, rows in zip(self.requests, kept, strict=True)]
        prints = _short(np.concatenate(digests) if digests else np.empty((0, len(manifest.arms), 32), np.uint8))
        unique, first, inverse = np.unique(prints.reshape(-1), return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")  # cells in the order in which points need them
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        self.prints = unique[order]  #: [cell]
        self.first = first[order]  #: [cell] point * arms + arm that needs it first
        self.cell_of = rank[inverse].reshape(prints.shape)  #: [point, arm]
        worlds = [r.worlds for r in self.requests if len(r) and len(r.replications)]
        #: the random worlds, from the first to the last that some point asks for
        self.replications = range(int(min(w.min() for w in worlds)), int(max(w.max() for w in worlds)) + 1) if worlds else range(0)  # fmt: skip
        #: [cell, random world] whether somebody asked for the run
        self.asked = np.zeros((len(self.prints), len(self.replications)), bool)
        for request in self.requests:
            cells = self._cells_of(request).reshape(-1, self.arms)
            columns = request.worlds - self.replications.start
            if request.has_own_worlds:
                self.asked[cells[:, :, None], columns[:, None, :]] = True
            elif len(request):
                self.asked[np.unique(cells), columns[0, 0] : columns[0, -1] + 1] = True

    def __len__(self) -> int:
        return len(self.cell_of)

    @property
    def has_own_worlds(self) -> bool:
        """Whether every point has futures of its own. It is then alone in its directory."""
        return any(request.has_own_worlds for request in self.requests)

    @property
    def labels(self) -> range:
        """The replications of a point as a result labels them."""
        return self.requests[0].replications if self.has_own_worlds else self.replications

    @property
    def column_of(self) -> Array:
        """The column in ``asked`` of each replication of each point, [point, replication]."""
        if self.has_own_worlds:
            columns: Array = self.requests[0].worlds - self.replications.start
            return columns
        return np.broadcast_to(np.arange(len(self.replications)), (len(self), len(self.replications)))

    def of_points(self, table: Array) -> Array:
        """A table [cell, random world, ...] as [point, arm, replication, ...]."""
        if self.has_own_worlds:
            found: Array = table[self.cell_of[:, :, None], self.column_of[:, None, :]]
            return found
        return table[self.cell_of]  # type: ignore[no-any-return]

    @property
    def arms(self) -> int:
        """How many arms every point has."""
        return len(self.manifest.arms)

    @property
    def runs(self) -> int:
        """How many runs were asked for, each counted once."""
        return int(self.asked.sum())

    @cached_property
    def columns(self) -> dict[str, Array]:
        """The values of the factors, [point] each."""
        return {
            name: np.concatenate([r.columns[name][self._rows(i)] for i, r in enumerate(self.requests)])
            for name, _ in self.manifest.factors
        }

    @cached_property
    def cell_numbers(self) -> dict[str, int]:
        """The number of a cell by the first digits of its digest."""
        raw = self.prints.tobytes().hex()
        return {raw[i * DIGITS : (i + 1) * DIGITS]: i for i in range(len(self.prints))}

    def cell(self, number: int) -> Cell:
        """A cell as a bundle has it."""
        point, arm = divmod(int(self.first[number]), self.arms)
        request, row = (int(x) for x in self.origin[point])
        found = self.requests[request]
        return Cell(
            arm, found.settings(row, arm), found.digests[row, arm].tobytes().hex(), self.manifest.arms[arm].name, (point,)
        )  # fmt: skip

    def bundle(self, cells: Sequence[int], replications: range) -> Bundle:
        """A bundle of these cells; only the texts that it needs are in it."""
        made = [self.cell(number) for number in cells]
        used = sorted({cell.base for cell in made})
        place = {base: at for at, base in enumerate(used)}
        m = self.manifest
        return Bundle(
            tuple(m.arms[base].text for base in used),
            tuple(Cell(place[c.base], c.settings, c.digest, c.arm, c.points) for c in made),
            m.seed, replications, m.until, m.keep, m.program_version,
        )  # fmt: skip

    def _rows(self, request: int) -> Array:
        rows: Array = self.origin[self.origin[:, 0] == request, 1]
        return rows

    def _cells_of(self, request: Request) -> Array:
        """The cells of all points of a request, those of earlier requests too."""
        wanted = _short(request.digests).reshape(-1)
        order = np.argsort(self.prints)
        cells: Array = order[np.searchsorted(self.prints, wanted, sorter=order)]
        return cells


@dataclass
class Done:
    """Which runs of a plan are on disk: [cell, replication] flags."""

    plan: Plan

    def __post_init__(self) -> None:
        self.flags = np.zeros_like(self.plan.asked)
        self.seconds = 0.0
        self.bytes = 0
        self.bundles = 0

    def add(self, entry: Entry) -> None:
        """Take note of a bundle; what nobody asked for is left out."""
        plan = self.plan
        self.seconds += entry.seconds
        self.bytes += entry.size
        self.bundles += 1
        first = plan.replications.start
        begin, end = (
            max(entry.replications.start - first, 0),
            min(entry.replications.stop - first, len(plan.replications)),
        )
        if end <= begin:
            return
        failed = set(entry.failed)
        for at, print_ in enumerate(entry.cells):
            number = plan.cell_numbers.get(print_)
            if number is None:
                continue
            if not failed:
                self.flags[number, begin:end] = True
                continue
            for column in range(begin, end):
                if (at, first + column) not in failed:
                    self.flags[number, column] = True

    @property
    def missing(self) -> Array:
        """[cell, replication] what was asked for and is not done."""
        return self.plan.asked & ~self.flags

    @property
    def runs(self) -> int:
        """How many of the runs that were asked for are done."""
        return int((self.plan.asked & self.flags).sum())


def _short(digests: Array) -> Array:
    """Digests [..., 32] as values of 16 bytes that numpy sorts."""
    return np.ascontiguousarray(digests[..., : DIGITS // 2]).view("V16")[..., 0]


def _new_rows(requests: Sequence[Request]) -> list[Array]:
    """For each request the rows that no earlier one has: other values of the factors, or another scenario."""
    out: list[Array] = []
    seen: set[bytes] = set()
    for number, request in enumerate(requests):
        if len(requests) == 1:
            return [np.arange(len(request))]
        keys = _row_keys(request)
        out.append(np.array([row for row, key in enumerate(keys) if number == 0 or key not in seen], int))
        seen.update(keys)
    return out


def _row_keys(request: Request) -> list[bytes]:
    columns = [np.asarray(values) for values in request.columns.values()]
    texts = [[str(v).encode() for v in c] if c.dtype.kind in "UOT" else [v.tobytes() for v in c] for c in columns]
    return [request.digests[row].tobytes() + b"\0".join(text[row] for text in texts) for row in range(len(request))]


def rectangles(missing: Array) -> Iterator[tuple[list[int], int, int]]:
    """Rows and columns [begin, end) that together cover what is missing in a small table, each once.

    Rows that miss the same columns stay together: a bundle runs every one of its cells in the same replications.
    """
    groups: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(missing.any(axis=1)):
        groups.setdefault(missing[row].tobytes(), []).append(int(row))
    for rows in groups.values():
        edges = np.flatnonzero(np.diff(np.concatenate([[0], missing[rows[0]].astype(np.int8), [0]])))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            yield rows, int(begin), int(end)
