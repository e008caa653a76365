"""The answer in words. Names, verbs and numbers all come from the data and the scenario's contracts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import questions, scenario_text, study_data
from .structure import structural_range


def money(billions, signed=False):
    """A sum in words people use: 12.3 B$, 410 M$; three figures, a true minus sign.

    Example:
        >>> money(-0.41), money(12.345, signed=True)
        ('−410 M$', '+12.3 B$')
    """
    if not np.isfinite(billions):
        return "unknown"
    size = abs(billions)
    if size < 0.0005:
        return "0 $"
    text = (
        f"{size:.0f} B$" if size >= 99.95 else f"{size:.1f} B$" if size >= 0.9995 else f"{1000 * size:.0f} M$"
    )
    return ("−" if billions < 0 else "+" if signed else "") + text


def span(low, high, signed=True):
    """Two ends in one breath: ``−1.2 to +3.4 B$``."""
    return f"{money(low, signed)} to {money(high, signed)}"


@dataclass(frozen=True)
class Headline:
    """``sentence`` for the top of a page, ``detail`` for the paragraph below; ``firm`` whom it is about."""

    sentence: str
    detail: str
    firm: str
    mean: float


def headline(ds, table, structural=None):
    """The headline of a study: what the exclusivity is worth to the firm that holds it, and who pays for it.

    The holder is the firm behind the exclusive clauses that only one of the two arms has in force; without
    scenario text it is the firm with the largest premium. Swap two clouds and holder, losers and signs
    follow.

    Args: ``table`` from :func:`premium_table`; ``structural`` from :func:`structural` for the range over
        model settings.
    Returns: Headline. Raises: ValueError if the table is empty.
    Example:
        >>> headline(st, premium_table(st)).firm  # doctest: +SKIP
        'microsoft'
    """
    if table.empty:
        raise ValueError("the study compares nothing; a headline needs two arms")
    group = "exclusivity" if (table["group"] == "exclusivity").any() else table["group"].iloc[0]
    question = table.loc[table["group"] == group, "question"].iloc[0]
    rows = table[(table["question"] == question) & (table["layer"] == "all")].set_index("firm")
    contrast = next((c for c in questions.contrasts(ds) if c.title == question), None)
    scenario = scenario_text.tree(ds, contrast.minuend if contrast else study_data.baseline(ds))

    def name(actor):
        return scenario_text.title(scenario, actor)

    holders, labs = questions.parties(ds, contrast) if contrast else ([], [])
    firms = [f for f in dict.fromkeys(scenario_text.firm_of(scenario, h) for h in holders) if f in rows.index]
    firm = max(firms or rows.index, key=lambda f: abs(rows.loc[f, "mean"]))
    row = rows.loc[firm]
    own = [h for h in holders if scenario_text.firm_of(scenario, h) == firm]
    if own and labs:
        subject = f"{name(own[0])}’s exclusivity over {_list([name(lab) for lab in labs])}"
        subject += " with all the terms it came with" if group == "package" else ""
    else:
        subject = (
            f"the regime “{contrast.minuend}” rather than “{contrast.subtrahend}”"
            if contrast
            else "exclusivity"
        )
    horizon = f"through {str(study_data.month_bounds(ds)[0][-1])[:4]}"

    settled = row["mean_low"] > 0 or row["mean_high"] < 0
    if not settled:
        verdict = (
            f"has no measurable effect on {name(firm)}: {money(row['mean'], True)} on average, "
            f"within the Monte Carlo error of {span(row['mean_low'], row['mean_high'])}"
        )
    elif row["mean"] > 0:
        verdict = f"is worth {money(row['mean'])} to {name(firm)}"
    else:
        verdict = f"costs {name(firm)} {money(-row['mean'])}"
    others = rows.drop(firm)
    gain, loss = _movers(others, "mean_low", 1), _movers(others, "mean_high", -1)
    effects = []
    if len(loss):
        effects.append("it takes " + _list([f"{money(-others.loc[f, 'mean'])} from {name(f)}" for f in loss]))
    if len(gain):
        effects.append("it gives " + _list([f"{money(others.loc[f, 'mean'])} to {name(f)}" for f in gain]))
    sentence = (
        f"Given these assumptions, {subject} {verdict} {horizon}"
        + ("; " + " and ".join(effects) if effects else "")
        + "."
    )

    detail = (
        f"Present value of gross profit on {ds.attrs.get('valuation_date', 'the valuation date')}, mean of "
        f"{int(row['pairs'])} "
        f"paired futures. Over 90 % of futures {name(firm)}’s figure runs from "
        f"{span(row['outcome_low'], row['outcome_high'])}; "
        f"the Monte Carlo error puts the mean itself at {span(row['mean_low'], row['mean_high'])}. "
        f"The figure is negative in {100 * row['p_negative']:.0f} % of futures."
    )
    if structural is not None and firm in set(structural["firm"]):
        r = structural_range(structural).loc[firm]
        detail += (
            f" Over {int(r['settings'])} structural settings of the model the mean runs from "
            f"{money(r['low'], True)} "
            f"({r['low_setting']}) to {money(r['high'], True)} ({r['high_setting']}); "
            + (
                "its sign is the same in all of them."
                if r["sign_settled"]
                else "its sign is not settled by the model."
            )
        )
        ends = span(r["low"], r["high"])
        sentence += f" Across {int(r['settings'])} settings of the model the answer runs from {ends}."
    else:
        detail += " No structural range was run beside it."
    return Headline(sentence, detail, firm, float(row["mean"]))


def _movers(rows, bound, sign, most=2):
    """The firms that clearly gain or lose (Monte Carlo error on one side of 0), the largest first."""
    clear = rows[(rows[bound] * sign > 0) & (rows["mean"].abs() >= 0.0005)]
    return list((clear["mean"] * sign).sort_values(ascending=False, kind="stable").index[:most])


def _list(words):
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
