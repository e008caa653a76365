"""Sharing what is scarce, and the value of having more of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm


def water_fill(orders: ArrayLike, supply: float, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Uniform rationing: everyone gets the same level, or less if they asked for less. With weights, the
    same multiple of them.

    Returns: array of awards that sum to min(supply, sum of orders). Raises: ValueError for negative numbers.
    Source: Sprumont (1991), Econometrica 59, 509-519 (strategy-proof); MODEL 3.4, A3.
    Example:
        >>> water_fill([100, 250, 50, 400, 200], 600).tolist()
        [100.0, 150.0, 50.0, 150.0, 150.0]
    """
    asked = np.asarray(orders, float)
    weight = np.ones_like(asked) if weights is None else np.asarray(weights, float)
    if supply < 0 or (asked < 0).any() or (weight < 0).any():
        raise ValueError("orders, weights and supply must not be negative")
    if asked.sum() <= supply:
        return asked.copy()
    award, left, open_ = np.zeros_like(asked), float(supply), weight > 0
    while left > 0 and open_.any():
        offer = left * weight / weight[open_].sum()
        full = open_ & (asked <= offer)
        if not full.any():
            award[open_] = offer[open_]
            break
        award[full], left, open_ = asked[full], left - asked[full].sum(), open_ & ~full
    return award


def largest_remainder(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers near ``shares`` that sum to ``total``; ties go to the earlier one.

    Example:
        >>> largest_remainder([10.6, 20.7, 30.2, 38.5], 100)
        [11, 21, 30, 38]
    """
    floors = [int(np.floor(s)) for s in shares]
    order = sorted(range(len(floors)), key=lambda i: (-(shares[i] - floors[i]), i))
    for i in order[: total - sum(floors)]:
        floors[i] += 1
    return floors


def newsvendor_min(mean: float, sd: float, capacity: float) -> float:
    """E[min(D, capacity)] for normal demand: what a pool of that size sells on average.

    E min = mu - sd (phi(z) - z (1 - Phi(z))), z = (K - mu)/sd. Raises: ValueError for sd <= 0.
    Example:
        >>> round(newsvendor_min(100, 30, 90), 9)
        82.372916571
    """
    if sd <= 0:
        raise ValueError(f"sd is {sd}; expected a positive number")
    z = (capacity - mean) / sd
    return float(mean - sd * (norm.pdf(z) - z * norm.sf(z)))
