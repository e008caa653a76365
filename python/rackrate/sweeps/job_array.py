"""A sweep as a job array of SLURM: a file for ``sbatch``, and no server. Each task runs one shard into the same directory."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rackrate import _core, options
from rackrate._core import ScenarioError
from rackrate.sweeps.limits import seconds_of

#: options by the names of dask-jobqueue, so that --slurm and --slurm --script take the same ones
_OPTIONS = {
    "queue": "--partition",
    "account": "--account",
    "walltime": "--time",
    "cores": "--cpus-per-task",
    "memory": "--mem",
    "job_name": "--job-name",
    "log_directory": "",
    "job_extra_directives": "",
    "job_script_prologue": "",
}
_WARNING_S = 120  # before the time limit: longer than a bundle
_SHORTEST_S = 240
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B?", re.IGNORECASE)

_SCRIPT = """\
#!/bin/bash
{directives}
# {jobs} tasks share the work; all write into one directory, which every node must see. Submit this file again to go on with what
# is missing: work that is done is never repeated. One task alone: sbatch --array=7 FILE

{prologue}srun --ntasks=1 --cpus-per-task={cores} \\
  {command} \\
  --resume --shard "$SLURM_ARRAY_TASK_ID/{jobs}" --workers {cores}
status=$?

# 75 (or 143, before it had begun): the time is over, or another job needs the node. The task queues again and goes on.
if [ "$status" = 75 ] || [ "$status" = 143 ]; then scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"; fi
exit "$status"
"""


def slurm_script(command: Sequence[str], jobs: int, settings: Mapping[str, Any], directory: Path) -> str:
    """The text of a job array of ``jobs`` tasks that run ``command`` (without shard and workers) into ``directory``.

    ``settings`` are those of dask-jobqueue that have a meaning here: queue, account, walltime, cores, memory, job_name,
    log_directory, job_extra_directives, job_script_prologue. Raises: ScenarioError for any other.
    """
    options.positive("jobs", jobs)
    for key in settings:
        if key not in _OPTIONS:
            near = _core.nearest(key, list(_OPTIONS))
            raise ScenarioError(
                f"the option of the queue is {key}; expected one of {', '.join(_OPTIONS)}. "
                + (f"Did you mean {near}?" if near else "Any line of sbatch goes into job_extra_directives.")
            )
    cores = options.positive("cores", settings.get("cores", 1))
    logs = Path(settings.get("log_directory", directory / "logs")).absolute()
    lines = {
        "--job-name": settings.get("job_name", "rackrate"),
        "--array": f"0-{jobs - 1}",
        "--partition": settings.get("queue"),
        "--account": settings.get("account"),
        "--ntasks": 1,
        "--cpus-per-task": cores,
        "--mem": _slurm_memory(str(settings.get("memory", f"{2 * cores} GB"))),
        "--time": settings.get("walltime"),
        "--signal": _signal(settings.get("walltime")),
        "--output": _quoted(f"{logs}/%x-%A_%a.out"),
        "--open-mode": "append",
    }
    directives = [f"#SBATCH {name}={value}" for name, value in lines.items() if value not in (None, "")]
    directives += ["#SBATCH --requeue", *(f"#SBATCH {line}" for line in _listed(settings, "job_extra_directives"))]
    prologue = "".join(f"{line}\n" for line in _listed(settings, "job_script_prologue"))
    return _SCRIPT.format(
        directives="\n".join(directives),
        jobs=jobs,
        prologue=prologue and prologue + "\n",
        cores=cores,
        command=shlex.join(os.fspath(word) for word in command),
    )


def _listed(settings: Mapping[str, Any], key: str) -> list[str]:
    value = settings.get(key, [])
    return [value] if isinstance(value, str) else [str(line) for line in value]


def _signal(walltime: Any) -> str:
    """When SLURM sends SIGTERM before the time limit: the two minutes of a bundle, or half of a very short limit."""
    if walltime in (None, ""):
        return f"TERM@{_WARNING_S}"
    try:
        seconds = seconds_of(str(walltime))
    except ScenarioError:  # SLURM knows more ways to write a time, and says what is wrong with it
        seconds = _SHORTEST_S
    return f"TERM@{_WARNING_S if seconds >= _SHORTEST_S else int(seconds / 2)}"


def _slurm_memory(text: str) -> str:
    """Memory as ``sbatch`` takes it, in MiB, rounded up.

    Example:
        >>> _slurm_memory("2 GB"), _slurm_memory("2GiB"), _slurm_memory("512M")
        ('1908M', '2048M', '489M')
    """
    match = _MEMORY.fullmatch(text.strip())
    if match is None:
        raise ScenarioError(f'memory is "{text}"; expected a number with MB, GB, MiB or GiB. Write, say, 4 GB.')
    power = " KMGT".index(match[2].upper() or " ")
    size = float(match[1]) * (1024 if match[3] else 1000) ** power
    return f"{-(-int(size) // 2**20)}M"


def _quoted(text: str) -> str:
    return f'"{text}"' if re.search(r"\s", text) else text
