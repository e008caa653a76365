"""What vendors of chips earn, month by month."""

from __future__ import annotations

import numpy as np
import xarray as xr

from .. import record
from ..units import BILLION
from .markdown import band, percent, spread, table


def lines(one: xr.Dataset) -> list[str]:
    revenue = one["revenue"].sel(firm="nvidia").sum("layer").isel(time=slice(0, 18)) / BILLION
    median = revenue.median("replication").values
    months = [str(m)[:7] for m in one["time"].values[:18]]
    low = int(np.argmin(median))
    public = [p for p in record.points() if p.measure == "vendor_revenue" and p.entity == "nvidia"][-1]
    whole = one["revenue"].sel(firm="nvidia").sum("layer").median("replication").values / BILLION
    least = int(np.argmin(whole))
    years = one["time"].dt.year
    whole_years = one["revenue"].sel(firm="nvidia").sum("layer").groupby(years).sum("time")
    outside = one["payment"].sel(payer="rest_of_world", payee="nvidia").groupby(years).sum("time")
    return [
        f"Public: {public.value:.1f} B$ in the quarter to {public.date}, {public.value / 3:.1f} B$ a month. Simulated medians of the "
        f"first 18 months: least {median[low]:.1f} B$ in {months[low]}; of the whole run {whole[least]:.1f} B$ in "
        f"{str(one['time'].values[least])[:7]}; in any future {float(revenue.min()):.1f} B$ a month.",
        "",
        "By year, and the part of it that buyers beyond the clouds of the scenario pay:",
        "",
        *table(
            ["year", "revenue, B$", "of it from the rest of the world"],
            [
                [str(int(y)), spread(whole_years.sel(year=y)), percent(outside.sel(year=y) / whole_years.sel(year=y))]
                for y in whole_years["year"].values
            ],
        ),
        *table(
            ["month", "median B$", "90 % of futures"],
            [[m, f"{x:.1f}", band(revenue.isel(time=k))] for k, (m, x) in enumerate(zip(months, median, strict=True))],
        ),
    ]
