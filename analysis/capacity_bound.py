"""Which clouds said that they were short of capacity in the first half of 2025, beside the limits that simulated ones meet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import numpy as np
import xarray as xr


@dataclass(frozen=True)
class Statement:
    """What the owner of a cloud said of its capacity on a day."""

    cloud: str
    date: dt.date
    words: str
    source: str
    grade: str


def statements() -> list[Statement]:
    """The rows of ``scenarios/data/capacity-bound.csv``, in the order of the file."""
    packaged = resources.files("rackrate") / "scenarios" / "data" / "capacity-bound.csv"
    with packaged.open(encoding="utf-8") as lines:
        return [
            Statement(row["entity"], dt.date.fromisoformat(row["date"]), row["note"], row["source"], row["grade"])
            for row in csv.DictReader(lines)
        ]


@dataclass(frozen=True)
class Limits:
    """What a cloud's customers met in some months, by replication: shares of time, of demand, and of a price."""

    utilisation: xr.DataArray  #: of what runs
    at_limit: xr.DataArray  #: share of days on which one H100e more would have been worth something, by capacity
    refused: xr.DataArray  #: share of what AI customers beyond the labs wanted and did not get
    own_short: xr.DataArray  #: the same of the firm's own products
    list_price: xr.DataArray  #: at the end over the beginning


def limits(months: xr.Dataset, cloud: str) -> Limits:
    """Shape: (replication) each."""
    here = months.sel(cloud=cloud)
    powered = here["powered"].fillna(0.0)
    weight = powered.sum(("region", "time"))

    def mean(name: str) -> xr.DataArray:
        weighed: xr.DataArray = (here[name].fillna(0.0) * powered).sum(("region", "time")) / weight
        return weighed

    def missing(lost: str, got: str) -> xr.DataArray:
        wanted = (here[lost] + here[got]).sum("time")
        share: xr.DataArray = here[lost].sum("time") / wanted.where(wanted > 0, 1.0)
        return share

    prices = here["compute_price"]
    return Limits(
        mean("utilisation"),
        mean("scarce_days"),
        missing("customer_unserved", "customer_use"),
        missing("own_use_unserved", "own_use"),
        prices.isel(time=-1, drop=True) / prices.isel(time=0, drop=True),
    )


def lines(months: xr.Dataset) -> list[str]:
    """The table as Markdown: a row for a statement, and one for each cloud of which none is known."""
    rows = [
        "| cloud | said | simulated: utilisation | days at the limit | customers refused | own products short | list price, end over start |",
        "|---|---|---|---|---|---|---|",
    ]
    said: dict[str, list[Statement]] = {str(c): [] for c in months["cloud"].values}
    for statement in statements():
        said.get(statement.cloud, []).append(statement)
    for cloud, known in said.items():
        words = "; ".join(f"{s.date}: {s.words} ({s.grade})" for s in known) or "–"
        found = limits(months, cloud)
        rows.append(f"| {cloud} | {words} | " + " | ".join(_cells(found)) + " |")
    return [*rows, ""]


def _cells(found: Limits) -> Iterable[str]:
    for values in (found.utilisation, found.at_limit, found.refused, found.own_short):
        yield f"{float(values.median()):.0%} ({float(np.nanmax(values.values)):.0%})"
    yield f"{float(found.list_price.median()):.2f}"
