"""Fan charts: what may happen, month by month, in each arm."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import scenario_text, study_data
from ..comparability import comparable
from ..units import unit_of
from . import style

_WORDS = {
    "revenue": "revenue",
    "gross_profit": "gross profit",
    "value_added": "value added",
    "cost": "cost",
    "market_share": "market share",
    "utilisation": "utilisation",
    "wait": "wait",
}


def series(
    ds: xr.Dataset,
    metric: str | xr.DataArray = "revenue",
    firm: str | None = None,
    layer: str | None = None,
    paired: bool = False,
    **select: str,
) -> xr.DataArray:
    """What :func:`fan` draws: one metric by arm, replication and month, in the months that were run.

    Raises: KeyError for an unknown metric or name; ValueError if a dimension is left over.
    """
    ds = study_data.run_only(study_data.finished(ds))
    data = study_data.variable(ds, metric) if isinstance(metric, str) else metric
    name, units = str(data.name or metric), data.attrs.get("units", "")
    if firm is not None:
        select["firm"] = firm
    if layer is not None:
        select["layer"] = layer
    for dim, wanted in select.items():
        if dim not in data.dims:
            there = ", ".join(str(d) for d in data.dims if d not in ("arm", "replication", "time"))
            raise study_data.UnknownName(f"{name!r} has no dimension {dim!r}; it has {there or 'none to choose from'}")
        if dim == "firm":
            scenario_text.check(ds, dim, wanted)
        study_data.member(data[dim].values, wanted, dim)
    data = data.astype(float).sel(select).assign_attrs(units=units)
    if "layer" in data.dims:
        data = data.sum("layer", min_count=1).assign_attrs(units=units)
    left = [str(d) for d in data.dims if d not in ("arm", "replication", "time")]
    if left:
        raise ValueError(
            f"{name!r} still has the dimension {left[0]!r}; choose one, for instance {left[0]}="
            f"{str(data[left[0]].values[0])!r}"
        )
    if "time" not in data.dims:
        raise ValueError(f"{name!r} is no monthly series; choose one over time, such as 'revenue'")
    if paired:
        base = study_data.baseline(ds)
        comparable(ds)
        data = (data - data.sel(arm=base, drop=True)).assign_attrs(units=units)
        data = data.sel(arm=[a for a in study_data.arms(ds) if a != base])
        if data.sizes["arm"] == 0:
            raise ValueError("the study has one arm; a paired difference needs two")
    return data.transpose("arm", "replication", "time")


def constant(data: xr.DataArray) -> float | None:
    """The one value that a series has in every arm, future and month; None if it moves.

    Rounding is no movement: less than a billionth of the largest value.
    """
    values = data.values[np.isfinite(data.values)]
    if not len(values):
        return 0.0
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    return (low + high) / 2 if high - low <= 1e-9 * size or size < 1e-9 else None


@style.styled
def fan(
    ds: xr.Dataset,
    metric: str | xr.DataArray = "revenue",
    firm: str | None = None,
    layer: str | None = None,
    paired: bool = False,
    title: str | None = None,
    **select: str,
) -> Figure:
    """Median with bands of 50 and 90 % of futures, one panel per arm.

    Args: ``metric`` is a variable's name or a DataArray over arm, replication and time; ``firm`` and ``layer`` select
        (without ``layer``, money is summed over layers); ``select`` picks on any other dimension (``cloud="azure"``);
        ``paired=True`` shows each alternative minus the baseline, future by future.
    Returns: Figure. Units: dollars in the unit of the largest, per month; shares become per cent.
    Raises: KeyError for an unknown metric or name, with the nearest one; ValueError if a dimension is left over.
    Example:
        >>> fan(st, "revenue", firm="microsoft")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    data = series(ds, metric, firm, layer, paired, **select)
    key = metric if isinstance(metric, str) else str(metric.name or "metric")
    units = data.attrs.get("units", "")
    if units == "USD":
        money = unit_of(data.values / 1e9, least=0.1)
        scale, unit = 1 / money.size, f"{money.name} per month"
    else:
        scale, unit = (100.0, "%") if units in ("1", "") else (1.0, units)
    base, names = study_data.baseline(ds), scenario_text.arm_heads(ds)
    shown = [str(a) for a in data["arm"].values]
    if paired:
        unit = "percentage points" if unit == "%" else unit
    name = scenario_text.title(scenario_text.tree(ds, base), firm) if firm else ""
    words = title or ": ".join(
        filter(
            None,
            [
                name,
                _WORDS.get(key, key.replace("_", " "))
                + (f", {layer} layer" if layer else "")
                + (", difference between arms" if paired else ""),
            ],
        )
    )
    figure, axes = style.canvas(words, rows=len(shown), sharey=True)
    x = style.points(ds)
    for ax, arm in zip(axes, shown, strict=True):
        colour, dashes = style.arm_look(ds, arm)
        low5, low25, mid, high75, high95 = np.quantile(
            data.sel(arm=arm).values * scale, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0
        )
        if len(x) == 1:  # one month: bars, since a line needs two points
            ax.vlines(x, low5, high95, color=colour, alpha=0.3, lw=10, label="90 % of futures")
            ax.vlines(x, low25, high75, color=colour, alpha=0.45, lw=10, label="50 % of futures")
            ax.plot(x, mid, "o", color=colour, label="median")
        else:
            ax.fill_between(x, low5, high95, color=colour, alpha=0.18, lw=0, label="90 % of futures")
            ax.fill_between(x, low25, high75, color=colour, alpha=0.32, lw=0, label="50 % of futures")
            ax.plot(x, mid, color=colour, ls=dashes, label="median")
        if paired:
            ax.axhline(0, color=style.INK, lw=0.7)
        style.mark(ax, ds)
        style.months(ax, ds)
        ax.set_title(style.panel_title(f"{names[arm]} minus {names[base]}" if paired else names[arm]))
        ax.set_ylabel(unit)
    if not paired and data.min() >= 0:
        axes[0].set_ylim(
            0, 1.04 * axes[0].get_ylim()[1]
        )  # only now: it ends the search for a range that holds every panel
    style.legend(figure, axes[-1])
    return figure
