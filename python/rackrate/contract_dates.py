"""What the contracts of a scenario's text have in force: the market's own rule, asked of nested dicts.

A text need not be a whole scenario, so that a result file of any version can be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rackrate import _core
from rackrate.toml_text import to_toml

Tree = Mapping[str, Any]


def clauses_in_force(scenario: Tree, day: dt.date | str) -> list[tuple[str, str, str]]:
    """(contract, version, clause) of every clause in force on a day, by contract and clause.

    A clause is in force while it is enabled and within its dates, its version is the one signed last among those in
    effect, and its contract is not ended early, by ``terminated`` or by a notice that has run out.
    Raises: ScenarioError for a day that is none.
    """
    return _core.clauses_in_force(_contracts(scenario), _day(day))


def version_in_force(scenario: Tree, contract: str, day: dt.date | str) -> str | None:
    """The version of a contract in force on a day; None before, between and after its versions."""
    return _core.versions_in_force(_contracts(scenario, contract), _day(day)).get(contract)


def contract_ends(scenario: Tree) -> dict[str, str]:
    """The date on which each contract ends early, for those that do."""
    return _core.contract_ends(_contracts(scenario))


def _contracts(scenario: Tree, *only: str) -> str:
    stated: Mapping[str, Any] = scenario.get("contracts", {})
    return f"contracts = {to_toml({name: stated[name] for name in only or stated if name in stated})}\n"


def _day(day: dt.date | str) -> str:
    return day if isinstance(day, str) else to_toml(day)
