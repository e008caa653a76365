"""What differs between two arms, clause by clause, so that each difference can be switched by itself."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from rackrate._core import ScenarioError
from rackrate.contract_dates import version_in_force
from rackrate.scenario import Scenario

Tree = dict[str, Any]
_PROSE = ("source", "grade", "note", "title", "description", "url", "accessed")
_QUANTITY = {"value", "low", "high", "unit", *_PROSE}


@dataclass(frozen=True)
class Change:
    """One difference: what stands at ``path`` in the alternative, to be put where the baseline has something else.

    A clause that only one arm has in force is one change at its ``enabled``; a clause that both have in other terms
    is one change for each key.
    """

    path: str
    kind: str = ""  #: of the clause, empty outside of clauses
    whole: bool = False  #: the clause as a whole, not one of its keys
    value: Any = field(default=None, hash=False)  #: in the alternative; None: absent
    terms: Tree = field(default_factory=dict, hash=False)  #: of the clause, in the arm that has it

    @property
    def place(self) -> tuple[str, ...]:
        """The path as keys; of a whole clause that of its table."""
        keys = tuple(self.path.split("."))
        return keys[:-1] if self.whole else keys

    def apply(self, tree: Tree) -> None:
        """Make the difference in a scenario's tree."""
        *above, last = self.place
        table = tree
        for key in above:
            table = table.setdefault(key, {})
        if self.value is None:
            table.pop(last, None)
        else:
            table[last] = copy.deepcopy(self.value)


def plain(value: Any) -> Any:
    """A value without range, source and grade."""
    return value["value"] if is_quantity(value) else value


def is_quantity(value: Any) -> bool:
    """Whether a table is the long form of one value."""
    return isinstance(value, Mapping) and "value" in value and set(value) <= _QUANTITY


def tree_of(scenario: Scenario) -> Tree:
    """A resolved scenario as nested dicts."""
    return tomllib.loads(scenario.to_toml())


def changes(base: Scenario, alternative: Scenario) -> tuple[Tree, list[Change]]:
    """The baseline's tree, written so that every difference is one change, and the changes in order.

    A contract version that only one arm has is restated in the other: same dates, the clauses that were in force
    there anyway. The clauses of the two can then be compared and switched one by one.
    Raises: ScenarioError if the arms differ in the run itself.
    """
    here, there = tree_of(base), tree_of(alternative)
    here["sources"] = {**there.get("sources", {}), **here.get("sources", {})}
    found = [change for path, _, _ in base.diff(alternative) if (change := _outside(path, there)) is not None]
    mine, theirs = here.setdefault("contracts", {}), there.get("contracts", {})
    for contract in list(dict.fromkeys([*mine, *theirs])):
        one, other = _completed(contract, mine.get(contract), theirs.get(contract))
        mine[contract] = one
        found += _contract_changes(f"contracts.{contract}", one, other)
    return here, found


def _outside(path: str, there: Tree) -> Change | None:
    keys = path.split(".")
    if keys[0] in ("contracts", "sources"):
        return None
    if keys[0] == "run":
        raise ScenarioError(f"{path} differs between the arms; expected the same run in both. Give both the same run.")
    node: Any = there
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return Change(path, value=node)


def _completed(name: str, one: Tree | None, other: Tree | None) -> tuple[Tree, Tree]:
    """Two forms of a contract with the same versions; a contract that one arm lacks has empty versions there."""
    ours, theirs = copy.deepcopy(one or {}), copy.deepcopy(other or {})
    # An early end is a difference, unless the arm without it does not know the contract at all.
    own = {"versions", "terminated"} if one is not None and other is not None else {"versions"}
    for lacks, has in ((ours, theirs), (theirs, ours)):
        stated = {"contracts": {name: copy.deepcopy(lacks)}}
        for key, value in has.items():
            if key not in own:
                lacks.setdefault(key, copy.deepcopy(value))
        versions = lacks.setdefault("versions", {})
        for label, version in sorted(has.get("versions", {}).items(), key=lambda item: _date(item[1], "signed")):
            if label not in versions:
                versions[label] = {**copy.deepcopy(version), "clauses": _clauses_in_force(stated, name, version)}
    return ours, theirs


def _date(version: Tree, key: str) -> dt.date:
    value = plain(version.get(key))
    return value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else dt.date.max


def _clauses_in_force(stated: Tree, name: str, restating: Tree) -> Tree:
    """What a contract has in force when a version that it lacks takes effect, cut to the dates of the version that
    says so."""
    label = version_in_force(stated, name, plain(restating["effective"]))
    if label is None:
        return {}
    version = stated["contracts"][name]["versions"][label]
    clauses: dict[str, Any] = copy.deepcopy(version.get("clauses", {}))
    ends = _date(version, "ends")
    for clause in clauses.values():
        if ends < _date(clause, "until"):
            clause["until"] = ends
    return clauses


def _contract_changes(path: str, one: Tree, other: Tree) -> Iterator[Change]:
    yield from _table_changes(path, _without(one, "versions"), _without(other, "versions"))
    for name in dict.fromkeys([*one["versions"], *other["versions"]]):
        mine, theirs, here = one["versions"][name], other["versions"][name], f"{path}.versions.{name}"
        yield from _table_changes(here, _without(mine, "clauses"), _without(theirs, "clauses"))
        clauses, others = mine.get("clauses", {}), theirs.get("clauses", {})
        for clause in dict.fromkeys([*clauses, *others]):
            yield from _clause_changes(f"{here}.clauses.{clause}", clauses.get(clause), others.get(clause))


def _without(table: Tree, key: str) -> Tree:
    return {k: v for k, v in table.items() if k != key}


def _clause_changes(path: str, one: Tree | None, other: Tree | None) -> Iterator[Change]:
    mine, theirs = _acting(one), _acting(other)
    if mine is None and theirs is None:
        return
    if mine is None or theirs is None:
        terms = mine or theirs or {}
        yield Change(f"{path}.enabled", str(plain(terms.get("kind"))), True, theirs, terms)
        return
    for change in _table_changes(path, _without(mine, "enabled"), _without(theirs, "enabled")):
        yield Change(change.path, str(plain(theirs.get("kind"))), False, change.value, theirs)


def _acting(clause: Tree | None) -> Tree | None:
    return clause if clause is not None and plain(clause.get("enabled", True)) else None


def _table_changes(path: str, one: Tree, other: Tree) -> Iterator[Change]:
    for key in dict.fromkeys([*one, *other]):
        if key in _PROSE:
            continue
        mine, theirs = one.get(key), other.get(key)
        if _is_table(mine) and _is_table(theirs):
            yield from _table_changes(f"{path}.{key}", mine, theirs)
        elif _same(mine, theirs):
            continue
        else:
            yield Change(f"{path}.{key}", value=theirs)


def _is_table(value: Any) -> TypeGuard[Tree]:
    return isinstance(value, Mapping) and not is_quantity(value)


def _same(one: Any, other: Any) -> bool:
    """Equal but for provenance and for the order of a set of names."""
    one, other = plain(one), plain(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = {k for k in [*one, *other] if k not in _PROSE}
        return all(_same(one.get(k), other.get(k)) for k in keys)
    names = [v if isinstance(v, list) else [v] for v in (one, other)]
    if all(isinstance(n, str) for n in names[0] + names[1]):
        return sorted(names[0]) == sorted(names[1])
    return bool(one == other)


def document(tree: Tree) -> str:
    """A tree as TOML text that loads to the same values in the same order."""
    from rackrate.toml_text import key_text, to_toml

    lines: list[str] = []

    def write(table: Tree, path: Iterable[str]) -> None:
        here = tuple(path)
        if here:
            lines.append("[" + ".".join(key_text(k) for k in here) + "]")
        lines.extend(f"{key_text(k)} = {to_toml(v)}" for k, v in table.items() if not _is_table(v))
        for key, value in table.items():
            if _is_table(value):
                write(value, (*here, key))

    write(tree, ())
    return "\n".join(lines) + "\n"
