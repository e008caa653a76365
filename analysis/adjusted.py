"""The mean of a paired difference, adjusted for what its futures happened to draw: control variates by regression."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

# Each control costs a degree of freedom and more: one for so many futures.
FUTURES_PER_CONTROL = 15

MEANING = {
    "mean": "mean paired difference, adjusted for the drivers of its futures",
    "mean_low": "Monte Carlo error: lower end of the interval of the adjusted mean",
    "mean_high": "Monte Carlo error: upper end of the interval of the adjusted mean",
    "sd_left": "standard deviation of the paired difference that the drivers leave",
    "explained": "share of its variance that the drivers explain, adjusted for their number; 0 where that is negative",
}


def controls_allowed(futures: int) -> int:
    """How many controls so many futures can bear: one for every fifteen.

    Example:
        >>> controls_allowed(100)
        6
    """
    return futures // FUTURES_PER_CONTROL


def adjusted_mean(
    difference: Any, controls: Any, known: Any, level: float = 0.9, known_covariance: Any = None
) -> dict[str, np.ndarray]:
    """The mean of ``difference`` over futures whose controls have the means ``known``: the intercept of the regression on the
    controls' distances from them.

    The controls are exogenous, so what they explain of the difference is luck of the draw, and their means over futures are
    known from many more. The interval is Student's t with n - k - 1 degrees of freedom on the HC3 variance of the intercept
    (each residual over one less its leverage), which needs neither a linear truth nor an even spread.

    Shape: ``difference`` (n, ...), ``controls`` (n, k), ``known`` (k), ``known_covariance`` (k, k) of the error with which
        the means are known, or None; each result has the shape (...).
    Raises: ValueError if the shapes do not fit, if there are more controls than :func:`controls_allowed`, or if a control is
        the same in all futures or a sum of others.
    Source: Lavenberg, Welch (1981), Management Science 27, 322-335; HC3: MacKinnon, White (1985), J. Econometrics 29.
    Example:
        >>> x = np.arange(30.0)
        >>> float(adjusted_mean(2.0 * x + 1.0, x[:, None], [10.0])["mean"].round(9))
        21.0
    """
    y, x, mu = np.asarray(difference, float), np.asarray(controls, float), np.asarray(known, float)
    if x.ndim != 2 or y.ndim < 1 or len(x) != len(y) or mu.shape != (x.shape[1],):
        raise ValueError(
            f"the difference has shape {y.shape}, the controls {x.shape}, their known means {mu.shape}; "
            "expected (n, ...), (n, k) and (k)"
        )
    n, k = x.shape
    if k > controls_allowed(n):
        raise ValueError(
            f"{k} controls of {n} futures; expected at most {controls_allowed(n)}, one for every {FUTURES_PER_CONTROL}"
        )
    scale = x.std(0)
    z = np.c_[np.ones(n), (x - mu) / np.where(scale > 0, scale, 1.0)]
    if k and (not (scale > 0).all() or np.linalg.cond(z) > 1e8):
        raise ValueError("a control is the same in all futures, or a sum of others; leave it out")
    solve = np.linalg.pinv(z)
    flat = y.reshape(n, -1)
    beta = solve @ flat
    residual = flat - z @ beta
    leverage = np.einsum("ij,ji->i", z, solve)
    variance = ((solve[0][:, None] * residual / (1.0 - leverage)[:, None]) ** 2).sum(0)
    if known_covariance is not None and k:
        slope = beta[1:] / scale[:, None]
        variance = variance + np.einsum("ik,ij,jk->k", slope, np.asarray(known_covariance, float), slope)
    left = (residual**2).sum(0) / (n - k - 1)
    whole = flat.var(0, ddof=1)
    half = stats.t.ppf(0.5 + level / 2, n - k - 1) * np.sqrt(variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.where(whole > 0, np.maximum(1.0 - left / whole, 0.0), 0.0)
    found = {
        "mean": beta[0],
        "mean_low": beta[0] - half,
        "mean_high": beta[0] + half,
        "sd_left": np.sqrt(left),
        "explained": explained,
    }
    return {name: values.reshape(y.shape[1:]) for name, values in found.items()}
