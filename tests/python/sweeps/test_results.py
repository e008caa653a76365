"""The dataset of a sweep: what it holds, however it was run."""

import warnings

import numpy as np
import pytest
import xarray as xr

import rackrate as rr

from . import small

UNITED = {"run_fingerprint", "scenario", "scenario_digest", "discount_rate", "valuation_date"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(design, directory) of a sweep that is done."""
    folder = tmp_path_factory.mktemp("sweep") / "sw"
    asked = small.design()
    summary = small.run(asked, folder)
    assert (summary.runs, summary.done, summary.ran, summary.failed, summary.stopped) == (48, 48, 48, 0, "")
    return asked, folder


@pytest.mark.parametrize("until", ["", "2026-01-05T12:00:00"])
def test_a_point_is_the_same_point_run_alone(tmp_path, until):
    asked = small.design(until=until) if until else small.design()
    small.run(asked, tmp_path / "sw")
    with rr.open(tmp_path / "sw") as ds:
        assert dict(ds.sizes)["point"] == 6
        for point in asked.points():
            for arm, scenario in point.scenarios().items():
                simulation = rr.Simulation(scenario, seed=1, replication=3)
                simulation.run_until(until or "2026-01-11")
                if not until:
                    here = ds.isel(point=point.index, replication=3).sel(arm=arm)
                    assert here["run_fingerprint"].values.item() == simulation.fingerprint()
        for point in asked.points()[2:3]:
            alone = rr.compare(point.scenarios(), replications=4, seed=1, until=until or None)
            here = ds.isel(point=point.index)
            assert list(here["run_fingerprint"].values.ravel()) == list(alone["run_fingerprint"].values.ravel())
            assert list(here["scenario_digest"].values) == list(alone["scenario_digest"].values)
            for name in alone.data_vars:
                if name in here and name not in UNITED:
                    assert here[name].dims == alone[name].dims, name
                    np.testing.assert_array_equal(here[name].values, alone[name].values, name)
            assert set(alone.data_vars) - set(here.data_vars) <= {
                "replay_prices", "replay_investment", "axes", "interventions", "event_log",
            }  # fmt: skip
            for name in alone.coords:
                np.testing.assert_array_equal(here[name].values, alone[name].values, name)
            assert here["time_bounds"].attrs.get("horizon") == alone["time_bounds"].attrs.get("horizon")


def test_the_dataset_is_lazy_and_has_a_coordinate_for_each_factor(whole):
    with rr.open(whole[1]) as ds:
        assert ds["revenue"].chunks is not None and ds["revenue"].dims[:3] == ("point", "arm", "replication")
        assert ds["app_price"].dims == ds["rate"].dims == ("point",)
        assert ds["app_price"].attrs["units"] == "$/H100e-h"
        assert ds["app_price"].values.tolist() == [5, 5, 6, 6, 7, 7]
        assert ds["complete"].values.all()
        assert ds.attrs["seed"] == 1 and ds.attrs["baseline"] == "toy"
        # 6 $/H100e-h is what toy-10 has: 155,520 $ of revenue in ten days (docs/validation.md).
        revenue = ds["revenue"].sel(firm="oai", arm="toy").sum(["layer", "time"])
        assert revenue.values[ds["app_price"].values == 6].round(2).tolist() == [[155520.0] * 4] * 2


@pytest.mark.parametrize(
    "selection",
    [
        {"point": 3},
        {"point": slice(1, 5, 2), "replication": [0, 3]},
        {"firm": [2, 0], "arm": 1},
        {"point": [5, 0], "layer": -1, "time": 0},
        {"replication": slice(None, None, -1), "firm": slice(3, 1, -1)},
    ],
)
def test_a_part_that_is_read_is_the_part_of_the_whole(whole, selection):
    with rr.open(whole[1]) as ds:
        lazy = ds["gross_profit"]
        assert small.same(lazy.isel(selection).load(), ds["gross_profit"].load().isel(selection))


def test_workers_bundles_order_and_interruption_leave_no_trace(whole, tmp_path):
    asked, folder = whole
    wanted = small.fingerprint(folder), small.merged(folder, tmp_path / "whole.h5")
    small.run(asked, tmp_path / "threads", workers=3)
    small.run(asked, tmp_path / "processes", workers=2, threads=False)
    for shard in (2, 0, 1):
        small.run(asked, tmp_path / "shards", shard=_shard(shard, 3))
    for part in ([2, 1], [0, 1, 2]):  # another order of points at first, fewer of them
        prices = [("5 $/H100e-h", "6 $/H100e-h", "7 $/H100e-h")[i] for i in part]
        small.run(small.design(prices, replications=range(2, 4)), tmp_path / "parts", resume=True)
    small.run(asked, tmp_path / "parts", resume=True)
    for name in ("threads", "processes", "shards"):
        assert (small.fingerprint(tmp_path / name), small.merged(tmp_path / name, tmp_path / "m.h5")) == wanted, name
    with rr.open(tmp_path / "parts", design=2) as ds:  # the design itself, whatever shares its directory
        assert ds.attrs["fingerprint"] == wanted[0]


def _shard(index, count):
    from rackrate.sweeps.work import Shard

    return Shard(index, count)


def test_the_merged_file_holds_what_the_directory_holds(whole, tmp_path):
    from rackrate.sweeps.merging import merge

    assert merge(whole[1], tmp_path / "sw.h5") == (48, 48)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a, b = rr.open(whole[1]), rr.open(tmp_path / "sw.h5")
    with a, b:
        assert set(a.variables) == set(b.variables) and {k: str(v) for k, v in a.attrs.items()} == {
            k: str(v) for k, v in b.attrs.items()
        }
        for name in a.variables:
            np.testing.assert_array_equal(a[name].values, b[name].values, name)
            assert a[name].dims == b[name].dims, name
            assert {k: str(v) for k, v in a[name].attrs.items()} == {k: str(v) for k, v in b[name].attrs.items()}, name
    raw = bytearray((tmp_path / "sw.h5").read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "bad.h5").write_bytes(raw)
    with pytest.raises(rr.ResultFileError, match="its bytes do not have the checksum"):
        rr.open(tmp_path / "bad.h5")
    with pytest.raises(rr.ResultFileError, match="is a sweep, which has a dimension point"):
        rr.rerun(tmp_path / "sw.h5")
    with pytest.raises(rr.ResultFileError, match="exists already"):
        merge(whole[1], tmp_path / "sw.h5")


def test_years_and_totals_are_those_of_the_months(tmp_path):
    keep = {"run.end": "2026-03-20", "contracts.oai-az.versions.first.clauses.commitment.until": "2026-03-20"}
    toy = rr.Scenario.load("toy-10").override({**keep, "run.start": "2025-12-20"}, name="long")
    parts = {}
    for by in ("month", "year", "total"):
        asked = small.design(arms={"long": toy}, replications=1, keep=rr_keep(by))
        small.run(asked, tmp_path / by)
        parts[by] = rr.open(tmp_path / by)
    months, years, total = parts["month"], parts["year"], parts["total"]
    assert (
        set(years.data_vars) == set(total.data_vars) and "npv" in years and "capacity" in years and "wait" not in years
    )
    assert years["time"].values.astype("datetime64[D]").astype(str).tolist() == ["2025-01-01", "2026-01-01"]
    assert total.sizes["time"] == 1
    assert str(total["time_bounds"].values.astype("datetime64[D]").tolist()) == str(
        [[np.datetime64("2025-12-20").item(), np.datetime64("2026-03-20").item()]]
    )
    by_year = months["revenue"].groupby("time.year").sum()
    np.testing.assert_array_equal(years["revenue"].values, by_year.transpose(..., "year").values)
    np.testing.assert_array_equal(total["revenue"].values[..., 0], months["revenue"].sum("time").values)
    days = (months["time_bounds"].diff("bnds").squeeze("bnds") / np.timedelta64(1, "D")).values
    capacity = (months["capacity"] * xr.DataArray(days, dims="time")).sum("time") / days.sum()
    np.testing.assert_allclose(total["capacity"].values[..., 0], capacity.values, rtol=1e-15)
    np.testing.assert_array_equal(total["npv"].values, months["npv"].values)


def rr_keep(by):
    from rackrate.sweeps.keep import Keep

    return Keep(("revenue", "npv", "capacity"), by=by)


def test_points_with_other_labels_stand_beside_each_other(tmp_path):
    """An arm with a clause more has a label more; elsewhere its values are missing."""
    toy = rr.Scenario.load("toy-10")
    more = _with_a_clause_more()
    asked = small.design(arms={"toy": toy, "more": more}, replications=2)
    small.run(asked, tmp_path / "sw")
    with rr.open(tmp_path / "sw") as ds:
        alone = rr.compare(asked.points()[3].scenarios(), replications=2)
        assert sorted(ds["clause"].values) == sorted(alone["clause"].values)
        assert ds.sizes["clause"] == 6
        here = ds["clause_payment"].isel(point=3).sel(clause=alone["clause"].values)
        np.testing.assert_array_equal(here.values, alone["clause_payment"].values)
        new = [c for c in ds["clause"].values if "bonus" in c]
        assert np.isnan(ds["clause_payment"].sel(arm="toy", clause=new).values).all()
        assert ds["clause_payment"].sel(arm="more", clause=new).notnull().any()


def test_a_scenario_that_points_share_is_run_once(tmp_path):
    """The factor moves a clause that one arm alone has: the other arm is the same scenario at every point."""
    path = "contracts.ant-aws.versions.first.clauses.bonus.amount"
    asked = small.design(
        arms={"toy": rr.Scenario.load("toy-10"), "more": _with_a_clause_more()},
        factors={"bonus": {"path": path, "values": ["60000 $", "70000 $"]}},
    )
    summary = small.run(asked, tmp_path / "sw")
    assert summary.runs == summary.ran == 3 * 4  # two scenarios of more, one of toy
    with rr.open(tmp_path / "sw") as ds:
        assert ds["complete"].values.sum() == 2 * 2 * 4
        toy = ds["revenue"].sel(arm="toy")
        np.testing.assert_array_equal(toy.isel(point=0).values, toy.isel(point=1).values)


def _with_a_clause_more():
    clause = 'kind = "commit"\npayer = "ant"\npayee = "aws"\namount = "70000 $"\nuntil = 2026-01-11\n'
    text = rr.Scenario.load("toy-10").to_toml()
    return rr.Scenario.parse(f"{text}\n[contracts.ant-aws.versions.first.clauses.bonus]\n{clause}", "more")


def test_points_and_replications_are_added_and_nothing_is_run_twice(tmp_path):
    first = small.run(small.design(["5 $/H100e-h", "6 $/H100e-h"], replications=2), tmp_path / "sw")
    assert first.ran == 4 * 2 * 2
    more = small.run(small.design(["6 $/H100e-h", "7 $/H100e-h"], replications=range(3)), tmp_path / "sw", resume=True)
    assert more.ran == 2 * 2 * 3 + 2 * 2 * 1  # two new points, and one more replication of two old ones
    again = small.run(small.design(["5 $/H100e-h", "6 $/H100e-h"], replications=2), tmp_path / "sw", resume=True)
    assert again.ran == 0
    with rr.open(tmp_path / "sw") as ds:
        assert ds["app_price"].values.tolist() == [5, 5, 6, 6, 7, 7] and ds.sizes["replication"] == 3
        assert ds["complete"].isel(arm=0).values.tolist() == [[1, 1, 0]] * 2 + [[1, 1, 1]] * 4
        assert np.isnan(ds["revenue"].isel(point=0, replication=2).values).all()
    with rr.open(tmp_path / "sw", design=1) as ds:
        assert ds["app_price"].values.tolist() == [6, 6, 7, 7] and ds["complete"].values.all()
    with pytest.raises(rr.ResultFileError, match="holds 2 designs; expected a number from 0 to 1"):
        rr.open(tmp_path / "sw", design=2)


def test_a_sweep_in_five_lines():
    """In memory, without a directory; the arms may come from the call."""
    sw = rr.sweep(
        small.arms(), {"kind": "grid", "factors": {"app_price": {"path": small.PRICE, "values": ["5 $/H100e-h", "7 $/H100e-h"]}}},
        replications=2, threads=True,
    )  # fmt: skip
    assert dict(sw.sizes)["point"] == 2 and list(sw["arm"].values) == ["toy", "thin"]
    assert isinstance(sw["revenue"].data, np.ndarray)


def test_a_program_without_a_main_guard_may_run_a_sweep(tmp_path):
    import subprocess
    import sys

    (tmp_path / "mine.py").write_text(
        "import rackrate as rr\n"
        f"sw = rr.sweep('toy-10', {{'kind': 'grid', 'factors': {{'app_price': {{'path': {small.PRICE!r}, 'values': ['5 $/H100e-h', '7 $/H100e-h']}}}}}},"
        " replications=2, out='sw', workers=2)\n"
        "print(int(sw['complete'].sum()))\n"
    )
    done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4\n", "")
