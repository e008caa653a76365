"""What run, compare, report and summary do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from rackrate import options as checks
from rackrate import progress
from rackrate.cli import outputs, results
from rackrate.cli.errors import CHECK_FAILED
from rackrate.cli.execution import drawn_and_written, written
from rackrate.cli.preparation import estimated, loaded, may_write
from rackrate.cli.reading import opened, quiet_analysis
from rackrate.cli.text import say

if TYPE_CHECKING:
    from rackrate.scenario import Scenario


def run(names: Sequence[str], request: dict[str, Any], default_replications: int) -> None:
    """``rackrate run``."""
    _simulate(names, request, default_replications)


def compare(
    names: Sequence[str], request: dict[str, Any], report_path: str | None, structural: int, decompose: bool = False
) -> int:
    """``rackrate compare``: the study, the structural range, the premium table, its steps, and the report if asked.

    Returns: the exit status: 1 if runs failed.
    """
    arms = _simulate(names, request, 20, decompose, report_path, structural)
    analysis = quiet_analysis()

    with opened(request["out"]) as ds:
        ranges = None
        if structural > 0:
            from rackrate.structural import keep_structural, structural_studies

            settings = sum(bool(changed) for _, changed in analysis.structural_settings(next(iter(arms.values()))))
            # A resumed study ran only a part now, which says nothing of the time of a run.
            time = (
                ""
                if request["resume"]
                else f": {progress.roughly(2 * settings * structural * request['seconds_per_run'])}"
            )
            say(
                f"simulating {settings} structural settings, 2 arms x {structural} replications each{time}",
                request["quiet"],
            )
            watch = progress.stopwatch()
            studies = structural_studies(
                ds,
                arms,
                replications=structural,
                seed=request["seed"],
                threads=request["threads"],
                show=sys.stderr.isatty() and not request["quiet"],
            )
            ranges = analysis.structural(studies, reference=ds, replications=structural)
            keep_structural(request["out"], ranges)
            say(f"structural settings: done in {progress.spoken(watch())}", request["quiet"])
        if not request["quiet"]:
            results.print_premium(ds, ranges)
            results.print_clause_dates(ds)
            results.print_training_runs(ds)
        if decompose and not request["quiet"]:
            from rackrate.cli.attribution import print_components

            print_components(ds)
        if report_path is not None:
            say("drawing the report", request["quiet"] or not sys.stderr.isatty())
            analysis.report(ds, report_path, structural=ranges)
            say(f"report: {report_path}", request["quiet"])
    return CHECK_FAILED if request.get("failed") else 0


def _simulate(
    names: Sequence[str],
    request: dict[str, Any],
    default_replications: int,
    decompose: bool = False,
    report_path: str | None = None,
    structural: int = 0,
) -> dict[str, Scenario]:
    """Everything that can be wrong is found before anything is computed or written. Returns the arms asked for."""
    from rackrate import decompositions
    from rackrate.study import planned
    from rackrate.study_request import StudyRequest

    if request["replications"] is not None:
        checks.replication_range(request["replications"])
    if decompose and request.get("points") is not None:
        raise click.UsageError("--decompose and --points exclude each other; a decomposition fixes the parameters.")
    may_write({"-o": request["out"], "--report": report_path}, names, request)
    arms = loaded(names, request)
    base = next(iter(arms))
    made = decompositions.steps(arms, base) if decompose else decompositions.Steps(arms, {}, "")
    # A decomposition replays recorded paths, which belong to one setting of the parameters.
    fixed = decompose or default_replications == 1 or request.get("fixed_parameters", False)
    asked, drawn = planned(
        StudyRequest(
            made.arms, base, default_replications, request["seed"], request["until"], made.replay, made.design
        ),
        request["replications"] if request["replications"] is not None or not fixed else default_replications,
        request.get("points"),
        fixed,
    )
    if drawn is not None and structural:
        raise click.UsageError(
            "--structural varies one thing at a time around the values as written; expected --fixed-parameters beside it. "
            "A study that draws its parameters has the model's switches among them."
        )
    estimated(asked, request, drawn)
    runs = len(made.arms) * len(asked.numbers()) if drawn is None else drawn.runs
    seconds = written(asked, request) if drawn is None else drawn_and_written(drawn, request)
    request["seconds_per_run"] = seconds / runs
    return arms


def report(result: str, out: str, force: bool) -> None:
    """``rackrate report``."""
    outputs.distinct({"-o": out}, {result: f"the study {result}"})
    checks.writable(out, force=force)
    with opened(result) as ds:
        quiet_analysis().report(ds, out)


def summary(
    result: str, as_csv: bool, xlsx: str | None = None, parquet: str | None = None, force: bool = False
) -> None:
    """``rackrate summary``: per arm, flows by fiscal year and NPV; or everything as CSV, a workbook or a Parquet file."""
    for option, path in (("--xlsx", xlsx), ("--parquet", parquet)):
        if path is not None:
            outputs.distinct({option: path}, {result: f"the study {result}"})
            checks.writable(path, force=force)
    with opened(result) as ds:
        analysis = quiet_analysis()

        if xlsx is not None:
            ds.rackrate.to_excel(xlsx)
            return
        if parquet is not None:
            ds.rackrate.to_parquet(parquet)
            return
        if as_csv:
            print(analysis.to_csv(ds), end="")
            return
        results.print_summary(ds)
