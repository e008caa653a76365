"""An estimate knows the length of the runs, counts set-up once, and costs little."""

import time

import pytest

import rackrate as rr
from rackrate import estimates
from rackrate.study import run_study
from rackrate.study_request import StudyRequest


@pytest.fixture(scope="module")
def small():
    return rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 100})


def test_a_short_run_is_estimated_as_short(small):
    day = estimates.estimate_seconds(StudyRequest({"a": small}, "a", 1, until="2025-07-02"), 1)
    whole = estimates.estimate_seconds(StudyRequest({"a": small}, "a", 1), 1)
    assert whole > 4 * day  # 2010 days; the day is nearly all set-up


def test_runs_share_threads_and_the_set_up_of_their_arm(small):
    one, ten = (estimates.estimate_seconds(StudyRequest({"a": small}, "a", n, until="2025-10-01"), 1) for n in (1, 20))
    assert 4 * one < ten < 21 * one


def test_an_estimate_finds_what_is_wrong_first(small):
    with pytest.raises(rr.ScenarioError, match="replications is 0"):
        estimates.estimate_seconds(StudyRequest({"a": small}, "a", 0), 1)


def processor_time():
    begin = time.process_time()
    return lambda: time.process_time() - begin


def test_an_estimate_is_good_to_a_factor_of_two_and_costs_little(small, tmp_path, monkeypatch):
    # The aim is 1.5. Processor time in place of the clock on the wall, because a test machine does other things as well.
    monkeypatch.setattr(estimates.progress, "stopwatch", processor_time)
    # An estimate counts each arm from its first day; a past that arms share makes the study shorter than that.
    request = StudyRequest({"a": small, "b": small}, "a", 6, until="2026-01-01", share_past=False)
    pilot = processor_time()
    estimate = estimates.estimate_seconds(request, 1)
    paid = pilot()
    study = processor_time()
    run_study(request, tmp_path / "o.h5", threads=1)
    took = study()
    assert took / 2 < estimate < took * 2
    assert paid < 0.25 * took  # a second of work; of a minute's it is a few per cent
