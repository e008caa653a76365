"""What happens when two share one thing: threads a simulation, studies an output, processes a scenario."""

import copy
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import rackrate as rr


@pytest.fixture(scope="module")
def small():
    return rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 100})


def one_at_a_time(act, simulation):
    """The names of what `act` raised while another thread ran the simulation."""
    began, over, raised = threading.Event(), threading.Event(), set()

    def drive():
        began.set()
        try:
            simulation.run_until("2025-10-01")
        finally:
            over.set()

    thread = threading.Thread(target=drive)
    thread.start()
    began.wait()
    while not over.is_set():
        try:
            act(simulation)
        except Exception as error:
            raised.add((type(error).__name__, str(error)))
        time.sleep(0)
    thread.join()
    return raised


ACTS = {
    "fork": lambda sim: sim.fork(),
    "copy": copy.copy,
    "now": lambda sim: sim.now,
    "fingerprint": lambda sim: sim.fingerprint(),
    "decisions": lambda sim: sim.decisions(),
    "results": lambda sim: sim.results(),
    "override": lambda sim: sim.override({"prices.rule": "frozen"}),
    "terminate": lambda sim: sim.terminate("no-such-contract"),
    "run_until": lambda sim: sim.run_until("2025-10-01"),
    "feasible": lambda sim: sim.feasible(lab="openai", product="api_stateless", channel="azure"),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_running_simulation_refuses_a_second_caller_in_one_sentence(small, name):
    simulation, alone = rr.Simulation(small), rr.Simulation(small)
    raised = one_at_a_time(ACTS[name], simulation)
    assert (
        "InUseError",
        "this simulation is in use by another thread; expected one call at a time. Wait until that call has returned, "
        "or fork the simulation before and give each thread its own.",
    ) in raised
    if name not in ("override", "run_until"):  # an override may have come before the run took the simulation
        alone.run_until("2025-10-01")
        simulation.run_until("2025-10-01")
        assert simulation.fingerprint() == alone.fingerprint()


def test_a_running_simulation_can_be_shown(small):
    assert not one_at_a_time(repr, rr.Simulation(small))


def test_forks_run_side_by_side(small):
    simulation = rr.Simulation(small)
    simulation.run_until("2025-07-10")
    twins = [simulation.fork() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda twin: twin.run_until("2025-08-20"), twins))
    simulation.run_until("2025-08-20")
    assert {twin.fingerprint() for twin in twins} == {simulation.fingerprint()}


@pytest.mark.parametrize("arms,threads,n", [(1, 2, 60), (2, 1, 20), (3, 8, 30)])
def test_progress_counts_what_is_on_disk(tmp_path, arms, threads, n):
    toy, early = rr.Scenario.load("toy-10"), []
    out = tmp_path / "o.h5"

    def look(done, total):
        parts = rr._core.find_parts(os.fspath(out))
        on_disk = parts["done"] if parts else total if out.exists() else 0
        if done > on_disk:
            early.append((done, on_disk))

    rr.compare({f"a{k}": toy for k in range(arms)}, replications=n, threads=threads, out=out, progress=look)
    assert early == []


def begun(folder, *words):
    """A study in a process of its own that has finished at least 5 replications and is held there."""
    running = subprocess.Popen(
        [sys.executable, "-m", "rackrate.cli", "run", "toy-10", "-o", "o.h5", "--threads", "1", "-q", *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        if len(list((folder / "o.h5.parts").glob("batch-*.h5"))) >= 5:
            break
        time.sleep(0.002)
    running.send_signal(signal.SIGSTOP)
    assert running.poll() is None
    return running


def go_on(running):
    running.send_signal(signal.SIGCONT)
    return running.communicate(timeout=120)[1]


def test_a_batch_that_vanishes_never_ends_in_a_file_with_holes(tmp_path, command):
    running = begun(tmp_path, "-n", "60")
    (tmp_path / "o.h5.parts" / "batch-000001.h5").unlink()
    said = go_on(running)
    assert running.returncode == 2 and not (tmp_path / "o.h5").exists()
    assert "replication 1 of arm toy-10 was finished and is no longer there" in said and len(said.splitlines()) == 1
    assert command("run", "toy-10", "-o", "o.h5", "-n", "60", "--resume", "-q").code == 0
    with rr.open(tmp_path / "o.h5") as ds:
        assert int(ds["complete"].sum()) == 60


@pytest.mark.parametrize("how", ["--resume", "--force", ""])
def test_a_second_study_on_the_same_output_is_refused_and_the_first_goes_on(tmp_path, command, how):
    running = begun(tmp_path, "-n", "60")
    second = command("run", "toy-10", "-o", "o.h5", "-n", "60", "-q", *how.split())
    said = go_on(running)
    assert second.code == 2 and len(second.err.splitlines()) == 1
    assert ("another study is writing here" if how else "a study was begun here and not finished") in second.err
    assert (running.returncode, said) == (0, "")
    with rr.open(tmp_path / "o.h5") as ds:
        assert int(ds["complete"].sum()) == 60


def text_of(scenario):
    """In another process: what arrived there."""
    return scenario.name, scenario.title, scenario.digest, rr.Simulation(scenario).scenario.digest


def test_a_scenario_travels_as_text_name_and_digest():
    toy = rr.Scenario.load("toy-10").override({"labs.oai.streams.app.price": "7 $/H100e-h"}, name="dear.or not")
    back = pickle.loads(pickle.dumps(toy))
    assert (back.name, back.title, back.digest, back.to_toml()) == (toy.name, toy.title, toy.digest, toy.to_toml())
    assert back == toy and hash(back) == hash(toy) and len({back, toy}) == 1
    assert back.diff(toy) == [] and back.get("labs.oai.streams.app.price") == "7 $/H100e-h"
    assert copy.copy(toy) is toy and copy.deepcopy({"a": toy})["a"] is toy
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(text_of, toy).result(timeout=60) == (toy.name, toy.title, toy.digest, toy.digest)


def test_verdicts_and_paths_travel_too():
    simulation = rr.Simulation(rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 40}))
    simulation.run_until("2025-11-01")
    path = simulation.decisions()
    back = pickle.loads(pickle.dumps(path))
    assert back == path and hash(back) == hash(path) and copy.deepcopy(path) == path
    assert back.cloud_prices() == path.cloud_prices() and any(path.cloud_prices())
    assert (back.seed, back.replication) == (1, 0)
    assert back != rr.Simulation(simulation.scenario).decisions()
    verdict = simulation.feasible(lab="openai", product="api_stateless", channel="azure")
    assert pickle.loads(pickle.dumps(verdict)) == verdict == copy.deepcopy(verdict) and hash(verdict) == hash(
        copy.copy(verdict)
    )


def test_a_simulation_is_forked_by_copy_and_says_what_to_send():
    simulation = rr.Simulation("toy-10")
    simulation.run_until("2026-01-04")
    twins = [copy.copy(simulation), copy.deepcopy(simulation)]
    for twin in twins:
        twin.run()
    assert simulation.now.day == 4 and {twin.fingerprint() for twin in twins} == {twins[0].fingerprint()}
    with pytest.raises(TypeError, match=r"cannot be pickled.*Send its scenario, seed and replication"):
        pickle.dumps(simulation)
