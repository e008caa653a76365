"""The premium in steps: feasibility alone, then prices, investment and renegotiations respond too."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import xarray as xr

from . import attribution_game as game
from . import points, study_data
from .attributions import design, worths
from .comparability import comparable
from .pairing import check_level, paired

STEPS = ("feasibility", "prices", "investment", "renegotiation")
_TITLES = {
    "feasibility": "contracts alone, prices and investment as in the baseline",
    "prices": "then prices respond, investment as in the baseline",
    "investment": "then investment responds",
    "renegotiation": "then the contracts may be renegotiated",
}


@points.spread
def decomposition(
    ds: xr.Dataset,
    metric: str | xr.DataArray = "gross_profit",
    firm: str | None = None,
    arm: str | None = None,
    level: float = 0.9,
) -> xr.Dataset:
    """The premium as a sum of responses, in the fixed order of MODEL section 11.

    (i) *feasibility*: the arm's contracts with the price and investment paths recorded from the baseline;
    (ii) *prices*: lists respond, orders and sites are still the baseline's; (iii) *investment*: everything
    responds; (iv) *renegotiation*: the sides may renegotiate, where the arm's contracts provide for them. The last step
    is the arm itself. In each future the components add up to the premium exactly.

    Args: ``ds`` from ``rackrate compare --decompose`` or :func:`rackrate.decomposition`; ``arm`` picks one
        of several alternatives; ``metric`` and ``firm`` as for :func:`attribution`.
    Shape: ``value, lo, hi, mc_lo, mc_hi`` over (component, ...), ``by_replication`` over (replication,
        component, ...), ``premium`` and ``residual`` over (replication, ...). Units: the metric's.
    Raises: ValueError if the study was not decomposed; KeyError for an unknown arm, metric or firm.
    Example:
        >>> an.decomposition(st, "npv", firm="microsoft")["value"]  # doctest: +SKIP
    """
    check_level(level)
    plan = design(ds)
    if plan.get("kind") != "decomposition":
        raise ValueError("the study was not decomposed; use rackrate compare --decompose")
    arm = next(iter(plan["steps"])) if arm is None else arm
    study_data.member(plan["steps"], arm, "arm", "the study decomposes no")
    whole, divisor, dims, coords, units = worths(study_data.finished(ds), metric, firm)
    arms = study_data.arms(ds)
    lost = [a for a in (plan["base"], *plan["steps"][arm], arm) if a not in arms]
    if lost:
        raise ValueError(f"the study lacks the arm {lost[0]!r}; its steps need it")
    comparable(ds, [plan["base"], arm])
    levels = [whole[arms.index(a)] for a in (plan["base"], *plan["steps"][arm], arm)]
    steps = STEPS[: len(levels) - 1]
    parts = np.stack([after - before for before, after in pairwise(levels)])
    premium, inner = levels[-1] - levels[0], dims[1:]
    each = np.moveaxis(game.as_float(parts, divisor), 0, 1)
    summary = paired(each, np.zeros_like(each), level=level, resamples=0)
    out = xr.Dataset(coords={**coords, "component": list(steps)})
    named = {"value": "mean", "lo": "outcome_low", "hi": "outcome_high", "mc_lo": "mean_low", "mc_hi": "mean_high"}
    for key, source in named.items():
        out[key] = ("component", *inner), summary[source]
    out["by_replication"] = (dims[0], "component", *inner), each
    out["premium"] = dims, game.as_float(premium, divisor)
    out["residual"] = dims, game.as_float(parts.sum(0) - premium, divisor)
    for name in out.data_vars:
        out[name].attrs["units"] = units
    out = out.assign_coords(title=("component", [_TITLES[s] for s in steps]))
    out.attrs = {
        "metric": metric if isinstance(metric, str) else (metric.name or "metric"),
        "baseline": plan["base"],
        "arm": arm,
        "level": level,
        "pairs": int(each.shape[0]),
    }
    return out
