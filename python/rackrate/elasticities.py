"""Price elasticities of enterprises' demand as a run has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rackrate import _core

if TYPE_CHECKING:
    import pandas as pd

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
