"""Bundles on a batch queue (SLURM, PBS and others) through dask-jobqueue: jobs of the queue become workers of a Dask cluster.

The queue and dask-jobqueue do the work. This module chooses defaults that are safe on a shared login node, asks for a
job again that the queue has ended, and says in one sentence why jobs do not come.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from rackrate import _core, options
from rackrate._core import ResultFileError, ScenarioError
from rackrate.sweeps.backends import Report, Stopping
from rackrate.sweeps.backends.dask import DaskBackend, packages, quiet, threads_of
from rackrate.sweeps.bundle import Bundle

#: kind of queue -> class of dask-jobqueue, and the command that submits
KINDS = {
    "slurm": ("SLURMCluster", "sbatch"),
    "pbs": ("PBSCluster", "qsub"),
    "lsf": ("LSFCluster", "bsub"),
    "sge": ("SGECluster", "qsub"),
    "oar": ("OARCluster", "oarsub"),
    "moab": ("MoabCluster", "msub"),
    "htcondor": ("HTCondorCluster", "condor_submit"),
}
_CORE_MEMORY = "2 GB"
_OWN = ("security", "job_name", "scheduler_options")  # of the sweep, unless the user gives others
_REFILL_S = 2.0  # between two looks at the jobs


def option_pairs(texts: Iterable[str]) -> dict[str, Any]:
    """``KEY=VALUE`` of the command line as options of dask-jobqueue; a value that is no number, list, table or
    ``true``/``false`` of TOML is text. Raises: ScenarioError.

    Example:
        >>> option_pairs(["cores=4", "walltime=01:00:00", 'job_extra_directives=["--qos=low"]'])
        {'cores': 4, 'walltime': '01:00:00', 'job_extra_directives': ['--qos=low']}
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        key = key.strip().replace("-", "_")
        if not sign or not key.isidentifier():
            raise ScenarioError(
                f'the option of the queue is "{text}"; expected KEY=VALUE. Write, say, walltime=01:00:00.'
            )
        found[key] = _typed(value.strip())
    return found


def _typed(text: str) -> Any:
    with contextlib.suppress(tomllib.TOMLDecodeError):
        value = tomllib.loads(f"value = {text}")["value"]
        if isinstance(value, (bool, int, float, str, list, dict)):
            return value
    return text


class QueueBackend:
    """Runs bundles in jobs of a queue. Use it in ``with``; the jobs are cancelled at its end.

    Args: ``kind`` is one of KINDS; ``jobs`` how many jobs to keep in the queue; ``settings`` go to the cluster class of
    dask-jobqueue as they are, over the defaults: one core and 2 GB for each worker, encrypted connections
    (``security``), certificates and logs in ``directory``, which all nodes must see.
    """

    bundle_seconds = DaskBackend.bundle_seconds

    def __init__(self, kind: str, jobs: int, settings: Mapping[str, Any], directory: Path) -> None:
        self.kind = _known(kind)
        self.jobs = options.positive("jobs", jobs)
        self._directory = directory.absolute()
        self._logs = self._directory / "logs"
        self._settings = self._with_defaults(settings)
        self._refused: list[str] = []  # by the submit command
        self._cluster: Any = None
        self._client: Any = None
        self._looked = 0.0
        self._came: set[str] = set()  # the numbers of the jobs whose worker has come
        self._quiet = contextlib.ExitStack()

    @property
    def workers(self) -> int:
        """How many bundles run at a time once all jobs have started."""
        return self.jobs * int(self._settings["cores"])

    def run(self, bundles: Iterator[Bundle], directory: Path, report: Report, stopping: Stopping) -> None:
        """As :meth:`rackrate.sweeps.backends.Backend.run` says; the first call asks the queue for the jobs."""
        if self._client is None:
            self._open()

        def watched() -> bool:
            self._note_workers()
            self._refill()
            return stopping()

        DaskBackend(self._client, expected=self.workers, waits=True).run(bundles, directory, report, watched)

    def __enter__(self) -> QueueBackend:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._quiet:
            for opened in (self._client, self._cluster):
                if opened is not None:
                    # A job that the queue refused makes the cluster complain at its very end, after all others were cancelled.
                    with contextlib.suppress(AssertionError, OSError, TimeoutError):
                        opened.close()
        self._client = self._cluster = None

    def _with_defaults(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        packages("dask_jobqueue")  # brings its configuration
        config = importlib.import_module("dask").config

        def chosen(key: str, default: Any, configured: str = "") -> Any:
            """What the user says, in the options or in the configuration of dask-jobqueue; else the default."""
            stated = config.get(f"jobqueue.{self.kind}.{configured or key.replace('_', '-')}", None)
            return settings.get(key, default if stated is None else stated)

        cores = options.positive("cores", chosen("cores", 1))
        merged: dict[str, Any] = {
            "cores": cores,
            "processes": chosen("processes", cores),  # a worker that runs out of memory takes one bundle with it
            "memory": chosen("memory", _times(_CORE_MEMORY, cores)),
            "security": True,
            "shared_temp_directory": chosen("shared_temp_directory", os.fspath(self._directory)),
            "log_directory": chosen("log_directory", os.fspath(self._logs)),
            "job_name": "rackrate",
            "scheduler_options": {"dashboard_address": None},
        }
        return merged | {key: value for key, value in settings.items() if key not in merged or key in _OWN}

    def _open(self) -> None:
        name, submit = KINDS[self.kind]
        if shutil.which(submit) is None:
            raise ResultFileError(
                f"{self.kind}: the command {submit} is not on the PATH; expected a machine from which jobs are submitted. "
                "Log in to one, or use --dask or --workers."
            )
        jobqueue, distributed = packages("dask_jobqueue"), packages()
        kind = getattr(jobqueue, name)
        self._logs.mkdir(parents=True, exist_ok=True)
        self._quiet.enter_context(quiet())
        try:
            self._cluster = kind(job_cls=_remembering(kind.job_cls, self._refused), **self._settings)
        except (ValueError, TypeError, ImportError, OSError, RuntimeError) as error:
            self._quiet.close()
            raise ScenarioError(
                f"{self.kind}: {_first_sentence(error)} See the options of dask_jobqueue.{name}."
            ) from None
        self._client = distributed.Client(self._cluster, set_as_default=False)
        self._cluster.scale(jobs=self.jobs)

    def _refill(self) -> None:
        """Ask again for jobs that the queue has ended. Raises: ResultFileError if it takes none, or none starts a worker.

        A queue that takes some of the jobs and refuses others, because of a limit of the user, is worked with as it is.
        """
        if len(self._refused) >= self.jobs and not self._accepted():
            raise ResultFileError(
                f"{self.kind}: the queue refused a job ({self._refused[0]}); expected that it takes them. "
                "Check the options of the queue."
            )
        if time.monotonic() - self._looked < _REFILL_S:
            return
        self._looked = time.monotonic()
        self._cluster.scale(jobs=self.jobs)
        if self.kind == "slurm" and not threads_of(self._client):
            ended = _ended_slurm_jobs([job for job in self._accepted() if job not in self._came])
            if ended:
                raise ResultFileError(
                    f"slurm: job {', '.join(ended)} ended before its worker came; expected a worker in each. Read "
                    f"{self._logs}/*.err, and check that the node sees {self._settings.get('python') or sys.executable}."
                )

    def _note_workers(self) -> None:
        """A job that ends after its worker has come was ended by the queue: another one takes its place."""
        workers = [str(worker["name"]) for worker in self._cluster.scheduler_info["workers"].values()]
        for job in list(self._cluster.workers.values()):
            # The workers of a job have its name, followed by a number where they are several.
            if any(name == str(job.name) or name.startswith(f"{job.name}-") for name in workers):
                self._came.add(str(job.job_id))

    def _accepted(self) -> list[str]:
        """The numbers of the jobs that the queue has taken."""
        return [str(job.job_id) for job in list(self._cluster.workers.values()) if job.job_id]


def _known(kind: str) -> str:
    if kind in KINDS:
        return kind
    near = _core.nearest(kind, list(KINDS))
    raise ScenarioError(
        f'the queue is "{kind}"; expected one of {", ".join(KINDS)}. '
        + (f"Did you mean {near}?" if near else "Name one of them.")
    )


def _times(memory: str, cores: int) -> str:
    size, unit = memory.split()
    return f"{int(size) * cores} {unit}"


def _remembering(job_class: Any, refused: list[str]) -> Any:
    """The class of a job that also notes why the queue refused it; the cluster itself only logs that."""

    class Job(job_class):  # type: ignore[misc]
        async def start(self) -> None:
            try:
                await super().start()
            except RuntimeError as error:
                refused.append(_of_command(error))
                raise
            except OSError as error:
                refused.append(str(error))
                raise

    return Job


def _of_command(error: RuntimeError) -> str:
    """What the submit command said, in one line."""
    said = str(error).partition("stderr:\n")[2] or str(error)
    return "; ".join(line.strip().rstrip(".") for line in said.splitlines() if line.strip())


def _first_sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text.partition(". ")[0].rstrip(".") + "."


def _ended_slurm_jobs(jobs: list[str]) -> list[str]:
    """Those of ``jobs`` that SLURM has no longer in its queue, if that are all of them."""
    if not jobs:
        return []
    try:
        asked = ["squeue", "-h", "-o", "%A", "-t", "PENDING,RUNNING,CONFIGURING,COMPLETING,SUSPENDED,REQUEUED,RESIZING"]
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return []
    queued = set(shown.stdout.split())
    return [] if shown.returncode or queued & set(jobs) else jobs
