"""What a reader of a foreign format makes out in a file, and the annotation that comes of it.

A reader lists what it cannot make out, each with its line, and goes on. What it made out is then held
to the ordinary rules on annotations, and what breaks them is told by the lines that it comes from.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from arguendo.annotation import LABELS, RELATIONS, Annotation, new_issue_id
from arguendo.errors import Problem
from arguendo.offsets import digest
from arguendo.opinion import Opinion
from arguendo.records import Record, annotation_from_record
from arguendo.validate import Finding, annotation_findings, problem

MOST_BYTES = 50_000_000
# Of a line; no row of tokens and no note is near it.
MOST_CHARACTERS = 1_000_000
MOST_PROBLEMS = 1_000
# Of issues, of spans and of relations each; the longest opinions have some hundred.
MOST_RECORDS = 10_000

ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_ID = re.compile(rf"{ID}\Z")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\Z")
_NO_ISSUE = "none"
_MANY = "import-many"


class Row(NamedTuple):
    """A record of a file, and the line, from 1, that it stands on."""

    record: Record
    line: int


class StopReadingError(Exception):
    """Reading a file further helps nobody; why is in its problems."""


@dataclass(slots=True)
class Parsed:
    """Issues, spans and relations of a file, as records with their lines, and every problem.

    `where` is the file, `text_sha256` that of the text which it was made on. `refused` are the ids of
    spans of which a part is listed as a problem already, so that its lack is not listed once more.
    """

    where: str
    text_sha256: str
    issues: list[Row] = field(default_factory=list)
    spans: list[Row] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    guidelines: str | None = None
    comment: str | None = None
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    issue_ids: set[str] = field(default_factory=set)
    _issue_titles: dict[str, str] = field(default_factory=dict)

    def refuse(self, line: int, code: str, message: str, hint: str) -> None:
        """List an error. Raises `StopReadingError` after the last one that is listed."""
        self._list(Problem(f"{self.where}:{line}", code, message, hint))

    def warn(self, line: int, code: str, message: str, hint: str) -> None:
        self._list(Problem(f"{self.where}:{line}", code, message, hint, "warning"))

    def _list(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            self._stop(problem.where, "there are more problems; reading stopped here", "Mend these first")

    def _stop(self, where: str, message: str, hint: str) -> None:
        self.problems.append(Problem(where, _MANY, message, hint))
        raise StopReadingError

    def _add(self, rows: list[Row], record: Record, line: int) -> None:
        if len(rows) >= MOST_RECORDS:
            message = f"more than {MOST_RECORDS:,} issues, spans or relations; reading stopped here"
            self._stop(f"{self.where}:{line}", message, "See whether the file is of one opinion")
        rows.append(Row(record, line))

    def knows_label(self, label: str, line: int) -> bool:
        """Whether there is such a label; any other is refused."""
        return self._known(label, LABELS, "label", line)

    def knows_relation(self, type_: str, line: int) -> bool:
        return self._known(type_, RELATIONS, "relation", line)

    def _known(self, name: str, names: Collection[str], what: str, line: int) -> bool:
        if name not in names:
            self.refuse(line, f"import-{what}", f"{name[:80]!r} is no {what}", f"Known: {', '.join(names)}")
        return name in names

    def fits_id(self, id_: str, line: int) -> bool:
        """Whether a span can be called so; any other id is refused."""
        if not is_id(id_):
            self.refuse(line, "import-id", f"{id_[:80]!r} is no id", "Use letters, digits, - and _")
        return is_id(id_)

    def add_issue(self, id_: str, title: str, parent: str | None, line: int) -> None:
        self._add(self.issues, {"id": id_, "title": title, **({"parent": parent} if parent else {})}, line)
        self.issue_ids.add(id_)
        self._issue_titles.setdefault(title, id_)

    def add_span(self, id_: str, label: str, start: int, end: int, text: str, line: int) -> Record:
        """Add a span that lies in `text`; its issue and attributes are set later."""
        place = {"start": start, "end": end, "digest": digest(text, start, end)}
        span: Record = {"id": id_, "label": label, **place}
        self._add(self.spans, span, line)
        return span

    def add_relation(self, type_: str, source: str, target: str, line: int) -> None:
        self._add(self.relations, {"type": type_, "from": source, "to": target}, line)

    def set_attribute(self, span: Record, name: str, value: str, line: int) -> None:
        """Set an attribute to a value that it has for some label; any other is a problem."""
        known = [value for attributes in LABELS.values() for value in attributes.get(name, ())]
        if value in known:
            span[name] = value
            return
        self.refused.add(span["id"])
        values = ", ".join(dict.fromkeys(known))
        self.refuse(line, "import-value", f"{name} is {value[:80]!r}", f"Choose one of {values}")

    def set_issue(self, span: Record, named: str | None, line: int) -> None:
        """Set an issue by its id or title; what no issue is called is a new one, with a warning."""
        if not named:
            self.refused.add(span["id"])
            span["issue"] = _NO_ISSUE
            message = f"span {span['id']!r} has no issue"
            self.refuse(line, "import-issue", message, "Name one by its id or title")
        elif named in self.issue_ids:
            span["issue"] = named
        elif named in self._issue_titles:
            span["issue"] = self._issue_titles[named]
        else:
            self.add_issue(new_issue_id(named, self.issue_ids), named, None, line)
            span["issue"] = self._issue_titles[named]
            message = f"no issue is called {named[:80]!r}, so it is taken for a new one"
            self.warn(line, "import-issue", message, "See whether that is meant")

    def set_guidelines(self, version: str, line: int) -> None:
        if _VERSION.match(version):
            self.guidelines = version
        else:
            self.refuse(line, "import-guidelines", f"{version[:80]!r} is no version", "Write one, as in 1.2")


def is_id(name: str) -> bool:
    """Whether a span, an issue, an annotator or a round can be called so."""
    return bool(_ID.match(name))


def annotation_of(
    parsed: Parsed, opinion: Opinion, annotator: str, round: str, guidelines: str, known: Iterable[str]
) -> tuple[Annotation | None, list[Problem]]:
    """The annotation that a file holds, None where it has an error, and all problems.

    `guidelines` is the version for a file that says none; `known` are the annotators described.
    """
    lines: dict[str, int] = {}
    record: Record = {
        "opinion": opinion.id,
        "text_sha256": parsed.text_sha256,
        "annotator": annotator,
        "round": round,
        "guidelines": parsed.guidelines or guidelines,
        **({"comment": parsed.comment} if parsed.comment else {}),
        "issues": _records("issues", parsed.issues, lines),
        "spans": _records("spans", sorted(parsed.spans, key=_span_order), lines),
        "relations": _records("relations", sorted(parsed.relations, key=_relation_order), lines),
    }
    problems = [*parsed.problems]
    if not problems or problems[-1].code != _MANY:
        findings = annotation_findings(record, opinion.text, known)
        problems += islice(_new_problems(findings, record, parsed, lines), MOST_PROBLEMS)
    wrong = any(each.severity == "error" for each in problems)
    return None if wrong else annotation_from_record(record), problems


def _records(name: str, rows: Iterable[Row], lines: dict[str, int]) -> list[Record]:
    records = []
    for index, row in enumerate(rows):
        lines[f"/{name}/{index}"] = row.line
        records.append(row.record)
    return records


def _span_order(row: Row) -> tuple[int, int, str, str]:
    span = row.record
    return span["start"], -span["end"], span["label"], span["id"]


def _relation_order(row: Row) -> tuple[str, str, str]:
    return row.record["type"], row.record["from"], row.record["to"]


def _new_problems(
    findings: Iterable[Finding], record: Record, parsed: Parsed, lines: dict[str, int]
) -> Iterator[Problem]:
    """Findings with the lines of the file, without those that the reader has listed already."""
    refused = {f"/spans/{n}" for n, span in enumerate(record["spans"]) if span["id"] in parsed.refused}
    for code, pointer, message in findings:
        item = "/".join(pointer.split("/")[:3])
        if item in refused and code in ("attribute-missing", "issue-unknown", "rebuttal-unlinked"):
            continue
        place = f"{parsed.where}:{lines[item]}" if item in lines else parsed.where
        yield problem(place, (code, "", message))
