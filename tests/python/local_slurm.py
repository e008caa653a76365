"""A real SLURM on one machine for the tests: munged, slurmctld and three slurmd, each the child of this process.

Debian's packages slurm-wlm and munge, unchanged. All files, keys, sockets and ports are private, so that several test runs
may have a SLURM each, beside one that the machine may have itself. Nothing needs root, systemd, accounting or cgroups: the
daemons run as the user of the tests and run jobs of this user only.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = {"slurmctld": "slurm-wlm", "slurmd": "slurm-wlm", "sbatch": "slurm-wlm", "munged": "munge"}
NODES = ("n1", "n2", "n3")
_ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "OUT_OF_MEMORY"}

_CONF = """\
ClusterName=rackrate
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdSpoolDir={folder}/spool.%n
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
ReturnToService=2
SlurmdTimeout=300
MinJobAge=3600
KillWait=5
OverTimeLimit=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=4096
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=4096
NodeName=n3 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[3]} CPUs=1 RealMemory=4096
PartitionName=low Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=5
PartitionName=high Nodes=n1,n2,n3 MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
"""
# "disabled" exists from 23.02 only; this plugin loads even where no cgroup is mounted.
_CGROUP = (
    "CgroupPlugin=cgroup/v1\nConstrainCores=no\nConstrainRAMSpace=no\nConstrainSwapSpace=no\nConstrainDevices=no\n"
)


def missing() -> str:
    """What keeps SLURM from starting here, with the remedy; empty if nothing does."""
    wanted = sorted({package for program, package in PROGRAMS.items() if _program(program) is None})
    if not wanted:
        return ""
    return f"SLURM cannot start without: {', '.join(wanted)}. As root: apt-get install -y --no-install-recommends {' '.join(wanted)}"


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


class Slurm:
    """A running SLURM with three nodes of one processor each; ``environment`` leads its commands to it.

    Partitions: ``low`` (the default) and ``high``, whose jobs pre-empt and requeue those of ``low``.
    """

    def __init__(self) -> None:
        # Short, because it holds a socket, and open to all, as munge wants it; the folders of pytest are neither.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
        self._daemons: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Slurm:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if len(self._daemons) > 1:
            subprocess.run(
                ["scancel", "--full", "--signal=KILL", *self._jobs()],
                env=self.environment,
                capture_output=True,
                timeout=30,
            )
            self._wait(lambda: not self._jobs(), 20, "the jobs to end", strict=False)
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in reversed(self._daemons):
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self._daemons.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sbatch(self, script: Path | str, *options: str) -> str:
        """Submit a job script, whose output goes to the private folder by default; returns the number of the job."""
        return self.call("sbatch", "--parsable", *options, str(script)).split(";")[0].strip()

    def call(self, *command: str) -> str:
        """The output of one of SLURM's commands, run in the private folder. Raises: AssertionError with its message."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=120, cwd=self.folder
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def tasks(self, job: str) -> list[dict[str, str]]:
        """The fields of ``scontrol show job`` of each task of a job."""
        shown = self.call("scontrol", "-o", "show", "job", job).splitlines()
        return [dict(part.partition("=")[::2] for part in line.split() if "=" in part) for line in shown if line]

    def exit_codes(self, job: str) -> list[int]:
        """The exit status of each task of a job that has ended."""
        return [int(task["ExitCode"].split(":")[0]) for task in self.tasks(job)]

    def wait(self, job: str, seconds: float = 600) -> list[str]:
        """Wait until all tasks of a job have ended; returns their states."""
        self._wait(
            lambda: all(state in _ENDED for state in self._states(job)), seconds, f"job {job} to end: {self.tasks(job)}"
        )
        return self._states(job)

    def wait_for(self, job: str, state: str, seconds: float = 300) -> None:
        """Wait until a task of a job is in ``state``."""
        self._wait(lambda: state in self._states(job), seconds, f"job {job} to be {state}: {self.tasks(job)}")

    def _states(self, job: str) -> list[str]:
        return [task["JobState"] for task in self.tasks(job)]

    def _jobs(self) -> list[str]:
        return subprocess.run(
            ["squeue", "-h", "-o", "%A"], env=self.environment, capture_output=True, text=True, timeout=30
        ).stdout.split()

    def _start(self) -> None:
        folder = self.folder
        folder.chmod(0o755)
        (folder / "state").mkdir(exist_ok=True)
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        conf = _CONF.format(
            user=getpass.getuser(), host=socket.gethostname().split(".")[0], folder=folder, ports=_free_ports(4)
        )
        (folder / "slurm.conf").write_text(conf)
        (folder / "cgroup.conf").write_text(_CGROUP)
        names = ("key", "socket", "pid", "log", "seed")
        files = [f"--{name}{'' if name == 'socket' else '-file'}={folder}/munge.{name}" for name in names]
        self._daemon("munged", "--foreground", *files)
        self._wait((folder / "munge.socket").exists, 60, "munged to listen")
        self._daemon("slurmctld", "-D", "-i")
        for node in NODES:
            (folder / f"spool.{node}").mkdir(exist_ok=True)
            self._daemon("slurmd", "-D", "-N", node)
        self._wait(self._idle, 120, "the nodes to be idle")

    def _idle(self) -> bool:
        shown = subprocess.run(
            ["sinfo", "-h", "-N", "-p", "low", "-o", "%T"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return shown.stdout.split() == ["idle"] * len(NODES)

    def _daemon(self, name: str, *options: str) -> None:
        program = _program(name)
        assert program is not None
        with open(self.folder / f"{name}.out", "ab") as out:
            # Should the tests be killed, the kernel ends the daemon too.
            command = ["setpriv", "--pdeathsig", "TERM", program, *options]
            self._daemons.append(
                subprocess.Popen(command, env=self.environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            )

    def _wait(self, done: object, seconds: float, what: str, strict: bool = True) -> None:
        end = time.monotonic() + seconds
        while not done():  # type: ignore[operator]
            ended = [str(daemon.args) for daemon in self._daemons if daemon.poll() is not None]
            if time.monotonic() > end or ended:
                if not strict:
                    return
                logs = "\n".join(
                    f"{log.name}: {log.read_text(errors='replace')[-1500:]}"
                    for log in sorted((*self.folder.glob("*.log"), *self.folder.glob("*.out")))
                )
                raise AssertionError(f"waited {seconds:.0f} s for {what}; ended: {ended}\n{logs}")
            time.sleep(0.1)
