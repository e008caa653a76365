"""How fast does the newly opened channel win the lab's work, by segment, and for agents and other work apart?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from .. import figure, points, questions, scenario_text, study_data
from ..table_views import Table
from . import question
from .question import Answer, Asked

READS = ("placement_share", "placed_units", "runtime_share")
ALL = "all segments"
WORK = ("all work", "agents", "other work")
#: What a customer pays or waits for in order to change, by scenario path.
FRICTIONS = (
    "choice.switching",
    "choice.switching_cost",
    "choice.review",
    "choice.refresh",
    "choice.response",
    "choice.learning",
    "integration.crossing_cost",
    "choice.beta_integration",
    "choice.beta_gravity",
    "choice.governance_first",
)


@points.spread
def listing_uptake(ds: xr.Dataset, arm: str, lab: str, channel: str) -> xr.DataArray:
    """The part of the work of a channel's own accounts that a lab's models have won through the channel.

    That is the segment's placed volume that the lab sells through the channel, over the segment's placed volume times the
    share of its enterprises whose primary cloud is the channel's (``segments.*.incumbent``). Buyers from other clouds count
    in it too, so it is an upper end. Agents are the volume whose state runs on the channel's cloud.

    Shape: (replication, segment, work, time): the segments and ``all segments``; work is all, agents and other work, which
        sum. Units: 1.
    Raises: KeyError for an unknown arm, lab or channel, a channel without a cloud, or without ``placement_share``.
    """
    ds = study_data.run_only(study_data.finished(ds))
    arm = study_data.check_arm(ds, arm)
    study_data.check(ds, "lab", lab), study_data.check(ds, "channel", channel)
    scenario = scenario_text.tree(ds, arm)
    cloud = scenario_text.plain(scenario.get("channels", {}).get(channel, {}).get("cloud"))
    if cloud is None:
        raise study_data.UnknownName(f"the channel {channel!r} belongs to no cloud; it has no accounts of its own")
    at = {"arm": arm}
    volume = study_data.variable(ds, "placed_units").sel(at, drop=True).astype(float)
    sold = (
        study_data.variable(ds, "placement_share").sel(at, drop=True).sel(lab=lab, channel=channel).sum("host") * volume
    )
    agents = (
        ds["runtime_share"].sel(at, drop=True).sel(lab=lab, cloud=str(cloud)) * volume
        if "runtime_share" in ds
        else xr.zeros_like(sold)
    )
    agents = agents.where(
        agents < sold, sold
    )  # runtimes of other channels' agents on the same cloud are not this channel's
    segments = list(map(str, ds["segment"].values))
    based = xr.DataArray(
        [_primary(scenario, s, str(cloud)) for s in segments], coords={"segment": segments}, dims="segment"
    )
    own = volume * based
    work = xr.concat([sold, agents, sold - agents], pd.Index(WORK, name="work"), coords="minimal", compat="override")
    work = xr.concat(
        [work, work.sum("segment").expand_dims(segment=[ALL])], "segment", coords="minimal", compat="override"
    )
    own = xr.concat(
        [own, own.sum("segment").expand_dims(segment=[ALL])], "segment", coords="minimal", compat="override"
    )
    share = (work / own.where(own > 0)).fillna(0.0)
    return share.transpose("replication", "segment", "work", "time").rename("uptake").assign_attrs(units="1")


def _primary(scenario: dict[str, Any], segment: str, cloud: str) -> float:
    """The share of a segment's enterprises whose primary cloud it is; all of them where the scenario does not say."""
    table = scenario.get("segments", {}).get(segment, {}).get("incumbent", {})
    shares = {k: float(scenario_text.plain(v)) for k, v in table.items() if k not in ("source", "grade", "note")}
    total = sum(shares.values())
    return shares.get(cloud, 0.0) / total if total > 0 else 1.0


def months_to(uptake: xr.DataArray, part: float) -> xr.DataArray:
    """Months from the first work that was won until a part of the level at the end of the run is reached, for good.

    Shape: as ``uptake`` without ``time``. Missing where nothing was won by the end.
    Example:
        >>> months_to(xr.DataArray([0.0, 0.1, 0.2, 0.4], dims="time"), 0.5).item()
        1.0
    """
    last = uptake.isel(time=-1)
    began = (uptake > 0).argmax("time")
    below = uptake < part * last
    months = xr.DataArray(np.arange(uptake.sizes["time"]), dims="time")
    reached = months.where(below, -1).max("time") + 1
    return (reached - began).where(last > 0).clip(min=0).astype(float)


def friction_elasticities(ds: xr.Dataset, arm: str, lab: str, channel: str, level: float = 0.9) -> pd.DataFrame:
    """By how much per cent the uptake at the end changes with one per cent of a friction, over the drawn points of a study.

    The slope of the logarithm of a point's mean uptake on that of the friction, one friction at a time, least squares with
    Student's interval. Frictions that the study does not draw, or that are zero somewhere, have no row; a study with fixed
    parameters has none.

    Returns: DataFrame with friction, elasticity, low, high, points.
    Source: double-log regression over a sample of inputs, as in Kleijnen (2015), Design and Analysis of Simulation Experiments.
    """
    table: list[dict[str, Any]] = []
    if study_data.is_two_level(ds):
        uptake = listing_uptake(ds, arm, lab, channel).sel(segment=ALL, work=WORK[0]).isel(time=-1)
        values = uptake.groupby(uptake["point"]).mean().sel(point=ds["point"].values).values
        for path in FRICTIONS:
            if path in ds.coords and ds[path].dims == ("point",):
                x = ds[path].values.astype(float)
                known = (x > 0) & (values > 0)
                if known.sum() > 2 and np.ptp(np.log(x[known])) > 0:
                    table.append({"friction": path, **_slope(np.log(x[known]), np.log(values[known]), level)})
    return Table(pd.DataFrame(table, columns=["friction", "elasticity", "low", "high", "points"]))


def _slope(x: np.ndarray, y: np.ndarray, level: float) -> dict[str, float]:
    fit = stats.linregress(x, y)
    half = stats.t.ppf((1 + level) / 2, len(x) - 2) * fit.stderr
    return {"elasticity": fit.slope, "low": fit.slope - half, "high": fit.slope + half, "points": len(x)}


def opened_channel(q: Asked, lab: str | None, channel: str | None) -> tuple[str, str]:
    """The lab of the exclusivity and the cloud channel at which opening moves most of its work.

    Raises: KeyError for an unknown lab or channel; ValueError if opening moves work of no channel.
    """
    labs = [lab] if lab else questions.parties(q.ds, q.contrast)[1] or [str(x) for x in q.ds["lab"].values]
    clouds = q.scenario.get("channels", {})
    offered = (
        [channel]
        if channel
        else [c for c in map(str, q.ds["channel"].values) if scenario_text.plain(clouds.get(c, {}).get("cloud"))]
    )
    share = (
        study_data.variable(q.ds, "placement_share").astype(float).sum("host").mean(["replication", "segment", "time"])
    )
    for one, dim in ((labs, "lab"), (offered, "channel")):
        for name in one:
            study_data.check(q.ds, dim, name)
    gained = (share.sel(arm=q.base) - share.sel(arm=q.arm)).sel(lab=labs, channel=offered)
    best = gained.argmax(["lab", "channel"])
    if float(gained.max()) <= 0 and not (lab and channel):
        raise ValueError(
            f"no cloud's channel wins work of {', '.join(labs)} in {q.base!r}; name both: lab=..., channel=..."
        )
    return labs[int(best["lab"])], offered[int(best["channel"])]


def uptake_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    lab: str | None = None,
    channel: str | None = None,
) -> Answer:
    """Q4: how fast the opened channel wins the lab's work among accounts of its cloud, by segment and kind of work.

    Args: ``lab`` and ``channel``, default those of the exclusivity and of most work won.
    Returns: Answer with tables ``by segment`` (uptake at the end, per cent, and months to 25 and 50 % of it, each with the
        interval of outcomes: quantiles over outcomes; ``never`` is the share in which nothing is won) and ``frictions``
        (:func:`friction_elasticities`).
    Raises: KeyError without ``placement_share`` and ``placed_units``; as :func:`asked` and :func:`opened_channel`.
    Example:
        >>> uptake_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    lab, channel = opened_channel(q, lab, channel)
    uptake = listing_uptake(q.ds, q.base, lab, channel)
    table = question.table(
        q,
        [_row(q, uptake.sel(segment=s, work=w), s, w) for s in map(str, uptake["segment"].values) for w in WORK],
        "per cent of the work of the channel's accounts; months",
    )
    tables: dict[str, pd.DataFrame] = {"by segment": table}
    slopes = friction_elasticities(ds, q.base, lab, channel, level)  # not q.ds: its points are pooled
    if len(slopes):
        tables["frictions"] = slopes
    who, where = q.name(lab, "labs"), q.name(channel, "channels")
    title = f"{who} at {where}: part of the work of its cloud’s accounts"
    notes = [
        "Part: of the placed work of accounts whose primary cloud is the channel's, agents' state on that cloud; buyers from other "
        "clouds are counted in it.",
        "Months: from the first work won to 25 and 50 % of the level at the end of the run.",
    ]
    if not len(slopes):
        notes.append("No elasticities to frictions: the parameters were not drawn.")
    return Answer(
        "uptake", _sentence(q, table, who, where), tables, partial(figure.uptake_curves, q, uptake, title), tuple(notes)
    )


def _row(q: Asked, uptake: xr.DataArray, segment: str, work: str) -> dict[str, Any]:
    last = uptake.isel(time=-1)
    cell = question.spread(q, 100.0 * last, least=0.0)
    row: dict[str, Any] = {"segment": segment, "work": work}
    row |= {k: float(cell[k]) for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")}
    tail = (1 - q.level) / 2
    for part in (0.25, 0.5):
        months = months_to(uptake, part).values
        known = months[np.isfinite(months)]
        ends = np.quantile(known, [tail, 0.5, 1 - tail], method="weibull") if len(known) else [np.nan] * 3
        row |= {f"months_{100 * part:.0f}{k}": float(v) for k, v in zip(("_low", "", "_high"), ends, strict=True)}
    return row | {"never": float((last <= 0).mean())}


def _sentence(q: Asked, table: pd.DataFrame, who: str, where: str) -> str:
    whole: Any = table[(table["segment"] == ALL) & (table["work"] == WORK[0])].iloc[0]
    parts: Any = table[(table["segment"] != ALL) & (table["work"] == WORK[0])].set_index("segment")["mean"]
    spread = (
        "" if question.single(q) else f" ({question.all_of(q)}: {whole.outcome_low:.0f} to {whole.outcome_high:.0f} %)"
    )
    fast = "" if question.single(q) else f" ({whole.months_50_low:.0f} to {whole.months_50_high:.0f})"
    agents: Any = table[(table["segment"] == ALL) & (table["work"] == "agents")].iloc[0]
    most, least = parts.idxmax(), parts.idxmin()
    return (
        f"By the end of the run {who} at {where} has won {whole['mean']:.0f} % of the work of its cloud’s accounts{spread}, "
        f"{agents['mean']:.1f} points of it agents’; half of that takes {whole.months_50:.0f} months{fast}. "
        f"Most in {q.name(str(most), 'segments')} ({parts[most]:.0f} %), least in {q.name(str(least), 'segments')} ({parts[least]:.0f} %)."
    )
