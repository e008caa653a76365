"""The distribution of the date on which a clause acts."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rackrate as rr
from rackrate import analysis as an
from rackrate.analysis.clause_dates import worth_reporting

CHANCE = """
extends = "toy-10"
[contracts.oai-az.versions.first.clauses.exclusive]
until = 2027-01-01
[contracts.oai-az.versions.first.clauses.panel]
kind = "trigger"
hazard = "24.35 /y"
switches_off = ["exclusive"]
"""


@pytest.fixture(scope="module")
def study():
    return rr.run(rr.Scenario.parse(CHANCE), replications=200, seed=5, progress=False)


def test_a_chance_event_comes_with_the_exponential_s_probability(study):
    # A fifteenth a day, seen until the end of day 8: 1 - exp(-9/15) = 0.4512; of 200 futures within 4 standard errors.
    row = an.clause_dates(study).iloc[0]
    p = 1 - math.exp(-9 / 15)
    assert (row["contract"], row["clause"], row["kind"]) == ("oai-az", "panel", "trigger")
    assert abs(row["happened"] - p) < 4 * math.sqrt(p * (1 - p) / 200)
    assert row["happened_low"] < row["happened"] < row["happened_high"]


def test_futures_in_which_nothing_happened_count_in_every_quantile(study):
    # Fewer than half act before the end, so half of all futures have not acted by any date in the run.
    row = an.clause_dates(study).iloc[0]
    assert row["happened"] < 0.5 and pd.isna(row["median"]) and pd.isna(row["late"])
    days = np.sort(study["clause_day"].sel(clause="oai-az/panel").values.ravel())
    assert row["early"] == pd.Timestamp("2026-01-01") + pd.Timedelta(days[9], "D")  # the tenth of 200 is the first 5 %


def test_the_interval_is_clopper_and_pearson_s(study):
    row = an.clause_dates(study, level=0.95).iloc[0]
    k = round(row["happened"] * 200)
    assert row["happened_low"] == pytest.approx(stats.beta.ppf(0.025, k, 200 - k + 1))
    assert row["happened_high"] == pytest.approx(stats.beta.ppf(0.975, k + 1, 200 - k))


def test_by_the_end_of_the_month_all_that_ever_acted_have(study):
    table = an.acted_by(study, "oai-az/panel")
    assert table["probability"].tolist() == [an.clause_dates(study).iloc[0]["happened"]]
    with pytest.raises(KeyError, match="no clause 'oai-az/penal'"):
        an.acted_by(study, "oai-az/penal")


def test_what_acts_on_the_first_of_a_month_has_not_acted_by_the_end_of_the_month_before():
    opened = rr.Scenario.parse(CHANCE.replace('hazard = "24.35 /y"', "on = 2026-02-01") + "\n[run]\nend = 2026-02-11\n")
    table = an.acted_by(rr.run(opened, progress=False), "oai-az/panel")
    assert table["probability"].tolist() == [0.0, 1.0]


def test_a_study_without_such_clauses_has_no_rows():
    assert an.clause_dates(rr.run("toy-10", progress=False)).empty


def test_notice_that_nobody_gives_is_not_told():
    quiet = rr.Scenario.parse(
        CHANCE
        + """
[contracts.oai-az.versions.first.clauses.exit]
kind = "termination"
payer = "oai"
payee = "az"
amount = "1 $"
"""
    )
    dates = an.clause_dates(rr.run(quiet, progress=False))
    assert dates["clause"].tolist() == ["exit", "panel"]
    assert worth_reporting(dates)["clause"].tolist() == ["panel"]


def test_a_clause_that_is_switched_off_has_no_row():
    off = rr.Scenario.parse(CHANCE).override({"contracts.oai-az.versions.first.clauses.panel.enabled": False})
    assert an.clause_dates(rr.run(off, progress=False)).empty


def test_the_report_says_when_clauses_acted(tmp_path):
    shut = rr.Scenario.parse(CHANCE, name="chance")
    open_ = shut.override({"contracts.oai-az.versions.first.clauses.exclusive.enabled": False}, name="open")
    st = rr.compare({"open": open_, "chance": shut}, replications=6, seed=5, progress=False, out=tmp_path / "st.h5")
    page = an.report(st, tmp_path / "report.html").read_text(encoding="utf-8")
    share = an.clause_dates(st).set_index("arm").loc["chance", "happened"]
    assert "When clauses acted" in page and f"<td class=n>{share:.0%} (" in page and "oai-az/panel" in page
