"""Sweeps whose metric is a known function of the factors: tables, Morris, Sobol and tornado find what is known."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import rackrate as rr
from rackrate import analysis as an
from rackrate.analysis import screening
from rackrate.sweeps.description import coordinates, description

PATHS = {
    "x": "labs.oai.streams.app.price",
    "y": "labs.oai.streams.app.unserved_penalty",
    "z": "clouds.az.regions.one.fleet.h100",
}
NOISE = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])  # of the futures: the same at every point


def sweep(function, kind, factors=None, arms=("open", "shut"), **keys):
    """A dataset like that of a sweep: npv of firm f is the function of the factors' positions plus the future's noise in the
    arm ``shut``, and the noise alone in ``open``; of firm g it is zero."""
    factors = factors or {name: {"path": path, "low": "×0.5", "high": "×1.5"} for name, path in PATHS.items()}
    toy = rr.Scenario.load("toy-10")
    design = rr.Design.of(
        kind=kind, arms=[toy.override({}, name=arm) for arm in arms], replications=len(NOISE), factors=factors, **keys
    )
    told = coordinates(design)
    place = [np.asarray(values, float) - 0.5 for _, values, _ in told.values()] if not keys.get("points") else None
    values = np.asarray(function(*place))
    npv = np.zeros((len(values), len(arms), len(NOISE), 2))
    npv[:, :, :, 0] = 10.0 * NOISE
    npv[:, -1, :, 0] += values[:, None] + NOISE
    ds = xr.Dataset(
        {
            "npv": (("point", "arm", "replication", "firm"), npv, {"units": "USD"}),
            "complete": (("point", "arm", "replication"), np.ones(npv.shape[:3], np.int8)),
        },
        coords={
            "arm": list(arms),
            "firm": ["f", "g"],
            "point": np.arange(len(values)),
            "replication": np.arange(len(NOISE)),
        },
        attrs={"baseline": arms[0], "sweep": description(design)},
    )
    return ds.assign_coords(told)


def linear(x, y, z):
    return 4.0 * x + 2.0 * y + 0.0 * z


def ishigami(x, y, z):
    a, b, c = (2 * np.pi * v - np.pi for v in (x, y, z))
    return np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_the_table_has_a_row_for_each_point_and_arm():
    ds = sweep(linear, "grid")
    table = an.point_table(ds, "npv", "f")
    assert len(table) == 27 * 2
    assert list(table.columns[:6]) == ["point", "x", "y", "z", "arm", "mean"]
    row = table[(table["point"] == 26) & (table["arm"] == "shut")].iloc[0]
    assert (row["x"], row["y"], row["z"]) == (1.5, 1.5, 1.5)
    assert row["mean"] == pytest.approx(6.0) and row["difference"] == pytest.approx(6.0)
    # The noise of both arms is ten times as large as that of their difference: common random numbers.
    assert row["mean_high"] - row["mean_low"] == pytest.approx(11 * (row["difference_high"] - row["difference_low"]))
    known = an.paired(6.0 + NOISE, np.zeros(5), resamples=0)
    assert row["difference_low"] == pytest.approx(known["mean_low"])
    assert row["difference_outcome_high"] == pytest.approx(known["outcome_high"])
    assert len(an.point_table(ds, "npv")) == 27 * 2 * 2  # both firms


def test_a_run_that_is_not_done_is_left_out_of_both_arms():
    ds = sweep(linear, "grid")
    ds["complete"][3, 0, 4] = 0
    ds["npv"][3, 0, 4] = np.nan
    ds["npv"][5] = np.nan
    ds["complete"][5] = 0
    values = an.point_values(ds, "npv", "f", "shut")
    known = an.paired(linear(0, 0.5, 0) + NOISE[:4], np.zeros(4), resamples=0)
    assert values["mean"][3] == pytest.approx(known["mean"]) and values["mean_low"][3] == pytest.approx(
        known["mean_low"]
    )
    assert values["replications"].values[[3, 4, 5]].tolist() == [4, 5, 0]
    assert np.isnan(values["mean"][5]) and not np.isnan(values["mean"][4])
    with pytest.raises(ValueError, match="point 5 is not done"):
        an.tornado(ds, "npv", "f", "shut")


def test_the_table_agrees_with_difference_at_each_point():
    ds = sweep(linear, "one-at-a-time")
    values = an.point_values(ds, "npv", "f", "shut", level=0.8)
    for point in range(ds.sizes["point"]):
        alone = an.difference(
            ds.isel(point=point, drop=True).drop_attrs(deep=False).assign_attrs(baseline="open"),
            "npv",
            "shut",
            level=0.8,
            resamples=0,
        )
        for key in ("mean", "mean_low", "mean_high", "outcome_low", "outcome_high"):
            assert values[key].values[point] == pytest.approx(float(alone[key].sel(firm="f")))


def test_morris_finds_the_slopes_of_a_plane():
    found = an.morris(sweep(linear, "morris", trajectories=6), "npv", "f", "shut")
    assert found["mu_star"].values == pytest.approx([4.0, 2.0, 0.0], abs=1e-9)
    assert found["mu"].values == pytest.approx([4.0, 2.0, 0.0], abs=1e-9)
    assert found["sigma"].values == pytest.approx([0.0] * 3, abs=1e-9)  # no interactions
    assert found["factor"].values.tolist() == ["x", "y", "z"] and found["mu_star"].attrs["units"] == "USD"


def test_morris_sees_an_interaction():
    found = an.morris(sweep(lambda x, y, z: 4 * x * y, "morris", trajectories=20), "npv", "f", "shut")
    assert found["sigma"].values[0] > 0.5 and found["sigma"].values[2] == pytest.approx(0.0, abs=1e-9)


def test_sobol_finds_the_indices_of_ishigami():
    # S1 = 0.3139, 0.4424, 0; ST = 0.5576, 0.4424, 0.2437; S2 of x and z = 0.2437 (Saltelli et al., 2008).
    found = an.sobol(sweep(ishigami, "saltelli", samples=1024, second_order=True), "npv", "f", "shut", resamples=50)
    assert found["S1"].values == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found["ST"].values == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert found["S2"].values[0, 2] == pytest.approx(0.2437, abs=0.05) == found["S2"].values[2, 0]
    assert (found["ST_half"] > 0).all()


def test_sobol_of_what_does_not_vary_is_refused():
    with pytest.raises(ValueError, match="the same at all points"):
        an.sobol(sweep(lambda x, y, z: 0 * x, "saltelli", samples=4), "npv", "f", "shut")


def test_the_tornado_of_a_plane_has_its_slopes():
    table = an.tornado(sweep(linear, "one-at-a-time"), "npv", "f", "shut")
    assert table["factor"].tolist() == ["x", "y", "z"]
    assert table["swing"].tolist() == pytest.approx([4.0, 2.0, 0.0])
    assert table[["low", "high"]].iloc[0].tolist() == ["×0.5", "×1.5"]
    assert table.attrs["centre"] == pytest.approx(3.0)
    # An end is a point of five futures: its error is theirs.
    assert table["low_error"][0] == pytest.approx(float(an.paired(NOISE, NOISE * 0, resamples=0)["mean_high"]))


def test_the_tornado_of_a_sample_is_that_of_its_ends():
    # The means of the two outer fifths of a uniform factor are 0.8 of the range apart.
    table = an.tornado(sweep(linear, "sobol", samples=512), "npv", "f", "shut")
    assert table["swing"].tolist() == pytest.approx([3.2, 1.6, 0.0], abs=0.15)


def test_categories_and_dates_have_their_places():
    factors = {
        "x": {"path": "prices.rule", "values": ["frozen", "quarterly"]},
        "when": {"path": "clouds.aws.regions.one.lots.second-hall.arrives", "low": "2026-01-03", "high": "2026-01-07"},
    }
    toy = rr.Scenario.load("toy-10")
    design = rr.Design.of(kind="morris", arms=[toy], samples=4, factors=factors, replications=1)
    told = coordinates(design)
    late = (told["when"][1] - np.datetime64("2026-01-03")) / np.timedelta64(1, "D")
    npv = np.where(told["x"][1] == "quarterly", 5.0, 0.0) + late
    ds = xr.Dataset(
        {"npv": (("point", "arm", "replication"), npv[:, None, None], {"units": "USD"})},
        coords={"arm": ["toy-10"], "replication": [0]}, attrs={"sweep": description(design)},
    ).assign_coords(told)  # fmt: skip
    found = an.morris(ds)
    assert found["mu_star"].values[0] == pytest.approx(
        5.0 / (2 / 3)
    )  # one step of two thirds of the range makes the change
    assert found["mu_star"].values[1] == pytest.approx(4.0, abs=0.8)  # whole days


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda ds: an.morris(ds, "npv", "f"), "the sweep is of kind 'grid'; expected 'morris'"),
        (lambda ds: an.sobol(ds, "npv", "f"), "the sweep is of kind 'grid'; expected 'saltelli'"),
        (lambda ds: an.tornado(ds, "npv"), "'npv' has a value for each firm; choose one"),
        (lambda ds: an.point_values(ds.isel(point=0)), "the dataset is of no sweep"),
        (lambda ds: an.point_values(ds, "npw"), "did not record 'npw'"),
        (lambda ds: an.point_values(ds, "npv", "h"), "has no firm 'h'"),
        (lambda ds: an.point_values(ds, "npv", "f", "open ", None), "has no arm"),
    ],
)
def test_a_wrong_question_is_one_sentence(ask, sentence):
    with pytest.raises((ValueError, KeyError), match=sentence):
        ask(sweep(linear, "grid"))


def test_the_figure_says_whose_premium_it_is_and_where_the_ends_are():
    ds = sweep(linear, "one-at-a-time")
    figure = an.figure.tornado(ds, "npv", "f", "shut")
    svg = an.figure.svg(figure, "tornado")
    assert "×0.5" in svg and "×1.5" in svg
    assert "shut minus open" in " ".join(figure.get_suptitle().split())


def test_the_tables_of_a_sweep_are_saved(tmp_path):
    pd = pytest.importorskip("pandas")
    ds = sweep(linear, "one-at-a-time")
    import rackrate.tables  # noqa: F401

    table = ds.rackrate.to_pandas(metric="npv", firm="f")
    assert len(table) == 7 * 2
    ds.rackrate.to_excel(tmp_path / "points.xlsx", firm="f")
    assert pd.read_excel(tmp_path / "points.xlsx")["mean"].tolist() == pytest.approx(table["mean"].tolist())
    pytest.importorskip("pyarrow")
    ds.rackrate.to_parquet(tmp_path / "points.parquet", firm="f")
    assert pd.read_parquet(tmp_path / "points.parquet")["arm"].tolist() == table["arm"].tolist()


# Screening by rank correlation


def hypercube(function, samples, seed=1):
    return sweep(function, "latin-hypercube", samples=samples, points_seed=seed)


def test_screening_finds_what_moves_the_metric_in_the_order_of_its_strength():
    ds = hypercube(lambda x, y, z: np.exp(x) - y + 0.0 * z, 200, seed=2)
    found = an.screened(ds, "npv", "f")
    assert list(found["factor"]) == ["x", "y", "z"]
    assert list(found["found"]) == [True, True, False]
    values = an.point_values(ds, "npv", "f")["mean"].values
    for row in found.itertuples():  # scipy's own, by another way
        known = stats.spearmanr(ds[row.factor].values, values)
        assert row.correlation == pytest.approx(known.statistic, abs=1e-12)
        assert row.correlation_low < row.correlation < row.correlation_high
    assert found["correlation"][0] > 0 > found["correlation"][1]
    assert found["at_high"][0] > found["at_low"][0] and found["at_high"][1] < found["at_low"][1]
    assert 0.9 < found.attrs["explained"] <= 1.0


def test_a_factor_without_effect_is_found_as_rarely_as_the_interval_says():
    # What is found where nothing is: by Benjamini and Hochberg in at most a tenth of all studies.
    rng = np.random.default_rng(5)
    times = sum(
        bool(an.screened(hypercube(lambda x, y, z: rng.normal(size=len(x)), 25, seed), "npv", "f")["found"].any())
        for seed in range(60)
    )
    assert times <= 13  # 6 expected at most; 99.7 % of such counts are below


def test_the_interval_of_a_rank_correlation_holds_the_true_one():
    # Spearman's of a normal pair is 6 / pi asin(rho / 2).
    rng, rho, inside, trials = np.random.default_rng(3), 0.5, 0, 400
    true = 6.0 / np.pi * np.arcsin(rho / 2.0)
    for _ in range(trials):
        x = rng.normal(size=60)
        y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=60)
        correlation = screening._correlations(stats.rankdata(x)[:, None], stats.rankdata(y))
        low, high = screening._interval(correlation, 60, 0.9)
        inside += bool(low[0] <= true <= high[0])
    assert abs(inside / trials - 0.9) < 0.045  # three standard errors


def test_too_few_points_and_one_factor_at_a_time_are_refused():
    with pytest.raises(ValueError, match="4 points are too few to screen; expected at least 10"):
        an.screened(hypercube(linear, 4), "npv", "f")
    with pytest.raises(ValueError, match="one factor at a time"):
        an.screened(sweep(linear, "one-at-a-time"), "npv", "f")
