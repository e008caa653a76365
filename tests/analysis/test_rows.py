"""The page of rows: what it counts, by hand, and that it prints all of them for two short runs."""

import numpy as np
import pytest
import xarray as xr

import rackrate as rr
from rackrate import rows as command
from rackrate.analysis import capacity_bound, record, rows


def months(first, count):
    return np.arange(np.datetime64(first, "M"), np.datetime64(first, "M") + count).astype("datetime64[ns]")


def test_a_year_is_added_up_to_the_end_of_each_quarter():
    spent = [10.0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0, 0, 40]
    time = months("2026-01", 13)
    cells = {"cloud": ["a"], "replication": [0], "time": time}
    values = xr.DataArray([[spent]], cells, ["cloud", "replication", "time"])
    one = xr.Dataset(
        {
            "capital_chips": values,
            "capital_shells": values * 0,
            "capital_power": values * 0,
            "capital_budget": values * 0 + 5,
        }
    )
    over = rows.beyond_budget(one).isel(cloud=0, replication=0)
    # By March 10 of 15, by June 35 of 30; a new year knows nothing of the old one: 40 of 5 in January.
    assert over.values.tolist() == [0, 5, 0, 0, 35]


def test_what_exceeds_a_budget_was_ordered_before_or_came_late_or_early():
    time = months("2025-10", 6)
    cells = {"cloud": ["a"], "replication": [0], "time": time}

    def monthly(values):
        return xr.DataArray([[values]], cells, ["cloud", "replication", "time"])

    one = xr.Dataset(
        {
            "capital_budget": monthly([5.0] * 6),
            "capital_prior": monthly([20.0, 0, 0, 0, 0, 18]),
            "capital_carried": monthly([0.0, 2, 7, 3, 0, 1]),
            "capital_advanced": monthly([0.0, 0, 0, 0, 0, 4]),
            "capital_dearer": monthly([3.0, 0, 2, 0, 0, 2.5]),
            "net_debt": monthly([1.0, 1, 1, 2, 2, 9]),
            "debt_limit": monthly([5.0] * 6),
        }
    )
    why = rows.reasons_beyond_budget(one).isel(cloud=0, replication=0)
    assert why["prior"].values.tolist() == [5, 3]  # 20 of 15 by December, 18 of 15 by March
    assert why["late"].values.tolist() == [0, 7]  # what December had not paid
    assert why["early"].values.tolist() == [0, 4]
    assert why["dearer"].values.tolist() == [2, 2.5]
    assert why["lent"].values.tolist() == [0, 4]  # lenders allow 5 of the 9 that are owed


def test_a_move_beyond_eight_points_wants_an_event_that_names_the_firm():
    share = [[[0.5, 0.7, 0.7, 0.7, 0.6, 0.52, 0.52], [0.5, 0.3, 0.3, 0.3, 0.4, 0.48, 0.48]]]
    cells = {"replication": [3], "firm": ["a", "b"], "time": months("2026-01", 7)}
    one = xr.Dataset({"market_share": xr.DataArray(share, cells, list(cells)).expand_dims(layer=["infrastructure"])})
    told = {"kind": "lease", "subject": "a", "time": "2026-04-20T00:00:00Z", "text": "leases from c"}
    other = {"kind": "release", "subject": "b", "time": "2026-05-02T00:00:00Z", "text": ""}
    found = rows.large_moves(one, {3: [other]})
    # The move of February belongs to the first months.
    assert [(m.firm, str(m.month), round(m.points, 2), m.explained) for m in found] == [
        ("a", "2026-05", -0.1, False),
        ("b", "2026-05", 0.1, False),
    ]
    # What lifts one firm's share lowers the other's.
    assert all(move.explained for move in rows.large_moves(one, {3: [told, other]}))
    assert rows.largest_moves(one) == pytest.approx({"a": 0.1, "b": 0.1})


def test_owners_said_that_they_were_short_before_the_run_begins():
    said = capacity_bound.statements()
    assert {s.cloud for s in said} >= {"aws", "azure", "gcp"}
    assert all(s.date <= record.LAST and s.words and s.grade for s in said)


def test_the_page_has_every_row():
    scenarios = command.arms(100)
    ds = rr.compare(scenarios, replications=2, fixed_parameters=True, until="2026-01-01", progress=False)
    text = rows.page(ds, command.AMENDED, command.EXCLUSIVE, command.events(scenarios, ds, 1, 1))
    for title in ("Capital", "Paid for nothing", "Shares of infra", "NVIDIA", "not served", "Cash of labs", "premium"):
        assert title in text
    assert "nan" not in text
