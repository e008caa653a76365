"""The points of a design: what each factor is there, and the scenario that each arm runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rackrate.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np

    from rackrate.sweeps.design import Design

Value = (
    float | str | dt.date
)  #: of a factor at a point: a number in the factor's unit, the name of a category, or a date


@dataclass(frozen=True)
class Point:
    """One point. It is a small value that pickles with its arms' scenarios left out of it."""

    index: int  #: from 0, in the order of the design; a point keeps it when points are added behind it
    values: Mapping[str, Value]  #: by factor, in the order of the factors

    def overrides(self) -> dict[str, dict[str, object]]:
        """By arm, the values that the point sets there by scenario path: what :meth:`Scenario.override` takes."""
        raise NotImplementedError

    def scenarios(self) -> dict[str, Scenario]:
        """By arm, the scenario of this point. Made anew at every call, about a millisecond each."""
        raise NotImplementedError


class Points(Sequence[Point]):
    """All points of a design; each is made on request. ``points[3]``, ``points[100:200]``, ``len(points)``."""

    columns: Mapping[str, np.ndarray]  #: by factor, the values of all points, one array per factor [point]
    units: Mapping[str, str]  #: by factor; "" for a plain number or a category, "×" for a multiple of the own value
