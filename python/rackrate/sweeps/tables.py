"""Points given one by one: as rows, as columns, or in a CSV file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate._core import ScenarioError
from rackrate.sweeps.axes import Axis, Categories, Line
from rackrate.sweeps.changes import ADD, SET, read_change
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.mistakes import Mistakes, did_you_mean, shown

if TYPE_CHECKING:
    from rackrate.sweeps.definition import Definition

Columns = dict[str, tuple[Any, ...]]


def columns_of_csv(path: str | os.PathLike[str]) -> Columns:
    """A CSV file with one row per point: the header names factors, or paths of the scenario. An empty cell is None.

    Raises: ScenarioError if it is no such file.
    """
    import csv

    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise ScenarioError(f"{path}: cannot be read as a table ({why}); expected a CSV file in UTF-8.") from None
    rows = [row for row in rows if row]
    if len(rows) < 2:
        raise ScenarioError(f"{path}: has no points; expected a header of factor names and one row per point.")
    header = [name.strip() for name in rows[0]]
    for name in header:
        if not name or header.count(name) > 1:
            raise ScenarioError(
                f"{path}:1: has the column {shown(name)} {'twice' if name else 'without a name'}; expected distinct names."
            )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise ScenarioError(f"{path}:{number}: has {len(row)} cells; expected {len(header)}, as in the header.")
    return {name: tuple(_cell(row[at]) for row in rows[1:]) for at, name in enumerate(header)}


def _cell(text: str) -> Any:
    """A number, a truth value or text; None for an empty cell."""
    text = text.strip()
    if not text:
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def columns_of_rows(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Points as one table each; a factor that a point does not name is left as it is written there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: tuple(row.get(name) for row in rows) for name in names}


def factors_of_columns(design: Definition) -> list[Factor]:
    """The factors of a list; one that says no more than its path has the values of its column."""
    columns = design.sampling.columns

    def of(factor: Factor) -> Factor:
        if factor.low is not None or factor.values or factor.levels or factor.structural:
            return factor
        given = [value for value in columns.get(factor.name, ()) if value is not None]
        return replace(factor, values=tuple(dict.fromkeys(given)))

    return [of(factor) for factor in design.factors]


def listed_columns(design: Definition, axes: Sequence[Axis], mistakes: Mistakes) -> list[np.ndarray]:
    """The raw values of the listed points, one array [point] per axis."""
    columns = design.sampling.columns
    known = [axis.name for axis in axes]
    for name in columns:
        if name not in known:
            mistakes.add(
                "points", f"a table with the column {shown(name)}", "names of factors", did_you_mean(name, known)
            )
    out = []
    for axis in axes:
        given = columns.get(axis.name)
        if given is None:
            mistakes.add(
                "points", f"a table without {axis.name}", "a value of each factor", "Add it, or remove the factor."
            )
        else:
            out.append(_raw(axis, given, design.unit_of(axis.name), mistakes))
    return out


def _raw(axis: Axis, given: Sequence[Any], unit: str, mistakes: Mistakes) -> np.ndarray:
    raw = np.full(len(given), np.nan)
    for at, value in enumerate(given):
        if value is None:
            continue
        try:
            raw[at] = _category(axis, value) if isinstance(axis, Categories) else _number(axis, value, unit)
        except ScenarioError as error:
            mistakes.say(f"points[{at}].{axis.name}: {error}")
    return raw


def _category(axis: Categories, value: Any) -> float:
    label = str(value).lower() if isinstance(value, bool) else str(value)
    if label not in axis.names:
        raise ScenarioError(
            f"{shown(value)}; expected one of {', '.join(axis.names)}. {did_you_mean(label, axis.names)}".strip()
        )
    return float(axis.names.index(label))


def _number(axis: Line, value: Any, unit: str) -> float:
    target = next(target for targets in axis.targets.values() for target in targets)
    change = read_change(value)
    if change.operation == "percent" and axis.move == "multiply":
        return 1.0 + change.number
    if axis.move in ("multiply", "position") and change.operation == SET and isinstance(value, int | float):
        return float(value)  # the column says multiples
    if axis.move == "add" and change.operation == SET and isinstance(value, int | float):
        return float(value)
    if change.operation != axis.move:
        raise ScenarioError(f"{shown(value)}; expected {_EXPECTED[axis.move]}, as the factor has.")
    if change.operation == SET:
        return target.to_number(change.value, unit)
    if change.operation == ADD:
        from rackrate import _core

        if change.unit or axis.unit:
            return _core.quantity_in(f"{change.number!r} {change.unit}".strip(), axis.unit, target.path)
    return change.number


_EXPECTED = {
    "set": "a value",
    "multiply": 'a multiple such as "×1.1"',
    "add": 'an addition such as "+90 d"',
    "position": "a position from 0 to 1",
}
