import numpy as np
import pytest
import xarray as xr
from scipy import stats

from rackrate import analysis as an
from rackrate.analysis import pairing

A = (12.1, 10.4, 13.7, 11.9, 9.8, 12.5, 13, 11.1, 10.9, 12.2)
B = (11.3, 9.9, 12.6, 11.5, 9.1, 11.6, 12.4, 10.2, 10.5, 11.1)


def two_arms(a, b, **extra):
    return xr.Dataset(
        {"x": (("arm", "replication"), [list(a), list(b)], {"units": "USD"}), **extra},
        coords={"arm": ["new", "old"]},
        attrs={"baseline": "old"},
    )


def test_the_worked_pairs_give_the_known_statistics():
    got = an.difference(two_arms(A, B), "x", "new", level=0.95)
    expect = {
        "mean": 0.74,
        "sd": 0.263312235,
        "mean_low": 0.551637774,
        "mean_high": 0.928362226,
        "correlation": 0.977764,
        "variance_ratio": 0.026021685,
        "bootstrap_se": 0.078993671,
    }
    for key, value in expect.items():
        assert float(got[key]) == pytest.approx(value, rel=2e-6 if key == "correlation" else 2e-8), key
    assert got["mean"].attrs["units"] == "USD" and got.attrs["pairs"] == 10


def test_outcome_spread_is_quantiles_of_the_paired_difference():
    got = an.difference(two_arms(A, B), "x", "new", level=0.8, resamples=0)
    d = np.subtract(A, B)
    assert float(got["outcome_low"]) == pytest.approx(np.quantile(d, 0.1))
    assert float(got["outcome_high"]) == pytest.approx(np.quantile(d, 0.9))


def test_more_futures_narrow_the_monte_carlo_error_and_not_the_spread():
    rng = np.random.default_rng(3)
    world = rng.normal(0, 5, 4000)
    a, b = world + rng.normal(1, 1, 4000), world
    few, many = (an.paired(a[:n], b[:n], resamples=0) for n in (100, 4000))

    def width(r, kind):
        return r[f"{kind}_high"] - r[f"{kind}_low"]

    assert width(many, "mean") < width(few, "mean") / 5
    assert 0.8 < width(many, "outcome") / width(few, "outcome") < 1.25


def test_bca_follows_the_skew_that_paired_t_ignores():
    d = np.random.default_rng(11).exponential(1.0, 30)
    got = an.paired(d, np.zeros(30), level=0.9, resamples=4000)
    below, above = got["mean"] - got["bca_low"], got["bca_high"] - got["mean"]
    assert above > 1.1 * below
    own = stats.bootstrap(
        (d,),
        np.mean,
        confidence_level=0.9,
        n_resamples=4000,
        method="BCa",
        **{pairing._GENERATOR: np.random.default_rng(99)},
    )
    assert got["bca_high"] == pytest.approx(own.confidence_interval.high, rel=0.03)


def test_common_random_numbers_save_what_inversion_predicts():
    # X = -ln U, Y = -ln U / 1.25: Var(X - Y) = (1 - .8)^2 = .04; independent 1 + .64 = 1.64; ratio
    # .024390244. The ratio's standard error at n = 4000, from 400 batches of its own draws, is about 4e-4
    # and is estimated here.
    u = np.random.default_rng(2025).random((4000, 50))
    x, y = -np.log(u), -np.log(u) / 1.25
    got = an.paired(x, y, resamples=0)
    assert got["correlation"] == pytest.approx(1.0)
    for values, truth in ((got["sd"] ** 2, 0.04), (got["variance_ratio"], 0.04 / 1.64)):
        error = values.std(ddof=1) / np.sqrt(values.size)
        assert abs(values.mean() - truth) <= 4 * error + 1e-12
    apart = an.paired(x[:, :25], y[:, 25:], resamples=0)["sd"] ** 2
    assert abs(apart.mean() - 1.64) <= 4 * apart.std(ddof=1) / 5
    # Antithetic exponentials: Cov(-ln U, -ln(1 - U)) = 1 - pi^2 / 6 = -0.644934067
    anti = an.paired(x, -np.log1p(-u), resamples=0)["correlation"]
    assert abs(anti.mean() - (1 - np.pi**2 / 6)) <= 4 * anti.std(ddof=1) / np.sqrt(50)


def test_an_arm_against_itself_differs_by_exactly_zero(study):
    got = an.difference(study, "npv", "amended")
    for key in (
        "mean",
        "sd",
        "outcome_low",
        "outcome_high",
        "mean_low",
        "mean_high",
        "bca_low",
        "bca_high",
        "p_negative",
    ):
        assert (got[key] == 0.0).all(), key


def test_unfinished_replications_leave_both_halves_of_the_pair(study):
    holes = study.copy()
    holes["complete"] = study["complete"].copy()
    holes["complete"][1, 3] = 0
    few = an.difference(holes, "npv", "exclusive", resamples=0)
    assert few.attrs["pairs"] == study.sizes["replication"] - 1
    kept = study.drop_sel(replication=3)
    assert (few["mean"] == an.difference(kept, "npv", "exclusive", resamples=0)["mean"]).all()


def test_one_pair_says_nothing_about_its_error():
    got = an.difference(two_arms([3.0], [1.0]), "x", "new")
    assert float(got["mean"]) == 2.0 and np.isnan(got["mean_low"]) and np.isnan(got["sd"])


def test_time_series_keep_their_dims(study):
    got = an.difference(study, "hhi", "exclusive", resamples=50)
    assert got["bca_low"].dims == ("layer", "time")
    assert ((got["bca_low"] <= got["mean"]) & (got["mean"] <= got["bca_high"])).all()


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda ds: an.difference(ds, "y", "new"), "did not record 'y'"),
        (lambda ds: an.difference(ds, "x", "newer"), "no arm 'newer'; it has new, old"),
        (lambda ds: an.difference(ds, "x", "new", level=90), "between 0 and 1"),
        (lambda ds: an.difference(ds.isel(replication=[]), "x", "new"), "no replication"),
    ],
)
def test_mistakes_get_one_clear_sentence(call, says):
    with pytest.raises((KeyError, ValueError), match=says):
        call(two_arms(A, B))


def test_the_bootstrap_draws_alike_under_old_and_new_scipy(monkeypatch):
    # scipy called the argument random_state before 1.15; whichever it knows gets the same generator.
    seen = {}

    def bootstrap(data, *_, **kwargs):
        seen.update(kwargs)
        return type("R", (), {"confidence_interval": type("C", (), {"low": np.zeros(1), "high": np.ones(1)})()})()

    monkeypatch.setattr(pairing.stats, "bootstrap", bootstrap)
    monkeypatch.setattr(pairing, "_GENERATOR", "random_state")
    an.paired([1.0, 2.0, 4.0], [0.0, 0.0, 0.0])
    assert isinstance(seen["random_state"], np.random.Generator) and "rng" not in seen


def test_how_many_pairs_a_mean_needs():
    # By definition: the smallest n with t(n-1) sd / sqrt(n) <= half the width, found by trying all.
    for sd, half, level in ((9.0, 1.5, 0.9), (3.0, 1.5, 0.9), (20.0, 1.5, 0.9), (1.0, 5.0, 0.95)):
        wide = [n for n in range(2, 2000) if stats.t.ppf((1 + level) / 2, n - 1) * sd / np.sqrt(n) <= half]
        assert an.pairs_needed(sd, half, level) == wide[0]
    assert an.pairs_needed(0.0, 1.0) == 2


@pytest.mark.parametrize(("sd", "half"), [(1.0, 0.0), (1.0, -1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_width_or_a_spread_that_is_no_positive_number_is_refused(sd, half):
    with pytest.raises(ValueError, match="expected a"):
        an.pairs_needed(sd, half)
