"""A bundle: the runs that one worker does in one piece, as a plain value, and what came of it.

A bundle needs nothing but itself: it pickles, it hashes, and equal bundles have one key, which is the name of the file that
it leaves in the store. :func:`run_bundle` is all that a backend calls.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rackrate.sweeps.keep import Keep

Setting = tuple[str, str]  #: a scenario path, and its value as TOML text


@dataclass(frozen=True)
class Cell:
    """One scenario of a bundle: one arm of one point, or of several points where it is the same scenario."""

    base: int  #: position in ``Bundle.bases`` of the text that it starts from
    settings: tuple[Setting, ...]  #: what is set in that text
    digest: str  #: of the resolved scenario that this gives
    arm: str = field(compare=False)  #: name of the arm, for messages
    points: tuple[int, ...] = field(compare=False)  #: indices of the points that need it, for messages and progress


@dataclass(frozen=True)
class Bundle:
    """The runs ``cells`` times ``replications``, each in the random world (seed, replication)."""

    bases: tuple[str, ...] = field(repr=False)  #: resolved texts of the arms (:meth:`Scenario.to_toml`)
    cells: tuple[Cell, ...]
    seed: int
    replications: range  #: replication numbers, step 1
    until: str  #: an earlier end of the runs, exclusive; empty: the scenario's own
    keep: Keep  #: what is stored of each run
    program_version: str  #: of the rackrate that made the bundle; another version refuses it

    @cached_property
    def key(self) -> str:
        """32 hexadecimal digits: a digest of all that decides the results. The name of the bundle's file.

        Names of arms and indices of points are not part of it: the same work of another sweep has the same key.
        """
        text = json.dumps([
            self.program_version, self.seed, self.replications.start, self.replications.stop, self.until,
            [list(self.keep.variables), self.keep.by, self.keep.first, self.keep.last], [cell.digest for cell in self.cells],
        ])  # fmt: skip
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return len(self.cells) * len(self.replications)


@dataclass(frozen=True)
class Failure:
    """One run that could not be done."""

    digest: str  #: of the scenario
    arm: str
    points: tuple[int, ...]
    seed: int
    replication: int
    message: str  #: one sentence


@dataclass(frozen=True)
class Outcome:
    """What came of a bundle. ``failures`` are runs that failed by themselves; the other runs are in the file.

    ``lost`` says in one sentence why nothing came of it: its worker died or was taken away. The sweep then runs the bundle
    again in smaller pieces; a backend does not.
    """

    key: str
    runs: int = 0  #: now in the bundle's file
    failures: tuple[Failure, ...] = ()
    lost: str = ""
    seconds: float = 0.0  #: of work, of one core
    bytes: int = 0  #: size of the file
    found: bool = False  #: the file was there already: nothing was run


def run_bundle(bundle: Bundle, directory: str | Path) -> Outcome:
    """Do the runs of a bundle and write their file into the store ``directory``; the file appears whole or not at all.

    A pure function of the bundle: any process may call it, at any time, twice as well; where the file is already there,
    nothing is run. A run that fails becomes a :class:`Failure` and a small file in the store from which it replays alone.

    Returns: the outcome, small enough to send back.
    Raises: ResultFileError if the store cannot be written (no room, no rights) or the bundle is of another version of
    rackrate: this ends the sweep.
    """
    from rackrate.sweeps.running import outcome_of

    return outcome_of(bundle, Path(directory))
