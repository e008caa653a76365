"""The state on 1 July 2025 is what the tables in scenarios/data say, by the arithmetic in the notes."""

from datetime import date

import pytest
from tests.library.reading import figure, figures, number, plain, resolved

WORLD = resolved("base-2025")
MAKERS = {
    "azure": ("Microsoft", "all NVIDIA", "all AMD"),
    "aws": ("Amazon", "all NVIDIA", "all Amazon"),
    "gcp": ("Google", "all NVIDIA", "all Google"),
    "oci": ("Oracle", "all NVIDIA", "all AMD"),
    "coreweave": ("CoreWeave", "all NVIDIA"),
    "meta-fleet": ("Meta", "all NVIDIA", "all AMD"),
}


def chips():
    return {
        chip: body
        for vendor in WORLD["supply"].values()
        if isinstance(vendor, dict)
        for chip, body in vendor.items()
        if isinstance(body, dict) and "h100e" in body
    }


def h100e(units):
    return sum(number(count) * number(chips()[chip]["h100e"]) for chip, count in units)


def owned(cloud, quarter):
    owner, *makers = MAKERS[cloud]
    return sum(figure("fleets", figure=f"stock owned, {maker}", entity=owner, date=quarter) for maker in makers)


def fleet(cloud):
    return h100e(
        (chip, count)
        for region in WORLD["clouds"][cloud]["regions"].values()
        for chip, count in region["fleet"].items()
    )


@pytest.mark.parametrize("cloud", MAKERS)
def test_what_runs_is_what_was_owned_a_quarter_before(cloud):
    # Units are rounded to tens in each of up to three regions and four chips: under 1,000 H100e.
    assert fleet(cloud) == pytest.approx(owned(cloud, "2025Q1"), abs=1000)


@pytest.mark.parametrize("cloud", MAKERS)
def test_what_was_bought_in_the_quarter_before_arrives_in_the_first(cloud):
    lots = [lot for region in WORLD["clouds"][cloud]["regions"].values() for lot in region.get("lots", {}).values()]
    assert all(date(2025, 7, 1) < lot["arrives"] < date(2025, 10, 1) for lot in lots)
    bought = owned(cloud, "2025Q2") - owned(cloud, "2025Q1")
    assert h100e((lot["chip"], lot["units"]) for lot in lots) == pytest.approx(bought, rel=0.005)


@pytest.mark.parametrize("cloud", WORLD["clouds"])
def test_every_region_can_power_the_fleet_it_starts_with(cloud):
    for name, region in WORLD["clouds"][cloud]["regions"].items():
        kilowatts = sum(
            number(count) * float(plain(chips()[chip]["facility_power"]).split()[0])
            for chip, count in region["fleet"].items()
        )
        assert float(plain(region["power"]).split()[0]) >= kilowatts / 1000, (cloud, name)


def test_the_dated_sites_are_those_of_the_table():
    """Fairwater Atlanta: 0 to 433 MW on 14 October 2025, to 859 on 14 June 2026."""
    steps = [
        ("azure", "us", "fairwater-atlanta-1", "Microsoft Fairwater Atlanta", None, "2025-10-14"),
        ("azure", "us", "fairwater-atlanta-2", "Microsoft Fairwater Atlanta", "2025-10-14", "2026-06-14"),
        ("azure", "us", "goodyear", "Microsoft Goodyear", "2025-01-16", "2025-09-01"),
        ("aws", "us", "new-carlisle-2", "Anthropic-Amazon New Carlisle", "2025-06-23", "2025-12-23"),
        ("oci", "us", "abilene-3", "OpenAI Stargate Abilene", "2025-12-24", "2026-05-23"),
        ("xai-fleet", "us", "colossus-2-3", "Colossus 2", "2026-04-06", "2026-07-01"),
    ]
    for cloud, region, site, entity, before, at in steps:
        here = WORLD["clouds"][cloud]["regions"][region]["sites"][site]
        rise = figure("sites", entity=entity, date=at) - (figure("sites", entity=entity, date=before) if before else 0)
        assert here["energised"].isoformat() == at
        assert float(here["power"].split()[0]) == pytest.approx(rise, abs=1), site


def test_enterprises_spend_what_the_survey_says():
    """Enterprises x adopters x workloads of 1.5 years x units a day x .68 (learning) x 365 x mean price."""
    total = 0.0
    for segment in WORLD["segments"].values():
        price = WORLD["labs"]["openai"]["product_price"]
        mean_price = sum(
            number(share) * number(price.get(product, 1)) for product, share in segment["products"].items()
        )
        workloads = 1.5 * number(segment["workloads_per_year"])
        total += (
            number(segment["enterprises"])
            * number(segment["adopters"])
            * workloads
            * number(segment["units_per_day"])
            * 0.68
            * 365
            * mean_price
        )
    reported = figure("enterprises", figure="enterprise LLM API spend (Menlo)", date="2025-06")
    assert total / 1e9 == pytest.approx(reported, rel=0.05)


def stream_load(stream):
    if "users" in stream:
        return number(stream["users"]) / 1e6 * float(plain(stream["compute_per_million_users"]).split()[0])
    return number(stream["compute"])


def test_openai_uses_what_lies_between_the_two_year_ends():
    """.386 M H100e at the end of 2024; 1.9 GW at 1.4 kW, 1.36 M, a year later; geometric mean .72."""
    enterprises = 0.35 * 8.4e9 / 365.25 * number("0.15") / 24  # a third of API spending at .15 H100e-h a dollar
    load = sum(stream_load(s) for s in WORLD["labs"]["openai"]["streams"].values()) + enterprises
    before = figure("fleets", figure="compute in use by the lab", entity="OpenAI", date="2024Q4")
    after = (
        figure("facilities", figure="total IT power available to the lab", entity="OpenAI", date="2025-12-31")
        * 1000
        / 1.4
    )
    assert load == pytest.approx((before * after) ** 0.5, rel=0.12)


def test_every_lab_uses_more_than_half_a_year_before():
    for lab, entity in {
        "anthropic": "Anthropic",
        "google-deepmind": "Google DeepMind",
        "meta": "Meta",
        "xai": "xAI",
    }.items():
        load = sum(stream_load(s) for s in WORLD["labs"][lab]["streams"].values())
        before = figure("fleets", figure="compute in use by the lab", entity=entity, date="2024Q4")
        assert before < load < 2.5 * before, lab


def test_the_simulated_load_fits_the_fleets():
    """What internal use leaves, at .96 availability, exceeds the labs' load in all, by less than two."""
    left = sum(
        fleet(c) * number(b["availability"]) * (1 - number(b["internal_share"])) for c, b in WORLD["clouds"].items()
    )
    load = sum(stream_load(s) for lab in WORLD["labs"].values() for s in lab["streams"].values())
    assert 1.1 * load < left < 2 * load


def test_consumer_revenue_of_openai_is_the_subscription_part_of_its_revenue():
    stream = WORLD["labs"]["openai"]["streams"]["chatgpt"]
    yearly = number(stream["users"]) * 12 * float(plain(stream["revenue_per_user"]).split()[0]) / 1e9
    annualised = figure("labs", figure="annualised revenue", entity="OpenAI", date="2025-06-09")
    assert 0.6 * annualised < yearly < 0.9 * annualised


def test_copilot_comes_near_fifteen_million_seats_in_december():
    """dF = (p + qF)(1 - F) dt on a ceiling of 90 M from 7 M, half a year in days."""
    app = WORLD["applications"]["m365-copilot"]
    ceiling = number(app["installed_base"]) * number(app["ceiling_share"])
    share, p, q = (
        number(app["seats"]) / ceiling,
        number(plain(app["bass_p"]).split("/")[0]),
        number(plain(app["bass_q"]).split("/")[0]),
    )
    for _ in range(183):
        share += (p + q * share) * (1 - share) / 365.25
    assert share * ceiling == pytest.approx(15e6, rel=0.15)


def test_no_growth_goes_on_for_ever():
    """Users have a ceiling, kappa follows efficiency, expected_growth is a belief, a round is a multiple; the rest halves."""
    faded = 0
    for where, body in walk(WORLD):
        for key in body:
            if not key.endswith("growth") or key in ("expected_growth", "kappa_growth", "round_per_growth"):
                continue
            if where == ("shocks",):  # growth around the paths, without a trend of its own
                continue
            if key == "user_growth":
                assert number(body["users"]) < number(body["users_ceiling"]) < 4e9, where
                continue
            half_life = body.get(f"{key}_half_life") or body[key.replace("growth", "half_life")]
            assert float(plain(half_life).split()[0]) <= 4, where
            faded += 1
    assert faded > 30


def walk(tree, path=()):
    yield path, tree
    for key, value in tree.items():
        if isinstance(value, dict) and "value" not in value:
            yield from walk(value, (*path, key))


def test_incumbent_shares_have_the_order_of_the_market():
    weight = {
        name: number(s["enterprises"])
        * number(s["adopters"])
        * number(s["workloads_per_year"])
        * number(s["units_per_day"])
        for name, s in WORLD["segments"].items()
    }
    mean = {
        cloud: sum(weight[name] * number(s["incumbent"].get(cloud, 0)) for name, s in WORLD["segments"].items())
        / sum(weight.values())
        for cloud in ("aws", "azure", "gcp", "oci")
    }
    reported = {
        cloud: next(
            float(r["value"])
            for r in figures("enterprises")
            if r["entity"] == entity and r["date"] == "2025Q2" and "worldwide share" in r["figure"]
        )
        for cloud, entity in (("aws", "AWS"), ("azure", "Microsoft"), ("gcp", "Google Cloud"))
    }
    three, ours = sum(reported.values()), mean["aws"] + mean["azure"] + mean["gcp"]
    for cloud, share in reported.items():
        assert mean[cloud] / ours == pytest.approx(share / three, abs=0.06), cloud
    assert mean["oci"] < 0.08


def test_xai_runs_what_was_in_use_and_its_next_chips_come_with_their_power():
    xai = WORLD["clouds"]["xai-fleet"]["regions"]["us"]
    in_use = figure("fleets", figure="compute in use by the lab", entity="xAI", date="2024Q4")
    assert fleet("xai-fleet") == pytest.approx(in_use, rel=0.02)  # 200,000 and 203,366
    lot, site = xai["lots"]["colossus-1-more"], xai["sites"]["colossus-1-more"]
    assert lot["arrives"] == site["energised"]
    needed = lot["units"] * float(plain(chips()[lot["chip"]]["facility_power"]).split()[0]) / 1000
    assert needed <= float(plain(site["power"]).split()[0])


def test_spending_of_microsoft_grows_as_it_did_in_the_year_before():
    name = "capex including finance leases (management metric)"
    before, after = (figure("financials", figure=name, entity="Microsoft", date=d) for d in ("2024Q2", "2025Q2"))
    assert number(WORLD["clouds"]["azure"]["capex_growth"]) == pytest.approx(after / before - 1, abs=0.01)
