import json
import math
from itertools import permutations

import numpy as np
import pytest
import xarray as xr

from rackrate import analysis as an

NAMES = ["a", "b", "c"]


def designed(worth, players, orders=(), firms=("x",), metric="profit", units="USD"):
    """A study of one month: ``worth(mask, replication, firm)`` in dollars for each coalition that is looked up."""
    masks = sorted({m for o in orders for m in an.attribution_game.prefixes(o)}) if orders else range(2**players)
    masks = list(masks)
    reps = worth.replications
    data = [[[[[worth(m, r, f)]] for f in range(len(firms))] for r in range(reps)] for m in masks]
    ds = xr.Dataset(
        {metric: (("arm", "replication", "firm", "layer", "time"), np.array(data, float), {"units": units})},
        coords={"arm": [f"s{m}" for m in masks], "firm": list(firms), "replication": range(reps)},
    )
    groups = [{"name": n, "title": n, "paths": [n]} for n in "abcdefgh"[:players]]
    plan = {
        "kind": "attribution",
        "base": "s0",
        "alternative": f"s{2**players - 1}",
        "exact": not orders,
        "groups": groups,
        "coalitions": [[m, f"s{m}"] for m in masks],
        "orders": [list(o) for o in orders],
    }
    ds.attrs = {"design": json.dumps(plan), "baseline": "s0"}
    return ds


class Additive:
    """Group g adds g + 1 dollars, b and c together 6 more; future r adds 100 r to every world."""

    replications = 4

    def __call__(self, mask, r, firm):
        return 100 * r + sum(g + 1 for g in range(3) if mask >> g & 1) * (firm + 1) + 6 * (mask & 6 == 6)


def test_values_of_a_game_worked_by_hand():
    # b and c share their 6: a = 1, b = 2 + 3, c = 3 + 3; the level of a future cancels.
    got = an.attribution(designed(Additive(), 3), "profit", firm="x")
    assert got["value"].values.tolist() == [1.0, 5.0, 6.0]
    assert got["alone"].values.tolist() == [1.0, 2.0, 3.0] and got["last"].values.tolist() == [1.0, 8.0, 9.0]
    assert got["interaction"].values.tolist() == [[0, 0, 0], [0, 0, 6], [0, 6, 0]]
    assert got["premium"].values.tolist() == [12.0] * 4
    for end in ("lo", "hi", "mc_lo", "mc_hi"):  # every future says the same: no spread and no error
        assert (got[end] == got["value"]).all(), end


def test_every_firm_at_once_is_every_firm_by_itself():
    ds = designed(Additive(), 3, firms=("x", "y"))
    both = an.attribution(ds, "profit")
    for firm in ("x", "y"):
        one = an.attribution(ds, "profit", firm=firm)
        assert (both["value"].sel(firm=firm) == one["value"]).all()
        assert (both["interaction"].sel(firm=firm) == one["interaction"]).all()
    assert both["value"].sel(firm="y").values.tolist() == [2.0, 7.0, 9.0]


class Ledger:
    """Random amounts of whole 1e-4 dollars up to two hundred billion, as the ledger has them."""

    replications = 5

    def __init__(self, seed):
        self.draws = np.random.default_rng(seed).integers(-2 * 10**15, 2 * 10**15, (64, 5, 2))

    def units(self, mask, r, firm):
        return int(self.draws[mask, r, firm])

    def __call__(self, mask, r, firm):
        return self.units(mask, r, firm) / 1e4


def test_values_add_up_to_the_premium_in_ledger_units_exactly():
    for seed in range(5):
        worth = Ledger(seed)
        got = an.attribution(designed(worth, 6, firms=("x", "y")), "profit")
        assert (got["residual"] == 0).all()
        for r in range(5):
            for f, firm in enumerate(("x", "y")):
                premium = worth.units(63, r, f) - worth.units(0, r, f)
                assert float(got["premium"].sel(firm=firm)[r]) == premium / 1e4
                total = math.fsum(got["by_replication"].sel(firm=firm)[r].values)
                assert total == pytest.approx(premium / 1e4, rel=1e-12, abs=1e-3)


def test_discounted_values_add_up_to_a_relative_error_of_1e_12():
    class Discounted(Ledger):
        def __call__(self, mask, r, firm):
            return super().__call__(mask, r, firm) * 0.9137221  # no amount of whole 1e-4 dollars any more

    ds = designed(Discounted(7), 5)
    ds["npv"] = ds["profit"].isel(layer=0, time=0)
    got = an.attribution(ds, "npv")
    assert (got["residual"] == 0).all()
    worst = np.abs(got["by_replication"].sum("group") - got["premium"]).max() / np.abs(got["premium"]).min()
    assert float(worst) < 1e-12


def test_the_outcome_spread_and_the_monte_carlo_error_are_those_of_the_futures():
    class Noisy:
        replications = 12
        draws = np.random.default_rng(1).normal(0, 3, 12).round(4)

        def __call__(self, mask, r, firm):
            return (10 + self.draws[r]) * (mask & 1) + 5 * (mask >> 1 & 1)

    got = an.attribution(designed(Noisy(), 2), "profit", firm="x", level=0.8)
    want = an.paired(10 + Noisy.draws, np.zeros(12), level=0.8, resamples=0)
    for mine, theirs in (
        ("value", "mean"),
        ("lo", "outcome_low"),
        ("hi", "outcome_high"),
        ("mc_lo", "mean_low"),
        ("mc_hi", "mean_high"),
    ):
        assert float(got[mine].sel(group="a")) == pytest.approx(float(want[theirs])), mine
        assert float(got[mine].sel(group="b")) == pytest.approx(5.0), mine


def test_all_orders_together_are_the_exact_design():
    exact = an.attribution(designed(Ledger(3), 4), "profit")
    sampled = an.attribution(designed(Ledger(3), 4, orders=_paired(permutations(range(4)))), "profit")
    assert np.allclose(sampled["by_replication"], exact["by_replication"], rtol=1e-13)
    assert (sampled["residual"] == 0).all() and "interaction" not in sampled


def _paired(orders):
    """Each order followed by its reverse, once."""
    seen = []
    for order in orders:
        if order not in seen:
            seen += [order, order[::-1]]
    return seen


class World:
    """A game of five in which a future changes both what the groups add and how they interact."""

    def __init__(self, rng, replications):
        self.replications = replications
        self.noise = rng.normal(0, 1, (replications, 3))

    @staticmethod
    def mean(mask):
        one = [mask >> g & 1 for g in range(5)]
        return (
            3 * one[0] - 2 * one[1] + one[2] + 8 * one[0] * one[1] - 6 * one[2] * one[3] * one[4] + 4 * one[1] * one[3]
        )

    def __call__(self, mask, r, firm):
        one = [mask >> g & 1 for g in range(5)]
        extra = self.noise[r] @ [one[0], one[1] * one[2], one[4]]
        return round(self.mean(mask) + float(extra), 4)


def test_sampled_orders_are_unbiased_and_their_error_covers():
    table = np.array([World.mean(m) for m in range(32)], dtype=object)
    truth = np.array(an.attribution_game.shapley(table, 5) / an.attribution_game.denominator(5), float)
    rng, estimates, hits = np.random.default_rng(5), [], []
    for _ in range(120):
        half = [tuple(rng.permutation(5).tolist()) for _ in range(8)]
        orders = [o for h in half for o in (h, h[::-1])]
        got = an.attribution(designed(World(rng, 8), 5, orders=orders), "profit", firm="x", level=0.9)
        estimates.append(got["value"].values)
        hits.append((got["mc_lo"].values <= truth + 1e-9) & (truth - 1e-9 <= got["mc_hi"].values))
    estimates = np.array(estimates)
    error = estimates.std(0, ddof=1) / np.sqrt(len(estimates))
    assert (np.abs(estimates.mean(0) - truth) < 4 * error + 1e-9).all()
    # 120 trials of a 90 % interval: two standard errors are 5.5 points. Conservative is allowed, blind is not.
    assert (np.mean(hits, axis=0) > 0.845).all()
    few = np.abs(estimates - truth).mean()
    many = []
    for _ in range(8):
        half = [tuple(rng.permutation(5).tolist()) for _ in range(64)]
        orders = [o for h in half for o in (h, h[::-1])]
        many.append(an.attribution(designed(World(rng, 64), 5, orders=orders), "profit", firm="x")["value"].values)
    assert np.abs(np.array(many) - truth).mean() < few / 2  # eight times the orders and futures: about a third


def test_a_share_at_the_end_can_be_attributed_and_a_sum_of_shares_cannot():
    ds = designed(Additive(), 3, metric="market_share", units="1")
    with pytest.raises(ValueError, match="cannot be summed over months"):
        an.attribution(ds, "market_share")
    last = ds["market_share"].isel(layer=0, time=-1)
    assert an.attribution(ds, last, firm="x")["value"].values.tolist() == [1.0, 5.0, 6.0]


def test_months_after_the_end_of_a_short_run_are_left_out_and_holes_are_not():
    ds = designed(Additive(), 3)
    longer = xr.concat([ds, ds * np.nan], "time", combine_attrs="override").assign_attrs(ds.attrs)
    longer["profit"].attrs["units"] = "USD"
    assert an.attribution(longer, "profit", firm="x")["value"].values.tolist() == [1.0, 5.0, 6.0]
    longer["profit"][2, 1, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="missing or infinite"):
        an.attribution(longer, "profit")


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda ds: an.attribution(ds, "profits"), KeyError, "did not record 'profits'"),
        (lambda ds: an.attribution(ds, "profit", firm="z"), KeyError, "no firm 'z'; it has x"),
        (lambda ds: an.attribution(ds, "profit", level=90), ValueError, "between 0 and 1"),
        (lambda ds: an.attribution(ds.assign_attrs(design=""), "profit"), ValueError, "no design of an attribution"),
        (lambda ds: an.decomposition(ds, "profit"), ValueError, "not decomposed"),
    ],
)
def test_mistakes_get_one_clear_sentence(call, error, says):
    with pytest.raises(error, match=says):
        call(designed(Additive(), 3))


def test_the_staircase_ends_at_the_premium_and_names_every_group():
    ds = designed(Additive(), 3)
    text = an.figure.svg(an.figure.attribution(ds, "x", "profit"), "stairs")
    for word in (*NAMES, "premium", "90 % of futures", "Monte Carlo error"):
        assert f">{word}" in text, word


def steps():
    """Baseline 10; contracts alone +1, prices +2, investment +4, each times the future."""
    arms = {"open": 10.0, "shut, contracts alone": 11.0, "shut, prices respond": 13.0, "shut": 17.0}
    data = [[[[[level * (r + 1)]] for _ in range(1)] for r in range(3)] for level in arms.values()]
    ds = xr.Dataset(
        {"profit": (("arm", "replication", "firm", "layer", "time"), data, {"units": "USD"})},
        coords={"arm": list(arms), "firm": ["x"]},
    )
    plan = {"kind": "decomposition", "base": "open", "steps": {"shut": list(arms)[1:3]}}
    return ds.assign_attrs(design=json.dumps(plan), baseline="open")


def test_components_are_the_steps_and_add_up():
    got = an.decomposition(steps(), "profit", firm="x")
    assert got["by_replication"].values.tolist() == [[1, 2, 4], [2, 4, 8], [3, 6, 12]]
    assert got["value"].values.tolist() == [2.0, 4.0, 8.0]
    assert got["premium"].values.tolist() == [7.0, 14.0, 21.0] and (got["residual"] == 0).all()
    with pytest.raises(KeyError, match="decomposes no arm 'open'; it has shut"):
        an.decomposition(steps(), "profit", arm="open")
    assert an.study_data.arms(an.study_data.principal(steps())) == ["open", "shut"]
