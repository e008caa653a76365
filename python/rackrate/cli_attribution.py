"""What ``rackrate attribute`` and ``rackrate compare --decompose`` print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate import options as checks
from rackrate import progress
from rackrate.cli_study import estimated, interruptible, loaded, may_write, opened, quiet_analysis, say
from rackrate.cli_tables import print_rows

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.attribution_plan import Plan

_NEGLIGIBLE = 1e-3  # of the most moved firm: less is not printed


def attribute(base: str, alternative: str, request: dict[str, Any], groups: str | None, orders: int | None,
              metric: str, report: str | None, only_plan: bool) -> None:
    """``rackrate attribute``."""
    from rackrate import attributions, study
    from rackrate.attribution_plan import plan

    replications = request["replications"] if request["replications"] is not None else attributions.REPLICATIONS
    checks.positive("replications", replications)
    if not only_plan:
        may_write({"-o": request["out"], "--report": report}, [base, alternative], request, {groups: f"the groups {groups}"} if groups else None)
    arms = loaded([base, alternative], request)
    first, second = arms.values()
    mapping = attributions.groups_from(groups) if groups is not None else None
    designed = plan(first, second, mapping, orders=orders, seed=request["seed"])
    if only_plan or not request["quiet"]:
        describe(designed)
    if only_plan:
        return
    asked = attributions.asked(designed, replications, request["seed"], request["until"])
    estimated(asked, request)
    watch = progress.stopwatch()
    with interruptible(request["out"]):
        study.run_study(asked, request["out"], threads=request["threads"], resume=request["resume"], force=request["force"],
                        show=request["show"])
    say(f"{request['out']}: written in {progress.spoken(watch())}", request["quiet"])
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
    say(f"{len(designed.groups)} groups, {how}: {len(designed.coalitions)} combinations, {len(designed.arms)} arms")
    for group in designed.groups:
        say(f"  {group.name}: {group.title}")


def print_values(ds: xr.Dataset, metric: str) -> None:
    """One table a firm: the value of each group with both intervals; then that it adds up."""
    from rackrate import analysis

    result = analysis.attribution(ds, metric)
    for firm in _moved(result):
        _print_one(result, firm, "group", [str(g) for g in result["group"].values], "by clause")
    print(_adds_up(ds, result, metric))


def print_components(ds: xr.Dataset, metric: str = "npv") -> None:
    """One table an alternative and firm: contracts alone, prices, investment."""
    from rackrate import analysis

    for arm in analysis.design(ds)["steps"]:
        result = analysis.decomposition(ds, metric, arm=arm)
        for firm in _moved(result):
            _print_one(result, firm, "component", [str(t) for t in result["title"].values], "in steps")


def _print_one(result: xr.Dataset, firm: str, dim: str, names: list[str], how: str) -> None:
    one = result.sel(firm=firm) if firm else result
    attrs, units = result.attrs, result["value"].attrs.get("units", "")
    large = units == "USD" and float(abs(result["value"]).max()) >= 1e7
    unit, scale, decimals = ("B$", 1e9, 3) if large else ("$" if units == "USD" else units, 1.0, 4)

    def number(value: float) -> str:
        return f"{value / scale:+,.{decimals}f}"

    rows = []
    for i, name in enumerate(names):
        value, lo, hi, mc_lo, mc_hi = (float(one[k].isel({dim: i})) for k in ("value", "lo", "hi", "mc_lo", "mc_hi"))
        known = f"{number(mc_lo)} to {number(mc_hi)}" if np.isfinite(mc_lo) else "unknown: one future"
        rows.append([name, number(value), f"{number(lo)} to {number(hi)}", known])
    rows.append(["premium", number(float(one["premium"].mean())), "", ""])
    print_rows(f"{firm or attrs['metric']}: {attrs['metric']} of {attrs['arm']} minus {attrs['baseline']}, {unit}, {how}",
               [dim, "value", "90 % of futures", "mean known to"], rows)


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
    return (f"Values add up to the premium in each of {result.attrs['pairs']} futures: {metric} differs by {exact:g} in exact arithmetic, "
            f"by {relative:.1e} of the largest premium as floats.")
