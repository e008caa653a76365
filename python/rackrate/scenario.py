"""Scenarios: load, query, change, compare. A Scenario never changes; every change makes another one."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from rackrate import _core, library, names, networks, options
from rackrate.toml_text import from_toml, to_toml

if TYPE_CHECKING:
    import pandas as pd

_COLOURS = {"GA": "#1a7f37", "PREVIEW": "#9a6700", "NO": "#cf222e"}


@dataclass(frozen=True)
class Verdict:
    """Whether a sale is permitted on a day, and which clause decides.

    ``state`` is GA, PREVIEW or NO; ``step`` (regulator, grant, exclusive, ship_first, rollout) and the other names
    are empty where nothing bars the sale. The verdict holds from ``since`` up to, not including,
    ``until``; None means without end on that side. ``prices`` says in a sentence each who sets what customers pay, what the
    channel keeps and what the host is paid, by which clause and until when.
    """

    state: str
    step: str
    role: str
    contract: str
    version: str
    clause: str
    conflict: bool
    host: str
    runtime: str
    since: str | None
    until: str | None
    prices: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.state != "NO"

    def _repr_html_(self) -> str:
        """The answer in its colour, what decided it, and how long it holds."""
        from rackrate.notebook_views import table

        return table(self.state, [
            ("decided at", self.step),
            ("role", self.role),
            ("contract", ", ".join(part for part in (self.contract, self.version, self.clause) if part)),
            ("conflict", "two exclusives cover this; the older contract decides" if self.conflict else ""),
            ("host", self.host),
            ("runtime", self.runtime),
            ("holds", f"from {self.since or 'ever'} until {self.until or 'further notice'}"),
            ("prices", "; ".join(self.prices)),
        ], _COLOURS.get(self.state, ""))  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The fields in order, as ``rackrate explain --json`` prints them."""
        return asdict(self)


class Scenario:
    """A checked scenario. Make one with :meth:`load`, :meth:`parse` or :meth:`override`. It never changes: threads may share it,
    a copy is the same object, and it travels to other processes (pickle, multiprocessing, joblib, Dask) as its resolved text, name
    and digest with the places of its values, so that every answer there is the answer here. Scenarios are equal, and have one
    hash, if their digests are: all values agree, whatever their names, titles, notes and sources.

    Example:
        >>> import rackrate as rr
        >>> toy = rr.Scenario.load("toy-10")
        >>> toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"}).diff(toy)
        [('labs.oai.streams.app.price', '"7 $/H100e-h"', '"6 $/H100e-h"')]
    """

    def __init__(self, core: _core.Scenario) -> None:
        self._core = core

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Scenario:
        """Read a scenario of the library by name, or any file by path, and check all of it.

        Raises: ScenarioError with every mistake, one sentence each, with file, line and column.

        Example:
            >>> Scenario.load("toy-10").name
            'toy-10'
        """
        loaded = _core.Scenario.load(names.of_file(os.fsdecode(name_or_path)), library.folders())
        names.sound("the scenario", loaded.name)
        return cls(loaded)

    @classmethod
    def parse(cls, text: str, name: str = "text") -> Scenario:
        """The same from a string; ``name`` replaces the file in messages.

        Raises: ScenarioError with every mistake.

        Example:
            >>> Scenario.parse('extends = "toy-10"\\nprices.rule = "frozen"').get("prices.rule")
            'frozen'
        """
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            raise _core.ScenarioError(
                f"{names.printable(name)}:{line}: the text has half a character, {text[error.start]!a}; expected Unicode. Remove it."
            ) from None
        parsed = _core.Scenario.parse(text, names.printable(name), library.folders())
        clean = names.cleaned(parsed.name)
        return cls(parsed if clean == parsed.name else parsed.override_with([], clean))

    def override(self, values: Mapping[str, Any], name: str = "") -> Scenario:
        """Another scenario in which the values at some paths are replaced.

        Args: ``values`` maps key paths to Python values (a quantity is text with its unit, ``"30 k$"``; a date may be text);
        ``name`` names the new scenario; by default it keeps this one's name.
        Raises: ScenarioError that names the nearest path if one is unknown or a value does not fit;
        TypeError for a value no scenario can hold.

        Example:
            >>> Scenario.load("toy-10").override({"run.end": "2026-01-08"}).get("run.end")
            datetime.date(2026, 1, 8)
        """
        if name:
            names.sound("the scenario", name)
        return Scenario(self._core.override_with(override_pairs(values), name))

    def override_typed(self, settings: Iterable[tuple[str, str]]) -> Scenario:
        """The same for what was typed as ``PATH=VALUE`` on a command line: the type of the path determines the type of the text.

        Raises: ScenarioError as :meth:`override`.

        Example:
            >>> Scenario.load("toy-10").override_typed([("title", "20260105"), ("run.end", "2026-01-08")]).title
            '20260105'
        """
        pairs = [(names.printable(path), names.printable(text)) for path, text in settings]
        return Scenario(self._core.override_with([(path, self._core.typed(path, text)) for path, text in pairs], ""))

    def get(self, path: str) -> Any:
        """The value at a path, as a Python value (a quantity is text with its unit).

        Raises: ScenarioError that names the nearest path if there is none.

        Example:
            >>> Scenario.load("toy-10").get("clouds.aws.regions.one.lots.second-hall.units")
            50
        """
        return from_toml(self.item(path).value)

    def item(self, path: str) -> _core.Item:
        """The value at a path with unit, source, grade, range, file and line.

        Raises: ScenarioError that names the nearest path if there is none.

        Example:
            >>> Scenario.load("toy-10").item("run.discount_rate").grade
            'A'
        """
        path = names.printable(path)
        found = self._core.find(path)
        if found is None:
            near = _core.nearest(path, self.keys())
            remedy = f"Did you mean {near}?" if near else "keys() lists the paths there are."
            raise _core.ScenarioError(f"{self.name}: {path} is unknown; expected a key path of the scenario. {remedy}")
        return found

    def items(self, defaults: bool = False) -> list[_core.Item]:
        """Every value as it was written, sorted by path; with ``defaults``, also the defaults of keys not written."""
        return list(self._core.items(defaults))

    def keys(self, pattern: str = "*") -> list[str]:
        """The paths that match a pattern; ``*`` stands for any characters, dots included.

        Example:
            >>> Scenario.load("toy-10").keys("run.*")[0]
            'run.discount_rate'
        """
        return [item.path for item in self.items(defaults=True) if fnmatch.fnmatchcase(item.path, pattern)]

    def diff(self, other: Scenario) -> list[tuple[str, str, str]]:
        """Where two scenarios differ: (path, TOML text here, TOML text there), sorted by path.

        A value that one of them lacks is an empty string.
        """
        return [(d.path, d.here, d.there) for d in self._core.diff(other._core)]

    def feasible(
        self,
        *,
        lab: str,
        product: str,
        channel: str,
        date: str | dt.date,
        host: str | None = None,
        runtime: str | None = None,
        segment: str | None = None,
        region: str | None = None,
        model_class: str = "closed",
        released: str | dt.date | None = None,
        holder_ships: str | dt.date | None = None,
        holder_cannot: bool = False,
        holder_declines: bool = False,
        seed: int = 1,
        replication: int = 0,
    ) -> Verdict:
        """Whether a lab's product may be sold on a channel at a date (00:00 UTC) or instant.

        Args: ``host`` is the cloud that runs the model, by default the channel's own; ``runtime`` holds an
        agent's state, by default the host; without ``segment``, the commercial segments in general. The model was
            released long ago unless ``released`` gives a date; ``holder_ships`` is then the day on which the holder of
            a ship-first right makes it generally available (never, unless given), and the last two state the facts that the
            right's exception requires. Rollouts of drawn lengths have the dates of this ``seed`` and ``replication``.
        Raises: ScenarioError that names the nearest valid name, or asks for a host where the channel has none.
        Source: MODEL sections 5.2 and 5.3.

        Example:
            >>> toy = Scenario.load("toy-10")
            >>> toy.feasible(lab="oai", product="consumer", channel="direct", host="aws", date="2026-01-06").step
            'exclusive'
        """
        return ask(
            partial(_core.explain, self._core, seed=options.seed_number(seed), replication=options.whole("replication", replication)), lab=lab, product=product, channel=channel, host=host, runtime=runtime, segment=segment,
            region=region, model_class=model_class, date=date, released=released, holder_ships=holder_ships,
            holder_cannot=holder_cannot, holder_declines=holder_declines,
        )  # fmt: skip

    def network(self) -> pd.DataFrame:
        """Who depends on whom on the first day: a row per tie; see :meth:`rackrate.Simulation.network`."""
        return networks.ties(self._first_day())

    def dependency(self) -> pd.DataFrame:
        """How much each lab hangs on each actor on the first day; see :meth:`rackrate.Simulation.dependency`."""
        return networks.dependency(self._first_day())

    def _first_day(self) -> _core.Simulation:
        return _core.Simulation(self._core, 1, 0, None, None)

    def to_toml(self) -> str:
        """The resolved scenario as one TOML text, in canonical order; it loads to the same digest."""
        return self._core.to_toml()

    @property
    def name(self) -> str:
        """The name: of the library, the file, or as given to :meth:`override`."""
        return self._core.name

    @property
    def title(self) -> str:
        """One line that describes the scenario."""
        return self._core.title

    @property
    def digest(self) -> str:
        """A hexadecimal digest of all values; titles, notes and sources are excluded."""
        return self._core.digest

    @property
    def warnings(self) -> list[str]:
        """Conflicts between contracts, one sentence each; the senior contract prevails. Also values that a run ignores."""
        return list(self._core.warnings)

    @property
    def fiscal_year_end(self) -> dict[str, int]:
        """The last month (1 to 12) of each firm's fiscal year; a firm that is not named ends in December."""
        return dict(self._core.fiscal_year_end)

    def __repr__(self) -> str:
        return f"<rackrate.Scenario {self.name!r} {self._core.start} to {self._core.end} {self.digest[:12]}>"

    def _repr_html_(self) -> str:
        """Name, title, horizon, size, digest, and how many warnings."""
        from rackrate.notebook_views import listed, table

        return table(self.name, [
            ("title", self.title),
            ("horizon", f"{self._core.start} to {self._core.end}, the end excluded"),
            *((kind, listed(self._names(kind))) for kind in ("clouds", "labs", "channels", "contracts")),
            ("values written", len(self.items())),
            ("warnings", len(self.warnings) or ""),
            ("digest", self.digest[:12]),
        ])  # fmt: skip

    def _names(self, kind: str) -> list[str]:
        return sorted(
            {item.path.split(".")[1] for item in self.items(defaults=True) if item.path.startswith(f"{kind}.")}
        )

    def __copy__(self) -> Scenario:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Scenario:
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __dask_tokenize__(self) -> tuple[str, ...]:
        """What Dask names a computation after: equal in every process; the name counts, because results carry it."""
        return ("rackrate.Scenario", _core.__version__, self.name, self.digest, self.to_toml())


_DATES = ("date", "released", "holder_ships")


def ask(explain: Callable[..., dict[str, Any]], **question: Any) -> Verdict:
    """One question to a registry, by name; a value that is left out or None is not given."""
    said: dict[str, Any] = {"released": "", "holder_ships": "", "holder_cannot": False, "holder_declines": False}
    for name, value in question.items():
        if name in _DATES and value is not None:
            said[name] = options.instant(name, value)
        else:
            said[name] = value if isinstance(value, bool) else names.printable(value or "")
    return Verdict(**explain(**said))


def override_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Paths and values as TOML text. Text stays text; where a key takes a date, the schema converts it.

    Raises: TypeError for a value that no scenario can hold.
    """
    return [(names.printable(path), to_toml(value)) for path, value in values.items()]


def as_scenario(value: Scenario | str | os.PathLike[str]) -> Scenario:
    """A Scenario, given one or the name or path of one."""
    return value if isinstance(value, Scenario) else Scenario.load(value)


def named_arms(arms: Mapping[str, Any] | Iterable[Any]) -> dict[str, Scenario]:
    """Arms by name, in order; a list of scenarios is named by the scenarios' own names.

    Raises: ScenarioError if there is none, or if two have one name.
    """
    if isinstance(arms, Mapping):
        named = {str(name): as_scenario(value) for name, value in arms.items()}
    else:
        listed = [as_scenario(value) for value in arms]
        named = {scenario.name: scenario for scenario in listed}
        if len(named) < len(listed):
            raise _core.ScenarioError(
                "arms is a list in which two have one name; expected distinct names. Give a dict of arms."
            )
    if not named:
        raise _core.ScenarioError("arms is empty; expected at least one scenario. Name one.")
    for name in named:
        names.sound("arms", name)
    return named
