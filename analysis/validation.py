"""The page on validation: history-2023 by quarter and the flagship's first day, beside the public record.

``python -m rackrate.analysis.validation FLAGSHIP.h5 HISTORY.h5 --drawn DRAWN.h5`` prints the page.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import xarray as xr

from . import capacity_bound, record
from .record import Comparison, Point

# Series about supply: how many of their points are covered is a row of its own.
SUPPLY = ("fleet", "capital spending", "revenue of NVIDIA, data centre", "backlog")
# Flows are compared over a whole quarter, also on the first day of a run.
FLOWS = ("vendor_revenue", "capex", "cloud_revenue")
FIRST_DAY = (*FLOWS, "backlog", "fleet", "lab_compute", "compute_price", "lab_revenue", "users")

# The order of the page; series that are not named come last.
ORDER = (
    "revenue of NVIDIA, data centre",
    "capital spending",
    "backlog",
    "fleet",
    "compute in use by a lab",
    "cloud revenue",
    "price of an H100 hour",
    "price that a lab pays",
    "compute spending of a lab",
    "token price",
    "lab revenue",
    "cash of a lab",
    "users",
    "tokens a day",
    "seats",
)

_BACKLOG = (
    "contracts outside AI grow as they did in 2022, and those of AI customers with what they use. Missing: commitments of single "
    "customers that no contract of the scenario states, such as large deals signed for years ahead"
)
_LABS_ALONE = (
    "an owner orders for the demand that it sees, as far ahead as its vendors quote a wait; its forecast trails demand whose growth "
    "rises. Publicly buyers ordered before their customers had asked"
)
# Why a series lies where it lies, by series, entity and side. Entity "" stands for every other entity of the series; side ABOVE and
# BELOW where the simulated value is above or below the public one, "" for either. A row that is outside the factor and has no
# entry here is marked on the page, and a test fails.
ABOVE, BELOW = "above", "below"
EXPLANATIONS: dict[tuple[str, str, str], str] = {
    ("revenue of NVIDIA, data centre", "", ""): (
        "chips are paid when they are shipped, and what is shipped is what owners ordered: too much for the first quarter of 2023, as "
        "the first orders are those of the order rule at the growth seen before the start, and too little for the second, as no owner "
        "foresees the growth that began in that spring. What they do not order stays unsold; the rest of the world takes "
        "`outside_share` of the plan and no more, and all that is made for China"
    ),
    ("capital spending", "", ABOVE): (
        "spending outside AI is a path from the figures of 2022 with lumps and a drift; publicly most firms cut it in 2023"
    ),
    ("capital spending", "", BELOW): (
        "what is spent on AI follows the power of sites: it is paid as it comes on, at dates read off the record, and chips are ordered "
        "for it. Budgets hold back Microsoft and Google alone, and little. Missing: sites that were under way in 2025 and came on after "
        "the run, and the chips for them"
    ),
    ("capital spending", "coreweave", ""): "it orders for customers as they come, and publicly some came earlier",
    ("backlog", "", ""): _BACKLOG,
    ("fleet", "azure", ABOVE): (
        "its first orders are those of the order rule at the growth seen before the start; publicly it got most of them later"
    ),
    ("fleet", "coreweave", ""): "what it owned on the first day is not public, and its first orders are assumed",
    ("fleet", "oci", ""): (
        _LABS_ALONE
        + ". Publicly its largest customer was xAI, of which the model of those years has no entry; its revenue is near the "
        "public one because most of that is not AI"
    ),
    ("fleet", "", ""): _LABS_ALONE + ". Missing: orders for what customers have signed",
    ("price that a lab pays", "", ""): "a contract price moves with the host's list price",
    ("compute in use by a lab", "", ""): (
        "compute grows along an exogenous path from that of the first day, within the lab's cash; the public figures are estimates"
    ),
    ("cloud revenue", "coreweave", ""): "revenue is what the labs and other customers pay at its list price",
    ("cloud revenue", "", ""): "revenue outside AI is an exogenous path with the growth of the first day",
    (
        "price of an H100 hour",
        "aws",
        "",
    ): "AWS quotes a list on demand that few paid; the model's is what contracts cost",
    ("price of an H100 hour", "", BELOW): (
        "a list follows what new capacity costs, and use; that of the first day holds a part of the scarcity of mid 2023 only"
    ),
    ("price of an H100 hour", "", ABOVE): (
        "the first lists hold scarcity, of which nothing is left publicly by 2024; in the model the clouds stay full, and lists with them"
    ),
    ("compute spending of a lab", "", ""): (
        "spending is compute in use times the contract price, and compute in use differs (see there)"
    ),
    ("token price", "", ""): (
        "a list price follows serving efficiency alone, with half of it passed on and dearer models against it. Publicly the price of "
        "the general model fell ten-fold in two years. Missing: cheap new models at the quality of old ones, competition in price"
    ),
    ("lab revenue", "", ABOVE): (
        "revenue outside enterprises is an exogenous path from the first day, of which little is public; sales by subscription and of "
        "the API had only begun"
    ),
    (
        "lab revenue",
        "anthropic",
        BELOW,
    ): "revenue outside enterprises is an exogenous path; publicly it rose by a tenth a month in 2025",
    ("lab revenue", "", BELOW): (
        "revenue of subscriptions is an exogenous path; two reports for the end of 2023 differ by a factor of 1.25"
    ),
    (
        "cash of a lab",
        "",
        "",
    ): "opening cash and rounds are inputs; what a lab earns and spends between them is simulated",
    ("tokens a day", "google-deepmind", ""): (
        "the public figure counts those of the firm's own products, which the model books as use of the fleet and not as the lab's"
    ),
    ("tokens a day", "openai", ""): "the public figure is of words generated; the model counts what is read as well",
    ("seats", "", ""): "the subscribers of the first day are not public; .5 M are assumed",
}
FIRST_DAY_EXPLANATIONS: dict[tuple[str, str, str], str] = {
    ("capital spending", "amazon", ""): (
        "the budget for AI is a cap that the first quarter does not use: what was ordered before the start is assumed"
    ),
    ("cloud revenue", "coreweave", ""): (
        "the simulated quarter is the one after the public; its revenue grew by a quarter from one to the next"
    ),
    ("price of an H100 hour", "aws", ""): (
        "the public figure is a list price on demand, the model's what contracts of a year cost"
    ),
    ("compute in use by a lab", "", ""): "the public figure is for the end of 2024, half a year before",
    ("lab revenue", "anthropic", ""): "the public figure is of 30 May and rose by a tenth a month",
    ("users", "", ""): "the public figure is of March 2025, four months before",
}

# Why a simulated cloud is less short than its owner said, and where shortage is not to be looked for.
CAPACITY_EXPLANATIONS = (
    "gcp, oci: the fleet is what had been bought a quarter before; how much of it ran, and what own products took of it, is not "
    "public. What waits on the first day finds room there at once, and customers come whom the others turn away",
    "aws, azure: short until the chips of the third quarter are installed; both said that it would last longer. Nobody says how much "
    "waited, and 15 % is assumed",
    "waits of interactive requests are 0.00 h: pools of thousands of replicas queue only at the last per mille of load",
)


def explanation(found: Comparison, on_the_first_day: bool = False) -> str:
    """Why a point is off: of its entity and side, else of the entity, of the series and side, of the series; empty if nobody
    has said."""
    point, side = found.point, ABOVE if found.median > found.point.value else BELOW
    tables = (FIRST_DAY_EXPLANATIONS, EXPLANATIONS) if on_the_first_day else (EXPLANATIONS,)
    keys = [(point.series, entity, where) for entity in (point.entity, "") for where in (side, "")]
    return next((table[key] for table in tables for key in keys if key in table), "")


def first_day(one: xr.Dataset) -> list[Comparison]:
    """The last point of each series and entity in the record beside the first month of a run that begins on the day after,
    flows beside its first quarter."""
    start = one["time"].values[0].astype("datetime64[D]").item()
    if start != record.LAST + dt.timedelta(days=1):
        raise ValueError(f"the study starts on {start}; the first day beside the record is {record.LAST} + 1")
    quarter_end = dt.date(start.year, start.month + 2, 30)
    last: dict[tuple[str, str], Point] = {}
    for point in record.points():
        if point.measure in FIRST_DAY:
            last[point.series, point.entity] = point
    moved = []
    for point in last.values():
        end = quarter_end if point.measure in FLOWS else start
        moved.append(dataclasses.replace(point, begin=start, date=end))
    found = record.compare(one, [p for p in moved if _known(one, p)])
    return [dataclasses.replace(c, point=last[c.point.series, c.point.entity]) for c in found]


def _known(one: xr.Dataset, point: Point) -> bool:
    dim = {"fleet": "cloud", "compute_price": "cloud", "lab_compute": "lab", "users": "lab"}.get(point.measure, "firm")
    return point.entity in one[dim].values


def tightness(ds: xr.Dataset, arm: str | None = None) -> list[tuple[str, float]]:
    """Share of days with a positive scarcity rent by pool (mean over replications), tightest first."""
    days = record.one_arm(ds, arm)["scarce_days"].mean(["replication", "time"])
    pairs = [
        (f"{c}/{r}", float(days.sel(cloud=c, region=r))) for c in days["cloud"].values for r in days["region"].values
    ]
    return sorted(((name, share) for name, share in pairs if share == share), key=lambda pair: -pair[1])


# ---- states without a public figure


def quarters(one: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    """(name, its months) of every whole quarter of a run."""
    months = one["time"].values.astype("datetime64[M]")
    for first in months:
        number = int(first.astype(int)) % 12
        here = [m for m in months if 0 <= int((m - first).astype(int)) < 3]
        if number % 3 == 0 and len(here) == 3:
            yield (
                f"{first.astype('datetime64[Y]')}Q{number // 3 + 1}",
                one.isel(time=np.flatnonzero(np.isin(months, here))),
            )


def utilisation(months: xr.Dataset, cloud: str) -> xr.DataArray:
    """Mean utilisation of a cloud's powered fleet over some months, by replication."""
    used = (months["utilisation"] * months["powered"]).sel(cloud=cloud)
    return used.sum(["region", "time"]) / months["powered"].sel(cloud=cloud).sum(["region", "time"])


def unserved_share(months: xr.Dataset, products: Iterable[str]) -> xr.DataArray:
    """Share of the demand for some products that was not served, by replication."""
    names = [p for p in products if p in months["product"].values]
    missing = months["unserved"].sel(product=names).sum(["lab", "product", "time"])
    return missing / (missing + months["served"].sel(product=names).sum(["lab", "product", "time"]))


# ---- the page


def page(flagship: xr.Dataset, history: xr.Dataset, drawn: xr.Dataset | None = None) -> str:
    """The page on validation as text. ``drawn`` is a run of history-2023 in which every stated range is drawn, one future at
    each point; without it the bands of ``history`` stand for it."""
    past, future = record.one_arm(history), record.one_arm(flagship)
    found, first = record.compare(past), first_day(future)
    wide = found if drawn is None else record.compare(record.one_arm(drawn))
    return "\n".join(
        [
            *_opening(history, flagship, drawn),
            *_coverage_table(found, wide),
            "## history-2023 by quarter",
            "",
            *_rows_by_series(found, wide),
            *_sums(past, [c for c in found if c.point.series in SUPPLY[1:3]]),
            *_uses(past),
            *_states(past),
            "## The flagship's first day",
            "",
            "The last public figure before 1 July 2025 beside the first simulated month; flows beside the first simulated "
            "quarter, July to September.",
            "",
            *_first_day_table(first),
            *_reasons(first, on_the_first_day=True),
            "Utilisation and unserved demand have no public figure. Simulated in July 2025: "
            + _state_sentence(future.isel(time=[0]))
            + ".",
            "",
            *_capacity_bound(future),
            *_pools(flagship),
            *_closing(),
        ]
    )


def _runs(ds: xr.Dataset) -> str:
    return f"{ds.sizes['replication']} replications, seed {ds.attrs.get('seed', 'unknown')}"


def _drawn(ds: xr.Dataset | None) -> str:
    if ds is None:
        return ""
    return f"; with every stated range drawn: {ds.sizes['point']} draws, one future each"


def _opening(history: xr.Dataset, flagship: xr.Dataset, drawn: xr.Dataset | None) -> list[str]:
    return [
        "# Is it a believable world?",
        "",
        "Public figures beside simulated ones. This page is printed by a command:",
        "",
        "```sh",
        "./dev validation     # runs history-2023 and openai-azure-amended and writes this page",
        "```",
        "",
        f"history-2023: {_runs(history)}{_drawn(drawn)}; openai-azure-amended: {_runs(flagship)}; program "
        f"{history.attrs.get('program_version', 'unknown')}. The public figures are `scenarios/data/record.csv`; none is later "
        f"than {record.LAST}. *Ratio* is the simulated median over the public value; outside a factor of {record.WITHIN} it is "
        "marked and explained below its table. *Futures alone*: the simulated 90 % band (5th to 95th percentile) over "
        "replications, every value as it is written. *With what we do not know*: the same over draws of every value with a "
        "stated range, one future each; this is what the model predicts. *In*: the public value lies in the band. *Range "
        "meets*: the range that the source gives overlaps the wider band.",
        "",
        "history-2023 starts on 1 January 2023 and nothing in it was searched for. Demand (users, growth of research), what "
        "vendors can make, the dates of power and what firms announced that they would spend are inputs read off the record. "
        "Spending and contracts outside AI are paths from the figures of 2022, spending with lumps and a drift. What is seen here is "
        "what the model makes of all that: who orders, who gets how much, what is spent, owed and charged.",
        "",
    ]


def _coverage_table(found: list[Comparison], wide: list[Comparison]) -> list[str]:
    every = record.points()
    lines = [
        "## Coverage",
        "",
        "| series | points | compared | in the 90 % band, futures alone | in it with what we do not know | range meets it | "
        "within a factor of 1.25 |",
        "|---|---|---|---|---|---|---|",
    ]
    groups: list[tuple[str, tuple[str, ...]]] = [(series, (series,)) for series in in_order(p.series for p in every)]
    groups += [("**supply side**", SUPPLY), ("**all**", tuple(dict.fromkeys(p.series for p in every)))]
    for name, chosen in groups:
        narrow, whole = ([c for c in cs if c.point.series in chosen] for cs in (found, wide))
        counts = _counts(narrow, whole, shares=name.startswith("*"))
        lines.append(f"| {name} | {sum(p.series in chosen for p in every)} | {counts} |")
    spans = " and ".join(f"{span_of_bands(cs):.2g}" for cs in (found, wide))
    lines += [
        "",
        f"The upper end of the band over the lower end, median over the supply side: {spans} (futures alone; with what we do not know).",
    ]
    return [*lines, ""]


def span_of_bands(found: list[Comparison]) -> float:
    """Upper end over lower end of the bands of the supply side, median: how much a band says that holds the public value."""
    spans = [c.high / c.low for c in found if c.point.series in SUPPLY and c.low > 0]
    return float(np.median(spans)) if spans else float("nan")


def _counts(found: list[Comparison], wide: list[Comparison], shares: bool = False) -> str:
    narrow, whole = record.coverage(found), record.coverage(wide)
    if not narrow.compared:
        return "– | – | – | – | –"
    counts = (narrow.in_band, whole.in_band, whole.meets, narrow.within)
    shown = [f"{n} ({narrow.share(n):.0%})" if shares else str(n) for n in counts]
    return f"{narrow.compared} | " + " | ".join(shown)


def _rows_by_series(found: list[Comparison], wide: list[Comparison]) -> list[str]:
    lines: list[str] = []
    for series in in_order(c.point.series for c in found):
        narrow, whole = ([c for c in cs if c.point.series == series] for cs in (found, wide))
        lines += [f"### {series[0].upper()}{series[1:]}", "", *_table(narrow, whole), *_reasons(narrow)]
    return lines


def in_order(series: Iterable[str]) -> list[str]:
    """The series, each once, in the order of the page."""
    names = list(dict.fromkeys(series))
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER) + names.index(name))


def _table(found: list[Comparison], wide: list[Comparison]) -> list[str]:
    lines = [
        "| quarter | who | public | grade | simulated | ratio | futures alone | in | with what we do not know | in | range meets |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for narrow, whole in zip(found, wide, strict=True):
        p, mark = narrow.point, "" if narrow.within else " **!**"
        cells = [p.quarter, p.entity, f"{_figure(p.value)} {p.unit}", p.grade, _figure(narrow.median)]
        cells += [f"{narrow.ratio:.2f}{mark}", _band(narrow), _yes(narrow.in_band)]
        cells += [_band(whole), _yes(whole.in_band), _yes(whole.meets)]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _band(c: Comparison) -> str:
    return f"{_figure(c.low)} to {_figure(c.high)}"


def _first_day_table(found: list[Comparison]) -> list[str]:
    lines = [
        "| series | who | public figure to | public | grade | simulated | 90 % band | ratio | in band | range meets |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    by_series = [c for series in in_order(c.point.series for c in found) for c in found if c.point.series == series]
    return [*lines, *(f"| {c.point.series} | {c.point.entity} | {c.point.date} | {_cells(c)} |" for c in by_series), ""]


def _cells(c: Comparison) -> str:
    p = c.point
    mark = "" if c.within else " **!**"
    return (
        f"{_figure(p.value)} {p.unit} | {p.grade} | {_figure(c.median)} | {_band(c)} | {c.ratio:.2f}{mark} | "
        f"{_yes(c.in_band)} | {_yes(c.meets)}"
    )


def _figure(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"


def _reasons(found: list[Comparison], on_the_first_day: bool = False) -> list[str]:
    """One sentence for all that is off for the same reason."""
    said: dict[str, list[str]] = {}
    several = len({c.point.series for c in found}) > 1
    for c in found:
        who = f"{c.point.series} of {c.point.entity}" if several else c.point.entity
        if not c.within and who not in said.setdefault(explanation(c, on_the_first_day), []):
            said[explanation(c, on_the_first_day)].append(who)
    lines = [f"- {', '.join(who)}: {text or '**not explained**'}." for text, who in said.items()]
    return [*lines, ""] if lines else []


# ---- sums over firms, and what the fleets do


def _sums(one: xr.Dataset, found: list[Comparison]) -> list[str]:
    """NVIDIA's revenue by who pays, and the capital spending of all owners that have a public figure."""
    lines = [
        "### Sums over firms",
        "",
        "Medians. *Outside*: what the rest of the world, which owns none of the clouds, pays NVIDIA. Capital spending is summed "
        "over the firms that have a public figure in the quarter; of that, *AI* is what chips, shells and power of AI cost.",
        "",
        "| quarter | NVIDIA public | simulated | ratio | of it outside | capital spending public | simulated | ratio | of it AI |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(c.point.quarter for c in sorted(found, key=lambda c: c.point.quarter)):
        cells = [name]
        for series in ("revenue of NVIDIA, data centre", "capital spending"):
            here = [c for c in found if c.point.series == series and c.point.quarter == name]
            public, simulated = sum(c.point.value for c in here), sum(c.median for c in here)
            cells += [f"{public:.1f} B$", f"{simulated:.1f} B$", f"{simulated / public:.2f}"] if here else ["–"] * 3
            part = paid_outside if series != "capital spending" else spent_on_ai
            cells.append(f"{sum(float(part(one, c.point).median()) for c in here):.1f} B$" if here else "–")
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def paid_outside(one: xr.Dataset, point: Point) -> xr.DataArray:
    """What the rest of the world paid a vendor, B$ by replication."""
    return record.over(one["payment"].sel(payer="rest_of_world", payee=point.entity), point) / 1e9


def spent_on_ai(one: xr.Dataset, point: Point) -> xr.DataArray:
    """What a firm's clouds paid for chips, shells and power, B$ by replication."""
    own = record.clouds_of(one, point.entity)
    spent = one["capital_chips"] + one["capital_shells"] + one["capital_power"]
    return record.over(spent.sel(cloud=own).sum("cloud"), point) / 1e9


def _uses(past: xr.Dataset) -> list[str]:
    clouds = [str(c) for c in past["cloud"].values]
    lines = [
        "### What the fleets do",
        "",
        "Simulated medians of the last month of the quarter: compute that worked for products of the firm's own, for AI customers "
        "beyond the labs, and for the labs, kH100e; what the first two wanted and did not get; what those customers paid.",
        "",
        "| quarter | " + " | ".join(clouds) + " | own products unserved | customers unserved | paid by customers |",
        "|---|" + "---|" * (len(clouds) + 3),
    ]
    for name, months in quarters(past):
        last = months.isel(time=-1)
        labs = last["lab_compute"].sum("lab")
        cells = [
            " / ".join(
                f"{float(v.median()) / 1e3:,.0f}"
                for v in (last["own_use"].sel(cloud=c), last["customer_use"].sel(cloud=c), labs.sel(host=c))
            )
            for c in clouds
        ]
        for use in ("own_use", "customer_use"):
            missing = last[{"own_use": "own_use_unserved", "customer_use": "customer_unserved"}[use]].sum("cloud")
            wanted = missing + last[use].sum("cloud")
            cells.append(f"{float((missing / wanted.where(wanted > 0, 1)).median()):.1%}")
        cells.append(f"{float(months['customer_revenue'].sum(('firm', 'time')).median()) / 1e9:.1f} B$")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _states(past: xr.Dataset) -> list[str]:
    clouds = [str(c) for c in past["cloud"].values]
    lines = [
        "### Utilisation, prices and unserved demand",
        "",
        "The record has no public figure on use or shortage. Simulated medians: utilisation of "
        "the powered fleet, list price of an H100e-hour, share of the demand for interactive products and for training and "
        "research that was not served.",
        "",
        "| quarter | "
        + " | ".join(f"{c}" for c in clouds)
        + " | price at azure | at coreweave | interactive unserved | training unserved |",
        "|---|" + "---|" * (len(clouds) + 4),
    ]
    for name, months in quarters(past):
        used = [f"{float(utilisation(months, c).median()):.0%}" for c in clouds]
        prices = [
            f"{float(months['compute_price'].sel(cloud=c).mean('time').median()):.2f} $" for c in ("azure", "coreweave")
        ]
        lines.append(f"| {name} | " + " | ".join([*used, *prices, *_unserved(months)]) + " |")
    return [*lines, ""]


def _unserved(months: xr.Dataset) -> list[str]:
    groups = (("consumer", "api_stateless", "ent_app", "agent_stateful", "copilot"), ("training", "research"))
    return [f"{float(unserved_share(months, group).median()):.1%}" for group in groups]


def _state_sentence(months: xr.Dataset) -> str:
    used = ", ".join(f"{c} {float(utilisation(months, str(c)).median()):.0%}" for c in months["cloud"].values)
    interactive, training = _unserved(months)
    return f"utilisation {used}; unserved {interactive} of interactive demand and {training} of training and research"


def _capacity_bound(future: xr.Dataset) -> list[str]:
    return [
        "## Clouds that said they were short of capacity",
        "",
        "What owners said before 1 July 2025 beside the first simulated months: medians, and in brackets the most in any future. "
        "*Days at the limit*: on which one H100e more would have been worth something. *Refused*: what AI customers beyond the labs "
        "wanted of this cloud and did not get; they wait, or go where less is refused.",
        "",
        *capacity_bound.lines(future),
        *(f"- {text}." for text in CAPACITY_EXPLANATIONS),
        "",
    ]


def _pools(flagship: xr.Dataset) -> list[str]:
    return [
        "## Tight and slack pools of the flagship",
        "",
        "Share of the simulated days with a positive scarcity rent, mean over futures:",
        "",
        "| pool | days |",
        "|---|---|",
        *(f"| {name} | {share:.0%} |" for name, share in tightness(flagship)),
        "",
    ]


def _closing() -> list[str]:
    measured = {p.series for p in record.points() if p.measure}
    unmeasured = dict.fromkeys(p.series for p in record.points() if p.series not in measured)
    return [
        "## What this page is not",
        "",
        "Grades: P primary text or the data producer's page, R press or analyst report, W weak page or third-party estimate. "
        "Figures of the flagship's first day are partly inputs: they show that units and joins are right. Some parameters of "
        "the flagship (`backlog`, growth of research, revenue a user, diffusion of seats) were set by hand in view of figures "
        "of December 2025, which are no longer shown here; history-2023 knows nothing of them.",
        "",
        "In the record and not compared, as an input or for want of an output: " + ", ".join(unmeasured) + ".",
    ]


def main(arguments: list[str] | None = None) -> None:
    """``python -m rackrate.analysis.validation FLAGSHIP.h5 HISTORY.h5 [--drawn DRAWN.h5] [-o PAGE.md]``"""
    from rackrate.results import open_result

    parser = argparse.ArgumentParser(description="Public figures beside the simulated ones, as Markdown.")
    parser.add_argument("flagship", help="a result of openai-azure-amended")
    parser.add_argument("history", help="a result of history-2023")
    parser.add_argument("--drawn", help="a result of history-2023 with drawn ranges (python -m rackrate.drawn)")
    parser.add_argument("-o", "--out", help="the page to write; printed without it")
    given = parser.parse_args(arguments)
    with ExitStack() as files:
        names = [given.flagship, given.history, *([given.drawn] if given.drawn else [])]
        text = page(*(files.enter_context(open_result(name)) for name in names)) + "\n"
    if given.out:
        Path(given.out).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
