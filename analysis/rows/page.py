"""The page: every table under its heading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import xarray as xr

from .. import record, scenario_text, study_data
from . import borrowers, capital, commitments, labs, moves, premium, service, vendors
from .markdown import spread, table
from .moves import Event


def page(
    ds: xr.Dataset,
    amended: str,
    exclusive: str,
    logs: Mapping[str, Mapping[int, Iterable[Event]]] | None = None,
    half_width: float = 1.5,
    adjusted: xr.Dataset | None = None,
) -> str:
    """The rows as Markdown. ``logs`` are the dated events of the futures that have a large move, by arm and number;
    ``adjusted`` are the premiums adjusted for drivers, of :func:`rackrate.adjusted`."""
    arms = {name: record.one_arm(ds, name) for name in (amended, exclusive)}

    def section(
        title: str, note: str, header: Sequence[str], rows: Callable[[str, xr.Dataset], list[list[str]]]
    ) -> list[str]:
        lines = [f"## {title}", "", *([note, ""] if note else [])]
        for name, one in arms.items():
            lines += [f"### {name}", "", *table(header, rows(name, one))]
        return lines

    def share_moves(name: str, one: xr.Dataset) -> list[list[str]]:
        return moves.table_rows(one, moves.large_moves(one, (logs or {}).get(name)))

    years = [str(int(y)) for y in np.unique(arms[amended]["time"].dt.year.values)]
    more = commitments.paid(arms[exclusive], "openai", "amazon") - commitments.paid(arms[amended], "openai", "amazon")
    header = premium.HEADER + ([] if adjusted is None else premium.ADJUSTED_HEADER)
    known = [f"futures for ±{half_width} B$" if column == "futures" else column for column in header]
    note = [] if adjusted is None else [premium.ADJUSTED_NOTE.format(controls=adjusted.attrs["controls"]), ""]
    return "\n".join(
        [
            *_opening(ds),
            *section(
                "Capital to the end of the run, B$",
                capital.NOTE,
                capital.HEADER,
                lambda _, one: capital.table_rows(one),
            ),
            *section("Paid for nothing, B$", "", commitments.HEADER, lambda _, one: commitments.table_rows(one)),
            f"Under exclusivity OpenAI pays Amazon {spread(more)} B$ more than without it (negative: less).",
            "",
            *section("Shares of infrastructure revenue, largest move in a month", "", moves.HEADER, share_moves),
            "## Revenue of NVIDIA by month",
            "",
            *vendors.lines(arms[amended]),
            *section(
                "What is not served, and waits", service.NOTE, service.HEADER, lambda _, one: service.table_rows(one)
            ),
            *section("Orders that wait", service.ORDER_NOTE, ["cloud", *years], lambda _, one: service.order_rows(one)),
            *section("Firms that borrow", "", borrowers.HEADER, lambda _, one: borrowers.table_rows(one)),
            *section("Cash of labs, B$", "", labs.HEADER, lambda _, one: labs.table_rows(one)),
            "## How well the premium of exclusivity is known",
            "",
            *note,
            *table(known, premium.table_rows(ds, exclusive, amended, half_width, adjusted)),
        ]
    )


def _opening(ds: xr.Dataset) -> list[str]:
    futures = study_data.finished(ds).sizes["replication"]
    return [
        "# The flagship, row by row",
        "",
        "What a reader from the industry asks of the flagship and of its exclusive arm. This page is printed by a command:",
        "",
        "```sh",
        "./dev rows     # python -m rackrate.rows -o rows.md",
        "```",
        "",
        f"{futures} futures, seed {ds.attrs.get('seed', 'unknown')}, {_enterprises(ds)} enterprises, every value as it is written. Unless a column "
        "says otherwise a figure is the median over futures, with 90 % of them in brackets; nominal dollars.",
        "",
    ]


def _enterprises(ds: xr.Dataset) -> str:
    run = scenario_text.tree(ds, study_data.baseline(ds)).get("run", {})
    return f"{int(scenario_text.plain(run.get('enterprises', 0))):,}"
