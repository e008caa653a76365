"""Runs and studies from Python and the shell: repeatable, resumable, and interrupted without loss."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import rackrate as rr

PRICE = "labs.oai.streams.app.price"


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10")


def test_the_toy_earns_what_a_calculation_by_hand_says(toy):
    # OpenAI's stand-in asks for 120 H100e. Days 0-5 (exclusive): az has 100. Days 6-9: az 100 and aws 20.
    #   served: 6 x 24 x 100 + 4 x 24 x 120 = 25,920 H100e-hours, sold at 6 $: 155,520 $
    #   unserved: 6 x 24 x 20 = 2,880
    ds = rr.run(toy)
    assert ds["revenue"].sel(firm="oai").sum().item() == 155_520
    assert ds["served"].sel(lab="oai").sum().item() == 25_920
    assert ds["unserved"].sel(lab="oai").sum().item() == 2_880


def test_threads_change_the_time_and_never_the_result(toy, tmp_path):
    prints = set()
    for threads in (1, 2, 5):
        rr.run(toy, replications=3, threads=threads, out=tmp_path / f"{threads}.h5")
        prints.add(rr._core.read_header(str(tmp_path / f"{threads}.h5"))["fingerprint"])
    assert len(prints) == 1


def test_an_arm_compared_with_itself_differs_by_nothing(toy):
    ds = rr.compare({"one": toy, "other": toy}, replications=2)
    for name, variable in ds.data_vars.items():
        if "arm" in variable.dims and variable.dtype.kind == "f":
            np.testing.assert_array_equal(variable.sel(arm="one"), variable.sel(arm="other"), err_msg=str(name))


def test_a_stepped_simulation_is_the_straight_one(toy):
    straight, stepped = rr.Simulation(toy), rr.Simulation(toy)
    straight.run()
    for _ in range(4):
        stepped.step(days=1)
    twin = stepped.fork()
    stepped.run()
    twin.run()
    assert straight.fingerprint() == stepped.fingerprint() == twin.fingerprint()


def test_a_simulation_cannot_go_back(toy):
    simulation = rr.Simulation(toy)
    simulation.run_until("2026-01-06")
    with pytest.raises(rr.ScenarioError, match="2026-01-03"):
        simulation.run_until("2026-01-03")


def test_a_study_that_is_resumed_equals_one_that_ran_through(toy, tmp_path):
    arms = {"toy": toy, "dear": toy.override({PRICE: "7 $/H100e-h"})}
    rr.compare(arms, replications=2, out=tmp_path / "grown.h5")
    rr.compare(arms, replications=4, out=tmp_path / "grown.h5", resume=True)
    rr.compare(arms, replications=4, out=tmp_path / "straight.h5")
    grown, straight = (rr._core.read_header(str(tmp_path / name)) for name in ("grown.h5", "straight.h5"))
    assert grown["fingerprint"] == straight["fingerprint"]
    assert list(grown["replications"]) == [0, 1, 2, 3]


def test_resuming_another_study_is_refused(toy, tmp_path):
    rr.run(toy, out=tmp_path / "out.h5")
    with pytest.raises((rr.ScenarioError, rr.ResultFileError), match=r"out\.h5"):
        rr.run(toy, seed=2, replications=2, out=tmp_path / "out.h5", resume=True)


def test_an_unknown_baseline_names_the_arms(toy):
    with pytest.raises(rr.ScenarioError, match=r"Did you mean toy"):
        rr.compare({"toy": toy, "other": toy}, baseline="tyo")


def test_progress_counts_to_the_end_and_its_error_stops_the_study(toy):
    seen = []
    rr.run(toy, replications=3, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)

    def angry(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        rr.run(toy, replications=200, threads=1, progress=angry)


def test_a_result_reruns_to_the_same_fingerprints(command, tmp_path):
    assert command("run", "toy-10", "-o", "out.h5", "-n", "2", "-q").code == 0
    outcome = command("rerun", "out.h5")
    assert outcome.code == 0
    assert outcome.out.splitlines() == ["toy-10 replication 0: same", "toy-10 replication 1: same"]
    assert command("rerun", "out.h5", "--replication", "7").code == 2


def test_the_summary_as_csv_is_tidy_and_alone_on_standard_output(command):
    import io

    import pandas as pd

    assert command("run", "toy-10", "-o", "out.h5", "-q").code == 0
    table = pd.read_csv(io.StringIO(command("summary", "out.h5", "--csv").out))
    quarter = table[(table["calendar"] == "quarter") & (table["firm"] == "oai")]
    assert quarter["period"].unique().tolist() == ["2026Q1"]
    assert quarter["revenue"].sum() == pytest.approx(155_520 / 1e9, abs=1e-6)  # B$, written to six places


def test_quiet_is_quiet_and_a_pipe_sees_no_bar(command):
    quiet = command("run", "toy-10", "-o", "out.h5", "-q")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    spoken = command("run", "toy-10", "-o", "out.h5", "--force")
    assert "simulating 1 replication on" in spoken.err and "it/s" not in spoken.err and "\r" not in spoken.err


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(command, tmp_path):
    out = tmp_path / "out.h5"
    # Far more than can be done: it is stopped as soon as some replications lie on disk.
    program = [
        sys.executable,
        "-m",
        "rackrate.cli",
        "run",
        "openai-azure-amended",
        "-o",
        "out.h5",
        "-n",
        "500",
        "-q",
        "--set",
        "run.end=2025-09-01",
    ]
    running = subprocess.Popen(program, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        unfinished = rr._core.find_parts(os.fspath(out)) if (tmp_path / "out.h5.parts").exists() else None
        if unfinished and unfinished["done"] >= 2:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    begin = time.perf_counter()
    _, said = running.communicate(timeout=60)
    assert time.perf_counter() - begin < 10  # a window, not a replication, is the grain
    assert running.returncode == 130
    assert "--resume" in said and "Traceback" not in said
    with pytest.warns(UserWarning, match=r"\d+ of 500"):
        ds = rr.open(out)
    assert ds.attrs["runs_asked"] == 500 and ds.attrs["runs_done"] >= 2
