"""What customers got: surplus, unserved demand, waits; and how concentrated each layer is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import money_flows, points, study_data
from .pairing import check_level, difference
from .table_views import Table, at_level, each

HHI_ALARM = 1800.0
_SURPLUS = "enterprise surplus"


@points.tabled
def who_pays(
    ds: xr.Dataset, arm: str, baseline: str | None = None, level: float = 0.9, largest: int = 12
) -> pd.DataFrame:
    """Who pays whom more, or less, in ``arm`` than in the baseline: the largest changes of discounted
    payments.

    Returns: DataFrame with payer, payee, category, mean, outcome_low, outcome_high, mean_low, mean_high in B$ on the
        valuation date, ordered by size. Positive: the payer pays the payee more. ``category`` names what changed:
        the kinds of clauses that moved it, ``other`` for sales, goods and costs, the largest first. Payments inside
        one firm and pairs without any change are left out.
    Raises: KeyError without ``payment`` or for an unknown arm.
    Example:
        >>> who_pays(st, "exclusive").head(3)  # doctest: +SKIP
    """
    ds = study_data.standard(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    value = study_data.discounted(ds, "payment").rename("payment")
    result = difference(ds, value, arm, base, level, resamples=0)
    frame = result[["mean", "outcome_low", "outcome_high", "mean_low", "mean_high"]].to_dataframe().reset_index()
    money = ["mean", "outcome_low", "outcome_high", "mean_low", "mean_high"]
    moved = (frame[["mean", "outcome_low", "outcome_high"]] != 0.0).any(axis=1)
    frame = frame[(frame["payer"] != frame["payee"]) & moved]
    frame[money] = frame[money] / 1e9
    order = frame["mean"].abs().sort_values(ascending=False, kind="stable").index
    frame = frame.loc[order, ["payer", "payee", *money]].head(largest).reset_index(drop=True)
    kinds = money_flows.changes_by_kind(ds, arm, base)
    names = [money_flows.category(kinds, r.payer, r.payee, r.mean) for r in each(frame)]
    frame.insert(2, "category", names)
    return at_level(Table(frame), level)


@points.spread
def unserved_share(ds: xr.Dataset) -> xr.DataArray:
    """Share of compute demand that got no compute, all labs and products together.

    Shape: (arm, replication, time), between 0 and 1. Months without demand are 0.
    Raises: KeyError without ``served`` or ``unserved``.
    """
    lost = study_data.variable(ds, "unserved").sum(["lab", "product"])
    asked = lost + study_data.variable(ds, "served").sum(["lab", "product"])
    share: xr.DataArray = xr.where(asked > 0, lost / asked.where(asked > 0, 1), 0.0).transpose(
        "arm", "replication", "time"
    )
    return share.assign_attrs(long_name="unserved share of compute demand", units="1")


@points.tabled
def service_table(ds: xr.Dataset, arm: str, baseline: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """What customers get out of ``arm`` rather than the baseline: surplus, unserved compute, waits,
    adopters, outlays.

    Surplus is shown as a difference alone: its level is that over the outside option.

    Returns: DataFrame with measure, unit, baseline (mean level), mean (difference), outcome_low,
        outcome_high, mean_low, mean_high. A measure that was not recorded has no row.
    Raises: KeyError for an unknown arm.
    Example:
        >>> service_table(st, "exclusive").columns[:3].tolist()  # doctest: +SKIP
        ['measure', 'unit', 'baseline']
    """
    ds = study_data.finished(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    study_data.check_arm(ds, arm), study_data.check_arm(ds, base)
    rows = []
    for name, unit, scale, value in _measures(ds):
        result = difference(ds, value.rename("measure"), arm, base, level, resamples=0)
        level_there = np.nan if name == _SURPLUS else float(value.sel(arm=base).mean()) * scale
        row = {"measure": name, "unit": unit, "baseline": level_there}
        row |= {k: float(result[k]) * scale for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")}
        rows.append(row)
    return at_level(Table(rows), level)


def compensating_variation(ds: xr.Dataset, arm: str, baseline: str | None = None) -> xr.DataArray:
    """What ``arm`` is worth to enterprises with the baseline's spending, by replication: the income that could be taken from them
    and leave them as well off, summed over segments and months, discounted.

    By segment and month ``E (1 - e^(-dW/E))``, with E the baseline's spending and dW the difference in surplus: a gain is at
    most what is spent, however much better the offers are. Where nothing is spent it is dW.

    Raises: KeyError for an unknown arm, or a result without surplus and spending.
    """
    ds = study_data.finished(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    there, here = study_data.pair(ds, "surplus", arm, base)
    spent = study_data.pair(ds, "enterprise_spending", arm, base)[1]
    change = there - here
    share = change / spent.where(spent > 0)
    worth = xr.where(spent > 0, spent * -np.expm1(-share), change)
    total: xr.DataArray = (worth * study_data.discount_factors(ds)).sum(["segment", "time"])
    return total.assign_attrs(long_name="compensating variation of enterprises", units="USD")


@points.tabled
def service_levels(ds: xr.Dataset, arm: str, level: float = 0.9) -> pd.DataFrame:
    """What customers get in one arm: mean over futures, and what holds ``level`` of them.

    Returns: DataFrame with measure, unit, mean, outcome_low, outcome_high; without surplus, which is a difference.
    Raises: KeyError for an unknown arm.
    """
    check_level(level)
    ds = study_data.finished(ds)
    study_data.check_arm(ds, arm)
    rows: list[dict[str, Any]] = []
    for name, unit, scale, value in _measures(ds):
        if name != _SURPLUS:
            sample = value.sel(arm=arm).values * scale
            low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
            rows.append(
                {"measure": name, "unit": unit, "mean": float(sample.mean()), "outcome_low": low, "outcome_high": high}
            )
    return at_level(Table(rows), level)


def _measures(ds: xr.Dataset) -> Iterator[tuple[str, str, float, xr.DataArray]]:
    if "surplus" in ds:
        yield (
            _SURPLUS,
            "B$, discounted",
            1e-9,
            study_data.discounted(ds, "surplus").sum("segment"),
        )
    for key, name in (("outlay_enterprises", "enterprise outlay"), ("outlay_consumers", "consumer outlay")):
        if key in ds:
            yield name, "B$, discounted", 1e-9, study_data.discounted(ds, key)
    if "unserved" in ds and "served" in ds:
        lost, got = (ds[k].sum(["lab", "product", "time"]) for k in ("unserved", "served"))
        yield "unserved compute", "M H100e-hours", 1e-6, lost
        yield "unserved share of demand", "%", 100.0, xr.where(lost + got > 0, lost / (lost + got), 0.0)
        yield "unserved share in the worst month", "%", 100.0, unserved_share(ds).max("time")
    if "wait" in ds:
        yield "mean wait, average over clouds", "seconds", 3600.0, _where_used(ds["wait"]).mean(["cloud", "time"])
    if "adoption" in ds:
        yield (
            "adopters at the end, mean of segments",
            "%",
            100.0,
            _at_end(ds, "adoption").mean("segment"),
        )
    if "seats" in ds:
        yield "application seats at the end", "M", 1e-6, _at_end(ds, "seats")


def _where_used(wait: xr.DataArray) -> xr.DataArray:
    """Waits without numerical dust: what is under a nanosecond is no wait."""
    used: xr.DataArray = xr.where(abs(wait) < 1e-9 / 3600.0, 0.0, wait)
    return used.where(wait.notnull())


def _at_end(ds: xr.Dataset, name: str) -> xr.DataArray:
    """A series in the last month that was run."""
    known = study_data.months_run(ds).any("arm").values
    last = int(np.flatnonzero(known)[-1]) if known.any() else -1
    return ds[name].isel(time=last)


@points.spread
def market_sales(ds: xr.Dataset) -> xr.DataArray:
    """Sales by firm and layer that a market share is of, without what contracts merely pass on.

    The recorded ``market_share`` counts revenue shares, take-or-pay shortfalls and drawdowns as sales of who receives
    them. Here they are taken out: a revenue share from the layer that it went to, a shortfall from infrastructure.

    Shape: (arm, replication, firm, layer, time). Units: USD. Missing in months and layers without sales; firms only.
    Raises: KeyError without ``market_share`` or ``revenue``.
    """
    ds = study_data.finished(ds)
    share = study_data.variable(ds, "market_share").astype(float)
    sold = study_data.variable(ds, "revenue").astype(float)
    if "internal_revenue" in ds:
        sold = sold - ds["internal_revenue"]
    inside = study_data.firms(ds)
    share, sold = share.sel(firm=inside), sold.sel(firm=inside)
    # A firm whose revenue in a layer is all market sales shows the layer's total; any other kind of revenue shows more.
    total = (sold / share.where(share > 1e-9)).min("firm")
    sales = share * total
    for arm in study_data.arms(ds):
        for (firm, layer), passed in money_flows.passed_on(ds, arm).items():
            if firm in inside and layer in sales["layer"].values:
                at = {"arm": arm, "firm": firm, "layer": layer}
                kept = sales.sel(at) - passed.transpose(*sales.sel(at).dims)
                # Cents of rounding are no negative sale.
                sales.loc[at] = kept.clip(min=0.0)
    return sales.transpose("arm", "replication", "firm", "layer", "time").assign_attrs(units="USD")


@points.spread
def yearly_shares(ds: xr.Dataset) -> xr.DataArray:
    """Market shares by calendar year: of the sales of the months that were run; see :func:`market_sales`.

    Shape: (arm, replication, firm, layer, year), 0 to 1; missing in a layer without sales.
    """
    sales = market_sales(ds)
    years = ds["time"].values.astype("datetime64[Y]").astype(int) + 1970
    by_year = sales.groupby(sales["time"].copy(data=years).rename("year")).sum("time", min_count=1)
    total = by_year.sum("firm", min_count=1)
    return (by_year / total.where(total > 0)).transpose("arm", "replication", "firm", "layer", "year")


@points.spread
def concentration(ds: xr.Dataset, level: float = 0.9) -> xr.Dataset:
    """Concentration by layer and month: the Herfindahl-Hirschman index as recorded in ``hhi``.

    A month that holds a year's settlement stands out, and revenue shares count as sales of who receives them:
    :func:`yearly_concentration` is without both.

    Shape: Dataset with ``mean``, ``low``, ``high`` (arm, layer, time) over futures and ``alarm`` (arm,
    layer): share of months and futures above 1800, a merger screen used as an alarm and not a rule about
    vertical contracts.
    Units: HHI points, 0 to 10,000. Raises: KeyError without ``hhi``.
    Source: MODEL section 11, HHI = sum of (100 s)^2.
    Example:
        >>> concentration(st)["mean"].sel(layer="model").isel(time=-1)  # doctest: +SKIP
    """
    check_level(level)
    index = study_data.variable(study_data.run_only(study_data.finished(ds)), "hhi").astype(float)
    return _over_futures(index, level, "time")


def _over_futures(index: xr.DataArray, level: float, over: str) -> xr.Dataset:
    """Mean and spread of an index. A layer without sales has none: it stays missing, and is not unconcentrated."""
    tail = (1 - level) / 2
    low, high = (index.quantile(q, "replication", skipna=False).drop_vars("quantile") for q in (tail, 1 - tail))
    known = index.notnull().sum(["replication", over])
    result = xr.Dataset(
        {
            "mean": index.mean("replication", skipna=False),
            "low": low,
            "high": high,
            "alarm": (index > HHI_ALARM).sum(["replication", over]) / known.where(known > 0),
        }
    )
    result.attrs = {"level": level, "units": "HHI points"}
    return result


@points.spread
def yearly_concentration(ds: xr.Dataset, level: float = 0.9) -> xr.Dataset:
    """Concentration by layer and calendar year: the Herfindahl-Hirschman index of :func:`yearly_shares`.

    A month can hold a year's settlement; a year's sales do not jump with it. Revenue shares and take-or-pay shortfalls
    are no sales.

    Shape: Dataset with ``mean``, ``low``, ``high`` (arm, layer, year) over futures, ``months`` (year) run, and ``alarm``
    (arm, layer): share of years and futures above 1800, a merger screen used as an alarm and not a rule about
    vertical contracts.
    Units: HHI points, 0 to 10,000. Raises: KeyError without ``market_share`` or ``revenue``.
    Source: MODEL section 11, HHI = sum of (100 s)^2.
    Example:
        >>> yearly_concentration(st)["mean"].sel(layer="model").isel(year=-1)  # doctest: +SKIP
    """
    check_level(level)
    ds = study_data.run_only(ds)
    shares = yearly_shares(ds)
    result = _over_futures(((100.0 * shares) ** 2).sum("firm", min_count=1), level, "year")
    years = ds["time"].values.astype("datetime64[Y]").astype(int) + 1970
    result["months"] = "year", [int((years == y).sum()) for y in result["year"].values]
    return result


def hhi(shares: Any, dim: str = "firm") -> Any:
    """The index of shares that sum to 1: sum of (100 s)^2 along ``dim``; a plain sequence gives a number.

    Example:
        >>> hhi([0.5, 0.5])
        5000.0
    """
    if isinstance(shares, xr.DataArray):
        return ((100.0 * shares) ** 2).sum(dim)
    return float(((100.0 * np.asarray(shares, float)) ** 2).sum())
