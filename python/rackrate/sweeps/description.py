"""What the dataset of a sweep says of its design: coordinates of the points, and the attribute ``sweep``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate.sweeps.axes import Axis, Line
from rackrate.sweeps.sampling import ONE_AT_A_TIME, end_points

if TYPE_CHECKING:
    from rackrate.sweeps.design import Design

_DAY_MS = 86_400_000.0


def coordinates(design: Design) -> dict[str, tuple[str, np.ndarray, dict[str, str]]]:
    """A coordinate for each factor, as xarray takes it: dimension ``point``, values [point], attributes long_name and units."""
    points = design.points()
    columns = points.columns
    return {
        axis.name: ("point", columns[axis.name], _attributes(axis, points.units[axis.name])) for axis in points.axes
    }


def description(design: Design) -> str:
    """JSON for the attribute ``sweep``: kind and size of the design; name, title, unit and range of each factor.

    :func:`rackrate.analysis.morris`, ``sobol`` and ``tornado`` read it.
    """
    points, sampling = design.points(), design.sampling
    factors = [_factor(axis, points.units[axis.name]) for axis in points.axes]
    if sampling.kind == ONE_AT_A_TIME:
        for factor, span in zip(factors, end_points(points.axes), strict=True):
            factor["points"] = [span.start, span.stop]
    return json.dumps({
        "kind": sampling.kind,
        "samples": sampling.samples,
        "second_order": sampling.second_order,
        "morris_levels": sampling.morris_levels,
        "digest": design.digest,
        "factors": factors,
    }, ensure_ascii=False)  # fmt: skip


def _attributes(axis: Axis, unit: str) -> dict[str, str]:
    attributes = {"long_name": axis.title or axis.name}
    if isinstance(axis, Line) and not axis.is_date:
        attributes["units"] = "1" if unit in ("", *_MEANT) else unit
        if unit in _MEANT:
            attributes["comment"] = _MEANT[unit]
    return attributes


_MEANT = {
    "×": "multiple of the scenario's own value",
    "of the range": "position in the value's own range",
    "of the distribution": "share of the distribution that the value's own range means, below what was drawn",
}


def _factor(axis: Axis, unit: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": axis.name, "title": axis.title, "unit": unit}
    if not isinstance(axis, Line):
        return {**said, "levels": list(axis.names)}
    if axis.values:
        return {**said, "levels": [_plain(axis.value(number)) for number in axis.values]}
    assert axis.low is not None and axis.high is not None
    scale = _DAY_MS if axis.is_date else 1.0
    return {**said, "low": axis.low / scale, "high": axis.high / scale, "log": axis.log}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
