"""Reading a study after it was cut, joined, copied or stepped: the same answers, or one sentence."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an
from rackrate.analysis import scenario_text, study_data

from . import synthetic


def two(study, replications=8):
    return study.sel(arm=["amended", "exclusive"]).isel(replication=slice(0, replications))


def same(first, second):
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


def test_files_of_both_formats_say_the_same(study):
    few = two(study)
    old = synthetic.as_in_format_one(few)
    assert "scenario_amended" in old.attrs and "scenario" not in old
    same(an.premium_table(few), an.premium_table(old))
    assert an.headline(few, an.premium_table(few)) == an.headline(old, an.premium_table(old))


def test_a_cut_dataset_keeps_what_each_arm_is(study):
    # Attributes of the root named the arm; a selection must not need them.
    few = study.sel(arm=["exclusive", "amended"]).isel(replication=[3, 4])
    assert scenario_text.tree(few, "exclusive")["title"] == "exclusive"
    assert study_data.discount_rate(few) == 0.10 and str(study_data.valuation_date(few)) == "2026-04-27"
    one = study.sel(arm="exclusive")
    assert study_data.baseline(one) == "exclusive" and an.horizon(one) == "2030"


def test_studies_joined_along_replications_count_all_futures(study):
    first, second = two(study), two(synthetic.study(8, seed=11))
    joined = xr.concat([first, second], "replication")
    table = an.premium_table(joined).set_index(["firm", "layer"])
    parts = [an.premium_table(x).set_index(["firm", "layer"])["mean"] for x in (first, second)]
    both = (parts[0] + parts[1]) / 2  # 8 futures each
    assert table["pairs"].eq(16).all() and table["mean"]["microsoft", "all"] == pytest.approx(both["microsoft", "all"])
    from rackrate.analysis.page import html

    assert "16 paired futures" in html(joined)


def test_a_future_joined_twice_is_refused(study):
    few = two(study)
    with pytest.raises(
        ValueError, match="replication 0 is in the dataset twice with the same numbers; join studies of different seeds"
    ):
        an.premium_table(xr.concat([few, few], "replication"))


def test_a_join_along_an_unknown_dimension_says_what_to_choose(study):
    joined = xr.concat([two(study), two(study)], "variant")
    for ask in (an.headline, an.figure.fan, an.figure.premium_by_firm):
        with pytest.raises(
            ValueError,
            match=r"has 2 studies along 'variant', and this is about one; choose one with ds.isel\(variant=0\)",
        ):
            ask(joined, an.premium_table(joined)) if ask is an.headline else ask(joined)
    same(an.premium_table(joined.isel(variant=0)), an.premium_table(two(study)))


def test_joined_scenarios_that_differ_under_one_name_are_refused(study):
    first = two(study)
    other = synthetic.with_scenarios(
        two(synthetic.study(8, seed=11)),
        lambda t: t.replace("lambda_lab = { value = 0.5", "lambda_lab = { value = 0.9"),
    )
    with pytest.raises(ValueError, match="the joined studies differ in scenario of 'amended'"):
        an.premium_table(xr.concat([first, other], "replication"))


def test_a_copy_in_netcdf_says_the_same(study, tmp_path):
    few = two(study)
    few.to_netcdf(tmp_path / "copy.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "copy.nc", engine="h5netcdf") as copy:
        same(an.premium_table(few), an.premium_table(copy))


def test_forks_joined_along_arms_are_compared():
    # After day 2 aws may host too: whatever moves, the pair of runs is a study of two arms.
    sim = rr.Simulation("toy-10")
    sim.run_until("2026-01-03")
    fork = sim.fork()
    fork.override({"contracts.oai-az.versions.first.clauses.exclusive.enabled": False})
    sim.run(), fork.run()
    joined = xr.concat(
        [sim.results().assign_coords(arm=["closed"]), fork.results().assign_coords(arm=["opened"])], "arm"
    )
    table = an.premium_table(joined)
    npv = joined["npv"].sel(firm="oai").isel(replication=0)
    row = table[(table["firm"] == "oai") & (table["layer"] == "all")].iloc[0]
    assert (
        row["mean"] * 1e9 == pytest.approx(abs(float(npv.sel(arm="opened") - npv.sel(arm="closed"))), abs=1e-3)
        or row["mean"] < 0
    )
    with pytest.raises(ValueError, match="two arms 'toy-10'; rename one before joining"):
        an.premium_table(xr.concat([sim.results(), fork.results()], "arm"))


def test_a_dataset_without_arms_says_how_to_join(study):
    with pytest.raises(ValueError, match=r"no dimension 'arm'; join runs with xr\.concat"):
        an.by_period(study.isel(arm=0, drop=True))


@pytest.mark.parametrize(
    "change, says",
    [
        (lambda ds: ds.assign(discount_rate=("arm", [0.1, 0.0])), "differ in discount_rate: 0.1 and 0;"),
        (
            lambda ds: ds.assign(valuation_date=("arm", np.array(["2026-04-27", "2025-07-01"], object))),
            "differ in valuation_date: 2026-04-27 and 2025-07-01;",
        ),
        (
            lambda ds: ds.assign(
                run_end=ds["run_end"].where(ds["arm"] == "amended", np.datetime64("2029-01-01", "ns"))
            ),
            "run to different ends",
        ),
        (
            lambda ds: ds.assign(
                outlay_enterprises=ds["outlay_enterprises"].where(
                    (ds["arm"] == "amended") | (ds["time"] < np.datetime64("2029-01-01"))
                )
            ),
            "over different months",
        ),
        (
            lambda ds: ds.assign(
                scenario=(
                    "arm",
                    np.array(
                        [
                            str(ds["scenario"].values[0]),
                            str(ds["scenario"].values[1]).replace("[run]", '[run]\nwindow = "7 d"'),
                        ],
                        object,
                    ),
                )
            ).pipe(
                lambda d: d.assign(
                    scenario=(
                        "arm",
                        np.array(
                            [
                                str(d["scenario"].values[0]).replace("[run]", '[run]\nwindow = "1 d"'),
                                str(d["scenario"].values[1]),
                            ],
                            object,
                        ),
                    )
                )
            ),
            "differ in run.window: 1 d and 7 d",
        ),
        (lambda ds: ds.assign(seed=("arm", [1, 2])), "differ in seed: 1 and 2"),
        (
            lambda ds: ds.assign(program_version=("arm", np.array(["0.1", "0.2"], object))),
            "differ in program_version: 0.1 and 0.2",
        ),
    ],
)
def test_arms_that_cannot_be_compared_are_refused_before_a_number(study, change, says, tmp_path):
    unequal = change(two(study, 3).copy())
    for ask in (
        an.premium_table,
        an.premium,
        lambda ds: an.difference(ds, "npv", "exclusive"),
        lambda ds: an.who_pays(ds, "exclusive"),
        lambda ds: an.service_table(ds, "exclusive"),
        lambda ds: an.report(ds, tmp_path / "r.html"),
        an.comparable,
    ):
        with pytest.raises(an.NotComparable, match=says):
            ask(unequal)
    assert list(tmp_path.iterdir()) == []


def test_equal_arms_pass_and_one_arm_is_always_comparable(study):
    an.comparable(study), an.comparable(study.sel(arm=["amended"]))


@pytest.mark.parametrize(
    "end, words",
    [
        ("2031-01-01", "2030"),
        ("2025-09-01", "August 2025"),
        ("2025-08-16", "15 August 2025"),
        ("2025-08-16T06:00", "16 August 2025"),
        ("2026-01-01", "2025"),
    ],
)
def test_the_horizon_is_the_last_day_that_was_run(study, end, words):
    few = two(study, 2)
    few = few.assign(run_end=(("arm", "replication"), np.full((2, 2), np.datetime64(end, "ns"))))
    months = few["time"] < np.datetime64(end)
    few = few.assign(
        {
            n: few[n].where(months)
            for n in (
                "revenue",
                "gross_profit",
                "cost",
                "value_added",
                "payment",
                "outlay_enterprises",
                "outlay_consumers",
            )
        }
    )
    assert an.horizon(few) == words
    assert f"through {words}" in an.headline(few, an.premium_table(few)).sentence
    # Files without ends of runs know whole months: a run that ends with a month says the same.
    if end.endswith("-01"):
        assert an.horizon(few.drop_vars("run_end")) == words


NAMES = {
    "firm of a fan": lambda ds: an.figure.fan(ds, "revenue", firm="microsft"),
    "layer of a fan": lambda ds: an.figure.fan(ds, "revenue", firm="microsoft", layer="modell"),
    "cloud of a fan": lambda ds: an.figure.fan(ds, "wait", cloud="azur"),
    "variable of a fan": lambda ds: an.figure.fan(ds, "revenu", firm="microsoft"),
    "lab of placements": lambda ds: an.figure.placement_flows(ds, "openia"),
    "arm of a timeline": lambda ds: an.figure.contract_timeline(ds, "amendet"),
    "arm of a difference": lambda ds: an.difference(ds, "npv", "exclusiv"),
    "baseline of a difference": lambda ds: an.difference(ds, "npv", "exclusive", "amendet"),
    "arm of payments": lambda ds: an.who_pays(ds, "exclusiv"),
    "arm of service": lambda ds: an.service_table(ds, "exclusiv"),
    "arm of clauses": lambda ds: an.by_clause(ds, "exclusiv"),
    "arm of a premium": lambda ds: an.premium(ds, exclusive="exclusiv"),
    "arm of transfers": lambda ds: an.clause_transfers(ds, "exclusiv"),
    "arm of a summary": lambda ds: an.fiscal_summary(ds, "exclusiv"),
}


@pytest.mark.parametrize("ask", NAMES.values(), ids=NAMES.keys())
def test_a_name_the_study_does_not_have_is_answered_with_the_nearest(study, ask):
    with pytest.raises(
        an.UnknownName, match=r"Did you mean '(microsoft|model|azure|revenue|openai|amended|exclusive)'\?"
    ):
        ask(study)


def test_a_cloud_in_place_of_a_firm_is_answered_with_its_firm(study):
    with pytest.raises(KeyError, match="'azure' is no firm of the study; its firm is 'microsoft'"):
        an.figure.fan(study, "revenue", firm="azure")
