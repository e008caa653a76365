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

    table = analysis.premium_table(ds)
    print(analysis.headline(ds, table, structural).sentence)
    print()
    totals = table[table["layer"] == "all"]
    unit = analysis.unit_of(totals[["mean", "outcome_low", "outcome_high"]].to_numpy())
    least = _SMALL * max((_reach(row) for row in totals.itertuples()), default=0.0)
    single = bool((totals["pairs"] < 2).all())
    for (question, group), part in totals.groupby(["question", "group"], sort=False):
        kind = {"transfer": ", moved by money clauses", "rest": ", the rest"}.get(str(group), "")
        title = f"{question}{kind}; {unit.name} on the valuation date"
        rows = [
            _premium(row, unit, single)
            for row in part.sort_values("mean", ascending=False).itertuples()
            if _reach(row) > least
        ]
        if rows and single:
            print_rows(f"{title}; one future, so no interval", ["firm", "difference", "break-even"], rows)
        elif rows:
            print_rows(
                title,
                ["firm", "mean", "90 % of futures", "mean known to", "P(<0)", "break-even", "variance left"],
                rows,
            )
    if not single:
        print(f"{analysis.VARIANCE_LEFT}\n")


def _reach(row: Any) -> float:
    """The largest number that the row would show; what is not known does not count."""
    return max((abs(value) for value in (row.mean, row.outcome_low, row.outcome_high) if value == value), default=0.0)


def _premium(row: Any, unit: Unit, single: bool) -> list[str]:
    from rackrate import analysis

    year = "" if row.break_even is None or row.break_even != row.break_even else f"{row.break_even:.0f}"
    mean = unit.number(row.mean, True)
    if single:
        return [str(row.firm), mean, year]
    return [
        str(row.firm),
        mean,
        unit.span(row.outcome_low, row.outcome_high),
        unit.span(row.mean_low, row.mean_high),
        f"{row.p_negative:.0%}",
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
