"""How the tables of the page are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ..units import BILLION


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def spread(values: Any, digits: int = 1) -> str:
    """Median and 90 % of futures of dollars, in B$."""
    low, median, high = np.nanquantile(np.asarray(values, float) / BILLION, (0.05, 0.5, 0.95))
    return f"{median:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def band(values: Any) -> str:
    low, high = np.nanquantile(np.asarray(values, float), (0.05, 0.95))
    return f"{low:.1f} to {high:.1f}"


def percent(share: xr.DataArray) -> str:
    """Median and 90 % of futures of a share."""
    low, median, high = (100 * float(x) for x in np.nanquantile(share.values, (0.05, 0.5, 0.95)))
    return f"{median:.1f} % ({low:.1f} to {high:.1f})"
