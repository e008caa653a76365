"""Whether an exclusive right enforces itself, from the appraisals of a run."""

import numpy as np
import pandas as pd
import pytest

import rackrate as rr
from rackrate import analysis as an

# Appraised every two days without talks. aws has 20 H100e to spare for oai on days 1 to 3 and 70 from day 4 on, of which oai
# is short of 20: opening earns oai and az 6 - 2 = 4 $ for each of 20 x 24 hours, 1,920 $ a day.
APPRAISED = """
extends = "toy-10"
[contracts.oai-aws.versions.first]
signed = 2025-12-01
effective = 2025-12-01
[contracts.oai-az.versions.first.clauses.exclusive]
until = "never"
[contracts.oai-az.versions.first.clauses.share]
cap = "1 M$"
[contracts.oai-az.versions.first.clauses.talks]
kind = "renegotiation"
lab = "oai"
host = "az"
weight = "50 %"
period = "2 d"
switches_off = ["exclusive"]
"""


@pytest.fixture(scope="module")
def study():
    return rr.run(rr.Scenario.parse(APPRAISED), replications=3, progress=False)


def test_a_right_whose_opening_pays_is_not_self_enforcing(study):
    table = an.stability(study, "oai-az/talks")
    assert len(table) == 1 and table["futures"].tolist() == [3] and table["unstable"].tolist() == [1.0]
    assert table["gain"].item() == pytest.approx(1920 * 365.25) or table["gain"].item() == pytest.approx(5760 * 365.25)
    assert table.attrs["first_unstable"] == [pd.Timestamp("2026-01-01")] * 3


def test_a_right_whose_opening_costs_enforces_itself():
    # Without a shortage nothing is gained: oai wants no more than az has.
    calm = rr.Scenario.parse(APPRAISED).override({"labs.oai.streams.app.compute": "90 H100e"})
    table = an.stability(rr.run(calm, progress=False), "oai-az/talks")
    assert (table["gain"] <= 0).all() and table["unstable"].tolist() == [0.0]
    assert all(pd.isna(day) for day in table.attrs["first_unstable"])


def test_a_clause_that_appraises_nothing_is_an_error(study):
    with pytest.raises(KeyError, match="nothing was appraised under 'oai-az/share'"):
        an.stability(study, "oai-az/share")
    with pytest.raises(KeyError, match="no clause 'oai-az/talk'"):
        an.stability(study, "oai-az/talk")
    assert np.isnan(study["clause_gain"].sel(clause="oai-az/share").values).all()
