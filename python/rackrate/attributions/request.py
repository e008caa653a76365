"""Attribution: which clause carried the value? A study over the combinations of clauses in which two arms differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate import progress, study
from rackrate._core import ScenarioError
from rackrate.attributions.plan import Plan, plan
from rackrate.scenario import Scenario, as_scenario

if TYPE_CHECKING:
    import datetime as dt

    import xarray as xr

    from rackrate.study_request import Path_

REPLICATIONS = 16
Groups = Mapping[str, Sequence[str] | str]


def attribution(
    base: Scenario | Path_,
    alternative: Scenario | Path_,
    groups: Groups | None = None,
    *,
    replications: study.Replications = REPLICATIONS,
    seed: int = 1,
    orders: int | None = None,
    threads: int | None = None,
    out: Path_ | None = None,
    until: str | dt.date | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | progress.Callback | None = None,
) -> xr.Dataset:
    """Simulate the combinations of clauses in which two arms differ, in the same random worlds.

    The result is a study whose first arms are the two given ones; :func:`rackrate.analysis.attribution` turns it
    into the value of each group. Combinations with the same feasibility and terms are run once.

    Args: ``groups`` maps a name to the paths (``*`` allowed) that are switched together; without it clauses are
        grouped by contract, version and role or parties. Up to six groups are run in every combination; more, or
        any number if ``orders`` is given, along that many random orders (default 16), each with its reverse. The
        other arguments are as for :func:`rackrate.compare`.
    Returns: xarray.Dataset with dims (arm, replication, entities..., time), lazy if ``out`` is given.
    Raises: ScenarioError if the arms do not differ, a group is unsound, or a combination is no legal contract (the
        sentence names the pair of groups); ResultFileError, LedgerError, KeyboardInterrupt as for compare.

    Example:
        >>> import rackrate as rr
        >>> toy = rr.Scenario.load("toy-10")
        >>> clauses = "contracts.oai-az.versions.first.clauses"
        >>> other = toy.override({f"{clauses}.exclusive.enabled": False, f"{clauses}.share.enabled": False}, name="open")
        >>> st = rr.attribution(toy, other, replications=1)
        >>> rr.analysis.attribution(st, firm="oai")["value"].values.tolist()
        [11520.0, 30000.0]
    """
    designed = plan(as_scenario(base), as_scenario(alternative), groups, orders=orders, seed=seed)
    request = asked(designed, replications, seed, until)
    return study.study_of(request, out=out, threads=threads, resume=resume, force=force, show=progress)


def asked(
    designed: Plan, replications: study.Replications, seed: int, until: str | dt.date | None
) -> study.StudyRequest:
    """The study that a plan asks for."""
    return study.StudyRequest(designed.arms, designed.base, replications, seed, until, design=designed.to_json())


def groups_from(path: str | os.PathLike[str]) -> dict[str, list[str]]:
    """Groups from a TOML file: a name and a list of paths on each line, or the same in a table ``[groups]``.

    Raises: ScenarioError if the file is no such list.
    """
    import tomllib

    try:
        tree = tomllib.loads(Path(path).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(
            f"{path}: is no TOML ({error}); expected a name and a list of paths on each line."
        ) from None
    groups: dict[str, list[str]] = tree.get("groups", tree)
    for name, paths in groups.items():
        if not isinstance(paths, list) or not paths or not all(isinstance(p, str) for p in paths):
            raise ScenarioError(
                f'{path}: {name} is {paths!r}; expected a list of paths. Write {name} = ["contracts...."].'
            )
    if not groups:
        raise ScenarioError(f"{path}: has no groups; expected a name and a list of paths on each line.")
    return groups
