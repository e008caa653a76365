"""Which input binds a cloud, and how concentrated inputs are: tables and words against sums made here by hand."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from rackrate import analysis as an

from . import synthetic

INPUTS = ["chips", "power", "capital", "sites", "site_capital"]


@pytest.fixture(scope="module")
def scarce():
    """Fleets of 2 M H100e. Azure lacks power for a fifth of its own, and in every fourth future money for sites for three
    tenths; AWS lacks next to nothing; Google reviews nothing before month 30 and then lacks sites. Reviews are quarterly."""
    ds = synthetic.study()
    months = ds.sizes["time"]
    ds["capacity"] = xr.full_like(ds["capacity"], 1e6)
    ds["powered"] = xr.full_like(ds["powered"], 1e6)
    lacks = np.zeros((3, 20, 5, 5, months))
    lacks[:, :, 0, 0], lacks[:, :, 0, 1] = 2e5, 4e5
    lacks[:, ::4, 0, 4] = 6e5
    lacks[:, :, 1] = 1e4
    lacks[:, :, 2, 3] = 1e5
    lacks[:, :, 2, :, :30] = np.nan
    lacks[..., np.arange(months) % 3 != 1] = np.nan
    ds = ds.assign_coords(input=INPUTS)
    ds["input_short"] = ("arm", "replication", "cloud", "input", "time"), lacks, {"units": "H100e"}
    by_cloud = np.array([50.0, 30.0, 10.0, 6.0, 4.0])[None, None, :, None] * np.ones((3, 20, 5, months))
    by_cloud[..., -1] = np.nan  # what a month without a payment may say
    spent = ("arm", "replication", "cloud", "time"), by_cloud, {"units": "USD"}
    ds["capital_chips"] = spent
    ds["capital_shells"] = spent[0], by_cloud[:, :, ::-1], spent[2]
    ds["capital_power"] = spent[0], 0 * by_cloud, spent[2]
    ds["sites_started"] = spent[0], 0 * by_cloud, {"units": "MW"}
    vendors = '[supply.gpu]\nfirm = "nvidia"\n[supply.own]\nfirm = "google"\n[supply.wafer]\nfirm = "openai"\n'
    return synthetic.with_scenarios(ds, lambda text: text + vendors)


def test_the_input_that_is_lacked_most_binds_by_quarter_with_its_share_of_futures(scarce):
    table = an.binding_inputs(scarce).set_index(["arm", "cloud", "quarter"]).sort_index()
    azure = table.loc[("amended", "azure", "2026Q1")]
    assert azure["input"] == "power" and azure["short"] == pytest.approx(0.2)
    assert azure["futures"] == azure["power"] == 0.75 and azure["capital"] == 0.25 and azure["none"] == 0
    interval = stats.beta.ppf(0.05, 15, 6), stats.beta.ppf(0.95, 16, 5)  # Clopper and Pearson (1934)
    assert (azure["futures_low"], azure["futures_high"]) == pytest.approx(interval)
    aws = table.loc[("amended", "aws", "2030Q4")]
    assert aws["input"] == "none" and aws["short"] == 0 and aws["futures"] == 1
    assert (
        an.binding_inputs(scarce, least=0.004)
        .set_index(["arm", "cloud", "quarter"])
        .loc[("amended", "aws", "2030Q4"), "input"]
        == "chips"
    )
    quarters = table.loc[("amended", "gcp")].index  # month 30 is the first of 2028
    assert quarters[0] == "2028Q1" and (table.loc[("amended", "gcp"), "input"] == "sites").all()


def test_capital_is_the_greater_of_what_chips_and_sites_lack(scarce):
    lacks = an.input_shortfall(scarce).sel(arm="exclusive", cloud="azure", quarter="2027Q2")
    assert lacks.isel(replication=0).sel(input=["chips", "power", "sites", "capital"]).values == pytest.approx(
        [0.1, 0.2, 0.0, 0.3]
    )
    binds = an.input_binds(scarce).sum("input", skipna=False)
    assert set(np.unique(binds.values[~np.isnan(binds.values)])) == {1.0}
    assert np.isnan(binds.sel(cloud="gcp", quarter="2027Q4")).all()


def test_studies_side_by_side_have_their_dimension_in_front(scarce):
    one = scarce.isel(arm=[0], replication=slice(4))
    both = xr.concat([one, one], "price", data_vars="all", coords="minimal", compat="override").assign_coords(
        price=[1, 2]
    )
    assert an.input_shortfall(both).dims == ("price", "arm", "replication", "cloud", "input", "quarter")
    assert list(an.binding_inputs(both)["price"].unique()) == [1, 2]


def test_concentration_of_an_input_is_that_of_its_buyers_and_of_its_makers(scarce):
    found = an.input_concentration(scarce).sel(arm="amended", year=2027).isel(replication=3)
    assert float(found["hhi"].sel(market="chips")) == pytest.approx(50**2 + 30**2 + 10**2 + 6**2 + 4**2)
    assert float(found["cr4"].sel(market="chips")) == pytest.approx(0.96)
    assert float(found["hhi"].sel(market="power")) == pytest.approx(2000)  # five fleets of one size
    # Chips 50, 30, 10, 6, 4 and shells 4, 6, 10, 30, 50, of 200.
    assert float(found["hhi"].sel(market="capital")) == pytest.approx(2 * 27**2 + 2 * 18**2 + 10**2)
    assert np.isnan(found["hhi"].sel(market="sites")) and np.isnan(found["cr4"].sel(market="sites"))
    # Google makes chips for its own cloud; NVIDIA and, here, OpenAI sell them.
    sold = scarce["revenue"].sel(arm="amended", firm=["nvidia", "openai"]).isel(replication=3).sum("layer")
    sold = sold.sel(time="2027").sum("time").values
    assert float(found["hhi"].sel(market="makers")) == pytest.approx(1e4 * ((sold / sold.sum()) ** 2).sum())
    assert float(found["cr4"].sel(market="makers")) == pytest.approx(1.0)


def test_without_a_maker_that_sells_there_is_no_concentration_of_makers(scarce):
    none = an.input_concentration(synthetic.with_scenarios(scarce, lambda text: text.split("[supply.")[0]))
    assert np.isnan(none["hhi"].sel(market="makers")).all()


def test_the_answer_says_what_binds_with_an_interval(scarce):
    found = an.answer(scarce, "inputs", arm="exclusive", baseline="amended")
    assert "90 % of futures from" in found.sentence and "no input in" in found.sentence
    share = found.tables["what binds"]
    assert share.groupby("year")["share"].sum().values == pytest.approx(1.0)
    # In 2026 four clouds review each quarter: Azure lacks power in 15 of 20 futures, the others nothing.
    at = share.set_index(["year", "input"])["share"]
    assert at[("2026", "power")] == pytest.approx(0.75 / 4) and at[("2026", "none")] == pytest.approx(3 / 4)
    by_cloud = found.tables["by cloud"].set_index(["cloud", "year"])
    assert by_cloud.loc[("azure", "2026"), "input"] == "power"
    assert by_cloud.loc[("azure", "2026"), "binds"] == pytest.approx(75)
    assert by_cloud.loc[("azure", "2026"), "lacks"] == pytest.approx(20)
    assert ("gcp", "2026") not in by_cloud.index
    table = found.tables["concentration"].set_index(["market", "year"])
    assert table.loc[("chips", "2027"), "cr4"] == pytest.approx(96)
    assert an.figure.svg(found.picture(), "inputs").startswith("<svg")


def test_one_future_has_an_answer_without_an_interval(scarce):
    found = an.answer(scarce.isel(replication=[0]), "inputs")
    assert "from" not in found.sentence and "nan" not in found.sentence


def test_what_cannot_be_answered_is_said(scarce):
    with pytest.raises(ValueError, match="least is 0; expected a positive share of the fleet"):
        an.binding_inputs(scarce, least=0)
    with pytest.raises(ValueError, match="level"):
        an.binding_inputs(scarce, level=2)
    with pytest.raises(KeyError, match="did not record 'input_short'"):
        an.binding_inputs(scarce.drop_vars("input_short"))
    with pytest.raises(KeyError, match="did not record 'sites_started'"):
        an.input_concentration(scarce.drop_vars("sites_started"))
