"""A contract that ends early, by a date or by notice, is shown and attributed as over."""

import datetime as dt

import pytest

import rackrate as rr
from rackrate import analysis as an
from rackrate import contract_dates
from rackrate.analysis import scenario_text
from rackrate.attributions import changes as attribution_changes

END = dt.date(2026, 1, 4)
EXIT = "contracts.oai-az.versions.first.clauses.exit"
SCENARIO = f"""extends = "toy-10"
[{EXIT}]
kind = "termination"
payer = "oai"
payee = "az"
amount = "0 $"
notice = "1 d"
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """toy-10, whose first contract may be left at a day's notice."""
    path = tmp_path_factory.mktemp("scenario") / "toy.toml"
    path.write_text(SCENARIO)
    return rr.Scenario.load(path)


def by_date(toy):
    return toy.override({"contracts.oai-az.terminated": END}, name="ended")


def by_clause(toy):
    return toy.override({f"{EXIT}.exercised": END - dt.timedelta(1)}, name="ended")


def in_mid_run(toy):
    sim = rr.Simulation(toy, seed=1)
    sim.run_until("2026-01-02")
    sim.terminate("oai-az", effective=END)
    return sim.scenario.override({}, name="ended")


def in_mid_run_by_clause(toy):
    sim = rr.Simulation(toy, seed=1)
    sim.run_until("2026-01-02")
    sim.terminate("oai-az", under="exit", effective=END - dt.timedelta(1))
    return sim.scenario.override({}, name="ended")


ENDINGS = [by_date, by_clause, in_mid_run, in_mid_run_by_clause]


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_of_an_ended_contract_is_in_force(toy, ending):
    tree = attribution_changes.tree_of(ending(toy))
    before, after = ({c.contract for c in scenario_text.in_force(tree, day)} for day in (END - dt.timedelta(1), END))
    assert "oai-az" in before and "oai-az" not in after and "oai-aws" in after
    assert contract_dates.contract_ends(tree) == {"oai-az": "2026-01-04"}
    assert contract_dates.version_in_force(tree, "oai-az", END) is None
    assert [row[3] for row in scenario_text.versions(tree) if row[0] == "oai-az"] == [END]


def test_a_version_that_never_begins_is_not_shown(toy):
    tree = attribution_changes.tree_of(by_date(toy))
    versions = tree["contracts"]["oai-az"]["versions"]
    versions["second"] = {**versions["first"], "signed": dt.date(2026, 1, 2), "effective": dt.date(2026, 1, 6)}
    assert [row[1] for row in scenario_text.versions(tree) if row[0] == "oai-az"] == ["first"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_end_that_only_one_arm_has_is_a_change_of_its_own(toy, ending):
    ended = ending(toy)
    for base, other in ((toy, ended), (ended, toy)):
        tree, changes = attribution_changes.changes(base, other)
        assert len(changes) == 1 and changes[0].path.startswith("contracts.oai-az."), [c.path for c in changes]
        as_base = rr.Scenario.parse(attribution_changes.document(tree))
        changes[0].apply(tree)
        as_other = rr.Scenario.parse(attribution_changes.document(tree))
        for rebuilt, arm in ((as_base, base), (as_other, other)):
            assert run(rebuilt) == run(arm)


def run(scenario):
    sim = rr.Simulation(scenario, seed=1)
    sim.run()
    return sim.results()["npv"].values.tobytes()


def test_an_attribution_gives_an_end_all_that_it_is_worth(toy):
    # OAI sells 120 H100e's work on AZ's 100 and AWS's 40; from day 3 on AWS alone serves it.
    def npv(scenario):
        sim = rr.Simulation(scenario, seed=1)
        sim.run()
        return float(sim.results()["npv"].sel(firm="oai").sum())

    ended = by_date(toy)
    got = an.attribution(rr.attribution(toy, ended, replications=1, seed=1), "npv", firm="oai")
    assert got["group"].size == 1 and abs(got["value"].item()) > 1000
    assert got["value"].item() == pytest.approx(npv(ended) - npv(toy), rel=1e-9)


def test_a_version_that_an_ended_contract_lacks_is_restated_empty(toy):
    """The base is over when the other arm amends: nothing was in force there anyway."""
    amended = attribution_changes.tree_of(toy)
    versions = amended["contracts"]["oai-az"]["versions"]
    versions["second"] = {
        "signed": dt.date(2026, 1, 5),
        "effective": dt.date(2026, 1, 6),
        "clauses": {"grant": versions["first"]["clauses"]["grant"]},
    }
    other = rr.Scenario.parse(attribution_changes.document(amended), "amended")
    tree, changes = attribution_changes.changes(by_date(toy), other)
    assert tree["contracts"]["oai-az"]["versions"]["second"]["clauses"] == {}
    assert {c.path for c in changes} == {
        "contracts.oai-az.terminated",
        "contracts.oai-az.versions.second.clauses.grant.enabled",
    }


def test_a_day_that_is_none_is_refused(toy):
    with pytest.raises(rr.ScenarioError, match='date is "never"; expected a date'):
        contract_dates.clauses_in_force(attribution_changes.tree_of(toy), "never")
