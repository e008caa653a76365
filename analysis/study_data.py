"""Reading a study: which arms and replications there are, and what a dollar in a later month is worth
today."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import xarray as xr

DAYS_PER_YEAR = 365.25
# Parties of the ledger that are no firms: what they receive is somebody's cost, not a profit.
OUTSIDE = ("suppliers", "services", "enterprises", "consumers")


def arms(ds):
    """The arm names of a study, in file order."""
    return [str(a) for a in np.atleast_1d(ds["arm"].values)]


def baseline(ds):
    """The baseline arm's name: attribute ``baseline``, or the first arm."""
    name = ds.attrs.get("baseline")
    return str(name) if name else arms(ds)[0]


def principal(ds):
    """The study without the sub-arms of a design: what was asked to be compared."""
    text = ds.attrs.get("design")
    plan = json.loads(str(text)) if text else {}
    if plan.get("kind") == "attribution":
        return ds.sel(arm=list(dict.fromkeys([plan["base"], plan["alternative"]])))
    helpers = {step for steps in plan.get("steps", {}).values() for step in steps}
    return ds.sel(arm=[a for a in arms(ds) if a not in helpers]) if helpers else ds


def check_arm(ds, name):
    """``name`` if the study has that arm. Raises: KeyError that names the arms there are."""
    if name not in arms(ds):
        raise KeyError(f"the study has no arm {name!r}; it has {', '.join(arms(ds))}")
    return name


def variable(ds, name):
    """One variable of the study. Raises: KeyError that names the variable and what is recorded."""
    if name not in ds:
        known = ", ".join(sorted(str(v) for v in ds.data_vars))
        raise KeyError(f"the study did not record {name!r}; it holds {known}")
    return ds[name]


def finished(ds):
    """The study without replications that are missing in any arm: pairs need both halves."""
    if "complete" not in ds or "replication" not in ds.dims:
        return ds
    whole = ds["complete"].astype(bool)
    whole = whole.all("arm") if "arm" in whole.dims else whole
    return ds if bool(whole.all()) else ds.isel(replication=np.flatnonzero(whole.values))


def pair(ds, name, arm, base):
    """The two halves of a paired comparison, replication first.

    Returns: (alternative, baseline), two DataArrays without ``arm`` and with ``replication`` as first dim.
    Raises: KeyError for an unknown variable or arm; ValueError if no replication is complete in both arms.
    """
    check_arm(ds, arm), check_arm(ds, base)
    data = variable(finished(ds), name)
    if data.sizes.get("replication", 0) == 0:
        raise ValueError(f"{name!r} has no replication that is complete in every arm")
    halves = (data.sel(arm=a, drop=True).transpose("replication", ...).astype(float) for a in (arm, base))
    return tuple(halves)


def as_date(value):
    """A date from TOML, an attribute or numpy; None stays None, and so does an end that is "never"."""
    if isinstance(value, str) and value == "never":
        return None
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    if isinstance(value, dt.datetime):
        return value.date()
    return dt.date.fromisoformat(str(value)[:10])


def firms(ds):
    """The firms of a study, without the outside parties that the ledger names beside them."""
    return [str(f) for f in ds["firm"].values if str(f) not in OUTSIDE]


def month_bounds(ds):
    """First instant and end of each month of ``time``: two datetime64[ns] arrays. Uses ``time_bounds``
    where recorded."""
    if "time_bounds" in ds:
        bounds = ds["time_bounds"].values.astype("datetime64[ns]")
        return bounds[:, 0], bounds[:, 1]
    start = ds["time"].values.astype("datetime64[ns]")
    return start, (start.astype("datetime64[M]") + 1).astype("datetime64[ns]")


def discount_factors(ds):
    """What a dollar of each month is worth on the valuation date.

    Returns: DataArray (time), e^{-delta (t - t0)} with t the middle of the month, delta = ln(1 +
    discount_rate), years of 365.25 days. Months before the valuation date count more than one for one.
    Raises: KeyError without the attributes ``discount_rate`` and ``valuation_date``.
    Source: MODEL section 11. The simulator discounts day by day; the middle of the month differs by about
    3e-6 of a steady flow (delta^2 m^2 / 24 with m a twelfth of a year and 10 % a year).
    Example:
        >>> float((discount_factors(st) * st["gross_profit"]).sum("time").mean())  # doctest: +SKIP
    """
    for key in ("discount_rate", "valuation_date"):
        if key not in ds.attrs:
            raise KeyError(f"the study has no attribute {key!r}; present values need it")
    start, end = month_bounds(ds)
    middle = start + (end - start) / 2
    t0 = np.datetime64(str(ds.attrs["valuation_date"])[:10], "ns")
    years = (middle - t0) / np.timedelta64(1, "D") / DAYS_PER_YEAR
    factor = np.exp(-np.log1p(float(ds.attrs["discount_rate"])) * years)
    return xr.DataArray(
        factor, dims="time", coords={"time": ds["time"]}, attrs={"long_name": "discount factor"}
    )


def discounted(ds, name):
    """Present value of a monthly dollar variable: the variable times :func:`discount_factors`, summed over
    time."""
    return (variable(ds, name).astype(float) * discount_factors(ds)).sum("time")
