"""What the shell offers when the tab key is pressed, in bash, zsh and fish; and what --help says of defaults."""

import os
import re
import subprocess
import sys

import pytest

from rackrate import cli


def offered(line, cwd):
    """The candidates for the last word of a line, as bash would get them."""
    words = line.split(" ")
    environment = {"_RACKRATE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "rackrate"], capture_output=True, text=True, cwd=cwd, env=os.environ | environment
    )
    assert done.stderr == "", done.stderr
    return [candidate.split(",", 1)[1] for candidate in done.stdout.splitlines() if candidate]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "toy-10"\n')
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


# toy-10 has the labs oai and ant, the clouds aws and az, one channel of its own beside direct; see scenarios/toy-10.toml.
@pytest.mark.parametrize(
    "line, candidates",
    [
        ("rackrate exp", ["explain"]),
        ("rackrate validate toy", ["toy-10"]),
        ("rackrate validate mi", ["mine.toml"]),
        ("rackrate run openai-azure-am", ["openai-azure-amended"]),
        ("rackrate compare toy-10 openai-azure-e", ["openai-azure-exclusive"]),
        ("rackrate explain toy-10 --host a", ["aws", "az"]),
        ("rackrate explain mine.toml --lab o", ["oai"]),
        ("rackrate explain openai-azure-amended --channel ve", ["vertex"]),
        ("rackrate explain openai-azure-amended --product agent", ["agent_stateful"]),
        ("rackrate explain openai-azure-amended --segment ai", ["ai_native"]),
        ("rackrate explain openai-azure-amended --region e", ["eu"]),
        ("rackrate explain openai-azure-amended --model-class o", ["open_weight"]),
        ("rackrate explain no-such-scenario --lab o", []),
        ("rackrate run toy-10 --set run.st", ["run.start"]),
        ("rackrate run toy-10 --set clouds.", ["clouds.aws.", "clouds.az."]),
        ("rackrate run toy-10 --set labs.oai.streams.app.price_", ["labs.oai.streams.app.price_elasticity"]),
        ("rackrate attribute toy-10 mine.toml --metric npv_", ["npv_cash", "npv_equity"]),
    ],
)
def test_names_and_paths_are_offered(folder, line, candidates):
    assert offered(line, folder) == candidates


def test_after_the_sign_of_equality_the_value_that_stands_there_is_offered(folder):
    from click.shell_completion import ShellComplete

    complete = ShellComplete(cli.commands, {}, "rackrate", "_RACKRATE_COMPLETE")
    found = complete.get_completions(["run", "toy-10", "--set"], "labs.oai.streams.app.price=")
    assert [item.value for item in found] == ["labs.oai.streams.app.price=6 $/H100e-h"]


@pytest.mark.parametrize(
    "shell, sign",
    [
        ("bash", "complete -o nosort -F"),
        ("zsh", "#compdef rackrate"),
        ("fish", "complete --no-files --command rackrate"),
    ],
)
def test_each_shell_gets_its_script(folder, shell, sign):
    done = subprocess.run([sys.executable, "-m", "rackrate"], capture_output=True, text=True, cwd=folder,
                          env=os.environ | {"_RACKRATE_COMPLETE": f"{shell}_source"})  # fmt: skip
    assert sign in done.stdout and "_RACKRATE_COMPLETE=" in done.stdout


@pytest.mark.parametrize("name", sorted(cli.commands.commands))
def test_help_says_of_every_option_what_holds_without_it(name):
    import click

    command = cli.commands.commands[name]
    with click.Context(
        command,
        info_name=name,
        parent=click.Context(cli.commands, info_name="rackrate", **cli.commands.context_settings),
    ) as context:
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                words = parameter.get_help_record(context)[1]
                assert re.search(r"\[(default: [^\]]+|required)", words), (name, parameter.name, words)
