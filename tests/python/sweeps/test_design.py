"""A design says what its points are; everything that is wrong with it is said before anything runs."""

import copy
import datetime as dt
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rackrate as rr
from rackrate.sweeps.changes import read_change
from rackrate.sweeps.factors import Factor

PRICE = "labs.oai.streams.app.price"
PENALTY = "labs.oai.streams.app.unserved_penalty"
FLEET = "clouds.az.regions.one.fleet.h100"
LOT = "clouds.aws.regions.one.lots.second-hall.arrives"
END = "contracts.oai-az.versions.first.clauses.exclusive.until"


def design(kind="grid", arms=("toy-10",), **keys):
    return rr.Design.of(kind=kind, arms=list(arms), **keys)


def price(**keys):
    return {"path": PRICE, **keys}


def mistakes(make):
    with pytest.raises(rr.ScenarioError) as caught:
        make().points()
    return str(caught.value)


# What the points are


def test_a_grid_has_every_combination_and_the_last_factor_changes_fastest():
    points = design(
        factors={
            "app": price(values=["5 $/H100e-h", "6 $/H100e-h"]),
            "rule": {"path": "prices.rule", "values": ["frozen", "quarterly"]},
        }
    ).points()
    assert [tuple(p.values.values()) for p in points] == [
        (5.0, "frozen"),
        (5.0, "quarterly"),
        (6.0, "frozen"),
        (6.0, "quarterly"),
    ]
    assert points.units == {"app": "$/H100e-h", "rule": ""}


def test_a_range_in_a_grid_has_three_values_or_as_many_as_asked():
    three = design(factors={"app": price(low="×0.5", high="×1.5")}).points()
    assert three.columns["app"].tolist() == [0.5, 1.0, 1.5]
    assert len(design(factors={"app": price(low="×0.5", high="×1.5", steps=5)}).points()) == 5


def test_a_point_is_the_scenario_that_override_makes():
    toy = rr.Scenario.load("toy-10")
    point = design(factors={"app": price(values=["5 $/H100e-h"]), "lot": {"path": LOT, "values": ["+2 d"]}}).points()[0]
    alone = toy.override({PRICE: "5 $/H100e-h", LOT: "2026-01-07"})
    assert point.scenarios()["toy-10"].digest == alone.digest
    assert dict(point.settings("toy-10")) == {PRICE: '"5.0 $/H100e-h"', LOT: "2026-01-07"}


def test_a_multiple_is_one_of_each_arms_own_value():
    toy = rr.Scenario.load("toy-10")
    dear = toy.override({PRICE: "12 $/H100e-h"}, name="dear")
    point = design(arms=[toy, dear], factors={"app": price(values=["x1.5"])}).points()[0]
    assert [s.get(PRICE) for s in point.scenarios().values()] == ["9.0 $/H100e-h", "18.0 $/H100e-h"]
    assert [s.name for s in point.scenarios().values()] == ["toy-10", "dear"]


def test_the_multiple_of_one_is_the_scenario_itself():
    toy = rr.Scenario.load("toy-10")
    point = design(factors={"app": price(values=["×1"]), "lot": {"path": LOT, "values": ["+0 d"]}}).points()[0]
    assert point.scenarios()["toy-10"].digest == toy.digest


def test_a_factor_moves_all_values_of_a_pattern_or_a_list():
    one = design(factors={"serving": {"path": "labs.*.routes.*.serving_cost", "values": ["×2"]}}).points()[0]
    assert one.overrides("toy-10") == {
        "labs.ant.routes.aws.serving_cost": "2.0 $/H100e-h",
        "labs.oai.routes.aws.serving_cost": "4.0 $/H100e-h",
        "labs.oai.routes.az.serving_cost": "2.0 $/H100e-h",
    }
    two = design(factors={"both": {"paths": [PRICE, PENALTY], "values": ["×2"]}}).points()[0]
    assert two.overrides("toy-10") == {PRICE: "12.0 $/H100e-h", PENALTY: "20.0 $/H100e-h"}


def test_the_range_is_that_of_the_value_itself_where_none_is_given():
    points = design(arms=["openai-azure-amended"], factors={"growth": "supply.nvidia.rubin.growth"}).points()
    assert points.columns["growth"].tolist() == [0.0, 0.4, 0.8]
    assert points[2].overrides("openai-azure-amended") == {"supply.nvidia.rubin.growth": "0.8 /y"}


def test_values_of_a_pattern_move_together_in_their_own_ranges():
    points = design(arms=["openai-azure-amended"], factors={"growth": "supply.*.*.growth"}).points()
    ends = points[0].overrides("openai-azure-amended"), points[2].overrides("openai-azure-amended")
    assert [end["supply.amd.mi450.growth"] for end in ends] == ["0.0 /y", "0.8 /y"]
    assert [end["supply.nvidia.gb200.growth"] for end in ends] == ["0.2 /y", "1.0 /y"]
    assert "supply.nvidia.h100.growth" not in ends[0]  # it has no range
    assert points.units["growth"] == "of the range"


def test_dates_are_set_and_shifted():
    points = design(factors={"end": {"path": END, "values": [dt.date(2026, 1, 5), "2026-01-08"]}}).points()
    assert [p.values["end"] for p in points] == [dt.date(2026, 1, 5), dt.date(2026, 1, 8)]
    assert points.columns["end"].tolist() == [dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 8)]
    moved = design("latin-hypercube", samples=5, factors={"end": {"path": END, "low": "-3 d", "high": "+3 d"}}).points()
    assert {p.overrides("toy-10")[END] for p in moved} <= {dt.date(2026, 1, d) for d in range(4, 11)}  # whole days
    never = design(factors={"end": {"path": END, "values": ["2026-01-05", "never"]}}).points()
    assert [p.values["end"] for p in never] == ["2026-01-05", "never"]


def test_switches_are_categories_and_levels_set_several_paths():
    switch = design(factors={"shut": {"path": END.replace("until", "enabled")}}).points()
    assert switch.columns["shut"].tolist() == ["false", "true"]
    levels = {
        "as written": {},
        "open": {END.replace("until", "enabled"): False, "prices": {"rule": "quarterly"}, PRICE: "×2"},
    }
    points = design(factors={"regime": {"levels": levels}}).points()
    assert points[0].scenarios()["toy-10"].digest == rr.Scenario.load("toy-10").digest
    assert points[1].overrides("toy-10")[PRICE] == "12.0 $/H100e-h"
    assert points[1].overrides("toy-10")["prices.rule"] == "quarterly"


def test_structural_settings_are_a_factor():
    points = design(factors={"model": {"structural": True}}).points()
    assert points.columns["model"][0] == "as written"
    assert "list prices quarterly" in points.columns["model"]


def test_a_path_that_only_one_arm_has_moves_nothing_in_the_other():
    share = "contracts.oai-az.versions.first.clauses.share.rate"
    toy = rr.Scenario.load("toy-10")
    bare = toy.to_toml()
    start = bare.index("[contracts.oai-az.versions.first.clauses.share]")
    end = bare.find("\n[", start + 1)
    without = rr.Scenario.parse(bare[:start] + (bare[end:] if end > 0 else ""), "without")
    point = design(arms=[toy, without], factors={"rate": {"path": share, "values": ["×0.5"]}}).points()[0]
    assert point.overrides("toy-10") == {share: 0.1}
    assert point.overrides("without") == {} and point.scenarios()["without"] is without


@pytest.mark.parametrize(
    ("kind", "keys", "count"),
    [
        ("latin-hypercube", {"samples": 7}, 7),
        ("sobol", {"samples": 8}, 8),
        ("saltelli", {"samples": 8}, 8 * (3 + 2)),
        ("saltelli", {"samples": 8, "second_order": True}, 8 * (2 * 3 + 2)),
        ("morris", {"trajectories": 5}, 5 * (3 + 1)),
        ("one-at-a-time", {}, 1 + 3 * 2),
    ],
)
def test_kinds_have_the_points_of_their_textbooks(kind, keys, count):
    factors = {
        "app": price(low="×0.5", high="×2", scale="log"),
        "fleet": {"path": FLEET, "low": 50, "high": 150},
        "rule": {"path": "prices.rule", "values": ["frozen", "quarterly"]},
    }
    made = design(kind, factors=factors, **keys)
    points = made.points()
    assert len(points) == count
    columns = points.columns
    assert columns["app"].min() >= 0.5 and columns["app"].max() <= 2.0
    assert set(columns["rule"].tolist()) == {"frozen", "quarterly"}
    again = design(kind, factors=factors, **keys).points().columns
    assert all((columns[name] == again[name]).all() for name in columns)
    if keys:
        other = design(kind, factors=factors, points_seed=2, **keys).points().columns
        assert any((columns[name] != other[name]).any() for name in columns)


def test_one_at_a_time_begins_with_the_scenario_as_it_is():
    toy = rr.Scenario.load("toy-10")
    points = design(
        "one-at-a-time", factors={"app": price(low="×0.5", high="×2"), "fleet": {"path": FLEET, "low": 50, "high": 150}}
    ).points()
    assert points[0].scenarios()["toy-10"] == toy
    assert points.columns["app"].tolist() == [1.0, 0.5, 2.0, 1.0, 1.0]
    assert points.columns["fleet"].tolist() == [100.0, 100.0, 100.0, 50.0, 150.0]
    assert points[3].overrides("toy-10") == {FLEET: 50.0}


def test_more_samples_keep_the_first_points():
    for kind in ("sobol", "saltelli"):
        few, many = (
            design(
                kind,
                samples=n,
                factors={"app": price(low="×0.5", high="×2"), "fleet": {"path": FLEET, "low": 50, "high": 150}},
            ).points()
            for n in (8, 16)
        )
        assert (few.columns["app"] == many.columns["app"][: len(few)]).all()


def test_listed_points_come_as_rows_columns_a_frame_or_csv(tmp_path):
    factors = {"app": PRICE, "rule": "prices.rule"}
    rows = [{"app": "5 $/H100e-h", "rule": "frozen"}, {"app": "7 $/H100e-h"}]
    columns = {"app": ["5 $/H100e-h", "7 $/H100e-h"], "rule": ["frozen", "as written"]}
    (tmp_path / "points.csv").write_text("app,rule\n5 $/H100e-h,frozen\n7 $/H100e-h,\n")
    (tmp_path / "d.toml").write_text(
        f'arms = ["toy-10"]\nkind = "table"\ntable = "points.csv"\n[factors]\napp = "{PRICE}"\nrule = "prices.rule"\n'
    )
    made = [
        design("list", points=rows, factors=factors),
        design("list", points=columns, factors=factors),
        design("list", points=pd.DataFrame(columns), factors=factors),
        rr.Design.load(tmp_path / "d.toml"),
    ]
    expected = [{PRICE: "5.0 $/H100e-h", "prices.rule": "frozen"}, {PRICE: "7.0 $/H100e-h"}]
    for one in made:
        assert [p.overrides("toy-10") for p in one.points()] == expected
    assert made[0].digest == made[3].digest


def test_a_column_named_by_a_path_needs_no_factor(tmp_path):
    (tmp_path / "points.csv").write_text(f"{FLEET}\n50\n70\n")
    made = rr.Design.of(arms=["toy-10"], table=tmp_path / "points.csv")
    assert [p.overrides("toy-10") for p in made.points()] == [{FLEET: 50.0}, {FLEET: 70.0}]


def test_plain_numbers_of_a_factor_have_its_unit():
    one = design(factors={"app": price(values=[5, 6], unit="$/H100e-h")}).points()
    assert one.columns["app"].tolist() == [5.0, 6.0]
    cents = design(factors={"app": price(low=0.005, high=0.006, unit="k$/H100e-h")}).points()
    assert cents.columns["app"].tolist() == [5.0, 5.5, 6.0]


@pytest.mark.parametrize(
    ("text", "operation", "number", "unit"),
    [
        ("×1.1", "multiply", 1.1, ""), ("x 0.5", "multiply", 0.5, ""), ("*2", "multiply", 2.0, ""), ("+90 d", "add", 90.0, "d"),
        ("-1e-1 $/h", "add", -0.1, "$/h"), ("−3", "add", -3.0, ""), ("-10 %", "percent", -0.1, ""), ("+5 pp", "add", 0.05, ""),
    ],
)  # fmt: skip
def test_changes_are_read(text, operation, number, unit):
    change = read_change(text)
    assert (change.operation, change.unit) == (operation, unit)
    assert change.number == pytest.approx(number)


def test_what_is_no_change_is_a_value():
    assert read_change("xai").operation == "set"
    assert read_change("=-5 %/y").value == "-5 %/y"
    points = design(
        arms=["openai-azure-amended"], factors={"g": {"path": "supply.nvidia.rubin.growth", "values": ["=-5 %/y"]}}
    ).points()
    assert points.columns["g"].tolist() == [-0.05]


# A design is a value


def all_of_it():
    return design(
        "saltelli", samples=4, title="All of it", baseline="toy-10", seed=7, replications="3:5", until="2026-01-09",
        keep=["npv", "year"],
        factors={
            "app": price(low="×0.5", high="×2", scale="log", title="price of the app"),
            "end": {"path": END, "low": dt.date(2026, 1, 3), "high": dt.date(2026, 1, 9)},
            "rule": Factor("rule", ("prices.rule",), values=("frozen", "quarterly")),
            "regime": {"levels": {"as written": {}, "short": {"run.window": "2 d"}}},
        },
    )  # fmt: skip


def test_a_design_comes_back_from_its_text():
    made = all_of_it()
    again = rr.Design.parse(made.to_toml())
    assert again == made and again.digest == made.digest and hash(again) == hash(made)
    assert again.replications == range(3, 6) and again.keep.by == "year" and again.until == "2026-01-09"
    assert [p.settings("toy-10") for p in again.points()] == [p.settings("toy-10") for p in made.points()]


def test_a_design_travels():
    made = all_of_it()
    made.points()
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made


def test_the_digest_is_of_what_decides_results():
    made = all_of_it()
    assert (
        design(factors={"app": price(values=["×2"])}, title="a").digest
        == design(factors={"app": price(values=["×2"])}, title="b").digest
    )
    for change in ({"seed": 2}, {"replications": range(1)}, {"until": ""}):
        assert replace(made, **change).digest != made.digest


def test_runs_are_points_times_arms_times_replications():
    assert all_of_it().runs == 4 * (4 + 2) * 1 * 3


def test_points_are_made_on_request_from_one_number_each():
    many = design(
        "latin-hypercube", samples=100_000,
        factors={"app": price(low="×0.5", high="×2"), "fleet": {"path": FLEET, "low": 50, "high": 150}},
    ).points()  # fmt: skip
    assert sum(column.nbytes for column in many._raw) == 100_000 * 2 * 8
    assert many[99_999].index == 99_999 and many[-1].values == many[99_999].values
    with pytest.raises(IndexError):
        many[100_000]


# What is wrong


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"factors": {}}, 'factors is empty; expected at least one factor. Write [factors.NAME] and path = "...".'),
        ({"arms": []}, 'arms is empty; expected at least one scenario. Write arms = ["NAME"].'),
        ({"arms": ["toy-11"]}, 'arms[0]: the scenario is "toy-11", which does not exist; expected a file or a library name. Did you mean "toy-10"?'),
        ({"arms": ["toy-10", "toy-10"]}, 'arms[1] is a second "toy-10"; expected distinct names. Give a table of arms.'),
        ({"kind": "grit"}, 'kind is "grit"; expected one of grid, list, one-at-a-time, latin-hypercube, sobol, saltelli, morris, draws. Did you mean grid?'),
        ({"kind": "saltelli", "samples": 100}, 'samples is 100; expected a power of two, which a design of kind "saltelli" needs to be balanced. Take 64 or 128.'),
        ({"kind": "sobol", "samples": 0}, "samples is 0; expected a whole number >= 1. Write, say, samples = 64."),
        ({"kind": "morris", "samples": 1}, "trajectories is 1; expected at least 2."),
        ({"kind": "morris", "samples": 8, "morris_levels": 5}, "morris_levels is 5; expected an even number >= 4."),
        ({"samples": 8}, 'samples is given beside kind "grid"; expected none: its factors say how many points it has.'),
        ({"baseline": "toy-1"}, 'baseline is "toy-1"; expected one of toy-10. Did you mean toy-10?'),
        ({"replications": 0}, 'replications is 0; expected a whole number >= 1, or FIRST:LAST. Write, say, "100:199".'),
        ({"replications": "5:3"}, 'replications is "5:3"; expected a whole number >= 1, or FIRST:LAST. Write, say, "100:199".'),
        ({"until": "2025-01-01"}, "until is 2025-01-01; expected a date after 2026-01-01, where toy-10 starts."),
        ({"seed": -1}, "seed is -1; expected a whole number from 0 to 2^64 - 1. Use 1 if any will do."),
        ({"keep": {"by": "week"}}, 'keep.by is "week"; expected one of month, year, total.'),
        ({"points": [{"app": 1}]}, 'points is given beside kind "grid"; expected kind = "list". Remove one.'),
        ({"kind": "list"}, 'points is empty; expected at least one point. Give points = [...], or table = "FILE.csv".'),
        ({"set": {"run": {"ends": 1}}}, "arms[0]: run.ends is an unknown path; expected the path of a value of the scenario. Did you mean run.end?"),
    ],
)  # fmt: skip
def test_a_wrong_design_is_one_sentence(keys, sentence):
    assert (
        mistakes(
            lambda: rr.Design.of(
                **{"kind": "grid", "arms": ["toy-10"], "factors": {"app": price(values=["×1"])}, **keys}
            )
        )
        == sentence
    )


def factor(keys):
    return mistakes(lambda: design(factors={"x": keys}))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("labs.oai.streams.app.prise", f'factors.x.path is "labs.oai.streams.app.prise", an unknown path; expected the path of a value of the scenario. Did you mean {PRICE}?'),
        ("labs.oai.*.prise", "factors.x.path is \"labs.oai.*.prise\", which fits nothing; expected a pattern that fits a path. rackrate show SCENARIO --resolved --only 'labs.oai.*' lists paths."),
        (PRICE, f'factors.x is a factor without a range, and {PRICE} has no low and high of its own; expected low and high, or values. Write, say, low = "×0.8" and high = "×1.25".'),
        (LOT, f'factors.x is a factor without a range, and {LOT} has no low and high of its own; expected low and high, or values. Write, say, low = "-90 d" and high = "+90 d".'),
        ({}, 'factors.x is a factor without a path; expected what it moves. Give it path = "...", or levels.'),
        (price(low="×0.5"), "factors.x is a factor with low and without high; expected both ends of a range. Add high."),
        (price(low="×2", high="×1"), 'factors.x.high is "×1"; expected more than low, "×2".'),
        (price(low="×1", high="8 $/H100e-h"), 'factors.x is "×1" with "8 $/H100e-h"; expected values or changes of one kind in a factor. Write all as values, all as multiples or all as additions.'),
        (price(values=["×1", "×1.0"]), 'factors.x.values is a list with "×1.0" twice; expected distinct values. Remove one.'),
        (price(values=[5]), f'factors.x.values[0]: {PRICE} is 5 without a unit; expected a number in $/H100e-h. Write "5 $/H100e-h".'),
        (price(values=["5 $"]), f'factors.x.values[0]: {PRICE} is "5 $"; expected a number in $/H100e-h. The unit measures something else.'),
        (price(values=["×1"], low="×1", high="×2"), "factors.x is a factor with a range and values; expected one of them. Remove one."),
        (price(low="×0", high="×2", scale="log"), 'factors.x.scale is "log"; expected a range of positive numbers or multiples on that scale. Use "linear".'),
        (price(low="×1", high="×2", scale="lg"), 'factors.x.scale is "lg"; expected linear, log or stated. Did you mean log?'),
        ({"path": "prices.rule", "values": ["×2"]}, 'factors.x.values is the relative change "×2" of prices.rule, a text; expected values of that type. Write values = ["quarterly", "frozen", "smooth", "bertrand"].'),
        ({"path": "prices.rule", "low": "a", "high": "b"}, 'factors.x.low is "a", and prices.rule is a text; expected values instead of a range. Write values = ["quarterly", "frozen", "smooth", "bertrand"].'),
        ({"path": "prices.rule"}, 'factors.x is a factor without values for prices.rule, a text; expected values. Write values = ["quarterly", "frozen", "smooth", "bertrand"].'),
        ({"path": LOT, "values": ["×2"]}, f'factors.x is a multiple of {LOT}, a date; expected a shift of a date. Write "+90 d".'),
        ({"path": "clouds.az.regions.one.share", "values": ["-10 %"]}, 'factors.x is a change in per cent of clouds.az.regions.one.share, which may be written in per cent itself; expected one that can be read in one way. Write "×0.9" for a multiple, or "-10 pp" for percentage points.'),
        ({"paths": [PRICE, LOT], "values": ["×2"]}, f"factors.x.path is {PRICE}, a number, with {LOT}, a date; expected values of one type in a factor. Make two factors."),
        ({"paths": [PRICE, FLEET], "values": ["+1"]}, f'factors.x is one value for {PRICE}, in $/H100e-h, and {FLEET}, in plain numbers; expected one unit in a factor. Use multiples such as "×1.1".'),
        ({"levels": {"one": {}}}, 'factors.x.levels is a single level; expected at least two. Add an empty one: "as written" = {}.'),
        ({"levels": {"one": {}, "two": {"prices.rul": "frozen"}}}, 'factors.x.levels.two is "prices.rul", an unknown path; expected the path of a value of the scenario. Did you mean prices.rule?'),
        ({"levels": {"one": {}, "two": {"prices.rule": "+1 d"}}}, 'factors.x.levels.two is the relative change "+1 d" of prices.rule, a text; expected a value of that type.'),
        ({"path": PRICE, "lo": 1}, "factors.x.lo is an unknown key; expected one of path, paths, low, high, values, levels, structural, steps, scale, unit, title. Did you mean low?"),
        ({"path": "prices.rule", "values": ["frozen", "quartely"]}, 'point 1 (x quartely) in toy-10: prices.rule is "quartely"; expected one of quarterly, frozen, smooth, bertrand. Did you mean "quarterly"?'),
    ],
)  # fmt: skip
def test_a_wrong_factor_is_one_sentence(keys, sentence):
    assert factor(keys) == sentence


def test_two_factors_do_not_move_the_same_value():
    said = mistakes(
        lambda: design(factors={"x": price(values=["×1"]), "y": {"path": "labs.*.price", "values": ["×1"]}})
    )
    assert said == f"factors.y moves {PRICE}, as factors.x does; expected it in one factor. Take it out of one."


def test_a_factor_has_no_name_of_a_result():
    assert mistakes(lambda: design(factors={"npv": price(values=["×1"])})).startswith("factors")
    assert mistakes(lambda: design(factors={"arm": price(values=["×1"])})).startswith("factors")


def test_one_of_ten_thousand_points_out_of_bounds_is_named():
    values = np.linspace(1.0, 2.0, 10_000)
    values[7_654] = -1.0
    said = mistakes(
        lambda: design("list", points={"app": [f"×{v}" if v > 0 else "×-1" for v in values]}, factors={"app": PRICE})
    )
    assert said == (
        f"point 7654 has factors.app at ×-1, which makes {PRICE} -6.0 $/H100e-h; expected a value from 0 to 100000 $/H100e-h."
    )


def test_values_that_contradict_each_other_are_found_before_a_run():
    # The exclusive ends before it begins, at one combination of two dates that are sound alone.
    start = "contracts.oai-az.versions.first.effective"
    said = mistakes(
        lambda: design(
            factors={
                "from": {"path": start, "values": [dt.date(2026, 1, 1), dt.date(2026, 1, 8)]},
                "until": {"path": END, "values": [dt.date(2026, 1, 5), dt.date(2026, 1, 9)]},
            }
        )
    )
    assert said.startswith("point 2 (from 2026-01-08, until 2026-01-05) in toy-10: ")


def test_all_mistakes_are_said_at_once(tmp_path):
    path = tmp_path / "d.toml"
    path.write_text(
        'arms = ["toy-10"]\nkind = "saltelli"\nsamples = 3\nfoo = 1\nuntil = "soon"\n[factors.a]\npath = "b"\nlow = 1\n'
    )
    with pytest.raises(rr.ScenarioError) as caught:
        rr.Design.load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3 and all(line.startswith(f"{path}: ") for line in lines)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no points; expected a header of factor names and one row per point."),
        ("a,a\n1,2\n", '1: has the column "a" twice; expected distinct names.'),
        ("a,b\n1\n", "2: has 1 cells; expected 2, as in the header."),
    ],
)
def test_a_wrong_table_names_its_line(tmp_path, text, sentence):
    path = tmp_path / "p.csv"
    path.write_text(text)
    said = mistakes(lambda: rr.Design.of(arms=["toy-10"], table=path, factors={"app": PRICE}))
    assert said.splitlines()[0].endswith(sentence)


def test_an_unknown_argument_is_named():
    with pytest.raises(TypeError, match="Did you mean factors"):
        rr.Design.of(factor={})
