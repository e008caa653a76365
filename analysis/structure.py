"""The structural range: how far the answer moves when a switch of the model is set the other way."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from . import questions, scenario_text, study_data
from .comparability import comparable_studies
from .premiums import premium
from .table_views import Table, each
from .units import BILLION

REPLICATIONS = 8

#: What `rackrate answer assumptions` found to move the premium of a party of the flagship's package; each is set to both ends of its
#: range. The description of the model has the figures.
MATTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("OpenAI's brand", ("labs.openai.brand",)),
    ("number of small enterprises", ("segments.smb.enterprises",)),
    ("pull of native building", ("choice.native_pull",)),
    ("OpenAI's compute per token", ("labs.openai.kappa",)),
    ("weight of integration", ("choice.beta_integration",)),
    ("AWS's weight in talks over resale", ("contracts.openai-aws-service.versions.*.clauses.*.channel_weight",)),
    ("users of Claude", ("labs.anthropic.streams.claude.users",)),
)


def structural_settings(scenario: Any) -> list[tuple[str, dict[str, Any]]]:
    """The settings of the structural range, one at a time, for one scenario.

    What a screening of all stated ranges found to matter most, at the low and at the high end of its range (MATTERS); the
    ship-first exception read as *and* and as *or*; the price rule quarterly and frozen. A setting that the scenario has
    anyway names nothing. Call it for each arm: clause paths differ between arms, labels do not.

    Args: a ``rackrate.Scenario`` (anything with ``to_toml()``), or the resolved TOML as text.
    Returns: list of (label, overrides by scenario path). Overrides name only what changes; an empty dict
        means that the scenario already has that setting and needs no run of its own.
    Source: MODEL 12.6; :func:`rackrate.analysis.screened`.
    Example:
        >>> structural_settings('[choice]\\nnative_pull = {value = 1, low = 0.5, high = 1}\\n')[:2]
        [('pull of native building low', {'choice.native_pull': 0.5}), ('pull of native building high', {})]
    """
    tree = tomllib.loads(scenario if isinstance(scenario, str) else scenario.to_toml())
    wanted: list[tuple[str, dict[str, Any]]] = []
    for words, patterns in MATTERS:
        ranged = {p: v for pattern in patterns for p, v in _matching(tree, pattern.split(".")) if _has_range(v)}
        for end in ("low", "high") if ranged else ():
            wanted.append((f"{words} {end}", {path: value[end] for path, value in ranged.items()}))
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
    wanted += [(f"list prices {rule}", {"prices.rule": rule}) for rule in ("smooth", "quarterly", "frozen")]
    return [
        (label, {p: v for p, v in overrides.items() if not _same(_lookup(tree, p), v)}) for label, overrides in wanted
    ]


def _matching(node: Any, parts: list[str], above: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a tree whose path fits a pattern, part by part."""
    if not parts:
        yield above.removesuffix("."), node
    elif isinstance(node, dict):
        for key in node if parts[0] == "*" else [parts[0]]:
            if key in node:
                yield from _matching(node[key], parts[1:], f"{above}{key}.")


def _has_range(value: Any) -> bool:
    return isinstance(value, dict) and {"value", "low", "high"} <= set(value)


_DEFAULTS = {
    "reading": "and",
    "rule": "quarterly",
}  # what a scenario that does not give the key means


def _lookup(tree: dict[str, Any], path: str) -> Any:
    node: Any = tree
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
        if node is None:
            return _DEFAULTS.get(path.rsplit(".", 1)[1])
    return scenario_text.plain(node)


def _same(here: Any, wanted: Any) -> bool:
    if isinstance(wanted, float):
        try:
            return here is not None and float(here) == wanted
        except (TypeError, ValueError):
            return False
    return bool(here == wanted or str(here).lower() == str(wanted).lower())


def structural(
    settings: Mapping[str, xr.Dataset | None],
    reference: xr.Dataset | None = None,
    exclusive: str | None = None,
    open: str | None = None,
    level: float = 0.9,
    replications: int = REPLICATIONS,
) -> pd.DataFrame:
    """The premium under each structural setting, from a few paired replications each.

    Args: ``settings`` maps a label to the study made with it, or to None where the setting is that of
        ``reference``: such a setting repeats the study and has no row. The same seed in all makes the
        settings comparable. ``reference`` itself gives one row, ``as in the study``, from its first ``replications``
        futures, to compare the others with; it is no part of :func:`structural_range`. A
        setting to which nothing answers, so that it repeats the reference, has no row.
    Returns: DataFrame with setting, firm, mean, mean_low, mean_high (Monte Carlo error) in B$,
        replications, and ``as_reference``; :func:`structural_range` turns it into one range per firm.
    Raises: ValueError if nothing is given, or if a study differs from ``reference`` in rate, date, seed or length;
        what :func:`premium` raises.
    Example:
        >>> structural_range(structural({"list prices frozen": frozen}, reference=st))  # doctest: +SKIP
    """
    studies = [("as in the study", reference, True)] if reference is not None else []
    studies += [(label, ds, False) for label, ds in dict(settings).items() if ds is not None]
    if not studies:
        raise ValueError("no structural setting was run; give at least one study")
    beside = studies[0][1]
    if exclusive is None and open is None and (asked := questions.contrasts(beside)):
        exclusive, open = asked[0].treatment, asked[0].control  # the question of the headline
    rows: list[dict[str, Any]] = []
    own: list[float] = []
    for label, ds, same in studies:
        comparable_studies(beside, ds, label)
        few = study_data.finished(ds).isel(replication=slice(0, replications))
        result = premium(few, exclusive, open, level=level, resamples=0)
        means = [float(x) for x in result["mean"].values]
        if same:
            own = means
        elif means == own and any(own):
            continue  # nothing answers to this setting here: a row would repeat the study
        for firm in study_data.firms(few):
            cell = result.sel(firm=firm)
            rows.append(
                {
                    "setting": label,
                    "firm": firm,
                    **{k: float(cell[k]) / BILLION for k in ("mean", "mean_low", "mean_high")},
                    "replications": result.attrs["pairs"],
                    "as_reference": same,
                }
            )
    return Table(rows)


def structural_range(table: pd.DataFrame) -> pd.DataFrame:
    """Lowest and highest mean premium over the settings that were run again, per firm.

    Returns: DataFrame indexed by firm with low, high (B$), low_setting, high_setting, settings (how many),
        sign_settled (every setting's mean has the same sign), fewest and most replications; empty if no setting was
        run again.
    """
    rows = {}
    again = table[~table["as_reference"].astype(bool)]
    for firm, part in again.groupby("firm", sort=False):
        means = part["mean"].to_numpy(float)
        low, high = part.iloc[int(means.argmin())], part.iloc[int(means.argmax())]
        rows[firm] = {
            "low": low["mean"],
            "high": high["mean"],
            "low_setting": low["setting"],
            "high_setting": high["setting"],
            "settings": len(part),
            "sign_settled": bool(np.sign(low["mean"]) == np.sign(high["mean"])),
            "fewest": int(part["replications"].min()),
            "most": int(part["replications"].max()),
        }
    return Table(pd.DataFrame.from_dict(rows, orient="index").rename_axis("firm"))


def structural_text(table: pd.DataFrame) -> str:
    """The table of :func:`structural` as the root attribute ``structural`` of a result file keeps it.

    Returns: JSON, a list with one entry a setting: ``setting``, ``replications``, ``as_reference`` and ``values``,
        by firm [mean, mean_low, mean_high] in USD on the valuation date, null where unknown.
    Example:
        >>> table = pd.DataFrame([{"setting": "frozen", "firm": "az", "mean": 1.5, "mean_low": 1.0, "mean_high": 2.0,
        ...                        "replications": 8, "as_reference": False}])
        >>> structural_text(table)
        '[{"setting": "frozen", "replications": 8, "as_reference": false, "values": {"az": [1500000000.0, 1000000000.0, 2000000000.0]}}]'
    """

    def dollars(value: float) -> float | None:
        return float(value) * BILLION if np.isfinite(value) else None

    entries = []
    for setting, part in table.groupby("setting", sort=False):
        values = {str(r.firm): [dollars(r.mean), dollars(r.mean_low), dollars(r.mean_high)] for r in each(part)}
        first = part.iloc[0]
        entries.append(
            {
                "setting": str(setting),
                "replications": int(first["replications"]),
                "as_reference": bool(first["as_reference"]),
                "values": values,
            }
        )
    return json.dumps(entries, ensure_ascii=False)


def kept_structural(ds: xr.Dataset) -> pd.DataFrame | None:
    """The table of :func:`structural` that a result file keeps in its attribute ``structural``; None if it keeps none.

    Raises: ValueError if the attribute is damaged.
    """
    text = ds.attrs.get("structural")
    if not text:
        return None
    try:
        rows = [
            {
                "setting": entry["setting"],
                "firm": firm,
                **{k: _billions(v) for k, v in zip(("mean", "mean_low", "mean_high"), values, strict=False)},
                "replications": int(entry.get("replications", REPLICATIONS)),
                "as_reference": bool(entry.get("as_reference", False)),
            }
            for entry in json.loads(str(text))
            for firm, values in entry["values"].items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as damage:
        raise ValueError(
            "the attribute 'structural' of the study is damaged; run compare --structural again"
        ) from damage
    return Table(rows) if rows else None


def _billions(value: float | None) -> float:
    return float("nan") if value is None else float(value) / BILLION
