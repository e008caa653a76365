"""What is stored of each run of a sweep."""

from __future__ import annotations

from dataclasses import dataclass

PERIODS = ("month", "year", "total")


@dataclass(frozen=True)
class Keep:
    """The variables of the result that are stored, and in which periods.

    A run of the flagship scenario is 1.6 MB as it is; ``Keep(("gross_profit", "npv"), by="year")`` is about 10 kB.
    """

    variables: tuple[str, ...] = ()  #: names of the result file; empty: all of them
    by: str = "month"  #: "month": as recorded; "year": calendar years; "total": the whole run
    first: str = ""  #: first month kept, YYYY-MM; empty: from the start
    last: str = ""  #: last month kept, YYYY-MM, inclusive; empty: to the end
