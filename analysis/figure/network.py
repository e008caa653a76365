"""Who depends on whom, from vendors over clouds and labs to channels."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from . import style

_COLUMNS = ("vendor", "cloud", "lab", "channel")


def _widths(ties: pd.DataFrame) -> pd.DataFrame:
    """Ties between the four columns: from_kind, from, to_kind, to, and ``share`` of what the receiver has. Pools are summed
    to their clouds; a channel may be sold through or not, which has no share."""
    cloud_of = ties[(ties["tie"] == "ownership") & (ties["to_kind"] == "pool")].set_index("to")["from"]
    hosting = ties[ties["tie"] == "hosting"].assign(cloud=lambda t: t["from"].map(cloud_of))
    supply = ties[ties["tie"] == "supply"].assign(cloud=lambda t: t["to"].map(cloud_of))
    chips = supply.groupby(["from", "cloud"], sort=False)["h100e"].sum().reset_index()
    chips["share"] = chips["h100e"] / chips.groupby("cloud")["h100e"].transform("sum")
    hosts = hosting.groupby(["cloud", "to"], sort=False)["share"].sum().reset_index()
    selling = ties[ties["tie"] == "selling"]
    rows = [("vendor", v, "cloud", c, s) for v, c, s in zip(chips["from"], chips["cloud"], chips["share"], strict=True)]
    rows += [("cloud", c, "lab", lab, s) for c, lab, s in zip(hosts["cloud"], hosts["to"], hosts["share"], strict=True)]
    rows += [("lab", lab, "channel", c, 0.0) for lab, c in zip(selling["from"], selling["to"], strict=True)]
    return pd.DataFrame(rows, columns=["from_kind", "from", "to_kind", "to", "share"])


@style.styled
def dependency_network(ties: pd.DataFrame, title: str = "Who depends on whom") -> Figure:
    """Vendors, clouds, labs and channels in four columns. A line runs from who provides to who depends; its width is the
    share of the chips in a cloud, or of the compute for sale that may run a lab's models. Lines to channels have one width.

    Args: ``ties`` from :meth:`rackrate.Simulation.network` or :meth:`rackrate.Scenario.network`.
    Returns: Figure. Raises: KeyError if ``ties`` lacks a column.
    Example:
        >>> dependency_network(rackrate.Scenario.load("openai-azure-amended").network())  # doctest: +SKIP
    """
    edges = _widths(ties)
    figure, axes = style.canvas(title, row_height=3.4)
    ax = axes[0]
    places: dict[tuple[str, str], tuple[float, float]] = {}
    for x, kind in enumerate(_COLUMNS):
        names = pd.unique(
            pd.concat([edges.loc[edges["from_kind"] == kind, "from"], edges.loc[edges["to_kind"] == kind, "to"]])
        )
        for i, name in enumerate(names):
            places[kind, str(name)] = (float(x), -(i + 0.5) / len(names))
    clouds = [name for kind, name in places if kind == "cloud"]
    for n, row in enumerate(edges.itertuples()):
        start, end = places[str(row.from_kind), str(row[2])], places[str(row.to_kind), str(row.to)]
        cloud = str(row[2]) if row.from_kind == "cloud" else str(row.to) if row.to_kind == "cloud" else ""
        colour = style.PLACES[clouds.index(cloud) % len(style.PLACES)] if cloud else style.FAINT
        width = 0.6 + 6 * edges["share"].iloc[n]
        ax.plot(*zip(start, end, strict=True), color=colour, lw=width, alpha=0.65, solid_capstyle="butt")
    for (_, name), (at, y) in places.items():
        ax.text(at, y, style.short(name), ha="center", va="center", fontsize=7,
                bbox={"facecolor": "white", "edgecolor": style.FAINT, "lw": 0.5, "pad": 1.5})  # fmt: skip
    ax.set_xticks(range(len(_COLUMNS)), [f"{kind}s" for kind in _COLUMNS])
    ax.set_xlim(-0.35, len(_COLUMNS) - 0.65)
    ax.set_yticks([])
    ax.grid(False)
    return figure
