"""A real Dask cluster for the tests: a scheduler and workers, each a process of its own, on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CHILD = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-c"]  # should the tests be killed, the kernel ends it too


class DaskCluster:
    """A running scheduler and its workers; ``address`` is what ``--dask`` takes, ``workers`` are their processes.

    The workers have no nanny, so that one that is killed stays away. ``settings`` are environment variables that configure Dask.
    """

    def __init__(self, workers: int = 2, **settings: str) -> None:
        self._environment = {**os.environ, **settings}
        self._folder = tempfile.TemporaryDirectory(prefix="dask-")
        self.folder = Path(self._folder.name)
        self.workers: list[subprocess.Popen[bytes]] = []
        self._wanted = workers
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.address = ""

    def __enter__(self) -> DaskCluster:
        try:
            contact = self.folder / "scheduler.json"
            options = [
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--no-dashboard",
                "--no-show",
                "--scheduler-file",
                str(contact),
            ]
            self.scheduler = self._start("scheduler", options)
            self._wait(lambda: contact.exists() and contact.read_text().endswith("}"), "the scheduler")
            self.address = json.loads(contact.read_text())["address"]
            for _ in range(self._wanted):
                self.add_worker()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.workers, self.scheduler]:
            if process is not None:
                process.kill()
                process.wait()
        self._folder.cleanup()

    def add_worker(self, before: str = "") -> subprocess.Popen[bytes]:
        """Start one more worker with one thread; it joins within a second or two. ``before`` is Python that it runs first."""
        options = [self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        options += ["--local-directory", str(self.folder), "--death-timeout", "60"]
        self.workers.append(self._start("worker", options, before))
        return self.workers[-1]

    def log(self) -> str:
        """What all processes have printed."""
        return "\n".join(
            f"{path.name}: {path.read_text(errors='replace')}" for path in sorted(self.folder.glob("*.log"))
        )

    def _start(self, kind: str, options: list[str], before: str = "") -> subprocess.Popen[bytes]:
        with open(self.folder / f"{kind}-{len(self.workers)}.log", "ab") as log:
            program = f"{before}\nfrom distributed.cli.dask_{kind} import main; main()"
            command = [*_CHILD, program, *options]
            return subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, env=self._environment
            )

    def _wait(self, done: object, what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not done():  # type: ignore[operator]
            assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}\n{self.log()}"
            time.sleep(0.05)
