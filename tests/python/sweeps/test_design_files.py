"""The designs of the documentation and the examples are sound, and the plan says what they come to."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import rackrate as rr
from rackrate.cli import commands
from rackrate.sweeps.forecast import forecast

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = re.findall(r"```toml\n(# design\n.*?)```", (ROOT / "docs" / "sweeps.md").read_text("utf-8"), re.S)
TOY = """
title = "Two values of the toy"
arms = ["toy-10"]
kind = "grid"
replications = 3
[factors.app-price]
path = "labs.oai.streams.app.price"
low = "×0.8"
high = "×1.2"
[factors.rule]
path = "prices.rule"
values = ["frozen", "quarterly"]
title = "how list prices move"
"""


@pytest.fixture
def toy(tmp_path):
    path = tmp_path / "toy.toml"
    path.write_text(TOY)
    return path


def plan(*words):
    done = CliRunner().invoke(commands, ["sweep", *map(str, words)], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_designs_of_the_page_are_sound(number):
    assert len(BLOCKS) >= 3
    assert len(rr.Design.parse(BLOCKS[number]).points()) > 1


def test_the_example_has_twelve_factors_in_130_points():
    design = rr.Design.load(ROOT / "examples" / "sweep" / "premium.toml")
    assert len(design.factors) == 12 and len(design.points()) == 10 * 13


def test_the_plan_shows_factors_points_runs_hours_and_size(toy):
    said = plan(toy, "--dry-run")
    for words in (
        "Two values of the toy",
        "labs.oai.streams.app.price",
        "×0.8 to ×1.2",
        "frozen | quarterly",
        "how list prices move",
    ):
        assert words in said
    assert "points         6  (every combination)" in said
    assert "runs           18  = 6 points x 1 arm (toy-10) x 3 replications" in said
    assert re.search(r"core-hours     [\d.e-]+  \(a probe on this machine: [\d.]+ m?s a run\)", said)
    assert re.search(r"size on disk   [\d.]+ kB  \([\d.]+ (kB|bytes) a run, all variables by month\)", said)


def test_the_plan_says_what_is_not_drawn(tmp_path, toy):
    # The toy states no range; with two, one of them a factor, one stays as it is written.
    assert "drawn " not in plan(toy, "--dry-run")
    scenario = tmp_path / "ranged.toml"
    scenario.write_text(
        'extends = "toy-10"\n'
        '[labs.oai.streams.app]\nprice = { value = "6 $/H100e-h", low = "5 $/H100e-h", high = "7 $/H100e-h" }\n'
        '[labs.ant.streams.app]\nprice = { value = "6 $/H100e-h", low = "5 $/H100e-h", high = "7 $/H100e-h" }\n'
    )
    design = tmp_path / "ranged-design.toml"
    design.write_text(f'arms = ["{scenario}"]\nkind = "grid"\n[factors]\napp-price = "labs.oai.streams.app.price"\n')
    assert "factors alone: 1 other value with a stated range stays as written" in plan(design, "--dry-run")


def test_the_command_line_changes_the_runs_of_a_design(toy):
    said = plan(toy, "--dry-run", "-n", "10:19", "--keep", "npv,total")
    assert "x 10 replications" in said and "npv totals of the run" in said


def test_a_plan_writes_nothing(toy, tmp_path):
    plan(toy, "-o", tmp_path / "out", "--dry-run")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["toy.toml"]


def test_a_forecast_counts_and_what_is_kept_decides_its_size():
    design = rr.Design.parse(TOY)
    whole, few = forecast(design), forecast(rr.Design.parse('keep = ["npv", "total"]\n' + TOY))
    assert whole.runs == 18 and whole.bytes > 10 * few.bytes > 0
    assert 0 < whole.core_hours < 1


def test_a_forecast_of_a_long_run_knows_its_length():
    text = 'arms = ["openai-azure-amended"]\nkind = "one-at-a-time"\nset = { run.enterprises = 50 }\nreplications = 1\n'
    factors = '[factors]\ngravity = "choice.beta_gravity"\n'
    whole = forecast(rr.Design.parse(text + factors))
    short = forecast(rr.Design.parse(text + "until = 2025-09-01\n" + factors))
    assert whole.seconds_per_run > 5 * short.seconds_per_run  # 66 months and 2


def test_paths_in_a_design_are_relative_to_its_file(tmp_path):
    (tmp_path / "own.toml").write_text('extends = "toy-10"\ntitle = "own"\n')
    (tmp_path / "points.csv").write_text("labs.oai.streams.app.price\n5 $/H100e-h\n6 $/H100e-h\n")
    (tmp_path / "d.toml").write_text('arms = ["own.toml"]\nkind = "table"\ntable = "points.csv"\n')
    assert len(rr.Design.load(tmp_path / "d.toml").points()) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kind = ", "is no TOML"),
        ('arms = ["toy-10"]\nkind = "table"\ntable = "none.csv"\n', "none.csv: cannot be read as a table (No such file or directory)"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "d.toml"
    path.write_text(text)
    with pytest.raises(rr.ScenarioError, match=re.escape(sentence)):
        plan(path)
    with pytest.raises(rr.ScenarioError, match="cannot be read"):
        plan(tmp_path / "other.toml")
