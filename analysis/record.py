"""The public record of 2023Q1 to 2025Q2 beside a study: what was reported, what was simulated, whether they meet.

The points are rows of ``scenarios/data/record.csv``. A point without a measure is an input or has no output yet; it is
listed and not compared.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources

import numpy as np
import xarray as xr

from . import scenario_text, study_data

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2025, 6, 30)
WITHIN = 1.25
BAND = (0.05, 0.95)
GROSS_LAYERS = ("infrastructure", "deployment")


@dataclass(frozen=True)
class Point:
    """One observed value: of a stock on ``date``, of a flow from ``begin`` to ``date``, both included."""

    series: str
    quarter: str
    entity: str
    value: float
    low: float | None
    high: float | None
    unit: str
    begin: dt.date
    date: dt.date
    measure: str
    figure: str
    source: str
    url: str
    grade: str
    note: str


@dataclass(frozen=True)
class Comparison:
    """A point and what was simulated for it: ``median`` and the ends of the 90 % band over replications."""

    point: Point
    median: float
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """Simulated median over the public value."""
        return self.median / self.point.value

    @property
    def within(self) -> bool:
        """Whether the ratio is inside a factor of 1.25."""
        return 1 / WITHIN <= self.ratio <= WITHIN

    @property
    def in_band(self) -> bool:
        """Whether the public value lies inside the 90 % band."""
        return self.low <= self.point.value <= self.high

    @property
    def meets(self) -> bool:
        """Whether the point's own range, where it has one, and the band overlap."""
        low = self.point.value if self.point.low is None else self.point.low
        high = self.point.value if self.point.high is None else self.point.high
        return low <= self.high and self.low <= high


def points() -> list[Point]:
    """The record, in the order of its file."""
    packaged = resources.files("rackrate") / "scenarios" / "data" / "record.csv"
    with packaged.open(encoding="utf-8") as lines:
        return [_point(row) for row in csv.DictReader(lines)]


def _point(row: dict[str, str]) -> Point:
    return Point(
        series=row["series"],
        quarter=row["quarter"],
        entity=row["entity"],
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        unit=row["unit"],
        begin=dt.date.fromisoformat(row["begin"]),
        date=dt.date.fromisoformat(row["date"]),
        measure=row["measure"],
        figure=row["figure"],
        source=row["source"],
        url=row["url"],
        grade=row["grade"],
        note=row["note"],
    )


# ---- measures: one arm of a study and a point to the simulated value by replication, in the point's unit


def _month(date: dt.date) -> np.datetime64:
    return np.datetime64(date.strftime("%Y-%m-01"), "ns")


def over(values: xr.DataArray, point: Point) -> xr.DataArray:
    """The sum of monthly values over the point's months."""
    total: xr.DataArray = values.sel(time=slice(_month(point.begin), _month(point.date))).sum("time")
    return total


def _at_end(monthly_mean: xr.DataArray, point: Point) -> xr.DataArray:
    """The state at the end of the point's month, from the means of that month and the one before."""
    last = monthly_mean.sel(time=_month(point.date))
    times = monthly_mean["time"].values
    k = int(np.flatnonzero(times == _month(point.date))[0])
    if k == 0:
        return last
    earlier = monthly_mean.isel(time=k - 1)
    half_a_month = (last / earlier.where(earlier > 0, 1.0)) ** 0.5
    return last * half_a_month.where(earlier > 0, 1.0)


def _vendor_revenue(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return over(ds["revenue"].sel(firm=p.entity).sum("layer"), p) / 1e9


def _capex(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return over(ds["capex"].sel(firm=p.entity), p) / 1e9


def _cloud_revenue(ds: xr.Dataset, p: Point) -> xr.DataArray:
    outside = (ds["revenue"] - ds["internal_revenue"]).sel(firm=p.entity)
    layers = [layer for layer in GROSS_LAYERS if layer in ds["layer"].values]
    return over(outside.sel(layer=layers).sum("layer"), p) / 1e9


def _fleet(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return _at_end(ds["capacity"].sel(cloud=p.entity).sum("region"), p) / 1e3


def _lab_compute(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return _at_end(ds["lab_compute"].sel(lab=p.entity).sum("host"), p) / 1e3


def _lab_revenue(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return ds["revenue"].sel(firm=p.entity, layer="model", time=_month(p.date)) * 12 / 1e9


def _lab_cash(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return ds["lab_cash"].sel(lab=p.entity, time=_month(p.date)) / 1e9


def _users(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return ds["users"].sel(lab=p.entity, time=_month(p.date)) / 1e6


INFERENCE = ("consumer", "api_stateless", "ent_app", "agent_stateful", "batch", "copilot")


def _tokens(ds: xr.Dataset, p: Point) -> xr.DataArray:
    """Tokens of a lab in a day of a month: its inference over the compute per million tokens of its best model."""
    month = ds.sel(lab=p.entity, time=_month(p.date))
    served = month["served"].sel(product=[x for x in INFERENCE if x in ds["product"].values]).sum("product")
    days = int(month["time"].dt.days_in_month)
    return served / month["kappa"] / days / 1e6


def _seats(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return ds["seats"].sel(time=_month(p.date)) / 1e6


def _compute_price(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return ds["compute_price"].sel(cloud=p.entity, time=_month(p.date))


def _price_index(ds: xr.Dataset, p: Point) -> xr.DataArray:
    """The list price of a work unit, brought to the first quotation of the series."""
    first = next(q for q in points() if q.measure == p.measure and q.entity == p.entity)
    price = ds["price"].sel(lab=p.entity, channel="direct")
    return first.value * price.sel(time=_month(p.date)) / price.sel(time=_month(first.date))


def _compute_spending(ds: xr.Dataset, p: Point) -> xr.DataArray:
    return over(ds["clause_payment"].sel(clause=_hosting_of(ds, p.entity)).sum("clause"), p) / 1e9


def _hosting_price(ds: xr.Dataset, p: Point) -> xr.DataArray:
    clauses = _hosting_of(ds, p.entity)
    paid, bought = (
        over(ds[name].sel(clause=clauses).sum("clause"), p) for name in ("clause_payment", "clause_quantity")
    )
    return paid / bought


def _hosting_of(ds: xr.Dataset, lab: str) -> list[str]:
    """The hosting clauses of a lab: what it pays its hosts for compute."""
    return [label for label, clause in _clauses(ds) if clause.get("kind") == "hosting" and clause.get("lab") == lab]


def clouds_of(ds: xr.Dataset, firm: str) -> list[str]:
    """The clouds of a firm, as the scenario of the run says."""
    clouds = scenario_text.tree_of(str(ds.attrs.get("resolved_scenario", ""))).get("clouds", {})
    return [c for c in (str(c) for c in ds["cloud"].values) if _plain(clouds.get(c, {}).get("firm")) == firm]


def _backlog(ds: xr.Dataset, p: Point) -> xr.DataArray:
    """What its customers still owe the firm's clouds under what they have signed."""
    own = clouds_of(ds, p.entity)
    return ds["backlog"].sel(cloud=own, time=_month(p.date)).sum(["cloud", "payer"]) / 1e9


def _clauses(ds: xr.Dataset) -> list[tuple[str, dict[str, object]]]:
    """(label, keys) of every clause that moves money, as its last version has it."""
    contracts = scenario_text.tree_of(str(ds.attrs.get("resolved_scenario", ""))).get("contracts", {})
    found = []
    for label in (str(c) for c in ds["clause"].values):
        contract, _, name = label.partition("/")
        keys: dict[str, object] = {}
        for version in contracts.get(contract, {}).get("versions", {}).values():
            keys |= {k: _plain(v) for k, v in version.get("clauses", {}).get(name, {}).items()}
        found.append((label, keys))
    return found


def _plain(value: object) -> object:
    return value["value"] if isinstance(value, dict) and "value" in value else value


MEASURES: dict[str, Callable[[xr.Dataset, Point], xr.DataArray]] = {
    "vendor_revenue": _vendor_revenue,
    "capex": _capex,
    "cloud_revenue": _cloud_revenue,
    "fleet": _fleet,
    "lab_compute": _lab_compute,
    "lab_revenue": _lab_revenue,
    "lab_cash": _lab_cash,
    "compute_spending": _compute_spending,
    "hosting_price": _hosting_price,
    "users": _users,
    "seats": _seats,
    "tokens": _tokens,
    "compute_price": _compute_price,
    "price_index": _price_index,
    "backlog": _backlog,
}


def one_arm(ds: xr.Dataset, arm: str | None = None) -> xr.Dataset:
    """The finished replications of one arm, the baseline if none is named. Raises: UnknownName."""
    ds = study_data.run_only(study_data.finished(ds))
    name = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    return ds.sel(arm=name).assign_attrs(resolved_scenario=study_data.scenario_source(ds, name))


def compare(one: xr.Dataset, among: Iterable[Point] | None = None) -> list[Comparison]:
    """Points beside one arm (see ``one_arm``), those of months that were run and that have a measure."""
    months = set(one["time"].values.astype("datetime64[M]"))
    found = []
    for point in points() if among is None else among:
        ran = {np.datetime64(point.begin, "M"), np.datetime64(point.date, "M")} <= months
        if not point.measure or not ran:
            continue
        values = MEASURES[point.measure](one, point).values
        low, median, high = (float(x) for x in np.nanquantile(values, (BAND[0], 0.5, BAND[1])))
        found.append(Comparison(point, median, low, high))
    return found


@dataclass(frozen=True)
class Coverage:
    """How many of ``compared`` points lie in the 90 % band, have a range that meets it, are inside a factor of 1.25."""

    compared: int
    in_band: int
    meets: int
    within: int

    def share(self, count: int) -> float:
        return count / self.compared if self.compared else float("nan")


def coverage(found: Iterable[Comparison]) -> Coverage:
    """Counts over comparisons."""
    kept = list(found)
    return Coverage(len(kept), sum(c.in_band for c in kept), sum(c.meets for c in kept), sum(c.within for c in kept))
