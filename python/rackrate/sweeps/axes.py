"""A factor once its scenarios are known: a line of numbers or a list of categories, and what each does to each arm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from rackrate.sweeps.changes import change_text
from rackrate.sweeps.targets import Target, moment, whole_days

Value = float | str | dt.date  #: of a factor at a point
Move = Literal["set", "multiply", "add", "position", "quantile"]
_DAY_MS = 86_400_000.0
_EDGE = 1e-6  # no share of a distribution is asked for beyond
AS_WRITTEN = "as written"  #: the category of a factor that leaves a scenario as it is


@dataclass(frozen=True)
class Line:
    """A factor whose values are numbers or dates. Raw values are float64; NaN leaves the scenario as it is written."""

    name: str
    move: Move
    """What its number does. "position" lies between 0, the low end of each target's own range, and 1, the high end;
    "quantile" is the share of the distribution that the range means, below what each target is."""
    unit: str  #: of its numbers; "ms" since 1970 for a date that is set, "d" for one that is shifted
    targets: Mapping[str, tuple[Target, ...]]  #: by arm
    low: float | None = None  #: None: it has values only
    high: float | None = None
    values: tuple[float, ...] = ()
    log: bool = False
    is_date: bool = False  #: values are dates
    whole: bool = False  #: values are whole numbers
    title: str = ""

    @property
    def levels(self) -> np.ndarray:
        """The values it was given, raw."""
        return np.asarray(self.values, float)

    def at(self, share: np.ndarray) -> np.ndarray:
        """Raw values at shares of its range from 0 to 1; the value of that rank where it has only values."""
        if self.values:
            rank = np.minimum((share * len(self.values)).astype(np.intp), len(self.values) - 1)
            chosen: np.ndarray = self.levels[rank]
            return chosen
        assert self.low is not None and self.high is not None  # a line has a range or values
        if self.log:
            numbers = np.exp(np.log(self.low) + share * (np.log(self.high) - np.log(self.low)))
        else:
            numbers = self.low + share * (self.high - self.low)
        inside: np.ndarray = np.clip(numbers, self.low, self.high)  # rounding must not leave the range
        if self.is_date:
            return whole_days(inside)
        return np.round(inside) if self.whole else inside

    def number(self, target: Target, raw: Any) -> Any:
        """What a target is at a raw value of the factor, or at an array of them."""
        if self.move == "set":
            return raw
        if self.move == "position":
            low, high = target.span
            return low + raw * (high - low)
        if self.move == "quantile":
            return self._drawn(target, raw)
        own = target.number
        assert own is not None  # a change was found to have something to change
        if self.move == "multiply":
            return own * raw
        return own + raw * (_DAY_MS if target.type == "date" else 1.0)

    def _drawn(self, target: Target, raw: Any) -> Any:
        numbers = target.belief.quantile(np.clip(raw, _EDGE, 1.0 - _EDGE))  # a grid may ask for the ends of a long tail
        if target.type == "integer":
            return np.round(numbers)
        return whole_days(numbers) if target.type == "date" else numbers

    def overrides(self, arm: str, raw: float) -> dict[str, Any]:
        """What it sets in an arm, by path."""
        if raw != raw:
            return {}
        return {target.path: target.to_value(self.number(target, raw)) for target in self.targets[arm]}

    def paths(self, arm: str) -> list[str]:
        """The paths it moves in an arm."""
        return [target.path for target in self.targets[arm]]

    @cached_property
    def nominal(self) -> float:
        """The raw value that leaves the scenario as it is; NaN where no single one does."""
        if self.move in ("multiply", "add"):
            return 1.0 if self.move == "multiply" else 0.0
        own = {target.number for targets in self.targets.values() for target in targets}
        if self.move != "set" or len(own) != 1:
            return float("nan")
        number = own.pop()
        return float("nan") if number is None else number

    def column(self, raw: np.ndarray) -> np.ndarray:
        """Values as they are labelled: float64 in ``unit``, or datetime64[ms]."""
        filled = np.where(np.isnan(raw), self.nominal, raw)
        if not self.is_date:
            return filled
        return np.where(np.isnan(filled), np.iinfo(np.int64).min, filled).astype(np.int64).astype("datetime64[ms]")

    def value(self, raw: float) -> Value:
        """One value as it is labelled."""
        filled = self.nominal if raw != raw else raw
        if self.is_date:
            return AS_WRITTEN if filled != filled else moment(filled)
        return filled

    def text(self, raw: float) -> str:
        """One value as the design would write it."""
        if raw != raw:
            return AS_WRITTEN
        if self.is_date:
            return moment(raw).isoformat()
        if self.move == "position":
            return f"{100 * raw:.4g} % of the range"
        if self.move == "quantile":
            return f"at its {100 * raw:.4g} % point"
        return change_text(self.move, float(raw), "" if self.move == "multiply" else self.unit)

    def range_text(self) -> str:
        """Its range or values, for a table."""
        if self.values:
            shown = [self.text(value) for value in self.values]
            return ", ".join(shown if len(shown) <= 5 else [*shown[:4], f"... {shown[-1]} ({len(shown)})"])
        assert self.low is not None and self.high is not None
        if self.move == "position":
            return "each from its own low to its own high"
        if self.move == "quantile":
            return "drawn from the distribution that its range means"
        return f"{self.text(self.low)} to {self.text(self.high)}" + (", log" if self.log else "")


@dataclass(frozen=True)
class Categories:
    """A factor whose values have no order. Raw values are the numbers of its levels; -1 leaves the scenario as written."""

    name: str
    names: tuple[str, ...]
    settings: Mapping[str, tuple[Mapping[str, Any], ...]] = field(hash=False)  #: by arm and level, values by path
    title: str = ""
    nominal: str = AS_WRITTEN  #: the name of the level that the scenarios have as they are written

    unit = ""
    is_date = False

    @property
    def levels(self) -> np.ndarray:
        """The numbers of its levels."""
        return np.arange(len(self.names), dtype=float)

    def at(self, share: np.ndarray) -> np.ndarray:
        """Levels at shares from 0 to 1: equally likely."""
        ranks: np.ndarray = np.minimum(np.floor(share * len(self.names)), len(self.names) - 1.0)
        return ranks

    def overrides(self, arm: str, raw: float) -> dict[str, Any]:
        """What it sets in an arm, by path."""
        return {} if raw < 0 or raw != raw else dict(self.settings[arm][int(raw)])

    def paths(self, arm: str) -> list[str]:
        """The paths it moves in an arm, at any level."""
        return list(dict.fromkeys(path for level in self.settings[arm] for path in level))

    def column(self, raw: np.ndarray) -> np.ndarray:
        """The names of the levels, as numpy's text."""
        names = np.array([*self.names, self.nominal])
        chosen: np.ndarray = names[np.where(np.isnan(raw), -1, raw).astype(np.intp)]
        return chosen

    def value(self, raw: float) -> Value:
        """The name of a level."""
        return self.nominal if raw < 0 or raw != raw else self.names[int(raw)]

    def text(self, raw: float) -> str:
        """The same."""
        return str(self.value(raw))

    def range_text(self) -> str:
        """All levels, for a table."""
        return " | ".join(self.names)


Axis = Line | Categories
