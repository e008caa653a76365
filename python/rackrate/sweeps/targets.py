"""The values of a scenario that a factor moves, as numbers in the unit of their key."""

from __future__ import annotations

import datetime as dt
import fnmatch
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rackrate import _core, options
from rackrate.scenario import Scenario
from rackrate.sweeps.beliefs import Belief, belief_of
from rackrate.toml_text import from_toml

NUMBERS = ("number", "integer")
_EPOCH = dt.datetime(1970, 1, 1)
_DAY_MS = 86_400_000.0


@dataclass(frozen=True)
class Target:
    """One value of one arm: what its key takes, what it is, and its own range."""

    path: str
    rule: _core.KeyRule
    own: Any  #: as the scenario has it, a Python value; None where it is left out
    low: Any = None  #: the low end of its own range, None without one
    high: Any = None

    @property
    def type(self) -> str:
        """number, integer, flag, text, date or list."""
        return self.rule.type

    @property
    def is_scale(self) -> bool:
        """Whether its values are points on a line: numbers and dates."""
        return self.type in NUMBERS or self.type == "date"

    @cached_property
    def number(self) -> float | None:
        """Its own value on the line; None where there is none: it is left out, or a date that is never."""
        return None if self.own is None or self.own == "never" else self.to_number(self.own)

    @cached_property
    def span(self) -> tuple[float, float]:
        """The two ends of its own range on the line."""
        return self.to_number(self.low), self.to_number(self.high)

    @property
    def states_range(self) -> bool:
        """Whether a range stands beside it, or one end of a range."""
        return self.low is not None or self.high is not None

    @cached_property
    def belief(self) -> Belief:
        """The distribution that its stated range means. Raises: ScenarioError that names it."""
        if not self.is_scale or self.low is None or self.high is None or self.number is None:
            lacks = "no number" if not self.is_scale or self.number is None else "only one end of a range"
            raise _core.ScenarioError(
                f"{self.path} has {lacks}; expected a number or date with low and high, to draw it from. Give both, or neither."
            )
        least, most = (-np.inf, np.inf) if self.type == "date" else (self.rule.low, self.rule.high)
        try:
            return belief_of(self.number, *self.span, least, most)
        except ValueError as error:
            raise _core.ScenarioError(
                f"{self.path} {error}: {self.own} with low {self.low} and high {self.high}; expected a range that can be drawn. "
                "Correct the range, or remove it."
            ) from None

    def to_number(self, value: Any, unit: str = "") -> float:
        """A value as a number in the key's unit, a date as milliseconds since 1970. ``unit`` is that of plain numbers.

        Raises: ScenarioError.
        """
        if self.type == "date":
            return milliseconds(self.path, value)
        if isinstance(value, str):
            return _core.quantity_in(value, self.rule.unit, self.path)
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise _core.ScenarioError(
                f"{self.path} is {value!r}; expected a number{f' in {self.rule.unit}' if self.rule.unit else ''}."
            )
        if unit:
            return _core.quantity_in(f"{float(value)!r} {unit}", self.rule.unit, self.path)
        if self.rule.unit:
            raise _core.ScenarioError(
                f'{self.path} is {value} without a unit; expected a number in {self.rule.unit}. Write "{value} {self.rule.unit}".'
            )
        return float(value)

    def to_value(self, number: float) -> Any:
        """A number in the key's unit as a value of the scenario."""
        if self.type == "date":
            return moment(number)
        if self.type == "integer":
            return round(number)
        return f"{float(number)!r} {self.rule.unit}" if self.rule.unit else float(number)

    def allowed(self, numbers: np.ndarray) -> np.ndarray:
        """Which numbers the key takes, one flag for each."""
        inside: np.ndarray = np.isfinite(numbers)
        if self.type == "date":
            return inside
        rule = self.rule
        inside &= (numbers >= rule.low) & (numbers <= rule.high)
        inside &= (rule.gap == 0.0) | (numbers == 0.0) | (numbers >= rule.gap)
        return inside

    def bounds(self) -> str:
        """What the key takes, for messages."""
        return f"a value from {self.rule.low:g} to {self.rule.high:g}" + (
            f" {self.rule.unit}" if self.rule.unit else ""
        )


def milliseconds(name: str, value: Any) -> float:
    """A date or instant as milliseconds since 1970, UTC. Raises: ScenarioError."""
    instant = dt.datetime.fromisoformat(options.instant(name, value))
    return (instant - _EPOCH) / dt.timedelta(milliseconds=1)


def moment(number: float) -> dt.date:
    """Milliseconds since 1970 as a date, or as a datetime where it is no midnight.

    Raises: OverflowError beyond the calendar.
    """
    instant = _EPOCH + dt.timedelta(milliseconds=round(number))
    return instant if number % _DAY_MS else instant.date()


def whole_days(numbers: np.ndarray) -> np.ndarray:
    """Milliseconds rounded to whole days."""
    return np.round(numbers / _DAY_MS) * _DAY_MS


class Catalogue:
    """What one arm has: values by path, found once."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._items = {item.path: item for item in scenario.items(defaults=True)}
        self._known: dict[str, Target | None] = {}

    @property
    def paths(self) -> list[str]:
        """Every path with a value, defaults included."""
        return list(self._items)

    def has(self, path: str) -> bool:
        """Whether it has a value at a path."""
        return path in self._items

    def matching(self, pattern: str) -> list[str]:
        """The paths that a pattern names; a path without ``*`` names itself, also where the scenario leaves its value out."""
        if "*" in pattern:
            return [path for path in self._items if fnmatch.fnmatchcase(path, pattern)]
        return [pattern] if pattern in self._items or self._is_left_out(pattern) else []

    def targets(self, paths: list[str]) -> list[Target]:
        """The values at paths that :meth:`matching` gave."""
        new = [path for path in dict.fromkeys(paths) if path not in self._known]
        for path, rule in zip(new, _core.key_rules(self.scenario._core, new) if new else [], strict=True):
            self._known[path] = None if rule is None else self._target(path, rule)
        return [target for path in paths if (target := self._known[path]) is not None]

    def _target(self, path: str, rule: _core.KeyRule) -> Target:
        item = self._items.get(path)
        if item is None:
            return Target(path, rule, None)
        own, low, high = (from_toml(text) if text else None for text in (item.value, item.low, item.high))
        return Target(path, rule, own, low, high)

    def _is_left_out(self, path: str) -> bool:
        """Whether a key that has no value may be given one: its table is there and the schema has the key."""
        table, _, key = path.rpartition(".")
        if not table or not any(known.startswith(f"{table}.") for known in self._items):
            return False
        return bool(key) and _core.key_rules(self.scenario._core, [path])[0] is not None
