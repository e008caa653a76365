import os
import re
from xml.etree import ElementTree

import pytest

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


@pytest.fixture(scope="module")
def page(study, structural, tmp_path_factory):
    return an.report(study, tmp_path_factory.mktemp("report") / "report.html", structural=structural)


def test_the_headline_names_holder_lab_losers_and_the_structural_range(study, structural):
    table = an.premium_table(study)
    words = an.headline(study, table, structural).sentence
    assert words.startswith("Given these assumptions, Azure’s exclusivity over OpenAI is worth ")
    assert re.search(
        r"B\$ to Microsoft through 2030; it takes [\d.]+ B\$ from Amazon and [\d.]+ B\$ from OpenAI", words
    )
    low, high = an.structural_range(structural).loc["microsoft", ["low", "high"]]
    assert f"+{low:.1f} B$ to +{high:.1f} B$" in words


def test_swapping_the_roles_of_two_clouds_swaps_sign_and_words(study, swapped):
    first, second = (an.premium(ds)["mean"] for ds in (study, swapped))
    assert first.sel(firm="microsoft") > 0 > first.sel(firm="amazon")
    assert second.sel(firm="amazon") > 0 > second.sel(firm="microsoft")
    words = an.headline(swapped, an.premium_table(swapped)).sentence
    assert words.startswith("Given these assumptions, AWS’s exclusivity over OpenAI is worth ")
    assert re.search(r"B\$ to Amazon .*it takes [\d.]+ B\$ from Microsoft", words)


def test_an_exclusivity_that_hurts_its_holder_is_said_to_cost():
    bad = synthetic.study(12, effect=-1.0)
    words = an.headline(bad, an.premium_table(bad)).sentence
    assert re.search(
        r"exclusivity over OpenAI costs Microsoft [\d.]+ B\$ .*it gives [\d.]+ B\$ to Amazon", words
    )


def test_no_difference_is_called_no_measurable_effect():
    null = synthetic.study(12, effect=0.0)
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
            "".join(e.itertext())
            for e in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")
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
        lambda text: text.replace("Rental price survey", "<img src=x onerror=alert(1)>")
        .replace("https://example.org/rates", "javascript:alert(1)")
        .replace('title = "Microsoft"', 'title = "<b>Micro</b>soft"'),
    )
    from rackrate.analysis.page import html

    text = html(evil)
    assert "<img" not in text and "javascript:" not in text and "<b>" not in text
    assert "&lt;b&gt;Micro&lt;/b&gt;soft" in text


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_it_without_scrolling_sideways_or_a_word_on_the_console(page, width, tmp_path):
    seen = browser.probe(page, width, tmp_path)
    assert (
        seen["inner"] == width and seen["scroll"] <= width and seen["wide"] == [] and seen["squeezed"] == []
    )
    assert seen["requests"] == [] and seen["console"] == [] and seen["scripts"] == 0
    assert seen["svgs"] > 10 and len(seen["ids"]) == len(set(seen["ids"]))


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine")
def test_the_probe_sees_what_it_is_there_to_see(tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<body><div class=w style="width:2000px">x</div><img src="dot.svg">'
        '<script>console.error("boo")</script>'
    )
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    seen = browser.probe(bad, 400, tmp_path)
    assert seen["scroll"] > 400 and seen["wide"] and seen["requests"] and seen["console"]


def test_the_page_lists_every_value_in_which_an_arm_differs(page):
    html = page.read_text("utf-8")
    # the two arms differ by one flag, and by their titles, which are no values
    assert "What differs in exclusive (1 values)" in html
    row = html.split("What differs in exclusive (1 values)")[1].split("</tr>")[1]
    assert "clauses.api-exclusive.enabled" in row and "<td>false</td><td>true</td>" in row
