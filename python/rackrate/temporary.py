"""Result files that nobody wants to keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def result_path() -> Iterator[Path]:
    """Where a result file can be written that is gone afterwards."""
    with TemporaryDirectory(prefix="rackrate-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "study.h5"
