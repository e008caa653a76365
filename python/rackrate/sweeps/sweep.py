"""``rackrate.sweep``: run a design and get its dataset."""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rackrate import options, progress
from rackrate._core import ResultFileError
from rackrate.scenario import Scenario, named_arms
from rackrate.sweeps.backends.local import LocalBackend
from rackrate.sweeps.design import Design
from rackrate.sweeps.results import open_sweep
from rackrate.sweeps.run import run_sweep
from rackrate.sweeps.shards import shard_of

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.sweeps.backends import Backend

Path_ = str | os.PathLike[str]
Arms = Scenario | Path_ | Mapping[str, Scenario | Path_] | Iterable[Scenario | Path_]


def sweep(
    base: Arms | None,
    design: Design | Path_ | Mapping[str, Any],
    *,
    replications: int | range | None = None,
    seed: int | None = None,
    out: Path_ | None = None,
    client: Any = None,
    backend: Backend | None = None,
    workers: int | None = None,
    threads: bool = False,
    shard: str | None = None,
    resume: bool = False,
    time_limit: float | None = None,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Run every point of a design in the same random worlds.

    Args: ``base`` is the scenario that the factors move, or several arms by name; None takes the arms of the design.
    ``design`` is a :class:`Design`, the path of a design file, or a dict with the keys of one. ``replications`` and
    ``seed`` replace those of the design. ``out`` is the directory in which every finished run is kept; without it the runs
    are kept in memory. ``client`` is a ``dask.distributed.Client`` to run on, ``backend`` any other engine; by default
    ``workers`` processes of this machine, one for each processor, or with ``threads`` as many threads of this process.
    ``shard`` as ``"3/8"`` runs a part of the work into a directory that others fill too. ``resume`` goes on in ``out``, or
    adds the points of this design to it: work that is done is not repeated. ``time_limit`` in seconds: no bundle begins that
    would not end in time. ``progress`` as in :func:`compare`.
    Returns: xarray.Dataset with dims (point, arm, replication, entities..., time) and a coordinate along ``point`` for every
    factor; of dask arrays if ``out`` is given. Runs that failed are missing in it and named in a warning.
    Raises: ScenarioError for a design that cannot be run, before anything runs; ResultFileError if ``out`` belongs to another
    sweep or cannot be written; KeyboardInterrupt; the finished runs then stay on disk for ``resume``.

    Example:
        >>> import rackrate as rr
        >>> sw = rr.sweep("toy-10", {"kind": "grid", "factors": {"app_price": {
        ...     "path": "labs.oai.streams.app.price", "values": ["6 $/H100e-h", "7 $/H100e-h"]}}}, replications=1, threads=True)
        >>> sw["revenue"].sel(firm="oai", layer="application").sum(["replication", "time"]).squeeze("arm").values.tolist()
        [155520.0, 181440.0]
    """
    asked = _designed(base, design, replications, seed)
    if sum((client is not None, backend is not None)) > 1:
        raise ResultFileError("client and backend are both set; expected one of them. A client makes its own backend.")
    if client is not None:
        from rackrate.sweeps.backends.dask import DaskBackend

        backend = DaskBackend(client)
    engine = backend or LocalBackend(workers, threads=threads)
    if out is not None:
        _run(asked, Path(out), engine, shard, resume, time_limit, progress)
        return open_sweep(out)
    with TemporaryDirectory(prefix="rackrate-sweep-", ignore_cleanup_errors=True) as folder:
        _run(asked, Path(folder), engine, shard, resume, time_limit, progress)
        return open_sweep(folder, verify=True).load()


def _designed(
    base: Arms | None, design: Design | Path_ | Mapping[str, Any], replications: int | range | None, seed: int | None
) -> Design:
    arms = None if base is None else named_arms([base] if isinstance(base, (Scenario, str, os.PathLike)) else base)
    if isinstance(design, Design):
        asked = design
    elif isinstance(design, Mapping):
        asked = Design.of(**{**({"arms": arms} if arms else {}), **design})
    else:
        asked = Design.load(design)
    if arms is not None:
        asked = asked.with_arms(arms, asked.baseline if asked.baseline in arms else "")
    changed: dict[str, Any] = {}
    if replications is not None:
        changed["replications"] = options.replication_range(replications)
    if seed is not None:
        changed["seed"] = options.seed_number(seed)
    return dataclasses.replace(asked, **changed) if changed else asked


def _run(
    design: Design,
    directory: Path,
    engine: Backend,
    shard: str | None,
    resume: bool,
    time_limit: float | None,
    show: bool | progress.Callback | None,
) -> None:
    said: list[str] = []
    run_sweep(
        design, directory, backend=engine, shard=shard_of(shard, {}), resume=resume, time_limit=time_limit, show=show,
        say=said.append,
    )  # fmt: skip
    for sentence in said:
        warnings.warn(sentence, stacklevel=4)
