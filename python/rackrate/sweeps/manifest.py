"""The manifest of a directory: what all runs in it have in common. Designs that agree in it may share the directory."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rackrate import _core
from rackrate._core import ResultFileError
from rackrate.files import atomic_write
from rackrate.sweeps.bundle_file import cannot_write
from rackrate.sweeps.keep import Keep
from rackrate.sweeps.layout import MANIFEST

FORMAT = "rackrate sweep 1"


@dataclass(frozen=True)
class Arm:
    """An arm before any factor moves."""

    name: str
    digest: str
    text: str  #: resolved scenario


@dataclass(frozen=True)
class Manifest:
    """Arms, random worlds, and what is kept; written once, when the first sweep comes to the directory."""

    program_version: str
    arms: tuple[Arm, ...]
    baseline: str
    seed: int
    until: str
    keep: Keep
    factors: tuple[tuple[str, str], ...]  #: (name, unit)

    @staticmethod
    def of_design(design: Any, units: Mapping[str, str]) -> Manifest:
        """What a design says of all its runs."""
        arms = tuple(Arm(name, scenario.digest, scenario.to_toml()) for name, scenario in design.scenarios.items())
        return Manifest(
            _core.__version__, arms, design.baseline or arms[0].name, design.seed, design.until, design.keep, tuple(units.items())
        )  # fmt: skip

    def to_json(self) -> str:
        """As it lies in the directory."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False) + "\n"

    @staticmethod
    def of_json(text: str) -> Manifest:
        """The inverse. Raises: ValueError, KeyError or TypeError for anything else."""
        said = json.loads(text)
        if said.pop("format") != FORMAT:
            raise ValueError("another format")
        return Manifest(**{
            **said,
            "arms": tuple(Arm(**arm) for arm in said["arms"]),
            "keep": Keep(**{**said["keep"], "variables": tuple(said["keep"]["variables"])}),
            "factors": tuple((name, unit) for name, unit in said["factors"]),
        })  # fmt: skip

    def differs_from(self, wanted: Manifest) -> str:
        """The first thing in which another sweep differs, as "its X is A; expected B"; empty if they can share."""
        for what, here, there in [
            ("program is rackrate", self.program_version, wanted.program_version),
            ("arms are", _listed(a.name for a in self.arms), _listed(a.name for a in wanted.arms)),
            *(
                (f"scenario of arm {a.name} has digest", a.digest[:12], b.digest[:12])
                for a, b in zip(self.arms, wanted.arms, strict=False)
            ),
            ("baseline is", self.baseline, wanted.baseline),
            ("seed is", str(self.seed), str(wanted.seed)),
            ("runs end", self.until or "with the scenario", wanted.until or "with the scenario"),
            ("factors are", _listed(_factor(f) for f in self.factors), _listed(_factor(f) for f in wanted.factors)),
            ("kept values are", _kept(self.keep), _kept(wanted.keep)),
        ]:
            if here != there:
                return f"its {what} {here}; expected {there}"
        return ""


def read(directory: Path) -> Manifest:
    """The manifest of a directory. Raises: ResultFileError if there is none, or of a later format."""
    path = directory / MANIFEST
    try:
        return Manifest.of_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultFileError(
            f"{directory}: is no directory of a sweep, it has no {MANIFEST}; expected what rackrate sweep -o wrote. Check the path."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = getattr(error, "strerror", None) or "it is damaged, or of another version of rackrate"
        raise ResultFileError(
            f"{path}: is no manifest of a sweep ({why}); expected what rackrate sweep wrote."
        ) from None


def claim(directory: Path, wanted: Manifest, *, resume: bool) -> None:
    """Take the directory for a sweep: make it, or check that what is there is of the same kind.

    Raises: ResultFileError if it belongs to another sweep, holds other files, or cannot be written; if it holds this sweep
    and ``resume`` was not asked for.
    """
    path = directory / MANIFEST
    if not path.exists():
        _make(directory, wanted)
    here = read(directory)
    difference = here.differs_from(wanted)
    if difference:
        raise ResultFileError(f"{directory}: holds another sweep, {difference}. Use another -o for this one.")
    if here == wanted and not resume and any(directory.joinpath(d).exists() for d in ("bundles", "requests")):
        raise ResultFileError(
            f"{directory}: holds this sweep already. Use --resume to go on, or another -o to begin anew."
        )


def check_free(directory: Path, wanted: Manifest, *, resume: bool) -> None:
    """As :func:`claim`, but nothing is made."""
    # Looked into before the manifest is looked for: whoever comes first writes that before all else.
    foreign = directory.exists() and (not directory.is_dir() or _holds_files(directory))
    if (directory / MANIFEST).exists():
        claim(directory, wanted, resume=resume)
    elif foreign:
        what = "holds other files" if directory.is_dir() else "is no directory"
        raise ResultFileError(f"{directory}: {what}; expected a new or empty directory. Choose another -o.")
    elif not directory.exists() and not directory.absolute().parent.is_dir():
        raise ResultFileError(
            f"{directory}: the folder {directory.absolute().parent} does not exist. Make it, or write elsewhere."
        )


def _holds_files(directory: Path) -> bool:
    """Anything but a manifest that another process is about to put in place."""
    return any(not entry.name.lstrip(".").startswith(f"{MANIFEST}.") for entry in directory.iterdir())


def _make(directory: Path, wanted: Manifest) -> None:
    """The manifest appears whole, and only one of several processes that come at a time writes it."""
    path = directory / MANIFEST
    scratch = directory / f".{MANIFEST}.{uuid.uuid4().hex}"
    try:
        directory.mkdir(exist_ok=True)
        atomic_write(scratch, wanted.to_json())
        try:
            with contextlib.suppress(FileExistsError):
                os.link(scratch, path)  # fails where another process was first
        except OSError:  # a file system without hard links
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None


def _listed(words: Any) -> str:
    return ", ".join(words)


def _factor(factor: tuple[str, str]) -> str:
    return f"{factor[0]} ({factor[1]})" if factor[1] else factor[0]


def _kept(keep: Keep) -> str:
    months = f" from {keep.first or 'the start'} to {keep.last or 'the end'}" if keep.first or keep.last else ""
    return f"{', '.join(sorted(keep.variables)) or 'all variables'} by {keep.by}{months}"
