"""``rackrate merge``: the directory of a sweep as one file, netCDF-4 like other results, written chunk by chunk.

The same runs give the same bytes, whatever order they were run in.
"""

from __future__ import annotations

import io
import itertools
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from rackrate import options, progress
from rackrate._core import ResultFileError
from rackrate.files import behind_links
from rackrate.sweeps import results
from rackrate.sweeps.bundle_file import Array
from rackrate.sweeps.stored import Ends, PerRun, Prints, Say, Stored

_OUTER = ("point", "arm", "replication")
_SEAL = "\nrackrate result ends, {size:020d} bytes, crc32 {crc:08x}\n"  # sim/record/detail/seal.cpp
_READ = 1 << 20
_DAYS, _MS = "days since 1970-01-01", "milliseconds since 1970-01-01"
_NOT_A_TIME = np.iinfo(np.int64).min


def merge(
    directory: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    force: bool = False,
    say: Say | None = None,
    show: bool | progress.Callback | None = False,
) -> tuple[int, int]:
    """Write what is finished of a sweep into one file; the directory stays as it is.

    Args: ``force`` replaces ``out``; ``say`` is told of damaged and foreign files, which are left out; ``show`` as in
    :func:`rackrate.compare`.
    Returns: the number of runs in the file, and of those that were asked for; a run that is not there is marked as not
    complete.
    Raises: ResultFileError if the directory is no sweep or has no finished run, or ``out`` cannot be written; there is then no
    file of that name, or the one that was there before.
    """
    target = behind_links(options.writable(out, force=force))
    source = Path(directory)
    stored = results.read(source, say or (lambda sentence: None), verify=True)
    done = int(stored.done.sum())
    if not done:
        raise ResultFileError(
            f"{source}: none of {stored.plan.runs} runs is finished yet. Wait, or go on with --resume."
        )
    scratch = target.parent / f".{target.name[:60]}.tmp-{os.getpid()}"
    try:
        with progress.bar(show if isinstance(show, bool) or show is None else False, unit="chunks") as bar:
            _write(stored, scratch, Path(out), show if callable(show) else bar)
        os.replace(scratch, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(scratch)
        raise
    return done, stored.plan.runs


def _write(stored: Stored, scratch: Path, name: Path, advance: progress.Callback | None) -> None:
    import h5netcdf

    try:
        descriptor = os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _cannot_write(name, error) from None
    with _Disk(descriptor) as disk:
        file = h5netcdf.File(disk, "w")
        try:
            _fill(file, stored, disk, advance)
        finally:
            file.close()
        disk.finish()
        if disk.error is not None:
            raise _cannot_write(name, disk.error)


def _fill(file: Any, stored: Stored, disk: _Disk, advance: progress.Callback | None) -> None:
    """Everything but the large arrays first, then those, chunk by chunk."""
    plan = stored.plan
    for key, value in results.attributes(stored).items():
        file.attrs[key] = value
    file.attrs["fingerprint"] = results.fingerprint(stored)
    labels = results.entity_labels(stored)
    time, bounds, horizon = results.time_labels(stored)
    file.dimensions = {
        "point": len(plan), "arm": plan.arms, "replication": len(plan.labels),
        **{dim: len(own) for dim, (own, _) in labels.items()}, "time": len(time), "bnds": 2,
    }  # fmt: skip
    _small(file, "point", ("point",), np.arange(len(plan)), results.POINT)
    _text(file, "arm", ("arm",), [arm.name for arm in plan.manifest.arms], results.ARM)
    numbers = np.array(plan.labels, np.int64)
    _small(file, "replication", ("replication",), numbers, results.REPLICATION)
    for dim, (own, attrs) in labels.items():
        _text(file, dim, (dim,), own, attrs)
    time_attrs = {"long_name": "month", "units": _DAYS, "standard_name": "time", "calendar": "proleptic_gregorian", "bounds": "time_bounds", "axis": "T"}  # fmt: skip
    _small(file, "time", ("time",), time.astype(np.int64), time_attrs)
    _small(file, "time_bounds", ("time", "bnds"), bounds, {"horizon": horizon} if horizon else {})
    for factor, (values, attrs) in results.factor_columns(plan).items():
        _factor(file, factor, values, attrs)
    for what, (dims, table, attrs) in results.per_cell(stored).items():
        put = _text if table.dtype.kind == "U" else _small
        put(file, what, dims, table, attrs)
    _text(file, "scenario", ("arm",), results.texts(plan), results.SCENARIO)
    complete = plan.of_points(stored.done).astype(np.int8)
    if plan.has_own_worlds:
        _small(file, "world", ("point", "replication"), plan.requests[0].worlds, results.WORLD)
    _small(file, "complete", _OUTER, complete, results.COMPLETE)
    _large(file, stored, disk, advance)
    file.attrs["coordinates"] = " ".join(results.factor_columns(plan))


def _large(file: Any, stored: Stored, disk: _Disk, advance: progress.Callback | None) -> None:
    todo: list[tuple[Any, PerRun, tuple[int, ...]]] = []
    for name, (dims, values, attrs) in results.variables(stored).items():
        chunks = _file_chunks(values)
        fill = values.dtype.type(np.nan)
        made = _create(file, name, (*_OUTER, *dims), values.dtype, values.shape, chunks, fill)
        _describe(made, attrs)
        todo.append((made, values, results.chunks_of(values)))
    ends = Ends(stored)
    made = _create(file, "run_end", _OUTER, np.dtype(np.int64), ends.shape, _file_chunks(ends), np.int64(_NOT_A_TIME))
    _describe(made, results.ENDS | {"units": _MS, "calendar": "proleptic_gregorian"})
    todo.append((made, ends, results.chunks_of(ends)))
    prints = Prints(stored)
    file.dimensions["print"] = 64
    digits = _create(file, "run_fingerprint", (*_OUTER, "print"), np.dtype("S1"), (*prints.shape, 64), (*_file_chunks(prints), 64), b"")  # fmt: skip
    _describe(digits, results.PRINTS | {"_Encoding": "utf-8"})
    todo.append((digits, prints, results.chunks_of(prints)))
    total = sum(_count(values.shape, chunks) for _, values, chunks in todo)
    done = 0
    for made, values, chunks in todo:
        for part in _parts(values.shape, chunks):
            made[part] = _as_stored(values[part])
            done += 1
            if disk.error is not None:
                return
            if advance is not None:
                advance(done, total)


def _as_stored(values: Array) -> Array:
    if values.dtype.kind == "M":
        return values.astype("datetime64[ms]").astype(np.int64)
    if values.dtype.kind == "U":
        return values.astype("S64").view("S1").reshape(*values.shape, 64)
    return values


def _create(file: Any, name: str, dims: tuple[str, ...], dtype: Any, shape: tuple[int, ...], chunks: tuple[int, ...], fill: Any) -> Any:  # fmt: skip
    return file.create_variable(
        name, dims, dtype, chunks=tuple(min(c, n) for c, n in zip(chunks, shape, strict=True)), compression="gzip",
        compression_opts=1, shuffle=True, fillvalue=fill,
    )  # fmt: skip


def _small(file: Any, name: str, dims: tuple[str, ...], values: Array, attrs: dict[str, Any]) -> None:
    made = file.create_variable(name, dims, values.dtype)
    made[...] = values
    _describe(made, attrs)


def _text(file: Any, name: str, dims: tuple[str, ...], values: Any, attrs: dict[str, Any]) -> None:
    import h5py

    made = file.create_variable(name, dims, h5py.string_dtype("utf-8"))
    made[...] = np.array([*np.asarray(values, dtype=object).reshape(-1), None], dtype=object)[:-1].reshape(
        np.shape(values)
    )
    _describe(made, attrs)


def _factor(file: Any, name: str, values: Array, attrs: dict[str, Any]) -> None:
    if values.dtype.kind == "M":
        days = values.astype("datetime64[ms]").astype(np.int64)
        _small(file, name, ("point",), days, {**attrs, "units": _MS, "calendar": "proleptic_gregorian"})
    elif values.dtype.kind in "UOT":
        _text(file, name, ("point",), values.astype(object), attrs)
    else:
        _small(file, name, ("point",), values, attrs)


def _describe(made: Any, attrs: dict[str, Any]) -> None:
    for key, value in attrs.items():
        made.attrs[key] = value


def _file_chunks(values: PerRun) -> tuple[int, ...]:
    """A chunk of the file: about a megabyte, whole runs."""
    points, _, replications, *inner = values.shape
    run = max(1, int(np.prod(inner, dtype=np.int64)) * values.dtype.itemsize)
    many = max(1, min(replications, _READ // run))
    return (max(1, min(points, _READ // (many * run))), 1, many, *inner)


def _parts(shape: tuple[int, ...], chunks: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    axes = [[slice(a, min(a + c, n)) for a in range(0, n, c)] for n, c in zip(shape, chunks, strict=True)]
    yield from itertools.product(*axes)


def _count(shape: tuple[int, ...], chunks: tuple[int, ...]) -> int:
    return int(np.prod([-(-n // c) for n, c in zip(shape, chunks, strict=True)]))


def _cannot_write(path: Path, error: OSError) -> ResultFileError:
    return ResultFileError(f"{path}: cannot be written ({error.strerror or error}). Make room, or write elsewhere.")


class _Disk(io.RawIOBase):
    """A file that never tells HDF5 of a failed write: a library that cannot close its file crashes when the process ends.

    From the first failure on, what is written stays in memory, and ``error`` says why.
    """

    def __init__(self, descriptor: int) -> None:
        self._file = descriptor
        self._at = 0
        self._kept: list[tuple[int, bytes]] = []
        self._size = 0
        self.error: OSError | None = None

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def truncate(self, size: int | None = None) -> int:
        self._size = self._at if size is None else size
        if self.error is None:
            try:
                os.ftruncate(self._file, self._size)
            except OSError as error:
                self.error = error
        return self._size

    def write(self, data: Any) -> int:
        raw = memoryview(data).cast("B")
        at = 0
        while at < len(raw) and self.error is None:
            try:
                at += os.pwrite(self._file, raw[at:], self._at + at)
            except OSError as error:
                self.error = error
        if at < len(raw):
            self._kept.append((self._at + at, bytes(raw[at:])))
        self._at += len(raw)
        self._size = max(self._size, self._at)
        return len(raw)

    def readinto(self, buffer: Any) -> int:
        out = memoryview(buffer).cast("B")
        size = max(0, min(len(out), self._size - self._at))
        out[:size] = os.pread(self._file, size, self._at).ljust(size, b"\0")
        for begin, raw in self._kept:
            low, high = max(begin, self._at), min(begin + len(raw), self._at + size)
            if low < high:
                out[low - self._at : high - self._at] = raw[low - begin : high - begin]
        self._at += size
        return size

    def flush(self) -> None:
        """Nothing is buffered here."""

    def finish(self) -> None:
        """Append the checksum line and bring all to the disk."""
        try:
            if self.error is None:
                crc, at = 0, 0
                while raw := os.pread(self._file, _READ, at):
                    crc, at = zlib.crc32(raw, crc), at + len(raw)
                self.seek(at)
                self.write(_SEAL.format(size=at, crc=crc).encode())
                os.fsync(self._file)
        except OSError as error:
            self.error = error

    def close(self) -> None:
        if not self.closed:
            os.close(self._file)
        super().close()
