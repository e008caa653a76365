"""Cash of labs: funding, losses, and when it runs out."""

from __future__ import annotations

import xarray as xr

from .. import scenario_text
from ..units import BILLION
from .markdown import spread

HEADER = [
    "lab",
    "funding received",
    "gross profit by year",
    "cash at the year's end",
    "least cash",
    "futures with training or research below 0",
    "credit line",
    "and below that",
    "least share of plans paid for",
]


def credit_line(one: xr.Dataset, lab: str) -> float:
    """How far below zero a lab's cash may fall, $."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    return scenario_text.amount(scenario, f"labs.{lab}.cash.overdraft", "$", 0.0)


def unfunded_months(one: xr.Dataset, lab: str, limit: float = 0.0) -> xr.DataArray:
    """Months at whose end a lab's account stood more than ``limit`` below 0 while it trained or did research, by replication."""
    working = one["served"].sel(lab=lab, product=["training", "research"]).sum("product") > 0
    count: xr.DataArray = ((one["lab_cash"].sel(lab=lab) < -limit) & working).sum("time")
    return count


def table_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for lab in map(str, one["lab"].values):
        cash = one["lab_cash"].sel(lab=lab)
        if cash.isnull().all():
            continue
        profit = one["gross_profit"].sel(firm=_firm_of_lab(one, lab)).sum("layer")
        yearly = profit.groupby(one["time"].dt.year).sum("time") / BILLION
        ends = cash.groupby(one["time"].dt.year).last()
        low, month = unfunded_months(one, lab), int(cash.median("replication").argmin("time"))
        line = credit_line(one, lab)
        beyond = unfunded_months(one, lab, line)
        rows.append(
            [
                lab,
                spread(one["lab_funding"].sel(lab=lab).sum("time")),
                ", ".join(f"{int(y)}: {float(yearly.sel(year=y).median()):.0f}" for y in yearly["year"].values),
                ", ".join(f"{int(y)}: {float(ends.sel(year=y).median()) / BILLION:.0f}" for y in ends["year"].values),
                f"{spread(cash.min('time'))} (median least {str(one['time'].values[month])[:7]})",
                _futures_with(low),
                f"{line / BILLION:.1f}",
                _futures_with(beyond),
                f"{float(one['lab_funded'].sel(lab=lab).min('time').median()):.0%}",
            ]
        )
    return rows


def _futures_with(months: xr.DataArray) -> str:
    """In how many futures there is such a month, and the most of them in one."""
    most = int(months.max())
    return f"{int((months > 0).sum())} of {months.size}" + (
        f", at most {most} month{'s' if most > 1 else ''}" if most else ""
    )


def _firm_of_lab(one: xr.Dataset, lab: str) -> str:
    return scenario_text.firm_of(scenario_text.tree_of(str(one.attrs.get("resolved_scenario", ""))), lab, "labs")
