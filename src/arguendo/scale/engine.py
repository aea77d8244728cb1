"""Shards on datatrove: on this machine, on Slurm, or on a Ray cluster (Penedo et al. 2024, datatrove).

The only module that knows of an engine. A shard is a task; datatrove starts tasks, notes which are
completed, and starts the others again. Which one is chosen and why: docs/scale.md.
"""

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from arguendo.errors import fail, misuse
from arguendo.files import read_text, write_atomically
from arguendo.records import Record
from arguendo.scale.shard import finish_shard, part, read_plan, report_exit, unfinished

EXECUTORS = ("local", "slurm", "ray")
_INSTALL = "Install it: pip install 'arguendo[scale]'"


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


def job_of(out: Path) -> str | None:
    """The Slurm job that a run was last submitted as, by its id."""
    path = _job(out)
    return read_text(path).strip() if path.is_file() else None


def is_over(job: str) -> bool:
    """Whether none of a Slurm job's tasks waits or runs any more.

    Raises:
        CorpusError: Slurm is not here.
    """
    try:
        queue = subprocess.run(["squeue", "--noheader", "--jobs", job], capture_output=True, check=False)
    except OSError as error:
        raise fail("squeue", "slurm", f"cannot be run ({error})", "Run this where Slurm is") from None
    return not queue.stdout.strip()


def run(out: Path, workers: int, cluster: Record | None = None) -> str | None:
    """Run the shards of a plan that have no file yet.

    On Slurm this returns when they are submitted, and says as which job.

    Raises:
        CorpusError: the configuration has settings that the executor does not know, or Slurm refuses.
        UsageError: the extra `[scale]` is not installed.
    """
    # Relative paths would mean other places on other machines.
    out = out.resolve()
    log = out / "work" / "log"
    missing = unfinished(out)
    if not missing:
        return None
    for number in missing:
        # What was completed and is gone now has to be done again.
        (log / "completions" / f"{number:05d}").unlink(missing_ok=True)
    settings: Record = {"executor": "local", "workers": workers} | (cluster or {})
    log.mkdir(parents=True, exist_ok=True)
    with _into(log / "engine.log"):
        executor = _executor(settings.pop("executor"))
        total = len(read_plan(out)["shards"])
        step = partial(run_rank, out=str(out))
        try:
            made = executor(pipeline=[step], tasks=total, logging_dir=str(log), **settings)
        except TypeError as error:
            raise fail(
                "cluster", "settings", str(error), "See the executor's settings in datatrove"
            ) from None
        try:
            made.run()
        except (OSError, subprocess.CalledProcessError) as error:
            hint = f"See {log / 'engine.log'}, and the settings that --cluster names"
            what = f"{type(made).__name__}: {error}".rstrip(".")
            raise fail("cluster", "engine", what, hint) from None
        job = getattr(made, "job_id", None)
    if job:
        write_atomically(_job(out), str(job).encode())
    return job


def _job(out: Path) -> Path:
    return out / "work" / "slurm-job"


def run_rank(data: Any, rank: int, world_size: int, out: str) -> None:
    """A step of a datatrove pipeline: the shard that has the rank's number, in a process of its own."""
    folder = Path(out)
    if part(folder, rank).is_file():
        return
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["arguendo.scale.preload"])
    alone = processes.Process(target=finish_shard, args=(folder, rank))
    alone.start()
    alone.join()
    report_exit(folder, rank, alone.exitcode or 0)


def _executor(name: str) -> Any:
    try:
        if name == "slurm":
            from datatrove.executor import SlurmPipelineExecutor as Executor
        elif name == "ray":
            from datatrove.executor import RayPipelineExecutor as Executor
        else:
            from datatrove.executor import LocalPipelineExecutor as Executor
    except ImportError as error:
        raise misuse("arguendo scale", f"needs {error.name}", _INSTALL) from None
    return Executor


@contextlib.contextmanager
def _into(path: Path) -> Iterator[None]:
    """What this process and those it starts write to standard error goes to the end of a file.

    datatrove tells each task's story there; what is to be known is told once, by the caller.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with path.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
