"""The values of a sweep as they lie in its bundles: where each run is, and arrays that read only what is asked for."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rackrate._core import ResultFileError
from rackrate.sweeps.axes_of_sweep import Union
from rackrate.sweeps.bundle_file import Array, BundleFile, Layout
from rackrate.sweeps.journal import DIGITS
from rackrate.sweeps.layout import bundle_path, bundle_sizes, foreign_files
from rackrate.sweeps.plan import Plan

Say = Callable[[str], object]
_OPEN = 256  # arrays that stay mapped


class File(NamedTuple):
    """A bundle file as it was when it was read."""

    path: str
    size: int
    changed_ns: int


class Stored:
    """Where the runs of a plan are: file and row of each (cell, replication), and what is known of each cell."""

    def __init__(self, directory: Path, plan: Plan, say: Say, *, verify: bool) -> None:
        """Reads the header of every bundle; with ``verify`` all its bytes, and compares them with their checksums.

        ``say`` is told of every file that is damaged or foreign, in one sentence; it is left out.
        Raises: ResultFileError if the layouts of the runs do not fit each other.
        """
        self.directory, self.plan = directory, plan
        shape = plan.asked.shape
        self.file_of = np.full(shape, -1, np.int32)
        self.row_of = np.zeros(shape, np.int32)  #: in the arrays of the run's layout
        self.number_of = np.zeros(shape, np.int32)  #: in the arrays of all runs of the file
        self.layout_of = np.full(shape[0], -1, np.int32)
        self.discount_rate = np.full(shape[0], np.nan)
        self.valuation_date = np.full(shape[0], "", dtype="U32")
        self.prints = np.zeros((*shape, 32), np.uint8) if verify else None
        self.files: list[File] = []
        self.layouts: list[Layout] = []
        self._seen: dict[Layout, int] = {}
        for key, _ in sorted(bundle_sizes(directory)):
            try:
                with BundleFile(bundle_path(directory, key)) as file:
                    if verify:
                        file.verify()
                    self._add(file)
            except ResultFileError as error:
                say(str(error))
        for path in foreign_files(directory):
            say(f"{path}: is no bundle of this sweep; it is left out. Move it away.")
        self.file_of[~plan.asked] = -1
        used = [int(n) for n in dict.fromkeys(self.layout_of.tolist()) if n >= 0]
        self.union = Union([self.layouts[n] for n in used], dict(zip(used, range(len(used)), strict=True)))

    @property
    def done(self) -> Array:
        """[cell, replication] whether the run is there."""
        return self.file_of >= 0

    def _add(self, file: BundleFile) -> None:
        plan = self.plan
        if file.header["program_version"] != plan.manifest.program_version or file.header["seed"] != plan.manifest.seed:
            raise ResultFileError(f"{file.path}: is a bundle of another sweep; it is left out. Move it away.")
        number = len(self.files)
        self.files.append(File(os.fspath(file.path), *_stamp(file.path)))
        first, width = plan.replications.start, len(plan.replications)
        failed: dict[int, set[int]] = {}
        for cell, replication in file.failed:
            failed.setdefault(cell, set()).add(replication)
        rows = [0] * len(file.layouts)
        at = 0
        prints = file.array("prints.npy") if self.prints is not None else None
        layouts = [self._layout(layout) for layout in file.layouts]
        for index, stored in enumerate(file.cells):
            there = [r for r in file.replications if r not in failed.get(index, ())]
            if not there:
                continue
            begin_row, begin_at = rows[stored.layout], at
            rows[stored.layout] += len(there)
            at += len(there)
            known = plan.cell_numbers.get(stored.digest[:DIGITS])
            if known is None:
                continue
            columns = np.array(there) - first
            inside = (columns >= 0) & (columns < width)
            columns, places = columns[inside], np.flatnonzero(inside)
            self.file_of[known, columns] = number
            self.row_of[known, columns] = begin_row + places
            self.number_of[known, columns] = begin_at + places
            self.layout_of[known] = layouts[stored.layout]
            self.discount_rate[known] = stored.discount_rate
            self.valuation_date[known] = stored.valuation_date
            if prints is not None and self.prints is not None:
                self.prints[known, columns] = prints[begin_at + places]

    def _layout(self, layout: Layout) -> int:
        if layout not in self._seen:
            self._seen[layout] = len(self.layouts)
            self.layouts.append(layout)
        return self._seen[layout]


class PerRun:
    """An array [point, arm, replication, ...] of which parts are read from the bundles: what dask and numpy slice.

    Missing runs, and labels that the scenario of a point lacks, are ``missing``.
    """

    def __init__(self, stored: Stored, dtype: np.dtype[Any], inner: tuple[int, ...], missing: Any) -> None:
        plan = stored.plan
        self._stored = stored
        self._missing = missing
        self._inner = inner
        self.dtype = np.dtype(dtype)
        self.shape = (*plan.cell_of.shape, len(plan.labels), *inner)
        self.ndim = len(self.shape)

    def __getitem__(self, key: Any) -> Array:
        keys = list(key if isinstance(key, tuple) else (key,))
        if Ellipsis in keys:
            at = keys.index(Ellipsis)
            keys[at : at + 1] = [slice(None)] * (self.ndim - len(keys) + 1)
        keys += [slice(None)] * (self.ndim - len(keys))
        outer = [np.atleast_1d(np.arange(n)[k]) for n, k in zip(self.shape[:3], keys[:3], strict=True)]
        values = self._block(*outer)
        squeezed = tuple(0 if isinstance(k, (int, np.integer)) else slice(None) for k in keys[:3])
        out = values[squeezed]
        for axis in range(len(self._inner) - 1, -1, -1):  # one at a time: dask's selections are orthogonal
            where = out.ndim - len(self._inner) + axis
            out = out[(slice(None),) * where + (keys[3 + axis],)] if not _all(keys[3 + axis]) else out
        return out

    def _block(self, points: Array, arms: Array, replications: Array) -> Array:
        stored = self._stored
        cells = stored.plan.cell_of[np.ix_(points, arms)]
        out = np.full((cells.size * len(replications), *self._inner), self._missing, self.dtype)
        where = np.repeat(cells.reshape(-1), len(replications))
        columns = np.repeat(stored.plan.column_of[np.ix_(points, replications)], len(arms), axis=0).reshape(-1)
        files = stored.file_of[where, columns]
        order = np.argsort(files, kind="stable")
        edges = np.flatnonzero(np.diff(files[order], prepend=-2, append=np.iinfo(np.int32).max))
        for begin, end in itertools.pairwise(edges.tolist()):
            places = order[begin:end]
            file = int(files[places[0]])
            if file >= 0:
                self._fill(out, places, file, where[places], columns[places])
        return out.reshape(len(points), len(arms), len(replications), *self._inner)

    def _fill(self, out: Array, places: Array, file: int, cells: Array, columns: Array) -> None:
        raise NotImplementedError


class Values(PerRun):
    """A variable of the result."""

    def __init__(self, stored: Stored, name: str) -> None:
        union = stored.union
        super().__init__(stored, np.dtype(union.types[name]), union.shape(name), np.nan)
        self._name = name

    def _fill(self, out: Array, places: Array, file: int, cells: Array, columns: Array) -> None:
        stored = self._stored
        layouts = stored.layout_of[cells]
        for layout in np.unique(layouts):
            chosen = layouts == layout
            found = stored.layouts[layout].places.get(self._name)
            if found is None:
                continue
            type_, begin, end = found
            number = _number_in_file(stored.files[file], stored.layouts[layout])
            table = _mapped(stored.files[file], f"{'wide' if type_ == 'float64' else 'narrow'}-{number}.npy")
            rows = stored.row_of[cells[chosen], columns[chosen]]
            values = table[rows, begin:end]
            spread = stored.union.spread(int(layout), self._name)
            if spread is None:
                out[places[chosen]] = values.reshape(len(rows), *self._inner)
            else:
                flat = out.reshape(len(out), -1)
                flat[places[chosen][:, None], spread[None, :]] = values


class Ends(PerRun):
    """Up to where each run was simulated: datetime64[ms]."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(stored, np.dtype("datetime64[ns]"), (), np.datetime64("NaT", "ns"))

    def _fill(self, out: Array, places: Array, file: int, cells: Array, columns: Array) -> None:
        table = _whole(self._stored.files[file], "ends.npy")
        out[places] = table[self._stored.number_of[cells, columns]].astype("datetime64[ms]").astype(self.dtype)


class Prints(PerRun):
    """The fingerprint of each run: 64 hexadecimal digits."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(stored, np.dtype("U64"), (), "")

    def _fill(self, out: Array, places: Array, file: int, cells: Array, columns: Array) -> None:
        table = _whole(self._stored.files[file], "prints.npy")
        out[places] = [row.tobytes().hex() for row in table[self._stored.number_of[cells, columns]]]


def _all(key: Any) -> bool:
    return isinstance(key, slice) and key == slice(None)


@lru_cache(_OPEN)
def _mapped(file: File, member: str) -> Array:
    with _opened(file) as bundle:
        return bundle.mapped(member)


@lru_cache(_OPEN)
def _whole(file: File, member: str) -> Array:
    with _opened(file) as bundle:
        return bundle.array(member)


@lru_cache(_OPEN)
def _layouts(file: File) -> list[Layout]:
    with _opened(file) as bundle:
        return bundle.layouts


def _number_in_file(file: File, layout: Layout) -> int:
    return _layouts(file).index(layout)


def _opened(file: File) -> BundleFile:
    path = Path(file.path)
    try:
        if _stamp(path) == (file.size, file.changed_ns):
            return BundleFile(path)
    except OSError:
        pass
    raise ResultFileError(
        f"{file.path}: was changed or removed since its sweep was opened; expected the same bytes. Open the directory again."
    )


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
