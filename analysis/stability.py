"""Is an exclusive right self-enforcing? What the pair would gain by opening it, as appraised along the run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import points, study_data
from .clause_dates import date_of, quantile, start_of
from .pairing import check_level
from .table_views import Table


@points.tabled
def stability(ds: xr.Dataset, clause: str, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """What lab and host would gain together by opening the right that a renegotiation clause is about, month by month.

    The right enforces itself while the gain is not above 0. Each value is the last appraisal in its month; months
    without one are left out. In futures in which the right was opened there are no appraisals afterwards.

    Args: ``clause`` is the label of the renegotiation clause, "contract/clause"; ``arm`` is the baseline unless given.
    Returns: DataFrame by ``month``: ``gain`` the mean over futures that appraised, ``low`` and ``high`` which hold
        ``level`` of them, ``unstable`` the share of them with a gain above 0, ``futures`` how many there are;
        ``attrs["first_unstable"]`` holds the first month with a gain above 0 by (1-level)/2, a half and (1+level)/2 of
        all futures (NaT: later than the end).
    Units: USD a year.
    Raises: KeyError for an unknown arm or clause, or if nothing was appraised.
    Source: MODEL 8.5.
    """
    check_level(level)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    gains = study_data.variable(study_data.finished(ds), "clause_gain")
    study_data.member(gains["clause"].values, clause, "clause")
    table = gains.sel(arm=arm, clause=clause).transpose("replication", "time").values.astype(float)
    if not np.isfinite(table).any():
        raise study_data.UnknownName(
            f"nothing was appraised under {clause!r} in {arm!r}: it is no renegotiation clause, or never in force"
        )
    edges = (1 - level) / 2, (1 + level) / 2
    rows = []
    for month, column in zip(ds["time"].values, table.T, strict=True):
        known = column[np.isfinite(column)]
        if len(known):
            rows.append([month, known.mean(), *np.quantile(known, edges), float((known > 0).mean()), len(known)])
    frame = Table(rows, columns=["month", "gain", "low", "high", "unstable", "futures"])
    first = _first_days(ds, table)
    frame.attrs["first_unstable"] = [date_of(ds, quantile(first, q)) for q in (edges[0], 0.5, edges[1])]
    return frame


def _first_days(ds: xr.Dataset, table: np.ndarray) -> np.ndarray:
    """(replication) days from the start to the first month with a gain above 0; NaN: none."""
    days = (ds["time"].values.astype("datetime64[ns]") - start_of(ds)) / np.timedelta64(1, "D")
    above = np.nan_to_num(table, nan=-1.0) > 0
    return np.where(above.any(axis=1), days[above.argmax(axis=1)], np.nan)
