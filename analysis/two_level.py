"""Futures and parameters told apart: one-way random effects over the points of a two-level study."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

_FEWEST_DF = 4.0  # of the parameter part, whose own error would else make its interval boundless
MEANING = {
    "future_sd": "standard deviation over futures at a given point of the parameters",
    "future_low": "outcome spread of futures alone: lower end around the mean",
    "future_high": "outcome spread of futures alone: upper end around the mean",
    "parameter_sd": "standard deviation over parameters of the mean over futures",
    "parameter_low": "parameter uncertainty alone: lower end of the mean over futures",
    "parameter_high": "parameter uncertainty alone: upper end of the mean over futures",
}


def components(d: np.ndarray, point: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """What futures, parameters and the size of the study do to a sample, apart and together.

    The sample is x = mean + parameter effect of its point + effect of its future. With m points of n futures, MSB the mean
    square between points and MSW the one within them, the variance over futures is MSW, that over parameters (MSB - MSW) / n
    or zero, and that of the mean MSB / (m n). *Outcome spread* is over all outcomes. *Futures alone* are the distances of
    outcomes from their points' means, *parameters alone* the points' means drawn together until their spread is the
    estimated one; both are put around the mean. Quantiles have the positions k / (N + 1), so that an interval of N outcomes
    contains a further one as often as it says; too few points for that give intervals of Student's t instead. With one future
    at each point the two parts cannot be told apart and are missing.

    Shape: ``d`` (pairs, ...), ``point`` (pairs); each result has shape (...). A sample without spread has none in any part.
    Source: Sun, Apley and Staum (2011), Operations Research 59, 998-1007; degrees of freedom after Satterthwaite (1946).
    """
    tail = (1.0 - level) / 2.0
    points, place, sizes = np.unique(point, return_inverse=True, return_counts=True)
    m, total = len(points), len(d)
    means = np.stack([d[place == at].mean(0) for at in range(m)])
    mean = d.mean(0)
    out = dict.fromkeys((*MEANING, "mean_low", "mean_high"), np.full(d.shape[1:], np.nan))
    if m < 2:
        return out | _outcomes(d, tail)
    within = d - means[place]
    per_point = (total - (sizes**2).sum() / total) / (m - 1)
    between = np.tensordot(sizes, (means - mean) ** 2, 1) / (m - 1)
    half = stats.t.ppf(1 - tail, m - 1) * np.sqrt(between / total)
    out |= {"mean_low": mean - half, "mean_high": mean + half}
    few = (m + 1) * tail < 1 - 1e-9
    if total == m:
        return out | _outcomes(d, tail)
    inside = (within**2).sum(0) / (total - m)
    variance = np.maximum((between - inside) / per_point, 0.0)
    out |= {"future_sd": np.sqrt(inside), "parameter_sd": np.sqrt(variance)}
    out |= _futures(within, inside, mean, total - m, tail)
    out |= _parameters(means, mean, between, inside, variance, (m, total, per_point), tail, few)
    if few:
        return out | _outcomes_by_t(d, mean, between, inside, (m, total, per_point), tail)
    return out | _outcomes(d, tail)


def _outcomes(d: np.ndarray, tail: float) -> dict[str, np.ndarray]:
    low, middle, high = np.quantile(d, [tail, 0.5, 1 - tail], axis=0, method="weibull")
    return {"outcome_low": low, "outcome_median": middle, "outcome_high": high}


def _outcomes_by_t(
    d: np.ndarray, mean: Any, between: Any, inside: Any, size: tuple[int, int, float], tail: float
) -> dict[str, np.ndarray]:
    m, total, n = size
    one, other = between / n, inside * (1 - 1 / n)
    df = _df(one, m - 1, other, total - m)
    half = stats.t.ppf(1 - tail, df) * np.sqrt(np.maximum(one + other, 0.0) + between / total)
    return {"outcome_low": mean - half, "outcome_median": np.median(d, axis=0), "outcome_high": mean + half}


def _futures(within: np.ndarray, inside: Any, mean: Any, df: int, tail: float) -> dict[str, np.ndarray]:
    if (len(within) + 1) * tail < 1 - 1e-9:
        half = stats.t.ppf(1 - tail, df) * np.sqrt(inside)
        return {"future_low": mean - half, "future_high": mean + half}
    scale = np.sqrt(len(within) / df)
    low, high = np.quantile(within * scale, [tail, 1 - tail], axis=0, method="weibull")
    return {"future_low": mean + low, "future_high": mean + high}


def _parameters(
    means: np.ndarray,
    mean: Any,
    between: Any,
    inside: Any,
    variance: Any,
    size: tuple[int, int, float],
    tail: float,
    few: bool,
) -> dict[str, np.ndarray]:
    """The spread of the points' means, less what futures add to it; wider where it is itself not well known."""
    m, total, n = size
    df = np.clip(_df(between, m - 1, -inside, total - m), min(_FEWEST_DF, m - 1), m - 1)
    if few:
        half = stats.t.ppf(1 - tail, df) * np.sqrt(variance + np.where(variance > 0, between / total, 0.0))
        return {"parameter_low": mean - half, "parameter_high": mean + half}
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(between > 0, np.sqrt(variance * n / between), 0.0)
    share = share * stats.t.ppf(1 - tail, df) / stats.t.ppf(1 - tail, m - 1)
    low, high = np.quantile((means - mean) * share, [tail, 1 - tail], axis=0, method="weibull")
    return {"parameter_low": mean + low, "parameter_high": mean + high}


def _df(a: Any, df_a: int, b: Any, df_b: int) -> Any:
    """Satterthwaite's degrees of freedom of the sum of two mean squares; 1 where there is nothing to measure."""
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (a + b) ** 2 / (a**2 / df_a + b**2 / df_b)
    return np.where(np.isfinite(df) & (a + b > 0), df, 1.0)
