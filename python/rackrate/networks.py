"""Who depends on whom: the contracts and supplies of one day as tables, and what one cloud could serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from rackrate import _core

_TIERS = ("interactive", "batch", "training", "research")


def ties(simulation: _core.Simulation) -> pd.DataFrame:
    """The ties of :meth:`rackrate.Simulation.network`."""
    import pandas as pd

    content = simulation.network()
    actors = content["actors"]
    rows = [(*actors[a][1::-1], *actors[b][1::-1], *rest) for a, b, *rest in content["ties"]]
    columns = ["from_kind", "from", "to_kind", "to", "tie", "label", "clause", "h100e", "share"]
    return pd.DataFrame(rows, columns=columns)[
        ["from", "from_kind", "to", "to_kind", "tie", "label", "clause", "h100e", "share"]
    ]


def dependency(simulation: _core.Simulation) -> pd.DataFrame:
    """The table of :meth:`rackrate.Simulation.dependency`."""
    import pandas as pd

    content = simulation.network()
    frame = pd.DataFrame(content["actors"], columns=["actor", "kind", "centrality"])
    labs = frame.loc[frame["kind"] == "lab", "actor"]
    for lab, shares in zip(labs, content["dependency"], strict=True):
        frame[lab] = shares
    return frame.set_index(["kind", "actor"])


def one_cloud(simulation: _core.Simulation, lab: str, clouds: str | Sequence[str]) -> pd.DataFrame:
    """The table of :meth:`rackrate.Simulation.one_cloud`."""
    import pandas as pd

    content: dict[str, Any] = simulation.servable(lab, [clouds] if isinstance(clouds, str) else list(clouds))
    frame = pd.DataFrame(
        {"wanted": content["wanted"], "servable": content["served"]}, index=pd.Index(_TIERS, name="tier")
    )
    frame.loc["all"] = frame.sum()
    frame["forgone"] = 1.0 - (frame["servable"] / frame["wanted"]).where(frame["wanted"] > 0, 1.0)
    return frame
