"""Arms are compared only where a difference means something; what is refused is refused before anything runs."""

import pytest

import rackrate as rr

# What another arm may say, for every key of [run] and for the other measures.
OTHERS = {
    "run.start": "2026-01-02",
    "run.end": "2026-01-12",
    "run.valuation_date": "2026-01-03",
    "run.window": "2 d",
    "run.discount_rate": "7 %/y",
    "run.enterprises": 61,
}


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10").override({"run.valuation_date": "2026-01-01", "run.window": "1 d"})


def test_every_key_of_run_is_decided(toy):
    assert sorted(toy.keys("run.*")) == sorted(OTHERS)


@pytest.mark.parametrize("key", OTHERS)
def test_arms_that_differ_in_how_they_are_measured_are_refused(toy, tmp_path, key):
    other = toy.override({key: OTHERS[key]})
    with pytest.raises(rr.ScenarioError) as refused:
        rr.compare({"base": toy, "other": other}, replications=1, out=tmp_path / "never.h5")
    said = str(refused.value)
    assert said.startswith(f"arms.other.{key} is {OTHERS[key]}; expected {toy.get(key)!s} as in base. ")
    assert said.endswith(f" Give all arms the same {key}.")
    assert len(said.splitlines()) == 1 and not list(tmp_path.iterdir())


def test_fiscal_years_and_samples_are_measures_too():
    flagship = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 40})
    moved = flagship.override({"firms.microsoft.fiscal_year_end": 11})
    with pytest.raises(
        rr.ScenarioError, match=r"arms\.moved\.firms\.microsoft\.fiscal_year_end is 11; expected 6 as in base"
    ):
        rr.compare({"base": flagship, "moved": moved}, replications=1, until="2025-07-03")
    first, second = sorted(flagship.keys("segments.*.sample_share"))[:2]
    shares = {key: float(str(flagship.get(key))) for key in (first, second)}
    drawn = flagship.override({first: shares[first] - 0.01, second: shares[second] + 0.01})
    with pytest.raises(rr.ScenarioError, match=r"sample_share is .* Pairs need the same sample of enterprises"):
        rr.compare({"base": flagship, "drawn": drawn}, replications=1, until="2025-07-03")


def test_scenarios_of_the_library_that_share_a_world_can_be_compared():
    others = ("toy", "neocloud-entry")  # which has two firms more
    scenarios = [rr.Scenario.load(entry.name) for entry in rr.scenarios() if not entry.name.startswith(others)]
    arms = [(s.name, s._core) for s in scenarios if s.get("run.start") == scenarios[0].get("run.start")]
    assert len(arms) > 5
    rr._core.check_comparable(arms)


def test_the_command_line_refuses_before_it_estimates(command, scenario_file):
    path = scenario_file('extends = "toy-10"\nrun.discount_rate = "7 %/y"\n', "h3.toml")
    refused = command("compare", "toy-10", path, "-o", "c.h5", "-n", "2")
    assert refused.code == 2 and refused.out == ""
    assert "arms.h3.run.discount_rate is 7 %/y; expected 0 %/y as in toy-10" in refused.err
    assert "Traceback" not in refused.err and "replications on" not in refused.err


def test_what_is_assumed_may_differ(toy):
    dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"})
    assert rr.compare({"base": toy, "dear": dear}, replications=1).sizes["arm"] == 2
