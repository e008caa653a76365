"""A notebook shows what one wants to know first, escaped, and short."""

import pytest

import rackrate as rr
from rackrate import notebook_views, progress


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10")


def test_a_scenario_shows_its_title_horizon_and_parts(toy):
    html = toy._repr_html_()
    for words in ("toy-10", "Ten days, two clouds, two labs", "2026-01-01 to 2026-01-11", "aws, az", toy.digest[:12]):
        assert words in html
    assert len(html) < 4000


def test_text_of_a_scenario_is_no_markup():
    html = rr.Scenario.parse('extends = "toy-10"\ntitle = "<script>alert(1)</script> & more"')._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html


def test_a_verdict_names_the_clause_that_decides(toy):
    verdict = toy.feasible(lab="oai", product="consumer", channel="direct", host="aws", date="2026-01-06")
    html = verdict._repr_html_()
    assert "<b>NO</b>" in html and "oai-az, first, exclusive" in html and "until 2026-01-07" in html


def test_a_simulation_says_where_it_stands(toy):
    simulation = rr.Simulation(toy)
    simulation.run_until("2026-01-05")
    assert "2026-01-05 00:00:00" in simulation._repr_html_()


def test_a_study_says_its_arms_and_months(toy):
    ds = rr.run(toy)
    html = ds.rackrate._repr_html_()
    assert "toy-10" in html and "2026-01 to 2026-01" in html and ds.attrs["fingerprint"][:12] in html
    assert len(html) < 4000
    assert notebook_views.dataset(ds).startswith(html)
    # A run that was ended early speaks of the months that it reached.
    early = rr.run(toy.override({"run.end": "2026-03-11"}), until="2026-02-03")
    assert "2026-01 to 2026-02" in early.rackrate._repr_html_() and "2026-03" not in early.rackrate._repr_html_()
    ds.attrs.clear()  # somebody else's dataset is shown as ever
    assert "<b>study</b>" not in notebook_views.dataset(ds)


def test_ipython_shows_datasets_of_ours_with_the_study_on_top(monkeypatch, toy):
    import sys
    import types

    formatters = pytest.importorskip("IPython.core.formatters")
    shell = types.SimpleNamespace(display_formatter=formatters.DisplayFormatter())
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: shell)
    notebook_views.register()
    shown, _ = shell.display_formatter.format(rr.run(toy))
    assert shown["text/html"].startswith("<table><caption") and "<b>study</b>" in shown["text/html"]


def test_a_bar_is_drawn_only_where_somebody_looks(monkeypatch, capsys):
    monkeypatch.setattr(progress, "_MOMENT", 0.0)
    with progress.bar() as advance:
        assert advance is None  # under pytest standard error is no terminal
    monkeypatch.setattr(progress, "watched", lambda: True)
    with progress.bar() as advance:
        advance(3, 8)
    assert "3/8" in capsys.readouterr().err  # of runs: arms times replications
    monkeypatch.setattr(progress, "_MOMENT", 60.0)
    with progress.bar() as advance:
        advance(3, 8)  # less than a moment of work: nothing flickers
    assert capsys.readouterr().err == ""
    with progress.bar(False) as advance:
        assert advance is None


def test_a_workbook_holds_the_table_of_quarters(toy, tmp_path):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("openpyxl")
    ds = rr.run(toy)
    ds.rackrate.to_excel(tmp_path / "book.xlsx")
    sheets = pd.read_excel(tmp_path / "book.xlsx", sheet_name=None)
    assert list(sheets) == ["quarters", "years", "fiscal years"]
    rows = sheets["years"]
    # 155,520 $ in all, as in the docstring of rr.run
    assert rows[rows["firm"] == "oai"]["revenue"].sum() == pytest.approx(155520e-9)
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_workbook_without_its_library_says_what_to_type(monkeypatch, toy, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'rackrate\[excel\]'"):
        rr.run(toy).rackrate.to_excel(tmp_path / "book.xlsx")


def test_the_summary_as_a_parquet_file_is_the_table_of_the_csv(command, tmp_path):
    import io

    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert command("run", "toy-10", "-o", "o.h5", "-q").code == 0
    assert command("summary", "o.h5", "--parquet", "o.parquet").code == 0
    text = command("summary", "o.h5", "--csv").out
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "o.parquet"), pd.read_csv(io.StringIO(text)), check_dtype=False, atol=1e-9
    )
    again = command("summary", "o.h5", "--parquet", "o.parquet")
    assert again.code == 2 and "exists already" in again.err
    both = command("summary", "o.h5", "--parquet", "p.parquet", "--csv")
    assert both.code == 2 and "--csv and --parquet exclude each other" in both.err
    itself = command("summary", "o.h5", "--parquet", "o.h5", "--force")
    assert itself.code == 2 and "expected another file than the study o.h5" in itself.err
