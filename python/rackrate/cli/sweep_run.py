"""The run of a sweep from the command line: which engine, how long, and what is said at its end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rackrate import progress, stopping
from rackrate.cli import clusters
from rackrate.cli.errors import CHECK_FAILED
from rackrate.cli.text import say

if TYPE_CHECKING:
    from rackrate.sweeps.backends import Backend
    from rackrate.sweeps.design import Design
    from rackrate.sweeps.run import Summary


def run_design(design: Design, request: dict[str, Any]) -> int:
    """Run what is missing of a sweep. Returns the exit status: 0 done, 1 a run failed, 75 stopped in time with work left."""
    from rackrate.sweeps.limits import TIME_SPENT
    from rackrate.sweeps.run import run_sweep
    from rackrate.sweeps.shards import shard_of

    quiet = request["quiet"]
    shard = shard_of(request["shard"])
    limit = _seconds(request["time_limit"])
    out = request["out"]
    try:
        with clusters.engine(request) as named:
            summary = run_sweep(
                design, out, backend=named or _processes(request), shard=shard, resume=request["resume"],
                time_limit=limit, signals=True, show=sys.stderr.isatty() and not quiet, say=say,
            )  # fmt: skip
    except KeyboardInterrupt:
        say(f"{stopping.word()}; what was finished is kept. Go on with --resume -o {out}.")
        raise click.exceptions.Exit(stopping.status()) from None
    if summary.stopped:
        say(
            f"{out}: stopped by {summary.stopped}, {summary.done:,} of {summary.runs:,} runs are done; what was finished "
            f"is kept. Go on with --resume -o {out}."
        )
        return TIME_SPENT
    say(_closing(summary), quiet)
    return CHECK_FAILED if summary.failed else 0


def _closing(summary: Summary) -> str:
    failed = f", {summary.failed:,} failed (in {summary.directory}/failures)" if summary.failed else ""
    took = progress.spoken(summary.seconds)
    return f"{summary.directory}: {summary.done:,} of {summary.runs:,} runs are done, {summary.ran:,} of them now in {took}{failed}"


def _processes(request: dict[str, Any]) -> Backend:
    from rackrate.sweeps.backends.local import LocalBackend

    return LocalBackend(request["workers"])


def _seconds(text: str | None) -> float | None:
    """The time that the user, or the queue, grants: the shorter one."""
    from rackrate.sweeps.limits import seconds_left_in_queue, seconds_of

    known = [seconds for seconds in (text and seconds_of(text), seconds_left_in_queue()) if isinstance(seconds, float)]
    return min(known, default=None)
