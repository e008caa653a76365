"""Kinds of chip: shares, dependence and costs against sums made here by hand, and against a run."""

import numpy as np
import pytest

import rackrate as rr
from rackrate import analysis as an

from . import synthetic

CHIPS = ["google-tpu/tpu", "nvidia/new", "nvidia/old"]
SUPPLY = """
[supply.nvidia]
title = "NVIDIA"
[supply.nvidia.new]
h100e = { value = 2.5, low = 2, high = 3 }
facility_power = "2.2 kW"
unit_price = { value = "50 k$", low = "40 k$", high = "60 k$" }
life = "6 y"
[supply.nvidia.old]
h100e = 1
facility_power = "1.4 kW"
unit_price = "30 k$"
[supply.google-tpu]
title = "Google’s TPU"
[supply.google-tpu.tpu]
h100e = 2
facility_power = "1 kW"
unit_price = "15 k$"
life = "5 y"
[labs.openai.chips.nvidia]
"""
PORTS = """
[labs.anthropic.chips.nvidia]
[labs.anthropic.chips.google-tpu]
from = 2026-07-01
"""
AZURE = """[clouds.azure]
facility_cost = { value = "10.5 M$/MW", low = "9 M$/MW", high = "12 M$/MW" }
energy_price = "65 $/MWh"
opex = "160 $/kW-y"
"""


def in_scenario(text):
    ports = "" if 'title = "exclusive"' in text.splitlines()[0] else PORTS
    return text.replace("[clouds.azure]\n", AZURE) + SUPPLY + ports


@pytest.fixture(scope="module")
def fleets():
    """Azure has 600 old and 400 new, and 1000 TPU from July 2026 on; AWS 300 new and 100 TPU. OpenAI works at both, Anthropic at
    AWS, on TPU from July 2026 on (in the exclusive arm on all chips from the start)."""
    ds = synthetic.with_scenarios(synthetic.study(6), in_scenario)
    shape = (3, 6, 5, 3, ds.sizes["time"])
    fleet = np.zeros(shape)
    fleet[:, :, 0, 2], fleet[:, :, 0, 1], fleet[:, :, 0, 0, 12:] = 600, 400, 1000
    fleet[:, :, 1, 1], fleet[:, :, 1, 0] = 300, 100
    ds = ds.assign_coords(chip=CHIPS)
    ds["fleet_chips"] = ("arm", "replication", "cloud", "chip", "time"), fleet, {"units": "H100e"}
    work = np.zeros((3, 6, 2, 5, ds.sizes["time"]))
    work[:, :, 0, 0], work[:, :, 0, 1], work[:, :, 1, 1] = 100, 300, 100
    ds["lab_compute"] = ("arm", "replication", "lab", "host", "time"), work, {"units": "H100e"}
    kappa = np.full((3, 6, 2, ds.sizes["time"]), 0.5)
    kappa[..., 18:] = 0.1  # from 2027 on
    ds["kappa"] = ("arm", "replication", "lab", "time"), kappa, {"units": "H100e h/Mtok"}
    return ds


def test_shares_are_of_the_hours_of_a_year(fleets):
    mix = an.chip_mix(fleets).sel(arm="amended", year=2026).isel(replication=0)
    # Of 365 days TPU are there for 184: 184,000 of 549,000 H100e-days.
    assert mix.sel(cloud="azure").values == pytest.approx([184 / 549, 400 * 365 / 549e3, 600 * 365 / 549e3])
    assert mix.sel(cloud="aws", chip="google-tpu/tpu").item() == pytest.approx(0.25)
    assert mix.sel(cloud="gcp").isnull().all()  # it has none
    vendors = an.chip_mix(fleets, "vendor").sel(arm="amended", year=2026).isel(replication=0)
    assert vendors["vendor"].values.tolist() == ["google-tpu", "nvidia"]
    assert vendors.sel(cloud="all clouds", vendor="nvidia").item() == pytest.approx(1300 * 365 / (549e3 + 400 * 365))
    assert an.chip_mix(fleets).sel(cloud=["azure", "aws", "all clouds"]).sum("chip").values == pytest.approx(1.0)


def test_a_lab_depends_on_the_vendors_of_what_it_runs_on(fleets):
    found = an.vendor_dependence(fleets).isel(replication=0)
    on_nvidia = found.sel(vendor="nvidia")
    assert on_nvidia.sel(lab="openai").values == pytest.approx(1.0)  # it runs on nothing else
    assert on_nvidia.sel(arm="amended", lab="anthropic", year=[2025, 2026, 2027]).values == pytest.approx(
        [1.0, (181 + 184 * 0.75) / 365, 0.75]
    )
    assert on_nvidia.sel(arm="exclusive", lab="anthropic").values == pytest.approx(0.75)
    assert found.sum("vendor").values == pytest.approx(1.0)


def test_an_hour_costs_wear_site_energy_and_operations(fleets):
    cost = an.chip_costs(fleets).set_index(["cloud", "chip"]).loc[("azure", "nvidia/new")]
    # 20,000 $ an H100e over 6 x 8766 h; .88 kW at 10,500 $/kW over 20 x 8766 h, at 65 $/MWh, at 160 $/kW-y
    assert cost[["chips", "site", "energy", "operations"]].tolist() == pytest.approx(
        [0.380257054, 0.052703628, 0.0572, 0.016062058], abs=1e-9
    )
    assert cost["total"] == pytest.approx(0.50622274, abs=1e-8)
    elsewhere = an.chip_costs(fleets).set_index(["cloud", "chip"]).loc[("aws", "google-tpu/tpu")]
    assert elsewhere["total"] == elsewhere["chips"] == pytest.approx(7500 / (5 * 8766))  # aws states no site or energy
    tokens = an.token_costs(fleets, "openai").sel(cloud="azure", chip="nvidia/new", year=[2026, 2027])
    assert tokens.isel(replication=3).values == pytest.approx([0.5 * 0.50622274, 0.1 * 0.50622274], abs=1e-8)


def test_the_answer_names_the_vendor_its_share_and_who_runs_on_it(fleets):
    some = fleets.copy(deep=True)
    some["fleet_chips"].values[:, ::2, 1, 1] = 500  # in half of the futures AWS has more of it
    found = an.answer(some, "chips", arm="exclusive", baseline="amended")
    row = found.tables["compute by vendor"].set_index(["cloud", "vendor"]).loc[("aws", "nvidia")]
    assert row["2030"] == pytest.approx(100 * (0.75 + 5 / 6) / 2)
    assert (row["2030_low"], row["2030_high"]) == pytest.approx((75.0, 100 * 5 / 6))
    assert "NVIDIA makes" in found.sentence and "90 % of futures" in found.sentence
    assert "OpenAI" not in found.tables["labs by vendor"]["lab"].tolist()
    assert "most at AWS (79%) and least at Azure (50%); openai runs on it for 100%" in found.sentence
    cost = found.tables["cost"].set_index("chip")
    assert (cost.loc["nvidia/new", "total_low"], cost.loc["nvidia/new", "total_high"]) == pytest.approx(
        (0.380257054, 0.50622274), abs=1e-8
    )
    assert an.figure.svg(found.picture(), "chips").startswith("<svg")
    one = an.answer(some.isel(replication=[0]), "chips", arm="exclusive", baseline="amended")
    assert "of futures" not in one.sentence and "nan" not in one.sentence


def test_what_cannot_be_said_of_chips_says_why(fleets):
    with pytest.raises(KeyError, match="did not record 'fleet_chips'"):
        an.chip_mix(fleets.drop_vars("fleet_chips"))
    with pytest.raises(ValueError, match="by is 'firm'; expected 'chip' or 'vendor'"):
        an.chip_mix(fleets, "firm")
    with pytest.raises(KeyError, match=r"no lab 'opnai'.*Did you mean 'openai'"):
        an.token_costs(fleets, "opnai")
    wrong = synthetic.with_scenarios(fleets, lambda t: t.replace('"2.2 kW"', '"2.2 $"'))
    with pytest.raises(rr.ScenarioError, match=r"supply.nvidia.new.facility_power.*kW"):
        an.chip_costs(wrong)


def test_chips_of_a_run_add_up_to_what_is_powered():
    ds = rr.run("toy-10", progress=False)
    assert ds["chip"].values.tolist() == ["maker/h100"]
    assert ds["fleet_chips"].attrs["units"] == "H100e" and ds["fleet_chips"].attrs["long_name"]
    assert np.array_equal(ds["fleet_chips"].sum("chip"), ds["powered"].sum("region"))
    assert float(an.chip_mix(ds, "vendor").sel(vendor="maker", cloud="all clouds").min()) == 1.0


def test_arms_with_different_chips_stand_side_by_side():
    toy = rr.Scenario.load("toy-10")
    text = """
extends = "toy-10"
[supply.maker.new]
h100e = 2
[clouds.aws.regions.one.fleet]
new = 25
"""
    ds = rr.compare([toy, rr.Scenario.parse(text, "newer")], replications=1, fixed_parameters=True, progress=False)
    mix = an.chip_mix(ds).sel(cloud="aws").isel(replication=0, year=0)
    # 50 H100e from the start and 50 from the fifth day on; 25 new chips are 50 more.
    assert mix.sel(arm="newer", chip="maker/new").item() == pytest.approx(50 / (50 + 50 + 0.6 * 50))
    assert mix.sel(arm="toy-10", chip="maker/new").item() == 0.0
    assert set(an.chip_costs(ds, "toy-10")["chip"]) == {"maker/h100"}
    assert set(an.chip_costs(ds, "newer")["chip"]) == {"maker/h100", "maker/new"}
