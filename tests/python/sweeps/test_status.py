"""What is said of a sweep while it runs and afterwards, and when it stops by itself."""

import json
import math
import shutil
import time

import pytest

from rackrate._core import ResultFileError, ScenarioError
from rackrate.sweeps import limits, shards
from rackrate.sweeps.bundle import Outcome
from rackrate.sweeps.journal import Entry, JournalReader
from rackrate.sweeps.limits import Limit, seconds_left_in_queue, seconds_of
from rackrate.sweeps.sizing import Sizing
from rackrate.sweeps.status import _rate, status
from rackrate.sweeps.work import Shard

from . import small


def test_status_counts_what_is_done(tmp_path, command):
    out = tmp_path / "sw"
    small.run(small.design(), out, shard=Shard(0, 3))
    now = status(out)
    assert (now.points, now.runs, now.failed, now.damaged) == (6, 48, 0, ())
    assert 0 < now.done < 48 and now.remaining == 48 - now.done
    assert now.by_point.sum(axis=0).tolist() == [now.done, 0, 48]
    assert now.bundles == len(list(out.glob("bundles/*/*.npz"))) and now.bytes > 1000 and now.core_hours > 0
    assert now.coordinators == 0 and now.rate > 0 and math.isnan(now.seconds_left)
    (journal,) = (out / "journal").iterdir()
    journal.touch()  # as a coordinator at work does
    assert status(out).coordinators == 1
    assert status(out).seconds_left == pytest.approx(now.remaining / now.rate)
    told = json.loads(command("status", out, "--json").out)
    assert {k: told[k] for k in ("points", "runs", "done", "failed", "remaining")} == {
        "points": 6, "runs": 48, "done": now.done, "failed": 0, "remaining": now.remaining,
    }  # fmt: skip
    assert [p["point"] for p in told["by_point"]] == list(range(6))
    lines = command("status", out).out.splitlines()
    assert lines[0] == f"done           {now.done} of 48 runs ({100 * now.done / 48:.1f} %), 6 points"


def test_the_journal_is_a_help_and_no_more(tmp_path):
    """Without it, with half a line and with lines of files that are gone, the count is that of the files."""
    out = tmp_path / "sw"
    small.run(small.design(), out)
    for file in (out / "journal").iterdir():
        file.write_bytes(file.read_bytes()[:-20] + b'\n["half a li')
    assert status(out).done == 48
    shutil.rmtree(out / "journal")
    assert status(out).done == 48 and math.isnan(status(out).rate)
    small.run(small.design(), out, resume=True)
    next(out.glob("bundles/*/*.npz")).unlink()
    assert status(out).done < 48


def test_a_journal_is_read_on_from_where_it_was(tmp_path):
    (tmp_path / "journal").mkdir()
    file = tmp_path / "journal" / "a.jsonl"
    entries = [Entry(f"{n:032x}", (f"{n:032x}", "a" * 32), range(n, n + 2), ((1, n),), 0.5, 10, 7.0) for n in range(3)]
    reader = JournalReader(tmp_path)
    file.write_text(entries[0].line() + entries[1].line()[:20])
    assert list(reader.entries()) == entries[:1]
    file.write_text("".join(e.line() for e in entries))
    assert list(reader.entries()) == entries[1:] and list(reader.entries()) == []


def test_the_rate_is_that_of_the_last_ten_minutes_of_work():
    # 3 bundles of 100 runs at 1000 s, 1010 s and 1020 s, of 10 s each: 300 runs in 30 s.
    assert _rate([(1000.0, 100, 10.0), (1010.0, 100, 10.0), (1020.0, 100, 10.0)]) == pytest.approx(10.0)
    assert _rate([(0.0, 10**6, 1.0), (2000.0, 100, 10.0)]) == pytest.approx(10.0)
    assert math.isnan(_rate([]))


def test_bundles_grow_until_their_overhead_does_not_show():
    sizing = Sizing(seconds=2.0, workers=2, runs=100_000)
    assert sizing.runs() == 1
    sizing.note(Outcome("a", runs=1, seconds=0.001, bytes=100))
    assert sizing.runs() == 16, "what one run took need not hold for thousands"
    for size in (16, 256, 4096):
        sizing.note(Outcome("a", runs=size, seconds=size * 0.001, bytes=100 * size))
    assert sizing.runs() == 2000  # 2 s of 1 ms
    sizing = Sizing(seconds=2.0, workers=4, runs=60)
    sizing.note(Outcome("a", runs=12, seconds=1.2, bytes=100))
    assert sizing.runs() == 4, "a third of a worker's part of the 48 that remain"
    sizing = Sizing(seconds=2.0, workers=1, runs=10**6)
    sizing.note(Outcome("a", runs=10, seconds=10.0, bytes=100))
    assert sizing.runs() == 50, "10^6 s of work in 20,000 files"
    sizing = Sizing(seconds=2.0, workers=1, runs=10**6)
    sizing.note(Outcome("a", runs=1000, seconds=0.1, bytes=1000 << 20))
    assert sizing.runs() == 64, "64 MB"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 s", 90), ("55 min", 3300), ("2h", 7200), ("1 d", 86400), ("30", 1800), ("01:55:00", 6900), ("1-00:00:30", 86430), ("59:58", 3598), ("1.5 h", 5400)],
)  # fmt: skip
def test_time_limits_are_read_as_queues_write_them(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "UNLIMITED", "1:2:3", "-5 min", "5 weeks"])
def test_another_time_limit_is_one_sentence(text):
    with pytest.raises(ScenarioError, match=r"^--time-limit is .*; expected a time such as 55 min, 2 h or 01:55:00"):
        seconds_of(text)


def test_no_bundle_begins_that_would_not_end_in_time():
    limit = Limit(100.0)
    assert not limit.reached()
    limit.longest = 60.0  # 1.5 x 60 s and 5 s to leave: 95 s
    assert not limit.reached()
    limit.longest = 64.0
    assert limit.reached() and limit.why == "the time limit"
    assert not Limit(None).reached()


def test_the_end_of_a_slurm_job_is_known_from_its_environment():
    assert seconds_left_in_queue({}) is None
    left = seconds_left_in_queue({"SLURM_JOB_END_TIME": str(int(time.time()) + 100)})
    assert 98 <= left <= 100


def test_the_queue_is_asked_where_the_environment_does_not_say(monkeypatch):
    asked = []

    def run(command, **options):
        asked.append(command)
        return type("Done", (), {"stdout": "1:30:00\n"})

    monkeypatch.setattr(limits.shutil, "which", lambda name: "/usr/bin/squeue")
    monkeypatch.setattr(limits.subprocess, "run", run)
    job = {"SLURM_JOB_ID": "17", "SLURM_ARRAY_JOB_ID": "15", "SLURM_ARRAY_TASK_ID": "2"}
    assert seconds_left_in_queue(job) == 5400
    assert asked == [["squeue", "-h", "-j", "15_2", "-o", "%L"]]
    monkeypatch.setattr(limits.subprocess, "run", lambda *_, **__: type("Done", (), {"stdout": "UNLIMITED"}))
    assert seconds_left_in_queue(job) is None


@pytest.mark.parametrize(
    ("text", "environment", "shard"),
    [
        (None, {}, Shard(0, 1)),
        ("1/8", {}, Shard(1, 8)),
        ("0/8", {}, Shard(0, 8)),
        ("8/8", {}, Shard(0, 8)),
        ("3/8", {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "9"}, Shard(3, 8)),
        (None, {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "9"}, Shard(5, 9)),
        (None, {"SLURM_ARRAY_TASK_ID": "14", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_STEP": "2"}, Shard(2, 4)),
    ],
)  # fmt: skip
def test_a_shard_is_named_or_found_in_the_array_job(text, environment, shard):
    assert shards.shard_of(text, environment) == shard


@pytest.mark.parametrize(
    ("text", "environment", "sentence"),
    [
        ("9/8", {}, '--shard is "9/8"; expected I/N with I from 1 to N, or from 0 to N - 1. Write, say, 3/8.'),
        ("a/b", {}, "--shard is"),
        ("1/0", {}, "--shard is"),
        (None, {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3"}, "SLURM_ARRAY_TASK_ID is 7; expected one of the 3 tasks"),
        (None, {"SLURM_ARRAY_TASK_ID": "x", "SLURM_ARRAY_TASK_COUNT": "3"}, 'SLURM_ARRAY_TASK_ID is "x"; expected a whole number'),
    ],
)  # fmt: skip
def test_another_shard_is_one_sentence(text, environment, sentence):
    with pytest.raises(ScenarioError) as refused:
        shards.shard_of(text, environment)
    assert str(refused.value).startswith(sentence)


def test_a_damaged_request_is_named(tmp_path):
    small.run(small.design(), tmp_path / "sw")
    (request,) = (tmp_path / "sw" / "requests").iterdir()
    request.write_bytes(request.read_bytes()[:200])
    with pytest.raises(ResultFileError, match="is no request of a sweep"):
        status(tmp_path / "sw")
