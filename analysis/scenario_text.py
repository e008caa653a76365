"""What the resolved scenarios inside a study say: names, contracts in force, assumptions with their grades.

Words and contrasts come from here and never from an arm's name (promise P11): swap the roles of two clouds
in the scenario and every sentence follows.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from . import study_data

_PROVENANCE = ("source", "grade", "note", "title", "description", "url", "accessed")
_QUANTITY_KEYS = {"value", "low", "high", "unit", *_PROVENANCE}
EXCLUSIVITY_KINDS = ("exclusive", "carveout", "rofr")
TRANSFER_KINDS = ("revshare", "commit")


def tree(ds, arm):
    """The resolved scenario of one arm as nested dicts; empty if the study does not carry it."""
    text = ds.attrs.get(f"scenario_{arm}") or (
        ds.attrs.get("scenario") if len(study_data.arms(ds)) == 1 else None
    )
    return tomllib.loads(str(text)) if text else {}


def plain(value):
    """A key's value without range, source and grade: ``{value = 3, grade = "A"}`` is 3."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


@dataclass(frozen=True)
class Clause:
    """One clause with the version it stands in."""

    contract: str
    version: str
    name: str
    kind: str
    terms: dict = field(hash=False)

    @property
    def label(self):
        """Its name in a result file: a clause restated by a later version is the same obligation."""
        return f"{self.contract}/{self.name}"


def _clauses_of(contract, version_name, version):
    for name, raw in version.get("clauses", {}).items():
        terms = {k: plain(v) for k, v in raw.items()}
        yield Clause(contract, version_name, name, str(terms.get("kind", "")), terms)


def clauses(scenario):
    """All clauses of all versions, in file order."""
    return [
        c
        for name, contract in scenario.get("contracts", {}).items()
        for v, version in contract.get("versions", {}).items()
        for c in _clauses_of(name, v, version)
    ]


def versions(scenario):
    """(contract, version, first day, end or None, source, grade) of every version, by contract and date."""
    rows = []
    for name, contract in scenario.get("contracts", {}).items():
        dated = []
        for v, version in contract.get("versions", {}).items():
            first = study_data.as_date(plain(version.get("effective", version.get("signed"))))
            dated.append((first, v, version))
        dated.sort(key=lambda row: (str(row[0]), row[1]))
        for i, (first, v, version) in enumerate(dated):
            end = study_data.as_date(plain(version.get("ends")))
            following = dated[i + 1][0] if i + 1 < len(dated) else None
            ends = [d for d in (end, following) if d is not None]
            source = version.get("source", contract.get("source", ""))
            grade = version.get("grade", contract.get("grade", ""))
            rows.append((name, v, first, min(ends) if ends else None, source, grade))
    return rows


def in_force(scenario, day):
    """Clauses in force on a day: per contract those of the latest signed version in effect, if enabled and
    within their dates."""
    day, found = study_data.as_date(day), []
    for name, contract in scenario.get("contracts", {}).items():
        live = []
        for v, version in contract.get("versions", {}).items():
            first = study_data.as_date(plain(version.get("effective"))) or study_data.as_date(
                plain(version.get("signed"))
            )
            end = study_data.as_date(plain(version.get("ends")))
            if (first is None or first <= day) and (end is None or day < end):
                live.append((str(plain(version.get("signed", first))), v, version))
        if not live:
            continue
        _, v, version = max(live, key=lambda row: row[0])
        for clause in _clauses_of(name, v, version):
            start, end = (study_data.as_date(clause.terms.get(k)) for k in ("from", "until"))
            if (
                clause.terms.get("enabled", True)
                and (start is None or start <= day)
                and (end is None or day < end)
            ):
                found.append(clause)
    return found


def _content(clause):
    """What a clause does, without its name and provenance, in a form that can be compared."""

    def frozen(x):
        if isinstance(x, dict):
            return tuple(sorted((k, frozen(plain(v))) for k, v in x.items() if k not in _PROVENANCE))
        return tuple(sorted(map(str, x))) if isinstance(x, list) else str(x)

    terms = {k: v for k, v in clause.terms.items() if k not in (*_PROVENANCE, "enabled")}
    return clause.contract, clause.kind, frozen(terms)


def contract_change(ds, arm, base):
    """How the contracts in force on the valuation date differ between two arms.

    Returns: (exclusives only in ``arm``, exclusives only in ``base``, whether anything else differs); None
    if the study carries no scenario text.
    """
    here, there = tree(ds, arm), tree(ds, base)
    if not here or not there:
        return None
    day = ds.attrs.get("valuation_date")
    mine, theirs = ({_content(c): c for c in in_force(s, day)} for s in (here, there))
    extra = [c for k, c in mine.items() if k not in theirs]
    gone = [c for k, c in theirs.items() if k not in mine]
    other = any(c.kind not in EXCLUSIVITY_KINDS for c in extra + gone)
    return [c for c in extra if c.kind == "exclusive"], [c for c in gone if c.kind == "exclusive"], other


def firm_of(scenario, actor):
    """The firm behind a cloud, channel, lab or firm name; the name itself where the scenario does not say."""
    for table in ("clouds", "channels", "labs", "applications"):
        entry = scenario.get(table, {}).get(actor)
        if entry is not None:
            if plain(entry.get("firm")):
                return str(plain(entry["firm"]))
            if table == "channels" and plain(entry.get("cloud")):
                return firm_of(scenario, str(plain(entry["cloud"])))
    return actor


def title(scenario, name, table=None):
    """A name as people write it: the ``title`` the scenario gives it, else the name.

    A name can stand for several things (``azure`` is a cloud and a channel): ``table`` says which is meant.
    """
    for kind in (table,) if table else ("firms", "clouds", "labs", "channels", "contracts"):
        entry = scenario.get(kind, {}).get(name)
        if isinstance(entry, dict) and entry.get("title"):
            return str(entry["title"])
    return str(name)


def money_clause(scenario, label):
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
            found.add((clause.kind, *(firm_of(scenario, str(e)) if e is not None else None for e in ends)))
    if len(found) > 1:
        raise ValueError(
            f"the versions of {label} disagree about kind, payer or payee; give the clauses different names"
        )
    return found.pop() if found else None


def assumptions(scenario):
    """Every value of a scenario with its range, grade and source.

    Returns: list of dicts with path, value, low, high, grade, source, url, note. Source and grade are
    inherited from the enclosing tables where these speak of the value, as the scenario reader does.
    """
    sources, rows = scenario.get("sources", {}), []

    def add(path, value, low, high, source, grade, note):
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

    def walk(node, path, source, grade):
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
                add(here, value, None, None, *around, None)

    walk(scenario, "", None, None)
    return rows


_QUANTITY = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*[A-Za-z0-9$%/ -]*")


def _is_figure(path, value):
    """Does the evidence of the tables around a value speak of it? Of quantities, counts and dates, and in contracts of
    everything; names, choices and switches elsewhere say how the model is wired (docs/scenario-keys.md)."""
    if path.startswith("contracts.") or isinstance(value, dict):
        return True
    if isinstance(value, str):
        return value == "never" or _QUANTITY.fullmatch(value) is not None
    return not isinstance(value, bool | list)


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
