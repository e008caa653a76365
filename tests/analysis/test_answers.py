"""The questions that one command answers: tables and pictures against sums made here from the arrays."""

import numpy as np
import pytest

from rackrate import analysis as an

from . import synthetic

WORDS = ("premium", "uptake", "leverage", "concentration")


@pytest.fixture(scope="module")
def stakes():
    """The study with a stake of Microsoft in OpenAI that begins in 2026, and revenue that is not AI."""
    ds = synthetic.study()
    text = """
[contracts.owner]
parties = ["openai", "microsoft"]
[contracts.owner.versions.first]
effective = 2025-07-01
[contracts.owner.versions.first.clauses.stake]
kind = "equity"
owner = "microsoft"
firm = "openai"
share = 0.27
"""
    ds = synthetic.with_scenarios(ds, lambda t: t + text)
    label = "owner/stake"
    rate = np.full((3, 20, 4, ds.sizes["time"]), np.nan)
    rate[:, :, 3, 6:] = 0.27
    ds = ds.reindex(clause=[*ds["clause"].values, label])
    ds["clause_payment"] = ds["clause_payment"].fillna(0.0)
    ds["clause_rate"] = ("arm", "replication", "clause", "time"), rate
    other = np.full((3, 20, ds.sizes["firm"], ds.sizes["time"]), 2e9)
    other[1, :, 0] += 1e8 * np.arange(1, 21)[:, None]  # exclusive: AI pulls more to Microsoft
    ds["other_revenue"] = ("arm", "replication", "firm", "time"), other, {"units": "USD"}
    runtime = np.zeros((3, 20, 3, 2, 5, ds.sizes["time"]))
    runtime[0, :, :, 0, 1] = 0.1 * ds["placement_share"].values[0, :, :, 0, 1, 1]
    ds["runtime_share"] = ("arm", "replication", "segment", "lab", "cloud", "time"), runtime, {"units": "1"}
    ds["price"] = ("arm", "replication", "lab", "channel", "time"), np.full((3, 20, 2, 4, ds.sizes["time"]), 2.0)
    return ds


def years_of(ds):
    return ds["time"].values.astype("datetime64[Y]").astype(int) + 1970


def test_the_premium_by_year_is_the_yearly_sum_of_paired_gross_profits(stakes):
    found = an.answer(stakes, "premium", arm="exclusive", baseline="amended")
    d = (stakes["gross_profit"].values[1] - stakes["gross_profit"].values[0])[:, 0].sum(
        1
    ) / 1e9  # Microsoft, all layers
    table = found.tables["by year"].set_index("year")
    for year in range(2026, 2031):
        sample = d[:, years_of(stakes) == year].sum(1)
        assert table.loc[str(year), "mean"] == pytest.approx(sample.mean(), abs=1e-9)
        assert table.loc[str(year), "outcome_low"] == pytest.approx(np.quantile(sample, 0.05), abs=1e-9)
        assert table.loc[str(year), "outcome_high"] == pytest.approx(np.quantile(sample, 0.95), abs=1e-9)
    npv = stakes["npv"].values[1, :, 0] - stakes["npv"].values[0, :, 0]
    assert table.loc["present value", "mean"] == pytest.approx(npv.mean() / 1e9)
    assert an.money(npv.mean() / 1e9, True) in found.sentence and "90 % of futures" in found.sentence


def test_the_routes_of_the_premium_sum_to_it_in_every_future(stakes):
    routes = an.premium_routes(stakes, "microsoft", "exclusive", "amended")
    moved = (stakes["revenue"] - stakes["cost"]).values
    months = an.discount_factors(stakes).values
    whole = ((moved[1] - moved[0])[:, 0].sum(1) * months).sum(-1)
    assert routes.sum("route").values == pytest.approx(whole, rel=1e-9)
    # Work units cost the same in both arms; Azure's compute, 2 labs x 1e5 x growth H100e, is dearer in the exclusive one.
    compute = stakes["lab_compute"].values[0, :, :, 0].sum(1) * 24 * stakes["time"].dt.days_in_month.values
    dearer = (stakes["compute_price"].values[1] - stakes["compute_price"].values[0])[:, 0]
    price = (compute * dearer * months).sum(-1)
    assert routes.sel(route="price").values == pytest.approx(price)
    assert price.min() > 0


def test_the_symmetric_split_of_a_worked_change():
    # 10 at 2 $ and 10 at 4 $; then 20 at 3 $ and 10 at 4 $. Averages 3 and 10/3: volume 10 x (3 + 10/3) / 2 = 31.667;
    # price 15 x 1 = 15; the whole is 100 - 60 = 40, so mix is -6.667.
    import xarray as xr

    from rackrate.analysis.answers.premium_by_year import _bennet

    q1, p1, q0, p0 = (xr.DataArray(v, dims="what") for v in ([20.0, 10], [3.0, 4], [10.0, 10], [2.0, 4]))
    parts = {k: float(v) for k, v in _bennet(q1, p1, q0, p0).items()}
    assert parts == pytest.approx({"volume": 95 / 3, "price": 15.0, "mix": 40 - 15 - 95 / 3})


def test_uptake_is_placed_work_over_the_work_of_the_channels_accounts(stakes):
    text = "[segments.{}.incumbent]\nazure = 0.6\naws = 0.4\n"
    ds = synthetic.with_scenarios(stakes, lambda t: t + "".join(text.format(s) for s in synthetic.SEGMENTS))
    uptake = an.listing_uptake(ds, "amended", "openai", "bedrock")
    share = ds["placement_share"].values[0, :, :, 0, 1].sum(2)  # [replication, segment, time]
    volume = ds["placed_units"].values[0]
    assert uptake.sel(segment="smb", work="all work").values == pytest.approx(share[:, 0] / 0.4)
    whole = (share * volume).sum(1) / (0.4 * volume.sum(1))
    assert uptake.sel(segment="all segments", work="all work").values == pytest.approx(whole)
    assert uptake.sel(work="agents").values == pytest.approx(0.1 * uptake.sel(work="all work").values)
    assert uptake.sel(work=["agents", "other work"]).sum("work").values == pytest.approx(
        uptake.sel(work="all work").values
    )
    table = an.answer(ds, "Q4", arm="exclusive").tables
    row = next(iter(table.values())).query("segment == 'all segments' and work == 'all work'").iloc[0]
    assert row["mean"] == pytest.approx(100 * whole[:, -1].mean())
    # The ramp opens from May 2026 over twelve months in a straight line: a quarter after 2 months more than the first, half after 5.
    assert (row["months_25"], row["months_50"]) == (2.0, 5.0)


def test_frictions_of_fixed_parameters_have_no_elasticity(stakes):
    assert len(an.friction_elasticities(stakes, "amended", "openai", "bedrock")) == 0


def test_revenue_at_risk_is_the_difference_of_what_is_not_ai(stakes):
    found = an.answer(stakes, "pull", arm="exclusive", baseline="amended")
    table = found.tables["by year"].set_index("year")
    lost = -1e8 * np.arange(1, 21) * 12 / 1e9  # opening: the open arm minus the exclusive one, a whole year
    assert table.loc["2028", "mean"] == pytest.approx(lost.mean())
    assert table.loc["2028", "outcome_low"] == pytest.approx(np.quantile(lost, 0.05))
    assert table.loc["2028", "amended"] == pytest.approx(24.0)
    assert "loses" in found.sentence
    with pytest.raises(KeyError, match="did not record 'other_revenue'"):
        an.answer(stakes.drop_vars("other_revenue"), "pull", arm="exclusive", baseline="amended")


def test_a_model_without_pull_says_that_nothing_is_at_risk(stakes):
    same = stakes.assign(other_revenue=stakes["other_revenue"] * 0 + 2e9)
    assert "AI pulls no other spending" in an.answer(same, "pull", arm="exclusive", baseline="amended").sentence


def test_buyers_net_gain_is_recorded_and_their_bill_is_shown_apart(stakes):
    paid = stakes["payment"].copy(deep=True)
    paid.loc[{"payer": "enterprises", "payee": "services"}] = 0.0
    paid.loc[{"payer": "enterprises", "payee": "services", "arm": "amended"}] = 1e7
    ds = stakes.assign(payment=paid)
    table = an.answer(ds, "leverage", arm="exclusive", baseline="amended").tables["net"].set_index("part")
    months = an.discount_factors(ds).values
    net = ((ds["surplus"].values[0] - ds["surplus"].values[1]).sum(1) * months).sum(-1) / 1e9
    bill = -1e7 * months.sum() / 1e9
    assert table.loc["net", "mean"] == pytest.approx(net.mean())
    assert table.loc["governance and migration", "mean"] == pytest.approx(bill)
    assert table.loc["surplus", "mean"] == pytest.approx(net.mean() - bill)
    assert table.loc["net", "outcome_low"] == pytest.approx(np.quantile(net, 0.05))


def test_leverage_of_big_buyers_is_what_opening_takes_off_their_reliance(stakes):
    dims = ("arm", "replication", "segment", "time")
    shape = [stakes.sizes[d] for d in dims]
    reliance = np.full(shape, 1.0)
    reliance[1] = 1.25  # exclusive
    reliance[:, :, 2] = np.nan  # nobody bargains there
    ds = stakes.assign(
        reliance=(dims, reliance),
        leverage=(dims, 0.4 * reliance),
        discount=(dims, np.full(shape, 0.07), {"units": "1"}),
    )
    table = an.answer(ds, "leverage", arm="exclusive", baseline="amended").tables["big buyers"]
    assert table["mean"].tolist() == pytest.approx([20.0, 20.0])  # 1 - 1 / 1.25
    assert table["discount"].tolist() == pytest.approx([7.0, 7.0])
    assert table["won"].tolist() == pytest.approx([40.0, 40.0]) and table["won_before"].tolist() == pytest.approx(
        [50.0, 50.0]
    )
    assert "big buyers" not in an.answer(stakes, "leverage", arm="exclusive", baseline="amended").tables


def test_one_more_cloud_pays_until_its_governance_is_dearer():
    # The n-th cloud costs .02 + .01 (n - 1): .03, .04, .05, ...
    assert an.break_even_clouds([0.0, 0.03, 0.0399, 0.05, 1.0], 0.02, 0.01).tolist() == [1, 2, 2, 4, 6]
    assert np.isnan(an.break_even_clouds(np.nan, 0.02, 0.01))


def test_a_stake_without_a_say_adds_the_product_of_shares_and_a_say_adds_more():
    # Shares .5, .3, .2; firm 1 owns 20 % of firm 2: silent, 1e4 x .5 x .3 x .2 = 300.
    shares, owned = [0.5, 0.3, 0.2], np.zeros((3, 3))
    owned[0, 1] = 0.2
    assert an.mhhi_delta(shares, owned) == pytest.approx(300.0)
    assert an.mhhi(shares, owned) == pytest.approx(3800.0 + 300.0)
    # With a say of .2, beside one owner of .8: firm 2 weighs firm 1 by .2 / (.2^2 + .8^2) = .294118 too.
    assert an.mhhi_delta(shares, owned, "proportional") == pytest.approx(1e4 * 0.15 * (0.2 + 0.2 / 0.68))
    # A chain: 1 owns half of 2, which owns half of 3: 1 has a quarter of 3.
    owned[0, 1], owned[1, 2] = 0.5, 0.5
    assert an.mhhi_delta(shares, owned) == pytest.approx(1e4 * (0.15 * 0.5 + 0.06 * 0.5 + 0.10 * 0.25))
    assert an.mhhi_delta(shares, np.zeros((3, 3)), "proportional") == 0.0
    with pytest.raises(ValueError, match="sum to less than 1"):
        an.mhhi(shares, np.array([[0, 0.6, 0], [0, 0, 0], [0, 0.4, 0]]))
    with pytest.raises(ValueError, match="expected silent or proportional"):
        an.mhhi(shares, owned, "full")


def concentration_by_hand(ds, arm, year, layers):
    """Shares of a year's sales without revenue shares, by firm, and the index with the stake of 27 %."""
    at = years_of(ds) == year
    sold = ds["revenue"].values[arm, :, :8][:, :, layers][..., at].sum((2, 3))
    share = sold / sold.sum(1, keepdims=True)
    plain = 1e4 * (share**2).sum(1)
    return plain, 1e4 * share[:, 0] * share[:, 5] * 0.27


def test_both_markets_are_counted_by_year_and_adjusted_for_stakes(stakes):
    ds = stakes.assign(clause_payment=stakes["clause_payment"] * 0.0)  # nothing passed on: shares are those of revenue
    found = an.market_concentration(ds)
    for arm, name in enumerate(synthetic.ARMS[:2]):
        for market, layers in (("retail", [0, 1]), ("infrastructure", [2])):
            plain, delta = concentration_by_hand(ds, arm, 2029, layers)
            cell = found.sel(arm=name, market=market, year=2029)
            assert cell["hhi"].values == pytest.approx(plain)
            assert cell["mhhi_delta"].values == pytest.approx(delta)
    assert list(found["year"].values) == list(range(2026, 2031))


def test_the_probability_that_markets_diverge_counts_futures(stakes):
    ds = stakes.assign(clause_payment=stakes["clause_payment"] * 0.0)
    found = an.answer(ds, "concentration", arm="exclusive", baseline="amended")
    mean = {}
    for market, layers in (("retail", [0, 1]), ("infrastructure", [2])):
        index = [[sum(concentration_by_hand(ds, a, y, layers)) for y in range(2026, 2031)] for a in (0, 1)]
        mean[market] = np.mean(index[0], axis=0) - np.mean(index[1], axis=0)  # opening
    apart = np.mean((mean["retail"] * mean["infrastructure"] < 0) & (np.abs([*mean.values()]) >= 1).all(0))
    assert f"diverge with probability {apart:.0%}" in found.sentence
    table = found.tables["mean of the years"].set_index(["market", "measure"])
    for market in mean:
        assert table.loc[(market, "mhhi"), "mean"] == pytest.approx(mean[market].mean())


@pytest.mark.parametrize("word", [*WORDS, "pull"])
def test_every_answer_has_an_interval_and_draws_its_own_numbers(stakes, word):
    found = an.answer(stakes, word, arm="exclusive", baseline="amended")
    assert "90 % of futures" in found.sentence
    drawing = found.picture()
    lines = [np.asarray(line.get_ydata(), float) for ax in drawing.axes for line in ax.get_lines()]
    if word in ("premium", "pull"):
        table = found.tables["by year"]
        means = table[table["year"] != "present value"]["mean"].to_numpy()
        assert any(len(y) == len(means) and np.allclose(y / y[0], means / means[0]) for y in lines)
    elif word == "concentration":
        paths = an.market_concentration(stakes)["mhhi"].mean("replication")
        assert any(np.allclose(y, paths.sel(market="retail", arm="amended").values) for y in lines if len(y) == 5)
    elif word == "uptake":
        curve = an.listing_uptake(stakes, "amended", "openai", "bedrock").sel(segment="all segments", work="all work")
        assert any(
            np.allclose(y, 100 * curve.mean("replication").values) for y in lines if len(y) == len(curve["time"])
        )
    else:
        dots = [np.asarray(line.get_xdata(), float) for ax in drawing.axes for line in ax.get_lines()]
        means = np.concatenate([found.tables["net"]["mean"], found.tables["by segment"]["mean"]])
        assert any(len(x) == len(means) and np.allclose(x / x[0], means / means[0]) for x in dots)
    assert an.figure.svg(drawing, word).startswith("<svg")


@pytest.mark.parametrize("word", WORDS)
def test_one_future_has_an_answer_without_interval(stakes, word):
    found = an.answer(stakes.isel(replication=[0]), word, arm="exclusive", baseline="amended")
    assert "of futures" not in found.sentence and "nan" not in found.sentence


def test_questions_are_known_by_word_and_by_number(stakes):
    assert an.answer(stakes, "q10").question == "concentration"
    with pytest.raises(KeyError, match=r"there is no question 'premum'.*Did you mean 'premium'"):
        an.answer(stakes, "premum")
    with pytest.raises(ValueError, match="the study has one arm"):
        an.answer(stakes.sel(arm=["amended"]), "premium")


def test_parameters_that_are_drawn_are_in_the_interval(stakes):
    point = np.repeat(np.arange(10), 2)
    drawn = stakes.assign_coords(point=("replication", point))
    found = an.answer(drawn, "premium", arm="exclusive", baseline="amended")
    assert "90 % of outcomes" in found.sentence
    fixed = an.answer(stakes, "premium", arm="exclusive", baseline="amended")
    assert found.tables["by year"]["mean"].tolist() == pytest.approx(fixed.tables["by year"]["mean"].tolist())


def test_every_picture_of_an_answer_has_the_house_style():
    import inspect

    from rackrate.analysis.figure import answers

    drawn = [f for _, f in inspect.getmembers(answers, inspect.isfunction) if f.__module__ == answers.__name__]
    plain = [f.__name__ for f in drawn if not f.__name__.startswith("_") and not hasattr(f, "__wrapped__")]
    assert drawn and not plain
