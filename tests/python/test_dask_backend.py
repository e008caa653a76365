"""The Dask backend by itself, on real worker processes: what it holds, what it gives up, and what it says."""

import dataclasses
import gc
import os
import threading
import time

import distributed
import pytest
from tests.python.local_dask import DaskCluster

import rackrate as rr
from rackrate.sweeps.backends import dask as backend_module
from rackrate.sweeps.backends.dask import DaskBackend, connect, connected
from rackrate.sweeps.bundle import Bundle, Cell, Outcome
from rackrate.sweeps.keep import Keep


@pytest.fixture(scope="module")
def cluster():
    with DaskCluster(workers=2, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as running:
        yield running


@pytest.fixture
def client(cluster):
    with connect(cluster.address) as connection:
        connection.wait_for_workers(2, timeout=60)
        yield connection


def bundle(scenario, seed=1, replications=1, until=""):
    cell = Cell(0, (), scenario.digest, scenario.name, (0,))
    return Bundle((scenario.to_toml(),), (cell,), seed, range(replications), until, Keep(), rr.__version__)


def toys(count):
    toy = rr.Scenario.load("toy-10")
    return [bundle(toy, seed) for seed in range(count)]


def never():
    return False


def use(monkeypatch, work):
    """Workers call ``work(packed, directory, mark)`` instead of running a bundle; it travels by value."""
    monkeypatch.setattr(backend_module, "_work", work)


def test_every_bundle_is_reported_once_in_the_calling_thread(tmp_path, client):
    wanted, outcomes = toys(7), []
    DaskBackend(client).run(iter(wanted), tmp_path, lambda done: outcomes.append((threading.get_ident(), done)), never)
    assert sorted(done.key for _, done in outcomes) == sorted(each.key for each in wanted)
    assert {thread for thread, _ in outcomes} == {threading.get_ident()}
    assert all(done.runs == 1 and not done.lost and not done.failures for _, done in outcomes)
    assert len(list(tmp_path.glob("bundles/*/*.npz"))) == 7


def test_the_coordinator_holds_few_bundles_however_many_there_are(tmp_path, client, monkeypatch):
    def work(packed, directory, mark):
        import pickle
        import zlib

        return Outcome(pickle.loads(zlib.decompress(packed)).key)

    use(monkeypatch, work)
    toy, held, open_ = rr.Scenario.load("toy-10"), [], set()

    def source(first, count):
        for seed in range(first, first + count):
            made = bundle(toy, seed)
            open_.add(made.key)
            yield made

    def report(outcome):
        open_.remove(outcome.key)
        held.append(len(open_))

    DaskBackend(client).run(source(0, 250), tmp_path, report, never)
    assert len(held) == 250 and not open_
    assert max(held) <= 2 * 2 + 1  # two for each of two threads, and the one just made
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, (Bundle, Outcome, distributed.Future))]
    assert len(kept) <= 5 and not client.futures  # nothing is left of those that are done
    deadline = time.monotonic() + 10
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0


def test_when_it_has_to_stop_what_runs_is_waited_for_and_the_rest_given_up(tmp_path, client, monkeypatch):
    def work(packed, directory, mark):
        import pickle
        import time
        import zlib

        time.sleep(1.5)
        return Outcome(pickle.loads(zlib.decompress(packed)).key)

    use(monkeypatch, work)
    taken, outcomes, stop = [], [], time.monotonic() + 0.7

    def source():
        for each in toys(40):
            taken.append(each.key)
            yield each

    DaskBackend(client).run(source(), tmp_path, outcomes.append, lambda: time.monotonic() > stop)
    assert len(outcomes) == 2  # one on each worker
    assert 2 < len(taken) <= 5
    assert time.monotonic() - stop < 6


def test_a_bundle_that_kills_its_workers_is_lost_and_costs_no_other(tmp_path, cluster, client, monkeypatch):
    # Dask suspects every bundle that a dead worker held, also those that waited there. So the fatal one waits until the
    # first four are finished and the fifth runs, which must then be on another worker: each has one thread.
    wanted = toys(6)
    slow, fatal = wanted[4].key, wanted[5].key

    def work(packed, directory, mark):
        import os
        import pickle
        import signal
        import time
        import zlib
        from pathlib import Path

        def wait(done):
            end = time.monotonic() + 20
            while not done() and time.monotonic() < end:
                time.sleep(0.02)

        key, folder = pickle.loads(zlib.decompress(packed)).key, Path(directory)
        if key == slow:
            (folder / "slow").touch()
            wait((folder / "fatal").exists)
            time.sleep(1)
        elif key == fatal:
            wait(lambda: len(list(folder.glob("*.done"))) == 4 and (folder / "slow").exists())
            time.sleep(0.5)  # what is finished reaches the scheduler
            (folder / "fatal").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            (folder / f"{key}.done").touch()
        return Outcome(key, runs=1)

    use(monkeypatch, work)
    outcomes = {}
    cluster.add_worker()
    client.wait_for_workers(3, timeout=60)
    DaskBackend(client).run(iter(wanted), tmp_path, lambda done: outcomes.__setitem__(done.key, done), never)
    assert set(outcomes) == {each.key for each in wanted}
    lost = [done for done in outcomes.values() if done.lost]
    assert [done.key for done in lost] == [fatal]
    assert "the worker that ran it died at tcp://" in lost[0].lost


def test_an_error_of_the_store_ends_the_sweep_with_its_own_sentence(tmp_path, client):
    wanted = toys(3)
    stale = dataclasses.replace(wanted[1], program_version="0.0.1")
    outcomes = []
    with pytest.raises(rr.ResultFileError, match=r"made by rackrate 0\.0\.1; expected"):
        DaskBackend(client).run(iter([wanted[0], stale, wanted[2]]), tmp_path, outcomes.append, never)
    assert all(done.runs == 1 for done in outcomes)


def test_a_worker_that_sees_another_directory_is_named(tmp_path, client):
    def other_directory():
        (tmp_path / "sweep.json").write_text("{}")
        mark = backend_module._mark(os.fspath(tmp_path))
        (tmp_path / "sweep.json").write_text('{"another": 1}')
        return mark

    with pytest.raises(rr.ResultFileError, match="does not see this directory; expected a file system that"):
        backend_module._ready(os.fspath(tmp_path), other_directory())
    missing = os.fspath(tmp_path / "nowhere")
    with pytest.raises(rr.ResultFileError, match="does not see this directory"):
        client.run(backend_module._ready, missing, "")


def test_a_run_leaves_the_interpreter_free_so_that_the_worker_answers(tmp_path, client):
    # With Python's lock held, the worker would answer only after its run; Dask gives up on workers that are silent.
    large = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 2000})
    running = threading.Thread(
        target=lambda: DaskBackend(client).run(
            iter([bundle(large, until="2026-07-01"), bundle(large, 2, until="2026-07-01")]),
            tmp_path,
            times.append,
            never,
        )
    )
    times, delays = [], []
    running.start()
    while running.is_alive():
        before = time.monotonic()
        client.run(os.getpid)
        delays.append(time.monotonic() - before)
        time.sleep(0.02)
    running.join()
    shortest = min(done.seconds for done in times)
    assert len(delays) > 5
    assert sorted(delays)[len(delays) // 2] < 0.2 * shortest


def test_a_worker_without_rackrate_is_named(tmp_path):
    with DaskCluster(workers=0) as bare:
        bare.add_worker(before="import sys; sys.modules['rackrate'] = None")
        with connected(bare.address) as backend, pytest.raises(rr.ResultFileError) as error:
            backend.run(iter(toys(1)), tmp_path, print, never)
    assert "dask: a worker has no module rackrate" in str(error.value)


def test_a_cluster_without_workers_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(backend_module, "_WORKERS_S", 1)
    with DaskCluster(workers=0) as bare, connected(bare.address) as backend:
        with pytest.raises(rr.ResultFileError) as error:
            backend.run(iter(toys(1)), tmp_path, print, never)
        assert str(error.value).startswith(f"dask: the scheduler at {bare.address} has no worker after 1 s")


def test_an_address_without_scheduler_is_named(monkeypatch):
    monkeypatch.setattr(backend_module, "_CONNECT_S", 1)
    with pytest.raises(rr.ResultFileError, match=r"dask: no scheduler answers at tcp://127\.0\.0\.1:9"):
        connect("tcp://127.0.0.1:9")
