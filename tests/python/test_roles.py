"""The answer is never typed in: swap the roles of two clouds and the headline's sign and words follow (promise P11)."""

from pathlib import Path

import pytest

import rackrate as rr
from rackrate import analysis

TEXT = (Path(__file__).parent / "data" / "mirror.toml").read_text(encoding="utf-8")
CLAUSE = "contracts.star-{}.versions.first.clauses.shop-exclusive.enabled"


def swapped(text):
    """The same scenario with the two clouds' roles exchanged: who holds the exclusive, and nothing else."""
    marks = {"star-north": "star-@", "star-south": "star-north"}
    for old, new in marks.items():
        text = text.replace(old, new)
    text = text.replace("star-@", "star-south")
    head, contracts = text.split("[contracts.star-south]")
    first, rest = contracts.split("[contracts.star-north]")
    second, plain = rest.split("[contracts.plain-everywhere]")
    return (
        head
        + "[contracts.star-south]"
        + first.replace("north", "south")
        + "[contracts.star-north]"
        + second.replace("south", "north")
        + "[contracts.plain-everywhere]"
        + plain
    )


def study(text, holder):
    open_world = rr.Scenario.parse(text, "open")
    exclusive = open_world.override({CLAUSE.format(holder): True}, name="exclusive")
    return rr.compare({"open": open_world, "exclusive": exclusive}, replications=12, seed=3)


@pytest.fixture(scope="module")
def worlds():
    return {"north": study(TEXT, "north"), "south": study(swapped(TEXT), "south")}


def premium(ds, firm):
    return float(analysis.premium(ds, exclusive="exclusive", open="open")["mean"].sel(firm=firm)) / 1e9


@pytest.mark.parametrize(("holder", "other"), [("north", "south"), ("south", "north")])
def test_the_holder_gains_and_the_other_cloud_loses(worlds, holder, other):
    ds = worlds[holder]
    assert premium(ds, f"{holder}co") > 0
    assert premium(ds, f"{other}co") < 0
    words = analysis.headline(ds, analysis.premium_table(ds))
    assert words.firm == f"{holder}co"
    assert f"{holder.title()}co" in words.sentence
    assert "given these assumptions" in words.sentence.lower()


def test_the_two_premiums_are_alike_as_the_clouds_are(worlds):
    north, south = premium(worlds["north"], "northco"), premium(worlds["south"], "southco")

    # The clouds differ in name only, so the two means differ by sampling error: 12 pairs each.
    def error(ds, firm):
        sd = analysis.difference(ds, "npv", "exclusive", "open")["sd"].sel(firm=firm)
        return float(sd) / 1e9 / ds.sizes["replication"] ** 0.5

    spread = (error(worlds["north"], "northco") ** 2 + error(worlds["south"], "southco") ** 2) ** 0.5
    assert abs(north - south) < 4 * spread


def test_the_headline_is_swapped_with_parameters_drawn():
    doubtful = TEXT.replace("beta_gravity = 2", "beta_gravity = { value = 2, low = 1, high = 3 }")
    ends = {"points": 4, "until": "2026-07-01"}
    found = {}
    for holder, text in (("north", doubtful), ("south", swapped(doubtful))):
        open_world = rr.Scenario.parse(text, "open")
        exclusive = open_world.override({CLAUSE.format(holder): True}, name="exclusive")
        found[holder] = rr.compare({"open": open_world, "exclusive": exclusive}, seed=3, **ends)
    assert all(ds.sizes["point"] == 4 for ds in found.values())
    for holder, other in (("north", "south"), ("south", "north")):
        words = analysis.headline(found[holder], analysis.premium_table(found[holder]))
        assert words.firm == f"{holder}co" and f"{holder.title()}co" in words.sentence
        assert premium(found[holder], f"{holder}co") > 0 > premium(found[holder], f"{other}co")
