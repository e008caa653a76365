"""What big accounts have agreed on with their clouds, as a run has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from rackrate import _core

COLUMNS = (
    "segment", "cloud", "since", "until", "spending", "reliance", "at_stake", "gain", "committed", "shortfall", "discount",
    "service", "weight", "service_value",
)  # fmt: skip


def table(simulation: _core.Simulation) -> pd.DataFrame:
    """The table of :meth:`rackrate.Simulation.agreements`."""
    import pandas as pd

    return pd.DataFrame(simulation.agreements(), columns=list(COLUMNS))
