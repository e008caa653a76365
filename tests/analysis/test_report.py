import os
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pandas as pd
import pytest
import xarray as xr

import rackrate as rr
from rackrate import analysis as an

from . import browser, synthetic


@pytest.fixture(scope="module")
def structural(study):
    return an.structural(
        {
            "plain logit": synthetic.study(8, effect=0.4),
            "list prices frozen": synthetic.study(8, effect=1.3),
            "as it stands": None,
        },
        reference=study,
    )


ALONE = ["amended", "exclusive"]  # exclusivity alone; with the third arm the headline is that of the package


@pytest.fixture(scope="module")
def page(study, structural, tmp_path_factory):
    return an.report(study, tmp_path_factory.mktemp("report") / "report.html", structural=structural)


def test_the_headline_names_holder_lab_losers_and_the_structural_range(study, structural):
    alone = study.sel(arm=ALONE)
    words = an.headline(alone, an.premium_table(alone), structural).sentence
    assert words.startswith("Given these assumptions, Azure’s exclusivity over OpenAI is worth ")
    assert re.search(
        r"B\$ to Microsoft through 2030; it takes [\d.]+ B\$ from Amazon and [\d.]+ B\$ from OpenAI", words
    )
    low, high = an.structural_range(structural).loc["microsoft", ["low", "high"]]
    assert f"+{low:.1f} B$ to +{high:.1f} B$" in words and "Across 2 other settings of the model" in words


def test_swapping_the_roles_of_two_clouds_swaps_sign_and_words(study, swapped):
    first, second = (an.premium(ds)["mean"] for ds in (study, swapped))
    assert first.sel(firm="microsoft") > 0 > first.sel(firm="amazon")
    assert second.sel(firm="amazon") > 0 > second.sel(firm="microsoft")
    alone = swapped.sel(arm=ALONE)
    words = an.headline(alone, an.premium_table(alone)).sentence
    assert words.startswith("Given these assumptions, AWS’s exclusivity over OpenAI is worth ")
    assert re.search(r"B\$ to Amazon .*it takes [\d.]+ B\$ from Microsoft", words)


def test_an_exclusivity_that_hurts_its_holder_is_said_to_cost():
    bad = synthetic.study(12, effect=-1.0).sel(arm=ALONE)
    words = an.headline(bad, an.premium_table(bad)).sentence
    assert re.search(r"exclusivity over OpenAI costs Microsoft [\d.]+ B\$ .*it gives [\d.]+ B\$ to Amazon", words)


def test_no_difference_is_called_no_measurable_effect():
    null = synthetic.study(12, effect=0.0).sel(arm=ALONE)
    words = an.headline(null, an.premium_table(null))
    assert "has no measurable effect on Microsoft" in words.sentence and words.mean == 0.0


def test_without_scenario_text_the_arms_are_named_as_they_are(study):
    bare = study.drop_vars(["scenario", "scenario_digest"])
    words = an.headline(bare, an.premium_table(bare)).sentence
    assert "the regime “exclusive” rather than “amended”" in words and "microsoft" in words


def test_the_page_needs_nothing_but_itself(page):
    html = page.read_text("utf-8")
    assert "default-src 'none'" in html and "<script" not in html
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)|url\(([^)]+)\)|@import""", html)
    for target in (a or b for a, b in loaded):
        # links to sources are for readers to follow; nothing may be fetched
        assert target.startswith(("#", "data:", "https://example.org/")), target
    assert oct(os.stat(page).st_mode & 0o777) == "0o644"
    assert not list(page.parent.glob("*.part"))


def test_every_figure_has_title_units_and_arm_labels(study):
    figures = {
        "fan": an.figure.fan(study, "revenue", firm="microsoft"),
        "share": an.figure.fan(study, "market_share", firm="amazon", layer="infrastructure"),
        "paired": an.figure.fan(study, "gross_profit", firm="openai", paired=True),
        "placement": an.figure.placement_flows(study, "openai"),
        "unserved": an.figure.unserved(study),
        "scarcity": an.figure.scarcity(study),
    }
    units = {
        "fan": "B$ per month",
        "share": "%",
        "paired": "B$ per month",
        "placement": "% of units",
        "unserved": "% of demand",
        "scarcity": "% of days with a scarcity rent",
    }
    for key, drawing in figures.items():
        text = an.figure.svg(drawing, key, "words")
        words = " ".join(
            "".join(e.itertext()) for e in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")
        )
        assert drawing.get_suptitle() in words and units[key] in words, key
        for arm in synthetic.ARMS[1:] if key == "paired" else synthetic.ARMS:
            assert arm in words, (key, arm)


def test_the_same_study_gives_the_same_page(study, page, structural, tmp_path):
    again = an.report(study, tmp_path / "again.html", structural=structural)
    assert again.read_bytes() == page.read_bytes()


def test_assumptions_carry_range_grade_and_source(page):
    html = page.read_text("utf-8").split("Values with a range</h3>")[1]
    row = re.search(
        r"<tr><td><code>contracts\.openai-host\.versions\.amended-2026\.clauses\.share\.cap</code>.*?</tr>",
        html,
    ).group()
    assert "38 B$" in row and "25 B$ to 50 B$" in row and ">W<" in row and "One press report" in row
    inherited = re.search(
        r"<tr><td><code>contracts\.openai-host\.versions\.amended-2026\.signed</code>.*?</tr>", html
    ).group()
    assert ">R<" in inherited and "Joint statement" in inherited


def test_text_from_a_scenario_cannot_become_markup(study):
    evil = synthetic.with_scenarios(
        study,
        lambda text: (
            text.replace("Rental price survey", "<img src=x onerror=alert(1)>")
            .replace("https://example.org/rates", "javascript:alert(1)")
            .replace('title = "Microsoft"', 'title = "<b>Micro</b>soft"')
        ),
    )
    from rackrate.analysis.page import html

    text = html(evil)
    assert "<img" not in text and "javascript:" not in text and "<b>" not in text
    assert "&lt;b&gt;Micro&lt;/b&gt;soft" in text


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_it_without_scrolling_sideways_or_a_word_on_the_console(page, width, tmp_path):
    seen = browser.probe(page, width, tmp_path)
    assert seen["inner"] == width and seen["scroll"] <= width and seen["wide"] == [] and seen["squeezed"] == []
    assert seen["requests"] == [] and seen["console"] == [] and seen["scripts"] == 0
    assert seen["svgs"] > 10 and len(seen["ids"]) == len(set(seen["ids"]))


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine")
def test_the_probe_sees_what_it_is_there_to_see(tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<body><div class=w style="width:2000px">x</div><img src="dot.svg"><script>console.error("boo")</script>'
    )
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    seen = browser.probe(bad, 400, tmp_path)
    assert seen["scroll"] > 400 and seen["wide"] and seen["requests"] and seen["console"]


def test_the_page_lists_every_value_in_which_an_arm_differs(page):
    html = page.read_text("utf-8")
    # the two arms differ by one flag, and by their titles, which are no values
    assert "What differs in exclusive (1 value)" in html
    row = html.split("What differs in exclusive (1 value)")[1].split("</tr>")[1]
    assert "clauses.api-exclusive.enabled" in row and "<td>false</td><td>true</td>" in row


def test_one_arm_gets_a_page_of_its_own(study, tmp_path):
    for one in (study.sel(arm=["amended"]), study.sel(arm="amended")):
        html = an.report(one, tmp_path / "one.html").read_text("utf-8")
        for heading in (
            "What each firm earns",
            "Who pays whom",
            "Where the work runs",
            "What customers get",
            "Concentration",
            "Contracts",
        ):
            assert f"<h2>{heading}</h2>" in html
        # Nothing is compared: no premium, no difference, no baseline.
        for word in ("premium", "exclusivity is worth", "baseline", "minus", "difference"):
            assert word not in re.sub(r"<svg.*?</svg>|<style.*?</style>", "", html, flags=re.S).lower(), word
        worth = study["npv"].sel(arm="amended", firm="microsoft").mean().item() / 1e9
        assert f"<td>Microsoft</td><td class=n>{worth:.1f}</td>" in html and f"Microsoft earns {worth:.0f} B$" in html


def test_a_report_of_less_than_a_month_is_written(tmp_path):
    # toy-10 runs ten days; its first four are one third of a month.
    toy = rr.Scenario.load("toy-10")
    dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"}, name="dear")
    for ds in (rr.run(toy, progress=False), rr.compare([toy, dear], replications=2, progress=False)):
        html = an.report(ds, tmp_path / "r.html").read_text("utf-8")
        assert "through 10 January 2026" in html and "nan" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.S).lower()


def test_the_report_never_replaces_its_study(study, tmp_path):
    few = study.sel(arm=["amended"]).isel(replication=[0])
    path = tmp_path / "st.h5"
    few.to_netcdf(path, engine="h5netcdf")
    (tmp_path / "link.html").symlink_to(path)
    os.link(path, tmp_path / "hard.html")
    before = path.read_bytes()
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        for target in (path, tmp_path / "." / "st.h5", tmp_path / "link.html", tmp_path / "hard.html"):
            with pytest.raises(ValueError, match="would replace the study itself; give another name, such as"):
                an.report(ds.isel(replication=[0]), target)
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="is a folder"):
        an.report(few, tmp_path)
    with pytest.raises(ValueError, match="does not exist; create"):
        an.report(few, tmp_path / "no" / "r.html")


def test_a_report_follows_a_link_and_keeps_the_mode_of_a_file(study, tmp_path):
    few = study.sel(arm=["amended"]).isel(replication=[0])
    (tmp_path / "far").mkdir()
    real = tmp_path / "far" / "real.html"
    real.write_text("old")
    real.chmod(0o600)
    (tmp_path / "link.html").symlink_to(real)
    an.report(few, tmp_path / "link.html")
    assert (tmp_path / "link.html").is_symlink() and real.read_text("utf-8").startswith("<!doctype html>")
    assert real.stat().st_mode & 0o777 == 0o600 and [p.name for p in (tmp_path / "far").iterdir()] == ["real.html"]


FORMULA = r"cost $\\foo{$ x^{$ [red]y[/red] _z"


def test_titles_are_text_and_no_formulas(study, tmp_path):
    evil = synthetic.with_scenarios(
        study, lambda t: re.sub('title = "(Microsoft|Azure|AWS|Amazon|OpenAI)"', lambda m: f'title = "{FORMULA}"', t)
    )
    shown = "cost $\\foo{$ x^{$ [red]y[/red] _z"
    assert shown in an.headline(evil, an.premium_table(evil)).sentence
    html = an.report(evil, tmp_path / "r.html").read_text("utf-8")
    assert shown in html
    # Whoever saves a figure does so without the house's settings.
    for drawing in (
        an.figure.fan(evil, "revenue", firm="microsoft"),
        an.figure.placement_flows(evil, "openai"),
        an.figure.premium_by_firm(evil),
        an.figure.contract_timeline(evil),
        an.figure.scarcity(evil),
        an.figure.who_pays_whom(evil),
    ):
        drawing.savefig(tmp_path / "f.png")
        drawing.savefig(tmp_path / "f.pdf")


def test_an_arm_whose_name_begins_with_an_underscore_is_in_the_legend(study):
    odd = study.sel(arm=["amended", "exclusive"]).assign_coords(arm=["amended", "_x"]).drop_vars("scenario")
    assert "_x" in an.figure.svg(an.figure.unserved(odd), "u", "words").split("</svg>")[0].split("aria-label")[1]


def test_panels_in_which_nothing_moves_become_a_sentence(study):
    from rackrate.analysis.page import html

    flat = study.isel(replication=slice(0, 4)).copy(deep=True)
    flat["unserved"] = 0 * flat["unserved"]
    flat["served"] = flat["served"] * 0 + 1.0
    flat["scarce_days"] = 0 * flat["scarce_days"]
    flat["wait"] = 0 * flat["wait"] + 1e-18
    flat["adoption"] = 0 * flat["adoption"] + 0.5
    page = re.sub(r"<svg.*?</svg>", lambda m: m.group()[:200], html(flat), flags=re.S)
    assert "No compute demand goes unserved." in page and "No cloud’s capacity is short on any day." in page
    assert "Days on which capacity is short" not in page and "e-18" not in page and "e-15" not in page
    same = re.search(r"No difference: ([^<]*mean wait[^<]*)", page).group(1)
    assert "unserved compute" in same and "adopters at the end" in same
    # One seller of applications in this study would be 10,000 in every future: a sentence, no row.
    alone = study.isel(replication=slice(0, 4)).copy(deep=True)
    for name in ("revenue", "market_share"):
        alone[name].loc[{"layer": "application"}] = 0.0
    alone["revenue"].loc[{"layer": "application", "firm": "google"}] = 5.0
    alone["market_share"].loc[{"layer": "application", "firm": "google"}] = 1.0
    assert "One seller has all of it (index 10,000): application." in html(alone)


def test_every_panel_of_a_chart_holds_its_own_numbers(study):
    # The second arm earns three times what the first does: a range fixed by the first panel would cut it off.
    dear = study.copy(deep=True)
    dear["revenue"].loc[{"arm": "exclusive"}] = 3 * dear["revenue"].sel(arm="exclusive").values
    for ds in (dear, dear.isel(time=slice(0, 1))):
        drawing = an.figure.fan(ds, "revenue", firm="microsoft")
        most = float(ds["revenue"].sel(arm="exclusive", firm="microsoft").sum("layer").median("replication").max())
        low, high = drawing.axes[1].get_ylim()
        shown = max(line.get_ydata().max() for line in drawing.axes[1].get_lines() if line.get_label() == "median")
        assert low == 0 and shown <= high and round(most / shown) in (1e9, 1e6)


def test_a_chart_of_one_month_shows_that_month(study):
    one = study.isel(time=slice(0, 1))
    for drawing in (an.figure.fan(one, "revenue", firm="microsoft"), an.figure.unserved(one)):
        low, high = drawing.axes[0].get_xlim()
        assert 28 <= high - low <= 31


def test_a_difference_that_is_the_same_in_every_month_is_not_called_none(tmp_path):
    from rackrate.analysis.page import html

    dear = rr.Scenario.load("toy-10").override({"labs.oai.streams.app.price": "7 $/H100e-h"}, name="dear")
    page = html(rr.compare({"toy-10": "toy-10", "dear": dear}, replications=2, progress=False))
    # 1 $ more for 120 H100e x 24 h x 10 d less what is not served: 25,920 $ in the one month, whose books hold no interval.
    assert (
        "oai’s gross profit differs by +25.9 k$ in every month and future." in page
        and "shows no difference" not in page
    )
    assert "(1 month of it was run)" in page and "What differs in dear (1 value)" in page
    # Outlays of the consumers: 155,520 $ before. Small sums stand in their own unit.
    assert "<td>consumer outlay</td><td>k$, discounted</td><td class=n>156</td><td class=n>+25.92</td>" in page


def test_a_row_of_measures_has_one_unit_and_no_more_figures_than_its_largest_number():
    from rackrate.analysis import page_tables

    rows = [
        ("share", "%", 0.0796, 0.00194, 0.000000447, 0.00522),
        ("outlay", "B$, discounted", 460.0, -0.00588, -0.0223, 0.00476),
    ]
    frame = pd.DataFrame(
        [
            dict(
                zip(["measure", "unit", "baseline", "mean", "outcome_low", "outcome_high"], r, strict=True),
                mean_low=-r[5],
                mean_high=r[5],
            )
            for r in rows
        ]
    )
    shown = page_tables.service(frame)
    assert (
        "<td>share</td><td>%</td><td class=n>0.0796</td><td class=n>+0.00194</td><td class=n>&lt;0.00001 to +0.00522</td>"
        in shown
    )
    assert (
        "<td>outlay</td><td>M$, discounted</td><td class=n>460,000</td><td class=n>−5.88</td><td class=n>−22.30 to +4.76</td>"
        in shown
    )


def test_charts_and_tables_of_premiums_have_one_unit():
    # The largest premium is half a billion: M$ in the table, so M$ on the axis.
    small = synthetic.study(8, effect=0.02)
    table = an.premium_table(small)
    name = re.search(r"Mean, (\S+?)<", page_tables_premium(small, table)).group(1)
    axis = an.figure.premium_by_firm(small, table).axes[0].get_xlabel()
    assert axis.startswith(f"{name} on the valuation date")


def page_tables_premium(ds, table):
    from rackrate.analysis import page_tables, scenario_text

    return page_tables.premium(table, scenario_text.tree(ds, "amended"))


def test_a_setting_to_which_nothing_answers_does_not_repeat_the_study(study):
    from rackrate.analysis import page_tables

    table = an.structural(
        {"other reading": study, "list prices frozen": synthetic.study(8, effect=1.3)}, reference=study
    )
    rows = dict(re.findall(r"<tr><td>([^<]*)</td>.*?<td>([^<]*)</td></tr>", page_tables.structural(table, "microsoft")))
    assert "other reading" not in rows and rows["list prices frozen"] == "run again"


def test_a_colour_means_one_thing_on_a_page(page):
    from rackrate.analysis.figure import style

    assert not set(style.PALETTE) & {*style.PLACES, style.AMOUNT, style.PREMIUM}
    blue, orange = style.PALETTE[:2]
    for name, part in (
        (n, p) for n, p in re.findall(r'<svg role="img" aria-label="([^"]*)"(.*?)</svg>', page.read_text("utf-8"), re.S)
    ):
        coloured = blue.lower() in part or orange.lower() in part
        assert coloured == any(
            words in name for words in ("revenue.", "market share", "gross profit", "goes unserved")
        ), name


def test_charts_and_columns_are_called_by_the_scenarios_titles(study):
    from rackrate.analysis.page import html

    named = synthetic.with_scenarios(
        study,
        lambda t: (
            t.replace('title = "amended"', 'title = "What happened: the amendment"')
            .replace('title = "exclusive"', 'title = "All but one thing: the right stays"')
            .replace('title = "october-2025"', 'title = "The older contract"')
        ),
    )
    assert [
        t.get_text()
        for t in an.figure.fan(named, "revenue", firm="amazon").findobj()
        if hasattr(t, "get_text") and "What happened" in t.get_text()
    ]
    page = html(named)
    assert "Exclusivity alone: All but one thing minus What happened" in page
    assert "<th scope=col class=n>What happened</th>" in page


def test_every_head_of_a_table_says_its_scope_and_wide_tables_hint_at_more(page):
    html = page.read_text("utf-8")
    assert re.findall(r"<th[ >]", html) and not re.findall(r"<th(?! scope=col)[ >]", html)
    for hint, head in re.findall(
        r'(<p class="hint">[^<]*</p>)?<div class="scroll"[^>]*><table[^>]*><thead><tr>(.*?)</tr>', html, re.S
    ):
        assert bool(hint) == (head.count("<th") > 2)


def test_a_column_has_one_unit(page):
    html = page.read_text("utf-8")
    for body in re.findall(r"<tbody>(.*?)</tbody>", html.split("<h2>Assumptions")[0], re.S):
        cells = re.findall(r"<td class=n>([^<]*)</td>", body)
        assert not [c for c in cells if re.search(r"[BMk]?\$", c)]  # the unit stands in the head


@pytest.mark.skipif(
    browser.CHROMIUM is None or shutil.which("pdfinfo") is None, reason="no Chromium or no pdfinfo on this machine"
)
def test_a_printed_page_has_at_most_fifteen_sheets(page, tmp_path):
    subprocess.run(
        [
            browser.CHROMIUM,
            *browser._FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={tmp_path / 'page.pdf'}",
            str(page),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    told = subprocess.run(["pdfinfo", str(tmp_path / "page.pdf")], check=True, capture_output=True, text=True).stdout
    assert 3 <= int(re.search(r"Pages:\s+(\d+)", told).group(1)) <= 15


def test_assumptions_stand_last_and_in_brief_on_paper(page):
    html = page.read_text("utf-8")
    sections = re.findall(r"<h2>(.*?)</h2>", html)
    assert sections[-1] == "Assumptions"
    paper = re.search(r'<div class="paper">.*?</ul>', html, re.S).group()
    assert "share.cap</code> 38 B$ (25 B$ to 50 B$) W" in paper
    style = re.search(r"@media print\{(.*)</style>", html, re.S).group(1)
    assert ".folds{display:none}" in style.replace(".hint,", "") and "details-content" not in html


def test_no_message_points_to_a_folder_that_an_installed_package_has_not():
    from importlib.resources import files

    for source in files("rackrate.analysis").iterdir():
        if source.name.endswith(".py"):
            assert "docs/" not in source.read_text("utf-8"), source.name
