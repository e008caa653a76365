"""A calendar of training runs over the futures: how long each run waits for its place, and when it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .clause_dates import date_of, proportion, quantile
from .pairing import check_level
from .table_views import Table

_COLUMNS = ["arm", "lab", "run", "begun", "begun_low", "begun_high", "wait_early", "wait_median", "wait_late", "starts", "ends"]  # fmt: skip


@points.tabled
def training_runs(ds: xr.Dataset, level: float = 0.9) -> pd.DataFrame:
    """Each training run of each arm (``labs.*.runs``): does it begin, how long does it wait, when does it end?

    A future in which a run has not begun, or not ended, before the end is censored there: it counts in every quantile,
    which is missing when it lies beyond the end.

    Returns: DataFrame, a row per arm and run: ``begun`` the share of futures in which it begins, ``begun_low`` and
        ``begun_high`` the Clopper-Pearson interval of it; ``wait_early``, ``wait_median``, ``wait_late`` the days from
        its submission after which it has begun in (1-level)/2, a half and (1+level)/2 of all futures; ``starts`` and
        ``ends`` the dates by which it has begun and ended in half of them (NaT: later than the end).
    Raises: KeyError if no arm has a training run.

    Example:
        >>> import rackrate as rr
        >>> text = '''extends = "toy-10"
        ... [labs.oai.streams.training]
        ... product = "training"
        ... compute = "20 H100e"
        ... [labs.oai.runs.next]
        ... submitted = 2026-01-02
        ... size = "10 H100e"
        ... duration = "3 d"'''
        >>> training_runs(rr.run(rr.Scenario.parse(text), replications=2))[["lab", "run", "begun"]].values.tolist()
        [['oai', 'next', 0.0]]
    """
    check_level(level)
    quantiles = (1 - level) / 2, 0.5, (1 + level) / 2
    rows = []
    for arm, lab, run, start, wait, end in _samples(ds):
        low, high = proportion(np.isfinite(start), level)
        waits = [quantile(wait, q) for q in quantiles]
        dates = [date_of(ds, quantile(sample, 0.5)) for sample in (start, end)]
        rows.append([arm, lab, run, float(np.isfinite(start).mean()), low, high, *waits, *dates])
    return Table(rows, columns=_COLUMNS)


def _samples(ds: xr.Dataset) -> Iterator[tuple[str, str, str, np.ndarray, np.ndarray, np.ndarray]]:
    """(arm, lab, run, its starts, waits and ends by future in days) of each run that the arm's scenario has."""
    done = study_data.finished(ds)
    days = [
        study_data.variable(done, name).astype(float) for name in ("training_start", "training_wait", "training_end")
    ]
    for arm in study_data.arms(ds):
        labs = scenario_text.tree(ds, arm).get("labs", {})
        for label in map(str, ds["training_run"].values):
            lab, run = label.split("/", 1)
            if run in labs.get(lab, {}).get("runs", {}):
                start, wait, end = (d.sel(arm=arm, training_run=label).values.ravel() for d in days)
                yield arm, lab, run, start, wait, end
