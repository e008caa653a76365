"""The floors of pyproject.toml are what ./dev floors installs."""

import subprocess
import sys
import tomllib

from tests.python.conftest import ROOT


def test_every_dependency_has_a_floor_that_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    printed = subprocess.run(
        [sys.executable, ROOT / "cmake/dev/floors.py"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert dict(line.split("==") for line in printed).keys() == {
        requirement.split(">=")[0]
        for requirement in [
            *project["dependencies"],
            *(name for extra, names in project["optional-dependencies"].items() if extra != "dev" for name in names),
        ]
    }
    assert "scipy==1.15" in printed  # stats.bootstrap takes rng since then


def test_a_dependency_without_a_floor_is_refused(tmp_path):
    program = "import sys; sys.path.insert(0, sys.argv[1]); import floors; floors.floors({'dependencies': ['numpy'], 'optional-dependencies': {'excel': []}})"
    done = subprocess.run([sys.executable, "-c", program, ROOT / "cmake/dev"], capture_output=True, text=True)
    assert done.returncode == 1 and "dependency is numpy; expected NAME>=FLOOR" in done.stderr
