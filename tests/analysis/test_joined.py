"""Datasets as users combine them: joined, merged, saved, cut, side by side. They answer as the whole study does."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an

EXCLUSIVE = "contracts.oai-az.versions.first.clauses.exclusive.enabled"
PRICE = "labs.oai.streams.app.price"
UNTIL = "2026-01-10"


@pytest.fixture(scope="module")
def arms():
    closed = rr.Scenario.load("toy-10").override({}, name="closed")
    return {"closed": closed, "open": closed.override({EXCLUSIVE: False}, name="open")}


@pytest.fixture(scope="module")
def whole(arms):
    return rr.compare(arms, replications=4, until=UNTIL)


@pytest.fixture(scope="module")
def halves(arms):
    return [rr.compare(arms, replications=some, until=UNTIL) for some in (range(2), range(2, 4))]


@pytest.fixture(scope="module")
def runs(arms):
    return [rr.run(scenario, replications=4, until=UNTIL) for scenario in arms.values()]


@pytest.fixture(scope="module")
def dear(arms):
    return rr.compare(
        {name: s.override({PRICE: "7 $/H100e-h"}, name=name) for name, s in arms.items()}, replications=4, until=UNTIL
    )


OUTER = {"join": "outer", "compat": "no_conflicts"}
JOINS = {
    "concat": lambda h, r: xr.concat(h, "replication"),
    "concat of all variables": lambda h, r: xr.concat(h, "replication", data_vars="all"),
    "concat of as few as possible": lambda h, r: xr.concat(
        h, "replication", data_vars="minimal", coords="minimal", compat="override"
    ),
    "concat without attributes": lambda h, r: xr.concat(h, "replication", combine_attrs="drop"),
    "concat of equal attributes": lambda h, r: xr.concat(h, "replication", combine_attrs="drop_conflicts"),
    "merge of replications": lambda h, r: xr.merge(h, **OUTER),
    "merge of replications without attributes": lambda h, r: xr.merge(h, **OUTER, combine_attrs="drop"),
    "combine_by_coords": lambda h, r: xr.combine_by_coords(h, data_vars="all", **OUTER, combine_attrs="drop_conflicts"),
    "combine_nested": lambda h, r: xr.combine_nested(h, "replication", data_vars="all", **OUTER),
    "combine_first": lambda h, r: h[0].combine_first(h[1]),
    "lazy": lambda h, r: xr.concat([x.chunk({"replication": 1}) for x in h], "replication"),
    "concat of arms": lambda h, r: xr.concat(r, "arm", join="outer"),
    "concat of arms without attributes": lambda h, r: xr.concat(r, "arm", join="outer", combine_attrs="drop"),
    "merge of arms": lambda h, r: xr.merge(r, **OUTER),
    "merge of arms without attributes": lambda h, r: xr.merge(r, **OUTER, combine_attrs="drop"),
}

ASKED = {
    "difference": lambda ds: an.difference(ds, "npv", "closed", "open", resamples=50),
    "monthly difference": lambda ds: an.difference(ds, "revenue", "closed", "open", resamples=0),
    "premium": lambda ds: an.premium(ds, resamples=0),
    "premium table": lambda ds: an.premium_table(ds, resamples=0),
    "headline": lambda ds: an.headline(ds, an.premium_table(ds, resamples=0)).sentence,
    "quarters": lambda ds: an.by_period(ds, "quarter"),
    "fiscal summary": lambda ds: an.fiscal_summary(ds, "closed")[0],
    "who pays": lambda ds: an.who_pays(ds, "closed", "open"),
    "service": lambda ds: an.service_table(ds, "closed", "open"),
    "levels": lambda ds: an.service_levels(ds, "open"),
    "clauses": lambda ds: an.by_clause(ds, "closed"),
    "dates": an.clause_dates,
    "transfers": lambda ds: an.clause_transfers(ds, "closed"),
    "concentration": lambda ds: an.yearly_concentration(ds),
    "unserved": an.unserved_share,
    "statement": lambda ds: an.statement(ds, "oai-az", arm="closed", replication=3),
    "commitments": lambda ds: an.commit_book(ds, arm="closed"),
    "horizon": an.horizon,
    "values": lambda ds: an.values_table(ds, ["revenue", "cost"]),
}

FIGURES = {
    "fan": lambda ds: an.figure.fan(ds, "revenue", firm="oai"),
    "paired fan": lambda ds: an.figure.fan(ds, "revenue", firm="oai", paired=True),
    "premium by firm": lambda ds: an.figure.premium_by_firm(ds, an.premium_table(ds, resamples=0)),
    "timeline": lambda ds: an.figure.contract_timeline(ds),
    "scarcity": an.figure.scarcity,
    "unserved": an.figure.unserved,
}


def same(here, there):
    """Equal answers, whatever order labels came in."""
    if isinstance(there, pd.DataFrame):
        keys = [str(c) for c in there.columns if there[c].dtype.kind not in "fi"]
        a, b = (
            pd.DataFrame(f).sort_values(keys, ignore_index=True) if keys else pd.DataFrame(f) for f in (here, there)
        )
        pd.testing.assert_frame_equal(a, b, check_dtype=False, check_column_type=False)
    elif isinstance(there, xr.Dataset | xr.DataArray):
        a, b = xr.align(here, there, join="outer")
        xr.testing.assert_allclose(a.transpose(*b.dims), b)
    elif isinstance(there, str) and "\n" in there:
        assert sorted(here.splitlines()) == sorted(there.splitlines())
    else:
        assert here == there


@pytest.fixture(scope="module")
def answers(whole):
    return {name: ask(whole) for name, ask in ASKED.items()}


@pytest.mark.parametrize("how", JOINS)
def test_a_join_answers_as_the_whole_study(halves, runs, answers, how):
    joined = JOINS[how](halves, runs)
    for name, ask in ASKED.items():
        if "without attributes" in how and name in ("fiscal summary",):
            continue
        same(ask(joined), answers[name])


@pytest.mark.parametrize("how", ["concat", "merge of replications", "merge of arms", "combine_first"])
def test_figures_and_the_report_take_a_join(halves, runs, how, tmp_path):
    joined = JOINS[how](halves, runs)
    for draw in FIGURES.values():
        assert draw(joined).axes
    page = an.report(joined, tmp_path / "r.html").read_text("utf-8")
    assert "4 paired futures" in page


@pytest.mark.parametrize(
    "how",
    [
        "concat",
        pytest.param("merge of replications", marks=pytest.mark.slow),
        pytest.param("merge of arms", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "opener", [rr.open, lambda p: xr.open_dataset(p, engine="h5netcdf")], ids=["rackrate", "xarray"]
)
@pytest.mark.filterwarnings("ignore:.*was saved by another program")
def test_a_join_that_was_saved_and_opened_answers_alike(halves, runs, answers, how, opener, tmp_path):
    JOINS[how](halves, runs).to_netcdf(tmp_path / "joined.nc", engine="h5netcdf")
    with opener(tmp_path / "joined.nc") as ds:
        for name, ask in ASKED.items():
            same(ask(ds), answers[name])
        an.report(ds, tmp_path / "r.html")


CUTS = {
    "replications": lambda ds: ds.sel(replication=[1, 3]),
    "one replication": lambda ds: ds.isel(replication=2),
    "months": lambda ds: ds.isel(time=slice(0, 1)),
    "firms": lambda ds: ds.sel(firm=["az", "oai"]),
    "arms turned round": lambda ds: ds.isel(arm=[1, 0]),
    "transposed": lambda ds: ds.transpose(),
    "some variables": lambda ds: ds[["npv", "gross_profit", "revenue", "cost", "value_added", "complete", "scenario"]],
    "without attributes": lambda ds: ds.drop_attrs(),
    "lazy": lambda ds: ds.chunk({"replication": 1}),
    "masked": lambda ds: ds.where(ds["complete"] == 1),
    "a scalar more": lambda ds: ds.assign_coords(factor=3.0, note="x"),
    "a variable more": lambda ds: ds.assign(mine=("quantile", [0.1, 0.9])),
    "by a dictionary": lambda ds: xr.Dataset.from_dict(ds.to_dict()),
}


@pytest.mark.parametrize("how", CUTS)
def test_a_cut_answers_for_what_is_left(whole, how, tmp_path):
    cut = CUTS[how](whole)
    left = an.difference(cut, "npv", "closed", "open", resamples=0)
    picked = whole["npv"].sel(replication=np.atleast_1d(cut["replication"].values))
    wanted = (picked.sel(arm="closed") - picked.sel(arm="open")).mean("replication")
    xr.testing.assert_allclose(
        left["mean"].reset_coords(drop=True), wanted.sel(firm=left["firm"]).reset_coords(drop=True)
    )
    an.premium(cut, resamples=0), an.premium_table(cut, resamples=0), an.by_period(cut, "year")
    if how != "some variables":
        for draw in FIGURES.values():
            draw(cut)
    if how in ("replications", "one replication", "months", "masked"):
        an.report(cut, tmp_path / "r.html")


def test_a_month_without_its_dimension_is_answered_with_how_to_keep_it(whole):
    month = whole.isel(time=0)
    assert np.isfinite(an.difference(month, "npv", "closed", "open", resamples=0)["mean"]).all()
    for ask in (an.by_period, an.premium_table, lambda ds: an.figure.fan(ds, "revenue", firm="oai")):
        with pytest.raises(
            ValueError, match=r"cut to one month, without the dimension 'time'; keep it: ds\.isel\(time=\[0\]\)"
        ):
            ask(month)


@pytest.fixture(scope="module")
def points(whole, dear):
    """As a sweep has it: a dimension in front, and a coordinate for each factor."""
    side = xr.concat([whole, dear], pd.Index([0, 1], name="point"), data_vars="all", combine_attrs="drop_conflicts")
    return side.assign_coords(tariff=("point", [6.0, 7.0]), rule=("point", ["as it is", "dear"]))


TABLES = ("premium table", "quarters", "who pays", "service", "levels", "clauses", "dates", "statement", "commitments",
          "values")  # fmt: skip
DATASETS = ("difference", "monthly difference", "premium", "transfers", "concentration", "unserved")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_points_is_that_of_each_below_the_other(points, whole, dear, name):
    table, parts = ASKED[name](points), [ASKED[name](one) for one in (whole, dear)]
    assert table.columns.tolist()[:3] == ["point", "tariff", "rule"] and type(table) is type(parts[0])
    for point, (part, price) in enumerate(zip(parts, (6.0, 7.0), strict=True)):
        mine = table[table["point"] == point]
        assert (mine["tariff"] == price).all()
        same(mine.drop(columns=["point", "tariff", "rule"]).reset_index(drop=True), part)
    assert table.attrs == parts[0].attrs


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_of_points_has_the_dimension_in_front(points, whole, dear, name):
    side = ASKED[name](points)
    assert side["tariff"].dims == ("point",) and side["rule"].values.tolist() == ["as it is", "dear"]
    for point, one in enumerate((whole, dear)):
        part = ASKED[name](one)
        here = side.sel(point=point).reset_coords(["point", "tariff", "rule"], drop=True)
        xr.testing.assert_allclose(here, part)
        assert dict(here.attrs) == dict(part.attrs)
    some = side if isinstance(side, xr.DataArray) else side["mean"]
    assert some.dims[0] == "point"


def test_present_values_take_the_rate_and_the_date_of_each_point(whole):
    other = whole.assign(
        discount_rate=("arm", [0.2, 0.2]), valuation_date=("arm", np.array(["2026-01-05"] * 2, object))
    )
    side = xr.concat([whole, other], pd.Index(["a", "b"], name="rate"), data_vars="all")
    value = an.discounted(side, "revenue")
    assert value.dims[0] == "rate"
    for label, one in (("a", whole), ("b", other)):
        xr.testing.assert_allclose(value.sel(rate=label, drop=True), an.discounted(one, "revenue"))


def test_two_further_dimensions_are_told_apart(whole, dear):
    row = [xr.concat([whole, dear], pd.Index([6.0, 7.0], name="tariff"), data_vars="all") for _ in range(2)]
    grid = xr.concat(row, pd.Index(["x", "y"], name="rule"), data_vars="all")
    side = an.premium(grid, resamples=0)
    assert side["mean"].dims == ("rule", "tariff", "firm")
    xr.testing.assert_allclose(side["mean"].sel(rule="y", tariff=7.0, drop=True), an.premium(dear, resamples=0)["mean"])
    table = an.by_period(grid, "year")
    assert table.columns.tolist()[:2] == ["rule", "tariff"] and len(table) == 2 * (
        len(an.by_period(whole, "year")) + len(an.by_period(dear, "year"))
    )


def test_points_that_are_not_equally_finished_have_their_own_pairs(points, whole, dear):
    done = points["complete"].copy()
    done.loc[{"point": 1, "replication": [2, 3]}] = 0
    done.loc[{"point": 0, "replication": 1, "arm": "open"}] = 0
    unfinished = points.assign(complete=done)
    side = an.difference(unfinished, "npv", "closed", "open", resamples=50)
    assert side["pairs"].values.tolist() == [3, 2] and side.attrs["pairs"] == 2
    for point, some, one in ((0, [0, 2, 3], whole), (1, [0, 1], dear)):
        part = an.difference(one.sel(replication=some), "npv", "closed", "open", resamples=50)
        xr.testing.assert_allclose(
            side.sel(point=point).reset_coords(["point", "tariff", "rule", "pairs"], drop=True), part
        )
    nothing = points.assign(complete=points["complete"].where(points["point"] == 0, 0))
    side = an.difference(nothing, "npv", "closed", "open", resamples=0)
    assert side["pairs"].values.tolist() == [4, 0] and np.isnan(side["mean"].sel(point=1)).all()
    with pytest.raises(ValueError, match="no replication that is complete"):
        an.difference(points.assign(complete=points["complete"] * 0), "npv", "closed", "open")


def test_one_point_is_a_study(points, dear, tmp_path):
    one = points.sel(point=1)
    for name in ("premium table", "quarters", "headline", "who pays"):
        same(ASKED[name](one), ASKED[name](dear))
    for draw in FIGURES.values():
        assert draw(one).axes
    alike = dear.copy()
    alike.attrs = points.attrs  # what points do not share is lost in a join: fingerprints
    an.report(one, tmp_path / "one.html"), an.report(alike, tmp_path / "dear.html")
    assert (tmp_path / "one.html").read_text() == (tmp_path / "dear.html").read_text()


@pytest.mark.parametrize("ask", [*FIGURES.values(), lambda ds: an.headline(ds, an.premium_table(ds)),
                                 lambda ds: an.fiscal_summary(ds, "closed"), lambda ds: an.report(ds, "no.html")])  # fmt: skip
def test_what_is_about_one_study_says_how_to_choose(points, ask):
    with pytest.raises(
        ValueError,
        match=r"the dataset has 2 studies along 'point', and this is about one; choose one with ds\.isel\(point=0\)",
    ):
        ask(points)


def test_points_that_ask_other_questions_are_refused(whole, arms):
    turned = rr.compare({"closed": arms["open"], "open": arms["closed"]}, replications=4, until=UNTIL)
    side = xr.concat([whole, turned], pd.Index([0, 1], name="point"), data_vars="all")
    with pytest.raises(ValueError, match=r"closed minus open, but open minus closed at point=1"):
        an.premium(side, resamples=0)
    both = an.premium(side, exclusive="closed", open="open", resamples=0)["mean"]
    xr.testing.assert_allclose(both.sel(point=1, drop=True), -both.sel(point=0, drop=True))


def test_arms_that_cannot_be_compared_at_some_point_are_refused(points, whole):
    odd = points["discount_rate"].astype(float).copy()
    odd.loc[{"point": 1, "arm": "open"}] = 0.5
    with pytest.raises(an.NotComparable, match=r"differ in discount_rate: 0\.5 and 0;"):
        an.difference(points.assign(discount_rate=odd), "npv", "closed", "open")


def test_a_parquet_file_holds_a_table(points, whole, tmp_path):
    ds = whole
    ds.rackrate.to_parquet(tmp_path / "q.parquet")
    back = pd.read_parquet(tmp_path / "q.parquet")
    pd.testing.assert_frame_equal(back, pd.DataFrame(an.quarters_and_years(ds)), check_dtype=False)
    for what in ("year", "premium", "npv", ["revenue", "cost"]):
        ds.rackrate.to_parquet(tmp_path / "t.parquet", what)
        pd.testing.assert_frame_equal(
            pd.read_parquet(tmp_path / "t.parquet"), pd.DataFrame(ds.rackrate.to_pandas(what)), check_dtype=False
        )
    points.rackrate.to_parquet(tmp_path / "p.parquet", "npv")
    assert pd.read_parquet(tmp_path / "p.parquet").columns.tolist() == [
        "point", "tariff", "rule", "arm", "replication", "firm", "npv",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.parquet", "q.parquet", "t.parquet"]


def test_a_table_of_values_says_which_names_there_are(whole):
    with pytest.raises(KeyError, match="Did you mean 'revenue'"):
        whole.rackrate.to_pandas("revenu")
    with pytest.raises(ValueError, match="'revenue' and 'npv' have different dimensions"):
        whole.rackrate.to_pandas(["revenue", "npv"])


def test_a_parquet_file_without_its_library_says_what_to_type(monkeypatch, whole, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'rackrate\[parquet\]'"):
        whole.rackrate.to_parquet(tmp_path / "t.parquet")
