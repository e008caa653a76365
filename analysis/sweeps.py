"""A sweep point by point: what a metric is at each point, with both intervals, and where each point lies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import questions, study_data
from .comparability import comparable
from .pairing import check_level, paired

_CHUNK = 2_000  # points read at a time: a sweep may be larger than memory
_STATISTICS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")
_MEANING = {
    "mean": "mean over replications",
    "outcome_low": "outcome spread: lower quantile over futures",
    "outcome_high": "outcome spread: upper quantile over futures",
    "mean_low": "Monte Carlo error: lower end of the t interval of the mean",
    "mean_high": "Monte Carlo error: upper end of the t interval of the mean",
    "replications": "replications that are complete in every arm",
}


@dataclass(frozen=True)
class FactorAxis:
    """A factor of a sweep as its dataset describes it."""

    name: str
    title: str
    unit: str
    low: float | None  #: of its range, dates as days since 1970; None: it has values or categories
    high: float | None
    log: bool
    levels: tuple[Any, ...]  #: its values or categories, in order
    points: range | None = None  #: in a one-at-a-time sweep, the points at which it is moved

    def shares(self, column: np.ndarray) -> np.ndarray:
        """Where values lie between the two ends of the factor, from 0 to 1 [point]; ranks where it has values only."""
        if self.low is None or self.high is None:
            ranks = {level: rank for rank, level in enumerate(self.levels)}
            most = max(len(self.levels) - 1, 1)
            return np.array([ranks.get(_key(value), np.nan) for value in column]) / most
        numbers = _numbers(column)
        low, high = self.low, self.high
        if self.log:
            numbers, low, high = np.log(numbers), float(np.log(low)), float(np.log(high))
        shares: np.ndarray = (numbers - low) / (high - low)
        return shares

    @property
    def label(self) -> str:
        """The title, or the name."""
        return self.title or self.name


@dataclass(frozen=True)
class SweepDesign:
    """The design of a sweep as its dataset describes it."""

    kind: str
    samples: int
    second_order: bool
    morris_levels: int
    factors: tuple[FactorAxis, ...]

    def shares(self, ds: xr.Dataset) -> np.ndarray:
        """All points in the unit cube, [point, factor]."""
        return np.stack([factor.shares(ds[factor.name].values) for factor in self.factors], axis=1)


def sweep_design(ds: xr.Dataset) -> SweepDesign:
    """How the points of a sweep were made. Raises: ValueError if the dataset is of no sweep."""
    text = ds.attrs.get("sweep")
    if not text or "point" not in ds.dims:
        raise ValueError(
            "the dataset is of no sweep; expected one that rackrate.sweep or rackrate.open gives for the directory of a sweep"
        )
    said = json.loads(str(text))
    factors = tuple(
        FactorAxis(
            f["name"], f.get("title", ""), f.get("unit", ""), f.get("low"), f.get("high"), bool(f.get("log")),
            tuple(map(_key, f.get("levels", ()))), range(*f["points"]) if "points" in f else None,
        )
        for f in said["factors"]
    )  # fmt: skip
    return SweepDesign(
        said["kind"], int(said["samples"]), bool(said["second_order"]), int(said["morris_levels"]), factors
    )


def point_values(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
) -> xr.Dataset:
    """The paired difference ``arm - baseline`` of a metric at each point of a sweep, with both intervals.

    Args: ``metric`` is a variable; a monthly one in dollars is summed over months, undiscounted, and over layers. ``firm``
        picks one firm. Without ``arm`` the more exclusive arm minus the more open one, as :func:`premium` has it, or the
        last arm minus the baseline. A sweep of one arm has that arm's own values.
    Shape: (point, ...); the dims of the metric without arm, replication, layer and time. Units: the metric's.
    Returns: Dataset with mean, outcome_low and _high (``level`` of futures), mean_low and _high (Monte Carlo error, paired t) and
        replications; a point with no complete replication is NaN.
    Raises: KeyError for an unknown metric, firm or arm; ValueError for a rate that cannot be summed, or no sweep.
    Example:
        >>> point_values(rr.open("DIR"), "npv", firm="microsoft")["mean"]  # doctest: +SKIP
    """
    check_level(level)
    sweep_design(ds)
    first, second = _contrast(ds, arm, baseline)
    data = _data(ds, metric, firm)
    high = data.sel(arm=first, drop=True)
    low = None if second is None else data.sel(arm=second, drop=True)
    parts = [
        _spread(_loaded(high, at), None if low is None else _loaded(low, at), level)
        for at in range(0, ds.sizes["point"], _CHUNK)
    ]
    dims = tuple(str(d) for d in high.dims if d not in ("replication", "layer", "time"))
    out = xr.Dataset(
        {key: (dims, np.concatenate([part[key] for part in parts])) for key in parts[0]},
        coords={k: v for k, v in high.coords.items() if set(v.dims) <= set(dims)},
    )
    for key in out.data_vars:
        units = "1" if key == "replications" else data.attrs.get("units", "")
        out[key].attrs = {"long_name": _MEANING[str(key)], "units": units}
    out.attrs = {"metric": metric, "arm": first, "baseline": second or "", "level": level, "sweep": ds.attrs["sweep"]}
    if firm is not None:
        out.attrs["firm"] = firm
    return out


def point_table(ds: xr.Dataset, metric: str = "npv", firm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """One row per point and arm: the factors, and the metric's mean with both intervals.

    Args: as for :func:`point_values`; without ``firm`` there is a row for each firm too.
    Returns: DataFrame with columns point, one per factor, arm, (firm,) mean, outcome_low, outcome_high, mean_low, mean_high,
        replications; for arms other than the baseline also difference, difference_low and difference_high (Monte
        Carlo error) and difference_outcome_low and _high. Units: the metric's.
    Raises: what :func:`point_values` raises.
    Example:
        >>> point_table(rr.open("DIR"), "npv", firm="microsoft").head()  # doctest: +SKIP
    """
    design = sweep_design(ds)
    base = study_data.baseline(ds)
    names = [factor.name for factor in design.factors]
    tables = []
    for arm in study_data.arms(ds):
        own = point_values(ds.sel(arm=[arm]), metric, firm, arm, level=level)
        frame = own.reset_coords(drop=True).to_dataframe().reset_index()
        if arm != base:
            apart = point_values(ds, metric, firm, arm, base, level)
            for key, name in (
                ("mean", "difference"), ("mean_low", "difference_low"), ("mean_high", "difference_high"),
                ("outcome_low", "difference_outcome_low"), ("outcome_high", "difference_outcome_high"),
            ):  # fmt: skip
                frame[name] = apart[key].values.ravel()
        frame.insert(1, "arm", arm)
        tables.append(frame)
    table = pd.concat(tables, ignore_index=True)
    index = pd.Index(ds["point"].values) if "point" in ds.coords else pd.RangeIndex(ds.sizes["point"])
    at = index.get_indexer(pd.Index(table["point"]))
    for place, name in enumerate(names, start=1):
        table.insert(place, name, ds[name].values[at])
    table = table.sort_values("point", kind="stable", ignore_index=True)
    table.attrs = {
        "metric": metric,
        "level": level,
        "units": str(study_data.variable(ds, metric).attrs.get("units", "")),
    }
    return table


def _contrast(ds: xr.Dataset, arm: str | None, baseline: str | None) -> tuple[str, str | None]:
    known = study_data.arms(ds)
    if len(known) == 1 and baseline is None:
        return study_data.member(known, known[0] if arm is None else arm, "arm"), None
    if arm is None and baseline is None:
        try:
            asked = questions.contrasts(ds.isel(point=0, drop=True))
        except (KeyError, ValueError):  # without scenario texts the order of arms has to say it
            asked = []
        if asked:
            return asked[0].treatment, asked[0].control
    base = study_data.baseline(ds) if baseline is None else study_data.member(known, baseline, "arm")
    if arm is None:
        arm = next(name for name in reversed(known) if name != base)
    first = study_data.member(known, arm, "arm")
    if first != base:
        comparable(ds.isel(point=0, drop=True), [base, first])
    return first, base


def _data(ds: xr.Dataset, metric: str, firm: str | None) -> xr.DataArray:
    """The metric as float, (point, arm, replication, ..., layer, time)."""
    data = study_data.variable(ds, metric)
    if "time" in data.dims and data.attrs.get("units") != "USD":
        raise ValueError(
            f"{metric!r} is in {data.attrs.get('units')!r}: it cannot be summed over months. Give a variable in dollars, such as npv."
        )
    if firm is not None:
        study_data.member(data["firm"].values if "firm" in data.dims else [], firm, "firm", "the metric has no")
        data = data.sel(firm=firm, drop=True)
    for dim in ("arm", "replication"):
        if dim not in data.dims:
            data = data.expand_dims(dim)
    sums = [d for d in ("layer", "time") if d in data.dims]
    ordered = data.transpose("point", "arm", "replication", ..., *sums)
    if "complete" in ds:
        whole = ds["complete"].fillna(0).astype(bool)
        whole = whole.all("arm") if "arm" in whole.dims else whole
        ordered = ordered.where(whole)
    return ordered.assign_attrs(data.attrs).transpose("point", "arm", "replication", ..., *sums)


def _loaded(data: xr.DataArray, at: int) -> np.ndarray:
    """Some points, summed over layers and months: (point, replication, ...). A run without numbers is NaN."""
    values = data.isel(point=slice(at, at + _CHUNK))
    sums = [d for d in ("layer", "time") if d in values.dims]
    if sums:
        values = values.sum(sums, min_count=1)
    return np.asarray(values.values, float)


def _spread(high: np.ndarray, low: np.ndarray | None, level: float) -> dict[str, np.ndarray]:
    """Statistics over axis 1. Points that lack the same replications are computed together."""
    other = np.zeros_like(high) if low is None else low
    difference = high - other
    missing = np.isnan(difference).reshape(*difference.shape[:2], -1).any(-1)
    out = {key: np.full((high.shape[0], *high.shape[2:]), np.nan) for key in _STATISTICS}
    whole = np.broadcast_to((~missing).sum(1).reshape(-1, *[1] * (high.ndim - 2)), out["mean"].shape)
    for pattern in np.unique(missing, axis=0):
        if pattern.all():
            continue
        rows = np.flatnonzero((missing == pattern).all(1))
        kept = np.flatnonzero(~pattern)
        one, two = (np.moveaxis(values[np.ix_(rows, kept)], 1, 0) for values in (high, other))
        found = paired(one, two, level=level, resamples=0)
        for key in _STATISTICS:
            out[key][rows] = found[key]
    return {**out, "replications": whole.astype(float)}


def _numbers(column: np.ndarray) -> np.ndarray:
    """Numbers as they are, dates as days since 1970."""
    if column.dtype.kind == "M":
        days: np.ndarray = column.astype("datetime64[ms]").astype(np.int64) / 86_400_000.0
        return days
    return column.astype(float)


def _key(value: Any) -> Any:
    """A value that compares equal however it was stored."""
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[ms]")).removesuffix("T00:00:00.000")
    return value.item() if isinstance(value, np.generic) else value
