"""Bundles, their cells, failures and outcomes, as plain values: they pickle, and equal ones are equal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

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
