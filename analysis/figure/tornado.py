"""A tornado: how far each factor of a sweep moves a metric."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from .. import scenario_text, sensitivity, study_data
from ..table_views import each
from ..units import BILLION, unit_of
from . import style

_WORDS = {"npv": "net present value", "npv_cash": "net present value in cash"}
_LOW, _HIGH = style.PALETTE[0], style.PALETTE[1]


@style.styled
def tornado(
    ds: xr.Dataset,
    metric: str = "npv",
    firm: str | None = None,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    table: pd.DataFrame | None = None,
    largest: int = 12,
) -> Figure:
    """One bar per factor, from the metric at the low end of its range to that at the high end, the widest on top.

    Dark lines: the interval of each end. Vertical line: the metric in the middle of the sweep. The text at the end of a bar says
    where the factor is there.

    Args: as for :func:`rackrate.analysis.tornado`, or its ``table``, if it is at hand; ``largest`` factors are drawn.
    Returns: Figure, dollars in the unit of the largest. Raises: what :func:`rackrate.analysis.tornado` raises.
    Example:
        >>> tornado(rr.open("DIR"), "npv", firm="microsoft")  # doctest: +SKIP
    """
    table = sensitivity.tornado(ds, metric, firm, arm, baseline, level) if table is None else table
    rows = table.head(largest).iloc[::-1]
    dollars = table.attrs["units"] == "USD"
    money = unit_of(rows[["at_low", "at_high"]].to_numpy(float) / BILLION, least=0.1)
    scale = 1 / money.size if dollars else 1.0
    centre = table.attrs["centre"] * scale
    figure, (ax,) = style.canvas(_title(ds, table), row_height=0.36 * len(rows) + 0.2, extra=1.0)
    y = np.arange(len(rows))
    for end, colour in (("low", _LOW), ("high", _HIGH)):
        at, error = rows[f"at_{end}"].to_numpy(float) * scale, rows[f"{end}_error"].to_numpy(float) * scale
        ax.barh(y, at - centre, left=centre, height=0.55, color=colour, alpha=0.75, label=f"{end} end of the factor")
        known = np.isfinite(error)
        words = f"{100 * level:.0f} % interval of each end" if end == "high" else "_"
        ax.hlines(y[known], (at - error)[known], (at + error)[known], color=style.INK, lw=0.9, label=words)
    ax.axvline(centre, color=style.INK, lw=0.8)
    ax.use_sticky_edges = False
    ax.margins(x=0.25)  # room for the texts
    for i, row in enumerate(each(rows)):
        for text, at, error, other in (
            (row.low, row.at_low, row.low_error, row.at_high), (row.high, row.at_high, row.high_error, row.at_low),
        ):  # fmt: skip
            right = at > other or (at == other and text == row.high)
            reach = error if np.isfinite(error) else 0.0
            ax.annotate(
                style.short(text, 20), ((at + (reach if right else -reach)) * scale, i), (3 if right else -3, 0),
                textcoords="offset points", ha="left" if right else "right", va="center", fontsize=6.5, color=style.INK,
            )  # fmt: skip
    ax.set_yticks(y, [style.short(label, 30) for label in rows["label"]])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(
        _units(
            table.attrs.get("metric", metric),
            money.name if dollars else table.attrs["units"],
        )
    )
    style.legend(figure, ax)
    return figure


def _units(metric: str, unit: str) -> str:
    return f"{unit} on the valuation date" if metric.startswith("npv") else unit


def _title(ds: xr.Dataset, table: pd.DataFrame) -> str:
    """Whose metric it is, and between which arms."""
    said = table.attrs
    heads = scenario_text.arm_heads(ds.isel(point=0, drop=True) if "point" in ds.dims else ds)
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    whose = f"{scenario_text.title(scenario, said['firm'])}: " if said.get("firm") else ""
    metric = _WORDS.get(said["metric"], said["metric"].replace("_", " "))
    arm, base = (heads.get(said[key], said[key]) for key in ("arm", "baseline"))
    return f"{whose}what moves {metric}, {arm}" + (f" minus {base}" if base else "")
