"""What the quick commands print: plain lines into a pipe, a table where a person looks."""

from __future__ import annotations

import fnmatch
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rackrate import _core
    from rackrate.library import Entry
    from rackrate.scenario import Scenario, Verdict


def say(sentence: str, quiet: bool = False) -> None:
    """To standard error, unless told to be quiet."""
    if not quiet:
        print(sentence, file=sys.stderr)


def one_line(text: str) -> str:
    """Text of a scenario or a file on one line: line breaks, tabs and what a terminal would obey are shown, not done.

    Example:
        >>> one_line("a\\tb\\x1b[31mc")
        'a b\\\\x1b[31mc'
    """
    spaced = " ".join(text.split("\t")).replace("\n", " ").replace("\r", " ")
    if spaced.isprintable():
        return spaced
    return "".join(
        sign if sign.isprintable() or "\udc80" <= sign <= "\udcff" else sign.encode("unicode_escape").decode()
        for sign in spaced
    )


def print_toml(text: str) -> None:
    """TOML is UTF-8 by definition, whatever the terminal has."""
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # a stream that Python replaced, as in a notebook
        print(text, end="")
    else:
        binary.write(text.encode("utf-8", "surrogateescape"))
        binary.flush()


def print_columns(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Aligned columns on a terminal; tabs into a pipe, so that ``cut`` and ``awk`` work."""
    rows = [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_library(entries: Sequence[Entry]) -> None:
    """Name, title and horizon of each scenario."""
    print_columns([(e.name, f"{e.start} to {e.end}", e.title) for e in entries], ("name", "horizon", "title"))


def print_items(items: Sequence[_core.Item], pattern: str) -> None:
    """One line per value: path = value [range] # unit, grade, source, file:line."""
    for item in items:
        if not fnmatch.fnmatchcase(item.path, pattern):
            continue
        spread = f" [{item.low} .. {item.high}]" if item.low or item.high else ""
        where = "default" if item.is_default else f"{item.file}:{item.line}"
        said = [
            item.unit,
            f"grade {item.grade}" if item.grade else "",
            f"source {item.source}" if item.source else "",
            where,
        ]
        print(one_line(f"{item.path} = {item.value}{spread}  # {', '.join(text for text in said if text)}"))


def print_diff(scenario: Scenario, other: Scenario, pattern: str) -> None:
    """One line per path on which two scenarios differ."""
    differences = [d for d in scenario.diff(other) if fnmatch.fnmatchcase(d[0], pattern)]
    for path, here, there in differences:
        print(f"{path}: {here or 'absent'} (in {other.name}: {there or 'absent'})")
    if not differences:
        print(f"no value differs between {scenario.name} and {other.name}", file=sys.stderr)


def print_verdict(verdict: Verdict, question: Mapping[str, Any], as_json: bool, prices: bool = False) -> None:
    """The answer, the clause that decided it, and how long it holds; with ``prices`` those that apply to it."""
    if as_json:
        print(json.dumps(verdict.to_dict()))
        return
    runtime = f", runtime {verdict.runtime}" if verdict.runtime and verdict.runtime != verdict.host else ""
    host = f", hosted by {verdict.host}" if verdict.host else ""
    print(
        f"{verdict.state}: {question['lab']} {question['product']} on {question['channel']}{host}{runtime}, {question['date']}"
    )
    if verdict.step:
        print(f"  decided at   {verdict.step}, role {verdict.role}")
    if verdict.contract:
        print(f"  contract     {verdict.contract}, version {verdict.version}, clause {verdict.clause}")
    elif verdict.step == "grant":
        print("  contract     none grants it; what no contract grants is not allowed")
    if verdict.conflict:
        print("  conflict     two exclusives cover this; the older contract decides")
    print(f"  holds        from {verdict.since or 'ever'} until {verdict.until or 'further notice'}")
    for said in verdict.prices if prices else ():
        print(f"  price        {said}")
