"""How the price elasticities of enterprises' demand move over the years of a run."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rackrate import elasticities
from rackrate.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd

    from rackrate.scenario import Scenario


def by_year(scenario: Scenario | str, *, seed: int = 1, replication: int = 0, settled: bool = False) -> pd.DataFrame:
    """Own-price elasticities in one future, at the start of the run and on every 1 July after it.

    Returns: a DataFrame by date: ``offers`` (mean over each lab at each channel, by volume), ``labs`` (mean over labs)
        and a column per lab.
    """
    import numpy as np
    import pandas as pd

    simulation = Simulation(scenario, seed=seed, replication=replication)
    rows = {}
    for date in _dates(simulation.now.date(), dt.date.fromisoformat(str(simulation.scenario.get("run.end"))[:10])):
        simulation.run_until(date)
        table, volume = elasticities.matrix(simulation._core, "lab", settled)
        offers = elasticities.mean_own(*elasticities.matrix(simulation._core, "offer", settled))
        own = pd.Series(np.diag(table.to_numpy()), index=table.index)
        rows[date] = {"offers": offers, "labs": elasticities.mean_own(table, volume), **own}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("date")


def _dates(start: dt.date, end: dt.date) -> list[dt.date]:
    summers = (dt.date(year, 7, 1) for year in range(start.year, end.year + 1))
    return [start, *(day for day in summers if start < day < end)]
