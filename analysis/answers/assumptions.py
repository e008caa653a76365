"""Which of what the study does not know moves the premium most?"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import xarray as xr

from .. import figure
from ..screening import screened
from ..table_views import each
from ..units import BILLION, money, signed
from . import question
from .question import Answer, Asked

SHOWN = 12


def assumptions_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    firm: str | None = None,
) -> Answer:
    """The drawn values that the firm's premium depends on, from the strongest, and how far it moves between their ends.

    Returns: Answer with tables ``rank correlation`` (with its interval, and the share of such findings that are chance) and
        ``premium`` (B$ on the valuation date: means over the fifths of the points where the value is lowest and highest, and the
        change from the one to the other).
    Raises: ValueError for a study that draws nothing or has fewer than ten points; as :func:`asked`.
    Source: :func:`rackrate.analysis.screened`.
    Example:
        >>> assumptions_answer(st).sentence  # doctest: +SKIP
    """
    if "point" not in ds.dims:
        raise ValueError(
            "the study has every value as it is written; expected one that draws them: rackrate compare A B without "
            "--fixed-parameters, better with --points 100 and more"
        )
    q = question.asked(question.loaded(ds, ()), arm, baseline, level)
    whose = question.holder(q, firm)
    found = screened(ds, "npv", whose, q.arm, q.base, level)
    top = found.head(max(SHOWN, int(found["found"].sum())))
    rows = [
        {
            "assumption": r.label, "correlation": r.correlation, "correlation_low": r.correlation_low,
            "correlation_high": r.correlation_high, "q_value": r.q_value,
        }
        for r in each(top)
    ]  # fmt: skip
    tables = {
        "rank correlation": question.table(q, rows, ""),
        "premium": question.table(q, [_ends(r) for r in each(top)], "B$", "change"),
    }
    notes = (
        f"Of {len(found)} drawn values {int(found['found'].sum())} can be told from chance, if one in ten of them may be chance. "
        f"With {found.attrs['points']} draws a correlation below {found.attrs['visible']:.2f} is hardly seen.",
        "Lowest and highest fifth: of the draws, whatever the other values are there. What a value does only together with others does not show.",
    )
    picture = partial(figure.tornado, ds, level=level, table=_drawing(found, top))
    return Answer("assumptions", _sentence(q, whose, found), tables, picture, notes)


def _ends(row: Any) -> dict[str, Any]:
    change = (row.at_high - row.at_low) / BILLION
    error = float((row.low_error**2 + row.high_error**2) ** 0.5) / BILLION
    return {
        "assumption": row.label,
        "mean": change,
        "mean_low": change - error,
        "mean_high": change + error,
        "lowest_fifth": row.at_low / BILLION,
        "highest_fifth": row.at_high / BILLION,
    }


def _drawing(found: pd.DataFrame, top: pd.DataFrame) -> pd.DataFrame:
    """The rows of the figure, with what it reads of the whole table."""
    drawn = top.copy()
    drawn.attrs = dict(found.attrs)
    return drawn


def _sentence(q: Asked, firm: str, found: pd.DataFrame) -> str:
    name = q.name(firm, "firms")
    sure = found[found["found"]]
    if sure.empty:
        return (
            f"None of the {len(found)} drawn values can be told from chance as a cause of {name}'s premium with "
            f"{found.attrs['points']} draws: more draws would tell (--points)."
        )
    words = [
        f"{r.label} ({signed(r.correlation, 2)}; {money(r.at_low / BILLION, True)} to {money(r.at_high / BILLION, True)})"
        for r in each(sure.head(3))
    ]
    more = f", and {len(sure) - 3} more" if len(sure) > 3 else ""
    share = found.attrs["explained"]
    together = "" if share != share else f" Together they explain {100 * share:.0f} % of how the draws rank."
    return (
        f"{name}'s premium moves most with {'; '.join(words)}{more}: rank correlation, and its mean in the fifths of the draws "
        f"where the value is lowest and highest.{together}"
    )
