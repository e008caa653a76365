"""When clauses acted: the distribution over futures of the date of renegotiations, triggers, notices, breaches and awards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from . import points, scenario_text, study_data
from .pairing import check_level
from .table_views import Table

# Kinds that act on some day or never, as against those that are in force from a date to a date.
_KINDS = ("renegotiation", "trigger", "termination", "damages", "tender")


@points.tabled
def clause_dates(ds: xr.Dataset, level: float = 0.9) -> pd.DataFrame:
    """The date on which each acting clause first acted: how often, and when.

    A future in which it did not act before the run's end is censored there: it counts in every quantile, which is
    missing when it lies beyond the end.

    Returns: DataFrame, a row per arm and clause of kind renegotiation (agreement), trigger (firing), termination
        (notice), damages (breach) or tender (first award): ``happened`` the share of futures in which it acted,
        ``happened_low`` and ``happened_high`` the Clopper-Pearson interval of it, ``early``, ``median`` and ``late``
        the dates by which it has acted in (1-level)/2, a half and (1+level)/2 of all futures (NaT: later than the end).
    Raises: KeyError if the result recorded no clauses.

    Example:
        >>> import rackrate as rr
        >>> clause_dates(rr.run("toy-10")).empty  # nothing in it waits for anything
        True
    """
    check_level(level)
    days = _days(ds)
    columns = [
        "arm",
        "contract",
        "clause",
        "kind",
        "happened",
        "happened_low",
        "happened_high",
        "early",
        "median",
        "late",
    ]
    rows = []
    for arm in study_data.arms(ds):
        for label, kind, written in _acting(ds, arm):
            sample = days.sel(arm=arm, clause=label).values
            if not written and not np.isfinite(sample).any():
                continue  # switched off, and nothing switched it on
            low, high = proportion(np.isfinite(sample), level)
            quantiles = [date_of(ds, quantile(sample, q)) for q in ((1 - level) / 2, 0.5, (1 + level) / 2)]
            contract, clause = label.split("/", 1)
            rows.append([arm, contract, clause, kind, float(np.isfinite(sample).mean()), low, high, *quantiles])
    return Table(rows, columns=columns)


def worth_reporting(dates: pd.DataFrame) -> pd.DataFrame:
    """The rows of :func:`clause_dates`, without notices and breaches that occurred in no arm."""
    waiting = dates["kind"].isin(("renegotiation", "trigger", "tender"))
    acted = dates.groupby(["contract", "clause"])["happened"].transform("max") > 0
    return dates[waiting | acted]


@points.tabled
def acted_by(ds: xr.Dataset, clause: str, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """The probability that a clause has acted by the end of each month.

    Args: ``clause`` is its label, "contract/clause"; ``arm`` is the baseline unless given.
    Returns: DataFrame by ``month``: ``probability`` and its Clopper-Pearson interval ``low``, ``high`` over futures.
    Raises: KeyError for an unknown arm or clause, or if the result recorded no clauses.
    """
    check_level(level)
    days = _days(ds)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    study_data.member(days["clause"].values, clause, "clause")
    sample = days.sel(arm=arm, clause=clause).values
    ds = study_data.run_only(ds)
    start, ends = start_of(ds), study_data.month_bounds(ds)[1]
    rows = []
    for month, end in zip(ds["time"].values, ends, strict=True):
        by = sample < (end - start) / np.timedelta64(1, "D")  # an act on the boundary is the next month's first instant
        rows.append([month, float(by.mean()), *proportion(by, level)])
    return Table(rows, columns=["month", "probability", "low", "high"])


def _days(ds: xr.Dataset) -> xr.DataArray:
    """(arm, clause, replication) days from the start; NaN: did not act."""
    return (
        study_data.variable(study_data.finished(ds), "clause_day")
        .transpose("arm", "clause", "replication")
        .astype(float)
    )


def _acting(ds: xr.Dataset, arm: str) -> list[tuple[str, str, bool]]:
    """(label, kind, whether any version has it enabled) of the clauses that act, by label."""
    found: dict[str, tuple[str, bool]] = {}
    for c in scenario_text.clauses(scenario_text.tree(ds, arm)):
        if c.kind in _KINDS:
            before = found.get(c.label, (c.kind, False))[1]
            found[c.label] = c.kind, before or c.terms.get("enabled", True) is not False
    return [(label, *found[label]) for label in map(str, ds["clause"].values) if label in found]


def quantile(sample: np.ndarray, q: float) -> float:
    """The least day by which a share q of all futures has acted; NaN where that is never."""
    ordered = np.sort(np.where(np.isfinite(sample), sample, np.inf))
    value = ordered[max(int(np.ceil(q * len(ordered))) - 1, 0)]
    return value if np.isfinite(value) else np.nan


def proportion(happened: np.ndarray, level: float) -> tuple[float, float]:
    interval = stats.binomtest(int(happened.sum()), len(happened)).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)


def start_of(ds: xr.Dataset) -> Any:
    return study_data.month_bounds(ds)[0][0]


def date_of(ds: xr.Dataset, day: float) -> Any:
    return pd.NaT if np.isnan(day) else pd.Timestamp(start_of(ds)) + pd.Timedelta(day, "D")
