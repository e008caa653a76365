"""One replication, driven by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rackrate import _core, options
from rackrate.scenario import Scenario, as_scenario

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class Simulation:
    """One replication of a scenario, advanced day by day as the caller likes.

    Args: ``scenario`` is a Scenario or the name or path of one; ``seed`` and ``replication`` choose the
    random world: two scenarios with the same pair live in the same world.
    ``replay_prices`` and ``replay_investment`` are paths from :meth:`decisions` of another simulation of the same seed
    and replication: reviews of prices, or orders and sites, then follow the path instead of being decided here.
    Raises: ScenarioError for an unsound scenario, seed or replication, or a path of another random world.

    Example:
        >>> import rackrate as rr
        >>> sim = rr.Simulation("toy-10", seed=1)
        >>> sim.run_until("2026-01-05")
        >>> twin = sim.fork()
        >>> sim.run(), twin.run()
        (None, None)
        >>> sim.fingerprint() == twin.fingerprint()
        True
    """

    def __init__(
        self,
        scenario: Scenario | str,
        *,
        seed: int = 1,
        replication: int = 0,
        replay_prices: _core.DecisionPath | None = None,
        replay_investment: _core.DecisionPath | None = None,
        _core_simulation: _core.Simulation | None = None,
    ) -> None:
        self.scenario = as_scenario(scenario)
        self._core = _core_simulation or _core.Simulation(
            self.scenario._core, options.seed_number(seed), options.whole("replication", replication), replay_prices, replay_investment
        )

    @property
    def now(self) -> dt.datetime:
        """The present: every event before it has happened, none at it or after."""
        return dt.datetime.fromisoformat(self._core.now)

    def run_until(self, date: str | dt.date) -> None:
        """Process the events before ``date`` (00:00 UTC); beyond the horizon, to its end.

        Raises: ScenarioError if the date lies in the past of this simulation; LedgerError if a balance does not close.
        """
        self._core.run_until(options.day("date", date))

    def run(self) -> None:
        """Go on to the end of the horizon."""
        self._core.run()

    def step(self, days: int = 1) -> None:
        """Go on by some days."""
        self.run_until((self.now + dt.timedelta(days=options.positive("days", days))).date())

    def fork(self) -> Simulation:
        """A twin that shares the past and the random world and goes its own way from here."""
        return Simulation(self.scenario, _core_simulation=self._core.fork())

    def decisions(self) -> _core.DecisionPath:
        """What clouds and labs decided on prices and investment so far, for another arm to replay.

        Its methods ``cloud_prices()``, ``lab_prices()`` and ``investments()`` list by actor tuples of a date and an
        index, or of a date, H100e wanted and kW of sites started.

        Example:
            >>> import rackrate as rr
            >>> sim = rr.Simulation("toy-10")
            >>> sim.run()
            >>> twin = rr.Simulation("toy-10", replay_prices=sim.decisions(), replay_investment=sim.decisions())
            >>> twin.run()
            >>> twin.fingerprint() == sim.fingerprint()
            True
        """
        return self._core.decisions()

    def fingerprint(self) -> str:
        """SHA-256 of everything recorded so far; equal runs have equal fingerprints."""
        return self._core.fingerprint()

    def results(self) -> xr.Dataset:
        """What has been recorded so far, as :func:`rackrate.open` would return it, in memory.

        Shape: dims (arm, replication, entities..., time), one arm and one replication.
        """
        import os
        import tempfile

        import xarray as xr

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.h5")
            self._core.write(path)
            return xr.load_dataset(path, engine="h5netcdf")

    def statement(self, contract: str) -> pd.DataFrame:
        """The statement of one contract so far: a row per month and clause on money or capacity.

        Returns: a DataFrame as :func:`rackrate.analysis.statement` describes it, in USD exact to 1e-4.
        Raises: KeyError if there is no such contract.

        Example:
            >>> import rackrate as rr
            >>> sim = rr.Simulation("toy-10")
            >>> sim.run()
            >>> sim.statement("oai-az").set_index("clause").loc["commitment", "shortfall"].item()
            2000.0
        """
        from rackrate import analysis

        return analysis.statement(self.results(), contract)

    def commit_book(self) -> pd.DataFrame:
        """Commitments by payer so far; see :func:`rackrate.analysis.commit_book`."""
        from rackrate import analysis

        return analysis.commit_book(self.results())

    def __repr__(self) -> str:
        return f"<rackrate.Simulation of {self.scenario.name!r} at {self.now:%Y-%m-%d}>"
