"""Every number of the library says where it comes from and how good that is."""

import tomllib

import pytest
from tests.library.reading import FILES, FOLDER, figures, leaves, number, resolved

GRADES = set("PRWA")
TABLES = sorted(path.stem for path in (FOLDER / "data").glob("*.csv"))
IDS = [str(path.relative_to(FOLDER)) for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_value_has_a_source_and_a_grade(path):
    found = list(leaves(tomllib.loads(path.read_text())))
    assert [".".join(where) for where, _, source, grade, *_ in found if not source or grade not in GRADES] == []


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_source_is_listed_and_titled(path):
    listed = resolved(str(path.relative_to(FOLDER).with_suffix("")))["sources"]
    used = {source for _, _, source, *_ in leaves(tomllib.loads(path.read_text()))}
    assert used <= set(listed)
    assert all(entry["title"] for entry in listed.values())


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_what_rests_on_nothing_but_us_is_graded_an_assumption(path):
    found = leaves(tomllib.loads(path.read_text()))
    assert [".".join(where) for where, _, source, grade, *_ in found if source == "own" and grade != "A"] == []


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_value_lies_within_its_range(path):
    found = [
        (where, value, low, high)
        for where, value, _, _, low, high in leaves(tomllib.loads(path.read_text()))
        if low is not None
    ]
    assert [where for where, value, low, high in found if not number(low) <= number(value) <= number(high)] == []


def test_the_flagship_says_its_range_where_it_assumes():
    """Half of the assumed quantities carry a range; without one a sweep has nothing to vary."""
    assumed = [
        low
        for path in FILES
        for _, value, _, grade, low, _ in leaves(tomllib.loads(path.read_text()))
        if path.parent.name == "parts" and grade == "A" and isinstance(value, str) and value[0].isdigit()
    ]
    assert sum(low is not None for low in assumed) > len(assumed) / 2


@pytest.mark.parametrize("table", TABLES)
def test_every_figure_of_a_table_has_unit_date_source_and_grade(table):
    rows = figures(table)
    assert rows
    for row in rows:
        assert row["figure"] and row["entity"] and row["value"] and row["unit"] and row["source"], row
        assert row["grade"] in GRADES - {"A"}, row
        assert row["grade"] != "P" or row["url"], row
    # A figure without a page may only be weak.
    assert [row for row in rows if "no page found" in row["note"] and row["grade"] != "W"] == []


@pytest.mark.parametrize("table", TABLES)
def test_a_figure_lies_within_its_own_range(table):
    for row in figures(table):
        if row["low"] and row["high"]:
            low, value, high = (float(row[key]) for key in ("low", "value", "high"))
            assert low <= value <= high, row


def test_the_grades_that_a_report_counts_are_those_of_the_scenario():
    import rackrate as rr
    from rackrate.analysis import scenario_text

    loaded = rr.Scenario.load("openai-azure-amended")
    labels = ("title", "description", "source", "grade", "note", "url", "accessed")
    told = {
        i.path: i.grade
        for i in loaded.items()
        if i.path.rpartition(".")[2] not in labels and not i.path.startswith("sources.")
    }
    counted = {row["path"]: row["grade"] for row in scenario_text.assumptions(tomllib.loads(loaded.to_toml()))}
    assert {path: (grade, counted.get(path)) for path, grade in told.items() if counted.get(path) != grade} == {}
    # A source of figures says nothing about who owns a cloud or how it forecasts.
    assert [told[f"clouds.azure.{key}"] for key in ("firm", "forecast", "base_margin")] == ["", "", "R"]
