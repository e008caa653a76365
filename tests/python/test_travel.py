"""Values that travel: what is public pickles, copies and hashes, and arrives in another process as it was sent."""

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pandas as pd
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an
from rackrate import library

dask = pytest.importorskip("dask")  # the developers' environment has both; the lowest dependencies do not need them
joblib = pytest.importorskip("joblib")
tokenize = dask.base.tokenize

NAMES = [entry.name for entry in rr.scenarios()]
SENT = "Send its scenario, seed and replication and run there, or send results() or decisions()."


def seen(scenario):
    """Everything that a user can ask a scenario, as plain values."""
    try:
        scenario.override({"run.end": "1999-01-01"})
        complaint = ""
    except rr.ScenarioError as error:
        complaint = str(error)
    fields = ("path", "value", "unit", "source", "grade", "low", "high", "note", "file", "line", "column", "is_default")
    return {
        "names": (scenario.name, scenario.title, scenario.digest, repr(scenario), scenario._repr_html_()),
        "text": scenario.to_toml(),
        "warnings": scenario.warnings,
        "fiscal": scenario.fiscal_year_end,
        "items": [tuple(getattr(i, f) for f in fields) for i in scenario.items(defaults=True)],
        "written": [i.path for i in scenario.items()],
        "values": {path: scenario.get(path) for path in scenario.keys("run.*")},
        "complaint": complaint,
        "override": scenario.override({"run.enterprises": 30}).to_toml() if scenario.keys("run.enterprises") else "",
    }


def fingerprint_of(scenario, replication=0):
    """In another process: a run of what arrived there."""
    simulation = rr.Simulation(scenario, replication=replication)
    simulation.run_until("2026-01-06")
    return simulation.fingerprint()


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10")


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """Read from a path: extends, sources, evidence, ranges, notes, a removal; then changed."""
    folder = tmp_path_factory.mktemp("my scenarios")
    (folder / "mid.toml").write_text(
        'extends = "toy-10"\ntitle = "In between"\nsource = "memo"\ngrade = "R"\n[sources.memo]\ntitle = "A memo"\n'
        '[labs.oai.streams.app]\nprice = { value = "7 $/H100e-h", low = "5 $/H100e-h", high = "9 $/H100e-h", note = "a \\"guess\\"" }\n'
    )
    path = folder / "my world.v2.toml"
    path.write_text('extends = "mid"\ngrade = "A"\n[run]\ndiscount_rate = "11 %/y"\n')
    return rr.Scenario.load(path).override({"title": "Mine, changed", "run.end": "2026-01-09"}, name="mine, v2.toml")


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_of_the_library_answers_after_travelling_as_before(name):
    scenario = rr.Scenario.load(name)
    for protocol in (2, pickle.HIGHEST_PROTOCOL):
        back = pickle.loads(pickle.dumps(scenario, protocol))
        assert seen(back) == seen(scenario)
        assert back == scenario and hash(back) == hash(scenario) and tokenize(back) == tokenize(scenario)


def test_a_scenario_of_files_of_its_own_keeps_its_places_and_evidence_without_the_files(mine):
    item = mine.item("labs.oai.streams.app.price")
    assert os.path.basename(item.file) == "mid.toml" and (item.line, item.source, item.note) == (8, "memo", 'a "guess"')
    sent = pickle.dumps(mine)
    before = seen(mine)
    for path in {i.file for i in mine.items() if i.file and not i.file.startswith(str(library.FOLDER))}:
        os.unlink(path)  # on another machine there is none
    back = pickle.loads(sent)
    assert seen(back) == before and back.item("labs.oai.streams.app.price") == item
    assert back.name == "mine, v2.toml" and back.diff(mine) == []
    assert pickle.dumps(back) == sent  # it may be sent on


@pytest.mark.parametrize("how", ["spawn", "fork", "forkserver"])
def test_processes_of_every_kind_take_scenarios(toy, how):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(how)) as pool:
        assert pool.submit(fingerprint_of, toy, 3).result(timeout=120) == fingerprint_of(toy, 3)
        assert pool.submit(seen, toy).result(timeout=120) == seen(toy)


def test_joblib_and_dask_take_scenarios(toy):
    dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"}, name="dear")
    wanted = [fingerprint_of(toy), fingerprint_of(dear)]
    assert joblib.Parallel(2)(joblib.delayed(fingerprint_of)(one) for one in (toy, dear)) == wanted
    tasks = [dask.delayed(fingerprint_of)(one) for one in (toy, dear)]
    assert list(dask.compute(*tasks, scheduler="processes", num_workers=2)) == wanted
    assert list(dask.compute(*tasks, scheduler="threads")) == wanted


def test_a_scenario_travels_to_workers_of_a_dask_cluster_by_map(toy):
    Client = pytest.importorskip("distributed").Client
    dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"}, name="dear")
    with Client(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as client:
        futures = client.map(fingerprint_of, [toy, dear, toy], pure=True)
        assert client.gather(futures) == [fingerprint_of(one) for one in (toy, dear, toy)]
        assert len({future.key for future in futures}) == 2  # the same scenario is the same task
        sim = rr.Simulation(toy)
        with pytest.raises(Exception, match="cannot be pickled or sent to another process") as caught:
            client.submit(fingerprint_of, sim)
        assert SENT in str(caught.value)


def test_tokens_are_the_same_in_every_process_and_tell_scenarios_apart(toy):
    program = (
        "import rackrate as rr\nfrom dask.base import tokenize\ntoy = rr.Scenario.load('toy-10')\nsim = rr.Simulation(toy)\nsim.run()\n"
        "print(tokenize(toy), tokenize(sim.decisions()), tokenize(toy.item('run.end')),"
        " tokenize(toy.feasible(lab='oai', product='consumer', channel='direct', host='az', date='2026-01-03')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1 and said.pop().decode().split()[0] == tokenize(toy)
    others = [
        toy.override({"run.end": "2026-01-09"}),
        toy.override({}, name="other"),  # equal, but its results carry another name
        toy.override({"title": "Another title"}),
    ]
    assert len({tokenize(one) for one in (toy, *others)}) == 4
    assert [one == toy for one in others] == [False, True, True]
    assert all((hash(one) == hash(toy)) >= (one == toy) for one in others)


def test_a_simulation_says_what_to_send_instead(toy):
    simulation = rr.Simulation(toy)
    attempts = {
        "pickle": lambda: pickle.dumps(simulation),
        "an old protocol": lambda: pickle.dumps(simulation, 0),
        "tokenize": lambda: tokenize(simulation),
        "in a list": lambda: pickle.dumps([simulation]),
    }
    for what, attempt in attempts.items():
        with pytest.raises(TypeError) as caught:
            attempt()
        assert str(caught.value).startswith(
            "a Simulation cannot be pickled or sent to another process"
        ) and SENT in str(caught.value), what
    with pytest.raises(Exception) as caught:
        joblib.Parallel(2)(joblib.delayed(fingerprint_of)(one) for one in (simulation, simulation))
    chain, error = [], caught.value
    while error is not None:
        chain.append(str(error))
        error = error.__cause__ or error.__context__
    assert any(SENT in text for text in chain)


def public_values(toy):
    """One value of each public type."""
    simulation = rr.Simulation(toy)
    simulation.run()
    dear = toy.override({"contracts.oai-az.versions.first.clauses.exclusive.enabled": False}, name="open")
    study = rr.compare([toy, dear], replications=3)
    table = an.premium_table(study)
    values = [
        toy,
        toy.feasible(lab="oai", product="consumer", channel="direct", host="az", date="2026-01-03"),
        toy.item("labs.oai.streams.app.price"),
        simulation.decisions(),
        rr.scenarios()[0],
        an.contrasts(study)[0],
        an.headline(study, table),
        an.unit_of([12.3]),
        an.answer(study, "concentration"),
        rr.Design.of(
            kind="grid", arms=[toy], factors={"app": {"path": "labs.oai.streams.app.price", "values": ["5 $/H100e-h"]}}
        ),
    ]
    frames = [table, an.by_period(study)]
    errors = [rr.CausalityError("a"), rr.InUseError("b"), rr.LedgerError("c"), rr.ResultFileError("d"),
              an.NotComparable("e"), an.UnknownName("f")]  # fmt: skip
    try:
        rr.Scenario.parse("nonsense = 1")
    except rr.ScenarioError as error:
        errors.append(error)
    return values, frames, errors, study


def test_every_public_type_travels(toy):
    values, frames, errors, study = public_values(toy)
    types = {type(one) for one in (*values, *errors)} | {rr.Simulation}
    public = [getattr(module, name) for module in (rr, an) for name in module.__all__]
    assert {one for one in public if isinstance(one, type)} <= types
    for value in values:
        for back in (
            pickle.loads(pickle.dumps(value)),
            copy.copy(value),
            copy.deepcopy(value),
            copy.deepcopy([value])[0],
        ):
            assert back == value and (back != value) is False and hash(back) == hash(value), type(value)
            assert repr(back) == repr(value) and tokenize(back) == tokenize(value) and {back: 1}[value] == 1
        assert value != "something else"
    for error in errors:
        back = pickle.loads(pickle.dumps(error))
        assert type(back) is type(error) and str(back) == str(error)
        assert getattr(back, "mistakes", None) == getattr(error, "mistakes", None)
    for frame in frames:
        back = pickle.loads(pickle.dumps(frame))
        assert type(back) is type(frame) and repr(back) == repr(frame) and back.attrs == frame.attrs
        pd.testing.assert_frame_equal(back, frame)
    back = pickle.loads(pickle.dumps(study))
    xr.testing.assert_identical(back, study)
    assert [type(x) for x in back["scenario"].values] == [type(x) for x in study["scenario"].values]
    assert copy.deepcopy(study)["scenario"].values[0] == study["scenario"].values[0]


def test_a_lazy_dataset_travels_as_its_file(toy, tmp_path):
    with rr.run(toy, replications=2, out=tmp_path / "o.h5") as ds:
        back = pickle.loads(pickle.dumps(ds))
        xr.testing.assert_identical(back.load(), ds.load())
        assert an.by_period(back).equals(an.by_period(ds))


def test_what_another_version_sent_is_refused(toy):
    text, name, digest, files, places = toy._core.__getstate__()
    for state, why in [
        ((text, name, "0" * 64, files, places), r"of digest 000000000000; expected \w{12}, which its text has here"),
        ((text, name, digest, files, places[:-12]), "given with the places of another text"),
        ((text, name, digest, [], places), "given with the places of another text"),
    ]:
        core = rr._core.Scenario.__new__(rr._core.Scenario)
        with pytest.raises(rr.ScenarioError, match=why) as caught:
            core.__setstate__(state)
        assert len(str(caught.value).splitlines()) == 1
