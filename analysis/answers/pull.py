"""How much cloud revenue that is not AI is at risk because AI no longer pulls it along?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, scenario_text, study_data
from ..pairing import difference
from ..units import BILLION, money, span
from . import question
from .question import Answer, Asked

READS = ("other_revenue", "placement_share")


def pulled_revenue(ds: xr.Dataset, firm: str) -> xr.DataArray:
    """A firm's revenue that is not AI, by calendar year.

    Shape: (arm, replication, year). Units: USD of the year.
    Raises: KeyError without ``other_revenue``: the model of such a study holds this revenue fixed.
    """
    if "other_revenue" not in ds:
        raise study_data.UnknownName(
            "the study did not record 'other_revenue', revenue of clouds that is not AI; nothing pulls it in its model. "
            "Run it again with a version that records it."
        )
    ds = study_data.run_only(study_data.finished(ds))
    firm = scenario_text.check(ds, "firm", firm)
    return question.by_year(ds, ds["other_revenue"].astype(float).sel(firm=firm)).assign_attrs(units="USD")


def lost_work(ds: xr.Dataset, firm: str, arm: str, baseline: str) -> xr.DataArray:
    """What the clouds of a firm host of each segment's AI work in ``arm`` less that in the baseline, in points of per cent.

    Shape: (replication, segment): mean over the months of the last year of the run. Units: per cent of the segment's placed
        work. This is what pulls, or no longer pulls, a segment's other spending.
    """
    ds = study_data.run_only(study_data.finished(ds))
    scenario = scenario_text.tree(ds, baseline)
    hosts = [h for h in map(str, ds["host"].values) if scenario_text.firm_of(scenario, h, "clouds") == firm]
    at = question.year_of(ds).values == int(question.year_of(ds).values[-1])
    high, low = study_data.pair(ds.isel(time=np.flatnonzero(at)), "placement_share", arm, baseline)
    return 100.0 * (high - low).sel(host=hosts).sum(["lab", "channel", "host"]).mean("time")


def pull_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    firm: str | None = None,
) -> Answer:
    """Q5: the firm's revenue that is not AI in both worlds, by year, and what it loses when the lab is open to all.

    The change is the more open arm minus the more exclusive one: what is at risk has a minus sign.

    Args: ``firm``, default the holder of the exclusivity.
    Returns: Answer with tables ``by year`` (one column an arm, and the change with its intervals, in B$ of the year; last
        row: present value of the whole run) and ``by segment`` (change of the AI work on the firm's clouds, points of the
        segment's work, which is what pulls).
    Raises: KeyError without ``other_revenue`` or for an unknown firm; as :func:`asked`.
    Example:
        >>> pull_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    firm = question.holder(q, firm)
    yearly = pulled_revenue(q.ds, firm)
    change = difference(q.ds, yearly.rename("answer"), q.base, q.arm, level, resamples=0)
    rows = [_row(q, str(int(y)), yearly.sel(year=y), change.sel(year=y)) for y in yearly["year"].values]
    worth = study_data.discounted(q.ds, "other_revenue").sel(firm=firm)
    present = difference(q.ds, worth.rename("answer"), q.base, q.arm, level, resamples=0)
    rows.append(_row(q, "present value", worth, present))
    tables: dict[str, pd.DataFrame] = {"by year": question.table(q, rows, "B$", "change")}
    if "placement_share" in q.ds:
        tables["by segment"] = _by_segment(q, firm)
    name = q.name(firm, "firms")
    title = f"{name}: revenue that is not AI, {q.head(q.base)} minus {q.head(q.arm)}"
    return Answer(
        "pull",
        _sentence(q, name, rows, present),
        tables,
        partial(figure.yearly_bars, q, title, tables["by year"]),
        ("Years are in dollars of the year. Revenue, not profit: its margin is the cloud's base_margin.",),
    )


def _row(q: Asked, year: str, levels: xr.DataArray, change: xr.Dataset) -> dict[str, Any]:
    cells = {a: float(levels.sel(arm=a).mean("replication")) / BILLION for a in (q.arm, q.base)}
    keys = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")
    return {
        "year": year,
        **cells,
        **{k: float(change[k]) / BILLION for k in keys},
        "p_negative": float(change["p_negative"]),
    }


def _by_segment(q: Asked, firm: str) -> pd.DataFrame:
    found = question.spread(q, lost_work(q.ds, firm, q.base, q.arm))
    keys = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")
    rows = [
        {"segment": s, **{k: float(found[k].sel(segment=s)) for k in keys}} for s in map(str, found["segment"].values)
    ]
    return question.table(q, rows, "points of the segment's AI work on the firm's clouds, last year", "change")


def _sentence(q: Asked, name: str, rows: list[dict[str, Any]], worth: xr.Dataset) -> str:
    mean, low, high = (float(worth[k]) / BILLION for k in ("mean", "outcome_low", "outcome_high"))
    if mean == low == high == 0:
        return (
            f"{name}’s revenue that is not AI is the same in {q.head(q.base)} and in {q.head(q.arm)}, in every outcome: in this "
            "study AI pulls no other spending."
        )
    last = rows[-2]
    part = abs(last["mean"]) / last[q.arm] if last[q.arm] else 0.0
    spread = "" if question.single(q) else f"; {question.all_of(q)} lie from {span(low, high)}"
    verb = "loses" if mean < 0 else "gains"
    return (
        f"In {q.head(q.base)} rather than {q.head(q.arm)}, {name} {verb} {money(abs(mean))} of revenue that is not AI (present "
        f"value){spread}: {part:.1%} of it in {last['year']}."
    )
