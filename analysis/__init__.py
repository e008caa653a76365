"""From a study's dataset to answers: paired differences, the premium, tables, figures and the report.

``an.difference(st, "gross_profit", "exclusive")`` · ``an.premium(st)`` · ``an.premium_table(st)`` ·
``an.figure.fan(st, "revenue", firm="microsoft")`` · ``an.report(st, "report.html")``. Figures load
matplotlib on first use.

What ``xr.concat`` and ``xr.merge`` make of datasets along ``replication`` or ``arm``, cuts by ``sel`` and copies by
``to_netcdf`` are studies too. Joined along any other dimension (the ``point`` of a sweep), studies stand side by side:
differences, premiums and tables are of each, figures, headline and report of one that ``ds.sel`` picks.
"""

from importlib import import_module
from typing import Any

from .attributions import attribution, design
from .chips import chip_costs, chip_mix, token_costs, vendor_dependence
from .clause_dates import acted_by, clause_dates
from .comparability import NotComparable, comparable
from .cross_stakes import mhhi, mhhi_delta, yearly_stakes
from .decompositions import decomposition
from .demand_moves import demand_moves
from .gains import gains, gains_by_year
from .inputs import binding_inputs, input_binds, input_concentration, input_shortfall
from .integrated import integrated, integrated_table
from .money_flows import by_clause
from .pairing import difference, paired, pairs_needed
from .premiums import break_even_year, clause_transfers, premium, premium_table
from .questions import Contrast, contrasts, parties
from .sensitivity import morris, sobol, tornado
from .service import (
    compensating_variation,
    concentration,
    hhi,
    market_sales,
    service_levels,
    service_table,
    unserved_share,
    who_pays,
    yearly_concentration,
    yearly_shares,
)
from .splits import split_table, splits, water_filled
from .stability import stability
from .statements import commit_book, statement
from .structure import kept_structural, structural, structural_range, structural_settings, structural_text
from .study_data import UnknownName, discount_factors, discounted, finished, horizon, run_end
from .sweeps import point_table, point_values
from .table_views import VARIANCE_LEFT, variance_left
from .tables import (
    by_period,
    fiscal_summary,
    fiscal_year,
    fiscal_year_ends,
    quarters_and_years,
    to_csv,
    values_table,
)
from .training_runs import training_runs
from .units import money, unit_of

__all__ = [
    "QUESTIONS",
    "VARIANCE_LEFT",
    "Answer",
    "Contrast",
    "NotComparable",
    "UnknownName",
    "acted_by",
    "answer",
    "assumptions_answer",
    "attribution",
    "binding_inputs",
    "binding_share",
    "break_even_clouds",
    "break_even_year",
    "buyers_gain",
    "by_clause",
    "by_period",
    "check_target",
    "chip_costs",
    "chip_mix",
    "chips_answer",
    "clause_dates",
    "clause_transfers",
    "commit_book",
    "comparable",
    "compensating_variation",
    "concentration",
    "concentration_answer",
    "contrasts",
    "decomposition",
    "demand_moves",
    "design",
    "difference",
    "discount_factors",
    "discounted",
    "divergence",
    "figure",
    "finished",
    "fiscal_summary",
    "fiscal_year",
    "fiscal_year_ends",
    "friction_elasticities",
    "gains",
    "gains_by_year",
    "headline",
    "hhi",
    "horizon",
    "input_binds",
    "input_concentration",
    "input_shortfall",
    "inputs_answer",
    "integrated",
    "integrated_answer",
    "integrated_table",
    "integration_answer",
    "kept_structural",
    "leverage_answer",
    "leverage_index",
    "listing_uptake",
    "lost_work",
    "market_concentration",
    "market_sales",
    "mhhi",
    "mhhi_delta",
    "money",
    "months_to",
    "morris",
    "nativeness_lead",
    "oracle",
    "paired",
    "pairs_needed",
    "parties",
    "point_table",
    "point_values",
    "premium",
    "premium_answer",
    "premium_routes",
    "premium_table",
    "pull_answer",
    "pulled_revenue",
    "quarters_and_years",
    "report",
    "run_end",
    "screened",
    "service_levels",
    "service_table",
    "sobol",
    "spend_at_list",
    "split_table",
    "splits",
    "stability",
    "statement",
    "structural",
    "structural_range",
    "structural_settings",
    "structural_text",
    "to_csv",
    "token_costs",
    "tornado",
    "training_runs",
    "unit_of",
    "unserved_share",
    "uptake_answer",
    "values_table",
    "variance_left",
    "vendor_dependence",
    "water_filled",
    "who_pays",
    "yearly_concentration",
    "yearly_shares",
    "yearly_stakes",
]

_ANSWERS = (
    "QUESTIONS",
    "Answer",
    "answer",
    "assumptions_answer",
    "binding_share",
    "break_even_clouds",
    "buyers_gain",
    "chips_answer",
    "concentration_answer",
    "divergence",
    "friction_elasticities",
    "inputs_answer",
    "integrated_answer",
    "integration_answer",
    "leverage_answer",
    "leverage_index",
    "listing_uptake",
    "lost_work",
    "market_concentration",
    "months_to",
    "nativeness_lead",
    "premium_answer",
    "premium_routes",
    "pull_answer",
    "pulled_revenue",
    "spend_at_list",
    "uptake_answer",
)
_LAZY = {
    **{name: ("answers", name) for name in _ANSWERS},
    "check_target": ("page", "check_target"),
    "figure": ("figure", None),
    "oracle": ("oracle", None),
    "report": ("page", "report"),
    "headline": ("headlines", "headline"),
    "screened": ("screening", "screened"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    loaded = import_module(f".{module}", __name__)
    # Set on the package: later look-ups are plain, and a submodule of the same name cannot shadow the
    # function.
    globals()[name] = loaded if attribute is None else getattr(loaded, attribute)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
