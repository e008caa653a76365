"""Every deal in the table of deals is in the registry, or the table says why not; every clause says where it is from."""

import re
from pathlib import Path

import pytest
from tests.library.reading import FOLDER, figures, plain, resolved

import rackrate as rr

KEYS = Path(__file__).resolve().parents[2] / "docs" / "scenario-keys.md"
DEALS = figures("contracts")
FLAGSHIP = resolved("openai-azure-amended")
WIDEST = resolved("capital-2026")  # the flagship and the capital beside it
LOADED = rr.Scenario.load(str(FOLDER / "openai-azure-amended.toml"))
IDS = [f"{row['date']} {row['entity']}: {row['figure']}" for row in DEALS]


def at(path):
    table = WIDEST
    for part in path.split("."):
        assert part in table, f"{path} ends before {part}"
        table = table[part]
    return table


@pytest.mark.parametrize("row", DEALS, ids=IDS)
def test_a_deal_is_encoded_or_the_reason_why_not_is_given(row):
    assert bool(row["encoded"]) != bool(row["reason"])
    for path in row["encoded"].split():
        found = at(path)
        clauses = list(found.values()) if path.endswith(".clauses") else [found]
        assert clauses and all("kind" in clause for clause in clauses), path


def test_every_commitment_of_a_known_amount_is_encoded():
    dollars = [row for row in DEALS if "USD billion" in row["unit"]]
    promised = [row for row in dollars if "commitment" in row["figure"] or "fee" in row["figure"]]
    assert len(promised) == 16  # counted by hand in the table
    assert [row["figure"] for row in promised if not row["encoded"]] == []


def test_the_parties_of_a_deal_signed_the_contract_that_encodes_it():
    known = {"microsoft", "amazon", "oracle", "coreweave", "google", "anthropic", "openai", "meta", "xai", "nvidia"}
    for row in DEALS:
        named = {firm for firm in known if firm in row["entity"].lower()}
        for path in row["encoded"].split():
            contract = at(".".join(path.split(".")[:2]))
            assert named <= set(contract["parties"]), (row["entity"], path)


def clauses():
    for name, contract in FLAGSHIP["contracts"].items():
        for version_name, version in contract["versions"].items():
            for clause_name in version["clauses"]:
                yield f"{name}.{version_name}.{clause_name}", contract


@pytest.mark.parametrize(("where", "contract"), list(clauses()), ids=[where for where, _ in clauses()])
def test_a_clause_has_source_and_grade_and_says_that_it_is_a_reading(where, contract):
    """The contracts are not public: what stands here was read in reports, and the contract says so."""
    assert "reading of public reports" in contract.get("note", "")
    item = LOADED.item("contracts.{}.versions.{}.clauses.{}.kind".format(*where.split(".")))
    assert item.source in FLAGSHIP["sources"]
    assert item.grade in set("PRWA")


def test_every_kind_of_clause_and_every_policy_of_conflict_stands_in_a_scenario_of_the_library():
    """Enabled in the file as resolved, so that a run has it."""
    row = next(line for line in KEYS.read_text(encoding="utf-8").splitlines() if line.startswith("| `kind` |"))
    kinds, policies = set(), set()
    for path in FOLDER.glob("*.toml"):
        for contract in resolved(path.stem).get("contracts", {}).values():
            for version in contract["versions"].values():
                policies.add(plain(version.get("conflict", "block")))
                kinds |= {
                    plain(c["kind"]) for c in version.get("clauses", {}).values() if plain(c.get("enabled", True))
                }
    assert kinds == set(re.findall(r"`(\w+)`", row)) - {"kind"}
    assert policies == {"block", "breach", "renegotiate"}


def test_leases_by_the_month_add_up():
    """1.25 B$ a month for 220,000 GPUs, .92 B$ for 110,000 larger ones, by the hour."""
    for contract, usd_per_month in {"anthropic-xai": 1.25e9, "google-xai": 0.92e9}.items():
        lease = f"contracts.{contract}.versions.first.clauses.lease."
        h100e, usd = (float(at(lease + key)["value"].split()[0]) for key in ("quantity", "price"))
        assert h100e * usd * 8766 / 12 == pytest.approx(usd_per_month, rel=0.01)
