"""Unserved demand and scarce capacity."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import scenario_text, study_data
from ..service import unserved_share
from . import style


@style.styled
def unserved(ds: xr.Dataset) -> Figure:
    """Unserved share of compute demand over time, one line per arm with the band of 90 % of futures.

    Returns: Figure, per cent. Raises: KeyError without ``served`` or ``unserved``.
    Example:
        >>> unserved(st)  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    share = unserved_share(ds) * 100.0
    titles = scenario_text.arm_heads(ds)
    figure, (ax,) = style.canvas("Compute demand that goes unserved", row_height=1.9, extra=0.75)
    x = style.points(ds)
    for arm in study_data.arms(ds):
        colour, dashes = style.arm_look(ds, arm)
        low, mid, high = np.quantile(share.sel(arm=arm).values, [0.05, 0.5, 0.95], axis=0)
        ax.fill_between(x, low, high, color=colour, alpha=0.13, lw=0)
        marker = "o" if len(x) == 1 else None
        ax.plot(x, mid, color=colour, ls=dashes, marker=marker, label=style.label(style.short(titles[arm], 48)))
    ax.set_ylim(bottom=0)
    ax.set_ylabel("% of demand")
    ax.set_title("median and 90 % of futures")
    style.mark(ax, ds)
    style.months(ax, ds)
    style.legend(figure, ax)
    return figure


def scarce_share(ds: xr.Dataset) -> xr.DataArray:
    """Share of days with a positive scarcity rent, by cloud, averaged over the regions where it has
    capacity and over futures.

    Shape: (arm, cloud, time), 0 to 1. Raises: KeyError without ``scarce_days``.
    """
    days = study_data.variable(study_data.finished(ds), "scarce_days").astype(float)
    return days.mean(["region", "replication"]).transpose("arm", "cloud", "time")


@style.styled
def scarcity(ds: xr.Dataset) -> Figure:
    """How often each cloud's capacity is short: share of days with a positive scarcity rent, one panel per
    arm.

    Returns: Figure, per cent of days. Raises: KeyError without ``scarce_days``.
    Example:
        >>> scarcity(st)  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    share = scarce_share(ds) * 100.0
    titles = scenario_text.arm_heads(ds)
    clouds = [str(c) for c in share["cloud"].values]
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    rows = share.sizes["arm"]
    figure, axes = style.canvas(
        "Days on which capacity is short", rows=rows, row_height=0.34 + 0.2 * len(clouds), extra=1.0
    )
    x = np.append(study_data.month_bounds(ds)[0], study_data.month_bounds(ds)[1][-1]).astype("datetime64[D]")
    image: Any = None
    for ax, arm in zip(axes, study_data.arms(ds), strict=False):
        image = ax.pcolormesh(x, np.arange(len(clouds) + 1), share.sel(arm=arm).values, cmap="Greys", vmin=0, vmax=100)
        ax.set_yticks(
            np.arange(len(clouds)) + 0.5,
            [style.short(scenario_text.title(scenario, c, "clouds")) for c in clouds],
        )
        ax.invert_yaxis()
        ax.grid(visible=False)
        ax.set_title(style.panel_title(titles[arm]))
        style.years(ax)
    figure.colorbar(
        image,
        ax=axes,
        orientation="horizontal",
        shrink=0.6,
        aspect=40,
        pad=0.02,
        label="% of days with a scarcity rent, mean of regions and futures",
    )
    return figure
