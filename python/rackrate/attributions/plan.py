"""The design of an attribution: which coalitions of groups are run, and as which arm."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackrate import _core
from rackrate._core import ScenarioError
from rackrate.attributions.changes import Tree, changes, document
from rackrate.attributions.groups import Group, automatic, named
from rackrate.scenario import Scenario

EXACT_GROUPS = 6
ORDERS = 16


@dataclass(frozen=True)
class Plan:
    """Groups, the arms to run by name, and for each coalition (bit g set: group g switched) the arm that stands for it."""

    base: str
    alternative: str
    groups: list[Group]
    arms: dict[str, Scenario]
    coalitions: dict[int, str]
    orders: list[list[int]]  #: empty: exact, every coalition is there

    def to_json(self) -> str:
        """What the result file keeps as its attribute ``design``."""
        return json.dumps(
            {
                "kind": "attribution",
                "base": self.base,
                "alternative": self.alternative,
                "exact": not self.orders,
                "groups": [{"name": g.name, "title": g.title, "paths": g.paths} for g in self.groups],
                "coalitions": sorted(self.coalitions.items()),
                "orders": self.orders,
            }
        )


def plan(
    base: Scenario,
    alternative: Scenario,
    groups: Mapping[str, Sequence[str] | str] | None = None,
    *,
    orders: int | None = None,
    seed: int = 1,
) -> Plan:
    """Design an attribution without running it.

    Up to six groups are run in every combination; more, or any number if ``orders`` is given, along random orders
    of arrival, each with its reverse. Combinations that mean the same in every respect are one arm.
    Raises: ScenarioError if the arms do not differ, a group is unsound, or a combination is no legal contract.
    """
    if base.name == alternative.name:
        raise ScenarioError(f"both arms are named {base.name}; expected distinct names. Rename one.")
    tree, found = changes(base, alternative)
    if not found:
        raise ScenarioError(
            f"{alternative.name} differs from {base.name} in nothing; expected another contract. Name another arm."
        )
    gathered = named(groups, found) if groups is not None else automatic(found)
    n = len(gathered)
    if orders is not None and (orders < 2 or orders % 2):
        raise ScenarioError(f"orders is {orders}; expected an even number >= 2. Each order is run with its reverse.")
    sampled = [] if n <= EXACT_GROUPS and orders is None else _drawn_orders(n, orders or ORDERS, seed)
    masks = sorted({mask for order in sampled for mask in _prefixes(order)}) if sampled else range(2**n)
    built = _build(tree, base, alternative, gathered, list(masks))
    arms, coalitions = _merged(built, base, alternative, gathered)
    return Plan(base.name, alternative.name, gathered, arms, coalitions, sampled)


def _drawn_orders(n: int, count: int, seed: int) -> list[list[int]]:
    draws = random.Random(f"rackrate attribution {seed}")
    out: list[list[int]] = []
    for _ in range(count // 2):
        order = list(range(n))
        draws.shuffle(order)
        out += [order, order[::-1]]
    return out


def _prefixes(order: Sequence[int]) -> list[int]:
    return list(itertools.accumulate((1 << g for g in order), initial=0))


def _build(
    tree: Tree, base: Scenario, alternative: Scenario, groups: Sequence[Group], masks: list[int]
) -> dict[int, Scenario]:
    everyone = 2 ** len(groups) - 1
    built: dict[int, Scenario] = {}
    illegal: dict[int, str] = {}
    for mask in masks:
        switched = copy.deepcopy(tree)
        for g, group in enumerate(groups):
            if mask >> g & 1:
                for change in group.changes:
                    change.apply(switched)
        _drop_empty(switched)
        try:
            built[mask] = _named(Scenario.parse(document(switched), "sub-arm"), _arm_name(base, groups, mask))
        except ScenarioError as error:
            illegal[mask] = str(error)
    for mask, arm in ((0, base), (everyone, alternative)):
        if mask in illegal or _core.terms_digest(built[mask]._core) != _core.terms_digest(arm._core):
            raise ScenarioError(
                f"{arm.name} cannot be written clause by clause over the versions of both arms; expected arms that can. "
                "Restate its clauses in a version of the same name and dates."
            )
    if illegal:
        raise ScenarioError(_illegal_sentence(groups, illegal, list(built)))
    built[0], built[everyone] = base, alternative
    return _told_apart(built)


def _named(scenario: Scenario, name: str) -> Scenario:
    """Under a name made of sound ones, however long."""
    return Scenario(scenario._core.override_with([], name))


def _told_apart(built: Mapping[int, Scenario]) -> dict[int, Scenario]:
    """A name for each combination: groups "a" and "b" together read like a group "a + b", or like the alternative."""
    taken: set[str] = set()
    out: dict[int, Scenario] = {}
    for mask in sorted(built, key=lambda s: (s not in (0, max(built)), s)):  # the two given arms keep theirs
        scenario, number = built[mask], 1
        while scenario.name in taken:
            number += 1
            scenario = _named(built[mask], f"{built[mask].name} ({number})")
        taken.add(scenario.name)
        out[mask] = scenario
    return out


def _drop_empty(tree: Tree) -> None:
    """Leaves out contracts without clauses in any version."""
    contracts = tree.get("contracts", {})
    for name in [n for n, c in contracts.items() if not any(v.get("clauses") for v in c.get("versions", {}).values())]:
        del contracts[name]


def _arm_name(base: Scenario, groups: Sequence[Group], mask: int) -> str:
    return " + ".join([base.name, *(group.name for g, group in enumerate(groups) if mask >> g & 1)])


def _illegal_sentence(groups: Sequence[Group], illegal: Mapping[int, str], legal: Sequence[int]) -> str:
    """Names the pair: one group switched without the other is illegal whatever the rest does."""
    n = len(groups)
    for mask, why in sorted(illegal.items(), key=lambda item: (item[0].bit_count(), item[0])):
        reason = why.splitlines()[0]
        for g, h in itertools.permutations(range(n), 2):
            if mask >> g & 1 and not mask >> h & 1 and not any(s >> g & 1 and not s >> h & 1 for s in legal):
                return (
                    f'groups "{groups[g].name}" and "{groups[h].name}": the first without the second is no legal contract '
                    f"({reason}); expected groups that can be switched one by one. Put the two in one group."
                )
        members = ", ".join(f'"{groups[g].name}"' for g in range(n) if mask >> g & 1)
        return (
            f"groups {members} without the others are no legal contract ({reason}); expected groups that can be switched "
            "one by one. Put some of them in one group."
        )
    raise AssertionError("called with at least one illegal combination")


def _merged(
    built: Mapping[int, Scenario], base: Scenario, alternative: Scenario, groups: Sequence[Group]
) -> tuple[dict[str, Scenario], dict[int, str]]:
    """One arm for all coalitions of equal terms: the two given arms first, then the smallest coalition."""
    everyone = 2 ** len(groups) - 1
    first: dict[str, str] = {}
    arms: dict[str, Scenario] = {}
    coalitions: dict[int, str] = {}
    for mask in sorted(built, key=lambda s: (s not in (0, everyone), s.bit_count(), s)):
        scenario = built[mask]
        name = first.setdefault(_core.terms_digest(scenario._core), scenario.name)
        if name == scenario.name:
            arms[name] = scenario
        coalitions[mask] = name
    for given in (base, alternative):  # equal terms: still two names that users look for
        arms.setdefault(given.name, given)
    coalitions[everyone] = alternative.name
    return arms, coalitions
