"""The bundles of a directory: what they hold, which are damaged, what is left over."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rackrate._core import ResultFileError
from rackrate.sweeps.bundle_file import BundleFile
from rackrate.sweeps.journal import DIGITS, Entry, JournalReader
from rackrate.sweeps.layout import BUNDLES, FAILURES, REQUESTS, bundle_path, bundle_sizes, foreign_files

__all__ = ["DIGITS", "entries", "tidy"]

_LEFT_OVER_S = 3600.0  # a file that is being written is younger


def entries(directory: Path, journals: JournalReader, say: Callable[[str], object]) -> Iterator[Entry]:
    """What every bundle on disk holds: from the journals, and where they do not tell, from the file itself.

    ``say`` is told of every file that is damaged or foreign, in one sentence; it is left out.
    """
    known = {entry.key: entry for entry in journals.entries()}
    for key, size in sorted(bundle_sizes(directory)):
        entry = known.get(key)
        if entry is not None and entry.size == size:
            yield entry
            continue
        try:
            with BundleFile(bundle_path(directory, key)) as file:
                file.verify()
                yield Entry.of_file(file)
        except (ResultFileError, OSError) as error:
            say(str(error))
    for path in foreign_files(directory):
        say(f"{path}: is no bundle of this sweep; it is left out. Move it away.")


def tidy(directory: Path) -> None:
    """Remove half-written files of processes that were killed; they have names that nobody reads."""
    folders = [directory, directory / REQUESTS, directory / FAILURES]
    with contextlib.suppress(OSError):
        folders += [Path(entry.path) for entry in os.scandir(directory / BUNDLES) if entry.is_dir()]
    for folder in folders:
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(folder)):
                if entry.name.startswith(".") and ".tmp-" in entry.name:
                    with contextlib.suppress(OSError):
                        if time.time() - entry.stat().st_mtime > _LEFT_OVER_S:
                            os.unlink(entry.path)
