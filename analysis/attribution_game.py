"""Shapley values of a finite game, in exact arithmetic. A game is a table of worths by coalition; coalition
``S`` stands at index ``sum(2**g for g in S)``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Exact = NDArray[np.object_]  # Python integers or Fractions


def shapley(worth: ArrayLike, players: int) -> Exact:
    """Shapley value of each player, exactly.

    phi_g = sum over S without g of  s! (n-s-1)! / n!  (v(S + g) - v(S)): the mean, over all orders of
    arrival, of what g adds when it comes.

    Args: ``worth`` has 2^n rows in order of the coalition's index, of Python integers or Fractions (dtype
        object); further axes are worked side by side.
    Shape: (players, ...). Units: those of ``worth``, times n!: integers stay integers; divide by
        :func:`denominator`.
    Source: Shapley (1953), Contributions to the Theory of Games II, 307-317.
    Example:
        >>> glove = np.array([0, 0, 0, 1, 0, 1, 0, 1], dtype=object)  # player 0 has the left glove
        >>> [Fraction(int(v), denominator(3)) for v in shapley(glove, 3)]
        [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    """
    table = _table(worth, players)
    out = np.zeros((players, *table.shape[1:]), dtype=object)
    for g in range(players):
        for s in range(2**players):
            if not s >> g & 1:
                size = s.bit_count()
                out[g] += factorial(size) * factorial(players - size - 1) * (table[s | 1 << g] - table[s])
    return out


def denominator(players: int) -> int:
    """What the integers of :func:`shapley` are to be divided by: n!."""
    return factorial(players)


def interaction(worth: ArrayLike, players: int) -> Exact:
    """Shapley interaction index of each pair, exactly.

    I_gh = sum over S without g and h of  s! (n-s-2)! / (n-1)!  (v(S+g+h) - v(S+g) - v(S+h) + v(S)).
    Positive: the two are worth more together than apart; zero on the diagonal.

    Shape: (players, players, ...), symmetric. Units: those of ``worth`` times (n-1)!.
    Source: Grabisch and Roubens (1999), Int. J. Game Theory 28, 547-565.
    """
    table = _table(worth, players)
    out = np.zeros((players, players, *table.shape[1:]), dtype=object)
    for g in range(players):
        for h in range(g):
            both = 1 << g | 1 << h
            for s in range(2**players):
                if s & both:
                    continue
                size = s.bit_count()
                weight = factorial(size) * factorial(players - size - 2)
                out[g, h] += weight * (table[s | both] - table[s | 1 << g] - table[s | 1 << h] + table[s])
            out[h, g] = out[g, h]
    return out


def along(order: Sequence[int], worth: Mapping[int, Any]) -> list[Any]:
    """What each player adds when all arrive in this order.

    Args: ``worth`` maps a coalition's index to its worth; only the prefixes of the order are looked up.
    Returns: list by player. The additions sum to the worth of all less that of none.
    Example:
        >>> along([1, 0], {0: 0, 2: 5, 3: 7})
        [2, 5]
    """
    added: list[Any] = [0] * len(order)
    coalition = 0
    for g in order:
        grown = coalition | 1 << g
        added[g] = worth[grown] - worth[coalition]
        coalition = grown
    return added


def prefixes(order: Iterable[int]) -> list[int]:
    """The coalitions that an order of arrival passes through, the empty one first."""
    passed = [0]
    for g in order:
        passed.append(passed[-1] | 1 << g)
    return passed


def as_integers(values: ArrayLike) -> tuple[Exact, int]:
    """Floats as integers times a common power of two, without rounding.

    Returns: (object array of integers, shift): value = integer / 2**shift. Every finite float is such a
        number, so sums of the integers are exact.
    Raises: ValueError for NaN or infinity.
    Example:
        >>> as_integers(np.array([0.5, 3.0]))
        (array([1, 6], dtype=object), 1)
    """
    values = np.asarray(values, float)
    if not np.isfinite(values).all():
        raise ValueError("a worth is missing or infinite; an attribution needs every sub-arm complete")
    ratios = [x.as_integer_ratio() for x in values.ravel().tolist()]
    shift = max((den.bit_length() - 1 for _, den in ratios), default=0)
    whole = [num << (shift - den.bit_length() + 1) for num, den in ratios]
    out = np.empty(len(whole), dtype=object)
    out[:] = whole
    return out.reshape(values.shape), shift


def as_float(numerators: ArrayLike, divisor: int) -> NDArray[np.float64]:
    """Exact ratios, each rounded once."""
    flat = [float(Fraction(int(x), divisor)) for x in np.asarray(numerators, dtype=object).ravel()]
    return np.array(flat, float).reshape(np.shape(numerators))


def _table(worth: ArrayLike, players: int) -> Exact:
    table = np.asarray(worth, dtype=object)
    if table.shape[0] != 2**players:
        raise ValueError(f"a game of {players} players has {2**players} coalitions, not {table.shape[0]}")
    return table
