"""Calendar years of monthly values."""

from __future__ import annotations

import numpy as np
import xarray as xr

from . import study_data


def yearly(values: xr.DataArray) -> xr.DataArray:
    """Sums of monthly values by calendar year; missing months count as nothing."""
    years = xr.DataArray(
        values["time"].values.astype("datetime64[Y]").astype(int) + 1970,
        dims="time",
        coords={"time": values["time"].values},
        name="year",
    )
    summed: xr.DataArray = values.assign_coords(time=years["time"]).groupby(years).sum("time")
    return summed


def hours(ds: xr.Dataset) -> xr.DataArray:
    """The hours of each month that were run."""
    start, end = study_data.month_bounds(ds)
    return xr.DataArray((end - start) / np.timedelta64(1, "h"), dims="time", coords={"time": ds["time"].values})
