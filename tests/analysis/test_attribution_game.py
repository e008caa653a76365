from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackrate.analysis import attribution_game as game


def table(players, worth):
    """A game from a function of the set of players."""
    rows = [worth({g for g in range(players) if s >> g & 1}) for s in range(2**players)]
    out = np.empty(len(rows), dtype=object)
    out[:] = rows
    return out


def values(v, players):
    return [Fraction(int(x), game.denominator(players)) for x in game.shapley(v, players)]


@st.composite
def games(draw, least=1, most=5):
    players = draw(st.integers(least, most))
    numbers = st.integers(-(10**17), 10**17)  # beyond what a float64 holds exactly
    worths = draw(st.lists(numbers, min_size=2**players, max_size=2**players))
    return players, np.array(worths, dtype=object)


def test_who_needs_the_longer_runway_pays_for_its_end():
    # Littlechild and Owen (1973): runways of 10, 20 and 40 serve the smaller ones too. The first 10 are shared by
    # three, the next 10 by two, the last 20 by one: 10/3, 10/3 + 5, 10/3 + 5 + 20.
    v = table(3, lambda s: max((10, 20, 40)[g] for g in s) if s else 0)
    assert values(v, 3) == [Fraction(10, 3), Fraction(25, 3), Fraction(85, 3)]


def test_the_only_left_glove_gets_two_thirds():
    # One left glove, two right ones; a pair is worth 1. Of six orders the left one completes a pair in four.
    v = table(3, lambda s: int(0 in s and len(s) > 1))
    assert values(v, 3) == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


def test_a_weighted_vote_gives_the_known_power():
    # [4; 3, 2, 1]: Shapley and Shubik (1954). Winning: {0,1}, {0,2}, {0,1,2}. Player 0 is pivotal in 4 of 6 orders.
    v = table(3, lambda s: int(sum((3, 2, 1)[g] for g in s) >= 4))
    assert values(v, 3) == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


@pytest.mark.parametrize("size", [2, 3, 4])
def test_players_who_are_worth_something_only_all_together_share_it_and_interact(size):
    # Unanimity game on T in a game of five: 1/|T| each; the interaction of two of T is 1/(|T|-1), others 0.
    v = table(5, lambda s: int(set(range(size)) <= s))
    assert values(v, 5) == [Fraction(1, size) if g < size else 0 for g in range(5)]
    pairs = game.interaction(v, 5)
    for g in range(5):
        for h in range(5):
            together = Fraction(1, size - 1) if g != h and max(g, h) < size else 0
            assert Fraction(int(pairs[g, h]), factorial(4)) == together, (g, h)


@given(games())
def test_values_are_the_mean_over_all_orders_of_arrival(drawn):
    players, v = drawn
    orders = list(permutations(range(players)))
    slow = [0] * players
    for order in orders:
        for g, added in enumerate(game.along(order, v)):
            slow[g] += added
    assert values(v, players) == [Fraction(x, len(orders)) for x in slow]


@given(games())
def test_values_add_up_to_the_whole_exactly(drawn):
    players, v = drawn
    assert game.shapley(v, players).sum() == game.denominator(players) * (v[-1] - v[0])


@given(games(most=4), st.integers(-(10**15), 10**15))
def test_a_player_who_always_adds_the_same_is_worth_that(drawn, gift):
    players, v = drawn
    with_dummy = np.concatenate([v, v + gift])  # the new player stands at the highest bit
    got = values(with_dummy, players + 1)
    assert got[-1] == gift and got[:-1] == values(v, players)
    assert (game.interaction(with_dummy, players + 1)[-1] == 0).all()


@given(games(least=2))
def test_players_who_are_alike_are_worth_the_same(drawn):
    players, v = drawn
    swap = [s & ~3 | (s & 1) << 1 | s >> 1 & 1 for s in range(2**players)]  # players 0 and 1 change places
    alike = v + v[swap]
    got = values(alike, players)
    assert got[0] == got[1]


@given(games(least=2), st.integers(2, 5))
def test_values_are_linear_in_the_game(drawn, factor):
    players, v = drawn
    other = v[::-1]
    both = [a + factor * b for a, b in zip(values(v, players), values(other, players), strict=True)]
    assert values(v + factor * other, players) == both


@given(games(least=2, most=4))
def test_an_interaction_is_what_two_gain_by_acting_as_one(drawn):
    # Grabisch and Roubens (1999): I(g, h) = phi of the pair as one player - phi_g without h - phi_h without g.
    players, v = drawn

    def sub(keep):  # the game among `keep`, each a set of old players
        masks = [sum(1 << g for g in one) for one in keep]
        return values(table(len(keep), lambda s: v[sum(masks[i] for i in s)]), len(keep))

    rest = [{k} for k in range(2, players)]
    wanted = sub([{0, 1}, *rest])[0] - sub([{0}, *rest])[0] - sub([{1}, *rest])[0]
    assert Fraction(int(game.interaction(v, players)[0, 1]), factorial(players - 1)) == wanted


@given(st.lists(st.floats(-1e13, 1e13), min_size=1, max_size=20))
def test_floats_become_integers_without_a_rounding(numbers):
    whole, shift = game.as_integers(np.array(numbers))
    assert [Fraction(int(n), 1 << shift) for n in whole] == [Fraction(x) for x in numbers]
    assert game.as_float(whole, 1 << shift).tolist() == numbers


def test_a_missing_worth_is_an_error():
    with pytest.raises(ValueError, match="every sub-arm complete"):
        game.as_integers(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="8 coalitions, not 4"):
        game.shapley(np.zeros(4, object), 3)
