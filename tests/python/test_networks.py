"""Who depends on whom, as tables and as a picture."""

import numpy as np
import pytest

import rackrate as rr
from rackrate import analysis as an


@pytest.fixture(scope="module")
def flagship():
    return rr.Simulation(rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 50}))


def test_shares_of_what_a_receiver_has_add_up_to_all_of_it(flagship):
    ties = flagship.network()
    for tie in ("supply", "hosting"):
        assert np.allclose(ties[ties["tie"] == tie].groupby("to")["share"].sum(), 1.0)


def test_a_lab_hangs_on_a_vendor_by_the_chips_of_its_hosts(flagship):
    ties, table = flagship.network(), flagship.dependency()
    hosting = ties[(ties["tie"] == "hosting") & (ties["to"] == "openai")].set_index("from")["share"]
    chips = ties[(ties["tie"] == "supply") & (ties["from"] == "nvidia")].set_index("to")["share"]
    expected = float((hosting * chips.reindex(hosting.index).fillna(0.0)).sum())
    assert table.loc[("vendor", "nvidia"), "openai"] == pytest.approx(expected)
    assert 0.0 < table.loc[("cloud", "azure"), "openai"] <= 1.0
    assert table["centrality"].between(0.0, 1.0).all()
    # Its pools are the cloud's: nothing else of Microsoft hosts OpenAI.
    assert table.loc[("firm", "microsoft"), "openai"] == pytest.approx(table.loc[("cloud", "azure"), "openai"])


def test_the_first_day_is_that_of_a_simulation_that_has_not_begun(flagship):
    scenario = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 50})
    assert scenario.network().equals(flagship.network()) and scenario.dependency().equals(flagship.dependency())


def test_a_payment_names_its_clause(flagship):
    paid = flagship.network().query("tie == 'payment'")
    share = paid[paid["clause"] == "revshare"]
    assert ("openai", "microsoft") in set(zip(share["from"], share["to"], strict=True))
    assert (paid["label"].str.count("/") == 1).all()


def test_the_picture_names_every_vendor_cloud_and_lab(flagship):
    ties = flagship.network()
    svg = an.figure.svg(an.figure.dependency_network(ties))
    for name in ("nvidia", "azure", "openai", "bedrock"):
        assert name in svg
