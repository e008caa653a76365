"""A name of the user's never meets one of ours: it is refused at its place, or means what any other name would mean."""

import functools
import json
import re
import unicodedata

import numpy as np
import pytest
import xarray as xr

import rackrate as rr
from rackrate import _core, cli
from rackrate.toml_text import to_toml

# A world without chance (random numbers are addressed by names, so a renamed world would have other luck). Names in
# capitals are the plain ones that a test replaces, wherever they stand.
WORLD = {
    "title": "a world of plain names", "source": "SOURCE", "grade": "A",
    "sources": {"SOURCE": {"title": "own"}},
    "run": {"start": "2026-01-01", "end": "2026-01-06", "discount_rate": "0 %/y"},
    "regions": {"REGION": {}, "two": {}},
    "firms": {"FIRM": {}, "cloudy": {}, "maker": {}, "lab": {}},
    "supply": {"VENDOR": {"firm": "maker", "CHIP": {"h100e": 1}}},
    "prices": {"rule": "frozen"},
    "clearing": {"rho_max": 1, "latency": "0 $/H100e-h"},
    "clouds": {
        "CLOUD": {"firm": "FIRM", "channel": "CHANNEL", "invests": False, "price": "2 $/H100e-h", "capital": {
            "guidance": {"SPAN": {"from": "2026-01-01", "until": "2027-01-01", "spending": "1 B$/y"}},
            "known_demand": {"POINT": {"date": "2026-01-01", "compute": "100 H100e"}}}, "regions": {
            "REGION": {"share": 1, "fleet": {"CHIP": 100}, "lots": {"LOT": {"chip": "CHIP", "units": 50, "arrives": "2026-01-03"}},
                       "sites": {"SITE": {"power": "1 MW", "energised": "2026-01-04"}}}}},
        "second": {"firm": "cloudy", "invests": False, "price": "3 $/H100e-h", "regions": {"two": {"share": 1, "fleet": {"CHIP": 100}}}},
    },
    "channels": {"direct": {}, "CHANNEL": {"cloud": "CLOUD", "firm": "FIRM"}, "seats": {"firm": "cloudy"}},
    "labs": {"LAB": {"firm": "lab", "routes": {"CLOUD": {"serving_cost": "1 $/H100e-h"}, "second": {"serving_cost": "2 $/H100e-h"}},
                     "streams": {"STREAM": {"product": "consumer", "compute": "120 H100e", "price": "6 $/H100e-h", "efficiency_applies": False}},
                     "runs": {"RUN": {"submitted": "2026-01-02", "size": "20 H100e", "duration": "2 d", "clouds": ["CLOUD"]}},
                     "chips": {"VENDOR": {"time": "6 mo"}}, "items": {"CHANNEL": {"state": "2026-01-03"}},
                     "cash": {"opening": "1 B$", "rounds": {"ROUND": {"date": "2026-01-03", "amount": "1 k$"}}}}},
    "applications": {"APPLICATION": {"firm": "cloudy", "lab": "LAB", "channel": "seats", "seats": 1000, "installed_base": 2000,
                                     "revenue_per_seat": "30 $/mo", "compute_per_million_seats": "900 H100e/M"}},
    "segments": {"SEGMENT": {"enterprises": 10, "sample_share": 1, "adopters": 1, "workloads_per_year": 4, "units_per_day": 1, "regions": {"REGION": 1}, "products": {"api_stateless": 1}, "incumbent": {"CLOUD": 1}}},
    "contracts": {
        "CONTRACT": {"parties": ["lab", "FIRM", "cloudy"], "versions": {"VERSION": {
            "signed": "2026-01-01", "effective": "2026-01-01", "ends": "2026-03-01", "clauses": {
                "CLAUSE": {"kind": "commit", "payer": "lab", "payee": "FIRM", "amount": "900 k$", "until": "2026-02-01"},
                "grant": {"kind": "grant", "role": "HOST", "grantee": ["CLOUD", "second"], "scope": {"labs": ["LAB"], "segments": ["SEGMENT"]}},
                "open": {"kind": "grant", "role": "HOST", "grantee": ["CLOUD", "second"], "scope": {"labs": ["LAB"]}},
                "licence": {"kind": "licence", "holder": "seats", "scope": {"labs": ["LAB"]}},
                "hosting": {"kind": "hosting", "lab": "LAB", "host": "CLOUD", "price": "2 $/H100e-h"},
                "share": {"kind": "revshare", "payer": "lab", "payee": "FIRM", "lab": "LAB", "rate": "20 %"},
                "later": {"kind": "trigger", "on": "2026-01-04", "switches_off": ["CONTRACT/share", "CLAUSE"]},
            }}}},
    },
}  # fmt: skip
PLAIN = ("SOURCE", "REGION", "FIRM", "VENDOR", "CHIP", "CLOUD", "LOT", "SITE", "SPAN", "POINT", "CHANNEL", "LAB", "STREAM", "ROUND", "RUN",
         "APPLICATION", "SEGMENT", "CONTRACT", "VERSION", "CLAUSE")  # fmt: skip

OURS = sorted({
    "suppliers", "services", "rest_of_world", "enterprises", "consumers", "investors", "all", "market", "commercial", "us_natsec", "direct", "m365", "override",
    "value", "low", "high", "source", "grade", "note", "title", "kind", "firm", "scope", "fleet", "regions", "contracts", "parties",
    "time", "arm", "replication", "baseline", "layer", "clause", "index", "month", "period", "application", "model", "consumer", "HOST", "grant",
    "never", "always", "none", "None", "nan", "NA", "inf", "true", "0", "-1", "1e5", "2026", "2026-01-01", "-", "x-from-2026-01-03", "values", "sel",
})  # fmt: skip
NASTY = ["", " ", "a b", "a.b", "a/b", "a\\b", "a'b", 'a"b', "[a]", "a#b", "a=b", "a\nb", "a\tb", "a\x01b", "é", "e\u0301", "a\u200bb", "\u202eab", "\ufeffa", "\uff21",
         "а", "x" * 81, "x" * 5000, "*", "%s", "{}", "<b>", "../a"]  # fmt: skip


def renamed(tree, names):
    """The world with plain names replaced: as keys, as values, and in "contract/clause"."""
    if isinstance(tree, dict):
        return {names.get(key, key): renamed(value, names) for key, value in tree.items()}
    if isinstance(tree, list):
        return [renamed(value, names) for value in tree]
    return "/".join(names.get(part, part) for part in tree.split("/")) if isinstance(tree, str) else tree


def scenario_of(names=None):
    tree = renamed(WORLD, names or {})
    return rr.Scenario.parse("\n".join(f"{key} = {to_toml(value)}" for key, value in tree.items()), "world.toml")


def accepted(plain, name):
    """The scenario with one table renamed; None where the name is refused, which must be in one sentence with its place."""
    try:
        return scenario_of({plain: name})
    except rr.ScenarioError as error:
        first = str(error).splitlines()[0]
        assert re.match(r"world\.toml:\d+:\d+: ", first), first
        shown = name[:20].encode("unicode_escape").decode().replace("\\x", "\\x")
        assert any(text in str(error) for text in (name[:20], shown, "not a usable name", "not TOML")), str(error)
        assert len(first) < 1000
        return None


def placeholders(schema, found=None):
    """The kinds of tables under names of the user's choice, by their path in the editor schema."""
    found = [] if found is None else found

    def walk(node, path):
        for key, value in node.get("properties", {}).items():
            walk(value, [*path, key])
        more = node.get("additionalProperties")
        if isinstance(more, dict) and "properties" in more:
            found.append(".".join(path))
            walk(more, [*path, "*"])

    walk(schema, [])
    return found


def test_every_table_under_a_name_of_the_users_choice_is_tried():
    def has(tree, path):
        key, _, rest = path.partition(".")
        below = [tree[key]] if key in tree else list(tree.values()) if key == "*" else []
        below = [b for b in below if isinstance(b, dict)]
        return any(set(b) & set(PLAIN) for b in below) if not rest else any(has(b, rest) for b in below)

    kinds = placeholders(json.loads(_core.json_schema()))
    assert len(kinds) > 12
    assert [kind for kind in kinds if not has(WORLD, kind)] == []


@pytest.mark.parametrize("plain", PLAIN)
def test_a_name_that_is_none_is_refused_at_its_place(plain):
    assert [name for name in NASTY if accepted(plain, name) is not None] == []


def test_what_is_reserved_is_refused_and_nothing_else():
    refused = {plain: {name for name in OURS if not is_accepted(plain, name)} for plain in PLAIN}
    everywhere = {"value", "title", "source", "grade", "note"}
    own = {
        "FIRM": {"suppliers", "services", "rest_of_world", "enterprises", "consumers", "investors"}, "SEGMENT": {"commercial"}, "SOURCE": {"override"},
        "CHANNEL": {"m365"}, "VERSION": {"x-from-2026-01-03"},
        "CHIP": {"firm"},  # a key of the vendor beside it
    }  # fmt: skip
    taken = {"CHANNEL": {"direct"}, "CLAUSE": {"grant"}}  # twice in one table: no TOML, or another clause
    for plain in PLAIN:
        assert refused[plain] - taken.get(plain, set()) == everywhere | own.get(plain, set()), plain


# Which axis of a result has the names of which table.
AXES = {"firm": "FIRM", "payer": "FIRM", "payee": "FIRM", "cloud": "CLOUD", "host": "CLOUD", "region": "REGION", "lab": "LAB",
        "channel": "CHANNEL", "segment": "SEGMENT"}  # fmt: skip


def assert_renamed_twin(ds, plain, names):
    """Every number is the one of the world with plain names, under the new name."""
    for dim in AXES:
        labels = [names.get(str(label), str(label)) for label in plain[dim].values]
        assert sorted(labels) == sorted(map(str, ds[dim].values)), dim
        ds = ds.sel({dim: labels})
    labels = [renamed(str(label), names) for label in plain["clause"].values]
    ds = ds.sel(clause=labels)
    for name, variable in plain.data_vars.items():
        if variable.dtype.kind in "fiu":
            np.testing.assert_array_equal(ds[name].values, variable.values, err_msg=name)


@pytest.fixture(scope="module")
def plain():
    ds = rr.run(scenario_of(), threads=1)
    # 100 of 120 H100e at the first cloud at 2 $ for two days, then 120; a fifth of the revenue goes to FIRM for three days.
    assert (
        float(ds["revenue"].sel(firm="FIRM").sum()) > 0
        and float(ds["payment"].sel(payer="lab", payee="FIRM").sum()) > 0
    )
    return ds


@functools.cache
def is_accepted(table, word):
    return accepted(table, word) is not None


def full_of_ours(shift):
    """Each table under another of our words; over all shifts each table meets each word. Words that a table does not take are left out."""
    names = {}
    for i, table in enumerate(PLAIN):
        more = {**names, table: OURS[(shift + 7 * i) % len(OURS)]}
        if is_accepted(table, more[table]) and _entries(renamed(WORLD, more)) == _entries(WORLD):  # no two of one name
            names = more
    return names


@pytest.mark.parametrize("shift", range(len(OURS)))
def test_a_world_full_of_our_words_is_the_plain_world_renamed(plain, shift):
    names = full_of_ours(shift)
    assert len(names) > 10
    assert_renamed_twin(rr.run(scenario_of(names), threads=1), plain, names)


def _entries(tree):
    return sum(1 + _entries(value) for value in tree.values()) if isinstance(tree, dict) else 0


MIXTURES = [
    {"FIRM": "nan", "CLOUD": "true", "LAB": "time", "CHANNEL": "none", "REGION": "all", "SEGMENT": "us_natsec", "CONTRACT": "baseline",
     "CLAUSE": "NA", "CHIP": "inf", "VENDOR": "-1", "VERSION": "2026-01-01", "STREAM": "values"},
    {"FIRM": "2026", "CLOUD": "suppliers", "LAB": "firm", "CHANNEL": "consumers", "REGION": "direct", "SEGMENT": "market", "CONTRACT": "null",
     "CLAUSE": "_", "VERSION": "first", "STREAM": "index"},
]  # fmt: skip


@pytest.mark.parametrize("names", MIXTURES, ids=lambda names: names["FIRM"])
def test_every_way_out_of_the_program_takes_any_name(plain, names, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # Twenty enterprises that buy for nothing: chance moves their placements, and no dollar.
    one = scenario_of(names).override({"run.enterprises": 20})
    firm, clause = names["FIRM"], f"{names['CONTRACT']}/{names['CLAUSE']}"
    dear = one.override({f"labs.{names['LAB']}.streams.{names['STREAM']}.price": "7 $/H100e-h"})
    rr.compare({"cheap": one, "dear": dear}, replications=2, threads=1, out="study.h5")
    ds = rr.open("study.h5")
    paid = ds["payment"].sel(arm="cheap", replication=0, payer="lab", payee=firm).sum()
    assert float(paid) == float(plain["payment"].sel(payer="lab", payee="FIRM").sum()) > 0
    assert str(ds.sel(firm=firm, clause=clause)["firm"].values) == firm
    table = ds.rackrate.to_pandas("year")
    assert firm in set(table["firm"])
    assert float(table.query("arm == 'cheap' and firm == @firm")["revenue"].sum()) == pytest.approx(
        float(plain["revenue"].sel(firm="FIRM").sum()) / 1e9, abs=1e-5
    )
    assert names["CLAUSE"] in set(ds.rackrate.statement(names["CONTRACT"], arm="cheap", replication=0)["clause"])
    with xr.open_dataset("study.h5", engine="h5netcdf") as bare:
        assert firm in bare["firm"].values
    commands = [["summary", "study.h5"], ["summary", "study.h5", "--csv"], ["rerun", "study.h5"]]
    if names is MIXTURES[0]:  # takes seconds
        commands.append(["report", "study.h5", "-o", "page.html"])
    for words in commands:
        assert cli.status(words) == 0, words
    assert firm in capsys.readouterr().out
    # Typed on a command line, a name stays a name, whatever else it looks like.
    assert one.override_typed([("clouds.second.firm", firm)]).get("clouds.second.firm") == firm


GOOD_ARMS = ["a/b", "a.b", "a\\b", "[x]", "x (prices)", "x + y", "x, y", "baseline", "arm", "nan", "none", "..", "/", "-", "--force", "*", "a:b",
             "2026-01-01", "<b>&amp;", "{0} %s", "открытый", "é", "日本", "😀", "'", '"', "x" * 200]  # fmt: skip
BAD_ARMS = [
    "",
    " a",
    "a ",
    "a\nb",
    "a\tb",
    "a\x00b",
    "a\x7fb",
    "e\u0301",
    "a\u200bb",
    "\u202eab",
    "a\u2028b",
    "\ud800",
    "a\udce9",
    "x" * 201,
]


def test_arms_of_any_sound_name_are_the_plain_arms_renamed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    toy = rr.Scenario.load("toy-10").override({"run.end": "2026-01-04"})
    names = GOOD_ARMS
    arms = {name: toy.override({"labs.oai.streams.app.price": f"{i + 3} $/H100e-h"}) for i, name in enumerate(names)}
    rr.compare(arms, replications=1, threads=1, out="a.h5")
    ds = rr.open("a.h5")
    assert list(map(str, ds["arm"].values)) == names
    for i, name in enumerate(names):  # of 120 H100e its one host has 100, for 3 days of 24 hours
        got = float(ds["payment"].sel(arm=name, payer="consumers", payee="oai").sum())
        assert got == pytest.approx((i + 3) * 100 * 24 * 3), name
    assert cli.status(["summary", "a.h5"]) == 0


@pytest.mark.parametrize("name", BAD_ARMS, ids=ascii)
def test_a_name_of_an_arm_that_cannot_be_told_or_typed_is_refused(name):
    toy = rr.Scenario.load("toy-10")
    for ask in (
        lambda: rr.compare({name: toy}, replications=1),
        lambda: rr.decomposition({"base": toy, name: toy}, replications=1),
    ):
        with pytest.raises(rr.ScenarioError, match="arms has") as caught:
            ask()
        assert "\n" not in str(caught.value) and str(caught.value).isprintable(), str(caught.value)
    if name:
        with pytest.raises(rr.ScenarioError, match="the scenario has the name"):
            toy.override({}, name=name)
    clean = rr.Scenario.parse('extends = "toy-10"', name).name
    assert clean and clean.isprintable() and clean == unicodedata.normalize("NFC", clean).strip()


def test_an_arm_called_like_a_step_of_another_is_refused():
    toy = rr.Scenario.load("toy-10")
    dear = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h"})
    for step in ("contracts alone", "prices respond", "without talks"):
        with pytest.raises(
            rr.ScenarioError,
            match=f'arms has "x, {step}", the name of a step of "x"; expected another name. Rename it.',
        ):
            rr.decomposition({"base": toy, "x": dear, f"x, {step}": toy}, replications=1)


def test_combinations_of_groups_with_confusing_names_stay_apart():
    """Groups "a", "b" and "a + b": "toy + a + b" could be two combinations; the alternative is called like a third."""
    toy = rr.Scenario.load("toy-10")
    clauses = "contracts.oai-az.versions.first.clauses"
    changed = {f"{clauses}.{clause}.enabled": False for clause in ("exclusive", "share", "commitment")}
    other = toy.override(changed, name="toy-10 + a")
    groups = dict(zip(["a", "b", "a + b"], ([path] for path in changed), strict=True))
    st = rr.attribution(toy, other, groups, replications=1, threads=1)
    values = rr.analysis.attribution(st, firm="oai")["value"]
    plain = rr.attribution(
        toy,
        toy.override(changed, name="other"),
        dict(zip("xyz", groups.values(), strict=True)),
        replications=1,
        threads=1,
    )
    assert st.sizes["arm"] == plain.sizes["arm"] == 8
    assert values.values.tolist() == rr.analysis.attribution(plain, firm="oai")["value"].values.tolist()
    assert values.sel(group="b").item() == 30000.0  # the revenue share, up to its cap


@pytest.mark.parametrize(
    "text", ["20260105", "2026-01-05", "2026-W01-1", "true", "3", "1e5", "30 k$", "nan", "[1]", "never"]
)
def test_text_stays_text_where_a_key_takes_text(text):
    toy = rr.Scenario.load("toy-10")
    assert toy.override({"title": text}).title == text
    assert toy.override({"title": text}).get("title") == text
    if text != "[1]":
        assert toy.override_typed([("title", text)]).title == text


def test_text_in_the_clauses_of_an_amendment_is_a_date_where_the_clause_takes_one():
    sim = rr.Simulation("toy-10")
    host = {
        "kind": "grant",
        "role": "HOST",
        "grantee": ["aws"],
        "scope": {"labs": ["oai"]},
        "until": "2026-01-06",
        "title": "2026-01-07",
    }
    sim.run_until("2026-01-03")
    sim.amend("oai-az", {"host": host}, label="opened")
    path = "contracts.oai-az.versions.opened.clauses.host.until"
    assert sim.scenario.get(path).isoformat() == "2026-01-06"
    with pytest.raises(rr.ScenarioError, match="not before"):
        sim.run_until("2026-01-05")
        sim.override({"contracts.oai-az.terminated": "2026-01-02"})


def test_a_number_needs_its_unit_where_the_key_has_one(command):
    toy = rr.Scenario.load("toy-10")
    with pytest.raises(
        rr.ScenarioError,
        match=re.escape('clouds.az.price is 3 without a unit; expected a quantity such as "6 $/H100e-h"'),
    ):
        toy.override({"clouds.az.price": 3})
    outcome = command("run", "toy-10", "-o", "a.h5", "-q", "--set", "clouds.az.price=3")
    assert outcome.code == 2 and "clouds.az.price is 3 without a unit" in outcome.err
    done = command(
        "run",
        "toy-10",
        "-o",
        "a.h5",
        "-q",
        "--set",
        "clouds.az.price=3 $/H100e-h",
        "--set",
        "clouds.az.availability=0.5",
        "--set",
        "title=20260105",
    )
    assert done.code == 0, done.err


def test_a_file_whose_name_is_no_utf8_is_named_in_one_sentence(command, tmp_path):
    path = bytes(tmp_path) + b"/sc\xe9.toml"
    with open(path, "wb") as file:
        file.write(b'extends = "toy-10"\n')
    for words in (["validate", path], ["show", path], ["run", path, "-o", "a.h5"]):
        outcome = command(*words)
        assert outcome.code == 2 and outcome.err.count("\n") == 1 and "sc\\xe9.toml" in outcome.err, outcome
    for words in (["explain", "toy-10", "--lab", b"\xe9", "--product", "consumer", "--channel", "direct", "--date", "2026-01-01"],
                  ["run", "toy-10", "-o", "a.h5", "--set", b"title\xe9=3"], ["run", "toy-10", "-o", "a.h5", "--set", b"labs.oai.firm=\xe9"]):  # fmt: skip
        outcome = command(*words)
        assert outcome.code == 2 and outcome.err.count("\n") == 1 and "Traceback" not in outcome.err, outcome


@pytest.mark.parametrize("name", ["a\x00b", "toy-10\x00", "\ud800", "\udce9", "x" * 5000, "\n", "\u202e"], ids=ascii)
def test_a_name_of_a_scenario_that_no_file_can_have_is_one_sentence(name):
    with pytest.raises(rr.ScenarioError) as caught:
        rr.Scenario.load(name)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600


def test_dates_of_numpy_and_pandas_are_dates():
    import pandas as pd

    toy = rr.Scenario.load("toy-10")
    for date in (np.datetime64("2026-01-08"), np.datetime64("2026-01-08", "ns"), pd.Timestamp("2026-01-08")):
        assert toy.override({"run.end": date}).get("run.end").isoformat()[:10] == "2026-01-08"


def test_a_firm_called_like_the_cloud_of_another_is_paid_itself():
    """FIRM is called "second", as the cloud of the firm "cloudy" is: the commitment pays FIRM."""
    ds = rr.run(scenario_of({"FIRM": "second"}), threads=1)
    rows = ds.rackrate.statement("CONTRACT").set_index("clause")
    assert rows.loc["CLAUSE", ["payer", "payee"]].tolist() == ["lab", "second"]
    assert rows.loc["hosting", ["payer", "payee"]].tolist() == ["lab", "second"]  # at CLOUD, which FIRM owns
    assert rows.loc["share", ["payer", "payee"]].tolist() == ["lab", "second"]
    cloud = rr.run(scenario_of({"FIRM": "maker2", "CLOUD": "lab"}), threads=1)  # a cloud called like the lab's firm
    assert cloud.rackrate.statement("CONTRACT").set_index("clause").loc["CLAUSE", ["payer", "payee"]].tolist() == [
        "lab",
        "maker2",
    ]


def test_combinations_of_names_that_differ_by_case_alone_stay_apart():
    names = {"FIRM": "Cloudy", "CLOUD": "Second", "REGION": "Two", "CHANNEL": "Direct"}
    ds = rr.run(scenario_of(names), threads=1)
    assert [len(set(map(str, ds[dim].values))) for dim in ("firm", "cloud", "region", "channel")] == [7, 2, 2, 3]
    assert list(map(str, ds["cloud"].values)) == ["Second", "second"]
