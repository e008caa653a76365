"""The design of a sweep: which values are moved, at which points, in which arms and random worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rackrate.scenario import Scenario
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.keep import Keep
from rackrate.sweeps.sampling import Sampling

if TYPE_CHECKING:
    from rackrate.sweeps.points import Points


@dataclass(frozen=True)
class Design:
    """What a sweep runs. Equal designs give equal results, whoever runs them.

    Every point is run in every arm with the same seed and the same replication numbers, so that points share their random
    worlds: replication 7 of one point is the same future as replication 7 of another.
    """

    factors: tuple[Factor, ...]  #: in the order of the file; names are unique
    sampling: Sampling  #: the kind of the design, and how many points it has
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)  #: the arms by name, before any factor moves
    baseline: str = ""  #: the arm that differences are taken from; one of ``arms``
    seed: int = 1  #: of the random worlds
    replications: range = range(16)  #: the replication numbers, the same at every point; step 1
    until: str = ""  #: an earlier end of all runs (exclusive), ISO 8601 in UTC; empty: the scenario's own end
    keep: Keep = Keep()  #: what is stored of each run
    title: str = field(default="", compare=False)  #: for readers

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in order."""
        return tuple(self.scenarios)

    def points(self) -> Points:
        """The points: a sequence that makes each one on request, after every one was checked.

        Raises: ScenarioError with one sentence per mistake.
        """
        from rackrate.sweeps.points import Points

        return Points(self)

    @property
    def runs(self) -> int:
        """Points times arms times replications."""
        return len(self.points()) * len(self.scenarios) * len(self.replications)

    def to_toml(self) -> str:
        """The design as one TOML text that needs no other file: :meth:`parse` makes an equal design of it."""
        from rackrate.sweeps.writing import design_text

        return design_text(self)

    @property
    def digest(self) -> str:
        """A hexadecimal digest of all that decides results: not of the title."""
        from rackrate.sweeps.writing import design_digest

        return design_digest(self)
