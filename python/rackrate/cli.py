"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 a check failed, 2 bad input, 75 time budget spent, 130 interrupted.
Commands import what they need when they run, so that a question about a contract takes a fraction of a second.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from rackrate import __version__, _core

BAD_INPUT, CHECK_FAILED, INTERRUPTED = 2, 1, 130


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the command ``rackrate``; ends the process with the exit status."""
    sys.exit(status(list(sys.argv[1:] if argv is None else argv)))


def status(argv: list[str]) -> int:
    """Run one command and return its exit status; every mistake of the user becomes one sentence."""
    try:
        code = commands.main(args=argv, prog_name="rackrate", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _complain(_usage_sentence(error), BAD_INPUT)
    except (_core.ScenarioError, _core.ResultFileError) as error:
        return _complain(str(error), BAD_INPUT)
    except (_core.LedgerError, _core.CausalityError) as error:
        return _complain(str(error), CHECK_FAILED)
    except (KeyboardInterrupt, click.Abort):
        return _complain("Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; the interpreter would say so once more at exit
        return 0
    except OSError as error:
        return _complain(f"{error.filename or 'a file'}: {error.strerror or error}. Check the path and its rights.", BAD_INPUT)
    except UnicodeError:
        return _complain("An argument is not valid text; expected UTF-8. Check the command line.", BAD_INPUT)


def _complain(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _usage_sentence(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    hint = f" See {context.command_path} --help." if context is not None else ""
    sentence = error.format_message().replace("\n", " ").strip()
    return sentence + ("" if sentence.endswith((".", "?")) else ".") + hint


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="rackrate %(version)s")
def commands() -> None:
    """Rackrate: what was exclusivity in the market for AI capacity worth, to whom, and why?

    SCENARIO is a name of the library or the path of a TOML file. Exit status: 0 done, 1 a check failed,
    2 bad input, 130 interrupted (what was done is kept).
    """


def run_options(command: Any) -> Any:
    """The options that run and compare share."""
    for option in reversed(
        [
            click.option("-o", "--out", required=True, metavar="OUT.h5", help="the result file"),
            click.option("-n", "--replications", type=int, default=None, help="replications per arm"),
            click.option("--seed", type=int, default=1, show_default=True, help="chooses the random worlds"),
            click.option("--threads", type=int, default=None, help="default: all processors; never changes a result"),
            click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="replace a value (repeatable)"),
            click.option("--until", metavar="DATE", default=None, help="end the runs early: a date (00:00 UTC) or an instant such as 2026-04-27T06:00-05:00, exclusive; the window it lies in is cut there"),
            click.option("--resume", is_flag=True, help="go on from what OUT.h5 or its parts hold"),
            click.option("--force", is_flag=True, help="replace OUT.h5 if it exists"),
            click.option("-q", "--quiet", is_flag=True, help="no progress, no estimate, no summary"),
        ]
    ):
        command = option(command)
    return command


@commands.command("scenarios")
def scenarios_command() -> None:
    """List the library: name, title, horizon."""
    from rackrate import cli_text, library

    cli_text.print_library(library.scenarios())


@commands.command("validate")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("-q", "--quiet", is_flag=True, help="say nothing about sound scenarios")
def validate_command(scenarios: tuple[str, ...], quiet: bool) -> int:
    """Check scenarios: 0 if all are sound, 2 with one line per mistake, file:line:col first."""
    from rackrate.scenario import Scenario

    code = 0
    for name in scenarios:
        try:
            scenario = Scenario.load(name)
        except _core.ScenarioError as error:
            code = _complain(str(error), BAD_INPUT)
            continue
        for warning in scenario.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        if not quiet:
            print(f"{name}: sound, {len(scenario.items())} values, digest {scenario.digest[:12]}")
    return code


@commands.command("show")
@click.argument("scenario")
@click.option("--resolved", is_flag=True, help="also the values that no file wrote: the defaults")
@click.option("--toml", "as_toml", is_flag=True, help="one TOML text that loads to the same scenario")
@click.option("--diff", "other", metavar="OTHER", help="only where the two differ")
@click.option("--only", metavar="PATTERN", default="*", help="only paths that match, e.g. 'contracts.*'")
def show_command(scenario: str, resolved: bool, as_toml: bool, other: str | None, only: str) -> None:
    """Every value with its unit, source, grade, and the file and line it came from."""
    from rackrate import cli_text
    from rackrate.scenario import Scenario

    if sum((resolved, as_toml, other is not None)) > 1:
        raise click.UsageError("--resolved, --toml and --diff exclude each other; expected one of them.")
    loaded = Scenario.load(scenario)
    if other is not None:
        cli_text.print_diff(loaded, Scenario.load(other), only)
    elif as_toml:
        click.echo(loaded.to_toml(), nl=False)
    else:
        cli_text.print_items(loaded.items(defaults=resolved), only)


@commands.command("explain")
@click.argument("scenario")
@click.option("--lab", required=True)
@click.option("--product", required=True)
@click.option("--channel", required=True, help="the seller of record")
@click.option("--host", default=None, help="the cloud that runs the model [default: the channel's own]")
@click.option("--runtime", default=None, help="the cloud that holds an agent's state [default: the host]")
@click.option("--segment", default=None, help="[default: commercial segments in general]")
@click.option("--model-class", type=click.Choice(["closed", "open_weight"]), default="closed", show_default=True)
@click.option("--region", default=None)
@click.option("--date", required=True, metavar="YYYY-MM-DD")
@click.option("--released", default=None, metavar="YYYY-MM-DD", help="of the model asked about [default: long ago]")
@click.option("--holder-ships", default=None, metavar="YYYY-MM-DD", help="general availability at the ship-first holder [default: not yet]")
@click.option("--holder-cannot", is_flag=True, help="the holder fails the capability test")
@click.option("--holder-declines", is_flag=True, help="the holder does not cure, or waives")
@click.option("--seed", type=int, default=1, show_default=True, help="of the run whose drawn rollouts are meant")
@click.option("--replication", type=int, default=0, show_default=True, help="of that run")
@click.option("--json", "as_json", is_flag=True, help="for programs")
def explain_command(scenario: str, as_json: bool, **question: Any) -> None:
    """May this be sold so on that day (00:00 UTC)? GA, PREVIEW or NO, and the clause that decides."""
    from rackrate import cli_text
    from rackrate.scenario import Scenario

    verdict = Scenario.load(scenario).feasible(**question)
    cli_text.print_verdict(verdict, question, as_json)


@commands.command("run")
@click.argument("scenario")
@run_options
def run_command(scenario: str, **options: Any) -> None:
    """Simulate one scenario and write OUT.h5."""
    from rackrate import cli_study

    cli_study.run([scenario], options, default_replications=1)


@commands.command("compare")
@click.argument("base", metavar="BASE")
@click.argument("alternatives", nargs=-1, required=True, metavar="ALTERNATIVE...")
@run_options
@click.option("--report", metavar="OUT.html", default=None, help="also write the report")
@click.option("--structural", type=click.IntRange(min=0), default=0, metavar="N",
              help="run each structural setting too, N replications each, and quote the range")
@click.option("--decompose", is_flag=True,
              help="also run each alternative with the baseline's prices and investment, and print the premium in steps")
def compare_command(
    base: str, alternatives: tuple[str, ...], report: str | None, structural: int, decompose: bool, **options: Any
) -> None:
    """Simulate scenarios in the same random worlds; print what the difference is worth to each firm.

    The first is the baseline; differences are alternative minus baseline.
    """
    from rackrate import cli_study

    cli_study.compare([base, *alternatives], options, report, structural, decompose)


@commands.command("attribute")
@click.argument("base", metavar="BASE")
@click.argument("alternative", metavar="ALTERNATIVE")
@run_options
@click.option("--groups", metavar="FILE.toml", default=None, help="names and paths of what is switched together [default: by clause]")
@click.option("--orders", type=int, default=None, metavar="N", help="sample N orders instead of every combination (default beyond 6 groups)")
@click.option("--metric", default="gross_profit", show_default=True, help="a dollar variable of the result file, such as npv")
@click.option("--report", metavar="OUT.html", default=None, help="also write the report")
@click.option("--plan", "only_plan", is_flag=True, help="say the groups and the number of runs, and stop")
def attribute_command(
    base: str, alternative: str, groups: str | None, orders: int | None, metric: str, report: str | None, only_plan: bool, **options: Any
) -> None:
    """What is each clause worth in which two scenarios differ? 16 replications by default.

    Runs every combination of the clauses in the same random worlds and prints Shapley values, which add up to the
    premium, with the spread over futures and the Monte Carlo error.
    """
    from rackrate import cli_attribution

    cli_attribution.attribute(base, alternative, options, groups, orders, metric, report, only_plan)


@commands.command("report")
@click.argument("result", metavar="RESULT.h5")
@click.option("-o", "--out", required=True, metavar="OUT.html")
@click.option("--force", is_flag=True, help="replace OUT.html if it exists")
def report_command(result: str, out: str, force: bool) -> None:
    """Write a self-contained page with the headline, charts and the table of assumptions."""
    from rackrate import cli_study

    cli_study.report(result, out, force)


@commands.command("summary")
@click.argument("result", metavar="RESULT.h5")
@click.option("--csv", "as_csv", is_flag=True, help="tidy tables in B$ by calendar and fiscal quarter")
def summary_command(result: str, as_csv: bool) -> None:
    """Tables of a result on the terminal."""
    from rackrate import cli_study

    cli_study.summary(result, as_csv)


@commands.command("rerun")
@click.argument("result", metavar="RESULT.h5")
@click.option("--replication", type=int, default=None, help="only this one")
def rerun_command(result: str, replication: int | None) -> int:
    """Run again from what the file holds and compare fingerprints: 0 if all are the same, else 1."""
    from rackrate.study import rerun

    code = 0
    for arm, number, same in rerun(result, replication=replication):
        print(f"{arm} replication {number}: {'same' if same else 'DIFFERENT'}")
        code = code if same else CHECK_FAILED
    return code


if __name__ == "__main__":
    main()
