"""Data frames that print every column; pandas omits the middle columns of wide frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeVar

import pandas as pd

from .units import unit_of

_Frame = TypeVar("_Frame", bound=pd.DataFrame)
_WIDE = ("display.max_columns", None, "display.width", 160, "display.max_colwidth", 60)


def futures(frame: pd.DataFrame) -> str:
    """What a table's outcome spread holds: ``90 % of futures``, or of futures and parameters where they are drawn."""
    return f"{100 * frame.attrs.get('level', 0.9):g} % of futures" + (
        " and parameters" if draws_parameters(frame) else ""
    )


def draws_parameters(frame: pd.DataFrame) -> bool:
    """Whether a table is of a study that draws its parameters."""
    return bool(frame.attrs.get("draws_parameters", False))


#: What the column of :func:`variance_left` means.
VARIANCE_LEFT = (
    "Variance left: variance of the paired difference, as a share of the sum of the two arms' variances. "
    "Without pairing it would be 100 %; half of it halves the futures that a mean needs."
)


def variance_left(row: Any) -> str:
    """The ``variance_ratio`` of a row of premiums as per cent; a dash where it is not known."""
    ratio = getattr(row, "variance_ratio", math.nan)
    return f"{100 * ratio:.2g} %" if ratio == ratio else "–"


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples, whose fields are what the columns hold."""
    return iter(frame.itertuples())


class Table(pd.DataFrame):
    """A pandas DataFrame that shows all its columns. Everything else is pandas'."""

    @property
    def _constructor(self) -> Any:
        return type(self)

    def __repr__(self) -> str:
        with pd.option_context(*_WIDE):
            return pd.DataFrame.__repr__(self)

    __str__ = __repr__

    def _repr_html_(self) -> Any:
        with pd.option_context(*_WIDE):
            return super()._repr_html_()  # type: ignore[misc]


class Premiums(Table):
    """The table of :func:`premium_table`: prints one block a question, in one unit; the columns stay in B$."""

    def __repr__(self) -> str:
        if not set(self.columns) >= _SHOWN or self.empty:
            return Table.__repr__(self)
        unit = unit_of(self[["mean", "outcome_low", "outcome_high"]].to_numpy())
        blocks = [
            f"{unit.name} on the valuation date" + ("" if unit.name == "B$" else " (the columns themselves hold B$)")
        ]
        for (question, group), part in self.groupby(["question", "group"], sort=False):
            kind = {"transfer": ", moved by money clauses", "rest": ", the rest"}.get(str(group), "")
            rows = [
                {
                    "firm": r.firm,
                    "layer": r.layer,
                    "mean": unit.number(r.mean, True),
                    futures(self): unit.span(r.outcome_low, r.outcome_high) if r.pairs > 1 else "–",
                    **_apart(self, r, unit),
                    "mean known to": unit.span(r.mean_low, r.mean_high),
                    "P(<0)": f"{100 * r.p_negative:.0f} %" if r.pairs > 1 else "–",
                    "break-even": "" if pd.isna(r.break_even) else f"{r.break_even:.0f}",
                    "variance left": variance_left(r),
                }
                for r in each(part)
                if any(v != 0 for v in (r.mean, r.outcome_low, r.outcome_high))
            ]
            still = [str(f) for f in part.loc[part["layer"] == "all", "firm"] if f not in {row["firm"] for row in rows}]
            blocks.append(f"\n{question}{kind}")
            blocks += [pd.DataFrame(rows).to_string(index=False)] if rows else []
            blocks += [f"no difference: {', '.join(still)}"] if still else []
        if "variance_ratio" in self and self["variance_ratio"].notna().any():
            blocks.append(f"\n{VARIANCE_LEFT}")
        if (self["pairs"] < 2).all():
            blocks.append("\none future: no interval")
        return "\n".join(blocks)

    __str__ = __repr__

    def _repr_html_(self) -> Any:
        from .markup import text

        return f"<pre>{text(repr(self))}</pre>"


def at_level(table: _Frame, level: float, draws: bool = False) -> _Frame:
    """The table with the level of its intervals, and whether parameters are drawn in them, which what shows it quotes."""
    table.attrs["level"] = level
    if draws:
        table.attrs["draws_parameters"] = True
    return table


def _apart(frame: pd.DataFrame, row: Any, unit: Any) -> dict[str, str]:
    """The intervals of futures alone and of parameters alone, where parameters are drawn."""
    if not draws_parameters(frame):
        return {}
    return {
        "futures alone": unit.span(row.future_low, row.future_high),
        "parameters alone": unit.span(row.parameter_low, row.parameter_high),
    }


_SHOWN = {
    "group",
    "question",
    "firm",
    "layer",
    "mean",
    "outcome_low",
    "outcome_high",
    "mean_low",
    "mean_high",
    "p_negative",
    "break_even",
    "pairs",
}
