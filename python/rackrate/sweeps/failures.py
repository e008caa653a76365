"""Runs that failed: each is kept as a small scenario file that runs alone."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rackrate.files import atomic_write
from rackrate.sweeps.bundle_file import cannot_write
from rackrate.sweeps.bundle_values import Failure
from rackrate.sweeps.layout import FAILURES

_MARK = "# rackrate failure: "


def failure_path(directory: Path, failure: Failure) -> Path:
    """Where the file of a failed run is."""
    return directory / FAILURES / f"{failure.digest[:16]}-seed-{failure.seed}-replication-{failure.replication}.toml"


def keep(directory: Path, failure: Failure, scenario: str, until: str) -> None:
    """Write the file of a failed run. ``scenario``: its resolved text; ``until``: its end, empty for its own.

    Raises: ResultFileError if it cannot be written.
    """
    path = failure_path(directory, failure)
    number = failure.replication
    command = ["rackrate", "run", path.name, "--seed", str(failure.seed), "--replications", f"{number}:{number}"]
    command += ["--until", until] if until else []
    said = {
        "digest": failure.digest, "arm": failure.arm, "points": list(failure.points), "seed": failure.seed,
        "replication": number, "message": failure.message,
    }  # fmt: skip
    text = (
        f"# This run of a sweep failed. To see it alone, type in this folder:\n#   {shlex.join(command)} -o replay.h5\n"
        f"{_MARK}{json.dumps(said)}\n\n{scenario}"
    )
    try:
        path.parent.mkdir(exist_ok=True)
        atomic_write(path, text)
    except OSError as error:
        raise cannot_write(path, error) from None


def forget(directory: Path, failure: Failure) -> None:
    """The run was done after all: a worker had died, say."""
    failure_path(directory, failure).unlink(missing_ok=True)


def kept(directory: Path) -> Iterator[Failure]:
    """The failures of a directory, in order of name; files that are none are left out."""
    try:
        names = sorted(os.listdir(directory / FAILURES))
    except FileNotFoundError:
        return
    for name in names:
        failure = _read(directory / FAILURES / name) if name.endswith(".toml") and not name.startswith(".") else None
        if failure is not None:
            yield failure


def _read(path: Path) -> Failure | None:
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith(_MARK):
                    said: dict[str, Any] = json.loads(line[len(_MARK) :])
                    return Failure(**{**said, "points": tuple(said["points"])})
                if not line.startswith("#"):
                    break
    except (OSError, ValueError, TypeError, KeyError):
        pass
    return None
