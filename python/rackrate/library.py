"""The scenario library that is installed with the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rackrate import _core

FOLDER = Path(__file__).parent / "scenarios"


def folders() -> list[str]:
    """The folders in which bare scenario names are looked up, in order."""
    return [str(FOLDER)]


def has(name: str) -> bool:
    """Whether a name on the command line refers to a scenario of the library, not to a file of that name."""
    return not Path(name).exists() and (FOLDER / f"{name}.toml").is_file()


@dataclass(frozen=True)
class Entry:
    """One scenario of the library. ``start`` and ``end`` are dates; the end is exclusive."""

    name: str
    title: str
    start: str
    end: str
    path: str


def scenarios() -> list[Entry]:
    """The scenarios of the library, sorted by name.

    Raises: ScenarioError if a file of the library is invalid (a broken installation).

    Example:
        >>> import rackrate as rr
        >>> "toy-10" in [entry.name for entry in rr.scenarios()]
        True
    """
    entries = []
    for path in sorted(FOLDER.glob("*.toml")):
        scenario = _core.Scenario.load(str(path), folders())
        entries.append(Entry(path.stem, scenario.title, scenario.start, scenario.end, str(path)))
    return entries
