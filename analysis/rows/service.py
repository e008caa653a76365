"""What is not served, how long requests and orders wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import xarray as xr

from .markdown import percent

CLASSES: Mapping[str, tuple[str, ...]] = {
    "interactive": ("consumer", "api_stateless", "ent_app", "agent_stateful", "copilot"),
    "batch": ("batch", "finetune"),
    "training": ("training",),
    "research": ("research",),
}

HEADER = ["year", *(f"{name}" for name in CLASSES), "own products", "other customers", "wait"]
NOTE = (
    "Share of demand that was not served: median and 90 % of futures. The wait is that of interactive requests, a mean over "
    "clouds by powered capacity."
)
ORDER_NOTE = (
    "Of what AI customers beyond the labs want of a cloud, the part that waits for capacity, and for how long an order waits by "
    "Little's law (– where what is wanted does not grow); medians."
)


def table_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for year, months in one.groupby(one["time"].dt.year):
        cells = [str(int(year))]
        for products in CLASSES.values():
            cells.append(percent(unserved(months, products)))
        for use, missing in (("own_use", "own_use_unserved"), ("customer_use", "customer_unserved")):
            lost, got = (months[name].sum(("cloud", "time")) for name in (missing, use))
            cells.append(percent(lost / (lost + got)))
        cells.append(f"{float(_wait(months).median()):.2f} h")
        rows.append(cells)
    return rows


def unserved(months: xr.Dataset, products: Collection[str]) -> xr.DataArray:
    """Share of the demand of labs' products that was not served, by replication."""
    names = [p for p in products if p in months["product"].values]
    lost, got = (months[name].sel(product=names).sum(("lab", "product", "time")) for name in ("unserved", "served"))
    return lost / (lost + got)


def _wait(months: xr.Dataset) -> xr.DataArray:
    weight = months["powered"].sum("region")
    weighed: xr.DataArray = (months["wait"] * weight).sum(("cloud", "time")) / weight.sum(("cloud", "time"))
    return weighed


def waiting_days(one: xr.Dataset, cloud: str) -> xr.DataArray:
    """How long an order of AI customers waits at a cloud, by Little's law: what waits on average over what comes in a day.

    Shape: (replication). 0 where nothing waits; missing where what is wanted does not grow.
    """
    lost, got = one["customer_unserved"].sel(cloud=cloud), one["customer_use"].sel(cloud=cloud)
    wanted = lost + got
    growth = (wanted.isel(time=-1) - wanted.isel(time=0)) / (30.4 * max(1, one.sizes["time"] - 1))
    days: xr.DataArray = lost.mean("time") / growth.where(growth > 0)
    return days


def order_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for cloud in map(str, one["cloud"].values):
        if float(one["customer_use"].sel(cloud=cloud).sum()) <= 0:
            continue
        cells = [cloud]
        for _, months in one.groupby(one["time"].dt.year):
            lost = months["customer_unserved"].sel(cloud=cloud).sum("time")
            share = lost / (lost + months["customer_use"].sel(cloud=cloud).sum("time"))
            days = waiting_days(months, cloud).values
            known = days[np.isfinite(days)]
            wait = f"{np.median(known):.0f} d" if known.size else "–"
            cells.append(f"{100 * float(share.median()):.1f} %, {wait}" if float(share.max()) > 0.0005 else "0")
        rows.append(cells)
    return rows
