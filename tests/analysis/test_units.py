"""Money in the unit of its size: small sums are no zero, and zero is exact."""

import numpy as np
import pytest

from rackrate import analysis as an
from rackrate.analysis import units


@pytest.mark.parametrize(
    "dollars, words",
    [
        (12_345_000_000, "12.3 B$"),
        (999_600_000, "1.0 B$"),  # rounds up into the next unit
        (410_000_000, "410 M$"),
        (25_920, "25.9 k$"),
        (920, "920 $"),
        (7.5, "7.50 $"),
        (0.0004, "0.0004 $"),
        (0.0, "0 $"),
        (-25_920, "−25.9 k$"),
    ],
)
def test_a_sum_is_said_in_the_unit_of_its_size(dollars, words):
    assert units.money(dollars / 1e9) == words


def test_no_sum_but_zero_is_shown_as_zero():
    rng = np.random.default_rng(1)
    for exponent in rng.uniform(-4, 15, 300):  # from the ledger's 1e-4 $ up
        words = units.money(10**exponent / 1e9)
        assert any(c in "123456789" for c in words), (exponent, words)


def test_a_table_has_one_unit_and_what_rounds_to_zero_in_it_says_less_than():
    # 12.3 B$ beside 2,000 $: B$ with two decimals; a hundredth of a B$ is 10 M$, more than 2,000 $.
    unit = units.unit_of([12.3, 2e-6, -0.4])
    assert unit.name == "B$" and [unit.number(v, True) for v in (12.3, 2e-6, -2e-6, 0.0)] == [
        "+12.30",
        "<0.01",
        ">−0.01",
        "0",
    ]
    assert units.unit_of([2.592e-5]).name == "k$" and units.unit_of([]).name == "$"
    assert unit.span(float("nan"), 1.0) == "–"


def test_a_difference_of_some_dollars_is_in_table_headline_and_page(study):
    # The package is 25,920 $ for Microsoft in every future and nothing for anybody else.
    small = study.sel(arm=["amended", "exclusive"]).copy(deep=True)
    for name in ("npv", "gross_profit"):
        small[name].loc[{"arm": "exclusive"}] = small[name].sel(arm="amended").values
    small["npv"].loc[{"arm": "exclusive", "firm": "microsoft"}] += 25_920.0
    table = an.premium_table(small)
    text = str(table)
    assert "25.92" in text.split("no difference")[0] and text.startswith("k$")
    assert "no difference: amazon, google, oracle, coreweave, openai, anthropic, nvidia" in text
    assert "25.9 k$ to Microsoft" in an.headline(small, table).sentence
    from rackrate.analysis.page import html

    page = html(small)
    assert "Mean, k$" in page and "+25.92" in page and "No difference: Amazon" in page


def test_the_readme_s_line_prints_numbers(study):
    # print(an.premium_table(study)) showed "group ... pairs" and no number.
    table = an.premium_table(study)
    row = table[(table["firm"] == "microsoft") & (table["layer"] == "all")].iloc[0]  # of the first question
    line = next(x for x in str(table).splitlines() if x.split()[:2] == ["microsoft", "all"])
    assert f"+{row['mean']:.2f}" in line and f"{row['outcome_low']:+.2f} to {row['outcome_high']:+.2f}" in line
    assert "<pre>" in table._repr_html_() and "mean" in table.columns and len(table.query("layer == 'all'")) > 0


def test_every_table_of_the_analysis_prints_all_its_columns(study):
    for table in (
        an.who_pays(study, "exclusive"),
        an.service_table(study, "exclusive"),
        an.by_period(study, "fiscal"),
        an.by_clause(study),
    ):
        shown = str(table)
        assert all(str(c) in shown for c in table.columns)
