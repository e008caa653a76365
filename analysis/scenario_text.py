"""What the resolved scenarios inside a study say: names, contracts in force, assumptions with their grades.

Words and contrasts come from here and never from an arm's name (promise P11): swap the roles of two clouds
in the scenario and every sentence follows.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import xarray as xr

from rackrate import _core, contract_dates

from . import study_data

Tree = dict[str, Any]

_PROVENANCE = ("source", "grade", "note", "title", "description", "url", "accessed")
_QUANTITY_KEYS = {"value", "low", "high", "unit", *_PROVENANCE}
EXCLUSIVITY_KINDS = ("exclusive", "carveout", "rofr")
TRANSFER_KINDS = ("revshare", "commit")


def tree(ds: xr.Dataset, arm: str) -> dict[str, Any]:
    """The resolved scenario of one arm as nested dicts; empty if the study does not carry it."""
    return _parsed(study_data.scenario_source(ds, arm))


def tree_of(text: str) -> Tree:
    """The resolved scenario of such a text as nested dicts; empty for an empty text."""
    return _parsed(text)


@functools.lru_cache(maxsize=32)
def _parsed(text: str) -> dict[str, Any]:
    """Parsed once: a report asks for the same few scenarios many times. Readers change nothing in it."""
    return tomllib.loads(text) if text else {}


def run_table(text: str) -> Any:
    """The table ``run`` of a resolved scenario, without reading the rest of its text; empty without one."""
    begin = 0 if text.startswith("[run]\n") else text.find("\n[run]\n")
    if begin < 0:
        return _parsed(text).get("run", {})
    end = text.find("\n[", begin + 1)
    return tomllib.loads(text[begin : end if end > 0 else len(text)])["run"]


def contracts_part(text: str) -> str:
    """The tables on contracts of a resolved scenario, as they are written."""
    return "".join(table for table in re.split(r"(?m)^(?=\[)", text) if table.startswith("[contracts"))


def arm_titles(ds: xr.Dataset) -> dict[str, str]:
    """What people call each arm: its scenario's title where every arm has one of its own, else its name."""
    names = study_data.arms(ds)
    titles = [str(tree(ds, a).get("title", "")) for a in names]
    return {a: t if t and titles.count(t) == 1 else a for a, t in zip(names, titles, strict=True)}


def arm_heads(ds: xr.Dataset) -> dict[str, str]:
    """The arms' titles up to their colon, where that still tells the arms apart: for charts and columns of tables."""
    titles = arm_titles(ds)
    heads = {a: t.split(":")[0].strip() or t for a, t in titles.items()}
    return heads if len(set(heads.values())) == len(heads) else titles


def arm_title(ds: xr.Dataset, arm: str) -> str:
    """What people call one arm; see :func:`arm_titles`."""
    return arm_titles(ds).get(arm, arm)


def plain(value: Any) -> Any:
    """A key's value without range, source and grade: ``{value = 3, grade = "A"}`` is 3."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def number(value: Any) -> float:
    """A number or a share that a scenario writes as a number or in per cent.

    Example:
        >>> number({"value": "30 %"}), number(2)
        (0.3, 2.0)
    """
    written = str(plain(value)).strip()
    return float(written.removesuffix("%")) / 100.0 if written.endswith("%") else float(written)


def amount(scenario: Tree, path: str, unit: str, absent: float) -> float:
    """A quantity of a scenario in a unit of the schema; ``absent`` where it is not stated.

    Raises: ScenarioError for a value that does not measure what the unit does.
    Example:
        >>> amount({"clouds": {"az": {"facility_cost": "10.5 M$/MW"}}}, "clouds.az.facility_cost", "$/MW", 0.0)
        10500000.0
    """
    value: Any = scenario
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    value = plain(value)
    if value is None:
        return absent
    return float(_core.quantity_in(str(value), unit, path))


@dataclass(frozen=True)
class Clause:
    """One clause with the version it stands in."""

    contract: str
    version: str
    name: str
    kind: str
    terms: Tree = field(hash=False)

    @property
    def label(self) -> str:
        """Its name in a result file: a clause restated by a later version is the same obligation."""
        return f"{self.contract}/{self.name}"


def clauses_of(scenario: Tree, contract: str) -> Iterator[Clause]:
    """The clauses of all versions of a contract, in file order; none of a contract that the scenario has not."""
    for version_name, version in scenario.get("contracts", {}).get(contract, {}).get("versions", {}).items():
        for name, raw in version.get("clauses", {}).items():
            terms = {k: plain(v) for k, v in raw.items()}
            yield Clause(contract, version_name, name, str(terms.get("kind", "")), terms)


def clauses(scenario: Tree) -> list[Clause]:
    """All clauses of all versions of all contracts, in file order."""
    return [c for contract in scenario.get("contracts", {}) for c in clauses_of(scenario, contract)]


def versions(scenario: Tree) -> list[tuple[Any, ...]]:
    """(contract, version, first day, end or None, source, grade) of every version that begins before its contract is
    over, by contract and date."""
    rows = []
    over = contract_dates.contract_ends(scenario)
    for name, contract in scenario.get("contracts", {}).items():
        ended = study_data.as_date(over.get(name))
        dated = []
        for v, version in contract.get("versions", {}).items():
            first = study_data.as_date(plain(version.get("effective", version.get("signed"))))
            dated.append((first, v, version))
        dated.sort(key=lambda row: (str(row[0]), row[1]))
        for i, (first, v, version) in enumerate(dated):
            if first is not None and ended is not None and ended <= first:
                continue
            end = study_data.as_date(plain(version.get("ends")))
            following = dated[i + 1][0] if i + 1 < len(dated) else None
            ends = [d for d in (end, following, ended) if d is not None]
            source = version.get("source", contract.get("source", ""))
            grade = version.get("grade", contract.get("grade", ""))
            rows.append((name, v, first, min(ends) if ends else None, source, grade))
    return rows


def in_force(scenario: Tree, day: object) -> list[Clause]:
    """Clauses in force on a day, by the market's own rule: per contract those of the latest signed version in effect,
    if enabled and within their dates, until the contract ends, early or not."""
    on = study_data.as_date(day)
    if on is None:
        raise ValueError(f"{day!r} is no day")
    by_place = {(c.contract, c.version, c.name): c for c in clauses(scenario)}
    return [by_place[place] for place in contract_dates.clauses_in_force(scenario, on)]


def _content(clause: Clause) -> tuple[Any, ...]:
    """What a clause does, without its name and provenance, in a form that can be compared."""

    def frozen(x: Any) -> Any:
        if isinstance(x, dict):
            return tuple(sorted((k, frozen(plain(v))) for k, v in x.items() if k not in _PROVENANCE))
        return tuple(sorted(map(str, x))) if isinstance(x, list) else str(x)

    terms = {k: v for k, v in clause.terms.items() if k not in (*_PROVENANCE, "enabled")}
    return clause.contract, clause.kind, frozen(terms)


def clause_set(scenario: Tree) -> set[tuple[Any, ...]]:
    """Everything the contracts say, in a form that can be compared."""
    dates = {(c, v, str(first), str(end)) for c, v, first, end, *_ in versions(scenario)}
    return dates | {(c.version, *_content(c), str(plain(c.terms.get("enabled", True)))) for c in clauses(scenario)}


def _other_terms(scenario: Tree) -> set[tuple[Any, ...]]:
    """What is written and enabled beside exclusive rights, on whatever day it is in force."""
    return {
        (*_content(c), str(plain(c.terms.get("enabled", True))))
        for c in clauses(scenario)
        if c.kind not in EXCLUSIVITY_KINDS
    }


def beside_contracts(scenario: Tree) -> Any:
    """The scenario without contracts, names and provenance, in a form that can be compared."""

    def bare(x: Any) -> Any:
        if isinstance(x, dict):
            x = plain(x)
        if isinstance(x, dict):
            return {k: bare(v) for k, v in x.items() if k not in _PROVENANCE}
        return [bare(v) for v in x] if isinstance(x, list) else str(x)

    kept = {k: v for k, v in scenario.items() if k not in ("contracts", "sources", "extends", "firms")}
    # A firm is its name and its fiscal year: neither moves money.
    return bare(kept)


def contract_change(ds: xr.Dataset, arm: str, base: str) -> tuple[list[Clause], list[Clause], bool] | None:
    """How the contracts in force on the valuation date differ between two arms.

    Returns: (exclusives only in ``arm``, exclusives only in ``base``, whether anything else differs: a clause of
    another kind on any day, or a value beside the contracts); None
    if the study carries no scenario text.
    """
    here, there = (study_data.scenario_source(ds, name) for name in (arm, base))
    if not here or not there:
        return None
    day = study_data.provenance(ds, "valuation_date", base) or str(ds["time"].values[0])[:10]
    extra, gone, other = _written_change(here, there, str(day))
    # What was changed while a run went on stands in no contract of its scenario.
    other = other or study_data.interventions(ds, arm) != study_data.interventions(ds, base)
    return list(extra), list(gone), other


@functools.lru_cache(maxsize=64)
def _written_change(here: str, there: str, day: str) -> tuple[tuple[Clause, ...], tuple[Clause, ...], bool]:
    """As contract_change, of two scenario texts: compared once, asked by every table and figure of a report."""
    one, other = _parsed(here), _parsed(there)
    mine, theirs = ({_content(c): c for c in in_force(s, day)} for s in (one, other))
    extra = [c for k, c in mine.items() if k not in theirs]
    gone = [c for k, c in theirs.items() if k not in mine]
    more = any(c.kind not in EXCLUSIVITY_KINDS for c in extra + gone)
    more = more or _other_terms(one) != _other_terms(other) or beside_contracts(one) != beside_contracts(other)
    return tuple(c for c in extra if c.kind == "exclusive"), tuple(c for c in gone if c.kind == "exclusive"), more


def firm_of(scenario: Tree, actor: str, *tables: str) -> str:
    """The firm behind a cloud, channel, lab or firm name; the name itself where the scenario does not say.

    A name can stand for several things, and a firm may be called like another firm's cloud: ``tables`` says which is meant.
    """
    for table in tables or ("clouds", "channels", "labs", "applications"):
        entry = scenario.get(table, {}).get(actor)
        if entry is not None:
            if plain(entry.get("firm")):
                return str(plain(entry["firm"]))
            if table == "channels" and plain(entry.get("cloud")):
                return firm_of(scenario, str(plain(entry["cloud"])), "clouds")
    return actor


def check(ds: xr.Dataset, dim: str, name: object) -> str:
    """``name`` if it is a label of that dimension; a cloud, channel or lab in place of a firm is answered with its firm.

    Raises: UnknownName, a KeyError: one sentence with the nearest name.
    """
    if dim == "firm" and dim in ds.coords and str(name) not in ds[dim].values:
        for arm in study_data.arms(ds):
            owner = firm_of(tree(ds, arm), str(name))
            if owner != str(name) and owner in ds[dim].values:
                raise study_data.UnknownName(
                    f"{str(name)!r} is no firm of the study; its firm is {owner!r}. Use firm={owner!r}."
                )
    return study_data.check(ds, dim, name)


def title(scenario: Tree, name: str, table: str | None = None) -> str:
    """A name as people write it: the ``title`` the scenario gives it, else the name.

    A name can stand for several things (``azure`` is a cloud and a channel): ``table`` says which is meant.
    """
    for kind in (table,) if table else ("firms", "clouds", "labs", "channels", "contracts"):
        entry = scenario.get(kind, {}).get(name)
        if isinstance(entry, dict) and entry.get("title"):
            return str(entry["title"])
    return str(name)


def money_clause(scenario: Tree, label: str) -> tuple[Any, ...] | None:
    """(kind, payer firm, payee firm) of a money clause; None if the scenario has no such clause.

    Args: ``label`` is ``contract/clause``, for a clause that goes on under one name through several
        versions, or ``contract/version/clause``. Payer and payee are None for kinds that do not name them.
    Raises: ValueError if versions disagree about who pays whom under one label.
    """
    contract, *middle, name = label.split("/")
    found = set()
    for clause in clauses(scenario):
        if clause.contract == contract and clause.name == name and middle in ([], [clause.version]):
            ends = (clause.terms.get(k) for k in ("payer", "payee"))
            found.add((clause.kind, *(str(e) if e is not None else None for e in ends)))
    if len(found) > 1:
        raise ValueError(
            f"the versions of {label} disagree about kind, payer or payee; give the clauses different names"
        )
    return found.pop() if found else None


def assumptions(scenario: Tree) -> list[dict[str, Any]]:
    """Every value of a scenario with its range, grade and source.

    Returns: list of dicts with path, value, low, high, grade, source, url, note. Source and grade are
    inherited from the enclosing tables where these cover the value, as the scenario reader does.
    """
    sources, rows = scenario.get("sources", {}), []

    def add(path: str, value: Any, low: Any, high: Any, source: Any, grade: Any, note: Any) -> None:
        known = sources.get(source, {}) if isinstance(source, str) else {}
        rows.append(
            {
                "path": path,
                "value": _text(value),
                "low": _text(low),
                "high": _text(high),
                "grade": grade or "",
                "source": known.get("title", source or ""),
                "url": known.get("url", ""),
                "note": note or "",
            }
        )

    def walk(node: Tree, path: str, source: Any, grade: Any) -> None:
        source, grade = node.get("source", source), node.get("grade", grade)
        for key, value in node.items():
            here = f"{path}.{key}" if path else key
            if key in _PROVENANCE or here == "sources":
                continue
            around = (source, grade) if _is_figure(here, plain(value)) else (None, None)
            if isinstance(value, dict) and "value" in value and set(value) <= _QUANTITY_KEYS:
                add(
                    here,
                    value["value"],
                    value.get("low"),
                    value.get("high"),
                    value.get("source", around[0]),
                    value.get("grade", around[1]),
                    value.get("note"),
                )
            elif isinstance(value, dict):
                walk(value, here, source, grade)
            else:
                add(here, value, None, None, around[0], around[1], None)

    walk(scenario, "", None, None)
    return rows


_QUANTITY = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*[A-Za-z0-9$%/ -]*")


def _is_figure(path: str, value: Any) -> bool:
    """Does the evidence of the tables around a value cover it? It covers quantities, counts and dates, and in contracts
    everything; names, choices and switches elsewhere say how the model is wired."""
    if path.startswith("contracts.") or isinstance(value, dict):
        return True
    if isinstance(value, str):
        return value == "never" or _QUANTITY.fullmatch(value) is not None
    return not isinstance(value, bool | list)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
