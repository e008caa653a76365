"""Bounds of a scenario: as many actors as one likes up to a stated number, and nothing dropped in silence.

Each world is written here from scratch. Its twin has the same actors and more of them that can do nothing, listed before or
after the others: whatever the lists are kept in, the results of the actors with names must not move.
"""

import re
import subprocess
import sys

import numpy as np
import pytest

import rackrate as rr

HEAD = """title = "equal labs"
source = "own"
grade = "A"
sources = { own = {} }
prices = { rule = "frozen" }
run = { start = 2026-01-01, end = 2026-01-04, enterprises = %d }
choice = { taste_sigma = 0, lambda_lab = 1, lambda_cloud = 1 }
[firms]
c = {}
v = {}
[supply.v]
firm = "v"
h = { h100e = 1 }
%s
[clouds.c]
firm = "c"
invests = false
[clouds.c.regions.one]
share = 1
fleet = { h = 100000 }
[regions.one]
[segments.s]
enterprises = 2000
sample_share = 1
adopters = 1
units_per_day = 10
workloads_per_year = 4
regions = { one = 1 }
products = { api_stateless = 1 }
incumbent = { c = 1 }
[channels.direct]
"""

# What an actor that does nothing looks like, by list.
IDLE = {
    "labs": '[labs.{0}]\nfirm = "v"\n',
    "clouds": '[clouds.{0}]\nfirm = "v"\ninvests = false\n',
    "channels": "[channels.{0}]\n",
    "segments": "[segments.{0}]\n",
    "regions": "[regions.{0}]\n",
    "firms": "[firms.{0}]\n",
    "supply": '[supply.{0}]\nfirm = "v"\n',
}


def world(labs=("l0", "l1"), channels=(), clouds=(), enterprises=200, chips="", more=""):
    """Equal labs, sold directly and through channels, hosted by one cloud and by others like it."""
    text = HEAD % (enterprises, chips)
    text += "".join(f"[channels.{k}]\n" for k in channels)
    for name in clouds:
        text += f'[firms.f-{name}]\n[clouds.{name}]\nfirm = "f-{name}"\ninvests = false\nregions = {{ one = {{ share = 1, fleet = {{ h = 100000 }} }} }}\n'
    routes = ", ".join(f"{c} = {{}}" for c in ("c", *clouds))
    for name in labs:
        text += f'[firms.{name}]\n[labs.{name}]\nfirm = "{name}"\nkappa = "1 H100e-h/Mtok"\nlist_price = "1 $"\nroutes = {{ {routes} }}\n'
    grants = f'g = {{ kind = "grant", role = "HOST", grantee = {["c", *clouds]} }}'
    if channels:
        grants += f', h = {{ kind = "grant", role = "CHANNEL", grantee = {list(channels)} }}'
    parties = ["c", *(f"f-{name}" for name in clouds)]
    # Channels without a firm of theirs are sold through by the labs, who grant it.
    parties += list(labs)
    text += f"[contracts.k]\nparties = {parties}\nversions = {{ v = {{ signed = 2025-01-01, effective = 2025-01-01, clauses = {{ {grants} }} }} }}\n"
    return text + more


def run(text):
    return rr.run(rr.Scenario.parse(text), threads=1)


def refused(text):
    with pytest.raises(rr.ScenarioError) as error:
        rr.Scenario.parse(text)
    sentence = str(error.value)
    assert "\n" not in sentence and "expected" in sentence, sentence
    return sentence


def names(prefix, n):
    return [f"{prefix}{k:03d}" for k in range(n)]


def lab_shares(ds):
    share = ds.placement_share.sel(segment="s").isel(arm=0, replication=0, time=-1).sum(["channel", "host"])
    return {str(lab): float(share.sel(lab=lab)) for lab in share.lab.values}


@pytest.mark.parametrize("n", [16, 17, 40])
def test_equal_labs_sell_alike_however_many_there_are(n):
    shares = np.array(list(lab_shares(run(world(names("l", n), enterprises=2000))).values()))
    # 2000 enterprises bring thousands of workloads: a share of 1/n has a standard error of some 1/sqrt(4000 n).
    assert len(shares) == n
    assert np.all(np.abs(shares * n / shares.sum() - 1) < 5 * np.sqrt(n / 2500))


@pytest.mark.parametrize(
    "labs, channels", [(1, 15), (1, 126), (1, 127), (1, 128), (1, 253), (8, 15), (8, 16), (40, 20)]
)
def test_any_number_of_ways_to_buy_a_product_is_chosen_from(labs, channels):
    ds = run(world(names("l", labs), names("k", channels), enterprises=400))
    share = ds.placement_share.sel(segment="s").isel(arm=0, replication=0, time=-1).sum(["lab", "host"]).values
    assert np.isfinite(share).all() and np.count_nonzero(share) > channels / 2
    assert share.sum() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("n", [15, 16, 31])
def test_equal_clouds_host_alike_however_many_there_are(n):
    ds = run(world(["l0"], clouds=names("x", n)))
    assert ds.sizes["host"] == n + 1
    assert np.isfinite(ds.revenue).all()


@pytest.mark.parametrize("kind", IDLE)
def test_idle_neighbours_before_or_after_change_nobody(kind):
    n = 20 if kind == "clouds" else 150
    alone = run(world())
    found = []
    for prefix in ("a-", "zz-"):
        ds = run(world(more="".join(IDLE[kind].format(name) for name in names(prefix, n))))
        found.append(lab_shares(ds))
        firm = ds.revenue.sel(firm=["c", "l0", "l1"]).isel(arm=0, replication=0)
        np.testing.assert_array_equal(
            firm.values, alone.revenue.sel(firm=["c", "l0", "l1"]).isel(arm=0, replication=0).values
        )
    for shares in found:
        assert {lab: shares[lab] for lab in ("l0", "l1")} == lab_shares(alone)


def test_a_number_of_chips_changes_nothing_but_the_chips():
    chips = "".join(f"c{k:03d} = {{ h100e = 1 }}\n" for k in range(999))
    lot = '[clouds.c.regions.one.lots.x]\nchip = "{}"\nunits = 5\narrives = 2026-01-02\n'
    many = run(world(chips=chips, more=lot.format("c998")))
    few = run(world(chips="c998 = { h100e = 1 }\n", more=lot.format("c998")))
    np.testing.assert_array_equal(many.revenue.values, few.revenue.values)
    np.testing.assert_array_equal(many.capacity.values, few.capacity.values)


@pytest.mark.parametrize("kind, most", [(kind, 32 if kind == "clouds" else 254) for kind in IDLE])
def test_one_more_than_a_list_takes_is_refused_in_a_sentence(kind, most):
    base = {"labs": 2, "clouds": 1, "channels": 1, "segments": 1, "regions": 1, "firms": 4, "supply": 1}[kind]
    idle = [IDLE[kind].format(name) for name in names("zz-", most + 50)]
    rr.Scenario.parse(world(more="".join(idle[: most - base])))
    for n in (most - base + 1, most + 50):
        sentence = refused(world(more="".join(idle[:n])))
        assert kind in sentence and f"at most {most}" in sentence, sentence


def test_forty_thousand_chips_are_refused_in_a_sentence():
    text = world(chips="".join(f"c{k} = {{ h100e = 1 }}\n" for k in range(40_000)))
    sentence = refused(text)
    assert "supply is 40001 chips; expected at most 1000" in sentence, sentence


TOY = 'extends = "toy-10"\n'
BEYOND = {
    "labs.ant.streams.app.compute": TOY + '[labs.ant.streams.app]\ncompute = "1e30 H100e"\n',
    "labs.oai.streams.app.compute": TOY + '[labs.oai.streams.app]\ncompute = "1e13 H100e"\n',
    "labs.oai.streams.app.price": TOY + '[labs.oai.streams.app]\nprice = "1e300 $/H100e-h"\n',
    "labs.oai.streams.app.unserved_penalty": TOY + '[labs.oai.streams.app]\nunserved_penalty = "1e12 $/H100e-h"\n',
    "clouds.az.regions.one.power": TOY + '[clouds.az.regions.one]\npower = "1e30 MW"\n',
    "clouds.az.regions.one.fleet.h100": TOY + "[clouds.az.regions.one.fleet]\nh100 = 1e15\n",
    "run.start": TOY + "[run]\nstart = 2300-01-01\nend = 2300-01-11\nvaluation_date = 2300-01-01\n",
    "run.end": TOY + "[run]\nend = 2200-01-01\n",
}


@pytest.mark.parametrize("key", BEYOND)
def test_a_value_that_no_run_could_count_is_refused_by_its_key(key):
    with pytest.raises(rr.ScenarioError) as error:
        rr.Scenario.parse(BEYOND[key])
    first = str(error.value).splitlines()[0]
    assert f": {key} is " in first and "expected" in first, first


@pytest.mark.parametrize("price", [60_000, 100_000])
def test_a_price_far_above_any_market_is_earned_in_full(price):
    # 120 H100e are wanted, of which 108 are served: 25,920 hours in ten days.
    ds = rr.run(rr.Scenario.parse(TOY + f'[labs.oai.streams.app]\nprice = "{price} $/H100e-h"\n'), threads=1)
    assert ds.revenue.sel(firm="oai").sum().item() == pytest.approx(25_920.0 * price, rel=1e-12)


@pytest.mark.parametrize(
    "key",
    [
        "clouds.az.price",
        "labs.oai.streams.app.unserved_penalty",
        "clearing.latency",
        "clearing.penalties.batch",
        "labs.oai.routes.az.serving_cost",
    ],
)
def test_the_largest_cost_of_clearing_can_be_cleared(key):
    scenario = rr.Scenario.load("toy-10").override({key: "1e5 $/H100e-h"})
    assert np.isfinite(rr.run(scenario, threads=1).revenue).all()


def test_a_sum_that_no_run_could_count_names_its_largest_part():
    # 2e9 H100e at 3 $ for ten days is 1.4e12 $: sound. The same at 9000 $ is 4e15 $, and none of the values is beyond its own bound.
    text = TOY + '[labs.oai.streams.app]\ncompute = "2e9 H100e"\nprice = "{} $/H100e-h"\n'
    rr.Scenario.parse(text.format(3))
    sentence = refused(text.format(9000))
    assert "labs.oai.streams.app.price is the largest part of 4.32e+15 $" in sentence, sentence


def test_a_purchase_of_more_units_than_32_bits_hold_is_booked_whole():
    ds = rr.run(
        rr.Scenario.parse(
            # Shipped, and so paid, two days before day 4.
            TOY + '[supply.maker]\nlead_min = "2 d"\nlead_scale = "0.01 d"\n[supply.maker.h100]\nunit_price = "1 $"\n'
            "[clouds.aws.regions.one.lots.second-hall]\nunits = 3e9\n"
        ),
        threads=1,
    )
    capex = ds.capex.isel(arm=0, replication=0).sum().item()
    assert capex == pytest.approx(3e9 * 1.0, rel=1e-6)


def test_a_stream_through_a_channel_of_no_cloud_is_served_by_any_host():
    text = TOY + '[channels.shop]\n[labs.oai.streams.app]\nchannel = "shop"\n[contracts.shop]\nparties = ["openai"]\n'
    text += 'versions = { v = { signed = 2025-01-01, effective = 2025-01-01, clauses = { g = { kind = "grant", role = "CHANNEL", grantee = "shop" } } } }\n'
    try:
        scenario = rr.Scenario.parse(text)
    except rr.ScenarioError as error:
        assert "\n" not in str(error)
        return
    assert np.isfinite(rr.run(scenario, threads=1).revenue).all()


# ---- nothing is dropped in silence ----------------------------------------------------------------------------------

LEFT_OUT = {
    "segments.tiny: none of the 200 simulated": "[segments.tiny]\nenterprises = 50\nsample_share = 0\n",
    "segments.s: run.enterprises is 0": ("run.enterprises", 0),
    "segments.s.products.batch: nobody may sell it": ("segments.s.products", None),
    "clouds.c.regions.one.lots.late: it comes when the run is over": '[clouds.c.regions.one.lots.late]\nchip = "h"\nunits = 5\narrives = 2026-01-04\n',
    "clouds.c.regions.one.lots.crumb: it rounds to 0": '[clouds.c.regions.one.lots.crumb]\nchip = "h"\nunits = 0.4\narrives = 2026-01-02\n',
    "clouds.c.regions.one.lots.old: it comes before the run begins": '[clouds.c.regions.one.lots.old]\nchip = "h"\nunits = 4\narrives = 2025-01-02\n',
    "labs.hermit.streams.app: no cloud that it runs on may host it": '[labs.hermit]\nfirm = "v"\nstreams = { app = { product = "consumer", compute = "5 H100e" } }\n',
    "labs.l0.streams.app: it asks for nothing": '[labs.l0.streams.app]\nproduct = "consumer"\n',
    "labs.l0.streams.app.user_growth: users stand at their ceiling": '[labs.l0.streams.app]\nproduct = "consumer"\nusers = 100\nuser_growth = "10 %/y"\n',
    "labs.l0.streams.app.price: it is for streams of compute": '[labs.l0.streams.app]\nproduct = "consumer"\nusers = 100\nprice = "1 $/H100e-h"\n',
    "clouds.b.silicon.v: it orders from a vendor that sells nothing": '[clouds.b]\nfirm = "v"\nsilicon = { v = 1 }\n',
    'supply.w.outside_growth: it is for outside_orders = "path"': '[supply.w]\nfirm = "v"\noutside_growth = "20 %/y"\n',
    "supply.w.k.phase_out: its production never ends": '[supply.w]\nfirm = "v"\n[supply.w.k]\nh100e = 1\nunits_per_month = 10\nphase_out = "6 mo"\n',
    "labs.l0.chips.v.training_least: none of its vendor's chips is that strong": "[labs.l0.chips.v]\ntraining_least = 9\n",
    "clouds.idle.capex: its cloud has invests = false": '[clouds.idle]\nfirm = "v"\ninvests = false\ncapex = "1 B$/y"\n',
    "clouds.idle.backlog: its cloud names no silicon": '[clouds.idle]\nfirm = "v"\ninvests = false\nbacklog = "10 H100e"\n',
    'clouds.idle.backlog: its capital.first_orders is "rule"': '[clouds.idle]\nfirm = "v"\nsilicon = { v = 1 }\nbacklog = "10 H100e"\ncapital = { first_orders = "rule" }\n',
    "labs.far.routes.bare: this cloud has no region": '[clouds.bare]\nfirm = "v"\ninvests = false\n[labs.far]\nfirm = "v"\nroutes = { bare = {} }\n',
    "contracts.old: none of its versions is in force": '[contracts.old]\nparties = ["c"]\nversions = { v = { signed = 2020-01-01, effective = 2020-01-01, ends = 2021-01-01, clauses = {} } }\n',
}


@pytest.mark.parametrize("line", LEFT_OUT)
def test_what_a_run_leaves_out_is_said(line):
    case = LEFT_OUT[line]
    if isinstance(case, str):
        scenario = rr.Scenario.parse(world(more=case))
    elif case[0] == "run.enterprises":
        scenario = rr.Scenario.parse(world(enterprises=0))
    else:
        text = world().replace("products = { api_stateless = 1 }", "products = { api_stateless = 0.5, batch = 0.5 }")
        scenario = rr.Scenario.parse(text)
    if "nobody may sell" in line:  # a lab that sells directly sells all products: without a route it sells none
        scenario = rr.Scenario.parse(text.replace("routes = { c = {} }", "").replace("kind", "enabled = false, kind"))
    assert any(w.startswith(line) or line in w for w in scenario.warnings), scenario.warnings


def test_a_sound_scenario_has_nothing_to_say():
    assert rr.Scenario.parse(world()).warnings == []


@pytest.mark.parametrize("name", ["openai-azure-amended", "openai-azure-exclusive", "toy-10"])
def test_the_library_is_not_drowned(name):
    assert len(rr.Scenario.load(name).warnings) <= 4


# ---- twins in scale, and many values at once ------------------------------------------------------------------------

STEADY = """title = "a steady stream"
source = "own"
grade = "A"
sources = {{ own = {{}} }}
run = {{ start = 2026-01-01, end = 2026-01-11 }}
regions = {{ one = {{}} }}
firms = {{ c = {{}}, l = {{}}, v = {{}} }}
supply = {{ v = {{ firm = "v", h = {{ h100e = 1 }} }} }}
channels = {{ direct = {{}} }}
prices = {{ rule = "frozen" }}
clearing = {{ rho_max = 1 }}
[clouds.c]
firm = "c"
invests = false
regions = {{ one = {{ share = 1, fleet = {{ h = {fleet} }} }} }}
[labs.l]
firm = "l"
routes = {{ c = {{}} }}
streams = {{ s = {{ product = "consumer", compute = "{compute} H100e", price = "{price} $/H100e-h", efficiency_applies = false }} }}
[contracts.k]
parties = ["l", "c"]
versions = {{ v = {{ signed = 2025-01-01, effective = 2025-01-01, clauses = {{ g = {{ kind = "grant", role = "HOST", grantee = "c" }} }} }} }}
"""


@pytest.mark.parametrize("k", [1, 10**3, 10**5, 10**7, 4 * 10**7])
@pytest.mark.parametrize("price", [1, 50])
def test_a_world_k_times_as_large_earns_k_times_as_much(k, price):
    # 100 k H100e x 24 h x 10 d x price, all of it served: at most 4e9 x 240 x 50 = 4.8e13 $.
    ds = run(STEADY.format(fleet=110 * k, compute=100 * k, price=price))
    assert ds.revenue.sel(firm="l").sum().item() == pytest.approx(24_000.0 * k * price, rel=1e-12)


@pytest.mark.parametrize("k, price", [(10**8, 1), (4 * 10**7, 500), (10**9, 1), (10**12, 1)])
def test_a_world_too_large_to_count_is_refused_and_never_runs_wrong(k, price):
    with pytest.raises(rr.ScenarioError):
        rr.Scenario.parse(STEADY.format(fleet=110 * k, compute=100 * k, price=price))


def test_any_values_at_once_are_refused_or_run():
    toy = rr.Scenario.load("toy-10")
    numbers = [item for item in toy.items(True) if re.match(r'^"?-?[0-9.e+]+( |"|$)', str(item.value))]
    assert len(numbers) > 100
    rng = np.random.default_rng(9)
    ran = 0
    for _ in range(400):
        values = {}
        for item in rng.choice(np.array(numbers, dtype=object), size=rng.integers(1, 5), replace=False):
            x = float(f"{10 ** rng.uniform(-4, 11):.4g}")
            values[item.path] = f"{x} {item.unit}" if item.unit else x
        try:
            scenario = toy.override(values)
        except rr.ScenarioError:
            continue
        simulation = rr.Simulation(scenario)
        simulation.run_until("2026-01-04")
        ran += 1
    assert ran > 50


# ---- from the command line ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("key", BEYOND)
def test_the_command_refuses_in_a_sentence_and_writes_nothing(key, tmp_path):
    (tmp_path / "s.toml").write_text(BEYOND[key])
    done = subprocess.run(
        [sys.executable, "-c", "from rackrate.cli import main; main()", "run", "s.toml", "-o", "o.h5"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr and key in done.stderr
    assert not (tmp_path / "o.h5").exists()


HOSTED = """extends = "openai-azure-amended"
[contracts.dear]
parties = []
[contracts.dear.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.dear.versions.first.clauses.price]
kind = "hosting"
lab = "{lab}"
host = "oci"
price = "{price} $/H100e-h"
"""


def test_a_price_of_hosting_bounds_what_its_own_lab_may_pay():
    """Own products and customers of clouds never pay a lab's contract, so a dear one of a small lab bounds little."""
    rr.Scenario.parse(HOSTED.format(lab="mistral", price=99))
    with pytest.raises(
        rr.ScenarioError, match=r"(labs\.openai|segments)\S* is the largest part of \S+ \$ that would move"
    ):
        rr.Scenario.parse(HOSTED.format(lab="openai", price=50000))
