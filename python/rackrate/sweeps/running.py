"""What a worker does with a bundle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from rackrate import _core
from rackrate.scenario import Scenario
from rackrate.sweeps import failures
from rackrate.sweeps.bundle_file import BundleFile, Layout, Rows, StoredCell, write
from rackrate.sweeps.bundle_values import Bundle, Cell, Failure, Outcome, Setting
from rackrate.sweeps.keep import Keep
from rackrate.sweeps.layout import bundle_path

_BASES = 8  # arms of a sweep, as a rule fewer
_COMPILED = 8


def outcome_of(bundle: Bundle, directory: Path) -> Outcome:
    """:func:`rackrate.sweeps.bundle.run_bundle`."""
    if bundle.program_version != _core.__version__:
        raise _core.ResultFileError(
            f"a bundle of this sweep was made by rackrate {bundle.program_version}; expected {_core.__version__}, which runs "
            "here. Use one version everywhere."
        )
    path = bundle_path(directory, bundle.key)
    found = _found(path)
    if found is not None:
        return found
    begin = time.perf_counter()
    rows = Rows()
    cells: list[StoredCell] = []
    failed: list[tuple[int, int, Failure]] = []
    for number, cell in enumerate(bundle.cells):
        stored = StoredCell(cell.digest, 0, 0.0, "")
        try:
            stored = _run_cell(bundle, number, rows, failed, directory)
        except _FAILS as error:
            for replication in bundle.replications:
                failure = _failure(bundle, cell, replication, error)
                failed.append((number, replication, failure))
                failures.keep(directory, failure, bundle.bases[cell.base], bundle.until)
        cells.append(stored)
    seconds = time.perf_counter() - begin
    size = 0
    if rows.prints:
        size = write(path, bundle.key, _fields(bundle, failed, seconds), cells, rows)
    return Outcome(
        bundle.key, runs=len(rows.prints), failures=tuple(f for _, _, f in failed), seconds=seconds, bytes=size
    )


# What a run, or the making of its scenario, may fail with; whatever else comes is a mistake of this program.
_FAILS = (_core.ScenarioError, _core.LedgerError, _core.CausalityError, MemoryError, ArithmeticError)


def scenario_of(base: str, cell: Cell) -> Scenario:
    """The scenario of a cell. Raises: ScenarioError if its digest is another one than the cell says."""
    return _made(base, cell.settings, cell.digest, cell.arm)


def _made(base: str, settings: tuple[Setting, ...], digest: str, arm: str) -> Scenario:
    scenario = Scenario(_parsed(base)._core.override_with(list(settings), arm))
    if scenario.digest != digest:
        raise _core.ScenarioError(
            f"{arm}: the scenario has digest {scenario.digest[:12]} here; expected {digest[:12]}. "
            "Use the same build of rackrate on all machines."
        )
    return scenario


@lru_cache(_COMPILED)
def compiled(
    base: str, settings: tuple[Setting, ...], digest: str, arm: str, keep: Keep
) -> tuple[Scenario, _core.Runs, Layout]:
    """A scenario and its runs. A worker that gets the next replications of a scenario does not make it again: that takes as
    long as a short run."""
    scenario = _made(base, settings, digest, arm)
    runs = runs_of(scenario, keep)
    return scenario, runs, layout_of(runs)


@lru_cache(_BASES)
def _parsed(base: str) -> Scenario:
    return Scenario.parse(base, "base")


def runs_of(scenario: Scenario, keep: Keep) -> _core.Runs:
    """The runs of a scenario, of which ``keep`` says what is stored."""
    return _core.Runs(scenario._core, list(keep.variables), keep.by, keep.first, keep.last)


def layout_of(runs: _core.Runs) -> Layout:
    """What a run of it leaves."""
    return Layout(runs.axes, tuple(runs.columns()), tuple(runs.periods()))


def _run_cell(
    bundle: Bundle,
    number: int,
    rows: Rows,
    failed: list[tuple[int, int, Failure]],
    directory: Path,
) -> StoredCell:
    cell = bundle.cells[number]
    scenario, runs, layout = compiled(bundle.bases[cell.base], cell.settings, cell.digest, cell.arm, bundle.keep)
    at = rows.layout(layout)
    for replication in bundle.replications:
        wide = np.empty(layout.width("float64"), np.float64)
        narrow = np.empty(layout.width("float32"), np.float32)
        try:
            print_, end = runs.run(bundle.seed, replication, bundle.until, wide, narrow)
        except _FAILS as error:
            failure = _failure(bundle, cell, replication, error)
            failed.append((number, replication, failure))
            failures.keep(directory, failure, scenario.to_toml(), bundle.until)
            continue
        rows.wide[at].append(wide)
        rows.narrow[at].append(narrow)
        rows.prints.append(bytes.fromhex(print_))
        rows.ends.append(end)
    return StoredCell(cell.digest, at, runs.discount_rate, runs.valuation_date)


def _failure(bundle: Bundle, cell: Cell, replication: int, error: BaseException) -> Failure:
    message = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, MemoryError):
        message = "there is not enough memory for the run"
    return Failure(cell.digest, cell.arm, cell.points, bundle.seed, replication, message)


def _fields(bundle: Bundle, failed: list[tuple[int, int, Failure]], seconds: float) -> dict[str, object]:
    keep = bundle.keep
    return {
        "program_version": bundle.program_version,
        "seed": bundle.seed,
        "replications": [bundle.replications.start, bundle.replications.stop],
        "until": bundle.until,
        "keep": {"variables": list(keep.variables), "by": keep.by, "first": keep.first, "last": keep.last},
        "failed": [[cell, replication] for cell, replication, _ in failed],
        "seconds": round(seconds, 6),
    }


def _found(path: Path) -> Outcome | None:
    """The outcome of a bundle that somebody ran before; a file that is none is run again and replaced."""
    if not path.exists():
        return None
    try:
        with BundleFile(path) as file:
            file.verify()
            if file.failed:  # they are tried again, and the file is replaced by a fuller one
                return None
            runs = len(file.cells) * len(file.replications)
            return Outcome(
                file.header["key"], runs, seconds=file.header["seconds"], bytes=path.stat().st_size, found=True
            )
    except (_core.ResultFileError, OSError):
        return None


def pieces(bundle: Bundle) -> Iterator[Bundle]:
    """The bundle in pieces of one run each, after its worker died: the run that did it is then alone."""
    for cell in bundle.cells:
        for replication in bundle.replications:
            yield Bundle(
                bundle.bases, (cell,), bundle.seed, range(replication, replication + 1),
                bundle.until, bundle.keep, bundle.program_version,
            )  # fmt: skip
