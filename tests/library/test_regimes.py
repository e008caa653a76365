"""Four scenarios in which supply or demand differs from the flagship's move what their names say, and in that direction."""

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
# A measure over the flagship's: at most this where it is below 1, at least this where above. The bounds are about half of the effect.
REASONS = [
    ("power-crunch", "powered", LATER, 0.75, "fewer sites come, and later"),
    ("power-crunch", "served", LATER, 0.75, "what has no power serves nobody"),
    ("power-crunch", "unserved", LATER, 2.0, "what has no power serves nobody"),
    ("power-crunch", "price", LATER, 1.1, "the same demand meets less that runs"),
    ("power-crunch", "spending", ALL, 0.75, "less power is built, and fewer chips are ordered for it"),
    ("power-crunch", "vendor", LATER, 0.85, "chips that could not run are not ordered"),
    ("chip-delay", "vendor", SOON, 0.65, "the vendor ships less"),
    ("chip-delay", "powered", SOON, 0.93, "power waits for chips"),
    ("chip-delay", "served", SOON, 0.93, "fewer chips serve less"),
    ("chip-delay", "price", ALL, 1.05, "the same demand meets less that runs"),
    ("chip-delay", "unserved", ("2026", "2026"), 1.5, "lists rise too slowly to clear it"),
    ("chip-delay", "spending", ("2025", "2025"), 0.95, "chips that do not come are not paid"),
    ("demand-bust", "utilisation of azure", ("2026", "2026"), 0.95, "the fleet was ordered for more demand"),
    ("demand-bust", "price", ALL, 0.95, "lists follow utilisation"),
    ("demand-bust", "unserved", ("2027", "2028"), 0.3, "there is room for all"),
    ("demand-bust", "spending", ALL, 0.7, "orders follow the forecast of demand"),
    ("demand-bust", "vendor", ALL, 0.7, "fewer chips are ordered, by clouds and by the rest of the world"),
    ("one-cloud", "price of azure", ALL, 1.02, "OpenAI has nowhere else to go"),
    ("one-cloud", "price of oci", ALL, 0.97, "it lost OpenAI"),
    ("one-cloud", "utilisation of oci", ALL, 0.94, "it lost OpenAI"),
    ("one-cloud", "refused of azure", ALL, 1.03, "its budget, spent in both, does not hold all that OpenAI wants"),
]


@pytest.mark.parametrize(("name", "what", "years", "bound", "why"), REASONS)
def test_a_regime_moves_what_its_name_says(study, name, what, years, bound, why):
    """In each of the two futures."""
    for position in range(study.sizes["replication"]):
        one = study.isel(replication=[position])
        there, here = (mean(one, arm, what, *years) for arm in (name, FLAGSHIP))
        told = f"{name}: {what} {there:.4g}, flagship {here:.4g} in future {position}; expected: {why}"
        assert (there <= bound * here) if bound < 1 else (there >= bound * here), told


@pytest.mark.parametrize(
    ("name", "most", "what", "years"),
    [
        ("power-crunch", max, "unserved", LATER),
        ("chip-delay", min, "vendor", SOON),
        ("demand-bust", min, "utilisation of azure", SOON),
    ],
)
def test_of_all_regimes_it_has_most_or_least_of_what_it_is_named_after(study, name, most, what, years):
    by_arm = {arm: mean(study, arm, what, *years) for arm in NAMES}
    assert most(by_arm, key=by_arm.__getitem__) == name, by_arm


def test_one_cloud_leaves_work_undone_while_others_stand_idle(study):
    """In the first two years Anthropic wants more than AWS has, and Oracle, without OpenAI, is emptier."""
    here, there = (mean(study, arm, "unserved of anthropic", *SOON) for arm in (FLAGSHIP, "one-cloud"))
    assert there > 1.3 * here


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
