"""Which factors of a sweep move the premium: Morris screening, Sobol indices, and a tornado. SALib does the arithmetic."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .sweeps import FactorAxis, SweepDesign, point_values, sweep_design

_END = 0.2  # of the points, at each end of a factor, where the design does not set the ends themselves


def morris(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 1,
) -> xr.Dataset:
    """Morris screening of a sweep of kind ``morris``: which factors matter, and which of them interact.

    An elementary effect is what one step of a factor does to the metric, scaled to the whole range of the factor. A large
    ``mu_star`` means influence; a ``sigma`` as large as ``mu_star`` means that the influence depends on the other factors.

    Args: those of :func:`rackrate.analysis.point_values`; ``level`` is that of the interval of ``mu_star``.
    Shape: variables over ``factor``. Units: the metric's.
    Returns: Dataset with mu, mu_star, mu_star_half (half-width of its bootstrap interval) and sigma.
    Raises: ValueError for a sweep of another kind or with points that are not done; KeyError as :func:`point_values`.
    Source: Morris (1991), Technometrics 33, 161-174; mu_star of Campolongo et al. (2007), Environ. Model. Softw. 22.
    Example:
        >>> morris(rr.open("DIR"), "npv", firm="microsoft")["mu_star"].to_series()  # doctest: +SKIP
    """
    design = _of_kind(ds, "morris")
    values = _complete(point_values(ds, metric, firm, arm, baseline))
    shares = _steps(design.shares(ds), design.morris_levels)
    found = _salib("analyze.morris").analyze(
        _problem(design), shares, values["mean"].values, num_resamples=resamples, conf_level=level,
        num_levels=design.morris_levels, seed=seed,
    )  # fmt: skip
    return _over_factors(design, values, {
        "mu": (found["mu"], "mean elementary effect over the range"),
        "mu_star": (found["mu_star"], "mean absolute elementary effect over the range"),
        "mu_star_half": (found["mu_star_conf"], "half-width of the bootstrap interval of mu_star"),
        "sigma": (found["sigma"], "standard deviation of the elementary effects"),
    })  # fmt: skip


def sobol(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 1,
) -> xr.Dataset:
    """Sobol indices of a sweep of kind ``saltelli``: the share of the metric's variance over the points that each factor causes.

    ``S1`` is the share of the factor alone, ``ST`` with all its interactions. The variance is that of the mean over
    replications: all points share their random worlds, so that most of the Monte Carlo error cancels.

    Args: those of :func:`rackrate.analysis.point_values`; ``level`` is that of the intervals.
    Shape: variables over ``factor``; S2 over (factor, other). Without units.
    Returns: Dataset with S1, ST, and S1_half and ST_half (half-widths of bootstrap intervals); with a second-order design also S2
        and S2_half.
    Raises: ValueError for a sweep of another kind, with points that are not done, or whose metric is the same at all points;
        KeyError as :func:`point_values`.
    Source: Saltelli et al. (2010), Comput. Phys. Commun. 181, 259-270.
    Example:
        >>> sobol(rr.open("DIR"), "npv", firm="microsoft")["ST"].to_series()  # doctest: +SKIP
    """
    design = _of_kind(ds, "saltelli")
    values = _complete(point_values(ds, metric, firm, arm, baseline))
    y = values["mean"].values
    if np.ptp(y) <= 1e-12 * np.abs(y).max(initial=0.0):
        raise ValueError(
            f"{metric!r} is the same at all points; Sobol indices are shares of a variance, and there is none"
        )
    scaled = (y - y.mean()) / y.std()  # the estimators lose digits where the mean is large beside the spread
    found = _salib("analyze.sobol").analyze(
        _problem(design),
        scaled,
        calc_second_order=design.second_order,
        num_resamples=resamples,
        conf_level=level,
        seed=seed,
    )
    out = _over_factors(design, values, {
        "S1": (found["S1"], "first-order index: share of the variance by the factor alone"),
        "S1_half": (found["S1_conf"], "half-width of the bootstrap interval of S1"),
        "ST": (found["ST"], "total index: share of the variance by the factor and its interactions"),
        "ST_half": (found["ST_conf"], "half-width of the bootstrap interval of ST"),
    }, units="1")  # fmt: skip
    if design.second_order:
        names = [factor.name for factor in design.factors]
        for key in ("S2", "S2_conf"):
            full = np.asarray(found[key], float)
            full = np.where(np.isnan(full), full.T, full)
            out[key.replace("conf", "half")] = (("factor", "other"), full, {"units": "1"})
        out = out.assign_coords(other=names)
    return out


def tornado(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """How far each factor moves the metric from the low to the high end of its range, largest swing first.

    In a sweep of kind ``one-at-a-time`` the ends are points of their own, and the rest is as the scenario has it. In any
    other, an end is the mean over the fifth of the points that lies nearest to it, whatever the other factors are there.

    Args: those of :func:`rackrate.analysis.point_values`.
    Returns: DataFrame with columns factor, label, at_low, at_high (the metric there), low and high (where the two ends are,
        as text), low_error and high_error (half-widths of the interval of each end at ``level``) and swing; attributes
        ``centre`` (the metric in the middle) and ``units``.
    Raises: what :func:`point_values` raises; ValueError if points are not done.
    Example:
        >>> tornado(rr.open("DIR"), "npv", firm="microsoft")[["label", "at_low", "at_high"]]  # doctest: +SKIP
    """
    design = sweep_design(ds)
    values = _complete(point_values(ds, metric, firm, arm, baseline, level))
    mean, shares = values["mean"].values, design.shares(ds)
    alone = design.kind == "one-at-a-time"
    rows = []
    for at, factor in enumerate(design.factors):
        column = ds[factor.name].values
        low, high = _alone(factor, shares[:, at]) if alone else _ends(shares[:, at])
        ends = {}
        for name, chosen in (("low", low), ("high", high)):
            ends[f"at_{name}"] = float(mean[chosen].mean())
            ends[f"{name}_error"] = _error(values, chosen, level)
        rows.append({
            "factor": factor.name,
            "label": factor.label,
            "low": _text(column[low], factor.unit),
            "high": _text(column[high], factor.unit),
            **ends,
            "swing": abs(ends["at_high"] - ends["at_low"]),
        })  # fmt: skip
    table = pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    centre = float(mean[0]) if alone else float(mean.mean())
    table.attrs = {
        **values.attrs,
        "centre": centre,
        "units": values["mean"].attrs.get("units", ""),
        "kind": design.kind,
    }
    return table


def _of_kind(ds: xr.Dataset, kind: str) -> SweepDesign:
    design = sweep_design(ds)
    if design.kind != kind:
        raise ValueError(
            f"the sweep is of kind {design.kind!r}; expected {kind!r}. Make a design of that kind, or choose one of several: rackrate.open(DIR, design=0)."
        )
    return design


def _complete(values: xr.Dataset) -> xr.Dataset:
    """Raises: ValueError if a point has no value, or there is more than one value a point."""
    extra = [str(dim) for dim in values["mean"].dims if dim != "point"]
    if extra:
        raise ValueError(f"{values.attrs['metric']!r} has a value for each {extra[0]}; choose one: {extra[0]}=...")
    lost = np.flatnonzero(np.isnan(values["mean"].values))
    if len(lost):
        raise ValueError(
            f"point {values['point'].values[lost[0]] if 'point' in values.coords else lost[0]} "
            f"{'is' if len(lost) == 1 else f'and {len(lost) - 1} more are'} not done; expected all points. Go on with --resume."
        )
    return values


def _problem(design: SweepDesign) -> dict[str, Any]:
    names = [factor.name for factor in design.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _steps(shares: np.ndarray, levels: int) -> np.ndarray:
    """Points on the levels of a Morris design again: dates, whole numbers and categories were rounded off them."""
    steps: np.ndarray = np.round(shares * (levels - 1)) / (levels - 1)
    return steps


def _over_factors(
    design: SweepDesign, values: xr.Dataset, found: dict[str, tuple[Any, str]], units: str | None = None
) -> xr.Dataset:
    unit = values["mean"].attrs.get("units", "") if units is None else units
    out = xr.Dataset(
        {
            key: ("factor", np.asarray(numbers, float), {"long_name": meaning, "units": unit})
            for key, (numbers, meaning) in found.items()
        },
        coords={
            "factor": [factor.name for factor in design.factors],
            "label": ("factor", [factor.label for factor in design.factors]),
        },
    )
    out.attrs = {key: value for key, value in values.attrs.items() if key != "sweep"} | {
        "points": values.sizes["point"]
    }
    return out


def _ends(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.quantile(shares, [_END, 1 - _END], method="closest_observation")
    return np.flatnonzero(shares <= low), np.flatnonzero(shares >= high)


def _alone(factor: FactorAxis, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two points at which a factor alone is moved to its ends."""
    assert factor.points is not None  # written for this kind of design
    mine = np.arange(factor.points.start, factor.points.stop)
    return mine[[np.argmin(shares[mine])]], mine[[np.argmax(shares[mine])]]


def _error(values: xr.Dataset, chosen: np.ndarray, level: float) -> float:
    """Half-width of the interval of the mean over some points: of one point its Monte Carlo error, of many their spread too."""
    from scipy import stats

    if len(chosen) == 1:
        return float(values["mean_high"].values[chosen[0]] - values["mean_low"].values[chosen[0]]) / 2
    y = values["mean"].values[chosen]
    return float(stats.t.ppf((1 + level) / 2, len(y) - 1) * y.std(ddof=1) / np.sqrt(len(y)))


def _text(column: np.ndarray, unit: str) -> str:
    """Where an end lies: one value, or the middle of several."""
    if column.dtype.kind == "M":
        return str(np.sort(column)[len(column) // 2].astype("datetime64[D]"))
    if column.dtype.kind not in "fiu":
        return ", ".join(dict.fromkeys(map(str, column)))
    number = float(np.median(column))
    if unit == "×":
        return f"×{number:.3g}"
    if unit == "of the range":
        return f"{100 * number:.3g} % of range"
    if unit.startswith("/"):  # a rate of growth
        return f"{100 * number:.3g} %{unit}"
    return f"{number:.3g}{' ' + unit if unit else ''}"


def _salib(module: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(f"SALib.{module}")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "SALib is not installed; expected it for Morris screening and Sobol indices. pip install rackrate[sweep]"
        ) from None
