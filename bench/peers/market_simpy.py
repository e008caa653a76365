"""The market of market.toml in SimPy and numpy, written from docs/model.md: one segment of enterprises, three labs on two
channels, two pools.

Workloads, arrivals, price reviews and the exchange are processes. A workload that reviews joins a queue, and the
exchange lets all of a day choose at once, as arrays: prices that customers see change at midnight only, so nothing
differs from choosing at the event. ``--decide event`` does that instead, one workload at a time.

Prints one JSON object: seconds and CPU seconds from figures to results, decisions, events, and what the run gave.
"""

import argparse
import json
import math
import random
import time
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import simpy

SCENARIO = Path(__file__).with_name("market.toml")
YEAR, QUARTER = 365.25, 365.25 / 4
DAYS_OF_MEMORY = 28.0  # of the demand that price reviews read
HISTORY = 1.5 * YEAR  # in which the adopters of the first day adopted
SPREAD_OF_VOLUME = 0.5  # of its logarithm


def number(value):
    """A figure of the scenario without its unit: 2.5 of "2.5 $/H100e-h"."""
    return float(value.split()[0]) if isinstance(value, str) else float(value)


def lognormal(rng, sigma, size):
    """Lognormal draws of mean 1."""
    return np.exp(sigma * rng.standard_normal(size) - sigma**2 / 2)


class Ledger:
    """What each party paid each other one, by purpose: an entry takes from one account what it gives to another."""

    def __init__(self):
        self.entries = Counter()
        self.balances = Counter()

    def pay(self, payer, payee, purpose, amount):
        self.entries[payer, payee, purpose] += amount
        self.balances[payer] -= amount
        self.balances[payee] += amount


class Market:
    """The state of one replication; its processes are the generators below."""

    def __init__(self, figures, enterprises, seed, decide="day"):
        self.rng = np.random.default_rng(seed)
        self.random = random.Random(seed)  # one draw at a time is quicker here
        self.env = simpy.Environment()
        self.decide_at_event = decide == "event"
        self.read(figures)
        self.draw_enterprises(figures, enterprises)
        self.days = (figures["run"]["end"] - figures["run"]["start"]).days
        self.first_day = np.datetime64(figures["run"]["start"])
        self.ledger = Ledger()
        self.history = []  # by day: volume by alternative, prices by lab, prices by cloud, served by cloud, unserved
        self.decisions = 0
        self.events = 0

    def read(self, figures):
        labs, channels = figures["labs"], figures["channels"]
        clouds = {name: cloud for name, cloud in figures["clouds"].items() if "fleet" in cloud["regions"]["one"]}
        self.clouds, self.labs = list(clouds), list(labs)  # clouds here are those with a pool
        self.estates = list(figures["segments"]["all"]["incumbent"])
        # Alternatives are pairs (lab, channel); alternative j has lab j // 2 and channel j % 2.
        self.pairs = [(lab, channel) for lab in labs for channel in channels]
        self.channel_cloud = [self.estates.index(channels[c]["cloud"]) for _, c in self.pairs]
        c = figures["choice"]
        self.lambda_lab, self.lambda_cloud = c["lambda_lab"], c["lambda_cloud"]
        self.outside, self.switching = c["outside"], c["switching"]
        self.review_days, self.learning = number(c["review"]), number(c["learning"])
        self.elasticity = c["elasticity"]
        decay = math.log(2) / number(c["volume_growth_half_life"])
        rate = math.log1p(number(c["volume_growth"]))
        self.growth = lambda days: math.exp(rate / decay * (1 - math.exp(-decay * days / YEAR)))
        # Both channels sold before the run, so integration is complete. No customer has data at a host: its gravity is 0.
        self.common = np.array(
            [
                c["beta_quality"] * labs[lab]["quality"]
                + labs[lab].get("brand", 0.0)
                + channels[channel]["appeal"]
                + c["beta_integration"]
                for lab, channel in self.pairs
            ]
        )
        self.beta_runtime, self.taste_sigma = c["beta_runtime"], c["taste_sigma"]
        self.concentration = c["gravity_concentration"]
        self.list_price = np.array([number(labs[lab]["list_price"]) for lab in labs])
        self.compute_per_unit = np.array([number(labs[lab]["kappa"]) * labs[lab]["tokens_per_unit"] for lab in labs])
        self.fee = np.array([labs[lab]["channel_fee"] for lab in labs])
        self.cloud_price = np.array([number(clouds[k]["price"]) for k in clouds])
        self.target = np.array([clouds[k]["target_utilisation"] for k in clouds])
        self.for_sale = np.array([float(clouds[k]["regions"]["one"]["fleet"]["h100"]) for k in clouds])
        self.rho_max = figures["clearing"]["rho_max"]
        self.eta, self.clip, self.menu = (figures["prices"][k] for k in ("eta", "clip", "menu"))
        self.lab_index, self.cloud_index = np.ones(len(self.labs)), np.ones(len(self.clouds))
        self.demand = None  # of each cloud, smoothed; published since the first day was cleared

    def draw_enterprises(self, figures, n):
        s, rng = figures["segments"]["all"], self.rng
        self.max_workloads, self.arrivals_per_day = s["max_workloads"], s["workloads_per_year"] / YEAR
        self.unit_volume = s["units_per_day"] * s["enterprises"] / n
        self.size = lognormal(rng, s["size_sigma"], n)
        self.sensitivity = s["price_sensitivity"] * lognormal(rng, s["price_sensitivity_sigma"], n)
        estate = rng.dirichlet(self.concentration * np.array([s["incumbent"][k] for k in self.estates]), n)
        gravity = np.sqrt(estate / estate.max(axis=1, keepdims=True))
        taste = self.taste_sigma * rng.standard_normal((n, len(self.labs)))
        self.own = self.common + np.repeat(taste, 2, axis=1) + self.beta_runtime * gravity[:, self.channel_cloud]
        # Workloads lie in arrays that are long enough for all that can come.
        room = n * self.max_workloads
        self.owner, self.place = np.zeros(room, np.int64), np.full(room, -1)
        self.born, self.volume = np.zeros(room), np.zeros(room)
        self.workloads = 0

    # Choice

    def publish(self):
        self.seen_price = np.repeat(self.list_price * self.lab_index, 2)  # by alternative

    def choose(self, at):
        """Places the workloads ``at`` by cross-nested logit: half of each alternative in its lab's nest, half in its cloud's."""
        owner, now = self.owner[at], self.place[at]
        v = self.own[owner] - self.sensitivity[owner, None] * self.seen_price
        v -= self.switching * ((now >= 0)[:, None] & (now[:, None] != np.arange(len(self.pairs))))
        labs, clouds = (len(at), len(self.labs), 2), self.channel_cloud[:2]
        in_lab = np.exp((v + math.log(0.5)) / self.lambda_lab).reshape(labs)
        in_cloud = np.exp((v + math.log(0.5)) / self.lambda_cloud).reshape(labs)[:, :, clouds]
        weight = in_lab * in_lab.sum(axis=2, keepdims=True) ** (self.lambda_lab - 1)
        weight += in_cloud * in_cloud.sum(axis=1, keepdims=True) ** (self.lambda_cloud - 1)
        upto = weight.reshape(len(at), -1).cumsum(axis=1)
        drawn = self.rng.random(len(at)) * (upto[:, -1] + math.exp(self.outside))
        chosen = (upto <= drawn[:, None]).sum(axis=1)
        self.place[at] = np.where(chosen < len(self.pairs), chosen, -1)
        self.decisions += len(at)

    # Processes

    def decide(self, workload):
        self.events += 1
        if self.decide_at_event:
            self.choose(np.array([workload]))
        else:
            self.queue.append(workload)

    def workload(self, number):
        while True:
            yield self.env.timeout(self.random.expovariate(1 / self.review_days))
            self.decide(number)

    def enterprise(self, e):
        """The first workload came with adoption, before the start; others follow, those before the start at once."""
        born = -self.random.uniform(0, HISTORY)
        for _ in range(self.max_workloads):
            if born > self.env.now:
                yield self.env.timeout(born - self.env.now)
                self.decide(self.add_workload(e, born))
            else:
                self.first.append(self.add_workload(e, born))
            born += self.random.expovariate(self.arrivals_per_day)

    def add_workload(self, e, born):
        w = self.workloads
        self.workloads += 1
        self.owner[w], self.born[w] = e, born
        spread = math.exp(self.random.gauss(-(SPREAD_OF_VOLUME**2) / 2, SPREAD_OF_VOLUME))
        self.volume[w] = self.unit_volume * self.size[e] * spread
        self.env.process(self.workload(w))
        return w

    def price_review(self, index, at, utilisation):
        yield self.env.timeout(self.random.uniform(0, QUARTER))
        while True:
            self.events += 1
            factor = min(max(utilisation() ** self.eta, 1 - self.clip), 1 + self.clip)
            if abs(factor - 1) >= self.menu:
                index[at] *= factor
            yield self.env.timeout(QUARTER)

    def exchange(self):
        self.choose(np.array(self.first))
        while True:
            self.events += 1
            if self.queue:
                self.choose(np.array(self.queue))
                self.queue.clear()
            self.publish()
            self.clear()
            yield self.env.timeout(1)

    def clear(self):
        """One day: volume, load, the two pools in order of cost, the payments."""
        n, today = self.workloads, self.env.now
        placed = self.place[:n] >= 0
        at, age = self.place[:n][placed], today - self.born[:n][placed]
        grown = self.volume[:n][placed] * -np.expm1(-age / self.learning)
        units = np.bincount(at, grown, len(self.pairs)) * self.growth(today)
        units *= np.repeat(self.lab_index, 2) ** -self.elasticity
        load = units * np.repeat(self.compute_per_unit, 2) / 24
        left, served = load.sum(), np.zeros(len(self.clouds))
        cost = self.cloud_price * self.cloud_index
        for pool in np.argsort(cost):
            served[pool] = min(left, self.rho_max * self.for_sale[pool])
            left -= served[pool]
        filled = served.sum() / load.sum()
        demand = served + left * served / served.sum()
        self.demand = demand if self.demand is None else self.demand + (demand - self.demand) / DAYS_OF_MEMORY
        sales = units * filled * self.seen_price
        self.ledger.pay("enterprises", "compute", "sale", sales.sum())
        self.ledger.pay("compute", "models", "remittance", (sales * (1 - np.repeat(self.fee, 2))).sum())
        self.ledger.pay("models", "compute", "hosting", (served * 24 * cost).sum())
        self.history.append((units, self.list_price * self.lab_index, cost, served, left))

    # A run

    def run(self):
        self.queue, self.first = [], []
        self.publish()
        for e in range(len(self.size)):
            self.env.process(self.enterprise(e))
        self.env.process(self.exchange())
        for k in range(len(self.clouds)):
            of_cloud = lambda k=k: self.demand[k] / self.for_sale[k] / self.target[k]
            self.env.process(self.price_review(self.cloud_index, k, of_cloud))
        of_hosts = lambda: self.demand.sum() / (self.for_sale * self.target).sum()
        for lab in range(len(self.labs)):
            self.env.process(self.price_review(self.lab_index, lab, of_hosts))
        self.env.run(until=self.days)
        return self.results()

    def results(self):
        """Means over months of shares and volume on a month's last day and of prices; sums of payments in dollars."""
        units, prices, costs, served, left = (np.array(column) for column in zip(*self.history, strict=True))
        months = (self.first_day + np.arange(self.days)).astype("datetime64[M]")
        last = np.append(np.flatnonzero(months[1:] != months[:-1]), self.days - 1)
        starts = np.append(0, last[:-1] + 1)
        by_month = lambda daily: np.add.reduceat(daily, starts) / np.diff(np.append(starts, self.days))[:, None]
        share = units[last] / units[last].sum(axis=1, keepdims=True)
        names = [f"{lab}/{channel}" for lab, channel in self.pairs]
        assert abs(sum(self.ledger.balances.values())) < 1e-6 * self.ledger.entries["enterprises", "compute", "sale"]
        return {
            "share": dict(zip(names, share.mean(axis=0).tolist(), strict=True)),
            "share_last": dict(zip(names, share[-1].tolist(), strict=True)),
            "units": units[last].sum(axis=1).mean(),
            "price": dict(zip(self.labs, by_month(prices).mean(axis=0).tolist(), strict=True)),
            "compute_price": dict(zip(self.clouds, by_month(costs).mean(axis=0).tolist(), strict=True)),
            "utilisation": dict(zip(self.clouds, (served / self.for_sale).mean(axis=0).tolist(), strict=True)),
            "unserved": float(left.sum() * 24),
            "revenue": {
                "compute/deployment": self.ledger.entries["enterprises", "compute", "sale"],
                "compute/infrastructure": self.ledger.entries["models", "compute", "hosting"],
                "models/model": self.ledger.entries["compute", "models", "remittance"],
            },
        }


def run(enterprises, seed, decide="day"):
    """One replication. Returns what the module says it prints."""
    figures = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    begin, cpu = time.perf_counter(), time.process_time()
    market = Market(figures, enterprises, seed, decide)
    results = market.run()
    return {
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": time.process_time() - cpu,
        "decisions": market.decisions,
        "events": market.events,
        "simpy": simpy.__version__,
        **results,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--enterprises", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--decide", choices=("day", "event"), default="day", help="in arrays at midnight, or one by one"
    )
    parser.add_argument(
        "--json", action="store_true", help="accepted for likeness with the other programs; the output is JSON always"
    )
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.enterprises, arguments.seed, arguments.decide)))
