"""What a study is asked for, as one value."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rackrate import _core, options
from rackrate.scenario import Scenario

Path_ = str | os.PathLike[str]
Replays = Mapping[str, Mapping[str, str]]
Replications = int | range


@dataclass(frozen=True)
class StudyRequest:
    """The definition of a study. Equal requests give equal results; :func:`run_study` takes the output file and the number
    of threads.

    ``arms`` by name, ``baseline`` the arm that differences are taken from, ``replications`` how many (0, 1, ...) or a range
    of their numbers, ``until`` an earlier end than the scenarios'
    (exclusive), ``replay`` the arms whose recorded paths an arm takes, ``design`` JSON that the file keeps: the relation of
    the arms to each other. ``share_past`` False runs every arm from the first day, with the same result: a check.
    """

    arms: Mapping[str, Scenario]
    baseline: str
    replications: Replications = 20
    seed: int = 1
    until: str | dt.date | None = None
    replay: Replays = field(default_factory=dict)
    design: str = ""
    share_past: bool = True

    def check(self) -> None:
        """Check that this can be run and its arms be compared. Raises: ScenarioError."""
        self.numbers()
        options.seed_number(self.seed)
        start, until = self.arms[self.baseline]._core.start, self.until_text()
        if until and dt.datetime.fromisoformat(until) <= dt.datetime.fromisoformat(start):
            raise _core.ScenarioError(
                f"until is {until}; expected a date after {start}, where the run starts. Leave it out to run to the end."
            )
        checked_replays(self.arms, self.replay)
        _core.check_comparable([(name, scenario._core) for name, scenario in self.arms.items()])

    def numbers(self) -> range:
        """The numbers of the replications. Raises: ScenarioError."""
        return options.replication_range(self.replications)

    def until_text(self) -> str:
        """The end as text; empty if none was requested. Raises: ScenarioError."""
        return "" if self.until is None else options.instant("until", self.until)


def checked_replays(arms: Iterable[str], replay: Replays) -> dict[str, tuple[str, str]]:
    """For each arm whose prices and whose investment it replays; empty for none."""
    names = list(arms)
    for arm, slots in replay.items():
        for word, known, what in [
            (arm, names, "an arm"),
            *((slot, ["prices", "investment"], "a slot") for slot in slots),
        ]:
            if word not in known:
                near = _core.nearest(word, known)
                raise _core.ScenarioError(
                    f'replay names {what} "{word}"; expected one of {", ".join(known)}. '
                    + (f"Did you mean {near}?" if near else "Name one of them.")
                )
    return {
        name: (replay.get(name, {}).get("prices", ""), replay.get(name, {}).get("investment", "")) for name in names
    }
