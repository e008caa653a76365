"""The file of a bundle: a zip archive of numpy arrays and a header, which ``numpy.load`` opens.

Members: ``bundle.json`` (the header), ``prints.npy`` [run, 32] and ``ends.npy`` [run], and for each layout L of the results
``wide-L.npy`` (float64) and ``narrow-L.npy`` (float32), both [run of that layout, value]. The values of a run are its kept
variables one after the other; the header lists their names, dimensions and sizes. Runs are in the order (cell, replication);
a run that failed has no row. Every member carries a checksum (CRC-32), and the list of members is at the end of the file, so
that damage and a cut file are seen.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rackrate._core import ResultFileError
from rackrate.files import atomic_file

FORMAT = "rackrate bundle 1"
_HEADER = "bundle.json"
_NO_DATE = (1980, 1, 1, 0, 0, 0)
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Layout:
    """What the values of a run are, and the labels of their dimensions."""

    axes: str  #: JSON: labels by dimension, start and end in ms since 1970-01-01
    columns: tuple[tuple[str, tuple[str, ...], str, int], ...]  #: (variable, dimensions, type, number of values)
    periods: tuple[tuple[float, float, float], ...]  #: (label, begin, end) in days since 1970-01-01

    def width(self, kind: str) -> int:
        """Values per run of a type, float64 or float32."""
        return sum(count for _, _, type_, count in self.columns if type_ == kind)

    @cached_property
    def places(self) -> dict[str, tuple[str, int, int]]:
        """By variable, the type and the columns [begin, end) of its values in the array of that type."""
        out, at = {}, {"float64": 0, "float32": 0}
        for name, _, type_, count in self.columns:
            out[name] = (type_, at[type_], at[type_] + count)
            at[type_] += count
        return out


@dataclass(frozen=True)
class StoredCell:
    """One scenario of a bundle file."""

    digest: str
    layout: int
    discount_rate: float
    valuation_date: str


@dataclass
class Rows:
    """The runs of a bundle as they are made: rows of both types by layout."""

    layouts: list[Layout] = field(default_factory=list)
    wide: list[list[Array]] = field(default_factory=list)
    narrow: list[list[Array]] = field(default_factory=list)
    prints: list[bytes] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def layout(self, layout: Layout) -> int:
        """The number of a layout; a new one is added."""
        if layout not in self.layouts:
            self.layouts.append(layout)
            self.wide.append([])
            self.narrow.append([])
        return self.layouts.index(layout)


def write(path: Path, key: str, fields: dict[str, Any], cells: Sequence[StoredCell], rows: Rows) -> int:
    """Write a bundle file, whole or not at all; returns its size.

    ``fields``: the rest of the header. Raises: ResultFileError if it cannot be written.
    """
    header = {
        "format": FORMAT,
        "key": key,
        **fields,
        "cells": [[c.digest, c.layout, c.discount_rate, c.valuation_date] for c in cells],
        "layouts": [{"axes": x.axes, "columns": x.columns, "periods": x.periods} for x in rows.layouts],
    }
    prints = np.frombuffer(b"".join(rows.prints), np.uint8).reshape(-1, 32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(zipfile.ZipInfo(_HEADER, _NO_DATE), json.dumps(header, separators=(",", ":")))
                _put(archive, "prints.npy", list(prints))
                _put(archive, "ends.npy", list(np.array(rows.ends, np.int64)))
                for number, (wide, narrow) in enumerate(zip(rows.wide, rows.narrow, strict=True)):
                    _put(archive, f"wide-{number}.npy", wide)
                    _put(archive, f"narrow-{number}.npy", narrow)
            return out.tell()
    except OSError as error:
        raise cannot_write(path, error) from None


def cannot_write(path: Path, error: OSError) -> ResultFileError:
    """The sentence for a store that takes no more."""
    why = error.strerror or str(error)
    return ResultFileError(
        f"{path}: cannot be written ({why}). What is done is kept: make room, or check the rights, and go on with --resume."
    )


def _put(archive: zipfile.ZipFile, name: str, rows: Sequence[Array]) -> None:
    """Rows of one shape as an array; they are not gathered in memory first."""
    first = rows[0] if len(rows) else np.empty(0)  # every run of the layout failed
    shape = (len(rows), *first.shape)
    header = {"descr": np.lib.format.dtype_to_descr(first.dtype), "fortran_order": False, "shape": shape}
    with archive.open(zipfile.ZipInfo(name, _NO_DATE), "w") as out:
        np.lib.format.write_array_header_1_0(out, header)  # type: ignore[arg-type]
        for row in rows:
            out.write(np.ascontiguousarray(row).data)


class BundleFile:
    """A bundle file that is open for reading.

    Raises: ResultFileError in one sentence if it is none, is cut or damaged, or has another bundle's name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._archive = zipfile.ZipFile(path)
            header = json.loads(self._archive.read(_HEADER))
            if header.get("format") != FORMAT:
                raise ValueError(f"its format is {header.get('format')!r}")
            if header["key"] != path.name.split(".")[0]:
                raise ValueError(f"it is the bundle {header['key']}")
            self.header: dict[str, Any] = header
            self.cells = [StoredCell(*row) for row in header["cells"]]
            self.layouts = [
                Layout(
                    x["axes"],
                    tuple((n, tuple(d), t, c) for n, d, t, c in x["columns"]),
                    tuple(map(tuple, x["periods"])),
                )
                for x in header["layouts"]
            ]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error) as error:  # fmt: skip
            raise _damaged(path, error) from None

    def __enter__(self) -> BundleFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def replications(self) -> range:
        """The replication numbers of every cell; those in ``failed`` have no row."""
        return range(*self.header["replications"])

    @property
    def failed(self) -> list[tuple[int, int]]:
        """(cell, replication) of the runs that failed."""
        return [(cell, replication) for cell, replication in self.header["failed"]]

    def verify(self) -> None:
        """Compare every byte with the checksums. Raises: ResultFileError."""
        try:
            bad = self._archive.testzip()
            runs = len(self.cells) * len(self.replications) - len(self.failed)
            if bad is None and len(self.array("ends.npy")) != runs:
                bad = "ends.npy"
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise _damaged(self.path, error) from None
        if bad is not None:
            raise _damaged(self.path, ValueError(f"its {bad} has other bytes than were written"))

    def array(self, member: str) -> Array:
        """All of an array, its checksum compared. Raises: ResultFileError."""
        try:
            return np.lib.format.read_array(io.BytesIO(self._archive.read(member)), allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise _damaged(self.path, error) from None

    def mapped(self, member: str) -> Array:
        """An array of which only what is used is read. The bytes are trusted: see :meth:`verify`."""
        info = self._archive.getinfo(member)
        with open(self.path, "rb") as file:
            file.seek(info.header_offset + 26)  # where a zip archive has the lengths of name and extra field
            lengths = np.frombuffer(file.read(4), "<u2")
            file.seek(info.header_offset + 30 + int(lengths.sum()))
            np.lib.format.read_magic(file)
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
            if 0 in shape:
                return np.empty(shape, dtype)
            return np.memmap(file, dtype, "r", file.tell(), shape, "F" if fortran else "C")


def _damaged(path: Path, error: Exception) -> ResultFileError:
    why = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(".") or type(error).__name__
    return ResultFileError(
        f"{os.fspath(path)}: is no whole bundle of this sweep ({why}); it is left out. Remove it and use --resume to run it again."
    )
