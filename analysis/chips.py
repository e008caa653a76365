"""Which kinds of chip compute runs on, who depends on which vendor, and what an hour of each kind costs.

Kinds are labels ``vendor/chip`` of the dimension ``chip``. The market decides which pool serves a lab and not which chip in
it: a lab's work at a host counts by what the host has powered of the kinds that the lab runs on.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, study_data
from .table_views import Table
from .years import hours as hours_of
from .years import yearly

ALL = "all clouds"
HOURS_PER_YEAR = 24 * study_data.DAYS_PER_YEAR
#: What an H100e-hour is made of, in the order of the table.
PARTS = ("chips", "site", "energy", "operations")
_ALWAYS = dt.date(1970, 1, 1)


def vendors_of(ds: xr.Dataset) -> xr.DataArray:
    """The vendor of each kind of chip.

    Shape: (chip). Raises: KeyError if the study has no kinds of chip.
    Example:
        >>> vendors_of(st).sel(chip="nvidia/gb200").item()  # doctest: +SKIP
        'nvidia'
    """
    labels = [str(label) for label in study_data.variable(ds, "fleet_chips")["chip"].values]
    return xr.DataArray([x.split("/", 1)[0] for x in labels], dims="chip", coords={"chip": labels}, name="vendor")


@points.spread
def chip_mix(ds: xr.Dataset, by: str = "chip") -> xr.DataArray:
    """What the compute of each cloud consists of, by calendar year: the share of each kind of chip, or of each vendor.

    Of the H100e-hours that had power in the year, at work or not. Shares of a cloud sum to 1; missing where it had no compute.

    Args: ``by``: ``chip`` or ``vendor``.
    Shape: (arm, replication, cloud, chip or vendor, year); the last cloud is ``all clouds``. Units: 1.
    Raises: KeyError without ``fleet_chips``; ValueError for another ``by``.
    Example:
        >>> chip_mix(st, "vendor").sel(cloud="azure", vendor="nvidia").mean("replication")  # doctest: +SKIP
    """
    if by not in ("chip", "vendor"):
        raise ValueError(f"by is {by!r}; expected 'chip' or 'vendor'")
    ds = study_data.run_only(study_data.finished(ds))
    hours = yearly(study_data.variable(ds, "fleet_chips").fillna(0.0) * hours_of(ds))
    hours = hours if by == "chip" else _by_vendor(ds, hours)
    everywhere = hours.sum("cloud").expand_dims(cloud=[ALL])
    hours = xr.concat([hours, everywhere], "cloud", coords="minimal", compat="override")
    total = hours.sum(by)
    share: xr.DataArray = hours / total.where(total > 0)
    return share.transpose("arm", "replication", "cloud", by, "year").rename("chip_mix").assign_attrs(units="1")


@points.spread
def vendor_dependence(ds: xr.Dataset) -> xr.DataArray:
    """How much of a lab's compute runs on chips of each vendor, by calendar year.

    The lab's compute at each host times the vendor's share of what the host has powered of the kinds that the lab runs on
    (``labs.*.chips``; a kind counts from the month of its date on; a lab that states none runs on all), over its compute at
    hosts that have such kinds. Shares of a lab sum to 1; missing where it had no compute.

    Shape: (arm, replication, lab, vendor, year). Units: 1.
    Raises: KeyError without ``fleet_chips`` or ``lab_compute``.
    Source: as ``share`` of ties of supply and hosting in the graph of dependence, multiplied along the way.
    Example:
        >>> vendor_dependence(st).sel(lab="openai", vendor="nvidia").mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    fleet = _by_vendor(ds, study_data.variable(ds, "fleet_chips").fillna(0.0)).rename(cloud="host")
    work = study_data.variable(ds, "lab_compute").fillna(0.0)
    vendors = [str(v) for v in fleet["vendor"].values]
    arms = []
    for arm in study_data.arms(ds):
        usable = fleet.sel(arm=arm) * _ported(ds, arm, vendors)
        whole = usable.sum("vendor")
        mix = (usable / whole.where(whole > 0)).fillna(0.0)
        arms.append((work.sel(arm=arm) * mix).sum("host"))
    by_arm = xr.concat(arms, pd.Index(study_data.arms(ds), name="arm"), coords="minimal", compat="override")
    on = yearly(by_arm * hours_of(ds))
    total = on.sum("vendor")
    share: xr.DataArray = on / total.where(total > 0)
    return (
        share.transpose("arm", "replication", "lab", "vendor", "year")
        .rename("vendor_dependence")
        .assign_attrs(units="1")
    )


@points.tabled
def chip_costs(ds: xr.Dataset, arm: str | None = None) -> pd.DataFrame:
    """What an H100e-hour of new capacity costs each cloud on each kind of chip, by the values of the arm's scenario.

    Of capacity, at work or not: divide by ``clouds.*.availability`` and by use for an hour that works.

    Args: ``arm``, default the baseline.
    Returns: DataFrame, a row per cloud and kind of chip: cloud, vendor, chip, and in USD per H100e-hour ``chips``, ``site``,
        ``energy``, ``operations`` and their sum ``total``.
    Raises: KeyError for an unknown arm, a study without kinds of chip or without its scenario; ScenarioError for a quantity
        without its unit.
    Source: k of MODEL 8.1 for one kind of chip: price/(life 8766 h) + kW (facility_cost/(facility_life 8766 h) +
        energy_price + opex), over ``h100e``, straight-line and without interest.
    Example:
        >>> import rackrate as rr
        >>> toy = chip_costs(rr.run("toy-10", progress=False))  # 1 kW at no price, energy or operations
        >>> toy[["cloud", "chip", "total"]].values.tolist()
        [['aws', 'maker/h100', 0.0], ['az', 'maker/h100', 0.0]]
    """
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    scenario = scenario_text.tree(ds, arm)
    if not scenario:
        raise study_data.UnknownName(f"the study does not carry the scenario of {arm!r}; its chips have no prices")
    rows: list[dict[str, Any]] = []
    for cloud in map(str, study_data.variable(ds, "fleet_chips")["cloud"].values):
        for label, vendor in zip(vendors_of(ds)["chip"].values, vendors_of(ds).values, strict=True):
            name = label.split("/", 1)[1]
            if cloud in scenario.get("clouds", {}) and name in scenario.get("supply", {}).get(vendor, {}):
                parts = _hour(scenario, cloud, f"supply.{vendor}.{name}")
                rows.append({"cloud": cloud, "vendor": vendor, "chip": label} | parts | {"total": sum(parts.values())})
    return Table(rows, columns=["cloud", "vendor", "chip", *PARTS, "total"])


@points.spread
def token_costs(ds: xr.Dataset, lab: str, arm: str | None = None) -> xr.DataArray:
    """What compute for a million tokens of a lab costs on each kind of chip at each cloud, by calendar year.

    The mean ``kappa`` of the year, H100e-hours per million tokens of the lab's best model, times the cost of an H100e-hour
    (:func:`chip_costs`) that works all the time. The model gives every kind of chip the same H100e-hours per token.

    Args: ``arm``, default the baseline.
    Shape: (replication, cloud, chip, year). Units: USD/Mtok.
    Raises: KeyError for an unknown lab or without ``kappa``; as :func:`chip_costs`.
    Example:
        >>> token_costs(st, "openai").sel(cloud="azure", chip="nvidia/rubin")  # doctest: +SKIP
    """
    study_data.check(ds, "lab", lab)
    hour = chip_costs(ds, arm).set_index(["cloud", "chip"])["total"].to_xarray()
    ds = study_data.run_only(study_data.finished(ds))
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    kappa = study_data.variable(ds, "kappa").sel(arm=arm, lab=lab, drop=True)
    known = yearly(kappa.notnull().astype(float) * hours_of(ds))
    per_token = yearly(kappa.fillna(0.0) * hours_of(ds)) / known.where(known > 0)
    cost: xr.DataArray = per_token * hour
    return cost.transpose("replication", "cloud", "chip", "year").rename("token_cost").assign_attrs(units="USD/Mtok")


def _hour(scenario: scenario_text.Tree, cloud: str, chip: str) -> dict[str, float]:
    """Dollars that an H100e-hour of a kind of chip costs at a cloud, by part."""

    def at(path: str, unit: str, absent: float) -> float:
        return scenario_text.amount(scenario, path, unit, absent)

    here = f"clouds.{cloud}"
    h100e = at(f"{chip}.h100e", "", 1.0)
    kw = at(f"{chip}.facility_power", "kW", 1.4) / h100e
    wear = at(f"{chip}.life", "y", 6.0) * HOURS_PER_YEAR
    site = 1e-3 * at(f"{here}.facility_cost", "$/MW", 0.0)
    return {
        "chips": at(f"{chip}.unit_price", "$", 0.0) / h100e / wear,
        "site": kw * site / (at(f"{here}.facility_life", "y", 20.0) * HOURS_PER_YEAR),
        "energy": kw * 1e-3 * at(f"{here}.energy_price", "$/MWh", 0.0),
        "operations": kw * at(f"{here}.opex", "$/kW-y", 0.0) / HOURS_PER_YEAR,
    }


def _ported(ds: xr.Dataset, arm: str, vendors: list[str]) -> xr.DataArray:
    """1 in months in which a lab runs on a vendor's chips, else 0: (lab, vendor, time)."""
    labs = [str(x) for x in ds["lab"].values]
    _, ends = study_data.month_bounds(ds)
    runs = np.ones((len(labs), len(vendors), ds.sizes["time"]))
    for i, lab in enumerate(labs):
        ports = scenario_text.tree(ds, arm).get("labs", {}).get(lab, {}).get("chips")
        for k, vendor in enumerate(vendors if ports else []):
            first = scenario_text.plain(ports[vendor].get("from", _ALWAYS)) if vendor in ports else "never"
            since = study_data.as_date(first)
            runs[i, k] = 0.0 if since is None else ends > np.datetime64(since, "D")
    return xr.DataArray(
        runs, dims=("lab", "vendor", "time"), coords={"lab": labs, "vendor": vendors, "time": ds["time"].values}
    )


def _by_vendor(ds: xr.Dataset, values: xr.DataArray) -> xr.DataArray:
    """Sums over the kinds of chip of each vendor, vendors in the order of the file."""
    vendors = vendors_of(ds)
    names = list(dict.fromkeys(map(str, vendors.values)))
    parts = [values.isel(chip=np.flatnonzero(vendors.values == name)).sum("chip") for name in names]
    return xr.concat(parts, pd.Index(names, name="vendor"), coords="minimal", compat="override")
