"""Sweeps in jobs of a batch queue: what is asked of the queue, and what is said where it does not go."""

import os
import re
import subprocess
from types import SimpleNamespace

import pytest
from tests.python.test_clusters import LONG, QUICK, WAIT_S, begin, done_bundles, merged, sweep, wait_until

from rackrate import ResultFileError, ScenarioError
from rackrate.sweeps.backends import queues
from rackrate.sweeps.backends.queues import option_pairs
from rackrate.sweeps.job_array import slurm_script

SMALL = ["--slurm", "--jobs", "2", "--queue-option", "interface=lo", "--queue-option", "memory=400 MB"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cores=4", {"cores": 4}),
        ("walltime=01:00:00", {"walltime": "01:00:00"}),
        ("memory=2 GB", {"memory": "2 GB"}),
        ("security=false", {"security": False}),
        (
            'job-extra-directives=["--qos=low", "--gres=tmp:5G"]',
            {"job_extra_directives": ["--qos=low", "--gres=tmp:5G"]},
        ),
        ("queue=a=b", {"queue": "a=b"}),
        ("account=2026-01-01", {"account": "2026-01-01"}),
    ],
)
def test_an_option_of_the_queue_is_a_value_of_toml_or_text(text, value):
    assert option_pairs([text]) == value


@pytest.mark.parametrize("text", ["cores", "=4", "a b=3"])
def test_an_option_without_key_or_value_is_refused(text):
    with pytest.raises(ScenarioError, match="expected KEY=VALUE"):
        option_pairs([text])


def test_a_job_array_asks_slurm_for_what_the_options_say(tmp_path):
    settings = option_pairs(
        [
            "queue=short",
            "account=econ",
            "walltime=03:00:00",
            "cores=2",
            "memory=3 GB",
            'job_script_prologue=["module load python"]',
            'job_extra_directives=["--qos=low"]',
        ]
    )
    text = slurm_script(["rackrate", "sweep", "my design.toml"], 20, settings, tmp_path)
    directives = dict(re.findall(r"^#SBATCH (--[\w-]+)=(.*)$", text, re.MULTILINE))
    assert directives == {
        "--job-name": "rackrate", "--array": "0-19", "--partition": "short", "--account": "econ", "--ntasks": "1",
        "--cpus-per-task": "2", "--mem": "2862M", "--time": "03:00:00", "--signal": "TERM@120",
        "--output": f"{tmp_path}/logs/%x-%A_%a.out", "--open-mode": "append", "--qos": "low",
    }  # fmt: skip
    assert "#SBATCH --requeue\n" in text
    assert text.index("module load python\n") < text.index("srun ")
    assert "rackrate sweep 'my design.toml'" in text
    assert '--shard "$SLURM_ARRAY_TASK_ID/20" --workers 2' in text
    assert subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True).returncode == 0


def test_the_signal_comes_earlier_where_the_time_limit_is_short(tmp_path):
    assert "--signal=TERM@30\n" in slurm_script(["rackrate"], 1, {"walltime": "00:01:00"}, tmp_path)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"walltme": "1"}, "the option of the queue is walltme; expected one of queue, account, walltime"),
        ({"memory": "lots"}, 'memory is "lots"; expected a number with MB, GB, MiB or GiB'),
        ({"cores": 0}, "cores is 0; expected a whole number >= 1"),
    ],
)
def test_a_job_array_refuses_what_it_does_not_know(tmp_path, settings, said):
    with pytest.raises(ScenarioError) as error:
        slurm_script(["rackrate"], 1, settings, tmp_path)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dask", "x", "--slurm"], "--dask and --slurm exclude each other"),
        (["--slurm", "--workers", "2"], "--slurm and --workers exclude each other"),
        (["--slurm", "--shard", "1/2"], "--shard and --slurm exclude each other"),
        (["--script"], "--script needs --slurm"),
        (["--queue-option", "cores=1"], "--queue-option needs --slurm or --queue"),
        (["--queue", "slrum"], "is not one of 'slurm'"),
    ],
)
def test_options_that_contradict_each_other_are_refused_before_anything_runs(tmp_path, options, said):
    errors = sweep(tmp_path, QUICK, "-o", "there", *options, code=2)
    assert said in errors
    assert not (tmp_path / "there").exists()


def test_where_no_job_can_be_submitted_the_missing_command_is_named(tmp_path):
    bare = {**os.environ, "PATH": os.fspath(tmp_path)}
    errors = sweep(tmp_path, QUICK, "-o", "there", "--queue", "pbs", environment=bare, code=2)
    assert "pbs: the command qsub is not on the PATH; expected a machine from which jobs are submitted." in errors


@pytest.mark.slow
def test_what_the_queue_says_when_it_refuses_a_job_is_passed_on(tmp_path, slurm):
    refused = [*SMALL, "--queue-option", "queue=nosuch"]
    errors = sweep(tmp_path, QUICK, "-o", "there", *refused, environment=slurm.environment, code=2)
    assert "slurm: the queue refused a job (sbatch: error: invalid partition specified: nosuch" in errors
    assert "Traceback" not in errors


def test_jobs_that_end_before_their_worker_comes_are_named(tmp_path, slurm):
    dying = [*SMALL, "--queue-option", "python=/bin/false"]
    errors = sweep(tmp_path, QUICK, "-o", "there", *dying, environment=slurm.environment, code=2)
    assert re.search(
        r"slurm: job \d+, \d+ ended before its worker came; expected a worker in each\. Read .*/logs/", errors
    )


def test_an_option_that_dask_jobqueue_does_not_know_is_named(tmp_path, slurm):
    unknown = [*SMALL, "--queue-option", "waltime=1"]
    errors = sweep(tmp_path, QUICK, "-o", "there", *unknown, environment=slurm.environment, code=2)
    assert "unexpected keyword argument 'waltime'" in errors
    assert "dask_jobqueue.SLURMCluster" in errors


class _Cluster:
    """What the backend reads of a cluster of dask-jobqueue: its jobs, and the workers that have come."""

    def __init__(self, jobs, workers):
        self.workers = {n: SimpleNamespace(name=f"SLURMCluster-{n}", job_id=job) for n, job in enumerate(jobs)}
        self.scheduler_info = {"workers": {f"tls://{name}": {"name": name} for name in workers}}
        self.asked = 0

    def scale(self, jobs):
        self.asked = jobs


def test_only_jobs_without_a_worker_are_complained_of(tmp_path, monkeypatch):
    pytest.importorskip("dask_jobqueue")
    queue = []  # SLURM has ended all jobs
    monkeypatch.setattr(queues, "threads_of", lambda client: 0)
    monkeypatch.setattr(queues, "_ended_slurm_jobs", lambda jobs: [job for job in jobs if job not in queue])
    backend = queues.QueueBackend("slurm", 2, {}, tmp_path)
    for workers, ended in [
        (["SLURMCluster-0", "SLURMCluster-1"], ""),  # one worker in each job
        (["SLURMCluster-0-0", "SLURMCluster-1-3"], ""),  # several
        (["SLURMCluster-0", "SLURMCluster-10"], "5"),  # that of another job
        ([], "4, 5"),
    ]:
        backend._cluster, backend._came, backend._looked = _Cluster(["4", "5"], workers), set(), -1e9
        backend._note_workers()
        backend._cluster.scheduler_info["workers"].clear()
        if ended:
            with pytest.raises(ResultFileError, match=f"slurm: job {ended} ended before its worker came"):
                backend._refill()
        else:
            backend._refill()
        assert backend._cluster.asked == 2


@pytest.mark.slow
def test_a_job_that_the_queue_ends_is_asked_for_again(tmp_path, slurm):
    quick = {**slurm.environment, "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "500ms"}
    before = set(slurm.call("squeue", "-h", "-o", "%A").split())
    running = begin(tmp_path, LONG, "-o", "there", *SMALL, environment=quick)
    wait_until(lambda: done_bundles(tmp_path / "there") >= 2)
    jobs = sorted(set(slurm.call("squeue", "-h", "-t", "RUNNING", "-o", "%A").split()) - before)
    slurm.call("scancel", *jobs)  # all of them: without new ones the sweep would never end
    errors = running.communicate(timeout=WAIT_S)[1].decode()
    assert running.returncode == 0, errors
    sweep(tmp_path, LONG, "-o", "here", "--workers", "2")
    assert merged(tmp_path, "there") == merged(tmp_path, "here")


def test_jobs_do_not_stay_behind_a_sweep_that_was_stopped(tmp_path, slurm):
    before = set(slurm.call("squeue", "-h", "-o", "%A").split())
    running = begin(tmp_path, LONG, "-o", "there", *SMALL, environment=slurm.environment)
    wait_until(lambda: done_bundles(tmp_path / "there") >= 1)
    running.terminate()
    errors = running.communicate(timeout=WAIT_S)[1].decode()
    assert running.returncode == 75, errors
    assert "stopped by SIGTERM" in errors
    wait_until(lambda: not set(slurm.call("squeue", "-h", "-t", "PENDING,RUNNING", "-o", "%A").split()) - before)
