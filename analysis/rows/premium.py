"""How well the premium is known."""

from __future__ import annotations

import xarray as xr

from .. import study_data
from ..pairing import difference, pairs_needed
from ..units import BILLION

HEADER = ["firm", "mean B$", "half-width, 90 %", "deviation over futures", "variance left", "futures"]
ADJUSTED_HEADER = ["adjusted for drivers", "half-width", "drivers explain", "futures"]
ADJUSTED_NOTE = (
    "Adjusted means take out what the futures drew before anybody decided, as far as it explains the premium: {controls}. Their means "
    "are known from 20,000 futures without a market."
)


def table_rows(
    ds: xr.Dataset, exclusive: str, amended: str, half_width: float, adjusted: xr.Dataset | None
) -> list[list[str]]:
    known = difference(ds, "npv", exclusive, amended, resamples=0)
    rows = []
    for firm in study_data.firms(ds):
        cell = known.sel(firm=firm)
        sd, mean = float(cell["sd"]) / BILLION, float(cell["mean"]) / BILLION
        if sd < 0.05:
            continue
        half = float(cell["mean_high"] - cell["mean_low"]) / 2 / BILLION
        rows.append(
            [
                firm,
                f"{mean:+.1f}",
                f"{half:.1f}",
                f"{sd:.1f}",
                f"{float(cell['variance_ratio']):.0%}",
                str(pairs_needed(sd, half_width)),
                *([] if adjusted is None else _adjusted_cells(adjusted.sel(firm=firm), half_width)),
            ]
        )
    return rows


def _adjusted_cells(cell: xr.Dataset, half_width: float) -> list[str]:
    half = float(cell["mean_high"] - cell["mean_low"]) / 2
    return [
        f"{float(cell['mean']) / BILLION:+.1f}",
        f"{half / BILLION:.1f}",
        f"{float(cell['explained']):.0%}",
        str(pairs_needed(float(cell["sd_left"]) / BILLION, half_width)),
    ]
