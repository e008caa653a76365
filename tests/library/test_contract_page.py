"""docs/contracts.md is executed: every contract on it loads, every question on it gets the answer that stands there."""

import doctest
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

import rackrate as rr
from rackrate.cli import commands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "contracts.md"
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "scenario-keys.md"


@dataclass
class Example:
    heading: str
    contract: str
    questions: list[tuple[str, str]] = field(default_factory=list)  # (language, text)


def examples(text):
    """Blocks under a heading of the third level: a contract in TOML, then questions about it."""
    found = []
    heading = ""
    for match in re.finditer(r"^### (\S+)$|^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        title, language, block = match.groups()
        if title:
            heading = title
        elif heading and language == "toml":
            found.append(Example(heading, block))
        elif heading:
            found[-1].questions.append((language, block))
    return found


EXAMPLES = examples(PAGE.read_text(encoding="utf-8"))
IDS = [f"{example.heading}-{k}" for k, example in enumerate(EXAMPLES)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(text):
    """(command, what it printed) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, said = part.partition("\n")
        yield command, said


def answer(command):
    program, *arguments = shlex.split(command)
    assert program == "rackrate"
    outcome = CliRunner().invoke(commands, arguments)
    return outcome.output


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_an_example_answers_as_the_page_says(example, folder):
    (folder / "deal.toml").write_text(example.contract, encoding="utf-8")
    # One deal alone leaves most of the market without a host, which a scenario says; its clauses bar nothing of each other.
    assert [
        warning for warning in rr.Scenario.load("deal.toml").warnings if " against the live exclusive " in warning
    ] == []
    assert example.questions, "an example without a question shows nothing"
    for language, text in example.questions:
        if language == "console":
            for command, said in asked(text):
                assert answer(command) == said
        else:
            assert language == "python"
            test = doctest.DocTestParser().get_doctest(text, {"rr": rr}, example.heading, str(PAGE), 0)
            report = []
            outcome = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
            assert outcome.failed == 0, "".join(report)


def test_an_example_shows_its_own_kind(folder):
    for example in EXAMPLES:
        assert f'kind = "{example.heading}"' in example.contract


def test_every_kind_has_an_example():
    row = next(line for line in SCHEMA.read_text(encoding="utf-8").splitlines() if line.startswith("| `kind` |"))
    kinds = set(re.findall(r"`(\w+)`", row)) - {"kind"}
    assert {"grant", "revshare", "void"} <= kinds
    assert kinds == {example.heading for example in EXAMPLES}


def test_what_the_page_shows_is_what_is_checked(folder):
    """A wrong answer on the page is found: the harness is not blind."""
    example = EXAMPLES[0]
    (folder / "deal.toml").write_text(example.contract, encoding="utf-8")
    command, said = next(asked(example.questions[0][1]))
    assert answer(command) == said
    assert answer(command.replace("bedrock", "vertex")) != said
