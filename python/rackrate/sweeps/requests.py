"""What was asked for: the points and replications of each design that came to the directory, one file each."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rackrate._core import ResultFileError
from rackrate.files import atomic_write
from rackrate.scenario import override_pairs
from rackrate.sweeps.bundle_file import Array, cannot_write
from rackrate.sweeps.bundle_values import Setting
from rackrate.sweeps.description import coordinates, description
from rackrate.sweeps.layout import REQUESTS, SUFFIX
from rackrate.sweeps.sampling import DRAWS, world_numbers

FORMAT = "rackrate request 1"
_NO_DATE = (1980, 1, 1, 0, 0, 0)
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Request:
    """The points of one design, as arrays, and the replications of each.

    ``digests`` [point, arm, 32] are those of the resolved scenarios; ``columns`` has the values of the factors, [point] each.
    """

    id: str
    title: str
    design: str  #: TOML text of the design
    replications: range
    columns: dict[str, Array]
    attributes: dict[str, dict[str, str]]  #: of the factors' coordinates
    description: str  #: JSON for the attribute ``sweep`` of a dataset
    digests: Array
    _settings: bytes  #: one line of JSON for each point: by arm, [path, TOML text] pairs

    def settings(self, point: int, arm: int) -> tuple[Setting, ...]:
        """What the point sets in the text of the arm."""
        begin, end = self._lines[point], self._lines[point + 1]
        return tuple((path, value) for path, value in json.loads(self._settings[begin:end])[arm])

    @property
    def has_own_worlds(self) -> bool:
        """Whether every point has futures of its own, as draws of parameters have."""
        return bool(json.loads(self.description)["kind"] == DRAWS)

    @property
    def worlds(self) -> Array:
        """Which random world each replication of each point is, [point, replication]."""
        return world_numbers(DRAWS if self.has_own_worlds else "", len(self), self.replications)

    @cached_property
    def _lines(self) -> Array:
        raw = np.frombuffer(self._settings, np.uint8)
        return np.concatenate([[0], np.flatnonzero(raw == ord("\n")) + 1])

    def __len__(self) -> int:
        return len(self.digests)


def request_id(design: Any) -> str:
    """Equal designs have equal ids: 16 hexadecimal digits."""
    text = json.dumps([design.digest, design.replications.start, design.replications.stop])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_design(design: Any, points: Any, progress: Progress | None = None) -> Request:
    """The request of a design: every point's scenario is made once, for its digest.

    Cost: about the time of an override for each point and arm. Raises: ScenarioError that names the point whose values do
    not fit.
    """
    arms = list(design.scenarios)
    own = {arm: bytes.fromhex(scenario.digest) for arm, scenario in design.scenarios.items()}
    digests = np.empty((len(points), len(arms), 32), np.uint8)
    settings = io.BytesIO()
    for at, point in enumerate(points):
        line = []
        for number, arm in enumerate(arms):
            changed = point.overrides(arm)
            line.append(override_pairs(changed))
            digest = bytes.fromhex(point.scenario(arm).digest) if changed else own[arm]
            digests[at, number] = np.frombuffer(digest, np.uint8)
        settings.write(json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n")
        if progress is not None and at % 256 == 0:
            progress(at, len(points))
    described = coordinates(design)
    return Request(
        request_id(design), design.title, design.to_toml(), design.replications,
        {name: _storable(values) for name, (_, values, _) in described.items()}, {name: attrs for name, (_, _, attrs) in described.items()},
        description(design), digests, settings.getvalue(),
    )  # fmt: skip


def find(directory: Path, id_: str) -> Path | None:
    """The file of a request that is there already."""
    return next((path for path in _files(directory) if path.name[5:-4] == id_), None)


def add(directory: Path, request: Request) -> None:
    """Write a request behind those that are there. Raises: ResultFileError if it cannot be written."""
    if find(directory, request.id) is not None:
        return
    last = max((int(path.name[:4]) for path in _files(directory)), default=0)
    path = directory / REQUESTS / f"{last + 1:04d}-{request.id}{SUFFIX}"
    header = {
        "format": FORMAT, "id": request.id, "title": request.title, "design": request.design,
        "replications": [request.replications.start, request.replications.stop], "factors": list(request.columns),
        "attributes": request.attributes, "description": request.description,
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(zipfile.ZipInfo("request.json", _NO_DATE), json.dumps(header))
        for number, values in enumerate(request.columns.values()):
            _put(archive, f"factor-{number}.npy", np.asarray(values))
        _put(archive, "digests.npy", request.digests)
        archive.writestr(zipfile.ZipInfo("settings.jsonl", _NO_DATE), request._settings, zipfile.ZIP_DEFLATED)
    try:
        path.parent.mkdir(exist_ok=True)
        atomic_write(path, buffer.getvalue())
    except OSError as error:
        raise cannot_write(path, error) from None


def read_all(directory: Path, *, settings: bool = True) -> list[Request]:
    """All requests, in the order in which they came. Without ``settings`` only what a reader of results needs.

    Raises: ResultFileError that names a damaged one.
    """
    seen: dict[str, Request] = {}
    for path in _files(directory):
        request = _read(path, settings)
        seen.setdefault(request.id, request)
    return list(seen.values())


def count(directory: Path) -> int:
    """How many there are."""
    return sum(1 for _ in _files(directory))


def _read(path: Path, settings: bool) -> Request:
    try:
        with zipfile.ZipFile(path) as archive:
            header = json.loads(archive.read("request.json"))
            if header["format"] != FORMAT:
                raise ValueError("of another version of rackrate")
            columns = {name: _get(archive, f"factor-{number}.npy") for number, name in enumerate(header["factors"])}
            return Request(
                header["id"], header["title"], header["design"], range(*header["replications"]), columns,
                header["attributes"], header["description"], _get(archive, "digests.npy"), archive.read("settings.jsonl") if settings else b"",
            )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        why = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise ResultFileError(
            f"{path}: is no request of a sweep ({why}); expected what rackrate sweep wrote. Remove it and start its design again with --resume."
        ) from None


def _files(directory: Path) -> Iterator[Path]:
    try:
        names = sorted(os.listdir(directory / REQUESTS))
    except FileNotFoundError:
        return
    for name in names:
        if name.endswith(SUFFIX) and name[:4].isdigit() and name[4:5] == "-":
            yield directory / REQUESTS / name


def _storable(values: Array) -> Array:
    """Names as fixed-length text: numpy writes no objects."""
    return np.asarray(values).astype("U") if np.asarray(values).dtype.kind in "OT" else np.asarray(values)


def _put(archive: zipfile.ZipFile, name: str, values: Array) -> None:
    out = io.BytesIO()
    np.lib.format.write_array(out, values, allow_pickle=False)
    archive.writestr(zipfile.ZipInfo(name, _NO_DATE), out.getvalue(), zipfile.ZIP_DEFLATED)


def _get(archive: zipfile.ZipFile, name: str) -> Array:
    return np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
