"""Contracts that change in mid-run, from Python: amend, sign, terminate, override, and what may be sold then."""

import datetime as dt
import json
import re

import pytest

import rackrate as rr

HOSTED = {"lab": "oai", "product": "consumer", "channel": "direct"}
GRANT = {"kind": "grant", "role": "HOST", "grantee": ["az", "aws"], "scope": {"labs": ["oai"]}}


@pytest.fixture
def sim():
    sim = rr.Simulation("toy-10", seed=1)
    sim.run_until("2026-01-03")
    return sim


def test_an_amendment_says_so_from_its_date_and_not_before(sim):
    # The exclusive of the scenario holds until 7 January; the amendment drops it two days earlier.
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-05").step == "exclusive"
    sim.amend("oai-az", clauses={"both": GRANT}, effective="2026-01-05", label="opened")
    before = sim.feasible(**HOSTED, host="aws", date="2026-01-04")
    assert (before.state, before.clause, before.version, before.until) == ("NO", "exclusive", "first", "2026-01-05")
    after = sim.feasible(**HOSTED, host="aws", date="2026-01-05")
    # The oldest grant that covers it is named; both contracts take effect on the same day, so the name decides.
    assert (after.state, after.since) == ("GA", "2026-01-05")
    assert sim.feasible(**HOSTED, host="az", date="2026-01-06").version == "opened"


def test_the_present_is_the_default_date(sim):
    assert sim.feasible(**HOSTED, host="aws").step == "exclusive"
    sim.run_until("2026-01-07")
    assert sim.feasible(**HOSTED, host="aws").state == "GA"


def test_a_list_of_clauses_and_a_table_of_them_are_the_same(sim):
    twin = sim.fork()
    sim.amend("oai-az", clauses=[{"name": "both", **GRANT}], effective="2026-01-05")
    twin.amend("oai-az", clauses={"both": GRANT}, effective=dt.date(2026, 1, 5))
    assert sim.scenario == twin.scenario
    assert sim.scenario.get("contracts.oai-az.versions.amended-2026-01-05.signed") == dt.date(2026, 1, 3)
    sim.run()
    twin.run()
    assert sim.fingerprint() == twin.fingerprint()


def test_a_fork_is_left_alone_and_the_past_is_shared(sim):
    twin = sim.fork()
    sim.amend("oai-az", clauses={"both": GRANT})
    assert twin.scenario != sim.scenario
    assert twin.fingerprint() == rr_until("2026-01-03").fingerprint()
    twin.run()
    assert twin.fingerprint() == rr_until("2026-01-11").fingerprint()
    sim.run()
    assert sim.fingerprint() != twin.fingerprint()


def rr_until(date):
    fresh = rr.Simulation("toy-10", seed=1)
    fresh.run_until(date)
    return fresh


def test_a_contract_is_signed_and_ended_in_mid_run(sim):
    sim.terminate("oai-aws", effective="2026-01-08")
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-08").step == "grant"
    sim.sign("oai-aws-2", parties=["oai", "aws"], clauses={"g": {**GRANT, "grantee": "aws"}}, effective="2026-01-09")
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-09").contract == "oai-aws-2"
    sim.run()
    assert "oai-aws-2" in str(sim.scenario.keys("contracts.*.parties"))


def test_results_hold_the_scenario_as_amended(sim):
    sim.amend(
        "oai-az",
        clauses={
            "both": GRANT,
            "share": {"kind": "revshare", "payer": "oai", "payee": "az", "lab": "oai", "rate": "5 %"},
        },
    )
    sim.run()
    whole = rr.Simulation(rr.Scenario.parse(sim.scenario.to_toml()), seed=1)
    whole.run()
    assert whole.fingerprint() == sim.fingerprint()
    assert "oai-az/share" in sim.results().clause.values.tolist()


def test_an_override_in_mid_run_is_a_restatement_from_here_on(sim):
    path = "contracts.oai-az.versions.first.clauses.exclusive.until"
    sim.override({path: "2026-01-05"})
    sim.run()
    other = rr.Simulation(rr.Scenario.load("toy-10").override({path: "2026-01-05"}), seed=1)
    other.run()
    assert sim.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            lambda s: s.amend("oai-azz", clauses={}),
            'contracts.oai-azz is an unknown contract; expected the name of one. Did you mean "oai-az"?',
        ),
        (
            lambda s: s.amend("oai-az", clauses={"g": GRANT}, effective="2026-01-02"),
            "contracts.oai-az.versions.amended-2026-01-02.effective is 2026-01-02; expected a date not before 2026-01-03",
        ),
        (
            lambda s: s.amend("oai-az", clauses={"g": {**GRANT, "kind": "grand"}}),
            'contracts.oai-az.versions.amended-2026-01-03.clauses.g.kind is "grand"',
        ),
        (lambda s: s.amend("oai-az", clauses=[GRANT]), "clauses[0].name is missing; expected a name of its own"),
        (
            lambda s: s.sign("oai-az", parties=["oai"], clauses={"g": GRANT}),
            "contracts.oai-az is a contract that exists already",
        ),
        (
            lambda s: s.terminate("oai-aws", effective="2025-01-01"),
            "contracts.oai-aws.terminated is 2025-01-01; expected a date not before 2026-01-03",
        ),
        (
            lambda s: s.override({"contracts.oai-aws.terminated": "2026-01-02"}),
            "contracts.oai-aws.terminated is 2026-01-02; expected a date not before 2026-01-03",
        ),
        (lambda s: s.override({"labs.oai.quality": 3}), "labs.oai.quality is fixed once a simulation runs"),
        (lambda s: s.amend("oai-az", clauses={"g": GRANT}, effective="soon"), 'effective is "soon"; expected a date'),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(sim, act, message):
    with pytest.raises(rr.ScenarioError, match=re.escape(message)):
        act(sim)
    sim.run()
    assert sim.fingerprint() == rr_until("2026-01-11").fingerprint()


PRICE = {"kind": "damages", "payer": "oai", "payee": "az", "amount": "1000 $", "per_year": "36525 $/y"}
OWN = {"kind": "exclusive", "role": "HOST", "holder": "az", "scope": {"labs": ["oai"]}}
RIVAL = {**GRANT, "grantee": "aws"}
EXIT = {"kind": "termination", "payer": "oai", "payee": "az", "amount": "700 $", "notice": "2 d"}


def test_a_contract_signed_in_breach_opens_at_a_price(sim):
    # Azure's exclusive, restated without an end on 4 January and with a price; the rival is signed for the 6th.
    sim.amend(
        "oai-az",
        clauses={"grant": {**GRANT, "grantee": "az"}, "own": OWN, "price": PRICE},
        effective="2026-01-04",
        label="priced",
    )
    blocked = sim.fork()
    sim.sign("rival", parties=["oai", "aws"], clauses={"g": RIVAL}, effective="2026-01-06", conflict="breach")
    blocked.sign("rival", parties=["oai", "aws"], clauses={"g": RIVAL}, effective="2026-01-06")
    assert blocked.feasible(**HOSTED, host="aws", date="2026-01-06").step == "exclusive"
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-05").step == "exclusive"
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-06").state == "GA"
    sim.run()
    blocked.run()
    # Days 5 to 9: 1,000 $ and five times 100 $.
    assert sim.statement("oai-az").set_index("clause").loc["price", "amount"].item() == 1500.0
    assert blocked.statement("oai-az").set_index("clause").loc["price", "amount"].item() == 0.0
    assert sim.results()["clause_day"].sel(clause="oai-az/price").item() == 5.0


def test_an_amendment_may_break_another_contract_too(sim):
    sim.amend(
        "oai-az", clauses={"grant": {**GRANT, "grantee": "az"}, "own": OWN, "price": PRICE}, effective="2026-01-04"
    )
    sim.amend("oai-aws", clauses={"g": RIVAL}, effective="2026-01-05", conflict="breach")
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-05").state == "GA"
    assert any(
        "it opens in breach, at the damages of oai-az/amended-2026-01-04/price" in w for w in sim.scenario.warnings
    )


def test_notice_under_a_clause_ends_the_contract_when_it_has_run_out(sim):
    sim.amend(
        "oai-az", clauses={"grant": {**GRANT, "grantee": "az"}, "exit": EXIT}, effective="2026-01-04", label="second"
    )
    sim.terminate("oai-az", under="exit", effective="2026-01-05")
    assert sim.feasible(**HOSTED, host="az", date="2026-01-06").until == "2026-01-07"
    assert "terminated" not in sim.scenario.to_toml()
    sim.run()
    assert sim.statement("oai-az").set_index("clause").loc["exit", "amount"].item() == 700.0
    whole = rr.Simulation(rr.Scenario.parse(sim.scenario.to_toml()), seed=1)
    whole.run()
    assert whole.fingerprint() == sim.fingerprint()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: s.terminate("oai-az", under="exti"), 'clauses.exti is an unknown clause; expected a termination clause of the version in force. Did you mean "exit"?'),
        (lambda s: s.terminate("oai-az", under="exit", effective="2026-01-08"), "exit.exercised is 2026-01-08; expected a date before 2026-01-06, when notice is given already"),
        (lambda s: s.terminate("oai-az", under="exit", effective="2026-01-11"), "contracts.oai-az is not in force on 2026-01-11; expected a contract in force on the day of notice"),
        (lambda s: s.terminate("oai-aws", under="exit"), "It has none: terminate it without one."),
        (lambda s: s.sign("x", parties=["oai", "aws"], clauses={"g": RIVAL}, conflict="brech"), 'versions.signed-2026-01-04.conflict is "brech"; expected one of block, breach, renegotiate'),
    ],
)  # fmt: skip
def test_a_mistake_about_breach_or_notice_is_one_sentence(sim, act, message):
    sim.amend(
        "oai-az", clauses={"grant": {**GRANT, "grantee": "az"}, "exit": {**EXIT, "notice": "4 d"}}, label="second"
    )
    sim.run_until("2026-01-04")
    sim.terminate("oai-az", under="exit", effective="2026-01-06")
    with pytest.raises(rr.ScenarioError, match=re.escape(message)):
        act(sim)


def changing(clauses):
    """toy-10 without its commitment, with an exclusive that lasts and more clauses in the contract of oai and az."""
    text = rr.Scenario.load("toy-10").to_toml() + "".join(
        f"[contracts.oai-az.versions.first.clauses.{name}]\n"
        + "".join(f"{key} = {value}\n" for key, value in keys.items())
        for name, keys in clauses.items()
    )
    return rr.Scenario.parse(text).override(
        {
            "contracts.oai-az.versions.first.clauses.exclusive.until": "never",
            "contracts.oai-az.versions.first.clauses.commitment.enabled": False,
        }
    )


PRICED_AT = "contracts.oai-az.versions.first.clauses.hosting.price"
REVIEW = {"kind": '"trigger"', "on": "2026-01-04", "switches_off": '["exclusive"]'}


@pytest.mark.parametrize("day", ["2026-01-04", "2026-01-06"])
def test_what_a_trigger_switched_stays_switched_in_the_second_part_of_a_version(day):
    # On the 4th the trigger has just fired: its switch and the cut fall on one boundary.
    sim = rr.Simulation(changing({"review": REVIEW}))
    sim.run_until(day)
    assert sim.feasible(**HOSTED, host="aws").state == "GA"
    sim.override({PRICED_AT: "2.5 $/H100e-h"})
    assert sim.feasible(**HOSTED, host="aws").state == "GA"
    sim.run()
    assert sim.feasible(**HOSTED, host="aws", date="2026-01-10").state == "GA"
    whole = rr.Simulation(rr.Scenario.parse(sim.scenario.to_toml()))
    whole.run()
    assert whole.fingerprint() == sim.fingerprint()


@pytest.mark.parametrize("day", ["2026-01-04", "2026-01-05"])
def test_notice_that_a_trigger_gave_outlives_the_cut_of_its_version(day):
    leave = {"kind": '"termination"', "payer": '"oai"', "payee": '"az"', "amount": '"700 $"', "notice": '"2 d"'}
    sim = rr.Simulation(
        changing({"exit": leave, "review": {"kind": '"trigger"', "on": "2026-01-04", "exercises": '"exit"'}})
    )
    sim.run_until(day)
    sim.override({PRICED_AT: "2.5 $/H100e-h"})
    sim.run()
    assert sim.feasible(**HOSTED, host="az", date="2026-01-05").until == "2026-01-06"
    assert sim.statement("oai-az").set_index("clause").loc["exit", "amount"].item() == 700.0


@pytest.mark.parametrize("day", ["2026-01-04", "2026-01-06"])
def test_an_agreed_payment_goes_on_in_the_second_part_of_a_version(day):
    talks = {
        "kind": '"renegotiation"',
        "lab": '"oai"',
        "host": '"az"',
        "weight": '"50 %"',
        "switches_off": '["exclusive"]',
        "on": "2026-01-03",
    }
    sim = rr.Simulation(changing({"talks": talks}))
    twin = sim.fork()
    sim.run_until(day)
    sim.override(
        {"contracts.oai-az.versions.first.clauses.share.already_paid": "0 $"}
    )  # cuts the version and says nothing new
    sim.run()
    twin.run()
    paid, whole = (s.results()["clause_payment"].sel(clause="oai-az/talks").sum().item() for s in (sim, twin))
    assert paid == whole != 0


def test_the_timeline_tells_what_is_taken_up_on_the_day_itself(sim):
    # Versions that take effect at the boundary on which they are signed, and a conflict that begins there.
    own = {"kind": "exclusive", "role": "HOST", "scope": {"labs": ["oai"]}}
    sim.amend("oai-az", clauses={"grant": {**GRANT, "grantee": "az"}, "own": {**own, "holder": "az"}}, label="second")
    sim.amend("oai-aws", clauses={"grant": {**GRANT, "grantee": "aws"}, "own": {**own, "holder": "aws"}}, label="third")
    sim.run()
    told = [(e["time"], e["kind"], e["text"]) for e in json.loads(sim.results()["event_log"].item())]
    assert ("2026-01-03", "contract", "oai-az second takes effect") in told
    assert ("2026-01-03", "contract", "oai-aws third takes effect") in told
    assert sum("are both exclusive on HOST" in text for _, kind, text in told if kind == "conflict") == 1
    assert len(told) == len(set(told))


def test_a_version_that_never_begins_takes_no_effect(sim):
    sim.amend("oai-az", clauses={"grant": {**GRANT, "grantee": "az"}}, effective="2026-01-08", label="second")
    sim.terminate("oai-az", effective="2026-01-06")
    sim.run()
    assert "takes effect" not in sim.results()["event_log"].item()


def test_results_between_two_boundaries_are_those_of_what_has_been_taken_up():
    # On the 4th a window of two days is half over: what is told then waits for the 5th.
    sim = rr.Simulation(rr.Scenario.load("toy-10").override({"run.window": "2 d"}))
    sim.run_until("2026-01-04")
    before = sim.fingerprint()
    share = {"kind": "revshare", "payer": "oai", "payee": "az", "lab": "oai", "rate": "5 %"}
    sim.amend("oai-az", clauses={"both": GRANT, "second-share": share})
    sim.terminate("oai-aws", effective="2026-01-09")
    assert sim.results().clause.values.tolist() == rr.Simulation("toy-10").results().clause.values.tolist()
    assert sim.fingerprint() == before
    sim.run_until("2026-01-05")
    assert "oai-az/second-share" in sim.results().clause.values.tolist()
