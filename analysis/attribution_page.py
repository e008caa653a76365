"""The sections of the report on clauses and on responses."""

from __future__ import annotations

import xarray as xr

from . import attributions, decompositions, figure, markup, scenario_text, study_data
from .figure import style
from .units import Unit, unit_of

_METRIC = "npv"


def sections(ds: xr.Dataset, level: float = 0.9) -> str:
    """Attribution and decomposition of a designed study as safe HTML; empty for a plain comparison."""
    kind = attributions.design(ds).get("kind")
    if kind == "attribution":
        return _attribution(ds, level)
    return _decomposition(ds, level) if kind == "decomposition" else ""


def moved_most(result: xr.Dataset, most: int = 3) -> list[str]:
    """The firms whose values are largest, the first first."""
    size = abs(result["value"]).sum(str(result["value"].dims[0]))
    firms = [str(f) for f in size["firm"].values if str(f) not in study_data.OUTSIDE]
    ranked = sorted(firms, key=lambda f: -float(size.sel(firm=f)))
    return [f for f in ranked if float(size.sel(firm=f)) > 1e-3 * float(size.max())][:most]


def _attribution(ds: xr.Dataset, level: float) -> str:
    result = attributions.attribution(ds, _METRIC, level=level)
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    names = scenario_text.arm_heads(study_data.principal(ds))
    how = (
        f"over {result.attrs['orders']} random orders, each with its reverse"
        if result.attrs["orders"]
        else "over all orders"
    )
    parts = [
        markup.paragraph(
            f"What switching each group of clauses from {names[result.attrs['baseline']]} to {names[result.attrs['arm']]} adds, "
            f"averaged {how} in which the groups can be switched (Shapley values). In each future the values "
            "add up to the premium. Present values on the valuation date."
        )
    ]
    for number, firm in enumerate(moved_most(result)):
        drawing = figure.attribution(ds, firm, _METRIC, level, result)
        caption = "Each bar begins where the one above ends; the last is the premium."
        title = style.title_of(drawing)
        svg = figure.svg(drawing, f"attribution-{number}", f"{title}. {caption}")
        one = result.sel(firm=firm)
        parts += [
            markup.figure(svg, caption),
            f"<h3>{markup.text(scenario_text.title(scenario, firm))}</h3>",
            _values(one, "group", level),
            _pairs(one),
        ]
    groups: list[markup.Row] = [
        [markup.text(g), markup.text(t)] for g, t in zip(result["group"].values, result["title"].values, strict=True)
    ]
    parts.append(
        "<details><summary>What each group holds</summary>" + markup.table(["Group", "Clauses"], groups) + "</details>"
    )
    return markup.section("Which clause carried the value", *parts)


def _decomposition(ds: xr.Dataset, level: float) -> str:
    parts = [
        markup.paragraph(
            "The premium in a fixed order: the contracts with prices and investment as recorded in the baseline, then "
            "prices respond, then investment. In each future the components add up to the premium. Present values."
        )
    ]
    names = scenario_text.arm_heads(study_data.principal(ds))
    for arm in attributions.design(ds)["steps"]:
        result = decompositions.decomposition(ds, _METRIC, arm=arm, level=level)
        scenario = scenario_text.tree(ds, arm)
        for firm in moved_most(result):
            name = scenario_text.title(scenario, firm)
            parts += [
                f"<h3>{markup.text(f'{name}: {names[arm]}')}</h3>",
                _values(result.sel(firm=firm), "component", level),
            ]
    return markup.section("What carried it: contracts, prices, investment", *parts)


def _values(one: xr.Dataset, dim: str, level: float) -> str:
    unit = unit_of(*(one[k].values / 1e9 for k in ("value", "lo", "hi")), float(one["premium"].mean()) / 1e9)
    rows: list[markup.Row] = []
    for name in one[dim].values:
        cell = one.sel({dim: name})
        v, lo, hi, mc_lo, mc_hi = (float(cell[k]) / 1e9 for k in ("value", "lo", "hi", "mc_lo", "mc_hi"))
        known = markup.text(unit.span(mc_lo, mc_hi)) if mc_lo == mc_lo else "one future: no interval"
        rows.append([markup.text(name), markup.text(unit.number(v, True)), markup.text(unit.span(lo, hi)), known])
    total = float(one["premium"].mean()) / 1e9
    rows.append(["premium", markup.text(unit.number(total, True)), "", ""])
    head = [
        dim.capitalize(),
        f"Value, {unit.name}",
        f"{100 * level:g} % of futures (outcome spread), {unit.name}",
        f"Mean known to (Monte Carlo error), {unit.name}",
    ]
    return markup.table(head, rows, numeric=(1, 2, 3))


def _pairs(one: xr.Dataset) -> str:
    if "interaction" not in one:
        return ""
    names = [str(g) for g in one["group"].values]
    unit: Unit = unit_of(one["interaction"].values / 1e9)
    rows: list[markup.Row] = [
        [
            markup.text(g),
            *(
                "–" if g == h else markup.text(unit.number(float(one["interaction"].sel(group=g, other=h)) / 1e9, True))
                for h in names
            ),
        ]
        for g in names
    ]
    table = markup.table([f"Interaction, {unit.name}", *names], rows, numeric=tuple(range(1, len(names) + 1)))
    return (
        "<details><summary>Which clauses are worth more together (above zero) or apart</summary>" + table + "</details>"
    )
