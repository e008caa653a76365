"""Big buyers bargain with their clouds: agreements of a run against scipy, what an exclusive right does to them, and the
null cases."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

import rackrate as rr

ENTERPRISES = 400
BARRED = "contracts.openai-microsoft.versions.amended-2026.clauses.api-exclusive.enabled"
ISSUES = {"planning_value": 0.04, "aversion": 0.5, "spread": 0.4, "service_cost": 0.04, "most": 0.3}


def market(**changes):
    scenario = rr.Scenario.load("openai-azure-amended")
    changes = {key.replace("__", "."): value for key, value in changes.items()}
    return scenario.override({"run.enterprises": ENTERPRISES, **changes})


def shortfall(commitment):
    """Mean of what lognormal spending is short of the commitment, by quadrature."""
    sigma = ISSUES["spread"]
    spent = stats.lognorm(sigma, scale=np.exp(-0.5 * sigma**2))
    return integrate.quad(lambda x: (commitment - x) * spent.pdf(x), 0, commitment)[0] if commitment > 0 else 0.0


def best_deal(reliance, margin, weight, value):
    """The greatest Nash product over discount, commitment and service, no worse for the buyer than the list."""
    best = (-np.inf, 0.0)
    for service in (False, True):

        def payoffs(x, service=service):
            missing = shortfall(x[1])
            buyer = reliance + x[0] - (1 + ISSUES["aversion"]) * missing + service * value
            cloud = margin - x[0] + ISSUES["planning_value"] * x[1] + missing - service * ISSUES["service_cost"]
            return buyer, cloud

        def loss(x, payoffs=payoffs):
            buyer, cloud = payoffs(x)
            if buyer <= 0 or cloud <= 0:
                return 1e3
            return -(weight * np.log(buyer) + (1 - weight) * np.log(cloud))

        found = optimize.minimize(loss, [0.1, 0.3], method="Nelder-Mead", bounds=[(-2, 2), (0, 1)],
                                  options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000})  # fmt: skip
        if found.x[0] < 0 and service:
            continue
        if -found.fun > best[0] + 1e-9:
            best = (-found.fun, found.x[0], payoffs(found.x)[0] - reliance)
    return best[1:]


@pytest.fixture(scope="module")
def first_day():
    return rr.Simulation(market()).agreements()


def test_agreements_are_those_of_scipy(first_day):
    checked = 0
    newsvendor = stats.lognorm(ISSUES["spread"], scale=np.exp(-0.5 * ISSUES["spread"] ** 2)).ppf(
        ISSUES["planning_value"] / ISSUES["aversion"]
    )
    committed = ISSUES["planning_value"] * newsvendor - ISSUES["aversion"] * shortfall(newsvendor)
    for row in first_day[first_day.spending > 0].head(12).itertuples():
        served = max(0.0, row.service_value - ISSUES["service_cost"])
        at_stake = row.at_stake / row.spending
        if row.gain == 0:  # at list; whether service counts in what was at stake shows in the deal alone
            continue
        margin = at_stake - committed - (served if row.service else 0.0)
        discount, gain = best_deal(row.reliance / row.spending, margin, row.weight, row.service_value)
        assert row.discount == pytest.approx(np.clip(discount, 0.0, ISSUES["most"]), abs=1e-4)
        if discount < ISSUES["most"]:
            assert row.gain / row.spending == pytest.approx(gain, abs=1e-4)
        checked += 1
    assert checked >= 3


def test_discounts_stay_within_their_bounds_and_are_kept_until_the_renewal(first_day):
    assert ((first_day.discount >= 0) & (first_day.discount <= ISSUES["most"])).all()
    assert (first_day.since == first_day.since.iloc[0]).all() and (first_day.until > first_day.since).all()
    assert (first_day[first_day.gain == 0].discount == 0).all()


def test_who_has_no_weight_buys_at_list():
    agreed = rr.Simulation(market(buyers__weight=0, buyers__weight_by_spend=0)).agreements()
    assert len(agreed) > 10 and (agreed.discount == 0).all() and not agreed.service.any()


def test_bargains_that_come_to_nothing_change_nothing():
    nothing = {"buyers__most_discount": 0, "buyers__service_value": 0, "buyers__planning_value": 0}
    arms = {"bargain": market(**nothing), "list": market(buyers__least_size="1000 B$/y")}
    study = rr.compare(arms, replications=1, fixed_parameters=True, until="2026-01-01", threads=1)
    same = study.drop_vars(["discount", "reliance", "leverage"])
    for name, values in same.data_vars.items():
        if "arm" in values.dims and values.dtype.kind == "f":
            a, b = (values.sel(arm=arm).values for arm in arms)
            assert np.array_equal(a, b, equal_nan=True), name
    assert (study["discount"].fillna(0) == 0).all()
    assert study["reliance"].sel(arm="bargain").notnull().any() and study["reliance"].sel(arm="list").isnull().all()


def test_an_exclusive_right_makes_azures_accounts_depend_on_it_and_costs_them_their_discount():
    after = []
    for scenario in (market(), market().override({BARRED: True})):
        simulation = rr.Simulation(scenario)
        simulation.run_until("2028-08-01")  # every account has renewed since April 2026, but for a quarter of a term
        agreed = simulation.agreements()
        after.append(agreed[(agreed.cloud == "azure") & (agreed.since > "2026-09-01")])
    open_, barred = after
    reliance = [rows.reliance.sum() / rows.spending.sum() for rows in after]
    assert 1 - reliance[0] / reliance[1] > 0  # the leverage index
    assert (open_.gain.sum() / open_.at_stake.sum()) > (barred.gain.sum() / barred.at_stake.sum())


@pytest.mark.parametrize(
    "key, value", [("weight", 1.2), ("most_discount", 0.95), ("term", 0), ("least_size", "-1 $/y")]
)
def test_values_that_make_no_sense_are_refused(key, value):
    with pytest.raises(rr.ScenarioError, match=f"buyers.{key}"):
        market(**{f"buyers__{key}": value})
