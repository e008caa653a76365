"""Closed forms to check a scenario against before running it; also the oracles of the tests.

Formulas and literature stand in each docstring. Nothing here is used by the simulator, which is what makes
it a check.

>>> from rackrate import oracle                                  # doctest: +SKIP
>>> oracle.bass_F(3.0, p=0.05, q=1.2)                            # doctest: +SKIP
"""

from .closed_forms.adoption import (
    bass_F,
    bass_finite_mean,
    bass_lagged,
    bass_peak,
    daly_best_interval,
    daly_efficiency,
)
from .closed_forms.allocation import largest_remainder, newsvendor_min, water_fill
from .closed_forms.choice import (
    cnl_logsum,
    cnl_shares,
    diversion,
    mnl_logsum,
    mnl_shares,
    nl_logsum,
    nl_shares,
)
from .closed_forms.pricing import (
    annuity_npv,
    bertrand_lists,
    bertrand_logit,
    bertrand_mnl,
    cap_reached_date,
    monopoly_logit_price,
    nash_fee,
    nash_in_nash_transfer,
    npv,
    take_or_pay,
)
from .closed_forms.queues import allen_cunneen, erlang_b, erlang_c, servers_for_wait
from .closed_forms.statistics import (
    crps_ensemble,
    crps_normal,
    hochberg,
    holm,
    mser5,
    nm_quantile,
    nm_sample_size,
    nm_variance,
)

__all__ = [
    "allen_cunneen",
    "annuity_npv",
    "bass_F",
    "bass_finite_mean",
    "bass_lagged",
    "bass_peak",
    "bertrand_lists",
    "bertrand_logit",
    "bertrand_mnl",
    "cap_reached_date",
    "cnl_logsum",
    "cnl_shares",
    "crps_ensemble",
    "crps_normal",
    "daly_best_interval",
    "daly_efficiency",
    "diversion",
    "erlang_b",
    "erlang_c",
    "hochberg",
    "holm",
    "largest_remainder",
    "mnl_logsum",
    "mnl_shares",
    "monopoly_logit_price",
    "mser5",
    "nash_fee",
    "nash_in_nash_transfer",
    "newsvendor_min",
    "nl_logsum",
    "nl_shares",
    "nm_quantile",
    "nm_sample_size",
    "nm_variance",
    "npv",
    "servers_for_wait",
    "take_or_pay",
    "water_fill",
]
