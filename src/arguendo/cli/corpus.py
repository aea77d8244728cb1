"""Commands that bring opinions in: `arguendo convert` and `arguendo fetch`; and move annotations along."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arguendo.cli.commands import working_store

# As in `readers.FORMATS`; said again, because importing the readers would slow `--help` down.
FORMATS = ("markdown", "html", "courtlistener", "cap", "fastcase", "text", "pdf")


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("convert", _convert, "sources into opinions with exact offsets", "convert opinion.md")
    command.add_argument("source", type=Path, nargs="+", metavar="SOURCE")
    command.add_argument("--format", choices=FORMATS, help="otherwise told by content")
    for name, what in (("court", "courts-db id"), ("docket", "number"), ("date", "YYYY-MM-DD")):
        command.add_argument(f"--{name}", metavar=name.upper(), help=f"{what}, where the source has none")
    command.add_argument("--out", type=Path, default=Path("corpus/opinions"), metavar="DIR")

    command = add(
        "fetch", _fetch, "opinions that the manifest names, checked and converted", "fetch --mirror copies"
    )
    command.add_argument("id", nargs="*", metavar="ID", help="default: all of the manifest")
    command.add_argument("--mirror", type=Path, metavar="DIR", help="a folder with the sources, instead")

    command = add(
        "reanchor",
        _reanchor,
        "annotations onto the present text of their opinion",
        "reanchor annotations/rounds/r1/ann/ID.json",
    )
    command.add_argument("annotation", type=Path, nargs="+", metavar="ANNOTATION")


def _convert(arguments: argparse.Namespace) -> int:
    from arguendo.convert import check_facts, convert
    from arguendo.errors import CorpusError
    from arguendo.files import read_bytes
    from arguendo.opinion import Facts
    from arguendo.store import write_opinion

    facts = Facts(court=arguments.court, docket=arguments.docket, date=arguments.date)
    check_facts(facts)
    worst = 0
    counts = {"written": 0, "renewed": 0, "unchanged": 0, "refused": 0}
    for path in arguments.source:
        try:
            data = read_bytes(path)
            opinion = convert(data, str(path), arguments.format, facts)
            folder = arguments.out / opinion.id
            what = write_opinion(folder, opinion, data)
        except CorpusError as error:
            # One bad file does not stop the others.
            worst = max(worst, report_problems(error))
            counts["refused"] += 1
            continue
        counts[what] += 1
        blocks, cites = len(opinion.blocks), len(opinion.citations)
        print(f"{folder}: {what}, {len(opinion.text):,} characters, {blocks} blocks, {cites} citations")
    if len(arguments.source) > 1:
        print(f"{len(arguments.source)} sources: " + ", ".join(f"{name} {n}" for name, n in counts.items()))
    return worst


def _fetch(arguments: argparse.Namespace) -> int:
    from arguendo.errors import CorpusError, misuse
    from arguendo.fetch import fetch, mirrored, pinned
    from arguendo.store import write_opinion

    store = working_store()
    if not store.manifest.is_file():
        raise misuse(str(store.manifest), "no such file", "Run this in a checkout of the repository")
    rows = [row for row in store.manifest_rows() if not arguments.id or row["id"] in arguments.id]
    if unknown := sorted({*arguments.id} - {row["id"] for row in rows}):
        raise misuse(str(store.manifest), f"no row for {', '.join(unknown)}", "See the manifest's ids")
    if arguments.mirror and not arguments.mirror.is_dir():
        raise misuse(str(arguments.mirror), "no such folder", "Name the folder that holds the sources")
    find = mirrored(arguments.mirror) if arguments.mirror else pinned
    counts = {"written": 0, "renewed": 0, "unchanged": 0, "refused": 0}
    for number, row in enumerate(rows, 1):
        try:
            opinion, data = fetch(row, find)
            what = write_opinion(store.fetched / opinion.id, opinion, data)
        except CorpusError as error:
            report_problems(error)
            what = "refused"
        counts[what] += 1
        print(f"{number} of {len(rows)} {row['id']}: {what}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    return 1 if counts["refused"] else 0


def _reanchor(arguments: argparse.Namespace) -> int:
    from arguendo.files import to_json, write_atomically
    from arguendo.reanchor import reanchor
    from arguendo.records import annotation_to_record

    store = working_store()
    worst = 0
    for path in arguments.annotation:
        annotation = store.read_annotation(path)
        result = reanchor(annotation, store.read_opinion(annotation.opinion).text)
        for span, (start, end) in result.moved:
            print(f"{path}: {span.id} moved from [{span.start}, {span.end}) to [{start}, {end})")
        for span in result.lost:
            print(f"{path}: {span.id} [{span.start}, {span.end}) stands nowhere", file=sys.stderr)
        if result.annotation:
            write_atomically(path, to_json(annotation_to_record(result.annotation)))
            print(f"{path}: {len(result.moved)} of {len(annotation.spans)} spans moved")
        else:
            worst = 1
            print(f"{path}: left as it was; mark the {len(result.lost)} again", file=sys.stderr)
    return worst


def report_problems(error: Any) -> int:
    from arguendo.errors import UsageError

    for problem in error.problems:
        print(problem, file=sys.stderr)
    return 2 if isinstance(error, UsageError) else 1
