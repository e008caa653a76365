"""Studies side by side along a further dimension: a sweep's ``point``, or what ``xr.concat`` was given to join along.

A function of one study is asked once for each; tables say in their first columns which study a row is of, datasets get
the dimension in front."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr

from . import study_data

_Asked = TypeVar("_Asked", bound=Callable[..., Any])


def each(ds: xr.Dataset, dim: str) -> Iterator[tuple[dict[str, Any], xr.Dataset]]:
    """Each study along one further dimension, with its labels: its place along the dimension, and the coordinates along that
    dimension alone, such as a sweep's factors."""
    labels = {dim: ds[dim].values} | {
        str(name): coordinate.values
        for name, coordinate in ds.coords.items()
        if coordinate.dims == (dim,) and name != dim
    }
    for i in range(ds.sizes[dim]):
        yield {name: values[i] for name, values in labels.items()}, ds.isel({dim: i})


def tabled(function: _Asked) -> _Asked:
    """For a function that makes a table of one study: of several it makes one table, studies below each other."""

    @functools.wraps(function)
    def ask(ds: xr.Dataset, *args: Any, **kwargs: Any) -> pd.DataFrame:
        ds = study_data.pooled(ds)
        dims = study_data.further(ds)
        if not dims:
            table: pd.DataFrame = function(ds, *args, **kwargs)
            return table
        parts = []
        for labels, one in each(ds, dims[0]):
            part = ask(one, *args, **kwargs)
            for position, (name, value) in enumerate(labels.items()):
                part.insert(position, name if name not in part else f"{name} of the study", value)
            parts.append(part)
        if not parts:
            raise ValueError(f"the dataset has no study along {dims[0]!r}; expected one at least")
        whole = pd.concat(parts, ignore_index=True)
        whole = type(parts[0])(whole)
        whole.attrs = dict(parts[0].attrs) if all(part.attrs == parts[0].attrs for part in parts) else {}
        return whole

    return ask  # type: ignore[return-value]


def spread(function: _Asked) -> _Asked:
    """For a function that makes a Dataset or DataArray of one study: of several it makes one, with their dimensions in
    front."""

    @functools.wraps(function)
    def ask(ds: xr.Dataset, *args: Any, **kwargs: Any) -> Any:
        ds = study_data.pooled(ds)
        dims = study_data.further(ds)
        if not dims:
            return function(ds, *args, **kwargs)
        dim = dims[0]
        parts = [ask(one, *args, **kwargs) for _, one in each(ds, dim)]
        if not parts:
            raise ValueError(f"the dataset has no study along {dim!r}; expected one at least")
        own = [str(name) for name, coordinate in ds.coords.items() if dim in coordinate.dims]
        parts = [part.drop_vars([name for name in own if name in part.coords]) for part in parts]
        whole = xr.concat(parts, dim, data_vars="all", coords="minimal", compat="override", join="outer",
                          combine_attrs="drop_conflicts") if isinstance(parts[0], xr.Dataset) else xr.concat(
                          parts, dim, coords="minimal", compat="override", join="outer", combine_attrs="drop_conflicts")  # fmt: skip
        return whole.assign_coords({name: ds.coords[name] for name in own}).transpose(dim, ...)

    return ask  # type: ignore[return-value]


def stacked(ds: xr.Dataset) -> tuple[list[str], int]:
    """The further dimensions of a dataset, and how many studies they hold."""
    ds = study_data.pooled(ds)
    dims = study_data.further(ds)
    return dims, int(np.prod([ds.sizes[d] for d in dims], dtype=int))
