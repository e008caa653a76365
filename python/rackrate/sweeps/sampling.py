"""Which points a design has: grids and tables as they are, samples made by scipy.stats.qmc and SALib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate._core import ScenarioError

if TYPE_CHECKING:
    from rackrate.sweeps.axes import Axis

GRID, LIST, ONE_AT_A_TIME = "grid", "list", "one-at-a-time"
LATIN_HYPERCUBE, SOBOL, SALTELLI, MORRIS = "latin-hypercube", "sobol", "saltelli", "morris"
DRAWS = "draws"
KINDS = (GRID, LIST, ONE_AT_A_TIME, LATIN_HYPERCUBE, SOBOL, SALTELLI, MORRIS, DRAWS)
SAMPLED = (LATIN_HYPERCUBE, SOBOL, SALTELLI, MORRIS, DRAWS)
MOST_POINTS = 10_000_000
_GRID_STEPS = 3


@dataclass(frozen=True)
class Sampling:
    """The kind of a design, and how many points it has.

    ``grid``: every combination. ``list``: the points of ``columns``. ``one-at-a-time``: the scenario as it is written, then
    each factor alone at the ends of its range or at each of its values. ``latin-hypercube`` and ``sobol``: ``samples`` points.
    ``saltelli``: ``samples`` x (factors + 2) points for Sobol indices, or x (2 factors + 2) with ``second_order``.
    ``morris``: ``samples`` trajectories of (factors + 1) points on a grid of ``morris_levels``.
    ``draws``: ``samples`` points of a Latin hypercube, each with futures of its own: replication j of point i of m is the
    random world j m + i, so that parameters and futures vary together and their shares can be told apart.
    """

    kind: str
    samples: int = 0  #: 0 where the kind takes none
    seed: int = 1  #: of the sample, not of the random worlds
    second_order: bool = False
    morris_levels: int = 4
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    """Of a list: by factor, the value at each point; None leaves the scenario as it is written."""


def raw_columns(sampling: Sampling, axes: Sequence[Axis], steps: Sequence[int]) -> list[np.ndarray]:
    """The raw values of each axis at all points, one array [point] per axis. ``steps`` are those of a range in a grid.

    Raises: ScenarioError if there would be more than 10^7 points.
    """
    if sampling.kind == GRID:
        return _grid(axes, steps)
    if sampling.kind == ONE_AT_A_TIME:
        return _one_at_a_time(axes)
    shares = unit_points(sampling, len(axes))
    return [axis.at(shares[:, at]) for at, axis in enumerate(axes)]


def point_count(sampling: Sampling, factors: int) -> int:
    """How many points a sampled kind has."""
    per_sample = {
        SALTELLI: 2 * factors + 2 if sampling.second_order else factors + 2,
        MORRIS: factors + 1,
    }.get(sampling.kind, 1)
    return sampling.samples * per_sample


def world_numbers(kind: str, points: int, replications: range) -> np.ndarray:
    """Which random world each replication of each point is, [point, replication]."""
    numbers = np.asarray(replications, np.int64)
    if kind != DRAWS:
        return np.broadcast_to(numbers, (points, len(numbers)))
    return numbers * points + np.arange(points, dtype=np.int64)[:, None]


def unit_points(sampling: Sampling, factors: int) -> np.ndarray:
    """The points of a sampled kind in the unit cube, [point, factor]. The same for the same versions of the libraries."""
    if sampling.kind in (LATIN_HYPERCUBE, DRAWS):
        from scipy.stats import qmc

        return np.asarray(qmc.LatinHypercube(factors, rng=sampling.seed).random(sampling.samples))
    if sampling.kind == SOBOL:
        from scipy.stats import qmc

        return np.asarray(qmc.Sobol(factors, rng=sampling.seed).random(sampling.samples))
    problem = unit_problem(factors)
    if sampling.kind == SALTELLI:
        sobol = salib("sample.sobol")
        return np.asarray(
            sobol.sample(problem, sampling.samples, calc_second_order=sampling.second_order, seed=sampling.seed)
        )
    morris = salib("sample.morris")
    return np.asarray(morris.sample(problem, sampling.samples, num_levels=sampling.morris_levels, seed=sampling.seed))


def unit_problem(factors: int, names: Sequence[str] = ()) -> dict[str, Any]:
    """SALib's description of the unit cube."""
    return {
        "num_vars": factors,
        "names": list(names) or [f"x{at}" for at in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }


def salib(module: str) -> Any:
    """A module of SALib. Raises: ScenarioError if it is not installed."""
    import importlib

    try:
        return importlib.import_module(f"SALib.{module}")
    except ModuleNotFoundError:
        raise ScenarioError(
            "SALib is not installed; expected it for Saltelli and Morris designs. pip install rackrate[sweep]."
        ) from None


def _levels(axis: Axis, steps: int) -> np.ndarray:
    """The values of an axis in a grid."""
    given = axis.levels
    if len(given):
        return given
    return np.unique(axis.at(np.linspace(0.0, 1.0, steps or _GRID_STEPS)))


def _grid(axes: Sequence[Axis], steps: Sequence[int]) -> list[np.ndarray]:
    """The last factor changes fastest."""
    levels = [_levels(axis, count) for axis, count in zip(axes, steps, strict=True)]
    total = 1
    for values in levels:
        total *= len(values)
    too_many(total)
    out, behind = [], total
    for values in levels:
        behind //= len(values)
        out.append(np.tile(np.repeat(values, behind), total // (behind * len(values))))
    return out


def _ends(axis: Axis) -> np.ndarray:
    """The values of an axis that is moved alone."""
    return axis.levels if len(axis.levels) else np.unique(axis.at(np.array([0.0, 1.0])))


def end_points(axes: Sequence[Axis]) -> list[range]:
    """At which points of a one-at-a-time design each axis is moved. Point 0 is the scenario as it is written."""
    spans, start = [], 1
    for axis in axes:
        spans.append(range(start, start + len(_ends(axis))))
        start = spans[-1].stop
    return spans


def _one_at_a_time(axes: Sequence[Axis]) -> list[np.ndarray]:
    spans = end_points(axes)
    out = []
    for axis, span in zip(axes, spans, strict=True):
        column = np.full(spans[-1].stop, np.nan)
        column[span.start : span.stop] = _ends(axis)
        out.append(column)
    return out


def too_many(points: int) -> None:
    """Raises: ScenarioError above 10^7 points."""
    if points > MOST_POINTS:
        raise ScenarioError(
            f"the design has {points:,} points; expected at most {MOST_POINTS:,}. Take fewer factors or values, or a sampled kind."
        )
