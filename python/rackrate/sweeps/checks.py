"""What can be wrong with a design before its factors meet its scenarios."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rackrate import _core, names
from rackrate import options as limits
from rackrate._core import ScenarioError
from rackrate.sweeps.mistakes import Mistakes, did_you_mean, shown
from rackrate.sweeps.sampling import (
    KINDS,
    LATIN_HYPERCUBE,
    LIST,
    MORRIS,
    SALTELLI,
    SAMPLED,
    SOBOL,
    point_count,
    too_many,
)

if TYPE_CHECKING:
    from rackrate.sweeps.definition import Definition

#: Names of coordinates of a result; a factor becomes a coordinate too.
TAKEN = (
    "point", "arm", "replication", "time", "firm", "layer", "cloud", "region", "lab", "product", "channel", "segment",
    "workload", "accelerator", "account", "application", "clause", "host", "payer", "payee", "bnds", "complete", "seed", "print",
    "run_end", "run_fingerprint", "time_bounds", "training_run", "input", "chip",
)  # fmt: skip


def check_design(design: Definition, mistakes: Mistakes | None = None) -> None:
    """Arms, names, sampling, replications and period. Raises: ScenarioError unless ``mistakes`` collects."""
    found = Mistakes(design.origin) if mistakes is None else mistakes
    _check_arms(design, found)
    _check_names(design, found)
    _check_sampling(design, found)
    for check in (lambda: limits.seed_number(design.seed), design.keep.check):
        try:
            check()
        except ScenarioError as error:
            found.say(str(error))
    if mistakes is None:
        found.raise_if_any()


def _check_arms(design: Definition, mistakes: Mistakes) -> None:
    if not design.scenarios:
        mistakes.add("arms", "empty", "at least one scenario", 'Write arms = ["NAME"].')
        return
    if design.baseline and design.baseline not in design.scenarios:
        remedy = did_you_mean(design.baseline, design.arms)
        mistakes.add("baseline", shown(design.baseline), f"one of {', '.join(design.arms)}", remedy)
    if not design.replications or design.replications.step != 1 or design.replications.start < 0:
        mistakes.add("replications", shown(design.replications), "numbers from FIRST to LAST, at least one")
    try:
        _core.check_comparable([(name, scenario._core) for name, scenario in design.scenarios.items()])
    except ScenarioError as error:
        mistakes.say(str(error))
    if design.until:
        for name, scenario in design.scenarios.items():
            start = scenario._core.start
            if dt.datetime.fromisoformat(design.until) <= dt.datetime.fromisoformat(start):
                mistakes.add("until", design.until, f"a date after {start}, where {name} starts")
                break


def _check_names(design: Definition, mistakes: Mistakes) -> None:
    if not design.factors:
        mistakes.add("factors", "empty", "at least one factor", 'Write [factors.NAME] and path = "...".')
    rows = [*_core.result_variables(), *_core.result_arm_variables()]
    taken = {*TAKEN, *(str(row[0]) for row in rows)}
    seen = set[str]()
    for factor in design.factors:
        try:
            names.sound("factors", factor.name)
        except ScenarioError as error:
            mistakes.say(str(error))
        if factor.name in seen:
            mistakes.add("factors", f"a list with {shown(factor.name)} twice", "distinct names", "Rename one.")
        if factor.name in taken:
            mistakes.add(
                "factors", f"a factor named {shown(factor.name)}", "a name that no dimension or variable of a result has",
                f'Write, say, "{factor.name}_factor".',
            )  # fmt: skip
        seen.add(factor.name)


def _check_sampling(design: Definition, mistakes: Mistakes) -> None:
    sampling = design.sampling
    if sampling.kind not in KINDS:
        mistakes.add("kind", shown(sampling.kind), f"one of {', '.join(KINDS)}", did_you_mean(sampling.kind, KINDS))
        return
    counted = "trajectories" if sampling.kind == MORRIS else "samples"
    if sampling.kind not in SAMPLED:
        if sampling.samples:
            mistakes.add(
                counted, f"given beside kind {shown(sampling.kind)}", "none: its factors say how many points it has"
            )
        if sampling.kind == LIST and not any(map(len, sampling.columns.values())):
            mistakes.add("points", "empty", "at least one point", 'Give points = [...], or table = "FILE.csv".')
        return
    if isinstance(sampling.samples, bool) or not isinstance(sampling.samples, int) or sampling.samples < 1:
        mistakes.add(counted, shown(sampling.samples), "a whole number >= 1", "Write, say, " + f"{counted} = 64.")
        return
    if sampling.kind in (SOBOL, SALTELLI) and sampling.samples & (sampling.samples - 1):
        below = 1 << (sampling.samples.bit_length() - 1)
        mistakes.add(
            "samples", str(sampling.samples), f"a power of two, which a design of kind {shown(sampling.kind)} needs to be balanced",
            f"Take {below} or {2 * below}.",
        )  # fmt: skip
    if sampling.kind == LATIN_HYPERCUBE and sampling.second_order:
        mistakes.add("second_order", "true", "false in a design that is not of kind saltelli")
    if sampling.kind == MORRIS and (sampling.samples < 2 or sampling.morris_levels < 4 or sampling.morris_levels % 2):
        key, got, rule = (
            ("trajectories", sampling.samples, "at least 2")
            if sampling.samples < 2
            else ("morris_levels", sampling.morris_levels, "an even number >= 4")
        )
        mistakes.add(key, str(got), rule)
    try:
        too_many(point_count(sampling, len(design.factors)))
    except ScenarioError as error:
        mistakes.say(str(error))
