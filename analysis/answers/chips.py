"""What does compute run on, who depends on which vendor, and what does an hour of each kind of chip cost?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import chips, figure, questions
from ..table_views import each
from . import question
from .question import Answer, Asked

READS = ("fleet_chips", "lab_compute", "kappa")
_NONE = 0.0005  #: shares below have no row


def chips_answer(
    ds: xr.Dataset,
    arm: str | None = None,
    baseline: str | None = None,
    level: float = 0.9,
    lab: str | None = None,
) -> Answer:
    """Of the more open arm: whose chips compute runs on, by cloud and year, which labs depend on whom, and what each costs.

    Args: ``lab`` of the sentence and of the cost of tokens, default that of the exclusivity.
    Returns: Answer with tables ``compute by vendor`` and ``labs by vendor`` (per cent by year; in brackets the interval of
        outcomes), ``compute by kind of chip`` of all clouds, and ``cost`` of an H100e-hour by kind (USD, mean over the clouds
        by what they have of it; in brackets the cheapest and the dearest cloud) with that of a million tokens of the lab.
    Raises: KeyError without ``fleet_chips``, ``lab_compute`` or ``kappa``; as :func:`asked`.
    Example:
        >>> chips_answer(st).sentence  # doctest: +SKIP
    """
    ds = question.loaded(ds, READS)
    q = question.asked(ds, arm, baseline, level)
    lab = lab or next(iter(questions.parties(q.ds, q.contrast)[1]), str(q.ds["lab"].values[0]))
    one = q.ds.sel(arm=[q.base])
    mix = _from_first_year(chips.chip_mix(one, "vendor").sel(arm=q.base, drop=True))
    kinds = _from_first_year(chips.chip_mix(one).sel(arm=q.base, drop=True)).sel(cloud=[chips.ALL])
    labs = _from_first_year(chips.vendor_dependence(one).sel(arm=q.base, drop=True))
    vendor = str(mix["vendor"].values[int(mix.sel(cloud=chips.ALL).mean(("replication", "year")).argmax("vendor"))])
    costs = _costs(q, lab)
    tables: dict[str, pd.DataFrame] = {
        "compute by vendor": _shares(q, mix, "cloud", "vendor"),
        "labs by vendor": _shares(q, labs, "lab", "vendor"),
        "compute by kind of chip": _shares(q, kinds, "cloud", "chip"),
        "cost": costs,
    }
    words = _sentence(q, mix.sel(vendor=vendor), labs.sel(lab=lab, vendor=vendor), vendor, lab, costs)
    return Answer(
        "chips",
        words,
        tables,
        partial(figure.vendor_shares, q, mix, labs.sel(vendor=vendor), vendor),
        (
            "Compute: what has power, at work or not, H100e-hours of the year. A lab's work at a host counts by what the host "
            "has of the kinds that the lab runs on; the model does not say which chip serves whom.",
            "Cost: new capacity by the scenario's prices, lives, power, sites and operations, straight-line and without interest, "
            "at full use; a million tokens: at the lab's H100e-hours per token of the year, the same on every kind.",
        ),
    )


def _from_first_year(shares: xr.DataArray) -> xr.DataArray:
    """From the first year of all answers on, where there is one."""
    late = shares.sel(year=shares["year"] >= question.FIRST_YEAR)
    return late if late.sizes["year"] else shares


def _shares(q: Asked, shares: xr.DataArray, who: str, what: str) -> pd.DataFrame:
    """A row for each pair that has a part in some year, a column with its interval for each year."""
    rows: list[dict[str, Any]] = []
    for name in map(str, shares[who].values):
        for kind in map(str, shares[what].values):
            part = shares.sel({who: name, what: kind})
            if not float(part.max()) > _NONE:
                continue
            row: dict[str, Any] = {who: name, what: kind}
            for year in map(int, part["year"].values):
                cell = question.spread(q, 100.0 * part.sel(year=year), 0.0, 100.0)
                row |= {str(year): float(cell["mean"])}
                if not question.single(q):
                    row |= {f"{year}_{end}": float(cell[f"outcome_{end}"]) for end in ("low", "high")}
            rows.append(row)
    return question.table(q, rows, "per cent of compute")


def _costs(q: Asked, lab: str) -> pd.DataFrame:
    """A row for each kind of chip that some cloud has: its hour, and a million tokens in the first and the last year."""
    hour = chips.chip_costs(q.ds, q.base).set_index(["cloud", "chip"])
    fleet = q.ds["fleet_chips"].sel(arm=q.base).mean(("replication", "time")).fillna(0.0)
    tokens = _from_first_year(chips.token_costs(q.ds, lab, q.base)).mean("replication")
    rows: list[dict[str, Any]] = []
    for chip in map(str, fleet["chip"].values):
        weight = fleet.sel(chip=chip)
        there = [c for c in map(str, weight["cloud"].values) if float(weight.sel(cloud=c)) > 0]
        there = [c for c in there if (c, chip) in hour.index]
        if not there:
            continue
        part = weight.sel(cloud=there) / weight.sel(cloud=there).sum()
        each_cloud = pd.DataFrame({c: hour.loc[(c, chip), [*chips.PARTS, "total"]] for c in there})
        row: dict[str, Any] = {"chip": chip} | {
            k: float(np.dot(each_cloud.loc[k].to_numpy(), part.values)) for k in (*chips.PARTS, "total")
        }
        row |= {"total_low": each_cloud.loc["total"].min(), "total_high": each_cloud.loc["total"].max()}
        for year in dict.fromkeys((int(tokens["year"].values[0]), int(tokens["year"].values[-1]))):
            row[f"Mtok_{year}"] = float((tokens.sel(chip=chip, cloud=there, year=year) * part).sum())
        rows.append(row)
    return question.table(q, rows, "USD per H100e-hour; USD per million tokens")


def _sentence(q: Asked, mix: xr.DataArray, lab_share: xr.DataArray, vendor: str, lab: str, costs: pd.DataFrame) -> str:
    years = [int(y) for y in mix["year"].values]
    said = [
        f"{_percent(q, mix.sel(cloud=chips.ALL, year=year))} in {year}" for year in dict.fromkeys((years[0], years[-1]))
    ]
    by_cloud = mix.sel(year=years[-1]).drop_sel(cloud=chips.ALL).mean("replication").dropna("cloud")
    most, least = (str(by_cloud["cloud"].values[int(i)]) for i in (by_cloud.argmax("cloud"), by_cloud.argmin("cloud")))
    hours = sorted(each(costs), key=lambda r: r.total)
    price = (
        f" An H100e-hour of new capacity costs {hours[0].total:.2f} $ on {hours[0].chip} and {hours[-1].total:.2f} $ on {hours[-1].chip}."
        if hours
        else ""
    )
    return (
        f"In {q.head(q.base)}, {q.name(vendor, 'supply')} makes {' and '.join(said)} of the clouds’ compute, in {years[-1]} most at "
        f"{q.name(most, 'clouds')} ({float(by_cloud.sel(cloud=most)):.0%}) and least at {q.name(least, 'clouds')} "
        f"({float(by_cloud.sel(cloud=least)):.0%}); {q.name(lab, 'labs')} runs on it for {_percent(q, lab_share.sel(year=years[-1]))}."
        f"{price}"
    )


def _percent(q: Asked, share: xr.DataArray) -> str:
    cell = question.spread(q, share, 0.0, 1.0)
    known = (
        ""
        if question.single(q)
        else f" ({question.all_of(q)}: {float(cell['outcome_low']):.0%} to {float(cell['outcome_high']):.0%})"
    )
    return f"{float(cell['mean']):.0%}{known}"
