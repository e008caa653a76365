"""The closed forms against answers worked out elsewhere (docs/validation.md names the checks) or by a
second route."""

import itertools

import numpy as np
import pytest
from scipy import integrate, linalg, stats

from rackrate.analysis import oracle

N = 1e-9


def near(x, rel=N):
    return pytest.approx(x, rel=rel, abs=1e-12)


def test_bass_shares_match_the_ode():
    assert oracle.bass_F(np.array([1, 3, 5, 10.0]), 0.03, 0.38) == near(
        [0.035758164, 0.150500072, 0.331198642, 0.812803221], 2e-8
    )
    ode = integrate.solve_ivp(lambda t, f: (1 - f) * (0.05 + 1.2 * f), (0, 4), [0.0], rtol=1e-11, atol=1e-13).y[0, -1]
    assert oracle.bass_F(4.0, 0.05, 1.2) == near(ode, 1e-8)
    assert oracle.bass_peak(0.03, 0.38) == near((6.192619198, 0.460526316, 0.110592105), 1e-8)


def test_finite_populations_lag_the_bass_curve():
    # The exact pure-birth chain; the second route is the matrix exponential of its generator.
    assert oracle.bass_finite_mean(3, 0.03, 0.38, 100) == near((0.148782696, 0.058190987), 1e-7)
    assert oracle.bass_finite_mean(5, 0.03, 0.38, 100) == near((0.323561555, 0.094155359), 1e-7)
    assert oracle.bass_finite_mean(3, 0.03, 0.38, 10) == near((0.136020, 0.160567), 1e-5)
    k = np.arange(13)
    rate = (12 - k) * (0.05 + 1.2 * k / 12)
    row = linalg.expm((np.diag(-rate) + np.diag(rate[:-1], 1)) * 1.5)[0]
    mean = row @ k / 12
    assert oracle.bass_finite_mean(1.5, 0.05, 1.2, 12) == near((mean, np.sqrt(row @ (k / 12) ** 2 - mean**2)), 1e-9)
    assert oracle.bass_finite_mean(0.0, 0.05, 1.2, 12)[0] == 0.0


def test_a_digest_refreshed_seldom_slows_adoption():
    assert oracle.bass_lagged(3, 0.03, 0.38, 0.25) == near(0.141259314, 1e-8)
    assert oracle.bass_lagged(5, 0.03, 0.38, 1 / 12) == near(0.324166402, 1e-8)
    assert (
        oracle.bass_lagged(5, 0.03, 0.38, 0.25)
        < oracle.bass_lagged(5, 0.03, 0.38, 1 / 12)
        < oracle.bass_F(5, 0.03, 0.38)
    )


def test_checkpointing_gives_the_known_efficiency():
    # 419 interruptions in 54 days of 16,384 GPUs: 54 * 24 / 419 h between failures
    efficiency, interval = oracle.daly_efficiency(54 * 24 * 60 / 419, 0.5, 5)
    assert (efficiency, interval) == near((0.903681508, 13.622948), 1e-7)
    best = oracle.daly_best_interval(54 * 24 * 60 / 419, 0.5)
    assert oracle.daly_efficiency(54 * 24 * 60 / 419, 0.5, 5, best)[0] >= efficiency


@pytest.mark.parametrize(
    "c, rho, b, wait_probability, wq",
    [
        (1, 0.8, 0.444444444, 0.8, 4.0),
        (2, 0.8, 0.329896907, 0.711111111, 1.777777778),
        (10, 0.9, 0.167963226, 0.668731524, 0.668731524),
        (50, 0.9, 0.054104472, 0.363864467, 0.072772893),
        (100, 0.95, 0.048804206, 0.506456854, 0.101291371),
        (500, 0.98, 0.023550297, 0.546673272, 0.054667327),
    ],
)
def test_erlang_formulas(c, rho, b, wait_probability, wq):
    load = c * rho
    assert oracle.erlang_b(c, load) == near(b, 1e-8)
    assert oracle.erlang_c(c, load) == near(wait_probability, 1e-8)
    assert oracle.allen_cunneen(c, load) == near(wq, 1e-8)


def test_variability_and_pooling_change_waits_as_known():
    assert oracle.allen_cunneen(20, 17, 1, 2) == near(0.192528115, 1e-8)
    assert oracle.allen_cunneen(20, 17, 1, 0) == near(0.064176038, 1e-7)
    assert oracle.allen_cunneen(1, 0.8, 1, 2) == near(6.0)  # Pollaczek-Khinchine
    assert oracle.allen_cunneen(10, 9) / oracle.allen_cunneen(20, 18) == near(2.428355693, 1e-8)
    c = oracle.servers_for_wait(40.0, 0.2)
    assert oracle.erlang_c(c, 40.0) <= 0.2 < oracle.erlang_c(c - 1, 40.0)
    with pytest.raises(ValueError, match="no steady state"):
        oracle.erlang_c(2, 2.0)


V = [1, 0.8, 0.9, 0.4, 0]  # OAI@AZ, OAI@AWS, CLA@AWS, GEM@GCP, outside
LAB, CLOUD = ["oai", "oai", "cla", "gem", None], ["az", "aws", "aws", "gcp", None]


def cnl(v, keep=range(5)):
    nests = [["L" + LAB[j], "C" + CLOUD[j]] if LAB[j] else [] for j in keep]
    lam = {n: 0.5 if n[0] == "L" else 0.6 for names in nests for n in names}
    return [v[j] for j in keep], nests, [[0.5, 0.5] if n else [] for n in nests], lam


def test_logit_shares_and_the_surplus_of_an_alternative():
    shares = oracle.mnl_shares(V)
    assert shares == near([0.274705710, 0.224910013, 0.248564005, 0.150761690, 0.101058583], 1e-8)
    without = oracle.mnl_shares([1, 0.9, 0.4, 0])
    assert oracle.diversion(shares, without, 1) == near([0.354417828, 0.320690512, 0.194508628, 0.130383032], 1e-8)
    gain = (oracle.mnl_logsum(V) - oracle.mnl_logsum([1, 0.9, 0.4, 0])) / 0.5
    assert gain == near(0.509552287, 1e-8) and gain == near(-np.log(1 - shares[1]) / 0.5)


def test_nested_and_cross_nested_shares():
    assert oracle.nl_shares(V, CLOUD, 0.5) == near(
        [0.318780192, 0.175113157, 0.213883693, 0.174950279, 0.117272679], 1e-8
    )
    assert oracle.nl_logsum(V, CLOUD, 0.5) == near(2.143253467, 1e-9)
    assert oracle.nl_shares(V, LAB, 0.5) == near(
        [0.248479357, 0.166560694, 0.290576651, 0.176243648, 0.118139650], 1e-8
    )
    assert oracle.nl_logsum(V, LAB, 0.5) == near(2.135887880, 1e-9)
    full, few = cnl(V), cnl(V, [0, 2, 3, 4])
    shares = oracle.cnl_shares(*full)
    assert shares == near([0.279862299, 0.176393035, 0.254473457, 0.173183103, 0.116088106], 1e-8)
    assert oracle.cnl_logsum(*full) == near(2.153405843, 1e-9)
    assert oracle.diversion(shares, oracle.cnl_shares(*few), 1) == near(
        [0.422667077, 0.375394954, 0.120897770, 0.081040199], 1e-7
    )
    assert oracle.cnl_logsum(*full) - oracle.cnl_logsum(*few) == near(0.116127085, 1e-7)


def test_cross_nested_shares_are_the_gradient_of_the_logsum():
    v, nests, allocation, lam = cnl([0.3, -0.4, 1.2, 0.1, 0])
    for j in range(5):
        up, down = list(v), list(v)
        up[j], down[j] = v[j] + 1e-5, v[j] - 1e-5
        slope = (oracle.cnl_logsum(up, nests, allocation, lam) - oracle.cnl_logsum(down, nests, allocation, lam)) / 2e-5
        assert oracle.cnl_shares(v, nests, allocation, lam)[j] == pytest.approx(slope, rel=1e-7)


def test_red_bus_blue_bus():
    assert oracle.nl_shares([1, 1, 0], ["bus", "bus", None], 1.0) == near([0.422318798, 0.422318798, 0.155362403], 1e-8)
    assert oracle.nl_shares([1, 1, 0], ["bus", "bus", None], 0.05) == near(
        [0.368908913, 0.368908913, 0.262182175], 1e-8
    )
    assert oracle.nl_shares([1, 1, 0], ["bus", "bus", None], 1e-6) == near(
        [0.365529289, 0.365529289, 0.268941421], 1e-6
    )
    with pytest.raises(ValueError, match="sum of 1"):
        oracle.cnl_shares([0.0, 0.0], [["a"], ["a"]], [[0.4], [1.0]], 0.5)


def test_monopoly_and_symmetric_competition():
    assert oracle.monopoly_logit_price(3, 1, 1) == near((3, 0.5, 1, 0))
    price, share, _, shadow = oracle.monopoly_logit_price(3, 1, 1, capacity=0.4)
    assert (price, share, shadow) == near((3.405465108, 0.4, 0.738798441), 1e-9)
    known = {
        1: (3.0, 0.5, 1.0),
        2: (2.598941862, 0.374586391, 0.598941862),
        3: (2.392935318, 0.282091575, 0.392935318),
        4: (2.286537482, 0.222719887, 0.286537482),
        10: (2.106279742, 0.096069500, 0.106279742),
    }
    for firms, answer in known.items():
        assert oracle.bertrand_logit(3, 1, 1, firms) == near(answer, 1e-8)
    assert oracle.bertrand_logit(3, 1, 1, 3, outside=False) == near((2.5, 1 / 3, 0.5))
    assert oracle.bertrand_logit(3, 1, 1, 2, revshare=0.2) == near((2.799866933, 0.354783318, 0.439893547), 1e-8)


def test_multi_product_equilibrium_open_and_exclusive():
    p, s, profit, cs = oracle.bertrand_mnl([4, 3.9, 3.8, 3.3], 1, [1, 1.05, 0.9, 0.8], ["az", "aws", "aws", "gcp"])
    assert p == near([2.43919121, 2.75438429, 2.60438429, 2.07792662], 1e-7)
    assert s == near([0.30516529, 0.20147403, 0.21180383, 0.21748245], 1e-7)
    assert profit == near([0.43919121, 0.70438429, 0.27792662], 1e-7) and cs == near(2.74771049, 1e-7)
    _, _, alone, cs_alone = oracle.bertrand_mnl([4, 3.8, 3.3], 1, [1, 0.9, 0.8], ["az", "aws", "gcp"])
    assert alone == near([0.52482902, 0.48177823, 0.33680269], 1e-7)
    assert alone[0] - profit[0] == near(0.08563781, 1e-6) and cs - cs_alone == near(0.20597447, 1e-6)


def test_bargains():
    fee, omega = oracle.nash_fee(V, [1, 0.9, 0.4, 0], alpha=0.5, weight=0.5)
    assert (fee, omega) == near((0.254776143, 0.509552287), 1e-8)
    # Azure gains 60 - 30, the lab 40 - 30 from the Azure pair: 0.5 * 30 - 0.5 * 10
    assert oracle.nash_in_nash_transfer(60 - 30, 40 - 30) == 10
    assert oracle.nash_in_nash_transfer(80 - 55, 40 - 28) == 6.5
    with pytest.raises(ValueError, match="no contract"):
        oracle.nash_in_nash_transfer(-5, 2)


def test_take_or_pay_with_and_without_credit():
    assert oracle.take_or_pay([100, 120, 150], [80, 130, 170]) == ([100, 130, 170], [20, 0, 0], 0)
    assert oracle.take_or_pay([100, 120, 150], [80, 130, 170], carry=True) == (
        [100, 120, 170],
        [20, 0, 0],
        10,
    )


def test_the_cap_of_a_growing_revenue_share():
    # 20 % of 25 B$ a year reaches 38 B$ after 7.6 years; of a base that doubles yearly where the integral
    # says so.
    assert oracle.cap_reached_date(0.2, 38, 25) == near(7.6)
    years = oracle.cap_reached_date(0.2, 38, 25, 2.0)
    assert integrate.quad(lambda t: 0.2 * 25 * 2.0**t, 0, years)[0] == near(38.0)
    assert oracle.cap_reached_date(0.2, 38, 25, 0.5) == float("inf")  # .2 * 25 / ln 2 = 7.2 in all


def test_present_values():
    assert oracle.npv([-100, 30, 40, 50, 20], range(5), 0.10) == near(11.556587665, 1e-10)
    assert oracle.annuity_npv(5, 0.2, 0.10, 4.7) == near(30.358876698, 1e-10)
    assert oracle.annuity_npv(5, np.log(1.1), 0.10, 4.7) == near(23.5)


def test_rationing():
    orders = [100, 250, 50, 400, 200]
    assert oracle.water_fill(orders, 600) == near([100, 150, 50, 150, 150])
    assert oracle.water_fill([200, 250, 50, 400, 200], 600) == near([137.5, 137.5, 50, 137.5, 137.5])
    past = [0.3, 0.2, 0.1, 0.3, 0.1]
    # turn-and-earn: first pass 600 * past = 180, 120, 60, 180, 60; the 90 left over go by the same weights
    assert oracle.water_fill(orders, 600, past) == near([100, 150, 50, 225, 75])
    assert oracle.largest_remainder([10.6, 20.7, 30.2, 38.5], 100) == [11, 21, 30, 38]
    # Check F5: expected sales of 90 and of 130, demand N(100, 30); two labs apart and pooled.
    assert [oracle.newsvendor_min(100, 30, k) for k in (90, 130)] == near([82.372916571, 97.500535882], 1e-8)
    assert oracle.newsvendor_min(100, 30, 130) - oracle.newsvendor_min(100, 30, 90) == near(15.127619311, 1e-8)
    apart, pooled = (
        2 * (100 - oracle.newsvendor_min(100, 30, 100)),
        200 - oracle.newsvendor_min(200, 30 * 2**0.5, 200),
    )
    assert (apart, pooled) == near((23.936536824, 16.925687506), 1e-9)


def test_adjusted_p_values():
    p = [0.01, 0.02, 0.022, 0.035, 0.045]
    # Holm: 5*.01, 4*.02, 3*.022, 2*.035, .045, then the running maximum from the smallest
    assert oracle.holm(p) == near([0.05, 0.08, 0.08, 0.08, 0.08])
    # Hochberg: the same products, then the running minimum from the largest
    assert oracle.hochberg(p) == near([0.045, 0.045, 0.045, 0.045, 0.045])
    assert oracle.holm([p[i] for i in (3, 0, 4, 2, 1)]) == near([0.08, 0.05, 0.08, 0.08, 0.08])


def test_selection_of_the_best():
    # Two systems: S^2 is the variance of the paired difference; the quantile is Student's t.
    a, b = np.array([3.0, 5, 4, 6]), np.array([2.0, 3, 4, 3])
    assert oracle.nm_variance([a, b]) == near(np.var(a - b, ddof=1))
    assert oracle.nm_quantile(2, 4) == pytest.approx(stats.t.ppf(0.95, 3), rel=1e-4)
    g = oracle.nm_quantile(4, 10)
    draws = np.random.default_rng(5)
    z = (draws.normal(size=(400_000, 3)) + draws.normal(size=(400_000, 1))) / 2**0.5
    t = z.max(1) / np.sqrt(draws.chisquare(27, 400_000) / 27)
    assert (t <= g).mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4e5))
    assert oracle.nm_sample_size([a, b], 0.5, 2.0) == int(np.ceil(4 * np.var(a - b, ddof=1) / 0.25))


def test_forecast_scores():
    # CRPS = integral of (F - 1[x >= y])^2, the two sides of the jump apart
    below = integrate.quad(lambda x: stats.norm.cdf(x, 1, 2) ** 2, -30, 1.5, epsabs=1e-12)[0]
    above = integrate.quad(lambda x: stats.norm.sf(x, 1, 2) ** 2, 1.5, 32, epsabs=1e-12)[0]
    assert oracle.crps_normal(1, 2, 1.5) == pytest.approx(below + above, rel=1e-9)
    # members 1, 2, 4, 7 and 3: mean |x - y| = (2+1+1+4)/4 = 2; mean |x - x'| = 2 (1+3+6+2+5+3)/16 = 2.5
    assert oracle.crps_ensemble([1, 2, 4, 7], 3) == near(2 - 1.25)


def test_warm_up_is_cut_where_known():
    assert oracle.mser5([0] * 20 + [10, 11, 9, 10, 10] * 16) == near((20, 0.0, 10.0))
    i = np.arange(200)
    x = 10 - 9 * np.exp(-i / 12) + np.where(i % 2, 0.5, -0.5) + 0.3 * np.sin(i)
    assert oracle.mser5(x) == near((45, 0.000429880351, 9.98788317), 1e-8)


def test_bertrand_without_an_outside_good_has_a_price_for_every_valid_input():
    # The share is 1/n whatever the price: p = c / (1 - phi) + n / (alpha (n - 1)). (3, 1, 1, 4): 1 + 4/3.
    assert oracle.bertrand_logit(3.0, 1.0, 1.0, 4, outside=False) == pytest.approx((7 / 3, 0.25, 1 / 3))
    for delta, alpha, cost, firms, phi in itertools.product(
        (-300.0, 0.0, 3.0, 300.0), (0.1, 1.0, 7.0), (0.0, 1.0), (2, 3, 4, 50), (0.0, 0.3)
    ):
        price, share, _ = oracle.bertrand_logit(delta, alpha, cost, firms, outside=False, revshare=phi)
        assert share == pytest.approx(1 / firms) and price == pytest.approx(
            cost / (1 - phi) + firms / (alpha * (firms - 1))
        )


def test_bertrand_holds_its_condition_at_extreme_tastes():
    for delta, firms in itertools.product((-800.0, -50.0, 50.0, 800.0), (1, 2, 9)):
        price, share, _ = oracle.bertrand_logit(delta, 1.0, 1.0, firms)
        assert (price - 1.0) * (1 - share) == pytest.approx(1.0, rel=1e-9), (delta, firms)


def test_lists_in_equilibrium_are_best_replies_and_those_of_the_library():
    """The four sellers of tests/market/primitives/bertrand.test.cpp."""
    shares, cost, kept = (
        np.array([0.35, 0.2, 0.15, 0.05]),
        np.array([0.3, 0.35, 0.25, 0.5]),
        np.array([0.45, 0.6, 0.8, 1.0]),
    )
    price, residual = oracle.bertrand_lists(shares, cost, kept, 3.0)
    assert price == pytest.approx([1.128918340746, 0.972040966979, 0.672351578683, 0.783785033164], rel=1e-9)
    assert residual < 1e-9

    def profit(who, factor):
        tried = price * np.where(np.arange(4) == who, factor, 1.0)
        weights = shares * tried**-3.0
        return (kept[who] * tried[who] - cost[who]) * weights[who] / (weights.sum() + 0.25)

    assert all(profit(who, factor) < profit(who, 1.0) for who in range(4) for factor in (0.95, 0.99, 1.01, 1.05))
    with pytest.raises(ValueError, match="outside option"):
        oracle.bertrand_lists([0.6, 0.4], [0.5, 0.5], [1, 1], 3.0)
