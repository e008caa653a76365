"""Clouds that borrow: debt, what lenders allow, coverage."""

from __future__ import annotations

import xarray as xr

from ..units import BILLION
from .markdown import spread

HEADER = [
    "cloud",
    "net debt at the year's end, B$",
    "most of it over what lenders allow",
    "least coverage of debt service",
]


def table_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for cloud in map(str, one["cloud"].values):
        debt = one["net_debt"].sel(cloud=cloud)
        if debt.isnull().all():
            continue
        ends = debt.groupby(one["time"].dt.year).last()
        coverage, limit = (
            one[name].sel(cloud=cloud).isel(time=slice(3, None)) for name in ("debt_coverage", "debt_limit")
        )
        rows.append(
            [
                cloud,
                ", ".join(f"{int(y)}: {float(ends.sel(year=y).median()) / BILLION:.0f}" for y in ends["year"].values),
                spread((debt / limit).max("time") * BILLION, 2),
                spread(coverage.min("time") * BILLION, 2),
            ]
        )
    return rows
