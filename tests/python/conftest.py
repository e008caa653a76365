"""Helpers of the Python tests: run the installed command as a user would."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.python import local_slurm

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path):
    """command("validate", "toy-10") -> Outcome of the installed program, run in an empty folder."""

    def run(*arguments, timeout=120, cwd=tmp_path):
        program = [sys.executable, "-m", "rackrate.cli", *map(os.fspath, arguments)]
        done = subprocess.run(program, capture_output=True, timeout=timeout, cwd=cwd, stdin=subprocess.DEVNULL)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"))

    return run


@pytest.fixture
def scenario_file(tmp_path):
    """scenario_file("text") -> path of a scenario with that text."""

    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture(scope="session")
def slurm():
    """A real SLURM with three nodes on loopback. Where its packages are missing the tests say which; ./dev test installs them."""
    why = local_slurm.missing()
    if why and "RACKRATE_NEEDS_SLURM" not in os.environ:
        pytest.skip(why)
    assert not why, why
    with local_slurm.Slurm() as running:
        yield running
