"""Prints the type stubs of rackrate._core, as pybind11-stubgen sees the installed module, in the project's format."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path


def declared_error(line: re.Match[str]) -> str:
    """The errors call themselves rackrate.X; for a type checker they are declared here."""
    from rackrate import _core

    base = getattr(_core, line[1]).__mro__[1].__name__
    extra = "mistakes: list[tuple[str, int, int, str, str, str, str]]" if line[1] == "ScenarioError" else "..."
    return f"class {line[1]}({base}):\n    {extra}"


def stubs() -> str:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pybind11_stubgen", "rackrate._core", "--ignore-all-errors", "-o", folder],
            check=True,
            capture_output=True,
        )
        text = (Path(folder) / "rackrate" / "_core.pyi").read_text()
    text = re.sub(r"^from rackrate import (\w+)$", declared_error, text, flags=re.MULTILINE)
    # The version and the build type are values of one build, not part of the interface.
    lines = [
        line.split(" = ")[0] if line.startswith(("__version__", "build_type")) else line for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(stubs(), end="")
