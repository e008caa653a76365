"""Bundles on a Dask cluster: any ``dask.distributed.Client``.

Dask places the bundles and runs one again whose worker died. The coordinator keeps two bundles for each thread of the
workers in flight and nothing of those that are done, so its memory does not grow with the number of runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import logging
import os
import pickle
import queue
import re
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackrate._core import ResultFileError
from rackrate.sweeps.backends import Report, Stopping
from rackrate.sweeps.bundle import Bundle, Outcome, run_bundle
from rackrate.sweeps.layout import MANIFEST

if TYPE_CHECKING:
    from distributed import Client, Future

_AHEAD = 2  # bundles in flight for each thread of the workers: one that runs, one that waits beside it
_LOOK_S = 0.1  # between two looks at whether to stop
_COUNT_S = 2.0  # between two counts of the workers
_CONNECT_S = 10  # also how long a client tries to come back to a scheduler that went away
_CLOSE_S = _CONNECT_S + 5
_WORKERS_S = 60  # for the first worker
_LOGGERS = ("distributed", "tornado", "asyncio")


def packages(name: str = "distributed") -> Any:
    """A module of the extra ``cluster``. Raises: ResultFileError that names the extra where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ResultFileError(
            f"dask: {error.name} is not installed; expected the packages of the extra cluster. "
            "Install them: pip install 'rackrate[cluster]'."
        ) from None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The log of the libraries is not for users: what matters becomes a sentence."""
    packages()  # importing it sets levels
    names = [name for name in list(logging.root.manager.loggerDict) if name.partition(".")[0] in _LOGGERS]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def connected(address: str) -> Iterator[DaskBackend]:
    """The backend of the Dask cluster whose scheduler is at ``address``; as :func:`connect`, without log messages."""
    with quiet():
        client = connect(address)
        try:
            yield DaskBackend(client)
        finally:
            client.close(timeout=_CLOSE_S)


def connect(address: str) -> Client:
    """A client of the Dask scheduler at ``address``: HOST:PORT, tcp://HOST:PORT, or the path of its scheduler file.

    Raises: ResultFileError if no scheduler answers there, or if Dask is not installed.
    """
    distributed = packages()
    place: dict[str, Any] = {"scheduler_file": address} if os.path.isfile(address) else {"address": address}
    try:
        client: Client = distributed.Client(**place, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ResultFileError(
            f"dask: no scheduler answers at {address} ({_said(error)}); expected HOST:PORT, tcp://HOST:PORT or a "
            "scheduler file. Start one with: dask scheduler"
        ) from None
    return client


def threads_of(client: Client) -> int:
    """How many threads the workers of a client have. Raises: ResultFileError if its scheduler went away."""
    try:
        return sum(client.nthreads().values())
    except (OSError, ValueError, AttributeError):
        raise _scheduler_lost(client) from None


class DaskBackend:
    """Runs bundles on the workers of a client, as many at a time as they have threads.

    ``expected`` is the number of threads that there will be, where workers come later; ``waits`` allows that it takes
    any time until the first one comes, as in a queue.
    """

    bundle_seconds = 10.0  #: what a bundle should take; Dask needs some milliseconds for one

    def __init__(self, client: Client, *, expected: int = 0, waits: bool = False) -> None:
        packages()
        self.client = client
        self._expected = expected
        self._waits = waits

    @property
    def workers(self) -> int:
        """How many bundles run at a time."""
        return max(1, self._expected, threads_of(self.client))

    def run(self, bundles: Iterator[Bundle], directory: Path, report: Report, stopping: Stopping) -> None:
        """As :meth:`rackrate.sweeps.backends.Backend.run` says."""
        mark = _mark(os.fspath(directory.absolute()))
        if not self._waits:
            self._check(os.fspath(directory.absolute()), mark)
        flight = _Flight(self.client, os.fspath(directory.absolute()), mark)
        try:
            for bundle in bundles:
                flight.submit(bundle)
                while flight.full() and not flight.error and not stopping():
                    flight.take(report)
                if flight.error or stopping():
                    break
            while flight.pending:
                if flight.error or stopping():
                    flight.give_up_waiting()
                flight.take(report)
        finally:
            flight.cancel()
        if flight.error:
            raise flight.error

    def _check(self, directory: str, mark: str) -> None:
        """There are workers, and each has rackrate and sees the directory. Raises: ResultFileError."""
        distributed = packages()
        try:
            self.client.wait_for_workers(1, timeout=_WORKERS_S)
            self.client.run(_ready, directory, mark)
        except (TimeoutError, distributed.TimeoutError):
            raise ResultFileError(
                f"dask: the scheduler at {_address(self.client)} has no worker after {_WORKERS_S} s; expected one at least. "
                f"Start one with: dask worker {_address(self.client)} --nthreads 1"
            ) from None
        except ResultFileError:
            raise
        except Exception as error:
            raise _plain(error) from None


class _Flight:
    """Bundles that were submitted and have not come back."""

    def __init__(self, client: Client, directory: str, mark: str) -> None:
        self.client = client
        self.pending: dict[str, tuple[Future[Outcome], Bundle]] = {}
        self.error: Exception | None = None
        self._directory, self._mark = directory, mark
        self._name = f"rackrate-bundle-{uuid.uuid4().hex[:8]}"  # two sweeps on one cluster do not meet
        self._landed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._room, self._counted = 0, -_COUNT_S
        self._gave_up = -_COUNT_S

    def submit(self, bundle: Bundle) -> None:
        # Resolved scenarios are long texts that compress tenfold; the scheduler holds every bundle in flight.
        packed = zlib.compress(pickle.dumps(bundle), 1)
        key = f"{self._name}-{bundle.key}-{uuid.uuid4().hex[:8]}"
        future = self.client.submit(_work, packed, self._directory, self._mark, key=key, pure=False)
        self.pending[key] = (future, bundle)
        future.add_done_callback(lambda done: self._landed.put(done.key))

    def full(self) -> bool:
        """Whether the workers have enough to do."""
        if time.monotonic() - self._counted >= _COUNT_S:
            self._room = _AHEAD * max(1, threads_of(self.client))
            self._counted = time.monotonic()
        return len(self.pending) >= self._room

    def take(self, report: Report) -> None:
        """Report one bundle that came back; returns after a moment if none does."""
        try:
            key = self._landed.get(timeout=_LOOK_S)
        except queue.Empty:
            if self.client.status != "running":  # also when it connects again, it has forgotten the bundles
                raise _scheduler_lost(self.client) from None
            return
        if key not in self.pending:  # given up
            return
        future, bundle = self.pending[key]
        outcome = self._outcome(future, bundle)
        if outcome is None:
            return
        del self.pending[key]
        future.release()
        if isinstance(outcome, Outcome):
            report(outcome)
        else:
            self.error = self.error or outcome

    def _outcome(self, future: Future[Outcome], bundle: Bundle) -> Outcome | Exception | None:
        """What came of a bundle; None where its result was lost with a worker and Dask makes it again."""
        distributed = packages()
        try:
            outcome: Outcome = future.result(timeout=10)
        except distributed.KilledWorker as error:
            return Outcome(bundle.key, lost=_killed(error))
        except distributed.CancelledError:
            return _scheduler_lost(self.client)
        except distributed.comm.CommClosedError:
            return _scheduler_lost(self.client)
        except (TimeoutError, distributed.TimeoutError):
            future.add_done_callback(lambda done: self._landed.put(done.key))
            return None
        except Exception as error:
            return _plain(error)
        return outcome

    def give_up_waiting(self) -> None:
        """Cancel the bundles that no worker has begun; those that run are waited for."""
        if time.monotonic() - self._gave_up < 1:
            return
        self._gave_up = time.monotonic()
        try:
            begun = {key for keys in self.client.run(_begun, on_error="ignore").values() for key in keys or ()}
        except (OSError, ValueError):  # no worker is left
            begun = set()
        self._cancel([key for key in self.pending if key not in begun])

    def cancel(self) -> None:
        """Nothing is in flight afterwards."""
        self._cancel(list(self.pending))

    def _cancel(self, keys: list[str]) -> None:
        futures = [self.pending.pop(key)[0] for key in keys if not self.pending[key][0].done()]
        if futures and self.client.status == "running":
            self.client.cancel(futures)


def _mark(directory: str) -> str:
    """What tells this directory from another one of the same name: a digest of the sweep's manifest; empty if there is none."""
    try:
        with open(os.path.join(directory, MANIFEST), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _work(packed: bytes, directory: str, mark: str) -> Outcome:
    """On a worker: run one bundle."""
    _ready(directory, mark)
    return run_bundle(pickle.loads(zlib.decompress(packed)), directory)


def _ready(directory: str, mark: str) -> None:
    """On a worker: does it see the directory of the sweep? Raises: ResultFileError."""
    if _mark(directory) != mark or not os.path.isdir(directory):
        raise ResultFileError(
            f"{directory}: the worker on {os.uname().nodename} does not see this directory; expected a file system that "
            "the coordinator and all workers share. Choose another -o."
        )


def _begun(dask_worker: Any) -> list[str]:
    """On a worker: the keys of the tasks that its threads run."""
    return [str(task.key) for task in dask_worker.state.executing]


def _address(client: Client) -> str:
    return str(getattr(client.scheduler, "addr", None) or getattr(client.scheduler, "address", "") or "its address")


def _killed(error: Any) -> str:
    worker = getattr(getattr(error, "last_worker", None), "address", "") or "an unknown address"
    tries = getattr(error, "allowed_failures", 0) + 1
    died = "the worker that ran it died" if tries == 1 else f"{tries} workers that ran it died, the last one"
    return f"{died} at {worker}: out of memory, or ended by the queue"


def _plain(error: Exception) -> Exception:
    """The error of a worker; Dask hides what a worker cannot import behind exceptions of its own."""
    found = re.search(r"No module named '([\w.]+)", str(error)) or re.search(r"import of ([\w.]+) halted", str(error))
    if found is None:
        return error
    return ResultFileError(
        f"dask: a worker has no module {found[1]}; expected the same environment on workers and coordinator. "
        "Install rackrate[cluster] there."
    )


def _scheduler_lost(client: Client) -> ResultFileError:
    return ResultFileError(
        f"dask: the scheduler at {_address(client)} went away; what is done is kept. Start it again and go on with --resume."
    )


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
