"""Prints the lowest versions that pyproject.toml promises to work, as constraints for pip: ``name==floor``."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def floors(project):
    """``name==version`` for each dependency of the package and of its extras, but for those of developers.

    Raises: SystemExit for a dependency without a floor, which would promise that any version works.
    """
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(name for extra in extras if extra != "dev" for name in extras[extra])]
    found = []
    for requirement in wanted:
        match = re.fullmatch(r"([A-Za-z0-9_.-]+)>=([0-9.]+)", requirement)
        if match is None:
            sys.exit(
                f"pyproject.toml: dependency is {requirement}; expected NAME>=FLOOR. Write the lowest version that was tested."
            )
        found.append(f"{match[1]}=={match[2]}")
    return found


if __name__ == "__main__":
    print("\n".join(floors(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])))
