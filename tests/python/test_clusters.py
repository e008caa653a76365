"""Sweeps on real engines: one design gives the same bytes on this machine, on Dask and on SLURM, whatever is killed meanwhile.

The Dask cluster and the SLURM are real; tests/python/local_dask.py and local_slurm.py start them on loopback.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.python.local_dask import DaskCluster

WAIT_S = 600  # on a machine that is busy; a quiet one needs seconds
RACKRATE = [sys.executable, "-m", "rackrate.cli"]
QUICK = """
arms = ["toy-10"]
kind = "grid"
replications = "0:2"

[factors.app_price]
path = "labs.oai.streams.app.price"
values = ["5 $/H100e-h", "6 $/H100e-h", "7 $/H100e-h"]

[factors.fleet]
path = "clouds.az.regions.one.fleet.h100"
values = [90, 100]
"""
# Runs of some 50 ms each, so that there is time to kill something.
LONG = """
arms = ["openai-azure-amended"]
kind = "grid"
replications = "0:15"
until = "2025-09-01"
keep = ["npv"]

[set]
run.enterprises = 40

[factors.rate]
path = "run.discount_rate"
values = ["6 %/y", "8 %/y", "10 %/y"]
"""


def sweep(folder, design, *options, environment=None, wait=WAIT_S, code=0):
    """Run ``rackrate sweep`` and return its standard error."""
    started = begin(folder, design, *options, environment=environment)
    out, errors = started.communicate(timeout=wait)
    assert started.returncode == code, errors.decode() + out.decode()
    return errors.decode()


def begin(folder, design, *options, environment=None):
    (folder / "design.toml").write_text(design)
    command = [*RACKRATE, "sweep", "design.toml", *map(os.fspath, options)]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def merged(folder, directory):
    """The bytes of the one file that a sweep merges into. All of its runs are done."""
    out = folder / f"{directory}.h5"
    command = [*RACKRATE, "merge", directory, "-o", out, "--force"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and "not there yet" not in done.stderr, done.stderr
    return out.read_bytes()


def done_bundles(directory):
    return len(list(Path(directory).glob("bundles/*/*.npz")))


def wait_until(done, seconds=WAIT_S):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def dask():
    with DaskCluster(workers=2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """What the quick design gives on this machine."""
    folder = tmp_path_factory.mktemp("quick")
    sweep(folder, QUICK, "-o", "here", "--workers", "2")
    return merged(folder, "here")


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    sweep(folder, LONG, "-o", "here", "--workers", "2")
    return merged(folder, "here")


@pytest.fixture(scope="module")
def late_job(slurm, tmp_path_factory):
    """A job with a limit of a minute, of which SLURM warns 58 s before its end; it sleeps until then. SLURM looks at time limits
    only now and then, so the other tests run meanwhile."""
    folder = tmp_path_factory.mktemp("late")
    options = ["--nodelist=n3", "--time=1", "--signal=TERM@58"]
    job = slurm.sbatch(script(folder, LONG, "there", "--jobs", "1"), *options)
    wait_until(lambda: done_bundles(folder / "there") >= 2)
    slurm.call("scancel", "--signal=STOP", job)  # before SIGTERM, SLURM wakes it
    return job, folder


def test_dask_gives_the_same_bytes(tmp_path, dask, quick):
    sweep(tmp_path, QUICK, "-o", "there", "--dask", dask.address)
    assert merged(tmp_path, "there") == quick


def test_a_job_array_gives_the_same_bytes(tmp_path, slurm, late_job, quick):
    job = slurm.sbatch(script(tmp_path, QUICK, "there", "--jobs", "3"))
    assert slurm.wait(job) == ["COMPLETED"] * 3, logs(tmp_path)
    assert merged(tmp_path, "there") == quick


def test_jobs_of_dask_jobqueue_give_the_same_bytes(tmp_path, slurm, quick):
    options = ["--slurm", "--jobs", "2", "--queue-option", "interface=lo", "--queue-option", "memory=400 MB"]
    sweep(tmp_path, QUICK, "-o", "there", *options, environment=slurm.environment)
    assert merged(tmp_path, "there") == quick
    keys = [name for name in os.listdir(tmp_path / "there") if "dask" in name]  # of its connections
    assert not keys


def script(folder, design, directory, *options):
    """The path of the job array that ``rackrate sweep --slurm --script`` prints."""
    (folder / "design.toml").write_text(design)
    command = [*RACKRATE, "sweep", "design.toml", "-o", directory, "--slurm", "--script", *options]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr
    path = folder / "array.sh"
    path.write_text(printed.stdout)
    return path


def logs(folder):
    return "\n".join(path.read_text() for path in folder.glob("*/logs/*"))


def test_a_killed_dask_worker_costs_its_bundle_only(tmp_path, long):
    with DaskCluster(workers=2) as cluster:
        running = begin(tmp_path, LONG, "-o", "there", "--dask", cluster.address)
        wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
        cluster.workers[0].kill()
        cluster.add_worker()
        errors = running.communicate(timeout=WAIT_S)[1]
        assert running.returncode == 0, errors.decode()
    assert merged(tmp_path, "there") == long


@pytest.mark.slow
def test_a_lost_scheduler_is_named_and_the_sweep_goes_on(tmp_path, long):
    with DaskCluster(workers=2) as cluster:
        running = begin(tmp_path, LONG, "-o", "there", "--dask", cluster.address)
        wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
        cluster.scheduler.kill()
        errors = running.communicate(timeout=WAIT_S)[1].decode()
        assert running.returncode == 2
        assert f"dask: the scheduler at {cluster.address} went away; what is done is kept." in errors
        assert "Traceback" not in errors
    assert done_bundles(tmp_path / "there") > 0
    sweep(tmp_path, LONG, "-o", "there", "--resume", "--workers", "2")
    assert merged(tmp_path, "there") == long


def test_sigterm_stops_a_dask_sweep_at_a_bundle(tmp_path, dask, long):
    running = begin(tmp_path, LONG, "-o", "there", "--dask", dask.address)
    wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
    running.send_signal(signal.SIGTERM)
    errors = running.communicate(timeout=WAIT_S)[1].decode()
    assert running.returncode == 75, errors
    assert "--resume" in errors
    sweep(tmp_path, LONG, "-o", "there", "--resume", "--dask", dask.address)
    assert merged(tmp_path, "there") == long


@pytest.mark.slow
def test_a_preempted_job_queues_again_and_goes_on(tmp_path, slurm, long):
    job = slurm.sbatch(script(tmp_path, LONG, "there", "--jobs", "1"), "--nodelist=n1")
    wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
    urgent = tmp_path / "urgent.sh"
    urgent.write_text("#!/bin/sh\ntrue\n")
    assert slurm.wait(slurm.sbatch(urgent, "--partition=high", "--nodelist=n1")) == ["COMPLETED"]
    finishes_after_a_restart(slurm, job, tmp_path)
    assert merged(tmp_path, "there") == long


@pytest.mark.slow
def test_a_killed_task_is_made_up_for_by_submitting_it_again(tmp_path, slurm, long):
    array = script(tmp_path, LONG, "there", "--jobs", "2")
    job = slurm.sbatch(array)
    wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
    slurm.call("scancel", "--signal=KILL", "--full", f"{job}_1")
    assert sorted(slurm.wait(job)) != ["COMPLETED"] * 2
    again = slurm.sbatch(array, "--array=1")
    assert slurm.wait(again) == ["COMPLETED"], logs(tmp_path)
    assert merged(tmp_path, "there") == long


@pytest.mark.slow
def test_a_job_whose_time_is_over_queues_again_and_goes_on(slurm, late_job, long):
    job, folder = late_job
    finishes_after_a_restart(slurm, job, folder)
    assert merged(folder, "there") == long


def finishes_after_a_restart(slurm, job, folder):
    assert slurm.wait(job) == ["COMPLETED"], logs(folder)
    assert int(slurm.tasks(job)[0]["Restarts"]) >= 1, logs(folder)
    assert "what was finished is kept. Go on with --resume" in logs(folder)
