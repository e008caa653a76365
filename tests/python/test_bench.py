"""The drivers of bench/: they judge ratios and counts rightly, and notice a side that did less."""

import json
import subprocess
import sys
import tomllib

import pytest

from .conftest import ROOT

sys.path.insert(0, str(ROOT))
from bench import engine, instructions
from bench.peers import mmc_simpy

PAIR = {"id": "x", "against": "the other", "equal": ["events", "digest"], "figure": "events_per_second"}


def test_both_sides_of_every_pair_differ_in_the_engine_threads_or_program_alone():
    goals = tomllib.loads(engine.GOALS.read_text())
    assert len({p["id"] for p in goals["pair"]}) == len(goals["pair"])
    for pair in goals["pair"]:
        ours, opponent = (set(side.split()) for side in engine.sides(pair, quick=False))
        assert ours ^ opponent <= {
            "windows",
            "heap",
            "--engine",
            "--no-prefetch",
            "--threads",
            "1",
            "2",
            "mmc",
            "peers/mmc_simpy.py",
        }


def test_the_goals_are_those_of_the_design():
    # hold 2.5 / 9 / 10 at 10^3 / 10^6 / 10^7, other increments 1; growth 3.5; PHOLD 9 and 1.7; SimPy 50; no allocations.
    goals = tomllib.loads(engine.GOALS.read_text())
    wanted = {p["id"]: p["at_least"] for p in goals["pair"] if "at_least" in p}
    others = {f"hold/{kind}/1e{n}": 1.0 for kind in ("uniform", "bimodal", "equal") for n in (3, 6, 7)}
    assert wanted == others | {
        "hold/exponential/1e3": 2.5,
        "hold/exponential/1e6": 9.0,
        "hold/exponential/1e7": 10.0,
        "phold/2^20x4": 9.0,
        "phold/2^20x4/two": 1.7,
        "mmc/simpy": 50.0,
    }
    assert [g["at_most"] for g in goals["growth"]] == [3.5]
    assert goals["allocations"]["at_most"] == 0.0


def test_a_side_that_handled_fewer_events_is_noticed():
    same = {"events": 10, "digest": "a"}
    engine.check_same_work(PAIR, same, dict(same), quick=False)
    with pytest.raises(engine.DifferentWork, match="x: events is 10 here and 9 for the other"):
        engine.check_same_work(PAIR, same, same | {"events": 9}, quick=False)


def test_a_wait_four_standard_errors_from_erlang_is_noticed():
    pair = PAIR | {"equal": []}
    good = {"wait": 0.70, "standard_error": 0.01, "erlang_c": 0.67}
    engine.check_same_work(pair, good, good, quick=False)  # three errors away
    with pytest.raises(engine.DifferentWork, match=r"the wait of the other is 0\.72"):
        engine.check_same_work(pair, good, good | {"wait": 0.72}, quick=False)  # five


def test_the_table_says_what_was_missed():
    # 30 ns against 60 ns is a ratio of 2; 100 over 40 ns a growth of 2.5.
    goals = {
        "pair": [
            {"id": "a", "at_least": 2.0},
            {"id": "b", "at_least": 2.5},
            {"id": "c"},
        ],
        "growth": [{"measure": "growth", "from": "a", "to": "b", "at_most": 2.4}],
        "allocations": {"measure": "allocations", "at_most": 0.0},
    }
    row = {
        "measure": "hold",
        "against": "heap",
        "figure": "ns_per_event",
        "opponent": 60.0,
        "ratio": 2.0,
        "allocations_per_event": 0.0,
    }
    rows = {"a": row | {"id": "a", "ours": 40.0}, "b": row | {"id": "b", "ours": 100.0, "allocations_per_event": 0.5}}
    lines = engine.table_lines(goals, rows)
    assert [cells[-1] for cells in lines] == ["met", "**missed**", "**missed**", "**missed**"]
    assert lines[2][4] == "2.50"
    assert lines[3][1] == "0.5 (most: b)"


def test_a_count_is_judged_by_the_tolerance():
    # 3 % of 100 is 3.
    assert instructions.judge(103.1, 100.0, 0.03) == "more"
    assert instructions.judge(102.9, 100.0, 0.03) == "same"
    assert instructions.judge(96.9, 100.0, 0.03) == "fewer"


def test_an_update_changes_the_named_figure_and_nothing_else():
    text = instructions.COUNTS.read_text()
    before = {entry["id"]: entry for entry in tomllib.loads(text)["count"]}
    after = {entry["id"]: entry for entry in tomllib.loads(instructions.updated(text, {"mmc/10": 12.34}))["count"]}
    assert after["mmc/10"]["per_event"] == 12.3
    before["mmc/10"]["per_event"] = 12.3
    assert after == before
    with pytest.raises(ValueError, match="no-such"):
        instructions.updated(text, {"no-such": 1.0})


def test_the_wait_in_simpy_is_erlangs():
    # M/M/2 at load 0.5: rho^2 / (1 - rho^2) = 1/3 mean service times.
    got = mmc_simpy.run(2, 0.5, 40_000, seed=3)
    assert got["customers"] == 40_000
    assert abs(got["wait"] - 1 / 3) < 4 * got["standard_error"]
    assert got["standard_error"] < 0.05


def test_a_quick_run_measures_every_pair(tmp_path, monkeypatch, capsys):
    if not (ROOT / "build/release/bench/mmc").exists():
        pytest.skip("./dev build makes the benchmark programs")
    monkeypatch.setattr(engine, "OUTPUT", ROOT / "build" / "bench" / "test")
    assert engine.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    rows = json.loads((ROOT / "build/bench/test/engine-quick.json").read_text())["rows"]
    assert [r["id"] for r in rows] == [p["id"] for p in tomllib.loads(engine.GOALS.read_text())["pair"]]
    assert all(r["ratio"] > 0 for r in rows)
    assert "ratios tell nothing" in printed


def test_a_pattern_that_names_nothing_is_bad_input():
    done = subprocess.run(
        [sys.executable, ROOT / "bench/engine.py", "--only", "nothing"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no id of bench/goals.toml matches" in done.stderr
