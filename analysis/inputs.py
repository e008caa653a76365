"""Which scarce input holds each cloud back, and how concentrated the inputs are: who buys them, and who makes chips."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from . import points, scenario_text, service, study_data
from .clause_dates import proportion
from .pairing import check_level
from .table_views import Table
from .years import yearly

#: What a cloud may lack. `capital` is the greater of what it has no money for in chips and in sites.
INPUTS = ("chips", "power", "sites", "capital")
NONE = "none"
LEAST = 0.01  #: of the fleet: less is no shortage
_CAPITAL = ("capital_chips", "capital_shells", "capital_power")


@points.spread
def input_shortfall(ds: xr.Dataset) -> xr.DataArray:
    """What each cloud lacks for want of each input, over its installed fleet, by quarter.

    Means of the quarter's reviews over the mean of its months' capacity. An H100e that has neither chip nor site lacks
    both, so inputs do not sum; `capital` is the greater of both its uses.

    Shape: (arm, replication, cloud, input, quarter); ``input`` is INPUTS, ``quarter`` a text such as ``2026Q4``.
    Units: 1. Missing in quarters without a review or a fleet.
    Raises: KeyError without ``input_short`` or ``capacity``.
    Source: MODEL 3.6.
    """
    ds = study_data.run_only(study_data.finished(ds))
    lacks = study_data.variable(ds, "input_short").astype(float)
    folded = xr.concat(
        [lacks.sel(input=[i]) for i in INPUTS if i != "capital"]
        + [lacks.sel(input=["capital", "site_capital"]).max("input").expand_dims(input=["capital"])],
        "input",
    )
    fleet = study_data.variable(ds, "capacity").astype(float).sum("region", min_count=1)
    quarter = _quarters(ds)
    mean = folded.groupby(quarter).mean("time") / fleet.where(fleet > 0).groupby(quarter).mean("time")
    return mean.transpose("arm", "replication", "cloud", "input", "quarter").assign_attrs(
        units="1", long_name="what a cloud lacks for want of an input, over its fleet"
    )


def _quarters(ds: xr.Dataset) -> xr.DataArray:
    months = ds["time"].values.astype("datetime64[M]").astype(int)
    names = [f"{1970 + m // 12}Q{m % 12 // 3 + 1}" for m in months]
    return xr.DataArray(names, dims="time", coords={"time": ds["time"].values}, name="quarter")


@points.spread
def input_binds(ds: xr.Dataset, least: float = LEAST) -> xr.DataArray:
    """Which input binds each cloud in each quarter: the one that it lacks most, if that is ``least`` of its fleet or more.

    Shape: (arm, replication, cloud, input, quarter), 1 for the one that binds and 0 for the others, with ``none`` as a
        last input; missing where :func:`input_shortfall` is. The mean over replications is the share of futures.
    Raises: ValueError unless ``least`` is positive; as :func:`input_shortfall`.
    """
    if not least > 0:
        raise ValueError(f"least is {least}; expected a positive share of the fleet, such as {LEAST}")
    lacks = input_shortfall(ds)
    known = lacks.notnull().all("input")
    worst = lacks.fillna(0.0).argmax("input")
    binds = lacks.fillna(0.0).max("input") >= least
    which = xr.where(binds, worst, len(INPUTS))
    labels = xr.DataArray(np.arange(len(INPUTS) + 1), dims="input", coords={"input": [*INPUTS, NONE]})
    binding: xr.DataArray = (which == labels).where(known).transpose("arm", "replication", "cloud", "input", "quarter")
    return binding.rename("binding").assign_attrs(units="1", long_name="whether an input binds a cloud", least=least)


@points.tabled
def binding_inputs(ds: xr.Dataset, least: float = LEAST, level: float = 0.9) -> pd.DataFrame:
    """The input that binds each cloud in each quarter, its size, and in how many futures it does.

    Args: ``least`` as in :func:`input_binds`; ``level`` of the interval.
    Returns: DataFrame, a row per arm, cloud and quarter: ``input`` that binds in most futures (or ``none``), ``short`` what
        is lacked of it over the fleet, mean of those futures; ``futures`` their share, ``futures_low`` and
        ``futures_high`` its Clopper-Pearson interval; then the share of futures of each input. Quarters in which the
        cloud reviews nothing, as before it enters, have no row.
    Raises: as :func:`input_binds`; ValueError for a level outside (0, 1).
    Example:
        >>> import rackrate as rr
        >>> binding_inputs(rr.run("toy-10")).empty  # its clouds do not invest
        True
    """
    check_level(level)
    binding = input_binds(ds, least)
    shortfall = input_shortfall(ds)
    columns = ["arm", "cloud", "quarter", "input", "short", "futures", "futures_low", "futures_high", *INPUTS, NONE]
    return Table(list(_rows(binding, shortfall, level)), columns=columns)


def _rows(binding: xr.DataArray, shortfall: xr.DataArray, level: float) -> Iterator[list[object]]:
    names = [str(i) for i in binding["input"].values]
    for a, arm in enumerate(binding["arm"].values):
        for c, cloud in enumerate(binding["cloud"].values):
            for t, quarter in enumerate(binding["quarter"].values):
                binds = binding.values[a, :, c, :, t]  # (replication, input)
                known = ~np.isnan(binds).any(axis=1)
                if not known.any():
                    continue
                binds = binds[known]
                shares = binds.mean(axis=0)
                best = int(shares.argmax())
                low, high = proportion(binds[:, best] > 0, level)
                lacked = 0.0
                if names[best] != NONE:
                    lacked = float(shortfall.values[a, known, c, best, t][binds[:, best] > 0].mean())
                yield [str(arm), str(cloud), str(quarter), names[best], lacked, float(shares[best]), low, high, *shares]


@points.spread
def input_concentration(ds: xr.Dataset) -> xr.Dataset:
    """How concentrated each input is by calendar year: the share of the four largest, and the Herfindahl-Hirschman index.

    ========== ===============================================================================
    market     shares of
    ========== ===============================================================================
    chips      what clouds pay for chips
    power      powered compute of clouds, mean of the year
    sites      facility power of the sites that clouds start
    capital    what clouds spend on chips, shells and power
    makers     revenue of firms that make chips and own no cloud: who makes its own sells none
    ========== ===============================================================================

    Shape: Dataset with ``cr4`` and ``hhi`` over (market, arm, replication, year).
    Units: 1; HHI points, 0 to 10,000. Missing in a year in which nothing is bought, and without such a maker.
    Raises: KeyError without ``capital_chips``, ``powered``, ``sites_started`` or ``revenue``.
    Source: CR4 and HHI = sum of (100 s)^2, as in the merger guidelines of 2023.
    Example:
        >>> input_concentration(st)["hhi"].sel(market="chips").mean("replication")  # doctest: +SKIP
    """
    ds = study_data.run_only(study_data.finished(ds))
    chips, shells, power = (study_data.variable(ds, name) for name in _CAPITAL)
    markets = {
        "chips": chips,
        "power": study_data.variable(ds, "powered").sum("region"),
        "sites": study_data.variable(ds, "sites_started"),
        "capital": chips + shells + power,
    }
    measured = {name: _concentration(values.rename({"cloud": "who"})) for name, values in markets.items()}
    measured["makers"] = _concentration(_sales_of_makers(ds).rename({"firm": "who"}))
    found: xr.Dataset = xr.concat(measured.values(), pd.Index(list(measured), name="market"))
    found["hhi"].attrs["units"], found["cr4"].attrs["units"] = "HHI points", "1"
    return found.transpose("market", "arm", "replication", "year")


def makers(ds: xr.Dataset, arm: str) -> list[str]:
    """Firms of a scenario that make chips and own no cloud."""
    scenario = scenario_text.tree(ds, arm)
    owners = {str(scenario_text.plain(c.get("firm"))) for c in scenario.get("clouds", {}).values()}
    vendors = [v for v in scenario.get("supply", {}).values() if isinstance(v, dict)]
    return sorted({str(scenario_text.plain(v.get("firm"))) for v in vendors} - owners)


def _sales_of_makers(ds: xr.Dataset) -> xr.DataArray:
    """Revenue of the makers of each arm, all layers; missing for other firms."""
    revenue = study_data.variable(ds, "revenue").sum("layer")
    sells = [[str(f) in makers(ds, arm) for f in ds["firm"].values] for arm in study_data.arms(ds)]
    return revenue.where(xr.DataArray(sells, dims=("arm", "firm"), coords={"arm": ds["arm"], "firm": ds["firm"]}))


def _concentration(values: xr.DataArray) -> xr.Dataset:
    bought = yearly(values.astype(float).fillna(0.0)).clip(min=0.0)
    total = bought.sum("who")
    shares = (bought / total.where(total > 0)).transpose("arm", "replication", "year", "who")
    largest = np.sort(shares.values, axis=-1)[..., -4:].sum(axis=-1)  # missing years stay missing
    return xr.Dataset({"cr4": (shares.dims[:-1], largest), "hhi": service.hhi(shares, "who").where(total > 0)})
