"""When each version of each contract held, and what the run recorded happening."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import scenario_text, study_data
from . import style

_SHOWN = {"rollout": "^", "conflict": "X", "breach": "P", "cap": "s"}


def events(ds: xr.Dataset, arm: str) -> list[dict[str, Any]]:
    """The dated events an arm recorded: list of dicts with time, kind, subject, text. Empty if none were."""
    if "event_log" not in ds:
        return []
    # The lowest replication of a file has a log: of studies joined along replications the first counts.
    for raw in np.ravel(ds["event_log"].sel(arm=arm).values):
        text = raw.decode() if isinstance(raw, bytes) else raw
        if isinstance(text, str) and text.strip():
            logged: list[dict[str, Any]] = json.loads(text)
            return logged
    return []


@style.styled
def contract_timeline(ds: xr.Dataset, arm: str | None = None, every: bool = False) -> Figure:
    """Which version of each contract is in force over the run, and which versions carry an exclusivity.

    Args: ``arm`` (default: the baseline); ``every=True`` shows also contracts that have one version, no
        exclusivity and no recorded event.
    Returns: Figure, with recorded roll-outs, conflicts, breaches and caps. Raises: ValueError if the study carries no
        contracts.
    Example:
        >>> contract_timeline(st)  # doctest: +SKIP
    """
    ds = study_data.run_only(ds)
    arm = study_data.check_arm(ds, arm) if arm else study_data.baseline(ds)
    scenario = scenario_text.tree(ds, arm)
    log = [e for e in events(ds, arm) if e["kind"] in _SHOWN]
    starts, ends = study_data.month_bounds(ds)
    begin, end = starts[0].astype("datetime64[D]"), ends[-1].astype("datetime64[D]")
    rows = [_Bar(scenario, row, begin, end) for row in scenario_text.versions(scenario)]
    if not rows:
        raise ValueError(f"the arm {arm!r} carries no contracts")
    versions = Counter(bar.contract for bar in rows)
    telling = {bar.contract for bar in rows if every or bar.exclusive or versions[bar.contract] > 1}
    telling |= {c for c in versions if any(_concerns(e, c) for e in log)}
    bars = [bar for bar in rows if bar.left < bar.right and bar.contract in (telling or versions)]
    names = list(dict.fromkeys(bar.contract for bar in bars))
    figure, (ax,) = style.canvas(
        f"Contract versions in force: {scenario_text.arm_heads(ds)[arm]}", row_height=0.4 * len(names) + 0.2, extra=1.1
    )
    for y, name in enumerate(names):
        words = " " + scenario_text.title(scenario, name, "contracts")
        ax.text(begin, y - 0.3, words, va="bottom", fontsize=7.5, in_layout=False)
        for shade, bar in enumerate(b for b in bars if b.contract == name):
            bar.draw(ax, y, shade, end - begin)
        for kind, group in groupby(sorted(log, key=lambda e: e["kind"]), key=lambda e: e["kind"]):
            days = [np.datetime64(str(e["time"])[:10]) for e in group if _concerns(e, name)]
            days = [d for d in days if begin <= d < end]
            height = [y + 0.3] * len(days)
            ax.plot(days, height, _SHOWN[kind], ms=4.5, color=style.INK, label=kind, in_layout=False)
    ax.set_yticks([])
    ax.set_ylim(len(names) - 0.4, -0.8)
    ax.set_xlim(begin, end)
    ax.spines["left"].set_visible(False)
    style.mark(ax, ds)
    style.years(ax)
    ax.set_xlabel("dotted line: valuation date")
    style.legend(figure, ax, 4)
    return figure


def _concerns(event: dict[str, Any], contract: str) -> bool:
    """Whether a recorded event is about a contract: its subject is the contract or one of its clauses."""
    return str(event.get("subject", "")).split("/")[0] == contract


class _Bar:
    """One version on the timeline, cut to the run."""

    def __init__(
        self, scenario: scenario_text.Tree, row: tuple[Any, ...], begin: np.datetime64, end: np.datetime64
    ) -> None:
        self.contract, self.version, first, until = row[:4]
        self.left = max(np.datetime64(first or "1970-01-01"), begin)
        self.right = min(np.datetime64(until), end) if until else end
        mine = (c for c in scenario_text.clauses(scenario) if (c.contract, c.version) == (self.contract, self.version))
        self.exclusive = any(c.kind == "exclusive" and c.terms.get("enabled", True) for c in mine)

    def draw(self, ax: Axes, y: float, shade: int, span: Any) -> None:
        width: Any = (self.right - self.left).astype(int)  # type: ignore[union-attr]
        hatch, colour = ("////", style.INK) if self.exclusive else ("", style.FAINT)
        label = "with an exclusivity" if self.exclusive else "without"
        alpha = (0.35, 0.55)[shade % 2]
        ax.barh(
            y,
            width,
            left=self.left,
            height=0.5,
            facecolor=colour,
            alpha=alpha,
            lw=0,
            hatch=hatch,
            edgecolor="white",
            label=label,
        )
        if width > 0.011 * span.astype(int) * len(self.version):  # the name only where it fits
            left: Any = self.left
            ax.text(left, y + 0.02, " " + self.version, va="center", fontsize=6.5, in_layout=False)
