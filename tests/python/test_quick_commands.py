"""scenarios, validate, show and explain: right, quick, and without the heavy libraries."""

import json
import resource
import subprocess
import sys

import pytest

QUESTION = ["--lab", "oai", "--product", "consumer", "--channel", "direct", "--host", "aws"]
HEAVY = ("pandas", "matplotlib", "plotly", "xarray", "scipy", "numpy", "h5py")


def test_the_library_is_listed_with_titles_and_horizons(command):
    outcome = command("scenarios")
    assert outcome.code == 0
    rows = dict(line.split("\t")[:2] for line in outcome.out.splitlines())
    assert rows["toy-10"] == "2026-01-01 to 2026-01-11"


def test_the_exclusive_of_the_toy_decides_until_it_ends(command):
    # toy-10: OpenAI's stand-in may run at az only, up to day 6 (2026-01-07), then at aws as well.
    before = json.loads(command("explain", "toy-10", *QUESTION, "--date", "2026-01-06", "--json").out)
    after = json.loads(command("explain", "toy-10", *QUESTION, "--date", "2026-01-07", "--json").out)
    assert (before["state"], before["step"], before["role"]) == ("NO", "exclusive", "HOST")
    assert (before["contract"], before["version"], before["clause"]) == ("oai-az", "first", "exclusive")
    assert before["until"] == "2026-01-07"
    assert (after["state"], after["since"], after["until"]) == ("GA", "2026-01-07", None)


def test_the_answer_in_words_names_the_deciding_clause(command):
    outcome = command("explain", "toy-10", *QUESTION, "--date", "2026-01-06")
    assert outcome.code == 0
    assert outcome.out.startswith("NO: oai consumer on direct, hosted by aws, 2026-01-06\n")
    assert "exclusive, role HOST" in outcome.out
    assert "contract     oai-az, version first, clause exclusive" in outcome.out


def test_every_value_shows_unit_grade_and_the_line_it_came_from(command):
    lines = command("show", "toy-10").out.splitlines()
    price = next(line for line in lines if line.startswith("labs.oai.streams.app.price = "))
    assert '"6 $/H100e-h"' in price
    assert "grade A" in price
    assert "toy-10.toml:" in price


def test_resolved_shows_defaults_too(command):
    written = command("show", "toy-10").out.splitlines()
    resolved = command("show", "toy-10", "--resolved").out.splitlines()
    assert len(resolved) > len(written)
    assert any(line.endswith("default") for line in resolved)


def test_the_resolved_text_loads_to_the_same_digest(command, scenario_file):
    import rackrate as rr

    text = command("show", "toy-10", "--toml").out
    assert rr.Scenario.parse(text).digest == rr.Scenario.load("toy-10").digest
    assert command("validate", scenario_file(text)).code == 0


def test_a_difference_shows_both_values(command, scenario_file):
    other = scenario_file('extends = "toy-10"\n[labs.oai.streams.app]\nprice = "7 $/H100e-h"\n')
    outcome = command("show", "toy-10", "--diff", other)
    assert outcome.code == 0
    (line,) = [line for line in outcome.out.splitlines() if "price" in line]
    assert '"6 $/H100e-h"' in line and '"7 $/H100e-h"' in line


@pytest.mark.parametrize(
    "words",
    [["explain", "toy-10", *QUESTION, "--date", "2026-01-06"], ["validate", "toy-10"], ["show", "toy-10"]],
    ids=lambda words: words[0],
)
def test_a_question_imports_no_heavy_library(words):
    program = (
        "import sys; from rackrate import cli; code = cli.status(sys.argv[1:]); "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr.strip().splitlines()[-1] == "[]"


def third_party_modules(program, *words):
    """The packages beside ours that a program has loaded when it ends."""
    told = (
        "import sysconfig\n"
        "here = {n.partition('.')[0] for n, m in list(sys.modules.items()) if n not in before"
        " and (getattr(m, '__file__', None) or '').startswith((sysconfig.get_path('purelib'), sysconfig.get_path('platlib')))}\n"
        "print('loaded:', *sorted(here - {'rackrate'}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nbefore = set(sys.modules)\n{program}\n{told}", *words],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.strip().splitlines()[-1].removeprefix("loaded:").split()


def test_importing_the_package_loads_no_other():
    assert third_party_modules("import rackrate") == []
    # Nor does what can be asked before something runs.
    names = "import rackrate as rr; dir(rr); rr.__version__; rr.Scenario.load('toy-10'); rr.run, rr.compare, rr.Simulation, rr.open"
    assert third_party_modules(names) == []
    assert {"numpy", "pandas", "xarray"} <= set(third_party_modules("import rackrate; rackrate.analysis"))  # it counts


@pytest.mark.parametrize("word", ["--help", "--version", "run --help", "sweep --help"])
def test_help_and_version_load_the_library_of_commands_alone(word):
    assert third_party_modules("import sys; from rackrate import cli; cli.status(sys.argv[1:])", *word.split()) == [
        "click"
    ]


@pytest.mark.parametrize("scenario", ["toy-10", "openai-azure-amended"])
@pytest.mark.parametrize("word", ["validate", "show"])
def test_a_quick_command_needs_less_than_a_second_of_processor_time(command, word, scenario):
    # Processor time, the least of three: the machine may be busy with something else.
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert command(word, scenario).code == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 1.0, seconds


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m rackrate.cli show toy-10 --resolved | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
