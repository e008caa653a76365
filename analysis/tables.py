"""Tidy tables in B$: by calendar quarter and by each firm's own fiscal year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import scenario_text, study_data

MONEY = ("revenue", "value_added", "cost", "gross_profit")


def fiscal_year_ends(ds):
    """The last month of each firm's fiscal year, 1 to 12, from the baseline's scenario; December where it
    is silent.

    Example:
        >>> fiscal_year_ends(st)["microsoft"]  # doctest: +SKIP
        6
    """
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    entries = scenario.get("firms", {})
    return {
        str(f): int(scenario_text.plain(entries.get(str(f), {}).get("fiscal_year_end", 12)))
        for f in ds["firm"].values
    }


def fiscal_year(time, last_month=12):
    """The fiscal year each month falls in, named by the calendar year in which it ends.

    Example:
        >>> fiscal_year(np.array(["2025-06", "2025-07"], "datetime64[M]"), 6).tolist()
        [2025, 2026]
    """
    months = np.asarray(time).astype("datetime64[M]").astype(int)
    if not 1 <= last_month <= 12:
        raise ValueError(f"fiscal_year_end is {last_month}; expected a month from 1 to 12")
    return 1970 + (months + 12 - last_month) // 12


def by_period(ds, period="quarter", variables=MONEY, level=0.9):
    """Money per firm, layer and period: mean and spread over futures, one row each.

    Args: ``period`` is ``quarter`` (calendar), ``year`` (calendar) or ``fiscal`` (each firm's own year).
    Returns: DataFrame with arm, firm, layer, period (2026Q2, 2026, FY2026), months (how many the run
        covers: fewer than 3 or 12 means a part), and for each variable its mean, ``_low`` and ``_high``
        over futures, in B$.
    Raises: ValueError for another period; KeyError if a variable was not recorded.
    Example:
        >>> by_period(st, "fiscal").query("firm == 'microsoft'")  # doctest: +SKIP
    """
    if period not in ("quarter", "year", "fiscal"):
        raise ValueError(f"period is {period!r}; expected quarter, year or fiscal")
    ds, ends, tail = study_data.finished(ds), fiscal_year_ends(ds), (1 - level) / 2
    time = ds["time"].values
    parts = []
    for firm in map(str, ds["firm"].values):
        labels = _labels(time, period, ends[firm])
        grouped = {}
        for name in variables:
            data = study_data.variable(ds, name).sel(firm=firm, drop=True).astype(float) / 1e9
            sums = data.groupby(data["time"].copy(data=labels).rename("period")).sum("time")
            grouped[name] = sums.mean("replication")
            grouped[f"{name}_low"] = sums.quantile(tail, "replication").drop_vars("quantile")
            grouped[f"{name}_high"] = sums.quantile(1 - tail, "replication").drop_vars("quantile")
        frame = pd.concat(
            {k: v.transpose("arm", "layer", "period").to_series() for k, v in grouped.items()}, axis=1
        ).reset_index()
        frame.insert(1, "firm", firm)
        frame.insert(4, "months", frame["period"].map(pd.Series(labels).value_counts()))
        parts.append(frame)
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["arm", "firm", "layer", "period"], kind="stable", ignore_index=True)


def _labels(time, period, last_month):
    if period == "fiscal":
        return np.array([f"FY{y}" for y in fiscal_year(time, last_month)])
    if period == "year":
        return np.array([str(y) for y in fiscal_year(time, 12)])
    months = np.asarray(time).astype("datetime64[M]").astype(int)
    return np.array([f"{1970 + m // 12}Q{m % 12 // 3 + 1}" for m in months])


def to_csv(ds, target=None, variables=MONEY, level=0.9):
    """Calendar quarters and fiscal years in one tidy CSV. Returns the text if ``target`` is None."""
    both = pd.concat(
        [by_period(ds, p, variables, level).assign(calendar=p) for p in ("quarter", "fiscal")],
        ignore_index=True,
    )
    return both.to_csv(target, index=False, float_format="%.6f")
