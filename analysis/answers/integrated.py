"""What does opening do to a firm that makes models and hosts them, and who rents its fleet?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import figure, scenario_text, study_data
from ..integrated import READS as FLOWS
from ..integrated import USES, integrated
from ..pairing import difference
from ..units import BILLION, money, span
from . import question
from .question import Answer, Asked

READS = FLOWS
_MILLION = 1e6
_KEYS = ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", "p_negative")


def integrated_answer(
    ds: xr.Dataset, arm: str | None = None, baseline: str | None = None, level: float = 0.9, firm: str | None = None
) -> Answer:
    """The margin of a firm that makes models and hosts them, as one firm and by layer, and who uses its fleet, in both worlds.

    The change is the more open arm minus the more exclusive one. What layers pay each other is taken out on both sides.

    Args: ``firm``, default of those with a lab and a cloud the one that sells most compute to others.
    Returns: Answer with tables ``by year`` (margin; last row: present value of the whole run), ``by layer`` (present value) in B$,
        and ``fleet`` (who uses it in the last year, in millions of H100e): one column an arm, and the change with its intervals.
    Raises: ValueError if no firm has a lab and a cloud; as :func:`rackrate.analysis.integrated` and :func:`asked`.
    Example:
        >>> integrated_answer(st, firm="google").sentence  # doctest: +SKIP
    """
    q = question.asked(question.loaded(ds, READS), arm, baseline, level)
    firm = _firm(q) if firm is None else firm
    found = integrated(q.ds, firm)
    years = [int(y) for y in found["year"].values]
    shown = [y for y in years if y >= question.FIRST_YEAR] or years
    rows = [{"year": str(y), **_cells(q, found["margin"].sel(year=y), BILLION)} for y in shown]
    layers = study_data.discounted(q.ds, "gross_profit").sel(firm=firm, drop=True)
    worth = {"year": "present value", **_cells(q, layers.sum("layer"), BILLION)}
    parts = [{"layer": x, **_cells(q, layers.sel(layer=x), BILLION)} for x in map(str, layers["layer"].values)]
    last = found.sel(year=years[-1])
    fleet = [{"use": use, **_cells(q, last["compute"].sel(use=use), _MILLION)} for use in USES]
    tables: dict[str, pd.DataFrame] = {
        "by year": question.table(q, [*rows, worth], "B$", "change"),
        "by layer": question.table(q, parts, "B$ on the valuation date", "change"),
        "fleet": question.table(q, fleet, f"millions of H100e in {years[-1]}", "change"),
    }
    name = q.name(firm, "firms")
    title = f"{name} as one firm: margin, {q.head(q.base)} minus {q.head(q.arm)}"
    notes = (
        "Revenue less cost, depreciation included; business outside AI counts. Layers pay each other the cost of the fleet.",
        "Chips are not sold outright: labs and customers rent them in the fleet.",
    )
    sentence = _sentence(q, name, worth, last["rented"], years[-1])
    return Answer("integrated", sentence, tables, partial(figure.yearly_bars, q, title, tables["by year"]), notes)


def _firm(q: Asked) -> str:
    """Of the firms with a lab and a cloud the one whose clouds are paid most by others. Raises: ValueError if there is none."""
    both = [_owners(q, table) for table in ("labs", "clouds")]
    there = sorted(both[0] & both[1] & set(study_data.firms(q.ds)))
    if not there:
        raise ValueError("no firm of the study has a lab and a cloud; name a firm with a cloud: firm=...")
    sales = [float(integrated(q.ds, f)["compute_sales"].sel(arm=q.base).sum()) for f in there]
    return there[int(np.argmax(sales))]


def _owners(q: Asked, table: str) -> set[str]:
    return {scenario_text.firm_of(q.scenario, name, table) for name in q.scenario.get(table, {})}


def _cells(q: Asked, values: xr.DataArray, scale: float) -> dict[str, float]:
    found = difference(q.ds, values.rename("answer"), q.base, q.arm, q.level, resamples=0)
    levels = {a: float(values.sel(arm=a).mean("replication")) / scale for a in (q.arm, q.base)}
    return levels | {k: float(found[k]) / (1.0 if k == "p_negative" else scale) for k in _KEYS}


def _sentence(q: Asked, name: str, worth: dict[str, Any], rented: xr.DataArray, year: int) -> str:
    change, low, high = (worth[k] for k in ("mean", "outcome_low", "outcome_high"))
    spread = "" if question.single(q) else f"; {question.all_of(q)} lie from {span(low, high)}"
    shares = [float(rented.sel(arm=a).mean("replication")) for a in (q.base, q.arm)]
    return (
        f"In {q.head(q.base)} rather than {q.head(q.arm)}, {name} earns {money(abs(change))} {'less' if change < 0 else 'more'} as one "
        f"firm (present value){spread}. In {year} others rent {shares[0]:.1%} of its used fleet, against {shares[1]:.1%}."
    )
