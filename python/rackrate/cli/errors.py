"""Errors as words on a terminal: one sentence a mistake, to standard error, and the exit status that goes with it."""

from __future__ import annotations

import sys

import click

from rackrate import _core

BAD_INPUT, CHECK_FAILED = 2, 1


def status_of(error: Exception) -> int:
    """The exit status of a command that failed so."""
    return CHECK_FAILED if isinstance(error, (_core.LedgerError, _core.CausalityError)) else BAD_INPUT


def sentence(error: Exception) -> str:
    """What went wrong, in one sentence a line."""
    if isinstance(error, click.ClickException):
        return _usage_sentence(error)
    if isinstance(error, (_core.ScenarioError, _core.ResultFileError, _core.LedgerError, _core.CausalityError)):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; expected more, or less work. Use fewer --threads, enterprises or replications."
    if isinstance(error, RecursionError):
        return "The input is nested too deeply; expected a few levels. Check the scenario."
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}. Check the path and its rights."
    text = " ".join(str(error.args[0] if len(error.args) == 1 else error).split()) or "no more is known"
    if isinstance(error, ImportError) and ("map segment" in text or "allocate memory" in text):
        return "There is not enough memory to load the libraries; expected more. Raise the limit (ulimit -v)."
    if isinstance(error, ModuleNotFoundError):
        return f"{text}. Install it into the environment of rackrate."
    return f"{type(error).__name__}: {text.rstrip('.')}. Set RACKRATE_DEBUG=1 to see where it came from."


def _usage_sentence(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    hint = f" See {context.command_path} --help." if context is not None else ""
    sentence = error.format_message().replace("\n", " ").strip()
    return sentence + ("" if sentence.endswith((".", "?")) else ".") + hint


def complain(said: str, code: int) -> int:
    """To standard error; returns the exit status ``code``."""
    print(said, file=sys.stderr)
    return code
