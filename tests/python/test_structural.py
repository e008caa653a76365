"""The structural range belongs to its study: it ends where the study ends, leaves out what the study is anyway, and is kept in the file."""

import json

import numpy as np
import pytest

import rackrate as rr
from rackrate.structural import structural_studies

SMALL = {"run.enterprises": 40}


@pytest.fixture(scope="module")
def pair():
    return {
        name: rr.Scenario.load(name).override(SMALL, name=name)
        for name in ("openai-azure-amended", "openai-azure-exclusive")
    }


def test_settings_end_where_the_study_ends_and_do_not_repeat_it(pair):
    study = rr.compare(pair, fixed_parameters=True, replications=1, until="2025-07-20")
    found = structural_studies(study, pair, replications=1, show=False)
    assert found and all(ds.attrs["until"] == "2025-07-20" for ds in found.values())
    assert all(bool((ds["run_end"] == np.datetime64("2025-07-20")).all()) for ds in found.values())
    # The scenarios' list prices are smooth, so that setting would be the study once more.
    assert "list prices smooth" not in found and {"list prices quarterly", "list prices frozen"} <= set(found)
    digests = {arm: scenario.digest for arm, scenario in pair.items()}
    for label, ds in found.items():
        assert {str(d) for d in ds["scenario_digest"].values} != set(digests.values()), label


@pytest.mark.slow
def test_the_range_is_kept_in_the_file(command, tmp_path):
    names = ["openai-azure-amended", "openai-azure-exclusive"]
    asked = [
        "-n",
        "2",
        "--until",
        "2025-08-01",
        "--set",
        "run.enterprises=40",
        "--structural",
        "1",
        "-q",
        "--fixed-parameters",
    ]
    assert command("compare", *names, "-o", "s.h5", *asked).code == 0
    with rr.open(tmp_path / "s.h5") as ds:
        rows = json.loads(ds.attrs["structural"])
        print_before = ds.attrs["fingerprint"]
    assert {row["setting"] for row in rows} > {"list prices frozen"}
    assert all(same for _, _, same in rr.rerun(tmp_path / "s.h5", replication=0))
    assert command("report", "s.h5", "-o", "s.html").code == 0
    assert "No structural" not in (tmp_path / "s.html").read_text()
    # More replications of the same study leave its range true.
    assert (
        command(
            "compare",
            *names,
            "-o",
            "s.h5",
            "-n",
            "3",
            *asked[2:6],
            "--structural",
            "0",
            "--resume",
            "-q",
            "--fixed-parameters",
        ).code
        == 0
    )
    with rr.open(tmp_path / "s.h5") as ds:
        assert json.loads(ds.attrs["structural"]) == rows and ds.attrs["fingerprint"] != print_before


def test_keeping_a_range_moves_no_value(tmp_path):
    out = tmp_path / "toy.h5"
    rr.run("toy-10", replications=2, out=out)
    before = rr.open(out).load()
    rr._core.keep_structural(str(out), '[{"setting": "one"}]')
    after = rr.open(out).load()
    assert after.attrs.pop("structural") == '[{"setting": "one"}]'
    assert before.identical(after)
    assert [path.name for path in tmp_path.iterdir()] == ["toy.h5"]
