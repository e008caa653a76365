"""Where a lab's enterprise workloads run and who sells them."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import scenario_text, study_data
from . import style


def placed(ds: xr.Dataset, lab: str, by: str = "host") -> xr.DataArray:
    """Share of a lab's placed work units by host or by channel.

    Shape: (arm, replication, ``by``, time), sums to 1 where anything is placed. Raises: KeyError for an
        unknown lab.
    """
    ds = study_data.run_only(study_data.finished(ds))
    share = study_data.variable(ds, "placement_share")
    study_data.check(ds, "lab", lab)
    share = share.sel(lab=lab).astype(float)
    weight = ds.get("placed_units", 1.0)
    units = (share * weight).sum(["segment", "channel" if by == "host" else "host"])
    total = units.sum(by)
    part: xr.DataArray = xr.where(total > 0, units / total.where(total > 0, 1.0), 0.0)
    return part.transpose("arm", "replication", by, "time")


@style.styled
def placement_flows(ds: xr.Dataset, lab: str, by: str = "host") -> Figure:
    """Stacked shares of a lab's workloads over time by host or channel, mean over futures, one panel per arm.

    Returns: Figure, per cent of work units. Raises: KeyError for an unknown lab; ValueError for another
        ``by``.
    Example:
        >>> placement_flows(st, "openai", by="channel")  # doctest: +SKIP
    """
    if by not in ("host", "channel"):
        raise ValueError(f"by is {by!r}; expected host or channel")
    ds = study_data.run_only(study_data.finished(ds))
    mean = placed(ds, lab, by).mean("replication") * 100.0
    used = [str(v) for v in mean[by].values if float(mean.sel({by: v}).max()) > 1.0]
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    names = [
        style.label(style.short(scenario_text.title(scenario, u, "channels" if by == "channel" else "clouds")))
        for u in used
    ]
    words = "where it runs" if by == "host" else "who sells it"
    figure, axes = style.canvas(
        f"{scenario_text.title(scenario, lab)}'s enterprise work: {words}",
        rows=mean.sizes["arm"],
        sharey=True,
    )
    colours = [_colour(ds, scenario, u) for u in used]
    # A state at the end of each month, carried from the first day: a run within one month is a band, not a point.
    months, (_, ends) = style.dates(ds["time"].values), study_data.month_bounds(ds)
    x = np.append(months, ends[-1].astype("datetime64[D]"))
    titles = scenario_text.arm_heads(ds)
    for ax, arm in zip(axes, study_data.arms(ds), strict=False):
        if used:
            layers = [mean.sel({"arm": arm, by: u}).values for u in used]
            ax.stackplot(x, *[np.append(y, y[-1]) for y in layers], colors=colours, labels=names, alpha=0.85, lw=0)
        ax.set_ylim(0, 100)
        ax.set_ylabel("% of units")
        ax.set_title(style.panel_title(titles[arm]))
        ax.margins(x=0)
        style.years(ax)
    if used:
        style.legend(figure, axes[-1], min(4, len(used)))
    return figure


def _colour(ds: xr.Dataset, scenario: scenario_text.Tree, name: str) -> str:
    """A cloud's colour, also for its own sales channel; channels without a cloud are grey."""
    channel = scenario.get("channels", {}).get(name, {})
    hosts = [str(h) for h in ds["host"].values]
    cloud = str(scenario_text.plain(channel.get("cloud", name)))
    return style.PLACES[hosts.index(cloud) % len(style.PLACES)] if cloud in hosts else style.FAINT
