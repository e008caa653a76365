"""The rows that a reader from the industry asks for first, as a page: capital against budgets, payments for nothing, moves of
shares with the event that explains them, what vendors earn, what is unserved, who runs out of cash, how well a premium is known.

``python -m rackrate.rows`` runs the two arms and writes the page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from . import record, scenario_text, study_data
from .pairing import difference, pairs_needed
from .statements import clause_terms
from .units import BILLION

Event = Mapping[str, Any]

# A move of this many points of infrastructure revenue in a month wants a reason, and these events are reasons.
LARGE_MOVE = 0.08
REASONS = frozenset({"buyout", "commitment", "default", "lease", "reservation"})
# The run begins with a placement that nobody had the day before: its first months say nothing about moves.
SETTLING_MONTHS = 3

CLASSES: Mapping[str, tuple[str, ...]] = {
    "interactive": ("consumer", "api_stateless", "ent_app", "agent_stateful", "copilot"),
    "batch": ("batch", "finetune"),
    "training": ("training",),
    "research": ("research",),
}


@dataclass(frozen=True)
class Move:
    """What the infrastructure share of a firm gained (or lost) in a month, with the events that say why."""

    replication: int
    firm: str
    month: np.datetime64
    points: float
    events: tuple[str, ...] = ()

    @property
    def explained(self) -> bool:
        return bool(self.events)


# ---- capital


def capital(one: xr.Dataset) -> xr.DataArray:
    """What each cloud spent on chips, shells and power, $ by month: the part that its budget is for."""
    spent: xr.DataArray = one["capital_chips"] + one["capital_shells"] + one["capital_power"]
    return spent.fillna(0.0)


def beyond_budget(one: xr.Dataset) -> xr.DataArray:
    """By how much a year's spending exceeded its budget at the end of each quarter, $ by replication and cloud; 0: not at all.

    What a quarter leaves may be spent later in the calendar year, so a year is added up to each quarter's end.
    """
    over: xr.DataArray = _at_quarters(_year_so_far(capital(one) - one["capital_budget"].fillna(0.0))).clip(min=0.0)
    return over


def reasons_beyond_budget(one: xr.Dataset) -> xr.Dataset:
    """What may make a year's spending exceed its budget at the end of each quarter, $ by replication and cloud.

    ``late``: due before the year began and not paid then. ``early``: paid before it was due, or dearer than planned. ``prior``:
    what orders of before the start ask for in the year so far, beyond its budget. ``lent``: lenders allow less than is owed, as
    they allowed more when it was ordered. A review adds nothing to a year that is full, so nothing else can.
    """
    carried = one["capital_carried"].fillna(0.0)
    months = one["time"].values.astype("datetime64[M]").astype(int)
    before = np.arange(months.size) - months % 12 - 1  # positions of the Decembers before
    begins = carried.isel(time=np.maximum(before, 0)).assign_coords(time=one["time"]) * (before >= 0)
    prior = _year_so_far(one["capital_prior"].fillna(0.0) - one["capital_budget"].fillna(0.0))
    lent = (one["net_debt"] - one["debt_limit"]).fillna(0.0)
    parts = {"late": begins, "early": one["capital_advanced"].fillna(0.0), "prior": prior, "lent": lent}
    return xr.Dataset({name: _at_quarters(part).clip(min=0.0) for name, part in parts.items()})


def _year_so_far(monthly: xr.DataArray) -> xr.DataArray:
    return monthly.groupby(monthly["time"].dt.year).cumsum("time").assign_coords(time=monthly["time"])


def _at_quarters(monthly: xr.DataArray) -> xr.DataArray:
    months = monthly["time"].values.astype("datetime64[M]").astype(int)
    return monthly.isel(time=np.flatnonzero((months % 3 == 2) | (months == months[-1])))


_REASON = {
    "prior": "ordered before the start",
    "late": "late from the year before",
    "early": "earlier or dearer than planned",
}


def _capital_rows(one: xr.Dataset) -> list[list[str]]:
    rows, spent, over, why = [], capital(one).sum("time"), beyond_budget(one), reasons_beyond_budget(one)
    budget = one["capital_budget"].fillna(0.0).sum("time")
    for cloud in map(str, one["cloud"].values):
        if float(spent.sel(cloud=cloud).max()) <= 0:
            continue
        excess, reasons = over.sel(cloud=cloud) / BILLION, why.sel(cloud=cloud) / BILLION
        rows.append(
            [cloud, _spread(spent.sel(cloud=cloud)), _spread(budget.sel(cloud=cloud)), _beyond(excess, reasons)]
        )
    return rows


def _beyond(excess: xr.DataArray, reasons: xr.Dataset) -> str:
    """In how many futures, the largest excess with its reasons, and how much of any has none."""
    over_in = excess.max("time") >= 0.05
    if not bool(over_in.any()):
        return "none"
    worst = excess.isel(excess.argmax(["replication", "time"]))  # type: ignore[arg-type]
    told = reasons.sel(replication=worst["replication"], time=worst["time"])
    because = ", ".join(f"{float(told[k]):.1f} {words}" for k, words in _REASON.items() if float(told[k]) >= 0.05)
    unexplained = float((excess - reasons.to_dataarray("reason").sum("reason")).max())
    rest = f"; without a reason {unexplained:.1f}" if unexplained >= 0.05 else ""
    return f"{int(over_in.sum())} (at most {float(worst):.1f} B$, {str(worst['time'].values)[:7]}: {because}{rest})"


# ---- payments for nothing


class Idle(NamedTuple):
    """Take-or-pay of one kind between two firms: what fell due and what of it bought nothing, $ by replication."""

    kind: str
    payer: str
    payee: str
    due: xr.DataArray
    nothing: xr.DataArray


def idle_commitments(one: xr.Dataset) -> list[Idle]:
    """Commitments that were not met and reservations that were not used. One entry for a kind and a pair of parties."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    found: dict[tuple[str, str, str], tuple[xr.DataArray, xr.DataArray]] = {}
    for label in map(str, one["clause"].values):
        kind, payer, payee = clause_terms(scenario, label)
        if kind not in ("commit", "reservation"):
            continue
        cell = one.sel(clause=label)
        due = cell["clause_commitment"].fillna(0.0).sum("time")
        idle = cell["clause_shortfall"].fillna(0.0).sum("time")
        if kind == "reservation":
            idle = (due - cell["clause_used"].fillna(0.0).sum("time")).clip(min=0.0)
        before = found.get((kind, payer, payee))
        found[kind, payer, payee] = (due, idle) if before is None else (before[0] + due, before[1] + idle)
    return [Idle(*key, due, idle) for key, (due, idle) in found.items()]


def _idle_rows(one: xr.Dataset) -> list[list[str]]:
    found = idle_commitments(one)
    rows = []
    for kind in ("commit", "reservation"):
        here = [entry for entry in found if entry.kind == kind]
        if not here:
            continue
        due = np.sum([entry.due.values for entry in here], axis=0)
        idle = np.sum([entry.nothing.values for entry in here], axis=0)
        rows.append([_KIND[kind], "all", "all", *_idle_cells(due, idle)])
        for e in sorted(here, key=lambda entry: -float(entry.nothing.mean())):
            if float(e.nothing.mean()) >= 0.005 * BILLION:
                names = [_KIND[kind], e.payer, e.payee or "who was awarded"]
                rows.append([*names, *_idle_cells(e.due.values, e.nothing.values)])
    return rows


_KIND = {"commit": "commitment", "reservation": "reservation"}


def _idle_cells(due: Any, idle: Any) -> list[str]:
    share = float(np.sum(idle) / np.sum(due)) if np.sum(due) > 0 else 0.0
    return [_spread(due), _spread(idle, 2), f"{share:.1%}"]


def paid(one: xr.Dataset, payer: str, payee: str) -> xr.DataArray:
    """What one firm pays another over the run, $ by replication."""
    total: xr.DataArray = one["payment"].sel(payer=payer, payee=payee).sum("time")
    return total


# ---- moves of shares


def large_moves(one: xr.Dataset, logs: Mapping[int, Iterable[Event]] | None = None) -> list[Move]:
    """Months after the first three in which a firm's share of infrastructure revenue moved by more than 8 points.

    ``logs`` holds the events of a future by its number. Events of that month and of the three weeks before it say why, where
    they name the firm and are of a kind in REASONS; so does the end of a reservation or a commitment of the firm, and what
    says why the share of the firm that moved most the other way did so, by 4 points at least.
    """
    share = one["market_share"].sel(layer="infrastructure").transpose("replication", "firm", "time")
    moved = share.diff("time").isel(time=slice(SETTLING_MONTHS - 1, None))
    found = []
    for i, f, t in np.argwhere(np.abs(moved.values) > LARGE_MOVE):
        number, firm = int(moved["replication"].values[i]), str(moved["firm"].values[f])
        month = moved["time"].values[t].astype("datetime64[M]")
        events = reasons((logs or {}).get(number, ()), firm, month) or clause_ends(one, firm, month)
        found.append(Move(number, firm, month, float(moved.values[i, f, t]), events))
    return [move if move.events else _with_the_other_side(move, one, moved, logs or {}) for move in found]


def _with_the_other_side(move: Move, one: xr.Dataset, moved: xr.DataArray, logs: Mapping[int, Iterable[Event]]) -> Move:
    """Shares add up to one: what lifts one firm's lowers the others'. The reason of the firm that moved most the other way counts."""
    months = moved["time"].values.astype("datetime64[M]")
    there = moved.sel(replication=move.replication).isel(time=int(np.flatnonzero(months == move.month)[0]))
    against = there * -np.sign(move.points)
    firm = str(there["firm"].values[int(against.argmax("firm"))])
    if float(against.max()) < LARGE_MOVE / 2:
        return move
    events = reasons(logs.get(move.replication, ()), firm, move.month) or clause_ends(one, firm, move.month)
    return dataclasses.replace(move, events=events)


def clause_ends(one: xr.Dataset, firm: str, month: np.datetime64) -> tuple[str, ...]:
    """Reservations and commitments of a firm that end at the beginning of a month or in it."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    found = []
    for clause in scenario_text.clauses(scenario):
        until = study_data.as_date(scenario_text.plain(clause.terms.get("until")))
        mine = firm in clause_terms(scenario, clause.label)[1:]
        if clause.kind in ("commit", "reservation") and mine and until and np.datetime64(until, "M") == month:
            found.append(f"end of {until} ({clause.label})")
    return tuple(found)


def reasons(log: Iterable[Event], firm: str, month: np.datetime64) -> tuple[str, ...]:
    """The events of a month, or of the three weeks before it, that name a firm and can move its share."""
    near = {str(month), str((month.astype("datetime64[D]") - 20).astype("datetime64[M]"))}
    told = [e for e in log if e["kind"] in REASONS and str(e["time"])[:7] in near and firm in str(e)]
    return tuple(f"{e['kind']} of {str(e['time'])[:10]} ({e['subject']})" for e in sorted(told, key=_weight))


def _weight(event: Event) -> int:
    """What is signed for years comes before a lease."""
    return int(event["kind"] == "lease")


def largest_moves(one: xr.Dataset) -> dict[str, float]:
    """The largest move of each firm's share of infrastructure revenue in a month, in any future, after the first months."""
    share = one["market_share"].sel(layer="infrastructure")
    later = share.diff("time").isel(time=slice(SETTLING_MONTHS - 1, None))
    moved = abs(later).max(["replication", "time"])
    return {str(f): float(moved.sel(firm=f)) for f in moved["firm"].values if float(moved.sel(firm=f)) > 0}


def _move_rows(one: xr.Dataset, moves: Sequence[Move]) -> list[list[str]]:
    rows = []
    for firm, most in sorted(largest_moves(one).items(), key=lambda item: -item[1]):
        mine = [m for m in moves if m.firm == firm]
        without = [m for m in mine if not m.explained]
        months = sorted({str(m.month) for m in mine})
        said = sorted({event for m in mine for event in m.events[:1]})
        rows.append(
            [
                firm,
                f"{100 * most:.1f}",
                str(len(mine)),
                ", ".join(months) or "–",
                "; ".join(said) or "–",
                str(len(without)),
            ]
        )
    return rows


# ---- vendors


def _vendor_lines(one: xr.Dataset) -> list[str]:
    revenue = one["revenue"].sel(firm="nvidia").sum("layer").isel(time=slice(0, 18)) / BILLION
    median = revenue.median("replication").values
    months = [str(m)[:7] for m in one["time"].values[:18]]
    low = int(np.argmin(median))
    public = [p for p in record.points() if p.measure == "vendor_revenue" and p.entity == "nvidia"][-1]
    whole = one["revenue"].sel(firm="nvidia").sum("layer").median("replication").values / BILLION
    least = int(np.argmin(whole))
    return [
        f"Public: {public.value:.1f} B$ in the quarter to {public.date}, {public.value / 3:.1f} B$ a month. Simulated medians of the "
        f"first 18 months: least {median[low]:.1f} B$ in {months[low]}; of the whole run {whole[least]:.1f} B$ in "
        f"{str(one['time'].values[least])[:7]}; in any future {float(revenue.min()):.1f} B$ a month.",
        "",
        *_table(
            ["month", "median B$", "90 % of futures"],
            [[m, f"{x:.1f}", _band(revenue.isel(time=k))] for k, (m, x) in enumerate(zip(months, median, strict=True))],
        ),
    ]


# ---- service


def _service_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for year, months in one.groupby(one["time"].dt.year):
        cells = [str(int(year))]
        for products in CLASSES.values():
            cells.append(_percent(unserved(months, products)))
        for use, missing in (("own_use", "own_use_unserved"), ("customer_use", "customer_unserved")):
            lost, got = (months[name].sum(("cloud", "time")) for name in (missing, use))
            cells.append(_percent(lost / (lost + got)))
        cells.append(f"{float(_wait(months).median()):.2f} h")
        rows.append(cells)
    return rows


def unserved(months: xr.Dataset, products: Collection[str]) -> xr.DataArray:
    """Share of the demand of labs' products that was not served, by replication."""
    names = [p for p in products if p in months["product"].values]
    lost, got = (months[name].sel(product=names).sum(("lab", "product", "time")) for name in ("unserved", "served"))
    return lost / (lost + got)


def _wait(months: xr.Dataset) -> xr.DataArray:
    weight = months["powered"].sum("region")
    weighed: xr.DataArray = (months["wait"] * weight).sum(("cloud", "time")) / weight.sum(("cloud", "time"))
    return weighed


def _percent(share: xr.DataArray) -> str:
    low, median, high = (100 * float(x) for x in np.nanquantile(share.values, (0.05, 0.5, 0.95)))
    return f"{median:.1f} % ({low:.1f} to {high:.1f})"


def waiting_days(one: xr.Dataset, cloud: str) -> xr.DataArray:
    """How long an order of AI customers waits at a cloud, by Little's law: what waits on average over what comes in a day.

    Shape: (replication). 0 where nothing waits; missing where what is wanted does not grow.
    """
    lost, got = one["customer_unserved"].sel(cloud=cloud), one["customer_use"].sel(cloud=cloud)
    wanted = lost + got
    growth = (wanted.isel(time=-1) - wanted.isel(time=0)) / (30.4 * max(1, one.sizes["time"] - 1))
    days: xr.DataArray = lost.mean("time") / growth.where(growth > 0)
    return days


def _order_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for cloud in map(str, one["cloud"].values):
        if float(one["customer_use"].sel(cloud=cloud).sum()) <= 0:
            continue
        cells = [cloud]
        for _, months in one.groupby(one["time"].dt.year):
            lost = months["customer_unserved"].sel(cloud=cloud).sum("time")
            share = lost / (lost + months["customer_use"].sel(cloud=cloud).sum("time"))
            days = waiting_days(months, cloud).values
            known = days[np.isfinite(days)]
            wait = f"{np.median(known):.0f} d" if known.size else "–"
            cells.append(f"{100 * float(share.median()):.1f} %, {wait}" if float(share.max()) > 0.0005 else "0")
        rows.append(cells)
    return rows


# ---- firms that borrow


def _debt_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for cloud in map(str, one["cloud"].values):
        debt = one["net_debt"].sel(cloud=cloud)
        if debt.isnull().all():
            continue
        ends = debt.groupby(one["time"].dt.year).last()
        coverage, limit = (
            one[name].sel(cloud=cloud).isel(time=slice(3, None)) for name in ("debt_coverage", "debt_limit")
        )
        rows.append(
            [
                cloud,
                ", ".join(f"{int(y)}: {float(ends.sel(year=y).median()) / BILLION:.0f}" for y in ends["year"].values),
                _spread((debt / limit).max("time") * BILLION, 2),
                _spread(coverage.min("time") * BILLION, 2),
            ]
        )
    return rows


# ---- labs


def credit_line(one: xr.Dataset, lab: str) -> float:
    """How far below zero a lab's cash may fall, $."""
    scenario = scenario_text.tree_of(str(one.attrs.get("resolved_scenario", "")))
    cash = scenario.get("labs", {}).get(lab, {}).get("cash", {})
    number, unit = str(scenario_text.plain(cash.get("overdraft", "0 $"))).split(" ")
    return float(number) * _DOLLARS[unit]


_DOLLARS = {"$": 1.0, "k$": 1e3, "M$": 1e6, "B$": 1e9}


def unfunded_months(one: xr.Dataset, lab: str, limit: float = 0.0) -> xr.DataArray:
    """Months at whose end a lab's account stood more than ``limit`` below 0 while it trained or did research, by replication."""
    working = one["served"].sel(lab=lab, product=["training", "research"]).sum("product") > 0
    count: xr.DataArray = ((one["lab_cash"].sel(lab=lab) < -limit) & working).sum("time")
    return count


def _lab_rows(one: xr.Dataset) -> list[list[str]]:
    rows = []
    for lab in map(str, one["lab"].values):
        cash = one["lab_cash"].sel(lab=lab)
        if cash.isnull().all():
            continue
        profit = one["gross_profit"].sel(firm=_firm_of_lab(one, lab)).sum("layer")
        yearly = profit.groupby(one["time"].dt.year).sum("time") / BILLION
        low, month = unfunded_months(one, lab), int(cash.median("replication").argmin("time"))
        line = credit_line(one, lab)
        beyond = unfunded_months(one, lab, line)
        rows.append(
            [
                lab,
                _spread(one["lab_funding"].sel(lab=lab).sum("time")),
                ", ".join(f"{int(y)}: {float(yearly.sel(year=y).median()):.0f}" for y in yearly["year"].values),
                f"{_spread(cash.min('time'))} (median least {str(one['time'].values[month])[:7]})",
                _futures_with(low),
                f"{line / BILLION:.1f}",
                _futures_with(beyond),
                f"{float(one['lab_funded'].sel(lab=lab).min('time').median()):.0%}",
            ]
        )
    return rows


def _futures_with(months: xr.DataArray) -> str:
    """In how many futures there is such a month, and the most of them in one."""
    most = int(months.max())
    return f"{int((months > 0).sum())} of {months.size}" + (
        f", at most {most} month{'s' if most > 1 else ''}" if most else ""
    )


def _firm_of_lab(one: xr.Dataset, lab: str) -> str:
    return scenario_text.firm_of(scenario_text.tree_of(str(one.attrs.get("resolved_scenario", ""))), lab, "labs")


# ---- the premium


def _premium_rows(
    ds: xr.Dataset, exclusive: str, amended: str, half_width: float, adjusted: xr.Dataset | None
) -> list[list[str]]:
    known = difference(ds, "npv", exclusive, amended, resamples=0)
    rows = []
    for firm in study_data.firms(ds):
        cell = known.sel(firm=firm)
        sd, mean = float(cell["sd"]) / BILLION, float(cell["mean"]) / BILLION
        if sd < 0.05:
            continue
        half = float(cell["mean_high"] - cell["mean_low"]) / 2 / BILLION
        rows.append(
            [
                firm,
                f"{mean:+.1f}",
                f"{half:.1f}",
                f"{sd:.1f}",
                f"{float(cell['variance_ratio']):.0%}",
                str(pairs_needed(sd, half_width)),
                *([] if adjusted is None else _adjusted_cells(adjusted.sel(firm=firm), half_width)),
            ]
        )
    return rows


def _adjusted_cells(cell: xr.Dataset, half_width: float) -> list[str]:
    half = float(cell["mean_high"] - cell["mean_low"]) / 2
    return [
        f"{float(cell['mean']) / BILLION:+.1f}",
        f"{half / BILLION:.1f}",
        f"{float(cell['explained']):.0%}",
        str(pairs_needed(float(cell["sd_left"]) / BILLION, half_width)),
    ]


# ---- the page


def page(
    ds: xr.Dataset,
    amended: str,
    exclusive: str,
    logs: Mapping[str, Mapping[int, Iterable[Event]]] | None = None,
    half_width: float = 1.5,
    adjusted: xr.Dataset | None = None,
) -> str:
    """The rows as Markdown. ``logs`` are the dated events of the futures that have a large move, by arm and number;
    ``adjusted`` are the premiums adjusted for drivers, of :func:`rackrate.adjusted`."""
    arms = {name: record.one_arm(ds, name) for name in (amended, exclusive)}

    def section(
        title: str, note: str, header: Sequence[str], rows: Callable[[str, xr.Dataset], list[list[str]]]
    ) -> list[str]:
        lines = [f"## {title}", "", *([note, ""] if note else [])]
        for name, one in arms.items():
            lines += [f"### {name}", "", *_table(header, rows(name, one))]
        return lines

    def moves(name: str, one: xr.Dataset) -> list[list[str]]:
        return _move_rows(one, large_moves(one, (logs or {}).get(name)))

    years = [str(int(y)) for y in np.unique(arms[amended]["time"].dt.year.values)]
    more = paid(arms[exclusive], "openai", "amazon") - paid(arms[amended], "openai", "amazon")
    header = _PREMIUM_HEADER + ([] if adjusted is None else _ADJUSTED_HEADER)
    known = [f"futures for ±{half_width} B$" if column == "futures" else column for column in header]
    note = [] if adjusted is None else [_ADJUSTED_NOTE.format(controls=adjusted.attrs["controls"]), ""]
    return "\n".join(
        [
            *_opening(ds),
            *section(
                "Capital to the end of the run, B$", _CAPITAL_NOTE, _CAPITAL_HEADER, lambda _, one: _capital_rows(one)
            ),
            *section("Paid for nothing, B$", "", _IDLE_HEADER, lambda _, one: _idle_rows(one)),
            f"Under exclusivity OpenAI pays Amazon {_spread(more)} B$ more than without it (negative: less).",
            "",
            *section("Shares of infrastructure revenue, largest move in a month", "", _MOVE_HEADER, moves),
            "## Revenue of NVIDIA by month",
            "",
            *_vendor_lines(arms[amended]),
            *section(
                "What is not served, and waits", _SERVICE_NOTE, _SERVICE_HEADER, lambda _, one: _service_rows(one)
            ),
            *section("Orders that wait", _ORDER_NOTE, ["cloud", *years], lambda _, one: _order_rows(one)),
            *section("Firms that borrow", "", _DEBT_HEADER, lambda _, one: _debt_rows(one)),
            *section("Cash of labs, B$", "", _LAB_HEADER, lambda _, one: _lab_rows(one)),
            "## How well the premium of exclusivity is known",
            "",
            *note,
            *_table(known, _premium_rows(ds, exclusive, amended, half_width, adjusted)),
        ]
    )


_CAPITAL_HEADER = ["cloud", "spent on chips, shells, power", "budget", "futures beyond it"]
_CAPITAL_NOTE = (
    "A review never plans more than the budget holds, or the run ends with an error. Where a year's spending exceeds its budget, "
    "the facts that made it so follow (`capital_prior`, `capital_carried`, `capital_advanced`); more than one may hold, so they need not add up."
)
_IDLE_HEADER = ["kind", "payer", "payee", "fell due", "paid for nothing", "share"]
_PREMIUM_HEADER = ["firm", "mean B$", "half-width, 90 %", "deviation over futures", "variance left", "futures"]
_ADJUSTED_HEADER = ["adjusted for drivers", "half-width", "drivers explain", "futures"]
_ADJUSTED_NOTE = (
    "Adjusted means take out what the futures drew before anybody decided, as far as it explains the premium: {controls}. Their means "
    "are known from 20,000 futures without a market."
)
_MOVE_HEADER = ["firm", "largest move, points", "moves beyond 8 points", "months", "events that say why", "without one"]
_SERVICE_HEADER = ["year", *(f"{name}" for name in CLASSES), "own products", "other customers", "wait"]
_SERVICE_NOTE = (
    "Share of demand that was not served: median and 90 % of futures. The wait is that of interactive requests, a mean over "
    "clouds by powered capacity."
)
_ORDER_NOTE = (
    "Of what AI customers beyond the labs want of a cloud, the part that waits for capacity, and for how long an order waits by "
    "Little's law (– where what is wanted does not grow); medians."
)
_DEBT_HEADER = [
    "cloud",
    "net debt at the year's end, B$",
    "most of it over what lenders allow",
    "least coverage of debt service",
]
_LAB_HEADER = [
    "lab",
    "funding received",
    "gross profit by year",
    "least cash",
    "futures with training or research below 0",
    "credit line",
    "and below that",
    "least share of plans paid for",
]


def _opening(ds: xr.Dataset) -> list[str]:
    futures = study_data.finished(ds).sizes["replication"]
    return [
        "# The flagship, row by row",
        "",
        "What a reader from the industry asks of the flagship and of its exclusive arm. This page is printed by a command:",
        "",
        "```sh",
        "./dev rows     # python -m rackrate.rows -o rows.md",
        "```",
        "",
        f"{futures} futures, seed {ds.attrs.get('seed', 'unknown')}, {_enterprises(ds)} enterprises, every value as it is written. Unless a column "
        "says otherwise a figure is the median over futures, with 90 % of them in brackets; nominal dollars.",
        "",
    ]


def _enterprises(ds: xr.Dataset) -> str:
    run = scenario_text.tree(ds, study_data.baseline(ds)).get("run", {})
    return f"{int(scenario_text.plain(run.get('enterprises', 0))):,}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _spread(values: Any, digits: int = 1) -> str:
    """Median and 90 % of futures of dollars, in B$."""
    low, median, high = np.nanquantile(np.asarray(values, float) / BILLION, (0.05, 0.5, 0.95))
    return f"{median:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _band(values: Any) -> str:
    low, high = np.nanquantile(np.asarray(values, float), (0.05, 0.95))
    return f"{low:.1f} to {high:.1f}"
