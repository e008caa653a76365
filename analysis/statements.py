"""Contract statements: what each clause accrued, moved and still owes, month by month, from a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .table_views import Table

#: What a kind of clause pays for, as a reader calls it.
CATEGORIES = {
    "revshare": "revenue share",
    "commit": "shortfall",
    "resale": "remittance",
    "hosting": "hosting",
    "primary": "hosting",
    "reservation": "reservation",
    "tranche": "investment",
    "equity": "stake",
    "drawdown": "drawdown",
    "damages": "damages",
    "termination": "termination fee",
    "renegotiation": "agreed payment",
}

# column -> variable of the result file; the order of the table
_COLUMNS = {
    "base": "clause_base",
    "rate": "clause_rate",
    "cumulative": "clause_cumulative",
    "cap": "clause_cap",
    "commitment": "clause_commitment",
    "used": "clause_used",
    "shortfall": "clause_shortfall",
    "credit_created": "clause_credit_created",
    "credit_used": "clause_credit_used",
    "credit_expired": "clause_credit_expired",
    "remaining": "clause_remaining",
    "quantity": "clause_quantity",
    "quantity_short": "clause_quantity_short",
    "income": "clause_income",
}


@points.tabled
def statement(ds: xr.Dataset, contract: str, *, arm: str | None = None, replication: int | None = None) -> pd.DataFrame:
    """The statement of one contract: a row for every month and clause on money or capacity in force.

    Args: ``arm`` and ``replication`` choose one run; left out, the baseline's and the first.
    Returns: DataFrame with ``period`` (first day of the month), ``clause``, ``kind``, ``category`` (what is paid
        for), ``payer``, ``payee``,
        the accrual (``base`` x ``rate``, and the ``amount`` posted to the ledger: from payer to payee, and
        negative where credits paid back more; of a renegotiation all agreed payments, whoever pays), ``cumulative``, ``cap``, ``cap_left``, ``commitment`` that
        fell due, ``used``, ``shortfall``, credits ``_created``, ``_used`` and ``_expired`` (memo lines),
        ``remaining`` commitment, ``quantity`` and ``quantity_short`` of compute, and equity-method
        ``income``.
    Units: USD, exact to 1e-4; compute in H100e-hours; rates as shares.
    Raises: KeyError if the result has no such contract, arm or replication, or recorded no clauses.

    Example:
        >>> import rackrate as rr
        >>> table = statement(rr.run("toy-10"), "oai-az")
        >>> share = table[table["clause"] == "share"].iloc[0]
        >>> float(share["amount"]), float(share["cap_left"])
        (30000.0, 0.0)
    """
    run = _one_run(ds, arm, replication)
    wanted = [label for label in map(str, run["clause"].values) if label.split("/")[0] == contract]
    if not wanted:
        known = sorted({str(label).split("/")[0] for label in run["clause"].values})
        study_data.member(known, contract, "contract", "with a clause on money or capacity there is no")
    rows = pd.concat([_rows(run, label) for label in wanted], ignore_index=True)
    return Table(rows.sort_values(["period", "clause"], kind="stable", ignore_index=True))


@points.tabled
def commit_book(ds: xr.Dataset, *, arm: str | None = None, replication: int | None = None) -> pd.DataFrame:
    """Commitments by payer at the end of a run: what was promised to whom, bought, paid short and left.

    Args: as for :func:`statement`.
    Returns: DataFrame with one row per commitment (commits, reservations, tranches, drawdowns): ``payer``,
        ``payee`` (empty for what a tender awards: replications differ), ``contract``, ``clause``, ``kind``, ``category``, ``used``,
        ``shortfall``, ``credit_expired`` over the run and ``remaining`` at its end; ordered by payer.
    Units: USD. Raises: as :func:`statement`.
    """
    run = _one_run(ds, arm, replication)
    books = []
    for label in map(str, run["clause"].values):
        rows = _rows(run, label)
        if rows.empty or rows["kind"].iloc[0] not in ("commit", "reservation", "tranche", "drawdown"):
            continue
        last = rows.iloc[-1]
        contract, clause = label.split("/", 1)
        sums = {column: float(rows[column].sum()) for column in ("used", "shortfall", "credit_expired")}
        book = {
            "payer": last["payer"],
            "payee": last["payee"],
            "contract": contract,
            "clause": clause,
            "kind": last["kind"],
            "category": last["category"],
        }
        books.append(book | sums | {"remaining": float(np.nan_to_num(last["remaining"]))})
    columns = [
        "payer",
        "payee",
        "contract",
        "clause",
        "kind",
        "category",
        "used",
        "shortfall",
        "credit_expired",
        "remaining",
    ]
    return Table(
        pd.DataFrame(books, columns=columns).sort_values(["payer", "payee", "contract", "clause"], ignore_index=True)
    )


def _one_run(ds: xr.Dataset, arm: str | None, replication: int | None) -> xr.Dataset:
    """One arm and one replication with clauses; ``attrs["terms"]`` is its scenario."""
    ds = study_data.standard(ds)
    if "clause" not in ds.dims or "clause_base" not in ds:
        raise study_data.UnknownName(
            "the result holds no statements of clauses: its scenario has none on money or capacity"
        )
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    labels = [int(r) for r in np.atleast_1d(ds["replication"].values)]
    replication = labels[0] if replication is None else replication
    if replication not in labels:
        raise study_data.UnknownName(f"the result has no replication {replication}; it has {labels[0]} to {labels[-1]}")
    names = ["clause_payment", *_COLUMNS.values()]
    # By position: studies that were joined may have two replications of one number.
    run = ds[names].sel(arm=arm).isel(replication=labels.index(replication)).load()
    return run.assign_attrs(terms=scenario_text.tree(ds, arm))


_TABLE_OF = {"lab": "labs", "host": "clouds", "channel": "channels"}


def clause_terms(scenario: scenario_text.Tree, label: str) -> tuple[str, str, str]:
    """(kind, payer, payee) of a clause; the firms of a lab, host or channel where it names no payer."""
    contract, *version, name = label.split("/")
    for clause in scenario_text.clauses_of(scenario, contract):
        if clause.name != name or version not in ([], [clause.version]):
            continue

        def firm(key: str, terms: scenario_text.Tree = clause.terms) -> str:
            return scenario_text.firm_of(scenario, str(terms[key]), _TABLE_OF[key]) if terms.get(key) else ""

        def named(key: str, terms: scenario_text.Tree = clause.terms) -> str:
            return str(terms.get(key) or "")

        if clause.kind == "resale":
            return clause.kind, firm("channel"), firm("lab")
        if clause.kind in ("hosting", "primary"):
            return clause.kind, firm("lab"), firm("host")
        if clause.kind == "equity":
            return clause.kind, named("firm"), named("owner")
        if clause.kind == "drawdown":
            return clause.kind, firm("channel"), "enterprises"
        return clause.kind, named("payer"), named("payee")
    return _award(scenario, contract, name)


def _award(scenario: scenario_text.Tree, contract: str, name: str) -> tuple[str, str, str]:
    """The terms of what a tender awarded, ``TENDER-1`` and so on: a reservation that the lab pays. Who won is no term."""
    tender, _, number = name.rpartition("-")
    for clause in scenario_text.clauses_of(scenario, contract):
        if number.isdigit() and (clause.name, clause.kind) == (tender, "tender"):
            return "reservation", scenario_text.firm_of(scenario, str(clause.terms["lab"]), "labs"), ""
    return "", "", ""


def _rows(run: xr.Dataset, label: str) -> pd.DataFrame:
    """One clause's months in force."""
    cell = run.sel(clause=label)
    held = ~np.isnan(cell["clause_base"].values)
    kind, payer, payee = clause_terms(run.attrs["terms"], label)
    table: dict[str, Any] = {column: cell[name].values[held] for column, name in _COLUMNS.items()}
    moved = cell["clause_payment"].values[held]
    # A commitment posts shortfalls one way and credits the other.
    amount = np.round(table["shortfall"] - table["credit_used"], 4) if kind == "commit" else moved
    frame = pd.DataFrame(
        {
            "period": run["time"].values[held],
            "clause": label.split("/", 1)[1],
            "kind": kind,
            "category": CATEGORIES.get(kind, kind),
            "payer": payer,
            "payee": payee,
        }
    )
    for column, values in table.items():
        frame[column] = values
        if column == "rate":
            frame["amount"] = amount
        if column == "cap":
            frame["cap_left"] = np.round(table["cap"] - table["cumulative"], 4)
    return frame
