"""A result in memory as a dataset, the same one that its file would open as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate import _core
from rackrate.long_text import Text

if TYPE_CHECKING:
    import xarray as xr

LONG_TEXTS = ("scenario", "event_log", "axes")
ARM = {"long_name": "arm", "units": "", "comment": "arms of the comparison; a single run has one"}
REPLICATION = {
    "long_name": "replication", "units": "", "comment": "number of the random world; arms of one replication share it",
}  # fmt: skip
FLAGS = {"flag_values": np.array([0, 1], np.int8), "flag_meanings": "missing complete"}
_CALENDAR = {"calendar": "proleptic_gregorian"}
# What a file has; to_netcdf then writes it in the same way. The fill value of floats is NaN, so nothing has to be decoded.
_PACKED = {"zlib": True, "complevel": 1, "shuffle": True, "_FillValue": np.nan}


def dataset_of(content: dict[str, Any]) -> xr.Dataset:
    """The dataset of what ``_core.collect_study`` or ``Simulation.content`` returns. Its arrays are not copied.

    Shape: dims (arm, replication, entities..., time); docs/result-format.md has each variable with its unit.
    """
    import xarray as xr

    import rackrate.tables  # noqa: F401  gives every dataset its .rackrate.to_pandas()

    labels: dict[str, list[str]] = {name: own for name, own in content["labels"].items() if own}
    meanings = {name: (long_name, meaning) for name, long_name, meaning in _core.result_dimensions()}
    variables: dict[str, Any] = {"arm": xr.Variable(("arm",), np.array(labels["arm"]), _without_empty(ARM))}
    variables["replication"] = xr.Variable(("replication",), content["replication"], _without_empty(REPLICATION))
    for name, own in labels.items():
        if name in meanings:
            long_name, meaning = meanings[name]
            variables[name] = xr.Variable((name,), np.array(own), _said(long_name, "", meaning))
    variables |= _times(content, *meanings["time"])
    for name, dims, _, unit, cells, long_name, meaning in _core.result_variables():
        if name in content["values"]:
            attrs = _said(long_name, unit, meaning) | ({"cell_methods": cells} if cells else {})
            values = content["values"][name]
            variables[name] = xr.Variable(("arm", "replication", *dims), values, attrs, encoding=dict(_PACKED))
    variables |= _of_runs(content)
    for name, unit, long_name, meaning in _core.result_arm_variables():
        values = content["arms"][name]
        data = np.array(values) if unit else _texts(values, long=name in LONG_TEXTS)
        variables[name] = xr.Variable(("arm",), data, _said(long_name, unit, meaning), fastpath=True)
    attrs = dict(content["attributes"])
    attrs |= {"seed": np.uint64(attrs["seed"]), "discount_rate": np.float64(attrs["discount_rate"])}
    coords = {name: variables.pop(name) for name in [n for n, v in variables.items() if v.dims == (n,)]}
    return xr.Dataset(variables, coords, attrs)


def _times(content: dict[str, Any], long_name: str, meaning: str) -> dict[str, Any]:
    import xarray as xr

    time = {
        **_said(long_name, "days since 1970-01-01", meaning),
        "standard_name": "time", **_CALENDAR, "bounds": "time_bounds", "axis": "T",
    }  # fmt: skip
    bounds = {"horizon": content["horizon"]} if content["horizon"] else {}
    raw = xr.Dataset(
        {"time": ("time", content["time"], time), "time_bounds": (("time", "bnds"), content["time_bounds"], bounds)}
    )
    return {str(name): variable for name, variable in xr.decode_cf(raw).load().variables.items()}


def _of_runs(content: dict[str, Any]) -> dict[str, Any]:
    import xarray as xr

    grid = ("arm", "replication")
    raw = {}
    for name, unit, long_name, meaning in _core.result_run_variables():
        attrs = _said(long_name, unit, meaning)
        data = content[name]
        if name == "complete":
            attrs |= FLAGS
        elif name == "run_end":
            attrs |= {**_CALENDAR, "_FillValue": np.int64(np.iinfo(np.int64).min)}
        else:
            data = _texts(data, long=name in LONG_TEXTS).reshape(content["complete"].shape)
        raw[name] = xr.Variable(grid, data, attrs, fastpath=True)
    ends = xr.decode_cf(xr.Dataset({"run_end": raw["run_end"]})).load()["run_end"].variable
    return raw | {"run_end": ends}


def _said(long_name: str, unit: str, meaning: str) -> dict[str, Any]:
    """The attributes that every variable of a result has."""
    return _without_empty({"long_name": long_name, "units": unit, "comment": meaning})


def _without_empty(attributes: dict[str, Any]) -> dict[str, Any]:
    """A file holds no empty text."""
    return {name: value for name, value in attributes.items() if value != ""}


def _texts(values: list[str], *, long: bool = False) -> np.ndarray[Any, Any]:
    if not long:
        return np.array(values)
    out = np.empty(len(values), dtype=object)
    out[:] = [Text(value) for value in values]
    return out
