"""The report: one HTML page that needs no network, no script and no other file."""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np

from . import attribution_page, figure, markup, page_tables, questions, scenario_text, study_data
from .clause_dates import clause_dates, worth_telling
from .premiums import premium_table
from .service import concentration, service_table, who_pays
from .words import headline

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def report(ds, path, structural=None, level=0.9):
    """Writes the report of a comparison: headline, premiums, figures, contracts, assumptions, provenance.

    Args: ``structural`` from :func:`structural`, for the range that the headline quotes.
    Returns: the path written. The file appears under its name only when it is whole.
    Raises: ValueError if the study has one arm; KeyError without ``npv``; OSError if the path cannot be
        written.
    Example:
        >>> report(st, "report.html")  # doctest: +SKIP
    """
    path = Path(path)
    text = html(ds, structural, level)
    handle, temporary = tempfile.mkstemp(dir=path.parent or ".", prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path


def html(ds, structural=None, level=0.9):
    """The page as text; arguments and errors as in :func:`report`."""
    ds = study_data.finished(ds)
    designed, ds = ds, study_data.principal(ds)
    table = premium_table(ds, level)
    words = headline(ds, table, structural)
    asked = questions.contrasts(ds)
    contrast = asked[0]
    base = study_data.baseline(ds)
    scenario = scenario_text.tree(ds, base)
    focus = _focus_firms(table, words.firm)
    body = [
        _opening(ds, words, scenario),
        markup.section(
            "What it is worth, and to whom",
            markup.paragraph(
                "Always the more exclusive world minus the more open one, the same futures in both. The "
                "outcome spread says how much the "
                "answer differs between futures; more replications do not narrow it. The Monte Carlo error "
                "says how well the mean is known; "
                "more replications do. Break-even is the first year from which the running discounted "
                "total keeps its final sign."
            ),
            _grid([_premium_figure(ds, table, c, i) for i, c in enumerate(asked) if c.key != "terms"]),
            page_tables.premium(table, scenario),
        ),
        attribution_page.sections(designed, level),
        _structural_section(ds, structural, words.firm, scenario),
        markup.section("Revenue and share in each world", _grid(_fans(ds, focus))),
        markup.section("Who pays whom", *_payments(ds, contrast, scenario, level)),
        markup.section("Where the work runs", _grid(_placements(ds, contrast, scenario))),
        markup.section(
            "What customers get",
            _grid(_shortages(ds)),
            page_tables.service(service_table(ds, contrast.minuend, contrast.subtrahend, level)),
            markup.paragraph(f"Differences are {contrast.minuend} minus {contrast.subtrahend}.", "note"),
        ),
        _concentration_section(ds),
        markup.section("Contracts", *_contracts(ds, scenario, level)),
        _assumptions_section(ds, scenario),
        _provenance(ds),
    ]
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    title = markup.text(scenario.get("title") or "What was exclusivity worth?")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,">'
        f"<style>{style}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _opening(ds, words, scenario):
    arms = ", ".join(f"{a} (baseline)" if a == study_data.baseline(ds) else a for a in study_data.arms(ds))
    title = scenario.get("title", "Comparison of contract regimes")
    kicker = f"{title} · arms: {arms} · {ds.sizes['replication']} paired futures"
    caution = (
        "A conditional counterfactual built from public reports: it says what follows from the assumptions "
        "listed below, not what "
        "will happen. Contract terms are a reading of press and company statements, not of the contracts."
    )
    return (
        f'<header><p class="kicker">{markup.text(kicker)}</p><h1>{markup.text(words.sentence)}</h1>'
        f"{markup.paragraph(words.detail)}{markup.paragraph(caution, 'note warn')}</header>"
    )


def _grid(figures):
    figures = [f for f in figures if f]
    return f'<div class="figures">{"".join(figures)}</div>' if figures else ""


def _shown(drawing, key, caption):
    title = drawing.get_suptitle()
    return markup.figure(figure.svg(drawing, key, f"{title}. {caption}"), caption)


def _premium_figure(ds, table, contrast, number):
    return _shown(
        figure.premium_by_firm(ds, table, contrast.key, question=contrast.title),
        f"premium-{number}",
        "Dot: mean. Thin line: 90 % of futures. Thick bar: Monte Carlo error of the mean.",
    )


def _focus_firms(table, first):
    rows = table[table["layer"] == "all"].set_index("firm")["mean"].abs().groupby(level=0, sort=False).max()
    order = [f for f in rows.sort_values(ascending=False, kind="stable").index if f != first and rows[f] > 0]
    return [first, *order[:2]]


def _fans(ds, firms):
    for i, firm in enumerate(firms):
        yield _shown(
            figure.fan(ds, "revenue", firm=firm),
            f"revenue-{i}",
            "Gross revenue over all layers. Dotted line: valuation date.",
        )
        if "market_share" in ds:
            layer = _main_layer(ds, firm)
            yield _shown(
                figure.fan(ds, "market_share", firm=firm, layer=layer),
                f"share-{i}",
                f"Share of the {layer} layer’s AI revenue among the simulated firms.",
            )
    for i, firm in enumerate(firms if "gross_profit" in ds else []):
        yield _shown(
            figure.fan(ds, "gross_profit", firm=firm, paired=True),
            f"profit-{i}",
            "Each future minus the same future of the baseline: before the arms part the difference is "
            "exactly zero.",
        )


def _main_layer(ds, firm):
    money = ds["revenue"].sel(firm=firm).mean(["arm", "replication"]).sum("time")
    return str(ds["layer"].values[int(np.argmax(money.values))])


def _structural_section(ds, structural, firm, scenario):
    name = scenario_text.title(scenario, firm)
    if structural is None:
        return markup.section(
            "Structural range",
            markup.paragraph(
                "No structural settings were run beside this study: the intervals above hold the model’s "
                "structure fixed and understate "
                "what is not known.",
                "note",
            ),
        )
    return markup.section(
        "Structural range",
        markup.paragraph(
            f"{name}’s premium when one switch of the model is set the other way, a few paired futures "
            "each. This range, not the Monte Carlo "
            "error, is the honest width of the answer."
        ),
        _grid(
            [_shown(figure.structural_ranges(ds, structural, firm), "structural", "One switch at a time. Bar: Monte Carlo error of the mean.")]
        ),
        page_tables.structural(structural, firm),
    )


def _payments(ds, contrast, scenario, level):
    if "payment" not in ds:
        return []
    frame = who_pays(ds, contrast.minuend, contrast.subtrahend, level)
    if frame.empty:
        return [markup.paragraph("No payment differs.")]
    drawing = figure.who_pays_whom(ds, frame, contrast)
    return [
        _grid(
            [
                _shown(
                    drawing,
                    "payments",
                    "Change of discounted payments over the run; positive: the payer pays more.",
                )
            ]
        ),
        page_tables.payments(frame, scenario),
    ]


def _placements(ds, contrast, scenario):
    if "placement_share" not in ds:
        return
    labs = questions.parties(ds, contrast)[1] or [str(v) for v in ds["lab"].values[:1]]
    for i, lab in enumerate([x for x in labs if x in ds["lab"].values][:2]):
        for by, words in (("host", "Cloud that hosts the inference."), ("channel", "Seller of record.")):
            yield _shown(
                figure.placement_flows(ds, lab, by),
                f"placement-{by}-{i}",
                f"{words} Mean of futures, share of placed work units.",
            )


def _shortages(ds):
    if "unserved" in ds and "served" in ds:
        yield _shown(figure.unserved(ds), "unserved", "All labs and products together.")
    if "scarce_days" in ds:
        yield _shown(
            figure.scarcity(ds),
            "scarcity",
            "A day counts when one more unit of capacity in the pool would have had a price.",
        )


def _concentration_section(ds):
    if "hhi" not in ds:
        return ""
    return markup.section(
        "Concentration",
        page_tables.concentration(concentration(ds)),
        markup.paragraph(
            "Herfindahl-Hirschman index by layer in the last month: mean and 90 % of futures. Above 1,800 "
            "counts as concentrated in a "
            "merger screen; it is quoted here as an alarm, not as a rule about contracts.",
            "note",
        ),
    )


def _contracts(ds, scenario, level):
    if not scenario_text.versions(scenario):
        return []
    return [
        _grid(
            [
                _shown(
                    figure.contract_timeline(ds, arm),
                    f"timeline-{i}",
                    "Contracts that change or exclude; shades alternate between versions.",
                )
                for i, arm in enumerate(study_data.arms(ds))
                if scenario_text.tree(ds, arm)
            ]
        ),
        "<details><summary>Every version with its source</summary>"
        + page_tables.versions(scenario)
        + "</details>",
        *_clause_dates(ds, level),
    ]


def _clause_dates(ds, level):
    """What acted on a day of its own: talks, triggers, notices, breaches, tenders."""
    dates = worth_telling(clause_dates(ds, level)) if "clause_day" in ds else None
    if dates is None or dates.empty:
        return []
    caption = markup.paragraph(
        "When clauses acted. A future in which one did not act before the end counts in every date; "
        "\u201clater\u201d means beyond the end.",
        "note",
    )
    return [caption, page_tables.clause_dates(dates, level)]


def _assumptions_section(ds, scenario):
    rows = scenario_text.assumptions(scenario)
    if not rows:
        return ""
    count = {g: sum(r["grade"] == g for r in rows) for g in "PRWA"}
    grades = (
        f"{len(rows)} values in the baseline: {count['P']} from primary sources (P), {count['R']} from press "
        f"or analyst reports (R), {count['W']} from weak secondary sources (W), {count['A']} assumptions (A)."
        " Values with a range are the ones to doubt first."
    )
    ranged, fixed = {}, {}
    for r in rows:
        part = ranged if r["low"] or r["high"] else fixed
        part.setdefault(r["path"].split(".")[0], []).append(r)
    return markup.section(
        "Assumptions",
        markup.paragraph(grades),
        *[_arm_differences(ds, arm, rows) for arm in study_data.arms(ds) if arm != study_data.baseline(ds)],
        "<h3>Values with a range</h3>" if ranged else "",
        *[_fold(name, part) for name, part in ranged.items()],
        "<h3>All other values</h3>" if fixed else "",
        *[_fold(name, part) for name, part in fixed.items()],
    )


def _fold(name, rows):
    table = page_tables.assumptions(rows)
    return f"<details><summary>{markup.text(name)} ({len(rows)})</summary>{table}</details>"


def _arm_differences(ds, arm, baseline_rows):
    """Every value in which an arm differs from the baseline, so that nothing else can hide in the
    difference."""
    here = {r["path"]: r["value"] for r in scenario_text.assumptions(scenario_text.tree(ds, arm))}
    there = {r["path"]: r["value"] for r in baseline_rows}
    paths = sorted(p for p in here.keys() | there.keys() if here.get(p) != there.get(p))
    if not here:
        return ""
    rows = [
        [f"<code>{markup.text(p)}</code>", markup.text(there.get(p, "–")), markup.text(here.get(p, "–"))]
        for p in paths
    ]
    table = markup.table(["Key", "Baseline", arm], rows, css="assumptions")
    words = f"What differs in {arm} ({len(paths)} values)"
    return f"<details><summary>{markup.text(words)}</summary>{table}</details>"


def _provenance(ds):
    rows = [
        ("rackrate", ds.attrs.get("program_version", "")),
        ("seed", ds.attrs.get("seed", "")),
        ("replications", ds.sizes["replication"]),
        ("months", f"{str(ds['time'].values[0])[:7]} to {str(ds['time'].values[-1])[:7]}"),
        ("valuation date", ds.attrs.get("valuation_date", "")),
        ("discount rate", f"{100 * float(ds.attrs['discount_rate']):g} % a year"),
        ("result fingerprint", ds.attrs.get("fingerprint", "")),
    ]
    rows += [
        (f"scenario {a}", ds.attrs[f"scenario_digest_{a}"])
        for a in study_data.arms(ds)
        if f"scenario_digest_{a}" in ds.attrs
    ]
    items = "".join(
        f"<dt>{markup.text(k)}</dt><dd><code>{markup.text(v)}</code></dd>" for k, v in rows if v != ""
    )
    return markup.section("Where this came from", f"<dl>{items}</dl>")
