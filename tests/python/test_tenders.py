"""Tenders and drawn rollouts from Python: one result file whoever wins, and questions about one replication."""

import pytest
from click.testing import CliRunner

import rackrate as rr
from rackrate.cli import commands

GRANT = '[contracts.{0}]\nparties = ["{1}", "{2}"]\n[contracts.{0}.versions.first]\nsigned = 2026-01-01\neffective = 2026-01-01\n[contracts.{0}.versions.first.clauses.{3}'
WORLD = (
    'extends = "toy-10"\nremove = ["contracts"]\nrun.end = 2026-03-11\nlabs.oai.streams.app.compute = "20 H100e"\nlabs.ant.streams.app.volatility = 1\n'
    + GRANT.format("ant", "ant", "aws", 'grant]\nkind = "grant"\nrole = "HOST"\ngrantee = "aws"\nscope = { labs = ["ant"] }\n')
    + GRANT.format("home", "oai", "az", 'grant]\nkind = "grant"\nrole = "HOST"\ngrantee = "az"\nscope = { labs = ["oai"] }\n')
    + '[contracts.home.versions.first.clauses.hosting]\nkind = "hosting"\nlab = "oai"\nhost = "az"\nprice = "3 $/H100e-h"\n'
    + GRANT.format("offer", "oai", "aws", 'hosting]\nkind = "hosting"\nlab = "oai"\nhost = "aws"\nprice = "2.1 $/H100e-h"\n')
    + GRANT.format("deal", "oai", "aws", 'ask]\nkind = "tender"\nlab = "oai"\nbidders = ["az", "aws"]\nquantity = "68 H100e"\non = 2026-02-10\nperiod = "14 d"\nterm = "10 d"\n')
)  # fmt: skip
ROLLOUT = (
    'extends = "toy-10"\ncontracts.oai-az.versions.first.clauses.exclusive.enabled = false\n'
    + GRANT.format("port", "oai", "aws", 'port]\nkind = "rollout"\nrole = "HOST"\nholder = "aws"\nscope = { labs = ["oai"] }\npreview_after = "4 d"\npreview_spread = "2 d"\ngeneral_after = "0 d"\n')
)  # fmt: skip
AT_AWS = {"lab": "oai", "product": "consumer", "channel": "direct", "host": "aws"}


def test_replications_with_different_winners_are_one_file(tmp_path):
    # Anthropic's load is noisy: where it grows, aws has no 68 H100e to spare and az wins at its higher price.
    result = rr.run(rr.Scenario.parse(WORLD), replications=8, out=tmp_path / "out.h5")
    assert [name for name in result["clause"].values if name.startswith("deal/")] == [
        "deal/ask",
        "deal/ask-1",
        "deal/ask-2",
        "deal/ask-3",
    ]
    # An award is paid whole, whoever won it: 68 H100e for ten days at 2.10 or 3 $.
    first = result["clause_payment"].sel(clause="deal/ask-1").sum("time").squeeze()
    assert set(first.values.tolist()) == {68 * 240 * 2.1, 68 * 240 * 3.0}


def test_what_a_tender_awards_is_a_reservation_in_statement_and_commit_book():
    # Ten days of 68 H100e each, by whoever won; the second award, of 9 March, has two days in the run and eight beyond it.
    sim = rr.Simulation(rr.Scenario.parse(WORLD.replace('period = "14 d"', 'period = "27 d"')))
    sim.run()
    rows = sim.statement("deal").groupby("clause").last()
    assert rows.loc["ask-1", ["kind", "payer", "payee"]].tolist() == ["reservation", "oai", ""]
    book = sim.commit_book().set_index("clause")
    assert (
        book.index.tolist() == ["ask-1", "ask-2"]
        and set(book["kind"]) == {"reservation"}
        and set(book["payer"]) == {"oai"}
    )
    price = sim.results()["clause_payment"].sel(clause="deal/ask-2").sum().item() / (68 * 48)
    assert book["remaining"].tolist() == pytest.approx([0.0, 68 * 24 * 8 * price])


def test_a_question_about_a_replication_has_its_days_and_so_has_its_run():
    scenario = rr.Scenario.parse(ROLLOUT)
    days = []
    for replication in range(5):
        opened = scenario.feasible(**AT_AWS, date="2026-01-01", replication=replication).until
        days.append(opened)
        sim = rr.Simulation(scenario, replication=replication)
        assert sim.feasible(**AT_AWS, date="2026-01-01").until == opened
        sim.run()
        assert sim.feasible(**AT_AWS, date=opened).state == "GA"
    assert len(set(days)) > 1
    assert scenario.feasible(**AT_AWS, date="2026-01-01").until == days[0]
    assert (
        scenario.feasible(**AT_AWS, date="2026-01-01", seed=2, replication=1).until
        == rr.Simulation(scenario, seed=2, replication=1).feasible(**AT_AWS, date="2026-01-01").until
    )


def test_explain_asks_about_a_replication(tmp_path):
    path = tmp_path / "rollout.toml"
    path.write_text(ROLLOUT, encoding="utf-8")
    question = [
        "explain",
        str(path),
        "--lab",
        "oai",
        "--product",
        "consumer",
        "--channel",
        "direct",
        "--host",
        "aws",
        "--date",
        "2026-01-01",
    ]
    until = rr.Scenario.parse(ROLLOUT).feasible(**AT_AWS, date="2026-01-01", replication=3).until
    assert f"until {until}" in CliRunner().invoke(commands, [*question, "--replication", "3"]).output
    with pytest.raises(rr.ScenarioError, match="replication is -1; expected a whole number >= 0"):
        rr.Scenario.parse(ROLLOUT).feasible(**AT_AWS, date="2026-01-01", replication=-1)
