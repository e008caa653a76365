"""The flagship and its exclusive arm, row by row: runs both and prints what a reader from the industry asks first.

``python -m rackrate.rows -o docs/rows.md`` writes the page.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from rackrate.analysis import record, rows
from rackrate.exogenous import adjusted
from rackrate.options import seed_number
from rackrate.scenario import Scenario
from rackrate.simulation import Simulation
from rackrate.study import compare

AMENDED, EXCLUSIVE = "openai-azure-amended", "openai-azure-exclusive"

Events = list[dict[str, Any]]


def arms(enterprises: int) -> dict[str, Scenario]:
    """The two arms with a sample of that many enterprises."""
    return {
        name: Scenario.load(name).override({"run.enterprises": enterprises}, name=name) for name in (AMENDED, EXCLUSIVE)
    }


def events(
    scenarios: dict[str, Scenario], ds: xr.Dataset, seed: int, threads: int | None
) -> dict[str, dict[int, Events]]:
    """The dated events of every future with a large move, up to the month after its last: a study keeps those of one future."""
    wanted: dict[tuple[str, int], np.datetime64] = {}
    for name in scenarios:
        for move in rows.large_moves(record.one_arm(ds, name)):
            key = name, move.replication
            wanted[key] = max(move.month, wanted.get(key, move.month))

    def run(item: tuple[tuple[str, int], np.datetime64]) -> Events:
        (name, replication), month = item
        simulation = Simulation(scenarios[name], seed=seed, replication=replication)
        simulation.run_until(str((month + 1).astype("datetime64[D]")))  # beyond the horizon, to its end
        told: Events = json.loads(str(simulation.results()["event_log"].values.ravel()[0]))
        return told

    with ThreadPoolExecutor(threads) as pool:
        logs = pool.map(run, wanted.items())
        found: dict[str, dict[int, Events]] = {}
        for (name, replication), log in zip(wanted, logs, strict=True):
            found.setdefault(name, {})[replication] = log
    return found


def main(arguments: list[str] | None = None) -> None:
    """``python -m rackrate.rows [-o PAGE.md] [--futures N] [--enterprises N] [--seed N] [--threads N]``"""
    parser = argparse.ArgumentParser(description="The flagship and its exclusive arm, row by row, as Markdown.")
    parser.add_argument("-o", "--out", help="the page to write; printed without it")
    parser.add_argument("--futures", type=int, default=20)
    parser.add_argument("--enterprises", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args(arguments)
    seed, scenarios = seed_number(given.seed), arms(given.enterprises)
    ds = compare(scenarios, replications=given.futures, fixed_parameters=True, seed=seed, threads=given.threads)
    known = adjusted(ds, "npv", EXCLUSIVE, AMENDED)
    logs = events(scenarios, ds, seed, given.threads)
    text = rows.page(ds, AMENDED, EXCLUSIVE, logs, adjusted=known if known.attrs["controls"] else None) + "\n"
    if given.out:
        Path(given.out).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
