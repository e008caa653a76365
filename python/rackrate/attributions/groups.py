"""Changes gathered into groups: the players whose values an attribution asks for."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackrate._core import ScenarioError, nearest
from rackrate.attributions.changes import Change, plain
from rackrate.names import sound

_EXCLUSIVITY = ("exclusive", "carveout")
_TOLD_APART_BY = ("role", "payer", "payee", "lab", "channel", "host")


@dataclass(frozen=True)
class Group:
    """A named set of changes that are switched together."""

    name: str
    title: str
    changes: tuple[Change, ...]

    @property
    def paths(self) -> list[str]:
        return [change.path for change in self.changes]


def automatic(changes: Sequence[Change]) -> list[Group]:
    """Changes by contract, version and what they are about.

    Exclusives and the carve-outs from them go together by roles; money clauses by kind, payer and payee; what
    lies outside the contracts by its first key. Names are those of the clauses, with contract or version in front
    where two groups would have one name.
    """
    gathered: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        gathered.setdefault(_key(change), []).append(change)
    keys = list(gathered)
    names = [_name(gathered[key]) for key in keys]
    for depth in (0, 1):  # first the contract, then the version
        twice = {n for n in names if names.count(n) > 1}
        names = [f"{key[depth]}/{n}" if n in twice and len(key) > 2 else n for key, n in zip(keys, names, strict=True)]
    return [Group(n, _title(key, gathered[key]), tuple(gathered[key])) for key, n in zip(keys, names, strict=True)]


def named(groups: Mapping[str, Sequence[str] | str], changes: Sequence[Change]) -> list[Group]:
    """Changes by the user's own mapping of a name to paths.

    A path stands for itself and all below it; ``*`` stands for any characters.
    Raises: ScenarioError if a path fits no difference, or a difference is in no group or in two.
    """
    mistakes, taken = [], dict[str, str]()
    out = []
    for name, patterns in groups.items():
        sound("groups", name)
        mine: list[Change] = []
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            fits = [c for c in changes if _fits(c.path, str(pattern))]
            if not fits:
                near = nearest(str(pattern), [c.path for c in changes])
                mistakes.append(
                    f'groups.{name} has "{pattern}"; expected a path in which the arms differ. '
                    + (f"Did you mean {near}?" if near else "See rackrate show --diff.")
                )
            mine += [c for c in fits if c not in mine]
        for change in mine:
            if taken.setdefault(change.path, name) != name:
                mistakes.append(
                    f"groups.{name} has {change.path}, as {taken[change.path]} does; expected it in one group. Take it out of one."
                )
        if mine:
            out.append(
                Group(name, ", ".join(dict.fromkeys(c.path.removeprefix("contracts.") for c in mine)), tuple(mine))
            )
    for change in changes:
        if change.path not in taken:
            mistakes.append(
                f"groups: no group has {change.path}; expected every difference between the arms in one. Add it."
            )
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return out


def _fits(path: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(path, pattern) or path.startswith(pattern + ".")


def _parts(change: Change) -> tuple[str, str, str] | None:
    """(contract, version, clause) of a change inside a clause."""
    keys = change.path.split(".")
    return (keys[1], keys[3], keys[5]) if keys[0] == "contracts" and len(keys) > 6 and keys[4] == "clauses" else None


def _key(change: Change) -> tuple[str, ...]:
    parts = _parts(change)
    if parts is None:
        keys = change.path.split(".")
        return ("contracts", keys[1]) if keys[0] == "contracts" else (keys[0],)
    contract, version, _ = parts
    if change.kind in _EXCLUSIVITY:
        return (contract, version, "exclusive", _words(change.terms.get("role")))
    return (contract, version, change.kind, *(_words(change.terms.get(k)) for k in _TOLD_APART_BY))


def _words(value: object) -> str:
    value = plain(value)
    return ",".join(sorted(map(str, value))) if isinstance(value, list) else str(value or "")


def _name(changes: Sequence[Change]) -> str:
    if _parts(changes[0]) is None:
        keys = changes[0].path.split(".")
        if keys[0] != "contracts":
            return keys[0]
        return f"{keys[1]} conflict" if all(c.path.endswith(".conflict") for c in changes) else f"{keys[1]} dates"
    leading = [c for c in changes if c.kind != "carveout"] or list(changes)
    clauses: dict[str, list[str]] = {}
    for c in leading:
        parts = _parts(c)
        assert parts is not None  # a group is of one key, and the key says whether it is inside a clause
        clauses.setdefault(parts[2], []).extend([] if c.whole else [c.path.split(".", 6)[6]])
    words = [" ".join([clause, *keys]) for clause, keys in clauses.items()]
    return " + ".join(words) if len(words) < 4 else f"{words[0]} and {len(words) - 1} more"


def _title(key: tuple[str, ...], changes: Sequence[Change]) -> str:
    parts = [_parts(c) for c in changes]
    if parts[0] is None:
        return ", ".join(c.path for c in changes)
    clauses = dict.fromkeys(f"{p[2]} ({c.kind})" for p, c in zip(parts, changes, strict=True) if p is not None)
    return f"{key[0]}, {key[1]}: {', '.join(clauses)}"
