"""A design as text, and as a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rackrate.sweeps.axes import AS_WRITTEN
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.sampling import MORRIS, Sampling
from rackrate.toml_text import key_text, to_toml

if TYPE_CHECKING:
    from rackrate.sweeps.definition import Definition


def design_text(design: Definition) -> str:
    """The design as one TOML text that needs no other file."""
    lines = _table("", {**_run_keys(design), **_sampling_keys(design.sampling)})
    lines += _table("keep", {key: value for key, value in vars(design.keep).items() if value})
    for factor in design.factors:
        lines += _table(f"factors.{key_text(factor.name)}", _factor_keys(factor))
    for name, scenario in design.scenarios.items():
        lines += _table(f"arms.{key_text(name)}", {"text": scenario.to_toml()})
    return "\n".join(lines) + "\n"


def design_digest(design: Definition) -> str:
    """SHA-256 of what decides results: arms by their digests, factors, points, random worlds, end, what is kept."""
    content = {
        "arms": {name: scenario.digest for name, scenario in design.scenarios.items()},
        "run": {key: value for key, value in _run_keys(design).items() if key != "title"},
        "sampling": _sampling_keys(design.sampling),
        "keep": vars(design.keep),
        "factors": [{"name": factor.name, **_factor_keys(factor), "title": ""} for factor in design.factors],
    }
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()


def _run_keys(design: Definition) -> dict[str, Any]:
    first, last = design.replications[0], design.replications[-1]
    return _given({
        "title": design.title,
        "baseline": design.baseline,
        "seed": design.seed,
        "replications": len(design.replications) if first == 0 else f"{first}:{last}",
        "until": design.until,
    })  # fmt: skip


def _sampling_keys(sampling: Sampling) -> dict[str, Any]:
    return _given({
        "kind": sampling.kind,
        "trajectories" if sampling.kind == MORRIS else "samples": sampling.samples,
        "points_seed": sampling.seed,
        "second_order": sampling.second_order,
        "morris_levels": sampling.morris_levels if sampling.kind == MORRIS else None,
        "points": {
            name: [AS_WRITTEN if value is None else value for value in values]
            for name, values in sampling.columns.items()
        },
    })  # fmt: skip


def _factor_keys(factor: Factor) -> dict[str, Any]:
    return _given({
        "paths": list(factor.paths),
        "low": factor.low,
        "high": factor.high,
        "values": list(factor.values),
        "levels": dict(factor.levels),
        "structural": factor.structural,
        "steps": factor.steps,
        "scale": factor.scale,
        "unit": factor.unit,
        "title": factor.title,
    }, keep=("low", "high"))  # fmt: skip


def _given(keys: Mapping[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Without what is left out; a range may begin at zero."""
    return {key: value for key, value in keys.items() if value or (key in keep and value is not None)}


def _table(name: str, keys: Mapping[str, Any]) -> list[str]:
    if not keys:
        return []
    head = ["", f"[{name}]"] if name else []
    return head + [f"{key} = {to_toml(value)}" for key, value in keys.items()]
