"""The tables of the report, from frames to HTML. Money stands in one unit a table, named in the head of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import scenario_text
from .markup import Row, link, paragraph, table, text
from .scenario_text import Tree
from .table_views import VARIANCE_LEFT, draws_parameters, each, futures, variance_left
from .units import BILLION, Unit, money, unit_of

_GROUPS = {
    "exclusivity": "Exclusivity alone",
    "package": "",
    "transfer": "Of which moved by money clauses (revenue shares, shortfalls)",
    "rest": "Of which other terms and responses (package − exclusivity − transfer)",
}
_GRADES = {
    "P": "primary source",
    "R": "press or analyst report",
    "W": "weak secondary source",
    "A": "assumption",
}
_SMALL = 5e-4  # of the largest number of a table: less is named in a line and has no row


def _reach(row: Any) -> float:
    return float(max(abs(row.mean), abs(row.outcome_low), abs(row.outcome_high)))


def _names(scenario: Tree, firms: Sequence[str]) -> str:
    return ", ".join(scenario_text.title(scenario, f) for f in firms)


def premium(frame: pd.DataFrame, scenario: Tree, questions: Mapping[str, str] | None = None) -> str:
    """Rows per question and firm, layers below their firm. Firms that nothing moves are named in one line."""
    unit = unit_of(frame[["mean", "outcome_low", "outcome_high"]].to_numpy())
    single, drawn = bool((frame["pairs"] < 2).all()), draws_parameters(frame)
    small = _SMALL * unit.size / 1e9 * max(1.0, _largest(frame) * 1e9 / unit.size)
    rows: list[Row] = []
    for (group, question), part in frame.groupby(["group", "question"], sort=False):
        asked = (questions or {}).get(str(question), str(question))
        words = _GROUPS.get(str(group), str(group))
        rows.append(("group", text(f"{words}: {asked.split(': ', 1)[-1]}" if words else asked)))
        totals = part[part["layer"] == "all"]
        reach = {r.firm: _reach(r) for r in each(totals)}
        moved = totals[[reach[f] >= small and reach[f] > 0 for f in totals["firm"]]].sort_values(
            "mean", ascending=False
        )
        for row in each(moved):
            rows.append(_premium_row(row, scenario_text.title(scenario, row.firm), unit, single, drawn))
            layers = part[(part["firm"] == row.firm) & (part["layer"] != "all")]
            seen = [r for r in each(layers) if _reach(r) >= small and _reach(r) > 0]
            if len(seen) > 1:
                rows += [("layer", _premium_row(r, f"{r.layer} layer", unit, single, drawn)) for r in seen]
        none = [f for f, size in reach.items() if size == 0]
        little = [f for f, size in reach.items() if 0 < size < small]
        if none:
            rows.append(("still", text(f"No difference: {_names(scenario, none)}")))
        if little:
            rows.append(
                (
                    "still",
                    text(f"At most {money(max(reach[f] for f in little))} either way: {_names(scenario, little)}"),
                )
            )
    if single:
        return table(["Firm", f"Difference, {unit.name}", "Break-even"], rows, numeric=(1, 2)) + paragraph(
            "One future: no interval.", "note"
        )
    head = [
        "Firm",
        f"Mean, {unit.name}",
        f"{futures(frame)} (outcome spread), {unit.name}",
        *(("Futures alone", "Parameters alone") if drawn else ()),
        f"Mean known to (Monte Carlo error), {unit.name}",
        "P(below 0)",
        "Break-even",
        "Variance left",
    ]
    return table(head, rows, numeric=tuple(range(1, len(head)))) + paragraph(VARIANCE_LEFT, "note")


def _largest(frame: pd.DataFrame) -> float:
    values = np.abs(frame[["mean", "outcome_low", "outcome_high"]].to_numpy(float))
    return float(np.nanmax(values)) if values.size else 0.0


def _premium_row(row: Any, name: str, unit: Unit, single: bool, drawn: bool) -> list[str]:
    year = "" if pd.isna(row.break_even) else f"{int(row.break_even)}"
    if single:
        return [text(name), text(unit.number(row.mean, True)), year]
    return [
        text(name),
        text(unit.number(row.mean, True)),
        text(unit.span(row.outcome_low, row.outcome_high)),
        *(
            [text(unit.span(row.future_low, row.future_high)), text(unit.span(row.parameter_low, row.parameter_high))]
            if drawn
            else []
        ),
        text(unit.span(row.mean_low, row.mean_high)),
        f"{100 * row.p_negative:.0f} %",
        year,
        variance_left(row),
    ]


def gains(frame: pd.DataFrame, scenario: Tree, single: bool = False) -> str:
    """What all parties and buyers gain and the sum, from :func:`rackrate.analysis.gains`; beside it, looking through stakes."""
    unit = unit_of(frame[["mean", "outcome_low", "outcome_high"]].to_numpy())
    through = {r.party: r for r in each(frame[frame["through_stakes"]])}
    own = frame[~frame["through_stakes"]]
    small = _SMALL * _largest(own)
    rows: list[Row] = []
    for r in each(own):
        if _reach(r) <= small and r.party != "total":
            continue
        cells = [text(scenario_text.title(scenario, r.party))]
        for one in (r, through.get(r.party)):
            if one is not None:
                cells.append(text(unit.number(one.mean, True)))
                cells += [] if single else [text(unit.span(one.outcome_low, one.outcome_high))]
        rows.append([*cells, "" if pd.isna(r.after_2028) else f"{100 * r.after_2028:.0f} %"])
    spread = [] if single else [futures(frame)]
    head = ["Party", f"Gain, {unit.name}", *spread]
    head += [f"Looking through stakes, {unit.name}", *spread] if through else []
    return table([*head, "Of it after 2028"], rows, numeric=tuple(range(1, len(head) + 1)))


def gains_by_year(frame: pd.DataFrame, scenario: Tree) -> str:
    """The same by calendar year, from :func:`rackrate.analysis.gains_by_year`."""
    years = [c for c in frame.columns if c != "party"]
    unit = unit_of(frame[years].to_numpy())
    small = _SMALL * float(np.abs(frame[years].to_numpy(float)).max(initial=0.0))
    rows: list[Row] = [
        [text(scenario_text.title(scenario, r["party"])), *(text(unit.number(r[y], True)) for y in years)]
        for r in frame.to_dict("records")
        if r["party"] == "total" or max(abs(r[y]) for y in years) > small
    ]
    return table([f"Party, {unit.name}", *years], rows, numeric=tuple(range(1, len(years) + 1)))


def payments(frame: pd.DataFrame, scenario: Tree, single: bool = False, change: bool = True) -> str:
    """Who pays whom, or more or less (``change``), and for what."""
    if frame.empty:
        return ""
    unit = unit_of(frame[["mean", "outcome_low", "outcome_high"]].to_numpy())
    rows: list[Row] = [
        [
            text(scenario_text.title(scenario, r.payer)),
            text(scenario_text.title(scenario, r.payee)),
            text(r.category),
            text(unit.number(r.mean, change)),
            *([] if single else [text(unit.span(r.outcome_low, r.outcome_high, change))]),
        ]
        for r in each(frame)
    ]
    words = ("Change" if single else "Mean change") if change else ("Paid" if single else "Mean paid")
    head = ["Payer", "Payee", "Category", f"{words}, {unit.name}"]
    return table(head if single else [*head, f"{futures(frame)}, {unit.name}"], rows, numeric=(3, 4))


def clause_payments(frames: Mapping[str, pd.DataFrame], scenario: Tree) -> str:
    """What each clause moved, with payer, payee and category: one column of means per arm."""
    keys = ["contract", "clause", "category", "payer", "payee"]
    joined = pd.concat([f.assign(arm=arm) for arm, f in frames.items()], ignore_index=True)
    if joined.empty:
        return ""
    unit = unit_of(joined["mean"].to_numpy())
    wide = joined.pivot_table(index=keys, columns="arm", values="mean", aggfunc="sum", sort=False)
    order = wide.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    rows: list[Row] = []
    for key in order:
        contract, clause, category, payer, payee = map(str, key)
        cells = [wide.loc[key, arm] if arm in wide.columns else np.nan for arm in frames]
        rows.append(
            [
                text(scenario_text.title(scenario, contract, "contracts")),
                text(clause),
                text(category),
                text(scenario_text.title(scenario, payer)),
                text(scenario_text.title(scenario, payee)),
                *(text("" if value != value else unit.number(float(value))) for value in cells),
            ]
        )
    head = ["Contract", "Clause", "Category", "Payer", "Payee", *(f"{arm}, {unit.name}" for arm in frames)]
    return table(head, rows, numeric=tuple(range(5, len(head))))


def _dust(x: float, size: float = 0.0) -> bool:
    return abs(x) < max(1e-9, 1e-7 * abs(size))


def quantity(x: float, signed: bool = False, size: float = 0.0) -> str:
    """A number of any unit with three figures; numerical dust beside ``size`` is 0.

    Example:
        >>> quantity(1e-18), quantity(-0.00123, True), quantity(12345.6)
        ('0', '−0.00123', '12,346')
    """
    if x != x:
        return "–"
    if _dust(x, size):
        return "0"
    if abs(x) >= 100:
        shown = f"{abs(x):,.0f}"
    else:
        shown = np.format_float_positional(abs(x), precision=3, fractional=False, unique=False, trim="-")
    return ("−" if x < 0 else "+" if signed else "") + shown


def _measured(unit: str, values: Sequence[float]) -> tuple[Unit, str]:
    """How a row of numbers is written: money in the unit of its size, all else with three figures of the largest."""
    if unit.startswith("B$"):
        money = unit_of(values)
        return money, unit.replace("B$", money.name, 1)
    largest = max((abs(v) for v in values if np.isfinite(v)), default=0.0)
    decimals = max(0, 2 - int(np.floor(np.log10(largest)))) if largest > 0 else 0
    return Unit("", BILLION, decimals), unit


def service(frame: pd.DataFrame, single: bool = False) -> str:
    """What customers get: level in the baseline and difference; what does not differ stands in one line."""
    rows: list[Row] = []
    same = []
    for r in each(frame):
        size = 0.0 if r.baseline != r.baseline else abs(r.baseline)
        numbers = [
            0.0 if _dust(v, size) else v for v in (r.mean, r.outcome_low, r.outcome_high, r.mean_low, r.mean_high)
        ]
        if not any(np.isfinite(v) and v for v in numbers):
            same.append(str(r.measure))
            continue
        unit, name = _measured(r.unit, numbers)
        level = quantity(r.baseline * BILLION / unit.size)
        row = [text(r.measure), text(name), level, text(unit.number(numbers[0], True))]
        rows.append(
            row if single else [*row, text(unit.span(numbers[1], numbers[2])), text(unit.span(numbers[3], numbers[4]))]
        )
    head = ["Measure", "Unit", "Baseline", "Difference" if single else "Mean difference"]
    head += [] if single else [futures(frame), "Mean known to"]
    words = paragraph(f"No difference: {', '.join(same)}.", "note") if same else ""
    return (table(head, rows, numeric=(2, 3, 4, 5)) if rows else "") + words


def service_levels(frame: pd.DataFrame, single: bool = False) -> str:
    """What customers get in one arm; what is zero throughout stands in one line."""
    rows: list[Row] = []
    zero = []
    for r in each(frame):
        mean, low, high = (0.0 if _dust(v) else v for v in (r.mean, r.outcome_low, r.outcome_high))
        if not any((mean, low, high)):
            zero.append(str(r.measure))
            continue
        unit, name = _measured(r.unit, [mean, low, high])
        rows.append(
            [
                text(r.measure),
                text(name),
                text(unit.number(mean)),
                *([] if single else [text(unit.span(low, high, False))]),
            ]
        )
    head = ["Measure", "Unit", "Value" if single else "Mean", *([] if single else [futures(frame)])]
    words = paragraph(f"Zero throughout: {', '.join(zero)}.", "note") if zero else ""
    return (table(head, rows, numeric=(2, 3)) if rows else "") + words


def worth(frame: pd.DataFrame, scenario: Tree, single: bool = False) -> str:
    """One arm's present values by firm: mean, spread over futures and Monte Carlo error."""
    unit = unit_of(frame[["mean", "outcome_low", "outcome_high"]].to_numpy())
    rows: list[Row] = []
    for r in each(frame):
        cells = [text(scenario_text.title(scenario, r.firm)), text(unit.number(r.mean))]
        rows.append(
            cells
            if single
            else [
                *cells,
                text(unit.span(r.outcome_low, r.outcome_high, False)),
                text(unit.span(r.mean_low, r.mean_high, False)),
            ]
        )
    if single:
        return table(["Firm", f"Present value, {unit.name}"], rows, numeric=(1,)) + paragraph(
            "One future: no interval.", "note"
        )
    head = [
        "Firm",
        f"Mean, {unit.name}",
        f"{futures(frame)} (outcome spread), {unit.name}",
        f"Mean known to (Monte Carlo error), {unit.name}",
    ]
    return table(head, rows, numeric=(1, 2, 3))


def years(frame: pd.DataFrame, unit: str, scenario: Tree) -> str:
    """A flow by fiscal year, from :func:`rackrate.analysis.fiscal_summary`."""
    if frame.empty:
        return ""
    rows: list[Row] = [
        [text(scenario_text.title(scenario, str(firm))), *(text(c) for c in cells)]
        for firm, cells in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    return table([f"Firm, {unit}", *map(str, frame.columns)], rows, numeric=tuple(range(1, len(frame.columns) + 1)))


def structural(frame: pd.DataFrame, firm: str) -> str:
    """One firm's premium under each setting."""
    part = frame[frame["firm"] == firm]
    unit = unit_of(part[["mean", "mean_low", "mean_high"]].to_numpy())
    rows: list[Row] = [
        [
            text(r.setting),
            text(unit.number(r.mean, True)),
            text(unit.span(r.mean_low, r.mean_high)),
            str(r.replications),
            f"the study’s own first {r.replications} futures, to compare with" if r.as_reference else "run again",
        ]
        for r in each(part)
    ]
    return table(
        ["Setting", f"Mean, {unit.name}", f"Mean known to (Monte Carlo error), {unit.name}", "Futures", "How"],
        rows,
        numeric=(1, 2, 3),
    )


def concentration(result: xr.Dataset, names: Mapping[str, str], single: bool = False) -> str:
    """HHI by layer in the last year of the run, one column per arm; layers with one seller throughout in one line."""
    last, rows, alone = result.isel(year=-1), [], []
    for layer in map(str, result["layer"].values):
        part = last.sel(layer=layer)
        if bool((part["low"] > 9999.5).all()):
            alone.append(layer)
            continue
        cells = []
        for arm in names:
            mean, low, high = (float(part[k].sel(arm=arm)) for k in ("mean", "low", "high"))
            cells.append(
                "no sales" if mean != mean else f"{mean:,.0f}" + ("" if single else f" ({low:,.0f} to {high:,.0f})")
            )
        if any(c != "no sales" for c in cells):
            rows.append([text(layer), *cells])
    words = paragraph(f"One seller has all of it (index 10,000): {', '.join(alone)}.", "note") if alone else ""
    body: list[Row] = list(rows)
    return (table(["Layer", *names.values()], body, numeric=tuple(range(1, len(names) + 1))) if body else "") + words


def versions(scenario: Tree) -> str:
    """Contract versions with their first day and source."""
    sources = scenario.get("sources", {})
    rows: list[Row] = []
    for contract, version, first, until, source, grade in scenario_text.versions(scenario):
        known = sources.get(source, {}) if isinstance(source, str) else {}
        rows.append(
            [
                text(scenario_text.title(scenario, contract, "contracts")),
                text(version),
                text(first or ""),
                text(until or "open"),
                _grade(grade),
                link(known.get("title", source), known.get("url", "")),
            ]
        )
    return table(["Contract", "Version", "From", "Until", "Grade", "Source"], rows) if rows else ""


def clause_dates(frame: pd.DataFrame, level: float, names: Mapping[str, str]) -> str:
    """How often each clause acted and by when, from :func:`rackrate.analysis.clause_dates`."""

    def day(value: Any) -> str:
        return "later" if value != value else text(value.date().isoformat())

    rows: list[Row] = [
        [
            text(names.get(row.arm, row.arm)),
            text(f"{row.contract}/{row.clause}"),
            text(row.kind),
            f"{row.happened:.0%} ({row.happened_low:.0%} to {row.happened_high:.0%})",
            day(row.early),
            day(row.median),
            day(row.late),
        ]
        for row in each(frame)
    ]
    early, late = (f"in {q:.0%} of futures by" for q in ((1 - level) / 2, (1 + level) / 2))
    return table(["World", "Clause", "Kind", "Acted", early, "in half by", late], rows, numeric=(3, 4, 5, 6))


def assumptions(rows: Sequence[Mapping[str, str]]) -> str:
    """Values with range, grade and source."""
    out: list[Row] = []
    for r in rows:
        words = link(r["source"], r["url"]) + (f"<br><span class=note>{text(r['note'])}</span>" if r["note"] else "")
        out.append([f"<code>{text(r['path'])}</code>", text(r["value"]), text(ends(r)), _grade(r["grade"]), words])
    return table(["Key", "Value", "Range", "Grade", "Source"], out, css="assumptions") if out else ""


def ends(row: Mapping[str, str]) -> str:
    """The range of a value; an open end where one is not given."""
    return f"{row['low'] or '…'} to {row['high'] or '…'}" if row["low"] or row["high"] else ""


def assumptions_in_brief(rows: Sequence[Mapping[str, str]]) -> str:
    """Values with a range on a printed page: key, value, range and grade, run together in narrow columns."""
    items = "".join(
        f"<li><code>{text(r['path'])}</code> {text(r['value'])} ({text(ends(r))}) {text(r['grade'])}</li>" for r in rows
    )
    return f'<ul class="brief">{items}</ul>' if items else ""


def _grade(letter: object) -> str:
    meaning = _GRADES.get(str(letter), "")
    return f'<span class="grade" title="{text(meaning)}">{text(letter)}</span>' if letter else ""
