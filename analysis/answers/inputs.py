"""Which scarce input holds clouds back, and how concentrated are the inputs?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure
from ..inputs import LEAST, NONE, input_binds, input_concentration, input_shortfall
from . import question
from .question import Answer, Asked

READS = (
    "input_short",
    "capacity",
    "powered",
    "capital_chips",
    "capital_shells",
    "capital_power",
    "sites_started",
    "revenue",
)


def binding_share(ds: xr.Dataset, least: float = LEAST) -> xr.DataArray:
    """In what share of the quarters of all clouds each input binds, by calendar year; see :func:`input_binds`.

    Shape: (arm, replication, input, year). Units: 1; over inputs it sums to 1. Raises: as :func:`input_binds`.
    """
    binds = _yearly(input_binds(ds, least), "sum")
    share: xr.DataArray = binds.sum("cloud") / binds.sum(["cloud", "input"])
    return share.assign_attrs(units="1")


def _yearly(quarterly: xr.DataArray, how: str) -> xr.DataArray:
    years = quarterly["quarter"].copy(data=[int(str(q)[:4]) for q in quarterly["quarter"].values]).rename("year")
    found: xr.DataArray = getattr(quarterly.groupby(years), how)("quarter")
    return found


def inputs_answer(ds: xr.Dataset, arm: str | None = None, baseline: str | None = None, level: float = 0.9) -> Answer:
    """Which input binds clouds in the more open arm, by cloud and year, and how concentrated each input is.

    Returns: Answer with tables ``what binds`` (share of the quarters of all clouds by year, with the interval of outcomes), ``by cloud``
        (the input that binds it most often in a year, in which share of its quarters and futures, and what it lacks of it
        over its fleet) and ``concentration`` (the share of the four largest and the index, by market and year).
    Raises: KeyError without ``input_short``; as :func:`asked`.
    Example:
        >>> inputs_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    one = q.ds.sel(arm=[q.base])
    share = binding_share(one).sel(arm=q.base, drop=True)
    tables = {
        "what binds": _what_binds(q, share),
        "by cloud": _by_cloud(q, one),
        "concentration": _concentrated(q, one),
    }
    return Answer(
        "inputs",
        _sentence(q, one),
        tables,
        partial(figure.input_shares, q, share, f"What holds clouds back, {q.head(q.base)}"),
        (
            f"An input binds where a cloud lacks more of it than of any other, and {LEAST:.0%} of its fleet at least.",
            "Chips: with vendors because of their queues. Power: no power for chips that are there or would be ordered. "
            "Sites: regions cannot build more. Capital: the budget refuses chips or sites.",
            "Chips and power are of what an order of now would bring, sites of what a site begun now would house.",
            "Memory, packaging and people are no inputs of the model.",
        ),
    )


def _what_binds(q: Asked, share: xr.DataArray) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for year in share["year"].values:
        for name in map(str, share["input"].values):
            cell = question.spread(q, share.sel(year=year, input=name), least=0.0, most=1.0)
            ends = {f"share_{end}": float(cell[f"outcome_{end}"]) for end in ("low", "high")}
            rows.append({"year": str(int(year)), "input": name, "share": float(cell["mean"])} | ends)
    return question.table(q, rows, f"share of the quarters of all clouds, in brackets {question.all_of(q)}")


def _by_cloud(q: Asked, one: xr.Dataset) -> pd.DataFrame:
    """The input that binds each cloud most often in each year."""
    binds = _yearly(input_binds(one), "sum").sel(arm=q.base, drop=True)
    lacks = _yearly(input_shortfall(one), "mean").sel(arm=q.base, drop=True)
    counted = binds.sum("replication")
    rows: list[dict[str, Any]] = []
    for cloud in map(str, binds["cloud"].values):
        for year in binds["year"].values:
            here = counted.sel(cloud=cloud, year=year)
            if float(here.sum()) == 0:
                continue
            name = str(here["input"].values[int(here.argmax("input"))])
            lacked = np.nan if name == NONE else 100 * float(lacks.sel(cloud=cloud, year=year, input=name).mean())
            rows.append(
                {
                    "cloud": cloud,
                    "year": str(int(year)),
                    "input": name,
                    "binds": 100 * float(here.max() / here.sum()),
                    "lacks": lacked,
                }
            )
    return question.table(q, rows, "% of quarters and futures; % of the fleet")


def _concentrated(q: Asked, one: xr.Dataset) -> pd.DataFrame:
    found = input_concentration(one).sel(arm=q.base, drop=True)
    rows: list[dict[str, Any]] = []
    for market in map(str, found["market"].values):
        for year in found["year"].values:
            at = found.sel(market=market, year=year)
            if not bool(at["hhi"].notnull().all()):
                continue
            cell = question.spread(q, at["hhi"], least=0.0, most=1e4)
            rows.append(
                {
                    "market": market,
                    "year": str(int(year)),
                    "cr4": 100 * float(at["cr4"].mean()),
                    "hhi": float(cell["mean"]),
                }
                | {f"hhi_{end}": float(cell[f"outcome_{end}"]) for end in ("low", "high")}
            )
    return question.table(q, rows, f"cr4 in %; HHI points, in brackets {question.all_of(q)}")


def _sentence(q: Asked, one: xr.Dataset) -> str:
    binds = input_binds(one).sel(arm=q.base, drop=True).sum(["cloud", "quarter"])
    share = binds / binds.sum("input")
    parts = []
    for name in map(str, share["input"].values):
        cell = question.spread(q, share.sel(input=name), least=0.0, most=1.0)
        known = (
            ""
            if question.single(q)
            else f" ({question.all_of(q)} from {float(cell['outcome_low']):.0%} to {float(cell['outcome_high']):.0%})"
        )
        parts.append(
            (float(cell["mean"]), ("no input" if name == NONE else name) + f" in {float(cell['mean']):.0%}{known}")
        )
    told = [words for _, words in sorted(parts, key=lambda part: -part[0])]
    return f"In {q.head(q.base)}, of the quarters of all clouds, what binds is {', '.join(told[:-1])} and {told[-1]}."
