"""The structural range: how far the answer moves when a switch of the model is set the other way."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd

from . import scenario_text, study_data
from .premiums import premium

REPLICATIONS = 8
NEST_VALUES = (0.3, 0.5, 1.0)


def structural_settings(scenario):
    """The switches to set, one at a time, for one scenario.

    Both nest parameters at .3, .5 and 1 (1 is plain logit), the ship-first exception read as *and* and as
    *or*, the price rule quarterly and frozen. Call it for each arm: clause paths differ between arms,
    labels do not.

    Args: a ``rackrate.Scenario`` (anything with ``to_toml()``), or the resolved TOML as text.
    Returns: list of (label, overrides by scenario path). Overrides name only what changes; an empty dict
        means that the scenario already has that setting and needs no run of its own.
    Source: MODEL 12.6; the nest parameters are the least identified and most consequential pair (MODEL 6.4).
    Example:
        >>> structural_settings('[choice]\\nlambda_lab = 0.3\\nlambda_cloud = 0.3\\n')[0]
        ('nest parameters 0.3', {})
    """
    tree = tomllib.loads(scenario if isinstance(scenario, str) else scenario.to_toml())
    wanted = [
        (f"nest parameters {v:g}", {"choice.lambda_lab": v, "choice.lambda_cloud": v}) for v in NEST_VALUES
    ]
    ship_first = [
        f"contracts.{c.contract}.versions.{c.version}.clauses.{c.name}.reading"
        for c in scenario_text.clauses(tree)
        if c.kind == "ship_first"
    ]
    for reading, words in (
        ("and", "ship-first: cannot and chooses not to"),
        ("or", "ship-first: cannot or chooses not to"),
    ):
        wanted.append((words, dict.fromkeys(ship_first, reading)))
    wanted += [(f"list prices {rule}", {"prices.rule": rule}) for rule in ("quarterly", "frozen")]
    return [
        (label, {p: v for p, v in overrides.items() if not _same(_lookup(tree, p), v)})
        for label, overrides in wanted
    ]


_DEFAULTS = {
    "reading": "and",
    "rule": "quarterly",
}  # what a file that says nothing means (docs/scenario-keys.md)


def _lookup(tree, path):
    node = tree
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
        if node is None:
            return _DEFAULTS.get(path.rsplit(".", 1)[1])
    return scenario_text.plain(node)


def _same(here, wanted):
    if isinstance(wanted, float):
        try:
            return here is not None and float(here) == wanted
        except (TypeError, ValueError):
            return False
    return str(here).lower() == wanted


def structural(settings, reference=None, exclusive=None, open=None, level=0.9, replications=REPLICATIONS):
    """The premium under each structural setting, from a few paired replications each.

    Args: ``settings`` maps a label to the study made with it, or to None where the setting is that of
        ``reference`` (its first ``replications`` futures then stand for it). The same seed in all makes the
        settings comparable.
    Returns: DataFrame with setting, firm, mean, mean_low, mean_high (Monte Carlo error) in B$,
        replications, and
        ``as_reference``; :func:`structural_range` turns it into one range per firm.
    Raises: ValueError if nothing is given; what :func:`premium` raises.
    Example:
        >>> structural_range(structural({"list prices frozen": frozen}, reference=st))  # doctest: +SKIP
    """
    studies = [("as in the study", reference, True)] if reference is not None else []
    studies += [
        (label, ds if ds is not None else reference, ds is None) for label, ds in dict(settings).items()
    ]
    studies = [(label, ds, same) for label, ds, same in studies if ds is not None]
    if not studies:
        raise ValueError("no structural setting was run; give at least one study")
    rows = []
    for label, ds, same in studies:
        few = study_data.finished(ds).isel(replication=slice(0, replications))
        result = premium(few, exclusive, open, level=level, resamples=0)
        for firm in study_data.firms(few):
            cell = result.sel(firm=firm)
            rows.append(
                {
                    "setting": label,
                    "firm": firm,
                    **{k: float(cell[k]) / 1e9 for k in ("mean", "mean_low", "mean_high")},
                    "replications": result.attrs["pairs"],
                    "as_reference": same,
                }
            )
    return pd.DataFrame(rows)


def structural_range(table):
    """Lowest and highest mean premium over the settings, per firm.

    Returns: DataFrame indexed by firm with low, high (B$), low_setting, high_setting, settings,
        sign_settled (every setting's mean has the same sign).
    """
    rows = {}
    for firm, part in table.groupby("firm", sort=False):
        low, high = part.loc[part["mean"].idxmin()], part.loc[part["mean"].idxmax()]
        rows[firm] = {
            "low": low["mean"],
            "high": high["mean"],
            "low_setting": low["setting"],
            "high_setting": high["setting"],
            "settings": len(part),
            "sign_settled": bool(np.sign(low["mean"]) == np.sign(high["mean"])),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("firm")
