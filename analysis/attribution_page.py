"""The sections of the report that speak of clauses and of responses."""

from __future__ import annotations

from . import attributions, decompositions, figure, markup, scenario_text, study_data
from .words import money, span

_METRIC = "npv"


def sections(ds, level=0.9):
    """Attribution and decomposition of a designed study as safe HTML; empty for a plain comparison."""
    kind = attributions.design(ds).get("kind")
    if kind == "attribution":
        return _attribution(ds, level)
    return _decomposition(ds, level) if kind == "decomposition" else ""


def moved_most(result, most=3):
    """The firms whose values are largest, the first first."""
    size = abs(result["value"]).sum(result["value"].dims[0])
    firms = [str(f) for f in size["firm"].values if str(f) not in study_data.OUTSIDE]
    ranked = sorted(firms, key=lambda f: -float(size.sel(firm=f)))
    return [f for f in ranked if float(size.sel(firm=f)) > 5e5][:most]


def _attribution(ds, level):
    result = attributions.attribution(ds, _METRIC, level=level)
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    how = (
        f"over {result.attrs['orders']} random orders, each with its reverse"
        if result.attrs["orders"]
        else "over all orders"
    )
    parts = [
        markup.paragraph(
            f"What switching each group of clauses from {result.attrs['baseline']} to {result.attrs['arm']} adds, "
            f"averaged {how} in which the groups can be switched (Shapley values). In each future the values "
            "add up to the premium. Present values on the valuation date."
        )
    ]
    for number, firm in enumerate(moved_most(result)):
        drawing = figure.attribution(ds, firm, _METRIC, level, result)
        caption = "Each bar begins where the one above ends; the last is the premium."
        title = drawing.get_suptitle()
        svg = figure.svg(drawing, f"attribution-{number}", f"{title}. {caption}")
        one = result.sel(firm=firm)
        parts += [
            markup.figure(svg, caption),
            f"<h3>{markup.text(scenario_text.title(scenario, firm))}</h3>",
            _values(one, "group"),
            _pairs(one),
        ]
    groups = [[markup.text(g), markup.text(t)] for g, t in zip(result["group"].values, result["title"].values, strict=True)]
    parts.append("<details><summary>What each group holds</summary>" + markup.table(["Group", "Clauses"], groups) + "</details>")
    return markup.section("Which clause carried the value", *parts)


def _decomposition(ds, level):
    parts = [
        markup.paragraph(
            "The premium in a fixed order: the contracts with prices and investment as recorded in the baseline, then "
            "prices respond, then investment. In each future the components add up to the premium. Present values."
        )
    ]
    for arm in attributions.design(ds)["steps"]:
        result = decompositions.decomposition(ds, _METRIC, arm=arm, level=level)
        scenario = scenario_text.tree(ds, arm)
        for firm in moved_most(result):
            name = scenario_text.title(scenario, firm)
            parts += [f"<h3>{markup.text(f'{name}: {arm}')}</h3>", _values(result.sel(firm=firm), "component")]
    return markup.section("What carried it: contracts, prices, investment", *parts)


def _values(one, dim):
    rows = []
    for name in one[dim].values:
        cell = one.sel({dim: name})
        v, lo, hi, mc_lo, mc_hi = (float(cell[k]) / 1e9 for k in ("value", "lo", "hi", "mc_lo", "mc_hi"))
        rows.append([markup.text(name), markup.text(money(v, True)), markup.text(span(lo, hi)), markup.text(span(mc_lo, mc_hi))])
    total = float(one["premium"].mean()) / 1e9
    rows.append(["premium", markup.text(money(total, True)), "", ""])
    head = [dim.capitalize(), "Value", "90 % of futures (outcome spread)", "Mean known to (Monte Carlo error)"]
    return markup.table(head, rows, numeric=(1, 2, 3))


def _pairs(one):
    if "interaction" not in one:
        return ""
    names = [str(g) for g in one["group"].values]
    rows = [
        [
            markup.text(g),
            *("–" if g == h else markup.text(money(float(one["interaction"].sel(group=g, other=h)) / 1e9, True)) for h in names),
        ]
        for g in names
    ]
    table = markup.table(["Interaction", *names], rows, numeric=tuple(range(1, len(names) + 1)))
    return "<details><summary>Which clauses are worth more together (above zero) or apart</summary>" + table + "</details>"
