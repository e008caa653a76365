"""Figures of a study, each a matplotlib Figure with title, units and arm labels. ``svg(figure)`` makes text
for a page.

No pyplot: figures hang on nothing global, so they can be made in threads and on machines without a display.
"""

from .answers import (
    buyers_gains,
    concentration_paths,
    input_shares,
    nativeness_curves,
    uptake_curves,
    vendor_shares,
    yearly_bars,
)
from .attribution import attribution
from .fans import fan
from .money import premium_by_firm, structural_ranges, who_pays_whom
from .network import dependency_network
from .placement import placement_flows
from .shortage import scarcity, unserved
from .style import svg
from .timeline import contract_timeline
from .tornado import tornado

__all__ = [
    "attribution",
    "buyers_gains",
    "concentration_paths",
    "contract_timeline",
    "dependency_network",
    "fan",
    "input_shares",
    "nativeness_curves",
    "placement_flows",
    "premium_by_firm",
    "scarcity",
    "structural_ranges",
    "svg",
    "tornado",
    "unserved",
    "uptake_curves",
    "vendor_shares",
    "who_pays_whom",
    "yearly_bars",
]
