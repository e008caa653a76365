"""What is exclusivity worth to the firm that holds it, year by year, and by which route?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, scenario_text, study_data
from ..pairing import difference
from ..units import BILLION, money, span
from . import question
from .question import Answer, Asked

READS = (
    "gross_profit",
    "revenue",
    "cost",
    "internal_revenue",
    "placement_share",
    "placed_units",
    "price",
    "lab_compute",
    "customer_use",
    "compute_price",
)
ROUTES = {
    "volume": "more or less sold, at mean list prices and mix",
    "price": "list prices, at mean quantities",
    "mix": "which labs, channels and clouds",
    "terms": "contract terms: what is received beyond or below list, shares, shortfalls, other sales",
    "capacity": "cost of the compute that runs",
    "other costs": "payments to labs and all other costs",
}
_COLUMNS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", "p_negative", "variance_ratio")


def premium_routes(ds: xr.Dataset, firm: str, arm: str, baseline: str) -> xr.DataArray:
    """By which route a firm's gross profit differs between two arms, in each future; routes sum to the difference.

    Sales at list are quantity times list price, of work units through the firm's channels (of a lab: its direct ones) and of
    H100e-hours to labs of other firms and to customers on its clouds. Their difference is taken apart symmetrically: volume is
    the change of the total at the mean of both arms' average prices, price the changes of lists at mean quantities, mix the
    rest. Terms are what the firm's revenue moves beyond its sales at list. Capacity is the change of infrastructure's costs
    without own hosting, other costs those of the other layers. Own hosting is left out on both sides.

    Shape: (replication, route), discounted. Units: USD on the valuation date.
    Raises: KeyError without ``revenue``, ``cost`` and what prices and quantities need.
    Source: Bennet (1920), J. R. Stat. Soc. 83, 455-462.
    """
    ds = study_data.run_only(study_data.finished(ds))
    firm = scenario_text.check(ds, "firm", firm)
    factor = study_data.discount_factors(ds)
    effects: dict[str, Any] = {"volume": 0.0, "price": 0.0, "mix": 0.0}
    at_list: Any = 0.0
    for quantity, price in _sales_at_list(ds, firm, baseline):
        parts = _bennet(*(x.sel(arm=a, drop=True) for a in (arm, baseline) for x in (quantity, price)))
        effects = {k: effects[k] + parts[k] for k in effects}
        at_list = at_list + sum(parts.values())
    whole = {k: _moved(ds, k, firm, arm, baseline) for k in ("revenue", "cost", "internal_revenue")}
    costs = whole["cost"]
    own = whole["internal_revenue"].sum("layer")
    routes = effects | {
        "terms": whole["revenue"].sum("layer") - own - at_list,
        "capacity": -costs.sel(layer=["infrastructure"]).sum("layer"),
        "other costs": own - costs.sel(layer=[x for x in costs["layer"].values if x != "infrastructure"]).sum("layer"),
    }
    nothing = xr.zeros_like(whole["revenue"].sum("layer"))
    each = [(nothing + value).fillna(0.0) * factor for value in routes.values()]
    result = xr.concat(
        [e.sum("time") for e in each], pd.Index(list(routes), name="route"), coords="minimal", compat="override"
    )
    ordered: xr.DataArray = result.transpose("replication", "route").assign_attrs(units="USD")
    return ordered


def _moved(ds: xr.Dataset, name: str, firm: str, arm: str, base: str) -> xr.DataArray:
    high, low = study_data.pair(ds, name, arm, base)
    return (high - low).sel(firm=firm, drop=True)


def _sales_at_list(ds: xr.Dataset, firm: str, arm: str) -> list[tuple[xr.DataArray, xr.DataArray]]:
    """(quantity by month, list price) of work units and of compute, over the things sold along ``what``."""
    scenario, found = scenario_text.tree(ds, arm), []
    if {"placement_share", "placed_units", "price"} <= set(ds):
        units = (ds["placement_share"].astype(float).sum("host") * ds["placed_units"]).sum("segment") * question.days(
            ds
        )
        sold = [
            (lab, x)
            for x in map(str, ds["channel"].values)
            for lab in map(str, ds["lab"].values)
            if _seller(scenario, x, lab) == firm
        ]
        if sold:
            found.append(tuple(_stack(v, "lab", "channel", sold) for v in (units, ds["price"].astype(float))))
    if {"lab_compute", "compute_price"} <= set(ds):
        clouds = [c for c in map(str, ds["cloud"].values) if scenario_text.firm_of(scenario, c, "clouds") == firm]
        others = [x for x in map(str, ds["lab"].values) if scenario_text.firm_of(scenario, x, "labs") != firm]
        hosted = ds["lab_compute"].sel(lab=others).sum("lab").rename(host="cloud")
        hours = (hosted + ds["customer_use"] if "customer_use" in ds else hosted) * question.days(ds) * 24.0
        if clouds:
            chosen = [v.sel(cloud=clouds).rename(cloud="what") for v in (hours, ds["compute_price"].astype(float))]
            found.append(tuple(v.assign_coords(what=np.arange(len(clouds))) for v in chosen))
    return found  # type: ignore[return-value]


def _seller(scenario: dict[str, Any], channel: str, lab: str) -> str:
    """The firm that sells: that of the channel, or the lab's own where the channel belongs to nobody."""
    owner = scenario_text.firm_of(scenario, channel, "channels")
    return scenario_text.firm_of(scenario, lab, "labs") if owner == channel else owner


def _stack(values: xr.DataArray, one: str, other: str, pairs: list[tuple[str, str]]) -> xr.DataArray:
    picked = [values.sel({one: a, other: b}, drop=True) for a, b in pairs]
    return xr.concat(picked, pd.Index(range(len(pairs)), name="what"), coords="minimal", compat="override")


def _bennet(q1: xr.DataArray, p1: xr.DataArray, q0: xr.DataArray, p0: xr.DataArray) -> dict[str, xr.DataArray]:
    """The change of sum(q p) as volume, price and mix. A price that is not known where nothing is sold is the other arm's."""
    p1, p0 = p1.fillna(p0).fillna(0.0), p0.fillna(p1).fillna(0.0)
    q1, q0 = q1.fillna(0.0), q0.fillna(0.0)
    many, few = q1.sum("what"), q0.sum("what")
    mean_price = sum(
        ((q * p).sum("what") / n.where(n > 0)).fillna(p.mean("what")) / 2 for q, p, n in ((q1, p1, many), (q0, p0, few))
    )
    volume = (many - few) * mean_price
    price = ((q1 + q0) / 2 * (p1 - p0)).sum("what")
    whole = (q1 * p1).sum("what") - (q0 * p0).sum("what")
    return {"volume": volume, "price": price, "mix": whole - volume - price}


def premium_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    firm: str | None = None,
) -> Answer:
    """Q1: what exclusivity is worth to the firm that holds it: by year, as present value, with what pairing saves, by route.

    Args: ``firm``, default the holder of the exclusivity.
    Returns: Answer with tables ``by year`` (year, or ``present value``; B$ of the year, or on the valuation date) and ``by
        route, present value`` (see :func:`premium_routes`; B$ on the valuation date), with mean, outcome_low, outcome_high, mean_low,
        mean_high, p_negative and variance_ratio, what pairing leaves of the variance of two independent runs.
    Raises: KeyError without ``gross_profit`` and ``npv``, or for an unknown firm; as :func:`asked`.
    Source: MODEL section 11; :func:`rackrate.analysis.difference`.
    Example:
        >>> premium_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    firm = question.holder(q, firm)
    profit = study_data.variable(q.ds, "gross_profit").astype(float).sel(firm=firm).sum("layer", min_count=1)
    yearly = difference(q.ds, question.by_year(q.ds, profit).rename("answer"), q.arm, q.base, level, resamples=0)
    worth = difference(q.ds, "npv", q.arm, q.base, level, resamples=0).sel(firm=firm)
    rows = [{"year": str(int(y)), **_cells(yearly.sel(year=y))} for y in yearly["year"].values]
    rows.append({"year": "present value", **_cells(worth)})
    tables = {"by year": question.table(q, rows, "B$", "difference")}
    if {"revenue", "cost", "internal_revenue"} <= set(q.ds):
        routes = question.spread(q, premium_routes(q.ds, firm, q.arm, q.base))
        parts = [
            {"route": r, "what": ROUTES[r], **_cells(routes.sel(route=r).drop_vars("variance_ratio", errors="ignore"))}
            for r in map(str, routes["route"].values)
        ]
        tables["by route, present value"] = question.table(q, parts, "B$")
    name = q.name(firm, "firms")
    return Answer(
        "premium",
        _sentence(q, name, worth, yearly),
        tables,
        partial(
            figure.yearly_bars, q, f"{name}: worth of {q.head(q.arm)} rather than {q.head(q.base)}", tables["by year"]
        ),
        _notes(q, worth),
    )


def _cells(found: xr.Dataset) -> dict[str, float]:
    scale = {"p_negative": 1.0, "variance_ratio": 1.0}
    return {k: float(found[k]) / scale.get(k, BILLION) if k in found else float("nan") for k in _COLUMNS}


def _sentence(q: Asked, name: str, worth: xr.Dataset, yearly: xr.Dataset) -> str:
    mean, low, high = (float(worth[k]) / BILLION for k in ("mean", "outcome_low", "outcome_high"))
    known_from, known_to = (float(worth[k]) / BILLION for k in ("mean_low", "mean_high"))
    spread = (
        ""
        if question.single(q)
        else f"; {question.all_of(q)} lie from {span(low, high)}, the mean is known to {span(known_from, known_to)}"
    )
    means = yearly["mean"] / BILLION
    first, last = (int(yearly["year"].values[i]) for i in (0, -1))
    course = (
        f"By year it goes from {money(float(means[0]), True)} in {first} to {money(float(means[-1]), True)} in {last}."
    )
    return (
        f"{q.head(q.arm)} rather than {q.head(q.base)} is worth {money(mean, True)} of gross profit to {name} (present value)"
        f"{spread}. {course if last > first else ''}".rstrip()
    )


def _notes(q: Asked, worth: xr.Dataset) -> tuple[str, ...]:
    ratio = float(worth["variance_ratio"])
    paired = (
        (
            f"Pairing leaves {100 * ratio:.2g} % of the variance that two independent runs would have: {1 / ratio:,.0f} times fewer runs.",
        )
        if np.isfinite(ratio) and ratio > 0
        else ()
    )
    short = [
        f"{y}: {n} months were run."
        for y, n in question.months_of_years(q.ds).items()
        if y >= question.FIRST_YEAR and n < 12
    ]
    return (
        "Years are in dollars of the year, all layers of the firm; the present value is that of the whole run, without a terminal value.",
        *paired,
        *short,
    )
