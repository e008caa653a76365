"""The page on validation: what it compares, how it counts, and that nothing that is off stands there unexplained."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
import xarray as xr

import rackrate as rr
from rackrate.analysis import record, validation
from rackrate.drawn import request
from rackrate.two_level import collect_two_level


@pytest.fixture(scope="module")
def history():
    return rr.run(rr.Scenario.load("history-2023").override({"run.enterprises": 1000}), replications=3)


@pytest.fixture(scope="module")
def flagship():
    scenario = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 1000})
    return rr.run(scenario, replications=2, until="2025-10-01")


def point(**changes):
    """A point of the record with some of its keys replaced."""
    return dataclasses.replace(next(p for p in record.points() if p.measure == "capex"), **changes)


def monthly(values, name, **coords):
    time = np.array([f"2023-{m + 1:02d}-01" for m in range(len(values))], dtype="datetime64[ns]")
    array = xr.DataArray([values], dims=["replication", "time"], coords={"time": time}, name=name)
    for dim, label in coords.items():
        array = array.expand_dims({dim: [label]})
    return array


# ---- how it measures


def test_a_flow_is_the_sum_of_its_months():
    ds = xr.Dataset({"capex": monthly([1e9, 2e9, 4e9, 8e9], "capex", firm="oracle")})
    fiscal = point(entity="oracle", begin=dt.date(2023, 2, 1), date=dt.date(2023, 4, 30))
    assert record.MEASURES["capex"](ds, fiscal).item() == pytest.approx(14.0)


def test_a_stock_is_read_at_the_end_of_its_month():
    # Means of 100 and 121 in two months: growth 1.21 a month, half a month of it is 1.1.
    ds = xr.Dataset({"capacity": monthly([100e3, 121e3], "capacity", cloud="aws", region="us")})
    at_end = point(entity="aws", measure="fleet", date=dt.date(2023, 2, 28))
    assert record.MEASURES["fleet"](ds, at_end).item() == pytest.approx(133.1)
    first = point(entity="aws", measure="fleet", date=dt.date(2023, 1, 31))
    assert record.MEASURES["fleet"](ds, first).item() == pytest.approx(100.0)


def test_a_stock_that_begins_at_nothing_is_read_as_its_month():
    ds = xr.Dataset({"capacity": monthly([0.0, 7e3], "capacity", cloud="aws", region="us")})
    at_end = point(entity="aws", measure="fleet", date=dt.date(2023, 2, 28))
    assert record.MEASURES["fleet"](ds, at_end).item() == pytest.approx(7.0)


def test_what_a_firm_pays_itself_is_no_revenue():
    revenue = monthly([5e9] * 3, "revenue", firm="google", layer="infrastructure")
    ds = xr.Dataset({"revenue": revenue, "internal_revenue": revenue * 0.4})
    quarter = point(entity="google", measure="cloud_revenue", begin=dt.date(2023, 1, 1), date=dt.date(2023, 3, 31))
    assert record.MEASURES["cloud_revenue"](ds, quarter).item() == pytest.approx(9.0)


def test_what_is_paid_outside_is_what_the_rest_of_the_world_pays():
    paid = xr.concat(
        [
            monthly([1e9], "payment", payer="microsoft", payee="nvidia"),
            monthly([0.6e9], "payment", payer="rest_of_world", payee="nvidia"),
        ],
        "payer",
    )
    month = point(entity="nvidia", measure="vendor_revenue", begin=dt.date(2023, 1, 1), date=dt.date(2023, 1, 31))
    assert validation.paid_outside(xr.Dataset({"payment": paid}), month).item() == pytest.approx(0.6)


# ---- how it counts


def compared(value, low, high, median=None, range_=(None, None)):
    return record.Comparison(
        point(value=value, low=range_[0], high=range_[1]), (low + high) / 2 if median is None else median, low, high
    )


def test_coverage_counts_what_lies_in_the_band():
    found = [
        compared(10, 9, 11),  # in the band
        compared(12, 9, 11),  # outside, ratio .83
        compared(12, 9, 11, range_=(10.5, 14)),  # outside, its own range reaches in
        compared(20, 9, 11),  # outside, ratio .5
    ]
    here = record.coverage(found)
    assert (here.compared, here.in_band, here.meets, here.within) == (4, 1, 2, 3)
    assert here.share(here.in_band) == 0.25
    assert np.isnan(record.coverage([]).share(0))


def test_a_band_is_the_fifth_to_the_ninety_fifth_percentile():
    values = monthly([0.0] * 3, "capex", firm="oracle").isel(replication=0, drop=True)
    spread = xr.DataArray(np.arange(101.0) * 1e9, dims="replication")
    one = xr.Dataset({"capex": values + spread / 3})
    quarter = point(entity="oracle", begin=dt.date(2023, 1, 1), date=dt.date(2023, 3, 31))
    found = record.compare(one, [quarter])[0]
    assert (found.low, found.median, found.high) == pytest.approx((5.0, 50.0, 95.0))


def test_a_point_of_months_that_were_not_run_is_not_compared():
    one = xr.Dataset({"capex": monthly([1e9] * 3, "capex", firm="oracle")})
    late = point(entity="oracle", begin=dt.date(2023, 3, 1), date=dt.date(2023, 5, 31))
    assert record.compare(one, [late]) == []


# ---- the page


def test_every_measured_point_is_compared(history):
    found = record.compare(record.one_arm(history))
    assert len(found) == sum(bool(p.measure) for p in record.points())
    assert all(np.isfinite([c.median, c.low, c.high]).all() for c in found)


def test_what_is_outside_the_factor_is_explained(history, flagship):
    off = [c for c in record.compare(record.one_arm(history)) if not c.within]
    first = [c for c in validation.first_day(record.one_arm(flagship)) if not c.within]
    assert {(c.point.series, c.point.entity) for c in off if not validation.explanation(c)} == set()
    assert {(c.point.series, c.point.entity) for c in first if not validation.explanation(c, True)} == set()


def test_the_page_shows_every_series_by_quarter_and_the_first_day(history, flagship):
    text = validation.page(flagship, history)
    assert "not explained" not in text
    by_quarter, first_day = text.split("## The flagship's first day")
    for series in dict.fromkeys(p.series for p in record.points() if p.measure):
        assert f"### {series[0].upper()}{series[1:]}" in by_quarter
    for word in (
        "revenue of NVIDIA",
        "capital spending",
        "backlog",
        "fleet",
        "price of an H100 hour",
        "utilisation",
        "unserved",
    ):
        assert word in first_day, word
    quarters = [name for name, _ in validation.quarters(record.one_arm(history))]
    assert quarters[0] == "2023Q1" and quarters[-1] == "2025Q2" and len(quarters) == 10
    assert all(f"| {name} | " in by_quarter for name in quarters)


def test_the_coverage_on_the_page_is_that_of_its_rows(history, flagship):
    text = validation.page(flagship, history)
    rows = [
        line.split(" | ")
        for line in text.split("## The flagship's first day")[0].splitlines()
        if line.count(" | ") == 10
    ]
    total = next(line for line in text.splitlines() if line.startswith("| **all** |")).split(" | ")
    for cell, column in ((3, 7), (4, 9)):  # futures alone, and with what is not known
        answers = [row[column] for row in rows if row[column] in ("yes", "no")]
        assert int(total[2]) == len(answers)
        assert total[cell].startswith(f"{answers.count('yes')} (")


def test_bands_with_drawn_ranges_stand_beside_those_of_futures_alone(history, flagship):
    scenario = rr.Scenario.load("history-2023").override({"run.enterprises": 200})
    drawn = collect_two_level(request(scenario, points=3), threads=2)
    assert drawn.sizes["point"] == 3 and drawn.sizes["replication"] == 1
    wide = record.compare(record.one_arm(drawn))
    narrow = record.compare(record.one_arm(history))
    assert [c.point for c in wide] == [c.point for c in narrow]
    spread = [np.log(c.high / c.low) for c in wide if c.point.series == "fleet"]
    assert np.median(spread) > np.median([np.log(c.high / c.low) for c in narrow if c.point.series == "fleet"])
    assert "3 draws, one future each" in validation.page(flagship, history, drawn)


def test_the_first_day_is_that_after_the_record(history):
    with pytest.raises(ValueError, match="starts on 2023-01-01"):
        validation.first_day(record.one_arm(history))


def test_a_scarcer_supply_shows_on_the_page(history):
    """The comparison is not blind: without NVIDIA's chips its revenue falls to what was in transit."""
    none = rr.Scenario.load("history-2023").override(
        {"run.enterprises": 200, "supply.nvidia.h100.units_per_month": 0, "supply.nvidia.a100.units_per_month": 0}
    )
    starved = record.compare(record.one_arm(rr.run(none, replications=1, until="2024-01-01")))
    usual = {(c.point.series, c.point.entity, c.point.quarter): c for c in record.compare(record.one_arm(history))}
    late = next(c for c in starved if c.point.measure == "vendor_revenue" and c.point.quarter == "2023Q3")
    assert late.median < 0.1 * usual[late.point.series, late.point.entity, late.point.quarter].median


# ---- the flagship as a whole


@pytest.fixture(scope="module")
def whole():
    return rr.run("openai-azure-amended", replications=2)


@pytest.mark.slow
def test_one_pool_is_tight_and_one_is_slack(whole):
    shares = [share for _, share in validation.tightness(whole)]
    assert any(0.05 <= share <= 0.8 for share in shares)
    assert min(shares) < 0.15


@pytest.mark.slow
def test_no_series_grows_exponentially_over_the_whole_horizon(whole):
    total = {
        "capacity": whole["capacity"].sum(["cloud", "region"]),
        "users": whole["users"].sel(lab="openai"),
        "seats": whole["seats"],
        "placed units": whole["placed_units"].sum("segment"),
    }
    for name, series in total.items():
        path = np.log(series.isel(arm=0).mean("replication").values)
        first, last = path[13] - path[1], path[-1] - path[-13]
        assert last < 0.8 * first, name
