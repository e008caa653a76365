"""Result files on disks that are full, damaged, shared or oddly named."""

import fcntl
import os
import random
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
import warnings

import numpy as np
import pytest
import xarray as xr

import rackrate as rr
from rackrate import _core, files, options


def python(code, cwd, *arguments, timeout=120):
    """A program in an interpreter of its own, so that a crash is seen: also one at its end."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A small result, and its values."""
    path = tmp_path_factory.mktemp("sound") / "sound.h5"
    rr.run("toy-10", replications=2, out=path).close()
    return path


def test_random_damage_gives_the_same_values_or_one_sentence(sound, tmp_path):
    code = """
        import random, sys, warnings
        import rackrate as rr
        from rackrate import _core
        whole = open(sys.argv[1], "rb").read()
        with rr.open(sys.argv[1]) as ds:
            wanted = ds.load()
        warnings.simplefilter("error")  # not before the libraries are imported: some of them warn of their own future
        draw = random.Random(int(sys.argv[2]))
        same = refused = 0
        for _ in range(150):
            damaged = bytearray(whole)
            for _ in range(draw.choice([1, 1, 1, 2, 40])):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            if draw.random() < 0.2:
                del damaged[draw.randrange(len(damaged)):]
            open("damaged.h5", "wb").write(damaged)
            for read in (rr.open, rr.rerun):
                try:
                    got = read("damaged.h5")
                    assert read is rr.rerun or got.load().identical(wanted), "other values"
                    same += 1
                except rr.ResultFileError as error:
                    assert str(error).count("\\n") == 0 and str(error).startswith("damaged.h5: "), error
                    refused += 1
        print(same, refused)
    """
    code_, out, err = python(code, tmp_path, sound, 1)
    assert code_ == 0, err
    same, refused = map(int, out.split())
    assert same + refused == 300 and refused > 285  # a byte may be drawn as it was


def test_every_reader_refuses_a_changed_bit(sound, tmp_path, command):
    damaged = bytearray(sound.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    (tmp_path / "d.h5").write_bytes(damaged)
    for words in (
        ["summary", "d.h5"],
        ["rerun", "d.h5"],
        ["report", "d.h5", "-o", "d.html"],
        ["run", "toy-10", "-o", "d.h5", "-n", "3", "--resume", "-q"],
    ):
        done = command(*words)
        assert done.code == 2 and "checksum" in done.err and done.err.count("\n") == 1, (words, done)
    assert (tmp_path / "d.h5").read_bytes() == damaged
    with pytest.raises(rr.ResultFileError, match="its bytes do not have the checksum"):
        _core.read_header(os.fspath(tmp_path / "d.h5"))


def test_a_damaged_batch_is_named_with_what_to_do(tmp_path):
    with pytest.raises(KeyboardInterrupt):

        def stop(done, total):
            if done >= 2:
                raise KeyboardInterrupt

        rr.run("toy-10", replications=400, threads=1, out=tmp_path / "o.h5", progress=stop)
    batch = tmp_path / "o.h5.parts" / "batch-000000.h5"
    bytes_ = bytearray(batch.read_bytes())
    bytes_[1000] ^= 1
    batch.write_bytes(bytes_)
    for act in (
        lambda: rr.open(tmp_path / "o.h5"),
        lambda: rr.run("toy-10", replications=400, out=tmp_path / "o.h5", resume=True),
    ):
        with pytest.raises(
            rr.ResultFileError,
            match=r"batch-000000\.h5: its bytes do not have the checksum .* delete this file and use --resume",
        ):
            act()


@pytest.mark.filterwarnings("ignore:.*runs are finished")
def test_a_damaged_manifest_is_one_sentence_or_does_not_matter(tmp_path):
    def stop(done, total):
        if done >= 1:
            raise KeyboardInterrupt

    def go_on():
        rr.run("toy-10", replications=400, threads=1, out=tmp_path / "o.h5", resume=True, progress=stop)

    with pytest.raises(KeyboardInterrupt):
        rr.run("toy-10", replications=400, threads=1, out=tmp_path / "o.h5", progress=stop)
    manifest = tmp_path / "o.h5.parts" / "manifest.json"
    whole, draw = manifest.read_bytes(), random.Random(5)
    refused = 0
    for _ in range(12):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        for act in (lambda: rr.open(tmp_path / "o.h5"), go_on):
            manifest.write_bytes(damaged)
            try:
                act()
            except KeyboardInterrupt:
                pass
            except rr.ResultFileError as error:
                refused += 1
                assert str(error).count("\n") == 0
    assert refused > 6  # of 24: some bytes do not matter, which ones depends on the length of the manifest


def test_verify_false_trusts_the_bytes(sound, tmp_path):
    bytes_ = bytearray(sound.read_bytes())
    bytes_[-3] ^= 1  # a digit of the checksum itself
    (tmp_path / "d.h5").write_bytes(bytes_)
    with pytest.raises(rr.ResultFileError, match="checksum"):
        rr.open(tmp_path / "d.h5")
    with rr.open(tmp_path / "d.h5", verify=False) as trusted, rr.open(sound) as ds:
        assert trusted.load().identical(ds.load())


LIMITED = """
    import resource, sys
    import rackrate as rr
    from rackrate import study
    kind, value = getattr(resource, sys.argv[1]), int(sys.argv[2])
    hard = resource.getrlimit(kind)[1]
    soft = resource.getrlimit(kind)[0]
    arms = {"toy-10": rr.Scenario.load("toy-10")}
    def go(resume):
        study.run_study(study.StudyRequest(arms=arms, baseline="toy-10", replications=3, seed=1), "out.h5", threads=1, resume=resume)
    resource.setrlimit(kind, (value, hard))
    try:
        go(False)
        print("done")
    except rr.ResultFileError as error:
        resource.setrlimit(kind, (soft, hard))
        print(str(error).count("\\n"), error)
    resource.setrlimit(kind, (soft, hard))
    go(True)
    print(rr.open("out.h5").attrs["fingerprint"])
"""


@pytest.mark.parametrize("limit", [0, 5_000, 274_200, 276_000])
def test_a_limit_on_file_sizes_costs_one_sentence_and_neither_the_interpreter_nor_what_is_done(tmp_path, limit):
    code, out, err = python(LIMITED, tmp_path, "RLIMIT_FSIZE", limit)
    assert code == 0, err
    said, fingerprint = out.splitlines()
    assert said.startswith("0 ")
    assert fingerprint == rr.run("toy-10", replications=3).attrs["fingerprint"]
    assert os.listdir(tmp_path) == ["out.h5"]


def test_the_command_ends_with_2_when_a_file_may_not_grow(tmp_path):
    for blocks in (1, 300):
        shell = f"ulimit -f {blocks}; exec {sys.executable} -m rackrate.cli run toy-10 -o a{blocks}.h5 -n 2 -q"
        done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "File too large" in done.stderr, (blocks, done)
    assert os.listdir(tmp_path) in ([], ["a300.h5.parts"])


def test_descriptors_that_run_out_cost_one_sentence(tmp_path):
    here = "resource.setrlimit(kind, (value, hard))"
    code = LIMITED.replace(here, "import os; value += len(os.listdir('/proc/self/fd')) - 1; " + here)
    for free in (1, 3):
        folder = tmp_path / str(free)
        folder.mkdir()
        status, out, err = python(code, folder, "RLIMIT_NOFILE", free)
        assert status == 0, err
        said, _ = out.splitlines()
        assert said == "done" or said.startswith("0 ")
        assert os.listdir(folder) == ["out.h5"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_one_sentence_and_goes_on_when_there_is_room(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no file systems can be mounted here")
    try:
        program = [
            sys.executable,
            "-m",
            "rackrate.cli",
            "run",
            "toy-10",
            "-o",
            "o.h5",
            "-n",
            "4",
            "--threads",
            "1",
            "-q",
        ]
        full = subprocess.run(program, cwd=disk, capture_output=True, text=True, timeout=60)
        assert full.returncode == 2 and full.stderr.count("\n") == 1 and "No space left" in full.stderr, full
        subprocess.run(["mount", "-o", "remount,size=30m", disk], check=True)
        again = subprocess.run([*program, "--resume"], cwd=disk, capture_output=True, text=True, timeout=60)
        assert again.returncode == 0, again
        fingerprint = _core.read_header(os.fspath(disk / "o.h5"))["fingerprint"]
    finally:
        subprocess.run(["umount", disk], check=True)
    assert fingerprint == rr.run("toy-10", replications=4).attrs["fingerprint"]


def test_equal_runs_are_equal_bytes_on_any_number_of_threads(tmp_path):
    for name, threads in [("a", 1), ("b", 3), ("c", 2)]:
        rr.run("toy-10", replications=6, threads=threads, out=tmp_path / f"{name}.h5").close()
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes() == (tmp_path / "c.h5").read_bytes()


def test_links_are_followed_and_stay(tmp_path, command):
    (tmp_path / "big").mkdir()
    os.symlink(tmp_path / "big" / "real.h5", tmp_path / "link.h5")
    assert command("run", "toy-10", "-o", "link.h5", "-q").code == 0
    first = (tmp_path / "big" / "real.h5").read_bytes()
    assert command("run", "toy-10", "-o", "link.h5", "-q").code == 2
    assert command("run", "toy-10", "-o", "link.h5", "-q", "--seed", "2", "--force").code == 0
    assert command("run", "toy-10", "-o", "link.h5", "-q", "--seed", "2", "-n", "2", "--resume").code == 0
    assert (tmp_path / "link.h5").is_symlink() and not (tmp_path / "big" / "real.h5").is_symlink()
    assert (tmp_path / "big" / "real.h5").read_bytes() != first
    assert rr.open(tmp_path / "link.h5").sizes["replication"] == 2
    assert sorted(os.listdir(tmp_path)) == ["big", "link.h5"] and os.listdir(tmp_path / "big") == ["real.h5"]


@pytest.mark.parametrize("mode", [{}, {"resume": True}, {"force": True}])
def test_what_cannot_become_a_result_is_refused_in_one_sentence_and_stays(tmp_path, mode):
    os.mkfifo(tmp_path / "pipe.h5")
    (tmp_path / "folder.h5").mkdir()
    os.symlink("circle.h5", tmp_path / "circle.h5")
    os.symlink("gone/x.h5", tmp_path / "dangling.h5")
    os.symlink("pipe.h5", tmp_path / "link.h5")
    (tmp_path / "kept.h5").write_text("mine")
    (tmp_path / "kept.h5").chmod(0o444)
    names = [
        "pipe.h5",
        "folder.h5",
        "circle.h5",
        "dangling.h5",
        "link.h5",
        "kept.h5",
        "x" * 300,
        "x" * 252,
        "no/where.h5",
        "/proc/x.h5",
        "kept.h5/x.h5",
    ]
    before = sorted(os.listdir(tmp_path))
    for name in names:
        with pytest.raises(rr.ResultFileError) as said:
            rr.run("toy-10", out=tmp_path / name, **mode)
        assert str(said.value).count("\n") == 0 and ": " in str(said.value), name
    with pytest.raises(rr.ResultFileError, match="is a folder"):
        rr.run("toy-10", out=os.fspath(tmp_path / "new") + "/", **mode)
    assert sorted(os.listdir(tmp_path)) == before
    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe.h5").st_mode) and (tmp_path / "kept.h5").read_text() == "mine"


def test_names_of_any_bytes_are_written_and_read_from_python_and_refused_by_the_command(tmp_path, command):
    name = os.fsdecode(b"caf\xe9 \xc3\xa9\n.h5")
    rr.run("toy-10", out=tmp_path / name).close()
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9 \xc3\xa9\n.h5"]
    with rr.open(tmp_path / name) as ds:
        assert round(float(ds["revenue"].sel(firm="oai").sum())) == 155520
    # The command takes UTF-8 only, since its arguments end up in labels and pages: one sentence, and nothing is written.
    for arguments in (
        ("run", "toy-10", "-o", "b" + name, "-q"),
        ("summary", name),
        ("rerun", os.fsdecode(b"\xff\n.h5")),
    ):
        refused = command(*arguments)
        assert refused.code == 2 and refused.err.count("\n") == 1 and "is not UTF-8" in refused.err
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9 \xc3\xa9\n.h5"]


def test_a_new_result_has_the_rights_of_any_new_file(tmp_path):
    mask = os.umask(0o027)
    try:
        rr.run("toy-10", out=tmp_path / "a.h5").close()
        files.atomic_write(tmp_path / "a.txt", "a")
    finally:
        os.umask(mask)
    assert (
        stat.S_IMODE(os.stat(tmp_path / "a.h5").st_mode) == stat.S_IMODE(os.stat(tmp_path / "a.txt").st_mode) == 0o640
    )


def test_a_lock_of_another_program_stops_neither_reading_nor_writing(sound, tmp_path):
    mine = tmp_path / "m.h5"
    mine.write_bytes(sound.read_bytes())
    with open(mine, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with rr.open(mine) as ds:
            assert ds.load().sizes["replication"] == 2
        assert rr.run("toy-10", replications=3, out=mine, resume=True).sizes["replication"] == 3


@pytest.mark.filterwarnings("ignore:.*runs are finished")
def test_a_study_can_be_opened_at_any_moment_while_it_runs(tmp_path):
    out = tmp_path / "out.h5"
    failed = []

    def run():
        try:
            for seed in range(4):
                rr.run("toy-10", replications=8, seed=seed, threads=1, out=out, force=seed > 0).close()
        except BaseException as error:
            failed.append(error)

    running = threading.Thread(target=run)
    running.start()
    opened = 0
    while running.is_alive():
        try:
            ds = rr.open(out)
            assert ds.attrs["seed"] in range(4) and not np.isnan(ds["revenue"].isel(replication=0, time=0)).all()
            opened += 1
        except rr.ResultFileError as error:
            assert opened == 0 and ("no such file" in str(error) or "is finished yet" in str(error)), error
    running.join()
    assert not failed and opened > 3


@pytest.fixture(scope="module")
def saved(sound, tmp_path_factory):
    """The same study as xarray writes it, which takes many seconds."""
    path = tmp_path_factory.mktemp("saved") / "saved.nc"
    with rr.open(sound) as ds:
        ds.load().to_netcdf(path, engine="h5netcdf")
    return path


def test_a_dataset_that_xarray_saved_opens_and_says_that_it_is_not_verified(sound, saved, tmp_path):
    import h5py

    with rr.open(sound) as ds:
        ds.load()
    shutil.copy(saved, tmp_path / "saved.nc")
    with pytest.warns(UserWarning, match="saved by another program than rackrate; its values are not verified"):
        back = rr.open(tmp_path / "saved.nc").load()
    xr.testing.assert_equal(back, ds)
    assert {k: v for k, v in back.attrs.items() if k != "_NCProperties"} == ds.attrs
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rr.open(tmp_path / "saved.nc", verify=False).sizes == ds.sizes
    assert all(same for _, _, same in rr.rerun(tmp_path / "saved.nc"))
    shutil.copy(saved, tmp_path / "changed.nc")
    with h5py.File(tmp_path / "changed.nc", "r+") as file:
        file["revenue"][0, 0, 0, 0, 0] += 1
    with pytest.raises(rr.ResultFileError, match="replication 0 of arm toy-10 does not match its fingerprint"):
        rr.rerun(tmp_path / "changed.nc")
    ds.isel(arm=0, replication=[1]).to_netcdf(tmp_path / "cut.nc", engine="h5netcdf")
    with pytest.warns(UserWarning, match="not verified"):
        assert rr.open(tmp_path / "cut.nc")["scenario"].item() == ds["scenario"].item()


def test_damage_to_what_another_program_saved_costs_no_crash(saved, tmp_path):
    shutil.copy(saved, tmp_path / "saved.nc")
    code = """
        import random, sys, warnings
        import rackrate as rr
        warnings.simplefilter("ignore")
        whole, draw = open("saved.nc", "rb").read(), random.Random(2)
        for _ in range(6):
            damaged = bytearray(whole)
            for _ in range(30):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            open("d.nc", "wb").write(damaged)
            try:
                rr.open("d.nc").load()
            except rr.ResultFileError as error:
                assert str(error).startswith("d.nc: ") and "\\n" not in str(error)
    """
    status, _, err = python(code, tmp_path)
    assert status == 0, err


def test_what_an_arm_is_stays_with_it_in_cuts_joins_and_copies(tmp_path):
    toy = rr.Scenario.load("toy-10")
    late = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"})
    st = rr.compare(
        {"toy": toy, "late": late, "twin": toy},
        replications=1,
        replay={"twin": {"prices": "toy"}},
        out=tmp_path / "s.h5",
    )
    assert st["discount_rate"].values.tolist() == [0.0, 0.0, 0.0] and st.attrs["discount_rate"] == 0.0
    assert st["replay_prices"].values.tolist() == ["", "", "toy"]
    joined = xr.concat(
        [st.sel(arm=["late"]), st.sel(arm=["toy"])], "arm", data_vars="minimal", coords="minimal", compat="override"
    )
    assert joined["scenario_digest"].values.tolist() == [late.digest, toy.digest] and late.digest != toy.digest
    assert rr.Scenario.parse(joined["scenario"].sel(arm="late").item()).get("labs.oai.streams.app.price") == late.get(
        "labs.oai.streams.app.price"
    )


def test_a_dataset_shows_no_long_text_in_a_notebook(sound):
    with rr.open(sound) as ds:
        for shown in (ds._repr_html_(), ds.load()._repr_html_(), repr(ds["scenario"])):
            assert "[labs.oai" not in shown and "characters" in shown
        assert "[labs.oai" in ds["scenario"].item()


def test_a_result_says_how_it_was_built(sound):
    with rr.open(sound) as ds:
        assert ds.attrs["build_type"] == _core.build_type != "unknown"


def test_files_are_written_whole_or_not_at_all_and_through_links(tmp_path):
    (tmp_path / "far").mkdir()
    os.symlink("far/page.html", tmp_path / "page.html")
    assert files.atomic_write(tmp_path / "page.html", "eins é") == tmp_path / "page.html"
    assert (tmp_path / "page.html").is_symlink() and (tmp_path / "far" / "page.html").read_text("utf-8") == "eins é"
    (tmp_path / "far" / "page.html").chmod(0o600)
    files.atomic_write(tmp_path / "page.html", "zwei")
    assert stat.S_IMODE(os.stat(tmp_path / "far" / "page.html").st_mode) == 0o600
    os.mkfifo(tmp_path / "pipe")
    for path, kind in [("pipe", "no regular file"), ("far", "no regular file")]:
        with pytest.raises(rr.ResultFileError, match=kind):
            files.atomic_write(tmp_path / path, "x")
    with pytest.raises(OSError):
        files.atomic_write(tmp_path / "none" / "x", "x")
    with pytest.raises(TypeError):
        files.atomic_write(tmp_path / "new", 7)
    files.atomic_write(tmp_path / "page.html", b"\x00\xff")
    assert (tmp_path / "far" / "page.html").read_bytes() == b"\x00\xff"
    files.atomic_write(tmp_path / ("x" * 255), "x")
    assert sorted(os.listdir(tmp_path)) == sorted(["far", "page.html", "pipe", "x" * 255]) and os.listdir(
        tmp_path / "far"
    ) == ["page.html"]


def test_years_that_cannot_be_shown_are_one_sentence(saved, tmp_path):
    import h5py

    shutil.copy(saved, tmp_path / "late.nc")
    with h5py.File(tmp_path / "late.nc", "r+") as file:
        file["time"].attrs["units"] = "days since 2500-01-01"
    with warnings.catch_warnings(), pytest.raises(rr.ResultFileError) as said:
        warnings.simplefilter("ignore")
        rr.open(tmp_path / "late.nc")
    assert (
        str(said.value).startswith(str(tmp_path / "late.nc") + ": its months cannot be decoded")
        and str(said.value).count("\n") == 0
    )


def test_what_cannot_be_opened_is_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    os.symlink("b.h5", tmp_path / "a.h5")
    os.symlink("a.h5", tmp_path / "b.h5")
    (tmp_path / "other.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(300))
    xr.Dataset({"x": 1}).to_netcdf(tmp_path / "foreign.nc", engine="h5netcdf")
    wanted = {
        "pipe": "no regular file",
        ".": "this is a folder",
        "a.h5": "leads in a circle",
        "other.h5": "cannot be opened as HDF5",
        "foreign.nc": "HDF5 but no result",
        "x" * 300: "name too long",
        "none.h5": "no such file",
        "pipe/x": "no such file",
    }
    for name, words in wanted.items():
        with pytest.raises(rr.ResultFileError, match=f"(?i){words}") as said:
            rr.open(tmp_path / name)
        assert str(said.value).count("\n") == 0


def test_writable_tells_what_it_would_overwrite_through_a_link(tmp_path):
    (tmp_path / "there.html").write_text("x")
    os.symlink("there.html", tmp_path / "link.html")
    with pytest.raises(rr.ResultFileError, match=r"link\.html: exists already"):
        options.writable(tmp_path / "link.html", force=False)
    assert options.writable(tmp_path / "link.html", force=True) == tmp_path / "link.html"
