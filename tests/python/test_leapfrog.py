"""Who leads when labs leapfrog each other (check B9), in runs: each release takes the lead by an exponential jump.

B9 states rates of 4, 3, 3 and 2 a year for Poisson releases, where the lead is held in proportion to the rates. Gaps of the model
are Gamma of shape 2. At a time long after the start the gap since a lab's last release then exceeds a with probability
S_e(a) = exp(-2 a/m) (1 + a/m), m the mean gap, and has density exp(-2 a/m) (1 + 2 a/m) / m. The last to release leads: lab i with
probability of the integral of its density times the S_e of the others. Rates, and with them growth, do not depend on the shape.
"""

import numpy as np

import rackrate as rr

RATES = {"a": 4.0, "b": 3.0, "c": 3.0, "d": 2.0}
JUMP = 0.15
BEGIN, END = "2026-01-01", "2046-01-01"

WORLD = f"""
title = "Leapfrog"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = {BEGIN}
end = {END}
valuation_date = {BEGIN}
[regions.one]
title = "The only region"
[firms.lab]
[channels.direct]
""" + "".join(
    f'[labs.{name}]\nfirm = "lab"\nrelease_gap = "{365.25 / rate} d"\njump_mean = {JUMP}\nfrontier_probability = 1\n'
    for name, rate in RATES.items()
)


def stationary_shares():
    """By quadrature, with the age in years."""
    age = (np.arange(200_000) + 0.5) * 2e-5  # to four years
    older = {name: np.exp(-2 * age * rate) * (1 + age * rate) for name, rate in RATES.items()}
    density = {name: np.exp(-2 * age * rate) * (1 + 2 * age * rate) * rate for name, rate in RATES.items()}
    return {
        name: float(np.sum(density[name] * np.prod([older[o] for o in RATES if o != name], axis=0)) * 2e-5)
        for name in RATES
    }


def test_who_released_last_leads_and_the_frontier_grows_by_all_releases():
    ds = rr.run(rr.Scenario.parse(WORLD), replications=50, seed=2, progress=False).squeeze()
    late = ds["quality"].isel(time=slice(36, None))  # after three years the start is forgotten
    leads = late.argmax("lab")
    expected = stationary_shares()
    assert abs(sum(expected.values()) - 1) < 1e-6
    for position, name in enumerate(late["lab"].values):
        share = (leads == position).mean("time")
        error = float(share.std()) / np.sqrt(share.size)
        assert abs(float(share.mean()) - expected[str(name)]) < 4 * error
    growth = (late.max("lab").isel(time=-1) - late.max("lab").isel(time=0)) / ((late.sizes["time"] - 1) / 12)
    error = float(growth.std()) / np.sqrt(growth.size)
    assert abs(float(growth.mean()) - JUMP * sum(RATES.values())) < 4 * error
    assert error < 0.05
