"""Checks of what must be equal in two arms before their difference has a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import xarray as xr

from . import scenario_text, study_data


class NotComparable(ValueError):
    """Two arms or studies differ in how they were measured. The message states the difference and the remedy."""


def comparable(ds: xr.Dataset, names: Iterable[str] | None = None) -> None:
    """Checks that arms can be subtracted from each other: one discount rate, one valuation date, one first day, one
    end in each future, one window, one seed, one version of the program.

    Args: ``names`` are the arms to compare (default: all of the study, without the sub-arms of a design).
    Raises: NotComparable, a ValueError: one sentence that names the arms, the key and both values.
    Example:
        >>> comparable(st)  # doctest: +SKIP
    """
    ds = study_data.standard(ds, several=True)
    found = (
        study_data.arms(study_data.principal(ds, several=True))
        if names is None
        else [study_data.check_arm(ds, n) for n in names]
    )
    first, *others = list(dict.fromkeys(found))
    for other in others:
        for key, remedy, read in _READERS:
            pair = _apart(read(ds, first), read(ds, other))
            if pair:
                raise NotComparable(
                    f"the arms {first!r} and {other!r} differ in {key}: {_word(pair[0])} and {_word(pair[1])}; a difference "
                    f"between them would not be about their contracts. {remedy}"
                )
        _same_ends(ds, first, other)


def comparable_studies(one: xr.Dataset, other: xr.Dataset, label: str) -> None:
    """The same for two studies whose results stand in one table, such as those of :func:`structural`.

    Args: ``label`` names the other study in the message. Raises: NotComparable.
    """
    one, other = study_data.standard(one), study_data.standard(other)
    pairs: list[tuple[str, list[Any], list[Any]]] = [
        (key, read(one, study_data.baseline(one)), read(other, study_data.baseline(other))) for key, _, read in _READERS
    ]
    pairs.append(("run_end", [study_data.run_end(one)], [study_data.run_end(other)]))
    for key, ours, theirs in pairs:
        apart = _apart(ours, theirs)
        if apart:
            here, there = apart
            raise NotComparable(
                f"the study {label!r} differs from the one beside it in {key}: {_word(there)} and {_word(here)}; their "
                "premiums cannot stand in one table. Run both alike."
            )


def _apart(ours: list[Any], theirs: list[Any]) -> tuple[Any, Any] | None:
    """The first two that are known and differ: each list has an entry for each study, or one for all."""
    most = max(len(ours), len(theirs))
    for here, there in zip(*(values * (most if len(values) == 1 else 1) for values in (ours, theirs)), strict=True):
        if here is not None and there is not None and here != there:
            return here, there
    return None


def _same_ends(ds: xr.Dataset, first: str, other: str) -> None:
    """Both halves of every pair must have run to the same instant, over the same months."""
    here, there = (study_data.run_end(ds, arm) for arm in (first, other))
    ends = study_data._run_ends(ds if study_data.further(ds) else study_data.finished(ds))
    if ends is not None:
        names = study_data.arms(ds)
        a, b = ends[names.index(first)], ends[names.index(other)]
        apart = np.flatnonzero(~np.isnat(a) & ~np.isnat(b) & (a != b))
        if len(apart):
            here, there = a[apart[0]], b[apart[0]]
    # Of studies side by side the ends say it; their months would be all of a sweep's numbers.
    ask = "time" in ds.dims and (ends is None or not study_data.further(ds))
    known = study_data.months_run(ds) if ask else None
    months_differ = known is not None and bool((known.sel(arm=first).values != known.sel(arm=other).values).any())
    if here != there or months_differ:
        raise NotComparable(
            f"the arms {first!r} and {other!r} were run to different ends or over different months ({_span(ds, first, here)} "
            f"and {_span(ds, other, there)}); only arms with equal months can be compared. Run both with the same run.start, "
            "run.end and until."
        )


def _span(ds: xr.Dataset, arm: str, end: np.datetime64 | None) -> str:
    if "time" not in ds.dims:
        return _word(end)
    known = study_data.months_run(ds).sel(arm=arm).values
    start = study_data.month_bounds(ds)[0][known]
    return f"{_word(start.min())} to {_word(end)}" if len(start) and end is not None else "no month"


def _word(value: object) -> str:
    if isinstance(value, np.datetime64):
        text = str(value.astype("datetime64[s]"))
        return text.removesuffix("T00:00:00")
    return f"{value:g}" if isinstance(value, float) else str(value)


_Read = Callable[[xr.Dataset, str], list[Any]]  # an entry for each study of the dataset, or one for all


def _rate(ds: xr.Dataset, arm: str) -> list[Any]:
    values = study_data.provenances(ds, "discount_rate", arm)
    return [None if value is None else float(str(value)) for value in values]


def _date(ds: xr.Dataset, arm: str) -> list[Any]:
    values = study_data.provenances(ds, "valuation_date", arm)
    return [None if value is None else str(value)[:10] for value in values]


def _run_key(key: str) -> _Read:
    def read(ds: xr.Dataset, arm: str) -> list[Any]:
        runs = [scenario_text.run_table(str(text or "")) for text in study_data.provenances(ds, "scenario", arm)]
        values = [scenario_text.plain(run.get(key)) if isinstance(run, dict) else None for run in runs]
        return [None if value is None else str(value) for value in values]

    return read


def _kept(name: str) -> _Read:
    """Attributes of the root, where a join has turned them into variables."""

    def read(ds: xr.Dataset, arm: str) -> list[Any]:
        return study_data.provenances(ds, name, arm) if name in ds.variables else [ds.attrs.get(name)]

    return read


_READERS = (
    ("discount_rate", "Give both the same run.discount_rate.", _rate),
    ("valuation_date", "Give both the same run.valuation_date.", _date),
    ("run.start", "Give both the same run.start.", _run_key("start")),
    ("run.window", "Give both the same run.window.", _run_key("window")),
    ("seed", "Run both with the same seed.", _kept("seed")),
    ("program_version", "Run both with one version of rackrate.", _kept("program_version")),
)
