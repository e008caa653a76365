"""Check H7: a clause that never binds moves nothing, not by the last bit, whatever its kind."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.library.reading import FOLDER

import rackrate as rr

KEYS = Path(__file__).resolve().parents[2] / "docs" / "scenario-keys.md"
WORLD = {"run.end": "2026-07-01", "run.enterprises": 300}

# Why each of them binds nobody inside the run.
NOBODY = {
    "grant": 'role = ["HOST", "TRAIN"]\ngrantee = ["oci"]\nscope = { labs = ["mistral"] }',  # its models do not run there
    "exclusive": 'role = "CHANNEL"\nholder = "vertex"\nscope = { labs = ["mistral"], products = ["copilot"] }',  # nobody sells it
    "carveout": 'role = "HOST"\nscope = { labs = ["openai"] }',  # its own contract bars nobody
    "ship_first": 'holder = "vertex"\nscope = { labs = ["mistral"], model_class = ["closed"] }\nfrom = 2027-01-01',
    "rofr": 'role = "HOST"\nholder = "gcp"\nscope = { labs = ["xai"], products = ["copilot"] }',
    "licence": 'holder = "m365"\nscope = { labs = ["mistral"] }',  # no application is built on it
    "rollout": 'role = "CHANNEL"\nholder = "azure"\nscope = { labs = ["openai"] }\npreview = 2020-01-01\ngeneral = 2020-01-01',
    "void": 'scope = { labs = ["anthropic"] }',  # nobody holds a right over it
    "ban": 'scope = { segments = ["us_natsec"] }',  # no such customer is simulated
    "commit": 'payer = "mistral"\npayee = "oracle"\namount = "1 $"\nfrom = 2029-01-01\nuntil = 2030-01-01',
    "revshare": 'payer = "mistral"\npayee = "microsoft"\nbase = "lab_revenue"\nlab = "mistral"\nrate = "0 %"',
    "resale": 'lab = "mistral"\nchannel = "oci"\nrate = "50 %"',  # Oracle does not sell it
    "hosting": 'lab = "mistral"\nhost = "oci"\nprice = "99 $/H100e-h"',  # nor host it
    "primary": 'lab = "mistral"\nhost = "oci"\nmin_share = "50 %"\nweight = "10 %"',  # nor can it be preferred
    "reservation": 'payer = "mistral"\npayee = "oracle"\nlab = "mistral"\nhost = "oci"\nquantity = "0.5 H100e"\nprice = "1 $/H100e-h"',  # less than one
    "tranche": 'payer = "google"\npayee = "mistral"\namount = "1 $"\nvaluation = "1 B$"\nrevenue = "1000 B$/y"\nof_lab = "mistral"',
    "equity": 'owner = "google"\nfirm = "mistral"\nshare = "0 %"',
    "drawdown": 'channel = "vertex"\nshare = "25 %"',  # nobody has a commitment
    "damages": 'payer = "mistral"\npayee = "google"\namount = "1 B$"\nper_year = "1 B$/y"',  # nobody breaks it
    "termination": 'payer = "mistral"\npayee = "google"\namount = "1 B$"\nnotice = "30 d"',  # nobody leaves
    "trigger": 'hhi = 9999\nlayer = "infrastructure"\nlasting = "1 y"\nswitches_off = ["openai-microsoft/grant"]',  # never so concentrated
    "renegotiation": 'lab = "mistral"\nhost = "oci"\nswitches_off = ["openai-microsoft/licence"]\non = 2027-01-01',  # after the end
    "tender": 'lab = "mistral"\nbidders = ["oci"]\nquantity = "10 H100e"\nterm = "1 y"',  # its models do not run there
}


def world(kind=None):
    text = f'extends = "{FOLDER / "openai-azure-amended.toml"}"\n'
    if kind:
        parties = "[]" if kind in ("void", "ban") else '["mistral", "google", "oracle", "microsoft"]'
        text += f"""[contracts.nobody]
parties = {parties}
[contracts.nobody.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.nobody.versions.first.clauses.never]
kind = "{kind}"
{NOBODY[kind]}
"""
    return rr.Scenario.parse(text, kind or "without").override(WORLD, name=kind or "without")


@pytest.fixture(scope="module")
def study():
    arms = {kind: world(kind) for kind in NOBODY}
    return rr.compare(
        {"without": world(), **arms}, baseline="without", replications=1, fixed_parameters=True, seed=5, progress=False
    )


@pytest.mark.parametrize("kind", NOBODY)
def test_a_clause_that_never_binds_changes_nothing(study, kind):
    compared = 0
    for name, variable in study.data_vars.items():
        if "arm" not in variable.dims or variable.dtype.kind != "f":
            continue
        if "clause" in variable.dims:
            variable = variable.sel(clause=[c for c in study["clause"].values if "nobody" not in str(c)])
        if name == "backlog":  # what is signed is owed, though never in this run
            assert float(abs(variable.sel(arm=kind) - variable.sel(arm="without")).max()) <= 1.0
            continue
        with_it, without = variable.sel(arm=kind).values, variable.sel(arm="without").values
        assert np.array_equal(with_it, without, equal_nan=True), name
        compared += 1
    assert compared > 15


def test_a_clause_that_binds_does_not_pass_this_check():
    """The comparison is not blind: the same exclusive on a product that is sold moves the books."""
    bound = world("exclusive").override(
        {"contracts.nobody.versions.first.clauses.never.scope.products": ["api_stateless", "agent_stateful"]},
        name="bound",
    )
    ds = rr.compare(
        {"without": world(), "bound": bound},
        baseline="without",
        replications=1,
        fixed_parameters=True,
        seed=5,
        progress=False,
    )
    assert float(abs(ds["revenue"].sel(arm="bound") - ds["revenue"].sel(arm="without")).max()) > 0


def test_every_kind_has_a_clause_that_never_binds():
    row = next(line for line in KEYS.read_text(encoding="utf-8").splitlines() if line.startswith("| `kind` |"))
    assert set(re.findall(r"`(\w+)`", row)) - {"kind"} == set(NOBODY)
