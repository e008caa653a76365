"""Results as the commands read them: warnings are sentences, libraries are silent."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import TYPE_CHECKING

from rackrate.cli import outputs
from rackrate.cli.text import say

if TYPE_CHECKING:
    import xarray as xr

    from rackrate.study_request import Path_


def opened(path: Path_) -> xr.Dataset:
    """A result, its warnings said as sentences."""
    from rackrate.results import open_result

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = open_result(outputs.readable(os.fspath(path)))
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            say(f"warning: {warning.message}")
    return ds


def quiet_analysis() -> ModuleType:
    """rackrate.analysis, with matplotlib silent about caches that it cannot keep and fonts that it looks for."""
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from rackrate import analysis

    return analysis
