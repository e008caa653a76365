"""Price elasticities as a run has them: where the literature puts them, and still there at its end."""

import numpy as np
import pytest

import rackrate as rr
from rackrate.elasticity_years import by_year

# Between providers of one model -1.1, stated as -0.5 to -3 (choice_parameters: LLM tokens, short run).
LITERATURE = (-3.0, -0.5)


def _scenario(form):
    return rr.Scenario.load("openai-azure-amended").override({"run.enterprises": 150, "choice.form": form})


@pytest.fixture(scope="module")
def by_form():
    return {form: by_year(_scenario(form)) for form in ("log", "linear")}


def test_own_elasticities_stay_where_the_literature_puts_them_over_the_horizon(by_form):
    offers = by_form["log"]["offers"]
    assert len(offers) == 6  # the start, which is a 1 July, and five summers
    assert offers.between(*LITERATURE).all(), offers
    assert abs(offers.iloc[-1] / offers.iloc[0] - 1.0) < 0.25, offers


def test_those_of_the_linear_form_fade_with_prices(by_form):
    linear, log = by_form["linear"]["offers"], by_form["log"]["offers"]
    assert linear.iloc[-1] / linear.iloc[0] < log.iloc[-1] / log.iloc[0] - 0.1  # .91 and 1.04


def test_what_a_dearer_offer_loses_others_gain():
    simulation = rr.Simulation(_scenario("log"))
    table = simulation.elasticities("offer")
    own = np.diag(table)
    off = table.to_numpy()[~np.eye(len(table), dtype=bool)]
    assert (own < 0).all()
    assert (off > -0.35).all()  # volume answers what is offered, which a dearer offer makes worse
    assert (
        simulation.elasticities("offer", settled=True).to_numpy().diagonal().mean() < own.mean()
    )  # nothing holds them


def test_a_group_that_does_not_exist_is_named():
    with pytest.raises(rr.ScenarioError, match=r"by is 'cloud'; expected \"lab\" or \"offer\""):
        rr.Simulation("toy-10").elasticities("cloud")


def test_the_command_prints_a_row_for_each_year(command):
    outcome = command(
        "elasticities", "openai-azure-amended", "--set", "run.enterprises=20", "--set", "run.end=2026-08-01"
    )
    assert outcome.code == 0
    assert "2025-07-01" in outcome.out and "2026-07-01" in outcome.out and "offers" in outcome.out
