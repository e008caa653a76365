"""The run of a study from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from rackrate import progress, stopping
from rackrate.cli.text import say

if TYPE_CHECKING:
    from rackrate.study_request import Path_, StudyRequest
    from rackrate.two_level import TwoLevelRequest


def written(asked: StudyRequest, request: dict[str, Any]) -> float:
    """Run a study and write its file; returns the seconds that it took."""
    from rackrate import study

    watch = progress.stopwatch()
    with interruptible(request["out"]):
        study.run_study(
            asked,
            request["out"],
            threads=request["threads"],
            resume=request["resume"],
            force=request["force"],
            show=request["show"],
        )
    seconds = watch()
    say(f"{request['out']}: written in {progress.spoken(seconds)}", request["quiet"])
    return seconds


def drawn_and_written(asked: TwoLevelRequest, request: dict[str, Any]) -> float:
    """The same for a study that draws its parameters; ``request["failed"]`` then says how many runs failed."""
    from rackrate import two_level

    watch = progress.stopwatch()
    with interruptible(request["out"]):
        came = two_level.run_two_level(
            asked,
            request["out"],
            threads=request["threads"],
            resume=request["resume"],
            force=request["force"],
            show=request["show"],
            say=say,
        )
    seconds = watch()
    request["failed"] = came.failed if came is not None else 0
    say(f"{request['out']}: written in {progress.spoken(seconds)}", request["quiet"])
    return seconds


@contextmanager
def interruptible(out: Path_) -> Iterator[None]:
    """Ctrl-C, or another signal to stop, becomes a sentence that says how to go on, and exit status 128 + signal."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"{stopping.word()}; what was finished is kept. Go on with --resume -o {out}.")
        raise click.exceptions.Exit(stopping.status()) from None
