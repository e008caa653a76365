"""Rackrate: a simulator of hyperscaler markets for AI capacity.

The names below are loaded when they are first used, so a question about a contract does not
import pandas, and the command can handle Ctrl-C before the rest is loaded::

    import rackrate as rr

    base = rr.Scenario.load("openai-azure-amended")
    base.feasible(lab="openai", product="api_stateless", channel="bedrock", date="2026-05-01")
    st = rr.compare({"amended": base, "exclusive": rr.Scenario.load("openai-azure-exclusive")}, replications=20)
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers read it; `import typing` would take longer than all of this file

if TYPE_CHECKING:
    from typing import Any

    from rackrate import analysis
    from rackrate._core import CausalityError, InUseError, LedgerError, ResultFileError, ScenarioError, __version__
    from rackrate.analysis import oracle
    from rackrate.attributions import attribution
    from rackrate.decompositions import decomposition
    from rackrate.exogenous import adjusted, drivers
    from rackrate.library import scenarios
    from rackrate.results import open_result as open
    from rackrate.scenario import Scenario, Verdict
    from rackrate.simulation import Simulation
    from rackrate.study import compare, rerun, run
    from rackrate.sweeps.design import Design
    from rackrate.sweeps.sweep import sweep

__all__ = [
    "CausalityError",
    "Design",
    "InUseError",
    "LedgerError",
    "ResultFileError",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "Verdict",
    "__version__",
    "adjusted",
    "analysis",
    "attribution",
    "compare",
    "decomposition",
    "drivers",
    "open",
    "oracle",
    "rerun",
    "run",
    "scenarios",
    "sweep",
]

# name -> (module, name there); None stands for the module itself
_LAZY: dict[str, tuple[str, str | None]] = {
    "CausalityError": ("rackrate._core", "CausalityError"),
    "InUseError": ("rackrate._core", "InUseError"),
    "LedgerError": ("rackrate._core", "LedgerError"),
    "ResultFileError": ("rackrate._core", "ResultFileError"),
    "ScenarioError": ("rackrate._core", "ScenarioError"),
    "__version__": ("rackrate._core", "__version__"),
    "Scenario": ("rackrate.scenario", "Scenario"),
    "Verdict": ("rackrate.scenario", "Verdict"),
    "Simulation": ("rackrate.simulation", "Simulation"),
    "run": ("rackrate.study", "run"),
    "compare": ("rackrate.study", "compare"),
    "rerun": ("rackrate.study", "rerun"),
    "sweep": ("rackrate.sweeps.sweep", "sweep"),
    "Design": ("rackrate.sweeps.design", "Design"),
    "decomposition": ("rackrate.decompositions", "decomposition"),
    "attribution": ("rackrate.attributions", "attribution"),
    "adjusted": ("rackrate.exogenous", "adjusted"),
    "drivers": ("rackrate.exogenous", "drivers"),
    "open": ("rackrate.results", "open_result"),
    "scenarios": ("rackrate.library", "scenarios"),
    "analysis": ("rackrate.analysis", None),
    "oracle": ("rackrate.analysis.oracle", None),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'rackrate' has no attribute {name!r}")
    import importlib

    module_name, attribute = _LAZY[name]
    module = importlib.import_module(module_name)
    value = module if attribute is None else getattr(module, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
