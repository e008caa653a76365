"""What comes before a study of the command line: everything that can be wrong with it is found before anything is computed or
written, and the time that it will take is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from rackrate import library, progress
from rackrate import options as checks
from rackrate.cli import outputs
from rackrate.cli.text import say
from rackrate.scenario import Scenario

if TYPE_CHECKING:
    from rackrate.study_request import StudyRequest
    from rackrate.two_level import TwoLevelRequest


def may_write(
    outs: dict[str, str | None], names: Sequence[str], request: dict[str, Any], inputs: dict[str, str] | None = None
) -> None:
    """Every output of a study can be written, and is neither another output nor an input. Nothing is created."""
    outputs.distinct(outs, {name: f"the scenario {name}" for name in names if os.path.exists(name)} | (inputs or {}))
    checks.writable(
        request["out"],
        force=request["force"],
        resume=request["resume"],
        remedy="Use --force to replace it, --resume to go on, or another name.",
    )
    report = outs.get("--report")
    if report is not None:
        checks.writable(report, force=request["force"] or request["resume"])
    request["outputs"] = outs


def loaded(names: Sequence[str], request: dict[str, Any]) -> dict[str, Scenario]:
    """The scenarios of a request with its settings, by name. Their warnings wait until all else is known to be sound."""
    settings = _settings(request["settings"])
    arms: dict[str, Scenario] = {}
    for name in names:
        scenario = Scenario.load(name)
        if settings:
            scenario = scenario.override_typed(settings)
        if scenario.name in arms:
            raise click.UsageError(
                f"two scenarios are named {scenario.name}; expected distinct names. Rename one file."
            )
        arms[scenario.name] = scenario
    outputs.distinct(request.get("outputs", {}), outputs.sources(names, arms.values()))  # a plan alone writes nothing
    request["warn"] = lambda: _warn(arms, names, bool(settings), request["quiet"])
    request["show"] = sys.stderr.isatty() and not request["quiet"]
    return arms


def with_settings(scenario: Scenario, texts: Sequence[str]) -> Scenario:
    """The scenario with what ``--set`` replaces."""
    return scenario.override_typed(_settings(texts)) if texts else scenario


def _settings(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign or not path:
            raise click.UsageError(f'--set is "{text}"; expected PATH=VALUE. Write, say, --set run.end=2028-01-01.')
        pairs.append((path.strip(), value.strip()))
    return pairs


def _warn(arms: dict[str, Scenario], names: Sequence[str], changed: bool, quiet: bool) -> None:
    """Warnings of the user's own scenarios in full. Those that a scenario of the library has as it is delivered
    are known and meant: they are counted."""
    known: dict[str, int] = {}
    for name, (arm, scenario) in zip(names, arms.items(), strict=True):
        of_library = set(Scenario.load(name).warnings if changed else scenario.warnings) if library.has(name) else set()
        for warning in scenario.warnings:
            if warning not in of_library:
                say(f"warning: {warning}", quiet)
        if of_library & set(scenario.warnings):
            known[arm] = len(of_library & set(scenario.warnings))
    if known:
        counts = ", ".join(f"{arm} ({count})" for arm, count in known.items())
        say(
            f"warnings known of scenarios of the library: {counts}; rackrate validate NAME prints them",
            quiet,
        )


def estimated(asked: StudyRequest, request: dict[str, Any], drawn: TwoLevelRequest | None = None) -> None:
    """Finds what is wrong with a study before anything runs; says how long it will take, unless told to be quiet."""
    from rackrate import estimates

    asked.check() if drawn is None else drawn.check()
    request["warn"]()
    if request["quiet"]:
        return
    if drawn is not None:
        seconds = estimates.estimate_two_level_seconds(drawn, request["threads"])
        futures = len(asked.numbers())
        threads = checks.thread_count(request["threads"])
        say(
            f"simulating {len(asked.arms)} arms x {drawn.points} draws of {len(drawn.design.factors)} uncertain things x {futures} "
            f"future{'s' if futures > 1 else ''}, {drawn.runs} runs on {threads} thread{'s' if threads > 1 else ''}: "
            f"{progress.roughly(seconds)}"
        )
    else:
        seconds = estimates.estimate_seconds(asked, request["threads"])
        arms = f"{len(asked.arms)} arms x " if len(asked.arms) > 1 else ""
        threads = checks.thread_count(request["threads"])
        runs = checks.replications_in_words(asked.numbers())
        say(f"simulating {arms}{runs} on {threads} thread{'s' if threads > 1 else ''}: {progress.roughly(seconds)}")
