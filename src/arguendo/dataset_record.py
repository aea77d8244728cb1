"""`arguendo.json` at the root of a built dataset: its versions, what each split holds, and its files.

A published dataset says by it what it is, so that a build can be held against it before anything
is sent; and a built folder shows by it whether somebody changed a file afterwards.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from arguendo.card import DATASET_VERSION, Rows
from arguendo.errors import CorpusError, Problem
from arguendo.files import parse_json, read_text, to_json
from arguendo.records import Record
from arguendo.scorer import SCORER_VERSION
from arguendo.validate import problem, schema_findings

RECORD_FILE = "arguendo.json"
# What the figures of a scorer's version come from; any change of these files needs a new version.
SCORER_FILES = ("metrics.py", "scorer.py", "bootstrap.py")
_VALUES = ("outcome", "disposition")


def write_dataset_record(folder: Path, rows: Mapping[str, Mapping[str, Rows]], guidelines: str) -> None:
    """Write the record of a folder whose other files are finished.

    `rows` are those of the folder by config and split, `guidelines` is the guidelines' version.
    """
    record = {
        "dataset": DATASET_VERSION,
        "scorer": SCORER_VERSION,
        "scorer_sha256": _scorer_sha256(),
        "guidelines": guidelines,
        "splits": [
            {
                "config": config,
                "split": split,
                "rows": len(of_split),
                "labels": [{"label": label, "count": count} for label, count in _labels(of_split)],
            }
            for config, by_split in rows.items()
            for split, of_split in by_split.items()
        ],
        "files": [{"path": path, "sha256": digest} for path, digest in _digests(folder).items()],
    }
    (folder / RECORD_FILE).write_bytes(to_json(record))


def _scorer_sha256() -> str:
    """SHA-256 of the scorer's source: its files one after the other, with the line ends of Unix."""
    here = Path(__file__).parent
    source = b"".join((here / name).read_bytes().replace(b"\r\n", b"\n") for name in SCORER_FILES)
    return hashlib.sha256(source).hexdigest()


def _labels(rows: Rows) -> list[tuple[str, int]]:
    """How often each label stands in rows: of their spans, of sentences, or the value to be told."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(span["label"] for span in row.get("spans", ()))
        counts.update(row.get("labels", ()))
        counts.update(row[name] for name in _VALUES if name in row)
    return sorted(counts.items())


def parse_dataset_record(text: str, where: str) -> Record:
    """The record in the text of a file called `where`.

    Raises:
        CorpusError: it is no JSON, or does not fit its schema.
    """
    record: Record = parse_json(text, where)
    if problems := [problem(where, finding) for finding in schema_findings(record, "dataset")]:
        raise CorpusError(problems)
    return record


def read_dataset_record(folder: Path) -> Record:
    """The record of a built folder.

    Raises:
        CorpusError: it is broken.
        UsageError: there is none.
    """
    path = folder / RECORD_FILE
    return parse_dataset_record(read_text(path), str(path))


def touched_files(folder: Path) -> Iterator[Problem]:
    """A problem for each file of a built folder that is not as it was built.

    Raises:
        CorpusError: the folder's record is broken.
        UsageError: it has none.
    """
    built = {file["path"]: file["sha256"] for file in read_dataset_record(folder)["files"]}
    here = _digests(folder)
    for path in sorted(built.keys() | here.keys()):
        if built.get(path) != here.get(path):
            what = "removed" if path not in here else "changed" if path in built else "added"
            message = f"it was {what} after the build"
            hint = "Change what it is built from, and run `arguendo build`"
            yield Problem(str(folder / path), "built-file", message, hint)


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file below a folder but the record, by its path with `/`, sorted."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: hashlib.sha256(files[name].read_bytes()).hexdigest()
        for name in sorted(files)
        if name != RECORD_FILE
    }
