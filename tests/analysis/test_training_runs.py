"""Runs of a calendar over the futures: waits and dates, with the futures in which a run never begins."""

import numpy as np
import pandas as pd
import pytest

import rackrate as rr
from rackrate import analysis as an

TOY = """
extends = "toy-10"
[labs.oai.streams.training]
product = "training"
compute = "40 H100e"
unserved_penalty = "1 $/H100e-h"  # below what the labs' products are worth here
[labs.oai.runs.next]
submitted = 2026-01-02
size = "30 H100e"
duration = "3 d"
[contracts.oai-aws.versions.first.clauses.train]
kind = "grant"
role = "TRAIN"
grantee = "aws"
scope = { labs = ["oai"] }
[contracts.oai-aws.versions.first.clauses.train_az]
kind = "grant"
role = "TRAIN"
grantee = "az"
scope = { labs = ["oai"] }
"""


@pytest.fixture(scope="module")
def study():
    return rr.run("toy-10", progress=False), rr.run(rr.Scenario.parse(TOY), replications=4, progress=False)


def test_a_result_without_a_calendar_says_so(study):
    with pytest.raises(KeyError):
        an.training_runs(study[0])


def test_the_toy_s_run_waits_for_the_second_hall(study):
    # Of the 50 H100e of AWS Anthropic leaves 20 and Azure is full; 50 more come on 5 January, three days after the
    # submission.
    row = an.training_runs(study[1]).iloc[0]
    assert (row["lab"], row["run"], row["begun"]) == ("oai", "next", 1.0)
    assert row["begun_low"] < 1.0 == row["begun_high"]
    assert row["wait_early"] == row["wait_median"] == row["wait_late"] == 3.0
    assert (row["starts"], row["ends"]) == (pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-08"))


def test_futures_in_which_a_run_does_not_begin_count_in_every_quantile(study):
    some = study[1].copy(deep=True)
    for name in ("training_start", "training_wait", "training_end"):
        some[name].values[0, :2] = np.nan  # it never begins in two of four futures
    row = an.training_runs(some).iloc[0]
    assert row["begun"] == 0.5
    assert row["wait_median"] == 3.0 and np.isnan(row["wait_late"])
