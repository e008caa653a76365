"""Cash of labs and backlog of clouds, from the recorded payments."""

import numpy as np
import pytest

import rackrate as rr

CASH = """
extends = "toy-10"
[labs.oai.cash]
opening = "1 M$"
limits = false
[labs.oai.cash.rounds.one]
date = 2026-01-05
amount = "20 k$"
"""
COMMITMENT = "contracts.oai-az.versions.first.clauses.commitment"


@pytest.fixture(scope="module")
def toy():
    return rr.run(rr.Scenario.parse(CASH), threads=1).isel(arm=0, replication=0)


def test_cash_moves_by_what_was_paid(toy):
    moved = toy["payment"].sel(payee="oai").sum("payer") - toy["payment"].sel(payer="oai").sum("payee")
    assert float(toy["lab_cash"].sel(lab="oai")[-1]) == pytest.approx(1e6 + float(moved.sum()), abs=1e-3)
    assert float(toy["payment"].sel(payer="investors", payee="oai").sum()) == 20_000
    assert float(toy["lab_funding"].sel(lab="oai").sum()) == 20_000
    assert float(toy["funding"].sel(firm="oai").sum()) == 20_000
    assert (toy["lab_funded"].sel(lab="oai") == 1).all()


def test_a_lab_without_an_account_has_no_cash(toy):
    for name in ("lab_cash", "lab_funding", "lab_funded"):
        assert np.isnan(toy[name].sel(lab="ant")).all()


def test_backlog_is_what_is_left_of_commitments(toy):
    longer = rr.Scenario.load("toy-10").override(
        {f"{COMMITMENT}.until": "2026-02-01", f"{COMMITMENT}.amount": "100 k$"}
    )
    cut = rr.run(longer, threads=1).isel(arm=0, replication=0)
    # 48,000 $ were bought of 100,000.
    assert float(cut["backlog"].sel(cloud="az", payer="oai")[-1]) == pytest.approx(52_000)
    assert float(cut["backlog"].sum()) == pytest.approx(52_000)
    assert float(toy["backlog"].sum()) == 0  # it has ended
