"""What a future brings that nobody decides, without a market; and a comparison's means, adjusted for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rackrate import _core, options
from rackrate.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

KNOWN_FROM = 20_000  # futures from which the means of drivers are known: their error is a hundredth of a small study's
_FIRST_KNOWN = 1 << 40  # replication numbers that no study has


def drivers(scenario: Scenario, replications: int | range = 20, *, seed: int = 1) -> xr.DataArray:
    """The exogenous drivers of futures: one number each, a mean over the run, drawn as the market draws it.

    ``demand`` is the log of the common factor of demand, ``hits.LAB.KIND`` that of a lab's hits and flops, ``lead.LAB`` the
    quality of a lab's best model less that of the best of the others, ``rounds.LAB`` the sizes of its later funding rounds
    (of mean 1 each) by the share of the run that is left, ``business.CLOUD`` and ``supply.VENDOR`` the logs of their growth.
    ``volume.LAB.KIND`` is the product of the factors of demand and hits, not its log, in a mean that weighs the first month
    with 1, the second with 2 and so on: markets grow, so dollars fall late.
    What the scenario does not draw has no driver.

    Args: ``replications`` are the first so many futures of the seed, or a range of their numbers.
    Shape: (replication, driver).
    Example:
        >>> import rackrate as rr
        >>> rr.drivers(rr.Scenario.load("openai-azure-amended"), 2).sizes["replication"]
        2
    """
    import xarray as xr

    numbers = range(replications) if isinstance(replications, int) else replications
    names, values = _values(scenario, options.seed_number(seed), numbers)
    return xr.DataArray(
        values,
        dims=("replication", "driver"),
        coords={"replication": list(numbers), "driver": names},
        name="drivers",
        attrs={"seed": seed},
    )


def adjusted(
    ds: xr.Dataset,
    metric: str | xr.DataArray = "npv",
    arm: str | None = None,
    baseline: str | None = None,
    *,
    controls: Sequence[str] | None = None,
    level: float = 0.9,
) -> xr.Dataset:
    """The mean paired difference ``arm - baseline``, adjusted for the drivers of its futures, with the error of that mean.

    Some of the difference between futures is what they drew before anybody decided: demand, a lab's funding rounds, who leads.
    Drivers are the same in all arms, and their means are known from 20,000 futures without a market, so the regression on
    them takes their luck out of the mean (control variates). The estimand is that of :func:`rackrate.analysis.difference`; its
    interval is shorter by what the drivers explain.

    Args: ``controls`` names drivers. By default they are, in this order and one for every 15 futures, of each lab that is
        party to a contract in which the arms differ: the volume of what it sells by API, that of its consumers, its rounds, its
        lead, its other volumes; where no such lab draws anything, demand. Choose them before you look.
    Returns: Dataset with mean, mean_low, mean_high, sd_left, explained; attributes say level, arms, pairs and controls.
    Raises: KeyError for an unknown metric, arm or driver; ValueError for a study that draws its parameters, for arms of
        different drivers, or for more controls than the futures bear.
    Example:
        >>> rr.adjusted(st, "npv", "exclusive")["mean"].sel(firm="microsoft").item()  # doctest: +SKIP
    """
    from rackrate import analysis
    from rackrate.analysis import adjusted as rule
    from rackrate.analysis import study_data

    plain = analysis.difference(ds, metric, _arm(ds, arm), baseline, level, resamples=0)
    if "parameter_low" in plain:
        raise ValueError(
            "the study draws its parameters: its drivers have no one mean. Compare with fixed parameters to adjust"
        )
    treatment, control = plain.attrs["arm"], plain.attrs["baseline"]
    ds = study_data.standard(ds)
    name = metric if isinstance(metric, str) else str(metric.name or "metric")
    if not isinstance(metric, str):
        ds = ds.drop_vars(name, errors="ignore").assign({name: metric})
    high, low = study_data.pair(ds, name, treatment, control)
    texts = study_data.scenario_source(ds, treatment), study_data.scenario_source(ds, control)
    names, values = _shared_drivers(texts, _seed(ds), tuple(int(r) for r in high["replication"].values))
    wanted = _chosen(controls, names, texts, len(values))
    at = [names.index(w) for w in wanted]
    mean, covariance = _known(texts[1], _seed(ds))
    error = covariance[np.ix_(at, at)] / KNOWN_FROM
    found = rule.adjusted_mean((high - low).values, values[:, at], mean[at], level, error)
    result = plain[["mean"]].drop_vars("mean")
    for key, numbers in found.items():
        units = "1" if key == "explained" else plain["mean"].attrs["units"]
        result[key] = (plain["mean"].dims, numbers, {"long_name": rule.MEANING[key], "units": units})
    return result.assign_attrs(plain.attrs, controls=", ".join(wanted))


def default_controls(names: Sequence[str], labs: Iterable[str]) -> list[str]:
    """The controls in the order in which a study takes them: what labs sell through clouds, then what pays for their compute.

    Example:
        >>> default_controls(["demand", "lead.oai", "lead.other", "rounds.oai", "volume.oai.api", "volume.oai.agent"], ["oai"])
        ['volume.oai.api', 'rounds.oai', 'lead.oai', 'volume.oai.agent']
    """
    kinds = ("volume.{}.api", "volume.{}.consumer", "rounds.{}", "lead.{}", "volume.{}.agent", "volume.{}.application")
    concerned = list(labs)
    order = [kind.format(lab) for kind in kinds for lab in concerned]
    return [name for name in order if name in names] or [name for name in names if name == "demand"]


def _arm(ds: xr.Dataset, arm: str | None) -> str:
    from rackrate.analysis import study_data

    if arm is not None:
        return arm
    others = [a for a in study_data.arms(ds) if a != study_data.baseline(ds)]
    if len(others) != 1:
        raise KeyError(f"arm is not given; expected one of {', '.join(others) or 'a study with two arms'}")
    return others[0]


def _seed(ds: xr.Dataset) -> int:
    if "seed" not in ds.attrs:
        raise ValueError("the study does not state its seed: it was joined of several; adjust each alone")
    return int(ds.attrs["seed"])


def _shared_drivers(texts: tuple[str, str], seed: int, numbers: tuple[int, ...]) -> tuple[list[str], np.ndarray]:
    """The drivers of those futures, which must be the same in both arms."""
    one, other = (_drivers_of(text, seed, numbers) for text in texts)
    if one[0] != other[0] or not np.array_equal(one[1], other[1]):
        raise ValueError("the arms do not draw the same drivers; nothing that both draw explains their difference")
    return one


def _chosen(controls: Sequence[str] | None, names: list[str], texts: tuple[str, str], futures: int) -> list[str]:
    from rackrate.analysis.adjusted import controls_allowed

    if controls is None:
        return default_controls(names, _labs_concerned(*texts))[: controls_allowed(futures)]
    for name in controls:
        if name not in names:
            raise KeyError(f"{name!r} is no driver of the study; expected some of {', '.join(names)}")
    return list(controls)


def _labs_concerned(one: str, other: str) -> list[str]:
    """Labs whose firms are parties of contracts that are not the same in both scenarios."""
    from rackrate.analysis import scenario_text

    trees = [scenario_text.tree_of(text) for text in (one, other)]
    contracts: list[dict[str, Any]] = [tree.get("contracts", {}) for tree in trees]
    firms = {
        str(firm)
        for name in {**contracts[0], **contracts[1]}
        if contracts[0].get(name) != contracts[1].get(name)
        for contract in (contracts[0].get(name, {}), contracts[1].get(name, {}))
        for firm in scenario_text.plain(contract.get("parties", []))
    }
    return [lab for lab in trees[0].get("labs", {}) if scenario_text.firm_of(trees[0], lab, "labs") in firms]


@lru_cache(maxsize=8)
def _drivers_of(text: str, seed: int, numbers: tuple[int, ...]) -> tuple[list[str], np.ndarray]:
    scenario = Scenario.parse(text, "results")
    span = range(min(numbers), max(numbers) + 1)
    names, values = _values(scenario, seed, span)
    return names, values[[number - span.start for number in numbers]]


@lru_cache(maxsize=8)
def _known(text: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and covariance of the drivers over futures that no study runs."""
    _, values = _values(Scenario.parse(text, "results"), seed, range(_FIRST_KNOWN, _FIRST_KNOWN + KNOWN_FROM))
    return values.mean(0), np.atleast_2d(np.cov(values, rowvar=False))


def _values(scenario: Scenario, seed: int, numbers: range) -> tuple[list[str], np.ndarray]:
    if numbers.step != 1 or len(numbers) == 0 or numbers.start < 0:
        raise ValueError(f"replications is {numbers}; expected a number above 0, or a range of numbers in steps of 1")
    names, values = _core.drivers(scenario._core, seed, numbers.start, len(numbers))
    return list(names), np.asarray(values, float).reshape(len(numbers), len(names))
