"""Every mistake of a user: one clear sentence, exit status 2, nothing written, never a traceback (promise P10)."""

import re

import pytest

TOY = 'extends = "toy-10"\n'

# name -> (text after `extends = "toy-10"`, what the sentence must name)
WRONG_SCENARIOS = {
    "wrong type": ("[run]\nenterprises = true\n", ["run.enterprises", "true"]),
    "wrong unit": ('[supply.maker.h100]\nunit_price = "3 MW"\n', ["supply.maker.h100.unit_price", "3 MW"]),
    "dates in the wrong order": ("[run]\nend = 2025-01-01\n", ["run.end", "2025-01-01"]),
    "unknown key": ("[run]\nvaluation_dat = 2026-01-01\n", ["valuation_dat", "valuation_date"]),
    "unknown name": ('[labs.oai.streams.app]\nproduct = "consummer"\n', ["consummer", "consumer"]),
    "contract naming a cloud that is none": (
        '[contracts.oai-aws.versions.first.clauses.grant]\ngrantee = "awss"\n',
        ["awss", "aws"],
    ),
}


def one_sentence(outcome, *names):
    assert outcome.code == 2, outcome
    assert "Traceback" not in outcome.err + outcome.out
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, lines
    for name in names:
        assert name in lines[0], lines[0]
    return lines[0]


@pytest.mark.parametrize("mistake", WRONG_SCENARIOS)
def test_a_wrong_scenario_is_answered_with_its_place_and_what_is_wrong(command, scenario_file, mistake):
    text, names = WRONG_SCENARIOS[mistake]
    path = scenario_file(TOY + text)
    sentence = one_sentence(command("validate", path), *names)
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: ", sentence), sentence


def test_all_mistakes_of_a_file_are_reported_in_one_pass(command, scenario_file):
    path = scenario_file(TOY + '[run]\nvaluation_dat = 2026-01-01\n[labs.oai.streams.app]\nproduct = "consummer"\n')
    outcome = command("validate", path)
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 2


def test_a_file_that_is_missing_is_named(command):
    one_sentence(command("validate", "no-such-file.toml"), "no-such-file.toml")


def test_a_library_name_that_is_nearly_right_is_corrected(command):
    one_sentence(command("validate", "toy-11"), "toy-11", "toy-10")


def test_scenarios_that_extend_each_other_in_a_circle_are_refused(command, scenario_file):
    first = scenario_file('extends = "second.toml"\n', "first.toml")
    scenario_file('extends = "first.toml"\n', "second.toml")
    one_sentence(command("validate", first), "first.toml", "second.toml")


@pytest.mark.parametrize(
    "junk", [bytes(range(256)) * 4, b"\x00", b"\xff\xfe", b"[ = 0", b"a = " + b"[" * 5000, "ﱦ".encode() * 9], ids=repr
)
def test_random_bytes_are_answered(command, scenario_file, junk):
    one_sentence(command("validate", scenario_file(junk)), "mine.toml")


def test_one_bad_scenario_among_good_ones_fails_the_check(command):
    outcome = command("validate", "toy-10", "no-such-file.toml")
    assert outcome.code == 2
    assert "toy-10: sound" in outcome.out


@pytest.mark.parametrize("count", ["0", "-3", "many", "1.5"])
def test_a_number_of_replications_below_one_is_refused(command, tmp_path, count):
    one_sentence(command("run", "toy-10", "-o", "out.h5", "-n", count), count)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "option, names",
    [
        (("--threads", "0"), ["threads", "0"]),
        (("--seed", "-1"), ["seed", "-1"]),
        (("--until", "tomorrow"), ["until", "tomorrow"]),
        (("--until", "2026-02-30"), ["until", "2026-02-30"]),
        (("--set", "run.end"), ["run.end", "PATH=VALUE"]),
        (("--set", "run.ende=2026-01-05"), ["run.ende", "run.end"]),
        (("--set", "run.end=soon"), ["run.end", "soon"]),
        (("--resume", "--force"), ["resume", "force"]),
        (("--replicatoins", "3"), ["--replicatoins", "--replications"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_an_option_that_is_wrong_is_named_before_anything_is_written(command, tmp_path, option, names):
    one_sentence(command("run", "toy-10", "-o", "out.h5", "-q", *option), *names)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["/proc/out.h5", "no-such-folder/out.h5", "."])
def test_an_output_path_that_cannot_be_written_is_refused_first(command, tmp_path, out):
    one_sentence(command("run", "toy-10", "-o", out), out)
    assert not list(tmp_path.iterdir())


def test_an_existing_output_file_is_refused_unless_forced(command, tmp_path):
    (tmp_path / "out.h5").write_text("precious")
    one_sentence(command("run", "toy-10", "-o", "out.h5"), "out.h5", "--force")
    assert (tmp_path / "out.h5").read_text() == "precious"
    assert command("run", "toy-10", "-o", "out.h5", "--force").code == 0
    assert (tmp_path / "out.h5").read_bytes().startswith(b"\x89HDF")


def test_an_existing_report_is_refused_before_the_study_runs(command, tmp_path):
    (tmp_path / "report.html").write_text("precious")
    one_sentence(command("compare", "toy-10", "toy-10", "-o", "out.h5", "--report", "report.html"), "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html"]


@pytest.mark.parametrize(
    "words", [("summary",), ("summary", "--csv"), ("rerun",), ("report", "-o", "page.html")], ids=" ".join
)
@pytest.mark.parametrize("content", [None, b"", b"no HDF5 at all", b"\x89HDF\r\n\x1a\n" + bytes(64)], ids=repr)
def test_a_result_file_that_is_none_is_refused(command, tmp_path, words, content):
    if content is not None:
        (tmp_path / "result.h5").write_bytes(content)
    one_sentence(command(words[0], "result.h5", *words[1:]), "result.h5")
    assert not (tmp_path / "page.html").exists()


def test_an_hdf5_file_of_somebody_else_is_refused(command, tmp_path):
    import h5py

    with h5py.File(tmp_path / "result.h5", "w") as file:
        file["numbers"] = [1.0, 2.0]
    one_sentence(command("summary", "result.h5"), "result.h5")


@pytest.mark.parametrize(
    "question, names",
    [
        ({"--lab": "oia"}, ["oia", "oai"]),
        ({"--product": "consummer"}, ["consummer", "consumer"]),
        ({"--channel": "dierct"}, ["dierct", "direct"]),
        ({"--host": "azz"}, ["azz", "az"]),
        ({"--date": "yesterday"}, ["yesterday", "YYYY-MM-DD"]),
        ({"--host": None}, ["host", "direct"]),
        ({"--lab": None}, ["--lab"]),
    ],
    ids=str,
)
def test_a_question_with_a_wrong_name_is_answered_with_the_nearest(command, question, names):
    asked = {
        "--lab": "oai",
        "--product": "consumer",
        "--channel": "direct",
        "--host": "az",
        "--date": "2026-01-05",
    } | question
    words = [word for pair in asked.items() if pair[1] is not None for word in pair]
    one_sentence(command("explain", "toy-10", *words), *names)


def test_no_command_or_an_unknown_one_is_bad_input(command):
    one_sentence(command("sumary", "x.h5"), "sumary")
