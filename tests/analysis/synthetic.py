"""A small made-up study with the layout of a result file, built by known arithmetic, so that answers can be
checked.

It is not a simulation: every arm is a common random world plus a stated effect. ``host`` and ``rival`` say
which cloud holds the exclusivity and which one is kept out; swapping them must swap every word of the report.
"""

import json

import numpy as np
import pandas as pd
import xarray as xr

FIRM_OF = {"azure": "microsoft", "aws": "amazon", "gcp": "google", "oci": "oracle", "coreweave": "coreweave"}
CHANNEL_OF = {"azure": "azure", "aws": "bedrock", "gcp": "vertex"}
FIRMS = [
    "microsoft",
    "amazon",
    "google",
    "oracle",
    "coreweave",
    "openai",
    "anthropic",
    "nvidia",
    "suppliers",
    "services",
]
TITLES = {
    "microsoft": "Microsoft",
    "amazon": "Amazon",
    "google": "Google",
    "oracle": "Oracle",
    "coreweave": "CoreWeave",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "nvidia": "NVIDIA",
    "azure": "Azure",
    "aws": "AWS",
    "gcp": "Google Cloud",
    "oci": "Oracle Cloud",
    "bedrock": "Bedrock",
    "vertex": "Vertex AI",
}
LAYERS = ["application", "model", "infrastructure", "deployment"]
CLOUDS, REGIONS = list(FIRM_OF), ["us", "eu"]
LABS, PRODUCTS = ["openai", "anthropic"], ["consumer", "api_stateless", "agent_stateful"]
SEGMENTS = ["smb", "mid", "large"]
CHANNELS = ["azure", "bedrock", "vertex", "direct"]
ARMS = ["amended", "exclusive", "october-2025"]
CLAUSES = [
    "openai-host/amended-2026/share",
    "openai-host/october-2025/share",
    "openai-host/october-2025/channel-share",
]
VALUATION = "2026-04-27"


def scenario_text(arm, host="azure", rival="aws"):
    """The resolved scenario of one arm, in the form of the library's files."""
    firm, channel = FIRM_OF[host], CHANNEL_OF[host]
    titles = "".join(
        f'[firms.{f}]\ntitle = "{TITLES[f]}"\n' + ("fiscal_year_end = 6\n" if f == "microsoft" else "")
        for f in FIRMS
        if f in TITLES
    )
    clouds = "".join(
        f'[clouds.{c}]\ntitle = "{TITLES[c]}"\nfirm = "{f}"\nprice = {{ value = "2.5 $/H100e-h", '
        f'low = "1.7 $/H100e-h", high = "4 $/H100e-h", source = "rates", grade = "R" }}\n'
        for c, f in FIRM_OF.items()
    )
    channels = "".join(f'[channels.{x}]\ntitle = "{TITLES[x]}"\ncloud = "{c}"\n' for c, x in CHANNEL_OF.items())
    on = "true" if arm == "exclusive" else "false"
    amended = f"""
[contracts.openai-host.versions.amended-2026]
signed = 2026-04-27
effective = 2026-04-27
grade = "R"
source = "april"
[contracts.openai-host.versions.amended-2026.clauses.api-exclusive]
kind = "exclusive"
enabled = {on}
role = "HOST"
holder = "{host}"
scope = {{ labs = ["openai"], products = ["api_stateless"] }}
[contracts.openai-host.versions.amended-2026.clauses.share]
kind = "revshare"
payer = "openai"
payee = "{firm}"
rate = "20 %"
cap = {{ value = "38 B$", low = "25 B$", high = "50 B$", grade = "W", source = "press" }}
[contracts.openai-host.versions.amended-2026.clauses.first]
kind = "ship_first"
role = "CHANNEL"
holder = "{channel}"
reading = "and"
"""
    return f"""title = "{arm}"
source = "own"
grade = "A"
[sources.own]
title = "Made for tests"
[sources.rates]
title = "Rental price survey, 2026"
url = "https://example.org/rates"
[sources.april]
title = "Joint statement of April 2026, as reported"
[sources.press]
title = "One press report, unconfirmed"
[run]
start = 2025-07-01
end = 2031-01-01
valuation_date = {VALUATION}
[choice]
lambda_lab = {{ value = 0.5, low = 0.2, high = 1.0, grade = "A" }}
lambda_cloud = {{ value = 0.6, low = 0.2, high = 1.0, grade = "A" }}
[prices]
rule = "quarterly"
{titles}{clouds}{channels}
[channels.direct]
title = "OpenAI direct"
[labs.openai]
firm = "openai"
[labs.anthropic]
firm = "anthropic"
[contracts.openai-host]
parties = ["openai", "{firm}"]
title = "OpenAI and {TITLES[firm]}"
[contracts.openai-host.versions.october-2025]
signed = 2025-10-28
effective = 2025-10-28
grade = "R"
source = "april"
[contracts.openai-host.versions.october-2025.clauses.api-exclusive]
kind = "exclusive"
role = "HOST"
holder = "{host}"
scope = {{ labs = ["openai"], products = ["api_stateless"] }}
[contracts.openai-host.versions.october-2025.clauses.share]
kind = "revshare"
payer = "openai"
payee = "{firm}"
rate = "20 %"
[contracts.openai-host.versions.october-2025.clauses.channel-share]
kind = "revshare"
payer = "{firm}"
payee = "openai"
rate = "20 %"
{"" if arm == "october-2025" else amended}
[contracts.openai-rival]
parties = ["openai", "{FIRM_OF[rival]}"]
title = "OpenAI and {TITLES[FIRM_OF[rival]]}"
[contracts.openai-rival.versions.february-2026]
signed = 2026-02-27
effective = 2026-02-27
grade = "R"
[contracts.openai-rival.versions.february-2026.clauses.grant]
kind = "grant"
role = "HOST"
grantee = "{rival}"
"""


def study(replications=20, host="azure", rival="aws", seed=7, effect=1.0):
    """A study of three arms. The exclusivity moves ``effect`` times a known ramp from the rival and the lab
    to the host."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2025-07-01", "2030-12-01", freq="MS")
    n, t = replications, np.arange(len(time))
    after = np.clip((t - 9) / 12.0, 0.0, 1.0)  # from April 2026 on, a year of ramp
    f, p = len(FIRMS), FIRMS.index
    host_firm, rival_firm, lab = p(FIRM_OF[host]), p(FIRM_OF[rival]), p("openai")

    level = np.zeros((f, 4))
    level[:, 2] = [4, 5, 3, 1.2, 0.8, 0, 0, 0, 0, 0]
    level[:, 1] = [0, 0, 1, 0, 0, 2.5, 1.5, 0, 0, 0]
    level[:, 0] = [1.5, 0.3, 0.8, 0, 0, 0, 0, 0, 0, 0]
    level[:, 3] = [0.4, 0.5, 0.3, 0, 0, 0, 0, 0, 0, 0.3]
    level[p("nvidia"), 2] = 6
    growth = 4.0 * (1 - np.exp(-t / 30.0)) + 1.0  # saturating: nothing grows for ever
    world = np.exp(np.cumsum(rng.normal(0, 0.02, (n, 1, 1, len(t))), -1) + rng.normal(0, 0.08, (n, f, 1, 1)))
    common = level[None, :, :, None] * growth * world * 1e9
    strength = rng.gamma(4.0, 0.25, n)[:, None]  # how much exclusivity matters differs by future
    moved = effect * strength * after * 0.25e9
    revenue = np.stack([common] * 3)
    for arm in (1, 2):
        revenue[arm, :, host_firm, 2] += moved
        revenue[arm, :, rival_firm, 2] -= 0.6 * moved
        revenue[arm, :, lab, 1] -= 0.55 * moved
    transfer = np.zeros((3, n, 3, len(t)))
    transfer[:, :, 0] = np.array([1, 1, 0])[:, None, None] * 0.30e9 * (t >= 9) * (t < 54)
    transfer[:, :, 1] = 0.30e9 * (t < 9) + np.array([0, 0, 1])[:, None, None] * 0.34e9 * (t >= 9)
    transfer[:, :, 2] = 0.05e9 * (t < 9) + np.array([0, 0, 1])[:, None, None] * 0.06e9 * (t >= 9)
    net = transfer[:, :, 0] + transfer[:, :, 1] - transfer[:, :, 2]
    cost = 0.62 * revenue
    gross = revenue - cost
    gross[:, :, host_firm, 1] += net
    gross[:, :, lab, 1] -= net

    dims = ("arm", "replication")
    series, pool = (*dims, "firm", "layer", "time"), (*dims, "cloud", "region", "time")
    ds = xr.Dataset(
        coords={
            "arm": ARMS,
            "replication": np.arange(n),
            "firm": FIRMS,
            "layer": LAYERS,
            "time": time,
            "cloud": CLOUDS,
            "region": REGIONS,
            "host": CLOUDS,
            "lab": LABS,
            "product": PRODUCTS,
            "segment": SEGMENTS,
            "channel": CHANNELS,
            "clause": CLAUSES,
            "payer": [*FIRMS, "enterprises", "consumers"],
            "payee": [*FIRMS, "enterprises", "consumers"],
        }
    )
    usd = {"units": "USD"}
    ds["revenue"] = series, revenue, usd
    ds["internal_revenue"] = series, 0 * revenue, usd
    ds["value_added"], ds["cost"] = (series, 0.6 * revenue, usd), (series, cost, usd)
    ds["gross_profit"] = series, gross, usd
    middle = (time + (time + pd.offsets.MonthBegin(1) - time) / 2 - pd.Timestamp(VALUATION)).days.values / 365.25
    factor = 1.10**-middle
    ds["npv"] = (*dims, "firm"), (gross * factor).sum((-1, -2)), usd
    ds["npv_cash"] = (*dims, "firm"), 0.8 * (gross * factor).sum((-1, -2)), usd
    ds["outlay_enterprises"] = (*dims, "time"), revenue[:, :, :, 3].sum(2) + revenue[:, :, :, 1].sum(2), usd
    ds["outlay_consumers"] = (*dims, "time"), np.broadcast_to(3e8 * growth, (3, n, len(t))).copy(), usd
    ds["clause_payment"] = (*dims, "clause", "time"), transfer, usd
    payment = np.zeros((3, n, f + 2, f + 2, len(t)))
    payment[:, :, lab, host_firm] = 0.5 * revenue[:, :, host_firm, 2] + transfer[:, :, 0] + transfer[:, :, 1]
    payment[:, :, host_firm, lab] = transfer[:, :, 2]
    payment[:, :, lab, rival_firm] = 0.4 * revenue[:, :, rival_firm, 2]
    payment[:, :, f, lab] = revenue[:, :, lab, 1]
    payment[:, :, host_firm, p("nvidia")] = 0.2 * revenue[:, :, host_firm, 2]
    ds["payment"] = (*dims, "payer", "payee", "time"), payment, usd

    block = (3, n, len(CLOUDS), 2, len(t))
    busy = np.clip(0.55 + 0.3 * np.sin(t / 9.0) + rng.normal(0, 0.03, (1, n, len(CLOUDS), 2, len(t))), 0, 1) * np.ones(
        block
    )
    busy[1:, :, CLOUDS.index(host)] = np.clip(busy[1:, :, CLOUDS.index(host)] + 0.12 * after, 0, 1)
    empty = np.where(
        np.array([c == "coreweave" for c in CLOUDS])[:, None, None] & np.array([False, True])[:, None],
        np.nan,
        1.0,
    )
    busy = busy * empty  # no pool, no figure
    ds["capacity"] = pool, 1e6 * growth * np.ones(block), {"units": "H100e"}
    ds["powered"] = pool, 0.95e6 * growth * np.ones(block), {"units": "H100e"}
    ds["utilisation"] = pool, busy, {"units": "1"}
    ds["scarcity_rent"] = pool, np.maximum(busy - 0.8, 0) * 20, {"units": "USD/(H100e h)"}
    ds["scarce_days"] = pool, np.clip((busy - 0.75) / 0.25, 0, 1), {"units": "1"}
    ds["wait"] = (*dims, "cloud", "time"), np.nanmean(busy, 3) ** 4 * 1e-3, {"units": "h"}
    asked = 4e8 * growth * np.ones((3, n, 2, 3, len(t)))
    lost = asked * 0.03 * strength[None, :, :, None, None] * np.array([1, 1.8, 1.7])[:, None, None, None, None]
    lost = np.where(t[None, None, None, None] < 9, asked * 0.03, lost)
    ds["served"], ds["unserved"] = (
        ((*dims, "lab", "product", "time"), v, {"units": "H100e h"}) for v in (asked - lost, lost)
    )
    ds["lab_compute"] = (
        (*dims, "lab", "host", "time"),
        np.ones((3, n, 2, 5, len(t))) * 1e5 * growth,
        {"units": "H100e"},
    )

    pick = np.zeros((3, n, 3, 2, 4, 5, len(t)))
    h, r, hx, rx = (
        CLOUDS.index(host),
        CLOUDS.index(rival),
        CHANNELS.index(CHANNEL_OF[host]),
        CHANNELS.index(CHANNEL_OF[rival]),
    )
    opened = np.array([1.0, 0, 0])[:, None, None, None] * 0.35 * after
    pick[:, :, :, 0, hx, h] = 0.35 - 0.6 * opened
    pick[:, :, :, 0, 3, h] = 0.2 - 0.1 * opened
    pick[:, :, :, 0, rx, r] = 0.9 * opened
    pick[:, :, :, 1, rx, r] = 0.25 - 0.2 * opened
    pick[:, :, :, 1, 2, 2] = 0.15
    ds["placement_share"] = (*dims, "segment", "lab", "channel", "host", "time"), pick, {"units": "1"}
    ds["placed_units"] = (
        (*dims, "segment", "time"),
        np.ones((3, n, 3, len(t))) * 1e5 * growth,
        {"units": "1/d"},
    )
    total = revenue[:, :, :-2].sum(2, keepdims=True)
    portion = np.divide(revenue, total, out=np.full_like(revenue, np.nan), where=total > 0)
    portion[:, :, -2:] = np.nan  # suppliers and services have no market share
    ds["market_share"] = series, portion, {"units": "1"}
    ds["hhi"] = (*dims, "layer", "time"), ((100 * portion[:, :, :-2]) ** 2).sum(2), {"units": "1"}
    ds["surplus"] = (
        (*dims, "segment", "time"),
        (2e8 * growth - 0.2 * moved[None, :, None, :] * np.array([0, 1, 1])[:, None, None, None])
        * np.ones((3, n, 3, 1)),
        usd,
    )
    ds["adoption"] = (*dims, "segment", "time"), np.ones((3, n, 3, 1)) * (1 - np.exp(-t / 40)), {"units": "1"}
    ds["quality"], ds["users"] = (
        ((*dims, "lab", "time"), np.ones((3, n, 2, 1)) * v, {"units": "1"}) for v in (1 + t / 20, 5e8 * growth)
    )
    ds["seats"] = (*dims, "time"), np.ones((3, n, 1)) * 1e7 * growth, {"units": "1"}
    ds["compute_price"] = (*dims, "cloud", "time"), 2.5 + np.nanmean(busy, 3), {"units": "USD/(H100e h)"}
    events = [
        {
            "time": "2025-10-28",
            "kind": "contract",
            "subject": "openai-host",
            "text": "version october-2025 takes effect",
        },
        {
            "time": "2026-04-27",
            "kind": "contract",
            "subject": "openai-host",
            "text": "version amended-2026 takes effect",
        },
        {
            "time": "2026-04-27",
            "kind": "conflict",
            "subject": "openai-rival",
            "text": "grant against a live exclusive: blocked",
        },
    ]
    logs = [json.dumps(events[:2]), json.dumps(events), json.dumps([events[0], events[2]])]
    ds["event_log"] = ("arm",), np.array(logs, dtype=object)
    ds["complete"] = dims, np.ones((3, n), np.int8)
    end = time[-1] + pd.offsets.MonthBegin(1)
    ds["time_bounds"] = ("time", "bnds"), np.stack([time, time + pd.offsets.MonthBegin(1)], 1)
    ds["run_end"] = dims, np.full((3, n), end.to_datetime64())
    ds["discount_rate"] = "arm", np.full(3, 0.10)
    ds["valuation_date"] = "arm", np.array([VALUATION] * 3, dtype=object)
    ds["scenario"] = "arm", np.array([scenario_text(arm, host, rival) for arm in ARMS], dtype=object)
    ds["scenario_digest"] = "arm", np.array([arm.encode().hex()[:16] for arm in ARMS], dtype=object)
    for name in ("replay_prices", "replay_investment", "axes"):
        ds[name] = "arm", np.array([""] * 3, dtype=object)
    ds.attrs = {
        "baseline": "amended",
        "seed": 1,
        "discount_rate": 0.10,
        "valuation_date": VALUATION,
        "fingerprint": "0" * 32,
        "program_version": "0.1.0",
    }
    return ds


def with_scenarios(ds, change):
    """The study with each arm's scenario text passed through ``change(text)``."""
    texts = np.array([change(str(text)) for text in ds["scenario"].values], dtype=object)
    return ds.assign(scenario=("arm", texts))


def as_in_format_one(ds):
    """The same study as files of format 1 keep it: provenance in root attributes, no ends of runs."""
    old = ds.drop_vars(
        [
            "run_end",
            "discount_rate",
            "valuation_date",
            "scenario",
            "scenario_digest",
            "replay_prices",
            "replay_investment",
            "axes",
        ]
    )
    old.attrs = dict(ds.attrs)
    for arm, text, digest in zip(ds["arm"].values, ds["scenario"].values, ds["scenario_digest"].values, strict=True):
        old.attrs[f"scenario_{arm}"], old.attrs[f"scenario_digest_{arm}"] = text, digest
    return old
