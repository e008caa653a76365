"""Futures and parameters told apart: against samples of a known model, and on a study whose numbers are known."""

import json

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from rackrate import analysis
from rackrate.analysis import study_data, two_level
from rackrate.analysis.pairing import paired

LEVEL = 0.9
STUDIES = 1000


def samples(points, futures, spread_of_parameters, spread_of_futures, seed=3):
    """[pair, study]: normal effects of points and of futures around 3, and the effect of each pair's point."""
    rng = np.random.default_rng(seed)
    parameter = spread_of_parameters * rng.standard_normal((points, STUDIES))
    future = spread_of_futures * rng.standard_normal((points * futures, STUDIES))
    return 3.0 + np.repeat(parameter, futures, axis=0) + future, np.repeat(np.arange(points), futures)


@pytest.mark.parametrize(
    "points, futures, parameter, future", [(20, 2, 2.0, 1.0), (20, 2, 1.0, 1.0), (40, 2, 1.0, 1.0), (20, 4, 1.0, 1.5)]
)
def test_intervals_hold_what_they_say(points, futures, parameter, future):
    # 1,000 studies of a known model. The truth: a further outcome, a further point's mean, a further future, the mean.
    d, point = samples(points, futures, parameter, future)
    found = two_level.components(d, point, LEVEL)
    total = np.hypot(parameter, future)

    def within(low, high, sd, middle=3.0):
        return np.mean(stats.norm.cdf((found[high] - middle) / sd) - stats.norm.cdf((found[low] - middle) / sd))

    covered = {
        "mean": np.mean((found["mean_low"] <= 3) & (found["mean_high"] >= 3)),
        "outcome": within("outcome_low", "outcome_high", total),
        "parameter": within("parameter_low", "parameter_high", parameter),
        "future": within("future_low", "future_high", future, d.mean(0)),  # how far from the mean, not where
    }
    # One standard error of the share of 1,000 studies is 0.9 points.
    assert all(abs(share - LEVEL) <= 0.02 for share in covered.values()), covered


def test_variances_are_estimated_without_bias():
    d, point = samples(10, 3, 1.0, 2.0)
    found = two_level.components(d, point, LEVEL)
    assert found["future_sd"] ** 2 == pytest.approx((d.reshape(10, 3, -1).var(1, ddof=1)).mean(0))
    assert np.mean(found["future_sd"] ** 2) == pytest.approx(4.0, rel=0.03)
    # The estimate of the other variance is cut at 0 in some studies, so its mean lies a little above 1.
    assert 0.95 < np.mean(found["parameter_sd"] ** 2) < 1.4


def test_few_points_give_wider_intervals():
    d, point = samples(5, 2, 1.0, 1.0)
    found = two_level.components(d, point, LEVEL)
    covered = np.mean(
        stats.norm.cdf((found["outcome_high"] - 3) / 2**0.5) - stats.norm.cdf((found["outcome_low"] - 3) / 2**0.5)
    )
    assert abs(covered - LEVEL) <= 0.02


def test_points_of_unequal_size_are_the_classical_analysis_of_variance():
    rng = np.random.default_rng(4)
    point = np.array([0, 0, 1, 1, 1, 2, 3, 3])
    d = rng.standard_normal(8)
    f, _ = stats.f_oneway(*(d[point == at] for at in range(4)))
    found = two_level.components(d, point, LEVEL)
    within = found["future_sd"] ** 2
    n0 = (8 - (2**2 + 3**2 + 1 + 2**2) / 8) / 3
    assert found["parameter_sd"] ** 2 == pytest.approx(max((f - 1) * within / n0, 0.0))


def test_no_difference_is_exactly_zero_in_every_part():
    found = paired(np.full((8, 2), 5.0), np.full((8, 2), 5.0), point=np.repeat(np.arange(4), 2))
    for key in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high", *two_level.MEANING):
        assert (found[key] == 0.0).all(), key


def test_one_future_at_each_point_cannot_tell_them_apart():
    found = two_level.components(np.arange(30.0), np.arange(30), LEVEL)
    assert np.isnan(found["parameter_low"]) and np.isnan(found["future_sd"]) and np.isfinite(found["mean_low"])


@pytest.fixture
def study():
    """Three points of two futures in two arms; what the exclusive arm gains is 10 x point + future."""
    gain = 10.0 * np.arange(3)[:, None] + np.arange(2)[None, :]
    npv = np.zeros((3, 2, 2, 1))
    npv[:, 1, :, 0] = gain
    return xr.Dataset(
        {"npv": (("point", "arm", "replication", "firm"), npv, {"units": "USD"}),
         "world": (("point", "replication"), np.arange(2)[None, :] * 3 + np.arange(3)[:, None])},
        {"point": [0, 1, 2], "arm": ["open", "shut"], "replication": [0, 1], "firm": ["a"], "price": ("point", [0.1, 0.5, 0.9])},
        {"baseline": "open", "sweep": json.dumps({"kind": "draws"})},
    )  # fmt: skip


def test_pairs_are_pooled_point_after_point(study):
    pooled = study_data.pooled(study)
    assert dict(pooled.sizes) == {"arm": 2, "replication": 6, "firm": 1}
    assert pooled["npv"].sel(arm="shut", firm="a").values.tolist() == [0, 1, 10, 11, 20, 21]
    assert pooled["point"].values.tolist() == [0, 0, 1, 1, 2, 2]
    assert pooled["replication"].values.tolist() == [0, 3, 1, 4, 2, 5]
    assert study_data.pooled(pooled) is pooled


def test_a_difference_has_its_parts(study):
    found = analysis.difference(study, "npv", "shut", resamples=0).sel(firm="a")
    assert found.attrs["points"] == 3 and found.attrs["pairs"] == 6
    assert found["mean"] == 10.5 and found["future_sd"] == pytest.approx(0.5**0.5)
    # Means of points .5, 10.5, 20.5: variance 100, less half of the variance within.
    assert found["parameter_sd"] == pytest.approx((100 - 0.25) ** 0.5)
    alone = analysis.difference(study.isel(point=1, drop=True), "npv", "shut", resamples=0)
    assert alone["mean"].item() == 10.5 and "parameter_sd" not in alone


def test_a_derived_measure_is_pooled_too(study):
    twice = (2 * study["npv"]).rename("twice")
    assert analysis.difference(study, twice, "shut", resamples=0)["mean"].item() == 21.0
