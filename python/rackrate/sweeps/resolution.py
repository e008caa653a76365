"""Factors against the scenarios of a design: which values each one moves in which arm, and over which range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rackrate._core import ScenarioError
from rackrate.scenario import Scenario
from rackrate.sweeps.axes import AS_WRITTEN, Axis, Categories, Line, Move
from rackrate.sweeps.changes import ADD, MULTIPLY, SET, Change, read_change
from rackrate.sweeps.factors import SCALES, STATED, Factor
from rackrate.sweeps.mistakes import Mistakes, did_you_mean, shown
from rackrate.sweeps.targets import NUMBERS, Catalogue, Target

Found = Mapping[str, tuple[Target, ...]]


def resolved(factors: Sequence[Factor], scenarios: Mapping[str, Scenario], mistakes: Mistakes) -> list[Axis]:
    """One axis for each factor that has no mistake; mistakes are collected."""
    catalogues = {arm: Catalogue(scenario) for arm, scenario in scenarios.items()}
    for catalogue in catalogues.values():  # one question to the schema instead of one for each factor
        catalogue.targets([path for factor in factors for path in factor.paths if catalogue.has(path)])
    axes = []
    for factor in factors:
        axis = _Resolution(factor, catalogues, mistakes).axis()
        if axis is not None:
            axes.append(axis)
    _moved_once(axes, list(scenarios), mistakes)
    return axes


def _moved_once(axes: Sequence[Axis], arms: Sequence[str], mistakes: Mistakes) -> None:
    for arm in arms:
        owners: dict[str, str] = {}
        for axis in axes:
            for path in axis.paths(arm):
                owner = owners.setdefault(path, axis.name)
                if owner != axis.name:
                    mistakes.say(
                        f"factors.{axis.name} moves {path}, as factors.{owner} does; expected it in one factor. Take it out of one."
                    )


class _Resolution:
    """One factor."""

    def __init__(self, factor: Factor, catalogues: Mapping[str, Catalogue], mistakes: Mistakes) -> None:
        self._factor = factor
        self._key = f"factors.{factor.name}"
        self._catalogues = catalogues
        self._mistakes = mistakes

    def axis(self) -> Axis | None:
        """The axis, or None after a mistake."""
        try:
            return self._axis()
        except _Wrong:
            return None
        except ScenarioError as error:
            for line in str(error).splitlines():
                self._mistakes.say(f"{self._key}: {line}")
            return None

    def _axis(self) -> Axis:
        factor = self._factor
        forms = [form for form in ("low", "values", "levels", "structural") if self._has(form)]
        if (factor.low is None) != (factor.high is None):
            given, lacks = ("low", "high") if factor.high is None else ("high", "low")
            raise self._wrong(
                self._key, f"a factor with {given} and without {lacks}", "both ends of a range", f"Add {lacks}."
            )
        if len(forms) > 1:
            raise self._wrong(
                self._key,
                f"a factor with {' and '.join('a range' if form == 'low' else form for form in forms)}",
                "one of them",
                "Remove one.",
            )
        if factor.scale not in SCALES:
            raise self._wrong(
                f"{self._key}.scale", shown(factor.scale), "linear, log or stated", did_you_mean(factor.scale, SCALES)
            )
        if self._has("structural"):
            return self._structural()
        if self._has("levels"):
            return self._levels()
        found = self._found()
        every = [target for targets in found.values() for target in targets]
        return self._line(found, every) if every[0].is_scale and not self._never() else self._names(found, every)

    def _has(self, form: str) -> bool:
        given = getattr(self._factor, form)
        return given is not None and given is not False and (not isinstance(given, tuple | dict) or len(given) > 0)

    def _wrong(self, key: str, got: str, expected: str, remedy: str = "") -> _Wrong:
        self._mistakes.add(key, got, expected, remedy)
        return _Wrong()

    # What it moves

    def _found(self) -> Found:
        """The targets of its paths, by arm. A path that only some arms have moves nothing in the others."""
        if not self._factor.paths:
            raise self._wrong(self._key, "a factor without a path", "what it moves", 'Give it path = "...", or levels.')
        moved: dict[str, dict[str, None]] = {arm: {} for arm in self._catalogues}
        for pattern in dict.fromkeys(self._factor.paths):
            self._add_paths(pattern, moved)
        found = {arm: tuple(self._catalogues[arm].targets(list(paths))) for arm, paths in moved.items()}
        self._same_type(found)
        return found

    def _add_paths(self, pattern: str, moved: dict[str, dict[str, None]]) -> None:
        fits = {arm: catalogue.matching(pattern) for arm, catalogue in self._catalogues.items()}
        if not any(fits.values()):
            every = dict.fromkeys(path for catalogue in self._catalogues.values() for path in catalogue.paths)
            if "*" in pattern:
                remedy = f"rackrate show SCENARIO --resolved --only '{pattern.split('*')[0]}*' lists paths."
                raise self._wrong(
                    f"{self._key}.path", f"{shown(pattern)}, which fits nothing", "a pattern that fits a path", remedy
                )
            raise self._wrong(
                f"{self._key}.path",
                f"{shown(pattern)}, an unknown path",
                "the path of a value of the scenario",
                did_you_mean(pattern, every, "rackrate show SCENARIO --resolved lists them."),
            )
        for arm, paths in fits.items():
            moved[arm].update(dict.fromkeys(paths))

    def _same_type(self, found: Found) -> None:
        every = [target for targets in found.values() for target in targets]
        kinds = {"number" if target.type in NUMBERS else target.type: target for target in every}
        if len(kinds) > 1:
            (one, first), (other, second), *_ = kinds.items()
            raise self._wrong(
                f"{self._key}.path",
                f"{first.path}, a {one}, with {second.path}, a {other}",
                "values of one type in a factor",
                "Make two factors.",
            )

    def _never(self) -> bool:
        """Whether a date among its values is never: it then has no place on a line."""
        return any(value == "never" for value in self._factor.values)

    # A line

    def _line(self, found: Found, every: Sequence[Target]) -> Line:
        factor = self._factor
        given = (
            list(factor.values)
            if self._has("values")
            else [] if factor.low is None else [factor.low, factor.high]
        )  # fmt: skip
        if factor.scale == STATED:
            return self._stated(found, given)
        if not given:
            return self._own_range(found, every)
        changes = [read_change(value) for value in given]
        move = self._move(changes, given, every)
        unit = self._unit(move, changes, every)
        keys = [f"values[{at}]" for at in range(len(given))] if self._has("values") else ["low", "high"]
        numbers = [
            self._number(change, every, f"{self._key}.{key}", value)
            for change, key, value in zip(changes, keys, given, strict=True)
        ]
        is_date = move == "set" and every[0].type == "date"
        whole = (move == "set" and every[0].type == "integer") or (
            move == "add" and every[0].type in ("date", "integer")
        )
        if move == "multiply" and not all(target.type in NUMBERS for target in every):
            raise self._wrong(
                self._key, f"a multiple of {every[0].path}, a date", "a shift of a date", 'Write "+90 d".'
            )
        self._can_change(move, every)
        if self._has("values"):
            self._distinct(numbers, given)
            return Line(
                factor.name, move, unit, found, values=tuple(numbers), is_date=is_date, whole=whole, title=factor.title
            )
        low, high = numbers
        return self._ranged(Line(factor.name, move, unit, found, low, high, is_date=is_date, whole=whole), given)

    def _ranged(self, line: Line, given: Sequence[Any]) -> Line:
        assert line.low is not None and line.high is not None
        factor = self._factor
        if not line.low < line.high:
            raise self._wrong(
                f"{self._key}.high", shown(given[1]) if given else f"{line.high:g}", f"more than low, {shown(given[0])}"
            )
        if factor.scale == "log" and (line.low <= 0 or line.is_date or line.move in ("add", "position")):
            raise self._wrong(
                f"{self._key}.scale", '"log"', "a range of positive numbers or multiples on that scale", 'Use "linear".'
            )
        if factor.steps and (isinstance(factor.steps, bool) or factor.steps < 2):
            raise self._wrong(f"{self._key}.steps", shown(factor.steps), "a whole number >= 2", "Both ends count.")
        return Line(
            line.name, line.move, line.unit, line.targets, line.low, line.high,
            log=factor.scale == "log", is_date=line.is_date, whole=line.whole, title=factor.title,
        )  # fmt: skip

    def _own_range(self, found: Found, every: Sequence[Target]) -> Line:
        factor = self._factor
        without = [target for target in every if target.low is None or target.high is None]
        patterns = [path for path in factor.paths if "*" in path]
        fits = {path for c in self._catalogues.values() for pattern in patterns for path in c.matching(pattern)}
        if len(without) == len(every) or any(target.path not in fits for target in without):
            target = next((t for t in without if t.path not in fits), without[0])
            raise self._wrong(
                self._key,
                f"a factor without a range, and {target.path} has no low and high of its own",
                "low and high, or values",
                self._range_example(target),
            )
        # Of what a pattern fits, the values with ranges move.
        found = {arm: tuple(t for t in targets if t not in without) for arm, targets in found.items()}
        every = [target for targets in found.values() for target in targets]
        if len({target.path for target in every}) > 1:
            return self._ranged(Line(factor.name, "position", "", found, 0.0, 1.0, title=factor.title), ["the low end"])
        target = every[0]  # of the first arm that has it: the same range for all
        low, high = target.span
        line = Line(
            factor.name, "set", target.rule.unit, found, low, high, whole=target.type == "integer", title=factor.title
        )
        return self._ranged(line, [target.low, target.high])

    def _stated(self, found: Found, given: Sequence[Any]) -> Line:
        """The distributions that the values' own ranges mean; a value without a range stays as its arm has it."""
        if given:
            raise self._wrong(
                f"{self._key}.scale",
                '"stated" beside a range or values',
                "the range that stands beside the value",
                "Remove one.",
            )
        found = {arm: tuple(t for t in targets if t.states_range) for arm, targets in found.items()}
        if not any(found.values()):
            raise self._wrong(self._key, "a factor whose values state no range", "low and high beside one of them")
        for target in (target for targets in found.values() for target in targets):
            target.belief  # noqa: B018  raises where the range cannot be drawn
        return Line(self._factor.name, "quantile", "", found, 0.0, 1.0, title=self._factor.title)

    def _range_example(self, target: Target) -> str:
        if target.type == "date":
            return 'Write, say, low = "-90 d" and high = "+90 d".'
        return 'Write, say, low = "×0.8" and high = "×1.25".'

    def _move(self, changes: Sequence[Change], given: Sequence[Any], every: Sequence[Target]) -> Move:
        moves = [self._operation(change, every) for change in changes]
        for at, move in enumerate(moves):
            if move != moves[0]:
                raise self._wrong(
                    self._key,
                    f"{shown(given[0])} with {shown(given[at])}",
                    "values or changes of one kind in a factor",
                    "Write all as values, all as multiples or all as additions.",
                )
        return moves[0]

    def _operation(self, change: Change, every: Sequence[Target]) -> Move:
        if change.operation == "set":
            return "set"
        if change.operation in ("multiply", "add"):
            return "multiply" if change.operation == "multiply" else "add"
        for target in every:
            if target.type == "date":
                raise self._wrong(
                    self._key, f"a change in per cent of {target.path}, a date", "a shift", 'Write "+90 d".'
                )
            if not target.rule.unit:
                sign = "+" if change.number > 0 else "-"
                raise self._wrong(
                    self._key,
                    f"a change in per cent of {target.path}, which may be written in per cent itself",
                    "one that can be read in one way",
                    f'Write "×{1 + change.number:g}" for a multiple, or "{sign}{abs(100 * change.number):g} pp" for percentage points.',
                )
        return "multiply"

    def _unit(self, move: Move, changes: Sequence[Change], every: Sequence[Target]) -> str:
        """The unit of the line's numbers."""
        if move == "multiply":
            return ""
        units = {target.rule.unit: target for target in every}
        if len(units) > 1:
            (one, first), (other, second), *_ = units.items()
            raise self._wrong(
                self._key,
                f"one value for {first.path}, in {one or 'plain numbers'}, and {second.path}, in {other or 'plain numbers'}",
                "one unit in a factor",
                'Use multiples such as "×1.1".',
            )
        if every[0].type == "date":
            return "d" if move == "add" else "ms"
        return every[0].rule.unit

    def _number(self, change: Change, every: Sequence[Target], key: str, given: Any) -> float:
        target = every[0]
        if change.operation == "percent":
            return 1.0 + change.number
        try:
            if change.operation == ADD:
                unit = "d" if target.type == "date" else target.rule.unit
                return _quantity(change, unit, target.path)
            if change.operation == SET:
                return target.to_number(change.value, self._factor.unit)
        except ScenarioError as error:
            raise self._wrong_sentence(f"{key}: {error}") from None
        return change.number

    def _wrong_sentence(self, sentence: str) -> _Wrong:
        self._mistakes.say(sentence)
        return _Wrong()

    def _can_change(self, move: Move, every: Sequence[Target]) -> None:
        """A change needs a value to change."""
        if move == "set":
            return
        for target in every:
            if target.number is None:
                what = "is never" if target.own == "never" else "has no value"
                raise self._wrong(
                    self._key, f"a change of {target.path}, which {what}", "a value to change", "Give values instead."
                )

    def _distinct(self, numbers: Sequence[float], given: Sequence[Any]) -> None:
        seen = set[float]()
        for number, value in zip(numbers, given, strict=True):
            if number in seen:
                raise self._wrong(
                    f"{self._key}.values", f"a list with {shown(value)} twice", "distinct values", "Remove one."
                )
            seen.add(number)

    # Categories

    def _names(self, found: Found, every: Sequence[Target]) -> Categories:
        """Values without an order: flags, names, lists, and dates of which one is never."""
        factor, kind = self._factor, every[0].type
        values: Sequence[Any] = factor.values
        if factor.low is not None:
            raise self._wrong(
                f"{self._key}.low",
                f"{shown(factor.low)}, and {every[0].path} is a {kind}",
                "values instead of a range",
                self._values_example(every[0]),
            )
        if not values and kind == "flag":
            values = (False, True)
        if not values:
            raise self._wrong(
                self._key,
                f"a factor without values for {every[0].path}, a {kind}",
                "values",
                self._values_example(every[0]),
            )
        for value in values:
            if read_change(value).operation != SET:
                raise self._wrong(
                    f"{self._key}.values",
                    f"the relative change {shown(value)} of {every[0].path}, a {kind}",
                    "values of that type",
                    self._values_example(every[0]),
                )
        names = [_label(value) for value in values]
        self._distinct_names(names)
        settings = {
            arm: tuple({target.path: read_change(value).value for target in targets} for value in values)
            for arm, targets in found.items()
        }
        own = {_label(target.own) for target in every}
        nominal = own.pop() if len(own) == 1 else AS_WRITTEN
        return Categories(factor.name, tuple(names), settings, factor.title, nominal)

    def _values_example(self, target: Target) -> str:
        if target.type == "flag":
            return "Write values = [true, false]."
        if target.rule.allowed:
            return f"Write values = [{', '.join(shown(name) for name in target.rule.allowed)}]."
        return "Write values = [...]."

    def _distinct_names(self, names: Sequence[str]) -> None:
        seen = set[str]()
        for name in names:
            if name in seen:
                raise self._wrong(
                    f"{self._key}.values", f"a list with {shown(name)} twice", "distinct values", "Remove one."
                )
            seen.add(name)
        if AS_WRITTEN in names and not (self._has("levels") or self._has("structural")):
            raise self._wrong(f"{self._key}.values", shown(AS_WRITTEN), "another name: this one is taken")

    def _levels(self) -> Categories:
        factor = self._factor
        if factor.paths:
            raise self._wrong(
                self._key, "a factor with a path and levels", "one of them", "Levels name their paths themselves."
            )
        if len(factor.levels) < 2:
            raise self._wrong(
                f"{self._key}.levels", "a single level", "at least two", f'Add an empty one: "{AS_WRITTEN}" = {{}}.'
            )
        settings = {
            arm: tuple(self._level(name, level, arm) for name, level in factor.levels.items())
            for arm in self._catalogues
        }
        self._levels_known()
        return Categories(factor.name, tuple(factor.levels), settings, factor.title)

    def _levels_known(self) -> None:
        for name, level in self._factor.levels.items():
            for pattern in level:
                if not any(catalogue.matching(pattern) for catalogue in self._catalogues.values()):
                    every = dict.fromkeys(path for catalogue in self._catalogues.values() for path in catalogue.paths)
                    raise self._wrong(
                        f"{self._key}.levels.{name}",
                        f"{shown(pattern)}, {'which fits nothing' if '*' in pattern else 'an unknown path'}",
                        "the path of a value of the scenario",
                        did_you_mean(pattern, every, "rackrate show SCENARIO --resolved lists them."),
                    )

    def _level(self, name: str, level: Mapping[str, Any], arm: str) -> dict[str, Any]:
        """What one level sets in one arm; a change is a change of the arm's own value."""
        catalogue = self._catalogues[arm]
        out: dict[str, Any] = {}
        for pattern, given in level.items():
            change = read_change(given)
            for target in catalogue.targets(catalogue.matching(pattern)):
                out[target.path] = self._changed(target, change, given, f"{self._key}.levels.{name}")
        return out

    def _changed(self, target: Target, change: Change, given: Any, key: str) -> Any:
        if change.operation == SET:
            return change.value
        if not target.is_scale or target.number is None:
            raise self._wrong(
                key, f"the relative change {shown(given)} of {target.path}, a {target.type}", "a value of that type"
            )
        move = self._operation(change, [target])
        unit = "d" if target.type == "date" else target.rule.unit
        number = {MULTIPLY: change.number, "percent": 1.0 + change.number}.get(change.operation)
        if number is None:
            number = _quantity(change, unit, target.path)
        line = Line(self._factor.name, move, unit, {"": (target,)})
        return target.to_value(line.number(target, number))

    def _structural(self) -> Categories:
        """The settings of the structural range, the scenario as it is written first."""
        from rackrate.analysis import structural_settings

        settings: dict[str, dict[str, dict[str, Any]]] = {
            arm: dict(structural_settings(catalogue.scenario)) for arm, catalogue in self._catalogues.items()
        }
        labels = [
            label
            for label in dict.fromkeys(label for arm in settings.values() for label in arm)
            if any(arm.get(label) for arm in settings.values())
        ]
        if not labels:
            raise self._wrong(self._key, "structural", "a scenario with structural settings", "Give levels instead.")
        by_arm = {arm: ({}, *(by_label.get(label, {}) for label in labels)) for arm, by_label in settings.items()}
        return Categories(self._factor.name, (AS_WRITTEN, *labels), by_arm, self._factor.title)


class _Wrong(Exception):
    """A mistake that is already in the list."""


def _quantity(change: Change, unit: str, path: str) -> float:
    """The amount of an addition, in the unit of what it is added to."""
    from rackrate import _core

    if not change.unit and not unit:
        return change.number
    return _core.quantity_in(f"{change.number!r} {change.unit}".strip(), unit, path)


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
