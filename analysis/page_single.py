"""The report of one arm: what each firm earns, who pays whom, what customers get. It compares nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import markup, page_parts, page_tables, scenario_text, study_data
from .money_flows import between
from .pairing import check_level, paired
from .scenario_text import Tree
from .service import service_levels
from .table_views import Table, at_level, each
from .tables import fiscal_summary
from .units import money, span


def worth(ds: xr.Dataset, arm: str | None = None, level: float = 0.9) -> pd.DataFrame:
    """Present value of gross profit of each firm in one arm, the largest first.

    Returns: DataFrame with firm, mean, outcome_low, outcome_high, mean_low, mean_high in B$ on the valuation date, and
        replications. With one replication the Monte Carlo error is missing.
    Raises: KeyError without ``npv`` or for an unknown arm; ValueError if no replication is complete.
    Example:
        >>> worth(st).head(3)  # doctest: +SKIP
    """
    check_level(level)
    ds = study_data.finished(ds)
    arm = study_data.baseline(ds) if arm is None else study_data.check_arm(ds, arm)
    firms = study_data.firms(ds)
    sample = (
        study_data.variable(ds, "npv").sel(arm=arm, firm=firms).transpose("replication", "firm").values.astype(float)
        / 1e9
    )
    got = paired(sample, np.zeros_like(sample), level, resamples=0)
    columns = {k: got[k] for k in ("mean", "outcome_low", "outcome_high", "mean_low", "mean_high")}
    frame = pd.DataFrame({"firm": firms, **columns, "replications": len(sample)})
    order = frame["mean"].abs().sort_values(ascending=False, kind="stable").index
    return at_level(Table(frame.loc[order].reset_index(drop=True)), level)


def body(ds: xr.Dataset, level: float) -> str:
    """The sections as safe HTML."""
    arm = study_data.baseline(ds)
    scenario, single = scenario_text.tree(ds, arm), page_parts.single(ds)
    table = worth(ds, arm, level)
    focus = _focus(ds)
    labs = _labs(ds)
    return "".join(
        [
            _opening(ds, table, scenario, level),
            markup.section(
                "What each firm earns",
                markup.paragraph(
                    "Present value of gross profit over the run, capital as depreciation, no terminal value."
                    + (
                        ""
                        if single
                        else " The outcome spread says how much it differs between futures; the Monte Carlo error says how well the mean is known."
                    )
                ),
                page_tables.worth(table, scenario, single),
                *_by_year(ds, arm, scenario),
            ),
            markup.section("Revenue and share", page_parts.revenue_and_share(ds, focus, False)),
            markup.section("Who pays whom", _payments(ds, arm, scenario, level)),
            markup.section("Where the work runs", page_parts.placements(ds, labs)),
            markup.section(
                "What customers get",
                page_parts.shortages(ds),
                page_tables.service_levels(service_levels(ds, arm, level), single),
            ),
            page_parts.concentration(ds, level),
            page_parts.contracts(ds, level),
            page_parts.provenance(ds),
            page_parts.assumptions(ds),
        ]
    )


def _opening(ds: xr.Dataset, table: pd.DataFrame, scenario: Tree, level: float) -> str:
    arm = study_data.baseline(ds)
    title = scenario_text.arm_title(ds, arm)
    reach = study_data.horizon(ds, arm)
    kicker = f"{title} · one arm, nothing to compare it with · {page_parts.futures(ds)}"
    head = f"Given these assumptions, {_first(table, scenario)}{f' through {reach}' if reach else ''}."
    detail = f"Present value of gross profit on {str(study_data.provenance(ds, 'valuation_date', arm) or 'the valuation date')[:10]}, "
    if page_parts.single(ds):
        detail += "of one future: no interval."
    else:
        first = table.iloc[0]
        detail += (
            f"mean of {page_parts.futures(ds)}. Over {100 * level:.0f} % of futures {scenario_text.title(scenario, str(first['firm']))}’s "
            f"figure runs from {span(first['outcome_low'], first['outcome_high'], False)}."
        )
    return (
        f'<header><p class="kicker">{markup.text(kicker)}</p><h1>{markup.text(head)}</h1>'
        f"{markup.paragraph(detail)}{markup.paragraph(page_parts.caution(ds, 'statement'), 'note warn')}</header>"
    )


def _first(table: pd.DataFrame, scenario: Tree) -> str:
    """Who earns most and who loses most, in words."""
    ranked = table.sort_values("mean", ascending=False, kind="stable")
    best = [r for r in each(ranked.head(2)) if r.mean > 0]
    worst = ranked.iloc[-1]
    parts = []
    if best:
        parts.append(" and ".join(f"{scenario_text.title(scenario, r.firm)} earns {money(r.mean)}" for r in best))
    if worst["mean"] < 0:
        parts.append(f"{scenario_text.title(scenario, str(worst['firm']))} loses {money(-worst['mean'])}")
    return "; ".join(parts) or "no firm earns or loses anything"


def _focus(ds: xr.Dataset) -> list[str]:
    """The three firms with the most revenue."""
    if "revenue" not in ds:
        return []
    size = {f: float(ds["revenue"].sel(firm=f).sum(["layer", "time"]).mean()) for f in study_data.firms(ds)}
    return [f for f in sorted(size, key=lambda f: -size[f]) if size[f] > 0][:3]


def _labs(ds: xr.Dataset) -> list[str]:
    """The labs by how much of the enterprises' work they do."""
    if "placement_share" not in ds:
        return []
    share = (
        ds["placement_share"]
        .sum(["segment", "channel", "host"])
        .mean([d for d in ("arm", "replication", "time") if d in ds["placement_share"].dims])
    )
    return sorted(map(str, ds["lab"].values), key=lambda lab: -float(share.sel(lab=lab)))


def _by_year(ds: xr.Dataset, arm: str, scenario: Tree) -> list[str]:
    parts = []
    for flow, words in (("revenue", "Mean revenue"), ("gross_profit", "Mean gross profit")):
        if flow in ds:
            frame, unit = fiscal_summary(ds, arm, flow)
            table = page_tables.years(frame, unit, scenario)
            parts.append(markup.fold(f"{words} by each firm’s fiscal year", table))
    return parts


def _payments(ds: xr.Dataset, arm: str, scenario: Tree, level: float) -> str:
    if "payment" not in ds:
        return ""
    frame = between(ds, arm, level)
    if frame.empty:
        return markup.paragraph("No firm pays another.")
    return page_tables.payments(frame, scenario, page_parts.single(ds), change=False)
