"""The exclusivity premium: exclusive minus open, per firm and layer, with what moved it."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from . import points, questions, scenario_text, study_data
from .pairing import difference, paired
from .table_views import Premiums, at_level
from .units import BILLION


def premium(
    ds: xr.Dataset,
    exclusive: str | None = None,
    open: str | None = None,
    metric: str = "npv",
    level: float = 0.9,
    resamples: int = 2000,
    seed: int = 0,
) -> xr.Dataset:
    """The exclusivity premium per firm: always the exclusive arm minus the open one.

    Shape: Dataset over ``firm`` with the variables of :func:`difference`; dollars on the valuation date. Of studies side by
        side along a further dimension (``point`` of a sweep) that dimension comes first.
    Args: ``metric`` is ``npv`` (capital as depreciation) or ``npv_cash`` (capital when paid).
    Raises: ValueError if the arms are not named and no arm differs from the baseline by exclusivity alone, or if studies
        side by side do not have the same two arms for it.
    Source: MODEL section 11, EP = E[NPV(exclusive) - NPV(open)] over paired futures.
    Example:
        >>> premium(st)["mean"].sel(firm="microsoft").item()  # doctest: +SKIP
    """
    if exclusive is None or open is None:
        contrast = questions.find_in_all(ds, "exclusivity", exclusive=exclusive, open=open)
        exclusive = exclusive or contrast.treatment
        open = open or (contrast.control if exclusive != contrast.control else contrast.treatment)
    return difference(ds, metric, exclusive, open, level=level, resamples=resamples, seed=seed)


def break_even_year(difference_by_month: Any, time: Any) -> int | None:
    """The first calendar year from which the running total keeps the sign it ends with.

    The running total is that of the discounted mean difference. The year is that of the first month from
    whose end to the last month it never again touches zero or changes sign; None if the total ends at zero.
    Months that were not simulated (NaN) are left out.

    Shape: both arguments (time). Units: any; the answer is a year.
    Example:
        >>> break_even_year([-2.0, 1.0, 3.0], np.array(["2026-11", "2026-12", "2027-01"], "datetime64[M]"))
        2027
    """
    flow = np.asarray(difference_by_month, float)
    known = np.isfinite(flow)
    flow, time = flow[known], np.asarray(time)[known]
    total = np.cumsum(flow)
    if len(total) == 0 or abs(total[-1]) <= 1e-9 * max(np.abs(flow).sum(), 1e-300):
        return None
    wrong = np.flatnonzero(np.sign(total) != np.sign(total[-1]))
    first = int(wrong[-1]) + 1 if len(wrong) else 0
    return int(np.datetime64(time[first], "Y").astype(int) + 1970)


@points.tabled
def premium_table(
    ds: xr.Dataset, level: float = 0.9, layers: bool = True, resamples: int = 2000, **arms: str | None
) -> Premiums:
    """Everything the study says about money, one row per question, firm and layer.

    Groups: ``exclusivity`` (exclusivity alone), ``package`` (the whole older contract), ``transfer`` (what
    revenue shares and shortfalls of the money clauses move between the two) and ``rest`` (terms minus
    transfer). For a study with all three arms, package = exclusivity + transfer + rest, row by row in the
    mean. Suppliers, services, enterprises and consumers have no rows: what they pay and receive is in
    :func:`who_pays`.

    Returns: a pandas DataFrame (it prints one block a question) with columns group, question, firm, layer, mean,
        outcome_low, outcome_high, mean_low, mean_high, bca_low, bca_high, p_negative, break_even (a year, missing
        if there is none), variance_ratio (what pairing leaves of the variance that the difference of two
        independent futures would have: 0 is a perfect pairing, 1 none; missing for parts of a difference), pairs; of a
        study that draws its parameters also future_low, future_high, parameter_low, parameter_high and points, and the
        outcomes are those of futures and parameters together. Money in B$ on the valuation date; ``layer`` is ``all`` for the firm's own NPV, else
        a layer's discounted gross profit. With one replication the Monte Carlo error is missing: one future has none.
    Raises: KeyError without ``npv``; ValueError without a second arm, or for arms that cannot be compared.
    Example:
        >>> premium_table(st).query("group == 'exclusivity' and layer == 'all'")  # doctest: +SKIP
    """
    ds = study_data.principal(ds)
    found = questions.contrasts(ds, **arms)
    rows: list[dict[str, Any]] = []
    if not found:
        raise ValueError(
            "the study has one arm; a premium is a difference between two. Use rackrate compare A B, or report and by_period for one arm"
        )
    for contrast in found:
        if contrast.key == "terms":
            rows += _terms_rows(ds, contrast, level, resamples)
        else:
            rows += _firm_rows(ds, contrast, level, resamples)
            if layers and "gross_profit" in ds:
                rows += _layer_rows(ds, contrast, level, resamples)
    return at_level(Premiums(rows), level, study_data.points_of(ds) is not None)


def _row(
    contrast: questions.Contrast,
    group: str,
    firm: str,
    layer: str,
    statistics: Any,
    pairs: int,
    break_even: int | None = None,
    two_arms: bool = True,
) -> dict[str, Any]:
    money = {k: float(statistics[k]) / BILLION for k in _MONEY + (_PARTS if "parameter_low" in statistics else ())}
    points = (
        {"points": statistics.attrs["points"]} if hasattr(statistics, "attrs") and "points" in statistics.attrs else {}
    )
    return {
        "group": group,
        "question": contrast.title,
        "firm": firm,
        "layer": layer,
        **money,
        "p_negative": float(statistics["p_negative"]),
        "break_even": np.nan if break_even is None else float(break_even),
        "variance_ratio": float(statistics["variance_ratio"]) if two_arms else np.nan,
        "pairs": pairs,
        **points,
    }


_MONEY = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", "bca_low", "bca_high")
_PARTS = ("future_low", "future_high", "parameter_low", "parameter_high")


def _monthly_mean(ds: xr.Dataset, contrast: questions.Contrast, dims: Any) -> xr.DataArray | None:
    """Discounted mean difference of gross profit by month, summed over ``dims``; None if it was not
    recorded."""
    if "gross_profit" not in ds:
        return None
    high, low = study_data.pair(ds, "gross_profit", contrast.treatment, contrast.control)
    return ((high - low).mean("replication") * study_data.discount_factors(ds)).sum(dims)


def _firm_rows(ds: xr.Dataset, contrast: questions.Contrast, level: float, resamples: int) -> list[dict[str, Any]]:
    result = difference(ds, "npv", contrast.treatment, contrast.control, level, resamples)
    monthly = _monthly_mean(ds, contrast, "layer")
    rows = []
    for firm in study_data.firms(ds):
        year = None if monthly is None else break_even_year(monthly.sel(firm=firm), ds["time"].values)
        rows.append(_row(contrast, contrast.key, firm, "all", result.sel(firm=firm), result.attrs["pairs"], year))
    return rows


def _layer_rows(ds: xr.Dataset, contrast: questions.Contrast, level: float, resamples: int) -> list[dict[str, Any]]:
    value = study_data.discounted(ds, "gross_profit").rename("gross_profit")
    result = difference(ds, value, contrast.treatment, contrast.control, level, resamples)
    monthly = _monthly_mean(ds, contrast, [])
    rows: list[dict[str, Any]] = []
    for firm in study_data.firms(ds):
        for layer in map(str, result["layer"].values):
            cell = result.sel(firm=firm, layer=layer)
            if any(float(cell[k]) != 0.0 for k in ("mean", "outcome_low", "outcome_high")):
                year = (
                    None if monthly is None else break_even_year(monthly.sel(firm=firm, layer=layer), ds["time"].values)
                )
                rows.append(_row(contrast, contrast.key, firm, layer, cell, result.attrs["pairs"], year))
    return rows


@points.spread
def clause_transfers(ds: xr.Dataset, arm: str) -> xr.DataArray:
    """What the money clauses of one arm move, as each firm's net receipt.

    Only clauses that move money without moving goods count (revenue shares, take-or-pay shortfalls); a
    hosting or resale clause is the price of something delivered.

    Shape: (replication, firm). Units: dollars on the valuation date; receipts positive. Sums to 0 over all
        parties.
    Raises: KeyError if the study recorded no ``clause_payment``, or one that the scenario cannot explain.
    """
    study_data.check_arm(ds, arm)
    data = study_data.discounted(study_data.finished(ds), "clause_payment").sel(arm=arm, drop=True)
    scenario = scenario_text.tree(ds, arm)
    firms = [str(f) for f in ds["firm"].values]
    net = xr.zeros_like(data.isel(clause=0, drop=True)).expand_dims(firm=firms).transpose("replication", "firm").copy()
    for label in map(str, data["clause"].values):
        amount, clause = data.sel(clause=label).values, scenario_text.money_clause(scenario, label)
        if clause is None:
            if np.any(amount != 0.0):  # silence here would read as "no transfer"
                raise KeyError(f"money moved by the clause {label}, which the scenario of {arm!r} does not have")
            continue
        kind, payer, payee = clause
        if kind in scenario_text.TRANSFER_KINDS:
            for firm, sign in ((payer, -1.0), (payee, 1.0)):
                if firm in firms:
                    net[:, firms.index(firm)] += sign * amount
    return net


def _terms_rows(ds: xr.Dataset, contrast: questions.Contrast, level: float, resamples: int) -> list[dict[str, Any]]:
    """The terms other than exclusivity: the transfer by money clauses, and the rest of what they did."""
    high, low = study_data.pair(ds, "npv", contrast.treatment, contrast.control)
    whole, firms = (high - low).values, [str(f) for f in high["firm"].values]
    parts = [("rest", whole)]
    if "clause_payment" in ds and scenario_text.tree(ds, contrast.treatment):
        moved = clause_transfers(ds, contrast.treatment) - clause_transfers(ds, contrast.control)
        parts = [("transfer", moved.values), ("rest", whole - moved.values)]
    rows = []
    for group, values in parts:
        result = paired(values, np.zeros_like(values), level, resamples, point=study_data.points_of(high))
        rows += [
            _row(contrast, group, firm, "all", {k: v[i] for k, v in result.items()}, values.shape[0], two_arms=False)
            for i, firm in enumerate(firms)
            if firm not in study_data.OUTSIDE
        ]
    return rows
