"""The commands and their options. Commands import what they need when they run, so that a question about a contract takes a
fraction of a second."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from rackrate import _core, names
from rackrate.cli import completion
from rackrate.cli.clusters import cluster_options
from rackrate.cli.errors import BAD_INPUT, CHECK_FAILED, complain


class Stop(Exception):
    """Ctrl-C, by a name for which click prints nothing of its own."""


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Stop from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True},
)
@click.version_option(_core.__version__, message="rackrate %(version)s")
def commands() -> None:
    """Rackrate: what was exclusivity in the market for AI capacity worth, to whom, and why?

    SCENARIO is a name of the library or the path of a TOML file. Exit status: 0 done, 1 a check failed,
    2 bad input, 130 interrupted, 143 terminated (what was done is kept).
    """


def flag(*names: str, help: str) -> Callable[[Any], Any]:
    """An option that is on or off."""
    return click.option(*names, is_flag=True, help=f"{help}  [default: off]")


def unset(*names: str, means: str, help: str, **attributes: Any) -> Callable[[Any], Any]:
    """An option that may be left out; ``means`` says what holds then."""
    return click.option(*names, default=None, help=f"{help}  [default: {means}]", **attributes)


class _Replications(click.ParamType[Any]):
    """A number of replications, or FIRST:LAST, both included, as seq and the array jobs of a queue count."""

    name = "replications"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        first, sign, last = value.partition(":")
        try:
            numbers = range(int(first), int(last) + 1) if sign else int(value)
        except ValueError:
            numbers = None
        if numbers is None or (isinstance(numbers, range) and (numbers.start < 0 or not numbers)):
            raise _core.ScenarioError(
                f"replications is {names.printable(value)}; expected a whole number >= 1, or FIRST:LAST, both included, with 0 <= FIRST <= LAST. "
                "Write 0:99 for the first hundred and 100:199 for the next."
            )
        return numbers


def run_options(replications: int, means: str = "") -> Callable[[Any], Any]:
    """The options that run, compare and attribute share."""

    def add(command: Any) -> Any:
        for option in reversed(
            [
                click.option(
                    "-o",
                    "--out",
                    required=True,
                    metavar="OUT.h5",
                    shell_complete=completion.results,
                    help="the result file",
                ),
                unset(
                    "-n",
                    "--replications",
                    type=_Replications(),
                    metavar="N|FIRST:LAST",
                    means=means or str(replications),
                    help="replications per arm: their number, or the first and the last of them, both included (0:99, then 100:199)",
                ),
                click.option("--seed", type=int, default=1, help="chooses the random worlds"),
                unset("--threads", type=int, means="all processors", help="never changes a result"),
                unset(
                    "--set",
                    "settings",
                    multiple=True,
                    metavar="PATH=VALUE",
                    means="nothing",
                    shell_complete=completion.paths,
                    help="replace a value (repeatable)",
                ),
                unset(
                    "--until",
                    metavar="DATE",
                    means="the scenario's end",
                    help="end the runs early: a date (00:00 UTC) or an instant such as 2026-04-27T06:00-05:00, exclusive; the window it lies in is cut there",
                ),
                flag("--resume", help="go on from what OUT.h5 or its parts hold"),
                flag("--force", help="replace OUT.h5 if it exists"),
                flag("-q", "--quiet", help="no progress, no estimate, no summary"),
            ]
        ):
            command = option(command)
        return command

    return add


@commands.command("scenarios")
def scenarios_command() -> None:
    """List the library: name, title, horizon."""
    from rackrate import library
    from rackrate.cli import text

    text.print_library(library.scenarios())


@commands.command("validate")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=completion.scenarios)
@flag("-q", "--quiet", help="say nothing about sound scenarios")
def validate_command(scenarios: tuple[str, ...], quiet: bool) -> int:
    """Check scenarios: 0 if all are sound, 2 with one line per mistake, file:line:col first."""
    from rackrate.cli import text
    from rackrate.scenario import Scenario

    code = 0
    for name in scenarios:
        try:
            scenario = Scenario.load(name)
        except _core.ScenarioError as error:
            code = complain(str(error), BAD_INPUT)
            continue
        for warning in scenario.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        if not quiet:
            print(text.one_line(f"{name}: sound, {len(scenario.items())} values, digest {scenario.digest[:12]}"))
    return code


@commands.command("show")
@click.argument("scenario", shell_complete=completion.scenarios)
@flag("--resolved", help="also the values that no file wrote: the defaults")
@flag("--toml", "as_toml", help="one TOML text that loads to the same scenario")
@unset(
    "--diff",
    "other",
    metavar="OTHER",
    means="none",
    shell_complete=completion.scenarios,
    help="only where the two differ",
)
@click.option(
    "--only",
    metavar="PATTERN",
    default="*",
    shell_complete=completion.paths,
    help="only paths that match, e.g. 'contracts.*'",
)
def show_command(scenario: str, resolved: bool, as_toml: bool, other: str | None, only: str) -> None:
    """Every value with its unit, source, grade, and the file and line it came from."""
    from rackrate.cli import text
    from rackrate.scenario import Scenario

    if sum((resolved, as_toml, other is not None)) > 1:
        raise click.UsageError("--resolved, --toml and --diff exclude each other; expected one of them.")
    loaded = Scenario.load(scenario)
    if other is not None:
        text.print_diff(loaded, Scenario.load(other), only)
    elif as_toml:
        text.print_toml(loaded.to_toml())
    else:
        text.print_items(loaded.items(defaults=resolved), only)


@commands.command("explain")
@click.argument("scenario", shell_complete=completion.scenarios)
@click.option("--lab", required=True, shell_complete=completion.labs, help="whose model")
@click.option("--product", required=True, shell_complete=completion.products, help="what is sold")
@click.option("--channel", required=True, shell_complete=completion.channels, help="the seller of record")
@unset("--host", means="the channel's own", shell_complete=completion.clouds, help="the cloud that runs the model")
@unset("--runtime", means="the host", shell_complete=completion.clouds, help="the cloud that holds an agent's state")
@unset("--segment", means="commercial segments in general", shell_complete=completion.segments, help="who buys")
@click.option(
    "--model-class", type=click.Choice(["closed", "open_weight"]), default="closed", help="of the model asked about"
)
@unset("--region", means="regions in general", shell_complete=completion.regions, help="where it runs")
@click.option("--date", required=True, metavar="YYYY-MM-DD", help="the day, 00:00 UTC")
@unset("--released", metavar="YYYY-MM-DD", means="long ago", help="of the model asked about")
@unset("--holder-ships", metavar="YYYY-MM-DD", means="not yet", help="general availability at the ship-first holder")
@flag("--holder-cannot", help="the holder fails the capability test")
@flag("--holder-declines", help="the holder does not cure, or waives")
@click.option("--seed", type=int, default=1, help="of the run whose drawn rollouts are meant")
@click.option("--replication", type=int, default=0, help="of that run")
@flag("--prices", help="also say which prices apply to it, by which clause, until when")
@flag("--json", "as_json", help="for programs")
def explain_command(scenario: str, as_json: bool, prices: bool, **question: Any) -> None:
    """May this be sold so on that day (00:00 UTC)? GA, PREVIEW or NO, and the clause that decides."""
    from rackrate.cli import text
    from rackrate.scenario import Scenario

    verdict = Scenario.load(scenario).feasible(**question)
    text.print_verdict(verdict, question, as_json, prices)


@commands.command("elasticities")
@click.argument("scenario", shell_complete=completion.scenarios)
@unset(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    means="nothing",
    shell_complete=completion.paths,
    help="replace a value (repeatable)",
)
@click.option("--seed", type=int, default=1, help="chooses the random world")
@click.option("--replication", type=int, default=0, help="of that world")
@flag("--settled", help="as if every workload chose afresh, and not from what it has")
def elasticities_command(scenario: str, settings: tuple[str, ...], **options: Any) -> None:
    """Simulate one future; print own-price elasticities of enterprises' demand by year."""
    from rackrate.cli import elasticities

    elasticities.show(scenario, settings, **options)


@commands.command("run")
@click.argument("scenario", shell_complete=completion.scenarios)
@run_options(replications=1)
def run_command(scenario: str, **options: Any) -> None:
    """Simulate one scenario and write OUT.h5."""
    from rackrate.cli import study

    study.run([scenario], options, default_replications=1)


@commands.command("compare")
@click.argument("base", metavar="BASE", shell_complete=completion.scenarios)
@click.argument("alternatives", nargs=-1, required=True, metavar="ALTERNATIVE...", shell_complete=completion.scenarios)
@run_options(replications=20, means="2 at each parameter point, 20 with --fixed-parameters")
@unset(
    "--points",
    type=click.IntRange(min=1),
    metavar="M",
    means="20",
    help="draws of everything that the scenarios state a range for; -n futures are run at each",
)
@flag("--fixed-parameters", help="leave every value as it is written: intervals then hold futures alone")
@unset("--report", metavar="OUT.html", means="none", shell_complete=completion.pages, help="also write the report")
@click.option(
    "--structural",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="run each structural setting too, N replications each, and quote the range",
)
@flag(
    "--decompose",
    help="also run each alternative with the baseline's prices and investment, and print the premium in steps",
)
def compare_command(
    base: str, alternatives: tuple[str, ...], report: str | None, structural: int, decompose: bool, **options: Any
) -> int:
    """Simulate scenarios in the same random worlds; print what the difference is worth to each firm.

    The first is the baseline; differences are alternative minus baseline. Values with a stated range are drawn with the
    futures, so that the intervals hold what is not known of either.
    """
    from rackrate.cli import study

    return study.compare([base, *alternatives], options, report, structural, decompose)


@commands.command("attribute")
@click.argument("base", metavar="BASE", shell_complete=completion.scenarios)
@click.argument("alternative", metavar="ALTERNATIVE", shell_complete=completion.scenarios)
@run_options(replications=16)
@unset(
    "--groups",
    metavar="FILE.toml",
    means="by clause",
    shell_complete=completion.any_file,
    help="names and paths of what is switched together",
)
@unset(
    "--orders",
    type=int,
    metavar="N",
    means="every combination up to 6 groups, sampled beyond",
    help="sample N orders instead of every combination",
)
@click.option(
    "--metric",
    default="gross_profit",
    shell_complete=completion.metrics,
    help="a dollar variable of the result file, such as npv",
)
@unset("--report", metavar="OUT.html", means="none", shell_complete=completion.pages, help="also write the report")
@flag("--plan", "only_plan", help="say the groups and the number of runs, and stop")
def attribute_command(
    base: str,
    alternative: str,
    groups: str | None,
    orders: int | None,
    metric: str,
    report: str | None,
    only_plan: bool,
    **options: Any,
) -> None:
    """What is each clause worth in which two scenarios differ?

    Runs every combination of the clauses in the same random worlds and prints Shapley values, which add up to the
    premium, with the spread over futures and the Monte Carlo error.
    """
    from rackrate.cli import attribution

    attribution.attribute(base, alternative, options, groups, orders, metric, report, only_plan)


@commands.command("sweep")
@click.argument("design", metavar="DESIGN.toml", shell_complete=completion.any_file)
@unset(
    "-o",
    "--out",
    metavar="DIR",
    means="nothing is run: the plan is printed",
    shell_complete=completion.any_file,
    help="the directory of the sweep; sweeps may share one",
)
@flag("--dry-run", help="print factors, points, runs, core-hours and size, and stop")
@unset("-n", "--replications", metavar="N|FIRST:LAST", means="the design's", help="replication numbers at every point")
@unset("--seed", type=int, means="the design's", help="chooses the random worlds")
@unset(
    "--keep",
    multiple=True,
    metavar="WHAT",
    means="the design's",
    help="names of variables, month, year or total, and 2026-01:2026-12 (repeatable, or with commas)",
)
@flag("--resume", help="go on in DIR, or add the points of this design to it; work that is done is never repeated")
@unset("--workers", type=click.IntRange(min=1), means="all processors", help="processes on this machine")
@cluster_options
@unset(
    "--shard",
    metavar="I/N",
    means="all, or the place of this task in a SLURM array",
    help="one of N independent processes that share DIR",
)
@unset(
    "--time-limit",
    metavar="TIME",
    means="that of the SLURM job, if any",
    help="stop at a bundle in time, with exit status 75: 55 min, 01:55:00",
)
@flag("-q", "--quiet", help="no progress, no summary")
def sweep_command(design: str, **options: Any) -> int:
    """Run the points of a design, each in the same random worlds; docs/sweeps.md describes designs."""
    from rackrate.cli import sweep

    return sweep.sweep(design, options)


@commands.command("status")
@click.argument("directory", metavar="DIR", shell_complete=completion.any_file)
@flag("--json", "as_json", help="one JSON object, by point as well")
def status_command(directory: str, as_json: bool) -> int:
    """How far is the sweep in DIR? Done, failed, rate, remaining, core-hours; asks no process, anywhere."""
    from rackrate.cli import sweep_store

    return sweep_store.status(directory, as_json)


@commands.command("merge")
@click.argument("directory", metavar="DIR", shell_complete=completion.any_file)
@click.option("-o", "--out", required=True, metavar="OUT.h5", shell_complete=completion.results, help="the result file")
@flag("--force", help="replace OUT.h5 if it exists")
@flag("-q", "--quiet", help="no progress, no summary")
def merge_command(directory: str, out: str, force: bool, quiet: bool) -> int:
    """Put what is finished of the sweep in DIR into one file; DIR stays as it is."""
    from rackrate.cli import sweep_store

    return sweep_store.merge(directory, out, force, quiet)


@commands.command("report")
@click.argument("result", metavar="RESULT.h5", shell_complete=completion.results)
@click.option("-o", "--out", required=True, metavar="OUT.html", shell_complete=completion.pages, help="the page")
@flag("--force", help="replace OUT.html if it exists")
def report_command(result: str, out: str, force: bool) -> None:
    """Write a self-contained page with the headline, charts and the table of assumptions."""
    from rackrate.cli import study

    study.report(result, out, force)


@commands.command("answer")
@click.argument("question", metavar="QUESTION", shell_complete=completion.questions)
@click.argument("result", metavar="STUDY.h5", shell_complete=completion.results)
@unset("-o", "--out", metavar="OUT.svg", means="none", shell_complete=completion.any_file, help="the picture")
@unset("--arm", metavar="ARM", means="the more exclusive arm of the first question", help="one of the two arms")
@unset("--baseline", metavar="ARM", means="the more open one", help="the other arm")
@click.option(
    "--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.9, help="of the intervals"
)
@unset(
    "--firm",
    means="the holder of the exclusivity",
    help="whose premium or margin (premium, pull, integrated, assumptions)",
)
@unset("--lab", means="that of the exclusivity", help="whose models (uptake, integration, chips)")
@unset("--channel", means="the one that wins most work", help="the opened channel (uptake)")
@unset(
    "--control",
    type=click.Choice(["silent", "proportional"]),
    means="silent",
    help="what stakes give beside profit: nothing, or a say in proportion (concentration)",
)
@flag("--force", help="replace OUT.svg if it exists")
def answer_command(question: str, result: str, out: str | None, force: bool, **options: Any) -> None:
    """Answer one question from a study: in words with an interval, in tables, and as a picture.

    QUESTION is premium (Q1), uptake (Q4), pull (Q5), leverage (Q9), concentration (Q10), integration, integrated, inputs,
    chips or assumptions; docs/answers.md says what each one means.
    """
    from rackrate.cli import answers

    answers.answer(question, result, out, force, {k: v for k, v in options.items() if v is not None})


@commands.command("summary")
@click.argument("result", metavar="RESULT.h5", shell_complete=completion.results)
@flag("--csv", "as_csv", help="tidy tables in B$ by calendar quarter and fiscal year")
@unset(
    "--xlsx",
    metavar="OUT.xlsx",
    means="none",
    shell_complete=completion.any_file,
    help="write them as a workbook instead (needs rackrate[excel])",
)
@unset(
    "--parquet",
    metavar="OUT.parquet",
    means="none",
    shell_complete=completion.any_file,
    help="write them as a Parquet file instead (needs rackrate[parquet])",
)
@flag("--force", help="replace the file if it exists")
def summary_command(result: str, as_csv: bool, xlsx: str | None, parquet: str | None, force: bool) -> None:
    """Tables of a result on the terminal."""
    from rackrate.cli import study

    asked = {"--csv": as_csv, "--xlsx": xlsx is not None, "--parquet": parquet is not None}
    given = [name for name, wanted in asked.items() if wanted]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} exclude each other; expected one of them.")
    study.summary(result, as_csv, xlsx, parquet, force)


@commands.command("rerun")
@click.argument("result", metavar="RESULT.h5", shell_complete=completion.results)
@unset("--replication", type=int, means="all", help="only this one")
def rerun_command(result: str, replication: int | None) -> int:
    """Run again from what the file holds and compare fingerprints: 0 if all are the same, else 1."""
    from rackrate.cli import outputs
    from rackrate.study import rerun

    code = 0
    for arm, number, same in rerun(outputs.readable(result), replication=replication):
        print(f"{arm} replication {number}: {'same' if same else 'DIFFERENT'}")
        code = code if same else CHECK_FAILED
    return code
