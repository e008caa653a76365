"""Comparisons that draw what the scenarios do not know: points, bounds, bytes, and what is refused."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from tests.library.reading import FOLDER
from tests.python import doubtful

import rackrate as rr
from rackrate import analysis
from rackrate.sweeps.beliefs import belief_of
from rackrate.sweeps.design import Design
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.mistakes import Mistakes
from rackrate.sweeps.orders import in_order, ordered_pairs
from rackrate.sweeps.resolution import resolved
from rackrate.sweeps.sampling import Sampling
from rackrate.sweeps.targets import Catalogue, Target
from rackrate.sweeps.uncertain import uncertain_factors

LIBRARY = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in ("toy-10", "base-2025"))
ENDS = np.array([1e-12, 0.05, 0.5, 0.95, 1 - 1e-12])


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def flagship():
    return {
        name: rr.Scenario.load(name)
        for name in ("openai-azure-amended", "openai-azure-exclusive", "openai-azure-october-2025")
    }


# What a range means


@pytest.mark.parametrize(
    "value, low, high, least, most, kind",
    [
        (2.0, 1.0, 4.0, 0.0, 100.0, "lognormal"),
        (3.0, 1.0, 10.0, 0.0, np.inf, "lognormal"),
        (10.5, 9.0, 12.0, 0.0, 1e6, "triangular"),  # less than a factor of two
        (-1.0, -2.5, 0.5, -10.0, 10.0, "triangular"),
        (0.58, 0.45, 0.7, 0.0, 1.0, "beta"),
        (0.04, 0.01, 0.1, 0.0, 1.0, "beta"),
    ],
)
def test_low_and_high_are_the_5_and_the_95_percent_points(value, low, high, least, most, kind):
    belief = belief_of(value, low, high, least, most)
    _, at_low, middle, at_high, _ = belief.quantile(ENDS)
    assert belief.kind == kind
    assert (at_low, at_high) == pytest.approx((low, high), rel=1e-6)
    assert middle == pytest.approx(value) if kind == "lognormal" else low < middle < high


def test_an_end_beyond_which_nothing_is_possible_ends_the_support():
    # 100 % is the bound of the key, 30 $ the value itself: nothing lies beyond.
    assert belief_of(0.5, 0.0, 1.0, 0.0, 1.0).quantile(ENDS)[[0, -1]] == pytest.approx([0, 1], abs=1e-5)
    whole = belief_of(30.0, 20.0, 30.0, 0.0, 1e5).quantile(ENDS)
    assert whole[-1] == pytest.approx(30, abs=1e-4) and whole[1] == pytest.approx(20) and whole[0] < 20


def test_a_triangle_is_that_of_its_formula():
    # A triangle from 10 to 11 with mode 10.5 has its 5 % point at 10 + sqrt(.05 / 2).
    point = (0.05 / 2) ** 0.5
    found = belief_of(10.5, 10 + point, 11 - point, -100.0, 100.0).quantile(np.array([0.0, 0.125, 0.5, 1.0]))
    assert found == pytest.approx([10.0, 10.25, 10.5, 11.0], abs=1e-9)


def test_every_range_of_the_library_can_be_drawn_within_its_bounds(flagship):
    for scenario in (flagship["openai-azure-exclusive"], rr.Scenario.load("history-2023")):
        paths = [item.path for item in scenario.items(defaults=True) if item.low]
        for target in Catalogue(scenario).targets(paths):
            assert target.allowed(target.belief.quantile(ENDS)).all(), target.path


# What is drawn


def test_every_stated_range_is_in_one_factor_and_what_is_chosen_in_none(flagship):
    factors = uncertain_factors(flagship)
    moved = [path for factor in factors for path in factor.paths]
    stated = {
        i.path for s in flagship.values() for i in s.items(defaults=True) if i.low and not i.path.startswith("run.")
    }
    assert len(moved) == len(set(moved)) and set(moved) >= stated
    assert not any(path.startswith("run.") for path in moved)
    by_path = {path: factor for factor in factors for path in factor.paths}
    # One market for compute, one belief copied to every cloud; two labs whose quality is alike are two labs.
    assert by_path["clouds.aws.price"] is by_path["clouds.azure.price"]
    assert by_path["clouds.aws.capital.shell_share"] is by_path["clouds.gcp.capital.shell_share"]
    assert by_path["labs.meta.quality"] is not by_path["labs.mistral.quality"]
    assert by_path["prices.rule"].values == ("smooth", "frozen")


def test_points_stay_inside_the_bounds_and_obey_the_rules(flagship):
    factors = uncertain_factors(flagship)
    design = Design(factors, Sampling("draws", 12, 7), flagship, "openai-azure-amended", replications=range(2))
    for point in design.points()[:2]:
        drawn = point.scenarios()  # makes every scenario: raises where a rule between values is broken
        assert len({s.digest for s in drawn.values()}) == 3
    raw = np.array([design.points().columns[f.name] for f in factors if not f.values])
    assert (np.sort(np.floor(raw * 12), axis=1) == np.arange(12)).all()  # one point in each twelfth of every factor


USERS, CEILING = "labs.xai.streams.grok.users", "labs.xai.streams.grok.users_ceiling"


def drawn(scenario, paths, at):
    """The values that paths get at their quantiles ``at``."""
    factors = tuple(Factor(path, (path,), scale="stated") for path in paths)
    axes = resolved(factors, {"one": scenario}, Mistakes(""))
    found = {}
    for axis, quantile in zip(axes, at, strict=True):
        found |= axis.overrides("one", quantile)
    catalogue = Catalogue(scenario)
    return in_order(ordered_pairs(catalogue, catalogue.targets(list(paths))), found)


def test_draws_of_hundreds_of_values_together_are_scenarios_that_run(flagship):
    arms = {"one": flagship["openai-azure-amended"]}
    points = Design(uncertain_factors(arms), Sampling("draws", 120, 3), arms, "one", replications=range(1)).points()
    for point in points:
        point.scenario("one")  # raises where sums outgrow the books, or a rule between two values is broken


@pytest.mark.parametrize("name", LIBRARY)
def test_the_ranges_of_every_scenario_lie_where_their_keys_allow(name):
    arms = {name: rr.Scenario.load(str(FOLDER / f"{name}.toml"))}
    factors = uncertain_factors(arms)  # raises where a range leaves the bounds of its key
    for point in Design(factors, Sampling("draws", 2, 5), arms, name, replications=range(1)).points():
        point.scenario(name)


def test_a_ceiling_drawn_below_what_stands_below_it_is_as_high_as_that(flagship):
    scenario = flagship["openai-azure-amended"]
    both = drawn(scenario, (USERS, CEILING), (0.999, 0.001))
    alone = drawn(scenario, (USERS,), (0.999,))
    assert both[CEILING] == both[USERS] == alone[USERS]  # the users are what their range says
    assert scenario.override(both).digest
    apart = drawn(scenario, (USERS, CEILING), (0.5, 0.5))
    assert apart[CEILING] > apart[USERS]


def test_nothing_drawn_passes_a_value_that_is_not(flagship):
    fixed = flagship["openai-azure-amended"].override({CEILING: 36e6})
    assert Catalogue(fixed).targets([USERS])[0].span[1] > 36e6  # else this tests nothing
    assert drawn(fixed, (USERS,), (0.99,))[USERS] == 36e6


def test_a_chain_of_three_stays_in_order_from_the_lowest_up():
    def value(key, above=(), below=(), own=1.0):
        rule = SimpleNamespace(type="number", unit="", not_above=list(above), not_below=list(below))
        return Target(f"t.{key}", rule, own, 0.0, 9.0)

    a, b, c = value("a", above=["b"]), value("b", ["c"], ["a"]), value("c", below=["b"])
    pairs = ((a, b), (b, c))
    assert in_order(pairs, {"t.a": 5.0, "t.b": 2.0, "t.c": 3.0}) == {"t.a": 5.0, "t.b": 5.0, "t.c": 5.0}
    assert in_order(pairs, {"t.a": 5.0, "t.b": 2.0}) == {"t.a": 1.0, "t.b": 1.0}  # c is 1 and stays
    assert in_order(pairs, {"t.b": 0.5}) == {"t.b": 1.0}  # a is 1 and stays


def test_a_message_about_a_point_shows_the_factors_it_speaks_of(flagship):
    arms = {"one": flagship["openai-azure-amended"]}
    point = Design(uncertain_factors(arms), Sampling("draws", 2, 3), arms, "one", replications=range(1)).points()[0]
    said = point._named("one", f"{CEILING} is 3; expected at least users")
    assert f"{CEILING} at its" in said and "more factors)" in said and len(said) < 300
    assert len(str(point)) < 800


def test_equal_things_have_equal_values_in_all_arms(flagship):
    factors = tuple(
        f for f in uncertain_factors(flagship) if "choice.switching" in f.paths or "clouds.aws.price" in f.paths
    )
    design = Design(factors, Sampling("draws", 4, 1), flagship, "openai-azure-amended", replications=range(1))
    for point in design.points():
        assert len({str(point.overrides(arm)) for arm in flagship}) == 1


@pytest.mark.parametrize(
    "ranges, says",
    [
        (
            {"low": "6 $/H100e-h", "high": "6 $/H100e-h"},
            "labs.oai.streams.app.price has a low that is not below its high",
        ),
    ],
)
def test_a_range_that_cannot_be_drawn_is_refused_by_name(ranges, says, tmp_path):
    toy = rr.Scenario.parse(doubtful.text(**ranges), "toy")
    with pytest.raises(rr.ScenarioError) as caught:
        rr.compare({"toy": toy, "again": toy}, out=tmp_path / "never.h5")
    assert says in str(caught.value) and not list(tmp_path.iterdir())


# The study


@pytest.mark.slow
def test_threads_and_interruptions_leave_no_trace(tmp_path):
    arms = doubtful.arms()
    rr.compare(arms, points=5, threads=1, out=tmp_path / "one.h5")
    rr.compare(arms, points=5, threads=2, out=tmp_path / "two.h5")

    def stop(done, total):
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rr.compare(arms, points=5, threads=1, out=tmp_path / "cut.h5", progress=stop)
    with pytest.warns(UserWarning, match=r"of 20 runs are finished"), rr.open(tmp_path / "cut.h5") as ds:
        assert 0 < int(ds["complete"].sum()) < 20
    with pytest.raises(rr.ResultFileError, match=r"unfinished study\. Use --resume"):
        rr.compare(arms, points=5, out=tmp_path / "cut.h5")
    rr.compare(arms, points=5, out=tmp_path / "cut.h5", resume=True)
    assert digest(tmp_path / "one.h5") == digest(tmp_path / "two.h5") == digest(tmp_path / "cut.h5")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.h5", "one.h5", "two.h5"]
    assert all(same for _, _, same in rr.rerun(tmp_path / "one.h5", replication=3))
    rr.compare(arms, points=5, out=tmp_path / "one.h5", resume=True)  # complete already
    with pytest.raises(rr.ResultFileError, match="other points or replications"):
        rr.compare(arms, points=6, out=tmp_path / "one.h5", resume=True)


def test_a_run_is_that_of_its_scenario_in_its_world():
    arms = doubtful.arms()
    ds = rr.compare(arms, points=3, replications=2, seed=5)
    assert ds["world"].values.tolist() == [[0, 3], [1, 4], [2, 5]]
    points = Design(
        uncertain_factors(arms), Sampling("draws", 3, 5), arms, "toy", seed=5, replications=range(2)
    ).points()
    alone = rr.compare(points[1].scenarios(), fixed_parameters=True, replications=range(4, 5), seed=5)
    assert ds["npv"].isel(point=1, replication=1).values.tolist() == alone["npv"].isel(replication=0).values.tolist()


def test_null_comparisons_are_exactly_zero():
    toy = doubtful.arms()["toy"]
    ds = rr.compare({"one": toy, "other": toy.override({}, name="other")}, points=4)
    table = analysis.difference(ds, "npv", "other", resamples=0)
    assert all(
        (table[key] == 0.0).all() for key in ("mean", "outcome_low", "outcome_high", "parameter_low", "future_high")
    )


def test_fixed_parameters_and_scenarios_without_ranges_are_studies_as_before(tmp_path):
    arms = doubtful.arms()
    fixed = rr.compare(arms, fixed_parameters=True, replications=3)
    assert "point" not in fixed.dims and fixed.sizes["replication"] == 3
    toy = rr.Scenario.load("toy-10")
    plain = rr.compare({"toy": toy, "again": toy}, replications=2)
    assert "point" not in plain.dims
    for arguments, why in [({"fixed_parameters": True}, "parameters are fixed"), ({}, "no arm states a range")]:
        with pytest.raises(rr.ScenarioError, match=f"points is 3, and {why}"):
            rr.compare({"toy": toy, "again": toy}, points=3, **arguments)


def test_replayed_paths_belong_to_fixed_parameters(tmp_path):
    with pytest.raises(rr.ScenarioError, match="replay is given and parameters are drawn"):
        rr.compare(doubtful.arms(), replay={"shut": {"prices": "toy"}}, out=tmp_path / "never.h5")


@pytest.mark.slow
def test_every_table_and_the_report_take_the_study(command, tmp_path):
    (tmp_path / "toy.toml").write_text(doubtful.text(), "utf-8")
    (tmp_path / "shut.toml").write_text(
        'extends = "toy"\n[contracts.oai-az.versions.first.clauses]\nexclusive.until = 2026-01-11\n', "utf-8"
    )
    done = command("compare", "toy.toml", "shut.toml", "-o", "st.h5", "--points", "6", "--report", "st.html")
    assert done.code == 0, done.err
    assert "2 arms x 6 draws of 3 uncertain things x 2 futures, 24 runs" in done.err
    assert all(words in done.out for words in ("futures alone", "parameters alone", "mean known to"))
    assert "Parameters alone" in (tmp_path / "st.html").read_text("utf-8")
    assert command("summary", "st.h5").code == 0
    with rr.open(tmp_path / "st.h5") as ds:
        table = analysis.premium_table(ds)
        assert {"future_low", "parameter_low", "points"} <= set(table.columns) and (table["points"].dropna() == 6).all()
        assert "parameters" in repr(table)
        assert len(analysis.who_pays(ds, "shut", "toy")) and len(analysis.by_period(ds))


# What moves the answer


def test_the_question_of_assumptions_names_what_the_premium_depends_on():
    st = rr.compare(doubtful.arms(), points=40)
    found = analysis.answer(st, "assumptions", arm="shut", baseline="toy", firm="az")
    table = found.tables["rank correlation"]
    assert set(table["assumption"]) >= {doubtful.PRICE, doubtful.DEMAND}
    known = analysis.screened(st, "npv", "az", "shut", "toy")
    assert table["assumption"].iloc[0] == known["label"][0] and known["label"][0] in found.sentence
    ends = found.tables["premium"].iloc[0]
    assert ends["mean"] == pytest.approx(ends["highest_fifth"] - ends["lowest_fifth"])
    assert analysis.figure.svg(found.picture(), "x").startswith("<svg")


def test_a_study_that_draws_nothing_has_no_assumptions_to_ask_for():
    st = rr.compare(doubtful.arms(), replications=2, fixed_parameters=True)
    with pytest.raises(ValueError, match="every value as it is written; expected one that draws them"):
        analysis.answer(st, "assumptions")
