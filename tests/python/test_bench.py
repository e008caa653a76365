"""The drivers of bench/: they judge ratios and counts rightly, and notice a side that did less."""

import json
import subprocess
import sys
import tomllib

import pytest

from .conftest import ROOT

sys.path.insert(0, str(ROOT))
from bench import engine, instructions, market, table
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


def test_instructions_of_the_market_are_counted_by_window(monkeypatch):
    # 900 - 300 instructions over 6 - 2 windows are 150 a window, over 8 - 5 events 200 an event.
    counts = {"short": {"windows": (300, 2), "events": (300, 5)}, "long": {"windows": (900, 6), "events": (900, 8)}}
    monkeypatch.setattr(instructions, "count", lambda command, per: counts[command][f"{per}s"])
    assert instructions.measured({"short": "short", "long": "long", "per_window": 1.0}) == 150
    assert instructions.measured({"short": "short", "long": "long", "per_event": 1.0}) == 200


def test_a_replication_of_the_flagship_is_among_the_counts():
    kept = {entry["id"]: entry for entry in tomllib.loads(instructions.COUNTS.read_text())["count"]}
    assert kept["flagship/1e4"]["per_window"] > 1e5
    after = instructions.updated(instructions.COUNTS.read_text(), {"flagship/1e4": 7.0})
    assert {e["id"]: e for e in tomllib.loads(after)["count"]}["flagship/1e4"]["per_window"] == 7.0


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


def market_goals():
    return {goal["id"]: goal for goal in tomllib.loads(market.GOALS.read_text())["market"]}


def test_the_goals_of_the_market_are_those_that_were_set():
    goals = market_goals()
    limits = {name: goal.get("at_least", goal.get("at_most")) for name, goal in goals.items()}
    assert {name: limit for name, limit in limits.items() if limit is not None} == {
        "replication": 8.0,
        "decisions": 3.0,
        "warm-clearing": 0.05,
        "rest-of-day": 0.1,
        "growth": 1.3,
        "million-memory": 2.5,
        "enterprise-memory": 400,
        "study": 75.0,
        "renegotiated": 1.25,
        "threads": 1.6,
        "simpy/1e4": 500.0,
        "import": 0.15,
    }
    assert (goals["replication"]["commit"], goals["replication"]["better"]) == ("76002d8", 14.0)
    assert {"growth", "renegotiated", "study", "import"} <= {n for n, g in goals.items() if "at_most" in g}


def test_a_goal_that_is_missed_is_said():
    goals = [
        {"id": "fast", "measure": "fast", "unit": "x", "at_least": 8.0, "better": 14.0},
        {"id": "small", "measure": "small", "unit": "GB", "at_most": 2.5},
        {"id": "other", "measure": "other", "unit": "s"},
        {"id": "none", "measure": "none", "unit": "s", "at_most": 1.0},
    ]
    rows = {"fast": 7.9, "small": 2.5, "other": 3.0}
    lines = table.table(goals, rows, {"fast": "79 s, now 10 s"}).splitlines()[2:]
    assert lines == [
        "| fast | 7.9 x | 79 s, now 10 s | >= 8 (14 wanted) | **missed** |",
        "| small | 2.5 GB |  | <= 2.5 | met |",
        "| other | 3 s |  |  | quoted |",
    ]
    assert table.closing(goals, rows, quick=False) == "goals missed: fast"
    assert table.closing(goals, {"small": 1.0}, quick=False) == "every goal is met"
    assert "tell nothing" in table.closing(goals, rows, quick=True)


def test_the_median_of_a_benchmark_becomes_a_figure():
    told = {
        "benchmarks": [
            {"name": "a_mean", "aggregate_name": "mean", "cpu_time": 9.0, "time_unit": "us"},
            {"name": "a_median", "aggregate_name": "median", "cpu_time": 4.0, "time_unit": "us"},
        ]
    }
    row = market.median_of(told)
    assert market.figure_of({"unit": "ms"}, row) == pytest.approx(0.004)
    assert market.figure_of({"unit": "M/s"}, row) == pytest.approx(0.25)  # one in 4 us
    assert market.figure_of({"unit": "M/s"}, row | {"items_per_second": 3e6}) == pytest.approx(3.0)
    with pytest.raises(market.NotMeasured):
        market.median_of({"benchmarks": told["benchmarks"][:1]})


def test_threads_that_do_not_give_the_same_bytes_are_noticed(monkeypatch):
    digests = iter("aaab")
    monkeypatch.setattr(market, "flagship", lambda *words: (None, {"digest": next(digests), "seconds": 1.0}))
    with pytest.raises(market.DifferentWork, match="fingerprints differ"):
        list(market.threads(market.Sizes(quick=False, repetitions=2)))


def test_a_step_of_the_population_is_priced_by_the_enterprise(monkeypatch):
    # 1 ms for each enterprise to 10^4 and 2 s for the rest: 1 ms, then 1.2 ms for each of the last 9 10^5.
    spent = {1_000: 3.0, 10_000: 12.0, 100_000: 102.0, 1_000_000: 1_182.0}
    said = {"bytes_per_enterprise": 350.0, "workloads_per_enterprise": 5.5, "bytes_per_workload": 50}
    monkeypatch.setattr(
        market, "flagship", lambda program, word, n, *more: (market.Cost(n / 10, spent[n], 2_000.0), said)
    )
    figures = {name: value for name, value, _ in market.growth(market.Sizes(quick=False, repetitions=1))}
    expected = {"growth": 1.2, "million": 100_000.0, "million-memory": 2.0, "enterprise-memory": 375.0}
    assert figures == pytest.approx(expected)


def test_the_baseline_is_the_program_that_is_named_or_one_that_is_built(tmp_path, monkeypatch):
    program = tmp_path / "bench" / "flagship"
    program.parent.mkdir()
    program.write_text("")
    assert market.baseline_program(program, "76002d8", may_build=False) == program
    assert market.baseline_program(tmp_path, "76002d8", may_build=False) == program
    with pytest.raises(market.NotMeasured, match="is no program"):
        market.baseline_program(tmp_path / "none", "76002d8", may_build=False)
    monkeypatch.setattr(market, "BASELINE", tmp_path / "baseline")
    with pytest.raises(market.NotMeasured, match="no build of 76002d8"):
        market.baseline_program(None, "76002d8", may_build=False)
    with pytest.raises(market.NotMeasured, match="not in this repository"):
        market.baseline_program(None, "0000000", may_build=True)


def test_a_process_is_charged_for_its_time_and_memory():
    from bench.programs import cost

    hold = "import time; x = bytearray(200_000_000); t = time.process_time()\nwhile time.process_time() - t < 0.2: pass\nprint('done')"
    ours = bytearray(300_000_000)  # memory of the process that measures is none of the command's
    spent, printed = cost([sys.executable, "-c", hold])
    assert len(ours) and printed == "done\n"
    assert 0.2 < spent.cpu_seconds < 2.0
    assert 200 < spent.megabytes < 400
    with pytest.raises(RuntimeError, match="exit status 3: said so"):
        cost([sys.executable, "-c", "import sys; print('said so', file=sys.stderr); sys.exit(3)"])


@pytest.mark.slow
def test_a_quick_run_measures_every_row_of_the_market(monkeypatch, capsys):
    if not (ROOT / "build/release/bench/rackrate_bench").exists():
        pytest.skip("./dev bench market makes the benchmark programs")
    monkeypatch.setattr(market, "OUTPUT", ROOT / "build" / "bench" / "test")
    flagship = str(ROOT / "build/release/bench/flagship")  # here the commit is its own baseline
    assert market.main(["--quick", "--baseline", flagship]) == 0
    printed = capsys.readouterr().out
    rows = json.loads((ROOT / "build/bench/test/market-quick.json").read_text())["rows"]
    assert set(rows) | {"replication", "renegotiated", "growth"} == set(market_goals())
    assert all(row["value"] > 0 for row in rows.values())
    # Differences of two clocks: so short a run may lie within the clock's resolution, and then says so.
    assert {"replication", "renegotiated", "growth"} <= set(rows) or "too little for the clock" in printed
    assert "tell nothing" in printed and "met" not in printed and "missed" not in printed
    assert market.main(["--only", "nothing"]) == 2
