"""Four scenarios in which supply or demand differs from the flagship's move what their names say, and in that direction."""

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

FLAGSHIP = "openai-azure-amended"
NAMES = (FLAGSHIP, "power-crunch", "chip-delay", "demand-bust", "one-cloud")
SPENT = ("capital_chips", "capital_shells", "capital_power")


@pytest.fixture(scope="module")
def study():
    arms = {
        name: rr.Scenario.load(str(FOLDER / f"{name}.toml")).override({"run.enterprises": 200}, name=name)
        for name in NAMES
    }
    return rr.compare(arms, baseline=FLAGSHIP, fixed_parameters=True, replications=2, seed=7, progress=False)


def mean(study, name, what, begin, end):
    """Over the two futures and the years from ``begin`` to ``end``."""
    ds = study.sel(arm=name, time=slice(begin, end))
    whole = {
        "price": lambda: ds["compute_price"].sel(cloud=["azure", "aws", "gcp", "oci"]).mean(),
        "unserved": lambda: ds["unserved"].sum() / (ds["unserved"].sum() + ds["served"].sum()),
        "served": lambda: ds["served"].sum(),
        "spending": lambda: sum(ds[one] for one in SPENT).sum(),
        "vendor": lambda: ds["revenue"].sel(firm="nvidia").sum(),
        "powered": lambda: ds["powered"].sum(["cloud", "region"]).mean(),
    }
    if what in whole:
        return float(whole[what]())
    measure, cloud = what.split(" of ")
    if measure == "unserved":
        lab = ds.sel(lab=cloud)
        return float(lab["unserved"].sum() / (lab["unserved"].sum() + lab["served"].sum()))
    of_cloud = {
        "price": lambda: ds["compute_price"].sel(cloud=cloud).mean(),
        "spending": lambda: sum(ds[one].sel(cloud=cloud) for one in SPENT).sum(),
        "refused": lambda: ds["capital_refused"].sel(cloud=cloud).sum(),
        "utilisation": lambda: ds["utilisation"].sel(cloud=cloud).mean(),
    }
    return float(of_cloud[measure]())


ALL, SOON, LATER = ("2026", "2030"), ("2026", "2027"), ("2028", "2030")
REASONS = [
    ("power-crunch", "powered", LATER, -1, "fewer sites come, and later"),
    ("power-crunch", "served", LATER, -1, "what has no power serves nobody"),
    ("power-crunch", "price", LATER, 1, "the same demand meets less that runs"),
    ("power-crunch", "spending", ALL, -1, "less power is built, and fewer chips are ordered for it"),
    ("power-crunch", "vendor", LATER, -1, "chips that could not run are not ordered"),
    ("chip-delay", "vendor", SOON, -1, "the vendor ships less"),
    ("chip-delay", "powered", SOON, -1, "power waits for chips"),
    ("chip-delay", "served", SOON, -1, "fewer chips serve less"),
    ("chip-delay", "price", ALL, 1, "the same demand meets less that runs"),
    ("chip-delay", "unserved", ("2026", "2026"), 1, "lists rise too slowly to clear it"),
    ("chip-delay", "spending", ("2025", "2025"), -1, "chips that do not come are not paid"),
    ("demand-bust", "utilisation of azure", ("2026", "2026"), -1, "the fleet was ordered for more demand"),
    ("demand-bust", "price", ALL, -1, "lists follow utilisation"),
    ("demand-bust", "unserved", ("2026", "2026"), -1, "there is room for all"),
    ("demand-bust", "spending", ALL, -1, "orders follow the forecast of demand"),
    ("demand-bust", "vendor", ALL, -1, "fewer chips are ordered"),
    (
        "one-cloud",
        "unserved of anthropic",
        ("2026", "2026"),
        1,
        "AWS is full, and it may not use what is idle elsewhere",
    ),
    ("one-cloud", "price of azure", ALL, 1, "OpenAI has nowhere else to go"),
    ("one-cloud", "price of aws", SOON, 1, "nor has Anthropic; later its fleet has grown"),
    ("one-cloud", "price of oci", ALL, -1, "it lost OpenAI"),
    ("one-cloud", "utilisation of oci", ("2026", "2026"), -1, "it lost OpenAI"),
    ("one-cloud", "refused of azure", ALL, 1, "its budget, spent in both, does not hold all that OpenAI wants"),
]


@pytest.mark.parametrize(("name", "what", "years", "sign", "why"), REASONS)
def test_a_regime_moves_what_its_name_says(study, name, what, years, sign, why):
    there, here = (mean(study, arm, what, *years) for arm in (name, FLAGSHIP))
    assert np.sign(there - here) == sign, f"{name}: {what} {there:.4g}, flagship {here:.4g}; expected: {why}"


def test_in_a_one_cloud_world_the_clouds_without_a_lab_are_emptier(study):
    used = study["lab_compute"].sel(time=slice("2027-01", None), lab=["openai", "anthropic"]).sum("lab")
    by_host = used.mean(["replication", "time"])
    for host in ("gcp", "oci", "coreweave"):
        assert float(by_host.sel(arm="one-cloud", host=host)) == 0.0 < float(by_host.sel(arm=FLAGSHIP, host=host))


def test_one_cloud_alone_can_serve_no_more_than_it_has():
    """The feasibility of a one-cloud world, as a maximum flow from Azure's pools to OpenAI's demand."""
    sim = rr.Simulation(rr.Scenario.load(str(FOLDER / "one-cloud.toml")).override({"run.enterprises": 200}), seed=7)
    sim.run_until("2025-09-01")
    table = sim.one_cloud("openai", "azure")
    assert table.loc["all", "servable"] == table["servable"].drop("all").sum() <= table.loc["all", "wanted"]
    both = sim.one_cloud("openai", ["azure", "oci"])
    assert (both["servable"] >= table["servable"] - 1e-9).loc["all"]
    with pytest.raises(rr.ScenarioError, match="Did you mean azure"):
        sim.one_cloud("openai", "azur")
