"""neocloud-entry: clouds that are not there come where large clouds cannot connect power, and stay away where they can."""

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

NAME, ENTRANTS = "neocloud-entry", ("neo-rated", "neo-unrated")
OTHERS = ["azure", "aws", "gcp", "oci", "coreweave"]


def scenario(text, folder, name):
    path = folder / f"{name}.toml"
    path.write_text(text.replace('extends = "', f'extends = "{FOLDER}/'))
    return rr.Scenario.load(str(path)).override({"run.enterprises": 100}, name=name)


def run(text, folder, name, seed):
    sim = rr.Simulation(scenario(text, folder, name), seed=seed)
    sim.run()
    return sim.results().squeeze()


@pytest.fixture(scope="module")
def texts():
    here = (FOLDER / f"{NAME}.toml").read_text()
    lists = here[here.index("[prices]") : here.index("[firms.neo-rated]")]
    return {
        "scarce": here,
        "plenty": here.replace('extends = "power-crunch"', 'extends = "openai-azure-amended"').replace(lists, ""),
        "closed": here[: here.index("[firms.neo-rated]")],
    }


@pytest.fixture(scope="module")
def worlds(texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("entry")
    return {name: run(texts[name], folder, name, 7) for name in ("scarce", "plenty")}


def entered(ds):
    return [float(ds["entered_day"].sel(cloud=cloud)) for cloud in ENTRANTS]


def test_scarce_power_draws_clouds_in_and_plenty_draws_none(worlds):
    rated, unrated = entered(worlds["scarce"])
    assert 365 < rated < unrated, "capital that costs more asks for more before it comes"
    assert np.isnan(entered(worlds["plenty"])).all()
    assert float(worlds["plenty"]["entry_value"].max()) < 1.4, "no site is worth enough to stop waiting"


def test_an_entrant_has_nothing_before_its_day_and_sells_after_its_first_power(worlds):
    ds = worlds["scarce"]
    months = (ds["time"].values - ds["time"].values[0]) / np.timedelta64(1, "D")
    for cloud, day in zip(ENTRANTS, entered(ds), strict=True):
        before = months + 31 <= day
        of_cloud = ds.sel(cloud=cloud)
        for name in (
            "capital_chips",
            "capital_shells",
            "capital_power",
            "capital_committed",
            "sites_started",
            "customer_use",
        ):
            assert (of_cloud[name].values[before] == 0).all(), name
        assert (ds["payment"].sel(payer=cloud).sum("payee").values[before] == 0).all()
        assert np.isnan(of_cloud["net_debt"].values[before]).all()
        assert np.isnan(of_cloud["entry_value"].values[months >= day]).all()
        used = of_cloud["customer_use"].values
        assert months[used > 0].min() > day + 200, "a site takes its time"
        assert used[-12:].mean() > 50e3
        paid = ds["payment"].sel(payer="investors", payee=cloud)
        assert float(paid.sum()) == pytest.approx(1.5e9)


def test_capital_per_megawatt_is_what_the_industry_says(worlds):
    """35 B$ for a GW of GB200 (scenarios/data/facilities.csv)."""
    first = float(worlds["plenty"]["capital_per_mw"].sel(cloud="coreweave").values[0])
    assert first == pytest.approx(35e6, rel=0.05)
    for ds in worlds.values():
        assert (ds["frontier_clouds"] >= 7).all()
    assert float(worlds["scarce"]["frontier_clouds"].values[-1]) > float(worlds["plenty"]["frontier_clouds"].values[-1])


@pytest.mark.slow
def test_what_entrants_sell_comes_mostly_from_others_and_lowers_their_lists(texts, tmp_path):
    new, lost, lists = 0.0, 0.0, 0.0
    for seed in (7, 8, 9):
        scarce, closed = (run(texts[name], tmp_path, name, seed).sel(time="2030") for name in ("scarce", "closed"))
        new += float(scarce["customer_use"].sel(cloud=list(ENTRANTS)).sum("cloud").mean())
        lost += float((closed["customer_use"] - scarce["customer_use"]).sel(cloud=OTHERS).sum("cloud").mean())
        lists += float((scarce["compute_price"] - closed["compute_price"]).sel(cloud=OTHERS).mean())
    assert 0.4 * new < lost < 0.8 * new
    assert lists < 0
