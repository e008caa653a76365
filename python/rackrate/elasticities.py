"""Price elasticities of enterprises' demand as a run has them, and how they move over the years."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from rackrate import _core

if TYPE_CHECKING:
    import pandas as pd

    from rackrate.scenario import Scenario

GROUPS = ("lab", "offer")


def matrix(simulation: _core.Simulation, by: str, settled: bool) -> tuple[pd.DataFrame, pd.Series[float]]:
    """The table of :meth:`rackrate.Simulation.elasticities`, and the volume placed, work units per day."""
    import numpy as np
    import pandas as pd

    if by not in GROUPS:
        raise _core.ScenarioError(f'by is {by!r}; expected "lab" or "offer". Use "offer" for each lab at each channel.')
    found: dict[str, Any] = simulation.elasticities(by == "offer", settled)
    labels = pd.Index(found["names"], name="volume of")
    values = np.reshape(found["matrix"], (len(labels), len(labels)))
    volume = pd.Series(found["volume"], index=labels, name="volume")
    sold = volume > 0
    return pd.DataFrame(values, index=labels, columns=labels.rename("price of")).loc[sold, sold], volume[sold]


def mean_own(table: pd.DataFrame, volume: pd.Series[float]) -> float:
    """The own-price elasticity of what is sold, its mean by volume."""
    import numpy as np

    return float(np.average(np.diag(table.to_numpy()), weights=volume))


def by_year(scenario: Scenario | str, *, seed: int = 1, replication: int = 0, settled: bool = False) -> pd.DataFrame:
    """Own-price elasticities in one future, at the start of the run and on every 1 July after it.

    Returns: a DataFrame by date: ``offers`` (mean over each lab at each channel, by volume), ``labs`` (mean over labs)
        and a column per lab.
    """
    import numpy as np
    import pandas as pd

    from rackrate.simulation import Simulation

    simulation = Simulation(scenario, seed=seed, replication=replication)
    rows = {}
    for date in _dates(simulation.now.date(), dt.date.fromisoformat(str(simulation.scenario.get("run.end"))[:10])):
        simulation.run_until(date)
        table, volume = matrix(simulation._core, "lab", settled)
        offers = mean_own(*matrix(simulation._core, "offer", settled))
        own = pd.Series(np.diag(table.to_numpy()), index=table.index)
        rows[date] = {"offers": offers, "labs": mean_own(table, volume), **own}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("date")


def _dates(start: dt.date, end: dt.date) -> list[dt.date]:
    summers = (dt.date(year, 7, 1) for year in range(start.year, end.year + 1))
    return [start, *(day for day in summers if start < day < end)]
