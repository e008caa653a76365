"""The design of a sweep: which values are moved, at which points, in which arms and random worlds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rackrate.scenario import Scenario
from rackrate.sweeps.factors import Factor
from rackrate.sweeps.keep import Keep
from rackrate.sweeps.sampling import Sampling

if TYPE_CHECKING:
    from rackrate.sweeps.mistakes import Mistakes
    from rackrate.sweeps.points import Points


@dataclass(frozen=True)
class Design:
    """What a sweep runs. Equal designs give equal results, whoever runs them.

    Every point is run in every arm with the same seed and the same replication numbers, so that points share their random
    worlds: replication 7 of one point is the same future as replication 7 of another.

    Example:
        >>> import rackrate as rr
        >>> design = rr.Design.of(
        ...     kind="grid",
        ...     arms=["toy-10"],
        ...     replications=2,
        ...     factors={"app_price": {"path": "labs.oai.streams.app.price", "values": ["5 $/H100e-h", "6 $/H100e-h"]}},
        ... )
        >>> [str(point) for point in design.points()], design.runs
        (['point 0 (app_price 5 $/H100e-h)', 'point 1 (app_price 6 $/H100e-h)'], 4)
    """

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

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Design:
        """Read a design file; docs/sweeps.md describes it.

        Raises: ScenarioError with every mistake of the file, one sentence each. What its factors do to its arms is checked by
            :meth:`points`.
        """
        from rackrate.sweeps.reading import load_design

        return load_design(path)

    @classmethod
    def parse(cls, text: str, origin: str = "design") -> Design:
        """The same from TOML text; ``origin`` replaces the file in messages. Raises: ScenarioError."""
        from rackrate.sweeps.reading import parse_design

        return parse_design(text, origin)

    @classmethod
    def of(cls, **keys: Any) -> Design:
        """The same from Python values: the arguments are the keys of a design file.

        ``factors`` maps a name to a path, a list of paths, a dict with the keys of the file, or a :class:`Factor`. ``arms`` are
        scenarios by name, or a list of them; ``keep`` may be a :class:`Keep`. Raises: ScenarioError; TypeError for another key.
        """
        from rackrate.sweeps.reading import design_of

        return design_of(keys)

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in order."""
        return tuple(self.scenarios)

    def with_arms(self, scenarios: Mapping[str, Scenario], baseline: str = "") -> Design:
        """The same design of other arms."""
        return replace(self, scenarios=dict(scenarios), baseline=baseline or next(iter(scenarios), ""))

    def points(self) -> Points:
        """The points: a sequence that makes each one on request, after all were checked. Made once.

        Raises: ScenarioError with one sentence per mistake.
        """
        return self._points

    @cached_property
    def _points(self) -> Points:
        from rackrate.sweeps.points import Points

        return Points(self)

    @property
    def runs(self) -> int:
        """Points times arms times replications. Raises: what :meth:`points` raises."""
        return len(self.points()) * len(self.scenarios) * len(self.replications)

    def check(self, mistakes: Mistakes | None = None) -> None:
        """What can be wrong without looking at the values that factors move.

        Raises: ScenarioError with every mistake, unless ``mistakes`` collects them.
        """
        from rackrate.sweeps.checks import check_design

        check_design(self, mistakes)

    def to_toml(self) -> str:
        """The design as one TOML text that needs no other file: :meth:`parse` makes an equal design of it."""
        from rackrate.sweeps.writing import design_text

        return design_text(self)

    @cached_property
    def digest(self) -> str:
        """A hexadecimal digest of all that decides results: not of the title."""
        from rackrate.sweeps.writing import design_digest

        return design_digest(self)

    def unit_of(self, factor: str) -> str:
        """The unit that a factor gives for plain numbers."""
        return next((f.unit for f in self.factors if f.name == factor), "")

    def __getstate__(self) -> dict[str, Any]:
        """Points are made again where they are needed."""
        return {key: value for key, value in self.__dict__.items() if key != "_points"}

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<rackrate.Design {self.sampling.kind} of {len(self.factors)} factors, arms {', '.join(self.arms)}>"
