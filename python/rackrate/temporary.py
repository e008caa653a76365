"""Results that nobody wants to keep: written to a temporary file, read into memory, and gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rackrate.results import load_result

if TYPE_CHECKING:
    import xarray as xr


def in_memory(write: Callable[[Path], object]) -> xr.Dataset:
    """The dataset of the result file that ``write`` writes to the path it is given."""
    with TemporaryDirectory(prefix="rackrate-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "study.h5"
        write(path)
        return load_result(path)
