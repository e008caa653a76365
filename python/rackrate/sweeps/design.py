"""The design of a sweep: which values are moved, at which points, in which arms and random worlds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from rackrate.scenario import Scenario
from rackrate.sweeps import reading
from rackrate.sweeps.definition import Definition
from rackrate.sweeps.points import Points
from rackrate.sweeps.writing import design_digest, design_text


class Design(Definition):
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

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Design:
        """Read a design file; docs/sweeps.md describes it.

        Raises: ScenarioError with every mistake of the file, one sentence each. What its factors do to its arms is checked by
            :meth:`points`.
        """
        return cls(**reading.of_file(path))

    @classmethod
    def parse(cls, text: str, origin: str = "design") -> Design:
        """The same from TOML text; ``origin`` replaces the file in messages. Raises: ScenarioError."""
        return cls(**reading.of_text(text, origin))

    @classmethod
    def of(cls, **keys: Any) -> Design:
        """The same from Python values: the arguments are the keys of a design file.

        ``factors`` maps a name to a path, a list of paths, a dict with the keys of the file, or a :class:`Factor`. ``arms`` are
        scenarios by name, or a list of them; ``keep`` may be a :class:`Keep`. Raises: ScenarioError; TypeError for another key.
        """
        return cls(**reading.of_keys(keys))

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
        return Points(self)

    @property
    def runs(self) -> int:
        """Points times arms times replications. Raises: what :meth:`points` raises."""
        return len(self.points()) * len(self.scenarios) * len(self.replications)

    def to_toml(self) -> str:
        """The design as one TOML text that needs no other file: :meth:`parse` makes an equal design of it."""
        return design_text(self)

    @cached_property
    def digest(self) -> str:
        """A hexadecimal digest of all that decides results: not of the title."""
        return design_digest(self)

    def __getstate__(self) -> dict[str, Any]:
        """Points are made again where they are needed."""
        return {key: value for key, value in self.__dict__.items() if key != "_points"}

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<rackrate.Design {self.sampling.kind} of {len(self.factors)} factors, arms {', '.join(self.arms)}>"
