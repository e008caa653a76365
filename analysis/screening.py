"""Which of the values that a study draws together move a metric: screening by rank correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from . import sensitivity
from .sweeps import point_values, sweep_design
from .table_views import Table

LEAST_POINTS = 10
FALSE_DISCOVERIES = 0.1  #: the share of what is found that may be there by chance


def screened(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Spearman's rank correlation of a metric with each factor over the points of a study or sweep, the strongest first.

    All factors move at once at every point, so a correlation holds over what the others may be; what a factor does only
    together with others does not show. ``q_value`` is the share of false ones among all factors at least so strong (Benjamini
    and Hochberg): of those with ``found``, one in ten may be there by chance.

    Args: those of :func:`rackrate.analysis.point_values`; ``level`` is that of all intervals.
    Returns: DataFrame with factor, label, correlation, correlation_low, correlation_high, q_value, found, and of
        :func:`rackrate.analysis.tornado` at_low, at_high, low_error, high_error, low, high, in the metric's units. Attributes of
        that table, and ``points``, ``explained`` (adjusted share of the variance of the metric's ranks that the factors found
        explain together; too high by their selection) and ``visible`` (the weakest correlation that would be found alone).
    Raises: ValueError for fewer than 10 points, and what :func:`rackrate.analysis.tornado` raises.
    Source: Saltelli and Sobol (1995), Reliab. Eng. Syst. Saf. 50, 225-239; intervals of Bonett and Wright (2000), Psychometrika 65,
        23-28; Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.
    Example:
        >>> screened(st, "npv", firm="microsoft").head()  # doctest: +SKIP
    """
    design = sweep_design(ds)
    if design.kind == "one-at-a-time":
        raise ValueError(
            "the sweep moves one factor at a time; expected points at which all move. Use analysis.tornado."
        )
    ends = sensitivity.tornado(ds, metric, firm, arm, baseline, level)
    y = point_values(ds, metric, firm, arm, baseline)["mean"].values
    points = len(y)
    if points < LEAST_POINTS:
        raise ValueError(f"{points} points are too few to screen; expected at least {LEAST_POINTS}")
    ranks = np.column_stack([stats.rankdata(column) for column in design.shares(ds).T])
    rho = _correlations(ranks, stats.rankdata(y))
    q = stats.false_discovery_control(_p_values(rho, points))
    low, high = _interval(rho, points, level)
    table = pd.DataFrame({
        "factor": [factor.name for factor in design.factors], "correlation": rho,
        "correlation_low": low, "correlation_high": high, "q_value": q, "found": q <= FALSE_DISCOVERIES,
    })  # fmt: skip
    order = np.lexsort((table["factor"], -np.abs(rho)))
    out = Table(table.iloc[order].merge(ends, on="factor", how="left", sort=False))
    out.attrs = dict(ends.attrs) | {
        "points": points,
        "explained": _explained(ranks[:, table["found"].to_numpy()], stats.rankdata(y)),
        "visible": _visible(len(rho), points),
    }
    return out


def _correlations(ranks: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's of the ranks; 0 where a factor or the metric is the same at all points."""
    x, z = ranks - ranks.mean(axis=0), y - y.mean()
    size = np.sqrt((x**2).sum(axis=0) * (z**2).sum())
    rho: np.ndarray = np.divide(z @ x, size, out=np.zeros(x.shape[1]), where=size > 0)
    return rho


def _p_values(rho: np.ndarray, points: int) -> np.ndarray:
    t = np.abs(rho) * np.sqrt((points - 2) / np.maximum(1.0 - rho**2, 1e-300))
    p: np.ndarray = 2.0 * stats.t.sf(t, points - 2)
    return p


def _interval(rho: np.ndarray, points: int, level: float) -> tuple[np.ndarray, np.ndarray]:
    inside = np.clip(rho, -1 + 1e-12, 1 - 1e-12)
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt((1 + inside**2 / 2) / (points - 3))
    return np.tanh(np.arctanh(inside) - reach), np.tanh(np.arctanh(inside) + reach)


def _visible(factors: int, points: int) -> float:
    t = stats.t.isf(FALSE_DISCOVERIES / factors / 2, points - 2)
    return float(t / np.sqrt(points - 2 + t**2))


def _explained(ranks: np.ndarray, y: np.ndarray) -> float:
    points, found = ranks.shape
    if not found or points - found - 1 < 1:
        return 0.0 if not found else float("nan")
    x = np.column_stack([np.ones(points), ranks])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    total = ((y - y.mean()) ** 2).sum()
    return float(1 - (left**2).sum() / total * (points - 1) / (points - found - 1))
