"""The report: one HTML page that needs no network, no script and no other file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pandas as pd
import xarray as xr

from rackrate.files import atomic_write

from . import markup, page_comparison, page_single, scenario_text, study_data
from .pairing import check_level

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def report(
    ds: xr.Dataset, path: str | os.PathLike[str], structural: pd.DataFrame | None = None, level: float = 0.9
) -> Path:
    """Writes the report of a study: of a comparison its headline, premiums, figures, contracts, assumptions and
    provenance; of a single arm what each firm earns, who pays whom, and the same.

    Args: ``structural`` from :func:`structural`, for the range that the headline quotes (default: what the study's
        file keeps of it).
    Returns: the path written. The file appears under its name only when it is whole; a link is followed.
    Raises: ValueError if the path is the study's own file, if no replication is finished, or if the arms cannot be
        compared; KeyError without ``npv``; OSError if the path cannot be written.
    Example:
        >>> report(st, "report.html")  # doctest: +SKIP
    """
    path = Path(path)
    check_target(
        path,
        {str(encoding.get("source") or "") for encoding in (ds.encoding, *(v.encoding for v in ds.variables.values()))},
    )
    text = html(ds, structural, level)
    if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
        path.write_text(text, encoding="utf-8")
        return path
    return atomic_write(path, text)


def check_target(path: str | os.PathLike[str], studies: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Whether a report may be written there.

    Args: ``studies`` are the result files it is made of, which it must not replace.
    Raises: ValueError: one sentence, for the study's own file, a folder, or a folder that does not exist.
    Example:
        >>> check_target("st.h5", ["st.h5"])
        Traceback (most recent call last):
        ...
        ValueError: the report st.h5 would replace the study itself; give another name, such as st.html
    """
    target = os.path.realpath(path)
    for study in studies:
        if str(study) and (target == os.path.realpath(study) or _one_file(target, study)):
            raise ValueError(
                f"the report {path} would replace the study itself; give another name, such as {Path(path).with_suffix('.html')}"
            )
    if os.path.isdir(target):
        raise ValueError(
            f"the report {path} is a folder; give the name of a file, such as {Path(path) / 'report.html'}"
        )
    if not os.path.isdir(os.path.dirname(target)):
        raise ValueError(
            f"the report {path} lies in a folder that does not exist; create {os.path.dirname(path)} first"
        )


def _one_file(target: str, study: str | os.PathLike[str]) -> bool:
    try:
        return os.path.samefile(target, study)
    except (OSError, ValueError):
        return False


def html(ds: xr.Dataset, structural: pd.DataFrame | None = None, level: float = 0.9) -> str:
    """The page as text; arguments and errors as in :func:`report`."""
    check_level(level)
    ds = study_data.run_only(study_data.finished(ds))
    if ds.sizes["replication"] == 0:
        raise ValueError("no replication is complete in every arm; there is nothing to report yet")
    scenario = scenario_text.tree(ds, study_data.baseline(ds))
    if len(study_data.arms(study_data.principal(ds))) > 1:
        body = page_comparison.body(ds, structural, level)
        title = scenario.get("title") or "What was exclusivity worth?"
    else:
        body = page_single.body(study_data.principal(ds), level)
        title = scenario.get("title") or study_data.baseline(ds)
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{markup.text(title)}</title><link rel="icon" href="data:,">'
        f"<style>{style}</style></head><body><main>{body}</main></body></html>\n"
    )
