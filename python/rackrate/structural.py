"""Running the structural settings of a comparison: how far the answer moves when the model is set the other way."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rackrate import progress
from rackrate.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr


def structural_studies(
    study: xr.Dataset,
    arms: Mapping[str, Scenario],
    *,
    replications: int = 8,
    seed: int = 1,
    threads: int | None = None,
    show: bool | None = None,
) -> dict[str, xr.Dataset | None]:
    """The exclusivity comparison of a study, run again under each structural setting.

    Args: ``study`` is the comparison and ``arms`` its scenarios by name; ``seed`` should be the study's, so that the
    futures are the same. Settings are those of :func:`rackrate.analysis.structural_settings`.
    Returns: by setting a study of the two arms with dims (arm, replication, entities..., time), in memory; None where
    the study itself already has that setting. Empty if no two arms differ.
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
    from rackrate.results import open_result

    asked = questions.contrasts(study)
    if not asked:
        return {}
    names = (asked[0].subtrahend, asked[0].minuend)
    settings = {name: dict(analysis.structural_settings(arms[name])) for name in names}
    found: dict[str, xr.Dataset | None] = {}
    with tempfile.TemporaryDirectory(prefix="rackrate-") as folder, progress.bar(show, "settings") as advance:
        labels = list(settings[names[0]])
        for done, label in enumerate(labels):
            changed = {name: settings[name].get(label, {}) for name in names}
            if not any(changed.values()):
                found[label] = None
                continue
            set_so = {name: arms[name].override(values, name=name) if values else arms[name] for name, values in changed.items()}
            path = Path(folder) / f"{done}.h5"
            studies.run_study(set_so, names[0], replications, seed, threads, path, None, False, False, False)
            found[label] = open_result(path).load()
            if advance is not None:
                advance(done + 1, len(labels))
    return found
