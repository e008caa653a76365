"""The scenarios in which contracts change by what happens: talks, a dispute, a breach."""

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr
from rackrate import analysis as an

NAMES = ("openai-azure-october-2025", "renegotiated-2026", "dispute-2026", "breach-2026")
TALKS, PANEL, DAMAGES = (f"openai-microsoft/{name}" for name in ("talks", "panel", "breach"))
START = np.datetime64("2025-07-01")


def load(name):
    return rr.Scenario.load(str(FOLDER / f"{name}.toml"))


@pytest.fixture(scope="module")
def study():
    arms = {name: load(name).override({"run.enterprises": 400}, name=name) for name in NAMES}
    return rr.compare(arms, fixed_parameters=True, replications=10, seed=3, until="2027-01-01", progress=False)


def day(study, arm, clause):
    return study["clause_day"].sel(arm=arm, clause=clause).values


def parted(study, one, other, replication):
    """The first month in which anything watched differs in a replication; None: none does."""
    months = []
    for name in ("revenue", "gross_profit", "served", "price", "placement_share"):
        a, b = (study[name].sel(arm=arm).isel(replication=replication).values for arm in (one, other))
        same = ((a == b) | (np.isnan(a) & np.isnan(b))).reshape(-1, a.shape[-1]).all(axis=0)
        if not same.all():
            months.append(int(np.argmin(same)))
    return study["time"].values[min(months)].astype("datetime64[M]") if months else None


def test_until_something_happens_the_world_is_that_of_october_2025(study):
    """To the last bit, and where nothing happens at all to the end."""
    acted = np.fmin(day(study, "renegotiated-2026", TALKS), day(study, "renegotiated-2026", PANEL))
    assert np.isfinite(acted).any() and np.isnan(acted).any()
    for replication, when in enumerate(acted):
        month = parted(study, "renegotiated-2026", "openai-azure-october-2025", replication)
        if np.isnan(when):
            assert month is None
        elif month is not None:
            assert month >= (START + np.timedelta64(int(when), "D")).astype("datetime64[M]")


def test_the_dispute_brings_the_two_to_the_table_two_months_after_the_contract_with_amazon(study):
    """27 April 2026 and 59 days; they sign where both gain enough, which is not in every future, and not earlier than by
    chance. OpenAI may be out of luck with its agents by then, or short of nothing: two of these ten futures sign that day."""
    days, by_chance = day(study, "dispute-2026", TALKS), day(study, "renegotiated-2026", TALKS)
    called = np.datetime64("2026-04-27") + np.timedelta64(60, "D") - START
    assert (days == called.astype(int)).any()
    early = by_chance < called.astype(int)
    assert np.array_equal(days[early], by_chance[early])


def test_opening_is_worth_nothing_to_the_two_before_somebody_else_may_host(study):
    """Until April 2026 nothing that the exclusives bar is granted to anybody but for oddments; then it is worth hundreds of millions."""
    gain = an.stability(study, TALKS, arm="renegotiated-2026")
    before, after = gain[gain["month"] < "2026-04"], gain[gain["month"] > "2026-05"]
    # Routing finds its level in the eight parts of a day to within some ten millions a year.
    assert abs(before["gain"]).max() < 2e7 < 1e8 < after["gain"].max()


def test_a_breach_opens_at_once_and_costs_what_is_assumed(study):
    """10 B$, and 2 B$ a year for the 249 days from 27 April 2026 to the end of the year, where no panel ends the exclusive before."""
    paid = study["clause_payment"].sel(arm="breach-2026", clause=DAMAGES).sum("time").values
    free = np.isnan(day(study, "breach-2026", PANEL))
    assert free.any()
    assert paid[free] == pytest.approx(10e9 + 2e9 * 249 / 365.25, abs=249 * 0.5e-4)
    assert set(day(study, "breach-2026", DAMAGES)[free]) == {300.0}
    question = {"lab": "openai", "product": "ent_app", "channel": "direct", "host": "aws"}
    assert load("breach-2026").feasible(date="2026-04-26", **question).state == "NO"
    assert load("breach-2026").feasible(date="2026-04-27", **question).state == "GA"
    assert load("renegotiated-2026").feasible(date="2026-04-27", **question).step == "exclusive"


def test_talks_that_something_switches_on_cannot_be_taken_apart():
    talks = "contracts.openai-microsoft.versions.october-2025.clauses."
    arm = load("dispute-2026").override(
        {f"{talks}talks.enabled": False, f"{talks}panel.switches_on": ["talks"]}, name="later"
    )
    with pytest.raises(
        ValueError,
        match=r"panel\.switches_on switches on the renegotiation talks; a decomposition must be able to leave it out",
    ):
        rr.decomposition([load("openai-azure-october-2025"), arm], replications=1, until="2025-08-01")


def test_the_premium_of_talks_is_the_fourth_component():
    """Off, the talks leave the world of October 2025, whose contracts, prices and orders they do not touch."""
    arms = {
        name: load(name).override({"run.enterprises": 400}, name=name)
        for name in ("openai-azure-october-2025", "dispute-2026")
    }
    st = rr.decomposition(arms, replications=range(7, 9), seed=3, until="2026-10-01")  # they agree in one of the two
    parts = an.decomposition(st, "gross_profit", firm="openai")
    assert parts["component"].values.tolist() == ["feasibility", "prices", "investment", "renegotiation"]
    assert np.abs(parts["residual"]).max() == 0
    agreed = np.isfinite(st["clause_day"].sel(arm="dispute-2026", clause=TALKS).values)
    moved = parts["by_replication"].sel(component="renegotiation").values != 0
    assert agreed.any() and moved[agreed].all()
