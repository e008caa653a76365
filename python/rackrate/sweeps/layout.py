"""Where things lie in the directory of a sweep.

::

    DIR/sweep.json              what every run in it has in common: arms, seed, end, what is kept, version
    DIR/requests/0001-ID.npz    points and replications that were asked for, one file per design
    DIR/bundles/ab/KEY.npz      finished runs; the name is a digest of what they are
    DIR/failures/ID.toml        runs that failed, each a scenario that runs alone
    DIR/journal/NAME.jsonl      one line per bundle, so that nobody has to open all of them
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

MANIFEST, REQUESTS, BUNDLES, FAILURES, JOURNAL = "sweep.json", "requests", "bundles", "failures", "journal"
SUFFIX = ".npz"
KEY_DIGITS = 32
_PREFIX_DIGITS = 2  # 256 folders: 10^6 bundles are 4,000 files in each


def is_sweep(path: str | os.PathLike[str]) -> bool:
    """Whether this is the directory of a sweep."""
    return os.path.isfile(os.path.join(path, MANIFEST))


def bundle_path(directory: Path, key: str) -> Path:
    """Where the file of a bundle is."""
    return directory / BUNDLES / key[:_PREFIX_DIGITS] / f"{key}{SUFFIX}"


def bundle_sizes(directory: Path) -> Iterator[tuple[str, int]]:
    """(key, size) of all bundle files, folder by folder; other files there are left out."""
    for folder in _folders(directory / BUNDLES):
        with os.scandir(folder) as found:
            for file in found:
                name = file.name
                if len(name) == KEY_DIGITS + len(SUFFIX) and name.endswith(SUFFIX):
                    yield name[:KEY_DIGITS], file.stat().st_size


def foreign_files(directory: Path) -> list[Path]:
    """Files among the bundles that no bundle is called like; files that are being written are none of them."""
    strange = []
    for folder in _folders(directory / BUNDLES):
        with os.scandir(folder) as found:
            for file in found:
                key = file.name.removesuffix(SUFFIX)
                if not file.name.startswith(".") and not (file.name.endswith(SUFFIX) and is_key(key, folder)):
                    strange.append(Path(file.path))
    return sorted(strange)


def is_key(text: str, folder: str | os.PathLike[str]) -> bool:
    """Whether a bundle in this folder can have this name."""
    return (
        len(text) == KEY_DIGITS and set(text) <= set("0123456789abcdef") and text.startswith(os.path.basename(folder))
    )


def _folders(parent: Path) -> list[str]:
    try:
        with os.scandir(parent) as found:
            return sorted(entry.path for entry in found if entry.is_dir())
    except FileNotFoundError:
        return []
