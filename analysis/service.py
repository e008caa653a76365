"""What customers got: surplus, unserved demand, waits; and how concentrated each layer is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import study_data
from .pairing import difference

HHI_ALARM = 1800.0
_SURPLUS = "enterprise surplus"


def who_pays(ds, arm, baseline=None, level=0.9, largest=12):
    """Who pays whom more, or less, in ``arm`` than in the baseline: the largest changes of discounted
    payments.

    Returns: DataFrame with payer, payee, mean, outcome_low, outcome_high, mean_low, mean_high in B$ on the
        valuation date, ordered by size. Positive: the payer pays the payee more. Payments inside one firm
        are left out.
    Raises: KeyError without ``payment`` or for an unknown arm.
    Example:
        >>> who_pays(st, "exclusive").head(3)  # doctest: +SKIP
    """
    value = study_data.discounted(ds, "payment").rename("payment")
    result = difference(ds, value, arm, baseline, level, resamples=0)
    frame = (
        result[["mean", "outcome_low", "outcome_high", "mean_low", "mean_high"]].to_dataframe().reset_index()
    )
    frame = frame[(frame["payer"] != frame["payee"]) & (frame["mean"] != 0.0)]
    money = ["mean", "outcome_low", "outcome_high", "mean_low", "mean_high"]
    frame[money] = frame[money] / 1e9
    order = frame["mean"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order, ["payer", "payee", *money]].head(largest).reset_index(drop=True)


def unserved_share(ds):
    """Share of compute demand that got no compute, all labs and products together.

    Shape: (arm, replication, time), between 0 and 1. Months without demand are 0.
    Raises: KeyError without ``served`` or ``unserved``.
    """
    lost = study_data.variable(ds, "unserved").sum(["lab", "product"])
    asked = lost + study_data.variable(ds, "served").sum(["lab", "product"])
    share = xr.where(asked > 0, lost / asked.where(asked > 0, 1), 0.0).transpose("arm", "replication", "time")
    return share.assign_attrs(long_name="unserved share of compute demand", units="1")


def service_table(ds, arm, baseline=None, level=0.9):
    """What customers get out of ``arm`` rather than the baseline: surplus, unserved compute, waits,
    adopters, outlays.

    The level of surplus has no meaning, only its difference: its baseline is missing.

    Returns: DataFrame with measure, unit, baseline (mean level), mean (difference), outcome_low,
        outcome_high, mean_low, mean_high. A measure that was not recorded has no row.
    Raises: KeyError for an unknown arm.
    Example:
        >>> service_table(st, "exclusive").columns[:3].tolist()  # doctest: +SKIP
        ['measure', 'unit', 'baseline']
    """
    ds = study_data.finished(ds)
    base = study_data.baseline(ds) if baseline is None else baseline
    rows = []
    for name, unit, scale, value in _measures(ds):
        result = difference(ds, value.rename("measure"), arm, base, level, resamples=0)
        level_there = np.nan if name == _SURPLUS else float(value.sel(arm=base).mean()) * scale
        row = {"measure": name, "unit": unit, "baseline": level_there}
        row |= {
            k: float(result[k]) * scale
            for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _measures(ds):
    if "surplus" in ds:
        yield (
            _SURPLUS,
            "B$, discounted",
            1e-9,
            study_data.discounted(ds, "surplus").sum("segment"),
        )
    for key, name in (("outlay_enterprises", "enterprise outlay"), ("outlay_consumers", "consumer outlay")):
        if key in ds:
            yield name, "B$, discounted", 1e-9, study_data.discounted(ds, key)
    if "unserved" in ds and "served" in ds:
        lost, got = (ds[k].sum(["lab", "product", "time"]) for k in ("unserved", "served"))
        yield "unserved compute", "M H100e-hours", 1e-6, lost
        yield "unserved share of demand", "%", 100.0, xr.where(lost + got > 0, lost / (lost + got), 0.0)
        yield "unserved share in the worst month", "%", 100.0, unserved_share(ds).max("time")
    if "wait" in ds:
        yield "mean wait, average over clouds", "seconds", 3600.0, ds["wait"].mean(["cloud", "time"])
    if "adoption" in ds:
        yield (
            "adopters at the end, mean of segments",
            "%",
            100.0,
            ds["adoption"].isel(time=-1).mean("segment"),
        )
    if "seats" in ds:
        yield "application seats at the end", "M", 1e-6, ds["seats"].isel(time=-1)


def concentration(ds, level=0.9):
    """Concentration by layer: the Herfindahl-Hirschman index, from the recorded ``hhi``.

    Shape: Dataset with ``mean``, ``low``, ``high`` (arm, layer, time) over futures and ``alarm`` (arm,
    layer): share of months and futures above 1800, a merger screen used as an alarm and not a rule about
    vertical contracts.
    Units: HHI points, 0 to 10,000. Raises: KeyError without ``hhi``.
    Source: MODEL section 11, HHI = sum of (100 s)^2.
    Example:
        >>> concentration(st)["mean"].sel(layer="model").isel(time=-1)  # doctest: +SKIP
    """
    index = study_data.variable(study_data.finished(ds), "hhi").astype(float)
    tail = (1 - level) / 2
    # A layer without revenue has no index: it stays missing, and does not count as unconcentrated.
    low, high = (
        index.quantile(q, "replication", skipna=False).drop_vars("quantile") for q in (tail, 1 - tail)
    )
    known = index.notnull().sum(["replication", "time"])
    result = xr.Dataset(
        {
            "mean": index.mean("replication", skipna=False),
            "low": low,
            "high": high,
            "alarm": (index > HHI_ALARM).sum(["replication", "time"]) / known.where(known > 0),
        }
    )
    result.attrs = {"level": level, "units": "HHI points"}
    return result


def hhi(shares, dim="firm"):
    """The index of shares that sum to 1: sum of (100 s)^2 along ``dim``; a plain sequence gives a number.

    Example:
        >>> hhi([0.5, 0.5])
        5000.0
    """
    if isinstance(shares, xr.DataArray):
        return ((100.0 * shares) ** 2).sum(dim)
    return float(((100.0 * np.asarray(shares, float)) ** 2).sum())
