"""The committed type stubs say what the compiled module is."""

import subprocess
import sys

from .conftest import ROOT


def test_the_stubs_match_the_module():
    made = subprocess.run(
        [sys.executable, ROOT / "cmake/dev/make_stubs.py"], capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "python/rackrate/_core.pyi").read_text() == made, "type ./dev stubs"
