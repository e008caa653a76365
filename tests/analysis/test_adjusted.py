"""Means adjusted for exogenous drivers: the interval holds what it says, and a second implementation agrees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rackrate.analysis.adjusted import adjusted_mean, controls_allowed

STUDIES = 1000


def _noise(rng: np.random.Generator, case: str, x: np.ndarray) -> np.ndarray:
    """What the controls do not explain linearly, of mean 0 over futures."""
    n = len(x)
    if case == "curved":
        return 0.5 * (x[:, 0] ** 2 - 1.0) + rng.standard_normal(n)
    if case == "heavy tails":
        return rng.standard_t(4, n)
    if case == "uneven":
        return rng.standard_normal(n) * np.exp(0.5 * x[:, 0])
    if case == "skewed":
        return rng.lognormal(0.0, 0.5, n) - np.exp(0.125)
    return rng.standard_normal(n)


@pytest.mark.parametrize("case", ["linear", "curved", "heavy tails", "uneven", "skewed"])
@pytest.mark.parametrize("futures", [30, 60])
def test_intervals_hold_what_they_say(futures: int, case: str) -> None:
    rng = np.random.default_rng(8)
    k, truth, level = controls_allowed(futures), 13.0, 0.9
    held, width, plain = 0, 0.0, 0.0
    for _ in range(STUDIES):
        x = rng.standard_normal((futures, k))
        y = truth + 2.0 * x.sum(1) + _noise(rng, case, x)
        found = adjusted_mean(y, x, np.zeros(k), level)
        held += bool(found["mean_low"] <= truth <= found["mean_high"])
        width += float(found["mean_high"] - found["mean_low"]) / STUDIES
        plain += 2 * stats.t.ppf(0.95, futures - 1) * y.std(ddof=1) / np.sqrt(futures) / STUDIES
    # Two points, and two standard errors of a share of 1,000.
    assert abs(held / STUDIES - level) <= 0.02 + 2 * np.sqrt(level * (1 - level) / STUDIES)
    assert width < 0.7 * plain


def test_against_another_implementation() -> None:
    """Delete-one regressions by numpy's least squares: HC3 of the intercept is nearly their jackknife, its parts exactly."""
    rng = np.random.default_rng(3)
    n, k, mu = 45, 3, np.array([0.3, -1.0, 2.0])
    x = rng.standard_normal((n, k)) * [1.0, 5.0, 0.01] + mu
    y = rng.standard_normal((n, 2)) + x @ rng.standard_normal((k, 2))
    found = adjusted_mean(y, x, mu, 0.8)
    z = np.c_[np.ones(n), x - mu]
    whole = np.linalg.lstsq(z, y, rcond=None)[0][0]
    without = np.array([np.linalg.lstsq(np.delete(z, i, 0), np.delete(y, i, 0), rcond=None)[0][0] for i in range(n)])
    half = stats.t.ppf(0.9, n - k - 1) * np.sqrt(((without - whole) ** 2).sum(0))
    np.testing.assert_allclose(found["mean"], whole, rtol=1e-9)
    np.testing.assert_allclose(found["mean_high"] - found["mean"], half, rtol=1e-9)
    np.testing.assert_allclose(found["mean"] - found["mean_low"], half, rtol=1e-9)


def test_without_controls_it_is_the_plain_mean() -> None:
    y = np.array([1.0, 2.0, 4.0, 9.0])
    found = adjusted_mean(y, np.empty((4, 0)), np.empty(0))
    assert found["mean"] == y.mean()
    assert found["sd_left"] == pytest.approx(y.std(ddof=1))
    assert found["explained"] == pytest.approx(0.0)


def test_means_that_are_not_known_exactly_widen_the_interval() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((30, 1))
    y = 3.0 * x[:, 0] + rng.standard_normal(30)
    exact, vague = (adjusted_mean(y, x, [0.0], known_covariance=c) for c in (None, np.array([[0.04]])))
    half = [float(f["mean_high"] - f["mean"]) / stats.t.ppf(0.95, 28) for f in (exact, vague)]
    slope = np.polyfit(x[:, 0], y, 1)[0]
    assert half[1] ** 2 - half[0] ** 2 == pytest.approx(0.04 * slope**2)


def test_what_cannot_be_adjusted() -> None:
    y = np.zeros(30)
    with pytest.raises(ValueError, match="3 controls of 30 futures; expected at most 2"):
        adjusted_mean(y, np.zeros((30, 3)), np.zeros(3))
    with pytest.raises(ValueError, match="the same in all futures"):
        adjusted_mean(y, np.ones((30, 1)), [0.0])
    with pytest.raises(ValueError, match=r"expected \(n, ...\), \(n, k\) and \(k\)"):
        adjusted_mean(y, np.ones((29, 1)), [0.0])


def test_a_control_correlated_by_nine_tenths_leaves_nineteen_per_cent() -> None:
    """Check G4: 1 - rho^2, within four standard errors of a variance."""
    rng, n = np.random.default_rng(5), 20_000
    x = rng.standard_normal(n)
    y = 0.9 * x + np.sqrt(1 - 0.81) * rng.standard_normal(n)
    found = adjusted_mean(y, x[:, None], [0.0])
    assert abs(float(found["sd_left"]) ** 2 - 0.19) < 4 * 0.19 * np.sqrt(2 / n)
    assert abs(float(found["explained"]) - 0.81) < 0.01
