"""What a comparison does not know: the values with stated ranges, and the switches of the model, as factors of a design."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping

from rackrate.scenario import Scenario
from rackrate.sweeps.factors import STATED, Factor
from rackrate.sweeps.mistakes import Mistakes
from rackrate.sweeps.targets import Catalogue, Target

#: What a study chooses and does not doubt: the discount rate, the number of simulated enterprises.
CHOSEN = ("run.*",)

#: One physical thing that several keys state with values of their own, by pattern; it is drawn once.
TOGETHER = (
    "clouds.*.expected_growth",  # what owners of compute believe of demand
    "clouds.*.own_use.growth",  # how fast their own products grow
    "clouds.*.price",  # the market for rented compute
    "clouds.*.facility_cost",  # what it costs to build a megawatt
    "clouds.*.facility_life",
    "supply.*.lead_scale",  # how long the market waits for chips
    "supply.*.*.life",  # when accelerators are retired
    "segments.*.price_sensitivity",  # how enterprises value money
)

#: So many values that are written alike are one belief that was copied; fewer may be alike by chance.
ALIKE = 3

#: Properties of an actor alone, however alike two of them are.
OF_ITS_OWN = ("labs.*",)

#: Switches of the model, by key, with the settings that are equally likely.
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "prices.rule": ("smooth", "frozen"),
    "contracts.*.clauses.*.reading": ("and", "or"),
}


def uncertain_factors(scenarios: Mapping[str, Scenario]) -> tuple[Factor, ...]:
    """One factor for each thing that the arms state a range for, then one for each switch that some arm has.

    Values of the arms at one path are one thing. So are values that fit a pattern of TOGETHER, and three or more whose paths
    differ only in names of actors and places and whose value, low and high are written alike.
    Empty if no arm states a range: such a scenario, as a toy, makes no claim about the world.
    Raises: ScenarioError with one sentence for each range that cannot be drawn.
    """
    catalogues = {arm: Catalogue(scenario) for arm, scenario in scenarios.items()}
    groups: dict[tuple[str, ...], dict[str, None]] = {}
    mistakes = Mistakes("")
    for target in _ranged(catalogues):
        with mistakes.collected():
            target.belief  # noqa: B018  raises where the range cannot be drawn
        groups.setdefault(_thing(target), {})[target.path] = None
    mistakes.raise_if_any()
    if not groups:
        return ()
    merged = _merged(_split(groups))
    factors = [Factor(_name(name, paths), tuple(paths), scale=STATED) for name, paths in merged]
    return (*factors, *_switches(catalogues))


def _ranged(catalogues: Mapping[str, Catalogue]) -> Iterator[Target]:
    for catalogue in catalogues.values():
        items = [i.path for i in catalogue.scenario.items(defaults=True) if i.low or i.high]
        yield from catalogue.targets([p for p in items if not any(fnmatch.fnmatchcase(p, c) for c in CHOSEN)])


def _thing(target: Target) -> tuple[str, ...]:
    """Equal for values that state one thing."""
    for pattern in TOGETHER:
        if _fits(target.path, pattern):
            return (pattern,)
    if any(_fits(target.path, f"{pattern}.*") for pattern in OF_ITS_OWN):
        return (target.path,)
    return (_kind(target.path), str(target.own), str(target.low), str(target.high))


def _kind(path: str) -> str:
    """The path without the names in it. The last part is the key."""
    parts = path.split(".")
    named = {"contracts": (3,), "supply": (1, 2)}.get(parts[0], range(1, len(parts), 2))
    return ".".join("*" if at in named and at < len(parts) - 1 else part for at, part in enumerate(parts))


def _fits(path: str, pattern: str) -> bool:
    """Whether a pattern fits part by part."""
    here, there = path.split("."), pattern.split(".")
    return len(here) == len(there) and all(map(fnmatch.fnmatchcase, here, there))


def _split(groups: Mapping[tuple[str, ...], dict[str, None]]) -> list[tuple[tuple[str, ...], dict[str, None]]]:
    """Groups of values that are alike by chance come apart."""
    out: list[tuple[tuple[str, ...], dict[str, None]]] = []
    for thing, paths in groups.items():
        if len(thing) == 1 or len(paths) >= ALIKE:
            out.append((thing, paths))
        else:
            out += [((path,), {path: None}) for path in paths]
    return out


def _merged(groups: list[tuple[tuple[str, ...], dict[str, None]]]) -> list[tuple[str, dict[str, None]]]:
    """Groups that share a path, because two arms state it with other ranges, are one."""
    out: list[tuple[str, dict[str, None]]] = []
    place: dict[str, int] = {}
    for (name, *_), paths in groups:
        at = next((place[path] for path in paths if path in place), len(out))
        if at == len(out):
            out.append((name, {}))
        out[at][1].update(paths)
        place.update(dict.fromkeys(paths, at))
    return out


def _name(kind: str, paths: Mapping[str, None]) -> str:
    """The path of a single value; of several their kind, with the first path where another group has that kind."""
    first = next(iter(paths))
    if len(paths) == 1:
        return first
    return kind if kind in TOGETHER else f"{first} and {len(paths) - 1} more"


def _switches(catalogues: Mapping[str, Catalogue]) -> Iterator[Factor]:
    for pattern, values in SWITCHES.items():
        # By pattern, not by path: clauses of one name may be of different kinds in different arms.
        # What an arm sets otherwise it does not doubt: such a setting stays.
        settings = {t.own for c in catalogues.values() for t in c.targets(c.matching(pattern))}
        if settings and settings <= set(values):
            yield Factor(pattern, (pattern,), values=values)
