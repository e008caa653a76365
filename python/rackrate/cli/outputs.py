"""Checks of output paths: no output is an input, or another output, under any name or link."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate._core import ResultFileError

if TYPE_CHECKING:
    from rackrate.scenario import Scenario


def distinct(outputs: Mapping[str, str | None], inputs: Mapping[str, str] | None = None) -> None:
    """Refuse outputs that would overwrite something that this command reads or writes.

    Args: ``outputs`` by option (``-o``, ``--report``), None where not given; ``inputs`` by path, with a description of each.
    Raises: ResultFileError. Nothing is opened.

    Example:
        >>> distinct({"-o": "a.h5", "--report": "./a.h5"})
        Traceback (most recent call last):
        ...
        rackrate.ResultFileError: --report is ./a.h5; expected another file than that of -o. Choose another name.
    """
    asked = {option: path for option, path in outputs.items() if path is not None}
    for option, path in asked.items():
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            raise ResultFileError(
                f"{option} is {path}, which is a device, a pipe or a socket; expected a file. Choose another name."
            )
        for source, what in (inputs or {}).items():
            if same_file(path, source):
                raise ResultFileError(f"{option} is {path}; expected another file than {what}. Choose another name.")
    named = list(asked.items())
    for k, (option, path) in enumerate(named):
        for other, earlier in named[:k]:
            if same_file(path, earlier):
                raise ResultFileError(
                    f"{option} is {path}; expected another file than that of {other}. Choose another name."
                )
            for inner, outer in ((path, earlier), (earlier, path)):
                if _inside(inner, f"{outer}.parts"):
                    raise ResultFileError(
                        f"{option} and {other} are {path} and {earlier}; expected names apart from {outer}.parts, "
                        "the folder of an unfinished study. Choose another name."
                    )


def readable(path: str) -> str:
    """A path that is no pipe, because opening a pipe waits for its writer. Raises: ResultFileError."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ResultFileError(
            f"{path}: is no file; expected a result that rackrate run or compare wrote. Name the file."
        )
    return path


def sources(names: Iterable[str], scenarios: Iterable[Scenario]) -> dict[str, str]:
    """The files that scenarios were read from, including those that they extend."""
    files = {item.file for scenario in scenarios for item in scenario.items(defaults=True) if item.file}
    for name in names:
        files.update(_chain(name))
    return {path: f"the scenario {path}" for path in sorted(files) if os.path.exists(path)}


def _chain(name: str) -> list[str]:
    """A file and those it extends, including files without values. The scenario must be valid."""
    chain: list[str] = []
    at = name if os.path.isfile(name) else f"{name}.toml"
    while os.path.isfile(at) and at not in chain:
        chain.append(at)
        with open(at, "rb") as file:
            try:
                parent = str(tomllib.load(file).get("extends", ""))
            except ValueError:
                break
        beside = os.path.join(os.path.dirname(at), parent)
        at = beside if os.path.isfile(beside) else f"{beside}.toml"  # one of the library is no file of the user's
    return chain


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file: the same name once links are followed, or one file with two names."""
    try:
        if os.path.samefile(one, other):
            return True
    except OSError:
        pass  # one of them does not exist yet
    return _real(one) == _real(other)


def _inside(path: str, folder: str) -> bool:
    return Path(_real(path)).is_relative_to(_real(folder))


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except OSError:  # the current folder is gone: what is to be written in it will be refused for that
        return path
