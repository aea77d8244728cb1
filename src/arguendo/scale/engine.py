"""Shards on datatrove: on this machine, on Slurm, or on a Ray cluster (Penedo et al. 2024, datatrove).

The only module that knows of an engine. A shard is a task; datatrove starts tasks, notes which are
completed, and starts the others again. Which one is chosen and why: docs/scale.md.
"""

import contextlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from arguendo.errors import fail, misuse
from arguendo.records import Record
from arguendo.scale.cluster import job_name
from arguendo.scale.shard import (
    finish_shard,
    forget_failure,
    log_folder,
    note_exit,
    part,
    read_plan,
    unfinished,
)

_INSTALL = "Install it: pip install 'arguendo[scale]'"


def was_submitted(out: Path) -> bool:
    """Whether shards of a run were ever given to Slurm."""
    return (log_folder(out) / "launch_script.slurm").is_file()


def run(out: Path, workers: int, cluster: Record | None = None) -> str | None:
    """Run the shards of a plan that have no file yet.

    On Slurm this returns when they are submitted, and says under which name.

    Raises:
        CorpusError: the executor does not take the configuration, or Slurm or Ray refuses.
        UsageError: the extra `[scale]` is not installed, or no Ray.
    """
    missing = unfinished(out)
    if not missing:
        return None
    log = log_folder(out)
    for number in missing:
        # What was completed and is gone now has to be done again.
        (log / "completions" / f"{number:05d}").unlink(missing_ok=True)
    log.mkdir(parents=True, exist_ok=True)
    name = job_name(out, cluster)
    settings: Record = {"executor": "local", "workers": workers} | (cluster or {})
    if name:
        settings["job_name"] = name
    step = partial(run_rank, out=str(out.resolve()))
    where = "the configuration that --cluster names" if cluster else "local workers"
    with _into(log / "engine.log"):
        executor = _executor(settings.pop("executor"))
        try:
            executor(
                pipeline=[step],
                tasks=len(read_plan(out)["shards"]),
                logging_dir=str(log.resolve()),
                **settings,
            ).run()
        except ImportError as error:
            what = " ".join(str(error).split()).rstrip(".")
            raise misuse(where, what, "Install it where the command and its workers run") from None
        except (TypeError, ValueError, IndexError) as error:
            hint = f"See the settings of datatrove's executor, and {log / 'engine.log'}"
            raise fail(where, "settings", str(error), hint) from None
        except (OSError, subprocess.CalledProcessError) as error:
            raise fail(where, "engine", str(error).rstrip("."), f"See {log / 'engine.log'}") from None
    return name


def run_rank(data: Any, rank: int, world_size: int, out: str) -> None:
    """A step of a datatrove pipeline: the shard that has the rank's number, in a process of its own.

    The process is forked from a server that has loaded what shards need. Python's `multiprocessing`
    lets even a worker have it, because datatrove's workers belong to another library, `multiprocess`.
    """
    folder = Path(out)
    if part(folder, rank).is_file():
        return
    forget_failure(folder, rank)
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["arguendo.scale.preload"])
    process = server.Process(target=finish_shard, args=(folder, rank))
    process.start()
    process.join()
    note_exit(folder, rank, process.exitcode or 0)


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
