"""Decomposition of the premium: arms in which prices or investment replay the baseline's recorded path."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rackrate import _core, progress, study
from rackrate.scenario import Scenario, named_arms

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.study_request import Path_


@dataclass(frozen=True)
class Steps:
    """The arms of a decomposed comparison, whose paths they replay, and the design that the file keeps."""

    arms: dict[str, Scenario]
    replay: dict[str, dict[str, str]]
    design: str


def steps(arms: Mapping[str, Scenario], baseline: str) -> Steps:
    """Arms between the baseline and each alternative: with the baseline's prices and investment, with its investment
    alone, and, where the alternative's contracts may be renegotiated, without replay but also without renegotiation.

    Source: MODEL section 11, components (i) to (iv) of the premium.
    """
    every, replay, names = dict(arms), dict[str, dict[str, str]](), dict[str, list[str]]()
    for name, scenario in arms.items():
        if name == baseline:
            continue
        alone, priced = f"{name}, contracts alone", f"{name}, prices respond"
        quiet = without_talks(scenario)
        for step in (alone, priced, f"{name}, without talks"):
            if step in arms:
                raise _core.ScenarioError(
                    f'arms has "{step}", the name of a step of "{name}"; expected another name. Rename it.'
                )
        every |= {alone: quiet, priced: quiet}
        replay |= {alone: {"prices": baseline, "investment": baseline}, priced: {"investment": baseline}}
        names[name] = [alone, priced]
        if quiet is not scenario:
            every[f"{name}, without talks"] = quiet
            names[name].append(f"{name}, without talks")
    return Steps(every, replay, json.dumps({"kind": "decomposition", "base": baseline, "steps": names}))


def without_talks(scenario: Scenario) -> Scenario:
    """The scenario without its renegotiation clauses; the same object if it has none.

    Raises: ValueError if a clause of the scenario may switch a renegotiation on during the run; it cannot be removed.
    """
    clauses = [
        path.removesuffix(".kind")
        for path in scenario.keys("contracts.*.clauses.*.kind")
        if scenario.get(path) == "renegotiation"
    ]
    live = [clause for clause in clauses if scenario.get(f"{clause}.enabled")]
    _refuse_switched_on(scenario, clauses)
    return scenario.override({f"{clause}.enabled": False for clause in live}) if live else scenario


def _refuse_switched_on(scenario: Scenario, renegotiations: list[str]) -> None:
    for path in scenario.keys("contracts.*.clauses.*.switches_on"):
        contract = path.split(".")[1]
        for name in scenario.get(path):
            owner, _, clause = name.rpartition("/")
            if any(t.split(".")[1] == (owner or contract) and t.rsplit(".", 1)[1] == clause for t in renegotiations):
                raise ValueError(
                    f"{path} switches on the renegotiation {name}; a decomposition must be able to leave it out. Enable it in the scenario, or remove the switch."
                )


def decomposition(
    arms: Mapping[str, Scenario | Path_] | Iterable[Scenario | Path_],
    *,
    baseline: str | None = None,
    replications: study.Replications = 20,
    seed: int = 1,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """A comparison whose premium can be decomposed with :func:`rackrate.analysis.decomposition`.

    Each alternative is run three times in every random world: with the prices and orders recorded from the baseline,
    with its orders alone, and without replay. Where its contracts may be renegotiated, these three are run without
    renegotiation, and a fourth run allows it. Arguments, result and errors are those of :func:`rackrate.compare`.

    Example:
        >>> import rackrate as rr
        >>> toy = rr.Scenario.load("toy-10")
        >>> shut = toy.override({"contracts.oai-az.versions.first.clauses.exclusive.until": "2026-01-11"}, name="shut")
        >>> st = rr.decomposition([toy, shut], replications=1)
        >>> rr.analysis.decomposition(st, firm="oai")["value"].values.tolist()  # the toy has neither prices nor orders
        [-6480.0, 0.0, 0.0]
    """
    named = named_arms(arms)
    base = baseline if baseline is not None else next(iter(named))
    made = steps(named, base)
    request = study.StudyRequest(made.arms, base, replications, seed, until, made.replay, made.design)
    return study.study_of(request, out=out, threads=threads, resume=resume, force=force, show=progress)
