"""Comparison of the simulated world with public figures, on its first day and half a year later.

The anchors are rows of ``scenarios/data/anchors.csv``; the page on validation is what
``python -m rackrate.analysis.anchors RESULT.h5`` prints.
"""

from __future__ import annotations

import argparse
import csv
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from . import study_data

MARKET_USD_PER_YEAR = 4 * 99e9  # Synergy Research, all cloud infrastructure in 2025Q2
WITHIN = 1.5


def rows() -> list[dict[str, Any]]:
    """The anchors: dicts with figure, entity, value, unit, date, source, grade, note and the measure that is compared."""
    packaged = resources.files("rackrate") / "scenarios" / "data" / "anchors.csv"
    with packaged.open(encoding="utf-8") as lines:
        return [{**row, "value": float(row["value"])} for row in csv.DictReader(lines)]


def simulated(ds: xr.Dataset, row: dict[str, Any]) -> np.ndarray:
    """The simulated value of one anchor, by replication.

    Shape: (replication,). Units: the anchor's. The first day is read from July 2025, a year's end from its
    last month.
    Raises: KeyError for an unknown measure.
    """
    at = np.datetime64(row["date"][:7] + "-01")
    who, month = row["entity"], ds.sel(time=at)
    measures = {
        "capacity": lambda: month["capacity"].sel(cloud=who).sum("region") / 1e6,
        "lab_compute": lambda: month["lab_compute"].sel(lab=who).sum("host") / 1e6,
        "lab_revenue": lambda: month["revenue"].sel(firm=who, layer="model") * 12 / 1e9,
        "cloud_share": lambda: month["revenue"].sel(firm=who, layer="infrastructure") * 1200 / MARKET_USD_PER_YEAR,
        "compute_price": lambda: month["compute_price"].sel(cloud=who),
        "seats": lambda: month["seats"] / 1e6,
        "utilisation": lambda: (
            (month["utilisation"] * month["powered"]).sel(cloud=who).sum("region")
            / month["powered"].sel(cloud=who).sum("region")
        ),
    }
    return measures[row["measure"]]().values


def table(ds: xr.Dataset, arm: str | None = None) -> list[dict[str, Any]]:
    """Anchors beside the simulated median: list of dicts, with ``ratio`` (simulated over public) and ``close``
    (within a factor of 1.5). Anchors of months that were not run are left out."""
    ds = study_data.run_only(study_data.finished(ds))
    one = ds.sel(arm=study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm))
    found = []
    for row in rows():
        if np.datetime64(row["date"][:7] + "-01") not in ds["time"].values.astype("datetime64[D]"):
            continue
        median = float(np.nanmedian(simulated(one, row)))
        ratio = median / row["value"]
        found.append({**row, "simulated": median, "ratio": ratio, "close": 1 / WITHIN <= ratio <= WITHIN})
    return found


def tightness(ds: xr.Dataset, arm: str | None = None) -> list[tuple[str, float]]:
    """Share of days with a positive scarcity rent by pool (mean over replications), tightest first."""
    ds = study_data.standard(ds)
    one = (
        ds["scarce_days"]
        .sel(arm=study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm))
        .mean(["replication", "time"])
    )
    pairs = [(f"{c}/{r}", float(one.sel(cloud=c, region=r))) for c in one["cloud"].values for r in one["region"].values]
    return sorted(((name, share) for name, share in pairs if share == share), key=lambda pair: -pair[1])


def page(ds: xr.Dataset, arm: str | None = None) -> str:
    """The page on validation as text."""
    lines = [
        "# Is it a believable world?",
        "",
        "Public figures beside the simulated median. This page is printed by a command, from one study:",
        "",
        "```sh",
        "./dev validation     # runs openai-azure-amended and writes this page",
        "```",
        "",
        f"{ds.sizes['replication']} replications, seed {ds.attrs.get('seed', 'unknown')}, program {ds.attrs.get('program_version', 'unknown')}. "
        f"*Ratio* is simulated over public; a row outside {1 / WITHIN:.2f} to {WITHIN:.2f} is marked and explained below.",
        "",
        "| anchor | day | public | simulated | ratio | grade | source | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table(ds, arm):
        mark = "" if row["close"] else " **!**"
        lines.append(
            f"| {row['figure']} | {row['date']} | {row['value']:g} {row['unit']} | {row['simulated']:.3g} | {row['ratio']:.2f}{mark} "
            f"| {row['grade']} | {row['source']} | {row['note']} |"
        )
    lines += [
        "",
        "Grades: P primary text or the data producer's page, R press or analyst report, W weak secondary page, A assumption.",
        "Anchors of the first day are partly inputs: they show that units and joins are right. Several of the year's end were",
        "in view when a parameter was set by hand, as the note says; no parameter was fitted by a search. This is a check of",
        "consistency, not a validation on held-out data: that needs series the scenario library does not contain.",
        "",
        "## Tight and slack pools",
        "",
        "Share of days with a positive scarcity rent, mean over the whole horizon:",
        "",
        "| pool | days |",
        "|---|---|",
    ]
    lines += [f"| {name} | {share:.0%} |" for name, share in tightness(ds, arm)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """``python -m rackrate.analysis.anchors RESULT.h5 [-o PAGE.md]``"""
    from rackrate.results import open_result

    parser = argparse.ArgumentParser(description="Public figures beside a result's medians, as Markdown.")
    parser.add_argument("result")
    parser.add_argument("-o", "--out")
    given = parser.parse_args(arguments)
    with open_result(given.result) as ds:
        text = page(ds)
    if given.out:
        Path(given.out).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
