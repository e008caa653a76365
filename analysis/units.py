"""Sums of money in a unit that fits their size: B$, M$, k$ or $; one unit for a whole table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

BILLION = 1e9
_SIZES = (("B$", 1e9), ("M$", 1e6), ("k$", 1e3), ("$", 1.0))


@dataclass(frozen=True)
class Unit:
    """One unit for a column, with a number of decimals that fits its largest number."""

    name: str
    size: float  #: dollars in one
    decimals: int

    def number(self, billions: float, signed: bool = False) -> str:
        """A sum in this unit, without its name. Zero is ``0``; a nonzero number that rounds to zero is ``<0.01``.

        Example:
            >>> unit_of([12.345]).number(-0.41), unit_of([12.345]).number(1e-9, signed=True)
            ('−0.41', '<0.01')
        """
        if not np.isfinite(billions):
            return "–"
        if billions == 0:
            return "0"
        size = abs(billions) * BILLION / self.size
        text = f"{size:,.{self.decimals}f}"
        if float(text.replace(",", "")) == 0.0:
            step = f"{10.0**-self.decimals:.{self.decimals}f}"
            return f"<{step}" if billions > 0 else f">−{step}"
        return ("−" if billions < 0 else "+" if signed else "") + text

    def span(self, low: float, high: float, signed: bool = True) -> str:
        """Two ends: ``−1.2 to +3.4``; a dash where they are not known."""
        if not (np.isfinite(low) and np.isfinite(high)):
            return "–"
        return f"{self.number(low, signed)} to {self.number(high, signed)}"


def unit_of(*billions: object, least: float = 0.9995) -> Unit:
    """The unit for numbers in B$ of one table: the largest of which there is at least ``least``.

    Example:
        >>> unit_of([12.3, 0.002]).name, unit_of(2.592e-5).name, unit_of([0.0]).name
        ('B$', 'k$', '$')
    """
    values = np.abs(np.concatenate([np.ravel(np.asarray(b, float)) for b in billions] or [np.zeros(1)]))
    values = values[np.isfinite(values)]
    largest = float(values.max(initial=0.0)) * BILLION
    name, size = next(((n, s) for n, s in _SIZES if largest >= least * s), _SIZES[-1])
    head = largest / size
    decimals = 4 if 0 < head < 0.9995 else 2 if head < 99.95 else 1
    return Unit(name, size, decimals)


def money(billions: float, signed: bool = False) -> str:
    """One sum as text: 12.3 B$, 410 M$, 25.9 k$, 920 $; a true minus sign.

    Example:
        >>> money(-0.41), money(12.345, signed=True), money(2.592e-5), money(0.0)
        ('−410 M$', '+12.3 B$', '25.9 k$', '0 $')
    """
    if not np.isfinite(billions):
        return "unknown"
    if billions == 0:
        return "0 $"
    size = abs(billions) * BILLION
    if size < 5e-5:
        return "less than 0.0001 $"
    name, unit = next(((n, s) for n, s in _SIZES if size >= 0.9995 * s), _SIZES[-1])
    head = size / unit
    decimals = 0 if head >= 99.95 else 1
    if name == "$":
        decimals = 0 if head >= 99.95 or head == round(head) else 2 if head >= 0.01 else 4
    return ("−" if billions < 0 else "+" if signed else "") + f"{head:,.{decimals}f} {name}"


def signed(value: float, digits: int = 0) -> str:
    """A number with its sign, a minus sign and no hyphen.

    Example:
        >>> signed(-1234.5, 1), signed(0.3, 2)
        ('−1,234.5', '+0.30')
    """
    return f"{value:+,.{digits}f}".replace("-", "−")


def span(low: float, high: float, signed: bool = True) -> str:
    """Two ends as one text: ``−1.2 B$ to +3.4 B$``."""
    return f"{money(low, signed)} to {money(high, signed)}"


def values_of(rows: Iterable[object], *names: str) -> list[float]:
    """The numbers of some columns over rows, to choose their unit by."""
    return [float(getattr(row, name)) for row in rows for name in names]
