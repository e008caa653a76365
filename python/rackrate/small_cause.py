"""The flagship and its exclusive arm, each with and without one H100e more of Azure: how far a small cause reaches.

``python -m rackrate.small_cause`` prints, year by year, the share of futures in which no premium moves by more than ten prices of an
H100e, and what tipped first in the others.
"""

from __future__ import annotations

import argparse

import pandas as pd
import xarray as xr

from rackrate.analysis import small_causes
from rackrate.options import seed_number
from rackrate.rows import AMENDED, EXCLUSIVE
from rackrate.scenario import Scenario
from rackrate.study import compare

KEY = "clouds.azure.regions.us.fleet.h100"
MORE = " and one H100e"


def study(
    futures: int | range, enterprises: int, until: str | None, seed: int = 1, threads: int | None = None
) -> xr.Dataset:
    """Both arms, each with and without the cause, in the same futures."""
    arms = {}
    for name in (AMENDED, EXCLUSIVE):
        plain = Scenario.load(name).override({"run.enterprises": enterprises}, name=name)
        arms[name] = plain
        arms[name + MORE] = plain.override({KEY: float(plain.get(KEY)) + 1.0}, name=name + MORE)
    return compare(arms, replications=futures, fixed_parameters=True, seed=seed, threads=threads, until=until)


def changes(ds: xr.Dataset) -> pd.DataFrame:
    """:func:`rackrate.analysis.small_causes.changes` of such a study."""
    return small_causes.changes(ds, (EXCLUSIVE, EXCLUSIVE + MORE), (AMENDED, AMENDED + MORE))


def main(arguments: list[str] | None = None) -> None:
    """``python -m rackrate.small_cause [--futures N] [--enterprises N] [--until DATE] [--seed N] [--threads N]``"""
    parser = argparse.ArgumentParser(description="How far one H100e more reaches, year by year.")
    parser.add_argument("--futures", type=int, default=20)
    parser.add_argument("--enterprises", type=int, default=500)
    parser.add_argument("--until", default="2028-01-01")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args(arguments)
    frame = changes(study(given.futures, given.enterprises, given.until, seed_number(given.seed), given.threads))
    print(small_causes.shares(frame).to_string(float_format=lambda value: f"{value:,.3g}"))


if __name__ == "__main__":
    main()
