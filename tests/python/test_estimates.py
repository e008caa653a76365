"""An estimate knows the length of the runs, counts set-up once, and costs little."""

import time

import pytest

import rackrate as rr
from rackrate import estimates
from rackrate.study import StudyRequest, run_study


@pytest.fixture(scope="module")
def small():
    return rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 100})


def test_a_short_run_is_estimated_as_short(small):
    day = estimates.estimate_seconds(StudyRequest({"a": small}, "a", 1, until="2025-07-02"), 1)
    whole = estimates.estimate_seconds(StudyRequest({"a": small}, "a", 1), 1)
    assert whole > 4 * day   # 2010 days; the day is nearly all set-up


def test_runs_share_threads_and_the_set_up_of_their_arm(small):
    one, ten = (estimates.estimate_seconds(StudyRequest({"a": small}, "a", n, until="2025-10-01"), 1) for n in (1, 20))
    assert 4 * one < ten < 21 * one


def test_an_estimate_finds_what_is_wrong_first(small):
    with pytest.raises(rr.ScenarioError, match="replications is 0"):
        estimates.estimate_seconds(StudyRequest({"a": small}, "a", 0), 1)


@pytest.mark.slow
def test_an_estimate_is_good_to_a_factor_of_two_and_costs_a_tenth(small, tmp_path):
    # The aim is 1.5 on a machine that does nothing else; a test machine does.
    request = StudyRequest({"a": small, "b": small}, "a", 6, until="2026-01-01")
    begin = time.perf_counter()
    estimate = estimates.estimate_seconds(request, 1)
    pilot = time.perf_counter() - begin
    begin = time.perf_counter()
    run_study(request, tmp_path / "o.h5", threads=1)
    took = time.perf_counter() - begin
    assert took / 2 < estimate < took * 2
    assert pilot < 0.1 * took + 0.2
