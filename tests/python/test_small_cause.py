"""A small cause has a small effect: one H100e more of Azure, and what it moves of every firm's premium."""

import pytest

from rackrate import small_cause
from rackrate.analysis import small_causes


def test_one_h100e_more_moves_no_premium_of_a_year_by_more_than_ten_of_it():
    frame = small_cause.changes(small_cause.study(range(3, 5), 200, "2026-07-01"))
    assert list(frame["year"]) == [1, 1]
    assert frame["small"].all(), frame
    assert (frame["most"] > 0).all()  # the cause is there: its owner has one more to write off


@pytest.mark.slow
def test_in_most_futures_it_does_not_in_two_years_tip_a_list():
    """The share of futures is stated, not all: docs/model.md 8.1 says what tips the rest."""
    frame = small_cause.changes(small_cause.study(20, 500, "2027-07-01"))
    shares = small_causes.shares(frame)
    assert shares["share"][1] >= 0.7
    assert shares["median"][1] <= 0.25 * small_causes.BOUND_USD
    assert shares["median"][2] <= 700 * small_causes.BOUND_USD  # with exact lists and a daily forecast 950 times
    lists = shares["a posted list of compute"] + shares["a posted list of tokens"]
    assert lists[1] <= 2
