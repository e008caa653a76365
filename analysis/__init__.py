"""From a study's dataset to answers: paired differences, the premium, tables, figures and the report.

``an.difference(st, "gross_profit", "exclusive")`` · ``an.premium(st)`` · ``an.premium_table(st)`` ·
``an.figure.fan(st, "revenue", firm="microsoft")`` · ``an.report(st, "report.html")``. Figures load
matplotlib on first use.
"""

from importlib import import_module

from .attributions import attribution, design
from .clause_dates import acted_by, clause_dates
from .decompositions import decomposition
from .pairing import difference, paired
from .premiums import break_even_year, clause_transfers, premium, premium_table
from .questions import Contrast, contrasts, parties
from .service import concentration, hhi, service_table, unserved_share, who_pays
from .statements import commit_book, statement
from .structure import structural, structural_range, structural_settings
from .study_data import discount_factors, discounted, finished
from .tables import by_period, fiscal_year, fiscal_year_ends, to_csv

__all__ = [
    "Contrast",
    "acted_by",
    "attribution",
    "break_even_year",
    "by_period",
    "clause_dates",
    "clause_transfers",
    "commit_book",
    "concentration",
    "contrasts",
    "decomposition",
    "design",
    "difference",
    "discount_factors",
    "discounted",
    "figure",
    "finished",
    "fiscal_year",
    "fiscal_year_ends",
    "headline",
    "hhi",
    "oracle",
    "paired",
    "parties",
    "premium",
    "premium_table",
    "report",
    "service_table",
    "statement",
    "structural",
    "structural_range",
    "structural_settings",
    "to_csv",
    "unserved_share",
    "who_pays",
]

_LAZY = {
    "figure": ("figure", None),
    "oracle": ("oracle", None),
    "report": ("page", "report"),
    "headline": ("words", "headline"),
}


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    loaded = import_module(f".{module}", __name__)
    # Set on the package: later look-ups are plain, and a submodule of the same name cannot shadow the
    # function.
    globals()[name] = loaded if attribute is None else getattr(loaded, attribute)
    return globals()[name]


def __dir__():
    return sorted(__all__)
