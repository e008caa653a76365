"""Opening result files: a whole one, or the finished parts of one that is still being written."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate import _core

if TYPE_CHECKING:
    import xarray as xr


def open_result(path: str | os.PathLike[str]) -> xr.Dataset:
    """A result file as a lazy xarray.Dataset; ``xarray.open_dataset`` reads it as well.

    While a study runs, or after it was stopped, its finished replications lie beside the file to be. They
    are read into memory, a warning says k of n, and the attributes ``runs_done`` and ``runs_asked`` count
    the runs (arms times replications).

    Shape: dims (arm, replication, entities..., time); docs/result-format.md has each variable with its unit.
    Raises: ResultFileError if there is no file, or it is none of ours, or of another major version.

    Example:
        >>> import rackrate as rr
        >>> rr.open("no-such-file.h5")
        Traceback (most recent call last):
        ...
        rackrate.ResultFileError: no-such-file.h5: there is no such file. Run a scenario with -o no-such-file.h5 first.
    """
    import xarray as xr

    import rackrate.tables  # noqa: F401  gives every dataset its .rackrate.to_pandas()

    out = Path(path)
    if out.exists():
        _core.read_header(os.fspath(out))  # says in one sentence why a file is none of ours
        return xr.open_dataset(out, engine="h5netcdf")
    unfinished = _core.find_parts(os.fspath(out))
    if unfinished is None:
        raise _core.ResultFileError(f"{out}: there is no such file. Run a scenario with -o {out} first.")
    done, asked = unfinished["done"], unfinished["asked"]
    if not done:
        raise _core.ResultFileError(f"{out}: none of {asked} runs is finished yet. Wait, or go on with --resume.")
    warnings.warn(f"{out}: {done} of {asked} runs are finished", stacklevel=2)
    with tempfile.TemporaryDirectory() as folder:
        whole = os.path.join(folder, "finished.h5")
        _core.merge_results(unfinished["batches"], whole)
        ds = xr.load_dataset(whole, engine="h5netcdf")
    ds.attrs.update(runs_done=done, runs_asked=asked)
    return ds


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether there is something for :func:`open_result` to read."""
    return Path(path).exists() or _core.find_parts(os.fspath(path)) is not None
