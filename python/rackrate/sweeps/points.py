"""The points of a design: what each factor is there, and the scenario that each arm runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from rackrate._core import ScenarioError
from rackrate.scenario import Scenario, override_pairs
from rackrate.sweeps.axes import Axis, Line, Value
from rackrate.sweeps.checks import check_design
from rackrate.sweeps.mistakes import Mistakes
from rackrate.sweeps.orders import Pair, in_order, ordered_pairs
from rackrate.sweeps.resolution import resolved
from rackrate.sweeps.sampling import DRAWS, LIST, raw_columns
from rackrate.sweeps.tables import factors_of_columns, listed_columns
from rackrate.sweeps.targets import Catalogue

if TYPE_CHECKING:
    import pandas as pd

    from rackrate.sweeps.definition import Definition

_ALL_SHOWN = 6  #: factors of a point that a message shows
_ALL_TRIED = 200  #: points of which every one is made as a scenario before anything runs


@dataclass(frozen=True)
class Point:
    """One point of a design."""

    index: int  #: from 0, in the order of the design
    values: Mapping[str, Value]  #: by factor: a number in the factor's unit, the name of a category, or a date
    _raw: tuple[float, ...] = field(repr=False)
    _points: Points = field(repr=False, compare=False)

    def overrides(self, arm: str) -> dict[str, Any]:
        """The values that the point sets in an arm, by scenario path: what :meth:`Scenario.override` takes."""
        out: dict[str, Any] = {}
        for axis, raw in zip(self._points.axes, self._raw, strict=True):
            out |= axis.overrides(arm, raw)
        return in_order(self._points.pairs[arm], out)

    def settings(self, arm: str) -> tuple[tuple[str, str], ...]:
        """The same as pairs of path and TOML text: a plain value that travels."""
        return tuple(override_pairs(self.overrides(arm)))

    def scenarios(self) -> dict[str, Scenario]:
        """By arm, the scenario of this point, made by :meth:`Scenario.override`. Made anew at every call.

        Raises: ScenarioError if the values of the point contradict each other.
        """
        return {arm: self.scenario(arm) for arm in self._points.arms}

    def scenario(self, arm: str) -> Scenario:
        """The scenario of one arm. An arm in which the point moves nothing is the arm itself.

        Raises: ScenarioError that names the point, if its values contradict each other.
        """
        changed = self.overrides(arm)
        base = self._points.arms[arm]
        try:
            return base.override(changed) if changed else base
        except ScenarioError as error:
            lines = str(error).splitlines()
            raise ScenarioError("\n".join(f"{self._named(arm, line)} in {arm}: {line}" for line in lines)) from None

    def texts(self) -> dict[str, str]:
        """The values as the design would write them: ``×1.1``, ``2.2 $/H100e-h``."""
        return {axis.name: axis.text(raw) for axis, raw in zip(self._points.axes, self._raw, strict=True)}

    def __str__(self) -> str:
        return self._with(list(self.texts()))

    def _named(self, arm: str, sentence: str) -> str:
        """The point in a sentence about an arm: of many factors those whose paths the sentence names."""
        named = [axis.name for axis in self._points.axes if any(path in sentence for path in axis.paths(arm))]
        return self._with(named or list(self.texts()))

    def _with(self, names: list[str]) -> str:
        """The point with some of its factors; with all of them where they are few."""
        texts = self.texts()
        shown = list(texts) if len(texts) <= _ALL_SHOWN else names[:_ALL_SHOWN]
        words = [f"{name} {texts[name]}" for name in shown]
        if len(shown) < len(texts):
            words.append(f"and {len(texts) - len(shown)} more factors")
        return f"point {self.index} ({', '.join(words)})"


class Points(Sequence[Point]):
    """All points of a design, checked. Each is made on request: ``points[3]``, ``len(points)``, ``for point in points``.

    What is kept is one number for each point and factor.
    """

    def __init__(self, design: Definition) -> None:
        """Resolves the factors, makes the points, and checks all of them.

        Raises: ScenarioError with every mistake, one sentence each: unknown paths, factors without a range, values out of
            bounds at any point, contradictions between values. The rules between several values are tried at every point
            of a small design; of one with more than 200 points, at those where a factor is at an end of its values or a category
            is first taken, and at 200 more.
        """
        mistakes = Mistakes(design.origin)
        check_design(design, mistakes)
        if not design.scenarios:
            mistakes.raise_if_any()
        self.arms: dict[str, Scenario] = dict(design.scenarios)
        factors = factors_of_columns(design) if design.sampling.kind == LIST else design.factors
        axes = resolved(factors, self.arms, mistakes)
        self._all_made_anyway = design.sampling.kind == DRAWS  # when the study begins, before its first run
        mistakes.raise_if_any()
        self.axes: tuple[Axis, ...] = tuple(axes)
        self.pairs: dict[str, tuple[Pair, ...]] = {arm: self._pairs(arm) for arm in self.arms}
        try:
            if design.sampling.kind == LIST:
                self._raw = listed_columns(design, self.axes, mistakes)
            else:
                self._raw = raw_columns(design.sampling, self.axes, [factor.steps for factor in design.factors])
        except ScenarioError as error:
            mistakes.say(str(error))
        mistakes.raise_if_any()
        self._check_bounds(mistakes)
        mistakes.raise_if_any()
        self._try(mistakes)
        mistakes.raise_if_any()

    # The points

    def __len__(self) -> int:
        return len(self._raw[0]) if self._raw else 0

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> list[Point]: ...
    def __getitem__(self, index: int | slice) -> Point | list[Point]:
        if isinstance(index, slice):
            return [self._point(at) for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"point {index}; expected one from 0 to {len(self) - 1}")
        return self._point(at)

    def __iter__(self) -> Iterator[Point]:
        return map(self._point, range(len(self)))

    def _point(self, at: int) -> Point:
        raw = tuple(float(column[at]) for column in self._raw)
        return Point(at, {axis.name: axis.value(x) for axis, x in zip(self.axes, raw, strict=True)}, raw, self)

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """By factor, its values at all points, an array [point]: float64, datetime64[ms], or names of categories."""
        return {axis.name: axis.column(raw) for axis, raw in zip(self.axes, self._raw, strict=True)}

    @property
    def units(self) -> dict[str, str]:
        """By factor, the unit of its numbers; empty for categories, dates and plain numbers, "×" for multiples."""
        return {axis.name: _unit(axis) for axis in self.axes}

    def to_pandas(self) -> pd.DataFrame:
        """One row per point, one column per factor."""
        import pandas as pd

        return pd.DataFrame(self.columns, index=pd.RangeIndex(len(self), name="point"))

    def _pairs(self, arm: str) -> tuple[Pair, ...]:
        """Values of an arm that stay in order where they are drawn. A design that sets them says what it means."""
        drawn = [
            t for axis in self.axes if isinstance(axis, Line) and axis.move == "quantile" for t in axis.targets[arm]
        ]
        return ordered_pairs(Catalogue(self.arms[arm]), drawn) if drawn else ()

    # Checks

    def _check_bounds(self, mistakes: Mistakes) -> None:
        """Every value of every point lies where its key allows."""
        for axis, raw in zip(self.axes, self._raw, strict=True):
            if not isinstance(axis, Line):
                continue
            for path, target in {t.path: t for arm in self.arms for t in axis.targets[arm]}.items():
                numbers = axis.number(target, raw)
                wrong = np.flatnonzero(~target.allowed(numbers) & ~np.isnan(raw))
                if len(wrong):
                    at = int(wrong[0])
                    more = f", as at {len(wrong) - 1:,} points more" if len(wrong) > 1 else ""
                    mistakes.say(
                        f"point {at} has factors.{axis.name} at {axis.text(float(raw[at]))}, which makes {path} "
                        f"{target.to_value(float(numbers[at]))}{more}; expected {target.bounds()}."
                    )

    def _try(self, mistakes: Mistakes) -> None:
        """Makes the scenarios of points that may contradict the rules between values."""
        for at in self._trials():
            point = self._point(at)
            for arm in self.arms:
                with mistakes.collected():
                    point.scenario(arm)
            if mistakes:
                return

    def _trials(self) -> list[int]:
        if self._all_made_anyway:
            return []
        if len(self) <= _ALL_TRIED:
            return list(range(len(self)))
        chosen = set(np.linspace(0, len(self) - 1, _ALL_TRIED).astype(int).tolist())
        for axis, raw in zip(self.axes, self._raw, strict=True):
            if isinstance(axis, Line):
                chosen |= {int(np.nanargmin(raw)), int(np.nanargmax(raw))}
            else:
                chosen |= set(np.unique(raw, return_index=True)[1].tolist())
        return sorted(chosen)


def _unit(axis: Axis) -> str:
    if not isinstance(axis, Line) or axis.is_date:
        return ""
    return {"multiply": "×", "position": "of the range", "quantile": "of the distribution"}.get(axis.move, axis.unit)
