"""Each scenario runs, is its neighbour until the day they part, and moves money to whom its contracts favour."""

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

NAMES = (
    "openai-azure-amended",
    "openai-azure-exclusive",
    "aws-exclusive",
    "rofr-2025",
    "regulator-opens",
    "regulator-separates",
)
WATCHED = ("revenue", "gross_profit", "served", "unserved", "price", "wait", "placement_share")


def load(name):
    return rr.Scenario.load(str(FOLDER / f"{name}.toml"))


@pytest.fixture(scope="module")
def study():
    arms = {name: load(name).override({"run.enterprises": 400}, name=name) for name in NAMES}
    return rr.compare(arms, fixed_parameters=True, replications=3, seed=7, progress=False)


def parting(study, one, other):
    """The first month in which anything watched differs between two arms, in any replication."""
    months = []
    for name in WATCHED:
        a, b = (study[name].sel(arm=arm).values for arm in (one, other))
        same = ((a == b) | (np.isnan(a) & np.isnan(b))).reshape(-1, a.shape[-1]).all(axis=0)
        if not same.all():
            months.append(int(np.argmin(same)))
    return str(study["time"].values[min(months)])[:7] if months else None


@pytest.mark.parametrize(
    ("one", "other", "month"),
    [
        ("rofr-2025", "openai-azure-amended", "2025-10"),  # the version of 28 October 2025 is not signed
        ("aws-exclusive", "openai-azure-amended", "2026-04"),  # 27 April 2026
        pytest.param("aws-exclusive", "openai-azure-exclusive", "2026-04", marks=pytest.mark.slow),
        ("openai-azure-exclusive", "openai-azure-amended", "2026-04"),
        ("regulator-opens", "openai-azure-exclusive", "2027-10"),  # 1 October 2027
        ("regulator-separates", "openai-azure-exclusive", "2027-10"),
    ],
)
def test_two_arms_are_one_world_to_the_last_bit_until_their_contracts_differ(study, one, other, month):
    assert parting(study, one, other) == month


def gain(study, arm, firm):
    """Undiscounted gross profit over what the amended arm gives, B$, averaged over the three worlds, to the end of the run.

    To March 2028 an exclusive brings Microsoft about nothing: its fleet is full with it and without it.
    """
    profit = study["gross_profit"].sel(firm=firm).sum(["layer", "time"])
    return float((profit.sel(arm=arm) - profit.sel(arm="openai-azure-amended")).mean()) / 1e9


def test_whoever_holds_the_exclusive_gains_by_it_and_the_rival_does_not(study):
    """Swap who holds the rights of October 2025, and the headline follows (promise P11)."""
    assert gain(study, "openai-azure-exclusive", "microsoft") > 0
    assert gain(study, "aws-exclusive", "amazon") > 0
    assert gain(study, "aws-exclusive", "microsoft") < 0
    assert gain(study, "openai-azure-exclusive", "amazon") < gain(study, "aws-exclusive", "amazon")


API = {"lab": "openai", "product": "api_stateless"}
BEDROCK, AZURE = {"channel": "bedrock"}, {"channel": "azure"}


def said(name, day, **question):
    verdict = load(name).feasible(date=day, **API, **question)
    return verdict.state if verdict.state != "NO" else f"NO:{verdict.step}:{verdict.role}"


def test_the_mirror_bars_azure_where_the_exclusive_arm_bars_aws():
    for day in ("2026-06-01", "2030-12-31"):
        assert (
            said("openai-azure-exclusive", day, **BEDROCK) == said("aws-exclusive", day, **AZURE) == "NO:exclusive:HOST"
        )
        assert said("openai-azure-exclusive", day, **AZURE) == said("aws-exclusive", day, **BEDROCK) == "GA"
    assert list(load("aws-exclusive").warnings) == []


def test_the_mirror_writes_the_same_rights_for_the_other_side():
    exclusive, mirror = load("openai-azure-exclusive"), load("aws-exclusive")
    ours = "contracts.openai-microsoft.versions.amended-2026.clauses."
    theirs = "contracts.openai-amazon.versions.april-2026.clauses."
    for clause in ("api-exclusive", "agent-exclusive", "open-weights", "national-security", "ship-first"):
        for key in ("kind", "role", "scope.products", "scope.labs", "lead", "cure", "reading", "margin"):
            if f"{ours}{clause}.{key}" in exclusive.keys(f"{ours}{clause}.*"):
                assert mirror.get(f"{theirs}{clause}.{key}") == exclusive.get(f"{ours}{clause}.{key}"), (clause, key)


def test_under_the_right_of_first_refusal_new_hosts_stay_closed_until_a_waiver():
    arm = load("rofr-2025")
    question = {"lab": "openai", "product": "consumer", "channel": "direct", "host": "oci"}
    assert arm.feasible(date="2030-01-01", **question).clause in ("host-exclusive", "first-refusal")
    waivers = "contracts.openai-microsoft.versions.january-2025.clauses.first-refusal.waivers.oci"
    waived = arm.override({waivers: "2027-01-01"})
    assert waived.feasible(date="2026-12-31", **question).state == "NO"
    assert waived.feasible(date="2027-01-01", **question).state == "GA"


def test_the_regulator_that_separates_forbids_the_sale_and_leaves_the_hosting(study):
    assert said("regulator-separates", "2027-09-30", **AZURE) == "GA"
    assert said("regulator-separates", "2027-10-01", **AZURE) == "NO:regulator:CHANNEL"
    assert said("regulator-separates", "2027-10-01", channel="direct", host="azure") == "GA"
    sold = (
        study["placement_share"].sel(arm="regulator-separates", lab="openai", channel="azure").sum(["segment", "host"])
    )
    assert (sold.sel(time="2027-09") > 0).all() and (sold.sel(time="2027-12") == 0).all()


def test_the_regulator_opens_what_was_granted_and_nothing_else():
    assert said("regulator-opens", "2027-09-30", **BEDROCK) == "NO:exclusive:HOST"
    assert said("regulator-opens", "2027-10-01", **BEDROCK) == "GA"
    assert said("regulator-opens", "2027-10-01", channel="vertex") == "NO:grant:HOST"
    arm = load("regulator-opens")
    assert arm.feasible(lab="openai", product="ent_app", channel="azure", date="2027-10-01").state == "GA"
