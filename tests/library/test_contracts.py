"""The flagship's registry answers as reports read; the arms differ in what they say and nothing else."""

import pytest
from tests.library.reading import FOLDER, figures, number, resolved

import rackrate as rr

FLAGSHIP = rr.Scenario.load(str(FOLDER / "openai-azure-amended.toml"))
API_AWS = {"product": "api_stateless", "channel": "bedrock", "host": "aws"}

TRUTH = [
    (
        {"product": "api_stateless", "channel": "azure"},
        "2024-06-01 GA, 2025-06-01 GA, 2025-12-01 GA, 2026-03-15 GA, 2026-05-01 GA, 2031-06-01 GA",
    ),
    (
        {"product": "api_stateless", "channel": "direct", "host": "aws"},
        "2024-06-01 NO:grant:HOST, 2025-06-01 NO:grant:HOST, 2025-12-01 NO:grant:HOST,"
        " 2026-03-15 NO:grant:HOST, 2026-04-27 GA",
    ),
    (
        API_AWS,
        "2024-06-01 NO:grant:HOST, 2025-12-01 NO:grant:HOST, 2026-03-15 NO:grant:HOST,"
        " 2026-04-26 NO:grant:HOST, 2026-04-27 NO:rollout:CHANNEL, 2026-04-28 PREVIEW,"
        " 2026-05-31 PREVIEW, 2026-06-01 GA",
    ),
    (
        {"product": "consumer", "channel": "direct", "host": "oci"},
        "2024-06-10 NO:grant:HOST, 2024-06-11 GA, 2025-06-01 NO:exclusive:HOST, 2025-10-28 GA",
    ),
    (
        {"product": "ent_app", "channel": "bedrock", "host": "azure"},
        "2026-02-26 NO:grant:CHANNEL, 2026-02-27 GA, 2026-05-01 GA",
    ),
    (
        {"product": "ent_app", "channel": "azure"},
        "2026-01-15 GA, 2026-03-15 NO:exclusive:CHANNEL, 2026-05-01 NO:exclusive:CHANNEL",
    ),
    (
        {"product": "api_stateless", "channel": "bedrock", "host": "aws", "model_class": "open_weight"},
        "2025-08-04 NO:grant:HOST, 2025-08-05 GA, 2025-11-01 GA",
    ),
    (
        {"product": "copilot", "channel": "m365", "host": "azure"},
        "2024-06-01 GA, 2029-12-31 GA, 2030-06-01 GA, 2032-12-31 GA, 2033-01-01 NO:grant:IP",
    ),
    (
        {"product": "api_stateless", "channel": "bedrock", "host": "aws", "segment": "us_natsec"},
        "2025-10-27 NO:grant:HOST, 2025-10-28 GA, 2026-04-27 GA",
    ),
    (
        {"product": "training", "channel": "direct", "host": "oci"},
        "2024-06-10 NO:grant:TRAIN, 2024-06-11 GA, 2025-06-01 GA",
    ),
]


def answer(scenario, day, **question):
    verdict = scenario.feasible(lab="openai", date=day, **question)
    return verdict.state if verdict.state != "NO" else f"NO:{verdict.step}:{verdict.role}"


@pytest.mark.parametrize(
    ("question", "answers"), TRUTH, ids=lambda x: " ".join(x.values()) if isinstance(x, dict) else ""
)
def test_the_registry_answers_as_reported(question, answers):
    for expected in answers.split(","):
        day, state = expected.split()
        assert answer(FLAGSHIP, day, **question) == state, day


def load(name):
    return rr.Scenario.load(str(FOLDER / f"{name}.toml"))


def test_the_flagship_has_no_conflict_of_contracts():
    assert list(FLAGSHIP.warnings) == []


def test_the_exclusive_arm_switches_on_four_clauses_and_changes_nothing_else():
    changes = {
        path.removeprefix("contracts.openai-microsoft.versions.amended-2026.clauses."): (here, there)
        for path, here, there in load("openai-azure-exclusive").diff(FLAGSHIP)
    }
    assert changes == {
        f"{name}.enabled": ("true", "false")
        for name in ("api-exclusive", "agent-exclusive", "open-weights", "national-security")
    }


def test_the_exclusive_arm_restates_the_exclusivity_of_october():
    versions = resolved("openai-azure-exclusive")["contracts"]["openai-microsoft"]["versions"]
    for name in ("api-exclusive", "agent-exclusive", "open-weights", "national-security"):
        amended = {
            key: value
            for key, value in versions["amended-2026"]["clauses"][name].items()
            if key not in ("enabled", "note")
        }
        assert amended == versions["october-2025"]["clauses"][name]


@pytest.mark.parametrize("name", ["openai-azure-exclusive", "openai-azure-october-2025"])
def test_amazons_april_grants_open_nothing_against_a_live_exclusive(name):
    arm = load(name)
    assert answer(arm, "2026-07-01", **API_AWS) == "NO:exclusive:HOST"
    assert answer(arm, "2026-07-01", product="ent_app", channel="bedrock", host="azure") == "GA"  # February stands
    assert answer(arm, "2026-07-01", product="consumer", channel="direct", host="aws") == "GA"
    assert (
        answer(
            arm,
            "2026-07-01",
            product="api_stateless",
            channel="bedrock",
            host="aws",
            model_class="open_weight",
        )
        == "GA"
    )
    april = [warning for warning in arm.warnings if warning.startswith("openai-amazon/april-2026/grant")]
    assert len(april) == 2  # on the API and on agents
    assert all("against the live exclusive of azure in openai-microsoft/" in warning for warning in april)


def test_the_october_arm_keeps_both_revenue_shares_without_a_cap():
    clauses = resolved("openai-azure-october-2025")["contracts"]["openai-microsoft"]["versions"]
    assert "amended-2026" not in clauses
    assert "cap" not in clauses["october-2025"]["clauses"]["share-to-microsoft"]
    assert clauses["october-2025"]["clauses"]["share-to-openai"]["rate"] == "20 %"


def test_under_the_terms_of_2023_openai_runs_on_azure_alone():
    arm = load("full-exclusive-2023")
    for product, channel, host in [
        ("training", "direct", "oci"),
        ("consumer", "direct", "gcp"),
        ("consumer", "direct", "aws"),
        ("api_stateless", "bedrock", "aws"),
    ]:
        assert answer(arm, "2030-06-01", product=product, channel=channel, host=host).startswith("NO")
    assert answer(arm, "2030-06-01", product="training", channel="direct", host="azure") == "GA"
    assert answer(arm, "2030-12-31", product="copilot", channel="m365", host="azure") == "GA"


def test_where_it_was_never_exclusive_bedrock_sells_all_from_the_first_day():
    arm = load("never-exclusive")
    for product in ("api_stateless", "agent_stateful", "ent_app", "batch"):
        for channel in ("azure", "bedrock"):
            for day in ("2023-01-23", "2025-07-01", "2026-04-27", "2030-12-31"):
                assert answer(arm, day, product=product, channel=channel) == "GA", (product, channel, day)
    assert list(arm.warnings) == []


def committed(contract):
    versions = resolved("openai-azure-amended")["contracts"][contract]["versions"]
    return (
        sum(
            number(c["amount"])
            for v in versions.values()
            for c in v["clauses"].values()
            if isinstance(c, dict) and c.get("kind") == "commit"
        )
        / 1e9
    )


def reported(entity, field):
    return sum(
        float(row["value"])
        for row in figures("contracts")
        if row["entity"] == entity and field in row["figure"] and row["unit"] == "USD billion"
    )


def test_commitments_add_up_to_what_was_reported():
    assert committed("openai-azure-commitment") == pytest.approx(
        reported("OpenAI - Microsoft", "purchase commitment")
    )  # 250
    assert committed("openai-aws-commitment") == pytest.approx(
        reported("OpenAI - Amazon (AWS)", "compute commitment")
    )  # 38 + 100
    assert committed("openai-coreweave-commitment") == pytest.approx(
        reported("OpenAI - CoreWeave", "compute commitment")
    )  # 11.9 + 4 + 6.5
    assert committed("anthropic-amazon-commitment") == pytest.approx(
        reported("Anthropic - Amazon (AWS)", "compute commitment")
    )
    # .4 of the total is taken as firm where power for the rest is not under construction.
    assert committed("openai-oracle-stargate") == pytest.approx(0.4 * reported("OpenAI - Oracle", "compute commitment"))
    assert committed("anthropic-google-commitment") == pytest.approx(
        0.4 * reported("Anthropic - Google Cloud", "compute commitment")
    )
