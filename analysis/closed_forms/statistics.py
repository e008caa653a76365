"""Statistics of simulation output: multiple tests, sample sizes, scores, warm-up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import chi, norm

Floats = NDArray[np.float64]


def holm(p_values: ArrayLike) -> list[float]:
    """Holm's adjusted p-values, in the given order. Valid under any dependence. Source: Holm (1979), Scand.
    J. Stat. 6.

    Example:
        >>> [round(p, 9) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]
    """
    p, order = _sorted(p_values)
    adjusted = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    return _unsorted(np.minimum(adjusted, 1.0), order)


def hochberg(p_values: ArrayLike) -> list[float]:
    """Hochberg's adjusted p-values: sharper than Holm's, valid under independence or positive dependence.

    Source: Hochberg (1988), Biometrika 75, 800-802.
    Example:
        >>> [round(p, 9) for p in hochberg([0.01, 0.04, 0.03])]
        [0.03, 0.04, 0.04]
    """
    p, order = _sorted(p_values)
    scaled = p[order] * (len(p) - np.arange(len(p)))
    return _unsorted(np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0), order)


def _sorted(p_values: ArrayLike) -> tuple[Floats, NDArray[np.intp]]:
    p = np.asarray(p_values, float)
    if p.ndim != 1 or (p < 0).any() or (p > 1).any():
        raise ValueError("p-values must be a list of numbers between 0 and 1")
    return p, np.argsort(p, kind="stable")


def _unsorted(values: Floats, order: NDArray[np.intp]) -> list[float]:
    out = np.empty_like(values)
    out[order] = values
    return list(out.tolist())


def nm_variance(samples: ArrayLike) -> float:
    """The pooled variance of differences of Nelson and Matejcik, for k systems run on common random numbers.

    Shape: ``samples`` (k, n). S^2 = 2 sum sum (X_ij - mean_i - mean_j + mean)^2 / ((k - 1)(n - 1)).
    Raises: ValueError unless k >= 2 and n >= 2.
    """
    x = np.asarray(samples, float)
    if x.ndim != 2 or min(x.shape) < 2:
        raise ValueError(f"samples have shape {x.shape}; expected (systems >= 2, replications >= 2)")
    centred = x - x.mean(1, keepdims=True) - x.mean(0, keepdims=True) + x.mean()
    return float(2 * (centred**2).sum() / ((x.shape[0] - 1) * (x.shape[1] - 1)))


def nm_sample_size(samples: ArrayLike, indifference: float, g: float) -> int:
    """Replications that select the best of k systems: max(n0, ceil((g S / delta)^2)).

    Args: a pilot (k, n0); the smallest difference that matters; ``g``, the upper quantile of the maximum of
        an equicorrelated (1/2) multivariate t with k - 1 components and (k - 1)(n0 - 1) degrees of freedom
        (:func:`nm_quantile`).
    Raises: ValueError for indifference <= 0. Source: Nelson and Matejcik (1995), Management Science 41,
        1935-1945.
    Example:
        >>> nm_sample_size([[1, 2, 3, 4], [2, 2, 4, 4]], 1.0, 2.0)
        4
    """
    if indifference <= 0:
        raise ValueError(f"the indifference is {indifference}; expected a positive number")
    n0 = int(np.asarray(samples).shape[1])
    return max(n0, int(np.ceil(g**2 * nm_variance(samples) / indifference**2)))


def nm_quantile(systems: int, pilot: int, level: float = 0.95) -> float:
    """``g`` for :func:`nm_sample_size`: P(max of k - 1 equicorrelated t's <= g) = level, by quadrature.

    With correlation 1/2 the components are (Z_i + Z_0)/sqrt(2): integrate over Z_0 and over the chi of the
    variance.
    Example:
        >>> round(nm_quantile(2, 11, 0.95), 4)       # one component: Student's t with 10 degrees of freedom
        1.8125
    """
    dof = (systems - 1) * (pilot - 1)
    z, wz = np.polynomial.hermite_e.hermegauss(96)
    wz = wz / wz.sum()
    u, wu = np.polynomial.legendre.leggauss(200)
    scale, wu = chi.ppf((u + 1) / 2, dof) / np.sqrt(dof), wu / 2

    def probability(g: float) -> float:
        inner = norm.cdf(np.sqrt(2) * g * scale[:, None] + z[None, :]) ** (systems - 1)
        return float(wu @ (inner @ wz))

    return float(brentq(lambda g: probability(g) - level, 0.0, 50.0, xtol=1e-10))


def crps_normal(mean: float, sd: float, observed: float) -> float:
    """Continuous ranked probability score of a normal forecast; lower is better, in the units of the
    quantity.

    Source: Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359-378.
    Example:
        >>> round(crps_normal(0.0, 1.0, 0.0), 6)
        0.233695
    """
    if sd <= 0:
        raise ValueError(f"sd is {sd}; expected a positive number")
    z = (observed - mean) / sd
    return float(sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def crps_ensemble(members: ArrayLike, observed: float) -> float:
    """The score of an ensemble taken as it is: mean |x - y| - mean |x - x'| / 2.

    Example:
        >>> crps_ensemble([0.0, 2.0], 1.0)
        0.5
    """
    x = np.asarray(members, float)
    if x.size == 0:
        raise ValueError("an ensemble needs at least one member")
    return float(np.abs(x - observed).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2)


def mser5(series: ArrayLike) -> tuple[int, float, float]:
    """Where to cut the warm-up: (truncation, statistic, mean of the rest), by MSER-5 with at most half cut.

    Batches of 5; the cut minimises the variance of the remaining batch means over their number squared. The
    first minimum counts. A trailing part of a batch is dropped. Raises: ValueError for fewer than 10 values.
    Source: White, Cobb and Spratt (2000), Winter Simulation Conference.
    Example:
        >>> mser5([0] * 5 + [1] * 20)[0]
        5
    """
    x = np.asarray(series, float)
    k = len(x) // 5
    if k < 2:
        raise ValueError(f"the series has {len(x)} values; expected at least 10")
    batches = x[: 5 * k].reshape(k, 5).mean(1)
    values = [((batches[d:] - batches[d:].mean()) ** 2).sum() / (k - d) ** 2 for d in range(k // 2 + 1)]
    best = int(np.argmin(values))
    return 5 * best, float(values[best]), float(batches[best:].mean())
