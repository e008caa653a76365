"""Items of integration in a run: what a null comparison may show, what their absence moves, and what a reader may ask."""

import json

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

ITEMS = ("identity", "network", "audit", "billing", "data", "tools", "state")
NOBODY_MINDS = {
    "choice.beta_integration": 0,
    "integration.crossing_cost": 0,
    "integration.crossing_wear": 0,
    "integration.demanding": 0,
    "integration.demanding_agents": 0,
}
STATES = ("integration_depth", "control_score", "agents_eligible", "depth_unmet", "crossings", "nativeness")


def load(**values):
    base = rr.Scenario.load(str(FOLDER / "openai-azure-amended.toml"))
    return base.override({"run.enterprises": 300, **values})


def run(scenario, until="2026-10-01", replications=2):
    return rr.run(scenario, replications=replications, seed=3, until=until, progress=False).isel(arm=0)


@pytest.fixture(scope="module")
def flagship():
    return run(load())


def test_dates_of_items_that_nobody_minds_change_nothing():
    late = {f"integration.{item}.lag": "2000 d" for item in ITEMS}
    soon, never = run(load(**NOBODY_MINDS)), run(load(**NOBODY_MINDS, **late))
    assert float(abs(soon["integration_depth"] - never["integration_depth"]).max()) > 0.1
    for name in ("revenue", "surplus", "placed_units", "placement_share", "runtime_share", "npv"):
        np.testing.assert_array_equal(soon[name].values, never[name].values, err_msg=name)


def test_the_states_are_shares_and_follow_from_one_another(flagship):
    known = flagship[list(STATES)].astype(float)
    for name in STATES[:4]:
        assert float(known[name].min()) >= 0 and float(known[name].max()) <= 1 + 1e-6
    assert float(known["crossings"].max()) <= len(ITEMS)
    bound = known["integration_depth"] * known["control_score"]
    assert bool((known["nativeness"] <= bound + 1e-6).where(bound.notnull(), True).all())
    whole = known["integration_depth"] > 0.999
    assert float(known["agents_eligible"].where(whole).min()) == pytest.approx(1.0)
    assert float(known["nativeness"].where(whole).min()) == pytest.approx(1.0)


def test_agents_pay_for_their_runtime_and_enterprises_for_crossings(flagship):
    # One fee of 5 % at all four clouds; every channel but the labs' own and Microsoft 365 has it.
    sold = flagship["agent_sales"].sel(channel=["azure", "bedrock", "vertex", "oci"]).sum(["lab", "channel"])
    assert flagship["runtime_rent"].sum("firm").values == pytest.approx(0.05 * sold.values, rel=1e-4)
    free = run(load(**{"integration.crossing_cost": 0}))
    paid = [ds["payment"].sel(payer="enterprises", payee="services").sum("time").mean() for ds in (flagship, free)]
    assert float(paid[0]) > float(paid[1])


def test_events_say_when_items_ship(flagship):
    events = json.loads(flagship["event_log"].isel(replication=0).item())
    shipped = [e for e in events if e["kind"] == "integration"]
    assert shipped and all(e["subject"].count(" through ") == 1 for e in shipped)
    assert any(e["subject"] == "openai through bedrock" for e in shipped)
    texts = [e["text"] for e in shipped]
    assert len(texts) == len(set(texts))  # each once
