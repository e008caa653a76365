"""Tables on a terminal: cells are text as they are, no number is cut however narrow the terminal is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rackrate.cli.text import one_line

if TYPE_CHECKING:
    import pandas as pd


def print_rows(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> None:
    """Ready-made cells as a table; the first ``texts`` columns are text, the rest are numbers."""
    _print(title, columns, rows, [k >= texts for k in range(len(columns))], width=110)


def print_frame(frame: pd.DataFrame, title: str) -> None:
    """A data frame as a table; numbers with two decimals."""
    numeric = [frame[column].dtype.kind in "if" for column in frame.columns]
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    _print(title, [str(column) for column in frame.columns], rows, numeric, width=160)


def _print(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int
) -> None:
    """``width`` is that of a pipe or a file. A table that needs more takes more, and a narrow terminal wraps its lines."""
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text  # not parsed: square brackets and colons of a name are no markup

    table = Table(box=box.SIMPLE_HEAD)
    for column, numeric in zip(columns, right, strict=True):
        table.add_column(Text(one_line(column)), justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else width, highlight=False)
    wide = console.options.update(width=100_000)
    console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(Text(one_line(title)))  # as wide as the terminal: a title of the table would wrap at its width
    console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.2f}"
    return str(value)
