"""One scenario with every value that has a stated range drawn: what a model predicts that does not know its parameters.

``python -m rackrate.drawn SCENARIO -o OUT.h5 --points 100`` writes the file.
"""

from __future__ import annotations

import argparse

from rackrate.options import seed_number
from rackrate.scenario import Scenario
from rackrate.study_request import StudyRequest
from rackrate.sweeps.uncertain import uncertain_factors
from rackrate.two_level import TwoLevelRequest, run_two_level


def request(scenario: Scenario | str, points: int, *, futures: int = 1, seed: int = 1) -> TwoLevelRequest:
    """``points`` draws of what the scenario states ranges for, ``futures`` random worlds at each.

    Raises: ScenarioError if a range cannot be drawn.
    """
    arms = {"drawn": scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)}
    wanted = StudyRequest(arms, "drawn", replications=futures, seed=seed_number(seed))
    return TwoLevelRequest(wanted, points, uncertain_factors(arms))


def main(arguments: list[str] | None = None) -> None:
    """``python -m rackrate.drawn SCENARIO -o OUT.h5 [--points N] [--futures N] [--seed N] [--threads N]``"""
    parser = argparse.ArgumentParser(description="Run a scenario at draws of every value with a stated range.")
    parser.add_argument("scenario")
    parser.add_argument("-o", "--out", required=True)
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--futures", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args(arguments)
    asked = request(given.scenario, given.points, futures=given.futures, seed=given.seed)
    run_two_level(asked, given.out, threads=given.threads, force=True, say=print)


if __name__ == "__main__":
    main()
