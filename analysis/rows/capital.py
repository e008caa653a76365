"""What clouds spend on chips, shells and power beside their budgets, and what makes a year exceed its budget."""

from __future__ import annotations

import numpy as np
import xarray as xr

from ..units import BILLION
from .markdown import spread

HEADER = ["cloud", "spent on chips, shells, power", "budget", "futures beyond it"]
NOTE = (
    "A review never plans more than the budget holds, or the run ends with an error. Where a year's spending exceeds its budget, "
    "the facts that made it so follow (`capital_prior`, `capital_carried`, `capital_advanced`, `capital_dearer`); more than one may hold, so they need not add up."
)


def spent_on_compute(one: xr.Dataset) -> xr.DataArray:
    """What each cloud spent on chips, shells and power, $ by month: the part that its budget is for."""
    spent: xr.DataArray = one["capital_chips"] + one["capital_shells"] + one["capital_power"]
    return spent.fillna(0.0)


def beyond_budget(one: xr.Dataset) -> xr.DataArray:
    """By how much a year's spending exceeded its budget at the end of each quarter, $ by replication and cloud; 0: not at all.

    What a quarter leaves may be spent later in the calendar year, so a year is added up to each quarter's end.
    """
    over: xr.DataArray = _at_quarters(_year_so_far(spent_on_compute(one) - one["capital_budget"].fillna(0.0))).clip(
        min=0.0
    )
    return over


def reasons_beyond_budget(one: xr.Dataset) -> xr.Dataset:
    """What may make a year's spending exceed its budget at the end of each quarter, $ by replication and cloud.

    ``late``: due before the year began and not paid then. ``early``: paid before it was due. ``dearer``: by how much what came
    since a review of the year, or since the year began, cost more than planned. ``prior``: what orders of before the start ask
    for in the year so far, beyond its budget. ``lent``: lenders allow less than is owed, as they allowed more when it was
    ordered. A review adds nothing to a year that is full, so nothing else can.
    """
    carried = one["capital_carried"].fillna(0.0)
    months = one["time"].values.astype("datetime64[M]").astype(int)
    before = np.arange(months.size) - months % 12 - 1  # positions of the Decembers before
    begins = carried.isel(time=np.maximum(before, 0)).assign_coords(time=one["time"]) * (before >= 0)
    prior = _year_so_far(one["capital_prior"].fillna(0.0) - one["capital_budget"].fillna(0.0))
    lent = (one["net_debt"] - one["debt_limit"]).fillna(0.0)
    parts = {
        "late": begins,
        "early": one["capital_advanced"].fillna(0.0),
        "dearer": one["capital_dearer"].fillna(0.0),
        "prior": prior,
        "lent": lent,
    }
    return xr.Dataset({name: _at_quarters(part).clip(min=0.0) for name, part in parts.items()})


def _year_so_far(monthly: xr.DataArray) -> xr.DataArray:
    return monthly.groupby(monthly["time"].dt.year).cumsum("time").assign_coords(time=monthly["time"])


def _at_quarters(monthly: xr.DataArray) -> xr.DataArray:
    months = monthly["time"].values.astype("datetime64[M]").astype(int)
    return monthly.isel(time=np.flatnonzero((months % 3 == 2) | (months == months[-1])))


_REASON = {
    "prior": "ordered before the start",
    "late": "late from the year before",
    "early": "earlier than planned",
    "dearer": "dearer than planned",
}


def table_rows(one: xr.Dataset) -> list[list[str]]:
    rows, spent, over, why = [], spent_on_compute(one).sum("time"), beyond_budget(one), reasons_beyond_budget(one)
    budget = one["capital_budget"].fillna(0.0).sum("time")
    for cloud in map(str, one["cloud"].values):
        if float(spent.sel(cloud=cloud).max()) <= 0:
            continue
        excess, reasons = over.sel(cloud=cloud) / BILLION, why.sel(cloud=cloud) / BILLION
        rows.append([cloud, spread(spent.sel(cloud=cloud)), spread(budget.sel(cloud=cloud)), _beyond(excess, reasons)])
    return rows


def _beyond(excess: xr.DataArray, reasons: xr.Dataset) -> str:
    """In how many futures, the largest excess with its reasons, and how much of any has none."""
    over_in = excess.max("time") >= 0.05
    if not bool(over_in.any()):
        return "none"
    worst = excess.isel(excess.argmax(["replication", "time"]))  # type: ignore[arg-type]
    told = reasons.sel(replication=worst["replication"], time=worst["time"])
    because = ", ".join(f"{float(told[k]):.1f} {words}" for k, words in _REASON.items() if float(told[k]) >= 0.05)
    unexplained = float((excess - reasons.to_dataarray("reason").sum("reason")).max())
    rest = f"; without a reason {unexplained:.1f}" if unexplained >= 0.05 else ""
    return f"{int(over_in.sum())} (at most {float(worst):.1f} B$, {str(worst['time'].values)[:7]}: {because}{rest})"
