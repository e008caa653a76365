"""When each version of each contract held, and what the run recorded happening."""

from __future__ import annotations

import json

import numpy as np

from .. import scenario_text, study_data
from . import style

_SHOWN = {"rollout": "^", "conflict": "X", "cap": "s"}


def events(ds, arm):
    """The dated events an arm recorded: list of dicts with time, kind, subject, text. Empty if none were."""
    if "event_log" not in ds:
        return []
    raw = ds["event_log"].sel(arm=arm).values.item()
    raw = raw.decode() if isinstance(raw, bytes) else str(raw)
    return json.loads(raw) if raw.strip() else []


@style.styled
def contract_timeline(ds, arm=None):
    """The versions of every contract over the run's horizon, as bars, with recorded roll-outs, conflicts
    and caps.

    Args: ``arm`` (default: the baseline). Returns: Figure. Raises: ValueError if the study carries no
        scenario text.
    Example:
        >>> contract_timeline(st)  # doctest: +SKIP
    """
    arm = arm or study_data.baseline(ds)
    scenario = scenario_text.tree(ds, arm)
    rows = scenario_text.versions(scenario)
    if not rows:
        raise ValueError(f"the arm {arm!r} carries no contracts")
    begin, end = (
        b[i].astype("datetime64[D]") for b, i in zip(study_data.month_bounds(ds), (0, -1), strict=False)
    )
    names = list(
        dict.fromkeys(
            r[0]
            for r in rows
            if (r[3] is None or np.datetime64(r[3]) > begin) and np.datetime64(r[2] or "1970-01-01") < end
        )
    )
    figure, (ax,) = style.canvas(
        f"Contract versions in force: {arm}", row_height=0.36 * len(names) + 0.1, extra=0.8
    )
    span = (end - begin).astype(int)
    for y, name in enumerate(names):
        shade = 0
        ax.text(
            begin, y - 0.3, " " + scenario_text.title(scenario, name, "contracts"), va="bottom", fontsize=7.5
        )
        for contract, version, first, until, _, _ in rows:
            left = max(np.datetime64(first or "1970-01-01"), begin)
            right = min(np.datetime64(until), end) if until else end
            if contract != name or left >= right:
                continue
            width = (right - left).astype(int)
            ax.barh(
                y,
                width,
                left=left,
                height=0.5,
                color=style.PALETTE[0],
                alpha=(0.28, 0.55)[shade % 2],
                lw=0,
                align="center",
            )
            if width > 0.011 * span * len(version):  # the name only where it fits
                ax.text(left, y + 0.02, " " + version, va="center", fontsize=6.5)
            shade += 1
    labelled = set()
    for event in events(ds, arm):
        marker, subject = _SHOWN.get(event["kind"]), str(event.get("subject", ""))
        row = next((i for i, n in enumerate(names) if subject == n or subject.startswith(n + "/")), None)
        if marker and row is not None:
            ax.plot(
                np.datetime64(str(event["time"])[:10]),
                row + 0.33,
                marker,
                ms=4.5,
                color=style.PALETTE[1],
                clip_on=False,
                label=event["kind"] if event["kind"] not in labelled else None,
            )
            labelled.add(event["kind"])
    ax.set_yticks([])
    ax.set_ylim(len(names) - 0.4, -0.8)
    ax.set_xlim(begin, end)
    ax.spines["left"].set_visible(False)
    style.mark(ax, ds)
    style.years(ax)
    ax.set_xlabel("shades alternate between versions; dotted line: valuation date")
    if labelled:
        ax.legend(loc="lower left", ncols=3, handlelength=1.0)
    return figure
