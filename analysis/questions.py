"""Which arms to subtract from which. Read from the contracts in force, not from the arms' names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from . import scenario_text, study_data
from .comparability import comparable

_ALL_THAT_DIFFERS = "All that differs"


@dataclass(frozen=True)
class Contrast:
    """One question: ``treatment - control``, always the more exclusive arm minus the more open one."""

    key: str  #: exclusivity, package or terms
    title: str
    treatment: str
    control: str
    exclusives: tuple[Any, ...] = field(default=())  #: exclusive clauses that only the treatment has in force


def contrasts(
    ds: xr.Dataset, exclusive: str | None = None, open: str | None = None, package: str | None = None
) -> list[Contrast]:
    """The questions a study can answer.

    Each alternative arm is compared with the baseline by the contracts in force on the valuation date. If
    they differ in exclusivity alone it answers *exclusivity*; if other terms differ too it answers
    *package*; the difference between two such arms is *terms*. Names given as arguments override what the
    contracts say.

    Returns: list of :class:`Contrast`: first the package, which somebody could have signed, then exclusivity alone, then the
        other terms; a package that differs in more than contracts comes behind exclusivity; for arms without scenario text one *package* per
        alternative.
    Raises: KeyError for an unknown arm; NotComparable, a ValueError, if two arms differ in rate, date or months.
    Example:
        >>> [c.key for c in contrasts(st)]  # doctest: +SKIP
        ['exclusivity', 'package', 'terms']
    """
    ds = study_data.principal(ds)
    for name in (exclusive, open, package):
        if name is not None:
            study_data.check_arm(ds, name)
    comparable(ds)
    base = open or study_data.baseline(ds)
    found: dict[str, Contrast] = {}
    several: dict[str, list[Contrast]] = {}
    for key, name in (("exclusivity", exclusive), ("package", package)):
        if name is not None:
            found[key] = _contrast(ds, key, name, base)
    for arm in study_data.arms(ds):
        if arm == base or arm in (exclusive, package):
            continue
        change = scenario_text.contract_change(ds, arm, base)
        key = "exclusivity" if change and (change[0] or change[1]) and not change[2] else "package"
        several.setdefault(key, []).append(_contrast(ds, key, arm, base))
    for key, asked in several.items():
        for contrast in asked:
            found[key if key not in found else f"{key}:{contrast.treatment}:{contrast.control}"] = contrast
    if "exclusivity" in found and "package" in found:
        whole, alone = found["package"], found["exclusivity"]
        if whole.control == alone.control:
            found["terms"] = Contrast(
                "terms",
                f"The other terms: {whole.treatment} minus {alone.treatment}",
                whole.treatment,
                alone.treatment,
            )
    return sorted(found.values(), key=_rank)


def _rank(contrast: Contrast) -> int:
    if contrast.key == "terms":
        return 3
    if contrast.key == "exclusivity":
        return 1
    return 2 if contrast.title.startswith(_ALL_THAT_DIFFERS) else 0


def _contrast(ds: xr.Dataset, key: str, arm: str, base: str) -> Contrast:
    change = scenario_text.contract_change(ds, arm, base)
    high, low = arm, base
    clauses: tuple[scenario_text.Clause, ...] = ()
    if change:
        clauses = tuple(change[0])
        if len(change[1]) > len(change[0]):  # the baseline is the exclusive world: turn the question round
            high, low, clauses = base, arm, tuple(change[1])
    words = "Exclusivity alone" if key == "exclusivity" else "The whole package"
    if key == "package" and not (change is not None and _only_contracts_differ(ds, arm, base)):
        words = _ALL_THAT_DIFFERS  # prices, capacity or another value, or nobody knows
    return Contrast(key, f"{words}: {high} minus {low}", high, low, clauses)


def _only_contracts_differ(ds: xr.Dataset, arm: str, base: str) -> bool:
    here, there = (scenario_text.tree(ds, a) for a in (arm, base))
    same_world = scenario_text.beside_contracts(here) == scenario_text.beside_contracts(there)
    return same_world and scenario_text.clause_set(here) != scenario_text.clause_set(there)


def find(ds: xr.Dataset, key: str = "exclusivity", **arms: str | None) -> Contrast:
    """The first contrast of one kind. Raises: ValueError that says which arms the study has."""
    for contrast in contrasts(ds, **arms):
        if contrast.key == key:
            return contrast
    raise ValueError(
        f"no two arms of {', '.join(study_data.arms(ds))} differ by {key}; name them: exclusive=..., open=..."
    )


def find_in_all(ds: xr.Dataset, key: str = "exclusivity", **arms: str | None) -> Contrast:
    """The contrast that studies side by side have in common; of one study, its own.

    It is that of the first study. The others are looked at where their contracts are written otherwise.
    Raises: ValueError as :func:`find`, and for a study with other arms for it.
    """
    ds = study_data.pooled(ds)
    dims = study_data.further(ds)
    if not dims:
        return find(ds, key, **arms)
    size = {d: ds.sizes[d] for d in dims}
    numbers = [np.unravel_index(i, list(size.values())) for i in range(int(np.prod(list(size.values()))))]
    places: list[dict[str, int]] = [dict(zip(dims, map(int, at), strict=True)) for at in numbers]
    if not places:
        raise ValueError(f"the dataset has no study along {dims[0]!r}; expected one at least")
    texts = [study_data.provenances(ds, "scenario", arm) for arm in study_data.arms(ds)]
    spread = [column for column in texts if len(column) == len(places)]
    found: dict[tuple[str, ...], Contrast] = {}
    for i, at in enumerate(places):
        written = tuple(scenario_text.contracts_part(str(column[i] or "")) for column in spread)
        if written in found:
            continue
        found[written] = contrast = find(ds.isel(at), key, **arms)
        first = next(iter(found.values()))
        if (contrast.treatment, contrast.control) != (first.treatment, first.control):
            where = ", ".join(f"{d}={n}" for d, n in at.items())
            raise ValueError(
                f"the studies along {dims[0]!r} differ in what is exclusive: {first.treatment} minus {first.control}, but "
                f"{contrast.treatment} minus {contrast.control} at {where} by position; name them: exclusive=..., open=..."
            )
    return next(iter(found.values()))


def parties(ds: xr.Dataset, contrast: Contrast) -> tuple[list[str], list[str]]:
    """Who holds the exclusivity and over whom: two lists of names (holders, labs) as the scenario writes
    them.

    Holders are clouds or channels, labs those in the clause's scope or among the contract's parties. Empty
    without text.
    """
    scenario = scenario_text.tree(ds, contrast.treatment)
    holders: list[str] = []
    labs: list[str] = []
    for clause in contrast.exclusives:
        holder = clause.terms.get("holder", clause.terms.get("holders", []))
        holders += [str(h) for h in (holder if isinstance(holder, list) else [holder])]
        scope = clause.terms.get("scope", {})
        named = scenario_text.plain(scope.get("labs", [])) if isinstance(scope, dict) else []
        if not named:
            members = scenario_text.plain(scenario["contracts"][clause.contract].get("parties", []))
            named = [lab for lab in scenario.get("labs", {}) if scenario_text.firm_of(scenario, lab, "labs") in members]
        labs += [str(lab) for lab in named]
    return list(dict.fromkeys(holders)), list(dict.fromkeys(labs))


def titled(ds: xr.Dataset, contrast: Contrast) -> str:
    """The question with the arms' titles in place of their names, for charts and headings."""
    words = contrast.title.split(": ")[0]
    titles = scenario_text.arm_heads(ds)
    return f"{words}: {titles[contrast.treatment]} minus {titles[contrast.control]}"
