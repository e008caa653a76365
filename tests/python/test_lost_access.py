"""Who loses access: in February 2026 Amazon's exclusive on Frontier bars the channels that sold it before."""

import numpy as np
import pytest

import rackrate as rr

CLAUSE = "contracts.openai-amazon.versions.february-2026.clauses.frontier-exclusive.migration"


def _run(window):
    scenario = rr.Scenario.load("openai-azure-amended").override(
        {"run.enterprises": 400, "run.end": "2026-08-01", CLAUSE: window}
    )
    simulation = rr.Simulation(scenario)
    simulation.run()
    return simulation.results().isel(arm=0, replication=0)


@pytest.fixture(scope="module")
def windows():
    return {window: _run(window) for window in ("0 d", "90 d")}


def _unserved(ds):
    frontier = ds.sel(lab="openai", product="ent_app")
    return (frontier["unserved"] / (frontier["served"] + frontier["unserved"])).to_series().fillna(0.0)


def test_within_the_window_work_is_served_where_it_was(windows):
    share = _unserved(windows["90 d"])
    assert share.loc["2026-02":"2026-05"].max() < 0.01
    assert share.loc["2026-07":].max() < 0.01  # and by its end it has moved


def test_without_a_window_what_is_barred_stops_and_moves_at_once(windows):
    share = _unserved(windows["0 d"])
    assert share.loc["2026-01":"2026-01"].max() < 0.01
    assert share.loc["2026-03"].max() < 0.10  # it was 75 % when nothing made them look elsewhere
    assert share.loc["2026-04":].max() < 0.01


def test_nothing_differs_before_the_access_is_lost(windows):
    early = [ds["surplus"].sel(time=slice(None, "2026-01-31")).values for ds in windows.values()]
    assert np.array_equal(*early)


def test_what_is_not_served_is_not_enjoyed():
    # From October 2025 nobody may sell anything: what is left is what enterprises pay for governing what they had.
    order = """extends = "openai-azure-amended"
[run]
enterprises = 60
end = 2026-01-01
[contracts.order]
parties = []
[contracts.order.versions.first]
signed = 2025-10-01
effective = 2025-10-01
[contracts.order.versions.first.clauses.nothing]
kind = "ban"
role = "CHANNEL"
"""
    simulation = rr.Simulation(rr.Scenario.parse(order))
    simulation.run()
    names = ["surplus", "surplus_variety", "enterprise_spending"]
    ds = simulation.results()[names].isel(arm=0, replication=0).sum("segment")
    served, barred = ds.sel(time=slice("2025-07", "2025-09")), ds.sel(time=slice("2025-10", None))
    assert (served["surplus"] > 0).all() and (served["surplus_variety"] > 0).all()
    assert (served["surplus_variety"] < served["surplus"]).all()
    assert (barred["enterprise_spending"] == 0).all() and (barred["surplus_variety"] == 0).all()
    assert (barred["surplus"] <= 0).all()
