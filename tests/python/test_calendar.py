"""Windows, months and instants: whatever the window, money and compute fall into the month in which they happen.

Every expected figure is computed here, from the calendar alone: hours of a month inside the run, times load, times price.
"""

import datetime as dt
import math
import random
import zoneinfo

import numpy as np
import pandas as pd
import pytest

import rackrate as rr

SCENARIO = """title = "a steady stream"
source = "own"
grade = "A"
sources = {{ own = {{}} }}
run = {{ start = {start}, end = {end}, window = "{window}", valuation_date = 2026-01-01, discount_rate = "10 %/y" }}
regions = {{ one = {{}} }}
firms = {{ c = {{}}, l = {{}}, v = {{}} }}
supply = {{ v = {{ firm = "v", h = {{ h100e = 1, unit_price = "36000 $", life = "5 y", facility_power = "1.31 kW" }} }} }}
channels = {{ direct = {{}} }}
prices = {{ rule = "frozen" }}
clearing = {{ rho_max = 1 }}
[clouds.c]
firm = "c"
invests = false
energy_price = "50 $/MWh"
regions = {{ one = {{ share = 1, fleet = {{ h = 200 }} }} }}
[labs.l]
firm = "l"
routes = {{ c = {{}} }}
streams = {{ s = {{ product = "consumer", compute = "{load} H100e", price = "{price} $/H100e-h", efficiency_applies = false }} }}
[contracts.k]
parties = ["l", "c"]
[contracts.k.versions.v]
signed = 2020-01-01
effective = 2020-01-01
[contracts.k.versions.v.clauses]
g = {{ kind = "grant", role = "HOST", grantee = "c" }}
{clauses}
"""

WINDOWS = ["1 h", "5 h", "6 h", "1 d", "36 h", "2 d", "3 d", "7 d", "11 d", "30 d", "31 d"]


def run(start, end, window, *, load=100, price=1, clauses="", **options):
    toml = SCENARIO.format(start=iso(start), end=iso(end), window=window, load=load, price=price, clauses=clauses)
    return rr.run(rr.Scenario.parse(toml, "steady.toml"), threads=1, **options).isel(arm=0, replication=0)


def iso(moment):
    return moment.isoformat()


def months(start, end):
    """(first instant, last instant) of each calendar month, cut to the run."""
    out, at = [], start
    while at < end:
        following = dt.datetime(at.year + at.month // 12, at.month % 12 + 1, 1)
        out.append((at, min(following, end)))
        at = following
    return out


def hours(a, b):
    return max((b - a).total_seconds(), 0.0) / 3600


def by_month(start, end, rate, since=dt.datetime.min, until=dt.datetime.max):
    """What a flow of `rate` an hour between two dates comes to in each month."""
    return [rate * hours(max(a, since), min(b, until)) for a, b in months(start, end)]


def cases(seed, count):
    """Windows x starts x ends; leap days, ends of years, starts in mid-month and at a time of day among them."""
    dice = random.Random(seed)
    for _ in range(count):
        start = dt.datetime(dice.choice([2023, 2024, 2026]), dice.choice([1, 2, 6, 12]), dice.choice([1, 10, 27, 28]))
        if dice.random() < 0.3:
            start += dt.timedelta(hours=dice.randrange(24), minutes=dice.choice([0, 30]))
        window = dice.choice(WINDOWS)
        end = start + dt.timedelta(
            days=dice.randrange(1, 20 if window.endswith("h") else 100), hours=dice.choice([0, 0, 6, 17])
        )
        yield window, start, end


@pytest.mark.parametrize(
    ("start", "end", "window", "expected"),
    [
        ("2026-01-01", "2026-01-11", "3 d", [24_000]),  # 100 x 24 h x 10 d
        ("2026-01-01", "2026-02-26", "7 d", [74_400, 60_000]),  # 31 d and 25 d
        ("2026-01-31", "2026-05-01", "31 d", [2_400, 67_200, 74_400, 72_000]),  # 1, 28, 31, 30 d
        ("2026-01-01", "2026-01-02T06:00:00", "1 d", [3_000]),  # 30 h
        ("2024-02-01", "2024-03-02", "31 d", [69_600, 2_400]),  # a leap year: 29 d
        ("2026-01-31T18:00:00", "2026-02-01T06:00:00", "5 h", [600, 600]),  # 6 h on each side
    ],
)
def test_a_window_across_a_boundary_is_cut_there(start, end, window, expected):
    ds = run(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end), window)
    assert ds.revenue.sel(firm="l").sum("layer").values.tolist() == expected


@pytest.mark.parametrize(("window", "start", "end"), list(cases(5, 24)))
def test_money_and_compute_fall_into_their_months_whatever_the_window(window, start, end):
    ds = run(start, end, window)
    spent = [hours(a, b) for a, b in months(start, end)]
    assert ds.revenue.sel(firm="l").sum("layer").values == pytest.approx([100 * h for h in spent], abs=1e-6)
    assert ds.served.sum(["lab", "product"]).values == pytest.approx([100 * h for h in spent], abs=1e-6)
    assert ds.capacity.sum(["cloud", "region"]).values == pytest.approx(
        [200] * len(spent)
    )  # averages over the time run
    assert ds.utilisation.sel(cloud="c", region="one").values == pytest.approx([0.5] * len(spent))
    # 200 units of 1.31 kW: 262 kW at 50 $/MWh. 200 x 36,000 $ wear out over 5 x 365.25 = 1826.25, in whole days 1826.
    assert ds.payment.sel(payer="c", payee="suppliers").values == pytest.approx(
        [262 * 0.05 * h for h in spent], abs=1e-3 * len(spent) + 1e-4 * sum(spent)
    )
    worn = [200 * 36_000 / (1826 * 24) * h for h in spent]
    energy = [262 * 0.05 * h for h in spent]
    assert ds.cost.sel(firm="c").sum("layer").values == pytest.approx(
        [a + b for a, b in zip(worn, energy, strict=True)], abs=0.2
    )
    bounds = [b for _, b in months(start, end)]
    assert [pd.Timestamp(b) for b in ds.time_bounds.values[:, 1]] == [pd.Timestamp(b) for b in bounds]


@pytest.mark.parametrize(("window", "start", "end"), list(cases(6, 12)))
def test_a_load_in_fractions_is_served_whole_over_the_run(window, start, end):
    # Whole H100e are asked for, and the rest is carried on: less than one H100e of the longest window is outstanding.
    ds = run(start, end, window, load=33.37)
    longest = {"h": 1, "d": 24}[window[-1]] * int(window.split()[0])
    assert ds.served.sum().item() == pytest.approx(33.37 * hours(start, end), abs=longest + 1e-6)
    assert ds.served.sum().item() <= 33.37 * hours(start, end) + 1e-6


@pytest.mark.parametrize(("window", "start", "end"), list(cases(7, 12)))
def test_the_present_value_of_a_flow_does_not_depend_on_the_window(window, start, end):
    ds = run(start, end, window)
    value, at = 0.0, start
    while at < end:  # days of the run, each discounted to its beginning
        days = (at - dt.datetime(2026, 1, 1)) / dt.timedelta(days=1)
        value += 100 * hours(at, min(at + dt.timedelta(days=1), end)) * math.exp(-math.log(1.1) * days / 365.25)
        at += dt.timedelta(days=1)
    assert ds.npv.sel(firm="l").item() == pytest.approx(value, rel=1e-6)


CLAUSES = """h1 = { kind = "hosting", lab = "l", host = "c", price = "2 $/H100e-h", until = 2026-02-10TIME }
h2 = { kind = "hosting", lab = "l", host = "c", price = "3 $/H100e-h", from = 2026-02-10TIME }
r = { kind = "revshare", base = "lab_revenue", lab = "l", payer = "l", payee = "c", rate = "20 %", cap = "30000 $" }
m = { kind = "commit", payer = "l", payee = "c", amount = "900000 $", from = 2026-01-15TIME, until = 2026-04-15TIME, period = "30 d" }
"""


@pytest.mark.parametrize("hour", [0, 6])
@pytest.mark.parametrize("window", WINDOWS[2:])
def test_clauses_change_and_fall_due_on_their_own_dates(window, hour):
    start, end = dt.datetime(2026, 1, 5), dt.datetime(2026, 4, 20, 12)
    turn, begin = dt.datetime(2026, 2, 10, hour), dt.datetime(2026, 1, 15, hour)
    ds = run(start, end, window, clauses=CLAUSES.replace("TIME", f"T{hour:02}:00:00"))
    paid = {name: ds.clause_payment.sel(clause=f"k/{name}").values for name in ("h1", "h2", "r", "m")}
    assert paid["h1"] == pytest.approx(by_month(start, end, 200, until=turn), abs=1e-6)
    assert paid["h2"] == pytest.approx(by_month(start, end, 300, since=turn), abs=1e-6)
    # A fifth of 100 $ an hour until 30,000 $ are paid: after 1,500 h.
    assert paid["r"] == pytest.approx(by_month(start, end, 20, until=start + dt.timedelta(hours=1500)), abs=0.05)
    # 10,000 $ a day are owed in three periods of 30 d, more than is ever bought: what is missing is booked as it passes.
    periods = [(begin + dt.timedelta(days=30 * k), begin + dt.timedelta(days=30 * (k + 1))) for k in range(3)]

    def bought(a, b):
        return 200 * hours(a, min(b, turn)) + 300 * hours(max(a, turn), b)

    def missing(a, b):
        return 10_000 / 24 * hours(a, b) - bought(a, b)

    due = [
        sum(missing(max(a, x), min(b, y)) for a, b in periods if max(a, x) < min(b, y)) for x, y in months(start, end)
    ]
    assert paid["m"] == pytest.approx(due, abs=1e-3)
    # The end of each settles the rest of 300,000 $ exactly.
    assert sum(paid["m"]) == pytest.approx(sum(300_000 - bought(a, b) for a, b in periods), abs=1e-3)


@pytest.mark.parametrize("window", ["1 d", "5 h", "31 d"])
def test_a_commitment_in_parts_of_a_day_settles_in_each(window):
    # 4,800 $ a day are bought, 200 an hour, and as much is owed in every quarter of a day: nothing falls short.
    clauses = CLAUSES.splitlines()[0].replace(", until = 2026-02-10TIME", "")
    clauses += '\nm = { kind = "commit", payer = "l", payee = "c", amount = "24000 $", from = 2026-01-10, until = 2026-01-15, period = "6 h" }'
    ds = run(dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 20), window, clauses=clauses)
    assert ds.clause_payment.sel(clause="k/m").values.tolist() == [0]
    assert ds.clause_used.sel(clause="k/m").values.tolist() == [24_000]


RESERVATION = """q = { kind = "reservation", payer = "l", payee = "c", lab = "l", host = "c", quantity = "80 H100e", price = "3 $/H100e-h", \
from = 2026-01-10, schedule = { 2026-01-10 = "50 %", 2026-02-14 = "100 %" } }
p = { kind = "tranche", payer = "c", payee = "l", amount = "5000 $", after = "k/w" }
g2 = { kind = "grant", role = "HOST", grantee = "c", from = 2026-01-22 }
[contracts.k.versions.w]
signed = 2026-02-27
effective = 2030-01-01
clauses = { g = { kind = "grant", role = "HOST", grantee = "c" } }
"""


@pytest.mark.parametrize("window", ["6 h", "1 d", "36 h", "7 d", "31 d"])
def test_permissions_reservations_and_signatures_count_from_their_dates(window):
    start, end = dt.datetime(2026, 1, 5), dt.datetime(2026, 3, 20)
    permitted, grown = dt.datetime(2026, 1, 22), dt.datetime(2026, 2, 14)
    toml = SCENARIO.format(start=iso(start), end=iso(end), window=window, load=100, price=1, clauses=RESERVATION)
    toml = toml.replace('g = { kind = "grant", role = "HOST", grantee = "c" }\n', "", 1)
    ds = rr.run(rr.Scenario.parse(toml, "steady.toml"), threads=1).isel(arm=0, replication=0)
    assert ds.served.sum(["lab", "product"]).values == pytest.approx(by_month(start, end, 100, since=permitted))
    first = by_month(start, end, 40 * 3, since=dt.datetime(2026, 1, 10), until=grown)
    then = by_month(start, end, 80 * 3, since=grown)
    assert ds.clause_payment.sel(clause="k/q").values == pytest.approx(
        [a + b for a, b in zip(first, then, strict=True)]
    )
    assert ds.clause_payment.sel(clause="k/p").values.tolist() == [0, 5000, 0]  # signed on 27 February


@pytest.mark.parametrize("window", ["1 d", "3 d", "31 d"])
def test_until_cuts_the_window_it_lies_in(window):
    start, until = dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 12, 6)
    ds = run(start, dt.datetime(2026, 6, 1), window, until=until)
    assert ds.revenue.sel(firm="l").sum("layer", skipna=False).values[:2] == pytest.approx(
        [74_400, 100 * (11 * 24 + 6)]
    )
    assert np.isnan(ds.revenue.sel(firm="l").values[:, 2:]).all()
    again = run(start, dt.datetime(2026, 6, 1), window, until="2026-02-12T01:00-05:00")
    assert again.fingerprint == ds.fingerprint


@pytest.mark.parametrize("window", ["5 h", "3 d", "31 d"])
def test_a_run_in_steps_inside_windows_is_the_run_in_one_go(window):
    toml = SCENARIO.format(
        start="2026-01-10", end="2026-03-02", window=window, load=100, price=1, clauses=CLAUSES.replace("TIME", "")
    )
    straight, stepped = (rr.Simulation(rr.Scenario.parse(toml, "steady.toml")) for _ in range(2))
    straight.run()
    for instant in ("2026-01-11T07:30", "2026-01-31T23:59:59.999", "2026-02-01", "2026-02-28T12:00"):
        stepped.run_until(instant)
        stepped = stepped.fork()
    stepped.run()
    assert stepped.fingerprint() == straight.fingerprint()
    stepped.run()  # at its end already, inside a window
    assert stepped.fingerprint() == straight.fingerprint()


@pytest.mark.parametrize("window", ["36 h", "31 d"])
def test_threads_share_windows_that_are_split_with_the_same_result(window):
    scenario = rr.Scenario.load("renegotiated-2026").override({"run.window": window, "run.enterprises": 60})
    one, four = (rr.run(scenario, until="2026-08-10T07:00", threads=threads) for threads in (1, 4))
    assert one.fingerprint == four.fingerprint


@pytest.mark.parametrize("window", ["1 d", "4 d", "7 d"])
def test_the_timeline_tells_what_happened_in_a_last_window_that_is_cut(window):
    clauses = 'x = { kind = "revshare", base = "lab_revenue", lab = "l", payer = "l", payee = "c", rate = "20 %" }\n'
    clauses += "[contracts.k.versions.w]\nsigned = 2026-01-01\neffective = 2026-01-10\n"
    clauses += 'clauses = { g = { kind = "grant", role = "HOST", grantee = "c" } }'
    ds = run(dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 11), window, clauses=clauses)
    assert "k w takes effect" in str(ds.event_log.values)


NEW_YORK = dt.timezone(-dt.timedelta(hours=5))
INSTANTS = [
    dt.datetime(2026, 1, 5, 22, tzinfo=NEW_YORK),
    dt.datetime(2026, 1, 6, 4, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    dt.datetime(2026, 1, 6, 3),
    np.datetime64("2026-01-06T03:00:00.000000000"),
    np.datetime64("2026-01-06T03"),
    np.array("2026-01-06T03:00", "datetime64[s]"),
    pd.Timestamp("2026-01-06 03:00"),
    pd.Timestamp("2026-01-05 22:00", tz="America/New_York"),
    "2026-01-05T22:00-05:00",
    "2026-01-06T03:00:00Z",
    "2026-01-06T03:00:00.000",
]


@pytest.mark.parametrize("instant", INSTANTS, ids=str)
def test_an_instant_is_taken_whole_and_as_utc(instant):
    sim = rr.Simulation("toy-10")
    sim.run_until(instant)
    assert sim.now == dt.datetime(2026, 1, 6, 3)
    sim.step()
    assert sim.now == dt.datetime(2026, 1, 7, 3)
    assert " to 2026-01-06T03:00:00 " in repr(rr.Scenario.load("toy-10").override({"run.end": instant}))


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 1, 6),
        "2026-01-06",
        np.datetime64("2026-01-06"),
        pd.Timestamp("2026-01-06"),
        np.datetime64("2026-01-06", "ns"),
    ],
    ids=repr,
)
def test_a_day_is_its_midnight(day):
    sim = rr.Simulation("toy-10")
    sim.run_until(day)
    assert sim.now == dt.datetime(2026, 1, 6)
    question = {"lab": "oai", "product": "consumer", "channel": "direct", "host": "aws"}
    assert (
        sim.feasible(**question, date=day)
        == sim.feasible(**question)
        == rr.Scenario.load("toy-10").feasible(**question, date=day)
    )


def test_the_time_axis_of_a_result_can_be_given_back():
    ds = rr.run("toy-10", threads=1)
    early = rr.run("toy-10", until=ds.time.values[0] + np.timedelta64(3, "D"), threads=1)
    assert early.revenue.sum().item() < ds.revenue.sum().item()


@pytest.mark.parametrize(
    "value",
    ["tomorrow", "2026-13-01", "", "2026-01-05T25:00", "2026-01-05T22:00-99:00", pd.NaT, np.datetime64("NaT"), np.datetime64(1 << 40, "Y"), 20260105, 1.5, None, True, ["2026-01-05"],
     np.array(["2026-01-05"], "datetime64[D]"), dt.time(3), dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5)))],
    ids=repr,
)  # fmt: skip
def test_what_is_no_instant_is_refused_in_a_sentence(value):
    with pytest.raises(rr.ScenarioError, match=r"^date is .*; expected a date, YYYY-MM-DD, or an instant, .*\.$"):
        rr.Simulation("toy-10").run_until(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-05T22:00:00.0005",
        "2026-01-05T22:00:00.1234567891",
        dt.datetime(2026, 1, 5, 22, 0, 0, 1),
        np.datetime64("2026-01-05T22:00:00.000000001"),
        pd.Timestamp("2026-01-05 22:00:00.000000001"),
    ],
    ids=repr,
)
def test_a_part_of_a_millisecond_is_refused_and_not_cut(value):
    with pytest.raises(rr.ScenarioError, match=r"expected a whole number of milliseconds\. Round it\."):
        rr.Simulation("toy-10").run_until(value)
    with pytest.raises(rr.ScenarioError):
        rr.Scenario.load("toy-10").override({"run.end": value})


def test_the_command_line_and_scenario_files_take_instants_with_zones(command, scenario_file, tmp_path):
    assert command("run", "toy-10", "-o", "a.h5", "-q", "--until", "2026-01-05T22:00-05:00").code == 0
    assert command("run", "toy-10", "-o", "b.h5", "-q", "--until", "2026-01-06T03:00Z").code == 0
    assert rr.open(tmp_path / "a.h5").fingerprint == rr.open(tmp_path / "b.h5").fingerprint
    for written in (
        "2026-01-05T22:00:00-05:00",
        '"2026-01-05T22:00-05:00"',
        "2026-01-06T03:00:00Z",
        "2026-01-06 03:00:00",
    ):
        path = scenario_file(f'extends = "toy-10"\n[run]\nend = {written}\n')
        assert " to 2026-01-06T03:00:00 " in repr(rr.Scenario.load(path))
    for wrong in ("2026-01-06T03:00:00.0001", '"2026-01-06T03:00:00.0001"', '"2026-01-06T03"', "03:00:00"):
        outcome = command("validate", scenario_file(f'extends = "toy-10"\n[run]\nend = {wrong}\n'))
        assert outcome.code == 2 and "run.end" in outcome.err and len(outcome.err.strip().splitlines()) == 1
    outcome = command("run", "toy-10", "-o", "c.h5", "--until", "2026-01-05T22")
    assert outcome.code == 0, outcome  # ISO 8601 knows whole hours
    outcome = command("run", "toy-10", "-o", "d.h5", "--until", "5 January")
    assert outcome.code == 2 and "until" in outcome.err and not (tmp_path / "d.h5").exists()
