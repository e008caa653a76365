"""The split of a lab's compute over hosts: the surcharge of concentration, and what it alone would make."""

import numpy as np
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an

#: One lab wants 700 H100e of near (1,000 at 1 $) and far (500 at 1.1 $). Steps reach to .3, .5333, .7667 and 1 of a supplier and
#: add .1167, .35 and .5833 of its price: 700 = 300 (near) + 150 (far) + 234 (near) + 16 (far).
TWO_HOSTS = """
title = "Two hosts"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2026-04-01
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.near]
[firms.far]
[firms.lab]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "0 $"
[clouds.near]
firm = "near"
invests = false
price = "1 $/H100e-h"
[clouds.near.regions.one]
share = 1
[clouds.near.regions.one.fleet]
h100 = 1000
[clouds.far]
firm = "far"
invests = false
price = "1.1 $/H100e-h"
[clouds.far.regions.one]
share = 1
[clouds.far.regions.one.fleet]
h100 = 500
[channels.direct]
[labs.lab]
firm = "lab"
[labs.lab.streams.app]
product = "consumer"
compute = "700 H100e"
price = "6 $/H100e-h"
efficiency_applies = false
[labs.lab.routes.near]
[labs.lab.routes.far]
[prices]
rule = "frozen"
[clearing]
rho_max = 1
latency = "0 $/H100e-h"
[hosting]
spread_free = "30 %"
spread_premium = 1
spread_power = 1
[contracts.hosting]
parties = ["lab", "near", "far"]
[contracts.hosting.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.hosting.versions.first.clauses]
near = { kind = "grant", role = ["HOST", "TRAIN"], grantee = "near", scope = { labs = ["lab"] } }
far = { kind = "grant", role = ["HOST", "TRAIN"], grantee = "far", scope = { labs = ["lab"] } }
"""
COMMITMENT = """
[contracts.hosting.versions.first.clauses.commitment]
kind = "commit"
payer = "lab"
payee = "near"
amount = "100 M$"
from = 2026-01-01
until = 2026-04-01
"""


@pytest.fixture(scope="module")
def study():
    text = {"free": TWO_HOSTS, "committed": TWO_HOSTS + COMMITMENT}
    arms = {name: rr.Scenario.parse(text[name], f"{name}.toml") for name in text}
    return rr.compare(arms, baseline="free", replications=1, progress=False)


def at(found, name, arm, host):
    return float(found[name].sel(arm=arm, host=host, lab="lab", year=2026).squeeze())


def test_the_surcharge_is_recorded_by_month_as_worked_by_hand(study):
    one = study.sel(arm="free", lab="lab").squeeze()
    for host, mean, dearest, price in (
        ("near", 234 * 0.1167 / 534, 0.1167, 1.0),
        ("far", 16 * 0.1283 / 166, 0.1283, 1.1),
    ):
        assert one["hosting_surcharge"].sel(host=host).values == pytest.approx(np.full(3, mean), rel=1e-6)
        assert one["surcharge_dearest"].sel(host=host).values == pytest.approx(np.full(3, dearest), rel=1e-6)
        assert one["routing_price"].sel(host=host).values == pytest.approx(np.full(3, price), rel=1e-6)
    assert not one["compute_inside"].any()


def test_where_nothing_else_holds_the_split_is_the_one_that_fills_the_steps(study):
    found = an.splits(study)
    assert at(found, "compute", "free", "near") == 534
    assert at(found, "optimal", "free", "near") == pytest.approx((300 + 700 / 3) / 700)
    assert float(found["apart"].sel(arm="free").squeeze()) < 0.001  # steps end at whole H100e
    assert at(found, "surcharge", "free", "near") == pytest.approx(234 * 0.1167 / 534, rel=1e-6)


def test_a_commitment_holds_the_split_from_it_and_raises_the_surcharge(study):
    # Near is free from the second day on, when the first has been cleared: all of its steps but the last are then cheaper than
    # far's first. 700 = 300 + 234 + 166 of the third step, .35.
    found = an.splits(study)
    near, days = 89 * 700 + 534, 90
    added = 89 * (234 * 0.1167 + 166 * 0.35) + 234 * 0.1167
    assert at(found, "compute", "committed", "near") == pytest.approx(near / days)
    assert at(found, "surcharge", "committed", "near") == pytest.approx(added / near, rel=1e-6)
    assert at(found, "dearest", "committed", "near") == pytest.approx((89 * 700 * 0.35 + 534 * 0.1167) / near, rel=1e-6)
    assert at(found, "optimal", "committed", "near") == pytest.approx(at(found, "optimal", "free", "near"))
    apart = near / days / 700 - (300 + 700 / 3) / 700
    assert float(found["apart"].sel(arm="committed").squeeze()) == pytest.approx(apart)
    table = an.split_table(study, "lab", arm="committed").set_index("host")
    assert list(table.index) == ["far", "near"]
    assert table.loc["near", "share"] == table.loc["near", "share_high"] == pytest.approx(near / days / 700)
    assert table["apart"].tolist() == [pytest.approx(apart)] * 2


def test_a_surcharge_lies_between_nothing_and_that_of_the_last_step(study):
    found = an.splits(study)
    last = found["price"] * 7 / 12  # the middle of .7667 and 1 lies .5833 beyond .3
    assert bool(((found["surcharge"] >= 0) | found["surcharge"].isnull()).all())
    assert not bool((found["surcharge"] > found["dearest"] + 1e-9).any())
    assert not bool((found["dearest"] > last + 1e-6).any())


def brute_force(load, prices, sizes, owned, free, premium, power):
    """Unit by unit to the supplier whose next unit is cheapest, counted on the steps by another route."""
    taken = [0] * len(prices)
    for _ in range(int(load)):
        best = None
        for h, (price, size) in enumerate(zip(prices, sizes, strict=True)):
            if taken[h] >= size:
                continue
            share = (taken[h] + 0.5) / size
            step = 0 if owned[h] or share < free else int((share - free) / (1 - free) * 3) + 1
            cost = price * (1 + premium * ((step - 0.5) / 3 * (1 - free)) ** power) if step else price
            if best is None or cost < best[0]:
                best = (cost, h)
        if best is None:
            break
        taken[best[1]] += 1
    return taken


def test_water_fills_as_units_that_go_where_the_next_is_cheapest():
    rng = np.random.default_rng(3)
    for _ in range(40):
        n = int(rng.integers(1, 5))
        prices, sizes, owned = rng.uniform(0.5, 2, n), 30 * rng.integers(1, 9, n), rng.random(n) < 0.2
        load, shape = int(rng.integers(1, 600)), (0.3, rng.uniform(0, 3), rng.uniform(1, 3))
        found = an.water_filled(load, prices, sizes, owned, *shape)
        assert np.abs(found - brute_force(load, prices, sizes, owned, *shape)).max() <= 1
        assert found.sum() == pytest.approx(min(load, sizes.sum()))


def test_a_supplier_without_a_price_or_a_pool_takes_nothing():
    found = an.water_filled(
        [10.0, 10.0], [[np.nan, 1.0], [1.0, 2.0]], [[50, 5], [np.nan, 50]], [False, False], 0.3, 1, 2
    )
    assert found == pytest.approx(np.array([[0.0, 5.0], [0.0, 10.0]]))


def test_names_that_are_not_there_are_answered_with_the_nearest(study):
    with pytest.raises(KeyError, match=r"no lab 'labb'.*Did you mean 'lab'"):
        an.split_table(study, "labb")
    with pytest.raises(KeyError, match="did not record 'hosting_surcharge'"):
        an.splits(study.drop_vars("hosting_surcharge"))


def test_studies_side_by_side_have_a_split_each(study):
    both = an.splits(xr.concat([study, study], "market"))
    assert both["apart"].dims == ("market", "arm", "replication", "lab", "year")


def test_a_study_that_draws_the_steps_has_surcharges_and_no_optimum():
    text = TWO_HOSTS.replace("spread_premium = 1\n", "spread_premium = { value = 1, low = 0.5, high = 2 }\n")
    drawn = rr.compare({"one": rr.Scenario.parse(text, "one.toml")}, points=2, replications=1, progress=False)
    found = an.splits(drawn)
    assert float(found["surcharge"].min()) > 0
    assert bool(found["optimal"].isnull().all()) and bool(found["apart"].isnull().all())
