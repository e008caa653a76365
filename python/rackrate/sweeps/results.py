"""The directory of a sweep as one lazy dataset."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate import _core
from rackrate._core import ResultFileError
from rackrate.result_arrays import ARM, FLAGS, REPLICATION
from rackrate.scenario import Scenario
from rackrate.sweeps import manifest, requests
from rackrate.sweeps.bundle_file import Array
from rackrate.sweeps.plan import Plan
from rackrate.sweeps.stored import Ends, PerRun, Prints, Say, Stored, Values

if TYPE_CHECKING:
    import xarray as xr

_CHUNK_BYTES = 32 << 20
_DAY_NS = 86_400_000_000_000


def open_sweep(
    path: str | os.PathLike[str], *, verify: bool = True, design: int | None = None, stacklevel: int = 3
) -> xr.Dataset:
    """The runs of a sweep's directory, without merging them.

    A file that is damaged or belongs to another sweep is named in a warning and left out. While the sweep runs, what is
    finished is there; a warning states k of n, and the attributes ``runs_done`` and ``runs_asked`` count them.

    Args: ``verify`` compares every byte of every bundle with its checksum, about a second for a gigabyte; False reads the
    headers alone, and then the attribute ``fingerprint`` is not known. ``design``: the number, from 0, of one of several
    designs that share the directory; the points are then its own, in its order, as Morris and Sobol analyses need them.
    Returns: a dataset with the dimensions (point, arm, replication, entities..., time) of dask arrays, and a coordinate
    along ``point`` for every factor. ``complete`` says which runs are there; the values of the others are missing.
    Raises: ResultFileError if this is no directory of a sweep, or no run of it is finished.
    """
    directory = Path(path)
    said: list[str] = []
    stored = read(directory, said.append, verify=verify, design=design)
    for sentence in said:
        warnings.warn(sentence, stacklevel=stacklevel)
    done, asked = int(stored.done.sum()), stored.plan.runs
    if not done:
        raise ResultFileError(f"{directory}: none of {asked} runs is finished yet. Wait, or go on with --resume.")
    ds = _dataset(stored)
    if done < asked:
        warnings.warn(f"{directory}: {done} of {asked} runs are finished", stacklevel=stacklevel)
        ds.attrs.update(runs_done=done, runs_asked=asked)
    return ds


def read(directory: Path, say: Say, *, verify: bool, design: int | None = None) -> Stored:
    """What is on disk of a sweep. Raises: ResultFileError."""
    asked = requests.read_all(directory, settings=False)
    if design is not None:
        if not 0 <= design < len(asked):
            raise ResultFileError(
                f"{directory}: holds {len(asked)} designs; expected a number from 0 to {len(asked) - 1}, not {design}. Leave it out for all."
            )
        asked = [asked[design]]
    plan = Plan(manifest.read(directory), asked)
    return Stored(directory, plan, say, verify=verify)


def fingerprint(stored: Stored) -> str:
    """SHA-256 over the factors of all points and the prints of all their runs, in the order (point, arm, replication).

    The order of work, workers, bundles and interruptions leave no trace in it. It needs what was read with ``verify``.
    """
    plan = stored.plan
    kept = plan.manifest.keep
    hash_ = hashlib.sha256(
        json.dumps([
            "rackrate sweep", [a.name for a in plan.manifest.arms], plan.manifest.seed, list(plan.labels),
            sorted(kept.variables), kept.by, kept.first, kept.last,
        ]).encode()
    )  # fmt: skip
    for name, values in plan.columns.items():
        hash_.update(name.encode() + b"\0" + "\0".join(map(str, values.tolist())).encode())
    assert stored.prints is not None, "prints are read with verify"
    prints = np.where(stored.done[..., None], stored.prints, np.uint8(0))
    for points in np.array_split(np.arange(len(plan)), max(1, len(plan) // 4096)):
        hash_.update(prints[plan.cell_of[points][:, :, None], plan.column_of[points][:, None, :]].tobytes())
    return hash_.hexdigest()


def variables(stored: Stored) -> dict[str, tuple[tuple[str, ...], PerRun, dict[str, str]]]:
    """The variables of the result by name: dimensions, values, attributes; in the order of the result file."""
    union = stored.union
    out: dict[str, tuple[tuple[str, ...], PerRun, dict[str, str]]] = {}
    for name, _, _, unit, cells, long_name, meaning in _core.result_variables():
        if name in union.dims and 0 not in union.shape(name):
            attributes = {"long_name": long_name, "units": unit, "comment": meaning}
            attributes |= {"cell_methods": cells} if cells else {}
            out[name] = (union.dims[name], Values(stored, name), attributes)
    return out


def entity_labels(stored: Stored) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The labels of each dimension of the result that a variable uses, and its attributes; without time."""
    used = {dim for dims, _, _ in variables(stored).values() for dim in dims}
    return {
        name: (stored.union.labels[name], {"long_name": long_name, "units": "", "comment": meaning})
        for name, long_name, meaning in _core.result_dimensions()
        if name in used and name != "time"
    }


def time_labels(stored: Stored) -> tuple[Array, Array, str]:
    """(time, its bounds [time, 2], the end of the scenarios where all runs end before it, else empty): days since 1970."""
    periods = np.array(stored.union.periods, float).reshape(-1, 3)
    time, bounds = periods[:, 0], periods[:, 1:].copy()
    until = stored.plan.manifest.until
    horizon = ""
    if until:
        asked = np.datetime64(until, "ms").astype(np.int64)
        if stored.union.start < asked < stored.union.end:
            day = asked / 86_400_000
            bounds[bounds[:, 0] < day, 1] = np.minimum(bounds[bounds[:, 0] < day, 1], day)
            horizon = str(np.datetime64(stored.union.end, "ms")).removesuffix(".000").removesuffix("T00:00:00")
    return time, bounds, horizon


def attributes(stored: Stored) -> dict[str, Any]:
    """The attributes of the dataset."""
    m = stored.plan.manifest
    base = next(arm for arm in m.arms if arm.name == m.baseline)
    own = _core.provenance(Scenario.parse(base.text, base.name)._core)
    out: dict[str, Any] = {
        "Conventions": "CF-1.10",
        "title": "rackrate sweep",
        "format_version": own["format_version"],
        "program_version": m.program_version,
        "commit": own["commit"],
        "build_type": own["build_type"],
        "seed": np.uint64(m.seed),
        "lookahead": own["lookahead"],
        "baseline": m.baseline,
        "until": m.until,
        "discount_rate": own["discount_rate"],
        "valuation_date": own["valuation_date"],
        "sweep": description(stored.plan),
        "kept": json.dumps({"variables": sorted(m.keep.variables), "by": m.keep.by, "first": m.keep.first, "last": m.keep.last}),
        "designs": json.dumps([r.design for r in stored.plan.requests]),
    }  # fmt: skip
    return {name: value for name, value in out.items() if not (isinstance(value, str) and value == "")}


def per_cell(stored: Stored) -> dict[str, tuple[tuple[str, ...], Array, dict[str, str]]]:
    """What is known of the scenario of each point and arm: dimensions, values and attributes.

    The dimensions are (point, arm); of what is the same at all points, arm alone.
    """
    plan = stored.plan
    digests = np.array([p.hex() for p in _digests(plan)], dtype="U64").reshape(plan.cell_of.shape)
    dates = stored.valuation_date[plan.cell_of]
    found = {
        "scenario_digest": digests,
        "discount_rate": stored.discount_rate[plan.cell_of],
        "valuation_date": dates.astype(f"U{max(1, int(np.char.str_len(dates).max(initial=1)))}"),
    }
    rows = {name: (unit, long_name, meaning) for name, unit, long_name, meaning in _core.result_arm_variables()}
    out: dict[str, tuple[tuple[str, ...], Array, dict[str, str]]] = {}
    for name, values in found.items():
        unit, long_name, meaning = rows[name]
        shared = name != "scenario_digest" and bool(len(values)) and bool((values == values[:1]).all())
        attrs = {"long_name": long_name, "units": unit, "comment": meaning}
        out[name] = (("arm",), values[0], attrs) if shared else (("point", "arm"), values, attrs)
    return out


def factor_columns(plan: Plan) -> dict[str, tuple[Array, dict[str, str]]]:
    """The values of the factors, [point] each, and their attributes."""
    attributes = plan.requests[0].attributes if plan.requests else {}
    return {name: (values, attributes.get(name, {"long_name": name})) for name, values in plan.columns.items()}


def description(plan: Plan) -> str:
    """What the attribute ``sweep`` says of the design; of several designs together, that their points are a list."""
    said = json.loads(plan.requests[0].description)
    if len(plan.requests) > 1:
        said |= {"kind": "list", "samples": 0, "second_order": False, "digest": ""}
        for factor in said["factors"]:
            factor.pop("points", None)
    return json.dumps(said, ensure_ascii=False)


def texts(plan: Plan) -> list[str]:
    """The resolved scenario of each arm, before any factor moves."""
    return [arm.text for arm in plan.manifest.arms]


def _digests(plan: Plan) -> list[bytes]:
    return [
        plan.requests[request].digests[row, arm].tobytes() for request, row in plan.origin for arm in range(plan.arms)
    ]


def _dataset(stored: Stored) -> xr.Dataset:
    import dask.array as da
    import xarray as xr

    import rackrate.tables  # noqa: F401  gives every dataset its .rackrate.to_pandas()
    from rackrate.long_text import Text

    plan = stored.plan
    outer = ("point", "arm", "replication")

    def lazy(values: PerRun) -> da.Array:
        array: da.Array = da.from_array(values, chunks=chunks_of(values), asarray=False, fancy=False, name=False, meta=np.empty((0,) * values.ndim, values.dtype))  # fmt: skip
        return array

    data: dict[str, Any] = {}
    for name, (dims, table, attrs) in variables(stored).items():
        data[name] = xr.Variable((*outer, *dims), lazy(table), attrs)
    data["complete"] = xr.Variable(outer, plan.of_points(stored.done).astype(np.int8), COMPLETE)
    if plan.has_own_worlds:
        data["world"] = xr.Variable(("point", "replication"), plan.requests[0].worlds, WORLD)
    data["run_fingerprint"] = xr.Variable(outer, lazy(Prints(stored)), PRINTS)
    data["run_end"] = xr.Variable(outer, lazy(Ends(stored)), ENDS)
    data |= {name: xr.Variable(dims, values, attrs) for name, (dims, values, attrs) in per_cell(stored).items()}
    data["scenario"] = xr.Variable(
        ("arm",), np.array([Text(t) for t in texts(plan)] + [None], dtype=object)[:-1], SCENARIO
    )
    time, bounds, horizon = time_labels(stored)
    data["time_bounds"] = xr.Variable(("time", "bnds"), _instants(bounds), {"horizon": horizon} if horizon else {})
    coords: dict[str, Any] = {
        "point": xr.Variable(("point",), np.arange(len(plan)), POINT),
        "arm": xr.Variable(("arm",), np.array([arm.name for arm in plan.manifest.arms]), ARM),
        "replication": xr.Variable(("replication",), np.array(plan.labels, dtype=np.int64), REPLICATION),
        "time": xr.Variable(("time",), _instants(time), _TIME),
    }
    for name, (labels, attrs) in entity_labels(stored).items():
        coords[name] = xr.Variable((name,), np.array(labels), attrs)
    for name, (values, attrs) in factor_columns(plan).items():
        coords[name] = xr.Variable(("point",), values, attrs)
    attrs = attributes(stored)
    if stored.prints is not None:
        attrs["fingerprint"] = fingerprint(stored)
    return xr.Dataset(data, coords, attrs)


def chunks_of(values: PerRun) -> tuple[int, ...]:
    """Whole points in a chunk where they fit, and never a part of a run."""
    points, arms, replications, *inner = values.shape
    run = max(1, int(np.prod(inner, dtype=np.int64))) * values.dtype.itemsize
    many = max(1, min(replications, _CHUNK_BYTES // (arms * run)))
    return (max(1, min(points, _CHUNK_BYTES // (arms * many * run))), arms, many, *inner)


def _instants(days: Array) -> Array:
    instants: Array = np.round(days * _DAY_NS).astype(np.int64).astype("datetime64[ns]")
    return instants


POINT = {"long_name": "point", "units": "", "comment": "points of the sweep, in the order of its designs"}
WORLD = {
    "long_name": "random world", "units": "", "comment": "the number of the replication that a run with fixed parameters has in this world",
}  # fmt: skip
COMPLETE = {
    "long_name": "completeness of the replication", "units": "", "comment": "0: not done, all its values are missing; 1: done",
    **FLAGS,
}  # fmt: skip
PRINTS = {
    "long_name": "fingerprint of the replication", "units": "",
    "comment": "SHA-256 of everything recorded of it, also of what was not kept; empty when not done",
}  # fmt: skip
ENDS = {
    "long_name": "end of the replication", "comment": "up to here it was simulated, exclusive; missing when not done",
}  # fmt: skip
SCENARIO = {
    "long_name": "resolved scenario", "units": "", "comment": "TOML that loads again; of the arm, before any factor moves",
}  # fmt: skip
_TIME = {"long_name": "month", "standard_name": "time", "bounds": "time_bounds", "axis": "T"}
