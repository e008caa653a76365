"""Concentration where sellers own parts of each other: who owns what, and the modified Herfindahl-Hirschman index."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from . import points, scenario_text, study_data

CONTROL = ("silent", "proportional")


def stake_clauses(ds: xr.Dataset, arm: str) -> dict[str, tuple[str, str]]:
    """The clauses of an arm that state a stake, by label: who owns, and what."""
    found = {}
    for clause in scenario_text.clauses(scenario_text.tree(ds, arm)):
        if clause.kind == "equity":
            found[clause.label] = (str(clause.terms["owner"]), str(clause.terms["firm"]))
        elif clause.kind == "tranche":
            found[clause.label] = (str(clause.terms["payer"]), str(clause.terms["payee"]))
    return found


@points.spread
def yearly_stakes(ds: xr.Dataset) -> xr.DataArray:
    """What firms own of each other: the mean over the months of each year of what the clauses of a stake say.

    Shape: (arm, replication, owner, firm, year), 0 to 1; firms of the scenario only. Zero where no clause states a stake.
    """
    ds = study_data.run_only(study_data.finished(ds))
    firms, place = study_data.firms(ds), {f: i for i, f in enumerate(study_data.firms(ds))}
    years = ds["time"].values.astype("datetime64[Y]").astype(int) + 1970
    calendar = np.unique(years)
    owned = np.zeros((ds.sizes["arm"], ds.sizes["replication"], len(firms), len(firms), len(calendar)))
    rates = ds["clause_rate"].transpose("arm", "replication", "clause", "time") if "clause_rate" in ds else None
    for a, arm in enumerate(study_data.arms(ds)):
        for label, (owner, firm) in stake_clauses(ds, arm).items():
            if rates is None or label not in ds["clause"].values or owner not in place or firm not in place:
                continue
            monthly = np.nan_to_num(rates.isel(arm=a).sel(clause=label).values.astype(float))
            for y, year in enumerate(calendar):
                owned[a, :, place[owner], place[firm], y] += monthly[:, years == year].mean(1)
    coords = {
        "arm": ds["arm"].values,
        "replication": ds["replication"],
        "owner": firms,
        "firm": firms,
        "year": calendar,
    }
    return xr.DataArray(owned, coords, ("arm", "replication", "owner", "firm", "year"), "stake", {"units": "1"})


def mhhi_delta(shares: Any, owned: Any, control: str = "silent") -> Any:
    """What stakes among sellers add to the Herfindahl-Hirschman index; 0 without stakes.

    A seller that owns part of a rival gains when the rival sells, and competes less with it. With O[j, k] the weight of
    firm k's profit with those who control firm j, the delta is 1e4 times the sum over pairs j != k of s_j s_k O[j, k] / O[j, j].
    What a firm owns counts through chains of stakes too.

    Args: ``shares`` of sales (..., firm), sum 1; ``owned`` (..., owner, firm), the part that an owner directly has of a firm.
        ``control``: ``silent`` stakes give profit and no say; with ``proportional`` ones an owner has the say of its part,
        and the rest of a firm is one other owner.
    Returns: array (...). Units: HHI points.
    Raises: ValueError for another ``control``, shapes that do not fit, or a firm of which others own all or more.
    Source: O'Brien and Salop (2000), Antitrust Law J. 67, 559-614; silent interests: Bresnahan and Salop (1986), Int. J. Ind.
        Organ. 4, 155-175; chains: Dietzenbacher, Smid and Volkerink (2000), Int. J. Ind. Organ. 18, 1223-1242.
    Example:
        >>> float(mhhi_delta([0.5, 0.5], [[0.0, 0.2], [0.0, 0.0]]))
        500.0
    """
    if control not in CONTROL:
        raise ValueError(f"control is {control!r}; expected silent or proportional")
    s, a = np.nan_to_num(np.asarray(shares, float)), np.asarray(owned, float)
    n = s.shape[-1]
    if a.shape[-2:] != (n, n):
        raise ValueError(f"owned has shape {a.shape} for {n} firms; expected its last two to be {n}")
    free = 1.0 - a.sum(-2)
    if np.any(free <= 0.0):
        raise ValueError("others own all of a firm or more; expected stakes in a firm that sum to less than 1")
    claims = np.linalg.inv(np.eye(n) - a)  # on operating profits: own, owned, and what the owned own
    # With a say: sum over owners of (say in j) x (claim on k), the firms that own j, and the rest of j as one owner.
    say = np.swapaxes(a, -1, -2) @ claims + (free**2)[..., None] * claims
    weight = claims if control == "silent" else say
    ratio = weight / np.diagonal(weight, axis1=-2, axis2=-1)[..., None] * (1.0 - np.eye(n))
    return 1e4 * np.einsum("...j,...k,...jk->...", s, s, ratio)


def mhhi(shares: Any, owned: Any, control: str = "silent") -> Any:
    """The Herfindahl-Hirschman index modified for stakes among sellers: the index and its :func:`mhhi_delta`.

    Arguments, shape, units, errors and sources are those of :func:`mhhi_delta`.
    Example:
        >>> float(mhhi([0.5, 0.5], [[0.0, 0.2], [0.0, 0.0]]))
        5500.0
    """
    plain = 1e4 * (np.nan_to_num(np.asarray(shares, float)) ** 2).sum(-1)
    return plain + mhhi_delta(shares, owned, control)
