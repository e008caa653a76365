"""A small sweep for the tests: six points of toy-10 in two arms, a few milliseconds a run."""

import hashlib

import rackrate as rr
from rackrate.sweeps.backends.local import LocalBackend
from rackrate.sweeps.merging import merge
from rackrate.sweeps.run import run_sweep

PRICE, RATE = "labs.oai.streams.app.price", "contracts.oai-az.versions.first.clauses.share.rate"
FILE = """\
title = "a small sweep"
kind = "grid"
arms = ["toy-10"]
replications = 4

[factors.app_price]
path = "labs.oai.streams.app.price"
values = ["5 $/H100e-h", "6 $/H100e-h", "7 $/H100e-h"]

[factors.rate]
path = "contracts.oai-az.versions.first.clauses.share.rate"
values = ["10 %", "20 %"]
"""


def arms():
    toy = rr.Scenario.load("toy-10")
    return {"toy": toy, "thin": toy.override({"labs.ant.streams.app.compute": "20 H100e"}, name="thin")}


def design(prices=("5 $/H100e-h", "6 $/H100e-h", "7 $/H100e-h"), replications=4, **keys):
    factors = {
        "app_price": {"path": PRICE, "values": list(prices)},
        "rate": {"path": RATE, "values": ["10 %", "20 %"]},
    }
    return rr.Design.of(**{"kind": "grid", "arms": arms(), "replications": replications, "factors": factors, **keys})


def run(asked, out, workers=1, threads=True, **options):
    """Threads unless a test is about processes: they start at once."""
    return run_sweep(asked, out, backend=LocalBackend(workers, threads=threads), **{"say": print, **options})


def fingerprint(out):
    with rr.open(out) as ds:
        return ds.attrs["fingerprint"]


def merged(out, to):
    """SHA-256 of the merged file."""
    merge(out, to, force=True)
    return hashlib.sha256(to.read_bytes()).hexdigest()


def values(ds, name):
    return ds[name].values


def same(a, b):
    """Equal values and labels, missing ones too."""
    return a.dims == b.dims and a.dtype == b.dtype and a.equals(b)
