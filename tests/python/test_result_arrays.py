"""A result that stays in memory is the one that its file would have given, and no file is written for it."""

import json
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

import rackrate as rr

MORE = """
extends = "toy-10"
[contracts.more]
parties = ["oai", "aws"]
[contracts.more.versions.first]
signed = 2026-01-01
effective = 2026-01-01
[contracts.more.versions.first.clauses.fee]
kind = "revshare"
payer = "oai"
payee = "aws"
lab = "oai"
rate = 0.01
"""


def arms():
    """Two arms that do not know the same clauses, so that each has values missing among the labels of both."""
    return {"toy": rr.Scenario.load("toy-10"), "more": rr.Scenario.parse(MORE, "more")}


def same(here: xr.Dataset, there: xr.Dataset) -> None:
    xr.testing.assert_identical(here, there)
    assert list(here.variables) == list(there.variables)
    for name, variable in here.variables.items():
        assert variable.dtype == there[name].dtype, name
        assert list(variable.attrs) == list(there[name].attrs), name
        for key in ("_FillValue", "units", "calendar", "zlib", "complevel", "shuffle"):
            assert str(variable.encoding.get(key) or None) == str(there[name].encoding.get(key) or None), (name, key)
    assert list(here.attrs) == list(there.attrs)
    assert {name: type(value) for name, value in here.attrs.items()} == {
        name: type(value) for name, value in there.attrs.items()
    }


@pytest.mark.parametrize("until", [None, "2026-01-06", "2026-01-04T06:00"])
def test_a_study_in_memory_is_the_study_of_its_file(tmp_path, until):
    asked = {"replications": range(3, 6), "seed": 5, "until": until, "baseline": "more"}
    rr.compare(arms(), **asked, out=tmp_path / "study.h5")
    with rr.open(tmp_path / "study.h5") as file:
        same(rr.compare(arms(), **asked), file.load())


def test_so_is_one_of_the_flagship(tmp_path):
    asked = {"replications": 2, "until": "2025-08-10", "threads": 2}
    scenario = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 200})
    rr.run(scenario, **asked, out=tmp_path / "study.h5")
    with rr.open(tmp_path / "study.h5") as file:
        same(rr.run(scenario, **asked), file.load())


def test_a_simulation_on_its_way_is_the_file_that_it_writes(tmp_path):
    simulation = rr.Simulation("toy-10", replication=4)
    simulation.run_until("2026-01-03")
    simulation.terminate("oai-az", effective="2026-01-05")
    simulation.run_until("2026-01-07")
    simulation._core.write(str(tmp_path / "one.h5"), json.dumps(simulation.interventions))
    with rr.open(tmp_path / "one.h5") as file:
        same(simulation.results(), file.load())


def test_a_result_in_memory_saves_and_opens_again(tmp_path):
    ds = rr.compare(arms(), replications=2)
    ds.to_netcdf(tmp_path / "saved.nc", engine="h5netcdf")
    with pytest.warns(UserWarning, match="not verified"):
        again = rr.open(tmp_path / "saved.nc")
    with again:
        xr.testing.assert_identical(again.load(), ds)


def test_a_result_outlives_the_study_that_made_it():
    """Its arrays are the memory of the library; slices keep it alive."""
    part = rr.run("toy-10", replications=2)["revenue"].sel(firm="oai")
    copy = part.values.copy()
    for _ in range(20):
        rr.run("toy-10", replications=2)
    assert np.array_equal(part.values, copy)
    part.values[...] = 0.0  # and it may be written


def test_no_file_is_written_for_a_result_in_memory():
    """Where no file may grow, a hundred replications reach xarray all the same."""
    program = (
        "import resource, rackrate as rr\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "ds = rr.run('toy-10', replications=100)\n"
        "print(ds.sizes['replication'], int(ds['complete'].sum()))\n"
        "print(rr.Simulation('toy-10').results().sizes['replication'])\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.split() == ["100", "100", "1"]


def test_progress_counts_the_runs_and_an_error_of_it_ends_the_study():
    told = []
    rr.compare(arms(), replications=3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)

    def fails(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        rr.run("toy-10", replications=50, progress=fails)
