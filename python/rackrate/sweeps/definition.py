"""What a design says, as plain fields; :mod:`rackrate.sweeps.design` adds what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackrate.scenario import Scenario
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.keep import Keep
from rackrate.sweeps.sampling import Sampling


@dataclass(frozen=True)
class Definition:
    """Factors, points, arms and random worlds of a sweep."""

    factors: tuple[Factor, ...]  #: in the order of the file; names are unique
    sampling: Sampling  #: the kind of the design, and how many points it has
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)  #: the arms by name, before any factor moves
    baseline: str = ""  #: the arm that differences are taken from; empty: the first
    seed: int = 1  #: of the random worlds
    replications: range = range(16)  #: the replication numbers, the same at every point; step 1
    until: str = ""  #: an earlier end of all runs (exclusive), ISO 8601 in UTC; empty: the scenario's own end
    keep: Keep = field(default_factory=Keep)  #: what is stored of each run
    title: str = field(default="", compare=False)  #: for readers
    origin: str = field(default="", compare=False)  #: the file, for messages

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in order."""
        return tuple(self.scenarios)

    def unit_of(self, factor: str) -> str:
        """The unit that a factor gives for plain numbers."""
        return next((f.unit for f in self.factors if f.name == factor), "")
