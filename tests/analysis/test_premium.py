import numpy as np
import pytest
from rackrate.analysis import scenario_text

import rackrate as rr
from rackrate import analysis as an

MONTHS = np.array(["2026-11", "2026-12", "2027-01", "2027-02"], "datetime64[M]")


def rows(table, group):
    return table[(table["group"] == group) & (table["layer"] == "all")].set_index("firm")


def test_the_arms_are_told_apart_by_their_contracts_not_their_names(study):
    asked = {c.key: (c.minuend, c.subtrahend) for c in an.contrasts(study)}
    assert asked == {
        "exclusivity": ("exclusive", "amended"),
        "package": ("october-2025", "amended"),
        "terms": ("october-2025", "exclusive"),
    }
    names = {"amended": "x", "exclusive": "y", "october-2025": "z"}
    other = study.assign_coords(arm=[names[a] for a in study["arm"].values])
    other.attrs = study.attrs | {"baseline": "x"}
    assert {c.key: (c.minuend, c.subtrahend) for c in an.contrasts(other)}["exclusivity"] == ("y", "x")


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
    table = (
        an.premium_table(study).query("group == 'package' and firm == 'microsoft'").set_index("layer")["mean"]
    )
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
    assert float(factor.sel(time="2027-04-01") / factor.sel(time="2026-04-01")) == pytest.approx(
        1.1 ** (-365 / 365.25)
    )


def test_who_pays_whom_lists_the_largest_changes_first(study):
    table = an.who_pays(study, "exclusive")
    assert table["mean"].abs().is_monotonic_decreasing
    flows = {(r.payer, r.payee): r.mean for r in table.itertuples()}
    assert flows["openai", "microsoft"] > 0 > flows["openai", "amazon"]


def test_service_says_more_unserved_and_less_surplus(study):
    table = an.service_table(study, "exclusive").set_index("measure")["mean"]
    assert table["unserved compute"] > 0 > table["enterprise surplus"]


def test_concentration_is_read_from_the_data(study):
    got = an.concentration(study)["mean"].sel(arm="amended", layer="model")
    assert np.allclose(got, study["hhi"].sel(arm="amended", layer="model").mean("replication"))
    assert an.hhi([0.28, 0.21, 0.14] + [0.01] * 37) == pytest.approx(1458)


def test_structural_settings_name_only_what_changes(study):
    settings = dict(an.structural_settings(str(study["scenario"].sel(arm="amended").item())))
    assert settings["nest parameters 0.5"] == {"choice.lambda_cloud": 0.5}
    assert settings["list prices quarterly"] == {} and settings["list prices frozen"] == {
        "prices.rule": "frozen"
    }
    path = "contracts.openai-host.versions.amended-2026.clauses.first.reading"
    assert settings["ship-first: cannot or chooses not to"] == {path: "or"} and len(settings) == 7


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
    lasts = toy.override({"contracts.oai-az.versions.first.clauses.exclusive.until": "never", "contracts.oai-az.versions.first.ends": "never"}, name="lasts")
    st = rr.compare([toy, lasts], replications=1, progress=False)
    assert "lasts" in an.premium_table(st).to_string() and "exclusive" in {c.name for c in scenario_text.in_force(scenario_text.tree(st, "lasts"), "2026-01-10")}
