"""What a future brings that nobody decides: the same as in the market, and known without one."""

from __future__ import annotations

import numpy as np
import pytest

import rackrate as rr
from rackrate.exogenous import default_controls

AMENDED, EXCLUSIVE = "openai-azure-amended", "openai-azure-exclusive"


def _short(name: str) -> rr.Scenario:
    return rr.Scenario.load(name).override({"run.enterprises": 40, "run.end": "2026-08-01"}, name=name)


@pytest.fixture(scope="module")
def study():
    arms = {name: _short(name) for name in (AMENDED, EXCLUSIVE)}
    return rr.compare(arms, replications=16, fixed_parameters=True, seed=4, threads=2, progress=False)


def test_the_market_draws_them(study):
    """The common factor and the quality of models, as the runs recorded them at each month's end."""
    drawn = rr.drivers(_short(AMENDED), 16, seed=4)
    one = study.sel(arm=AMENDED)
    quality = one["quality"].transpose("replication", "lab", "time").values
    labs = list(map(str, one["lab"].values))
    at = labs.index("openai")
    scenario = _short(AMENDED)
    first = np.array([float(scenario.get(f"labs.{lab}.quality")) for lab in labs])
    path = np.concatenate([np.broadcast_to(first, (16, len(labs)))[:, :, None], quality[:, :, :-1]], axis=2)
    lead = (path[:, at] - np.delete(path, at, axis=1).max(axis=1)).mean(axis=1)
    same = np.abs(drawn.sel(driver="lead.openai").values - lead) < 1e-9
    assert same.sum() >= 14  # a lab of the market sees the frontier a window late
    assert np.ptp(lead) > 0


def test_they_are_addressed(study):
    """More futures, a range of them, another cloud's plans: a future keeps its drivers."""
    ten, some = rr.drivers(_short(AMENDED), 10, seed=4), rr.drivers(_short(AMENDED), range(3, 7), seed=4)
    np.testing.assert_array_equal(ten.values[3:7], some.values)
    exclusive = rr.drivers(_short(EXCLUSIVE), 10, seed=4)
    np.testing.assert_array_equal(ten.values, exclusive.values)
    assert not np.array_equal(ten.values, rr.drivers(_short(AMENDED), 10, seed=5).values)


def test_adjusted_means_stand_beside_plain_ones(study):
    plain = rr.analysis.difference(study, "npv", EXCLUSIVE, AMENDED, resamples=0)
    known = rr.adjusted(study, "npv", EXCLUSIVE, AMENDED)
    assert known.attrs["controls"] == "volume.openai.api"
    assert known.attrs["pairs"] == 16
    cell, mean = known.sel(firm="microsoft"), float(plain["mean"].sel(firm="microsoft"))
    assert abs(float(cell["mean"]) - mean) < 3 * float(plain["sd"].sel(firm="microsoft"))
    assert float(cell["mean_low"]) < float(cell["mean"]) < float(cell["mean_high"])
    own = rr.adjusted(study, study["npv"], EXCLUSIVE, AMENDED, controls=["rounds.openai"])
    assert own.attrs["controls"] == "rounds.openai"


def test_what_cannot_be_adjusted(study):
    with pytest.raises(KeyError, match="'luck' is no driver of the study; expected some of demand"):
        rr.adjusted(study, "npv", EXCLUSIVE, AMENDED, controls=["luck"])
    with pytest.raises(ValueError, match="2 controls of 16 futures; expected at most 1"):
        rr.adjusted(study, "npv", EXCLUSIVE, AMENDED, controls=["demand", "rounds.openai"])
    with pytest.raises(ValueError, match="replications is range"):
        rr.drivers(_short(AMENDED), 0)


def test_the_order_of_controls_is_made_in_advance():
    names = [
        "demand",
        "hits.b.api",
        "lead.a",
        "lead.b",
        "rounds.a",
        "rounds.b",
        "volume.a.api",
        "volume.b.agent",
        "volume.b.api",
    ]
    assert default_controls(names, ["b"]) == ["volume.b.api", "rounds.b", "lead.b", "volume.b.agent"]
    assert default_controls(names, []) == ["demand"]
    assert default_controls(names[1:], []) == []
