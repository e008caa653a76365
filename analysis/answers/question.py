"""What an answer is, and the sums by year that all answers take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import premiums, questions, scenario_text, study_data
from ..pairing import check_level, difference, paired
from ..table_views import Table, at_level
from ..years import hours, yearly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIRST_YEAR = 2026  #: of the yearly figures: the first whole year after the contracts were amended


@dataclass(frozen=True, eq=False)
class Answer:
    """One question of the list in docs/answers.md, answered from a study. Two are equal if their words and numbers are."""

    question: str  #: its word, such as ``premium``
    sentence: str  #: the answer in plain words, with its interval
    tables: dict[str, pd.DataFrame]  #: by heading
    picture: Callable[[], Figure] = field(repr=False)  #: draws the figure from the same numbers
    notes: tuple[str, ...] = ()  #: what the numbers do not hold

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Answer):
            return NotImplemented
        return (
            self._words == other._words
            and list(self.tables) == list(other.tables)
            and all(table.equals(other.tables[heading]) for heading, table in self.tables.items())
        )

    def __hash__(self) -> int:
        return hash(self._words)

    @property
    def _words(self) -> tuple[str, str, tuple[str, ...]]:
        return self.question, self.sentence, self.notes


@dataclass(frozen=True)
class Asked:
    """The two arms of an answer and the names in it. ``ds`` has every pair along ``replication``."""

    ds: xr.Dataset
    arm: str  #: the more exclusive one
    base: str
    level: float
    contrast: questions.Contrast

    @property
    def scenario(self) -> dict[str, Any]:
        """The resolved scenario of the more open arm."""
        return scenario_text.tree(self.ds, self.base)

    def name(self, actor: str, *tables: str) -> str:
        """A name as people write it."""
        return scenario_text.title(self.scenario, actor, *tables)

    def head(self, arm: str) -> str:
        """An arm as people call it."""
        return scenario_text.arm_heads(self.ds)[arm]


#: What every answer reads: which months and replications were run, and the present values that name a firm.
_ALWAYS = ("complete", "run_end", "outlay_enterprises", "npv", "world")


def loaded(ds: xr.Dataset, names: tuple[str, ...]) -> xr.Dataset:
    """The study in memory with some of its variables, and all that says what it is."""
    kept = [n for n, v in ds.data_vars.items() if n in names or n in _ALWAYS or "replication" not in v.dims]
    return ds[kept].load()


def asked(ds: xr.Dataset, arm: str | None, baseline: str | None, level: float) -> Asked:
    """The comparison of an answer: the first question of the study, or the two arms that are named.

    Raises: ValueError for a level outside (0, 1), a study of one arm, or no finished pair; KeyError for an unknown arm.
    """
    check_level(level)
    ds = study_data.run_only(study_data.finished(study_data.principal(ds)))
    if ds.sizes["replication"] == 0:
        raise ValueError("no replication is complete in every arm; there is nothing to answer from yet")
    found = questions.contrasts(ds)
    if not found:
        raise ValueError("the study has one arm; the answer is a difference between two. Use rackrate compare A B")
    if arm is None and baseline is None:
        return Asked(ds, found[0].treatment, found[0].control, level, found[0])
    base = study_data.check_arm(ds, baseline if baseline is not None else study_data.baseline(ds))
    high = study_data.check_arm(ds, arm if arm is not None else next(a for a in study_data.arms(ds) if a != base))
    if high == base:
        raise ValueError(f"arm and baseline are both {base!r}; an answer is a difference between two")
    for contrast in found:
        if {contrast.treatment, contrast.control} == {high, base}:
            return Asked(ds, contrast.treatment, contrast.control, level, contrast)
    return Asked(ds, high, base, level, questions.Contrast("package", f"{high} minus {base}", high, base))


def holder(q: Asked, firm: str | None) -> str:
    """The firm of an answer: the one that is named, the holder of the exclusivity, or the one that it moves most.

    Raises: KeyError for an unknown firm.
    """
    if firm is not None:
        return scenario_text.check(q.ds, "firm", firm)
    there = study_data.firms(q.ds)
    for name in questions.parties(q.ds, q.contrast)[0]:
        if (owner := scenario_text.firm_of(q.scenario, name, "clouds", "channels")) in there:
            return owner
    moved = abs(premiums.premium(q.ds, q.arm, q.base, resamples=0)["mean"]).sel(firm=there)
    return there[int(moved.argmax("firm"))]


def year_of(ds: xr.Dataset) -> xr.DataArray:
    """The calendar year of each month."""
    years = ds["time"].values.astype("datetime64[Y]").astype(int) + 1970
    return xr.DataArray(years, dims="time", coords={"time": ds["time"].values}, name="year")


def by_year(ds: xr.Dataset, values: xr.DataArray, first: int = FIRST_YEAR) -> xr.DataArray:
    """Sums of monthly values by calendar year, from ``first`` on; from the study's first year where it ends before."""
    summed = yearly(values)
    late = summed["year"].values >= first
    return summed.isel(year=np.flatnonzero(late)) if late.any() else summed


def months_of_years(ds: xr.Dataset) -> dict[int, int]:
    """How many months of each year were run."""
    years, counts = np.unique(year_of(ds).values, return_counts=True)
    return {int(y): int(n) for y, n in zip(years, counts, strict=True)}


def days(ds: xr.Dataset) -> xr.DataArray:
    """The days of each month that were run."""
    return hours(ds) / 24.0


def differences(q: Asked, values: xr.DataArray) -> xr.Dataset:
    """The paired difference of a quantity between the arms, with its intervals; see :func:`rackrate.analysis.difference`."""
    return difference(q.ds, values.rename("answer"), q.arm, q.base, q.level, resamples=0)


def spread(q: Asked, sample: xr.DataArray, least: float = -np.inf, most: float = np.inf) -> xr.Dataset:
    """Mean, outcome spread and Monte Carlo error of one quantity over futures (and parameters, where they are drawn).

    Args: ``least`` and ``most`` that the quantity can be: intervals of Student's t, of few outcomes, end there.
    Shape: ``sample`` has ``replication``; the result is without it.
    """
    ordered = sample.transpose("replication", ...)
    found = paired(
        ordered.values,
        np.zeros_like(ordered.values),
        q.level,
        resamples=0,
        point=study_data.points_of(q.ds),
    )
    coords = {d: ordered[d] for d in ordered.dims if d != "replication" and d in ordered.coords}
    ends = {k: np.clip(v, least, most) for k, v in found.items() if k.endswith(("_low", "_high"))}
    return xr.Dataset({k: (ordered.dims[1:], v) for k, v in (found | ends).items()}, coords=coords)


def all_of(q: Asked) -> str:
    """What an outcome interval of the study holds."""
    drawn = study_data.points_of(q.ds) is not None
    return f"{100 * q.level:g} % of outcomes" if drawn else f"{100 * q.level:g} % of futures"


def single(q: Asked) -> bool:
    """Whether one future was run: it has no interval."""
    return bool(q.ds.sizes["replication"] < 2)


def table(q: Asked, rows: list[dict[str, Any]], unit: str, mean: str = "mean") -> pd.DataFrame:
    """A table of an answer; what shows it quotes the level, the unit of its numbers and what ``mean`` is called."""
    made = at_level(Table(rows), q.level, study_data.points_of(q.ds) is not None)
    made.attrs |= {"unit": unit, "mean": mean}
    return made
