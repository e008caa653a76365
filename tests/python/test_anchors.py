"""The believable world: every anchor within a factor of 1.5, one pool tight, one slack, nothing exponential for ever."""

import numpy as np
import pytest

import rackrate as rr
from rackrate.analysis import anchors


@pytest.fixture(scope="module")
def flagship():
    return rr.run("openai-azure-amended", replications=2)


@pytest.mark.slow
def test_every_anchor_is_within_its_factor(flagship):
    far = [(row["figure"], row["date"], round(row["ratio"], 2)) for row in anchors.table(flagship) if not row["close"]]
    assert not far


@pytest.mark.slow
def test_one_pool_is_tight_and_one_is_slack(flagship):
    shares = [share for _, share in anchors.tightness(flagship)]
    assert any(0.05 <= share <= 0.8 for share in shares)
    assert min(shares) < 0.05


@pytest.mark.slow
def test_no_series_grows_exponentially_over_the_whole_horizon(flagship):
    total = {
        "capacity": flagship["capacity"].sum(["cloud", "region"]),
        "users": flagship["users"].sel(lab="openai"),
        "seats": flagship["seats"],
        "placed units": flagship["placed_units"].sum("segment"),
    }
    for name, series in total.items():
        path = np.log(series.isel(arm=0).mean("replication").values)
        first, last = path[13] - path[1], path[-1] - path[-13]
        assert last < 0.8 * first, name
