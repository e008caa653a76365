"""What the terminal shows of a result: sums in the unit of their size, no nan, nothing that was not run."""

import re
import sys
from io import StringIO

import pandas as pd
import pytest

from rackrate.cli import results

PRICE = 'extends = "toy-10"\n[labs.oai.streams.app]\nprice = "{} $/H100e-h"\n'


def words(text):
    return " ".join(text.split())


def test_a_small_premium_is_shown_in_its_own_unit(command, scenario_file):
    # 7 $ for 6 $: 1 $ x 108 H100e served x 24 h x 10 d = 25,920 $, in both futures.
    outcome = command("compare", "toy-10", scenario_file(PRICE.format(7), "dear7.toml"), "-o", "c.h5", "-n", "2")
    assert outcome.code == 0
    assert "worth 25.9 k$ to oai" in outcome.out
    assert "k$ on the valuation date" in outcome.out
    assert re.search(r"oai +\+25\.92 +\+25\.92 to \+25\.92", outcome.out)


def test_one_future_has_no_interval_and_no_nan(command, scenario_file):
    outcome = command(
        "compare", "toy-10", scenario_file(PRICE.format(7), "dear7.toml"), "-o", "c.h5", "-n", "1", "--decompose"
    )
    assert outcome.code == 0
    assert "one future" in outcome.out
    assert "Values with a stated range stay as they are written: these intervals hold futures alone." in outcome.out
    assert not re.search(r"\bnan\b|None|unknown to unknown", outcome.out)


def test_a_run_cut_short_marks_its_years_and_leaves_out_the_others(command):
    cut = command(
        "run", "openai-azure-amended", "-o", "cut.h5", "--until", "2025-09-01", "--set", "run.enterprises=60", "-q"
    )
    assert cut.code == 0, cut.err
    text = command("summary", "cut.h5").out
    # July and August 2025: the end of NVIDIA's fiscal 2026 lies in January, of Microsoft's in June, of Amazon's in December.
    assert "FY2025" in text and "FY2026" in text and "FY2027" not in text and "FY2031" not in text
    assert re.search(r"amazon +[\d.]+ \(Jul to Aug\)", text)
    assert re.search(r"microsoft +[\d.]+ \(to Aug\)", text)
    assert not re.search(r"(?<![\d.,])0\.00|nan", text)


@pytest.mark.parametrize("year", [None, float("nan")])
def test_a_column_of_break_even_years_may_be_all_empty(monkeypatch, year):
    from types import SimpleNamespace

    from rackrate import analysis

    table = pd.DataFrame({"layer": ["all", "all"], "question": "q", "group": "package", "firm": ["a", "b"], "pairs": 4,
                          "mean": [1.5, 0.0], "outcome_low": [1.0, 0.0], "outcome_high": [2.0, 0.0], "mean_low": [1.2, float("nan")],
                          "mean_high": [1.8, float("nan")], "p_negative": [0.0, 0.0], "break_even": [year, year]})  # fmt: skip
    monkeypatch.setattr(analysis, "premium_table", lambda ds: table, raising=False)
    monkeypatch.setattr(analysis, "headline", lambda *_: SimpleNamespace(sentence="so much"), raising=False)
    before, sys.stdout = sys.stdout, StringIO()
    try:
        monkeypatch.setattr(results, "_print_gains", lambda *_: None)
        results.print_premium(None, None)
        text = sys.stdout.getvalue()
    finally:
        sys.stdout = before
    assert "a +1.50 +1.00 to +2.00 +1.20 to +1.80 0 %" in words(text)
    assert "None" not in text and "nan" not in text and " b " not in words(text)
