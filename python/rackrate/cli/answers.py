"""What ``rackrate answer`` prints: the sentence, the tables with their intervals, and what they do not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rackrate import options as checks
from rackrate.cli import outputs
from rackrate.cli.reading import opened, quiet_analysis
from rackrate.cli.tables import print_rows
from rackrate.cli.text import one_line, say

if TYPE_CHECKING:
    import pandas as pd

_SPANS = {"outcome": "outcomes", "mean": "mean known to"}
_PLAIN = {"p_negative": "P(<0)", "q_value": "by chance", "variance_ratio": "variance left", "never": "never"}


def answer(question: str, result: str, out: str | None, force: bool, options: dict[str, Any]) -> None:
    """``rackrate answer``: words and tables to standard output, the picture to ``out``."""
    if out is not None:
        outputs.distinct({"-o": out}, {result: f"the study {result}"})
        if not out.endswith(".svg"):
            raise click.UsageError(f"-o is {out}; expected a name that ends in .svg.")
        checks.writable(out, force=force)
    with opened(result) as ds:
        analysis = quiet_analysis()
        try:
            found = analysis.answer(ds, question, **options)
        except TypeError:
            raise click.UsageError(_not_asked(question, options)) from None
        except (KeyError, ValueError) as error:
            raise click.UsageError(str(error.args[0] if error.args else error)) from None
        print(one_line(found.sentence))
        print()
        for heading, table in found.tables.items():
            print_table(heading, table)
        for note in found.notes:
            print(one_line(note))
        if out is not None:
            from rackrate.files import atomic_write

            atomic_write(out, analysis.figure.svg(found.picture(), found.question, found.sentence) + "\n")
            say(f"picture: {out}")


def _not_asked(question: str, options: dict[str, Any]) -> str:
    given = ", ".join(f"--{name}" for name in options if name not in ("arm", "baseline", "level"))
    return f"{given} does not belong to the question {question}; expected it to be left out"


def print_table(heading: str, table: pd.DataFrame) -> None:
    """A table of an answer: texts, then numbers in one unit, each interval in one column; unknown ones are empty."""
    from rackrate.analysis import unit_of

    unit = str(table.attrs.get("unit", ""))
    dollars = unit_of(table.filter(regex="^(mean|outcome_low|outcome_high)$").to_numpy()) if unit == "B$" else None
    texts = [c for c in table.columns if table[c].dtype.kind in "OUT" or c == "year"]
    levels = [c for c in table.columns if c not in texts and not c.endswith(("_low", "_high")) and c not in _PLAIN]
    spans = [c for c in ("outcome", "mean") if f"{c}_low" in table and f"{c}_high" in table]
    own = [c for c in levels if c != "mean" and f"{c}_low" in table]

    def number(value: Any, signed: bool = False) -> str:
        if value != value:
            return ""
        if dollars is not None:
            return dollars.number(value, signed)
        return f"{value:{'+' if signed else ''},.{_decimals(value)}f}".replace("-", "−")

    rows = []
    for _, r in table.iterrows():
        cells = [str(r[c]) for c in texts]
        for c in levels:
            ends = (
                f" ({number(r[f'{c}_low'])} to {number(r[f'{c}_high'])})"
                if c in own and r[f"{c}_low"] == r[f"{c}_low"]
                else ""
            )
            cells.append(number(r[c], c == "mean") + ends)
        cells += [_span(number, r[f"{c}_low"], r[f"{c}_high"]) for c in spans]
        cells += ["" if r[c] != r[c] else f"{100 * r[c]:.3g} %" for c in _PLAIN if c in table]
        rows.append(cells)
    level = f"{100 * table.attrs.get('level', 0.9):g} % of "
    heads = [*texts, *(str(table.attrs.get("mean", "mean")) if c == "mean" else c.replace("_", " ") for c in levels)]
    heads += [(level if c == "outcome" else "") + _SPANS[c] for c in spans] + [_PLAIN[c] for c in _PLAIN if c in table]
    name = dollars.name if dollars is not None else unit
    print_rows(heading + (f"; {name}" if name else ""), heads, rows, texts=len(texts))


def _span(number: Any, low: float, high: float) -> str:
    return "" if low != low or high != high else f"{number(low, True)} to {number(high, True)}"


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
