"""The headline in words. Names, verbs and numbers all come from the data and the scenario's contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import questions, scenario_text, study_data
from .pairing import difference
from .structure import kept_structural, structural_range
from .table_views import draws_parameters, futures
from .units import BILLION, money, span

_NAMED = 0.05  # of the largest change: who gains or loses less is not named in the headline
__all__ = ["Headline", "headline", "money", "span"]


@dataclass(frozen=True)
class Headline:
    """``sentence`` for the top of a page, ``detail`` for the paragraph below; ``firm`` its subject."""

    sentence: str
    detail: str
    firm: str
    mean: float


def headline(ds: xr.Dataset, table: pd.DataFrame, structural: pd.DataFrame | None = None) -> Headline:
    """The headline of a study: the value of the exclusivity to the firm that holds it, and the firms that pay for it.

    The holder is the firm behind the exclusive clauses that only one of the two arms has in force; without
    scenario text it is the firm with the largest premium. Swap two clouds and holder, losers and signs
    follow.

    Args: ``table`` from :func:`premium_table`; ``structural`` from :func:`structural` for the range over
        model settings (default: what the file keeps of it).
    Returns: Headline. Raises: ValueError if the table is empty.
    Example:
        >>> headline(st, premium_table(st)).firm  # doctest: +SKIP
        'microsoft'
    """
    if table.empty:
        raise ValueError("the study compares nothing; a headline needs two arms")
    group, question = table["group"].iloc[0], table["question"].iloc[0]  # the first of the questions
    rows = table[(table["question"] == question) & (table["layer"] == "all")].set_index("firm")
    contrast = next((c for c in questions.contrasts(ds) if c.title == question), None)
    scenario = scenario_text.tree(ds, contrast.treatment if contrast else study_data.baseline(ds))

    def name(actor: str) -> str:
        return scenario_text.title(scenario, actor)

    holders, labs = questions.parties(ds, contrast) if contrast else ([], [])
    firms = [
        f
        for f in dict.fromkeys(scenario_text.firm_of(scenario, h, "clouds", "channels") for h in holders)
        if f in rows.index
    ]
    firm = max(firms or rows.index, key=lambda f: abs(rows.loc[f, "mean"]))
    row = rows.loc[firm]
    own = [h for h in holders if scenario_text.firm_of(scenario, h, "clouds", "channels") == firm]
    # What also differs in other values is not what the contracts are worth.
    if own and labs and contrast and not contrast.title.startswith("All that differs"):
        subject = f"{name(own[0])}’s exclusivity over {_list([name(lab) for lab in labs])}"
        subject += " with all the terms it came with" if group == "package" else ""
    else:
        titles = scenario_text.arm_titles(ds)
        subject = (
            f"the regime “{titles[contrast.treatment]}” rather than “{titles[contrast.control]}”"
            if contrast
            else "exclusivity"
        )
    reach = study_data.horizon(ds, contrast.treatment if contrast else None)
    horizon = f" through {reach}" if reach else ""
    single = int(row["pairs"]) < 2

    known = bool(np.isfinite(row["mean_low"]) and np.isfinite(row["mean_high"]))
    settled = bool(row["mean"] != 0) if not known else bool(row["mean_low"] > 0 or row["mean_high"] < 0)
    if row["mean"] == row["outcome_low"] == row["outcome_high"] == 0:
        verdict = f"has no measurable effect on {name(firm)}: no difference in any future"
    elif not settled:
        verdict = (
            f"has no measurable effect on {name(firm)}: {money(row['mean'], True)} on average, "
            f"within the Monte Carlo error of {span(row['mean_low'], row['mean_high'])}"
        )
    elif row["mean"] > 0:
        verdict = f"is worth {money(row['mean'])} to {name(firm)}"
    else:
        verdict = f"costs {name(firm)} {money(-row['mean'])}"
    others = rows.drop(firm)
    buyers = _buyers(ds, contrast)
    largest = max(float(rows["mean"].abs().max()), abs(buyers["mean"]))
    gain, loss = (_movers(others, bound, sign, largest) for bound, sign in (("mean_low", 1), ("mean_high", -1)))
    effects = []
    if len(loss):
        effects.append("it takes " + _list([f"{money(-others.loc[f, 'mean'])} from {name(f)}" for f in loss]))
    if len(gain):
        effects.append("it gives " + _list([f"{money(others.loc[f, 'mean'])} to {name(f)}" for f in gain]))
    if _certain(buyers) and abs(buyers["mean"]) >= _NAMED * largest:
        verb = "costs" if buyers["mean"] < 0 else "gives"
        effects.append(f"it {verb} enterprises {money(abs(buyers['mean']))} of surplus")
    sentence = (
        f"Given these assumptions, {subject} {verdict}{horizon}"
        + ("; " + _list(effects) if effects else "")
        + (" (one future: no interval)" if single else "")
        + "."
        + _all_that_is_not_known(row, table)
    )

    dated = study_data.provenance(ds, "valuation_date", study_data.baseline(ds))
    date = str(dated)[:10] if dated else "the valuation date"
    detail = f"Present value of gross profit on {date}, " + (
        "of one future: no interval."
        if single
        else f"mean of {int(row['pairs'])} paired futures. Over {futures(table)} {name(firm)}’s figure runs from "
        f"{span(row['outcome_low'], row['outcome_high'])}; "
        f"the Monte Carlo error puts the mean itself at {span(row['mean_low'], row['mean_high'])}. "
        f"The figure is negative in {100 * row['p_negative']:.0f} % of {'outcomes' if draws_parameters(table) else 'futures'}."
        + _apart(row, table)
        + _pairing(row.get("variance_ratio", np.nan))
    )
    structural = kept_structural(ds) if structural is None else structural
    ranges = structural_range(structural) if structural is not None else None
    if ranges is not None and firm in ranges.index:
        r: Any = ranges.loc[firm]
        count = f"{int(r['settings'])} other setting{'s' if r['settings'] > 1 else ''} of the model"
        if r["low"] == r["high"] == 0:
            detail += f" Over {count}, {_futures(r)}, there is no difference."
            sentence += f" Across {count} there is no difference."
        elif r["low"] == r["high"]:
            detail += f" Over {count}, {_futures(r)}, the mean is {money(r['low'], True)} ({r['low_setting']})."
            sentence += f" Across {count} the answer is {money(r['low'], True)}."
        else:
            detail += (
                f" Over {count}, {_futures(r)}, the mean runs from {money(r['low'], True)} ({r['low_setting']}) to "
                f"{money(r['high'], True)} ({r['high_setting']}); "
                + (
                    "its sign is the same in all of them."
                    if r["sign_settled"]
                    else "its sign is not settled by the model."
                )
            )
            sentence += f" Across {count} the answer runs from {span(r['low'], r['high'])}."
    elif structural is not None:
        detail += " No structural setting differs from the study’s own, so there is no range over settings."
    else:
        detail += "" if draws_parameters(table) else " No structural range was run beside it."
    return Headline(sentence, detail, firm, float(row["mean"]))


def _pairing(ratio: float) -> str:
    """What drawing the same future for both worlds is worth, in a sentence; nothing where it is not known."""
    if not np.isfinite(ratio):
        return ""
    return (
        f" Both worlds meet the same random events, which leaves {100 * ratio:.2g} % of the variance "
        "that the difference of two independent runs has."
    )


def _all_that_is_not_known(row: Any, table: pd.DataFrame) -> str:
    """The interval that holds futures and parameters together, where parameters are drawn."""
    if not draws_parameters(table) or row["outcome_low"] == row["outcome_high"] == 0:
        return ""
    level = 100 * table.attrs.get("level", 0.9)
    return f" With all that is not known, {level:g} % of outcomes lie from {span(row['outcome_low'], row['outcome_high'])}."


def _apart(row: Any, table: pd.DataFrame) -> str:
    """What futures do alone and what parameters do alone, where parameters are drawn."""
    if not draws_parameters(table) or not np.isfinite(row["parameter_low"]):
        return ""
    return (
        f" These are {int(row['points'])} draws of every value with a stated range. Futures alone would give "
        f"{span(row['future_low'], row['future_high'])}, parameters alone {span(row['parameter_low'], row['parameter_high'])}."
    )


def _futures(row: Any) -> str:
    few, many = int(row["fewest"]), int(row["most"])
    if few == many:
        return f"{few} paired future{'s' if few > 1 else ''} each"
    return f"{few} to {many} paired futures each"


def _movers(rows: pd.DataFrame, bound: str, sign: int, largest: float, most: int = 2) -> list[str]:
    """The firms that matter: they clearly gain or lose (Monte Carlo error on one side of 0), and not a trifle; largest first.

    A trifle is less than _NAMED of the largest change of all, that of the headline's own firm and of buyers too: however
    certain it is, it is not news. One future has no error: its own difference counts.
    """
    edge = rows[bound].where(rows[bound].notna(), rows["mean"])
    clear = rows[(edge * sign > 0) & (rows["mean"].abs() >= _NAMED * largest)]
    return list((clear["mean"] * sign).sort_values(ascending=False, kind="stable").index[:most])


def _buyers(ds: xr.Dataset, contrast: questions.Contrast | None) -> dict[str, float]:
    """The change of enterprises' discounted surplus in B$, with its Monte Carlo error; 0 where it is not recorded."""
    keys = ("mean", "mean_low", "mean_high")
    if contrast is None or "surplus" not in ds or not study_data.has_valuation_date(ds):
        return dict.fromkeys(keys, 0.0)
    ds = study_data.principal(ds)
    value = study_data.discounted(ds, "surplus").sum("segment").rename("surplus")
    found = difference(ds, value, contrast.treatment, contrast.control, resamples=0)
    return {k: float(found[k]) / BILLION for k in keys}


def _certain(row: dict[str, float]) -> bool:
    """Whether the Monte Carlo error leaves the sign; one future has no error, and its own difference counts."""
    low, high = (row[k] if np.isfinite(row[k]) else row["mean"] for k in ("mean_low", "mean_high"))
    return low > 0 or high < 0


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
