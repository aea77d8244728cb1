"""`arguendo export` and `arguendo import`: labels into the formats of other tools, and back."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arguendo.cli.commands import working_store

# As in `interchange`; said again, because importing that would slow `--help` down.
EXPORTS = ("brat", "conll", "webanno-tsv", "spacy", "jsonl")
IMPORTS = ("brat", "webanno-tsv")


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "export", _export, "labels in the format of another tool", "export --to brat --out build/brat"
    )
    command.add_argument("id", nargs="*", metavar="ID", help="default: all opinions with gold and text here")
    command.add_argument("--to", required=True, choices=EXPORTS, dest="format")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--annotation", type=Path, metavar="FILE", help="a raw annotation instead of gold")

    command = add(
        "import",
        _import,
        "annotations made in another tool, into a round",
        "import --from brat build/brat --annotator ann --round r2",
    )
    command.add_argument("path", type=Path, nargs="+", metavar="PATH", help="files, or folders of them")
    command.add_argument("--from", required=True, choices=IMPORTS, dest="format")
    command.add_argument("--annotator", required=True, metavar="A", help="one of annotators.json")
    command.add_argument("--round", required=True, metavar="R")


# --- out ---------------------------------------------------------------------------------------


def _export(arguments: argparse.Namespace) -> int:
    from arguendo.interchange import LOSES, export

    store = working_store()
    pairs = [*_pairs(store, arguments)]
    exported = export(arguments.format, pairs)
    fresh = _write(arguments.out, exported.files)
    for note in exported.notes:
        print(note)
    print(f"{exported.format} loses {LOSES[exported.format]}")
    same = len(exported.files) - fresh
    print(f"{arguments.out}: {len(pairs)} opinions, {fresh} files written, {same} unchanged")
    return 0


def _pairs(store: Any, arguments: argparse.Namespace) -> Iterator[tuple[Any, Any]]:
    """Opinions with their labels, checked."""
    from arguendo.errors import fail, misuse
    from arguendo.records import annotation_to_record, gold_to_record
    from arguendo.validate import annotation_findings, gold_findings

    if arguments.annotation:
        if arguments.id:
            message = "an annotation names its opinion itself"
            raise misuse("arguendo export", message, "Leave the ID out, or --annotation")
        labels = store.read_annotation(arguments.annotation)
        opinion = store.read_opinion(labels.opinion)
        findings = annotation_findings(annotation_to_record(labels), opinion.text, [labels.annotator])
        _refuse(str(arguments.annotation), findings)
        yield opinion, labels
        return
    held, moot = store.opinion_ids(), store.moot_ids()
    there = {path.stem for path in store.gold_paths()}
    # Made-up opinions are never mixed with real ones, unless somebody names them.
    ids = sorted({*arguments.id}) or [each for each in held if each in there and each not in moot]
    if not ids:
        hint = "Run this in the checkout of the repository; adjudicate an opinion first"
        raise fail(str(store.gold), "no-gold", "no opinion whose text is here has gold", hint)
    for opinion_id in ids:
        opinion = store.read_opinion(opinion_id)
        path = store.gold_path(opinion_id)
        if not path.is_file():
            raise fail(str(path), "no-gold", f"{opinion_id} has no gold", "Name --annotation FILE instead")
        gold = store.read_gold(path)
        raw = [each for origin in gold.origins for each in origin.raw]
        _refuse(str(path), gold_findings(gold_to_record(gold), opinion.text, raw))
        yield opinion, gold


def _refuse(where: str, findings: Any) -> None:
    """Labels with an error in them are not given to anybody."""
    from arguendo.errors import refuse
    from arguendo.validate import problem

    refuse(problem(where, finding) for finding in findings)


def _write(out: Path, files: Mapping[str, bytes]) -> int:
    """Write files into a folder, none over another: somebody may have worked in it. Returns how many."""
    from arguendo.errors import CorpusError, Problem
    from arguendo.files import write_atomically

    fresh = {out / name: data for name, data in files.items() if not (out / name).exists()}
    hint = "Give another --out, or move it away: what was done in it would be lost"
    clashes = [
        Problem(str(out / name), "already-there", "another file stands here", hint)
        for name, data in files.items()
        if out / name not in fresh and (out / name).read_bytes() != data
    ]
    if clashes:
        raise CorpusError(clashes)
    for path, data in fresh.items():
        write_atomically(path, data)
    return len(fresh)


# --- in ----------------------------------------------------------------------------------------


def _import(arguments: argparse.Namespace) -> int:
    from arguendo.errors import CorpusError, misuse
    from arguendo.interchange.parsed import is_id

    store = working_store()
    known = [annotator.id for annotator in store.read_annotators()]
    if arguments.annotator not in known:
        message = f"--annotator {arguments.annotator!r} is nowhere described"
        raise misuse(
            str(store.annotators), message, f"Describe the annotator there; known: {', '.join(known)}"
        )
    if not is_id(arguments.round):
        message = f"--round {arguments.round!r} is no name of a round"
        raise misuse("arguendo import", message, "Use letters, digits, - and _")
    annotations: list[Any] = []
    problems: list[Any] = []
    for path in _files(arguments.path, arguments.format):
        try:
            annotation, found = _read(path, store, arguments, known)
        except CorpusError as error:
            annotation, found = None, error.problems
        problems += found
        if annotation:
            annotations.append(annotation)
            problems += _clashes(path, annotation, annotations, store)
    if any(each.severity == "error" for each in problems):
        raise CorpusError(problems)
    for each in problems:
        print(each, file=sys.stderr)
    for annotation in annotations:
        path, fresh = store.write_annotation(annotation)
        counts = f"{len(annotation.spans)} spans, {len(annotation.relations)} relations"
        print(f"{path}: {'written' if fresh else 'unchanged'}, {counts}")
    return 0


def _files(paths: list[Path], format: str) -> list[Path]:
    """The files named, and those of the format below the folders named."""
    from arguendo.errors import misuse
    from arguendo.interchange import IMPORTS as ENDINGS

    files: list[Path] = []
    for path in paths:
        below = sorted(path.rglob(f"*{ENDINGS[format]}"))
        found = [each for each in below if each.is_file()] if path.is_dir() else [path]
        if not path.exists():
            raise misuse(str(path), "no such file", "Check the path")
        if not found:
            message = f"no file in it ends in {ENDINGS[format]}"
            raise misuse(str(path), message, f"Name what was written as {format}")
        files += found
    return files


def _read(path: Path, store: Any, arguments: argparse.Namespace, known: list[str]) -> tuple[Any, list[Any]]:
    """The annotation that a file holds, None where it has an error, and all problems."""
    from arguendo.errors import fail
    from arguendo.interchange import parse
    from arguendo.interchange.parsed import annotation_of

    content = _text_of(path)
    held = store.opinion_ids()
    # INCEpTION exports a project as <document>.tsv/<annotator>.tsv.
    names = (path.stem, path.parent.name, Path(path.parent.name).stem)
    opinion_id = next((name for name in names if name in held), None)
    if opinion_id is None:
        message = f"no opinion here is called {path.stem!r}"
        raise fail(str(path), "opinion-unknown", message, "Name the file after its opinion, or fetch that")
    opinion = store.read_opinion(opinion_id)
    text = _text_beside(path) if arguments.format == "brat" else opinion.text
    parsed = parse(arguments.format, content, text, str(path))
    version = store.guidelines_version()
    return annotation_of(parsed, opinion, arguments.annotator, arguments.round, version, known)


def _text_beside(path: Path) -> str:
    """The text that a file of brat's was made on."""
    from arguendo.errors import fail

    beside = path.with_suffix(".txt")
    if not beside.is_file():
        message = "the text it was made on is not beside it"
        raise fail(str(beside), "brat-text", message, "Bring the .txt along, as it was exported")
    return _text_of(beside)


def _text_of(path: Path) -> str:
    """A file of the user's, unless it is far too big to be what it should be."""
    from arguendo.errors import fail
    from arguendo.files import read_text, too_large
    from arguendo.interchange.parsed import MOST_BYTES

    if said := too_large(path, MOST_BYTES):
        raise fail(str(path), "import-size", said, "See whether it is of one opinion")
    return str(read_text(path))


def _clashes(path: Path, annotation: Any, annotations: list[Any], store: Any) -> Iterator[Any]:
    """Problems with an annotation that there is already, in this import or in the round."""
    from arguendo.errors import Problem
    from arguendo.files import to_json
    from arguendo.records import annotation_to_record

    if Counter(each.opinion for each in annotations)[annotation.opinion] > 1:
        message = f"{annotation.opinion} is in another file too"
        yield Problem(str(path), "annotated-twice", message, "Import one of them, the others by annotator")
    there = store.annotation_path(annotation.round, annotation.annotator, annotation.opinion)
    if there.exists() and there.read_bytes() != to_json(annotation_to_record(annotation)):
        hint = "Raw annotations are kept as they were made; use a new round"
        yield Problem(str(there), "already-there", "another annotation stands here", hint)
