"""Runs the benchmark programs and reads what they print; the other modules here share it."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "release" / "bench"


def command_line(text: str) -> list[str]:
    """The words of a command in goals.toml: a program of ours by its name, a peer by its Python file."""
    program, *rest = text.split()
    if program.endswith(".py"):
        return [sys.executable, str(ROOT / "bench" / program), *rest, "--json"]
    return [str(BUILT / program), *rest, "--json"]


def run(text: str) -> dict:
    """Runs a command of goals.toml and returns the JSON object that it prints.

    Raises: RuntimeError with what the program said if it failed.
    """
    done = subprocess.run(command_line(text), capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise RuntimeError(f"{text}: exit status {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Cost:
    """What a process cost, with all that it waited for."""

    seconds: float
    cpu_seconds: float  # of all its threads, in the program and in the system
    megabytes: float  # most memory at one time


def cost(command: Sequence[str | Path], processors: int | None = None) -> tuple[Cost, str]:
    """Runs a command in a process of its own, on so many processors if that is given: what it cost, what it printed.

    Raises: RuntimeError with what the program said if it failed.
    """
    usable = ",".join(map(str, sorted(os.sched_getaffinity(0))[:processors]))
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as folder:
        charged = Path(folder) / "charged.json"
        launcher = [sys.executable, "-I", "-S", str(ROOT / "bench" / "charged.py"), str(charged), usable]
        done = subprocess.run([*launcher, *words], capture_output=True, text=True, cwd=ROOT)
        if not charged.exists():
            raise RuntimeError(f"{' '.join(words)}: did not start: {done.stderr.strip()[-2000:]}")
        spent = json.loads(charged.read_text())
    if spent["status"] != 0:
        raise RuntimeError(f"{' '.join(words)}: exit status {spent['status']}: {done.stderr.strip()[-2000:]}")
    return Cost(spent["seconds"], spent["cpu_seconds"], spent["bytes"] / 1e6), done.stdout


def machine() -> dict:
    """What a reader must know to place the figures."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    changed = subprocess.run(
        ["git", "status", "--porcelain", "sim", "bench"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return {
        "processor": model,
        "usable_processors": len(os.sched_getaffinity(0)),
        "load_average": round(os.getloadavg()[0], 1),
        "commit": commit + (" and changes" if changed else ""),
    }
