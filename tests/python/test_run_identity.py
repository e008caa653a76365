"""How far a run went is part of what it is: its file says so, a rerun ends there, and runs of different lengths are never mixed.

The cases are drawn; what is expected is worked out by the calendar arithmetic of this file alone. In the toy OpenAI's stand-in asks
for 120 H100e from 1 January to 10 January 2026. Until the 6th only az may host it and has 100 H100e; from the 7th on aws adds 20.
So an hour before 7 January serves 100 H100e-hours and an hour after it 120, whatever the length of the run.
"""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr

import rackrate as rr

START, OPEN, END = dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 7), dt.datetime(2026, 1, 11)
HOUR = dt.timedelta(hours=1)
PRICE = "labs.oai.streams.app.price"


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10")


def drawn(cases, quick):
    """The numbers of some drawn cases; those after the first few are slow tests."""
    return [case if case < quick else pytest.param(case, marks=pytest.mark.slow) for case in range(cases)]


def drawn_until(rng):
    """None, a day, an hour inside a day, the scenario's own end, or a day beyond it."""
    return rng.choice([
        None,
        (START + dt.timedelta(days=rng.randint(1, 9))).date(),
        START + rng.randint(1, 239) * HOUR,
        END.date().isoformat(),
        "2027-06-01",
    ])  # fmt: skip


def end_of(until):
    """The instant at which the toy's runs end."""
    if until is None:
        return END
    if isinstance(until, str):
        until = dt.datetime.fromisoformat(until)
    if not isinstance(until, dt.datetime):
        until = dt.datetime.combine(until, dt.time())
    return min(until, END)


def in_words(moment):
    return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat()


def served_until(end):
    """H100e-hours: 100 an hour before the opening, 120 after it."""
    shut = (min(end, OPEN) - START) / HOUR
    opened = max((end - OPEN) / HOUR, 0)
    return 100 * shut + 120 * opened


def check_length(path, until, replications):
    """The file says what was asked for, how far each run went, and holds no more and no less than that."""
    end = end_of(until)
    with xr.open_dataset(path) as ds:
        assert ds.sizes["replication"] == replications
        assert bool((ds["run_end"] == np.datetime64(end)).all())
        assert (ds.attrs.get("until") is None) == (until is None)
        if until is not None:
            asked = dt.datetime.fromisoformat(str(ds.attrs["until"]))
            assert min(asked, END) == end
        assert ds["time_bounds"].values.astype("datetime64[ms]").tolist() == [[START, end]]
        served = ds["served"].sel(lab="oai").sum(["product", "time"]).values
        np.testing.assert_allclose(served, served_until(end), rtol=1e-12)
    assert all(same for _, _, same in rr.rerun(path))


def same_data(one, other):
    """Every variable, bit for bit."""
    with xr.open_dataset(one, decode_cf=False) as a, xr.open_dataset(other, decode_cf=False) as b:
        assert list(a.variables) == list(b.variables)
        for name, variable in a.variables.items():
            if variable.dtype == object:
                assert variable.values.tolist() == b[name].values.tolist(), name
            else:
                assert variable.values.tobytes() == b[name].values.tobytes(), name
        assert a.attrs["fingerprint"] == b.attrs["fingerprint"]


@pytest.mark.parametrize("case", drawn(10, quick=2))
def test_a_run_of_any_length_says_so_repeats_and_grows(toy, tmp_path, case):
    rng = random.Random(case)
    arms = {"toy": toy, "dear": toy.override({PRICE: "7 $/H100e-h"})} if rng.random() < 0.5 else {"toy": toy}
    until, few, threads = drawn_until(rng), rng.randint(1, 4), rng.randint(1, 5)
    grown, straight = tmp_path / "grown.h5", tmp_path / "straight.h5"
    rr.compare(arms, replications=few, until=until, threads=threads, out=grown)
    check_length(grown, until, few)

    many, other = few + rng.randint(0, 4), drawn_until(rng)
    if end_of(other) != end_of(until):
        with pytest.raises(rr.ResultFileError) as refused:
            rr.compare(arms, replications=many, until=other, out=grown, resume=True)
        assert str(refused.value) == (
            f"{grown}: its runs end on {in_words(end_of(until))}; expected {in_words(end_of(other))}. Run with the same --until, or use --force to begin again."
        )
        check_length(grown, until, few)
        assert [path.name for path in tmp_path.iterdir()] == ["grown.h5"]
    rr.compare(arms, replications=many, until=until, threads=rng.randint(1, 5), out=grown, resume=True)
    check_length(grown, until, many)
    rr.compare(arms, replications=many, until=until, threads=rng.randint(1, 5), out=straight)
    same_data(grown, straight)


@pytest.mark.parametrize("case", drawn(4, quick=1))
def test_a_killed_run_of_any_length_goes_on_only_to_the_same_length(toy, tmp_path, case):
    rng = random.Random(100 + case)
    until = rng.choice([dt.date(2026, 1, 4), dt.date(2026, 1, 9)])
    out, straight = tmp_path / "killed.h5", tmp_path / "straight.h5"
    words = ["-n", "60", "--until", until.isoformat(), "--threads", str(rng.randint(1, 3)), "-q"]
    running = subprocess.Popen([sys.executable, "-m", "rackrate.cli", "run", "toy-10", "-o", out, *words])
    deadline = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline:
        if (rr._core.find_parts(os.fspath(out)) or {"done": 0})["done"] >= rng.randint(1, 20):
            break
    running.send_signal(signal.SIGKILL)
    running.wait()
    if not out.exists():
        with pytest.raises(rr.ResultFileError, match=f"its runs end on {until}; expected 2026-01-11"):
            rr.run(toy, replications=60, out=out, resume=True)
    rr.run(toy, replications=60, until=until, out=out, resume=True)
    check_length(out, until, 60)
    rr.run(toy, replications=60, until=until, out=straight)
    same_data(out, straight)


@pytest.mark.parametrize("case", drawn(2, quick=1))
def test_the_flagship_of_any_length_repeats_and_grows(tmp_path, case):
    rng = random.Random(200 + case)
    flagship = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 40})
    until = dt.date(2025, 7, 1) + dt.timedelta(days=rng.randint(2, 70))
    grown, straight = tmp_path / "grown.h5", tmp_path / "straight.h5"
    rr.run(flagship, replications=1, until=until, out=grown)
    rr.run(flagship, replications=2, until=until, threads=1, out=grown, resume=True)
    rr.run(flagship, replications=2, until=until, threads=2, out=straight)
    same_data(grown, straight)
    assert all(same for _, _, same in rr.rerun(grown))
    with xr.open_dataset(grown) as ds:
        assert bool((ds["run_end"] == np.datetime64(until, "ns")).all())
        # Months that begin at the end or after it were not run: they are missing and not zero.
        begun = ds["time"].values < np.datetime64(until, "ns")
        paid = ds["payment"].isel(arm=0, replication=0)
        assert paid.isel(time=begun).notnull().all() and paid.isel(time=~begun).isnull().all()


def test_files_of_different_lengths_are_not_merged(toy, tmp_path):
    rr.run(toy, until="2026-01-05", out=tmp_path / "short.h5")
    rr.run(toy, out=tmp_path / "long.h5")
    with pytest.raises(rr.ResultFileError, match=r"long\.h5: its runs end on 2026-01-11; expected 2026-01-05"):
        rr._core.merge_results(
            [os.fspath(tmp_path / "short.h5"), os.fspath(tmp_path / "long.h5")], os.fspath(tmp_path / "both.h5")
        )
    assert not (tmp_path / "both.h5").exists()


@pytest.mark.parametrize("until", ["2026-01-01", "2025-06-01"])
def test_an_end_that_is_not_after_the_start_is_refused(toy, tmp_path, until):
    with pytest.raises(
        rr.ScenarioError, match=f"until is {until}; expected a date after 2026-01-01, where the run starts"
    ):
        rr.run(toy, until=until, out=tmp_path / "never.h5")
    assert not list(tmp_path.iterdir())


def test_a_replayed_arm_reruns_to_its_own_end(toy, tmp_path):
    rr.compare(
        {"free": toy, "held": toy},
        replay={"held": {"prices": "free"}},
        replications=1,
        until="2026-01-06",
        out=tmp_path / "held.h5",
    )
    assert rr.rerun(tmp_path / "held.h5") == [("free", 0, True), ("held", 0, True)]


def test_the_command_line_reruns_a_short_run(command, tmp_path):
    assert command("run", "toy-10", "-o", "a.h5", "--until", "2026-01-05", "-q").code == 0
    again = command("rerun", "a.h5")
    assert (again.code, again.out) == (0, "toy-10 replication 0: same\n")
    refused = command("run", "toy-10", "-o", "a.h5", "-n", "2", "--resume", "-q")
    assert refused.code == 2 and "its runs end on 2026-01-05; expected 2026-01-11" in refused.err
    early = command("run", "toy-10", "-o", "b.h5", "--until", "2026-01-01")
    said = [
        line for line in early.err.splitlines() if not line.startswith("warning: ")
    ]  # the toy's contracts contradict each other
    assert early.code == 2 and said == [
        "until is 2026-01-01; expected a date after 2026-01-01, where the run starts. Leave it out to run to the end."
    ]


@pytest.mark.parametrize("case", range(4))
def test_a_simulation_of_any_steps_says_where_it_stands(toy, case):
    rng = random.Random(300 + case)
    simulation = rr.Simulation(toy)
    for day in sorted(rng.sample(range(2, 11), 3)):
        simulation.run_until(dt.date(2026, 1, day))
        ds = simulation.results()
        assert ds["run_end"].values[0, 0] == np.datetime64(dt.datetime(2026, 1, day))
        assert ds["served"].sel(lab="oai").sum().item() == pytest.approx(served_until(dt.datetime(2026, 1, day)))
        assert simulation.fork().results()["run_end"].identical(ds["run_end"])


def test_forks_that_go_different_ways_say_how_they_were_changed(toy):
    simulation = rr.Simulation(toy)
    simulation.run_until("2026-01-03")
    left, right = simulation.fork(), simulation.fork()
    left.terminate("oai-az", effective="2026-01-08")
    right.override({PRICE.replace(PRICE, "choice.beta_quality"): 0.5})
    later = right.fork()
    later.run_until("2026-01-05")
    later.override({"choice.beta_quality": 0.25})
    said = {name: json.loads(str(sim.results(name)["interventions"].values[0]) or "[]")
            for name, sim in {"none": simulation, "left": left, "right": right, "later": later}.items()}  # fmt: skip
    assert said["none"] == []
    assert said["left"] == [
        {
            "kind": "terminate",
            "date": "2026-01-03",
            "from": "2026-01-03",
            "contract": "oai-az",
            "effective": "2026-01-08",
        }
    ]
    assert said["right"] == [
        {"kind": "override", "date": "2026-01-03", "from": "2026-01-03", "values": {"choice.beta_quality": "0.5"}}
    ]
    assert [(one["date"], one["values"]["choice.beta_quality"]) for one in said["later"]] == [
        ("2026-01-03", "0.5"),
        ("2026-01-05", "0.25"),
    ]


def test_what_waits_for_the_next_window_has_not_been_done_yet(toy):
    simulation = rr.Simulation(toy)
    simulation.run_until("2026-01-03T06:00")
    simulation.terminate("oai-az")
    assert [one["from"] for one in simulation.interventions] == ["2026-01-04"]
    assert str(simulation.results()["interventions"].values[0]) == ""
    simulation.run_until("2026-01-04")
    assert json.loads(str(simulation.results()["interventions"].values[0]))[0]["from"] == "2026-01-04"


def test_a_refused_change_leaves_no_trace(toy):
    simulation = rr.Simulation(toy)
    with pytest.raises(rr.ScenarioError):
        simulation.terminate("nobody")
    assert simulation.interventions == []


def test_a_run_changed_by_hand_is_not_rerun(toy, tmp_path):
    simulation = rr.Simulation(toy)
    simulation.run_until("2026-01-03")
    simulation.terminate("oai-az")
    simulation.run()
    simulation._core.write(os.fspath(tmp_path / "steered.h5"), json.dumps(simulation.interventions))
    with pytest.raises(rr.ResultFileError, match=r"steered\.h5: the run of toy-10 was changed by hand on its way"):
        rr.rerun(tmp_path / "steered.h5")
