"""The value of each clause: Shapley values over the groups of clauses in which two arms differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from . import attribution_game as game
from . import points, study_data
from .comparability import comparable
from .pairing import check_level, paired

LEDGER_UNITS = 10_000  # the ledger counts in 1e-4 dollars
_MEANING = {
    "value": "mean Shapley value of the group",
    "lo": "outcome spread: lower quantile of the value over futures",
    "hi": "outcome spread: upper quantile of the value over futures",
    "mc_lo": "Monte Carlo error: lower end of the interval of the mean",
    "mc_hi": "Monte Carlo error: upper end of the interval of the mean",
    "alone": "mean effect of the group alone, on top of the baseline",
    "last": "mean effect of the group on top of all others",
    "by_replication": "Shapley value of the group in each future",
    "interaction": "mean Shapley interaction index of two groups",
    "interaction_mc_lo": "Monte Carlo error of the interaction: lower end",
    "interaction_mc_hi": "Monte Carlo error of the interaction: upper end",
    "premium": "alternative minus baseline in each future",
    "residual": "values over all groups less the premium, in each future, before any rounding",
}


def design(ds: xr.Dataset) -> dict[str, Any]:
    """How the arms of a study were designed: a dict; empty for a plain comparison.

    The key ``kind`` is ``attribution`` or ``decomposition``. An attribution has ``base``, ``alternative``, ``exact``,
    ``groups`` (name, title, paths), ``coalitions`` (number, arm) and ``orders``; a decomposition ``base`` and
    ``steps`` (the arms between the base and each alternative).
    """
    return study_data.design(ds)


@points.spread
def attribution(
    ds: xr.Dataset, metric: str | xr.DataArray = "gross_profit", firm: str | None = None, level: float = 0.9
) -> xr.Dataset:
    """What each group of clauses is worth: per-replication Shapley values that add up to the premium.

    A value is what switching the group's clauses from the baseline to the alternative adds, averaged over
    all orders in which the groups can be switched. In each future the values add up to the premium
    (alternative minus baseline) exactly: the arithmetic is in whole 1e-4 dollars and fractions of n!, and
    each result is rounded once.

    Args: ``ds`` from :func:`rackrate.attribution`; ``metric`` names a dollar variable (monthly ones are
        summed over layers and months, undiscounted; ``npv`` and ``npv_cash`` are discounted) or is a
        DataArray with dims (arm, replication, ...), for instance a market share at the end; ``firm`` picks
        one firm, else all.
    Shape: ``value, lo, hi, mc_lo, mc_hi, alone, last`` over (group, ...), ``interaction`` over (group,
        other, ...), ``by_replication`` over (replication, group, ...), ``premium`` and ``residual`` over
        (replication, ...). Units: the metric's.
    Returns: xarray.Dataset; ``lo, hi`` are the outcome spread over futures, ``mc_lo, mc_hi`` the Monte Carlo
        error of the mean (paired t; for a sampled design two-way over futures and orders). ``alone``, ``last``
        and ``interaction`` need the exact design and are left out of a sampled one.
    Raises: ValueError if the study is no attribution, for a level outside (0, 1) or a rate that cannot be
        summed over months; KeyError for an unknown metric or firm.
    Source: Shapley (1953); sampling of orders: Castro, Gomez and Tejada (2009), Comput. Oper. Res. 36.
    Example:
        >>> an.attribution(st, "npv", firm="microsoft")["value"]  # doctest: +SKIP
    """
    check_level(level)
    plan = design(ds)
    if plan.get("kind") != "attribution":
        raise ValueError("the study has no design of an attribution; make it with rackrate.attribution")
    ds = study_data.standard(ds)
    comparable(ds, [a for a in (plan["base"], plan["alternative"]) if a in study_data.arms(ds)])
    worth, divisor, dims, coords, units = worths(study_data.finished(ds), metric, firm)
    groups = plan["groups"]
    names, n = [g["name"] for g in groups], len(groups)
    table = {mask: worth[arm] for mask, arm in _arm_of(plan, study_data.arms(ds)).items()}
    premium = table[2**n - 1] - table[0]
    out, inner = xr.Dataset(coords={**coords, "group": names}), dims[1:]
    if plan["exact"]:
        full = np.stack([table[mask] for mask in range(2**n)])
        values, parts = game.shapley(full, n), game.denominator(n)
        orders = None
    else:
        per_order = np.stack([np.stack(game.along(order, table)) for order in plan["orders"]])
        values, parts = per_order.sum(0), len(plan["orders"])
        orders = game.as_float(per_order, divisor)  # (order, group, replication, ...)
    residual = values.sum(0) - parts * premium
    each = np.moveaxis(game.as_float(values, divisor * parts), 0, 1)  # (replication, group, ...)
    out["by_replication"] = (dims[0], "group", *inner), each
    out["value"], out["lo"], out["hi"], out["mc_lo"], out["mc_hi"] = (
        (("group", *inner), v) for v in _spread(each, orders, level)
    )
    if plan["exact"]:
        _exact_only(out, full, n, divisor, inner, names, level)
    out["premium"] = dims, game.as_float(premium, divisor)
    out["residual"] = dims, game.as_float(residual, divisor * parts)
    for key in out.data_vars:
        out[key].attrs = {"long_name": _MEANING[str(key)], "units": units}
    out = out.assign_coords(title=("group", [g["title"] for g in groups]))
    out.attrs = {
        "metric": metric if isinstance(metric, str) else (metric.name or "metric"),
        "baseline": plan["base"],
        "arm": plan["alternative"],
        "level": level,
        "pairs": int(each.shape[0]),
        "orders": 0 if plan["exact"] else len(plan["orders"]),
    }
    return out


def _exact_only(
    out: xr.Dataset, full: np.ndarray, n: int, divisor: int, inner: Any, names: list[str], level: float
) -> None:
    everyone = 2**n - 1
    alone = np.stack([full[1 << g] - full[0] for g in range(n)])
    last = np.stack([full[everyone] - full[everyone ^ (1 << g)] for g in range(n)])
    out["alone"] = ("group", *inner), game.as_float(alone, divisor).mean(1)
    out["last"] = ("group", *inner), game.as_float(last, divisor).mean(1)
    if n < 2:
        return
    pairs = game.as_float(game.interaction(full, n), divisor * game.denominator(n - 1))
    mean, _, _, low, high = _spread(np.moveaxis(pairs, 2, 0), None, level)
    for key, data in (("interaction", mean), ("interaction_mc_lo", low), ("interaction_mc_hi", high)):
        out[key] = ("group", "other", *inner), data
    out.coords["other"] = names


def _spread(each: np.ndarray, orders: np.ndarray | None, level: float) -> tuple[np.ndarray, ...]:
    """(mean, outcome low, high, Monte Carlo low, high) over the first axis."""
    summary = paired(each, np.zeros_like(each), level=level, resamples=0)
    low, high = summary["mean_low"], summary["mean_high"]
    if orders is not None:
        low, high = _two_way(orders, summary["mean"], level)
    return summary["mean"], summary["outcome_low"], summary["outcome_high"], low, high


def _two_way(orders: np.ndarray, mean: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a mean over futures x orders, both drawn. An order and its reverse are one draw.

    The variance is that of the futures' means plus that of the orders' means less that of the cells, each
    over its number (Cameron, Gelbach and Miller 2011, J. Bus. Econ. Stat. 29, 238-249); the t quantile is of
    the smaller number less one.
    """
    pairs = orders.reshape(orders.shape[0] // 2, 2, *orders.shape[1:]).mean(1)
    cells = np.moveaxis(pairs, 2, 1)  # (draw of orders, replication, group, ...)
    m, r = cells.shape[:2]
    if m < 2 or r < 2:
        return np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    centred = cells - mean
    by_future, by_order = centred.mean(0), centred.mean(1)
    each = (centred**2).mean((0, 1)) / (m * r - 1)
    variance = by_future.var(0, ddof=0) / (r - 1) + by_order.var(0, ddof=0) / (m - 1) - each
    floor = np.maximum(by_future.var(0) / (r - 1), by_order.var(0) / (m - 1))
    half = stats.t.ppf((1 + level) / 2, min(m, r) - 1) * np.sqrt(np.maximum(variance, floor))
    return mean - half, mean + half


def _arm_of(plan: dict[str, Any], arms: list[str]) -> dict[int, int]:
    lost = [arm for _, arm in plan["coalitions"] if arm not in arms]
    if lost:
        raise ValueError(
            f"the study lacks {len(lost)} of its {len(plan['coalitions'])} sub-arms, such as {lost[0]!r}; an attribution needs all"
        )
    return {int(mask): arms.index(arm) for mask, arm in plan["coalitions"]}


def worths(
    ds: xr.Dataset, metric: str | xr.DataArray, firm: str | None
) -> tuple[Any, int, tuple[str, ...], dict[str, Any], str]:
    """The metric of every arm and future as exact integers.

    Returns: (object array (arm, replication, ...), divisor, dims without arm, coords, units): the metric is
        integer / divisor.
    """
    data = study_data.variable(ds, metric) if isinstance(metric, str) else metric
    if firm is not None:
        study_data.member(data["firm"].values if "firm" in data.dims else [], firm, "firm", "the metric has no")
        data = data.sel(firm=firm, drop=True)
    sums = [d for d in ("layer", "time") if d in data.dims and isinstance(metric, str)]
    units = data.attrs.get("units", "")
    if "time" in sums and units != "USD":
        name = metric if isinstance(metric, str) else "the metric"
        raise ValueError(f"{name!r} is in {units!r}: it cannot be summed over months. Give ds[{name!r}] of one month.")
    data = data.transpose("arm", "replication", ..., *sums)
    if data.sizes["replication"] == 0:
        raise ValueError("no replication is complete in every arm")
    values = np.asarray(data.values, float)
    if sums:
        flat = values.reshape(*values.shape[: values.ndim - len(sums)], -1)
        missing = np.isnan(flat)  # months after the end of a run that was cut short: in all arms alike
        values = np.where(missing & missing.all((0, 1), keepdims=True), 0.0, flat)
    whole, divisor = _whole(values, units == "USD", summed=bool(sums))
    dims = tuple(str(d) for d in data.dims if d != "arm" and d not in sums)
    coords = {d: data[d].values for d in dims if d in data.coords}
    return whole, divisor, dims, coords, units


def _whole(values: np.ndarray, ledger: bool, summed: bool) -> tuple[np.ndarray, int]:
    """Exact integers and their divisor, summed over the last axis if ``summed``: whole 1e-4 dollars where
    every value is such an amount, as the ledger's are, else binary fractions."""
    if ledger:
        units = np.rint(values * LEDGER_UNITS)
        # Dividing and multiplying again errs by less than half a unit below 2^51 units, 225 billion dollars in one
        # month, firm and layer.
        if np.isfinite(units).all() and (np.abs(units) < 2**51).all() and (units / LEDGER_UNITS == values).all():
            units = units.astype(np.int64)
            return (units.sum(-1) if summed else units).astype(object), LEDGER_UNITS
    whole, shift = game.as_integers(values)
    return (whole.sum(-1) if summed else whole), 1 << shift
