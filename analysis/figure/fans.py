"""Fan charts: what may happen, month by month, in each arm."""

from __future__ import annotations

import numpy as np

from .. import scenario_text, study_data
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


@style.styled
def fan(ds, metric="revenue", firm=None, layer=None, paired=False, title=None, **select):
    """Median with bands of 50 and 90 % of futures, one panel per arm.

    Args: ``firm`` and ``layer`` select (without ``layer``, money is summed over layers); ``select`` picks
        on any other dimension (``cloud="azure"``); ``paired=True`` shows each alternative minus the
        baseline, future by future.
    Returns: Figure. Units: dollars become B$ per month, shares become per cent.
    Raises: KeyError for an unknown metric or name; ValueError if a dimension is left over.
    Example:
        >>> fan(st, "revenue", firm="microsoft")  # doctest: +SKIP
    """
    ds = study_data.finished(ds)
    data = study_data.variable(ds, metric).astype(float)
    units = data.attrs.get("units", "")
    if firm is not None:
        select["firm"] = firm
    if layer is not None:
        select["layer"] = layer
    data = data.sel(select)
    if "layer" in data.dims:
        data = data.sum("layer")
    left = [str(d) for d in data.dims if d not in ("arm", "replication", "time")]
    if left:
        raise ValueError(
            f"{metric!r} still has the dimension {left[0]!r}; choose one, for instance {left[0]}="
            f"{str(ds[left[0]].values[0])!r}"
        )
    scale, unit = (
        (1e-9, "B$ per month") if units == "USD" else (100.0, "%") if units in ("1", "") else (1.0, units)
    )
    base = study_data.baseline(ds)
    panels = [(a, a) for a in study_data.arms(ds)]
    if paired:
        data = data - data.sel(arm=base, drop=True)
        panels = [(a, f"{a} minus {base}") for a in study_data.arms(ds) if a != base]
        unit = "percentage points" if unit == "%" else unit
    name = scenario_text.title(scenario_text.tree(ds, base), firm) if firm else ""
    words = title or ": ".join(
        filter(
            None,
            [
                name,
                _WORDS.get(metric, metric)
                + (f", {layer} layer" if layer else "")
                + (", difference between arms" if paired else ""),
            ],
        )
    )
    figure, axes = style.canvas(words, rows=len(panels), sharey=True)
    for ax, (arm, label) in zip(axes, panels, strict=False):
        colour, dashes = style.arm_look(ds, arm)
        low5, low25, mid, high75, high95 = np.quantile(
            data.sel(arm=arm).transpose("replication", "time").values * scale,
            [0.05, 0.25, 0.5, 0.75, 0.95],
            axis=0,
        )
        x = style.dates(ds["time"].values)
        ax.fill_between(x, low5, high95, color=colour, alpha=0.18, lw=0, label="90 % of futures")
        ax.fill_between(x, low25, high75, color=colour, alpha=0.32, lw=0, label="50 % of futures")
        ax.plot(x, mid, color=colour, ls=dashes, label="median")
        if paired:
            ax.axhline(0, color=style.INK, lw=0.7)
        elif data.min() >= 0:
            ax.set_ylim(bottom=0)
        style.mark(ax, ds)
        style.years(ax)
        ax.set_title(label)
        ax.set_ylabel(unit)
    style.legend(figure, axes[-1])
    return figure
