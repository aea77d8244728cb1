"""Shards on a Slurm of this machine's own, with real daemons: submitted, waited for, cancelled, finished."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arguendo.scale.shard import part
from test_scale_run import COMMAND, SHARDS, output, source, whole

__all__ = ["source", "whole"]

pytest.importorskip("datatrove", reason="needs the extra [scale]")

DAEMONS = ("munged", "slurmctld", "slurmd")
MISSING = [
    name for name in (*DAEMONS, "sbatch") if not shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason="needs Slurm. On Debian: apt-get install slurm-wlm munge"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as Slurm's daemons do"),
]
CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory={memory} State=UNKNOWN
PartitionName=cpu Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "Slurm does not answer"
        time.sleep(0.2)


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def runs_a_job() -> bool:
    try:
        until(lambda: "idle" in said("sinfo"))
        return subprocess.run(["srun", "--ntasks=1", "true"], check=False, timeout=30).returncode == 0
    except (AssertionError, subprocess.TimeoutExpired):
        return False


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A controller and a node of two cores, whose configuration `SLURM_CONF` names."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    host = socket.gethostname().split(".")[0]
    configuration = CONFIGURATION.format(
        folder=folder,
        host=host,
        controller=free_port(),
        node=free_port(),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 * 9 // 10,
    )
    (folder / "slurm.conf").write_text(configuration, "utf-8")
    munge = ["munged", "--force", "--foreground", f"--key-file={key}", f"--socket={folder}/munge.socket"]
    munge += [f"--{name}-file={folder}/munge.{name}" for name in ("pid", "log", "seed")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        patch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
        daemons = []
        try:
            for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D"]):
                with (folder / f"{command[0]}.out").open("wb") as log:
                    daemons.append(subprocess.Popen(command, stdout=log, stderr=log))
                time.sleep(1)
            if not runs_a_job():
                told = "; ".join((folder / f"{name}.out").read_text("utf-8")[-200:] for name in DAEMONS)
                pytest.skip(f"Slurm does not run here: {told}")
            yield
        finally:
            said("scancel", "--user=root")
            for daemon in reversed(daemons):
                daemon.terminate()
                daemon.wait(timeout=60)


def test_an_array_is_submitted_and_the_same_command_ends_it(
    slurm: None, source: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out, cluster = tmp_path / "out", tmp_path / "slurm.toml"
    settings = {"executor": "slurm", "time": "00:10:00", "partition": "cpu"}
    settings |= {"venv_path": str(Path(sys.prefix) / "bin" / "activate")}
    lines = ["workers = 2", "tasks_per_job = 2", *(f'{name} = "{value}"' for name, value in settings.items())]
    cluster.write_text("\n".join(lines), "utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, str(source), "--out", str(out)]
        return subprocess.run(
            [*command, "--cluster", str(cluster)], capture_output=True, text=True, check=False
        )

    def waits() -> bool:
        return bool(said("squeue", "--noheader", "--name", name, "--states=PD,R,CG").strip())

    first = run()
    assert first.returncode == 0, first.stderr
    name = first.stderr.split("submitted to Slurm as ")[1].split(";")[0]
    until(lambda: part(out, 0).exists())
    meanwhile = run()
    assert meanwhile.returncode == 0
    assert "Slurm still has its jobs" in meanwhile.stderr
    said("scancel", "--name", name)
    until(lambda: not waits())
    kept = {path: path.stat().st_mtime_ns for path in (out / "opinions").glob("part-*")}
    assert len(kept) < SHARDS
    again = run()
    assert again.returncode == 1
    assert again.stderr.count("was not finished") == SHARDS - len(kept)
    until(lambda: not waits(), 180)
    last = run()
    assert last.returncode == 0, last.stderr
    assert output(out) == whole
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_what_slurm_refuses_is_one_line(slurm: None, source: Path, tmp_path: Path) -> None:
    cluster = tmp_path / "slurm.toml"
    cluster.write_text('executor = "slurm"\nworkers = 2\ntime = "00:10:00"\npartition = "gpu"\n', "utf-8")
    command = [*COMMAND, str(source), "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, "--cluster", str(cluster)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "error" in line]
    assert "error engine: Command '['sbatch'" in line
