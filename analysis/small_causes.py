"""How far a small cause reaches: what one H100e more moves in each future of a comparison, and what tips first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import study_data

BOUND_USD = 300_000.0  # ten times the price of an H100e

# What may differ first, from the most to the least direct decision: the variable, and from which relative change on it counts.
SIGNS = (
    ("a place of training", "training_places", 1e-9),
    ("a posted list of compute", "compute_price", 1e-9),
    ("a posted list of tokens", "price", 1e-9),
    ("a choice of an enterprise", "placed_units", 1e-5),
    ("a flow between hosts", "lab_compute", 1e-4),
)


def changes(ds: xr.Dataset, exclusive: tuple[str, str], amended: tuple[str, str]) -> pd.DataFrame:
    """What the cause moves of each premium to the end of each year, and what tipped first in either arm.

    ``exclusive`` and ``amended`` name an arm and the same arm with the cause. A premium to a date is the difference of the
    gross profits that the firm has booked until then, not discounted.

    Returns: DataFrame by ``replication`` and ``year`` (of the run, from 1): ``most`` the largest change of any firm's premium,
        ``firm`` whose it is, ``small`` whether it is within ten prices of an H100e, and ``first``, ``month`` what tipped first
        by then (empty: nothing).
    Units: USD.
    """
    ds = study_data.finished(ds)
    profit = ds["gross_profit"].sum("layer").cumsum("time")
    premium = [profit.sel(arm=exclusive[i]) - profit.sel(arm=amended[i]) for i in (0, 1)]
    moved = (premium[1] - premium[0]).transpose("replication", "time", "firm").values
    tipped = _tips(ds, exclusive, amended)
    months = ds["time"].values
    whole = int(np.isfinite(ds["gross_profit"].isel(arm=0, replication=0, firm=0, layer=0).values).sum())
    ends = list(range(11, whole, 12)) or [whole - 1]
    rows = []
    for r, replication in enumerate(ds["replication"].values):
        for year, end in enumerate(ends, 1):
            by_firm = np.abs(moved[r, end])
            most = by_firm.argmax()
            first = min(((at[r], name) for name, at in tipped if at[r] <= end), default=(end, ""))
            month = str(months[first[0]])[:7] if first[1] else ""
            rows.append((int(replication), year, float(by_firm[most]), str(ds["firm"].values[most]), first[1], month))
    frame = pd.DataFrame(rows, columns=["replication", "year", "most", "firm", "first", "month"])
    frame.insert(4, "small", frame["most"] <= BOUND_USD)
    return frame


def shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`changes`, by year: the share of futures in which every premium moves by less than ten prices of an H100e, the
    median and largest change, and how many futures had tipped first by what."""
    by_year = frame.groupby("year")
    table = pd.DataFrame(
        {"share": by_year["small"].mean(), "median": by_year["most"].median(), "largest": by_year["most"].max()}
    )
    for name, _, _ in SIGNS:
        table[name] = (frame["first"] == name).groupby(frame["year"]).sum()
    return table


def _tips(ds: xr.Dataset, *pairs: tuple[str, str]) -> list[tuple[str, np.ndarray]]:
    """By sign the first month (replication) in which it shows in any pair of arms; far beyond the end: never."""
    found = []
    for name, variable, least in SIGNS:
        first = np.full(ds.sizes["replication"], 1 << 30)
        for plain, caused in pairs:
            a, b = (ds[variable].sel(arm=arm) for arm in (plain, caused))
            others = [dim for dim in a.dims if dim not in ("replication", "time")]
            scale = abs(a).sum(others)
            moved = (abs(b - a).sum(others) > least * scale).transpose("replication", "time").values
            first = np.where(moved.any(1), np.minimum(first, moved.argmax(1)), first)
        found.append((name, first))
    return found
