"""Paired differences between two arms of the same random world, with two intervals that must not be
confused."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from . import study_data, two_level
from .comparability import comparable

_MEANING = {
    "mean": "mean paired difference",
    "sd": "standard deviation of the paired difference over replications",
    "outcome_low": "outcome spread: lower quantile of the paired difference over futures",
    "outcome_median": "outcome spread: median paired difference",
    "outcome_high": "outcome spread: upper quantile of the paired difference over futures",
    "mean_low": "Monte Carlo error: lower end of the paired-t interval of the mean",
    "mean_high": "Monte Carlo error: upper end of the paired-t interval of the mean",
    "bca_low": "Monte Carlo error: lower end of the BCa bootstrap interval of the mean",
    "bca_high": "Monte Carlo error: upper end of the BCa bootstrap interval of the mean",
    "bootstrap_se": "standard error of the mean over all resamples (exact, not drawn)",
    "p_negative": "share of futures in which the difference is negative",
    "correlation": "correlation of the two arms over replications",
    "variance_ratio": "variance of the difference over that of independent arms (common random numbers)",
    **two_level.MEANING,
}


# scipy renamed the argument in 1.15; the draws are the same.
_GENERATOR = "rng" if "rng" in inspect.signature(stats.bootstrap).parameters else "random_state"


def difference(
    ds: xr.Dataset,
    metric: str | xr.DataArray,
    arm: str,
    baseline: str | None = None,
    level: float = 0.9,
    resamples: int = 2000,
    seed: int = 0,
) -> xr.Dataset:
    """Paired difference ``arm - baseline`` of one metric, with outcome spread and Monte Carlo error.

    *Outcome spread* says how the difference varies over futures: quantiles of the per-replication
    difference. More replications do not narrow it. *Monte Carlo error* says how well the mean is known: it
    shrinks with replications. Of a study that draws its parameters the outcome spread is over futures and parameters
    together, the Monte Carlo error shrinks with the number of points, and ``future_`` and ``parameter_`` say what each does
    alone.

    Shape: every variable has the metric's dims without ``arm`` and ``replication``; units are the metric's. Studies side
        by side along a further dimension (``point`` of a sweep) are subtracted each for itself; that dimension comes first.
    Args: ``metric`` is a variable name or a DataArray with dims (arm, replication, ...); ``resamples=0``
        skips the bootstrap.
    Returns: Dataset with mean, sd, outcome_low/median/high, mean_low/high (paired t), bca_low/high (BCa
        bootstrap), bootstrap_se, p_negative, correlation, variance_ratio; attributes say level, arms and
        number of pairs; of a study that draws its parameters also future_low/high and _sd, parameter_low/high and _sd, and
        the number of points. With a single replication the Monte Carlo variables are NaN: one pair tells nothing
        about its own error. Where studies side by side are not equally finished, the coordinate ``pairs`` has their
        numbers and the attribute the smallest; a study without a pair is NaN.
    Raises: KeyError for an unknown metric or arm; ValueError for a level outside (0, 1), no complete pair, or arms
        that cannot be compared.
    Source: MODEL 12.3; BCa from Efron (1987), J. Am. Stat. Assoc. 82, 171-185, through scipy.stats.bootstrap.
    Example:
        >>> import xarray as xr
        >>> st = xr.Dataset({"npv": (("arm", "replication"), [[3.0, 5.0, 4.0], [2.0, 3.0, 4.0]])},
        ...                 coords={"arm": ["exclusive", "open"]}, attrs={"baseline": "open"})
        >>> float(difference(st, "npv", "exclusive", resamples=0)["mean"])
        1.0
    """
    check_level(level)
    if not isinstance(metric, str) and "point" in metric.dims and study_data.is_two_level(ds):
        ds = ds.assign({str(metric.name or "metric"): metric})
        metric = str(metric.name or "metric")
    ds = study_data.standard(ds, several=True)
    base = study_data.baseline(ds) if baseline is None else baseline
    comparable(ds, [base, arm])
    name = metric if isinstance(metric, str) else str(metric.name or "metric")
    if not isinstance(metric, str):
        extra = [kept for kept in ("complete", "point") if kept in ds]
        ds = ds[extra].assign({name: metric}).assign_attrs(ds.attrs)
    further = [d for d in study_data.further(ds) if d in ds[name].dims] if name in ds else []
    if further:
        high, low, whole = _halves(ds, name, arm, base, further)
        out, pairs = _side_by_side(high.values, low.values, whole, level, resamples, seed)
    else:
        high, low = study_data.pair(ds, name, arm, base)
        point = study_data.points_of(high)
        out = paired(high.values, low.values, level=level, resamples=resamples, seed=seed, point=point)
        pairs = np.array(len(high))
    dims = high.dims[1:]
    coords = {k: v for k, v in high.coords.items() if "replication" not in v.dims}
    if pairs.size and (pairs != pairs.flat[0]).any():
        coords["pairs"] = xr.DataArray(pairs, dims=further, attrs={"long_name": "number of pairs", "units": "1"})
    units = high.attrs.get("units", ds[name].attrs.get("units", ""))
    result = xr.Dataset({k: (dims, v) for k, v in out.items()}, coords=coords)
    for key in result.data_vars:
        unit = "1" if key in ("p_negative", "correlation", "variance_ratio") else units
        result[key].attrs = {"long_name": _MEANING[str(key)], "units": unit}
    result.attrs = {"metric": name, "arm": arm, "baseline": base, "level": level, "pairs": int(pairs.min())}
    if not further and point is not None:
        result.attrs["points"] = len(np.unique(point))
    return result


def _halves(
    ds: xr.Dataset, name: str, arm: str, base: str, further: list[str]
) -> tuple[xr.DataArray, xr.DataArray, np.ndarray]:
    """The two halves of the pairs of studies side by side, (replication, further..., ...), and which replications are
    complete in every arm, (further..., replication)."""
    data = study_data.variable(ds, name)
    if data.sizes.get("replication", 0) == 0:
        raise ValueError(f"{name!r} has no replication that is complete in every arm")
    high, low = (data.sel(arm=a, drop=True).transpose("replication", *further, ...).astype(float) for a in (arm, base))
    shape = {d: ds.sizes[d] for d in (*further, "replication")}
    whole = xr.DataArray(np.ones(list(shape.values()), bool), dims=list(shape))
    if "complete" in ds:
        done = ds["complete"].fillna(0).astype(bool)
        beside = [d for d in done.dims if d not in shape]
        whole = (whole & done.all(beside).drop_vars(list(done.coords), errors="ignore")).transpose(*shape)
    if not whole.any():
        raise ValueError(f"{name!r} has no replication that is complete in every arm")
    return high, low, whole.values


def _side_by_side(
    high: np.ndarray, low: np.ndarray, whole: np.ndarray, level: float, resamples: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """:func:`paired` of each study, and its number of pairs. Those that have the same replications are one call."""
    beside, n = whole.shape[:-1], whole.shape[-1]
    rest = high.shape[1 + len(beside) :]
    high, low, flat = high.reshape(n, -1, *rest), low.reshape(n, -1, *rest), whole.reshape(-1, n)
    out: dict[str, np.ndarray] = {}
    kinds, which = np.unique(flat, axis=0, return_inverse=True)
    for kind, done in enumerate(kinds):
        at = np.flatnonzero(which.ravel() == kind)
        if not done.any():
            continue
        found = paired(high[done][:, at], low[done][:, at], level=level, resamples=resamples, seed=seed)
        for key, values in found.items():
            out.setdefault(key, np.full((len(flat), *rest), np.nan))[at] = values
    return {key: values.reshape(*beside, *rest) for key, values in out.items()}, flat.sum(1).reshape(beside)


def check_level(level: float) -> None:
    """Raises: ValueError for a level outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}; expected a number between 0 and 1, such as 0.9")


def paired(
    a: Any, b: Any, level: float = 0.9, resamples: int = 2000, seed: int = 0, point: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Statistics of ``a - b`` over the first axis, pair by pair.

    Args: ``point``: of a two-level study, the parameter point of each pair. The Monte Carlo error is then that of its
        points, and the parts of :func:`rackrate.analysis.two_level.components` are told apart.

    Shape: ``a`` and ``b`` (n, ...); each result has shape (...). Units: those of ``a``.
    Raises: ValueError if the shapes differ or are empty.
    Example:
        >>> paired([2.0, 4.0], [1.0, 1.0], resamples=0)["mean"].item()
        2.0
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape or a.ndim == 0 or a.shape[0] == 0:
        raise ValueError(
            f"paired samples have shapes {a.shape} and {b.shape}; expected two equal shapes with replications first"
        )
    d = np.asarray(a - b)
    n, tail = d.shape[0], (1.0 - level) / 2.0
    mean = d.mean(0)
    nothing = np.full(d.shape[1:], np.nan)
    out = {"mean": mean, "sd": nothing, "p_negative": np.where(np.isnan(mean), np.nan, (d < 0).mean(0))}
    out["outcome_low"], out["outcome_median"], out["outcome_high"] = np.quantile(d, [tail, 0.5, 1 - tail], axis=0)
    out |= dict.fromkeys(
        ("mean_low", "mean_high", "bca_low", "bca_high", "bootstrap_se", "correlation", "variance_ratio"),
        nothing,
    )
    if n < 2:
        return out if point is None else out | dict.fromkeys(two_level.MEANING, nothing)
    sd = d.std(0, ddof=1)
    half = stats.t.ppf(1 - tail, n - 1) * sd / np.sqrt(n)
    out |= {
        "sd": sd,
        "mean_low": mean - half,
        "mean_high": mean + half,
        "bootstrap_se": d.std(0) / np.sqrt(n),
    }
    var_a, var_b = a.var(0, ddof=1), b.var(0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = ((a - a.mean(0)) * (b - b.mean(0))).sum(0) / (n - 1)
        out["correlation"] = np.where(var_a * var_b > 0, covariance / np.sqrt(var_a * var_b), np.nan)
        out["variance_ratio"] = np.where(var_a + var_b > 0, sd**2 / (var_a + var_b), np.nan)
    if point is not None:
        out |= two_level.components(d, point, level)
        means = np.stack([d[point == at].mean(0) for at in np.unique(point)])
        out["bootstrap_se"] = means.std(0) / np.sqrt(len(means)) if len(means) > 1 else nothing
        if resamples and len(means) > 1:
            out["bca_low"], out["bca_high"] = _bca(means, mean, means.std(0, ddof=1), level, resamples, seed)
    elif resamples:
        out["bca_low"], out["bca_high"] = _bca(d, mean, sd, level, resamples, seed)
    return out


def pairs_needed(sd: float, half_width: float, level: float = 0.9) -> int:
    """How many paired futures make the paired-t interval of a mean reach at most ``half_width`` to either side.

    Units: ``half_width`` in those of ``sd``, the standard deviation of the paired difference over futures.
    Raises: ValueError for a level outside (0, 1), a half-width that is not positive, or an unknown or negative sd.
    Example:
        >>> pairs_needed(9.0, 1.5)
        100
    """
    check_level(level)
    if not half_width > 0.0:
        raise ValueError(f"half_width is {half_width}; expected a number above 0, in the units of sd")
    if not 0.0 <= sd < math.inf:
        raise ValueError(f"sd is {sd}; expected a known number >= 0; one pair alone has no standard deviation")
    ratio, tail = (sd / half_width) ** 2, (1.0 - level) / 2.0
    n = max(2, math.ceil(ratio * float(stats.norm.ppf(1 - tail)) ** 2))
    while n < ratio * float(stats.t.ppf(1 - tail, n - 1)) ** 2:  # Student's t is wider than the normal law: a few steps
        n += 1
    return n


def _bca(
    d: np.ndarray, mean: np.ndarray, sd: np.ndarray, level: float, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """BCa ends for each cell. A cell without spread has the point itself as interval: scipy calls it
    degenerate."""
    flat, low, high = d.reshape(d.shape[0], -1), mean.ravel().copy(), mean.ravel().copy()
    live = np.flatnonzero(sd.ravel() > 1e-12 * np.abs(mean.ravel()))
    for chunk in np.array_split(live, max(1, len(live) // 256 + 1)):
        if len(chunk) == 0:
            continue
        with warnings.catch_warnings():  # near-degenerate cells come back as NaN, which says enough
            warnings.simplefilter("ignore", stats.DegenerateDataWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            # The same resamples for every chunk: the answer does not depend on how cells were cut.
            interval = stats.bootstrap(
                (flat[:, chunk],),
                np.mean,
                axis=0,
                confidence_level=level,
                n_resamples=resamples,
                method="BCa",
                vectorized=True,
                batch=250,
                **{_GENERATOR: np.random.default_rng(seed)},
            ).confidence_interval
        low[chunk], high[chunk] = interval.low, interval.high
    return low.reshape(mean.shape), high.reshape(mean.shape)
