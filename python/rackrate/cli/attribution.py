"""What ``rackrate attribute`` and ``rackrate compare --decompose`` print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate import options as checks
from rackrate.cli.execution import written
from rackrate.cli.preparation import estimated, loaded, may_write
from rackrate.cli.reading import opened, quiet_analysis
from rackrate.cli.tables import print_rows
from rackrate.cli.text import say

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.attributions.plan import Plan

#: What the intervals of these tables do not hold: their arms are built around the values as written.
FIXED = "Values with a stated range stay as they are written: these intervals hold futures alone."
_NEGLIGIBLE = 1e-3  # of the most moved firm: less is not printed


def attribute(
    base: str,
    alternative: str,
    request: dict[str, Any],
    groups: str | None,
    orders: int | None,
    metric: str,
    report: str | None,
    only_plan: bool,
) -> None:
    """``rackrate attribute``."""
    from rackrate import attributions
    from rackrate.attributions.plan import plan

    replications = request["replications"] if request["replications"] is not None else attributions.REPLICATIONS
    checks.replication_range(replications)
    if not only_plan:
        may_write(
            {"-o": request["out"], "--report": report},
            [base, alternative],
            request,
            {groups: f"the groups {groups}"} if groups else None,
        )
    arms = loaded([base, alternative], request)
    first, second = arms.values()
    mapping = attributions.groups_from(groups) if groups is not None else None
    designed = plan(first, second, mapping, orders=orders, seed=request["seed"])
    if only_plan or not request["quiet"]:
        describe(designed)
    if only_plan:
        request["warn"]()
        return
    asked = attributions.asked(designed, replications, request["seed"], request["until"])
    estimated(asked, request)
    written(asked, request)
    analysis = quiet_analysis()

    with opened(request["out"]) as ds:
        if not request["quiet"]:
            print_values(ds, metric)
        if report is not None:
            analysis.report(ds, report)
            say(f"report: {report}", request["quiet"])


def describe(designed: Plan) -> None:
    """The groups and the number of arms, to standard error."""
    how = f"{len(designed.orders)} orders" if designed.orders else "every combination"
    say(
        f"{len(designed.groups)} group{'' if len(designed.groups) == 1 else 's'}, {how}: {len(designed.coalitions)} combinations, {len(designed.arms)} arms"
    )
    for group in designed.groups:
        say(f"  {group.name}: {group.title}")


def print_values(ds: xr.Dataset, metric: str) -> None:
    """One table a firm: the value of each group with both intervals; then that it adds up."""
    from rackrate import analysis

    result = analysis.attribution(ds, metric)
    for firm in _moved(result):
        _print_one(result, firm, "group", [str(g) for g in result["group"].values], "by clause")
    print(_adds_up(ds, result, metric))
    print(FIXED)


def print_components(ds: xr.Dataset, metric: str = "npv") -> None:
    """One table an alternative and firm: contracts alone, prices, investment."""
    from rackrate import analysis

    for arm in analysis.design(ds)["steps"]:
        result = analysis.decomposition(ds, metric, arm=arm)
        for firm in _moved(result):
            _print_one(result, firm, "component", [str(t) for t in result["title"].values], "in steps")
    print(FIXED)


def _print_one(result: xr.Dataset, firm: str, dim: str, names: list[str], how: str) -> None:
    from rackrate.analysis import unit_of
    from rackrate.analysis.units import BILLION, Unit

    one = result.sel(firm=firm) if firm else result
    attrs, units = result.attrs, str(result["value"].attrs.get("units", ""))
    dollars = units == "USD"
    scale = BILLION if dollars else 1.0
    premium = float(one["premium"].mean()) / scale
    # One unit for all firms, so that their tables can be compared; a metric that is no money stands as it is recorded.
    unit = (
        unit_of(*(result[k].values / BILLION for k in ("value", "lo", "hi", "premium")))
        if dollars
        else Unit(units, BILLION, 4)
    )
    rows = []
    for i, name in enumerate(names):
        value, lo, hi, mc_lo, mc_hi = (
            float(one[k].isel({dim: i})) / scale for k in ("value", "lo", "hi", "mc_lo", "mc_hi")
        )
        cells = [name, unit.number(value, True)]
        rows.append([*cells, unit.span(lo, hi), unit.span(mc_lo, mc_hi)] if attrs["pairs"] > 1 else cells)
    single = attrs["pairs"] < 2
    rows.append(["premium", unit.number(premium, True), *([] if single else ["", ""])])
    what = f"{attrs['metric'].replace('_', ' ')} of {attrs['arm']} minus {attrs['baseline']}"
    print_rows(
        f"{f'{firm}: ' if firm else ''}{what}, {unit.name}, {how}{'; one future, so no interval' if single else ''}",
        [dim, "value", *([] if single else ["90 % of futures", "mean known to"])],
        rows,
    )


def _moved(result: xr.Dataset) -> list[str]:
    """Firms by how much they are moved, but for the negligible; one empty name for a metric without firms."""
    if "firm" not in result.dims:
        return [""]
    from rackrate.analysis import study_data

    size = abs(result["value"]).sum(str(result["value"].dims[0]))
    firms = sorted(study_data.firms(result), key=lambda f: -float(size.sel(firm=f)))
    return [f for f in firms if float(size.sel(firm=f)) > _NEGLIGIBLE * float(size.sel(firm=firms[0]))]


def _adds_up(ds: xr.Dataset, result: xr.Dataset, metric: str) -> str:
    """Says how far the values are from the premium: before rounding, and as the floats that were printed."""
    exact = float(np.abs(result["residual"]).max())
    floats = np.abs(result["by_replication"].sum("group") - result["premium"]).max()
    size = float(np.abs(result["premium"]).max())
    relative = float(floats) / size if size else 0.0
    futures = f"each of {result.attrs['pairs']} futures" if result.attrs["pairs"] > 1 else "the one future"
    return (
        f"Values add up to the premium in {futures}: {metric} differs by {exact:g} in exact arithmetic, "
        f"by {relative:.1e} of the largest premium as floats."
    )
