"""A bundle: the runs that one worker does in one piece, as a plain value, and what comes of it.

A bundle needs nothing but itself: it pickles, it hashes, and equal bundles have one key, which is the name of the file that
it leaves in the store. :func:`run_bundle` is all that a backend calls.
"""

from __future__ import annotations

from pathlib import Path

from rackrate.sweeps.bundle_values import Bundle, Cell, Failure, Outcome, Setting
from rackrate.sweeps.running import outcome_of

__all__ = ["Bundle", "Cell", "Failure", "Outcome", "Setting", "run_bundle"]


def run_bundle(bundle: Bundle, directory: str | Path) -> Outcome:
    """Do the runs of a bundle and write their file into the store ``directory``; the file appears whole or not at all.

    A pure function of the bundle: any process may call it, at any time, twice as well; where the file is already there,
    nothing is run. A run that fails becomes a :class:`Failure` and a small file in the store from which it replays alone.

    Returns: the outcome, small enough to send back.
    Raises: ResultFileError if the store cannot be written (no room, no rights) or the bundle is of another version of
    rackrate: this ends the sweep.
    """
    return outcome_of(bundle, Path(directory))
