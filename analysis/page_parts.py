"""Sections that the report of a comparison and that of a single arm have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from . import figure, markup, money_flows, page_tables, scenario_text, study_data
from .clause_dates import clause_dates, worth_reporting
from .figure import fans, placement, shortage, style
from .scenario_text import Tree
from .service import market_sales, unserved_share, yearly_concentration
from .units import BILLION, money


def caution(ds: xr.Dataset, kind: str) -> str:
    """What the page is and is not. Sources are spoken of only where the scenario has any but assumptions."""
    rows = scenario_text.assumptions(scenario_text.tree(ds, study_data.baseline(ds)))
    public = any(r["grade"] in ("P", "R", "W") for r in rows)
    words = (
        f"A conditional {kind} built from {'public reports' if public else 'assumptions'}: it says what follows from the "
        "assumptions listed below, not what will happen."
    )
    return words + (
        " Contract terms are a reading of press and company statements, not of the contracts." if public else ""
    )


def single(ds: xr.Dataset) -> bool:
    """Whether the study has one future, which has no interval."""
    return bool(ds.sizes["replication"] < 2)


def futures(ds: xr.Dataset, kind: str = "") -> str:
    """How many futures, in words."""
    n = ds.sizes["replication"]
    return f"{n} {kind}{'future' if n == 1 else 'futures'}"


def grid(figures: Iterable[str]) -> str:
    """Figures side by side where there is room."""
    shown = [f for f in figures if f]
    return f'<div class="figures">{"".join(shown)}</div>' if shown else ""


def shown(drawing: Figure, key: str, caption: str) -> str:
    """A figure with its caption, described for screen readers."""
    return markup.figure(figure.svg(drawing, key, f"{style.title_of(drawing)}. {caption}"), caption)


def sentences(words: Sequence[str]) -> str:
    """What has no figure because nothing moves in it."""
    return markup.paragraph(" ".join(words), "note") if words else ""


def revenue_and_share(ds: xr.Dataset, firms: Sequence[str], paired: bool) -> str:
    """Fans of revenue, market share and, between arms, gross profit; a sentence for what stays constant."""
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    shares = market_shares(ds)
    drawn, flat = [], []
    for i, firm in enumerate(firms):
        name = scenario_text.title(scenario, firm)
        if "revenue" in ds:
            steady = fans.constant(fans.series(ds, "revenue", firm))
            if steady is None:
                dotted = " Dotted line: valuation date." if _dated(ds) else ""
                drawn.append(
                    shown(
                        figure.fan(ds, "revenue", firm=firm), f"revenue-{i}", f"Gross revenue over all layers.{dotted}"
                    )
                )
            else:
                flat.append(f"{name} has the same revenue, {money(steady / BILLION)}, in every month and future.")
        if shares is not None and "revenue" in ds:
            layer = main_layer(ds, firm)
            steady = fans.constant(fans.series(ds, shares, firm, layer))
            if steady is None:
                caption = (
                    f"Share of the {layer} layer’s AI sales among the simulated firms, without revenue shares and "
                    "take-or-pay shortfalls."
                )
                drawn.append(shown(figure.fan(ds, shares, firm=firm, layer=layer), f"share-{i}", caption))
            elif steady > 0:
                flat.append(
                    f"{name} has {page_tables.quantity(100 * steady)} % of the {layer} layer’s AI sales throughout."
                )
            else:
                flat.append(f"{name} sells nothing that counts as AI sales of the {layer} layer.")
    for i, firm in enumerate(firms if paired and "gross_profit" in ds else []):
        data = fans.series(ds, "gross_profit", firm, paired=True)
        steady = fans.constant(data)
        if steady is None:
            drawn.append(
                shown(figure.fan(ds, "gross_profit", firm=firm, paired=True), f"profit-{i}", _paired_caption(ds, data))
            )
        else:
            words = (
                f"differs by {money(steady / BILLION, True)} in every month and future"
                if steady
                else "shows no difference in any month"
            )
            flat.append(f"{scenario_text.title(scenario, firm)}’s gross profit {words}.")
    return grid(drawn) + sentences(flat)


def _paired_caption(ds: xr.Dataset, data: xr.DataArray) -> str:
    moved = (data != 0).any(["arm", "replication"]).values
    words = "Each future minus the same future of the baseline."
    first = int(np.argmax(moved))
    if moved.any() and first > 0:
        words += f" Exactly zero before {str(ds['time'].values[first])[:7]}."
    return words


def _dated(ds: xr.Dataset) -> bool:
    if not study_data.has_valuation_date(ds):
        return False
    starts, ends = study_data.month_bounds(ds)
    day = study_data.valuation_date(ds)
    return bool(starts[0] <= day <= ends[-1])


def market_shares(ds: xr.Dataset) -> xr.DataArray | None:
    """Monthly shares of sales, without what contracts pass on; None if they were not recorded."""
    if "market_share" not in ds or "revenue" not in ds:
        return None
    sales = market_sales(ds)
    total = sales.sum("firm", min_count=1)
    share = (sales / total.where(total > 0)).fillna(0.0)
    return share.rename("market_share").assign_attrs(units="1")


def main_layer(ds: xr.Dataset, firm: str) -> str:
    """The layer in which a firm earns most."""
    money = ds["revenue"].sel(firm=firm).mean(["arm", "replication"]).sum("time")
    return str(ds["layer"].values[int(np.argmax(money.values))])


def placements(ds: xr.Dataset, labs: Sequence[str]) -> str:
    """Where the work of the first two labs runs and who sells it; a sentence for a lab that never moves."""
    if "placement_share" not in ds:
        return ""
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    drawn, flat = [], []
    for i, lab in enumerate([x for x in labs if x in ds["lab"].values][:2]):
        for by, words in (("host", "Cloud that hosts the inference."), ("channel", "Seller of record.")):
            shares = placement.placed(ds, lab, by)
            name = scenario_text.title(scenario, lab)
            kind, verb = ("clouds", "runs on") if by == "host" else ("channels", "is sold by")
            used = [str(v) for v in shares[by].values if float(shares.sel({by: v}).max()) > 1e-9]
            if not used:
                flat.append(f"No enterprise work of {name} is placed.")
                break
            if len(used) == 1:
                flat.append(f"All enterprise work of {name} {verb} {scenario_text.title(scenario, used[0], kind)}.")
                continue
            caption = f"{words} Mean of futures, share of placed work units."
            drawn.append(shown(figure.placement_flows(ds, lab, by), f"placement-{by}-{i}", caption))
    return grid(drawn) + sentences(flat)


def shortages(ds: xr.Dataset) -> str:
    """Unserved demand and scarce days; a sentence where there are none."""
    drawn, flat = [], []
    if "unserved" in ds and "served" in ds:
        if float(unserved_share(ds).max()) > 1e-9:
            drawn.append(shown(figure.unserved(ds), "unserved", "All labs and products together."))
        else:
            flat.append("No compute demand goes unserved.")
    if "scarce_days" in ds:
        if float(shortage.scarce_share(ds).max()) > 1e-9:
            caption = "A day counts when one more unit of capacity in the pool would have had a price."
            drawn.append(shown(figure.scarcity(ds), "scarcity", caption))
        else:
            flat.append("No cloud’s capacity is short on any day.")
    return grid(drawn) + sentences(flat)


def concentration(ds: xr.Dataset, level: float) -> str:
    """The index by layer in the last year."""
    if "market_share" not in ds or "revenue" not in ds:
        return ""
    result = yearly_concentration(ds, level)
    year, months = int(result["year"].values[-1]), int(result["months"].values[-1])
    part = (
        ""
        if months == 12
        else f" ({months} month{'s' if months > 1 else ''} of it {'were' if months > 1 else 'was'} run)"
    )
    spread = "" if single(ds) else f": mean and {100 * level:.0f} % of futures"
    return markup.section(
        "Concentration",
        page_tables.concentration(result, scenario_text.arm_heads(ds), single(ds)),
        markup.paragraph(
            f"Herfindahl-Hirschman index by layer, of the average shares of {year}{part}{spread}. Revenue shares and "
            "take-or-pay shortfalls are no sales. Above 1,800 counts as concentrated in a merger screen; it is quoted here "
            "as an alarm, not as a rule about contracts.",
            "note",
        ),
    )


def contracts(ds: xr.Dataset, level: float) -> str:
    """Versions in force, what each clause moved, and when clauses acted."""
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    if not scenario_text.versions(scenario):
        return ""
    names = scenario_text.arm_heads(ds)
    timelines = [
        shown(
            figure.contract_timeline(ds, arm),
            f"timeline-{i}",
            "Contracts that change or exclude; shades alternate between versions, hatching marks an exclusivity.",
        )
        for i, arm in enumerate(study_data.arms(ds))
        if scenario_text.versions(scenario_text.tree(ds, arm))
    ]
    return markup.section(
        "Contracts",
        grid(timelines),
        _clause_payments(ds, names, scenario, level),
        markup.fold("Every version with its source", page_tables.versions(scenario)),
        _clause_dates(ds, level, names),
    )


def _clause_payments(ds: xr.Dataset, names: Mapping[str, str], scenario: Tree, level: float) -> str:
    if "clause_payment" not in ds:
        return ""
    frames = {names[arm]: money_flows.by_clause(ds, arm, level) for arm in study_data.arms(ds)}
    return markup.fold(
        "What each clause moved, by payer, payee and category", page_tables.clause_payments(frames, scenario)
    )


def _clause_dates(ds: xr.Dataset, level: float, names: Mapping[str, str]) -> str:
    """When clauses acted: renegotiations, triggers, notices, breaches, tenders."""
    dates = worth_reporting(clause_dates(ds, level)) if "clause_day" in ds else None
    if dates is None or dates.empty:
        return ""
    caption = markup.paragraph(
        "When clauses acted. A future in which one did not act before the end counts in every date; "
        "\u201clater\u201d means beyond the end.",
        "note",
    )
    return caption + page_tables.clause_dates(dates, level, names)


def assumptions(ds: xr.Dataset) -> str:
    """Every value with its grade and source behind folds; on paper those with a range, in brief."""
    rows = scenario_text.assumptions(scenario_text.tree(ds, study_data.baseline(ds)))
    if not rows:
        return ""
    count = {g: sum(r["grade"] == g for r in rows) for g in "PRWA"}
    alone = len(study_data.arms(ds)) == 1
    wiring = sum(not r["grade"] for r in rows)
    structure = f", {wiring} names, choices and switches that say how the model is wired" if wiring else ""
    grades = (
        f"{len(rows)} values{'' if alone else ' in the baseline'}: {count['P']} from primary sources (P), {count['R']} from press "
        f"or analyst reports (R), {count['W']} from weak secondary sources (W), {count['A']} assumptions (A){structure}."
        " Values with a range are the ones to doubt first."
    )
    ranged: dict[str, list[dict[str, Any]]] = {}
    fixed: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        part = ranged if r["low"] or r["high"] else fixed
        part.setdefault(r["path"].split(".")[0], []).append(r)
    doubtful = [r for part in ranged.values() for r in part]
    others = [arm for arm in study_data.arms(ds) if arm != study_data.baseline(ds)]
    on_paper = (
        f'<div class="paper">{markup.paragraph(f"The {len(doubtful)} values with a range; the page on a screen lists all.", "note")}'
        f"{page_tables.assumptions_in_brief(doubtful)}</div>"
        if doubtful
        else ""
    )
    return markup.section(
        "Assumptions",
        markup.paragraph(grades),
        *[_arm_differences(ds, arm, rows) for arm in others],
        '<div class="folds">',
        "<h3>Values with a range</h3>" if ranged else "",
        *[_fold(name, part) for name, part in ranged.items()],
        "<h3>All other values</h3>" if fixed else "",
        *[_fold(name, part) for name, part in fixed.items()],
        "</div>",
        on_paper,
    )


def _fold(name: str, rows: Sequence[dict[str, Any]]) -> str:
    return markup.fold(f"{name} ({len(rows)})", page_tables.assumptions(rows))


def _arm_differences(ds: xr.Dataset, arm: str, baseline_rows: Sequence[dict[str, Any]]) -> str:
    """Every value in which an arm differs from the baseline, so that nothing else can hide in the
    difference."""
    here = {r["path"]: r["value"] for r in scenario_text.assumptions(scenario_text.tree(ds, arm))}
    there = {r["path"]: r["value"] for r in baseline_rows}
    paths = sorted(p for p in here.keys() | there.keys() if here.get(p) != there.get(p))
    if not here:
        return ""
    rows: list[markup.Row] = [
        [f"<code>{markup.text(p)}</code>", markup.text(there.get(p, "–")), markup.text(here.get(p, "–"))] for p in paths
    ]
    table = markup.table(["Key", "Baseline", arm], rows, css="assumptions")
    return markup.fold(f"What differs in {arm} ({len(paths)} value{'' if len(paths) == 1 else 's'})", table)


def provenance(ds: xr.Dataset) -> str:
    """What computed the numbers, from what."""
    base = study_data.baseline(ds)
    starts, end = study_data.month_bounds(ds)[0], study_data.run_end(ds)
    span = f"{str(starts[0])[:10]} to {str(end - np.timedelta64(1, 'ns'))[:10]}" if end is not None else ""
    rate = study_data.provenance(ds, "discount_rate", base)
    rows: list[tuple[str, object]] = [
        ("rackrate", ds.attrs.get("program_version", "")),
        ("seed", ds.attrs.get("seed", "")),
        ("replications", ds.sizes["replication"]),
        ("days run", span),
        ("asked to run until", ds.attrs.get("until", "")),
        ("valuation date", study_data.provenance(ds, "valuation_date", base) or ""),
        ("discount rate", "" if rate is None else f"{100 * float(str(rate)):g} % a year"),
        ("result fingerprint", ds.attrs.get("fingerprint", "")),
    ]
    names = scenario_text.arm_titles(ds)
    for arm in study_data.arms(ds):
        if names[arm] != arm:
            rows.append((f"arm {arm}", names[arm]))
        rows.append((f"changed while {arm} ran", study_data.interventions(ds, arm)))
        rows.append((f"scenario {arm}", study_data.provenance(ds, "scenario_digest", arm) or ""))
    items = "".join(f"<dt>{markup.text(k)}</dt><dd><code>{markup.text(v)}</code></dd>" for k, v in _said(rows))
    return markup.section("Where this came from", f"<dl>{items}</dl>")


def _said(rows: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    return ((k, v) for k, v in rows if str(v) != "")
