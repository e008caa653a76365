"""Design files: TOML, or the same keys in Python."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from rackrate import options
from rackrate._core import ScenarioError
from rackrate.scenario import Scenario
from rackrate.sweeps.axes import AS_WRITTEN
from rackrate.sweeps.checks import check_design
from rackrate.sweeps.definition import Definition
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.keep import Keep, keep_of
from rackrate.sweeps.mistakes import Mistakes, did_you_mean, shown
from rackrate.sweeps.sampling import KINDS, LIST, MORRIS, Sampling
from rackrate.sweeps.tables import Columns, columns_of_csv, columns_of_rows

Fields = dict[str, Any]
_KEYS = (
    "title", "arms", "baseline", "set", "factors", "kind", "samples", "trajectories", "points", "table", "second_order",
    "morris_levels", "points_seed", "seed", "replications", "until", "keep",
)  # fmt: skip
_FACTOR_KEYS = ("path", "paths", "low", "high", "values", "levels", "structural", "steps", "scale", "unit", "title")
_ARM_KEYS = ("scenario", "text", "set")
DEFAULT_REPLICATIONS = 16


def of_file(path: str | os.PathLike[str]) -> Fields:
    """The fields of a :class:`Definition` from a design file; paths in it are relative to its folder. Raises: ScenarioError."""
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: is no UTF-8 text ({error.reason}); expected a design in TOML.") from None
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read ({error.strerror}); expected a design file.") from None
    return of_text(text, os.fspath(path), Path(path).parent)


def of_text(text: str, origin: str, folder: Path | None = None) -> Fields:
    """The same from text."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{origin}: is no TOML ({error}); expected a design.") from None
    return _Reading(tree, origin, folder or Path()).fields()


def of_keys(keys: Mapping[str, Any]) -> Fields:
    """The same from Python values. Raises: TypeError for an unknown key."""
    for key in keys:
        if key not in _KEYS:
            raise TypeError(f"Design.of() has no argument {key!r}. {did_you_mean(key, _KEYS)}".strip())
    return _Reading(keys, "", Path()).fields()


def flat(table: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Values by dotted path: ``run.end = 1`` and ``"run.end" = 1`` are the same."""
    out: dict[str, Any] = {}
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, Mapping):
            out |= flat(value, f"{path}.")
        else:
            out[path] = value
    return out


class _Reading:
    """One tree of keys."""

    def __init__(self, tree: Mapping[str, Any], origin: str, folder: Path) -> None:
        self._tree, self._origin, self._folder = tree, origin, folder
        self._mistakes = Mistakes(origin)

    def fields(self) -> Fields:
        """The fields of the design. Raises: ScenarioError with every mistake."""
        self._known(self._tree, _KEYS, "")
        scenarios = self._arms()
        factors = self._factors()
        sampling = self._sampling()
        factors += self._factors_of_columns(sampling, factors)
        said: Fields = {
            "factors": tuple(factors),
            "sampling": sampling,
            "scenarios": scenarios,
            "baseline": self._of_type("baseline", str, "") or next(iter(scenarios), ""),
            "seed": self._of_type("seed", int, 1),
            "replications": self._replications(),
            "until": self._until(),
            "keep": self._keep(),
            "title": self._of_type("title", str, ""),
            "origin": self._origin,
        }
        if scenarios and sampling.kind:
            check_design(Definition(**said), self._mistakes)
        self._mistakes.raise_if_any()
        return said

    def _known(self, table: Mapping[str, Any], keys: Sequence[str], above: str) -> None:
        for key in table:
            if key not in keys:
                self._mistakes.add(
                    f"{above}{key}", "an unknown key", f"one of {', '.join(keys)}", did_you_mean(str(key), keys)
                )

    def _of_type(self, key: str, kind: type, default: Any) -> Any:
        value = self._tree.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            word = {str: "text", int: "a whole number", bool: "true or false"}[kind]
            self._mistakes.add(key, shown(value), word)
            return default
        return value

    # Arms

    def _arms(self) -> dict[str, Scenario]:
        given = self._tree.get("arms", [])
        if isinstance(given, str | os.PathLike | Scenario):
            given = [given]
        named: dict[str, Scenario] = {}
        if isinstance(given, Mapping):
            for name, value in given.items():
                if (scenario := self._arm(f"arms.{name}", value)) is not None:
                    named[str(name)] = scenario.override({}, name=str(name)) if scenario.name != name else scenario
        elif isinstance(given, Iterable):
            for at, value in enumerate(given):
                if (scenario := self._arm(f"arms[{at}]", value)) is None:
                    continue
                if scenario.name in named:
                    self._mistakes.add(
                        f"arms[{at}]", f"a second {shown(scenario.name)}", "distinct names", "Give a table of arms."
                    )
                named[scenario.name] = scenario
        else:
            self._mistakes.add("arms", shown(given), "names of scenarios, or a table of them")
        return named

    def _arm(self, key: str, value: Any) -> Scenario | None:
        """One arm: a scenario, its name or path, or a table with ``scenario`` (or ``text``) and ``set``."""
        common = self._settings("set", self._tree.get("set", {}))
        try:
            if isinstance(value, Mapping):
                self._known(value, _ARM_KEYS, f"{key}.")
                if ("scenario" in value) == ("text" in value):
                    self._mistakes.add(key, "a table", "one with scenario (a name or path), or text")
                    return None
                made = (
                    Scenario.parse(value["text"], key.removeprefix("arms."))
                    if "text" in value
                    else self._scenario(value["scenario"])
                )
                common = common | self._settings(f"{key}.set", value.get("set", {}))
            else:
                made = self._scenario(value)
            return made.override(common) if common else made
        except ScenarioError as error:
            for line in str(error).splitlines():
                self._mistakes.say(f"{key}: {line}")
            return None
        except TypeError as error:
            self._mistakes.say(f"{key}: {error}.")
            return None

    def _scenario(self, value: Any) -> Scenario:
        if isinstance(value, Scenario):
            return value
        if not isinstance(value, str | os.PathLike):
            raise TypeError(f"{shown(value)} is no scenario; expected a name or path")
        beside = self._folder / value
        return Scenario.load(beside if os.fspath(value).endswith(".toml") and beside.exists() else value)

    def _settings(self, key: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self._mistakes.add(key, shown(given), "a table of values by scenario path")
            return {}
        return flat(given)

    # Factors

    def _factors(self) -> list[Factor]:
        given = self._tree.get("factors", {})
        if isinstance(given, Mapping):
            made = [self._factor(str(name), value) for name, value in given.items()]
        elif isinstance(given, Iterable) and all(isinstance(f, Factor) for f in given):
            made = list(given)
        else:
            self._mistakes.add("factors", shown(given), "a table of factors by name")
            return []
        return [factor for factor in made if factor is not None]

    def _factor(self, name: str, given: Any) -> Factor | None:
        key = f"factors.{name}"
        if isinstance(given, Factor):
            return Factor(**{f.name: getattr(given, f.name) for f in fields(Factor)} | {"name": name})
        if isinstance(given, str):
            return Factor(name, (given,))
        if isinstance(given, list | tuple):
            given = {"paths": given}
        if not isinstance(given, Mapping):
            self._mistakes.add(key, shown(given), "a path, a list of paths, or a table")
            return None
        self._known(given, _FACTOR_KEYS, f"{key}.")
        if "path" in given and "paths" in given:
            self._mistakes.add(key, "a factor with path and paths", "one of them", "Remove one.")
        paths = given.get("paths", given.get("path", ()))
        paths = (paths,) if isinstance(paths, str) else paths
        if not isinstance(paths, list | tuple) or not all(isinstance(path, str) for path in paths):
            self._mistakes.add(f"{key}.path", shown(paths), "a scenario path, or a list of them")
            return None
        values = given.get("values", ())
        if isinstance(values, str) or not isinstance(values, Sequence):
            self._mistakes.add(f"{key}.values", shown(values), "a list of values")
            return None
        if "values" in given and not values:
            self._mistakes.add(f"{key}.values", "empty", "at least one value")
            return None
        for word, kind, rule in (("steps", int, "a whole number >= 2"), ("scale", str, "linear or log"), ("unit", str, "text"),
                                 ("title", str, "text"), ("structural", bool, "true or false")):  # fmt: skip
            if word in given and (not isinstance(given[word], kind) or (kind is int and isinstance(given[word], bool))):
                self._mistakes.add(f"{key}.{word}", shown(given[word]), rule)
                return None
        levels = self._levels(f"{key}.levels", given.get("levels", {}))
        return Factor(
            name,
            tuple(paths),
            low=given.get("low"),
            high=given.get("high"),
            values=tuple(values),
            levels=levels,
            structural=given.get("structural", False),
            steps=given.get("steps", 0),
            scale=given.get("scale", "linear"),
            unit=given.get("unit", ""),
            title=given.get("title", ""),
        )

    def _levels(self, key: str, given: Any) -> dict[str, dict[str, Any]]:
        if not isinstance(given, Mapping) or not all(isinstance(level, Mapping) for level in given.values()):
            self._mistakes.add(key, shown(given), "a table of levels, each a table of values by scenario path")
            return {}
        return {str(name): flat(level) for name, level in given.items()}

    # Points

    def _sampling(self) -> Sampling:
        columns = self._columns()
        kind = self._of_type("kind", str, LIST if columns else "")
        if kind == "table":
            kind = LIST
        if not kind:
            self._mistakes.add("kind", "missing", f"one of {', '.join(KINDS)}", 'Write kind = "grid".')
        if columns and kind and kind != LIST:
            self._mistakes.add("points", f"given beside kind {shown(kind)}", 'kind = "list"', "Remove one.")
        if "samples" in self._tree and "trajectories" in self._tree:
            self._mistakes.add("trajectories", "given beside samples", "one of them", "Remove one.")
        word = "trajectories" if "trajectories" in self._tree else "samples"
        if word == "trajectories" and kind and kind != MORRIS:
            self._mistakes.add("trajectories", f"given beside kind {shown(kind)}", 'kind = "morris"', "Write samples.")
        return Sampling(
            kind,
            self._of_type(word, int, 0),
            self._of_type("points_seed", int, 1),
            self._of_type("second_order", bool, False),
            self._of_type("morris_levels", int, 4),
            columns,
        )

    def _columns(self) -> Columns:
        """Points given one by one: rows, columns, or the name of a CSV file."""
        if "points" in self._tree and "table" in self._tree:
            self._mistakes.add("table", "given beside points", "one of them", "Remove one.")
        given = self._tree.get("table", self._tree.get("points"))
        if given is None:
            return {}
        if isinstance(given, str | os.PathLike):
            try:
                return columns_of_csv(self._folder / given)
            except ScenarioError as error:
                self._mistakes.say(str(error))
                return {}
        if hasattr(given, "to_dict") and hasattr(given, "columns"):  # a pandas.DataFrame
            given = {str(name): given[name].tolist() for name in given.columns}
        if isinstance(given, Mapping):
            columns = {str(name): tuple(map(_or_none, values)) for name, values in given.items()}
            if len(set(map(len, columns.values()))) > 1:
                lengths = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
                self._mistakes.add("points", f"columns of different lengths ({lengths})", "equal lengths")
                return {}
            return columns
        if isinstance(given, list | tuple) and all(isinstance(row, Mapping) for row in given):
            return {name: tuple(map(_or_none, values)) for name, values in columns_of_rows(given).items()}
        self._mistakes.add("points", shown(given), "a list of tables, a table of columns, or the name of a CSV file")
        return {}

    def _factors_of_columns(self, sampling: Sampling, factors: Sequence[Factor]) -> list[Factor]:
        """A column whose header is a path of the scenario is a factor of that name."""
        known = {factor.name for factor in factors}
        return [Factor(name, (name,)) for name in sampling.columns if name not in known and "." in name]

    # Runs

    def _replications(self) -> range:
        given = self._tree.get("replications", DEFAULT_REPLICATIONS)
        return replications_of(given, self._mistakes)

    def _until(self) -> str:
        given = self._tree.get("until")
        if given is None or given == "":
            return ""
        try:
            return options.instant("until", given)
        except ScenarioError as error:
            self._mistakes.say(str(error))
            return ""

    def _keep(self) -> Keep:
        given = self._tree.get("keep", ())
        if isinstance(given, Keep):
            return given
        try:
            if isinstance(given, str):
                return keep_of([given])
            if isinstance(given, list | tuple):
                return keep_of([str(word) for word in given])
            if isinstance(given, Mapping):
                self._known(given, ("variables", "by", "first", "last"), "keep.")
                return Keep(
                    tuple(map(str, given.get("variables", ()))),
                    str(given.get("by", "month")),
                    str(given.get("first", "")),
                    str(given.get("last", "")),
                )
        except ScenarioError as error:
            self._mistakes.say(str(error))
            return Keep()
        self._mistakes.add("keep", shown(given), "a list of variables, or a table")
        return Keep()


def _or_none(value: Any) -> Any:
    """A value of a column; None, NaN and "as written" leave the scenario as it is."""
    return None if value == AS_WRITTEN or value != value else value


def replications_of(given: Any, mistakes: Mistakes) -> range:
    """How many replications, from 0; or the numbers FIRST:LAST, both included.

    Example:
        >>> replications_of("100:199", Mistakes())
        range(100, 200)
    """
    if isinstance(given, range):
        return given
    ends = given.split(":") if isinstance(given, str) and ":" in given else given
    try:
        if isinstance(ends, list | tuple):
            first, last = (int(part) for part in ends)
            if 0 <= first <= last:
                return range(first, last + 1)
        elif not isinstance(given, bool) and int(given) == float(given) and int(given) > 0:
            return range(int(given))
    except (TypeError, ValueError):
        pass
    mistakes.add("replications", shown(given), "a whole number >= 1, or FIRST:LAST", 'Write, say, "100:199".')
    return range(DEFAULT_REPLICATIONS)
