import io

import numpy as np
import pandas as pd
import pytest

from rackrate import analysis as an


def test_quarters_add_up_to_the_months(study):
    table = an.by_period(study, "quarter", ("revenue",))
    row = table.query(
        "arm == 'amended' and firm == 'amazon' and layer == 'infrastructure' and period == '2026Q2'"
    )
    months = study["revenue"].sel(arm="amended", firm="amazon", layer="infrastructure")
    expect = months.sel(time=slice("2026-04", "2026-06")).sum("time") / 1e9
    assert row["revenue"].item() == pytest.approx(float(expect.mean()))
    assert row["revenue_low"].item() == pytest.approx(np.quantile(expect, 0.05))
    assert row["months"].item() == 3


def test_a_fiscal_year_ends_where_the_firm_says(study):
    # Microsoft's year ends in June: July 2025 opens FY2026, and the run's last half year opens FY2031.
    table = an.by_period(study, "fiscal", ("revenue",)).query(
        "layer == 'infrastructure' and arm == 'amended'"
    )
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
