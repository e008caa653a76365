"""Contract statements from a live simulation and from a result file."""

import numpy as np
import pytest

import rackrate as rr
from rackrate import analysis as an

MORE = """
extends = "toy-10"
[contracts.oai-az.versions.first.clauses]
stake = { kind = "equity", owner = "az", firm = "oai", share = "20 %" }
[contracts.oai-aws.versions.first.clauses.reserved]
kind = "reservation"
payer = "oai"
payee = "aws"
lab = "oai"
host = "aws"
quantity = "40 H100e"
price = "3 $/H100e-h"
until = 2026-01-11
"""


@pytest.fixture(scope="module")
def simulation():
    sim = rr.Simulation(rr.Scenario.parse(MORE))
    sim.run()
    return sim


def test_the_statement_of_the_toy_is_its_arithmetic(simulation):
    # oai earns 155,520 $ in ten days and owes 20 % up to 30,000 $. From day 6 on it fills the 40 H100e it reserved at aws,
    # so az sells it 100 H100e for six days and 80 for four: 6 x 2,400 + 4 x 1,920 = 22,080 hours at 2 $, 5,840 $ short of 50,000.
    table = simulation.statement("oai-az").set_index("clause")
    share, commitment, hosting = table.loc["share"], table.loc["commitment"], table.loc["hosting"]
    assert (share["payer"], share["payee"], share["kind"]) == ("oai", "az", "revshare")
    assert (share["base"], share["rate"], share["amount"], share["cumulative"], share["cap_left"]) == (
        155520,
        0.2,
        30000,
        30000,
        0,
    )
    assert (commitment["commitment"], commitment["used"], commitment["shortfall"], commitment["remaining"]) == (
        50000,
        44160,
        5840,
        0,
    )
    assert commitment["amount"] == 5840
    assert (hosting["amount"], hosting["quantity"]) == (44160, 22080)


def test_income_from_a_stake_stands_beside_the_profit(simulation):
    ds = simulation.results().squeeze(["arm", "replication"])
    row = simulation.statement("oai-az").set_index("clause").loc["stake"]
    profit = ds["gross_profit"].sel(firm="oai").sum().item()
    assert row["base"] == pytest.approx(profit, abs=1e-6)
    # Rounded once a day, ten days.
    assert row["income"] == pytest.approx(0.2 * profit, abs=10 * 0.5e-4)
    assert ds["equity_income"].sel(firm="az").sum().item() == row["income"]
    assert ds["npv_equity"].sel(firm="az").item() == pytest.approx(row["income"])
    plain = rr.run("toy-10").squeeze(["arm", "replication"])
    owner = ds["gross_profit"].sel(firm="az").sum().item()
    assert owner == plain["gross_profit"].sel(firm="az").sum().item()


def test_a_commit_book_lists_what_each_payer_promised(simulation):
    book = simulation.commit_book().set_index("clause")
    assert list(book["payer"].unique()) == ["oai"]
    assert book.loc["reserved", "used"] + book.loc["reserved", "shortfall"] == 40 * 24 * 3 * 10
    assert book.loc["commitment", "shortfall"] == 5840
    assert (book["remaining"] == 0).all()


def test_a_result_file_gives_the_same_statement(tmp_path, simulation):
    path = tmp_path / "run.h5"
    rr.run(rr.Scenario.parse(MORE), out=path)
    with rr.open(path) as ds:
        table = ds.rackrate.statement("oai-aws")
        assert table.equals(an.statement(ds, "oai-aws"))
    live = simulation.statement("oai-aws")
    assert list(table.columns) == list(live.columns)
    for column in table.columns:
        assert np.array_equal(table[column].values, live[column].values) or np.allclose(
            table[column], live[column], equal_nan=True, rtol=0, atol=0
        )


def test_an_unknown_contract_is_named_with_those_there_are(simulation):
    with pytest.raises(KeyError, match=r"no contract 'oai-za'.*ant-aws, oai-aws, oai-az"):
        simulation.statement("oai-za")


def test_the_summary_prints_the_books(command):
    assert command("run", "toy-10", "-o", "out.h5").code == 0
    text = command("summary", "out.h5").out
    assert "revenue shares of toy-10" in text
    assert "commitments of toy-10" in text
