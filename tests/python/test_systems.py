"""Signals, limits, users, folders and links: what is done is kept, one sentence says what happened, no traceback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.python.test_streams import DEAR, RACKRATE, shell

LONG = [
    *RACKRATE,
    "run",
    "openai-azure-amended",
    "-o",
    "long.h5",
    "-n",
    "40",
    "--threads",
    "1",
    "--set",
    "run.enterprises=60",
    "--until",
    "2025-09-01",
]
WORDS = {
    signal.SIGINT: "Interrupted",
    signal.SIGTERM: "Terminated",
    signal.SIGHUP: "Hung up",
    signal.SIGXCPU: "Out of CPU time",
}


def test_the_package_runs_as_a_module(command, tmp_path):
    done = subprocess.run([sys.executable, "-m", "rackrate", "--version"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "rackrate")


@pytest.mark.parametrize("number", WORDS, ids=lambda number: number.name)
def test_a_signal_while_libraries_load_ends_in_one_word(tmp_path, number):
    # The program says when its own first line runs; whatever is imported afterwards, the signal finds a handler.
    program = "import os, rackrate.__main__ as m; os.write(1, b'.'); m.main()"
    started = subprocess.Popen(
        [sys.executable, "-c", program, *LONG[3:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    started.stdout.read(1)
    time.sleep({signal.SIGINT: 0.0, signal.SIGTERM: 0.02, signal.SIGHUP: 0.05, signal.SIGXCPU: 0.1}[number])
    started.send_signal(number)
    errors = started.communicate(timeout=30)[1].decode()
    assert started.returncode == 128 + number
    assert errors.splitlines()[-1].startswith(WORDS[number])
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU], ids=lambda number: number.name
)
def test_a_signal_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, number):
    started = subprocess.Popen([*LONG, "-q"], stderr=subprocess.PIPE, cwd=tmp_path)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("long.h5.parts/*.h5")) and time.monotonic() < deadline:
        time.sleep(0.02)
    started.send_signal(number)
    errors = started.communicate(timeout=30)[1].decode()
    assert started.returncode == 128 + number
    assert errors.splitlines() == [f"{WORDS[number]}; what was finished is kept. Go on with --resume -o long.h5."]
    assert list(tmp_path.glob("long.h5.parts/*.h5"))


def test_a_background_job_of_a_script_stays_deaf_to_what_the_shell_made_it_ignore(tmp_path):
    def deaf():
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    started = subprocess.Popen([*RACKRATE, "run", "toy-10", "-o", "a.h5", "-q"], preexec_fn=deaf, cwd=tmp_path)
    for _ in range(5):
        time.sleep(0.03)
        started.send_signal(signal.SIGHUP)
        started.send_signal(signal.SIGINT)
    assert started.wait(30) == 0
    assert (tmp_path / "a.h5").exists()


@pytest.mark.parametrize(
    "error, sentence, code",
    [
        (
            "ValueError('a rate is negative')",
            "ValueError: a rate is negative. Set RACKRATE_DEBUG=1 to see where it came from.",
            2,
        ),
        ("RuntimeError('two\\nlines')", "RuntimeError: two lines. Set RACKRATE_DEBUG=1 to see where it came from.", 2),
        ("KeyError('npv')", "KeyError: npv. Set RACKRATE_DEBUG=1 to see where it came from.", 2),
        (
            "MemoryError()",
            "There is not enough memory for this; expected more, or less work. Use fewer --threads, enterprises or replications.",
            2,
        ),
        ("RecursionError()", "The input is nested too deeply; expected a few levels. Check the scenario.", 2),
        (
            "ImportError('x.so: failed to map segment from shared object')",
            "There is not enough memory to load the libraries; expected more. Raise the limit (ulimit -v).",
            2,
        ),
        ("rackrate.LedgerError('a balance is open')", "a balance is open", 1),
    ],
)
def test_whatever_goes_wrong_is_one_sentence(tmp_path, error, sentence, code):
    program = f"""
import rackrate, sys
from rackrate import cli, library
def broken(): raise {error}
library.scenarios = broken
cli.main(["scenarios"])
"""
    quiet = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (code, "", sentence + "\n")
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"RACKRATE_DEBUG": "1"},
    )
    assert told.returncode == code and "in broken" in told.stderr


@pytest.fixture
def linked(tmp_path):
    """A folder with two scenarios, links to one of them, and a folder that is reached by two names."""
    (tmp_path / "base.toml").write_text('extends = "toy-10"\n')
    (tmp_path / "dear.toml").write_text('extends = "base.toml"\n' + DEAR.split("\n", 1)[1])
    (tmp_path / "soft.toml").symlink_to("dear.toml")
    os.link(tmp_path / "dear.toml", tmp_path / "hard.toml")
    (tmp_path / "results").mkdir()
    (tmp_path / "also").symlink_to("results")
    (tmp_path / "dangling.html").symlink_to("results/o.h5")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "compare toy-10 dear.toml -o o.h5 --report o.h5",
        "compare toy-10 dear.toml -o o.h5 --report ./o.h5",
        "compare toy-10 dear.toml -o o.h5 --report results/../o.h5",
        "compare toy-10 dear.toml -o results/o.h5 --report also/o.h5",
        "compare toy-10 dear.toml -o results/o.h5 --report dangling.html --force",
        "compare toy-10 dear.toml -o o.h5 --report o.h5.parts",
        "compare toy-10 dear.toml -o dear.toml --force",
        "compare toy-10 dear.toml -o base.toml --force",
        "compare toy-10 dear.toml -o o.h5 --report dear.toml --force",
        "compare toy-10 dear.toml -o o.h5 --report soft.toml --force",
        "compare toy-10 soft.toml -o o.h5 --report hard.toml --force",
        "compare toy-10 dear.toml -o o.h5 --report base.toml --force",
        "run dear.toml -o hard.toml --force",
        "run dear.toml -o dear.toml --resume",
        "attribute toy-10 dear.toml -o o.h5 --groups base.toml --report base.toml --force",
    ],
)
def test_no_output_is_an_input_or_another_output(linked, line):
    before = {path: path.read_bytes() for path in linked.rglob("*") if path.is_file()}
    done = subprocess.run([*RACKRATE, *line.split()], capture_output=True, text=True, cwd=linked, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    (sentence,) = done.stderr.splitlines()
    assert "expected" in sentence and sentence.endswith("Choose another name.")
    assert {path: path.read_bytes() for path in linked.rglob("*") if path.is_file()} == before


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("systems")
    (folder / "dear.toml").write_text(DEAR)
    code, _, errors = shell("$R compare toy-10 dear.toml -o a.h5 -n 1 -q", folder)
    assert code == 0, errors
    return folder / "a.h5"


def test_a_report_may_not_replace_its_study(result):
    before = result.read_bytes()
    code, _, errors = shell("$R report a.h5 -o ./a.h5 --force", result.parent)
    assert code == 2 and len(errors.splitlines()) == 1
    assert result.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        "TMPDIR=/nonexistent $R run toy-10 -o a.h5 -q",
        "TMPDIR=/proc $R run toy-10 -o a.h5 -q",
        "HOME=/nonexistent $R run toy-10 -o a.h5 -q",
        "env -u HOME $R run toy-10 -o a.h5 -q",
        "env -i $R run toy-10 -o a.h5 -q",
        "TZ=Pacific/Kiritimati $R run toy-10 -o a.h5 -q",
        "TZ=garbage LANG=xx_XX LC_ALL=nonsense $R run toy-10 -o a.h5 -q",
        "PYTHONDONTWRITEBYTECODE=1 $R run toy-10 -o a.h5 -q",
        "COLUMNS=0 LINES=x TERM=dumb $R run toy-10 -o a.h5 -q",
        "ulimit -n 12; $R run toy-10 -o a.h5 -q",
        "ulimit -s 512; $R run toy-10 -o a.h5 -q",
        "nohup $R run toy-10 -o a.h5 -q </dev/null",
    ],
)
def test_a_run_needs_little_of_its_surroundings(tmp_path, line):
    import rackrate as rr

    code, _, errors = shell(line, tmp_path)
    assert (code, errors.replace(b"nohup: ignoring input\n", b"")) == (0, b"")
    with rr.open(tmp_path / "a.h5") as ds:
        assert round(float(ds["revenue"].sel(firm="oai").sum())) == 155520


def test_a_report_says_nothing_of_caches_that_cannot_be_kept(result, tmp_path):
    code, out, errors = shell(
        f"HOME=/proc XDG_CACHE_HOME=/proc XDG_CONFIG_HOME=/proc $R report {result} -o r.html", tmp_path
    )
    assert (code, out, errors) == (0, b"", b"")


@pytest.mark.parametrize("mask, mode", [("077", 0o600), ("022", 0o644)])
def test_new_files_have_the_rights_that_the_umask_gives(tmp_path, mask, mode):
    from rackrate import files

    assert shell(f"umask {mask}; $R run toy-10 -o a.h5 -q", tmp_path)[0] == 0
    assert (tmp_path / "a.h5").stat().st_mode & 0o777 == mode
    before = os.umask(int(mask, 8))
    try:
        files.atomic_write(tmp_path / "book", b"content")
    finally:
        os.umask(before)
    assert (tmp_path / "book").stat().st_mode & 0o777 == mode


@pytest.mark.skipif(
    os.getuid() != 0 or not Path("/usr/bin/setpriv").exists(), reason="only root can become somebody else"
)
def test_another_user_is_told_what_is_closed_to_him(result, tmp_path):
    as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
    for folder in tmp_path.parents:
        if folder.name.startswith("pytest-of"):
            break
        folder.chmod(0o755)
    tmp_path.chmod(0o755)
    (tmp_path / "mine.toml").write_text('extends = "toy-10"\n')
    (tmp_path / "mine.toml").chmod(0)
    code, _, errors = shell(f"cd /; {as_nobody} $R run toy-10 -o {tmp_path}/a.h5 -q", tmp_path)
    assert (code, len(errors.splitlines())) == (2, 1) and b"Traceback" not in errors
    code, _, errors = shell(f"cd /; {as_nobody} $R validate {tmp_path}/mine.toml", tmp_path)
    assert (code, len(errors.splitlines())) == (2, 1) and b"Traceback" not in errors


def test_a_folder_that_is_gone_is_said(tmp_path):
    code, out, errors = shell("mkdir gone; cd gone; rmdir ../gone; $R run toy-10 -o a.h5; echo $?; $R validate toy-10 -q; echo $?; "
                              f"$R report {tmp_path}/none.h5 -o b.html; echo $?", tmp_path)  # fmt: skip
    assert (code, out.split()) == (0, [b"2", b"0", b"2"])
    assert b"Traceback" not in errors


def test_pipes_and_devices_are_no_results(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for line in (
        "summary pipe",
        "rerun pipe",
        "report pipe -o r.html",
        "summary /dev/null",
        "run toy-10 -o pipe --force",
        "run pipe -o o.h5",
    ):
        done = subprocess.run([*RACKRATE, *line.split()], capture_output=True, text=True, cwd=tmp_path, timeout=20)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_threads_follow_what_this_process_may_use(monkeypatch):
    from rackrate import options

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5})
    monkeypatch.setattr(options, "_quota", lambda: 64)
    assert options.thread_count(None) == 3
    monkeypatch.setattr(options, "_quota", lambda: 2)  # a container that may use two of its 64 processors
    assert options.thread_count(None) == 2
    assert options.thread_count(7) == 7
