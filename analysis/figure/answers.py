"""The pictures of the answers: differences by year, paths by year and arm, curves of uptake, gains of buyers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..table_views import each, futures
from ..units import BILLION, unit_of
from . import style

if TYPE_CHECKING:
    from ..answers.question import Asked


@style.styled
def yearly_bars(q: Asked, title: str, table: pd.DataFrame) -> Figure:
    """Differences by year: dot the mean, thin line the outcomes, thick bar the Monte Carlo error of the mean.

    Args: ``table`` with year, mean, outcome_low, outcome_high, mean_low, mean_high in B$; the row ``present value`` is not
        drawn. Units: dollars of the year, in the unit of the largest.
    """
    rows = table[table["year"] != "present value"]
    unit = unit_of(rows[["mean", "outcome_low", "outcome_high"]].to_numpy())
    figure, (ax,) = style.canvas(title, row_height=1.6)
    _whiskers(ax, np.arange(len(rows)), rows, BILLION / unit.size, style.PREMIUM, table)
    ax.axhline(0, color=style.INK, lw=0.8)
    ax.set_xticks(range(len(rows)), list(rows["year"]))
    ax.set_ylabel(f"{unit.name} of the year")
    style.legend(figure, ax)
    return figure


def _whiskers(ax: Axes, x: Any, rows: pd.DataFrame, scale: float, colour: str, table: pd.DataFrame) -> None:
    ax.vlines(x, rows["outcome_low"] * scale, rows["outcome_high"] * scale, color=colour, lw=1.0, label=futures(table))
    ax.vlines(
        x,
        rows["mean_low"] * scale,
        rows["mean_high"] * scale,
        color=colour,
        alpha=0.35,
        lw=6,
        label="Monte Carlo error",
    )
    ax.plot(x, rows["mean"] * scale, "o", ms=4, color=colour, label="mean")


@style.styled
def concentration_paths(q: Asked, found: xr.Dataset) -> Figure:
    """The index of each market by year and arm, adjusted for stakes: mean and the interval of outcomes; dashed without stakes.

    Args: ``found`` from :func:`rackrate.analysis.market_concentration`. Units: HHI points.
    """
    markets = [str(m) for m in found["market"].values]
    figure, axes = style.canvas("Concentration, adjusted for stakes", rows=len(markets), row_height=1.5)
    years = found["year"].values.astype(int)
    tail = (1 - q.level) / 2
    for ax, market in zip(axes, markets, strict=True):
        for i, arm in enumerate((q.arm, q.base)):
            colour, _ = style.arm_look(q.ds, arm)
            part = found.sel(market=market, arm=arm)
            low, high = (part["mhhi"].quantile(p, "replication").values for p in (tail, 1 - tail))
            at = years + (i - 0.5) * 0.12
            ax.vlines(at, low, high, color=colour, lw=1.0, alpha=0.7)
            ax.plot(
                at, part["mhhi"].mean("replication").values, "o-", ms=3.5, color=colour, label=style.label(q.head(arm))
            )
            ax.plot(at, part["hhi"].mean("replication").values, ls=":", color=colour, lw=1.0)
        ax.set_title(style.panel_title(market))
        ax.set_ylabel("points")
        ax.set_xticks(years, [str(y) for y in years])
    axes[-1].set_xlabel(f"line: {100 * q.level:g} % of outcomes; dotted: without stakes")
    style.legend(figure, axes[0], columns=2)
    return figure


@style.styled
def uptake_curves(q: Asked, uptake: xr.DataArray, title: str) -> Figure:
    """What a lab has won at a channel over time: all segments with the interval of outcomes, and each segment's mean.

    Args: ``uptake`` from :func:`rackrate.analysis.listing_uptake`. Units: per cent of the work of the channel's own accounts.
    """
    figure, axes = style.canvas(title, rows=2, row_height=1.5)
    x = style.points(q.ds)
    whole = 100.0 * uptake.sel(segment="all segments")
    tail = (1 - q.level) / 2
    for i, work in enumerate(("all work", "agents")):
        part, colour = whole.sel(work=work), style.PALETTE[i]
        low, high = (part.quantile(p, "replication").values for p in (tail, 1 - tail))
        axes[0].fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
        axes[0].plot(x, part.mean("replication").values, color=colour, ls=style.DASHES[i], label=work)
    axes[0].set_title(style.panel_title(f"all segments; band: {100 * q.level:g} % of outcomes"))
    axes[0].legend(loc="upper left")
    for i, segment in enumerate([s for s in map(str, uptake["segment"].values) if s != "all segments"]):
        mean = 100.0 * uptake.sel(segment=segment, work="all work").mean("replication").values
        axes[1].plot(
            x,
            mean,
            color=style.PLACES[i % len(style.PLACES)],
            label=style.label(style.short(q.name(segment, "segments"))),
        )
    axes[1].set_title(style.panel_title("by segment, mean"))
    for ax in axes:
        ax.set_ylabel("%")
        style.mark(ax, q.ds)
        style.months(ax, q.ds)
    style.legend(figure, axes[1], columns=3)
    return figure


@style.styled
def nativeness_curves(q: Asked, index: xr.DataArray, lead: xr.DataArray, title: str) -> Figure:
    """Nativeness of clouds' channels over time, with the interval of outcomes, and the probability that each leads.

    Args: ``lead`` from :func:`rackrate.analysis.nativeness_lead`, ``index`` of the same shape. Units: 1.
    """
    figure, axes = style.canvas(title, rows=2, row_height=1.5)
    x = style.points(q.ds)
    tail = (1 - q.level) / 2
    for i, channel in enumerate(map(str, index["channel"].values)):
        part, colour = index.sel(channel=channel).fillna(0.0), style.PALETTE[i % len(style.PALETTE)]
        low, high = (part.quantile(p, "replication").values for p in (tail, 1 - tail))
        called = style.label(style.short(q.name(channel, "channels")))
        axes[0].fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
        axes[0].plot(
            x, part.mean("replication").values, color=colour, ls=style.DASHES[i % len(style.DASHES)], label=called
        )
        axes[1].plot(
            x,
            lead.sel(channel=channel).mean("replication").values,
            color=colour,
            ls=style.DASHES[i % len(style.DASHES)],
        )
    axes[0].set_title(style.panel_title(f"index; band: {100 * q.level:g} % of outcomes"))
    axes[1].set_title(style.panel_title("probability of leading"))
    for ax in axes:
        ax.set_ylim(-0.03, 1.03)
        style.mark(ax, q.ds)
        style.months(ax, q.ds)
    style.legend(figure, axes[0], columns=3)
    return figure


@style.styled
def input_shares(q: Asked, share: xr.DataArray, title: str) -> Figure:
    """In which share of the quarters of all clouds each input binds, by year: mean and the interval of outcomes.

    Args: ``share`` from :func:`rackrate.analysis.binding_share`, of one arm. Units: 1.
    """
    figure, (ax,) = style.canvas(title, row_height=1.8)
    years, tail = share["year"].values.astype(int), (1 - q.level) / 2
    names = [str(i) for i in share["input"].values]
    for i, name in enumerate(names):
        part, colour = share.sel(input=name), style.PALETTE[i % len(style.PALETTE)]
        low, high = (part.quantile(p, "replication").values for p in (tail, 1 - tail))
        at = years + (i - len(names) / 2) * 0.08
        ax.vlines(at, low, high, color=colour, lw=1.0, alpha=0.7)
        ax.plot(at, part.mean("replication").values, "o-", ms=3.5, color=colour, label=style.label(name))
    ax.set_ylim(-0.03, 1.03)
    ax.set_xticks(years, [str(y) for y in years])
    ax.set_xlabel(f"line: {100 * q.level:g} % of outcomes")
    style.legend(figure, ax, columns=3)
    return figure


@style.styled
def vendor_shares(q: Asked, mix: xr.DataArray, labs: xr.DataArray, vendor: str) -> Figure:
    """The share of each vendor in the compute of all clouds by year, and of one vendor in what each lab runs on.

    Args: ``mix`` from :func:`rackrate.analysis.chip_mix` by vendor, ``labs`` from :func:`rackrate.analysis.vendor_dependence`
        of ``vendor``. Units: per cent. Lines: the interval of outcomes.
    """
    figure, axes = style.canvas("Whose chips compute runs on", rows=2, row_height=1.5)
    everywhere = 100.0 * mix.sel(cloud="all clouds")
    for ax, shares, dim in ((axes[0], everywhere, "vendor"), (axes[1], 100.0 * labs, "lab")):
        years = shares["year"].values.astype(int)
        tail = (1 - q.level) / 2
        for i, name in enumerate(map(str, shares[dim].values)):
            part, at = shares.sel({dim: name}), years + (i - 0.5 * (shares.sizes[dim] - 1)) * 0.06
            low, high = (part.quantile(p, "replication").values for p in (tail, 1 - tail))
            colour = style.PALETTE[i % len(style.PALETTE)]
            called = style.label(style.short(q.name(name, "supply" if dim == "vendor" else "labs").split(",")[0]))
            ax.vlines(at, low, high, color=colour, lw=1.0, alpha=0.7)
            ax.plot(at, part.mean("replication").values, "o-", ms=3.5, color=colour, label=called)
        ax.set_ylim(-3, 103)
        ax.set_ylabel("%")
        ax.set_xticks(years, [str(y) for y in years])
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[0].set_title(style.panel_title("compute of all clouds, by vendor"))
    axes[1].set_title(style.panel_title(f"compute of each lab on chips of {style.short(q.name(vendor, 'supply'))}"))
    axes[-1].set_xlabel(f"line: {100 * q.level:g} % of outcomes")
    return figure


@style.styled
def buyers_gains(q: Asked, tables: dict[str, pd.DataFrame]) -> Figure:
    """What buyers gain net of governance, and each segment's surplus: mean, outcomes, Monte Carlo error.

    Args: ``tables`` of the answer on leverage, in B$ on the valuation date.
    """
    parts = [(str(r.part), r) for r in each(tables["net"])]
    if "by segment" in tables:
        parts += [(style.short(q.name(r.segment, "segments")), r) for r in each(tables["by segment"])]
    rows = pd.DataFrame([r._asdict() for _, r in parts])
    unit = unit_of(rows[["mean", "outcome_low", "outcome_high"]].to_numpy())
    scale, y = BILLION / unit.size, np.arange(len(rows))[::-1]
    figure, (ax,) = style.canvas(
        f"What buyers gain: {q.head(q.base)} rather than {q.head(q.arm)}", row_height=0.27 * len(rows) + 0.3
    )
    ax.hlines(
        y,
        rows["outcome_low"] * scale,
        rows["outcome_high"] * scale,
        color=style.PREMIUM,
        lw=1.0,
        label=futures(tables["net"]),
    )
    ax.hlines(
        y,
        rows["mean_low"] * scale,
        rows["mean_high"] * scale,
        color=style.PREMIUM,
        alpha=0.35,
        lw=6,
        label="Monte Carlo error",
    )
    ax.plot(rows["mean"] * scale, y, "o", ms=4, color=style.PREMIUM, label="mean")
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_yticks(y, [name for name, _ in parts])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"{unit.name} on the valuation date; below net: surplus by segment")
    style.legend(figure, ax)
    return figure
