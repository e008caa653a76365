"""Opening result files: a complete file, or the finished parts of a file that is still being written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate import _core
from rackrate.files import behind_links
from rackrate.long_text import Text
from rackrate.sweeps.layout import is_sweep
from rackrate.temporary import result_path

if TYPE_CHECKING:
    import xarray as xr

_TRIES, _PAUSE_S = 40, 0.05  # while a study moves its files under our hands
_CHILD_S = 600  # for reading a large file once


def open_result(path: str | os.PathLike[str], *, verify: bool = True, design: int | None = None) -> xr.Dataset:
    """A result file as a lazy xarray.Dataset; ``xarray.open_dataset`` reads it as well. The directory of a sweep opens as
    one dataset with a dimension ``point``, of dask arrays, without merging.

    While a study runs, or after it was stopped, its finished replications are in a folder beside the future file. They
    are read into memory, a warning states k of n, and the attributes ``runs_done`` and ``runs_asked`` count
    the runs (arms times replications).

    Args: ``verify`` compares the file with the checksum at its end before anything is read, about a second for a gigabyte;
    False skips this check. A dataset that was saved by ``to_netcdf`` has no checksum: it is
    read once in a process of its own, then opens with a warning. ``design`` chooses one of several designs that share
    the directory of a sweep, from 0; by default their points are one after the other.
    Shape: dims (arm, replication, entities..., time); docs/result-format.md has each variable with its unit.
    Raises: ResultFileError if there is no file, or if it is not a result file, of another major version, or damaged.

    Example:
        >>> import rackrate as rr
        >>> rr.open("no-such-file.h5")
        Traceback (most recent call last):
        ...
        rackrate.ResultFileError: no-such-file.h5: there is no such file. Run a scenario with -o no-such-file.h5 first.
    """
    out = Path(path)
    if is_sweep(out):
        return _sweep(out, verify, design)
    if not os.path.exists(out) and is_sweep(parts := Path(_parts_folder(out))):
        return _sweep(parts, verify, design)  # of a comparison that draws its parameters
    for _ in range(_TRIES):
        before = _standing(out)
        try:
            return _open_once(out, verify)
        except _core.ResultFileError:
            if _standing(out) == before:
                raise
        time.sleep(_PAUSE_S)  # its study went on: what was listed has another name now
    return _open_once(out, verify)


def _sweep(directory: Path, verify: bool, design: int | None) -> xr.Dataset:
    from rackrate.sweeps.results import open_sweep

    return open_sweep(directory, verify=verify, design=design, stacklevel=4)


def _in_memory(write: Callable[[Path], object]) -> xr.Dataset:
    """All of the result file that ``write`` writes to the path it is given; the file is gone afterwards. Its bytes are trusted:
    it was written a moment ago."""
    with result_path() as path:
        write(path)
        lazy = _dataset(path, path)
        ds = lazy.load().copy()
        lazy.close()
        return ds


def _parts_folder(path: str | os.PathLike[str]) -> str:
    return os.fspath(behind_links(path)) + ".parts"


def _standing(out: Path) -> tuple[bool, list[str]]:
    """The data to read: the file, and its finished batches."""
    try:
        names = sorted(name for name in os.listdir(_parts_folder(out)) if name.startswith("batch-"))
    except OSError:
        names = []
    return os.path.exists(out), names


def _open_once(out: Path, verify: bool) -> xr.Dataset:
    if os.path.exists(out):
        if not _core.check_result(os.fspath(out), verify) and verify:
            _try_in_a_child(out)
            warnings.warn(
                f"{out}: was saved by another program than rackrate; its values are not verified", stacklevel=3
            )
        return _dataset(out, out)
    unfinished = _core.find_parts(os.fspath(out))
    if unfinished is None:
        try:
            os.stat(out)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise _core.ResultFileError(
                f"{out}: cannot be opened ({error.strerror}). Check the path and its permissions."
            ) from None
        raise _core.ResultFileError(f"{out}: there is no such file. Run a scenario with -o {out} first.")
    done, asked = unfinished["done"], unfinished["asked"]
    if not done:
        raise _core.ResultFileError(f"{out}: none of {asked} runs is finished yet. Wait, or go on with --resume.")
    ds = _in_memory(lambda path: _core.merge_results(unfinished["batches"], os.fspath(path)))
    warnings.warn(f"{out}: {done} of {asked} runs are finished", stacklevel=3)
    ds.attrs.update(runs_done=done, runs_asked=asked)
    return ds


def _try_in_a_child(out: Path) -> None:
    """Read all of a file without a checksum in a separate process, because HDF5 crashes on some damage."""
    if not sys.executable:
        return
    read_all = "import sys, xarray as xr\nwith xr.open_dataset(sys.argv[1], engine='h5netcdf', decode_times=False) as ds: ds.load()"
    try:
        sound = (
            subprocess.run(
                [sys.executable, "-c", read_all, os.path.abspath(out)], capture_output=True, timeout=_CHILD_S
            ).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        sound = False
    if not sound:
        raise _core.ResultFileError(
            f"{out}: was saved by another program and cannot be read; expected a whole dataset. It may be damaged: save it again, or use the file of the run."
        )


def _dataset(path: Path, name: Path) -> xr.Dataset:
    """The dataset of a file with a correct checksum; an error of the libraries becomes one sentence about ``name``."""
    import numpy as np
    import xarray as xr

    import rackrate.tables  # noqa: F401  gives every dataset its .rackrate.to_pandas()
    from rackrate.result_arrays import LONG_TEXTS

    ds: xr.Dataset
    try:
        try:
            ds = xr.open_dataset(path, engine="h5netcdf")
        except BlockingIOError:  # another program holds a lock; a file under its final name does not change
            ds = xr.open_dataset(path, engine="h5netcdf", driver_kwds={"locking": False})
        for variable in LONG_TEXTS:
            if variable in ds:
                texts = np.array(None, dtype=object).repeat(ds[variable].size).reshape(ds[variable].shape)
                for at, text in np.ndenumerate(ds[variable].values):
                    texts[at] = Text(text)
                # fastpath: else xarray hands the texts to pandas, which makes plain ones of them where pyarrow is installed.
                ds[variable] = xr.Variable(ds[variable].dims, texts, ds[variable].attrs, fastpath=True)
        return ds
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, OverflowError, ImportError) as error:
        if isinstance(error, OverflowError) or "decode time" in str(error) or "cftime" in str(error):
            raise _core.ResultFileError(
                f"{name}: its months cannot be decoded; expected dates from 1678 to 2261. Run the scenario with an earlier end."
            ) from error
        why = " ".join(str(error).split())
        raise _core.ResultFileError(
            f"{name}: this cannot be read as a result ({why}); expected a result that rackrate run or compare wrote. "
            "It may be damaged or of another program; run the scenario again."
        ) from error
