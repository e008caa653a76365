"""Shocks of demand: what a reader may ask of a study, how wide its bands are, and what a wrong value is answered."""

import json

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr
from rackrate import analysis as an

FLAGSHIP = "openai-azure-amended"
TWO_YEARS_OUT = "2027-07-01"


def load(**values):
    return rr.Scenario.load(str(FOLDER / f"{FLAGSHIP}.toml")).override({"run.enterprises": 500, **values})


@pytest.fixture(scope="module")
def futures():
    """40 futures of the flagship to two years after its start."""
    return rr.run(load(), replications=40, seed=1, until=TWO_YEARS_OUT, progress=False).isel(arm=0)


def band(values):
    """The ends of the 90 % band relative to the median."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return low / middle - 1, high / middle - 1


def headline(ds):
    """Name -> one value for each future: the last quarter's revenue, the last month of all else."""
    revenue = ds["revenue"].sum("layer").isel(time=slice(-3, None)).sum("time")
    firms = ("openai", "anthropic", "microsoft", "amazon", "google", "oracle", "coreweave", "nvidia")
    series = {f"revenue of {firm}": revenue.sel(firm=firm) for firm in firms}
    for lab in ("openai", "anthropic", "google-deepmind", "meta"):
        series[f"users of {lab}"] = ds["users"].sel(lab=lab).isel(time=-1)
        series[f"compute of {lab}"] = ds["lab_compute"].sel(lab=lab).sum("host").isel(time=-1)
    return {name: values.values for name, values in series.items()}


@pytest.mark.slow
def test_no_headline_series_is_known_to_ten_per_cent_two_years_out(futures):
    narrow = {}
    for name, values in headline(futures).items():
        low, high = band(values)
        if high - low < 0.2:
            narrow[name] = (round(low, 3), round(high, 3))
    assert not narrow


@pytest.mark.slow
def test_the_common_factor_has_the_spread_that_its_laws_give(futures):
    logs = np.log(futures["demand_common"].isel(time=-1).values)
    gap, lam, t = 0.4, 2 / 1.5, 2.0
    chain = gap**2 / 4 * 2 / lam**2 * (lam * t - 1 + np.exp(-lam * t))
    spread = np.sqrt(chain + 0.08**2)
    assert 0.75 * spread < logs.std() < 1.3 * spread  # of 40


def test_a_scenario_says_which_shock_makes_no_sense():
    for key, value in (
        ("shocks.common.spread", "-0.1"),
        ("shocks.growth.gap", "-10 %/y"),
        ("shocks.growth.fast", "0 mo"),
        ("shocks.growth.first", '"soon"'),
        ("shocks.other_business.slow", "3 MW"),
        ("shocks.hits.agent.freedom", "2"),
        ("shocks.hits.agents.rate", "1 /y"),
        ("shocks.exposure.seats", "4"),
        ("pull.elasticity", "2"),
    ):
        with pytest.raises(rr.ScenarioError, match=key.rsplit(".", 1)[0]):
            load(**{key: value})


def test_every_jump_can_be_told_and_explained():
    ds = rr.run(load(**{"run.enterprises": 50}), replications=2, seed=1, until="2026-07-01", progress=False)
    told = [e for e in json.loads(ds["event_log"].isel(arm=0, replication=0).item()) if e["kind"] in ("hit", "regime")]
    assert told
    assert all("%" in e["text"] for e in told)
    moves = an.demand_moves(ds, least=0.05)
    assert {"all"} | set(map(str, ds["lab"].values)) >= set(moves["lab"])
    for _, move in moves[moves["lab"] != "all"].query("moved > 0").iterrows():  # only a hit raises what fades
        if move["replication"] != 0 or move["factor"] <= 1:
            continue
        month = move["time"].strftime("%Y-%m")
        assert any(e["kind"] == "hit" and e["subject"] == move["lab"] and e["time"] <= month + "-31" for e in told)
    with pytest.raises(ValueError, match="least is 0"):
        an.demand_moves(ds, least=0)
