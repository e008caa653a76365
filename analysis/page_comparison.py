"""The report of a comparison: the headline, the premium of each firm, and what moved it."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from . import attribution_page, figure, markup, page_parts, page_tables, questions, scenario_text, study_data
from .gains import gains, gains_by_year
from .headlines import Headline, headline
from .page_parts import grid, shown
from .premiums import premium_table
from .scenario_text import Tree
from .service import service_table, who_pays
from .structure import kept_structural, structural_range
from .table_views import draws_parameters, futures


def body(designed: xr.Dataset, structural: pd.DataFrame | None, level: float) -> str:
    """The sections as safe HTML. ``designed`` has the sub-arms of a design too."""
    ds = study_data.principal(designed)
    structural = kept_structural(designed) if structural is None else structural
    table = premium_table(ds, level)
    words = headline(ds, table, structural)
    asked = questions.contrasts(ds)
    contrast = asked[0]
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    single = page_parts.single(ds)
    heads = scenario_text.arm_heads(ds)
    labs = questions.parties(ds, contrast)[1] or [str(v) for v in (ds["lab"].values[:1] if "lab" in ds.coords else [])]
    differences = f"Differences are {heads[contrast.treatment]} minus {heads[contrast.control]}."
    return "".join(
        [
            _opening(ds, words, scenario),
            markup.section(
                "What it is worth, and to whom",
                markup.paragraph(_how_to_read(asked, single, draws_parameters(table), contrast, heads)),
                grid(
                    _premium_figure(ds, table, c, i)
                    for i, c in enumerate(asked)
                    if c.key != "terms" and _moves(table, c)
                ),
                page_tables.premium(table, scenario, {c.title: questions.titled(ds, c) for c in asked}),
            ),
            *(_all_gains(ds, c, scenario, level, single) for c in asked if c.key != "terms"),
            attribution_page.sections(designed, level),
            _structural_section(ds, structural, words.firm, scenario),
            markup.section(
                "Revenue and share in each world", page_parts.revenue_and_share(ds, _focus(table, words.firm), True)
            ),
            markup.section("Who pays whom", _payments(ds, contrast, scenario, level)),
            markup.section("Where the work runs", page_parts.placements(ds, labs)),
            markup.section(
                "What customers get",
                page_parts.shortages(ds),
                page_tables.service(service_table(ds, contrast.treatment, contrast.control, level), single),
                markup.paragraph(differences, "note"),
            ),
            page_parts.concentration(ds, level),
            page_parts.contracts(ds, level),
            page_parts.provenance(ds),
            page_parts.assumptions(ds),
        ]
    )


def _opening(ds: xr.Dataset, words: Headline, scenario: Tree) -> str:
    base, heads = study_data.baseline(ds), scenario_text.arm_heads(ds)
    arms = ", ".join(f"{heads[a]} (baseline)" if a == base else heads[a] for a in study_data.arms(ds))
    title = scenario.get("title", "Comparison of contract regimes")
    kicker = f"{title} · arms: {arms} · {page_parts.futures(ds, 'paired ')}"
    return (
        f'<header><p class="kicker">{markup.text(kicker)}</p><h1>{markup.text(words.sentence)}</h1>'
        f"{markup.paragraph(words.detail)}{markup.paragraph(page_parts.caution(ds, 'counterfactual'), 'note warn')}</header>"
    )


def _how_to_read(
    asked: list[questions.Contrast], single: bool, drawn: bool, contrast: questions.Contrast, heads: dict[str, str]
) -> str:
    if all(c.exclusives for c in asked if c.key != "terms"):
        words = "Always the more exclusive world minus the more open one, the same futures in both. "
    else:
        words = (
            f"Always {heads[contrast.treatment]} minus {heads[contrast.control]}, the same futures in both. "
            if len(asked) == 1
            else "Always the first world named minus the second, the same futures in both. "
        )
    if not single and drawn:
        words += (
            "The outcome spread holds what differs between futures and what is not known of the parameters, which are drawn from "
            "their stated ranges, the same in both worlds; the two columns beside it hold either alone. More draws do not narrow "
            "them. The Monte Carlo error says how well the mean is known; more draws do. "
        )
    elif not single:
        words += (
            "The outcome spread says how much the answer differs between futures; more replications do not narrow it. The "
            "Monte Carlo error says how well the mean is known; more replications do. "
        )
    return words + "Break-even is the first year from which the running discounted total keeps its final sign."


def _all_gains(ds: xr.Dataset, contrast: questions.Contrast, scenario: Tree, level: float, single: bool) -> str:
    """Everybody's gain, buyers' too, and when it falls."""
    frame = gains(ds, contrast.treatment, contrast.control, level)
    if not (frame[["mean", "outcome_low", "outcome_high"]] != 0).any(axis=None):
        return ""
    words = (
        "Gains of firms and of buyers (enterprise surplus) over the run, discounted, with their sum. There is no terminal value: "
        "what falls after the run does not count. Looking through stakes, an owner has its part of what its firm gains."
    )
    by_year = (
        page_tables.gains_by_year(gains_by_year(ds, contrast.treatment, contrast.control), scenario)
        if "gross_profit" in ds
        else ""
    )
    title = f"All gains and losses: {questions.titled(ds, contrast)}"
    return markup.section(title, markup.paragraph(words), page_tables.gains(frame, scenario, single), by_year)


def _moves(table: pd.DataFrame, contrast: questions.Contrast) -> bool:
    rows = table[(table["question"] == contrast.title) & (table["layer"] == "all")]
    return bool((rows[["mean", "outcome_low", "outcome_high"]] != 0).any(axis=None))


def _premium_figure(ds: xr.Dataset, table: pd.DataFrame, contrast: questions.Contrast, number: int) -> str:
    caption = f"Dot: mean. Thin line: {futures(table)}. Thick bar: Monte Carlo error of the mean."
    if page_parts.single(ds):
        caption = "Dot: the one future that was run; it has no interval."
    return shown(figure.premium_by_firm(ds, table, contrast.key, question=contrast.title), f"premium-{number}", caption)


def _focus(table: pd.DataFrame, first: str) -> list[str]:
    rows = table[table["layer"] == "all"].set_index("firm")["mean"].abs().groupby(level=0, sort=False).max()
    order = [str(f) for f in rows.sort_values(ascending=False, kind="stable").index if f != first and rows[f] > 0]
    return [first, *order[:2]]


def _structural_section(ds: xr.Dataset, structural: pd.DataFrame | None, firm: str, scenario: Tree) -> str:
    if structural is None and study_data.points_of(ds) is not None:
        words = "The settings of the model’s switches are drawn with the parameters: the intervals above hold them."
        return markup.section("Structural range", markup.paragraph(words, "note"))
    if structural is None:
        words = "No structural settings were run beside this study: the intervals above hold the model’s structure fixed and understate what is not known."
        return markup.section("Structural range", markup.paragraph(words, "note"))
    ranges = structural_range(structural)
    if firm not in ranges.index:
        words = "Every structural setting that was asked for is the study’s own: there is no range over settings."
        return markup.section("Structural range", markup.paragraph(words, "note"))
    count = int(ranges["settings"].loc[[firm]].iloc[0])
    words = (
        f"{scenario_text.title(scenario, firm)}’s premium in {count} other setting{'s' if count > 1 else ''} of the model, one switch "
        "at a time, a few paired futures each. This range, not the Monte Carlo error, is the honest width of the answer. The "
        "study’s own setting stands beside them on its first futures and is no part of the range."
    )
    drawing = figure.structural_ranges(ds, structural, firm)
    caption = "One switch at a time. Bar: Monte Carlo error of the mean. Open circle: the study’s own setting."
    return markup.section(
        "Structural range",
        markup.paragraph(words),
        grid([shown(drawing, "structural", caption)]),
        page_tables.structural(structural, firm),
    )


def _payments(ds: xr.Dataset, contrast: questions.Contrast, scenario: Tree, level: float) -> str:
    if "payment" not in ds:
        return ""
    frame = who_pays(ds, contrast.treatment, contrast.control, level)
    if frame.empty:
        return markup.paragraph("No payment differs.")
    caption = "Change of discounted payments over the run; positive: the payer pays more."
    drawing = figure.who_pays_whom(ds, frame, contrast)
    return grid([shown(drawing, "payments", caption)]) + page_tables.payments(frame, scenario, page_parts.single(ds))
