"""What run, compare and summary print of a result: sums in the unit of their size, nothing that was not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rackrate.cli.tables import print_frame, print_rows

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from rackrate.analysis.units import Unit

_SMALL = 5e-4  # of the largest number: less has no row


def print_premium(ds: xr.Dataset, structural: pd.DataFrame | None) -> None:
    """The headline, then for each question one line a firm: mean, both intervals, P(< 0), break-even year."""
    from rackrate import analysis
    from rackrate.analysis.adjusted import controls_allowed
    from rackrate.analysis.table_views import draws_parameters

    table = analysis.premium_table(ds)
    print(analysis.headline(ds, table, structural).sentence)
    print()
    totals = table[table["layer"] == "all"]
    unit = analysis.unit_of(totals[["mean", "outcome_low", "outcome_high"]].to_numpy())
    least = _SMALL * max((_reach(row) for row in totals.itertuples()), default=0.0)
    single = bool((totals["pairs"] < 2).all())
    drawn = draws_parameters(table)
    spreads = ["90 % of outcomes", "futures alone", "parameters alone"] if drawn else ["90 % of futures"]
    columns = ["firm", "mean", *spreads, "mean known to", "P(<0)", "break-even", "variance left"]
    adjusted = {} if drawn or not controls_allowed(int(totals["pairs"].max())) else _adjusted(ds)
    for (question, group), part in totals.groupby(["question", "group"], sort=False):
        kind = {"transfer": ", moved by money clauses", "rest": ", the rest"}.get(str(group), "")
        title = f"{question}{kind}; {unit.name} on the valuation date"
        rows = [
            _premium(row, unit, single, drawn)
            for row in part.sort_values("mean", ascending=False).itertuples()
            if _reach(row) > least
        ]
        if rows and single:
            print_rows(f"{title}; one future, so no interval", ["firm", "difference", "break-even"], rows)
        elif rows:
            print_rows(title, columns, rows)
        if str(group) in adjusted and rows:
            _print_adjusted(str(question), adjusted[str(group)], unit, least)
    if not single:
        print(f"{analysis.VARIANCE_LEFT}\n")
    _print_gains(ds, unit, single)
    if drawn and not single:
        print(f"\n{_how_known(ds)}")


def _adjusted(ds: xr.Dataset) -> dict[str, xr.Dataset]:
    """By question, the premiums adjusted for the drivers of their futures; nothing where too few futures were run for one."""
    from rackrate import analysis
    from rackrate.exogenous import adjusted

    found = {}
    for contrast in analysis.contrasts(ds):
        if contrast.key == "terms":
            continue
        try:
            known = adjusted(ds, "npv", contrast.treatment, contrast.control)
        except ValueError:  # the arms draw other drivers: nothing that both draw explains the difference
            continue
        if known.attrs["controls"]:
            found[contrast.key] = known
    return found


def _print_adjusted(question: str, known: xr.Dataset, unit: Unit, least: float) -> None:
    from rackrate.analysis import study_data
    from rackrate.analysis.units import BILLION

    rows = []
    for firm in map(str, known["firm"].values):
        cell = known.sel(firm=firm)
        mean, low, high = (float(cell[k]) / BILLION for k in ("mean", "mean_low", "mean_high"))
        if firm not in study_data.OUTSIDE and abs(mean) > least:
            rows.append(
                (mean, [firm, unit.number(mean, True), unit.span(low, high), f"{100 * float(cell['explained']):.0f} %"])
            )
    cells = [row for _, row in sorted(rows, key=lambda item: -item[0])]
    title = f"{question}; mean adjusted for {known.attrs['controls']}; {unit.name}"
    print_rows(title, ["firm", "mean, adjusted for drivers", "known to", "drivers explain"], cells)


def _print_gains(ds: xr.Dataset, unit: Unit, single: bool) -> None:
    """For each question but that of other terms: what all parties and buyers gain, the sum, and when."""
    from rackrate import analysis

    for contrast in analysis.contrasts(ds):
        if contrast.key == "terms":
            continue
        table = analysis.gains(ds, contrast.treatment, contrast.control)
        through = {r.party: r for r in table[table["through_stakes"]].itertuples()}
        least = _SMALL * max((_reach(r) for r in table.itertuples()), default=0.0)
        own = [r for r in table[~table["through_stakes"]].itertuples() if _reach(r) > least or r.party == "total"]
        rows = [_gain(r, through.get(r.party), unit, single) for r in own]
        columns = ["party", "gain", *([] if single else ["90 % of outcomes"])]
        columns += ([] if not through else ["looking through stakes", *([] if single else ["90 % of outcomes"])]) + [
            "after 2028"
        ]
        print_rows(f"{contrast.title}: gains and losses of all, {unit.name}, without a terminal value", columns, rows)


def _gain(row: Any, through: Any, unit: Unit, single: bool) -> list[str]:
    late = "" if row.after_2028 != row.after_2028 else f"{100 * row.after_2028:.0f} %"
    cells = [str(row.party)]
    for one in (row, through):
        if one is not None:
            cells += [unit.number(one.mean, True), *([] if single else [unit.span(one.outcome_low, one.outcome_high)])]
    return [*cells, late]


def _how_known(ds: xr.Dataset) -> str:
    """What the intervals of a study with drawn parameters hold."""
    from rackrate.analysis import study_data

    pooled = study_data.pooled(ds)
    points = len(set(pooled["point"].values.tolist()))
    futures = pooled.sizes["replication"] // points
    return (
        f"Outcomes: {points} draws of every value with a stated range, {futures} future{'s' if futures > 1 else ''} each; futures and "
        "parameters together. The mean is known to the error of so few draws."
    )


def _reach(row: Any) -> float:
    """The largest number that the row would show; what is not known does not count."""
    return max((abs(value) for value in (row.mean, row.outcome_low, row.outcome_high) if value == value), default=0.0)


def _premium(row: Any, unit: Unit, single: bool, drawn: bool) -> list[str]:
    from rackrate import analysis

    year = "" if row.break_even is None or row.break_even != row.break_even else f"{row.break_even:.0f}"
    mean = unit.number(row.mean, True)
    if single:
        return [str(row.firm), mean, year]
    return [
        str(row.firm),
        mean,
        unit.span(row.outcome_low, row.outcome_high),
        *(
            [unit.span(row.future_low, row.future_high), unit.span(row.parameter_low, row.parameter_high)]
            if drawn
            else []
        ),
        unit.span(row.mean_low, row.mean_high),
        f"{100 * row.p_negative:.0f} %",
        year,
        analysis.variance_left(row),
    ]


def print_summary(ds: xr.Dataset) -> None:
    """What the file holds; per arm, flows by fiscal year, a year of which a part was run marked; books and dates."""
    from rackrate import analysis

    print(f"arms: {', '.join(str(arm) for arm in ds['arm'].values)}")
    print(
        f"replications: {ds.sizes['replication']}, seed {ds.attrs.get('seed', '?')}, fingerprint {ds.attrs.get('fingerprint', '?')}"
    )
    for arm in map(str, ds["arm"].values):
        for flow in ("revenue", "gross_profit"):
            frame, unit = analysis.fiscal_summary(ds, arm, flow)
            if len(frame):
                print_rows(f"{arm}: mean {flow.replace('_', ' ')} by each firm's fiscal year, {unit}", ["firm", *map(str, frame.columns)],
                           [[str(firm), *map(str, cells)] for firm, cells in zip(frame.index, frame.to_numpy(), strict=True)])  # fmt: skip
    print_books(ds)
    print_clause_dates(ds)
    print_training_runs(ds)


def print_clause_dates(ds: xr.Dataset) -> None:
    """When renegotiations were agreed, triggers fired, notice was given: how often over the futures, and the dates."""
    from rackrate import analysis
    from rackrate.analysis.clause_dates import worth_reporting

    if "clause_day" not in ds:
        return
    dates = analysis.clause_dates(ds).pipe(worth_reporting)
    if dates.empty:
        return
    futures = ds.sizes["replication"]
    for date in ("early", "median", "late"):
        dates[date] = [d.date().isoformat() if d == d else "later" for d in dates[date]]
    titles = {
        "early": "by, 5 %",
        "median": "by, half",
        "late": "by, 95 %",
        "happened_low": "at least",
        "happened_high": "at most",
    }
    print_frame(
        dates.rename(columns=titles),
        f"when clauses acted: share of {futures} futures, and the date by which so many of all have",
    )


def print_training_runs(ds: xr.Dataset) -> None:
    """How long the runs of a calendar wait for a place, and when they begin and end."""
    from rackrate import analysis

    if "training_start" not in ds:
        return
    runs = analysis.training_runs(ds)
    for date in ("starts", "ends"):
        runs[date] = [d.date().isoformat() if d == d else "later" for d in runs[date]]
    titles = {
        "begun_low": "at least",
        "begun_high": "at most",
        "wait_early": "wait d, 5 %",
        "wait_median": "wait d, half",
        "wait_late": "wait d, 95 %",
        "starts": "starts by, half",
        "ends": "ends by, half",
    }
    print_frame(
        runs.rename(columns=titles), f"training runs: share of {ds.sizes['replication']} futures that begin, wait"
    )


def print_books(ds: xr.Dataset) -> None:
    """The revenue shares and commitments of the baseline's first replication, where they stand at its end."""
    from rackrate import analysis

    if "clause_cumulative" not in ds:
        return
    arm, replication = str(ds.attrs.get("baseline") or ds["arm"].values[0]), int(ds["replication"].values[0])
    contracts = dict.fromkeys(str(clause).split("/")[0] for clause in ds["clause"].values)
    tables = [analysis.statement(ds, contract) for contract in contracts]
    shares: list[Any] = [
        row for table in tables for row in table[table["kind"] == "revshare"].groupby("clause").tail(1).itertuples()
    ]
    _print_book("revenue shares", f"{arm}, replication {replication}", ["share", "payer", "payee"], ["paid", "cap", "left"],
                [([r.clause, r.payer, r.payee], [float(v) for v in (r.cumulative, r.cap, r.cap_left)]) for r in shares])  # fmt: skip
    book = analysis.commit_book(ds)
    columns = ["used", "shortfall", "credit_expired", "remaining"]
    sums = book.groupby(["payer", "payee"])[columns].sum(min_count=1) if len(book) else book
    _print_book("commitments", f"{arm}, replication {replication}", ["payer", "payee"], [name.replace("_", " ") for name in columns],
                [(list(names), list(values)) for names, values in zip(sums.index, sums.to_numpy(), strict=True)] if len(book) else [])  # fmt: skip


def _print_book(
    what: str, whose: str, names: list[str], columns: list[str], rows: list[tuple[list[Any], list[float]]]
) -> None:
    """Dollars in one unit; what is not known is empty."""
    from rackrate import analysis

    if not rows:
        return
    unit = analysis.unit_of([value / 1e9 for _, values in rows for value in values])
    cells = [
        [*map(str, labels), *("" if value != value else unit.number(value / 1e9) for value in values)]
        for labels, values in rows
    ]
    print_rows(f"{what} of {whose}, at the end, {unit.name}", [*names, *columns], cells, texts=len(names))
