"""What money is paid for: the category of clauses, and how changes of payments split over them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .pairing import check_level
from .statements import CATEGORIES, clause_terms
from .table_views import Table, at_level

Kinds = dict[tuple[str, str], dict[str, float]]


@points.tabled
def by_clause(ds: xr.Dataset, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """What each clause moved over the run in one arm, and between whom.

    Returns: DataFrame with contract, clause, kind, category, payer, payee, mean, outcome_low, outcome_high: present
        values in B$ over futures, the largest first; clauses that moved nothing in any future are left out. Payer and
        payee are firms; ``either side`` where a clause pays both ways or its award decides.
    Raises: KeyError for an unknown arm, or if the result recorded no clause payments.
    Example:
        >>> by_clause(st).head(3)  # doctest: +SKIP
    """
    check_level(level)
    ds = study_data.finished(ds)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    scenario, tail = scenario_text.tree(ds, arm), (1 - level) / 2
    paid = study_data.discounted(ds, "clause_payment").sel(arm=arm) / 1e9
    rows = []
    for label in map(str, paid["clause"].values):
        sample = paid.sel(clause=label).values
        if np.any(sample != 0.0):
            kind, payer, payee = clause_terms(scenario, label)
            contract, clause = label.split("/", 1)
            low, high = np.quantile(sample, [tail, 1 - tail])
            rows.append(
                [
                    contract,
                    clause,
                    kind,
                    CATEGORIES.get(kind, kind),
                    payer or "either side",
                    payee or "either side",
                    float(sample.mean()),
                    low,
                    high,
                ]
            )
    columns = ["contract", "clause", "kind", "category", "payer", "payee", "mean", "outcome_low", "outcome_high"]
    frame = pd.DataFrame(rows, columns=columns)
    order = frame["mean"].abs().sort_values(ascending=False, kind="stable").index
    return at_level(Table(frame.loc[order].reset_index(drop=True)), level)


@points.tabled
def between(ds: xr.Dataset, arm: str | None = None, level: float = 0.9, largest: int = 12) -> pd.DataFrame:
    """Who pays whom in one arm over the run: the largest discounted payments between parties.

    Returns: DataFrame with payer, payee, category, mean, outcome_low, outcome_high in B$ on the valuation date.
        ``category`` names the kinds of clauses and ``other`` for sales, goods and costs, the largest first.
    Raises: KeyError without ``payment`` or for an unknown arm.
    Example:
        >>> between(st).head(3)  # doctest: +SKIP
    """
    check_level(level)
    ds = study_data.finished(ds)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    paid = (study_data.discounted(ds, "payment").sel(arm=arm) / 1e9).transpose("payer", "payee", "replication")
    factors, kinds = study_data.discount_factors(ds), {}  # type: ignore[var-annotated]
    for kind, payer, payee, amount in _directed(ds, arm):
        pair = kinds.setdefault((payer, payee), {})
        pair[kind] = pair.get(kind, 0.0) + float((amount * factors).sum("time").mean()) / 1e9
    rows = []
    for i, payer in enumerate(map(str, paid["payer"].values)):
        for j, payee in enumerate(map(str, paid["payee"].values)):
            sample = paid.values[i, j]
            if payer != payee and np.any(sample != 0):
                mean = float(sample.mean())
                low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
                rows.append([payer, payee, category(kinds, payer, payee, mean), mean, low, high])
    frame = pd.DataFrame(rows, columns=["payer", "payee", "category", "mean", "outcome_low", "outcome_high"])
    order = frame["mean"].abs().sort_values(ascending=False, kind="stable").index
    return at_level(Table(frame.loc[order].head(largest).reset_index(drop=True)), level)


def _directed(
    ds: xr.Dataset, arm: str, kinds: Collection[str] | None = None
) -> list[tuple[str, str, str, xr.DataArray]]:
    """(kind, payer, payee, monthly USD) of the clauses that name both, of all kinds or of some: a commitment's credits go the
    other way."""
    if "clause_payment" not in ds:
        return []
    names = [name for name in ("clause_payment", "clause_shortfall", "clause_credit_used") if name in ds]
    paid = {name: ds[name].sel(arm=arm, drop=True) for name in names}
    scenario, flows = scenario_text.tree(ds, arm), []
    for place, label in enumerate(map(str, ds["clause"].values)):
        kind, payer, payee = clause_terms(scenario, label)
        if not payer or not payee or (kinds is not None and kind not in kinds):
            continue
        at = {"clause": place}
        if kind == "commit" and len(paid) == 3:
            flows.append((kind, payer, payee, paid["clause_shortfall"].isel(at, drop=True).fillna(0.0)))
            flows.append((kind, payee, payer, paid["clause_credit_used"].isel(at, drop=True).fillna(0.0)))
        else:
            flows.append((kind, payer, payee, paid["clause_payment"].isel(at, drop=True).astype(float)))
    return flows


def passed_on(ds: xr.Dataset, arm: str) -> dict[tuple[str, str], xr.DataArray]:
    """What revenue shares and shortfalls paid to each (firm, layer): revenue that sells nothing.

    Shape: (replication, time) each. Units: USD. The layers are those in which the books receive it: revenue shares
    and used credits in the model layer, shortfalls in infrastructure.
    """
    found: dict[tuple[str, str], xr.DataArray] = {}
    scenario = scenario_text.tree(ds, arm)
    buyers = (
        {p for label in map(str, ds["clause"].values) for k, p, _ in [clause_terms(scenario, label)] if k == "commit"}
        if "clause" in ds.dims
        else set()
    )
    for kind, _payer, payee, amount in _directed(ds, arm, scenario_text.TRANSFER_KINDS):
        credit = kind == "commit" and payee in buyers
        key = payee, "model" if kind == "revshare" or credit else "infrastructure"
        found[key] = found[key] + amount if key in found else amount
    return found


def changes_by_kind(ds: xr.Dataset, arm: str, base: str) -> Kinds:
    """By (payer, payee): the mean change of discounted payments by kind of clause, in B$."""
    ds, kinds = study_data.finished(ds), {}  # type: ignore[var-annotated]
    factors = study_data.discount_factors(ds)
    for sign, name in ((1.0, arm), (-1.0, base)):
        for kind, payer, payee, amount in _directed(ds, name):
            change = sign * float((amount * factors).sum("time").mean()) / 1e9
            pair = kinds.setdefault((payer, payee), {})
            pair[kind] = pair.get(kind, 0.0) + change
    return kinds


def category(kinds: Kinds, payer: str, payee: str, change: float) -> str:
    """What a change of payments is made of, in words, the largest first: ``revenue share, other``.

    Example:
        >>> category({("lab", "cloud"): {"revshare": 2.0, "commit": 0.0}}, "lab", "cloud", 2.5)
        'revenue share, other'
        >>> category({}, "enterprises", "cloud", 1.0)
        'sales'
    """
    parts: dict[str, float] = {}
    for kind, moved in kinds.get((payer, payee), {}).items():
        words = CATEGORIES.get(kind, kind)
        parts[words] = parts.get(words, 0.0) + moved
    rest = (
        "sales"
        if payer in ("enterprises", "consumers")
        else "funding"
        if payer == "investors"
        else "costs and capital goods"
        if payee in ("suppliers", "services")
        else "other"
    )
    parts[rest] = parts.get(rest, 0.0) + change - sum(parts.values())
    size = sum(abs(v) for v in parts.values())
    named = [k for k, v in sorted(parts.items(), key=lambda item: -abs(item[1])) if abs(v) > 0.01 * size]
    return ", ".join(named) or rest
