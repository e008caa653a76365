"""Why demand jumped: the months in which the common factor or a lab's hits moved, in every future."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import points


@points.tabled
def demand_moves(ds: xr.Dataset, least: float = 0.1) -> pd.DataFrame:
    """Months in which something that is nobody's decision moved demand by at least ``least`` within the month.

    Shocks are the same in all arms, so the first arm speaks for all. What is left of a move in users, load or revenue
    after these factors (with the exposures of the scenario) has another cause: prices, access, capacity, cash.

    Returns: DataFrame, a row per replication, month and cause, in this order: ``lab`` and ``product`` of a hit or flop,
        both "all" where the common factor moved, ``moved`` the month's end over the end of the month before, less 1,
        and ``factor`` what demand is multiplied by in all at the month's end.
    Raises: KeyError if the result has no such variables; ValueError unless ``least`` is positive.

    Example:
        >>> import rackrate as rr
        >>> demand_moves(rr.run("toy-10")).empty  # it has no shocks
        True
    """
    if not least > 0:
        raise ValueError(f"least is {least}; expected a positive share of demand, such as 0.1")
    one = ds[["demand_common", "demand_hits"]].isel(arm=0, drop=True)
    common = one["demand_common"].expand_dims(lab=["all"], product=["all"])
    hits = one["demand_hits"].sel(product=[p for p in one["product"].values if _is_first_of_its_kind(str(p))])
    frames = [_moves(part.load(), least) for part in (common, hits)]
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["replication", "time", "lab", "product"], ignore_index=True)


def _is_first_of_its_kind(product: str) -> bool:
    """Products of one kind of work have the same hits: one of them stands for all."""
    return product in ("consumer", "api_stateless", "agent_stateful", "ent_app")


def _moves(factor: xr.DataArray, least: float) -> pd.DataFrame:
    before = factor.shift(time=1).fillna(1.0)  # the first month begins on the paths
    moved = factor / before - 1
    rows: pd.DataFrame = xr.Dataset({"moved": moved, "factor": factor}).to_dataframe().reset_index()
    rows = rows.loc[np.abs(rows["moved"]) >= least]
    return rows.loc[:, ["replication", "time", "lab", "product", "moved", "factor"]]
