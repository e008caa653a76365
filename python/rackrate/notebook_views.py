"""How a notebook shows our objects: a small table of what one wants to know first, nothing that must be computed long.

Scenarios, verdicts and simulations say themselves what their table holds; datasets, which are not ours, are described here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def table(title: str, rows: Iterable[tuple[str, object]], colour: str = "") -> str:
    """A caption and rows of a name and a value; all text is escaped.

    Example:
        >>> table("a < b", [("arms", 2)])
        '<table><caption style="text-align:left"><b>a &lt; b</b></caption><tr><th style="text-align:left">arms</th><td style="text-align:left">2</td></tr></table>'
    """
    style = "text-align:left" + (f";color:{colour}" if colour else "")
    cells = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(str(value))}</td></tr>'
        for name, value in rows
        if value not in (None, "")
    )
    return f'<table><caption style="{style}"><b>{escape(title)}</b></caption>{cells}</table>'


def listed(names: Sequence[str], most: int = 12) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def register() -> None:
    """Let IPython, where it runs, show datasets of ours with their study on top. (A subclass of Dataset would not
    survive its own methods.)"""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        import xarray as xr

        shell.display_formatter.formatters["text/html"].for_type(xr.Dataset, dataset)


def dataset(ds: xr.Dataset) -> str:
    """A dataset as xarray shows it, and if it is one of ours, the study above it."""
    ours = "fingerprint" in ds.attrs and {"arm", "replication"} <= set(ds.dims)
    return (study(ds) if ours else "") + str(ds._repr_html_())


def study(ds: xr.Dataset) -> str:
    """Arms, replications, the months that were run, and what to call next; the dataset itself follows as xarray shows it."""
    times = [str(time)[:7] for time in _run(ds)]
    months = f"{times[0]} to {times[-1]}" if times else ""
    done, asked = ds.attrs.get("runs_done"), ds.attrs.get("runs_asked")
    return table("study", [
        ("arms", listed([str(arm) for arm in ds["arm"].values]) if "arm" in ds.coords else ""),
        ("baseline", ds.attrs.get("baseline", "")),
        ("replications", ds.sizes.get("replication", "")),
        ("unfinished", f"{done} of {asked} runs" if asked else ""),
        ("months", months),
        ("seed", ds.attrs.get("seed", "")),
        ("fingerprint", str(ds.attrs.get("fingerprint", ""))[:12]),
        ("next", "ds.rackrate.to_pandas('year'), rackrate.analysis.premium_table(ds), rackrate.analysis.report(ds, 'report.html')"),
    ])  # fmt: skip


def _run(ds: xr.Dataset) -> Iterable[object]:
    """The months that some arm reached; all of them where the dataset is only a part of a study."""
    from rackrate.analysis import study_data

    if "time" not in ds.coords:
        return []
    with suppress(ValueError, KeyError):  # a cut without arms, or joined along another dimension, is shown all the same
        ds = study_data.run_only(ds)
    return list(np.atleast_1d(ds["time"].values))
