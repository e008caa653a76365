"""One replication, advanced by the caller."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from rackrate import _core, agreements, elasticities, networks, options
from rackrate.scenario import Scenario, Verdict, as_scenario, ask, override_pairs
from rackrate.toml_text import to_toml

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class Simulation:
    """One replication of a scenario, advanced by the caller.

    Args: ``scenario`` is a Scenario or the name or path of one; ``seed`` and ``replication`` choose the
    random world: two scenarios with the same pair share one world.
    ``replay_prices`` and ``replay_investment`` are paths from :meth:`decisions` of another simulation of the same seed
    and replication: reviews of prices, or orders and sites, then follow the path instead of being decided here.
    One thread at a time: while one thread runs a simulation, every call from another, including a fork, raises InUseError. Give
    each thread its own fork. A simulation cannot be pickled: send its scenario, seed and replication, or what it gives; copy.copy is a fork.
    Raises: ScenarioError for an invalid scenario, seed or replication, or a path of another random world.

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
        self._core = _core_simulation or _core.Simulation(
            as_scenario(scenario)._core,
            options.seed_number(seed),
            options.whole("replication", replication),
            replay_prices,
            replay_investment,
        )
        self._interventions: tuple[dict[str, Any], ...] = ()

    @property
    def interventions(self) -> list[dict[str, Any]]:
        """Manual changes during the run, in order: ``kind``, the present of the simulation (``date``), the window boundary
        at which the change was applied (``from``), and its arguments. :meth:`results` stores them with the arm.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.run_until("2026-01-03")
            >>> sim.terminate("oai-az", effective="2026-01-05")
            >>> sim.interventions
            [{'kind': 'terminate', 'date': '2026-01-03', 'from': '2026-01-03', 'contract': 'oai-az', 'effective': '2026-01-05'}]
        """
        return [dict(one) for one in self._interventions]

    def _intervene(self, kind: str, act: Callable[[], None], **given: Any) -> None:
        stood, taken_up = self._core.now, self._core.next_boundary
        act()
        said = {key: value for key, value in given.items() if value not in (None, "")}
        self._interventions += ({"kind": kind, "date": stood, "from": taken_up, **said},)

    @property
    def scenario(self) -> Scenario:
        """The scenario of this simulation, including amendments made during the run."""
        return Scenario(self._core.scenario)

    @property
    def now(self) -> dt.datetime:
        """The present: all events before it have been handled, and none at it or after."""
        return dt.datetime.fromisoformat(self._core.now)

    def run_until(self, date: str | dt.date) -> None:
        """Process the events before ``date``, a day (00:00 UTC) or an instant; beyond the horizon, to its end.

        If the stop is inside a clearing window, the books hold the whole window, because it is cleared at its start.
        Raises: ScenarioError if the date lies in the past of this simulation; LedgerError if a balance does not close.
        """
        self._core.run_until(options.instant("date", date))

    def run(self) -> None:
        """Continue to the end of the horizon."""
        self._core.run()

    def step(self, days: int = 1) -> None:
        """Continue by some days."""
        self.run_until(self.now + dt.timedelta(days=options.positive("days", days)))

    def fork(self) -> Simulation:
        """A copy with the same past and random world. From here on the two are independent."""
        twin = Simulation("", _core_simulation=self._core.fork())
        twin._interventions = self._interventions
        return twin

    def __copy__(self) -> Simulation:
        return self.fork()

    def __deepcopy__(self, memo: dict[int, Any]) -> Simulation:
        return self.fork()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "a Simulation cannot be pickled or sent to another process: it is a world in motion. Send its scenario, seed and "
            "replication and run there, or send results() or decisions()."
        )

    def __dask_tokenize__(self) -> NoReturn:
        self.__reduce_ex__(0)

    def amend(
        self,
        contract: str,
        clauses: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]],
        *,
        effective: str | dt.date | None = None,
        signed: str | dt.date | None = None,
        label: str | None = None,
        ends: str | dt.date | None = None,
        conflict: str | None = None,
    ) -> None:
        """Sign another version of a contract. It replaces the whole version in force from ``effective`` on.

        Args: ``clauses`` is the clause language of ``docs/contracts.md``, by name, or a list whose members have a
        ``name``; ``effective`` is the next window boundary unless given, and not before it (the present one if the
        simulation is at it); ``signed`` is today unless given: the latest signature in force prevails, and customers may
        learn of it from then on; ``label`` names the version, by default ``amended-DATE``; ``conflict`` determines the
        effect of its grants that another contract bars: ``"block"`` (the default), ``"breach"`` or ``"renegotiate"``.
        Raises: ScenarioError, with key paths for places, as a scenario file with the same clauses would; the simulation
        then is as it was.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.run_until("2026-01-03")
            >>> host = {"kind": "grant", "role": "HOST", "grantee": ["aws"], "scope": {"labs": ["oai"]}}
            >>> sim.amend("oai-az", {"host": host}, effective="2026-01-05", label="opened")
            >>> sim.feasible(lab="oai", product="consumer", channel="direct", host="aws", date="2026-01-05").since
            '2026-01-05'
        """
        self._change("amend", contract, clauses, None, effective, signed, label, ends, conflict)

    def sign(
        self,
        contract: str,
        *,
        parties: Iterable[str],
        clauses: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]],
        effective: str | dt.date | None = None,
        signed: str | dt.date | None = None,
        label: str | None = None,
        ends: str | dt.date | None = None,
        conflict: str | None = None,
    ) -> None:
        """Sign a new contract; ``parties`` are firms. Otherwise as :meth:`amend`.

        Raises: ScenarioError, also for a name that is taken.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.run_until("2026-01-03")
            >>> scope = {"labs": ["oai"]}
            >>> price = {"kind": "damages", "payer": "oai", "payee": "az", "amount": "1000 $"}
            >>> own = {"kind": "exclusive", "role": "HOST", "holder": "az", "scope": scope}
            >>> sim.amend("oai-az", {"exclusive": own, "damages": price})
            >>> host = {"kind": "grant", "role": "HOST", "grantee": "aws", "scope": scope}
            >>> sim.sign("more", parties=["oai", "aws"], clauses={"host": host}, conflict="breach")
            >>> sim.feasible(lab="oai", product="consumer", channel="direct", host="aws").state  # barred, but at a price
            'GA'
        """
        self._change("sign", contract, clauses, list(parties), effective, signed, label, ends, conflict)

    def _change(
        self,
        kind: str,
        contract: str,
        clauses: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]],
        parties: list[str] | None,
        effective: str | dt.date | None,
        signed: str | dt.date | None,
        label: str | None,
        ends: str | dt.date | None,
        conflict: str | None,
    ) -> None:
        terms = {
            "contract": contract, "label": label or "", "effective": _day("effective", effective), "ends": _day("ends", ends),
            "clauses": _clauses(clauses), "conflict": conflict or "",
        }  # fmt: skip
        signed_on = _day("signed", signed)
        names = None if parties is None else to_toml(parties)
        self._intervene(
            kind,
            lambda: self._core.amend(**terms, signed_on=signed_on, parties=names),
            **terms,
            signed=signed_on,
            parties=parties,
        )

    def terminate(self, contract: str, *, under: str | None = None, effective: str | dt.date | None = None) -> None:
        """End a contract: the version in force ends at ``effective`` (the next window boundary unless given), later versions never begin.

        Args: ``under`` names a termination clause of the version in force: then notice is given at ``effective``, the
        clause's fee is due, and the contract ends when its notice has run out.
        Raises: ScenarioError for an unknown contract or clause, a contract that is over or left already, or a date in
        the past.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.terminate("oai-az", effective="2026-01-04")
            >>> ask = dict(lab="oai", product="consumer", channel="direct", host="az")
            >>> sim.feasible(**ask, date="2026-01-03").state, sim.feasible(**ask, date="2026-01-04").state
            ('GA', 'NO')
            >>> exit = {"kind": "termination", "payer": "oai", "payee": "aws", "amount": "500 $", "notice": "3 d"}
            >>> host = {"kind": "grant", "role": "HOST", "grantee": "aws", "scope": {"labs": ["oai"]}}
            >>> sim.run_until("2026-01-03")
            >>> sim.amend("oai-aws", {"host": host, "exit": exit})
            >>> sim.terminate("oai-aws", under="exit", effective="2026-01-06")
            >>> ask["host"] = "aws"
            >>> sim.feasible(**ask, date="2026-01-08").state, sim.feasible(**ask, date="2026-01-09").state
            ('GA', 'NO')
        """
        date = _day("effective", effective)
        self._intervene(
            "terminate",
            lambda: self._core.terminate(contract, date, under or ""),
            contract=contract,
            effective=date,
            under=under,
        )

    def override(self, values: Mapping[str, Any]) -> None:
        """Replace values at some paths from the next window boundary on; the past is unchanged.

        A version of a contract that is in force is cut in two there, and the values go into its second part,
        ``NAME-from-DATE``. Besides contracts, values of ``choice``, ``clearing`` and ``prices`` may change.
        Raises: ScenarioError for an unknown path, a value that does not fit, or one that is fixed at the start of the run.
        """
        pairs = override_pairs(values)
        self._intervene("override", lambda: self._core.override_with(pairs), values=dict(pairs))

    def feasible(
        self,
        *,
        lab: str,
        product: str,
        channel: str,
        date: str | dt.date | None = None,
        host: str | None = None,
        runtime: str | None = None,
        segment: str | None = None,
        region: str | None = None,
        model_class: str = "closed",
    ) -> Verdict:
        """Whether a sale is permitted at a date or instant (now unless given) under the present contracts of this simulation.

        Args and Raises as :meth:`Scenario.feasible`. An announced change counts from its effective date on.
        """
        day = self.now if date is None else date
        return ask(
            self._core.explain, lab=lab, product=product, channel=channel, host=host, runtime=runtime, segment=segment, region=region,
            model_class=model_class, date=day,
        )  # fmt: skip

    def network(self) -> pd.DataFrame:
        """Who depends on whom at present: a row per tie, from who provides to who depends.

        Ties are ``ownership`` (a firm has a cloud, a cloud its pools), ``supply`` (a vendor's chips run in a pool), ``hosting`` (a
        pool may run a lab's models), ``selling`` (a lab may be bought through a channel) and ``payment`` (a payer's money
        reaches a payee under the clause ``label`` of kind ``clause``).

        Returns: a DataFrame with columns from, from_kind, to, to_kind, tie, label, clause, h100e (for sale; supply and hosting), and
            share of all that the receiver has of this kind.

        Example:
            >>> ties = Simulation("toy-10").network()
            >>> ties.query("tie == 'hosting' and to == 'oai'")["from"].tolist()
            ['pool/az/one']
        """
        return networks.ties(self._core)

    def elasticities(self, by: str = "lab", *, settled: bool = False) -> pd.DataFrame:
        """Price elasticities of what enterprises would buy at present: a change in volume, by row, per change in price, by
        column, of logarithms.

        Choices count, and volume in answer to its price and to what is offered; adoption and pilots stay as they are.

        Args: ``by`` is ``"lab"``, or ``"offer"``: each lab at each channel. ``settled``: as if every workload chose afresh;
            otherwise each holds on to what it has, as at a review.
        Returns: a DataFrame; own-price elasticities are on its diagonal. What nobody buys is left out.

        Example:
            >>> Simulation("toy-10").elasticities().empty  # nobody there chooses
            True
        """
        return elasticities.matrix(self._core, by, settled)[0]

    def agreements(self) -> pd.DataFrame:
        """What big accounts have agreed on with their primary clouds at present: what they pay less than the list, until when,
        and what both had at stake. Accounts are those that bargain (``[buyers]``) and have adopted.

        Returns: a DataFrame, a row for each: ``segment``, ``cloud``, ``since``, ``until``; money of one real account, $ a year
            at the list prices of that day: ``spending`` expected there, ``reliance`` (what doing without the cloud would have
            cost it), ``at_stake`` (margin of the cloud, and what commitment and service add), ``gain`` over buying at list,
            ``committed``; ``shortfall`` paid so far; ``discount``, whether it has premium ``service``; its bargaining
            ``weight`` and the ``service_value`` to it.

        Example:
            >>> Simulation("toy-10").agreements().empty  # nobody there bargains
            True
        """
        return agreements.table(self._core)

    def dependency(self) -> pd.DataFrame:
        """How much each lab hangs on each actor at present, and how central each actor is.

        Returns: a DataFrame by kind and actor with the column ``centrality`` (the share of all joined pairs of other actors
            whose shortest ways along the ties lead through the actor) and a column per lab: the share of the H100e that may
            run its models that is of this vendor's chips, or stands in this pool, cloud or firm.

        Example:
            >>> Simulation("toy-10").dependency().loc[("cloud", "az"), "oai"].item()
            1.0
        """
        return networks.dependency(self._core)

    def one_cloud(self, lab: str, clouds: str | Sequence[str]) -> pd.DataFrame:
        """What one cloud, or some, could serve of what a lab wanted on the last day cleared: could it live on them alone?

        The answer is a maximum flow from the clouds' pools to the lab's demand. It ignores contracts, ports and all
        other customers, so it is the most that is possible; what must stay in its region stays there.

        Returns: a DataFrame by tier (interactive first, and ``all``) with wanted and servable H100e and the share forgone. All zero
            before the first day is cleared.
        Raises: ScenarioError for a name that is no lab or no cloud of the scenario.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.run_until("2026-01-03")
            >>> sim.one_cloud("oai", "az").loc["all", "forgone"] >= 0
            True
        """
        return networks.one_cloud(self._core, lab, clouds)

    def decisions(self) -> _core.DecisionPath:
        """The decisions of clouds and labs on prices and investment so far, for another arm to replay.

        Its methods ``cloud_prices()``, ``lab_prices()`` and ``investments()`` list by actor tuples of a date and an
        index, or of a date, H100e ordered and kW of sites started.

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

    def results(self, label: str | None = None) -> xr.Dataset:
        """The data recorded so far, as :func:`rackrate.open` would return it, in memory.

        Args: ``label`` names the arm, by default the scenario's name: forks that diverge need different names
        before they are joined.
        Shape: dims (arm, replication, entities..., time), one arm and one replication; ``run_end`` is the end of the simulated time, and
        ``interventions`` lists the manual changes that have taken effect.

        Example:
            >>> sim = Simulation("toy-10")
            >>> sim.run_until("2026-01-04")
            >>> ds = sim.results("so far")
            >>> ds["arm"].item(), str(ds["run_end"].values[0, 0])[:10]
            ('so far', '2026-01-04')
        """
        now = self._core.now
        done = [one for one in self._interventions if one["from"] <= now]
        from rackrate.result_arrays import dataset_of

        ds = dataset_of(self._core.content(json.dumps(done) if done else ""))
        if label is not None:
            ds = ds.assign_coords(arm=ds["arm"].copy(data=[label]))
            ds.attrs["baseline"] = label
        return ds

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
        try:
            return f"<rackrate.Simulation of {self.scenario.name!r} at {self._core.now}>"
        except _core.InUseError:
            return f"<rackrate.Simulation of {self.scenario.name!r}, running in another thread>"

    def _repr_html_(self) -> str:
        """The scenario and where the simulation stands."""
        from rackrate.notebook_views import table

        scenario = self.scenario
        return table(f"simulation of {scenario.name}", [
            ("title", scenario.title),
            ("now", self.now.isoformat(sep=" ")),
            ("end", scenario._core.end),
            ("digest", scenario.digest[:12]),
        ])  # fmt: skip


def _day(key: str, value: str | dt.date | None) -> str:
    return "" if value is None else options.instant(key, value)


def _clauses(clauses: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> str:
    # Text is a date where the schema of the clause says so, as in overrides.
    if isinstance(clauses, Mapping):
        return to_toml(clauses)
    named: dict[str, Any] = {}
    for k, clause in enumerate(clauses):
        body = dict(clause) if isinstance(clause, Mapping) else {}
        name = body.pop("name", None)
        if not isinstance(name, str) or name in named:
            got = "missing" if name is None else f"{name!r}"
            raise _core.ScenarioError(
                f"clauses[{k}].name is {got}; expected a name of its own. Give each clause of a list a name."
            )
        named[name] = body
    return to_toml(named)
