"""A toy whose author is not sure of some values: small enough for comparisons that draw them."""

import rackrate as rr
from rackrate import library

PRICE, DEMAND, RATE = (
    "labs.oai.streams.app.price",
    "labs.ant.streams.app.compute",
    "contracts.oai-az.versions.first.clauses.share.rate",
)


def text(**ranges):
    """toy-10 with ranges beside three values; ``ranges`` replaces the one of the price."""
    low, high = ranges.get("low", "4 $/H100e-h"), ranges.get("high", "9 $/H100e-h")
    written = (library.FOLDER / "toy-10.toml").read_text("utf-8")
    price = 'price = "6 $/H100e-h"'
    assert written.count(price) == 1
    return written.replace(price, f'price = {{ value = "6 $/H100e-h", low = "{low}", high = "{high}" }}').replace(
        'compute = "30 H100e"', 'compute = { value = "30 H100e", low = "20 H100e", high = "60 H100e" }'
    )


def arms():
    toy = rr.Scenario.parse(text(), "toy")
    shut = toy.override({"contracts.oai-az.versions.first.clauses.exclusive.until": "2026-01-11"}, name="shut")
    return {"toy": toy, "shut": shut}
