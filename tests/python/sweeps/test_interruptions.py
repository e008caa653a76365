"""Whatever is killed, stopped, damaged or full: the finished sweep is the same, and nothing half-written looks whole."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings

import psutil
import pytest

import rackrate as rr
from rackrate._core import LedgerError, ResultFileError
from rackrate.sweeps import bundle_file, layout, running
from rackrate.sweeps.backends.local import LocalBackend
from rackrate.sweeps.bundle import Outcome, run_bundle
from rackrate.sweeps.run import run_sweep

from . import small


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """The fingerprint of the small sweep when nothing happens to it, with 40 replications."""
    folder = tmp_path_factory.mktemp("undisturbed")
    small.run(small.design(replications=40), folder)
    return small.fingerprint(folder)


def command(*arguments, **options):
    program = [sys.executable, "-m", "rackrate.cli", *map(os.fspath, arguments)]
    return subprocess.Popen(
        program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def ended(process, timeout=120):
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def design_file(tmp_path):
    def write(replications=40):
        text = small.FILE.replace("replications = 4", f"replications = {replications}")
        path = tmp_path / "design.toml"
        path.write_text(text)
        return path

    return write


def workers_of(pid):
    """The worker processes of a sweep, by what they were started as: a child that has only been forked may become any."""
    with contextlib.suppress(psutil.Error):
        return [p for p in psutil.Process(pid).children() if "LokyProcess" in " ".join(p.cmdline())]
    return []


# Workers


def test_workers_killed_at_random_50_times(tmp_path, wanted):
    """Three workers; whenever one is there for a moment it may be killed. Each kill costs its bundle only."""
    asked = small.design(replications=40)
    out, kills, dice, over = tmp_path / "sw", [], random.Random(7), threading.Event()

    def kill():
        while not over.is_set() and len(kills) < 50:
            time.sleep(dice.uniform(0.0, 0.08))
            for worker in dice.sample(found := workers_of(os.getpid()), min(1, len(found))):
                with contextlib.suppress(psutil.Error):
                    worker.kill()
                    kills.append(worker.pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        while len(kills) < 50:  # a run may be killed three times and given up; that is what --resume is for
            with contextlib.suppress(ResultFileError):  # many deaths in a row end a sweep
                run_sweep(asked, out, backend=_Slow(3), resume=True)
            if small_done(out):
                victims = sorted((out / "bundles").glob("*/*.npz"))
                for path in victims[:: 1 + len(victims) // 8]:
                    path.unlink()
    finally:
        over.set()
        killer.join()
    summary = run_sweep(asked, out, backend=LocalBackend(2), resume=True)
    assert summary.done == summary.runs == 480 and summary.failed == 0
    assert small.fingerprint(out) == wanted
    assert not list((out / "failures").glob("*")), "what was done after all is no failure"


def small_done(out):
    from rackrate.sweeps.status import status

    return (out / "sweep.json").exists() and status(out).remaining == 0


class _Slow(LocalBackend):
    """Many small bundles, so that kills meet bundles in every state."""

    bundle_seconds = 0.01


def test_a_worker_that_always_dies_costs_its_run_only(tmp_path):
    """The bundle is taken apart, so that one run is given up and not its neighbours."""
    asked = small.design(replications=6)
    victim = asked.points()[2].scenarios()["thin"].digest

    class Deadly:
        workers, bundle_seconds = 1, 2.0
        tries = 0

        def run(self, bundles, directory, report, stopping):
            for bundle in bundles:
                if 4 in bundle.replications and victim in [cell.digest for cell in bundle.cells]:
                    Deadly.tries += 1
                    report(Outcome(bundle.key, lost="its worker was killed"))
                else:
                    report(run_bundle(bundle, directory))

    said = []
    summary = run_sweep(asked, tmp_path / "sw", backend=Deadly(), say=said.append)
    assert (summary.runs, summary.done, summary.failed, Deadly.tries) == (72, 71, 1, 3)
    assert said == [
        "point 2, thin, seed 1, replication 4 failed: 3 times its worker was killed. It runs alone from "
        f"{tmp_path / 'sw' / 'failures' / victim[:16]}-seed-1-replication-4.toml."
    ]
    assert run_sweep(asked, tmp_path / "sw", backend=LocalBackend(1, threads=True), resume=True).ran == 1
    assert not list((tmp_path / "sw" / "failures").iterdir())


def test_workers_that_all_die_end_the_sweep(tmp_path):
    class Deadly:
        workers, bundle_seconds = 1, 2.0

        def run(self, bundles, directory, report, stopping):
            for bundle in bundles:
                report(Outcome(bundle.key, lost="its worker was killed"))

    with pytest.raises(ResultFileError, match=r"13 bundles in a row were lost \(its worker was killed\)"):
        run_sweep(small.design(), tmp_path / "sw", backend=Deadly())


def test_workers_do_not_outlive_the_coordinator(tmp_path, design_file):
    sweep = command("sweep", design_file(4000), "-o", tmp_path / "sw", "--workers", "2", "-q")
    workers = wait_for(lambda: workers_of(sweep.pid))
    sweep.kill()
    sweep.wait()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


def wait_for(found, timeout=60):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("nothing happened")


# Coordinators


@pytest.mark.slow
def test_the_coordinator_killed_10_times(tmp_path, design_file, wanted):
    dice, path, out = random.Random(3), design_file(), tmp_path / "sw"
    for _ in range(10):
        sweep = command("sweep", path, "-o", out, "--workers", "1", "-q", "--resume")
        wait_for_a_bundle(sweep, out)  # from its first bundle on, at any moment
        time.sleep(dice.uniform(0.0, 0.03))
        sweep.kill()
        sweep.communicate()
        for file in sorted(out.glob("bundles/*/*.npz"))[::3]:
            file.unlink()  # there is always something left to do
    assert ended(command("sweep", path, "-o", out, "-q", "--resume"))[0] == 0
    assert_same_runs(out, tmp_path / "again", path)


def wait_for_a_bundle(sweep, out):
    before = len(bundles_of(out))
    with contextlib.suppress(AssertionError):
        wait_for(lambda: sweep.poll() is not None or len(bundles_of(out)) > before, 20)


def assert_same_runs(out, other, path):
    code, _, err = ended(command("sweep", path, "-o", other, "-q"))
    assert code == 0, err
    assert small.fingerprint(out) == small.fingerprint(other)


def test_two_coordinators_on_one_directory(tmp_path, design_file):
    path, out = design_file(400), tmp_path / "sw"
    two = [command("sweep", path, "-o", out, "--workers", "1", "--resume") for _ in range(2)]
    done = [ended(process) for process in two]
    assert [code for code, _, _ in done] == [0, 0], done
    with rr.open(out) as ds:
        assert ds["complete"].values.all()
    assert_same_runs(out, tmp_path / "one", path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_keeps_what_is_done(tmp_path, design_file, number):
    path, out = design_file(20000), tmp_path / "sw"
    sweep = command("sweep", path, "-o", out, "--workers", "1", "-q", start_new_session=True)
    wait_for(lambda: list(out.glob("bundles/*/*.npz")))
    os.killpg(sweep.pid, number)  # a terminal, and a queue, tell workers as well
    code, _, err = ended(sweep)
    if number == signal.SIGTERM:
        assert code == 75 and "stopped by SIGTERM" in err and "Go on with --resume" in err
    else:
        assert code == 130 and err.startswith("Interrupted; what was finished is kept. Go on with --resume")
    assert "Traceback" not in err
    from rackrate.sweeps.status import status

    now = status(out)
    assert 0 < now.done < now.runs and not now.damaged
    wait_for(lambda: not [p for p in psutil.process_iter() if _is_of(p, sweep.pid)], 20)


def _is_of(process, group):
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    return False


def test_a_time_limit_stops_at_a_bundle(tmp_path, design_file):
    path = design_file(100000)
    code, _, err = ended(command("sweep", path, "-o", tmp_path / "sw", "--workers", "1", "-q", "--time-limit", "9 s"))
    assert code == 75 and "stopped by the time limit" in err and "Go on with --resume" in err
    from rackrate.sweeps.status import status

    assert 0 < status(tmp_path / "sw").done < status(tmp_path / "sw").runs


# Files


def bundles_of(out):
    return sorted(out.glob("bundles/*/*.npz"))


def test_a_damaged_or_foreign_file_is_named_and_left_out(tmp_path):
    asked, out = small.design(), tmp_path / "sw"
    small.run(asked, out)
    whole = small.fingerprint(out)
    first, *others = bundles_of(out)
    raw = bytearray(first.read_bytes())
    raw[len(raw) // 2] ^= 1
    first.write_bytes(raw)
    stranger = others[0].with_name("readme.txt")
    stranger.write_text("hello")
    renamed = others[0].with_name(others[0].name[:2] + "0" * 30 + ".npz")
    renamed.write_bytes(others[1].read_bytes())
    with pytest.warns(UserWarning) as seen:
        ds = rr.open(out)
    said = [str(w.message) for w in seen]
    assert any(s.startswith(f"{first}: is no whole bundle of this sweep (its ") and "it is left out" in s for s in said)
    assert any(s.startswith(f"{renamed}: is no whole bundle of this sweep (it is the bundle") for s in said)
    assert f"{stranger}: is no bundle of this sweep; it is left out. Move it away." in said
    assert any("of 48 runs are finished" in s for s in said)
    assert not ds["complete"].values.all()
    from rackrate.sweeps.merging import merge

    told = []
    done, asked_runs = merge(out, tmp_path / "part.h5", say=told.append)
    assert done < asked_runs == 48 and len(told) == 3
    for path in (first, stranger, renamed):
        path.unlink()
    assert small.run(asked, out, resume=True).done == 48
    assert small.fingerprint(out) == whole


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_cut_file_is_not_whole(tmp_path, cut):
    asked, out = small.design(), tmp_path / "sw"
    small.run(asked, out)
    first = bundles_of(out)[0]
    first.write_bytes(first.read_bytes()[:cut])
    said = []
    assert small.run(asked, out, resume=True, say=said.append).done == 48, "it is run again"
    assert said[0].startswith(f"{first}: is no whole bundle of this sweep")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the cut file may be there still, beside a bundle of another size
        assert rr.open(out)["complete"].values.all()


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("a disk of its own needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], capture_output=True)
    if mount.returncode:
        pytest.skip("this container mounts nothing")
    asked, out = small.design(replications=40), disk / "sw"
    try:
        for threads in (True, False):
            with pytest.raises(ResultFileError, match=r"cannot be written \(No space left on device\)"):
                small.run(asked, out, threads=threads, resume=True)
        for path in bundles_of(out):
            with bundle_file.BundleFile(path) as file:
                file.verify()
        with pytest.raises(ResultFileError, match=r"part.h5: cannot be written \(No space left on device\)"):
            from rackrate.sweeps.merging import merge

            merge(out, disk / "part.h5")
        assert not (disk / "part.h5").exists() and not list(disk.glob(".part*"))
        subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
        small.run(asked, out, resume=True)
        undisturbed = tmp_path / "undisturbed"
        small.run(asked, undisturbed)
        assert small.fingerprint(out) == small.fingerprint(undisturbed)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


# Failing runs


def test_a_failing_run_is_kept_as_a_scenario_that_runs_alone(tmp_path, monkeypatch):
    asked, out = small.design(), tmp_path / "sw"
    victim = asked.points()[4].scenarios()["toy"]
    honest = running.runs_of

    class Failing:
        def __init__(self, runs):
            self._runs = runs

        def __getattr__(self, name):
            return getattr(self._runs, name)

        def run(self, seed, replication, *rest):
            if replication == 2:
                raise LedgerError("toy, replication 2, 2026-01-05: a balance is open")
            return self._runs.run(seed, replication, *rest)

    monkeypatch.setattr(
        running, "runs_of", lambda s, keep: Failing(honest(s, keep)) if s.digest == victim.digest else honest(s, keep)
    )
    running.compiled.cache_clear()
    said = []
    summary = small.run(asked, out, say=said.append)
    assert (summary.done, summary.failed) == (47, 1)
    (file,) = (out / "failures").iterdir()
    assert said == [
        f"point 4, toy, seed 1, replication 2 failed: toy, replication 2, 2026-01-05: a balance is open It runs alone from {file}."
    ]
    text = file.read_text()
    assert rr.Scenario.load(file).digest == victim.digest
    line = next(line for line in text.splitlines() if "rackrate run" in line).lstrip("# ").split()
    assert line[:4] == ["rackrate", "run", file.name, "--seed"] and line[-2:] == ["-o", "replay.h5"]
    done = subprocess.run([sys.executable, "-m", "rackrate.cli", *line[1:]], cwd=file.parent, capture_output=True)
    assert done.returncode == 0, done.stderr
    with rr.open(file.parent / "replay.h5") as ds:
        assert ds["replication"].values.tolist() == [2]
        assert ds["scenario_digest"].values.tolist() == [victim.digest]
    (file.parent / "replay.h5").unlink()

    from rackrate.sweeps.status import status

    now = status(out).to_dict()
    assert (now["done"], now["failed"], now["remaining"]) == (47, 1, 0)
    assert now["by_point"][4] == {"point": 4, "done": 7, "failed": 1, "runs": 8}
    assert now["failures"][0]["message"] == "toy, replication 2, 2026-01-05: a balance is open"
    with rr.open(out) as ds:
        assert ds["complete"].sel(arm="toy").isel(point=4).values.tolist() == [1, 1, 0, 1]
    monkeypatch.setattr(running, "runs_of", honest)
    running.compiled.cache_clear()
    assert small.run(asked, out, resume=True).ran == 1
    assert status(out).failed == 0 and not list((out / "failures").iterdir())


def test_a_scenario_whose_runs_all_fail_stops_no_other(tmp_path, monkeypatch):
    asked, out = small.design(), tmp_path / "sw"
    victim = asked.points()[0].scenarios()["toy"].digest
    honest = running.runs_of

    class Failing:
        def __init__(self, runs):
            self._runs = runs

        def __getattr__(self, name):
            return getattr(self._runs, name)

        def run(self, *_):
            raise MemoryError

    def chosen(scenario, keep):
        return Failing(honest(scenario, keep)) if scenario.digest == victim else honest(scenario, keep)

    monkeypatch.setattr(running, "runs_of", chosen)
    running.compiled.cache_clear()
    summary = small.run(asked, out)
    running.compiled.cache_clear()
    assert (summary.done, summary.failed) == (44, 4)
    with pytest.warns(UserWarning, match="44 of 48 runs are finished"):
        ds = rr.open(out)
    assert ds["complete"].sel(arm="toy").isel(point=0).values.tolist() == [0, 0, 0, 0]
    text = next((out / "failures").iterdir()).read_text()
    assert "there is not enough memory for the run" in text


# What is refused


def test_what_is_refused_before_anything_runs(tmp_path, design_file):
    path, out = design_file(2), tmp_path / "sw"
    assert ended(command("sweep", path, "-o", out, "-q"))[0] == 0
    again = ended(command("sweep", path, "-o", out, "-q"))
    assert again[0] == 2 and "holds this sweep already. Use --resume to go on, or another -o to begin anew." in again[2]
    for change, sentence in [
        (("--seed", "5"), "holds another sweep, its seed is 1; expected 5. Use another -o for this one."),
        (("--keep", "npv,total"), "its kept values are all variables by month; expected npv by total."),
    ]:
        code, said, err = ended(command("sweep", path, "-o", out, "-q", "--resume", *change))
        assert (code, said) == (2, "") and sentence in err and len(err.strip().splitlines()) == 1
    other = tmp_path / "other.toml"
    other.write_text(path.read_text().replace("factors.rate", "factors.part"))
    assert (
        "its factors are app_price ($/H100e-h), rate" in ended(command("sweep", other, "-o", out, "--resume", "-q"))[2]
    )
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    code, _, err = ended(command("sweep", path, "-o", tmp_path / "full", "-q"))
    assert code == 2 and "full: holds other files; expected a new or empty directory. Choose another -o." in err
    assert os.listdir(tmp_path / "full") == ["thesis.txt"]
    for name, sentence in [
        ("missing", "is no directory of a sweep, it has no sweep.json"),
        ("full", "is no directory of a sweep"),
    ]:
        code, _, err = ended(command("status", tmp_path / name))
        assert code == 2 and sentence in err
    code, _, err = ended(command("merge", tmp_path / "full", "-o", tmp_path / "x.h5"))
    assert code == 2 and "is no directory of a sweep" in err and not (tmp_path / "x.h5").exists()
    damaged = json.loads((out / "sweep.json").read_text())
    damaged["program_version"] = "0.0.1"
    (out / "sweep.json").write_text(json.dumps(damaged))
    assert "its program is rackrate 0.0.1; expected" in ended(command("sweep", path, "-o", out, "--resume", "-q"))[2]


def test_shards_take_every_run_once():
    from rackrate.sweeps.work import Shard, spans

    for total in (1, 7, 48, 1000):
        for count in (1, 2, 3, 7):
            for start in (0.0, 0.3):
                covered = sorted(
                    x for i in range(count) for a, b in spans(total, Shard(i, count), start) for x in range(a, b)
                )
                assert covered == list(range(total))


def test_the_store_keeps_bundles_in_folders_by_key(tmp_path):
    small.run(small.design(), tmp_path / "sw")
    for path in bundles_of(tmp_path / "sw"):
        assert layout.is_key(path.stem, path.parent) and path == layout.bundle_path(tmp_path / "sw", path.stem)
    assert layout.foreign_files(tmp_path / "sw") == []
