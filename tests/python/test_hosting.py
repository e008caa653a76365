"""Hosting sticks: what a month can move between clouds in the flagship, and how far a small cause reaches."""

import json

import pytest
from tests.library.reading import FOLDER

import rackrate as rr
from rackrate.analysis import record, rows

FLAGSHIP = "openai-azure-amended"


def load(name=FLAGSHIP, **values):
    return rr.Scenario.load(str(FOLDER / f"{name}.toml")).override({"run.enterprises": 1000, **values}, name=name)


@pytest.fixture(scope="module")
def futures():
    """Six futures of the flagship, each with its log of events. All 20 are in docs/rows.md."""
    found = []
    for replication in range(6):
        sim = rr.Simulation(load(), seed=1, replication=replication)
        sim.run()
        found.append(sim.results())
    return found


def log_of(ds):
    return json.loads(str(ds["event_log"].values.ravel()[0]))


@pytest.mark.slow
def test_no_cloud_gains_or_loses_eight_points_of_revenue_in_a_month_without_an_event(futures):
    for ds in futures:
        one = record.one_arm(ds)
        number = int(one["replication"].values[0])
        moves = rows.large_moves(one, {number: log_of(ds)})
        assert [move for move in moves if not move.explained] == []


@pytest.mark.slow
def test_each_shortfall_says_why(futures):
    for ds in futures:
        short = ds["clause_shortfall"].squeeze()
        told = {(e["subject"], e["time"][:7]) for e in log_of(ds) if e["kind"] == "shortfall" and " %)" in e["text"]}
        bought = ds["clause_quantity"].squeeze().sum("time") == 0  # what is reserved says how much of it is used
        fell = short.where((short > 1) & bought, drop=True).to_series().dropna()
        commitments = {(clause, str(month)[:7]) for clause, month in fell.index}
        assert commitments
        assert commitments <= told, sorted(commitments - told)[:5]


def test_a_run_with_ramps_and_steps_is_no_harder_to_serve():
    loose = {"hosting.ramp": "2000 %/mo", "hosting.spread_premium": 0}
    arms = {"sticky": load(**{"run.enterprises": 200}), "loose": load(**{"run.enterprises": 200, **loose})}
    # Until the leases of Colossus begin: what they take from xAI has to go elsewhere, and a ramp makes it wait.
    ds = rr.compare(arms, replications=2, fixed_parameters=True, seed=3, until="2026-07-01", progress=False)
    share = ds["unserved"].sum(("lab", "product", "time")) / (ds["served"] + ds["unserved"]).sum(
        ("lab", "product", "time")
    )
    assert (share.sel(arm="sticky") < share.sel(arm="loose") + 0.01).all()


def test_a_scenario_says_where_its_hosting_makes_no_sense():
    for key, value, expected in (
        ("hosting.ramp", "-5 %/mo", "hosting.ramp"),
        ("hosting.spread_free", "120 %", "hosting.spread_free"),
        ("leases.offered", "150 %", "leases.offered"),
        ("leases.term", "0.2 mo", "leases.term"),
    ):
        with pytest.raises(rr.ScenarioError, match=expected):
            load(**{key: value})
