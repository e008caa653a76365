"""Shares and surplus of logit, nested and cross-nested logit. The outside option is an alternative like any
other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, softmax

Floats = NDArray[np.float64]
Parameters = float | Mapping[str, float]  # of all nests, or of each


def mnl_shares(utilities: ArrayLike) -> Floats:
    """Choice probabilities of the multinomial logit. Shape: that of ``utilities`` (last axis: alternatives).

    Example:
        >>> mnl_shares([1.0, 0.8, 0.9, 0.4, 0.0]).round(6).tolist()
        [0.274706, 0.22491, 0.248564, 0.150762, 0.101059]
    """
    return np.asarray(softmax(np.asarray(utilities, float), axis=-1))


def mnl_logsum(utilities: ArrayLike) -> Any:
    """ln of the sum of e^v: expected best utility, less Euler's constant. Source: Small and Rosen (1981),
    Econometrica 49."""
    return logsumexp(np.asarray(utilities, float), axis=-1)


def nl_shares(utilities: ArrayLike, nests: Sequence[str | None], lam: Parameters) -> Floats:
    """Nested logit: ``nests`` names each alternative's nest (None: alone), ``lam`` is the nests' common
    parameter.

    Source: McFadden (1978). Raises: ValueError unless 0 < lam <= 1.
    Example:
        >>> nl_shares([1.0, 1.0, 0.0], ["bus", "bus", None], 0.5).round(9).tolist()
        [0.396784444, 0.396784444, 0.206431112]
    """
    names, shares = _one_nest_each(nests)
    return cnl_shares(utilities, names, shares, lam)


def nl_logsum(utilities: ArrayLike, nests: Sequence[str | None], lam: Parameters) -> float:
    """ln G of the nested logit; arguments as in :func:`nl_shares`."""
    names, shares = _one_nest_each(nests)
    return cnl_logsum(utilities, names, shares, lam)


def cnl_shares(
    utilities: ArrayLike, nests: Sequence[Sequence[str]], allocation: Sequence[Sequence[float]], lam: Parameters
) -> Floats:
    """Cross-nested logit: P_j = y_j G_j / G with G = sum_n (sum_j (a_jn y_j)^{1/lam_n})^{lam_n}, y = e^v.

    Args: ``nests`` a list of lists: the nests of each alternative (an empty list: alone); ``allocation``
        alike, the shares a_jn, which sum to 1 for each alternative; ``lam`` a number or a dict nest ->
        number.
    Raises: ValueError if a parameter is outside (0, 1] or the allocations of an alternative do not sum to 1.
    Source: Vovsha (1997), Transportation Research Record 1607; MODEL 6.4.
    Example:
        >>> v, n = [1.0, 0.8], [["oai", "az"], ["oai", "aws"]]
        >>> cnl_shares(v, n, [[0.5, 0.5]] * 2, {"oai": 0.5, "az": 0.6, "aws": 0.6}).sum().round(12).item()
        1.0
    """
    v, parts, total = _parts(utilities, nests, allocation, lam)
    shares = np.zeros(len(v))
    for members, logs, value in parts:
        shares[members] += np.exp(value - total) * softmax(logs)
    return shares


def cnl_logsum(
    utilities: ArrayLike, nests: Sequence[Sequence[str]], allocation: Sequence[Sequence[float]], lam: Parameters
) -> float:
    """ln G of the cross-nested logit, the surplus times alpha up to a constant; arguments as in
    :func:`cnl_shares`."""
    return float(_parts(utilities, nests, allocation, lam)[2])


def diversion(shares_with: ArrayLike, shares_without: ArrayLike, removed: int) -> Floats:
    """Where the customers of a removed alternative go: the gain of each other one, as shares of what it
    had."""
    with_, without = np.delete(np.asarray(shares_with, float), removed), np.asarray(shares_without, float)
    return np.asarray((without - with_) / np.asarray(shares_with, float)[removed])


def _one_nest_each(nests: Sequence[str | None]) -> tuple[list[list[str]], list[list[float]]]:
    return [[n] if n is not None else [] for n in nests], [[1.0] if n is not None else [] for n in nests]


def _parts(
    utilities: ArrayLike, nests: Sequence[Sequence[str]], allocation: Sequence[Sequence[float]], lam: Parameters
) -> tuple[Floats, list[tuple[NDArray[np.intp], Floats, float]], float]:
    """Per nest: members, ln(a y)/lam, lam * logsum of it; and ln G. Logarithms throughout: small lam would
    overflow."""
    v = np.asarray(utilities, float)
    table: dict[str | tuple[str, int], list[tuple[int, float]]] = {}
    for j, (names, shares) in enumerate(zip(nests, allocation, strict=True)):
        if names and abs(sum(shares) - 1) > 1e-12:
            raise ValueError(f"alternative {j} has allocations {list(shares)}; expected a sum of 1")
        placed: Iterable[tuple[str | tuple[str, int], float]] = (
            zip(names, shares, strict=True) if names else [(("alone", j), 1.0)]
        )
        for name, share in placed:
            table.setdefault(name, []).append((j, share))
    parts = []
    for name, rows in table.items():
        parameter = 1.0 if isinstance(name, tuple) else (lam[name] if isinstance(lam, Mapping) else lam)
        if not 0 < parameter <= 1:
            raise ValueError(f"the parameter of nest {name!r} is {parameter}; expected a number in (0, 1]")
        members = np.array([j for j, _ in rows])
        logs = (np.log([a for _, a in rows]) + v[members]) / parameter
        parts.append((members, logs, parameter * logsumexp(logs)))
    return v, parts, logsumexp([value for _, _, value in parts])
