"""What the shell offers when the tab key is pressed: names of the library and of the scenario on the line, paths, files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

_METRICS = (
    "gross_profit",
    "revenue",
    "value_added",
    "cost",
    "capex",
    "npv",
    "npv_cash",
    "npv_equity",
    "equity_income",
    "investment",
    "funding",
)


def scenarios(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names of the library, and TOML files."""
    from rackrate import library

    if os.sep in typed:
        return _files(typed)
    here = [entry.name for entry in os.scandir() if entry.name.endswith(".toml") or entry.is_dir()]
    return _starting([path.stem for path in library.FOLDER.glob("*.toml")], typed) + _starting(here, typed) or _files(
        typed
    )


def results(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Files; shells know them better."""
    return _files(typed)


pages = any_file = results


def questions(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The words of the questions that a study answers."""
    from rackrate.analysis.answers import QUESTIONS

    return _starting(QUESTIONS, typed)


def labs(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The labs of the scenario on the line."""
    return _starting(_named(context, "labs"), typed)


def clouds(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Its clouds."""
    return _starting(_named(context, "clouds"), typed)


def channels(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Its channels."""
    return _starting(_named(context, "channels"), typed)


def segments(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Its segments of customers."""
    return _starting(_named(context, "segments"), typed)


def regions(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Its regions."""
    return _starting({name for path in _paths(context) if (name := _region(path))}, typed)


def products(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The products that a scenario may name."""
    return _starting(_products(), typed)


def metrics(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Dollar variables of a result."""
    return _starting(_METRICS, typed)


def paths(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Paths of values, one segment at a time; after the sign of equality the value that stands there.

    A shell puts a space after a single candidate, so a segment that has only one continuation brings it along.
    """
    path, sign, _ = typed.partition("=")
    if sign:
        return [CompletionItem(f"{path}={value.strip(chr(34))}") for value in _values(context, path)]
    known = [p for p in _paths(context) if p.startswith(typed)]
    while True:
        found = sorted({_segment(p, len(typed)) for p in known})
        if len(found) != 1 or not found[0].endswith("."):
            return [CompletionItem(candidate) for candidate in found]
        typed = found[0]


def _segment(path: str, start: int) -> str:
    dot = path.find(".", start)
    return path if dot < 0 else path[: dot + 1]


def _starting(names: Iterable[str], typed: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(typed)]


def _files(typed: str) -> list[CompletionItem]:
    return [CompletionItem(typed, type="file")]


def _scenario(context: click.Context) -> Any:
    """The first scenario on the line, or None: while a line is typed, little of it is right.

    click stops at an option that still lacks its value and leaves the words before it as they are.
    """
    from rackrate.scenario import Scenario

    name = context.params.get("scenario") or context.params.get("base") or next(iter(context.args), None)
    try:
        return Scenario.load(name) if name else None
    except Exception:
        return None


def _paths(context: click.Context) -> list[str]:
    scenario = _scenario(context)
    return [] if scenario is None else scenario.keys()


def _values(context: click.Context, path: str) -> list[str]:
    scenario = _scenario(context)
    return [] if scenario is None else [item.value for item in scenario.items(defaults=True) if item.path == path]


def _named(context: click.Context, table: str) -> set[str]:
    return {path.split(".")[1] for path in _paths(context) if path.startswith(f"{table}.")}


def _region(path: str) -> str:
    parts = path.split(".")
    return parts[parts.index("regions") + 1] if "regions" in parts[:-1] else ""


def _products() -> list[str]:
    """The choices of the key ``product`` in the schema of scenarios."""
    import json

    from rackrate import _core

    schema = json.loads(_core.json_schema())
    streams = schema["properties"]["labs"]["additionalProperties"]["properties"]["streams"]
    product = streams["additionalProperties"]["properties"]["product"]
    return _choices(schema["$defs"][product["$ref"].rsplit("/", 1)[-1]])


def _choices(schema: Any) -> list[str]:
    branches = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and "enum" in schema:
        return list(schema["enum"])
    return next((found for branch in branches if (found := _choices(branch))), [])
