"""``rackrate sweep``: the plan of a design, and its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rackrate import progress
from rackrate.cli import clusters
from rackrate.cli.tables import print_rows
from rackrate.cli.text import say
from rackrate.sweeps.sampling import DRAWS

if TYPE_CHECKING:
    from rackrate.sweeps.design import Design


def sweep(path: str, request: dict[str, Any]) -> int:
    """``rackrate sweep``: without ``-o``, or with ``--dry-run``, the plan alone."""
    clusters.check(request)
    design = designed(path, request)
    points = design.points()  # everything that is wrong is found here
    if request["dry_run"] or request["out"] is None:
        print_plan(design)
        if request["out"] is None and not request["dry_run"]:
            say("nothing was run: give -o DIR", request["quiet"])
        return 0
    if request["script"]:
        clusters.print_script(path, design, request)
        return 0
    if not request["quiet"]:
        say(f"{len(points):,} points x {len(design.arms)} arms x {len(design.replications)} replications")
    from rackrate.cli.sweep_run import run_design

    return run_design(design, request)


def designed(path: str, request: dict[str, Any]) -> Design:
    """The design of a file, with what the command line says otherwise."""
    from dataclasses import replace

    from rackrate.sweeps.design import Design
    from rackrate.sweeps.keep import keep_of
    from rackrate.sweeps.mistakes import Mistakes
    from rackrate.sweeps.reading import replications_of

    design = Design.load(path)
    changed: dict[str, Any] = {}
    if request["replications"] is not None:
        mistakes = Mistakes()
        changed["replications"] = replications_of(request["replications"], mistakes)
        mistakes.raise_if_any()
    if request["seed"] is not None:
        changed["seed"] = request["seed"]
    if request["keep"]:
        changed["keep"] = keep_of(request["keep"])
    return replace(design, **changed) if changed else design


def print_plan(design: Design) -> None:
    """The factors as a table; then points, runs, core-hours and bytes, each with how it was found."""
    from rackrate.sweeps.forecast import forecast

    points = design.points()
    rows = [
        [axis.name, _moved([path for arm in design.arms for path in axis.paths(arm)]), axis.range_text(), axis.title]
        for axis in points.axes
    ]
    titled = any(row[3] for row in rows)
    heads = ["factor", "moves", "range or values", "title"]
    print_rows(
        design.title or "factors", heads if titled else heads[:3], [row if titled else row[:3] for row in rows], 4
    )
    cost = forecast(design)
    arms = f"{cost.arms} arm{'s' if cost.arms > 1 else ''} ({', '.join(design.arms)})"
    print(f"points         {cost.points:,}  ({describe(design)})")
    if moved := stays(design):
        print(f"drawn          {moved}")
    print(f"runs           {cost.runs:,}  = {cost.points:,} points x {arms} x {cost.replications} replications")
    print(f"core-hours     {hours(cost.core_hours)}  (a probe on this machine: {seconds(cost.seconds_per_run)} a run)")
    print(f"size on disk   {size(cost.bytes)}  ({size(cost.bytes_per_run)} a run, {kept(design)})")


def describe(design: Design) -> str:
    """The kind of a design in words."""
    sampling = design.sampling
    words = {
        "grid": "every combination",
        "list": "as listed",
        "one-at-a-time": "the scenario as written, then each factor alone",
        "draws": f"{sampling.samples} draws from the distributions of the stated ranges",
        "latin-hypercube": "a Latin hypercube",
        "sobol": "a scrambled Sobol sequence",
        "saltelli": f"a Saltelli design of {sampling.samples} samples{', second order too' if sampling.second_order else ''}",
        "morris": f"{sampling.samples} Morris trajectories on {sampling.morris_levels} levels",
    }
    return words[sampling.kind]


def stays(design: Design) -> str:
    """What is not varied: a sweep moves its factors and nothing else; empty if no other value has a stated range."""
    if design.sampling.kind == DRAWS:
        return ""
    moved = {path for axis in design.points().axes for arm in design.arms for path in axis.paths(arm)}
    ranged = {
        item.path
        for scenario in design.scenarios.values()
        for item in scenario.items(defaults=True)
        if (item.low or item.high) and item.path not in moved
    }
    many = len(ranged) > 1
    words = (
        f"{len(ranged):,} other value{'s' if many else ''} with a stated range {'stay' if many else 'stays'} as written"
    )
    return f"factors alone: {words}" if ranged else ""


def kept(design: Design) -> str:
    """What is stored, in words."""
    keep = design.keep
    which = ", ".join(keep.variables) if keep.variables else "all variables"
    periods = {"month": "by month", "year": "by year", "total": "totals of the run"}[keep.by]
    span = f", {keep.first or 'start'} to {keep.last or 'end'}" if keep.first or keep.last else ""
    return f"{which} {periods}{span}"


def hours(value: float) -> str:
    """Core-hours with two digits that count."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def seconds(value: float) -> str:
    """A short time."""
    return f"{1000 * value:.3g} ms" if value < 1 else progress.spoken(value)


def size(value: float) -> str:
    """Bytes in the unit of their size.

    Example:
        >>> size(1_600_000)
        '1.6 MB'
    """
    for unit, step in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= step:
            return f"{value / step:.3g} {unit}"
    return f"{value:.0f} bytes"


def _moved(paths: list[str]) -> str:
    """The paths that a factor moves, few enough to read."""
    distinct = list(dict.fromkeys(paths))
    return distinct[0] if len(distinct) == 1 else f"{distinct[0]} and {len(distinct) - 1} more"
