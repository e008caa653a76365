"""What run, compare, report and summary do."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from rackrate import cli_results, library, outputs, progress, stopping
from rackrate import options as checks
from rackrate.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.study import Path_, StudyRequest


def say(sentence: str, quiet: bool = False) -> None:
    """To standard error, unless told to be quiet."""
    if not quiet:
        print(sentence, file=sys.stderr)


def run(names: Sequence[str], request: dict[str, Any], default_replications: int) -> None:
    """``rackrate run``."""
    _simulate(names, request, default_replications)


def compare(names: Sequence[str], request: dict[str, Any], report_path: str | None, structural: int, decompose: bool = False) -> None:
    """``rackrate compare``: the study, the structural range, the premium table, its steps, and the report if asked."""
    arms = _simulate(names, request, 20, decompose, report_path)
    analysis = quiet_analysis()

    with opened(request["out"]) as ds:
        ranges = None
        if structural > 0:
            from rackrate.structural import keep_structural, structural_studies

            settings = sum(bool(changed) for _, changed in analysis.structural_settings(next(iter(arms.values()))))
            # A resumed study ran only a part now, which says nothing of the time of a run.
            time = "" if request["resume"] else f": {progress.roughly(2 * settings * structural * request['seconds_per_run'])}"
            say(f"simulating {settings} structural settings, 2 arms x {structural} replications each{time}", request["quiet"])
            watch = progress.stopwatch()
            studies = structural_studies(
                ds, arms, replications=structural, seed=request["seed"], threads=request["threads"],
                show=sys.stderr.isatty() and not request["quiet"],
            )
            ranges = analysis.structural(studies, reference=ds, replications=structural)
            keep_structural(request["out"], ranges)
            say(f"structural settings: done in {progress.spoken(watch())}", request["quiet"])
        if not request["quiet"]:
            cli_results.print_premium(ds, ranges)
            cli_results.print_clause_dates(ds)
        if decompose and not request["quiet"]:
            from rackrate.cli_attribution import print_components

            print_components(ds)
        if report_path is not None:
            say("drawing the report", request["quiet"] or not sys.stderr.isatty())
            analysis.report(ds, report_path, structural=ranges)
            say(f"report: {report_path}", request["quiet"])


def quiet_analysis() -> ModuleType:
    """rackrate.analysis, with matplotlib silent about caches that it cannot keep and fonts that it looks for."""
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from rackrate import analysis

    return analysis


def may_write(outs: dict[str, str | None], names: Sequence[str], request: dict[str, Any], inputs: dict[str, str] | None = None) -> None:
    """Every output of a study can be written, and is neither another output nor an input. Nothing is created."""
    outputs.distinct(outs, {name: f"the scenario {name}" for name in names if os.path.exists(name)} | (inputs or {}))
    checks.writable(request["out"], force=request["force"], resume=request["resume"],
                    remedy="Use --force to replace it, --resume to go on, or another name.")
    report = outs.get("--report")
    if report is not None:
        checks.writable(report, force=request["force"] or request["resume"])
    request["outputs"] = outs


def report(result: str, out: str, force: bool) -> None:
    """``rackrate report``."""
    outputs.distinct({"-o": out}, {result: f"the study {result}"})
    checks.writable(out, force=force)
    with opened(result) as ds:
        quiet_analysis().report(ds, out)


def summary(result: str, as_csv: bool, xlsx: str | None = None, force: bool = False) -> None:
    """``rackrate summary``: per arm, flows by fiscal year and NPV; or everything as CSV or as a workbook."""
    if xlsx is not None:
        outputs.distinct({"--xlsx": xlsx}, {result: f"the study {result}"})
        checks.writable(xlsx, force=force)
    with opened(result) as ds:
        analysis = quiet_analysis()

        if xlsx is not None:
            ds.rackrate.to_excel(xlsx)
            return
        if as_csv:
            print(analysis.to_csv(ds), end="")
            return
        cli_results.print_summary(ds)


def opened(path: Path_) -> xr.Dataset:
    """A result, its warnings said as sentences."""
    from rackrate.results import open_result

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = open_result(outputs.readable(os.fspath(path)))
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            say(f"warning: {warning.message}")
    return ds


def _settings(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign or not path:
            raise click.UsageError(f'--set is "{text}"; expected PATH=VALUE. Write, say, --set run.end=2028-01-01.')
        pairs.append((path.strip(), value.strip()))
    return pairs


def loaded(names: Sequence[str], request: dict[str, Any]) -> dict[str, Scenario]:
    """The scenarios of a request with its settings, by name. Their warnings wait until all else is known to be sound."""
    settings = _settings(request["settings"])
    arms: dict[str, Scenario] = {}
    for name in names:
        scenario = Scenario.load(name)
        if settings:
            scenario = scenario.override_typed(settings)
        if scenario.name in arms:
            raise click.UsageError(f"two scenarios are named {scenario.name}; expected distinct names. Rename one file.")
        arms[scenario.name] = scenario
    outputs.distinct(request.get("outputs", {}), outputs.sources(names, arms.values()))  # a plan alone writes nothing
    request["warn"] = lambda: _warn(arms, names, bool(settings), request["quiet"])
    request["show"] = sys.stderr.isatty() and not request["quiet"]
    return arms


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
        say(f"contracts that contradict each other, as the library means it: {counts}; rackrate validate NAME says which", quiet)


def estimated(asked: StudyRequest, request: dict[str, Any]) -> None:
    """Finds what is wrong with a study before anything runs; says how long it will take, unless told to be quiet."""
    from rackrate import estimates

    asked.check()
    request["warn"]()
    if not request["quiet"]:
        seconds = estimates.estimate_seconds(asked, request["threads"])
        arms, replications = asked.arms, asked.replications
        count = f"{len(arms)} arms x {replications}" if len(arms) > 1 else str(replications)
        threads = checks.thread_count(request["threads"])
        runs = "replication" if replications == 1 else "replications"
        say(f"simulating {count} {runs} on {threads} thread{'s' if threads > 1 else ''}: {progress.roughly(seconds)}")


@contextmanager
def interruptible(out: Path_) -> Iterator[None]:
    """Ctrl-C, or another signal to stop, becomes a sentence that says how to go on, and exit status 128 + signal."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"{stopping.word()}; what was finished is kept. Go on with --resume -o {out}.")
        raise click.exceptions.Exit(stopping.status()) from None


def _simulate(names: Sequence[str], request: dict[str, Any], default_replications: int, decompose: bool = False,
              report_path: str | None = None) -> dict[str, Scenario]:
    """Everything that can be wrong is found before anything is computed or written. Returns the arms asked for."""
    from rackrate import decompositions, study

    replications = request["replications"] if request["replications"] is not None else default_replications
    checks.positive("replications", replications)
    may_write({"-o": request["out"], "--report": report_path}, names, request)
    arms = loaded(names, request)
    base = next(iter(arms))
    made = decompositions.steps(arms, base) if decompose else decompositions.Steps(arms, {}, "")
    asked = study.StudyRequest(made.arms, base, replications, request["seed"], request["until"], made.replay, made.design)
    estimated(asked, request)
    watch = progress.stopwatch()
    with interruptible(request["out"]):
        study.run_study(asked, request["out"], threads=request["threads"], resume=request["resume"], force=request["force"],
                        show=request["show"])
    seconds = watch()
    request["seconds_per_run"] = seconds / (len(made.arms) * replications)
    say(f"{request['out']}: written in {progress.spoken(seconds)}", request["quiet"])
    return arms
