"""The options of ``rackrate sweep`` that lead to a cluster, and the engine that they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rackrate.cli import completion

if TYPE_CHECKING:
    from rackrate.sweeps.backends import Backend
    from rackrate.sweeps.design import Design

KINDS = ("slurm", "pbs", "lsf", "sge", "oar", "moab", "htcondor")
_JOBS = 4


def cluster_options(command: Any) -> Any:
    """Adds --dask, --slurm, --queue, --jobs, --queue-option and --script."""
    unset = " [default: none]"
    for option in reversed([
        click.option("--dask", default=None, metavar="ADDRESS", shell_complete=completion.any_file, help="run on the Dask cluster of the scheduler at HOST:PORT, or of a scheduler file" + unset),
        click.option("--slurm", is_flag=True, help="run in jobs of SLURM, through dask-jobqueue; short for --queue slurm  [default: off]"),
        click.option("--queue", type=click.Choice(KINDS), default=None, help="run in jobs of this batch queue, through dask-jobqueue" + unset),
        click.option("--jobs", type=click.IntRange(min=1), default=_JOBS, help="how many jobs of the queue, or tasks of --script"),
        click.option("--queue-option", "queue_options", multiple=True, default=(), metavar="KEY=VALUE", help="an option of dask-jobqueue, such as walltime=02:00:00, queue=short, cores=8 (repeatable)" + unset),
        click.option("--script", is_flag=True, help="with --slurm: run nothing, print a job array for sbatch, which needs no server  [default: off]"),
    ]):  # fmt: skip
        command = option(command)
    return command


def check(request: dict[str, Any]) -> None:
    """The options of a sweep's engine do not contradict each other. Raises: UsageError."""
    engines = {
        "--dask": request["dask"] is not None,
        "--slurm": request["slurm"],
        "--queue": request["queue"] is not None,
        "--workers": request.get("workers") is not None,
    }
    named = [name for name, given in engines.items() if given]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} exclude each other; expected one of them.")
    if request.get("shard") is not None and {"--dask", "--slurm", "--queue"} & set(named):
        raise click.UsageError(f"--shard and {named[0]} exclude each other; expected one of them.")
    if request["script"] and kind(request) != "slurm":
        raise click.UsageError("--script needs --slurm; expected a job array of SLURM. Write --slurm --script.")
    if request["script"] and request["out"] is None:
        raise click.UsageError("--script needs -o DIR; expected the directory that all tasks write into.")
    if request["queue_options"] and kind(request) is None:
        raise click.UsageError("--queue-option needs --slurm or --queue; expected the kind of queue it is for.")


def kind(request: dict[str, Any]) -> str | None:
    """The kind of queue that is asked for; None for none."""
    queue: str | None = request["queue"]
    return "slurm" if request["slurm"] else queue


@contextmanager
def engine(request: dict[str, Any]) -> Iterator[Backend | None]:
    """The engine that the options name, for as long as it is needed; None for this machine's own processors."""
    queue = kind(request)
    if request["dask"] is not None:
        from rackrate.sweeps.backends.dask import connected

        with connected(request["dask"]) as dask:
            yield dask
    elif queue is not None:
        from rackrate.sweeps.backends.queues import QueueBackend, option_pairs

        settings = option_pairs(request["queue_options"])
        with QueueBackend(queue, request["jobs"], settings, Path(request["out"])) as jobs:
            yield jobs
    else:
        yield None


def print_script(path: str, design: Design, request: dict[str, Any]) -> None:
    """The job array of SLURM that runs this sweep, to standard output. Its directory is made, so that whatever is wrong with
    it is said now and not by a job, and so that SLURM finds the folder of its logs, without which it fails in silence."""
    from rackrate.sweeps.backends.queues import option_pairs
    from rackrate.sweeps.job_array import slurm_script
    from rackrate.sweeps.run import prepare

    directory = Path(request["out"]).absolute()
    command = [*_program(), "sweep", os.path.abspath(path), "-o", os.fspath(directory)]
    for name, value in (("--replications", request["replications"]), ("--seed", request["seed"])):
        command += [name, str(value)] if value is not None else []
    for kept in request["keep"]:
        command += ["--keep", kept]
    settings = option_pairs(request["queue_options"])
    script = slurm_script(command, request["jobs"], settings, directory)
    prepare(design, directory, resume=True)
    directory.joinpath("logs").mkdir(exist_ok=True)
    print(script, end="")


def _program() -> list[str]:
    """The command ``rackrate`` of this environment by its full path: the PATH of a job is another one."""
    beside = Path(sys.executable).with_name("rackrate")
    return [os.fspath(beside)] if beside.exists() else [sys.executable, "-m", "rackrate"]
