"""Whatever standard output and error are, the work is done, the status is as ever and no traceback appears."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RACKRATE = [sys.executable, "-m", "rackrate"]
DEAR = 'extends = "toy-10"\n[labs.oai.streams.app]\nprice = "60000 $/H100e-h"\n'
NARROW = {
    "latin-1 by name": {"PYTHONIOENCODING": "latin-1"},
    "ascii, strict": {"PYTHONIOENCODING": "ascii:strict"},
    "a C locale that Python may not mend": {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
}


def shell(line, cwd, **environment):
    """A line of sh in which $R is the command; (status, stdout, stderr) in bytes."""
    done = subprocess.run(["sh", "-c", line], cwd=cwd, capture_output=True, timeout=60,
                          env=os.environ | {"R": " ".join(RACKRATE)} | environment)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    (folder / "dear.toml").write_text(DEAR)
    code, _, errors = shell("$R compare toy-10 dear.toml -o study.h5 -n 2 -q", folder)
    assert code == 0, errors
    return folder


@pytest.mark.parametrize("name", ["latin-1 by name", "a C locale that Python may not mend"])
def test_a_table_reaches_a_terminal_of_any_encoding(study, tmp_path, name):
    (tmp_path / "dear.toml").write_text(DEAR)
    code, out, errors = shell("$R compare toy-10 dear.toml -o c.h5 -n 2", tmp_path, **NARROW[name])
    assert (code, b"Traceback" in errors) == (0, False), errors
    # 100 H100e x 24 h x (60,000 - 6) $ over 10 days is 1.44 B$, discounted to the valuation date; the quotes are plain.
    assert b"+1." in out
    assert out.isascii()
    assert b'"dear"' in out


@pytest.mark.parametrize("name", NARROW)
def test_signs_that_a_stream_has_not_are_shown_plainer(tmp_path, name):
    (tmp_path / "mine.toml").write_text('extends = "toy-10"\ntitle = "“2 × 3” − 汉 …"\n')
    code, out, errors = shell("$R show mine.toml --only title", tmp_path, **NARROW[name])
    assert (code, errors) == (0, b"")
    times = b"\xd7" if name == "latin-1 by name" else b"x"
    assert b'"2 ' + times + b' 3" - \\u6c49 ...' in out


@pytest.mark.parametrize(
    "environment", [NARROW["latin-1 by name"], NARROW["a C locale that Python may not mend"]], ids=["latin-1", "C"]
)
def test_toml_for_another_run_is_not_made_plainer(tmp_path, environment):
    import rackrate as rr

    (tmp_path / "mine.toml").write_text('extends = "toy-10"\ntitle = "“2 × 3” − 汉"\n')
    code, out, errors = shell("$R show mine.toml --toml", tmp_path, **environment)
    assert (code, errors) == (0, b"")
    assert rr.Scenario.parse(out.decode("utf-8")).title == "“2 × 3” − 汉"


def test_a_file_name_means_the_same_file_in_a_c_locale(tmp_path):
    (tmp_path / "modèle.toml").write_text('extends = "toy-10"\n')
    code, out, errors = shell("$R validate modèle.toml 2>&1", tmp_path, **NARROW["a C locale that Python may not mend"])
    assert (code, errors) == (0, b"")
    assert b"mod\\xe8le.toml: sound" in out


def test_an_argument_that_is_no_text_is_refused_in_one_sentence(tmp_path):
    name = os.fsencode(tmp_path) + b"/r\xe9gime.toml"
    Path(os.fsdecode(name)).write_text('extends = "toy-10"\n')
    for words in (
        ["validate", name],
        ["run", name, "-o", "o.h5"],
        ["run", "toy-10", "-o", name],
        ["compare", "toy-10", name, "-o", "o.h5"],
    ):
        done = subprocess.run([*RACKRATE, *words], cwd=tmp_path, capture_output=True, timeout=60)
        assert (done.returncode, done.stdout) == (2, b"")
        (line,) = done.stderr.splitlines()
        assert rb"r\xe9gime.toml" in line and b"UTF-8" in line
    assert not (tmp_path / "o.h5").exists()


# (redirection, status): what is printed is the result of show and summary, so a full disk under it is their failure.
@pytest.mark.parametrize(
    "line, status",
    [
        ("$R run toy-10 -o a.h5 -q 2>&-", 0),
        ("$R run toy-10 -o a.h5 2>&-", 0),
        ("$R run toy-10 -o a.h5 <&- >&- 2>&-", 0),
        ("$R run toy-10 -o a.h5 2>/dev/full", 0),
        ("$R run toy-10 -o a.h5 >/dev/full", 0),
        ("$R run toy-10 -o a.h5 2</dev/null", 0),
        ("$R validate toy-10 -q >&-", 0),
        ("$R validate toy-10 >&-", 0),
        ("$R validate toy-10 >/dev/full", 0),
        ("$R validate no-such-scenario 2>&-", 2),
        ("$R validate no-such-scenario 2>/dev/full", 2),
        ("$R show toy-10 >&-", 0),
        ("$R show toy-10 >/dev/full", 2),
        ("$R scenarios >/dev/full", 2),
        ("$R --help >&-", 0),
    ],
)
def test_closed_and_full_streams_do_not_decide_the_status(tmp_path, line, status):
    code, _, errors = shell(line, tmp_path)
    assert code == status
    assert b"Traceback" not in errors and b"Exception ignored" not in errors
    if " run " in line:
        assert (tmp_path / "a.h5").read_bytes().startswith(b"\x89HDF")


def test_a_result_file_never_gets_the_number_of_a_closed_stream(tmp_path):
    import rackrate as rr

    code, _, _ = shell("$R run toy-10 -o a.h5 >&- 2>&-", tmp_path)
    assert code == 0
    with rr.open(tmp_path / "a.h5") as ds:  # the toy's known total, as in the docstring of rr.run
        assert round(float(ds["revenue"].sel(firm="oai").sum())) == 155520


def test_a_study_is_written_and_reported_though_nobody_reads_its_table(study, tmp_path):
    code, _, errors = shell(
        "$R compare toy-10 $D/dear.toml -o a.h5 -n 1 --report a.html | true", tmp_path, D=str(study)
    )
    assert (code, b"Traceback" in errors) == (0, False)
    assert (tmp_path / "a.html").exists() and (tmp_path / "a.h5").exists()


def test_a_full_disk_under_standard_output_is_said(study):
    code, _, errors = shell("$R summary study.h5 --csv >/dev/full", study)
    assert code == 2
    assert errors.decode().splitlines() == ["standard output: cannot be written (No space left on device); what was printed there is lost. "
                                            "Make room, or print elsewhere."]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["show openai-azure-amended", "scenarios", "show openai-azure-amended --toml", "--help"]
)
def test_a_reader_that_leaves_is_no_error(tmp_path, line):
    writer = subprocess.Popen([*RACKRATE, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    writer.stdout.close()
    assert (writer.stderr.read(), writer.wait(60)) == (b"", 0)


def test_a_pipe_that_does_not_block_loses_nothing(tmp_path):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    program = subprocess.Popen([*RACKRATE, "show", "openai-azure-amended", "--resolved"], stdout=writer, cwd=tmp_path)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        first = pipe.read(1)
        text = first + pipe.read()
    assert program.wait(60) == 0
    assert len(text) > 200_000  # several times what a pipe holds
    assert text.endswith(b"\n")


def test_a_narrow_terminal_cuts_no_number(study):
    wide = shell("$R summary study.h5", study, COLUMNS="200")[1].split()
    narrow = shell("$R summary study.h5", study, COLUMNS="20")[1].split()
    assert [word for word in narrow if word[:1].isdigit()] == [word for word in wide if word[:1].isdigit()]
    assert "…".encode() not in b"".join(narrow)


def test_names_in_brackets_and_colons_are_text_and_not_markup(tmp_path):
    from io import StringIO

    from rackrate.cli import tables

    before, sys.stdout = sys.stdout, StringIO()
    try:
        tables.print_rows(
            "[bold]title[/bold] :smile:", ["[red]firm", "mean"], [["[/x] lab[1]", "1.00"], ["a\x1b[2Jb", "2.00"]]
        )
        text = sys.stdout.getvalue()
    finally:
        sys.stdout = before
    for shown in ("[bold]title[/bold]", ":smile:", "[red]firm", "[/x] lab[1]", "a\\x1b[2Jb"):
        assert shown in text
    assert "\x1b" not in text
