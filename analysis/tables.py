"""Tidy tables in B$: by calendar quarter and by each firm's own fiscal year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from os import PathLike
from typing import Any, overload

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .pairing import check_level
from .table_views import Table, each
from .units import unit_of

MONEY = ("revenue", "value_added", "cost", "gross_profit")


def fiscal_year_ends(ds: xr.Dataset) -> dict[str, int]:
    """The last month of each firm's fiscal year, 1 to 12, from the baseline's scenario; December if it
    states none.

    Example:
        >>> fiscal_year_ends(st)["microsoft"]  # doctest: +SKIP
        6
    """
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    entries = scenario.get("firms", {})
    return {
        str(f): int(scenario_text.plain(entries.get(str(f), {}).get("fiscal_year_end", 12)))
        for f in study_data.variable(ds, "firm").values
    }


def fiscal_year(time: Any, last_month: int = 12) -> np.ndarray:
    """The fiscal year each month falls in, named by the calendar year in which it ends.

    Example:
        >>> fiscal_year(np.array(["2025-06", "2025-07"], "datetime64[M]"), 6).tolist()
        [2025, 2026]
    """
    months = np.asarray(time).astype("datetime64[M]").astype(int)
    if not 1 <= last_month <= 12:
        raise ValueError(f"fiscal_year_end is {last_month}; expected a month from 1 to 12")
    return 1970 + (months + 12 - last_month) // 12


@points.tabled
def by_period(
    ds: xr.Dataset, period: str = "quarter", variables: Sequence[str] = MONEY, level: float = 0.9
) -> pd.DataFrame:
    """Money per firm, layer and period: mean and spread over futures, one row each.

    Args: ``period`` is ``quarter`` (calendar), ``year`` (calendar) or ``fiscal`` (each firm's own year).
    Returns: DataFrame with arm, firm, layer, period (2026Q2, 2026, FY2026), months (how many the arm's runs
        reached: fewer than 3 or 12 means a part), covers (which part: ``to Aug``, ``from Jul``, ``to 15 Aug``; empty
        for a whole period), and for each variable its mean, ``_low`` and ``_high`` over futures, in B$. A period that
        was not run has no row.
    Raises: ValueError for another period or a level outside (0, 1); KeyError if a variable was not recorded.
    Example:
        >>> by_period(st, "fiscal").query("firm == 'microsoft'")  # doctest: +SKIP
    """
    if period not in ("quarter", "year", "fiscal"):
        raise ValueError(f"period is {period!r}; expected quarter, year or fiscal")
    check_level(level)
    ds = study_data.run_only(study_data.finished(ds))
    ends, tail, known = fiscal_year_ends(ds), (1 - level) / 2, study_data.months_run(ds)
    time = ds["time"].values
    # Firms whose periods end alike are added up together.
    alike: dict[int, list[str]] = {}
    for firm in map(str, ds["firm"].values):
        alike.setdefault(ends[firm] if period == "fiscal" else 12, []).append(firm)
    parts = []
    for last_month, firms in alike.items():
        labels = _labels(time, period, last_month)
        grouped = {}
        for name in variables:
            data = study_data.variable(ds, name).sel(firm=firms).astype(float) / 1e9
            sums = data.groupby(data["time"].copy(data=labels).rename("period")).sum("time", min_count=1)
            known_sums, filled = (
                sums.notnull().all("replication"),
                sums.fillna(0.0),
            )  # numpy warns of columns without a number
            grouped[name] = filled.mean("replication").where(known_sums)
            spread = filled.quantile((tail, 1 - tail), "replication").where(known_sums)
            grouped[f"{name}_low"], grouped[f"{name}_high"] = (spread.isel(quantile=k, drop=True) for k in (0, 1))
        frame = pd.concat(
            {k: v.transpose("arm", "firm", "layer", "period").to_series() for k, v in grouped.items()}, axis=1
        ).reset_index()
        covered = _coverage(ds, known, labels, period, last_month)
        pairs = [covered.get((a, p), (0, "")) for a, p in zip(frame["arm"].astype(str), frame["period"], strict=True)]
        frame.insert(4, "months", [n for n, _ in pairs])
        frame.insert(5, "covers", [words for _, words in pairs])
        parts.append(frame[frame["months"] > 0])
    table = pd.concat(parts, ignore_index=True)
    return Table(table.sort_values(["arm", "firm", "layer", "period"], kind="stable", ignore_index=True))


def _coverage(
    ds: xr.Dataset, known: xr.DataArray, labels: np.ndarray, period: str, last_month: int
) -> dict[tuple[str, str], tuple[int, str]]:
    """By arm and period: how many of its months were run, and which part of it that is, in words."""
    starts, ends = study_data.month_bounds(ds)
    found = {}
    for arm in study_data.arms(ds):
        run, last = known.sel(arm=arm).values, study_data.run_end(ds, arm)
        stops = ends if last is None else np.minimum(ends, last)
        for label in dict.fromkeys(labels.tolist()):
            at = np.flatnonzero((labels == label) & run)
            if len(at):
                found[arm, label] = len(at), _part(starts[at[0]], stops[at[-1]], *_bounds(label, period, last_month))
    return found


def _bounds(label: str, period: str, last_month: int) -> tuple[np.datetime64, np.datetime64]:
    """First instant and exclusive end of a period."""
    if period == "quarter":
        year, quarter = label.split("Q")
        end, length = np.datetime64(f"{year}-01", "M") + 3 * int(quarter), 3
    else:
        end, length = (
            np.datetime64(f"{label.removeprefix('FY')}-01", "M") + (last_month if period == "fiscal" else 12),
            12,
        )
    return (end - length).astype("datetime64[ns]"), end.astype("datetime64[ns]")


def _part(first: np.datetime64, end: np.datetime64, opens: np.datetime64, closes: np.datetime64) -> str:
    """Which part of a period a run covers: ``to Aug``, ``from Jul``, ``Jul to Aug``, ``to 15 Aug``; empty: all of it."""

    def spoken(instant: np.datetime64, cut: bool) -> str:
        day = instant.astype("datetime64[D]").astype(dt.date)
        month = study_data.MONTHS[day.month - 1][:3]
        return f"{day.day} {month}" if cut else month

    last = end - np.timedelta64(1, "ns")
    left = spoken(first, first != first.astype("datetime64[M]").astype(first.dtype))
    right = spoken(last, end != end.astype("datetime64[M]").astype(end.dtype))
    if first > opens and end < closes:
        return left if left == right else f"{left} to {right}"
    return f"from {left}" if first > opens else f"to {right}" if end < closes else ""


def fiscal_summary(ds: xr.Dataset, arm: str, flow: str = "revenue") -> tuple[pd.DataFrame, str]:
    """One arm's mean flow by each firm's own fiscal year, ready to print.

    Returns: (DataFrame of texts, a row per firm that has any, a column per year that was run; the unit of all). What
        outside parties receive is no firm's revenue or profit and has no row. A year
        of which the run covers a part states which: ``12.34 (to Aug)``; a year that was not run is empty.
    Raises: KeyError for an unknown arm or flow.
    Example:
        >>> fiscal_summary(st, "amended")[1]  # doctest: +SKIP
        'B$'
    """
    study_data.check_arm(ds, arm)
    one = study_data.finished(ds).sel(arm=[arm])
    table = by_period(one, "fiscal", variables=(flow,))
    sums = table.groupby(["firm", "period"], sort=False).agg(
        value=(flow, lambda v: v.sum(min_count=1)), covers=("covers", "first")
    )
    sums = sums.reset_index()
    sums = sums[sums["firm"].isin(study_data.firms(one))]
    unit = unit_of(sums["value"].to_numpy())
    firms = [f for f in sums["firm"].unique() if sums.loc[sums["firm"] == f, "value"].fillna(0).abs().max() > 0]
    years = sorted(sums["period"].unique())
    cells = {
        (r.firm, r.period): "" if r.value != r.value else unit.number(r.value) + (f" ({r.covers})" if r.covers else "")
        for r in each(sums)
    }
    rows = [[cells.get((f, y), "") for y in years] for f in firms]
    return pd.DataFrame(rows, index=pd.Index(firms, name="firm"), columns=years), unit.name


def _labels(time: np.ndarray, period: str, last_month: int) -> np.ndarray:
    if period == "fiscal":
        return np.array([f"FY{y}" for y in fiscal_year(time, last_month)])
    if period == "year":
        return np.array([str(y) for y in fiscal_year(time, 12)])
    months = np.asarray(time).astype("datetime64[M]").astype(int)
    return np.array([f"{1970 + m // 12}Q{m % 12 // 3 + 1}" for m in months])


@overload
def to_csv(ds: xr.Dataset, target: None = None, variables: Sequence[str] = MONEY, level: float = 0.9) -> str: ...


@overload
def to_csv(
    ds: xr.Dataset, target: str | PathLike[str], variables: Sequence[str] = MONEY, level: float = 0.9
) -> None: ...


def to_csv(
    ds: xr.Dataset, target: str | PathLike[str] | None = None, variables: Sequence[str] = MONEY, level: float = 0.9
) -> str | None:
    """Calendar quarters and fiscal years in one tidy CSV, in B$ with ten decimals, a tenth of a dollar.

    Returns: the text if ``target`` is None."""
    return quarters_and_years(ds, variables, level).to_csv(target, index=False, float_format="%.10f")


def quarters_and_years(ds: xr.Dataset, variables: Sequence[str] = MONEY, level: float = 0.9) -> pd.DataFrame:
    """Calendar quarters and fiscal years of :func:`by_period` below each other; ``calendar`` says which a row is of."""
    return pd.concat(
        [by_period(ds, p, variables, level).assign(calendar=p) for p in ("quarter", "fiscal")],
        ignore_index=True,
    )


def values_table(ds: xr.Dataset, variables: str | Sequence[str]) -> pd.DataFrame:
    """Variables of a result as they were recorded: a row per arm, replication, entities and month.

    Args: a variable, or several of the same dimensions. Replications that are not complete are left out.
    Returns: DataFrame with a column for each dimension (and in front of studies side by side for the coordinates along their
        dimension), then the variables, in their own units.
    Raises: KeyError for an unknown variable, with the nearest; ValueError for variables of different dimensions.
    Example:
        >>> values_table(st, ["revenue", "cost"]).groupby(["arm", "firm"])["revenue"].mean()  # doctest: +SKIP
    """
    names = [variables] if isinstance(variables, str) else [str(name) for name in variables]
    for name in names:
        study_data.variable(ds, name)
    dims = [set(ds[name].dims) for name in names]
    for name, own in zip(names, dims, strict=True):
        if own != dims[0]:
            raise ValueError(
                f"{names[0]!r} and {name!r} have different dimensions ({', '.join(map(str, ds[names[0]].dims))} and "
                f"{', '.join(map(str, ds[name].dims))}); ask for one table of each"
            )
    return _values(ds, names)


@points.tabled
def _values(ds: xr.Dataset, names: list[str]) -> pd.DataFrame:
    ds = study_data.finished(ds)
    order = [str(d) for d in ds[names[0]].dims]
    frame = ds[names].reset_coords(drop=True).to_dataframe(dim_order=order).reset_index()
    return Table(frame[[*order, *names]])
