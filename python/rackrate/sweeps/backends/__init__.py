"""Where bundles run: one interface, and an engine behind it that exists already.

A backend hands bundles to its engine and outcomes back. It does not schedule, retry or ship by itself: processes and threads
are those of ``concurrent.futures``, clusters are left to Dask and to the queue of the site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from rackrate.sweeps.bundle import Bundle, Outcome

Report = Callable[[Outcome], None]
Stopping = Callable[[], bool]


class Backend(Protocol):
    """An engine that runs bundles."""

    @property
    def workers(self) -> int:
        """How many bundles run at a time; each worker gets several."""

    @property
    def bundle_seconds(self) -> float:
        """How long a bundle should take: long beside what the engine needs for handing it out."""

    def run(self, bundles: Iterator[Bundle], directory: Path, report: Report, stopping: Stopping) -> None:
        """Call ``run_bundle(bundle, directory)`` for every bundle and ``report`` for every outcome, in any order.

        ``bundles`` may be long and is made as it is read: a backend takes as many as keep its workers busy, about two
        for each. It ends early when the sweep has to stop. ``stopping()`` says so too: bundles that no worker has begun
        are then given up, those that run are waited for. ``report`` is called in the thread that called ``run``.
        ``directory`` is on a file system that the workers share.

        A worker that dies is an outcome: ``Outcome(bundle.key, lost="...")``, with one sentence that says why, and it
        costs no other bundle. The sweep decides whether that bundle is run again.

        Raises: what ``run_bundle`` raises, after the other bundles that run have been reported; a sentence of its own
        (ResultFileError) where the engine itself cannot be reached.
        """
