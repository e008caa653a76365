"""How much do enterprise buyers gain from opening, net of what governing more clouds costs them?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, points, scenario_text, study_data
from ..pairing import difference
from ..service import service_table
from ..units import BILLION, money, span
from . import question
from .question import Answer, Asked

READS = (
    "surplus",
    "payment",
    "placement_share",
    "placed_units",
    "price",
    "discount",
    "reliance",
    "leverage",
    "served",
    "unserved",
    "wait",
    "adoption",
    "seats",
    "outlay_consumers",
)
PARTS = ("surplus", "governance and migration", "net")
MOST_CLOUDS = 6  #: that are asked about
_GOVERNED = ("enterprises", "services")  # who pays whom for governance and migration
_KEYS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", "p_negative")


@points.spread
def buyers_gain(ds: xr.Dataset) -> xr.DataArray:
    """Enterprises' discounted surplus, their bill for governance and migration, and what is left.

    The bill is what enterprises pay to services. The recorded surplus is net of it: what is left is recorded, and the
    surplus before the bill is their difference.

    Shape: (arm, replication, part), the bill negative. Units: USD on the valuation date.
    Raises: KeyError without ``surplus``.
    Source: Small and Rosen (1981), Econometrica 49, 105-130.
    """
    ds = study_data.run_only(study_data.finished(ds))
    net = study_data.discounted(ds, "surplus").sum("segment")
    bill = xr.zeros_like(net)
    if "payment" in ds:
        payer, payee = _GOVERNED
        paid = ds["payment"].sel(payer=payer, payee=payee).astype(float)
        bill = -(paid * study_data.discount_factors(ds)).sum("time")
    values = xr.concat([net - bill, bill, net], pd.Index(PARTS, name="part"), coords="minimal", compat="override")
    return values.transpose("arm", "replication", "part").assign_attrs(units="USD")


@points.spread
def spend_at_list(ds: xr.Dataset) -> xr.DataArray:
    """What enterprises' placed work costs at list prices, discounted.

    Shape: (arm, replication, segment). Units: USD on the valuation date.
    Raises: KeyError without ``placement_share``, ``placed_units`` or ``price``.
    """
    ds = study_data.run_only(study_data.finished(ds))
    shares = study_data.variable(ds, "placement_share").astype(float).sum("host")
    units = shares * study_data.variable(ds, "placed_units") * question.days(ds)
    spent = (units * study_data.variable(ds, "price").astype(float).fillna(0.0)).sum(["lab", "channel"])
    total: xr.DataArray = (spent * study_data.discount_factors(ds)).sum("time")
    return total.transpose("arm", "replication", "segment").assign_attrs(units="USD")


def break_even_clouds(gain: Any, first: float, pair: float, most: int = MOST_CLOUDS) -> Any:
    """The number of clouds up to which one more is worth its governance, if each is worth the same share of spending.

    With n clouds governance costs first (n - 1) + pair n (n - 1) / 2 of spending, so the n-th costs first + pair (n - 1).

    Args: ``gain``: worth of one more cloud, share of spending. Returns: 1 to ``most``, elementwise; ``most`` if all pay.
    Source: MODEL 6.3, cost of governance.
    Example:
        >>> break_even_clouds([0.005, 0.03, 0.05], first=0.02, pair=0.01).tolist()
        [1.0, 2.0, 4.0]
    """
    gain = np.asarray(gain, float)
    clouds = np.ones_like(gain)
    for n in range(2, most + 1):
        clouds = np.where((clouds == n - 1) & (gain >= first + pair * (n - 1) - 1e-12), float(n), clouds)
    return np.where(np.isnan(gain), np.nan, clouds)


def leverage_answer(ds: xr.Dataset, arm: str | None = None, baseline: str | None = None, level: float = 0.9) -> Answer:
    """Q9: what enterprise buyers gain when the lab is open to all, net of governance, by segment, and for how many clouds.

    Gains are of opening: the more open arm minus the more exclusive one.

    Returns: Answer with tables ``net`` (surplus, governance and migration, net; B$ on the valuation date), ``by segment``
        (surplus in B$; ``share``, in per cent of spending at list; ``clouds`` up to which one more pays, mean and spread) and
        ``big buyers``, where any bargain (leverage index, per cent: what opening takes off their reliance on their clouds;
        ``discount`` in per cent of all spending at list and ``won``, per cent of what is at stake, in the more open arm and,
        ``_before``, in the other), and ``service`` (discount where it is recorded, prices paid and waits: :func:`service_table`, with its sign turned).
    Raises: KeyError without ``surplus``; as :func:`asked`.
    Source: :func:`buyers_gain`, :func:`break_even_clouds`.
    Example:
        >>> leverage_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    whole = difference(q.ds, buyers_gain(q.ds).rename("answer"), q.base, q.arm, level, resamples=0)
    net = [{"part": p, **_cells(whole.sel(part=p), BILLION)} for p in PARTS]
    tables: dict[str, pd.DataFrame] = {"net": question.table(q, net, "B$", "change")}
    if {"placement_share", "placed_units", "price"} <= set(q.ds):
        tables["by segment"] = _by_segment(q)
    if "reliance" in q.ds and bool(q.ds["reliance"].notnull().any()):
        tables["big buyers"] = _big_buyers(q)
    tables["service"] = _service(q)
    notes = (
        "Net is the recorded surplus: of served work, over the outside option. Surplus is what it would be without the bill.",
        "Share: of the segment's spending at list. Clouds: up to how many one more is worth its governance, if each is worth that share.",
    )
    return Answer("leverage", _sentence(q, tables), tables, partial(figure.buyers_gains, q, tables), notes)


def _cells(found: xr.Dataset, scale: float) -> dict[str, float]:
    return {k: float(found[k]) / (1.0 if k == "p_negative" else scale) for k in _KEYS}


def _by_segment(q: Asked) -> pd.DataFrame:
    value = study_data.discounted(q.ds, "surplus").transpose("arm", "replication", "segment")
    spent = spend_at_list(q.ds)
    gain = value.sel(arm=q.base, drop=True) - value.sel(arm=q.arm, drop=True)
    money_there = spent.sel(arm=q.arm, drop=True)
    share = gain / money_there.where(money_there > 0)
    choice = q.scenario.get("choice", {})
    first, pair = (scenario_text.number(choice.get(k, 0.0)) for k in ("governance_first", "governance_pair"))
    clouds = share.copy(data=break_even_clouds(share.values, first, pair))
    found = {"gain": question.spread(q, gain), "share": question.spread(q, 100.0 * share)}
    found["clouds"] = question.spread(q, clouds, 1.0, MOST_CLOUDS)
    rows = []
    for s in map(str, gain["segment"].values):
        row: dict[str, Any] = {"segment": s, **_cells(found["gain"].sel(segment=s), BILLION)}
        for name in ("share", "clouds"):
            cell = found[name].sel(segment=s)
            row |= {
                f"{name}{k}": float(cell[v])
                for k, v in (("", "mean"), ("_low", "outcome_low"), ("_high", "outcome_high"))
            }
        rows.append(row)
    return question.table(q, rows, "B$", "surplus")


def leverage_index(ds: xr.Dataset, opened: str, closed: str) -> xr.DataArray:
    """What alternatives give big buyers: 1 - reliance where the lab is open / reliance where it is not, of the months' means.

    Reliance is what doing without its cloud would cost an account, per dollar of list that it spends there.

    Shape: (replication, segment); missing where nobody bargains. Units: 1.
    Raises: KeyError without ``reliance``.
    Source: Capps, Dranove and Satterthwaite (2003), RAND J. Econ. 34, 737-763; MODEL 8.4.
    """
    mean = study_data.variable(ds, "reliance").astype(float).mean("time")
    index: xr.DataArray = 1.0 - mean.sel(arm=opened, drop=True) / mean.sel(arm=closed, drop=True)
    return index.transpose("replication", "segment").assign_attrs(units="1")


def _big_buyers(q: Asked) -> pd.DataFrame:
    index = question.spread(q, 100.0 * leverage_index(q.ds, q.base, q.arm))
    means = {
        name: 100.0 * q.ds[variable].astype(float).mean(["time", "replication"])
        for name, variable in (("discount", "discount"), ("won", "leverage"))
        if variable in q.ds
    }
    rows = []
    for s in map(str, index["segment"].values):
        if np.isnan(float(index["mean"].sel(segment=s))):
            continue
        row: dict[str, Any] = {"segment": s, **_cells(index.sel(segment=s), 1.0)}
        for name, value in means.items():
            row |= {
                name: float(value.sel(arm=q.base, segment=s)),
                f"{name}_before": float(value.sel(arm=q.arm, segment=s)),
            }
        rows.append(row)
    return question.table(q, rows, "%", "leverage index")


def _service(q: Asked) -> pd.DataFrame:
    """What service buyers get, and the discount on list where negotiated prices are recorded."""
    table = service_table(q.ds, q.base, q.arm, q.level)
    table = table[~table["measure"].str.contains("surplus|consumer")].reset_index(drop=True)
    if "discount" in q.ds:
        value = q.ds["discount"].astype(float)
        value = value.mean([d for d in value.dims if d not in ("arm", "replication")])
        cell = difference(q.ds, value.rename("answer"), q.base, q.arm, q.level, resamples=0)
        row = {"measure": "discount on list", "unit": "points", "baseline": 100.0 * float(value.sel(arm=q.arm).mean())}
        row |= {k: 100.0 * float(cell[k]) for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")}
        table = pd.concat([pd.DataFrame([row]), table], ignore_index=True)
    table = table.rename(columns={"baseline": "before"})
    return question.table(q, [{str(k): v for k, v in row.items()} for row in table.to_dict("records")], "", "change")


def _sentence(q: Asked, tables: dict[str, pd.DataFrame]) -> str:
    rows: Any = tables["net"].set_index("part")
    net, bill = rows.loc["net"], rows.loc["governance and migration"]
    spread = "" if question.single(q) else f" ({question.all_of(q)}: {span(net.outcome_low, net.outcome_high)})"
    verb = "gain" if net["mean"] >= 0 else "lose"
    words = (
        f"Going from {q.head(q.arm)} to {q.head(q.base)}, enterprises {verb} {money(abs(net['mean']))} net{spread}: "
        f"{money(rows.loc['surplus', 'mean'], True)} of surplus, and governing and moving cost them {money(abs(bill['mean']))} "
        f"{'more' if bill['mean'] < 0 else 'less'}."
    )
    if "by segment" not in tables:
        return words
    by: Any = tables["by segment"].set_index("segment")
    most = by["share"].idxmax()
    return words + (
        f" Most by spending: {q.name(str(most), 'segments')}, {by.loc[most, 'share']:.1f} % of it, which pays for "
        f"{by.loc[most, 'clouds']:.1f} clouds; over segments {by['clouds'].min():.1f} to {by['clouds'].max():.1f}."
    )
