"""What a stated range says of a value: a distribution of which ``low`` and ``high`` are the 5 % and the 95 % point.

An end beyond which nothing is possible, because it is the value itself or a bound of the key, is the end of the support
instead. No distribution reaches beyond the bounds of its key.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

Kind = Literal["lognormal", "beta", "triangular"]
TAIL = 0.05  #: the share of a distribution below ``low``, and above ``high``
FACTOR = 2.0  #: a positive value whose ends are at least so far apart is lognormal
_Z = 1.6448536269514722  # the 95 % point of the standard normal distribution


@dataclass(frozen=True)
class Belief:
    """The distribution of one value. ``quantile`` maps shares in (0, 1) to numbers in the unit of the key."""

    kind: Kind
    quantile: Callable[[Any], Any]


@lru_cache(4096)
def belief_of(value: float, low: float, high: float, least: float, most: float) -> Belief:
    """The distribution of a value with a stated range, within the bounds [least, most] of its key.

    A share, whose key lies between 0 and 1, has a beta distribution through both points. A positive value whose range spans a
    factor of two is lognormal on each side of its value, which is its median. Every other value is triangular, and its value
    is the mode; so is one of which an end is a bound, or the value itself.
    Raises: ValueError in words that follow the path of the value.

    Example:
        >>> belief = belief_of(2.0, 1.0, 4.0, 0.0, 100.0)
        >>> belief.kind, [round(float(x), 6) for x in belief.quantile(np.array([0.05, 0.5, 0.95]))]
        ('lognormal', [1.0, 2.0, 4.0])
    """
    _check(value, low, high, least, most)
    ends_open = least < low < value < high < most
    if ends_open and least >= 0.0 and most == 1.0:
        return Belief("beta", _beta(low, high, least))
    if ends_open and low > 0.0 and high >= FACTOR * low:
        return Belief("lognormal", _lognormal(value, low, high, least, most))
    return Belief("triangular", _triangular(value, low, high, least, most))


def _check(value: float, low: float, high: float, least: float, most: float) -> None:
    if not all(map(math.isfinite, (value, low, high))):
        raise ValueError("has an end or a value that is no finite number")
    if not low < high:
        raise ValueError("has a low that is not below its high")
    if not low <= value <= high:
        raise ValueError("has a value outside its own range")
    if low < least or high > most:
        raise ValueError(f"has a range that leaves the bounds of its key, {least:g} to {most:g}")


def _lognormal(value: float, low: float, high: float, least: float, most: float) -> Callable[[Any], Any]:
    from scipy.special import ndtr, ndtri

    down, up = math.log(value / low) / _Z, math.log(high / value) / _Z

    def share(x: float) -> float:
        """The share below a bound."""
        if x <= 0.0:
            return 0.0
        away = math.log(x / value)
        return float(ndtr(away / (down if away < 0.0 else up)))

    first, last = share(least), share(most) if math.isfinite(most) else 1.0

    def quantile(u: Any) -> Any:
        z = ndtri(first + np.asarray(u, float) * (last - first))
        return np.clip(value * np.exp(z * np.where(z < 0.0, down, up)), least, most)

    return quantile


def _beta(low: float, high: float, least: float) -> Callable[[Any], Any]:
    """The beta distribution with the two points, found by its mean and its concentration on logarithmic scales."""
    from scipy.optimize import least_squares
    from scipy.special import betaincinv

    def away(x: Any) -> Any:
        mean, weight = 1.0 / (1.0 + math.exp(-x[0])), math.exp(x[1])
        points = betaincinv(mean * weight, (1.0 - mean) * weight, np.array([TAIL, 1.0 - TAIL]))
        points = np.clip(points, 1e-300, 1.0 - 1e-16)
        return np.log(points / (1.0 - points)) - np.log([low / (1.0 - low), high / (1.0 - high)])

    middle = (low + high) / 2.0
    spread = (high - low) / (2.0 * _Z)
    start = [math.log(middle / (1.0 - middle)), math.log(max(middle * (1.0 - middle) / spread**2 - 1.0, 1.0))]
    found = least_squares(away, start, xtol=1e-12, ftol=1e-12, gtol=1e-12)
    if not found.success or float(np.abs(found.fun).max()) > 1e-6:
        raise ValueError("has a range that no beta distribution has as its 5 % and 95 % points")
    mean, weight = 1.0 / (1.0 + math.exp(-found.x[0])), math.exp(found.x[1])

    def quantile(u: Any) -> Any:
        return np.maximum(betaincinv(mean * weight, (1.0 - mean) * weight, np.asarray(u, float)), least)

    return quantile


def _triangular(value: float, low: float, high: float, least: float, most: float) -> Callable[[Any], Any]:
    begin, end = _support(value, low, high, least, most)
    width = end - begin
    peak = (value - begin) / width

    def below(x: float) -> float:
        if x <= value:
            return (x - begin) ** 2 / (width * (value - begin)) if x > begin else 0.0
        return 1.0 - (end - x) ** 2 / (width * (end - value)) if x < end else 1.0

    first, last = below(least), below(most)

    def quantile(u: Any) -> Any:
        share = first + np.asarray(u, float) * (last - first)
        rising = begin + np.sqrt(share * width * (value - begin))
        falling = end - np.sqrt(np.maximum(1.0 - share, 0.0) * width * (end - value))
        return np.clip(np.where(share < peak, rising, falling), least, most)

    return quantile


def _support(value: float, low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """The ends of the triangle whose shares beyond ``low`` and ``high`` are both TAIL; an end that closes the range stays."""
    left_closed, right_closed = low in (value, least), high in (value, most)
    begin, end = low, high
    for _ in range(200):
        before = (begin, end)
        if not left_closed:  # (low - begin)^2 = TAIL (end - begin) (value - begin)
            begin = low - _reach(value - low, end - low)
        if not right_closed:
            end = high + _reach(high - value, high - begin)
        if abs(begin - before[0]) + abs(end - before[1]) <= 1e-14 * (end - begin):
            break
    return begin, end


def _reach(to_value: float, to_end: float) -> float:
    """The positive x with x^2 = TAIL (to_end + x) (to_value + x)."""
    a, b, c = 1.0 - TAIL, -TAIL * (to_value + to_end), -TAIL * to_value * to_end
    return (-b + math.sqrt(b * b - 4.0 * a * c)) / (2.0 * a)
