"""Outside corpora: a table of (document, sentence, label) as examples of `sentence-roles`."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from arguendo.errors import CorpusError, Problem, fail
from arguendo.files import read_jsonl, read_text
from arguendo.tasks import Example

COLUMNS = ("document", "sentence", "label")
_MOST_PROBLEMS = 100


def read_sentence_table(path: Path) -> list[Example]:
    """Sentences of a CSV or JSONL file with the columns `document`, `sentence`, `label`, in their order.

    In a CSV file an empty label is none; in JSONL, `label` is a string, a list of them, or null.
    Sentences of one document stand together. Other columns are left aside.

    Raises:
        CorpusError: every line that lacks something, up to 100 of them.
    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else read_jsonl(path)
    problems: list[Problem] = []
    examples: list[Example] = []
    ended: set[str] = set()
    for number, row in rows:
        at = f"{path}:{number}"
        if wrong := _what_is_wrong(row):
            problems.append(Problem(at, "table-row", wrong, f"Each row has {', '.join(COLUMNS)}"))
            if len(problems) == _MOST_PROBLEMS:
                break
            continue
        document = str(row["document"])
        if examples and document != examples[-1]["opinion"]:
            ended.add(examples[-1]["opinion"])
            if document in ended:
                message = f"document {document!r} begins again"
                problems.append(Problem(at, "table-order", message, "Sort the rows by document"))
                break
        examples.append(_example(document, len(examples), row))
    if problems:
        raise CorpusError(problems)
    if not examples:
        raise fail(str(path), "table-empty", "has no sentences", f"Give rows with {', '.join(COLUMNS)}")
    return examples


def _example(document: str, index: int, row: dict[str, Any]) -> Example:
    given = row["label"]
    labels = sorted(set(given)) if isinstance(given, list) else [given] if given else []
    return {"id": str(index), "opinion": document, "text": row["sentence"], "labels": labels}


def _what_is_wrong(row: Any) -> str | None:
    if not isinstance(row, dict):
        return "is no object"
    if missing := [name for name in COLUMNS if name not in row]:
        return f"has no {', '.join(missing)}"
    if not isinstance(row["sentence"], str):
        return "its sentence is no text"
    label = row["label"]
    labels: Iterable[Any] = label if isinstance(label, list) else [label or ""]
    return None if all(isinstance(each, str) for each in labels) else "its label is no text"


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with the line that each ends on."""
    # A sentence may be longer than the module's limit of 131,072 characters.
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        head = next(reader, [])
        for row in reader:
            if row:
                yield reader.line_num, dict(zip(head, row, strict=False))
    except csv.Error as error:
        raise fail(
            f"{path}:{reader.line_num}", "table-csv", f"not CSV: {error}", "Mend the quoting"
        ) from None
