"""Who gains and who loses, all parties and buyers, summed: as firms, and looking through who owns whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import points, study_data
from .cross_stakes import stake_clauses
from .pairing import difference
from .table_views import Table, at_level
from .units import BILLION

BUYERS, TOTAL = "enterprises", "total"
_COLUMNS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")
_PARTS = ("future_low", "future_high", "parameter_low", "parameter_high")


@points.tabled
def gains(ds: xr.Dataset, arm: str, baseline: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """What each party gains in ``arm`` over the baseline, to the end of the runs, and the sum.

    A firm's gain is that of its net present value; buyers' is the discounted enterprise surplus, where it is recorded.
    ``suppliers`` and ``services`` deliver at cost and gain nothing; consumers' surplus is not modelled. There is no terminal
    value: what falls after the end of the runs does not count. Where contracts state stakes, each firm has a second row,
    looked through: with its stakes in others, and less what others own of it; the sum is the same.

    Returns: DataFrame with party (a firm, ``enterprises`` or ``total``), through_stakes, mean, outcome_low, outcome_high,
        mean_low, mean_high (and the parts of a study that draws its parameters), in B$ on the valuation date; after_2028,
        the share of the mean that falls in 2029 and later, missing where the years before and after move it in opposite
        directions, where the mean is 0, or where no months were recorded.
    Raises: KeyError without ``npv`` or for an unknown arm.
    Example:
        >>> gains(st, "exclusive").query("party == 'total'")  # doctest: +SKIP
    """
    ds = study_data.standard(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    late = _late_share(ds, arm, base)
    tables = [_rows(ds, _own(ds), arm, base, level, False, late)]
    if (through := _looked_through(ds)) is not None:
        tables.append(_rows(ds, through, arm, base, level, True, {}))
    table = pd.concat(tables, ignore_index=True)
    return at_level(Table(table), level, study_data.points_of(ds) is not None)


@points.tabled
def gains_by_year(ds: xr.Dataset, arm: str, baseline: str | None = None) -> pd.DataFrame:
    """The mean gains of :func:`gains` by calendar year, discounted: party, and one column a year, in B$.

    A firm's gain of a year is its gross profit. Years sum to the gain but for the middle of the month at which a month's
    dollars are discounted.
    """
    ds = study_data.standard(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    yearly = _yearly(ds, arm, base).transpose("party", "year")
    frame = pd.DataFrame(yearly.values / BILLION, columns=[str(y) for y in yearly["year"].values])
    frame.insert(0, "party", [str(p) for p in yearly["party"].values])
    return Table(frame)


def _own(ds: xr.Dataset) -> xr.DataArray:
    """[arm, replication, party] in dollars: firms, buyers, and the sum."""
    firms = study_data.firms(ds)
    worth = study_data.variable(ds, "npv").sel(firm=firms).rename(firm="party")
    return _summed(worth, ds)


def _summed(worth: xr.DataArray, ds: xr.Dataset) -> xr.DataArray:
    parts = [worth]
    if "surplus" in ds:
        parts.append(_named(study_data.discounted(ds, "surplus").sum("segment"), BUYERS))
    every = xr.concat([p.reset_coords(drop=True) for p in parts], "party", coords="minimal", compat="override")
    whole = xr.concat([every, _named(every.sum("party"), TOTAL)], "party", coords="minimal", compat="override")
    return whole.assign_attrs(units="USD").rename("gain")


def _named(values: xr.DataArray, party: str) -> xr.DataArray:
    return values.expand_dims(party=[party])


def _looked_through(ds: xr.Dataset) -> xr.DataArray | None:
    """The same with stakes: an owner has its part of what it owns, and the rest is left to the firm's other owners."""
    owned = {label: who for arm in study_data.arms(ds) for label, who in stake_clauses(ds, arm).items()}
    if "clause_income" not in ds or not owned:
        return None
    income = study_data.discounted(ds, "clause_income")
    firms = study_data.firms(ds)
    worth = study_data.variable(ds, "npv").sel(firm=firms).transpose(..., "firm").copy()
    for label, (owner, firm) in owned.items():
        if label not in income["clause"].values:
            continue
        part = income.sel(clause=label, drop=True)
        for party, sign in ((owner, 1.0), (firm, -1.0)):
            if party in firms:
                worth[..., firms.index(party)] += sign * part.transpose(*worth.dims[:-1])
    return _summed(worth.rename(firm="party"), ds)


def _rows(
    ds: xr.Dataset, values: xr.DataArray, arm: str, base: str, level: float, through: bool, late: dict[str, float]
) -> pd.DataFrame:
    result = difference(ds, values, arm, base, level, resamples=0)
    columns = [*_COLUMNS, *(k for k in _PARTS if k in result)]
    frame = pd.DataFrame({k: np.asarray(result[k].values, float) / BILLION for k in columns})
    frame.insert(0, "party", [str(p) for p in result["party"].values])
    frame.insert(1, "through_stakes", through)
    frame["p_negative"] = result["p_negative"].values
    frame["after_2028"] = [late.get(party, float("nan")) for party in frame["party"]]
    return frame


def _late_share(ds: xr.Dataset, arm: str, base: str) -> dict[str, float]:
    """The share of each party's mean gain that falls in 2029 and later, where it is one: between 0 and 1."""
    if "gross_profit" not in ds:
        return {}
    yearly = _yearly(ds, arm, base)
    whole, late = yearly.sum("year"), yearly.where(yearly["year"] > 2028, 0.0).sum("year")
    pairs: Any = zip(yearly["party"].values, whole.values, late.values, strict=True)
    least = 1e-9 * float(abs(yearly).sum())
    return {str(party): float(after / w) for party, w, after in pairs if abs(w) > least and 0 <= after / w <= 1}


def _yearly(ds: xr.Dataset, arm: str, base: str) -> xr.DataArray:
    """[party, year] mean discounted difference in dollars."""
    factors = study_data.discount_factors(ds)
    high, low = study_data.pair(ds, "gross_profit", arm, base)
    profit = (
        ((high - low).mean("replication") * factors).sum("layer").sel(firm=study_data.firms(ds)).rename(firm="party")
    )
    parts = [profit.reset_coords(drop=True)]
    if "surplus" in ds:
        more, less = study_data.pair(ds, "surplus", arm, base)
        parts.append(
            _named(((more - less).mean("replication") * factors).sum("segment").reset_coords(drop=True), BUYERS)
        )
    every = xr.concat(parts, "party", coords="minimal", compat="override")
    every = xr.concat([every, _named(every.sum("party"), TOTAL)], "party", coords="minimal", compat="override")
    return every.fillna(0.0).groupby("time.year").sum()
