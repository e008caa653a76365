"""A firm that makes models and hosts them: what it earns as one firm, what its parts earn at transfer prices, and who uses its
fleet."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .pairing import check_level
from .table_views import Table, at_level
from .units import BILLION
from .years import hours as hours_of
from .years import yearly

#: Who a firm's fleet works for; the last two rent it.
USES = ("own lab", "own products", "models it sells", "labs that rent", "customers that rent")
RENTED = USES[3:]
_MONEY: tuple[str, ...] = ("payment", "revenue", "internal_revenue", "cost", "gross_profit", "value_added", "capex", "investment", "funding", "other_revenue")  # fmt: skip

#: What :func:`integrated` reads of a study.
READS = (*_MONEY, "lab_compute", "compute_inside", "own_use", "customer_use", "compute_price")


@points.spread
def integrated(ds: xr.Dataset, firm: str) -> xr.Dataset:
    """A firm with a cloud as one firm, by calendar year.

    What one of its layers pays another is revenue of the one and cost of the other, so it is taken out on both sides:
    ``revenue`` and ``cost`` are those with others, and ``margin`` is their difference and the sum of ``part_margin``, what its
    layers earn at the prices between them. Own compute is paid for at the cost of the fleet, so infrastructure earns nothing on
    it; the margin of own models is that of the model layer.

    Who uses the fleet: its own lab, its own products, models of others that it sells or builds into its applications and hosts
    at cost itself, labs of other firms that rent, and customers that rent. For Google the last two are what others have of its
    TPUs and GPUs: a fleet is one pool of compute. Chips are not sold outright: a vendor of chips sells to clouds and to the rest
    of the world, and the TPUs of the library have one buyer, Google. Where a scenario lets a firm with a cloud sell chips, they
    are in ``compute_sales``. What a cloud leases from another counts at the one that sells it on.

    Shape: Dataset over (arm, replication, year), with ``layer`` for ``part_revenue`` and ``part_margin`` and ``use`` (USES) for
        ``compute``.
    Units: USD of the year for ``revenue``, ``cost`` (depreciation included), ``inside``, ``margin``, ``part_revenue``,
        ``part_margin``, ``compute_sales`` (revenue of infrastructure from others, AI), ``other_revenue`` (clouds, not AI, of which
        ``base_margin`` is in the margin); mean
        H100e for ``compute`` and ``bought`` (what its labs run at hosts of others); USD per H100e-hour for ``transfer_price``
        (paid inside for own compute) and ``list_price`` of its clouds; ``rented`` is the share of the used fleet that others
        rent.
    Raises: KeyError for an unknown firm, one without a cloud, or a study that did not record what this reads; ValueError if
        what is paid inside does not cancel.
    Example:
        >>> integrated(st, "google")["margin"].mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    firm = scenario_text.check(ds, "firm", firm)
    owners = {arm: _clouds(ds, arm) for arm in study_data.arms(ds)}
    study_data.member(sorted({f for by_cloud in owners.values() for f in by_cloud.values()}), firm, "firm with a cloud")
    money = _money(ds, firm)
    fleet = [_fleet(ds, arm, firm, [c for c, f in owners[arm].items() if f == firm]) for arm in owners]
    return xr.merge([money, _prices(money, xr.concat(fleet, pd.Index(list(owners), name="arm")))]).drop_vars(
        "own_hosting"
    )


def _clouds(ds: xr.Dataset, arm: str) -> dict[str, str]:
    """The firm of each cloud of an arm."""
    scenario = scenario_text.tree(ds, arm)
    there = scenario.get("clouds", {})
    return {c: scenario_text.firm_of(scenario, c, "clouds") for c in map(str, ds["cloud"].values) if c in there}


def _money(ds: xr.Dataset, firm: str) -> xr.Dataset:
    """What a firm earns and pays as one firm, and what its layers do."""
    read = {name: study_data.variable(ds, name).astype(float) for name in _MONEY}
    paid = read.pop("payment")
    of = {name: yearly(values.sel(firm=firm, drop=True)) for name, values in read.items()}
    received = yearly(paid.sel(payee=firm, drop=True).sum("payer"))
    spent = yearly(paid.sel(payer=firm, drop=True).sum("payee"))
    diagonal = yearly(paid.sel(payer=firm, payee=firm, drop=True))
    worn = of["value_added"] - of["gross_profit"]
    # Capital goods from the own firm are payments and neither revenue nor cost: both sides say how much they were.
    goods = received - of["funding"] - of["revenue"].sum("layer")
    _check_cancelled(firm, goods, spent - of["capex"] - of["investment"] - (of["cost"] - worn).sum("layer"))
    inside = diagonal - goods
    out = xr.Dataset(
        {
            "revenue": of["revenue"].sum("layer") - inside,
            "cost": of["cost"].sum("layer") - inside,
            "inside": inside,
            "margin": of["gross_profit"].sum("layer"),
            "part_revenue": of["revenue"],
            "part_margin": of["gross_profit"],
            "compute_sales": (of["revenue"] - of["internal_revenue"]).sel(layer="infrastructure", drop=True)
            - of["other_revenue"],
            "other_revenue": of["other_revenue"],
            "own_hosting": of["internal_revenue"].sum("layer"),
        }
    ).transpose("arm", "replication", "year", ...)
    return out.map(lambda values: values.assign_attrs(units="USD"))


def _check_cancelled(firm: str, received: xr.DataArray, paid: xr.DataArray) -> None:
    """Raises: ValueError unless what others did not receive is what others did not pay, to the dollar."""
    off = abs(received - paid)
    if bool((off <= 1.0).all()):
        return
    worst = off.where(off == off.max(), drop=True)
    raise ValueError(
        f"what {firm!r} pays itself in {int(worst['year'].values[0])} is {float(off.max()):,.0f} $ more on one side of its books than on "
        "the other; expected a result file as a study wrote it"
    )


def _fleet(ds: xr.Dataset, arm: str, firm: str, clouds: list[str]) -> xr.Dataset:
    """Who used the fleet of a firm in one arm, in H100e-hours, and its list price times them."""
    one = ds.sel(arm=arm, drop=True)
    hours = hours_of(ds)

    def hourly(name: str) -> xr.DataArray:
        return study_data.variable(one, name).astype(float) * hours

    scenario = scenario_text.tree(ds, arm)
    own = [lab for lab in map(str, ds["lab"].values) if scenario_text.firm_of(scenario, lab, "labs") == firm]
    others = [lab for lab in map(str, ds["lab"].values) if lab not in own]
    ran, inside = hourly("lab_compute"), hourly("compute_inside")
    here = {"host": clouds}
    sold = inside.sel(here | {"lab": others}).sum(["lab", "host"])
    uses = [
        ran.sel(here | {"lab": own}).sum(["lab", "host"]),
        hourly("own_use").sel(cloud=clouds).sum("cloud"),
        sold,
        ran.sel(here | {"lab": others}).sum(["lab", "host"]) - sold,
        hourly("customer_use").sel(cloud=clouds).sum("cloud"),
    ]
    at_list = study_data.variable(one, "compute_price").astype(float).rename(cloud="host").sel(here)
    used = (ran.sum("lab") + (hourly("own_use") + hourly("customer_use")).rename(cloud="host")).sel(here)
    elsewhere = [h for h in map(str, ds["host"].values) if h not in clouds]
    return xr.Dataset(
        {
            "use_hours": yearly(xr.concat(uses, pd.Index(USES, name="use"), coords="minimal", compat="override")),
            "inside_hours": yearly(inside.sel(here).sum(["lab", "host"]) + uses[1]),
            "bought_hours": yearly(ran.sel(lab=own, host=elsewhere).sum(["lab", "host"])),
            "list_value": yearly((at_list * used).sum("host")),
            "hours": yearly(hours),
        }
    )


def _prices(money: xr.Dataset, fleet: xr.Dataset) -> xr.Dataset:
    whole = fleet["use_hours"].sum("use")
    out = xr.Dataset(
        {
            "compute": (fleet["use_hours"] / fleet["hours"]).assign_attrs(units="H100e"),
            "bought": (fleet["bought_hours"] / fleet["hours"]).assign_attrs(units="H100e"),
            "rented": fleet["use_hours"].sel(use=list(RENTED)).sum("use") / whole.where(whole > 0),
            "transfer_price": money["own_hosting"] / fleet["inside_hours"].where(fleet["inside_hours"] > 0),
            "list_price": fleet["list_value"] / whole.where(whole > 0),
        }
    )
    for name in ("transfer_price", "list_price"):
        out[name].attrs = {"units": "USD/(H100e h)"}
    return out.transpose("arm", "replication", "year", ...)


@points.tabled
def integrated_table(ds: xr.Dataset, firm: str, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """:func:`integrated` of one arm as a table, a row per year: means over futures, and what holds ``level`` of the margin.

    Returns: DataFrame with year, revenue, cost, inside, margin, margin_low, margin_high, a column for the margin of each layer
        (``model margin``), compute_sales, other_revenue (B$ of the year), a column for each use of the fleet and bought
        (millions of H100e), rented (share), transfer_price and list_price (USD per H100e-hour).
    Raises: as :func:`integrated`; KeyError for an unknown arm.
    Example:
        >>> integrated_table(st, "google").query("year == 2027")  # doctest: +SKIP
    """
    check_level(level)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    found = integrated(ds, firm).sel(arm=arm)
    mean = found.mean("replication")
    ends = found["margin"].quantile([(1 - level) / 2, (1 + level) / 2], "replication")
    rows: list[dict[str, Any]] = []
    for year in found["year"].values:
        one = mean.sel(year=year)
        row: dict[str, Any] = {"year": int(year)}
        row |= {k: float(one[k]) / BILLION for k in ("revenue", "cost", "inside", "margin")}
        row |= dict(zip(("margin_low", "margin_high"), ends.sel(year=year).values / BILLION, strict=True))
        parts = one["part_margin"]
        row |= {f"{x} margin": float(parts.sel(layer=x)) / BILLION for x in map(str, parts["layer"].values)}
        row |= {k: float(one[k]) / BILLION for k in ("compute_sales", "other_revenue")}
        row |= {use: float(one["compute"].sel(use=use)) / 1e6 for use in USES} | {"bought": float(one["bought"]) / 1e6}
        rows.append(row | {k: float(one[k]) for k in ("rented", "transfer_price", "list_price")})
    return at_level(Table(rows), level)
