"""Which cloud integrates a lab's models most deeply, when, and what does that leave to work that needs more?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, points, questions, scenario_text, study_data
from ..units import BILLION
from . import question
from .question import Answer, Asked

READS = (
    "nativeness",
    "integration_depth",
    "control_score",
    "agents_eligible",
    "depth_unmet",
    "crossings",
    "agent_sales",
    "runtime_rent",
)
#: What the table of states says of a channel.
STATES = ("integration_depth", "control_score", "agents_eligible", "depth_unmet", "crossings")
WHOLE = 0.999  #: depth of a channel that lacks nothing
_KEYS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")


@points.spread
def nativeness_lead(ds: xr.Dataset, arm: str, lab: str) -> xr.DataArray:
    """Which cloud's channel is most native for a lab's models, month by month and outcome by outcome.

    1 for the channel whose nativeness no other cloud's channel reaches, 1/k for each of k that share the lead, else 0: the
    mean over outcomes is the probability of leading. A channel that does not sell the lab does not lead.

    Shape: (replication, channel, time), channels of clouds that sell the lab at some time. Units: 1.
    Raises: KeyError for an unknown arm or lab, or without ``nativeness``; ValueError if no cloud's channel sells the lab.
    Example:
        >>> nativeness_lead(st, "base-2025", "openai").mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    arm = study_data.check_arm(ds, arm)
    study_data.check(ds, "lab", lab)
    index = _of_clouds(ds, arm, lab, "nativeness").fillna(-1.0)
    if index.sizes["channel"] == 0:
        raise ValueError(f"no cloud's channel sells {lab!r} in {arm!r}")
    best = (index == index.max("channel")) & (index >= 0)
    return (best / best.sum("channel").clip(min=1)).rename("lead").assign_attrs(units="1")


def _of_clouds(ds: xr.Dataset, arm: str, lab: str, name: str) -> xr.DataArray:
    """A variable of a lab, at the channels of clouds that sell it at some time."""
    values = study_data.variable(ds, name).sel(arm=arm, lab=lab, drop=True).astype(float)
    declared = scenario_text.tree(ds, arm).get("channels", {})
    sold = [
        c
        for c in map(str, ds["channel"].values)
        if scenario_text.plain(declared.get(c, {}).get("cloud")) and bool(values.sel(channel=c).notnull().any())
    ]
    return values.sel(channel=sold).transpose("replication", "channel", "time")


def integration_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    lab: str | None = None,
) -> Answer:
    """Which cloud's channel is most native for the lab's models in the more open arm, by year, and who leads.

    Args: ``lab``, default that of the exclusivity.
    Returns: Answer with tables ``by year`` (nativeness of each channel in the last month of the year, and the probability
        that it leads with its Monte Carlo error), ``what it is made of`` (depth, controls, eligible agents, unmet depth and
        crossings of channels that lack something) and, where it was recorded, ``runtime`` (fees for agents' runtimes beside what their models cost, by firm).
    Raises: KeyError without ``nativeness``; ValueError if no cloud's channel sells the lab; as :func:`asked`.
    Example:
        >>> integration_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    lab = lab or next(iter(questions.parties(q.ds, q.contrast)[1]), str(q.ds["lab"].values[0]))
    lead = nativeness_lead(q.ds, q.base, lab)
    index = _of_clouds(q.ds, q.base, lab, "nativeness")
    tables = {"by year": _by_year(q, index, lead), "what it is made of": _states(q, lab)}
    if "runtime_rent" in q.ds and "agent_sales" in q.ds:
        tables["runtime"] = _runtime(q)
    name = q.name(lab, "labs")
    return Answer(
        "integration",
        _sentence(q, name, lead),
        tables,
        partial(figure.nativeness_curves, q, index, lead, f"{name}: nativeness by channel, {q.head(q.base)}"),
        (
            "Nativeness: depth of integration x share of controls / (1 + cost of the crossings that all work would have there).",
            "Channels that share the lead count in equal parts. Agents eligible and unmet depth are of the work of all "
            "enterprises, placed anywhere or nowhere.",
        ),
    )


def _last_months(q: Asked) -> dict[str, int]:
    """By year, the position of its last month."""
    years = question.year_of(q.ds).values
    return {str(y): int(np.flatnonzero(years == y)[-1]) for y in np.unique(years)}


def _by_year(q: Asked, index: xr.DataArray, lead: xr.DataArray) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for year, month in _last_months(q).items():
        for channel in map(str, index["channel"].values):
            values = index.sel(channel=channel).isel(time=month)
            if not bool(values.notnull().any()):
                continue
            cell = question.spread(q, values.fillna(0.0), least=0.0, most=1.0)
            chance = question.spread(q, lead.sel(channel=channel).isel(time=month), least=0.0, most=1.0)
            rows.append(
                {"year": year, "channel": channel}
                | {k: float(cell[k]) for k in _KEYS}
                | {"p_lead": float(chance["mean"])}
                | {f"p_lead_{end}": float(chance[f"mean_{end}"]) for end in ("low", "high")}
            )
    return question.table(q, rows, "index from 0 to 1, in the last month of the year", "nativeness")


def _states(q: Asked, lab: str) -> pd.DataFrame:
    """Of every year's last month, for channels that lack something in some outcome."""
    states = {name: _of_clouds(q.ds, q.base, lab, name) for name in STATES}
    depth = states["integration_depth"]
    rows: list[dict[str, Any]] = []
    for year, month in _last_months(q).items():
        for channel in map(str, depth["channel"].values):
            here = depth.sel(channel=channel).isel(time=month)
            if not bool(here.notnull().all()) or float(here.min()) > WHOLE:
                continue
            for name, values in states.items():
                known = values.sel(channel=channel).isel(time=month)
                if bool(known.notnull().all()):
                    cell = question.spread(q, known, least=0.0, most=np.inf if name == "crossings" else 1.0)
                    rows.append(
                        {"year": year, "channel": channel, "measure": name} | {k: float(cell[k]) for k in _KEYS}
                    )
    columns = ["year", "channel", "measure", *_KEYS]
    made = question.table(q, rows, "shares; crossings per unit of work placed there; last month of the year")
    return made if rows else made.reindex(columns=columns)


def _runtime(q: Asked) -> pd.DataFrame:
    """Fees for runtimes and what agents' models cost at list through the firm's channels, present values."""
    rent = study_data.discounted(q.ds, "runtime_rent").sel(arm=q.base)
    sales = study_data.discounted(q.ds, "agent_sales").sel(arm=q.base).sum("lab")
    rows: list[dict[str, Any]] = []
    for firm in study_data.firms(q.ds):
        own = [
            c
            for c in map(str, sales["channel"].values)
            if scenario_text.firm_of(q.scenario, c, "channels", "clouds") == firm
        ]
        if not own or float(abs(rent.sel(firm=firm)).max()) <= 0:
            continue
        for part, values in (("runtime", rent.sel(firm=firm)), ("models", sales.sel(channel=own).sum("channel"))):
            cell = question.spread(q, values, least=0.0)
            rows.append({"firm": firm, "part": part} | {k: float(cell[k]) / BILLION for k in _KEYS})
    return question.table(q, rows, "B$, present value")


def _sentence(q: Asked, name: str, lead: xr.DataArray) -> str:
    months = _last_months(q)
    years = list(months)
    said = [_who_leads(q, year, lead.isel(time=months[year])) for year in dict.fromkeys((*years[:2], years[-1]))]
    return f"In {q.head(q.base)}, of the clouds’ channels for {name} by nativeness, {'; '.join(said)}."


def _who_leads(q: Asked, year: str, lead: xr.DataArray) -> str:
    chance = question.spread(q, lead, least=0.0, most=1.0)
    first = int(chance["mean"].values.argmax())
    leaders = [str(c) for c, p in zip(lead["channel"].values, chance["mean"].values, strict=True) if p > 0]
    if len(leaders) > 1 and bool((lead.sel(channel=leaders) == 1 / len(leaders)).all()):
        return f"at the end of {year} {' and '.join(q.name(c, 'channels') for c in leaders)} share the lead"
    one = chance.isel(channel=first)
    known = (
        ""
        if question.single(q)
        else f" ({100 * q.level:g} % Monte Carlo error: {float(one['mean_low']):.0%} to {float(one['mean_high']):.0%})"
    )
    who = q.name(str(lead["channel"].values[first]), "channels")
    return f"at the end of {year} {who} leads with probability {float(one['mean']):.0%}{known}"
