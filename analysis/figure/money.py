"""Premiums and payments: bars that show both intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from .. import questions, scenario_text, study_data
from ..premiums import premium_table
from ..service import who_pays
from ..table_views import each, futures
from ..units import BILLION, unit_of
from . import style

_NEGLIGIBLE = 0.005  # of the largest bar: firms that nothing moves are named under the chart, not drawn


@style.styled
def premium_by_firm(
    ds: xr.Dataset,
    table: pd.DataFrame | None = None,
    group: str = "exclusivity",
    level: float = 0.9,
    question: str | None = None,
) -> Figure:
    """The premium of each firm: mean, outcome spread (thin) and Monte Carlo error of the mean (thick).

    Args: ``group`` as in :func:`premium_table`; ``question`` picks one of several in the group (default:
        the first).
    Returns: Figure, present values in the unit of the largest. Firms whose spread stays within 0.5 % of the largest
        are left out and counted. With one future there is no interval.
    Raises: ValueError if the study answers no such question.
    Example:
        >>> premium_by_firm(st)  # doctest: +SKIP
    """
    ds = study_data.standard(ds)
    table = premium_table(ds, level, layers=False) if table is None else table
    level = table.attrs.get("level", level)
    rows = table[(table["group"] == group) & (table["layer"] == "all")]
    rows = (
        rows[rows["question"] == rows["question"].iloc[0]]
        if question is None and len(rows)
        else rows[rows["question"] == question]
    )
    if rows.empty:
        raise ValueError(f"the study does not answer {group!r}; it answers {', '.join(table['group'].unique())}")
    reach = rows[["mean", "outcome_low", "outcome_high"]].abs().max(axis=1)
    shown = rows[reach > _NEGLIGIBLE * reach.max()] if reach.max() > 0 else rows.head(1)
    shown = shown.sort_values("mean")
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    asked = next((c for c in questions.contrasts(ds) if c.title == rows["question"].iloc[0]), None)
    heading = questions.titled(ds, asked) if asked else str(rows["question"].iloc[0])
    figure, (ax,) = style.canvas(heading, row_height=0.27 * len(shown) + 0.2, extra=1.05)
    unit = unit_of(table[["mean", "outcome_low", "outcome_high"]].to_numpy())  # that of the table beside it
    money = ["mean", "outcome_low", "outcome_high", "mean_low", "mean_high"]
    shown = shown.assign(**{k: shown[k] * (BILLION / unit.size) for k in money})
    single, colour = bool((shown["pairs"] < 2).all()), style.AMOUNT
    y = np.arange(len(shown))
    for i, row in enumerate(each(shown)):
        if single:
            ax.plot(row.mean, i, "o", ms=3.6, color=colour, label="the one future" if i == len(shown) - 1 else None)
            continue
        ax.plot(
            [row.outcome_low, row.outcome_high],
            [i, i],
            color=colour,
            lw=1.3,
            alpha=0.65,
            solid_capstyle="butt",
            label=futures(table) if i == len(shown) - 1 else None,
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
        f"{unit.name} on the valuation date" + (f"; {left_out} firms near zero not shown" if left_out else "")
    )
    style.legend(figure, ax)
    return figure


@style.styled
def who_pays_whom(
    ds: xr.Dataset,
    table: pd.DataFrame | None = None,
    contrast: questions.Contrast | None = None,
    largest: int = 8,
) -> Figure:
    """The largest changes of discounted payments between firms, with 90 % of futures.

    Returns: Figure, present values in the unit of the largest; positive means that the payer pays more. Raises:
        ValueError if the study has one arm; what :func:`who_pays` raises.
    Example:
        >>> who_pays_whom(st)  # doctest: +SKIP
    """
    asked = [contrast] if contrast else questions.contrasts(ds)
    if not asked:
        raise ValueError("the study has one arm; who pays more is a difference between two")
    contrast = asked[0]
    table = (
        who_pays(ds, contrast.treatment, contrast.control, largest=largest) if table is None else table.head(largest)
    )
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    ends = [[style.short(scenario_text.title(scenario, f), 18) for f in (r.payer, r.payee)] for r in each(table)]
    names = [f"{payer} → {payee}" for payer, payee in ends]
    figure, (ax,) = style.canvas(
        "Who pays whom more: " + questions.titled(ds, contrast).split(": ", 1)[1],
        row_height=0.27 * max(len(table), 1) + 0.2,
        extra=0.75,
    )
    unit = unit_of(table[["mean", "outcome_low", "outcome_high"]].to_numpy())
    scale = BILLION / unit.size
    y = np.arange(len(table))[::-1]
    ax.barh(y, table["mean"] * scale, height=0.55, color=style.AMOUNT, alpha=0.6)
    ax.hlines(y, table["outcome_low"] * scale, table["outcome_high"] * scale, color=style.INK, lw=0.9)
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, names)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"{unit.name} on the valuation date; line: {futures(table)}")
    return figure


@style.styled
def structural_ranges(ds: xr.Dataset, table: pd.DataFrame, firm: str) -> Figure:
    """One firm's premium under each structural setting, with the Monte Carlo error of each.

    Args: ``table`` from :func:`rackrate.analysis.structural`. Returns: Figure, present values in the unit of the
        largest; the study's own setting is an open circle.
    Raises: KeyError for a firm that the table does not have.
    Example:
        >>> structural_ranges(st, table, "microsoft")  # doctest: +SKIP
    """
    study_data.member(table["firm"].unique(), firm, "firm")
    rows = table[table["firm"] == firm].iloc[::-1]
    name = scenario_text.title(scenario_text.tree(ds, study_data.baseline(ds)), firm)
    figure, (ax,) = style.canvas(
        f"{name}: premium under each model setting", row_height=0.27 * len(rows) + 0.2, extra=0.75
    )
    unit = unit_of(rows[["mean", "mean_low", "mean_high"]].to_numpy())
    scale, y = BILLION / unit.size, np.arange(len(rows))
    known = np.isfinite(rows["mean_low"].to_numpy(float))
    ax.hlines(
        y[known],
        rows["mean_low"][known] * scale,
        rows["mean_high"][known] * scale,
        color=style.AMOUNT,
        lw=5,
        alpha=0.35,
    )
    own = rows["as_reference"].to_numpy(bool)
    means = rows["mean"].to_numpy(float) * scale
    ax.plot(means[~own], y[~own], "o", ms=4, color=style.AMOUNT)
    ax.plot(means[own], y[own], "o", ms=4, mfc="white", mec=style.AMOUNT)
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, rows["setting"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"{unit.name} on the valuation date")
    return figure
