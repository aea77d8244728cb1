"""Where shards run: the configuration of a cluster, and what Slurm still has of a run."""

import subprocess
import tomllib
from pathlib import Path

from arguendo.errors import fail
from arguendo.files import read_text
from arguendo.offsets import sha256
from arguendo.records import Record

EXECUTORS = ("local", "slurm", "ray")


def read_cluster(path: Path) -> Record:
    """A cluster's configuration: TOML with `executor` and what that executor of datatrove takes.

    Raises:
        CorpusError: it is no TOML, or names no executor.
        UsageError: no such file.
    """
    try:
        record = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise fail(str(path), "toml", f"not TOML: {error}", "Mend it; docs/scale.md has examples") from None
    if record.get("executor") not in EXECUTORS:
        raise fail(str(path), "executor", "names no executor", f"Write executor = one of {EXECUTORS}")
    return record


def job_name(out: Path, cluster: Record | None) -> str | None:
    """What a run's jobs are called on Slurm, always the same for a folder; None elsewhere."""
    if not cluster or cluster["executor"] != "slurm":
        return None
    return str(cluster.get("job_name") or f"arguendo-{sha256(str(out.resolve()))[:12]}")


def jobs_of(out: Path, cluster: Record | None) -> str | None:
    """The name of the jobs that Slurm still has of a run; None where it has none, or is not asked.

    Raises:
        CorpusError: Slurm does not answer.
    """
    name = job_name(out, cluster)
    if name is None:
        return None
    command = ["squeue", "--noheader", "--name", name, "--format", "%r"]
    try:
        queue = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise fail("squeue", "slurm", said, "Run the same command again where Slurm answers") from None
    # What waits for a job that was cancelled waits for ever.
    reasons = {*queue.stdout.split("\n")} - {"", "DependencyNeverSatisfied"}
    return name if reasons else None
