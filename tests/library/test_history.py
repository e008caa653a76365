"""history-2023 starts as the figures of that day say, knows nothing later than June 2025, and lives through the contracts."""

import math
import re
import tomllib
from datetime import date, timedelta

import pytest
from tests.library.reading import FOLDER, figure, figures, leaves, number, plain, resolved, walk_dates, years

import rackrate as rr
from rackrate.analysis import record

WORLD = resolved("history-2023")
LOADED = rr.Scenario.load(str(FOLDER / "history-2023.toml"))
LAST = date(2025, 6, 30)
QUARTERS = [f"{y}Q{n}" for y in (2023, 2024, 2025) for n in (1, 2, 3, 4) if (y, n) <= (2025, 2)]
OWNERS = {"azure": "Microsoft", "aws": "Amazon", "gcp": "Google", "oci": "Oracle", "meta-fleet": "Meta"}
OWN_FILES = ("history-2023", "parts/chips-2023", "parts/clouds-2023", "parts/demand-2023")


def chips():
    return {
        chip: body
        for vendor in WORLD["supply"].values()
        for chip, body in vendor.items()
        if isinstance(body, dict) and "h100e" in body
    }


def nvidia(pairs):
    return sum(
        number(count) * number(WORLD["supply"]["nvidia"][chip]["h100e"])
        for chip, count in pairs
        if chip in WORLD["supply"]["nvidia"]
    )


def owned(cloud, quarter):
    return figure("first-day-2023", figure="stock owned, all NVIDIA", entity=OWNERS[cloud], date=quarter)


def regions(cloud):
    return WORLD["clouds"][cloud]["regions"].values()


# ---- the first day


@pytest.mark.parametrize("cloud", OWNERS)
def test_what_runs_is_what_was_owned_a_quarter_before(cloud):
    # Units are rounded to tens in up to three regions: under 10 H100e of Ampere in all.
    assert nvidia(pair for r in regions(cloud) for pair in r["fleet"].items()) == pytest.approx(
        owned(cloud, "2022Q3"), abs=10
    )


@pytest.mark.parametrize("cloud", OWNERS)
def test_what_was_bought_in_the_last_quarter_arrives_in_the_first(cloud):
    lots = [lot for r in regions(cloud) for lot in r["lots"].values()]
    assert all(date(2023, 1, 1) < lot["arrives"] < date(2023, 4, 1) for lot in lots)
    bought = owned(cloud, "2022Q4") - owned(cloud, "2022Q3")
    assert nvidia((lot["chip"], lot["units"]) for lot in lots) == pytest.approx(bought, rel=0.01)


def test_the_first_tpu_are_those_of_the_last_quarter_of_2022():
    for chip, entity in (("tpu-v4", "TPU v4"), ("tpu-v5e", "TPU v5e")):
        units = sum(r["fleet"][chip] for r in regions("gcp"))
        assert units == pytest.approx(
            figure("first-day-2023", figure="units sold in the quarter", entity=entity), abs=30
        )


@pytest.mark.parametrize("cloud", WORLD["clouds"])
def test_every_region_can_power_what_runs_and_what_is_in_transit(cloud):
    for name, region in WORLD["clouds"][cloud]["regions"].items():
        units = [*region["fleet"].items(), *((x["chip"], x["units"]) for x in region.get("lots", {}).values())]
        kilowatts = sum(number(n) * float(plain(chips()[chip]["facility_power"]).split()[0]) for chip, n in units)
        assert float(plain(region["power"]).split()[0]) >= kilowatts / 1000, (cloud, name)


@pytest.mark.parametrize(
    ("cloud", "company", "metric"),
    [
        ("aws", "Amazon", "segment revenue"),
        ("gcp", "Alphabet", "segment revenue"),
        ("oci", "Oracle", "cloud infrastructure (IaaS) revenue"),
    ],
)
def test_other_revenue_and_customers_are_four_times_the_last_quarter(cloud, company, metric):
    quarterly = figure("first-day-2023", figure=metric, entity=company, date="2022Q4")
    body = WORLD["clouds"][cloud]
    h100e = sum(number(n) * number(chips()[c]["h100e"]) for r in regions(cloud) for c, n in r["fleet"].items())
    bought = h100e * number(body["availability"]) * number(body["internal_share"]) * number(body["customers"]["share"])
    price = float(plain(body["price"]).split()[0])
    assert (number(body["base_revenue"]) + bought * 8766 * price) / 1e9 == pytest.approx(4 * quarterly, rel=0.01)


@pytest.mark.parametrize(
    ("cloud", "company", "part"),
    [("azure", "Microsoft", 0.4), ("aws", "Amazon", 0.3), ("gcp", "Alphabet", 0.4), ("oci", "Oracle", 0.4)],
)
def test_the_budget_is_the_part_of_last_quarters_capital_spending_that_the_note_says(cloud, company, part):
    row = "capex including finance leases (management metric)" if company == "Microsoft" else None
    spent = figure(
        "first-day-2023",
        figure=row or "capex: cash purchases of property and equipment",
        entity=company,
        date="2022Q4",
    )
    assert number(WORLD["clouds"][cloud]["capex"]) / 1e9 == pytest.approx(4 * spent * part, rel=0.02)


@pytest.mark.parametrize(("cloud", "company"), [("azure", "Microsoft"), ("aws", "Amazon"), ("gcp", "Alphabet")])
def test_what_is_under_contract_outside_ai_is_the_backlog_of_the_first_day(cloud, company):
    body = WORLD["clouds"][cloud]["other"]
    length, early = float(plain(body["contract_length"]).split()[0]), number(body["renewed_early"])
    g = math.log1p(number(plain(body["contracted_growth"]).split("/")[0]))
    oldest = (1 - early) * length
    left = length - 1 / g + oldest / math.expm1(g * oldest)
    reported = figure("first-day-2023", figure="backlog, all customers and products", entity=company)
    assert number(body["contracted"]) / 1e9 * left == pytest.approx(reported, rel=0.03)


@pytest.mark.parametrize("company", OWNERS.values())
def test_spending_outside_ai_is_nearly_all_of_2022(company):
    cloud = next(c for c, name in OWNERS.items() if name == company)
    rows = figures("first-day-2023")
    spent = next(
        float(r["value"])
        for r in rows
        if r["figure"].endswith("four quarters") and r["entity"] == {"Google": "Alphabet"}.get(company, company)
    )
    assert 0.9 * spent < number(WORLD["clouds"][cloud]["other"]["capex"]) / 1e9 < 1.05 * spent


def test_a_work_unit_is_what_a_dollar_bought():
    price = figure("first-day-2023", figure="text-davinci-003 input", entity="OpenAI")
    assert number(WORLD["labs"]["openai"]["tokens_per_unit"]) == pytest.approx(1 / price)


def test_the_load_of_the_first_day_fits_the_fleets():
    for lab, cloud in (("openai", "azure"), ("google-deepmind", "gcp"), ("meta", "meta-fleet")):
        body = WORLD["clouds"][cloud]
        h100e = sum(number(n) * number(chips()[c]["h100e"]) for r in regions(cloud) for c, n in r["fleet"].items())
        left = h100e * number(body["availability"]) * (1 - number(body["internal_share"]))
        load = sum(
            number(s["users"]) / 1e6 * float(plain(s["compute_per_million_users"]).split()[0])
            if "users" in s
            else number(s["compute"])
            for s in WORLD["labs"][lab]["streams"].values()
        )
        assert 0.6 * left < load < left, (lab, load, left)


@pytest.mark.parametrize("lab", WORLD["labs"])
def test_research_budgets_grow_as_what_was_in_use_two_years_later_cost(lab):
    """Growth = (compute at the end of 2024 / load of the first day / fall of the price) ^ 1/2 - 1, rounded to ten per cent a year:
    the streams are budgets, so what the price does comes on top."""
    load = sum(
        number(s["users"]) / 1e6 * float(plain(s["compute_per_million_users"]).split()[0])
        if "users" in s
        else number(s["compute"])
        for s in WORLD["labs"][lab]["streams"].values()
    )
    later = next(
        p.value * 1e3
        for p in record.points()
        if p.series == "compute in use by a lab" and p.entity == lab and p.quarter == "2024Q4"
    )
    fall = price_of_an_h100e(date(2023, 1, 1)) / price_of_an_h100e(date(2024, 10, 1))
    for stream in ("training", "research"):
        growth = number(plain(WORLD["labs"][lab]["streams"][stream]["intensity_growth"]).split("/")[0])
        assert growth == pytest.approx((later / load / fall) ** 0.5 - 1, rel=0.06), (lab, load, later, fall)


# ---- what could be made is what was sold


def planned(chip, first):
    """Units offered in the quarter that begins at `first`: the rule of sim/market/supply/vendor.cpp, by hand."""
    total = 0.0
    for k in range(3):
        month = date(first.year, first.month + k, 1)
        begins = chip.get("from", date(2023, 1, 1))
        begins = plain(begins)
        if month < begins or ("until" in chip and month >= plain(chip["until"])):
            continue
        t = years(begins, month)
        ramp = float(plain(chip["ramp"]).split()[0]) if "ramp" in chip else 0
        level = min(1.0, (12 * t + 1) / ramp) if ramp else 1.0
        if "growth" in chip:
            half = float(plain(chip["growth_half_life"]).split()[0])
            growth = 1 + number(plain(chip["growth"]).split("/")[0])
            level *= growth ** (half / 0.6931471805599453 * (1 - 2 ** (-t / half)))
        total += number(chip["units_per_month"]) * level
    return total


def price_of_an_h100e(first):
    """What NVIDIA's offer of the quarter cost on average, k$ per H100e."""
    offer = [
        (planned(body, first), number(body["h100e"]), float(plain(body["unit_price"]).split()[0]))
        for body in WORLD["supply"]["nvidia"].values()
        if isinstance(body, dict) and "h100e" in body
    ]
    return sum(n * k for n, _, k in offer) / sum(n * h for n, h, _ in offer)


FAMILIES = {
    "nvidia": (("A100", "a100", 0.315), ("A800", "", 0.315), ("H100", "h100", 1), ("H800", "", 1), ("B200", "gb200", 2.5), ("B300", "", 2.5)),
    "google-tpu": (("TPU v4", "tpu-v4", 0.139), ("TPU v5e", "tpu-v5e", 0.199), ("TPU v5p", "tpu-v5p", 0.464), ("TPU v6e", "tpu-v6", 0.928)),
}  # fmt: skip


@pytest.mark.parametrize("vendor", FAMILIES)
def test_a_vendor_offers_what_was_sold_within_a_quarter_part_by_year(vendor):
    """In H100e, by half-year: single quarters of a ramp differ more, and prices of a quarter do not hang on them."""
    weights = {entity: weight for entity, _, weight in FAMILIES[vendor]}
    for pair in zip(QUARTERS[::2], QUARTERS[1::2], strict=True):
        sold = sum(
            float(r["value"]) * 1e3 * weights[r["entity"]]
            for r in figures("record")
            if r["series"] == "chips sold" and r["quarter"] in pair and r["entity"] in weights
        )
        offered = sum(
            planned(body, date(int(q[:4]), 3 * int(q[5]) - 2, 1)) * number(body["h100e"])
            for q in pair
            for body in WORLD["supply"][vendor].values()
            if isinstance(body, dict) and "h100e" in body
        )
        assert offered == pytest.approx(sold, rel=0.25), (pair, offered / sold)


@pytest.mark.parametrize("quarter", ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1"])
def test_what_is_made_for_china_is_what_was_sold_there(quarter):
    sold = float(next(r for r in figures("shipments") if r["entity"] == "NVIDIA H20" and r["date"] == quarter)["value"])
    chip = WORLD["supply"]["nvidia-china"]["h20"]
    offered = planned(chip, date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1))
    assert offered == pytest.approx(sold, rel=0.15)


# ---- nothing later than June 2025


def test_the_run_covers_ten_quarters():
    assert WORLD["run"]["start"] == date(2023, 1, 1)
    assert plain(WORLD["run"]["end"]) == LAST + timedelta(days=1)


def test_nothing_is_dated_after_the_last_quarter_but_ends():
    late = [
        ".".join(where) for where, day in walk_dates(WORLD) if day > LAST and where[-1] not in ("end", "until", "ends")
    ]
    assert late == []


@pytest.mark.parametrize("name", OWN_FILES)
def test_a_file_of_the_history_mentions_no_later_date(name):
    lines = (FOLDER / f"{name}.toml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("url = "))
    days = [date(*map(int, found)) for found in re.findall(r"(20\d\d)-(\d\d)-(\d\d)", text)]
    ends = {date(2025, 7, 1), date(2029, 5, 1), date(2030, 1, 1), date(2030, 3, 10), date(2031, 1, 1)}
    assert [d for d in days if d > LAST and d not in ends] == []
    assert "2026" not in text


def test_what_is_taken_from_the_parts_of_2025_is_behaviour_and_no_state():
    """Firms, channels, how people choose, what integration is, how far AI pulls other spending, and by how much anything may
    turn out otherwise; the clouds, labs, chips, sites and contracts are the history's own."""
    own = {}
    for name in OWN_FILES:
        for where, *_ in leaves(tomllib.loads((FOLDER / f"{name}.toml").read_text())):
            own[where] = name
    inherited = {where[0] for where, *_ in leaves(WORLD) if where not in own}
    assert inherited == {
        "firms",
        "channels",
        "choice",
        "buyers",
        "prices",
        "clearing",
        "segments",
        "hosting",
        "integration",
        "customers",
        "leases",
        "pull",
        "shocks",
    }


# ---- the contracts


def state(lab, day, **question):
    verdict = LOADED.feasible(lab=lab, date=day, **question)
    return verdict.state if verdict.state != "NO" else f"NO:{verdict.step}:{verdict.role}"


@pytest.mark.parametrize(
    ("lab", "question", "answers"),
    [
        ("openai", {"product": "training", "channel": "direct", "host": "azure"}, "2023-01-01 GA, 2025-06-30 GA"),
        ("openai", {"product": "api_stateless", "channel": "azure", "host": "azure"}, "2023-01-22 NO:grant:CHANNEL, 2023-01-23 GA, 2025-06-30 GA"),
        ("openai", {"product": "training", "channel": "direct", "host": "oci"}, "2024-06-10 NO:grant:TRAIN, 2024-06-11 GA, 2025-01-21 GA"),
        ("openai", {"product": "consumer", "channel": "direct", "host": "oci"}, "2024-06-10 NO:grant:HOST, 2024-06-11 GA, 2025-01-21 NO:exclusive:HOST"),
        ("openai", {"product": "training", "channel": "direct", "host": "coreweave"}, "2025-03-09 NO:grant:TRAIN, 2025-03-10 GA"),
        ("openai", {"product": "api_stateless", "channel": "bedrock", "host": "aws"}, "2023-06-01 NO:grant:HOST, 2025-06-30 NO:grant:HOST"),
        ("openai", {"product": "copilot", "channel": "m365", "host": "azure"}, "2023-01-01 GA, 2025-06-30 GA"),
        ("anthropic", {"product": "api_stateless", "channel": "bedrock", "host": "aws"}, "2023-04-12 NO:grant:CHANNEL, 2023-04-13 GA, 2023-09-25 GA, 2024-11-22 GA"),
        ("anthropic", {"product": "api_stateless", "channel": "vertex", "host": "gcp"}, "2024-03-18 NO:grant:CHANNEL, 2024-03-19 GA"),
        ("anthropic", {"product": "api_stateless", "channel": "azure", "host": "azure"}, "2025-06-30 NO:grant:HOST"),
        ("google-deepmind", {"product": "api_stateless", "channel": "vertex", "host": "gcp"}, "2023-03-13 NO:grant:CHANNEL, 2023-03-14 GA"),
        ("meta", {"product": "api_stateless", "channel": "bedrock", "host": "aws", "model_class": "open_weight"}, "2023-07-17 NO:grant:HOST, 2023-07-18 GA"),
    ],
    ids=lambda x: " ".join(x.values()) if isinstance(x, dict) else "",
)  # fmt: skip
def test_the_contracts_permit_what_was_reported_on_each_day(lab, question, answers):
    for expected in answers.split(","):
        day, verdict = expected.split()
        assert state(lab, day, **question) == verdict, day


def test_no_two_contracts_conflict():
    assert list(LOADED.warnings) == []


def in_force(contract, day):
    """The version signed last among those that cover the day, as docs/scenario-keys.md says."""
    versions = [
        (plain(v["signed"]), name)
        for name, v in WORLD["contracts"][contract]["versions"].items()
        if plain(v["effective"]) <= day
    ]
    return max(versions)[1]


def test_each_version_is_in_force_from_its_day():
    for contract, steps in {
        "openai-microsoft": [
            ("2023-01-01", "july-2019"),
            ("2023-01-23", "january-2023"),
            ("2025-01-20", "january-2023"),
            ("2025-01-21", "january-2025"),
            ("2025-06-30", "january-2025"),
        ],
        "anthropic-amazon": [
            ("2023-01-01", "april-2023"),
            ("2023-09-25", "september-2023"),
            ("2024-11-22", "november-2024"),
        ],
        "anthropic-google": [("2023-10-26", "february-2023"), ("2023-10-27", "october-2023")],
    }.items():
        assert [(day, in_force(contract, date.fromisoformat(day))) for day, _ in steps] == steps


# Deals of the table up to June 2025 that no clause of the history states, by date and parties, and why.
LEFT_OUT = {
    ("2019-07-22", "OpenAI - Microsoft"): "Paid before the run starts.",
    ("2021", "OpenAI - Microsoft"): "Paid before the run starts.",
    ("2023-01-23", "OpenAI - Microsoft", "profit-share cap / AGI clause"): "It never applied.",
    ("2025-01-21", "OpenAI - Microsoft", "new Azure commitment"): "No amount is public.",
    ("2025-01-21", "OpenAI/SoftBank/Oracle/MGX - Stargate"): "A plan, not a contract.",
    ("2024-09", "xAI - self-build"): "No entry of firms in the model.",
    ("2024", "xAI - Oracle"): "No entry of firms in the model.",
    ("2024-02-26", "Mistral AI - Microsoft"): "No entry of firms in the model.",
}
STATED = {
    ("2023-01-23", "OpenAI - Microsoft", "investment (multi-year, reported)"): "openai-microsoft.january-2023.investment",
    ("2023-01-23", "OpenAI - Microsoft", "OpenAI -> Microsoft revenue share"): "openai-microsoft.january-2023.share-to-microsoft",
    ("2023-01-23", "OpenAI - Microsoft", "Microsoft -> OpenAI revenue share (Azure OpenAI and Bing)"): "openai-microsoft.january-2023.share-to-openai",
    ("2025-01-21", "OpenAI - Microsoft", "exclusivity on new capacity"): "openai-microsoft.january-2025.first-refusal",
    ("2025-01-21", "OpenAI - Microsoft", "API exclusivity"): "openai-microsoft.january-2025.channel-exclusive",
    ("2025-01-21", "OpenAI - Microsoft", "two-way revenue share"): "openai-microsoft.january-2025.share-to-openai",
    ("2025-03-10", "OpenAI - CoreWeave", "compute commitment"): "openai-coreweave-commitment.first.commitment",
    ("2025-05-14", "OpenAI - CoreWeave", "compute commitment (expansion)"): "openai-coreweave-expansion.first.commitment",
    ("2023-09-25", "Anthropic - Amazon (AWS)", "investment"): "anthropic-amazon.september-2023.investment-2024",
    ("2024-11-22", "Anthropic - Amazon (AWS)", "investment"): "anthropic-amazon.november-2024.investment-more",
    ("2023-10-27", "Anthropic - Google", "value"): "anthropic-google.october-2023.investment-2023",
}  # fmt: skip


def test_every_deal_up_to_june_2025_is_stated_or_left_out_for_a_reason():
    early = [row for row in figures("contracts") if row["date"] <= "2025-06-30"]
    assert len(early) > 15
    for row in early:
        key = (row["date"], row["entity"], row["figure"])
        if key in STATED:
            contract, version, clause = STATED[key].split(".")
            assert clause in WORLD["contracts"][contract]["versions"][version]["clauses"], key
        else:
            assert key in LEFT_OUT or key[:2] in LEFT_OUT, key


def test_what_was_invested_adds_up_to_the_reports():
    invested = {"amazon": 0.0, "google": 0.0, "microsoft": 0.0}
    for contract in WORLD["contracts"].values():
        for version in contract["versions"].values():
            for clause in version["clauses"].values():
                if clause["kind"] == "tranche":
                    invested[clause["payer"]] += number(clause["amount"]) / 1e9
    assert invested == pytest.approx({"amazon": 8, "google": 3, "microsoft": 10})


# ---- the record


def test_the_record_is_complete():
    """Every owner, spender and quarter is there; what is missing is named here."""
    held = {(p.series, p.entity, p.quarter) for p in record.points()}
    wanted = {("fleet", c, q) for c in record_clouds() for q in QUARTERS} - {("fleet", "coreweave", "2023Q1")}
    wanted |= {("compute owned", c, q) for c in record_clouds() for q in QUARTERS}
    wanted |= {("capital spending", f, q) for f in ("amazon", "google", "microsoft", "meta") for q in QUARTERS}
    wanted |= {("capital spending", "oracle", q) for q in QUARTERS[1:]}
    wanted |= {("cloud revenue", f, q) for f in ("amazon", "google") for q in QUARTERS}
    wanted |= {("cloud revenue", "oracle", q) for q in QUARTERS[1:]}
    wanted |= {("backlog", "microsoft", q) for q in QUARTERS} | {("backlog", "oracle", q) for q in QUARTERS[1:]}
    # Fiscal quarters to April 2023 and on; the one to July 2025 ends after the record does.
    wanted |= {("revenue of NVIDIA, data centre", "nvidia", q) for q in QUARTERS[:-1]}
    assert wanted - held == set()


def record_clouds():
    return ("azure", "aws", "gcp", "oci", "coreweave", "meta-fleet")


def test_a_point_lies_in_the_ten_quarters_and_in_its_own_range():
    for p in record.points():
        assert record.FIRST <= p.date <= record.LAST, p
        assert p.begin <= p.date, p
        assert p.quarter in QUARTERS, p
        assert p.grade in "PRW", p
        assert p.low is None or p.low <= p.value <= p.high, p
        assert p.measure == "" or p.measure in record.MEASURES, p
    assert record.LAST == LAST


def test_a_flow_lies_in_the_quarter_that_it_is_called_by():
    """A fiscal quarter belongs to the calendar quarter that holds its middle, a year to the quarter of its end."""
    for p in record.points():
        middle = p.begin + (p.date - p.begin) / 2 if (p.date - p.begin).days < 100 else p.date
        assert p.quarter == f"{middle.year}Q{(middle.month - 1) // 3 + 1}", p


def test_the_fleet_that_runs_is_what_was_owned_a_quarter_before():
    owned_by = {(p.entity, p.quarter): p.value for p in record.points() if p.series == "compute owned"}
    before = dict(zip(QUARTERS[1:], QUARTERS, strict=False))
    for p in record.points():
        if p.series == "fleet" and p.quarter in before:
            assert p.value == owned_by[p.entity, before[p.quarter]], p
