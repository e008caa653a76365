"""Running the structural settings of a comparison: how far the premium moves under other settings of the model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rackrate import _core, options, progress
from rackrate.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def structural_studies(
    study: xr.Dataset,
    arms: Mapping[str, Scenario],
    *,
    replications: int = 8,
    seed: int = 1,
    threads: int | None = None,
    show: bool | None = None,
) -> dict[str, xr.Dataset]:
    """The first question of a study, that of its headline, run again under each structural setting.

    Args: ``study`` is the comparison and ``arms`` its scenarios by name; ``seed`` should be the study's, and the
    ``replications`` are counted from its first, so that the futures are the same. The runs end where those of the study end. Settings are those of
    :func:`rackrate.analysis.structural_settings`.
    Returns: by setting a study of the two arms with dims (arm, replication, entities..., time), in memory. A setting that
    the study itself has is left out: it would repeat the study. Empty if no two arms differ.
    Raises: ScenarioError, LedgerError; KeyboardInterrupt.

    Example:
        >>> import rackrate as rr
        >>> toy = rr.Scenario.load("toy-10")
        >>> one = {"toy": toy}
        >>> structural_studies(rr.compare(one, replications=1), one)
        {}
    """
    from rackrate import analysis
    from rackrate import study as studies
    from rackrate.analysis import questions

    asked = questions.contrasts(study)
    if not asked:
        return {}
    names = (asked[0].control, asked[0].treatment)
    settings = {name: dict(analysis.structural_settings(arms[name])) for name in names}
    first = int(study["replication"].values[0]) if study.sizes.get("replication") else 0
    numbers = range(first, first + options.positive("replications", replications))
    found: dict[str, xr.Dataset] = {}
    labels = [label for label in settings[names[0]] if any(settings[name].get(label) for name in names)]
    with progress.bar(show, "settings") as advance:
        for done, label in enumerate(labels):
            changed = {name: settings[name].get(label, {}) for name in names}
            set_so = {
                name: arms[name].override(values, name=name) if values else arms[name]
                for name, values in changed.items()
            }
            request = studies.StudyRequest(set_so, names[0], numbers, seed, study.attrs.get("until"))
            found[label] = studies.study_of(request, threads=threads, show=False)
            if advance is not None:
                advance(done + 1, len(labels))
    return found


def keep_structural(path: str | os.PathLike[str], table: pd.DataFrame) -> None:
    """Write the table of :func:`rackrate.analysis.structural` into the result file it belongs to, so that a later report of the
    file has the range without running it again.

    Raises: ResultFileError; the file is then as it was.
    """
    from rackrate.analysis import structure

    _core.keep_structural(os.fspath(path), structure.structural_text(table))
