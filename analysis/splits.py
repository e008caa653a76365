"""How a lab splits its compute over hosts, what its share of each adds in routing, and the split that this alone would make."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .pairing import check_level
from .table_views import Table, at_level
from .years import hours as hours_of
from .years import yearly

STEPS = 4  #: of the price of a supplier, the first at its price
_ORDER = ("arm", "replication", "lab", "year", "host")


def water_filled(
    load: Any, prices: Any, capacities: Any, owned: Any, free: float, premium: float, power: float
) -> np.ndarray:
    """The cheapest split of one customer's load over suppliers whose price rises with the share that it takes of each.

    A supplier sells the first ``free`` of its capacity at its price P and the rest in three equal steps at
    ``P + P premium (s - free)^power``, s the middle of the step; one that the customer owns sells everything at P. Steps fill
    like vessels, the cheapest first; at equal prices those of the supplier that stands first. What does not fit is left out.

    Shape: ``load`` (...), ``prices`` and ``capacities`` (..., host), ``owned`` (host); the result (..., host). A supplier
        without a price takes nothing. Units: any unit of capacity.
    Source: MODEL 9.1b; it is the optimum since steps rise (Ahuja, Magnanti and Orlin 1993, ch. 14: a convex cost as
        parallel arcs).
    Example:
        >>> water_filled(700, [1.0, 1.1], [1000, 500], [False, False], 0.3, 1.0, 1.0).round(1).tolist()
        [533.3, 166.7]
    """
    price = np.asarray(prices, float)
    open_to = np.isfinite(price)
    price = np.where(open_to, price, 0.0)
    size = np.where(open_to, np.nan_to_num(np.asarray(capacities, float)), 0.0)
    upto = free + (1.0 - free) * np.arange(STEPS) / (STEPS - 1)
    middle = (upto[1:] + upto[:-1]) / 2 - free
    own = np.asarray(owned, bool)
    parts = np.where(own[:, None], np.eye(STEPS)[0], np.diff(upto, prepend=0.0))  # [host, step]
    dearer = np.where(own[:, None], 0.0, premium * np.concatenate([[0.0], middle**power]))
    steps = (*price.shape[:-1], -1)
    cost = (price[..., None] * (1.0 + dearer)).reshape(steps)
    width = (size[..., None] * parts).reshape(steps)
    order = np.argsort(cost, axis=-1, kind="stable")
    filled_before = np.cumsum(sorted_width := np.take_along_axis(width, order, -1), -1) - sorted_width
    poured = np.clip(np.asarray(load, float)[..., None] - filled_before, 0.0, sorted_width)
    taken = np.empty_like(poured)
    np.put_along_axis(taken, order, poured, -1)
    whole: np.ndarray = taken.reshape((*price.shape, STEPS)).sum(-1)
    return whole


@points.spread
def splits(ds: xr.Dataset) -> xr.Dataset:
    """Each lab's compute by host and calendar year, what the hosts' prices and its shares of them count in routing, and the
    split that these alone would make.

    ``optimal`` fills the steps (:func:`water_filled`) month by month with what the lab ran, at the prices of routing, as if
    nobody else ran anywhere: hosts that some of its work may use, with what is powered there. So ``apart``, the share of the
    compute that would have to move, is what ramps, commitments, reservations, kinds of chip, other customers and contracts that
    let only some of its work in hold together.

    Shape: Dataset over (arm, replication, lab, year, host), ``apart`` without host: ``compute`` (mean H100e), ``share`` (of the
        lab's), ``surcharge`` and ``dearest`` (mean over all H100e-hours there, and of the dearest steps in use; USD per H100e-hour,
        paid by nobody; missing where nothing ran), ``price`` (of routing, missing where nothing may run), ``optimal`` (share).
        ``optimal`` and ``apart`` are missing where a lab ran nothing, and in a study that draws ``hosting.spread_*``: it does not
        say what was drawn.
    Raises: KeyError for a study without ``hosting_surcharge``.
    Example:
        >>> splits(st)["surcharge"].sel(lab="openai", host="azure").mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    compute = study_data.variable(ds, "lab_compute").astype(float)
    price = study_data.variable(ds, "routing_price").astype(float)
    hours = hours_of(ds)
    used = compute * hours
    found = {
        "compute": yearly(used) / yearly(hours),
        "share": _of_all(yearly(used)),
        "surcharge": _mean(study_data.variable(ds, "hosting_surcharge"), used),
        "dearest": _mean(study_data.variable(ds, "surcharge_dearest"), used),
        "price": _mean(price, hours),
        "optimal": _of_all(yearly(_optimal(ds, compute, price) * hours)),
    }
    out = xr.Dataset({name: values.transpose(*_ORDER) for name, values in found.items()})
    out["apart"] = 0.5 * abs(out["share"] - out["optimal"]).sum("host", skipna=False)
    for name in ("surcharge", "dearest", "price"):
        out[name].attrs = {"units": "USD/(H100e h)"}
    return out


def _of_all(values: xr.DataArray) -> xr.DataArray:
    total = values.sum("host")
    return values / total.where(total > 0)


def _mean(values: xr.DataArray, weight: xr.DataArray) -> xr.DataArray:
    """The weighted mean of each year over the months that have a value."""
    known = values.astype(float).notnull()
    total = yearly(weight * known)
    return yearly((values.astype(float) * weight).where(known, 0.0)) / total.where(total > 0)


def _optimal(ds: xr.Dataset, compute: xr.DataArray, price: xr.DataArray) -> xr.DataArray:
    """What each host would get of each lab's compute, month by month, H100e."""
    order = ("replication", "time", "host")
    powered = study_data.variable(ds, "powered").astype(float).sum("region").rename(cloud="host")
    powered = powered.sel(host=compute["host"].values)
    arms = []
    for arm in study_data.arms(ds):
        steps = _steps(ds, arm)
        scenario = scenario_text.tree(ds, arm)
        owner = [scenario_text.firm_of(scenario, h, "clouds") for h in map(str, ds["host"].values)]
        labs = []
        for lab in map(str, ds["lab"].values):
            ran = compute.sel(arm=arm, lab=lab, drop=True).transpose(*order)
            if steps is None:
                labs.append(xr.full_like(ran, np.nan))
                continue
            firm = scenario_text.firm_of(scenario, lab, "labs")
            split = water_filled(
                ran.sum("host").values,
                price.sel(arm=arm, lab=lab).transpose(*order).values,
                powered.sel(arm=arm).transpose(*order).values,
                [o == firm for o in owner],
                *steps,
            )
            labs.append(ran.copy(data=split))
        arms.append(xr.concat(labs, pd.Index(ds["lab"].values, name="lab")))
    return xr.concat(arms, pd.Index(study_data.arms(ds), name="arm"))


def _steps(ds: xr.Dataset, arm: str) -> tuple[float, float, float] | None:
    """``hosting.spread_free``, ``_premium`` and ``_power`` of an arm; None where the study draws one."""
    drawn = json.loads(str(ds.attrs.get("sweep", "{}"))).get("factors", [])
    if study_data.points_of(ds) is not None and any(f["name"].startswith("hosting.spread_") for f in drawn):
        return None
    said = scenario_text.tree(ds, arm).get("hosting", {})
    return (
        scenario_text.number(said.get("spread_free", 0.3)),
        scenario_text.number(said.get("spread_premium", 0.0)),
        scenario_text.number(said.get("spread_power", 2.0)),
    )


@points.tabled
def split_table(ds: xr.Dataset, lab: str | None = None, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """:func:`splits` of one arm as a table: means over futures, and what holds ``level`` of them.

    Args: ``lab``, default all; ``arm``, default the baseline.
    Returns: DataFrame with lab, year, host, compute (H100e), share, share_low, share_high, optimal, surcharge, surcharge_low,
        surcharge_high, dearest, price (USD per H100e-hour) and apart (of the lab in that year, the same for all hosts). Hosts
        where nothing runs and nothing would are left out.
    Raises: KeyError for an unknown lab or arm; ValueError for a level outside (0, 1); as :func:`splits`.
    Example:
        >>> split_table(st, "openai").query("year == 2026")  # doctest: +SKIP
    """
    check_level(level)
    labs = [str(x) for x in ds["lab"].values] if lab is None else [study_data.check(ds, "lab", lab)]
    found = splits(ds).sel(arm=study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm))
    mean = found.mean("replication")
    rows: list[dict[str, Any]] = []
    for name in labs:
        for year in found["year"].values:
            for host in map(str, found["host"].values):
                at = {"lab": name, "year": year, "host": host}
                one = mean.sel(at)
                if not (float(one["compute"]) > 0 or float(one["optimal"]) > 0):
                    continue
                row = {"lab": name, "year": int(year), "host": host, "compute": float(one["compute"])}
                row |= _with_ends(found["share"].sel(at), level) | {"optimal": float(one["optimal"])}
                row |= _with_ends(found["surcharge"].sel(at), level)
                rows.append(row | {k: float(one[k]) for k in ("dearest", "price", "apart")})
    return at_level(Table(rows, columns=_COLUMNS), level)


def _with_ends(sample: xr.DataArray, level: float) -> dict[str, float]:
    """Mean and interval over the futures in which there is a value."""
    there = sample.values[np.isfinite(sample.values)]
    low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2]) if there.size else (np.nan, np.nan)
    name = str(sample.name)
    return {name: float(there.mean()) if there.size else np.nan, f"{name}_low": low, f"{name}_high": high}


_COLUMNS = [
    "lab", "year", "host", "compute", "share", "share_low", "share_high", "optimal", "surcharge", "surcharge_low",
    "surcharge_high", "dearest", "price", "apart",
]  # fmt: skip
