"""Reading a study: which arms and replications there are, what each run was, and what a dollar in a later month is
worth today. Every other file reads provenance through these functions, wherever the file format keeps it."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import xarray as xr

DAYS_PER_YEAR = 365.25
# Parties of the ledger that are no firms: what they receive is somebody's cost, not a profit.
OUTSIDE = ("suppliers", "services", "rest_of_world", "enterprises", "consumers", "investors")
# Missing in months that were not run; the smallest first, since every comparison reads one.
_MONEY = ("outlay_enterprises", "outlay_consumers", "gross_profit", "revenue", "cost", "payment")


class UnknownName(KeyError):
    """A name that the study does not have. The message is one sentence with the nearest name it has."""

    def __str__(self) -> str:
        return str(self.args[0])


def member(known: Iterable[object], name: object, what: str, lead: str = "the study has no") -> str:
    """``name`` if it is one of ``known``.

    Raises: UnknownName, a KeyError that says what there is and which name is near.
    Example:
        >>> member(["aws", "azure"], "azur", "cloud")
        Traceback (most recent call last):
        ...
        rackrate.analysis.study_data.UnknownName: the study has no cloud 'azur'; it has aws, azure. Did you mean 'azure'?
    """
    names = [str(k) for k in known]
    if str(name) in names:
        return str(name)
    near = difflib.get_close_matches(str(name), names, 1)
    there = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownName(f"{lead} {what} {str(name)!r}; it has {there or 'none'}.{hint}")


def check(ds: xr.Dataset, dim: str, name: object) -> str:
    """``name`` if it is a label of that dimension. Raises: UnknownName."""
    return member(ds[dim].values if dim in ds.coords else [], name, dim)


def standard(ds: xr.Dataset, several: bool = False) -> xr.Dataset:
    """The study with both dimensions ``arm`` and ``replication``, also after ``sel`` took one away.

    Args: ``several`` allows studies side by side along a further dimension.
    Raises: ValueError that says how to join what has no arms, or which dimension of a join to choose from; ValueError
        if a future is there twice.
    """
    ds = pooled(ds)
    for dim, join in (("arm", "pd.Index(['first', 'second'], name='arm')"), ("replication", "'replication'")):
        if dim in ds.dims:
            continue
        if dim not in ds.coords:
            raise ValueError(f"the dataset has no dimension {dim!r}; join runs with xr.concat([a, b], {join})")
        ds = ds.expand_dims(dim)
    for dim in [] if several else further(ds):
        raise ValueError(
            f"the dataset has {ds.sizes[dim]} studies along {dim!r}, and this is about one; choose one with "
            f"ds.isel({dim}=0), or join along 'replication' or 'arm'"
        )
    twice = _first_repeated(ds["arm"].values) if "arm" in ds.coords else None
    if twice is not None:
        raise ValueError(
            f"the dataset has two arms {twice!r}; rename one before joining: ds.assign_coords(arm=['other'])"
        )
    _check_no_future_twice(ds)
    return ds


def is_two_level(ds: xr.Dataset) -> bool:
    """Whether the dataset is a study of drawn parameters with its dimension ``point``."""
    return "point" in ds.dims and "world" in ds.variables


def pooled(ds: xr.Dataset) -> xr.Dataset:
    """A study of drawn parameters with all its pairs along ``replication``, point after point; any other dataset as it is.

    The coordinate ``point`` says of which point each pair is, and ``replication`` is its random world. Values of one point
    alone, which are its scenario and where its factors stand, are left out.
    """
    if not is_two_level(ds):
        return ds
    if "replication" not in ds.dims:
        ds = ds.expand_dims("replication")
    if any("replication" in v.dims and not v._in_memory for v in ds.variables.values()):
        ds = ds.chunk()
    data = {
        str(name): _one_after_the_other(v)
        for name, v in ds.data_vars.items()
        if _is_of_pairs(v) or "point" not in v.dims
    }
    coords = {
        str(name): c.variable for name, c in ds.coords.items() if "point" not in c.dims and "replication" not in c.dims
    }
    shape = (ds.sizes["point"], ds.sizes["replication"])
    labels = ds["point"].values if "point" in ds.coords else np.arange(shape[0])
    worlds = data.pop("world").values
    coords |= {
        "point": xr.Variable("replication", np.repeat(labels, shape[1])),
        "replication": xr.Variable("replication", worlds),
    }
    return xr.Dataset(data, coords, ds.attrs)


def _is_of_pairs(values: xr.DataArray) -> bool:
    return "point" in values.dims and "replication" in values.dims


def _one_after_the_other(values: xr.DataArray) -> xr.Variable:
    """A variable with ``point`` and ``replication`` as one dimension ``replication``, behind ``arm``."""
    v = values.variable
    if "point" not in v.dims:
        return v
    front = [d for d in ("arm",) if d in v.dims]
    v = v.transpose(*front, "point", "replication", ...)
    kept = v.shape[: len(front)]
    rest = v.shape[len(front) + 2 :]
    dims = (*front, "replication", *v.dims[len(front) + 2 :])
    return xr.Variable(dims, v.data.reshape((*kept, v.sizes["point"] * v.sizes["replication"], *rest)), v.attrs)


def points_of(values: xr.DataArray | xr.Dataset) -> np.ndarray | None:
    """The parameter point of each replication; None of a study with fixed parameters."""
    point = values.coords.get("point")
    if point is None or point.dims != ("replication",):
        return None
    return np.asarray(point.values)


# The dimensions of a result file, as the page of its format lists them.
_STUDY_DIMS = frozenset(
    "arm replication firm layer cloud region lab product channel segment host payer payee clause input time bnds".split()  # noqa: SIM905
)


def further(ds: xr.Dataset) -> list[str]:
    """The dimensions along which whole studies stand side by side: ``point`` of a sweep, or what a join was given."""
    if is_two_level(ds):
        return []
    names: list[Any] = [n for n in ("complete", "npv", "revenue") if n in ds]
    names = names or [n for n, v in ds.data_vars.items() if "replication" in v.dims or "arm" in v.dims]
    return list(dict.fromkeys(str(d) for n in names for d in ds[n].dims if d not in _STUDY_DIMS))


def _first_repeated(labels: np.ndarray) -> str | None:
    names = [str(x) for x in np.atleast_1d(labels)]
    return next((n for n in names if names.count(n) > 1), None)


def _check_no_future_twice(ds: xr.Dataset) -> None:
    """The same future of the same seed joined twice would make the Monte Carlo error look smaller than it is."""
    if "replication" not in ds.coords or "npv" not in ds:
        return
    labels = np.asarray(ds["replication"].values)
    if len(np.unique(labels)) == len(labels) or len(np.unique(labels)) < 2:
        return
    worth = np.nan_to_num(ds["npv"].transpose("replication", ...).values.reshape(len(labels), -1))
    first = {label: worth[i] for i, label in reversed(list(enumerate(labels)))}
    if all((row == worth[0]).all() for row in first.values()):
        return  # nothing in this model is random
    seen = set()
    for label, row in zip(labels.tolist(), worth, strict=True):
        if label in seen and (row == first[label]).all():
            raise ValueError(
                f"replication {label} is in the dataset twice with the same numbers; join studies of different seeds"
            )
        seen.add(label)


def arms(ds: xr.Dataset) -> list[str]:
    """The arm names of a study, in file order."""
    if "arm" not in ds.coords:
        standard(ds)
    return [str(a) for a in np.atleast_1d(ds["arm"].values)]


def baseline(ds: xr.Dataset) -> str:
    """The baseline arm's name: attribute ``baseline`` if the dataset has that arm, or the first arm."""
    name, known = ds.attrs.get("baseline"), arms(ds)
    return str(name) if name and str(name) in known else known[0]


def provenance(ds: xr.Dataset, name: str, arm: str) -> object | None:
    """What the file says about one arm: ``scenario``, ``scenario_digest``, ``discount_rate``, ``valuation_date``,
    ``axes``, ``replay_prices`` or ``replay_investment``; None if it does not say.

    A variable over ``arm`` is read first, then the root attributes of older files. Studies joined along replications
    must agree.
    Raises: ValueError if joined studies do not, or if studies side by side do not.
    """
    found = list(dict.fromkeys(provenances(ds, name, arm)))
    if len(found) > 1:
        raise _disagree(name, arm, found)
    value: object | None = found[0]
    return value


def provenances(ds: xr.Dataset, name: str, arm: str) -> list[Any]:
    """The same for each study along the further dimensions, in their order; one entry where all share it."""
    if name in ds.data_vars or name in ds.coords:
        data = ds[name]
        if "arm" in data.dims and "arm" in ds.coords:
            data = data.sel(arm=arm)
        dims = [d for d in further(ds) if d in data.dims]
        rows = data.transpose(*dims, ...).values.reshape(int(np.prod([data.sizes[d] for d in dims], dtype=int)), -1)
        each = [_agreed(row, name, arm) for row in rows]
        if any(value is not None for value in each):
            return each
    value = ds.attrs.get(f"{name}_{arm}")
    if value is None and (name in ("discount_rate", "valuation_date") or len(arms(ds)) == 1):
        value = ds.attrs.get(name)
    return [None if value in ("", None) else _plain(value)]


def _agreed(values: np.ndarray, name: str, arm: str) -> object | None:
    """What all of some values say that say anything; None if none does. Raises: ValueError if two disagree."""
    found = list(dict.fromkeys(v for v in map(_plain, values) if v not in ("", None)))
    if len(found) > 1:
        raise _disagree(name, arm, found)
    return found[0] if found else None


def _disagree(name: str, arm: str, found: list[Any]) -> ValueError:
    shown = " and ".join(str(v)[:16] for v in found[:2]) if name != "scenario" else "their scenario texts"
    return ValueError(
        f"the joined studies differ in {name} of {arm!r} ({shown}); join studies of one scenario, "
        "or give the arms different names"
    )


def _plain(value: object) -> object:
    """A stored value as Python's; missing ones are None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def scenario_source(ds: xr.Dataset, arm: str) -> str:
    """The resolved TOML of one arm; empty if the study does not carry it."""
    return str(provenance(ds, "scenario", arm) or "")


def interventions(ds: xr.Dataset, arm: str) -> str:
    """What was changed while an arm's run went on, as the file keeps it; empty if nothing was."""
    text = str(provenance(ds, "interventions", arm) or "")
    return "" if text in ("[]", "{}") else text


def discount_rate(ds: xr.Dataset, arm: str | None = None) -> float:
    """The yearly discount rate of an arm (default: the baseline). Raises: KeyError if the study does not say."""
    return float(str(_needed(ds, "discount_rate", arm)))


def valuation_date(ds: xr.Dataset, arm: str | None = None) -> np.datetime64:
    """The instant of an arm's present values: a day, or a day and a time. Raises: KeyError if the study does not say."""
    return _instant(_needed(ds, "valuation_date", arm))


def _instant(said: object) -> np.datetime64:
    return np.datetime64(str(said).removesuffix("Z"))


def has_valuation_date(ds: xr.Dataset) -> bool:
    """Whether the study says when its present values are taken."""
    return provenance(ds, "valuation_date", baseline(ds)) is not None


def _needed(ds: xr.Dataset, name: str, arm: str | None) -> object:
    value = provenance(ds, name, baseline(ds) if arm is None else arm)
    if value is None:
        raise UnknownName(f"the study has no {name!r}; present values need it")
    return value


def design(ds: xr.Dataset) -> dict[str, Any]:
    """How the arms of a study were designed; empty for a plain comparison."""
    text = ds.attrs.get("design")
    designed: dict[str, Any] = json.loads(str(text)) if text else {}
    return designed


def principal(ds: xr.Dataset, several: bool = False) -> xr.Dataset:
    """The study without the sub-arms of a design: what was asked to be compared."""
    ds = standard(ds, several)
    plan, there = design(ds), arms(ds)
    if plan.get("kind") == "attribution":
        wanted = [a for a in dict.fromkeys([plan["base"], plan["alternative"]]) if a in there]
        return ds.sel(arm=wanted) if wanted else ds
    helpers = {step for steps in plan.get("steps", {}).values() for step in steps}
    return ds.sel(arm=[a for a in there if a not in helpers]) if helpers else ds


def check_arm(ds: xr.Dataset, name: object) -> str:
    """``name`` if the study has that arm. Raises: UnknownName that names the arms there are."""
    return member(arms(ds), name, "arm")


def variable(ds: xr.Dataset, name: str) -> xr.DataArray:
    """One variable of the study. Raises: UnknownName that names the variable and what is recorded."""
    if name not in ds:
        known = [str(v) for v in ds.data_vars]
        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownName(f"the study did not record {name!r}; it holds {', '.join(sorted(known))}.{hint}")
    return ds[name]


def finished(ds: xr.Dataset) -> xr.Dataset:
    """The study without replications that are missing in any arm: pairs need both halves."""
    ds = standard(ds)
    if "complete" not in ds:
        return ds
    whole = ds["complete"].fillna(0).astype(bool)
    whole = whole.all("arm") if "arm" in whole.dims else whole
    return ds if bool(whole.all()) else ds.isel(replication=np.flatnonzero(whole.values))


def pair(ds: xr.Dataset, name: str, arm: str, base: str) -> tuple[xr.DataArray, xr.DataArray]:
    """The two halves of a paired comparison, replication first.

    Returns: (alternative, baseline), two DataArrays without ``arm`` and with ``replication`` as first dim.
    Raises: KeyError for an unknown variable or arm; ValueError if no replication is complete in both arms.
    """
    ds = standard(ds)
    check_arm(ds, arm), check_arm(ds, base)
    data = variable(finished(ds), name)
    if data.sizes.get("replication", 0) == 0:
        raise ValueError(f"{name!r} has no replication that is complete in every arm")
    first, second = (data.sel(arm=a, drop=True).transpose("replication", ...).astype(float) for a in (arm, base))
    return first, second


def as_date(value: object) -> dt.date | None:
    """A date from TOML, an attribute or numpy; None stays None, and so does an end that is "never"."""
    if value is None or (isinstance(value, str) and value == "never"):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def firms(ds: xr.Dataset) -> list[str]:
    """The firms of a study, without the outside parties that the ledger names beside them."""
    return [str(f) for f in ds["firm"].values if str(f) not in OUTSIDE]


def month_bounds(ds: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """First instant and end of each month of ``time``: two datetime64[ns] arrays. Uses ``time_bounds``
    where recorded."""
    check_months(ds)
    start = ds["time"].values.astype("datetime64[ns]")
    end = (start.astype("datetime64[M]") + 1).astype("datetime64[ns]")
    if "time_bounds" not in ds:
        return start, end
    bounds = ds["time_bounds"]
    bounds = bounds.transpose(*(d for d in bounds.dims if d not in ("time", "bnds")), "time", "bnds")
    values = bounds.values.astype("datetime64[ns]").reshape(-1, bounds.sizes["time"], 2)
    # Studies joined along another dimension have one table each: a month was covered from the first to the last of them.
    low, high = np.fmin.reduce(values[..., 0]), np.fmax.reduce(values[..., 1])
    return np.where(np.isnat(low), start, low), np.where(np.isnat(high), end, high)


def check_months(ds: xr.Dataset) -> None:
    """Raises: ValueError if the dataset was cut to one month that has no dimension any more."""
    if "time" in ds.coords and "time" not in ds.dims:
        raise ValueError("the dataset was cut to one month, without the dimension 'time'; keep it: ds.isel(time=[0])")


def months_run(ds: xr.Dataset) -> xr.DataArray:
    """Which months each arm's runs reached, in whole or in part.

    Shape: (arm, time), bool. A month without a number in any replication was not run.
    """
    check_months(ds)
    shape = (len(arms(ds)), ds.sizes["time"])
    known = np.ones(shape, bool)
    name = next((n for n in _MONEY if n in ds), None)
    if name is not None:
        data = ds[name].notnull()
        known = data.any([d for d in data.dims if d not in ("arm", "time")]).transpose("arm", "time").values
    ends = _run_ends(ds)
    if ends is not None:
        last = np.array([row[~np.isnat(row)].max() if (~np.isnat(row)).any() else np.datetime64("NaT") for row in ends])
        known = known & ((month_bounds(ds)[0][None] < last[:, None]) | np.isnat(last)[:, None])
    return xr.DataArray(known, dims=("arm", "time"), coords={"arm": ds["arm"].values, "time": ds["time"].values})


def _run_ends(ds: xr.Dataset) -> np.ndarray | None:
    """(arm, replication) exclusive ends, datetime64[ns], NaT where not complete; None if the file does not say."""
    if "run_end" not in ds:
        return None
    ends = standard(ds, several=True)["run_end"]
    extra = [d for d in ends.dims if d not in ("arm", "replication")]
    values = ends.transpose("arm", "replication", *extra).values
    if values.dtype.kind == "f":
        return None
    return values.astype("datetime64[ns]").reshape(values.shape[0], -1)


def run_end(ds: xr.Dataset, arm: str | None = None) -> np.datetime64 | None:
    """The exclusive end to which the runs of an arm were simulated; the latest if they differ.

    From ``run_end``, or in older files the end of the last month that has numbers. None if nothing was run.
    """
    arm = baseline(ds) if arm is None else check_arm(ds, arm)
    ends = _run_ends(ds)
    if ends is not None:
        row = ends[arms(ds).index(arm)]
        row = row[~np.isnat(row)]
        if len(row):
            latest: np.datetime64 = row.max()
            return latest
    if "time" not in ds.dims:
        return None
    known = months_run(standard(ds, several=True)).sel(arm=arm).values
    return month_bounds(ds)[1][known].max() if known.any() else None


def horizon(ds: xr.Dataset, arm: str | None = None) -> str:
    """How far the runs went, in words: 2030, August 2025 or 15 August 2025. Empty if nothing was run.

    Example:
        >>> horizon(st)  # doctest: +SKIP
        '2030'
    """
    end = run_end(ds, arm)
    if end is None:
        return ""
    last = (end - np.timedelta64(1, "ns")).astype("datetime64[D]")
    return spoken_end(last)


def spoken_end(last: np.datetime64) -> str:
    """A last day in words: the year if it ends the year, the month if it ends the month.

    Example:
        >>> [spoken_end(np.datetime64(d)) for d in ("2030-12-31", "2025-08-31", "2026-01-10")]
        ['2030', 'August 2025', '10 January 2026']
    """
    day = last.astype("datetime64[D]").astype(dt.date)
    month = f"{MONTHS[day.month - 1]} {day.year}"
    if (day + dt.timedelta(1)).day != 1:
        return f"{day.day} {month}"
    return str(day.year) if day.month == 12 else month


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def run_only(ds: xr.Dataset) -> xr.Dataset:
    """The study without the months that no arm reached."""
    ds = standard(ds)
    known = months_run(ds).any("arm").values
    return ds if known.all() or not known.any() else ds.isel(time=np.flatnonzero(known))


def discount_factors(ds: xr.Dataset, arm: str | None = None) -> xr.DataArray:
    """What a dollar of each month is worth on the valuation date.

    Args: ``arm`` whose rate and date count (default: the baseline's).
    Returns: DataArray (time), with further dimensions in front where studies side by side have other rates or dates, e^{-delta (t - t0)} with t the middle of the month, delta = ln(1 +
    discount_rate), years of 365.25 days. Months before the valuation date count more than one for one.
    Raises: KeyError without ``discount_rate`` and ``valuation_date``.
    Source: MODEL section 11. The simulator discounts day by day; the middle of the month differs by about
    3e-6 of a steady flow (delta^2 m^2 / 24 with m a twelfth of a year and 10 % a year).
    Example:
        >>> float((discount_factors(st) * st["gross_profit"]).sum("time").mean())  # doctest: +SKIP
    """
    rate = _of_studies(ds, "discount_rate", arm, lambda said: float(str(said)))
    t0 = _of_studies(ds, "valuation_date", arm, lambda said: _instant(said).astype("datetime64[ns]"))
    start, end = month_bounds(ds)
    middle = xr.DataArray(start + (end - start) / 2, dims="time", coords={"time": ds["time"]})
    years = (middle - t0) / np.timedelta64(1, "D") / DAYS_PER_YEAR
    factor: xr.DataArray = np.exp(-np.log1p(rate) * years)
    return factor.transpose(..., "time").rename(None).assign_attrs(long_name="discount factor")


def _of_studies(ds: xr.Dataset, name: str, arm: str | None, read: Callable[[Any], Any]) -> xr.DataArray:
    """What the file says about an arm, over the further dimensions where studies side by side differ in it.

    Raises: UnknownName if one does not say.
    """
    arm = baseline(ds) if arm is None else arm
    values = provenances(ds, name, arm)
    if any(value is None for value in values):
        raise UnknownName(f"the study has no {name!r}; present values need it")
    if all(value == values[0] for value in values):
        return xr.DataArray(read(values[0]))
    dims = [d for d in further(ds) if d in ds[name].dims]
    coords = {d: ds[d] for d in dims if d in ds.coords}
    return xr.DataArray(np.reshape([read(v) for v in values], [ds.sizes[d] for d in dims]), dims=dims, coords=coords)


def discounted(ds: xr.Dataset, name: str) -> xr.DataArray:
    """Present value of a monthly dollar variable: the variable times :func:`discount_factors`, summed over
    time."""
    return (variable(ds, name).astype(float) * discount_factors(ds)).sum("time")
