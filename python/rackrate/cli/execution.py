"""The run of a study from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from rackrate import progress, stopping
from rackrate.cli.text import say

if TYPE_CHECKING:
    from rackrate.study import Path_, StudyRequest


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


@contextmanager
def interruptible(out: Path_) -> Iterator[None]:
    """Ctrl-C, or another signal to stop, becomes a sentence that says how to go on, and exit status 128 + signal."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"{stopping.word()}; what was finished is kept. Go on with --resume -o {out}.")
        raise click.exceptions.Exit(stopping.status()) from None
