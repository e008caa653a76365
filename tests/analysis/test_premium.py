import numpy as np
import pandas as pd
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an
from rackrate.analysis import scenario_text

from . import synthetic

MONTHS = np.array(["2026-11", "2026-12", "2027-01", "2027-02"], "datetime64[M]")


def rows(table, group):
    return table[(table["group"] == group) & (table["layer"] == "all")].set_index("firm")


def test_the_arms_are_told_apart_by_their_contracts_not_their_names(study):
    asked = {c.key: (c.treatment, c.control) for c in an.contrasts(study)}
    assert asked == {
        "exclusivity": ("exclusive", "amended"),
        "package": ("october-2025", "amended"),
        "terms": ("october-2025", "exclusive"),
    }
    names = {"amended": "x", "exclusive": "y", "october-2025": "z"}
    other = study.assign_coords(arm=[names[a] for a in study["arm"].values])
    other.attrs = study.attrs | {"baseline": "x"}
    assert {c.key: (c.treatment, c.control) for c in an.contrasts(other)}["exclusivity"] == ("y", "x")


def test_the_premium_is_exclusive_minus_open_whichever_is_the_baseline(study):
    turned = study.copy()
    turned.attrs = study.attrs | {"baseline": "exclusive"}
    turned = turned.sel(arm=["amended", "exclusive"])
    forward, back = an.premium(study), an.premium(turned)
    assert (forward["mean"] == back["mean"]).all() and forward["mean"].sel(firm="microsoft") > 0


def test_package_is_exclusivity_plus_transfer_plus_rest(study):
    table = an.premium_table(study)
    parts = [rows(table, g)["mean"] for g in ("package", "exclusivity", "transfer", "rest")]
    assert np.allclose(parts[0], parts[1] + parts[2] + parts[3], atol=1e-9)


def test_the_transfer_is_what_the_money_clauses_move(study):
    # By hand from the payments: net of OpenAI -> host (two clauses) less host -> OpenAI, discounted month
    # by month.
    paid = (study["clause_payment"] * an.discount_factors(study)).sum("time")
    net = paid.isel(clause=0) + paid.isel(clause=1) - paid.isel(clause=2)
    expect = float((net.sel(arm="october-2025") - net.sel(arm="exclusive")).mean()) / 1e9
    table = rows(an.premium_table(study), "transfer")["mean"]
    assert table["microsoft"] == pytest.approx(expect) and table["openai"] == pytest.approx(-expect)
    assert table.sum() == pytest.approx(0.0, abs=1e-9)


def test_layers_add_up_to_the_firm_within_the_discounting_of_half_days(study):
    table = an.premium_table(study).query("group == 'package' and firm == 'microsoft'").set_index("layer")["mean"]
    assert table.drop("all").sum() == pytest.approx(table["all"], rel=1e-3)


def test_outside_parties_are_no_firms(study):
    assert not {"suppliers", "services"} & set(an.premium_table(study)["firm"])


@pytest.mark.parametrize(
    "flow, year",
    [
        ([-2, 1, 3, 0], 2027),
        ([1, 1, 1, 1], 2026),
        ([5, -9, 1, -1], 2026),
        ([3, -2, -2, -1], 2027),
        ([0, 0, 0, 0], None),
        ([1, -1, 0, 0], None),
        ([5, -9, 1, np.nan], 2026),  # the run ended before the last month
    ],
)
def test_break_even_is_the_year_from_which_the_running_total_keeps_its_sign(flow, year):
    # running totals: -2 -1 2 2 / 1 2 3 4 / 5 -4 -3 -4 / 3 1 -1 -2 / 0 / 1 0 0 0
    assert an.break_even_year(flow, MONTHS) == year


def test_discounting_is_one_on_the_valuation_date_and_a_tenth_less_a_year_on(study):
    factor = an.discount_factors(study)
    assert float(factor.sel(time="2026-04-01")) == pytest.approx(1.0, abs=0.005)
    assert float(factor.sel(time="2027-04-01") / factor.sel(time="2026-04-01")) == pytest.approx(1.1 ** (-365 / 365.25))


def test_present_values_are_those_of_the_instant_not_of_its_day(study):
    noon = study.assign(valuation_date=("arm", np.array(["2026-04-27T12:00:00"] * 3, object)))
    # Half a day later, what lies ahead is nearer by half a day's interest.
    assert np.allclose(an.discount_factors(noon) / an.discount_factors(study), 1.1 ** (0.5 / 365.25), rtol=1e-12)


def test_who_pays_whom_lists_the_largest_changes_first(study):
    table = an.who_pays(study, "exclusive")
    assert table["mean"].abs().is_monotonic_decreasing
    flows = {(r.payer, r.payee): r.mean for r in table.itertuples()}
    assert flows["openai", "microsoft"] > 0 > flows["openai", "amazon"]


def test_service_says_more_unserved_and_less_surplus(study):
    table = an.service_table(study, "exclusive").set_index("measure")["mean"]
    assert table["unserved compute"] > 0 > table["enterprise surplus"]


def test_the_compensating_variation_is_near_a_small_difference_and_at_most_what_is_spent(study):
    small = study.assign(enterprise_spending=study["surplus"] * 0 + 1e15)
    change = an.discounted(small, "surplus").sum("segment")
    expected = (change.sel(arm="exclusive") - change.sel(arm="amended")).values
    assert np.allclose(an.compensating_variation(small, "exclusive"), expected, rtol=1e-4)
    # Offers beyond all measure, with a dollar spent in each month and segment: the gain is that dollar.
    better = study["arm"] == "exclusive"
    large = study.assign(surplus=study["surplus"] + 1e15 * better, enterprise_spending=study["surplus"] * 0 + 1.0)
    spent = an.discounted(large, "enterprise_spending").sum("segment").sel(arm="amended")
    assert np.allclose(an.compensating_variation(large, "exclusive"), spent)


def test_concentration_is_read_from_the_data(study):
    got = an.concentration(study)["mean"].sel(arm="amended", layer="model")
    assert np.allclose(got, study["hhi"].sel(arm="amended", layer="model").mean("replication"))
    assert an.hhi([0.28, 0.21, 0.14] + [0.01] * 37) == pytest.approx(1458)


def test_structural_settings_name_only_what_changes(study):
    settings = dict(an.structural_settings(str(study["scenario"].sel(arm="amended").item())))
    assert settings["list prices quarterly"] == {} and settings["list prices frozen"] == {"prices.rule": "frozen"}
    path = "contracts.openai-host.versions.amended-2026.clauses.first.reading"
    assert (
        settings["ship-first: cannot or chooses not to"] == {path: "or"}
        and "ship-first: cannot and chooses not to" in settings
    )


def test_structural_settings_are_both_ends_of_what_matters():
    text = "[choice]\nnative_pull = {value = 1.6, low = 0.5, high = 3}\n[segments.smb]\nenterprises = {value = 1, low = 1, high = 2}\n"
    settings = dict(an.structural_settings(text))
    assert settings["pull of native building low"] == {"choice.native_pull": 0.5}
    assert settings["number of small enterprises high"] == {"segments.smb.enterprises": 2}
    assert settings["number of small enterprises low"] == {}  # the value itself: no run of its own
    assert "weight of integration low" not in settings  # no range is stated


def one_label_per_clause(study):
    """The same money under the labels of a result file: a clause that goes on through versions has one
    label."""
    payment = study["clause_payment"]
    merged = payment.isel(clause=[0, 2]).copy()
    merged[{"clause": 0}] = payment.isel(clause=0) + payment.isel(clause=1)
    merged = merged.assign_coords(clause=["openai-host/share", "openai-host/channel-share"])
    return study.drop_dims("clause").assign(clause_payment=merged)


def test_a_clause_may_go_on_under_one_label_through_several_versions(study):
    merged = one_label_per_clause(study)
    first, second = (rows(an.premium_table(ds), "transfer")["mean"] for ds in (study, merged))
    assert first["microsoft"] != 0 and np.allclose(first, second, rtol=1e-12)


def test_money_that_no_clause_explains_is_an_error_and_not_a_zero(study):
    stray = one_label_per_clause(study)
    stray = stray.assign_coords(clause=["openai-host/share", "openai-host/no-such"])
    with pytest.raises(KeyError, match="openai-host/no-such"):
        an.premium_table(stray)


def test_an_end_that_is_never_is_an_open_end():
    # As docs/contracts.md writes it for a right that lasts.
    toy = rr.Scenario.load("toy-10")
    lasts = toy.override(
        {
            "contracts.oai-az.versions.first.clauses.exclusive.until": "never",
            "contracts.oai-az.versions.first.ends": "never",
        },
        name="lasts",
    )
    st = rr.compare([toy, lasts], replications=1, progress=False)
    assert "lasts" in an.premium_table(st).to_string() and "exclusive" in {
        c.name for c in scenario_text.in_force(scenario_text.tree(st, "lasts"), "2026-01-10")
    }


def market(payment_of_share, settlement):
    """Two clouds, a lab and a year of months; sales of 300, 100 (infrastructure) and 500 (model) a month, by hand.

    Each month the lab pays ``payment_of_share`` to cloud a as a revenue share, which the books call a model sale; in December
    it pays ``settlement`` to cloud b for what it did not use.
    """
    time = np.arange("2026-01", "2027-01", dtype="datetime64[M]").astype("datetime64[ns]")
    sold = np.zeros((3, 2, 12))  # firms a, b, lab; layers model, infrastructure
    sold[0, 1], sold[1, 1], sold[2, 0] = 300.0, 100.0, 500.0
    sold[0, 0] += payment_of_share
    sold[1, 1, 11] += settlement
    share = sold / sold.sum(0)
    moved = np.stack([np.full(12, payment_of_share), np.where(np.arange(12) == 11, settlement, 0.0)])
    text = """
[contracts.k.versions.v]
signed = 2025-01-01
effective = 2025-01-01
[contracts.k.versions.v.clauses.share]
kind = "revshare"
payer = "lab"
payee = "a"
[contracts.k.versions.v.clauses.commit]
kind = "commit"
payer = "lab"
payee = "b"
"""
    shape = ("arm", "replication", "firm", "layer", "time")
    return xr.Dataset(
        {
            "revenue": (shape, sold[None, None], {"units": "USD"}),
            "market_share": (shape, share[None, None], {"units": "1"}),
            "hhi": (("arm", "replication", "layer", "time"), ((100 * share) ** 2).sum(0)[None, None]),
            "clause_payment": (("arm", "replication", "clause", "time"), moved[None, None]),
            "scenario": ("arm", np.array([text], object)),
        },
        coords={
            "arm": ["one"],
            "replication": [0],
            "firm": ["a", "b", "lab"],
            "layer": ["model", "infrastructure"],
            "time": time,
            "clause": ["k/share", "k/commit"],
        },
    )


def test_concentration_is_a_year_s_average_without_shares_and_shortfalls():
    ds = market(payment_of_share=80.0, settlement=5000.0)
    got = an.yearly_concentration(ds).sel(arm="one", year=2026)
    # Model: the lab alone, 10,000. Infrastructure: 300 and 100 of 400: 75^2 + 25^2 = 6,250 in every month.
    assert float(got["mean"].sel(layer="model")) == pytest.approx(10_000)
    assert float(got["mean"].sel(layer="infrastructure")) == pytest.approx(6_250)
    assert int(an.yearly_concentration(ds)["months"].sel(year=2026)) == 12
    # As recorded: December's settlement makes b 94 % of the layer, and a sells 80 of 580 in the model layer.
    recorded = ds["hhi"].isel(arm=0, replication=0, time=-1)
    assert float(recorded.sel(layer="infrastructure")) == pytest.approx(
        (100 * 5100 / 5400) ** 2 + (100 * 300 / 5400) ** 2
    )
    assert float(recorded.sel(layer="model")) < 8_000


def test_market_shares_without_pass_on_are_the_sales_themselves():
    sales = an.market_sales(market(80.0, 5000.0)).isel(arm=0, replication=0, time=-1)
    assert sales.sel(layer="infrastructure").values.tolist() == pytest.approx([300.0, 100.0, 0.0])
    assert sales.sel(layer="model").values.tolist() == pytest.approx([0.0, 0.0, 500.0], abs=1e-9)


def test_settings_that_repeat_the_study_are_no_part_of_the_range(study):
    few = study.isel(replication=slice(0, 4))
    table = an.structural(
        {"plain logit": synthetic.study(4, effect=0.4), "quarterly": None, "frozen": synthetic.study(4, effect=1.3)},
        reference=few,
        replications=4,
    )
    assert table["setting"].drop_duplicates().tolist() == ["as in the study", "plain logit", "frozen"]
    one = an.structural_range(table).loc["microsoft"]
    low, high = (
        float(an.premium(synthetic.study(4, effect=e), "october-2025", "amended")["mean"].sel(firm="microsoft")) / 1e9
        for e in (0.4, 1.3)
    )
    assert one["settings"] == 2 and one["low"] == pytest.approx(low) and one["high"] == pytest.approx(high)
    words = an.headline(few, an.premium_table(few), table)
    assert (
        "Across 2 other settings of the model the answer runs from" in words.sentence
        and "4 paired futures each" in words.detail
    )


def test_a_range_without_a_setting_run_again_is_no_range(study):
    table = an.structural({"as it stands": None}, reference=study)
    assert an.structural_range(table).empty
    assert "no range over settings" in an.headline(study, an.premium_table(study), table).detail


def test_a_file_keeps_the_structural_range(study):
    table = an.structural({"frozen": synthetic.study(8, effect=1.3)}, reference=study)
    kept = study.assign_attrs(structural=an.structural_text(table))
    again = an.kept_structural(kept)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(again), check_exact=False, rtol=1e-12)
    premiums = an.premium_table(kept)
    assert an.headline(kept, premiums) == an.headline(study, premiums, table) and an.kept_structural(study) is None
    with pytest.raises(ValueError, match="attribute 'structural' of the study is damaged"):
        an.kept_structural(study.assign_attrs(structural="[{"))


def test_structural_settings_of_another_length_or_rate_are_refused(study):
    other = synthetic.study(4)
    for changed, says in (
        (
            other.assign(discount_rate=("arm", np.full(3, 0.05))),
            "'frozen' differs from the one beside it in discount_rate: 0.05 and 0.1",
        ),
        (other.assign(run_end=other["run_end"] - np.timedelta64(365, "D")), "in run_end"),
        (other.assign_attrs(seed=2), "in seed: 2 and 1"),
    ):
        with pytest.raises(an.NotComparable, match=says):
            an.structural({"frozen": changed}, reference=study)


def test_one_future_has_no_interval_and_no_nan(study):
    one = study.isel(replication=[2])
    table = an.premium_table(one)
    words = an.headline(one, table)
    for text in (words.sentence, words.detail, str(table)):
        assert "nan" not in text.lower() and "unknown" not in text
    assert "one future: no interval" in words.sentence and "one future: no interval" in str(table)
    worth = one["npv"].sel(firm="microsoft")  # the headline is that of the package
    gain = float((worth.sel(arm="october-2025") - worth.sel(arm="amended")).item()) / 1e9
    assert f"is worth {gain:.1f} B$ to Microsoft" in words.sentence


def test_exclusivity_alone_is_said_only_where_nothing_else_differs(study):
    # One value beside the contracts differs too: then the difference is not that of exclusivity alone.
    other = study.sel(arm=["amended", "exclusive"])
    texts = [str(t) for t in other["scenario"].values]
    other = other.assign(
        scenario=(
            "arm",
            np.array([texts[0], texts[1].replace("lambda_lab = { value = 0.5", "lambda_lab = { value = 0.4")], object),
        )
    )
    assert [c.key for c in an.contrasts(other)] == ["package"]
    prices = study.sel(arm=["amended", "exclusive"]).assign(
        scenario=("arm", np.array([texts[0], texts[0].replace('"2.5 $/H100e-h"', '"2.6 $/H100e-h"')], object))
    )
    assert an.contrasts(prices)[0].title == "All that differs: exclusive minus amended"


def test_terms_that_come_with_other_values_are_not_the_contract_s_worth(study):
    # The older contract and another price: the headline speaks of two worlds and not of an exclusivity with its terms.
    pair = study.sel(arm=["amended", "october-2025"])
    assert (
        "exclusivity over OpenAI with all the terms it came with" in an.headline(pair, an.premium_table(pair)).sentence
    )
    texts = [str(t) for t in pair["scenario"].values]
    other = pair.assign(
        scenario=("arm", np.array([texts[0], texts[1].replace('"2.5 $/H100e-h"', '"2.6 $/H100e-h"')], object))
    )
    words = an.headline(other, an.premium_table(other)).sentence
    assert "the regime “october-2025” rather than “amended”" in words and an.contrasts(other)[0].title.startswith(
        "All that differs"
    )


def test_settings_without_a_difference_are_said_to_have_none():
    null = synthetic.study(4, effect=0.0).sel(arm=["amended", "exclusive"])
    table = an.structural({"frozen": null}, reference=null, replications=4)
    words = an.headline(null, an.premium_table(null), table)
    assert (
        words.sentence.endswith("Across 1 other setting of the model there is no difference.")
        and "sign" not in words.detail
    )


def test_each_comparison_says_what_pairing_leaves_of_the_variance(study):
    table = an.premium_table(study)
    row = table.query("group == 'exclusivity' and layer == 'all' and firm == 'microsoft'").iloc[0]
    high, low = (study["npv"].sel(arm=arm, firm="microsoft").values for arm in ("exclusive", "amended"))
    expected = np.var(high - low, ddof=1) / (np.var(high, ddof=1) + np.var(low, ddof=1))
    assert row["variance_ratio"] == pytest.approx(expected)
    assert table.loc[table["group"].isin(["transfer", "rest"]), "variance_ratio"].isna().all()
    assert an.VARIANCE_LEFT in repr(table) and f"{100 * expected:.2g} %" in repr(table)
    assert "of the variance" in an.headline(study, table).detail


def headline_of(study, **means):
    """The headline of the study's package with other means and errors of some firms: name = (mean, low, high)."""
    table = an.premium_table(study)
    first = table["question"] == table["question"].iloc[0]
    for firm, (mean, low, high) in means.items():
        row = first & (table["layer"] == "all") & (table["firm"] == firm)
        table.loc[row, ["mean", "mean_low", "mean_high"]] = mean, low, high
    return an.headline(study, table).sentence


def test_a_certain_trifle_is_not_named_and_a_large_doubt_neither(study):
    # Microsoft is worth 5 to 30 B$ here: .2 is certain and a trifle, 9 is large and may be nothing.
    words = headline_of(study, microsoft=(20.0, 18.0, 22.0), nvidia=(0.2, 0.19, 0.21), google=(9.0, -1.0, 19.0))
    assert "20.0 B$ to Microsoft" in words and "NVIDIA" not in words and "Google" not in words
    certain = headline_of(study, microsoft=(20.0, 18.0, 22.0), nvidia=(2.0, 1.9, 2.1), google=(9.0, 8.0, 10.0))
    assert "it gives 9.0 B$ to Google and 2.0 B$ to NVIDIA" in certain


def test_buyers_are_named_where_they_lose_much(study):
    contrast = an.contrasts(study)[0]
    table = an.gains(study, contrast.treatment, contrast.control).set_index("party")
    lost = table.loc["enterprises", "mean"]
    assert lost.iloc[0] < 0 if hasattr(lost, "iloc") else lost < 0
    words = headline_of(study)
    assert f"it costs enterprises {an.money(abs(float(np.ravel(lost)[0])))} of surplus" in words
    none = an.headline(study.drop_vars("surplus"), an.premium_table(study)).sentence
    assert "enterprises" not in none


def test_a_share_after_2028_is_a_share_or_missing(study):
    contrast = an.contrasts(study)[0]
    table = an.gains(study, contrast.treatment, contrast.control)
    own = table[~table["through_stakes"]].set_index("party")["after_2028"]
    years = an.gains_by_year(study, contrast.treatment, contrast.control).set_index("party")
    late = years[[c for c in years.columns if str(c).isdigit() and int(c) > 2028]].sum(axis=1)
    whole = years[[c for c in years.columns if str(c).isdigit()]].sum(axis=1)
    for party in years.index.intersection(own.index):
        if abs(whole[party]) < 1e-6:
            continue
        share = late[party] / whole[party]
        assert np.isnan(own[party]) if not 0 <= share <= 1 else own[party] == pytest.approx(share, rel=1e-9), party
    shares = own.dropna()
    assert ((shares >= 0) & (shares <= 1)).all()
    # The same months with the first years turned over: what comes late outweighs the sum, and is no share of it.
    early = study["time"].dt.year <= 2028
    turned = study.assign(gross_profit=study["gross_profit"].where(~early, -0.5 * study["gross_profit"]))
    turned_share = an.gains(turned, contrast.treatment, contrast.control).set_index("party")["after_2028"]
    assert turned_share.dropna().between(0, 1).all()
