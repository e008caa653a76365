"""The class Scenario: an immutable value with paths."""

import datetime as dt

import pytest

import rackrate as rr

PRICE = "labs.oai.streams.app.price"


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10")


def test_an_override_makes_another_scenario_and_leaves_the_first(toy):
    dear = toy.override({PRICE: "7 $/H100e-h"}, name="dear")
    assert (toy.get(PRICE), dear.get(PRICE)) == ("6 $/H100e-h", "7 $/H100e-h")
    assert dear.name == "dear"
    assert dear.diff(toy) == [(PRICE, '"7 $/H100e-h"', '"6 $/H100e-h"')]
    assert dear.digest != toy.digest


def test_an_override_with_the_value_that_is_there_changes_nothing(toy):
    same = toy.override({PRICE: "6 $/H100e-h"})
    assert same == toy and same.diff(toy) == []


@pytest.mark.parametrize("date", ["2026-01-08", dt.date(2026, 1, 8)])
def test_a_date_may_be_text_or_a_date(toy, date):
    assert toy.override({"run.end": date}).get("run.end") == dt.date(2026, 1, 8)


def test_a_flag_of_a_clause_is_a_path(toy):
    path = "contracts.oai-az.versions.first.clauses.exclusive.enabled"
    off = toy.override({path: False})
    assert off.get(path) is False
    question = {"lab": "oai", "product": "consumer", "channel": "direct", "host": "aws", "date": dt.date(2026, 1, 2)}
    assert not toy.feasible(**question)
    assert off.feasible(**question).state == "GA"


def test_an_unknown_path_names_the_nearest(toy):
    with pytest.raises(rr.ScenarioError, match=r"streams\.app\.price"):
        toy.override({"labs.oai.streams.app.prize": "7 $/H100e-h"})
    with pytest.raises(rr.ScenarioError, match=r"streams\.app\.price"):
        toy.get("labs.oai.streams.app.prize")


def test_a_scenario_error_is_a_value_error_that_lists_its_mistakes():
    with pytest.raises(ValueError) as caught:
        rr.Scenario.parse('extends = "toy-10"\nrun.enterprises = "many"\nrun.begin = 3\n', "mine")
    assert isinstance(caught.value, rr.ScenarioError)
    assert len(caught.value.mistakes) == 2
    assert str(caught.value).count("\n") == 1
    assert all(mistake[0] == "mine" and mistake[1] in (2, 3) for mistake in caught.value.mistakes)


def test_the_resolved_text_is_a_fixed_point(toy):
    again = rr.Scenario.parse(toy.to_toml())
    assert again.digest == toy.digest
    assert again.to_toml() == toy.to_toml()


def test_keys_match_patterns(toy):
    keys = toy.keys("contracts.oai-az.*")
    assert "contracts.oai-az.versions.first.clauses.share.rate" in keys
    assert all(key.startswith("contracts.oai-az.") for key in keys)


def test_a_value_no_scenario_can_hold_is_refused(toy):
    with pytest.raises(TypeError, match="object"):
        toy.override({PRICE: object()})


def test_scenarios_can_be_keys_and_compared(toy):
    assert {toy: 1}[rr.Scenario.load("toy-10")] == 1
    assert toy != "toy-10"
