"""A firm with a model, a fleet and products of its own as one firm: by hand, and by its payments with others."""

import numpy as np
import pytest

import rackrate as rr
from rackrate import analysis as an

#: Goo has a fleet (1,000 H100e), a lab (100), products (200, which bring 1.5 $), and an application with a model of oai's (4 H100e,
#: 1.2 M$ a day). Oai rents 120 H100e of it at 2 $, customers 50 at the list of 2 $. Far hosts 30 of goo's lab.
INTEGRATED = """
title = "One integrated firm"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2026-02-01
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.goo]
[firms.far]
[firms.oai]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "1461 $"
life = "4 y"
[clouds.cumulus]
firm = "goo"
invests = false
price = "2 $/H100e-h"
energy_price = "50 $/MWh"
opex = "876.6 $/kW-y"
base_revenue = "365.25 M$/y"
base_margin = 0.25
[clouds.cumulus.own_use]
compute = "200 H100e"
income = "1.5 $/H100e-h"
growth = "0 %/y"
price_elasticity = 0
[clouds.cumulus.customers]
compute = "50 H100e"
[clouds.cumulus.regions.one]
share = 1
[clouds.cumulus.regions.one.fleet]
h100 = 1000
[clouds.far]
firm = "far"
invests = false
price = "3 $/H100e-h"
[clouds.far.regions.one]
share = 1
[clouds.far.regions.one.fleet]
h100 = 100
[channels.direct]
[channels.suite]
firm = "goo"
[labs.gem]
firm = "goo"
[labs.gem.streams.app]
product = "consumer"
compute = "100 H100e"
price = "5 $/H100e-h"
efficiency_applies = false
[labs.gem.streams.train]
product = "training"
compute = "30 H100e"
price = "0 $/H100e-h"
efficiency_applies = false
[labs.gem.routes.cumulus]
[labs.gem.routes.far]
[labs.oai]
firm = "oai"
[labs.oai.streams.app]
product = "consumer"
compute = "120 H100e"
price = "6 $/H100e-h"
efficiency_applies = false
[labs.oai.routes.cumulus]
[applications.suite]
firm = "goo"
lab = "oai"
seats = 1000000
installed_base = 1000000
ceiling_share = 1
channel = "suite"
revenue_per_seat = "36.525 $/mo"
compute_per_million_seats = "4 H100e/M"
[prices]
rule = "frozen"
[clearing]
rho_max = 1
latency = "0 $/H100e-h"
[contracts.goo]
parties = ["goo", "oai", "far"]
[contracts.goo.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.goo.versions.first.clauses]
own = { kind = "grant", role = "HOST", grantee = "cumulus", scope = { labs = ["gem"] } }
elsewhere = { kind = "grant", role = "TRAIN", grantee = "far", scope = { labs = ["gem"] } }
rented = { kind = "grant", role = "HOST", grantee = "cumulus", scope = { labs = ["oai"] } }
licence = { kind = "licence", holder = "suite", scope = { labs = ["oai"] } }
"""
HOURS = 31 * 24
INSIDE_HOURS = 24 * (300 + 30 * 304)  # seats run from the second day on


@pytest.fixture(scope="module")
def study():
    return rr.run(rr.Scenario.parse(INTEGRATED, "integrated.toml"), progress=False)


@pytest.fixture(scope="module")
def goo(study):
    return an.integrated(study, "goo").squeeze()


def test_the_fleet_is_split_by_who_uses_it(goo):
    uses = goo["compute"].to_series().to_dict()
    assert uses == pytest.approx(
        {
            "own lab": 100,
            "own products": 200,
            "models it sells": 4 * 30 / 31,
            "labs that rent": 120,
            "customers that rent": 50,
        }
    )
    assert float(goo["bought"]) == pytest.approx(30)
    assert float(goo["rented"]) == pytest.approx(170 / (470 + 4 * 30 / 31))


def test_what_others_pay_is_worked_by_hand(goo):
    sales = HOURS * (120 * 2 + 50 * 2)
    other = 31e6
    whole = HOURS * (100 * 5 + 200 * 1.5) + 31 * 1.2e6 + sales + other
    assert float(goo["compute_sales"]) == pytest.approx(sales)
    assert float(goo["other_revenue"]) == pytest.approx(other)
    assert float(goo["revenue"]) == pytest.approx(whole)
    assert float(goo["list_price"]) == pytest.approx(2.0)


def test_transfers_cancel_and_the_parts_sum_to_the_whole(study, goo):
    paid = study["payment"].squeeze("arm").squeeze("replication").sum("time")
    others = [p for p in paid["payer"].values if p != "goo"]
    received = float(paid.sel(payer=others, payee="goo").sum())
    spent = float(paid.sel(payer="goo", payee=others).sum())
    worn = float((study["value_added"] - study["gross_profit"]).squeeze().sel(firm="goo").sum())
    assert float(goo["revenue"]) == pytest.approx(received)
    assert float(goo["cost"]) == pytest.approx(spent + worn)
    assert float(goo["margin"]) == pytest.approx(received - spent - worn)
    assert float(goo["part_margin"].sum()) == pytest.approx(float(goo["margin"]))
    assert float(goo["part_revenue"].sum()) == pytest.approx(float(goo["revenue"] + goo["inside"]))
    # Own compute is all that is paid inside here.
    assert float(goo["inside"]) == pytest.approx(float(goo["transfer_price"]) * INSIDE_HOURS)
    assert float(goo["inside"]) == pytest.approx(float(paid.sel(payer="goo", payee="goo")))


def test_layers_pay_the_same_price_for_own_compute(goo):
    # The model layer's margin gives the price summed over days, what is paid inside the first day's; the rest must fit.
    prices = (HOURS * (100 * 5 - 30 * 3) - float(goo["part_margin"].sel(layer="model"))) / (24 * 100)
    first = prices - (float(goo["inside"]) / 24 - 300 * prices) / 4
    assert 31 * 0.15 < prices < 31 and 0.15 < first < 1  # energy and operations alone are .15 $
    application = HOURS * 200 * 1.5 + 31 * 1.2e6 - 24 * (200 * prices + 4 * (prices - first))
    assert float(goo["part_margin"].sel(layer="application")) == pytest.approx(application)


def test_the_table_says_the_same(study, goo):
    row = an.integrated_table(study, "goo").iloc[0]
    assert row["year"] == 2026
    assert row["margin"] == row["margin_low"] == pytest.approx(float(goo["margin"]) / 1e9)
    assert row["labs that rent"] == pytest.approx(120e-6)


def test_firms_that_are_none_or_have_no_cloud_are_answered_with_the_nearest(study):
    with pytest.raises(KeyError, match=r"no firm 'gooo'.*Did you mean 'goo'"):
        an.integrated(study, "gooo")
    with pytest.raises(KeyError, match="its firm is 'goo'"):
        an.integrated(study, "cumulus")
    with pytest.raises(KeyError, match="no firm with a cloud 'oai'; it has far, goo"):
        an.integrated(study, "oai")


def test_books_that_do_not_cancel_are_refused(study):
    wrong = study.copy(deep=True)
    wrong["payment"].loc[{"payer": "oai", "payee": "goo"}] += 1e6
    with pytest.raises(ValueError, match=r"pays itself in 2026 is 1,000,000 \$ more on one side"):
        an.integrated(wrong, "goo")


def test_every_firm_with_a_cloud_cancels_in_a_market_with_channels_and_shares():
    flagship = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 200})
    ds = rr.run(flagship, replications=1, until="2025-08-01", progress=False)
    for firm in ("microsoft", "amazon", "google", "oracle", "coreweave", "meta"):
        found = an.integrated(ds, firm)
        assert float(found["margin"].squeeze()) == pytest.approx(float((found["revenue"] - found["cost"]).squeeze()))
        assert float(found["part_margin"].sum()) == pytest.approx(float(found["margin"].sum()))
        assert bool((found["compute"] >= 0).all()) and 0 <= float(found["rented"].squeeze()) <= 1
        assert np.isfinite(float(found["transfer_price"].squeeze())) == (firm != "coreweave"), (
            firm
        )  # it hosts for others alone


def test_the_answer_compares_two_worlds_by_hand():
    # In the other world customers want 20 H100e less at 2 $; the fleet costs the same.
    busy = rr.Scenario.parse(INTEGRATED, "integrated.toml")
    arms = {"busy": busy, "calm": busy.override({"clouds.cumulus.customers.compute": "30 H100e"}, name="calm")}
    ds = rr.compare(arms, baseline="busy", replications=2, progress=False)
    found = an.answer(ds, "integrated", arm="calm", baseline="busy")
    assert "goo earns 29.6 k$ more as one firm" in found.sentence  # 29,760 $, discounted
    assert found.tables["by year"].set_index("year").loc["2026", "mean"] == pytest.approx(HOURS * 20 * 2 / 1e9)
    layers = found.tables["by layer"].set_index("layer")["mean"]
    assert layers["infrastructure"] == pytest.approx(layers.sum()) and layers.sum() > 0
    fleet = found.tables["fleet"].set_index("use")
    assert fleet.loc["customers that rent", "mean"] == pytest.approx(20e-6)
    assert fleet["calm"].sum() == pytest.approx((450 + 4 * 30 / 31) / 1e6)
    assert an.figure.svg(found.picture(), "integrated").startswith("<svg")
    with pytest.raises(KeyError, match="no firm with a cloud 'oai'"):
        an.answer(ds, "integrated", arm="calm", baseline="busy", firm="oai")
