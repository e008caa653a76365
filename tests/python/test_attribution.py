"""Attribution from scenarios: groups, sub-arms, legality, arms that are run once, and values worked by hand."""

import json

import numpy as np
import pytest

import rackrate as rr
from rackrate import analysis as an
from rackrate.attributions import changes as attribution_changes
from rackrate.attributions import plan as attribution_plan

CLAUSES = "contracts.oai-az.versions.first.clauses"
# Without a cap the revenue share meets every dollar that the exclusive keeps away.
BASE = {f"{CLAUSES}.share.cap": "1 M$"}
GROUPS = {"exclusive": [f"{CLAUSES}.exclusive"], "share": [f"{CLAUSES}.share"], "price": [f"{CLAUSES}.hosting.price"]}


@pytest.fixture(scope="module")
def toy():
    return rr.Scenario.load("toy-10").override(BASE, name="toy")


@pytest.fixture(scope="module")
def free(toy):
    """No exclusive, no share, and the host charges 3 $ instead of 2 $."""
    changed = {"exclusive.enabled": False, "share.enabled": False, "hosting.price": "3 $/H100e-h"}
    return toy.override({f"{CLAUSES}.{k}": v for k, v in changed.items()}, name="free")


def test_the_toys_clauses_are_worth_what_plain_arithmetic_says(toy, free):
    # Hours at 24 H100e-h a day. OAI wants 120, AZ has 100, AWS has room for the other 20 on all ten days.
    # E: without the exclusive of days 0 to 5, 20 H100e more on six days: 6 x 20 x 24 = 2880 h at 6 $ = 17280 $ of
    #    sales, less 2 $ to AWS = 5760 $, less 20 % share = 3456 $ while there is one:  v(E) = 8064.
    # S: 20 % of 155520 $ = 31104 $:  v(S) = 31104;  v(ES) = 17280 - 5760 + 31104 = 42624.
    # P: AZ's 24000 h at 3 $ = 72000 $ instead of 48000 $ and a shortfall of 2000 $:  v(P) = -22000, whatever the rest.
    # E = (8064 + 42624 - 31104) / 2 = 9792;  S = (31104 + 42624 - 8064) / 2 = 32832;  E and S together 3456 more.
    st = rr.attribution(toy, free, GROUPS, replications=2)
    got = an.attribution(st, firm="oai")
    assert got["group"].values.tolist() == ["exclusive", "share", "price"]
    assert got["value"].values.tolist() == [9792.0, 32832.0, -22000.0]
    assert got["interaction"].values.tolist() == [[0, 3456, 0], [3456, 0, 0], [0, 0, 0]]
    assert got["premium"].values.tolist() == [20624.0] * 2 and (got["residual"] == 0).all()
    # What OAI pays, others receive: AWS the hosting of 2880 h, AZ the price less what it loses of the share.
    assert an.attribution(st, firm="aws")["value"].values.tolist() == [5760.0, 0.0, 0.0]
    assert an.attribution(st, firm="az")["value"].values.tolist() == [1728.0, -32832.0, 22000.0]
    assert an.attribution(st, "npv", firm="oai")["value"].values == pytest.approx([9792, 32832, -22000], rel=1e-12)


def test_without_groups_clauses_go_by_what_they_are_about(toy, free):
    plan = attribution_plan.plan(toy, free)
    assert [g.name for g in plan.groups] == ["exclusive", "hosting price", "share"]
    assert plan.groups[0].title == "oai-az, first: exclusive (exclusive)"
    assert len(plan.arms) == 8 and not plan.orders


def test_the_flagships_amendment_has_six_groups_of_which_one_binds_nobody():
    """Microsoft's licence was exclusive, and nobody else is simulated who would use the IP: half of the combinations are run."""
    plan = attribution_plan.plan(
        rr.Scenario.load("openai-azure-amended"), rr.Scenario.load("openai-azure-october-2025")
    )
    groups = {g.name: [p.split(".")[5] for p in g.paths] for g in plan.groups}
    assert groups == {
        "agent-exclusive": ["agent-exclusive"],
        "api-exclusive": ["api-exclusive", "national-security", "open-weights"],
        "licence exclusive": ["licence"],
        "share-to-microsoft cap": ["share-to-microsoft"],
        "ship-first": ["ship-first"],
        "share-to-openai": ["share-to-openai"],
    }
    assert sorted(plan.coalitions) == list(range(64)) and len(plan.arms) == 32
    bit = 1 << [g.name for g in plan.groups].index("licence exclusive")
    assert all(plan.coalitions[s] == plan.coalitions[s ^ bit] for s in plan.coalitions)
    # The exclusivity alone is the scenario of the library that says so, with ship-first and the cap as amended.
    alone = plan.arms["openai-azure-amended + agent-exclusive + api-exclusive"]
    assert rr._core.terms_digest(alone._core) == rr._core.terms_digest(rr.Scenario.load("openai-azure-exclusive")._core)


@pytest.mark.parametrize(
    "pair",
    [("openai-azure-amended", "openai-azure-october-2025"), ("openai-azure-october-2025", "openai-azure-amended")],
)
def test_an_arm_written_clause_by_clause_runs_as_the_arm_itself(pair):
    small = {"run.enterprises": 250, "run.end": "2027-01-01"}
    base, alternative = (rr.Scenario.load(name).override(small) for name in pair)
    tree, changes = attribution_changes.changes(base, alternative)
    for change in changes:
        change.apply(tree)
    rebuilt = rr.Scenario.parse(attribution_changes.document(tree))
    runs = [rr.Simulation(scenario) for scenario in (rebuilt, alternative)]
    for run in runs:
        run.run()
    here, there = (run.results() for run in runs)
    for name in ("npv", "payment", "placement_share", "served", "price"):
        assert here[name].values.tobytes() == there[name].values.tobytes(), name


EXTRA = """
extends = "toy-10"
[contracts.oai-az.versions.first.clauses.batch]
kind = "exclusive"
role = "HOST"
holder = "az"
enabled = {enabled}
scope = {{ labs = ["oai"], products = ["batch"] }}
"""


def test_combinations_that_mean_the_same_are_run_once():
    # Nobody sells batch in the toy: its exclusive binds nothing, so 8 combinations are 4 worlds.
    base = rr.Scenario.parse(EXTRA.format(enabled="true"), "base")
    other = rr.Scenario.parse(EXTRA.format(enabled="false"), "other").override(
        {f"{CLAUSES}.exclusive.enabled": False, f"{CLAUSES}.share.enabled": False}, name="other"
    )
    groups = {"idle": [f"{CLAUSES}.batch"], "exclusive": [f"{CLAUSES}.exclusive"], "share": [f"{CLAUSES}.share"]}
    done = []
    st = rr.attribution(base, other, groups, replications=3, progress=lambda k, n: done.append((k, n)))
    assert st.sizes["arm"] == 4 and done[-1] == (12, 12)
    assert len(an.design(st)["coalitions"]) == 8
    got = an.attribution(st, firm="oai")
    assert got["value"].sel(group="idle") == 0 and (got["by_replication"].sel(group="idle") == 0).all()
    assert got["value"].sel(group="exclusive") == 11520 and got["value"].sel(group="share") == 30000


def test_a_combination_that_is_no_contract_names_the_pair(toy):
    # The baseline shares 20 % of OAI's revenue, the alternative 90 % under another name: both at once are 110 %.
    text = (
        toy.to_toml()
        + f"""
[{CLAUSES}.larger]
kind = "revshare"
payer = "oai"
payee = "az"
base = "lab_revenue"
lab = "oai"
rate = "90 %"
"""
    )
    text = text.replace(f"[{CLAUSES}.share]", f"[{CLAUSES}.share]\nenabled = false")
    other = rr.Scenario.parse(text, "other")
    with pytest.raises(rr.ScenarioError) as caught:
        attribution_plan.plan(toy, other, {"old share": [f"{CLAUSES}.share"], "new share": [f"{CLAUSES}.larger"]})
    sentence = str(caught.value)
    assert sentence.startswith(
        'groups "new share" and "old share": the first without the second is no legal contract ('
    )
    assert sentence.endswith("Put the two in one group.")
    together = {"shares": [f"{CLAUSES}.share", f"{CLAUSES}.larger"]}
    assert len(attribution_plan.plan(toy, other, together).arms) == 2


@pytest.mark.parametrize(
    "groups, says",
    [
        ({"e": [f"{CLAUSES}.exclusive"]}, f"groups: no group has {CLAUSES}.hosting.price"),
        (GROUPS | {"again": [f"{CLAUSES}.share.*"]}, f"groups.again has {CLAUSES}.share.enabled, as share does"),
        (GROUPS | {"typo": [f"{CLAUSES}.exclusve.enabled"]}, f"Did you mean {CLAUSES}.exclusive.enabled?"),
    ],
)
def test_groups_that_do_not_fit_are_one_sentence_each(toy, free, groups, says):
    with pytest.raises(rr.ScenarioError) as caught:
        attribution_plan.plan(toy, free, groups)
    assert says in str(caught.value)


def test_arms_that_cannot_be_attributed_say_why(toy, free):
    with pytest.raises(rr.ScenarioError, match="differs from toy in nothing"):
        attribution_plan.plan(toy, toy.override({}, name="twin"))
    with pytest.raises(rr.ScenarioError, match="both arms are named toy"):
        attribution_plan.plan(toy, toy)
    with pytest.raises(rr.ScenarioError, match=r"run\.end differs between the arms"):
        attribution_plan.plan(toy, free.override({"run.end": "2026-01-09"}))
    with pytest.raises(rr.ScenarioError, match="orders is 3; expected an even number"):
        attribution_plan.plan(toy, free, orders=3)


def test_sampled_orders_run_their_prefixes_only_and_add_up(toy, free):
    st = rr.attribution(toy, free, GROUPS, orders=2, replications=2)
    plan = an.design(st)
    assert plan["orders"][1] == plan["orders"][0][::-1] and len(plan["coalitions"]) == 6
    got = an.attribution(st, firm="oai")
    assert (got["residual"] == 0).all() and float(got["value"].sum()) == 20624.0
    # One order and its reverse are exact when groups interact in pairs only, as here.
    assert got["value"].values.tolist() == [9792.0, 32832.0, -22000.0]
    assert rr.attribution(toy, free, GROUPS, orders=2, replications=2).attrs["design"] == st.attrs["design"]


def test_values_outside_the_contracts_are_a_group_of_their_own(toy):
    other = toy.override({"labs.oai.streams.app.price": "7 $/H100e-h", f"{CLAUSES}.share.enabled": False}, name="other")
    plan = attribution_plan.plan(toy, other)
    assert [g.name for g in plan.groups] == ["labs", "share"]
    # 7 $ for 6 $: 25920 h, 1 $ more each = 25920 $, less the 20 % while there is a share.
    got = an.attribution(rr.attribution(toy, other, replications=1), firm="oai")
    assert got["value"].values.tolist() == [25920 * 0.9, 31104 + 25920 * 0.1]


def test_a_contract_that_one_arm_lacks_is_switched_like_any_other(toy):
    tree = attribution_changes.tree_of(toy)
    del tree["contracts"]["oai-aws"]
    without = rr.Scenario.parse(attribution_changes.document(tree), "without")
    for base, other in ((toy, without), (without, toy)):
        plan = attribution_plan.plan(base, other)
        assert {g.name for g in plan.groups} == {"grant", "hosting"}


def test_an_attribution_can_be_resumed_and_not_mixed_with_another(toy, free, tmp_path):
    out = tmp_path / "attr.h5"
    rr.attribution(toy, free, GROUPS, replications=1, out=out).close()
    again = rr.attribution(toy, free, GROUPS, replications=3, out=out, resume=True)
    assert again.sizes["replication"] == 3 and json.loads(again.attrs["design"])["exact"]
    again.close()
    renamed = {f"the {k}": v for k, v in GROUPS.items()}
    with pytest.raises(rr.ResultFileError, match="arms"):
        rr.attribution(toy, free, renamed, replications=3, out=out, resume=True)


def test_the_command_prints_values_that_add_up(command, toy, free, tmp_path):
    for scenario in (toy, free):
        (tmp_path / f"{scenario.name}.toml").write_text(scenario.to_toml())
    lines = "\n".join(f'"{name}" = {json.dumps(paths)}' for name, paths in GROUPS.items())
    (tmp_path / "groups.toml").write_text(f"[groups]\n{lines}\n")
    done = command(
        "attribute",
        "toy.toml",
        "free.toml",
        "-o",
        "attr.h5",
        "-n",
        "2",
        "--groups",
        "groups.toml",
        "--report",
        "attr.html",
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    assert "3 groups, every combination: 8 combinations, 8 arms" in done.err
    assert "gross_profit differs by 0 in exact arithmetic" in done.out
    # 9,792 $, 22,000 $ and 20,624 $ by hand, in the unit of their size.
    assert "minus toy, k$, by clause" in done.out and all(value in done.out for value in ("+9.79", "−22.00", "+20.62"))
    page = (tmp_path / "attr.html").read_text()
    assert "Which clause carried the value" in page
    assert "What each group holds" in page and "toy + share" not in page  # sub-arms stay out of the other sections
    plan = command("attribute", "toy.toml", "free.toml", "-o", "other.h5", "--plan", cwd=tmp_path)
    assert plan.code == 0 and "hosting price" in plan.err and not (tmp_path / "other.h5").exists()
    (tmp_path / "bad.toml").write_text('price = "contracts"\n')
    bad = command("attribute", "toy.toml", "free.toml", "-o", "other.h5", "--groups", "bad.toml", cwd=tmp_path)
    assert bad.code == 2 and "bad.toml: price is 'contracts'; expected a list of paths" in bad.err


def test_components_of_a_premium_add_up_exactly():
    small = {"run.enterprises": 250, "run.end": "2027-09-01"}
    names = {"open": "openai-azure-amended", "shut": "openai-azure-october-2025"}
    arms = {short: rr.Scenario.load(name).override(small, name=short) for short, name in names.items()}
    st = rr.decomposition(arms, replications=2)
    for metric in ("gross_profit", "npv"):
        got = an.decomposition(st, metric)
        assert (got["residual"] == 0).all()
        whole = an.difference(
            st, st[metric].sum(["layer", "time"]) if metric == "gross_profit" else metric, "shut", resamples=0
        )
        assert np.allclose(got["value"].sum("component"), whole["mean"], rtol=1e-12, atol=1e-2)
    moved = np.abs(got["by_replication"]).max(["replication", "firm"])
    assert (moved > 1e6).all()  # contracts, prices and investment each matter
    assert [c.treatment for c in an.contrasts(st)] == ["shut"]


def test_compare_prints_the_steps(command, tmp_path):
    settings = ["--set", "run.enterprises=250", "--set", "run.end=2027-03-01"]
    done = command(
        "compare",
        "openai-azure-amended",
        "openai-azure-october-2025",
        "-o",
        "st.h5",
        "-n",
        "1",
        "--decompose",
        *settings,
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    assert "4 arms x 1" in done.err and "in steps" in done.out and "then investment responds" in done.out
