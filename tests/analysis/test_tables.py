import io

import numpy as np
import pandas as pd
import pytest

from rackrate import analysis as an


def test_quarters_add_up_to_the_months(study):
    table = an.by_period(study, "quarter", ("revenue",))
    row = table.query("arm == 'amended' and firm == 'amazon' and layer == 'infrastructure' and period == '2026Q2'")
    months = study["revenue"].sel(arm="amended", firm="amazon", layer="infrastructure")
    expect = months.sel(time=slice("2026-04", "2026-06")).sum("time") / 1e9
    assert row["revenue"].item() == pytest.approx(float(expect.mean()))
    assert row["revenue_low"].item() == pytest.approx(np.quantile(expect, 0.05))
    assert row["months"].item() == 3


def test_a_fiscal_year_ends_where_the_firm_says(study):
    # Microsoft's year ends in June: July 2025 opens FY2026, and the run's last half year opens FY2031.
    table = an.by_period(study, "fiscal", ("revenue",)).query("layer == 'infrastructure' and arm == 'amended'")
    months = table.set_index(["firm", "period"])["months"]
    assert months["microsoft"].to_dict() == {f"FY{y}": 12 for y in range(2026, 2031)} | {"FY2031": 6}
    assert months["amazon"]["FY2025"] == 6 and months["amazon"]["FY2030"] == 12
    assert an.fiscal_year(np.array(["2025-06", "2025-07"], "datetime64[M]"), 6).tolist() == [2025, 2026]


def test_the_csv_holds_both_calendars_and_the_same_money(study):
    frame = pd.read_csv(io.StringIO(an.to_csv(study, variables=("revenue",))))
    total = frame[frame["arm"] == "amended"].groupby("calendar")["revenue"].sum()
    assert set(total.index) == {"quarter", "fiscal"}
    assert total["quarter"] == pytest.approx(total["fiscal"], rel=1e-5)


def test_an_unknown_period_is_named(study):
    with pytest.raises(ValueError, match="period is 'week'; expected quarter, year or fiscal"):
        an.by_period(study, "week")


def cut(study, end):
    """The study as if it had been run until ``end``: later months are missing."""
    instant = np.datetime64(end)
    few = study.sel(arm=["amended", "exclusive"]).isel(replication=slice(0, 4))
    monthly = [n for n in few.data_vars if "time" in few[n].dims and few[n].dtype.kind == "f"]
    few = few.assign({n: few[n].where(few["time"] < instant) for n in monthly})
    return few.assign(run_end=(("arm", "replication"), np.full((2, 4), instant.astype("datetime64[ns]"))))


@pytest.mark.parametrize(
    "end, period, firm, expect",
    [
        # Microsoft's year ends in June: from July on the run opens FY2026; Amazon's calendar year 2025 lacks its first half.
        ("2025-09-01", "fiscal", "microsoft", [("FY2026", 2, "to Aug")]),
        ("2025-09-01", "fiscal", "amazon", [("FY2025", 2, "Jul to Aug")]),
        ("2025-09-01", "quarter", "amazon", [("2025Q3", 2, "to Aug")]),
        ("2025-09-16", "quarter", "amazon", [("2025Q3", 3, "to 15 Sep")]),
        ("2025-10-01", "quarter", "amazon", [("2025Q3", 3, "")]),
        ("2026-07-01", "fiscal", "microsoft", [("FY2026", 12, "")]),
        ("2026-07-01", "year", "amazon", [("2025", 6, "from Jul"), ("2026", 6, "to Jun")]),
    ],
)
def test_periods_that_were_not_run_have_no_row_and_parts_say_which(study, end, period, firm, expect):
    table = an.by_period(cut(study, end), period, ("revenue",)).query("layer == 'infrastructure' and arm == 'amended'")
    rows = table[table["firm"] == firm]
    assert list(rows[["period", "months", "covers"]].itertuples(index=False, name=None)) == expect
    assert rows["revenue"].notna().all()


@pytest.mark.filterwarnings("error")
def test_a_run_cut_short_is_tabled_without_a_warning(study):
    assert set(an.by_period(cut(study, "2025-09-01"), "quarter")["period"]) == {"2025Q3"}
    uneven = cut(study, "2025-09-01")
    uneven = uneven.assign(
        {
            n: uneven[n].where(uneven["arm"] == "amended")
            for n in ("revenue", "gross_profit", "cost", "value_added", "outlay_enterprises")
        }
    )
    assert set(an.by_period(uneven, "quarter")["arm"]) == {"amended"}


def test_the_summary_of_a_run_cut_short_marks_its_part_and_shows_no_zero_for_what_was_not_run(study):
    few = cut(study, "2025-09-01")
    frame, unit = an.fiscal_summary(few, "amended", "revenue")
    assert list(frame.columns) == ["FY2025", "FY2026"] and unit == "B$"
    months = (
        few["revenue"]
        .sel(arm="amended", firm="microsoft", time=slice("2025-07", "2025-08"))
        .sum(["layer", "time"])
        .mean()
        / 1e9
    )
    assert (
        frame.loc["microsoft", "FY2026"] == f"{float(months):.2f} (to Aug)" and frame.loc["microsoft", "FY2025"] == ""
    )
    assert frame.loc["amazon", "FY2025"].endswith("(Jul to Aug)") and frame.loc["amazon", "FY2026"] == ""


def test_the_summary_has_firms_only(study):
    paid = study.copy(deep=True)
    paid["gross_profit"].loc[{"firm": "suppliers"}] = 1e15
    frame, unit = an.fiscal_summary(paid, "amended", "gross_profit")
    assert "microsoft" in frame.index and not {"suppliers", "services"} & set(frame.index)
    assert unit == an.fiscal_summary(study, "amended", "gross_profit")[1]


def test_clauses_and_payments_come_with_payer_payee_and_category(study):
    table = an.by_clause(study, "october-2025").set_index("clause")
    assert table.loc["october-2025/share", ["payer", "payee", "category"]].tolist() == [
        "openai",
        "microsoft",
        "revenue share",
    ]
    assert table.loc["october-2025/channel-share", ["payer", "payee"]].tolist() == ["microsoft", "openai"]
    paid = (study["clause_payment"] * an.discount_factors(study)).sum("time").sel(arm="october-2025").mean(
        "replication"
    ) / 1e9
    assert table["mean"].tolist() == pytest.approx(sorted((float(v) for v in paid if v != 0), reverse=True))
    flows = an.who_pays(study, "october-2025").set_index(["payer", "payee"])["category"]
    # The lab's payments to the host are hosting (no clause in this study) and the shares of both versions.
    assert (
        set(flows["openai", "microsoft"].split(", ")) == {"other", "revenue share"}
        and flows["openai", "amazon"] == "other"
    )
    assert flows["enterprises", "openai"] == "sales" and flows["microsoft", "openai"] == "revenue share"
