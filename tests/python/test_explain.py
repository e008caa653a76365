"""The regime history of OpenAI's distribution, asked of the library: a table of permissions by date.

The dates are those of public reports (scenarios/openai-azure-amended.toml has the source of each clause). An answer
reads STATE, or NO:step:role of the clause that forbids. Dates mean 00:00 UTC; ends are exclusive.
"""

import pytest

import rackrate as rr

API = {"product": "api_stateless"}
AZURE = {"channel": "azure", "host": "azure"}
BEDROCK = {"channel": "bedrock", "host": "aws"}

TABLE = {
    "API on Azure": (
        API | AZURE,
        "2024-06-01 GA, 2025-06-01 GA, 2025-12-01 GA, 2026-03-15 GA, 2026-05-01 GA, 2031-06-01 GA",
    ),
    "API direct, hosted by AWS": (
        API | {"channel": "direct", "host": "aws"},
        "2024-06-01 NO:grant:HOST, 2025-06-01 NO:grant:HOST, 2025-12-01 NO:grant:HOST, 2026-03-15 NO:grant:HOST, 2026-04-27 GA",
    ),
    "API on Bedrock": (
        API | BEDROCK,
        "2024-06-01 NO:grant:HOST, 2025-12-01 NO:grant:HOST, 2026-03-15 NO:grant:HOST, 2026-04-26 NO:grant:HOST, "
        "2026-04-27 NO:rollout:CHANNEL, 2026-04-28 PREVIEW, 2026-05-31 PREVIEW, 2026-06-01 GA",
    ),
    "consumer app hosted by Oracle": (
        {"product": "consumer", "channel": "direct", "host": "oci"},
        "2024-06-10 NO:grant:HOST, 2024-06-11 GA, 2025-06-01 NO:exclusive:HOST, 2025-10-28 GA",
    ),
    "Frontier on Bedrock, hosted by Azure": (
        {"product": "ent_app", "channel": "bedrock", "host": "azure"},
        "2026-02-26 NO:grant:CHANNEL, 2026-02-27 GA, 2026-05-01 GA",
    ),
    "Frontier on Azure": (
        {"product": "ent_app"} | AZURE,
        "2026-01-15 GA, 2026-03-15 NO:exclusive:CHANNEL, 2026-05-01 NO:exclusive:CHANNEL",
    ),
    "open weights on Bedrock": (
        API | BEDROCK | {"model_class": "open_weight"},
        "2025-08-04 NO:grant:HOST, 2025-08-05 GA, 2025-11-01 GA",
    ),
    "Copilot in Microsoft 365": (
        {"product": "copilot", "channel": "m365"},
        "2024-06-01 GA, 2029-12-31 GA, 2030-06-01 GA, 2032-12-31 GA, 2033-01-01 NO:grant:IP",
    ),
}
CASES = [
    pytest.param(question, *answer.split(" ", 1), id=f"{name} {answer}")
    for name, (question, answers) in TABLE.items()
    for answer in answers.split(", ")
]


@pytest.fixture(scope="module")
def amended():
    return rr.Scenario.load("openai-azure-amended")


@pytest.mark.parametrize("question, date, expected", CASES)
def test_the_contracts_answer_as_reported(amended, question, date, expected):
    verdict = amended.feasible(lab="openai", date=date, **question)
    said = verdict.state + (f":{verdict.step}:{verdict.role}" if verdict.state == "NO" else "")
    assert said == expected


@pytest.mark.parametrize("question, date, expected", CASES)
def test_an_answer_holds_over_the_span_it_names(amended, question, date, expected):
    verdict = amended.feasible(lab="openai", date=date, **question)
    assert verdict.since is None or verdict.since <= date
    assert verdict.until is None or verdict.until > date
    if verdict.until is not None:
        after = amended.feasible(lab="openai", date=verdict.until, **question)
        assert (after.state, after.step, after.role) != (verdict.state, verdict.step, verdict.role)


def test_what_forbids_is_named(amended):
    verdict = amended.feasible(lab="openai", product="ent_app", channel="azure", date="2026-05-01")
    assert verdict.contract == "openai-amazon"
    assert verdict.clause
    assert (
        amended.get(f"contracts.openai-amazon.versions.{verdict.version}.clauses.{verdict.clause}.kind") == "exclusive"
    )


def test_prices_that_apply_to_a_sale_name_their_clause_and_their_end(amended):
    said = amended.feasible(lab="openai", product="api_stateless", channel="bedrock", date="2026-08-01").prices
    assert said[0] == "customers pay on bedrock the list of openai, which it reviews each quarter"
    assert said[1].startswith(
        "bedrock keeps 15 % of the price (openai-aws-service/first/bedrock), until its renewal on 2028-11-"
    )
    assert said[2].startswith(
        "openai pays aws 1.7 $/H100e-h (openai-aws-service/first/hosting), held, until its renewal on 2028-11-"
    )
    host_sets = amended.override({
        "contracts.openai-aws-service.versions.first.clauses.bedrock.sets_price": "host",
        "contracts.openai-aws-service.versions.first.clauses.bedrock.hosting": "channel",
    })  # fmt: skip
    said = host_sets.feasible(lab="openai", product="api_stateless", channel="bedrock", date="2026-08-01").prices
    assert said[0] == "customers pay on bedrock what bedrock sets, near the list of openai"
    assert said[2] == "amazon runs it on its own cloud, at cost"


def test_a_lab_that_sells_itself_keeps_all_and_pays_the_list_where_nothing_is_agreed(amended):
    said = amended.feasible(
        lab="mistral", product="api_stateless", channel="direct", host="aws", date="2026-08-01"
    ).prices
    assert said[1] == "mistral sells itself and keeps all of the price"
    assert "pays aws" in said[2] and "its list of" in said[2]
