"""Values that keep an order among themselves, such as users and their ceiling, where each is drawn from its own range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any

from rackrate.sweeps.targets import Catalogue, Target

Pair = tuple[Target, Target]  #: the first is at most the second


def ordered_pairs(catalogue: Catalogue, drawn: Iterable[Target]) -> tuple[Pair, ...]:
    """The pairs of which at least one is drawn, from the lowest up: what the schema says of keys of one table."""
    found: dict[tuple[str, str], Pair] = {}
    for target in drawn:
        table = target.path.rpartition(".")[0]
        for above in catalogue.targets([f"{table}.{key}" for key in target.rule.not_above]):
            found[target.path, above.path] = (target, above)
        for below in catalogue.targets([f"{table}.{key}" for key in target.rule.not_below]):
            found[below.path, target.path] = (below, target)
    ranks = {path: at for at, path in enumerate(TopologicalSorter(_predecessors(found)).static_order())}
    return tuple(pair for _, pair in sorted(found.items(), key=lambda item: (ranks[item[0][1]], ranks[item[0][0]])))


def in_order(pairs: tuple[Pair, ...], values: dict[str, Any]) -> dict[str, Any]:
    """Drawn values by path, each at most those that it may not be above: a ceiling that was drawn lower than what stands
    below it is as high as that, and nothing drawn passes a value that is not."""
    if not pairs:
        return values
    out = dict(values)

    def number(target: Target) -> float | None:
        return target.to_number(out[target.path]) if target.path in out else target.number

    most: dict[str, float] = {}
    for lower, upper in reversed(pairs):
        fixed = math.inf if upper.path in out else number(upper)
        caps = (most.get(lower.path, math.inf), most.get(upper.path, math.inf), math.inf if fixed is None else fixed)
        most[lower.path] = min(caps)
    for lower, upper in pairs:
        least = number(lower)
        if least is None:
            continue
        if lower.path in out and least > most[lower.path]:
            least = most[lower.path]
            out[lower.path] = lower.to_value(least)
        highest = number(upper)
        if upper.path in out and highest is not None and highest < least:
            out[upper.path] = upper.to_value(least)
    return out


def _predecessors(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for lower, upper in pairs:
        out.setdefault(upper, set()).add(lower)
    return out
