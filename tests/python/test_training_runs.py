"""A calendar of training runs against a scheduler written here, with arrays of days in place of promises and rooms."""

import json
import random

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

POOL, DAYS = 100, 300
E8 = [(0, 60, 30), (5, 50, 20), (6, 40, 10), (7, 30, 40)]
WORLD = """
title = "One pool"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2026-10-28
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.host]
[firms.lab]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "1461 $"
life = "4 y"
[clouds.host]
firm = "host"
invests = false
price = "1 $/H100e-h"
[clouds.host.regions.one]
share = 1
[clouds.host.regions.one.fleet]
h100 = 100
[channels.direct]
[labs.lab]
firm = "lab"
[labs.lab.streams.training]
product = "training"
compute = "150 H100e"
efficiency_applies = false
[labs.lab.routes.host]
[prices]
rule = "frozen"
[contracts.hosting]
parties = ["lab", "host"]
[contracts.hosting.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.hosting.versions.first.clauses]
train = { kind = "grant", role = ["TRAIN"], grantee = "host", scope = { labs = ["lab"] } }
"""


def scenario(jobs, order, more=""):
    dates = np.datetime64("2026-01-01") + np.array([submitted for submitted, _, _ in jobs])
    runs = "".join(
        f'[labs.lab.runs.r{i:02}]\nsubmitted = {date}\nsize = "{size} H100e"\nduration = "{days} d"\n'
        for i, (date, (_, size, days)) in enumerate(zip(dates, jobs, strict=True))
    )
    return rr.Scenario.parse(WORLD + runs + f'[clearing]\nrun_order = "{order}"\n' + more)


def simulated(jobs, order):
    ds = rr.run(scenario(jobs, order), progress=False).isel(arm=0, replication=0)
    return ds["training_start"].values, ds["training_end"].values


def reference(jobs, order):
    """Every day anew: what is free on each later day, less what runs; each job in turn takes the first days that fit."""
    start = np.full(len(jobs), np.nan)
    end = start.copy()
    for today in range(DAYS):
        free = np.full(2 * DAYS, POOL)
        for i in np.flatnonzero(start < today):
            free[today : max(today, int(end[i]))] -= jobs[i][1]
        earliest = today
        for i, (submitted, size, days) in enumerate(jobs):
            if submitted > today or not np.isnan(start[i]) or size > POOL:
                continue
            first = next(d for d in range(earliest, 2 * DAYS) if (free[d : d + days] >= size).all())
            free[first : first + days] -= size
            if order == "fcfs":
                earliest = first
            if first == today:
                start[i], end[i] = today, today + days
    return start, end


@pytest.mark.parametrize(
    ("order", "starts", "ends"),
    [("fcfs", [0, 30, 30, 40], [30, 50, 40, 80]), ("backfill", [0, 30, 6, 16], [30, 50, 16, 56])],
)
def test_four_jobs_in_a_pool_of_100(order, starts, ends):
    for answer in (simulated(E8, order), reference(E8, order)):
        np.testing.assert_array_equal(answer[0], starts)
        np.testing.assert_array_equal(answer[1], ends)


@pytest.mark.parametrize("order", ["fcfs", "backfill"])
@pytest.mark.parametrize("seed", range(3))
def test_random_jobs_are_scheduled_as_by_the_reference(order, seed):
    draw = random.Random(seed)
    jobs = sorted((draw.randrange(0, 60), draw.randrange(10, 120), draw.randrange(1, 25)) for _ in range(20))
    for ours, theirs in zip(simulated(jobs, order), reference(jobs, order), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_costs_what_training_costs():
    # The calendar decides what the lab's training is, not how much of it there is.
    calendar = rr.run(scenario(E8, "backfill"), progress=False)
    none = rr.run(rr.Scenario.parse(WORLD), progress=False)
    for name in ("revenue", "cost", "lab_compute", "served", "unserved", "npv"):
        np.testing.assert_array_equal(calendar[name].values, none[name].values, err_msg=name)
    assert "training_start" not in none


def test_releases_wait_for_runs_that_hold_them():
    lab = '[labs.lab]\nrelease_gap = "20 d"\njump_mean = 0.3\n'
    world = WORLD.replace("[labs.lab]\n", lab)
    run = '[labs.lab.runs.next]\nsubmitted = 2026-01-05\nsize = "90 H100e"\nduration = "150 d"\nrelease = true\n'

    def releases(text):
        ds = rr.run(rr.Scenario.parse(text), progress=False)
        events = json.loads(ds["event_log"].values.ravel()[0])
        return [(e["time"], e["text"]) for e in events if e["kind"] == "release"]

    free, held = releases(world), releases(world + run)
    assert any("2026-02" < time < "2026-06" for time, _ in free)
    waits = [time for time, text in held if "waits for a training run" in text]
    assert len(waits) == 1
    led = [time for time, text in held if "leads" in text]
    assert not any("2026-01-07" < time < "2026-06-04" for time in led)
    assert min(time for time in led if time > "2026-01-07") < "2026-06-08"  # as soon as it may


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('duration = "30 d"', 'duration = "-3 d"', "labs.lab.runs.r00.duration"),
        ('size = "60 H100e"', 'size = "0 H100e"', "labs.lab.runs.r00.size"),
        ("submitted = 2026-01-01", "submitted = 2026-02-30", "expected day between"),
        ("submitted = 2026-01-01\n", "", "labs.lab.runs.r00.submitted"),
        ("[labs.lab.runs.r01]", "[labs.lab.runs.r00]", "r00"),
        ('duration = "30 d"', 'duration = "30 d"\nclouds = ["hots"]', "host"),
        ('run_order = "fcfs"', 'run_order = "lifo"', "run_order"),
    ],
)
def test_mistakes_say_where_they_are(old, new, message):
    text = _text()
    assert old in text
    with pytest.raises(rr.ScenarioError, match=message):
        rr.Scenario.parse(text.replace(old, new, 1))


def _text():
    run = '[labs.lab.runs.{}]\nsubmitted = 2026-01-01\nsize = "60 H100e"\nduration = "30 d"\n'
    return WORLD + run.format("r00") + run.format("r01") + '[clearing]\nrun_order = "fcfs"\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('size = "60 H100e"', 'size = "101 H100e"', "labs.lab.runs.r00: no pool where it may run ever holds its size"),
        ("submitted = 2026-01-01", "submitted = 2027-01-01", "labs.lab.runs.r00: it is submitted when the run is over"),
        ("submitted = 2026-01-01", "submitted = 2025-01-01", "labs.lab.runs.r00: it is submitted before the run"),
        ('product = "training"', 'product = "research"', "no stream of training"),
    ],
)
def test_runs_that_cannot_begin_are_said(old, new, message):
    warnings = rr.Scenario.parse(_text().replace(old, new, 1)).warnings
    assert any(message in warning for warning in warnings), warnings


def test_a_calendar_is_the_same_with_a_shared_past():
    # The arms differ from April 2026 on, while runs are under way and releases wait for them.
    text = (FOLDER / "training-calendar.toml").read_text("utf-8")
    arms = [
        rr.Scenario.parse(text.replace("openai-azure-amended", base), base).override(
            {"run.enterprises": 60, "run.end": "2026-07-15"}, name=base
        )
        for base in ("openai-azure-amended", "openai-azure-exclusive")
    ]
    arms.append(
        rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 60, "run.end": "2026-07-15"}, name="none")
    )
    shared, alone = (
        rr.compare(arms, fixed_parameters=True, replications=1, share_past=share) for share in (True, False)
    )
    assert shared.identical(alone)
    assert int(shared["training_end"].notnull().sum()) >= 5
    assert not shared["training_start"].sel(arm="none").notnull().any()  # an arm without a calendar
    assert set(rr.analysis.training_runs(shared)["arm"]) == {"openai-azure-amended", "openai-azure-exclusive"}
