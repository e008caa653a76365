"""Prices and bargains that have an answer on paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize
from scipy.special import lambertw

from .choice import mnl_logsum, mnl_shares

Floats = NDArray[np.float64]


def monopoly_logit_price(
    delta: float, alpha: float, cost: float, capacity: float | None = None
) -> tuple[float, float, float, float]:
    """Price of a monopolist facing logit demand s = 1 / (1 + e^{-(delta - alpha p)}): (price, share,
    profit, shadow price).

    Without capacity: p = c + (1 + W(e^{delta - alpha c - 1})) / alpha. With a binding capacity share k the
    price is that at which s = k, and the shadow price is what one more unit of capacity share would earn.
    Units: prices in $ per unit, alpha per $. Raises: ValueError unless alpha > 0 and 0 < capacity < 1.
    Source: MODEL 8.2 and D8; Lambert W as in Corless et al. (1996).
    Example:
        >>> [round(x, 9) for x in monopoly_logit_price(3.0, 1.0, 1.0)]
        [3.0, 0.5, 1.0, 0.0]
    """
    if alpha <= 0 or (capacity is not None and not 0 < capacity < 1):
        raise ValueError(
            f"alpha is {alpha}, capacity {capacity}; expected alpha > 0 and a capacity share between 0 and 1"
        )
    price = cost + (1 + lambertw(np.exp(delta - alpha * cost - 1)).real) / alpha
    share = 1 / (1 + np.exp(alpha * price - delta))
    shadow = 0.0
    if capacity is not None and share > capacity:
        share = capacity
        price = (delta - np.log(share / (1 - share))) / alpha
        shadow = price - cost - 1 / (alpha * (1 - share))
    return float(price), float(share), float((price - cost) * share), float(shadow)


def bertrand_logit(
    delta: float, alpha: float, cost: float, firms: int, outside: bool = True, revshare: float = 0.0
) -> tuple[float, float, float]:
    """Symmetric Bertrand equilibrium of single-product firms: (price, share, profit of each).

    p = c / (1 - phi) + 1 / (alpha (1 - s)). A revenue share phi on the seller's price works like a higher
    cost.
    Units: $ per unit. Raises: ValueError for firms < 1, alpha <= 0, phi outside [0, 1), or one firm without
        an outside option.
    Source: Anderson, de Palma and Thisse (1992), ch. 7; MODEL 8.2.
    Example:
        >>> [round(x, 9) for x in bertrand_logit(3.0, 1.0, 1.0, 3)]
        [2.392935318, 0.282091575, 0.392935318]
    """
    if firms < 1 or alpha <= 0 or not 0 <= revshare < 1 or (firms == 1 and not outside):
        raise ValueError(
            f"firms {firms}, alpha {alpha}, revshare {revshare}; expected firms >= 1 (2 without outside "
            "option), alpha > 0, 0 <= revshare < 1"
        )

    unit = cost / (1 - revshare)

    def odds(markup: float) -> float:
        """Of the outside option against one firm; the cap keeps what is beyond floats finite."""
        return float(np.exp(min(alpha * (unit + markup) - delta, 700.0))) if outside else 0.0

    def excess(markup: float) -> float:
        """alpha m (1 - s) - 1, increasing in the markup m."""
        others = firms - 1 + odds(markup)
        return alpha * markup * others / (1 + others) - 1

    if not outside:  # the share is 1/firms at any price
        markup = firms / (alpha * (firms - 1))
    else:
        low = high = 1 / alpha  # the markup of a seller without any share
        while excess(high) < 0:
            high *= 2
        markup = optimize.brentq(excess, low, high, xtol=1e-14, rtol=1e-15) if excess(low) < 0 else low
    price, s = unit + markup, 1 / (firms + odds(markup))
    return float(price), float(s), float(((1 - revshare) * price - cost) * s)


def bertrand_mnl(
    delta: ArrayLike, alpha: float, cost: ArrayLike, owner: Sequence[str]
) -> tuple[Floats, Floats, Floats, float]:
    """Bertrand equilibrium of multi-product sellers under logit with an outside option of utility 0.

    Every seller has one markup for all its products, 1 / (alpha (1 - its total share)): a root in one
    number per seller.
    Returns: (prices, shares, profit by owner in order of first appearance, consumer surplus).
    Raises: RuntimeError if no root is found. Source: Morrow and Skerlos (2011), Operations Research 59;
        MODEL 8.2.
    Example:
        >>> bertrand_mnl([4, 3.8, 3.3], 1.0, [1, .9, .8], ["az", "aws", "gcp"])[0].round(6).tolist()
        [2.524829, 2.381778, 2.136803]
    """
    quality, unit = np.asarray(delta, float), np.asarray(cost, float)
    names = list(dict.fromkeys(owner))
    index = np.array([names.index(o) for o in owner])

    def by_owner(values: Floats) -> Floats:
        return np.asarray(np.bincount(index, values, len(names)), float)

    def outcome(markup: Floats) -> tuple[Floats, Floats, Floats]:
        price = unit + markup[index]
        shares = mnl_shares(np.append(quality - alpha * price, 0.0))[:-1]
        return price, shares, by_owner(shares)

    found = optimize.root(lambda m: m - 1 / (alpha * (1 - outcome(m)[2])), np.full(len(names), 1.5 / alpha), tol=1e-13)
    price, shares, totals = outcome(found.x)
    if np.abs(found.x - 1 / (alpha * (1 - totals))).max() > 1e-9:
        raise RuntimeError(f"no equilibrium found: {found.message}")
    surplus = -np.log(1 - shares.sum()) / alpha
    return price, shares, by_owner((price - unit) * shares), float(surplus)


def bertrand_lists(shares: ArrayLike, cost: ArrayLike, kept: ArrayLike, elasticity: float) -> tuple[Floats, float]:
    """Bertrand equilibrium of sellers of one product each under logit in the logarithm of price: (prices, residual).

    Everything is relative to today: choice probabilities ``shares`` beside an outside option with the rest, cost of a unit and part
    of the price that is kept. p = e / (e - 1) cost / kept, e = elasticity (1 - s), s ~ share p^-elasticity.
    Raises: ValueError where shares leave no outside option or some e is not above 1; RuntimeError if no root is found.
    Source: Anderson, de Palma and Thisse (1992), ch. 7; MODEL 8.2.
    Example:
        >>> bertrand_lists([0.25, 0.25], [2 / 3, 2 / 3], [1, 1], 4.0)[0].round(9).tolist()
        [1.0, 1.0]
    """
    today, unit, part = (np.asarray(v, float) for v in (shares, cost, kept))
    if today.sum() >= 1 or (elasticity * (1 - today) <= 1).any() or (today <= 0).any():
        raise ValueError(
            f"shares {today.tolist()} at elasticity {elasticity}; expected an outside option, and all elasticities above 1"
        )

    def gap(log_price: Floats) -> Floats:
        weights = today * np.exp(-elasticity * log_price)
        e = elasticity * (1 - weights / (weights.sum() + 1 - today.sum()))
        return np.asarray(log_price - np.log(np.maximum(e / np.maximum(e - 1, 1e-9), 1e-9) * unit / part), float)

    found = optimize.root(gap, np.zeros(len(today)), tol=1e-13)
    residual = float(np.abs(gap(found.x)).max())
    if residual > 1e-9:
        raise RuntimeError(f"no equilibrium found: {found.message}")
    return np.asarray(np.exp(found.x), float), residual


def nash_fee(
    utilities_with: ArrayLike, utilities_without: ArrayLike, alpha: float = 1.0, weight: float = 0.5
) -> tuple[float, float]:
    """A seller's fee under efficient Nash bargaining, usage priced at cost: weight x (W(with) - W(without)).

    W = (1/alpha) ln G of logit; utilities are at cost and include the outside option. Returns: (fee,
    willingness to pay).
    Source: Capps, Dranove and Satterthwaite (2003), RAND J. Econ. 34, 737-763; MODEL 8.4.
    Example:
        >>> round(nash_fee([1.0, 0.0], [0.0], 1.0, 0.5)[0], 9)
        0.656630844
    """
    omega = float(mnl_logsum(utilities_with) - mnl_logsum(utilities_without)) / alpha
    return weight * omega, omega


def nash_in_nash_transfer(gain_cloud: float, gain_lab: float, weight: float = 0.5) -> float:
    """Transfer from the cloud to the lab in one pair's bargain: (1 - b) gain_cloud - b gain_lab, b the
    cloud's weight.

    Gains are measured from that pair's own disagreement, other contracts held fixed.
    Raises: ValueError if the pair has nothing to share. Source: Horn and Wolinsky (1988), RAND J. Econ. 19;
        MODEL 8.5.
    Example:
        >>> nash_in_nash_transfer(30, 10)
        10.0
    """
    if gain_cloud + gain_lab < 0:
        raise ValueError(f"the pair's gains {gain_cloud} and {gain_lab} sum below zero; it has no contract to sign")
    return (1 - weight) * gain_cloud - weight * gain_lab


def take_or_pay(
    commits: Sequence[float], spend: Sequence[float], carry: bool = False
) -> tuple[list[float], list[float], float]:
    """Cash of each period under take-or-pay: max(commit, spend), with an optional credit from one period's
    shortfall.

    A shortfall becomes a credit for the next period only, usable only above that period's commitment.
    Returns: (cash by period, shortfalls, credit expired). Raises: ValueError for lists of different length.
    Source: MODEL 5.5, B7.
    Example:
        >>> take_or_pay([100, 120, 150], [80, 130, 170], carry=True)[0]
        [100, 120, 170]
    """
    cash: list[float] = []
    shortfalls: list[float] = []
    credit: float = 0
    expired: float = 0
    for commit, used in zip(commits, spend, strict=True):
        drawn = min(credit, max(used - commit, 0)) if carry else 0
        expired += credit - drawn
        cash.append(max(commit, used) - drawn)
        shortfalls.append(max(commit - used, 0))
        credit = shortfalls[-1] if carry else 0
    return cash, shortfalls, expired + credit


def cap_reached_date(rate: float, cap: float, base: float, growth: float = 1.0) -> float:
    """Years until a revenue share has paid its cap, on a base that grows by the factor ``growth`` a year,
    continuously.

    rate * base * (g^t - 1) / ln g = cap. Returns: years, or infinity if a shrinking base never gets there.
    Units: ``cap`` in $, ``base`` in $ per year. Raises: ValueError for a number that is not positive.
        Source: MODEL 5.5, B5.
    Example:
        >>> cap_reached_date(0.2, 38e9, 25e9)
        7.6
    """
    if min(rate, cap, base, growth) <= 0:
        raise ValueError(f"rate {rate}, cap {cap}, base {base}, growth {growth}; expected positive numbers")
    flat = cap / (rate * base)
    g = np.log(growth)
    if abs(g) < 1e-12:
        return float(flat)
    return float(np.log1p(g * flat) / g) if 1 + g * flat > 0 else float("inf")


def annuity_npv(amount: float, growth: float, discount_rate: float, years: float) -> float:
    """Present value of a flow of ``amount`` e^{growth t} a year for ``years``, discounted at ln(1 +
    discount_rate).

    Source: MODEL 11, F4.
    Example:
        >>> round(annuity_npv(5.0, 0.2, 0.10, 4.7), 9)
        30.358876698
    """
    rate = growth - np.log1p(discount_rate)
    return float(amount * years if abs(rate) < 1e-14 else amount * np.expm1(rate * years) / rate)


def npv(flows: ArrayLike, times: ArrayLike, discount_rate: float) -> float:
    """Present value of dated flows: sum of flow / (1 + r)^t. Units: times in years.

    Example:
        >>> round(npv([-100, 30, 40, 50, 20], range(5), 0.10), 9)
        11.556587665
    """
    return float(np.sum(np.asarray(flows, float) * np.exp(-np.log1p(discount_rate) * np.asarray(times, float))))
