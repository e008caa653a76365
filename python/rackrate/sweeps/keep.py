"""What is stored of each run of a sweep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rackrate._core import ScenarioError
from rackrate.sweeps.mistakes import did_you_mean, shown

PERIODS = ("month", "year", "total")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Keep:
    """The variables of the result that are stored, and in which periods.

    A run of the flagship scenario is 1.6 MB as it is, and a few kB as ``Keep(("gross_profit", "npv"), by="year")``.
    """

    variables: tuple[str, ...] = ()  #: names of the result file; empty: all of them
    by: str = "month"  #: "month": as recorded; "year": calendar years; "total": the whole run
    first: str = ""  #: first month kept, YYYY-MM; empty: from the start
    last: str = ""  #: last month kept, YYYY-MM, inclusive; empty: to the end

    def check(self) -> None:
        """Raises: ScenarioError."""
        if self.by not in PERIODS:
            raise ScenarioError(
                f"keep.by is {shown(self.by)}; expected one of {', '.join(PERIODS)}. {did_you_mean(self.by, PERIODS)}".strip()
            )
        for key, month in (("first", self.first), ("last", self.last)):
            if month and not _MONTH.fullmatch(month):
                raise ScenarioError(f"keep.{key} is {shown(month)}; expected a month, YYYY-MM. Write, say, 2026-04.")
        if self.first and self.last and self.first > self.last:
            raise ScenarioError(f"keep.last is {self.last}; expected a month not before keep.first, {self.first}.")


def keep_of(words: Sequence[str]) -> Keep:
    """``--keep`` of the command line: names of variables, a period, a range of months.

    Example:
        >>> keep_of(["npv,gross_profit", "year"])
        Keep(variables=('npv', 'gross_profit'), by='year', first='', last='')
        >>> keep_of(["2026-01:2026-12"]).last
        '2026-12'
    """
    variables, by, first, last = [], "month", "", ""
    for word in (part.strip() for given in words for part in given.split(",")):
        if word in PERIODS:
            by = word
        elif ":" in word:
            first, _, last = word.partition(":")
        elif word:
            variables.append(word)
    keep = Keep(tuple(dict.fromkeys(variables)), by, first, last)
    keep.check()
    return keep
