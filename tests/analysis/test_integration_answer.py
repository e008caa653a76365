"""Who integrates a lab's models most deeply: leads, chances and runtime rent against sums made here from the arrays."""

import numpy as np
import pytest

from rackrate import analysis as an

from . import synthetic


@pytest.fixture(scope="module")
def native():
    """Azure has all of OpenAI from the start; Bedrock sells it from month 10 on and catches up in the odd futures."""
    ds = synthetic.study()
    shape = (3, 20, 2, 4, ds.sizes["time"])
    index = np.full(shape, np.nan)
    index[:, :, 0, 0] = 0.9
    index[:, :, 0, 1, 10:] = 0.5
    index[:, 1::2, 0, 1, 20:] = 0.9
    index[:, 3::4, 0, 1, 30:] = 1.0
    index[:, :, 0, 3] = 1.0  # the lab's own channel is no cloud's
    dims = ("arm", "replication", "lab", "channel", "time")
    for name in ("nativeness", "integration_depth", "control_score", "agents_eligible"):
        ds[name] = dims, index, {"units": "1"}
    for name in ("depth_unmet", "crossings"):
        ds[name] = dims, 1.0 - index, {"units": "1"}
    ds["agent_sales"] = dims, np.where(np.isnan(index), np.nan, 1e6), {"units": "USD"}
    rent = np.zeros((3, 20, ds.sizes["firm"], ds.sizes["time"]))
    rent[:, :, list(ds["firm"].values).index("amazon")] = 5e4
    ds["runtime_rent"] = ("arm", "replication", "firm", "time"), rent, {"units": "USD"}
    return ds


def test_the_lead_is_shared_by_channels_that_tie_and_no_lab_of_its_own_leads(native):
    lead = an.nativeness_lead(native, "amended", "openai")
    assert list(lead["channel"].values) == ["azure", "bedrock"]
    assert lead.sum("channel").values == pytest.approx(1.0)
    assert lead.isel(replication=1, time=20).values.tolist() == [0.5, 0.5]
    assert lead.isel(replication=3, time=30).values.tolist() == [0.0, 1.0]
    # At the end: 10 futures Azure alone, 5 a tie, 5 Bedrock alone.
    assert lead.isel(time=-1).mean("replication").values.tolist() == [0.625, 0.375]


def test_the_answer_says_who_leads_with_an_interval(native):
    found = an.answer(native, "integration", arm="exclusive", baseline="amended")
    assert "leads with probability 62%" in found.sentence and "Monte Carlo error" in found.sentence
    table = found.tables["by year"].set_index(["year", "channel"])
    assert table.loc[("2030", "bedrock"), "mean"] == pytest.approx((10 * 0.5 + 5 * 0.9 + 5 * 1.0) / 20)
    assert table.loc[("2030", "bedrock"), "p_lead"] == pytest.approx(0.375)
    assert table.loc[("2030", "bedrock"), "p_lead_low"] < 0.375 < table.loc[("2030", "bedrock"), "p_lead_high"]
    assert ("2025", "bedrock") not in table.index
    state = found.tables["what it is made of"].set_index(["year", "measure", "channel"])
    assert state.loc[("2030", "crossings", "azure"), "mean"] == pytest.approx(0.1)
    assert ("2025", "crossings", "bedrock") not in state.index
    assert an.figure.svg(found.picture(), "integration").startswith("<svg")


def test_runtime_rent_stands_beside_what_the_models_cost(native):
    table = an.answer(native, "integration").tables["runtime"].set_index(["firm", "part"])
    months = an.discount_factors(native).values
    assert list(table.index) == [("amazon", "runtime"), ("amazon", "models")]
    assert table.loc[("amazon", "runtime"), "mean"] == pytest.approx(5e4 * months.sum() / 1e9)
    assert table.loc[("amazon", "models"), "mean"] == pytest.approx(1e6 * months[10:].sum() / 1e9)


def test_one_future_has_an_answer_without_interval_and_a_lab_that_no_cloud_sells_has_none(native):
    found = an.answer(native.isel(replication=[0]), "integration")
    assert "Monte Carlo" not in found.sentence and "nan" not in found.sentence
    with pytest.raises(ValueError, match="no cloud's channel sells"):
        an.answer(native, "integration", lab=next(x for x in native["lab"].values if x != "openai"))
    with pytest.raises(KeyError, match="nativeness"):
        an.answer(native.drop_vars("nativeness"), "integration")
