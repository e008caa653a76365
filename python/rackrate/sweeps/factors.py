"""A factor: what a design moves, as it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STATED = "stated"
SCALES = ("linear", "log", STATED)


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep moves: one or several values of the scenario together.

    A factor has a range (``low`` and ``high``), ``values``, or ``levels``. Without any of them its range is that of the
    value itself in the scenario, from the value's own ``low`` to its own ``high``. Several values with ranges of their own
    move together from the low end (0) to the high end (1) of each.

    Ranges and values are those of a scenario (``"2.2 $/H100e-h"``, ``0.3``, a date), or changes of the value that each arm
    has: ``"×1.1"``, ``"+90 d"``, ``"-10 %"``.
    """

    name: str
    paths: tuple[str, ...] = ()  #: scenario paths; ``*`` stands for any characters, dots included
    low: Any = None  #: lower end of a range
    high: Any = None  #: upper end, inclusive
    values: tuple[Any, ...] = ()  #: the values it may have, in order
    levels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    """Categories: by name, what is set by scenario path. An empty level leaves all as it is written."""
    structural: bool = False  #: levels are the structural settings that the structural range of a report runs
    steps: int = 0  #: in a grid, how many values a range gives, both ends included; 0: three
    scale: str = "linear"
    """"linear"; "log": equal ratios are equally likely; "stated": shares of the distribution that the value's own range means."""
    unit: str = ""  #: of plain numbers, in ranges, values and tables; empty: the key's own, if it has none
    title: str = field(default="", compare=False)  #: for readers
