"""The process of a command: its streams, its signals, and its exit status."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence

import click

from rackrate import stopping, streams
from rackrate.cli.errors import BAD_INPUT, complain, sentence, status_of
from rackrate.cli.interface import Stop, commands

_TEXT_IS_THE_RESULT = {
    "scenarios",
    "show",
    "explain",
    "summary",
    "answer",
}  # the others write files, or answer by their status


def main(argv: Sequence[str] | None = None) -> None:
    """The command ``rackrate``; ends the process with the exit status."""
    try:
        stopping.raise_stopped()
        streams.install()
        if not sys.warnoptions:
            warnings.simplefilter("ignore")  # of libraries, about their use; ours are said as sentences
        arguments = list(sys.argv[1:] if argv is None else argv)
        code = status(arguments)
        code = _after_output(arguments, code)
    except KeyboardInterrupt:
        code = complain(f"{stopping.word()}.", stopping.status())
    stopping.finish()
    sys.exit(code)


def status(argv: list[str]) -> int:
    """Run one command and return its exit status; every mistake of the user becomes one sentence."""
    try:
        _texts(argv)
        code = commands.main(args=argv, prog_name="rackrate", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort, Stop):
        return complain(f"{stopping.word()}.", stopping.status())
    except Exception as error:
        if stopping.seen():
            return complain(f"{stopping.word()}.", stopping.status())
        if os.environ.get("RACKRATE_DEBUG") == "1":
            traceback.print_exc()
        return complain(sentence(error), status_of(error))


def _texts(argv: Sequence[str]) -> None:
    """Names end up as labels in files and pages, which are UTF-8."""
    for argument in argv:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise click.UsageError(
                f"the argument {argument} is not UTF-8; expected text in UTF-8. Rename the file, or type the text again."
            ) from None


def _after_output(argv: Sequence[str], code: int) -> int:
    """The exit status once standard output has been written; an error of writing it, such as a full disk, is reported."""
    why = streams.lost()
    if not why:
        return code
    complain(
        f"standard output: cannot be written ({why}); what was printed there is lost. Make room, or print elsewhere.",
        BAD_INPUT,
    )
    return code or (BAD_INPUT if _TEXT_IS_THE_RESULT & set(argv[:1]) else 0)
