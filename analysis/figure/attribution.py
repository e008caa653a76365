"""The premium as a staircase: each group of clauses one step."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import attributions, scenario_text, study_data
from ..units import BILLION, unit_of
from . import style


@style.styled
def attribution(
    ds: xr.Dataset,
    firm: str,
    metric: str | xr.DataArray = "gross_profit",
    level: float = 0.9,
    result: xr.Dataset | None = None,
) -> Figure:
    """What each group of clauses adds to one firm's premium, largest first, ending at the premium.

    Bar: mean Shapley value, from where the bars above it end. Dark line: Monte Carlo error of the mean. Thin
    line: 90 % of futures.

    Args: ``result`` from :func:`rackrate.analysis.attribution` for that metric, if it is at hand.
    Returns: Figure, dollars in the unit of the largest. Raises: what :func:`rackrate.analysis.attribution` raises.
    Example:
        >>> attribution(st, "microsoft")  # doctest: +SKIP
    """
    result = attributions.attribution(ds, metric, level=level) if result is None else result
    if "firm" in result.dims:
        study_data.member(result["firm"].values, firm, "firm")
        result = result.sel(firm=firm)
    dollars = result["value"].attrs.get("units") == "USD"
    money = unit_of(*(result[k].values / BILLION for k in ("value", "lo", "hi", "premium")), least=0.1)
    scale = 1 / money.size if dollars else 1.0
    order = np.argsort(-np.abs(result["value"].values), kind="stable")
    value, lo, hi, mc_lo, mc_hi = (result[k].values[order] * scale for k in ("value", "lo", "hi", "mc_lo", "mc_hi"))
    start = np.concatenate([[0.0], np.cumsum(value)])
    premium = float(result["premium"].mean()) * scale
    title = scenario_text.title(scenario_text.tree(ds, study_data.baseline(ds)), firm)
    names = scenario_text.arm_heads(ds.sel(arm=list(dict.fromkeys([result.attrs["baseline"], result.attrs["arm"]]))))
    figure, (ax,) = style.canvas(
        f"{title}: what each clause adds, {names.get(result.attrs['arm'])} minus {names.get(result.attrs['baseline'])}",
        row_height=0.3 * (len(value) + 1) + 0.2,
        extra=1.05,
    )
    rows = np.arange(len(value))
    ax.barh(rows, value, left=start[:-1], height=0.55, color=style.AMOUNT, alpha=0.6)
    ax.hlines(
        rows, start[:-1] + lo, start[:-1] + hi, color=style.FAINT, lw=0.9, label=f"{100 * level:.0f} % of futures"
    )
    if np.isfinite(mc_lo).all():
        words = f"Monte Carlo error of the mean ({100 * level:.0f} %)"
        ax.hlines(rows, start[:-1] + mc_lo, start[:-1] + mc_hi, color=style.INK, lw=2.2, label=words)
    for i in range(len(value)):  # where one bar ends the next begins
        ax.plot([start[i + 1]] * 2, [i + 0.28, i + 0.72], color=style.FAINT, lw=0.7)
    ax.barh(len(value), premium, height=0.55, color=style.PREMIUM)
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.use_sticky_edges = False  # a bar must not end on the frame
    ax.margins(x=0.05)
    labels = [style.short(str(g), 30) for g in result["group"].values[order]]
    ax.set_yticks(np.arange(len(value) + 1), [*labels, "premium"])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    unit = money.name if dollars else result["value"].attrs.get("units", "")
    ax.set_xlabel(f"{unit}; {words_of(result.attrs['metric'])}")
    style.legend(figure, ax, columns=2)
    return figure


def words_of(metric: str) -> str:
    """A metric as a reader calls it.

    Example:
        >>> words_of("npv"), words_of("gross_profit")
        ('net present value of gross profit', 'gross profit over the run, undiscounted')
    """
    known = {
        "npv": "net present value of gross profit",
        "npv_cash": "net present value, capital when paid",
        "gross_profit": "gross profit over the run, undiscounted",
        "revenue": "revenue over the run, undiscounted",
    }
    return known.get(metric, metric.replace("_", " "))
