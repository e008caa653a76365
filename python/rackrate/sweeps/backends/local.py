"""Bundles on this machine: in processes (the default) or in threads, both of ``concurrent.futures``."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from rackrate import options
from rackrate.sweeps.backends import Report, Stopping
from rackrate.sweeps.bundle import Bundle, Outcome, run_bundle
from rackrate.sweeps.limits import QUEUE_SIGNALS

_LOOK_S = 0.1  # between two looks at whether to stop
_DIED = "its worker process ended before its time: killed, or out of memory"


class LocalBackend:
    """Runs bundles on this machine. A bundle uses one thread.

    Every worker process is an executor of its own, so that one that dies takes only its bundle with it. Threads save the
    start of processes, a third of a second each; but what kills one of them kills the sweep, and Python's lock is shared.
    """

    bundle_seconds = 2.0  #: what a bundle should take

    def __init__(self, workers: int | None = None, *, threads: bool = False) -> None:
        """``workers``: how many, by default one for each processor that this process may use.

        Raises: ScenarioError if that is no whole number of at least one.
        """
        self.workers = options.thread_count(workers)
        self._threads = threads

    def run(self, bundles: Iterator[Bundle], directory: Path, report: Report, stopping: Stopping) -> None:
        """As :meth:`rackrate.sweeps.backends.Backend.run` says."""
        places = [_Place(self._threads) for _ in range(self.workers)]
        running: dict[Future[Outcome], tuple[_Place, Bundle]] = {}
        free = places[::-1]
        error: BaseException | None = None
        more = True
        try:
            while True:
                while free and more and error is None and not stopping():
                    bundle = next(bundles, None)
                    if bundle is None:
                        more = False
                        break
                    place = free.pop()
                    running[place.submit(bundle, directory)] = (place, bundle)
                if not running:
                    break
                for future in wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED).done:
                    place, bundle = running.pop(future)
                    free.append(place)
                    try:
                        outcome = future.result()
                    except BrokenProcessPool:
                        place.close()
                        outcome = Outcome(bundle.key, lost=_DIED)
                    except Exception as raised:
                        error = error or raised
                        continue
                    report(outcome)
        finally:
            for place in places:
                place.close(kill=bool(running))
        if error is not None:
            raise error


class _Place:
    """Room for one bundle at a time: an executor with one worker, started when it is first needed."""

    def __init__(self, threads: bool) -> None:
        self._threads = threads
        self._executor: Any = None

    def submit(self, bundle: Bundle, directory: Path) -> Future[Outcome]:
        if self._executor is None:
            self._executor = _started(self._threads)
        try:
            return self._executor.submit(run_bundle, bundle, os.fspath(directory))  # type: ignore[no-any-return]
        except BrokenProcessPool:  # died while it had nothing to do
            self.close()
            self._executor = _started(self._threads)
            return self._executor.submit(run_bundle, bundle, os.fspath(directory))  # type: ignore[no-any-return]

    def close(self, *, kill: bool = False) -> None:
        """``kill``: do not wait for what runs."""
        executor, self._executor = self._executor, None
        if executor is None:
            return
        if self._threads:
            executor.shutdown(wait=not kill, cancel_futures=True)
        else:
            executor.shutdown(wait=True, kill_workers=kill)


def _started(threads: bool) -> Executor:
    if threads:
        return ThreadPoolExecutor(1, thread_name_prefix="rackrate-sweep")
    # Processes of loky do not import the program of the user again: a sweep needs no `if __name__ == "__main__"`.
    from loky import ProcessPoolExecutor
    from loky.backend import get_context

    executor: Executor = ProcessPoolExecutor(
        1, context=get_context("loky"), initializer=_begin, initargs=(os.getpid(),)
    )
    return executor


def _begin(coordinator: int) -> None:
    """In a worker: the coordinator decides when to stop, and a worker does not outlive it."""
    for number in (signal.SIGINT, signal.SIGHUP, *QUEUE_SIGNALS):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_without, args=(coordinator,), daemon=True).start()


def _leave_without(coordinator: int) -> None:
    while os.getppid() == coordinator:
        time.sleep(0.5)
    os._exit(1)
