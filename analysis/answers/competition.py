"""Does opening lower or raise concentration? Retail and infrastructure apart, adjusted for stakes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, points, service, study_data
from ..cross_stakes import mhhi_delta, yearly_stakes
from ..pairing import difference
from ..table_views import each
from ..units import BILLION, money, signed, span
from . import question
from .question import Answer, Asked

#: Which layers each market is made of: who sells AI to its users, and who sells the compute that it runs on.
MARKETS = {"retail": ("application", "model"), "infrastructure": ("infrastructure",)}
READS = (
    "market_share",
    "revenue",
    "internal_revenue",
    "clause_payment",
    "clause_shortfall",
    "clause_credit_used",
    "clause_rate",
    "surplus",
)
_STILL = 1.0  # HHI points: less is no change


@points.spread
def market_concentration(ds: xr.Dataset, control: str = "silent", first: int = question.FIRST_YEAR) -> xr.Dataset:
    """Concentration of the retail and the infrastructure market by calendar year, with and without stakes.

    Shares are of a year's sales, without revenue shares and take-or-pay shortfalls (:func:`market_sales`); a market is the
    sum of its layers (MARKETS).

    Args: ``control`` as in :func:`mhhi_delta`; ``first`` year.
    Shape: Dataset with ``hhi``, ``mhhi`` and ``mhhi_delta`` over (market, arm, replication, year).
    Units: HHI points, 0 to 10,000; stakes with a say can take ``mhhi`` beyond.
    Raises: KeyError without ``market_share`` or ``revenue``; ValueError as :func:`mhhi_delta`.
    Source: HHI = sum of (100 s)^2; MHHI of O'Brien and Salop (2000), see :func:`mhhi_delta`.
    Example:
        >>> market_concentration(st)["mhhi_delta"].sel(market="retail").mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    sales = question.by_year(ds, service.market_sales(ds).fillna(0.0), first)
    owned = yearly_stakes(ds).sel(year=sales["year"]).transpose("arm", "replication", "year", "owner", "firm").values
    parts = []
    for layers in MARKETS.values():
        there = [x for x in layers if x in sales["layer"].values]
        sold = sales.sel(layer=there).sum("layer").transpose("arm", "replication", "year", "firm")
        total = sold.sum("firm")
        shares = sold / total.where(total > 0)
        plain = 1e4 * (shares**2).sum("firm", skipna=False)
        added = plain.copy(data=np.where(total > 0, mhhi_delta(shares.values, owned, control), np.nan))
        parts.append(xr.Dataset({"hhi": plain, "mhhi": plain + added, "mhhi_delta": added}))
    result = xr.concat(parts, pd.Index(list(MARKETS), name="market"))
    result.attrs = {"units": "HHI points", "control": control}
    return result.transpose("market", "arm", "replication", "year")


def divergence(moved: xr.DataArray) -> xr.DataArray:
    """Whether retail and infrastructure concentration move in opposite directions: 1, else 0.

    Args: ``moved``: the changes of both, HHI points, with the dimension ``market``. A change of less than a point is none.
    """
    one, other = (moved.sel(market=m, drop=True) for m in MARKETS)
    apart = (one * other < 0) & (abs(one) >= _STILL) & (abs(other) >= _STILL)
    return apart.where(one.notnull() & other.notnull()).astype(float)


def concentration_answer(
    ds: xr.Dataset, arm: str | None = None, baseline: str | None = None, level: float = 0.9, control: str = "silent"
) -> Answer:
    """Q10: retail and infrastructure concentration in both worlds, their change, and the probability that they diverge.

    Changes are those of opening: the more open arm minus the more exclusive one. The probability is the share of outcomes in
    which the mean of the years moves up in one market and down in the other, by a point at least.

    Returns: Answer with tables ``by year`` and ``mean of the years``: market, measure (hhi, mhhi, mhhi_delta), one column an
        arm, and the change with its intervals, in HHI points. Raises: as :func:`market_concentration` and :func:`asked`.
    Source: :func:`market_concentration`; consumer surplus of Small and Rosen (1981) as recorded.
    Example:
        >>> concentration_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    found = market_concentration(q.ds, control)
    mean = found.mean("year", skipna=False)
    moved = mean["mhhi"].sel(arm=q.base, drop=True) - mean["mhhi"].sel(arm=q.arm, drop=True)
    apart = question.spread(q, divergence(moved), 0.0, 1.0)
    tables = {
        "mean of the years": _table(q, mean),
        "by year": _table(q, found),
    }
    years = [int(y) for y in found["year"].values]
    words = _sentence(q, tables["mean of the years"], apart, years) + _surplus(q)
    notes = [
        "Stakes: "
        + ("they give profit and no say" if control == "silent" else "they give a say in proportion")
        + "; MHHI delta is what they add to the index.",
        "Retail: AI sold to its users (application and model layers). Infrastructure: compute sold. Own use is in neither.",
    ]
    short = {y: n for y, n in question.months_of_years(q.ds).items() if y in years and n < 12}
    notes += [f"{y}: {n} months were run." for y, n in short.items()]
    return Answer("concentration", words, tables, partial(figure.concentration_paths, q, found), tuple(notes))


def _table(q: Asked, found: xr.Dataset) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    years = found["year"].values if "year" in found.dims else [None]
    for market in map(str, found["market"].values):
        for measure in ("hhi", "mhhi", "mhhi_delta"):
            values = found[measure].sel(market=market)
            change = difference(q.ds, values.rename("answer"), q.base, q.arm, q.level, resamples=0)
            for year in years:
                at = {} if year is None else {"year": year}
                one, cell = values.sel(at), change.sel(at)
                rows.append(
                    {"market": market, "measure": measure}
                    | ({} if year is None else {"year": int(year)})
                    | {a: float(one.sel(arm=a).mean("replication")) for a in (q.arm, q.base)}
                    | {
                        k: float(cell[k])
                        for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", "p_negative")
                    }
                )
    return question.table(q, rows, "HHI points", "change")


def _sentence(q: Asked, table: pd.DataFrame, apart: xr.Dataset, years: list[int]) -> str:
    parts = []
    for r in each(table[table["measure"] == "mhhi"]):
        settled = r.mean_low > 0 or r.mean_high < 0
        verb = ("raises" if r.mean > 0 else "lowers") if settled else "does not measurably move"
        parts.append(
            f"{verb} {r.market} concentration ({signed(r.mean)} points"
            + (
                ""
                if question.single(q)
                else f", {question.all_of(q)} from {signed(r.outcome_low)} to {signed(r.outcome_high)}"
            )
            + ")"
        )
    span_of_years = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
    chance = float(apart["mean"])
    known = "" if question.single(q) else f" ({float(apart['mean_low']):.0%} to {float(apart['mean_high']):.0%})"
    return (
        f"Going from {q.head(q.arm)} to {q.head(q.base)} {' and '.join(parts)}, mean of {span_of_years}, adjusted for stakes. "
        f"The two diverge with probability {chance:.0%}{known}."
    )


def _surplus(q: Asked) -> str:
    if "surplus" not in q.ds:
        return ""
    gain = study_data.discounted(q.ds, "surplus").sum("segment").rename("answer")
    cell = difference(q.ds, gain, q.base, q.arm, q.level, resamples=0) / BILLION
    spread = (
        ""
        if question.single(q)
        else f", {question.all_of(q)} from {span(float(cell['outcome_low']), float(cell['outcome_high']))}"
    )
    return f" Enterprises’ surplus changes by {money(float(cell['mean']), True)}{spread}."
