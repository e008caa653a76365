"""Arms that share their past: the same bytes as arms that run alone."""

import pytest

import rackrate as rr
from rackrate import decompositions, study
from rackrate.attributions import plan as attribution_plan
from rackrate.attributions import request as attribution_request

SMALL = {"run.enterprises": 60, "run.end": "2026-08-01"}


@pytest.fixture(scope="module")
def arms():
    names = ("openai-azure-amended", "openai-azure-exclusive", "openai-azure-october-2025")
    return [rr.Scenario.load(name).override(SMALL, name=name) for name in names]


def both_ways(arms, baseline, replay=None, **asked):
    """The study with a shared past and without."""
    make = {"baseline": baseline, "replications": 2, "replay": replay or {}, **asked}
    return [study.study_of(study.StudyRequest(arms, share_past=share, **make), show=False) for share in (True, False)]


def test_a_comparison_is_the_same_with_a_shared_past(arms):
    shared, alone = (
        rr.compare(arms, fixed_parameters=True, replications=2, share_past=share) for share in (True, False)
    )
    assert shared.identical(alone)
    assert len(set(shared["run_fingerprint"].values.ravel())) == 6


@pytest.mark.slow
def test_an_attribution_is_the_same_with_a_shared_past(arms):
    designed = attribution_plan.plan(arms[0], arms[2])
    assert len(designed.arms) > 8
    asked = attribution_request.asked(designed, 1, 1, None)
    shared, alone = both_ways(asked.arms, asked.baseline, replications=1)
    assert shared.identical(alone)


def test_a_decomposition_is_the_same_with_a_shared_past(arms):
    made = decompositions.steps({arm.name: arm for arm in arms[:2]}, arms[0].name)
    shared, alone = both_ways(made.arms, arms[0].name, made.replay)
    assert shared.identical(alone)


def test_structural_settings_are_the_same_with_a_shared_past(arms):
    for settings in list(dict(rr.analysis.structural_settings(arms[1])).values())[:4]:
        changed = {arm.name: arm.override(settings, name=arm.name) for arm in arms[:2]}
        shared, alone = both_ways(changed, arms[0].name, replications=1, until="2026-06-10")
        assert shared.identical(alone)
