"""Moves of shares of infrastructure revenue within a month, and the events that say why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from .. import scenario_text, study_data
from ..statements import clause_terms

Event = Mapping[str, Any]

# A move of this many points of infrastructure revenue in a month wants a reason, and these events are reasons.
LARGE_MOVE = 0.08
REASONS = frozenset({"buyout", "commitment", "default", "lease", "reservation"})
# The run begins with a placement that nobody had the day before: its first months say nothing about moves.
SETTLING_MONTHS = 3

HEADER = ["firm", "largest move, points", "moves beyond 8 points", "months", "events that say why", "without one"]


@dataclass(frozen=True)
class Move:
    """What the infrastructure share of a firm gained (or lost) in a month, with the events that say why."""

    replication: int
    firm: str
    month: np.datetime64
    points: float
    events: tuple[str, ...] = ()

    @property
    def explained(self) -> bool:
        return bool(self.events)


def large_moves(one: xr.Dataset, logs: Mapping[int, Iterable[Event]] | None = None) -> list[Move]:
    """Months after the first three in which a firm's share of infrastructure revenue moved by more than 8 points.

    ``logs`` holds the events of a future by its number. Events of that month and of the three weeks before it say why, where
    they name the firm and are of a kind in REASONS; so does the end of a reservation or a commitment of the firm, and what
    says why the share of the firm that moved most the other way did so, by 4 points at least.
    """
    share = one["market_share"].sel(layer="infrastructure").transpose("replication", "firm", "time")
    moved = share.diff("time").isel(time=slice(SETTLING_MONTHS - 1, None))
    found = []
    for i, f, t in np.argwhere(np.abs(moved.values) > LARGE_MOVE):
        number, firm = int(moved["replication"].values[i]), str(moved["firm"].values[f])
        month = moved["time"].values[t].astype("datetime64[M]")
        events = reasons((logs or {}).get(number, ()), firm, month) or clause_ends(one, firm, month)
        found.append(Move(number, firm, month, float(moved.values[i, f, t]), events))
    return [move if move.events else _with_the_other_side(move, one, moved, logs or {}) for move in found]


def _with_the_other_side(move: Move, one: xr.Dataset, moved: xr.DataArray, logs: Mapping[int, Iterable[Event]]) -> Move:
    """Shares add up to one: what lifts one firm's lowers the others'. The reason of the firm that moved most the other way counts."""
    months = moved["time"].values.astype("datetime64[M]")
    there = moved.sel(replication=move.replication).isel(time=int(np.flatnonzero(months == move.month)[0]))
    against = there * -np.sign(move.points)
    firm = str(there["firm"].values[int(against.argmax("firm"))])
    if float(against.max()) < LARGE_MOVE / 2:
        return move
    events = reasons(logs.get(move.replication, ()), firm, move.month) or clause_ends(one, firm, move.month)
    return dataclasses.replace(move, events=events)


def clause_ends(one: xr.Dataset, firm: str, month: np.datetime64) -> tuple[str, ...]:
    """Reservations and commitments of a firm that end at the beginning of a month or in it."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    found = []
    for clause in scenario_text.clauses(scenario):
        until = study_data.as_date(scenario_text.plain(clause.terms.get("until")))
        mine = firm in clause_terms(scenario, clause.label)[1:]
        if clause.kind in ("commit", "reservation") and mine and until and np.datetime64(until, "M") == month:
            found.append(f"end of {until} ({clause.label})")
    return tuple(found)


def reasons(log: Iterable[Event], firm: str, month: np.datetime64) -> tuple[str, ...]:
    """The events of a month, or of the three weeks before it, that name a firm and can move its share."""
    near = {str(month), str((month.astype("datetime64[D]") - 20).astype("datetime64[M]"))}
    told = [e for e in log if e["kind"] in REASONS and str(e["time"])[:7] in near and firm in str(e)]
    return tuple(f"{e['kind']} of {str(e['time'])[:10]} ({e['subject']})" for e in sorted(told, key=_weight))


def _weight(event: Event) -> int:
    """What is signed for years comes before a lease."""
    return int(event["kind"] == "lease")


def largest_moves(one: xr.Dataset) -> dict[str, float]:
    """The largest move of each firm's share of infrastructure revenue in a month, in any future, after the first months."""
    share = one["market_share"].sel(layer="infrastructure")
    later = share.diff("time").isel(time=slice(SETTLING_MONTHS - 1, None))
    moved = abs(later).max(["replication", "time"])
    return {str(f): float(moved.sel(firm=f)) for f in moved["firm"].values if float(moved.sel(firm=f)) > 0}


def table_rows(one: xr.Dataset, moves: Sequence[Move]) -> list[list[str]]:
    rows = []
    for firm, most in sorted(largest_moves(one).items(), key=lambda item: -item[1]):
        mine = [m for m in moves if m.firm == firm]
        without = [m for m in mine if not m.explained]
        months = sorted({str(m.month) for m in mine})
        said = sorted({event for m in mine for event in m.events[:1]})
        rows.append(
            [
                firm,
                f"{100 * most:.1f}",
                str(len(mine)),
                ", ".join(months) or "–",
                "; ".join(said) or "–",
                str(len(without)),
            ]
        )
    return rows
