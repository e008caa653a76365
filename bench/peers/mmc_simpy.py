"""M/M/c in SimPy, as its documentation would write it: bench/mmc.cpp is the same model on our engine.

Prints one JSON object: customers, customers_per_second, the mean wait in queue (in mean service times) with its
standard error by 25 batch means, and SimPy's version.
"""

import argparse
import json
import random
import statistics
import time

import simpy

BATCHES = 25


def customer(env, servers, rng, waits):
    arrived = env.now
    with servers.request() as place:
        yield place
        waits.append(env.now - arrived)
        yield env.timeout(rng.expovariate(1.0))


def source(env, servers, rng, waits, rate, customers):
    for _ in range(customers):
        env.process(customer(env, servers, rng, waits))
        yield env.timeout(rng.expovariate(rate))


def run(servers: int, load: float, customers: int, seed: int) -> dict:
    """Simulates `customers` arrivals until the last one has left."""
    rng = random.Random(seed)
    env = simpy.Environment()
    waits: list[float] = []
    env.process(source(env, simpy.Resource(env, capacity=servers), rng, waits, servers * load, customers))
    begin = time.perf_counter()
    env.run()
    seconds = time.perf_counter() - begin
    size = len(waits) // BATCHES
    means = [statistics.fmean(waits[i * size : (i + 1) * size]) for i in range(BATCHES)]
    return {
        "customers": len(waits),
        "customers_per_second": len(waits) / seconds,
        "wait": statistics.fmean(waits),
        "standard_error": statistics.stdev(means) / BATCHES**0.5,
        "simpy": simpy.__version__,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=10)
    parser.add_argument("--load", type=float, default=0.9)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--json", action="store_true", help="accepted for likeness with the other programs; the output is JSON always"
    )
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.servers, arguments.load, arguments.customers, arguments.seed)))
