"""Take-or-pay that bought nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from .. import scenario_text
from ..statements import clause_terms
from ..units import BILLION
from .markdown import spread

HEADER = ["kind", "payer", "payee", "fell due", "paid for nothing", "share"]


class Idle(NamedTuple):
    """Take-or-pay of one kind between two firms: what fell due and what of it bought nothing, $ by replication."""

    kind: str
    payer: str
    payee: str
    due: xr.DataArray
    nothing: xr.DataArray


def idle_commitments(one: xr.Dataset) -> list[Idle]:
    """Commitments that were not met and reservations that were not used. One entry for a kind and a pair of parties."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    found: dict[tuple[str, str, str], tuple[xr.DataArray, xr.DataArray]] = {}
    for label in map(str, one["clause"].values):
        kind, payer, payee = clause_terms(scenario, label)
        if kind not in ("commit", "reservation"):
            continue
        cell = one.sel(clause=label)
        due = cell["clause_commitment"].fillna(0.0).sum("time")
        idle = cell["clause_shortfall"].fillna(0.0).sum("time")
        if kind == "reservation":
            idle = (due - cell["clause_used"].fillna(0.0).sum("time")).clip(min=0.0)
        before = found.get((kind, payer, payee))
        found[kind, payer, payee] = (due, idle) if before is None else (before[0] + due, before[1] + idle)
    return [Idle(*key, due, idle) for key, (due, idle) in found.items()]


def table_rows(one: xr.Dataset) -> list[list[str]]:
    found = idle_commitments(one)
    rows = []
    for kind in ("commit", "reservation"):
        here = [entry for entry in found if entry.kind == kind]
        if not here:
            continue
        due = np.sum([entry.due.values for entry in here], axis=0)
        idle = np.sum([entry.nothing.values for entry in here], axis=0)
        rows.append([_KIND[kind], "all", "all", *_idle_cells(due, idle)])
        for e in sorted(here, key=lambda entry: -float(entry.nothing.mean())):
            if float(e.nothing.mean()) >= 0.005 * BILLION:
                names = [_KIND[kind], e.payer, e.payee or "who was awarded"]
                rows.append([*names, *_idle_cells(e.due.values, e.nothing.values)])
    return rows


_KIND = {"commit": "commitment", "reservation": "reservation"}


def _idle_cells(due: Any, idle: Any) -> list[str]:
    share = float(np.sum(idle) / np.sum(due)) if np.sum(due) > 0 else 0.0
    return [spread(due), spread(idle, 2), f"{share:.1%}"]


def paid(one: xr.Dataset, payer: str, payee: str) -> xr.DataArray:
    """What one firm pays another over the run, $ by replication."""
    total: xr.DataArray = one["payment"].sel(payer=payer, payee=payee).sum("time")
    return total
