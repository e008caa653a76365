"""Tidy tables in B$ by calendar quarter and by each firm's own fiscal year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import xarray as xr

from rackrate.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

BILLION = 1e9
# Monthly dollar flows of a firm, in the order of a profit and loss account.
FLOWS = ("revenue", "internal_revenue", "value_added", "cost", "gross_profit", "capex")

By = Literal["quarter", "fiscal_quarter", "fiscal_year", "year"]


def to_pandas(ds: xr.Dataset, by: By = "quarter", *, layers: bool = True) -> pd.DataFrame:
    """The money flows of every firm as one tidy table, in B$.

    Args: ``by`` is ``quarter`` or ``year`` (calendar), ``fiscal_quarter`` or ``fiscal_year`` (each firm's own);
    ``layers=False`` adds the layers up, and then has ``capex``, which belongs to no layer.
    Returns: one row per arm, replication, firm, layer and period; one column per flow that was recorded; the
    column ``months`` counts the months of the run that fell into the period (the first and last may be short).
    Raises: ValueError if ``by`` is none of these; KeyError if the dataset has no flows of firms.
    Example: >>> to_pandas(ds, "fiscal_year").query("firm == 'microsoft'")  # doctest: +SKIP
    """
    names = [name for name in FLOWS if name in ds and {"firm", "time"} <= set(ds[name].dims)]
    if not names:
        raise KeyError(f"the dataset has no money flows by firm and month; expected some of {', '.join(FLOWS)}")
    if layers and "layer" in ds.dims:
        names = [name for name in names if "layer" in ds[name].dims]
    flows = xr.Dataset({name: ds[name] if layers else _without_layers(ds[name]) for name in names})
    frame = flows.to_dataframe().reset_index()
    periods = period_labels(ds, by)
    frame["period"] = periods.stack().reindex(pd.MultiIndex.from_frame(frame[["firm", "time"]])).to_numpy()
    keys = [key for key in ("arm", "replication", "firm", "layer", "period") if key in frame.columns]
    grouped = frame.groupby(keys, sort=False, observed=True)
    table = grouped[names].sum(min_count=1) / BILLION
    table["months"] = grouped["time"].nunique()
    return table.reset_index()


def _without_layers(flow: xr.DataArray) -> xr.DataArray:
    return flow.sum("layer") if "layer" in flow.dims else flow


def period_labels(ds: xr.Dataset, by: By) -> pd.DataFrame:
    """The period that each month falls into, for each firm: index firm, columns the months of ``ds.time``.

    A fiscal year is named after the calendar year in which it ends: with an end in June, July 2025 lies in
    FY2026Q1.
    Raises: ValueError if ``by`` is none of quarter, year, fiscal_quarter, fiscal_year.
    """
    if by not in ("quarter", "year", "fiscal_quarter", "fiscal_year"):
        raise ValueError(f"by is {by!r}; expected quarter, year, fiscal_quarter or fiscal_year")
    months = pd.DatetimeIndex(ds["time"].values)
    ends = fiscal_year_ends(ds) if by.startswith("fiscal") else {}
    rows = {}
    for firm in np.atleast_1d(ds["firm"].values):
        last_month = ends.get(str(firm), 12)
        year = months.year + (months.month > last_month)
        quarter = (months.month - last_month - 1) % 12 // 3 + 1
        prefix = "FY" if by.startswith("fiscal") else ""
        suffix = [f"Q{q}" for q in quarter] if by.endswith("quarter") else [""] * len(months)
        rows[firm] = [f"{prefix}{y}{s}" for y, s in zip(year, suffix, strict=True)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=months)
    table.index.name, table.columns.name = "firm", "time"
    return table


def fiscal_year_ends(ds: xr.Dataset) -> Mapping[str, int]:
    """The last month of each firm's fiscal year, from the scenario that the dataset carries."""
    for name, text in ds.attrs.items():
        if str(name) == "scenario" or str(name).startswith("scenario_"):
            if str(name).endswith("digest"):
                continue
            return Scenario.parse(str(text), str(name)).fiscal_year_end
    return {}


def quantiles(table: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """A tidy table's spread over replications: mean, and the quantiles that hold ``level`` of the futures.

    Returns: one row per arm, firm, layer, period and flow, with columns ``mean``, ``low`` and ``high`` in B$.
    This is the spread of outcomes, not the error of the mean.
    """
    names = [name for name in FLOWS if name in table.columns]
    keys = [key for key in ("arm", "firm", "layer", "period") if key in table.columns]
    tidy = table.melt(id_vars=[*keys, "replication"], value_vars=names, var_name="flow", value_name="b_usd")
    grouped = tidy.groupby([*keys, "flow"], sort=False, observed=True)["b_usd"]
    edge = (1 - level) / 2
    return pd.DataFrame(
        {"mean": grouped.mean(), "low": grouped.quantile(edge), "high": grouped.quantile(1 - edge)}
    ).reset_index()


def to_csv(ds: xr.Dataset) -> str:
    """Both calendars in one tidy CSV text: columns calendar, arm, replication, firm, layer, period, flows, months."""
    parts = []
    for calendar, by in (("calendar", "quarter"), ("fiscal", "fiscal_quarter")):
        part = to_pandas(ds, by)  # type: ignore[arg-type]
        part.insert(0, "calendar", calendar)
        parts.append(part)
    return pd.concat(parts, ignore_index=True).to_csv(index=False, float_format="%.6f")


@xr.register_dataset_accessor("rackrate")
class Accessor:
    """``ds.rackrate.to_pandas()``: the tables of this module as methods of a dataset."""

    def __init__(self, ds: xr.Dataset) -> None:
        self._ds = ds

    def to_pandas(self, by: By = "quarter", *, layers: bool = True) -> pd.DataFrame:
        """See :func:`rackrate.tables.to_pandas`."""
        return to_pandas(self._ds, by, layers=layers)

    def to_csv(self) -> str:
        """See :func:`rackrate.tables.to_csv`."""
        return to_csv(self._ds)
