"""The tables of the report, from frames to HTML."""

from __future__ import annotations

from . import scenario_text
from .markup import link, table, text
from .words import money, span

_GROUPS = {
    "exclusivity": "Exclusivity alone",
    "package": "The whole older contract against what happened",
    "transfer": "Of which moved by money clauses (revenue shares, shortfalls)",
    "rest": "Of which other terms and responses (package − exclusivity − transfer)",
}
_GRADES = {
    "P": "primary source",
    "R": "press or analyst report",
    "W": "weak secondary source",
    "A": "assumption",
}


def _still(row):
    return max(abs(row.mean), abs(row.outcome_low), abs(row.outcome_high)) < 0.0005


def premium(frame, scenario):
    """Rows per question and firm, layers below their firm. Firms that nothing moves are named in one line."""
    rows = []
    for (group, question), part in frame.groupby(["group", "question"], sort=False):
        rows.append(("group", text(f"{_GROUPS.get(group, group)}: {question.split(': ')[-1]}")))
        totals = part[part["layer"] == "all"]
        still = [r.firm for r in totals.itertuples() if _still(r)]
        moved = totals[~totals["firm"].isin(still)].sort_values("mean", ascending=False)
        for row in moved.itertuples():
            rows.append(_premium_row(row, scenario_text.title(scenario, row.firm)))
            layers = part[(part["firm"] == row.firm) & (part["layer"] != "all")]
            layers = [r for r in layers.itertuples() if not _still(r)]
            if len(layers) > 1:
                rows += [("layer", _premium_row(r, f"{r.layer} layer")) for r in layers]
        if still:
            names = ", ".join(scenario_text.title(scenario, f) for f in still)
            rows.append(("still", text(f"No difference (under half a million dollars): {names}")))
    head = [
        "Firm",
        "Mean",
        "90 % of futures (outcome spread)",
        "Mean known to (Monte Carlo error)",
        "P(below 0)",
        "Break-even",
    ]
    return table(head, rows, numeric=(1, 2, 3, 4, 5))


def _premium_row(row, name):
    year = "" if row.break_even is None or row.break_even != row.break_even else f"{int(row.break_even)}"
    return [
        text(name),
        text(money(row.mean, True)),
        text(span(row.outcome_low, row.outcome_high)),
        text(span(row.mean_low, row.mean_high)),
        f"{100 * row.p_negative:.0f} %",
        year,
    ]


def payments(frame, scenario):
    """Who pays whom more or less."""
    rows = [
        [
            text(scenario_text.title(scenario, r.payer)),
            text(scenario_text.title(scenario, r.payee)),
            text(money(r.mean, True)),
            text(span(r.outcome_low, r.outcome_high)),
        ]
        for r in frame.itertuples()
    ]
    return table(["Payer", "Payee", "Mean change", "90 % of futures"], rows, numeric=(2, 3)) if rows else ""


def service(frame):
    """What customers get: level in the baseline and difference."""

    def number(x, signed=False):
        if x != x:
            return "–"
        if abs(x) < 5e-4:
            return "0"
        size = f"{abs(x):,.0f}" if abs(x) >= 100 else f"{abs(x):.3g}"
        return ("−" if x < 0 else "+" if signed and x > 0 else "") + size

    rows = [
        [
            text(r.measure),
            text(r.unit),
            number(r.baseline),
            number(r.mean, True),
            f"{number(r.outcome_low, True)} to {number(r.outcome_high, True)}",
            f"{number(r.mean_low, True)} to {number(r.mean_high, True)}",
        ]
        for r in frame.itertuples()
    ]
    head = ["Measure", "Unit", "Baseline", "Mean difference", "90 % of futures", "Mean known to"]
    return table(head, rows, numeric=(2, 3, 4, 5)) if rows else ""


def structural(frame, firm):
    """One firm's premium under each setting."""
    part = frame[frame["firm"] == firm]
    rows = [
        [
            text(r.setting),
            text(money(r.mean, True)),
            text(span(r.mean_low, r.mean_high)),
            str(r.replications),
            "the study’s own futures" if r.as_reference else "run again",
        ]
        for r in part.itertuples()
    ]
    return table(
        ["Setting", "Mean", "Mean known to (Monte Carlo error)", "Futures", "How"], rows, numeric=(1, 2, 3)
    )


def concentration(result):
    """HHI by layer at the end of the run, one column per arm."""
    names, last = [str(a) for a in result["arm"].values], result.isel(time=-1)
    rows = []
    for layer in map(str, result["layer"].values):
        cells = []
        for arm in names:
            cell = last.sel(arm=arm, layer=layer)
            known = float(cell["mean"]) == float(cell["mean"])
            cells.append(
                f"{float(cell['mean']):,.0f} ({float(cell['low']):,.0f} to {float(cell['high']):,.0f})"
                if known
                else "no revenue"
            )
        rows.append([text(layer), *cells])
    return table(["Layer", *names], rows, numeric=tuple(range(1, len(names) + 1)))


def versions(scenario):
    """Contract versions with their first day and source."""
    sources, rows = scenario.get("sources", {}), []
    for contract, version, first, until, source, grade in scenario_text.versions(scenario):
        known = sources.get(source, {}) if isinstance(source, str) else {}
        rows.append(
            [
                text(scenario_text.title(scenario, contract, "contracts")),
                text(version),
                text(first or ""),
                text(until or "open"),
                _grade(grade),
                link(known.get("title", source), known.get("url", "")),
            ]
        )
    return table(["Contract", "Version", "From", "Until", "Grade", "Source"], rows) if rows else ""


def clause_dates(frame, level):
    """How often each clause acted and by when, from :func:`rackrate.analysis.clause_dates`."""

    def day(value):
        return "later" if value != value else text(value.date().isoformat())

    rows = [
        [
            text(row.arm),
            text(f"{row.contract}/{row.clause}"),
            text(row.kind),
            f"{row.happened:.0%} ({row.happened_low:.0%} to {row.happened_high:.0%})",
            day(row.early),
            day(row.median),
            day(row.late),
        ]
        for row in frame.itertuples()
    ]
    early, late = (f"in {q:.0%} of futures by" for q in ((1 - level) / 2, (1 + level) / 2))
    return table(["World", "Clause", "Kind", "Acted", early, "in half by", late], rows, numeric=(3, 4, 5, 6))


def assumptions(rows):
    """Values with range, grade and source."""
    out = []
    for r in rows:
        ends = f"{r['low']} to {r['high']}" if r["low"] or r["high"] else ""
        words = link(r["source"], r["url"]) + (
            f"<br><span class=note>{text(r['note'])}</span>" if r["note"] else ""
        )
        out.append(
            [f"<code>{text(r['path'])}</code>", text(r["value"]), text(ends), _grade(r["grade"]), words]
        )
    return table(["Key", "Value", "Range", "Grade", "Source"], out, css="assumptions") if out else ""


def _grade(letter):
    meaning = _GRADES.get(str(letter), "")
    return f'<span class="grade" title="{text(meaning)}">{text(letter)}</span>' if letter else ""
