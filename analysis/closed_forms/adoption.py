"""Adoption (Bass) and machines that fail (Young and Daly)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize


def bass_F(t: ArrayLike, p: float, q: float) -> NDArray[np.float64]:
    """Share of adopters at time t in the Bass model, starting from none.

    Units: t in years, p and q per year. Shape: that of ``t``.
    Raises: ValueError if p <= 0 or q < 0. Source: Bass (1969), Management Science 15, 215-227.
    Example:
        >>> round(float(bass_F(5.0, 0.03, 0.38)), 9)
        0.331198642
    """
    if p <= 0 or q < 0:
        raise ValueError(f"p is {p} and q is {q}; expected p > 0 and q >= 0")
    decay = np.exp(-(p + q) * np.asarray(t, float))
    share: NDArray[np.float64] = (1 - decay) / (1 + q / p * decay)
    return share


def bass_peak(p: float, q: float) -> tuple[float, float, float]:
    """Time of the fastest adoption, the share adopted then, and the rate: ln(q/p)/(p+q), (1-p/q)/2,
    (p+q)^2/(4q).

    Raises: ValueError unless q > p > 0 (otherwise adoption only slows down).
    Example:
        >>> round(bass_peak(0.03, 0.38)[0], 9)
        6.192619198
    """
    if not q > p > 0:
        raise ValueError(f"p is {p} and q is {q}; expected q > p > 0")
    return float(np.log(q / p) / (p + q)), 0.5 * (1 - p / q), (p + q) ** 2 / (4 * q)


def bass_finite_mean(t: float, p: float, q: float, n: int) -> tuple[float, float]:
    """Mean and standard deviation of the share of adopters among n who copy each other without delay.

    A pure-birth chain with rate (n - k)(p + q k / n): solved by uniformisation, exact to 1e-13.
    Units: t in years. Returns: (mean, sd). Raises: ValueError if n < 1 or t < 0.
    Example:
        >>> round(bass_finite_mean(3.0, 0.03, 0.38, 100)[0], 6)
        0.148783
    """
    if n < 1 or t < 0:
        raise ValueError(f"n is {n} and t is {t}; expected n >= 1 and t >= 0")
    k = np.arange(n + 1)
    rate = (n - k) * (p + q * k / n)
    top = rate.max()
    step, probability, total = np.eye(1, n + 1)[0], np.zeros(n + 1), 0.0
    weight_log = -top * t
    for j in range(int(top * t + 12 * np.sqrt(top * t + 1) + 60)):
        weight = np.exp(weight_log)
        probability, total = probability + weight * step, total + weight
        moved = step * rate / top
        step = step - moved
        step[1:] += moved[:-1]
        weight_log += np.log(top * t / (j + 1)) if t > 0 else -np.inf
    share, probability = k / n, probability / total
    mean = float(share @ probability)
    return mean, float(np.sqrt(max(float(share**2 @ probability) - mean**2, 0.0)))


def bass_lagged(t: float, p: float, q: float, interval: float) -> float:
    """Share of adopters when the share seen is refreshed only every ``interval``: F' = F + (1-F)(1 -
    e^{-(p+qF) interval}).

    Units: years. Raises: ValueError unless t is a whole number of intervals (within 1e-6).
    Example:
        >>> round(bass_lagged(3.0, 0.03, 0.38, 0.25), 9)
        0.141259314
    """
    steps = round(t / interval)
    if abs(steps * interval - t) > 1e-6:
        raise ValueError(f"t is {t}; expected a whole number of intervals of {interval}")
    f = 0.0
    for _ in range(steps):
        f += (1 - f) * -np.expm1(-(p + q * f) * interval)
    return float(f)


def daly_efficiency(
    mtti: float, checkpoint: float, restart: float, interval: float | None = None
) -> tuple[float, float]:
    """Share of time a training run makes progress, with failures and checkpoints.

    e = tau / (M e^{R/M} (e^{(tau + delta)/M} - 1)); without an interval the first-order best one, tau =
    sqrt(2 delta M).
    Units: all times alike. Returns: (efficiency, interval). Raises: ValueError for a time <= 0.
    Source: Young (1974), CACM 17, 530-531; Daly (2006), Future Generation Computer Systems 22, 303-312.
    Example:
        >>> round(daly_efficiency(3.093079 * 60, 0.5, 5.0)[0], 6)
        0.903682
    """
    if min(mtti, checkpoint) <= 0 or restart < 0:
        raise ValueError(f"times are {mtti}, {checkpoint}, {restart}; expected positive times")
    tau = float(np.sqrt(2 * checkpoint * mtti)) if interval is None else float(interval)
    return float(tau / (mtti * np.exp(restart / mtti) * np.expm1((tau + checkpoint) / mtti))), tau


def daly_best_interval(mtti: float, checkpoint: float) -> float:
    """The interval that maximises :func:`daly_efficiency`, found numerically. Units: those of the
    arguments."""
    found = optimize.minimize_scalar(
        lambda x: -daly_efficiency(mtti, checkpoint, 0.0, x)[0],
        bounds=(1e-6 * mtti, mtti),
        method="bounded",
        options={"xatol": 1e-10 * mtti},
    )
    return float(found.x)
