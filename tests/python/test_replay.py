"""Runs whose prices or investment follow the recorded path of another arm."""

import numpy as np
import pytest

import rackrate as rr

SMALL = {"run.enterprises": 250, "run.end": "2027-03-01"}


@pytest.fixture(scope="module")
def arms():
    names = {"open": "openai-azure-amended", "shut": "openai-azure-october-2025"}
    return {short: rr.Scenario.load(name).override(SMALL, name=short) for short, name in names.items()}


def test_a_simulation_follows_the_path_of_another_arm(arms):
    base = rr.Simulation(arms["open"], seed=3, replication=2)
    base.run()
    path = base.decisions()
    driven = rr.Simulation(arms["shut"], seed=3, replication=2, replay_prices=path, replay_investment=path)
    driven.run()
    for name in ("compute_price", "price", "capacity"):
        assert driven.results()[name].values.tobytes() == base.results()[name].values.tobytes(), name
    again = driven.decisions()
    assert (again.cloud_prices(), again.lab_prices(), again.investments()) == (
        path.cloud_prices(),
        path.lab_prices(),
        path.investments(),
    )
    assert driven.fingerprint() != base.fingerprint()


def test_a_path_lists_dates_and_decisions_by_actor(arms):
    sim = rr.Simulation(arms["open"])
    sim.run()
    path = sim.decisions()
    assert (path.seed, path.replication) == (1, 0)
    clouds = arms["open"].keys("clouds.*.price")
    assert len(path.cloud_prices()) == len(path.investments()) == len(clouds)
    date, index = path.cloud_prices()[0][0]
    assert date.startswith("2025-") and 0.8 < index < 1.2  # the first review moves a list by 15 % at most
    assert any(wanted > 0 for cloud in path.investments() for _, wanted, _ in cloud)


def test_a_study_with_replays_is_rerun_from_its_file(arms, tmp_path):
    out = tmp_path / "study.h5"
    frozen = {"frozen": {"prices": "open", "investment": "open"}, "priced": {"investment": "open"}}
    st = rr.compare(
        arms | {"frozen": arms["shut"], "priced": arms["shut"]},
        replay=frozen,
        fixed_parameters=True,
        replications=1,
        out=out,
    )
    assert st["replay_prices"].sel(arm=["frozen", "priced", "open"]).values.tolist() == ["open", "", ""]
    assert st["replay_investment"].sel(arm=["frozen", "priced", "open"]).values.tolist() == ["open", "open", ""]
    assert np.array_equal(st["capacity"].sel(arm="frozen"), st["capacity"].sel(arm="open"), equal_nan=True)
    assert np.array_equal(st["capacity"].sel(arm="priced"), st["capacity"].sel(arm="open"), equal_nan=True)
    assert not np.array_equal(st["compute_price"].sel(arm="priced"), st["compute_price"].sel(arm="open"))
    assert [same for _, _, same in rr.rerun(out)] == [True] * 4


@pytest.mark.parametrize(
    "replay, says",
    [
        ({"shutt": {"prices": "open"}}, 'an arm "shutt"; expected one of open, shut. Did you mean shut?'),
        ({"shut": {"price": "open"}}, 'a slot "price"; expected one of prices, investment. Did you mean prices?'),
        (
            {"shut": {"prices": "shut"}},
            'replay.shut.prices is "shut"; expected the name of an arm that replays nothing itself',
        ),
    ],
)
def test_a_replay_that_makes_no_sense_is_one_sentence(arms, replay, says, tmp_path):
    with pytest.raises(rr.ScenarioError) as caught:
        rr.compare(arms, fixed_parameters=True, replay=replay, replications=1, out=tmp_path / "x.h5")
    assert says in str(caught.value) and not list(tmp_path.iterdir())


def test_a_path_of_another_world_is_refused(arms):
    sim = rr.Simulation(arms["open"], seed=1)
    sim.run_until("2025-09-01")
    with pytest.raises(rr.ScenarioError, match=r"a path of seed 1, replication 0; expected seed 2, replication 0"):
        rr.Simulation(arms["open"], seed=2, replay_prices=sim.decisions())
