"""`arguendo scale`: conversion and a stored model over millions of opinions, resumable."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from arguendo.cli.commands import adder


def add_commands(command: argparse.ArgumentParser) -> None:
    add = adder(command.add_subparsers(required=True, metavar="ACTION"), "arguendo scale")
    what = "convert, and annotate, whatever is in files and folders; run again to resume"
    action = add("run", _run, what, "run opinions-2026-09-30.csv.bz2 --out out --model model")
    action.add_argument("source", type=Path, nargs="+", metavar="SOURCE")
    action.add_argument("--out", type=Path, required=True, metavar="DIR")
    action.add_argument("--model", type=Path, metavar="DIR", help="made by `arguendo scale model`")
    action.add_argument("--workers", type=int, metavar="N", help="default: one for each core")
    action.add_argument("--cluster", type=Path, metavar="TOML", help="settings of Slurm or Ray")
    action.add_argument("--json", action="store_true")

    action = add("model", _model, "train the sentence CRF and store it", "model --out model")
    action.add_argument("--data", type=Path, default=Path("build/dataset"), metavar="DIR")
    action.add_argument("--out", type=Path, required=True, metavar="DIR")


def _run(arguments: argparse.Namespace) -> int:
    from arguendo.errors import CorpusError, misuse, refuse
    from arguendo.scale import engine, shard
    from arguendo.scale.cluster import jobs_of, read_cluster
    from arguendo.scale.facts import build_facts
    from arguendo.scale.model import read_model
    from arguendo.scale.sources import plan_shards

    out = arguments.out
    workers = len(os.sched_getaffinity(0)) if arguments.workers is None else arguments.workers
    if workers < 1:
        raise misuse("--workers", f"{workers} workers do nothing", "Give 1 or more")
    cluster = read_cluster(arguments.cluster) if arguments.cluster else None
    if arguments.model:
        read_model(arguments.model)
    shards, others = plan_shards([path.resolve() for path in arguments.source], out.resolve())
    shard.write_plan(out, shards, arguments.model)
    for path, name in sorted({(s["path"], s["facts"]) for s in shards if "facts" in s}):
        if not (out / "work" / name).is_file():
            _tell(f"{name}: joining clusters and dockets of {path}")
            build_facts(Path(path), out / "work" / name)
    before = shard.unfinished(out)
    log = shard.log_folder(out) / "engine.log"
    _tell(f"{len(shards)} shards, {len(shards) - len(before)} finished; log: {log}")
    if before and (jobs := jobs_of(out, cluster)):
        _tell(f"Slurm still has its jobs, {jobs}; when they are over, run the same command again")
        return 0
    for path in others[:5]:
        _tell(f"{path}: of no known kind, left out")
    if others[5:]:
        _tell(f"and {len(others) - 5} more of no known kind")
    earlier = shard.failures(out, before) if engine.was_submitted(out) else []
    if jobs := engine.run(out, workers, cluster):
        _tell(f"submitted to Slurm as {jobs}; when that is over, run the same command again")
        refuse(earlier)
        return 0
    if missing := shard.unfinished(out):
        raise CorpusError(shard.failures(out, missing))
    summary = shard.summarise(out)
    if arguments.json:
        print(json.dumps(summary, indent=2))
    else:
        _table(summary, out)
    return 0


def _table(summary: dict[str, Any], out: Path) -> None:
    for name, value in summary.items():
        if isinstance(value, int):
            print(f"{name:<24}{value:>16,}")
    for group in ("spans", "problems"):
        for name, value in summary[group].items():
            print(f"{group[:-1] + ' ' + name:<24}{value:>16,}")
    print(out / "opinions")


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _model(arguments: argparse.Namespace) -> int:
    from arguendo.scale.model import train, write_model

    model = train(arguments.data)
    write_model(arguments.out, model)
    size = sum(map(len, model.models)) / 1e6
    print(f"{arguments.out}: {len(model.models)} models, {size:.1f} MB, threshold {model.threshold}")
    return 0
