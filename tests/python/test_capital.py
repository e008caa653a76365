"""One capital budget per cloud: chips, shells and power share it, in every run; what a scenario may say about it."""

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr
from rackrate import analysis as an
from rackrate.analysis import rows

SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in ("toy-10", "base-2025"))
SPENT = ("capital_chips", "capital_shells", "capital_power")


def load(name, **values):
    return rr.Scenario.load(str(FOLDER / f"{name}.toml")).override({"run.enterprises": 50, **values}, name=name)


def spent(ds):
    return sum(ds[name] for name in SPENT)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_plan_of_any_cloud_exceeds_its_budget_in_200_futures(name):
    """Every review of a run checks its own plan and ends the run if it exceeds the budget. From outside: spending since the
    start and what is committed at its end stay within all budgets since the start, the one year's budget ahead into
    which orders may reach, and what had been ordered before."""
    ds = rr.run(load(name), replications=200, seed=3, progress=False)
    assert np.isfinite(spent(ds).values).all()
    check_totals(ds)
    check_reasons(ds)


def check_reasons(ds):
    """A year spends beyond its budget only what was ordered before the start, came late from the year before, came early, or
    cost more than planned since a review of the year."""
    one = ds.isel(arm=0)
    beyond = rows.beyond_budget(one) - rows.reasons_beyond_budget(one).to_dataarray("reason").sum("reason")
    assert float(beyond.max()) <= 0.001e9  # orders are rounded to whole units and kilowatts


def check_totals(ds):
    budget = ds["capital_budget"].cumsum("time")
    paid = spent(ds).cumsum("time")
    first = ds["capital_committed"].isel(time=0) + spent(ds).isel(time=0)
    # Only deliveries that come before their mean lead move a payment to an earlier quarter: two quarters' budgets.
    ahead = ds["capital_budget"].rolling(time=6, min_periods=1).sum().fillna(0.0)  # months after `until` are missing
    assert (paid <= budget + first + ahead + 1.0).all()


def test_spending_stays_within_the_budget_in_the_flagship():
    for_ai_alone = load("openai-azure-amended").override({"clouds.azure.other.capex": "0 $/y"})
    ds = rr.run(for_ai_alone, replications=3, seed=3, until="2028-01-02", progress=False)
    check_totals(ds)
    check_reasons(ds.sel(time=slice(None, "2027-12-31")))  # whole quarters: a plan fills one to its end
    assert (spent(ds).sel(time=slice(None, "2027-12-31")) >= 0).all()
    assert float(ds["capital_shells"].sum()) > 0
    assert float(ds["capital_power"].sum()) > 0
    # The books hold the whole fleet. A payment is booked in the window after it: those of 2027 by 2 January 2028.
    paid = float(spent(ds).sel(cloud="azure", time=slice(None, "2027-12-31")).sum())
    assert float(ds["capex"].sel(firm="microsoft").sum()) == pytest.approx(paid, rel=1e-9)


def test_a_smaller_budget_buys_less_and_says_so():
    small = {"clouds.azure.capex": "5 B$/y", "clouds.azure.capex_growth": "0 %/y"}
    arms = {"usual": load("openai-azure-amended"), "small": load("openai-azure-amended", **small)}
    ds = rr.compare(arms, fixed_parameters=True, replications=2, seed=3, until="2028-01-01", progress=False)
    paid = spent(ds).sel(cloud="azure").sum("time")
    assert (paid.sel(arm="small") < paid.sel(arm="usual")).all()
    assert (ds["capital_refused"].sel(arm="small", cloud="azure").sum("time") > 0).all()
    late = ds["capital_budget"].sel(arm="small", cloud="azure", time="2027-06-01")
    assert np.allclose(late, 5e9 * 30 / 365.25)
    binds = an.input_binds(ds).sel(cloud="azure", input="capital", quarter=["2026Q2", "2026Q4", "2027Q2"])
    assert (binds.sel(arm="small") == 1).all()
    lacks = ds["input_short"].transpose("arm", "replication", "cloud", "time", "input")
    known = lacks.notnull().all("input")
    assert known.any("time").all() and (lacks.isnull().all("input") | known).all()
    assert (lacks.fillna(0.0) >= 0).all()
    refused = ds["capital_refused"].sel(arm="small", cloud="azure") > 0
    assert (
        (lacks.sel(arm="small", cloud="azure", input=["capital", "site_capital"]).max("input") > 0)
        .where(refused, True)
        .all()
    )


@pytest.mark.parametrize("rule", ["naive", "npv"])
def test_other_rules_run(rule):
    ds = rr.run(load("openai-azure-amended", **{"clouds.azure.forecast": rule}), replications=1, seed=3, progress=False)
    assert float(spent(ds).sel(cloud="azure").sum()) > 0


def test_a_known_path_of_demand_is_followed():
    text = """extends = "toy-10"
title = "known demand"
[clouds.aws]
forecast = "perfect"
[clouds.aws.capital.known_demand.begin]
date = 2026-01-01
compute = "100 H100e"
"""
    assert rr.Scenario.parse(text).get("clouds.aws.forecast") == "perfect"


@pytest.mark.parametrize(
    "path, value, words",
    [
        ("clouds.azure.capital.adjustment", 0, "adjustment is 0"),
        ("clouds.azure.capital.adjustment", 1.5, "adjustment is 1.5"),
        ("clouds.azure.capital.cash_share", -0.1, "cash_share is -0.1"),
        ("clouds.azure.capital.debt_limit", "-1 B$", 'debt_limit is "-1 B$"'),
        ("clouds.azure.capital.shell_share", 1.2, "shell_share is 1.2"),
        ("clouds.azure.capital.review_interval", "1 d", 'review_interval is "1 d"'),
        ("clouds.azure.regions.us.build_limit", "-5 MW/y", 'build_limit is "-5 MW/y"'),
        ("clouds.azure.regions.us.build_limit", "5 MW", 'build_limit is "5 MW"'),
        ("clouds.azure.capex", "-1 B$/y", 'capex is "-1 B$/y"'),
        ("clouds.azure.forecast", "npvs", "npv"),
        ("clouds.azure.forecast", "perfect", "known_demand"),
        ("clouds.coreweave.capital.guidance.2025h2.until", "2025-07-01", "from"),
    ],
)
def test_what_a_capital_key_may_not_be(path, value, words):
    with pytest.raises(rr.ScenarioError) as caught:
        load("openai-azure-amended", **{path: value})
    assert path in str(caught.value)
    assert words in str(caught.value)


def test_sales_of_chips_do_not_collapse_after_the_first_quarter():
    """Nothing public by mid 2025 announced it: what owners had on order is followed by what they order then."""
    ds = rr.run(load("openai-azure-amended"), replications=3, seed=3, until="2026-10-01", progress=False)
    sold = ds["revenue"].sel(firm="nvidia").sum("layer").isel(arm=0, time=slice(0, 15)).median("replication")
    quarters = sold.values.reshape(5, 3).sum(axis=1)
    assert (quarters > 0.6 * quarters[0]).all()
