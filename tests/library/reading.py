"""Reads scenario files with tomllib alone, so that these checks do not lean on the parser they watch."""

import csv
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted(FOLDER.glob("*.toml")) + sorted(FOLDER.glob("parts/*.toml"))
EVIDENCE = ("source", "grade", "note", "title", "description")


def leaves(table, path=(), source=None, grade=None):
    """(path, value, source, grade, low, high) of every value, with the evidence of the tables around it."""
    source, grade = table.get("source", source), table.get("grade", grade)
    for key, value in table.items():
        if key in EVIDENCE or (not path and key in ("sources", "extends", "remove")):
            continue
        here = (*path, key)
        if isinstance(value, dict) and "value" not in value:
            yield from leaves(value, here, source, grade)
        elif isinstance(value, dict):
            yield (
                here,
                value["value"],
                value.get("source", source),
                value.get("grade", grade),
                value.get("low"),
                value.get("high"),
            )
        else:
            yield here, value, source, grade, None, None


def merged(base, child):
    out = dict(base)
    for key, value in child.items():
        tables = (
            isinstance(value, dict)
            and isinstance(out.get(key), dict)
            and "value" not in value
            and "value" not in out[key]
        )
        out[key] = merged(out[key], value) if tables else value
    return out


@cache
def resolved(name):
    """The tree of a scenario after `extends` and `remove`; evidence is not resolved."""
    path = FOLDER / f"{name}.toml"
    tree = tomllib.loads(path.read_text())
    if "extends" not in tree:
        return tree
    parent = (path.parent / tree.pop("extends")).resolve().relative_to(FOLDER.resolve())
    base = merged({}, resolved(str(parent)))
    for dotted in tree.pop("remove", []):
        *above, last = dotted.split(".")
        base = without(base, above, last)
    return merged(base, tree)


def without(tree, above, last):
    if not above:
        return {key: value for key, value in tree.items() if key != last}
    return {**tree, above[0]: without(tree[above[0]], above[1:], last)}


SCALE = {"%": 0.01, "k": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "": 1.0}


def number(value):
    """ "30 k$" -> 30000.0; the unit's symbol itself is left to the parser."""
    if isinstance(value, dict):
        value = value["value"]
    if isinstance(value, (int, float)):
        return float(value)
    amount, unit = re.fullmatch(r"([-+.\d]+)\s*(.*)", value).groups()
    prefix = re.match(r"(%|[kMBG](?=$|\$|H100e|W))?", unit).group() if unit not in ("MW", "MWh") else ""
    return float(amount) * SCALE[prefix]


def plain(value):
    return value["value"] if isinstance(value, dict) else value


@cache
def figures(name):
    """Rows of scenarios/data/NAME.csv."""
    with (FOLDER / "data" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def figure(name, **match):
    """The one value whose row matches."""
    found = [row for row in figures(name) if all(row[key] == want for key, want in match.items())]
    assert len(found) == 1, f"{len(found)} rows of {name}.csv match {match}"
    return float(found[0]["value"])


def years(first: date, second: date) -> float:
    return (second - first).days / 365.25


def walk_dates(tree, path=()):
    """(path, date) of every date in a scenario's tree."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from walk_dates(value, (*path, key) if key != "value" else path)
        elif isinstance(value, date):
            yield (*path, key) if key not in ("value", "low", "high") else path, value
