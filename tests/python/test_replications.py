"""Replications by number: a range has the runs that a whole study has under these numbers, and joins it again."""

import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an
from rackrate import options

PRICE = "labs.oai.streams.app.price"


@pytest.fixture(scope="module")
def arms():
    base = rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 60})
    other = base.override(
        {"contracts.openai-microsoft.versions.amended-2026.clauses.api-exclusive.enabled": True}, name="exclusive"
    )
    return {"amended": base, "exclusive": other}


@pytest.fixture(scope="module")
def whole(arms, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "whole.h5"
    rr.compare(arms, fixed_parameters=True, replications=6, until="2025-10-01", out=path)
    return path


def prints(path):
    header = rr._core.read_header(str(path))
    return {(arm, number): print_ for arm, number, print_ in header["prints"]}


def test_a_range_runs_those_of_the_whole_study(arms, whole, tmp_path):
    ds = rr.compare(arms, fixed_parameters=True, replications=range(2, 5), until="2025-10-01", out=tmp_path / "part.h5")
    assert ds["replication"].values.tolist() == [2, 3, 4]
    every = prints(whole)
    assert prints(tmp_path / "part.h5") == {run: every[run] for run in every if run[1] in (2, 3, 4)}
    with rr.open(whole) as all_of_it:
        part = all_of_it.sel(replication=[2, 3, 4])
        for name in ("revenue", "npv", "placement_share", "run_end", "complete"):
            xr.testing.assert_identical(ds[name].load(), part[name].load())
    assert all(same for *_, same in rr.rerun(tmp_path / "part.h5", replication=3))


def test_two_halves_resumed_into_one_file_are_the_whole(arms, whole, tmp_path):
    out = tmp_path / "grown.h5"
    rr.compare(arms, fixed_parameters=True, replications=range(4, 6), until="2025-10-01", out=out)
    rr.compare(arms, fixed_parameters=True, replications=range(4), until="2025-10-01", out=out, resume=True)
    assert out.read_bytes() == whole.read_bytes()  # whatever was run first
    rr.compare(
        arms, fixed_parameters=True, replications=range(2, 3), until="2025-10-01", out=out, resume=True
    )  # there already: all stays
    assert out.read_bytes() == whole.read_bytes()


def test_part_files_of_different_replications_join_to_the_whole(arms, whole, tmp_path):
    parts = []
    for number, some in enumerate((range(3), range(3, 6))):
        rr.compare(arms, fixed_parameters=True, replications=some, until="2025-10-01", out=tmp_path / f"{number}.h5")
        parts.append(tmp_path / f"{number}.h5")
    rr._core.merge_results([str(p) for p in parts[::-1]], str(tmp_path / "merged.h5"))
    assert (tmp_path / "merged.h5").read_bytes() == whole.read_bytes()


@pytest.mark.filterwarnings("ignore:.*was saved by another program")
def test_a_file_whose_log_is_kept_by_arm_is_read_too(arms, whole, tmp_path):
    with rr.open(whole) as ds:
        log = ds["event_log"].load()
        assert log.dims == ("arm", "replication") and [bool(text) for text in log.values[0]] == [True] + 5 * [False]
        ds.load().assign(event_log=log.isel(replication=0, drop=True)).to_netcdf(tmp_path / "old.nc", engine="h5netcdf")
    rr._core.merge_results([str(tmp_path / "old.nc")], str(tmp_path / "new.h5"))
    with rr.open(tmp_path / "new.h5") as ds, rr.open(tmp_path / "old.nc") as old:
        assert ds["event_log"].values.tolist() == log.values.tolist()
        assert an.figure.contract_timeline(old).axes
    assert prints(tmp_path / "new.h5") == prints(whole)


def test_an_unfinished_range_says_how_much_is_done_and_goes_on(arms, tmp_path):
    out = tmp_path / "o.h5"

    def stop(done, total):
        assert total == 8
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rr.compare(
            arms,
            fixed_parameters=True,
            replications=range(100, 104),
            until="2025-10-01",
            threads=1,
            out=out,
            progress=stop,
        )
    with pytest.warns(UserWarning, match=r"\d of 8 runs are finished"):
        ds = rr.open(out)
    assert ds.attrs["runs_asked"] == 8 and set(ds["replication"].values) <= {100, 101, 102, 103}
    seen = []
    rr.compare(arms, fixed_parameters=True, replications=range(100, 104), until="2025-10-01", out=out, resume=True,
               progress=lambda done, total: seen.append((done, total)))  # fmt: skip
    assert seen[-1] == (8, 8) and rr.open(out)["replication"].values.tolist() == [100, 101, 102, 103]
    with pytest.raises(KeyboardInterrupt):
        rr.compare(
            arms,
            fixed_parameters=True,
            replications=range(7, 9),
            until="2025-10-01",
            threads=1,
            out=tmp_path / "p.h5",
            progress=stop_at_once,
        )
    with pytest.raises(KeyboardInterrupt):  # another range: what is done of the first counts beside it
        rr.compare(arms, fixed_parameters=True, replications=range(20, 23), until="2025-10-01", threads=1, out=tmp_path / "p.h5", resume=True,
                   progress=stop_at_once)  # fmt: skip
    with pytest.warns(UserWarning, match=r"(\d) of (\d+) runs are finished"):
        ds = rr.open(tmp_path / "p.h5")
    assert ds.attrs["runs_asked"] == 3 * 2 + sum(int(r) < 20 for r in ds["replication"].values) * 2


def stop_at_once(done, total):
    if done >= 2:
        raise KeyboardInterrupt


def test_analysis_report_and_structure_take_replications_that_do_not_begin_at_zero(arms, whole, tmp_path):
    from rackrate.structural import structural_studies

    ds = rr.compare(arms, fixed_parameters=True, replications=range(4, 6), until="2025-10-01", out=tmp_path / "part.h5")
    with rr.open(whole) as all_of_it:
        part = all_of_it.sel(replication=[4, 5])
        assert an.premium_table(ds).equals(an.premium_table(part))
    an.report(ds, tmp_path / "r.html")
    found = structural_studies(ds, arms, replications=2, show=False)
    assert found and all(one["replication"].values.tolist() == [4, 5] for one in found.values())
    table = an.structural(found, reference=ds, replications=2)
    assert (table["replications"] == 2).all()


def test_designed_studies_take_a_range(tmp_path):
    toy = rr.Scenario.load("toy-10")
    clauses = "contracts.oai-az.versions.first.clauses"
    other = toy.override({f"{clauses}.exclusive.enabled": False, f"{clauses}.share.enabled": False}, name="open")
    for ask in (rr.attribution, rr.compare):
        pair = (toy, other) if ask is rr.attribution else ([toy, other],)
        ds = ask(*pair, replications=range(5, 7))
        assert ds["replication"].values.tolist() == [5, 6]
    assert rr.run(toy, replications=range(3, 4))["replication"].values.tolist() == [3]


@pytest.mark.parametrize(
    "wrong", [0, -3, 2.5, True, "3", range(0), range(5, 5), range(-1, 3), range(0, 6, 2), range(5, 0, -1), [1, 2]]
)
def test_what_is_no_number_or_range_is_refused_in_one_sentence(wrong):
    with pytest.raises(rr.ScenarioError) as caught:
        rr.run("toy-10", replications=wrong)
    said = str(caught.value)
    assert said.startswith("replications is ") and "range(100, 200)" in said and len(said.splitlines()) == 1


def test_numbers_beyond_what_a_file_holds_are_refused(tmp_path):
    with pytest.raises(
        rr.ScenarioError, match=r"the first replication is .* expected a whole number from 0 to 9007199254740992"
    ):
        rr.run("toy-10", replications=range(2**60, 2**60 + 1))
    ds = rr.run("toy-10", replications=range(2**53 - 1, 2**53))
    assert ds["replication"].values.tolist() == [2**53 - 1]
    assert options.replications_in_words(range(2**53 - 1, 2**53)) == "1 replication (9007199254740991)"


def test_on_the_command_line_first_and_last_are_both_included(command, tmp_path):
    done = command("run", "toy-10", "-o", "a.h5", "--replications", "2:4")
    assert done.code == 0 and "simulating 3 replications (2 to 4) on" in done.err
    with rr.open(tmp_path / "a.h5") as ds:
        assert ds["replication"].values.tolist() == [2, 3, 4]
    assert command("run", "toy-10", "-o", "a.h5", "-n", "0:1", "--resume", "-q").code == 0
    assert command("run", "toy-10", "-o", "b.h5", "-n", "5", "-q").code == 0
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
    one = command("compare", "toy-10", "toy-10", "-o", "c.h5", "-n", "7:7")
    assert one.code == 2 and "two scenarios are named" in one.err
    shown = command("run", "--help").out
    assert "N|FIRST:LAST" in shown and "both included" in " ".join(shown.split())


@pytest.mark.parametrize("typed", ["4:2", ":3", "3:", "-1:3", "a:b", "1:2:3", "0.5", "x", "1-3", "1..3"])
def test_a_mistyped_range_says_how_to_write_one(command, tmp_path, typed):
    refused = command("run", "toy-10", "-o", "a.h5", f"--replications={typed}")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.strip() == (
        f"replications is {typed}; expected a whole number >= 1, or FIRST:LAST, both included, with 0 <= FIRST <= LAST. "
        "Write 0:99 for the first hundred and 100:199 for the next."
    )
    assert list(tmp_path.iterdir()) == []
