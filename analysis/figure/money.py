"""Premiums and payments: bars that tell two intervals apart."""

from __future__ import annotations

import numpy as np

from .. import questions, scenario_text, study_data
from ..premiums import premium_table
from ..service import who_pays
from . import style

_NEGLIGIBLE = 0.005  # of the largest bar: firms that nothing moves are named under the chart, not drawn


@style.styled
def premium_by_firm(ds, table=None, group="exclusivity", level=0.9, question=None):
    """The premium of each firm: mean, outcome spread (thin) and Monte Carlo error of the mean (thick).

    Args: ``group`` as in :func:`premium_table`; ``question`` picks one of several in the group (default:
        the first).
    Returns: Figure, B$ on the valuation date. Firms whose spread stays within 0.5 % of the largest are left
        out and counted.
    Raises: ValueError if the study answers no such question.
    Example:
        >>> premium_by_firm(st)  # doctest: +SKIP
    """
    table = premium_table(ds, level, layers=False) if table is None else table
    rows = table[(table["group"] == group) & (table["layer"] == "all")]
    rows = (
        rows[rows["question"] == rows["question"].iloc[0]]
        if question is None and len(rows)
        else rows[rows["question"] == question]
    )
    if rows.empty:
        raise ValueError(
            f"the study does not answer {group!r}; it answers {', '.join(table['group'].unique())}"
        )
    reach = rows[["mean", "outcome_low", "outcome_high"]].abs().max(axis=1)
    shown = rows[reach > _NEGLIGIBLE * reach.max()] if reach.max() > 0 else rows.head(1)
    shown = shown.sort_values("mean")
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    figure, (ax,) = style.canvas(rows["question"].iloc[0], row_height=0.27 * len(shown) + 0.2, extra=1.05)
    y = np.arange(len(shown))
    for i, row in enumerate(shown.itertuples()):
        colour = style.PALETTE[0] if row.mean >= 0 else style.PALETTE[1]
        ax.plot(
            [row.outcome_low, row.outcome_high],
            [i, i],
            color=colour,
            lw=1.3,
            alpha=0.65,
            solid_capstyle="butt",
            label=f"{100 * level:.0f} % of futures" if i == len(shown) - 1 else None,
        )
        ax.plot(
            [row.mean_low, row.mean_high],
            [i, i],
            color=colour,
            lw=6,
            alpha=0.45,
            solid_capstyle="butt",
            label=f"Monte Carlo error of the mean ({100 * level:.0f} %)" if i == len(shown) - 1 else None,
        )
        ax.plot(row.mean, i, "o", ms=3.6, color=colour, label="mean" if i == len(shown) - 1 else None)
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, [style.short(scenario_text.title(scenario, f)) for f in shown["firm"]])
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.grid(axis="y", visible=False)
    left_out = len(rows) - len(shown)
    ax.set_xlabel(
        "B$ on the valuation date" + (f"; {left_out} firms near zero not shown" if left_out else "")
    )
    style.legend(figure, ax)
    return figure


@style.styled
def who_pays_whom(ds, table=None, contrast=None, largest=8):
    """The largest changes of discounted payments between firms, with 90 % of futures.

    Returns: Figure, B$ on the valuation date; positive means that the payer pays more. Raises: what
        :func:`who_pays` raises.
    Example:
        >>> who_pays_whom(st)  # doctest: +SKIP
    """
    contrast = contrast or questions.contrasts(ds)[0]
    table = (
        who_pays(ds, contrast.minuend, contrast.subtrahend, largest=largest)
        if table is None
        else table.head(largest)
    )
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    ends = [
        [style.short(scenario_text.title(scenario, f), 18) for f in (r.payer, r.payee)]
        for r in table.itertuples()
    ]
    names = [f"{payer} → {payee}" for payer, payee in ends]
    figure, (ax,) = style.canvas(
        f"Who pays whom more: {contrast.minuend} minus {contrast.subtrahend}",
        row_height=0.27 * max(len(table), 1) + 0.2,
        extra=0.75,
    )
    y = np.arange(len(table))[::-1]
    colours = [style.PALETTE[0] if m >= 0 else style.PALETTE[1] for m in table["mean"]]
    ax.barh(y, table["mean"], height=0.55, color=colours, alpha=0.75)
    ax.hlines(y, table["outcome_low"], table["outcome_high"], color=style.INK, lw=0.9)
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, names)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("B$ on the valuation date; line: 90 % of futures")
    return figure


@style.styled
def structural_ranges(ds, table, firm):
    """One firm's premium under each structural setting, with the Monte Carlo error of each.

    Args: ``table`` from :func:`rackrate.analysis.structural`. Returns: Figure, B$ on the valuation date.
    Example:
        >>> structural_ranges(st, table, "microsoft")  # doctest: +SKIP
    """
    rows = table[table["firm"] == firm].iloc[::-1]
    name = scenario_text.title(scenario_text.tree(ds, study_data.baseline(ds)), firm)
    figure, (ax,) = style.canvas(
        f"{name}: premium under each model setting", row_height=0.27 * len(rows) + 0.2, extra=0.75
    )
    y = np.arange(len(rows))
    ax.hlines(y, rows["mean_low"], rows["mean_high"], color=style.PALETTE[0], lw=5, alpha=0.35)
    ax.plot(rows["mean"], y, "o", ms=4, color=style.PALETTE[0])
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, rows["setting"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("B$ on the valuation date")
    return figure
