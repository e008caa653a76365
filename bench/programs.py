"""Runs the benchmark programs and reads what they print; the other modules here share it."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
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
    usable = sorted(os.sched_getaffinity(0))[:processors]
    with tempfile.TemporaryFile("w+") as said:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=said, text=True, cwd=ROOT,
            preexec_fn=lambda: os.sched_setaffinity(0, usable),
        )  # fmt: skip
        assert process.stdout is not None
        printed = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            words = " ".join(str(word) for word in command)
            raise RuntimeError(f"{words}: exit status {process.returncode}: {said.read().strip()[-2000:]}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6), printed


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
