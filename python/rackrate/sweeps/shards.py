"""Which part of a sweep this process has: from ``--shard I/N``, or from the array job of a queue."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from rackrate._core import ScenarioError
from rackrate.names import printable
from rackrate.sweeps.work import Shard


def shard_of(text: str | None, environment: Mapping[str, str] = os.environ) -> Shard:
    """The shard that ``I/N`` names. Shards may be counted from 0 to N - 1 or from 1 to N; N of N is 0 of N.

    Without a text, a task of a SLURM array job takes its place in the array (SLURM_ARRAY_TASK_ID, _MIN, _STEP and _COUNT);
    any other process takes all of the sweep.
    Raises: ScenarioError for another text, or an array that is not numbered in steps.

    Example:
        >>> shard_of("3/8", {}), shard_of(None, {})
        (Shard(index=3, count=8), Shard(index=0, count=1))
        >>> shard_of(None, {"SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "5"})
        Shard(index=1, count=4)
    """
    if text is None:
        return _of_array(environment)
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text.strip())
    index, count = (int(match[1]), int(match[2])) if match else (1, 0)
    if index > count:
        raise ScenarioError(
            f'--shard is "{printable(text)}"; expected I/N with I from 1 to N, or from 0 to N - 1. Write, say, 3/8.'
        )
    return Shard(index % count, count)


def _of_array(environment: Mapping[str, str]) -> Shard:
    if not environment.get("SLURM_ARRAY_TASK_ID") or not environment.get("SLURM_ARRAY_TASK_COUNT"):
        return Shard()
    numbers = [
        _number(environment, f"SLURM_ARRAY_TASK_{name}", default)
        for name, default in [("ID", ""), ("MIN", "0"), ("STEP", "1"), ("COUNT", "")]
    ]
    task, first, step, count = numbers
    index, rest = divmod(task - first, max(1, step))
    if rest or not 0 <= index < count:
        raise ScenarioError(
            f"SLURM_ARRAY_TASK_ID is {task}; expected one of the {count} tasks of an array that begins at {first} in steps of "
            f"{step}. Number the array as in --array=0-{count - 1}, or give --shard."
        )
    return Shard(index, count)


def _number(environment: Mapping[str, str], name: str, default: str) -> int:
    text = environment.get(name, default)
    if not text.isdigit():
        raise ScenarioError(
            f'{name} is "{printable(text)}"; expected a whole number, as sbatch --array sets it. Give --shard I/N.'
        )
    return int(text)
