"""One shard from its sources to its file, `opinions/part-NNNNN.parquet`: written whole or not at all.

The folder of a run also has `plan.json`, `summary.json` once all is done, and `work/`, which is of no
use then. Each file carries its counts in its footer, so that a summary reads no rows. A shard is run in
a process of its own, so that an opinion that takes all memory takes one shard with it and no more.
"""

import hashlib
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arguendo.errors import CorpusError, Problem, fail, misuse
from arguendo.files import read_json, to_json, write_atomically
from arguendo.records import Record
from arguendo.scale.batches import ANNOTATED, OPINIONS, annotate_batch, convert_batch
from arguendo.scale.model import read_model
from arguendo.scale.sources import read_shard

_COUNTS = b"arguendo"
_AGAIN = "Run the same command again: finished shards are kept"


def part(out: Path, number: int) -> Path:
    """The file of a shard."""
    return out / "opinions" / f"part-{number:05d}.parquet"


def log_folder(out: Path) -> Path:
    """Where the engine keeps its logs of a run."""
    return out / "work" / "log"


def read_plan(out: Path) -> Record:
    plan: Record = read_json(out / "plan.json")
    return plan


def write_plan(out: Path, shards: list[Record], model: Path | None) -> None:
    """Write down what a run does, or check that the folder's run does the same.

    Raises:
        UsageError: the folder has the output of another run, or something else in it.
    """
    described = hashlib.sha256((model / "model.json").read_bytes()).hexdigest() if model else None
    plan = {"model": str(model.resolve()) if model else None, "model_sha256": described, "shards": shards}
    if (out / "plan.json").is_file():
        before = read_plan(out)
        if {**before, "model": None} != {**plan, "model": None}:
            message = "holds a run over other sources or with another model"
            raise misuse(str(out), message, "Give the sources of that run, or a new --out")
    elif out.is_dir() and any(out.iterdir()):
        raise misuse(str(out), "this folder holds something else", "Name a new or an empty one")
    write_atomically(out / "plan.json", to_json(plan))


def run_shard(out: Path, number: int) -> None:
    """Convert a shard, and annotate it where the plan names a model; done already, it is left alone.

    Raises:
        CorpusError: its sources or the model cannot be read, or there is no room for its file.
    """
    plan = read_plan(out)
    shard, target = plan["shards"][number], part(out, number)
    if target.is_file():
        return
    model = read_model(Path(plan["model"])) if plan["model"] else None
    facts = out / "work" / shard["facts"] if "facts" in shard else None
    batches = (convert_batch(batch) for batch in read_shard(shard, facts))
    if model:
        batches = (annotate_batch(batch, model) for batch in batches)
    try:
        _write(target, batches, ANNOTATED if model else OPINIONS)
    except OSError as error:
        what = (error.strerror or str(error)).splitlines()[0]
        raise fail(str(target), "disk", f"cannot be written: {what}", f"Make room. {_AGAIN}") from None


def _write(target: Path, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: a process that outlived its killed parent may be at the same shard.
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    os.close(handle)
    counts: Counter[str] = Counter()
    try:
        with pq.ParquetWriter(fresh, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                counts += _count(batch)
            writer.add_key_value_metadata({_COUNTS: json.dumps(counts, sort_keys=True).encode()})
        os.chmod(fresh, 0o644)
        os.replace(fresh, target)
    except BaseException:
        os.unlink(fresh)
        raise


def _count(batch: pa.RecordBatch) -> Counter[str]:
    counts = Counter({"rows": batch.num_rows})
    for name in ("sentences", "citations"):
        counts[name] = len(batch.column(name).flatten())
    counts["opinions"] = batch.num_rows - batch.column("id").null_count
    counts["characters"] = sum(len(text) for text in batch.column("text").to_pylist() if text)
    codes = batch.column("problems").flatten().field("code")
    counts += Counter(f"problem {code}" for code in codes.to_pylist())
    if "spans" in batch.schema.names:
        labels = batch.column("spans").flatten().field("label")
        counts += Counter(f"span {label}" for label in labels.to_pylist())
    return counts


# --- after the run -----------------------------------------------------------------------------


def unfinished(out: Path) -> list[int]:
    """Numbers of the shards that have no file."""
    return [number for number in range(len(read_plan(out)["shards"])) if not part(out, number).is_file()]


def summarise(out: Path) -> Record:
    """Counts over all shards, also written to `summary.json`; leftovers of killed processes go.

    Raises:
        CorpusError: a shard's file is damaged.
    """
    counts: Counter[str] = Counter()
    for number in range(len(read_plan(out)["shards"])):
        try:
            held = pq.read_metadata(part(out, number)).metadata
            counts += Counter(json.loads(held[_COUNTS]))
        except (pa.ArrowInvalid, KeyError, TypeError):
            raise fail(str(part(out, number)), "parquet", "is damaged", f"Delete it. {_AGAIN}") from None
    plain = ("rows", "opinions", "characters", "sentences", "citations")
    grouped = {
        f"{group}s": {
            n.removeprefix(f"{group} "): counts[n] for n in sorted(counts) if n.startswith(f"{group} ")
        }
        for group in ("span", "problem")
    }
    record = {name: counts[name] for name in plain} | grouped
    write_atomically(out / "summary.json", to_json(record))
    for left in (out / "opinions").glob(".new-*"):
        left.unlink()
    return record


# --- failures, told across processes -----------------------------------------------------------


def failures(out: Path, numbers: list[int]) -> list[Problem]:
    """Why shards have no file."""
    found = []
    for number in numbers:
        path = _failure(out, number)
        if path.is_file():
            found += [Problem(**record) for record in read_json(path)["problems"]]
        else:
            log = log_folder(out) / "logs" / f"task_{number:05d}.log"
            message = "was not finished"
            found.append(Problem(part(out, number).name, "shard", message, f"See {log}. {_AGAIN}"))
    return sorted(found)


def finish_shard(out: Path, number: int) -> None:
    """Run a shard in a process of its own, which ends with 1 where it noted why there is no file."""
    try:
        run_shard(out, number)
    except CorpusError as error:
        _note(out, number, error.problems)
        sys.exit(1)


def forget_failure(out: Path, number: int) -> None:
    """Forget what went wrong with a shard before."""
    _failure(out, number).unlink(missing_ok=True)


def note_exit(out: Path, number: int, code: int) -> None:
    """Note how a shard's process ended, where it could not say so itself: killed, or broken off."""
    if code == 0 or _failure(out, number).is_file():
        return
    if code < 0:
        what, hint = "killed", f"If memory ran out, run fewer workers. {_AGAIN}"
        message = f"its process was killed by {signal.Signals(-code).name}"
    else:
        what, hint = "shard", f"See {log_folder(out)}. {_AGAIN}"
        message = f"its process ended with {code}"
    _note(out, number, [Problem(part(out, number).name, what, message, hint)])


def _note(out: Path, number: int, problems: list[Problem]) -> None:
    fields = ("where", "code", "message", "hint")
    told = [{name: getattr(problem, name) for name in fields} for problem in problems]
    write_atomically(_failure(out, number), to_json({"problems": told}))


def _failure(out: Path, number: int) -> Path:
    return out / "work" / "failed" / f"{number:05d}.json"
