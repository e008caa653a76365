"""The journal of a sweep: one line per finished bundle, so that nobody has to open the bundles to know what is done.

Every coordinator and every shard appends to a file of its own. The journal is a help and no more: the bundles on disk are
what counts. A bundle that no line tells of is opened, a line whose bundle is gone is ignored, half a line is left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rackrate.sweeps.bundle_file import BundleFile, cannot_write
from rackrate.sweeps.bundle_values import Bundle, Outcome
from rackrate.sweeps.layout import JOURNAL

_BEAT_S, _ENDED_S = 15.0, 3600.0

DIGITS = 32  #: of a scenario's digest; 128 bits tell scenarios apart


@dataclass(frozen=True)
class Entry:
    """What one bundle file holds."""

    key: str
    cells: tuple[str, ...]  #: the first 32 digits of the digests
    replications: range
    failed: tuple[tuple[int, int], ...]  #: (cell, replication) without a row
    seconds: float  #: of work
    size: int  #: in bytes
    at: float  #: seconds since 1970, when it was reported; 0: unknown

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps([
            self.key, "".join(self.cells), self.replications.start, self.replications.stop,
            [list(pair) for pair in self.failed], round(self.seconds, 4), self.size, round(self.at, 1),
        ], separators=(",", ":")) + "\n"  # fmt: skip

    @staticmethod
    def of_line(line: bytes) -> Entry | None:
        """The inverse; None for anything else."""
        try:
            key, cells, first, stop, failed, seconds, size, at = json.loads(line)
            digests = tuple(cells[i : i + DIGITS] for i in range(0, len(cells), DIGITS))
            return Entry(key, digests, range(first, stop), tuple((c, r) for c, r in failed), seconds, size, at)
        except (ValueError, TypeError):
            return None

    @staticmethod
    def of_outcome(bundle: Bundle, outcome: Outcome) -> Entry:
        """The entry of a bundle that was just run."""
        numbers = {cell.digest: number for number, cell in enumerate(bundle.cells)}
        return Entry(
            bundle.key,
            tuple(cell.digest[:DIGITS] for cell in bundle.cells),
            bundle.replications,
            tuple((numbers[f.digest], f.replication) for f in outcome.failures),
            outcome.seconds,
            outcome.bytes,
            time.time(),
        )

    @staticmethod
    def of_file(file: BundleFile) -> Entry:
        """The entry of a bundle that no line tells of."""
        return Entry(
            file.header["key"],
            tuple(cell.digest[:DIGITS] for cell in file.cells),
            file.replications,
            tuple(file.failed),
            float(file.header["seconds"]),
            file.path.stat().st_size,
            0.0,
        )


class JournalWriter:
    """The journal of this process. Raises: ResultFileError if it cannot be written."""

    def __init__(self, directory: Path) -> None:
        host = "".join(c if c.isalnum() else "-" for c in socket.gethostname())[:40]
        self.path = directory / JOURNAL / f"{host}-{os.getpid()}-{uuid.uuid4().hex[:8]}.jsonl"
        try:
            self.path.parent.mkdir(exist_ok=True)
            self._beaten = time.monotonic()
            self._file = open(self.path, "ab", buffering=0)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def add(self, entry: Entry) -> None:
        """Append a line."""
        try:
            self._file.write(entry.line().encode())
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def beat(self) -> None:
        """Say that this process is at work, by the time of the file."""
        if time.monotonic() - self._beaten > _BEAT_S:
            self._beaten = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(self.path)

    def close(self) -> None:
        """A journal without a line is removed; the time of any other says that nobody is at work any more."""
        self._file.close()
        with contextlib.suppress(OSError):
            if self.path.stat().st_size == 0:
                self.path.unlink()
            else:
                os.utime(self.path, (time.time(), time.time() - _ENDED_S))


class JournalReader:
    """Reads all journals of a directory; a second call gives the lines that came since."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / JOURNAL
        self._read: dict[str, int] = {}
        self.own = ""  #: name of the journal that is left out: of this process

    def entries(self) -> Iterator[Entry]:
        """New entries, file by file."""
        for name in self._names():
            with open(self._folder / name, "rb") as file:
                file.seek(self._read.get(name, 0))
                raw = file.read()
            whole = raw.rfind(b"\n") + 1
            self._read[name] = self._read.get(name, 0) + whole
            for line in raw[:whole].splitlines():
                entry = Entry.of_line(line)
                if entry is not None:
                    yield entry

    def others_at_work(self, within_s: float) -> int:
        """How many other journals were written to in the last seconds."""
        now, count = time.time(), 0
        for name in self._names():
            with contextlib.suppress(OSError):
                count += now - (self._folder / name).stat().st_mtime < within_s
        return count

    def _names(self) -> list[str]:
        try:
            return sorted(n for n in os.listdir(self._folder) if n.endswith(".jsonl") and n != self.own)
        except FileNotFoundError:
            return []
