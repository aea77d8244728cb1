"""The folders `corpus/` and `annotations/`: where each record lives, and how files are written.

The only module that knows these folders.
"""

import difflib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from arguendo.annotation import Annotation, Annotator, Gold
from arguendo.challenge import Pair, parse_pairs
from arguendo.errors import CorpusError, Problem, by_place, fail, misuse
from arguendo.files import read_json, read_jsonl, read_text, to_json, write_atomically
from arguendo.offsets import sha256
from arguendo.opinion import Opinion
from arguendo.records import (
    Record,
    annotation_from_record,
    annotation_to_record,
    annotator_from_record,
    gold_from_record,
    gold_to_record,
    opinion_from_record,
    opinion_to_record,
)
from arguendo.validate import (
    Finding,
    adjudication_findings,
    annotation_findings,
    annotators_findings,
    gold_findings,
    manifest_findings,
    opinion_findings,
    problem,
    schema_findings,
    sentence_ends_findings,
)

OPINION_FILE = "opinion.json"
TEXT_FILE = "opinion.txt"
ROUND_FILE = "server.json"
_ANSWER = "predictions-challenge"
_NEAR = 3
Rows = list[tuple[int, Any]]
"""Line numbers and records of a JSON Lines file."""


class Store:
    """The corpus and annotations below one folder, which is a checkout of the repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opinions = root / "corpus" / "opinions"
        self.fetched = root / "corpus" / "fetched"
        self.moot = root / "corpus" / "moot"
        self.agreement = root / "annotations" / "agreement"
        self.challenge = root / "corpus" / "challenge"
        self.challenge_answers = root / "annotations" / "challenge"
        self.manifest = root / "corpus" / "manifest.jsonl"
        self.annotators = root / "annotations" / "annotators.json"
        self.rounds = root / "annotations" / "rounds"
        self.gold = root / "annotations" / "gold"
        self.adjudications = root / "annotations" / "adjudications"
        self.sentence_ends = root / "annotations" / "sentences" / "gold.jsonl"
        self.guidelines = root / "annotations" / "GUIDELINES.md"

    # --- which files there are ---

    def opinion_ids(self) -> list[str]:
        """Ids of the opinions whose text is here, the project's own, fetched or made up, sorted."""
        folders = (self.opinions, self.fetched, self.moot)
        return sorted({path.parent.name for folder in folders for path in folder.glob(f"*/{OPINION_FILE}")})

    def moot_ids(self) -> set[str]:
        """Ids of the made-up opinions, which are never mixed with real ones."""
        return {path.parent.name for path in self.moot.glob(f"*/{OPINION_FILE}")}

    def opinion_folder(self, opinion_id: str) -> Path:
        places = (folder / opinion_id for folder in (self.opinions, self.moot))
        return next((place for place in places if place.exists()), self.fetched / opinion_id)

    def manifest_rows(self) -> list[Record]:
        """Rows of the manifest, by id. Raises `CorpusError` where it is broken."""
        if not self.manifest.is_file():
            return []
        rows = list(read_jsonl(self.manifest))
        if problems := self._manifest_problems(self.manifest, rows):
            raise CorpusError(problems)
        return sorted((row for _, row in rows), key=lambda row: str(row["id"]))

    def annotation_paths(self) -> list[Path]:
        """Raw annotations: `<round>/<annotator>/<opinion id>.json`, sorted."""
        return sorted(self.rounds.glob("*/*/*.json"))

    def annotation_path(self, round: str, annotator: str, opinion_id: str) -> Path:
        return self.rounds / round / annotator / f"{opinion_id}.json"

    def gold_paths(self) -> list[Path]:
        return sorted(self.gold.glob("*.json"))

    def gold_path(self, opinion_id: str) -> Path:
        return self.gold / f"{opinion_id}.json"

    # --- reading ---

    def read_opinion(self, opinion_id: str) -> Opinion:
        """Raises `UsageError` for an id that is not held, with the nearest ids that are."""
        folder = self.opinion_folder(opinion_id)
        if opinion_id not in (held := self.opinion_ids()):
            raise misuse(str(self.opinions), f"no opinion {opinion_id!r}", _held(opinion_id, held))
        return opinion_from_record(
            _read_record(folder / OPINION_FILE, "opinion"), read_text(folder / TEXT_FILE)
        )

    def read_annotation(self, path: Path) -> Annotation:
        """Raises `UsageError` where the file is gold, which looks alike."""
        record = read_json(path)
        if isinstance(record, dict) and "origins" in record:
            raise misuse(str(path), "this is gold", "Name a raw annotation, in annotations/rounds")
        return annotation_from_record(_fitting(record, path, "annotation"))

    def read_gold(self, path: Path) -> Gold:
        return gold_from_record(_read_record(path, "gold"))

    def read_annotators(self) -> list[Annotator]:
        records = _read_record(self.annotators, "annotators")["annotators"]
        return [annotator_from_record(record) for record in records]

    def adjudication_path(self, opinion_id: str) -> Path:
        return self.adjudications / f"{opinion_id}.json"

    def read_adjudication(self, opinion_id: str) -> Record | None:
        """The decisions on an opinion; None where there are none."""
        path = self.adjudication_path(opinion_id)
        return _read_record(path, "adjudication") if path.is_file() else None

    def read_agreement(self) -> dict[str, Record]:
        """The figures of agreement that are kept, by round (`arguendo agree --keep`)."""
        return {path.stem: read_json(path) for path in sorted(self.agreement.glob("*.json"))}

    def read_challenge(self) -> list[Pair]:
        """The minimal pairs, by phenomenon and number, those that were dropped too.

        Raises:
            CorpusError: everything that is wrong with any file of them.
        """
        pairs: list[Pair] = []
        problems: list[Problem] = []
        for path in sorted(self.challenge.glob("*.toml")):
            try:
                pairs += parse_pairs(read_text(path), self._name(path))
            except CorpusError as error:
                problems += error.problems
        if problems:
            raise CorpusError(problems)
        return sorted(pairs, key=lambda pair: pair.id)

    def read_challenge_answers(self) -> dict[str, dict[str, str]]:
        """What each annotator answered to the challenge, by example."""
        return {
            path.stem: {line["id"]: line["answer"] for _, line in read_jsonl(path)}
            for path in sorted(self.challenge_answers.glob("*.jsonl"))
        }

    def guidelines_version(self) -> str:
        """The version that the guidelines say they are, e.g. "1.2".

        Raises:
            CorpusError: they do not say it.
            UsageError: there are no guidelines.
        """
        version = re.search(r"^Version (\d+(?:\.\d+)*)", read_text(self.guidelines), re.MULTILINE)
        if version is None:
            hint = "Begin a line with, e.g., “Version 1.0”"
            raise fail(self._name(self.guidelines), "guidelines-version", "no line says the version", hint)
        return version[1]

    def read_round(self, round: str) -> Record:
        """Where the annotations of a round came from; empty lists for a round that was never pulled."""
        path = self.rounds / round / ROUND_FILE
        if not path.exists():
            return {"round": round, "tasks": [], "annotations": []}
        return _read_record(path, "round")

    # --- checking ---

    def problems(self, paths: Sequence[Path] = ()) -> list[Problem]:
        """Every problem of the files or folders named, or of the whole corpus; sorted.

        What a JSON file is, is told by its keys, so files outside the folders can be checked too.

        Raises:
            UsageError: a path does not exist, or there is no corpus here.
        """
        if not paths:
            if not self.opinions.is_dir():
                raise misuse(str(self.opinions), "no such folder", "Run this in a checkout of the repository")
            paths = [path for path in (self.root / "corpus", self.root / "annotations") if path.exists()]
        found: list[Problem] = []
        if self.root / "corpus" in paths:
            try:
                self.read_challenge()
            except CorpusError as error:
                found += error.problems
        for path in paths:
            for file in _record_files(path):
                try:
                    found += self._problems_of(file)
                except CorpusError as error:
                    found += error.problems
        return sorted(set(found), key=by_place)

    def _problems_of(self, file: Path) -> list[Problem]:
        if file.parent == self.agreement:
            return []  # figures; a test holds them against the annotations
        if file.parent == self.challenge_answers:
            lines = [
                (n, finding) for n, line in read_jsonl(file) for finding in schema_findings(line, _ANSWER)
            ]
            return [problem(f"{self._name(file)}:{n}", finding) for n, finding in lines]
        if file.suffix == ".jsonl":
            rows = list(read_jsonl(file))
            ends = any(isinstance(row, dict) and "ends" in row for _, row in rows)
            check = self._sentence_ends_problems if ends else self._manifest_problems
            return check(file, rows)
        where = self._name(file)
        record = read_json(file)
        if not isinstance(record, dict):
            raise fail(where, "schema", "this is no JSON object", "Name opinions, annotations or gold")
        keys = record.keys()
        if "annotators" in keys:
            findings = [*annotators_findings(record)]
        elif "source_map" in keys or file.name == OPINION_FILE:
            return self._opinion_problems(file, record)
        elif file.name == ROUND_FILE:
            findings = [*schema_findings(record, "round")]
        elif "decisions" in keys:
            findings = [*adjudication_findings(record, [each.id for each in self.read_annotators()])]
            expected = self.adjudications / str(record.get("opinion"))
            findings += self._misplaced(file, self.adjudications, expected)
        elif "annotator" in keys:
            known = [annotator.id for annotator in self.read_annotators()]
            findings = [*annotation_findings(record, self._text_of(record), known, self._elsewhere())]
            names = [str(record.get(key)) for key in ("round", "annotator", "opinion")]
            findings += self._misplaced(file, self.rounds, self.rounds.joinpath(*names))
        elif "origins" in keys or file.parent == self.gold:
            raw = self._raw_spans(record)
            findings = [*gold_findings(record, self._text_of(record), raw, self._elsewhere())]
            findings += self._misplaced(file, self.gold, self.gold / str(record.get("opinion")))
        else:
            raise fail(where, "schema", "this is no record of ours", "Name opinions, annotations or gold")
        return [problem(where, finding) for finding in findings]

    def _opinion_problems(self, file: Path, record: Any) -> list[Problem]:
        where = self._name(file)
        if not (file.parent / TEXT_FILE).is_file():
            return [problem(where, ("path", "", f"{TEXT_FILE} is missing beside it"))]
        source = next((path for path in sorted(file.parent.glob("source.*"))), None)
        text = read_text(file.parent / TEXT_FILE)
        findings = [*opinion_findings(record, text, source.read_bytes() if source else None)]
        if source is None or source.name != (record.get("source") or {}).get("file"):
            findings.append(("path", "/source/file", "the source file is missing beside it"))
        if record.get("id") != file.parent.name:
            findings.append(("path", "/id", f"the folder is called {file.parent.name!r}"))
        return [problem(where, finding) for finding in findings]

    def _manifest_problems(self, file: Path, rows: Rows) -> list[Problem]:
        found: list[Problem] = []
        seen = [path.parent.name for path in self.opinions.glob(f"*/{OPINION_FILE}")]
        for number, row in rows:
            findings = [*manifest_findings(row, seen)]
            found += [problem(f"{self._name(file)}:{number}", finding) for finding in findings]
            if not findings:
                seen.append(row["id"])
        return found

    def _misplaced(self, file: Path, folder: Path, expected: Path) -> list[Finding]:
        """A finding if a file below `folder` is not at `expected` (without its suffix)."""
        if folder in file.parents and file.with_suffix("") != expected:
            return [("path", "", "the file's place and what it says of itself differ")]
        return []

    def _sentence_ends_problems(self, file: Path, rows: Rows) -> list[Problem]:
        known = [annotator.id for annotator in self.read_annotators()]
        elsewhere = self._elsewhere()
        found, seen = [], set[str]()
        for number, row in rows:
            findings = [*sentence_ends_findings(row, self._text_of(row), known, elsewhere)]
            if not findings and row["opinion"] in seen:
                findings = [("sentence-end", "/opinion", "the sentences of this opinion stand here twice")]
            elif not findings:
                seen.add(row["opinion"])
            found += [problem(f"{self._name(file)}:{number}", finding) for finding in findings]
        return found

    def _text_of(self, record: Any) -> str | None:
        """Canonical text of the opinion that a record of labels names, if it is held."""
        opinion_id = record.get("opinion") if isinstance(record, dict) else None
        if opinion_id not in self.opinion_ids():
            return None
        return read_text(self.opinion_folder(opinion_id) / TEXT_FILE)

    def _elsewhere(self) -> dict[str, str]:
        """Hashes of the canonical texts that the manifest names, by opinion."""
        try:
            return {row["id"]: row["text_sha256"] for row in self.manifest_rows()}
        except CorpusError:
            return {}  # reported where the manifest itself is checked

    def _raw_spans(self, record: Record) -> set[str]:
        """Raw spans of the opinion that a gold record is for, as `<round>/<annotator>/<span id>`."""
        spans: set[str] = set()
        for path in self.annotation_paths():
            try:
                annotation = self.read_annotation(path)
            except CorpusError:
                continue  # reported where that file itself is checked
            if annotation.opinion == record.get("opinion"):
                raw = f"{annotation.round}/{annotation.annotator}"
                spans |= {f"{raw}/{span.id}" for span in annotation.spans}
        return spans

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)

    # --- writing ---

    def write_annotation(self, annotation: Annotation, replace: bool = False) -> tuple[Path, bool]:
        """Store a raw annotation; returns its path, and whether anything was written.

        Raw annotations are never changed: another one is refused, unless the annotator has gone on
        with the same one while the round runs (`replace`).
        """
        path = self.annotation_path(annotation.round, annotation.annotator, annotation.opinion)
        data = to_json(annotation_to_record(annotation))
        if replace and not (path.exists() and path.read_bytes() == data):
            write_atomically(path, data)
            return path, True
        return path, _write_once(path, data, "raw annotations are kept as they were made; use a new round")

    def write_round(self, record: Record) -> None:
        write_atomically(self.rounds / record["round"] / ROUND_FILE, to_json(record))

    def write_agreement(self, round: str, figures: Record) -> Path:
        path = self.agreement / f"{round}.json"
        write_atomically(path, to_json(figures))
        return path

    def write_gold(self, gold: Gold) -> Path:
        path = self.gold_path(gold.opinion)
        write_atomically(path, to_json(gold_to_record(gold)))
        return path


def write_opinion(folder: Path, opinion: Opinion, source: bytes) -> str:
    """Write the three files of an opinion as `folder`, all or none; says "written".

    Where the same source and text are there, `opinion.json` alone is written again, as this version
    of the readers gives it: "renewed", or "unchanged" where it is the same too. Labels hang on the
    text and are still in place; drafts name sentences by number, and have to be anchored before.

    Raises:
        CorpusError: `folder` holds another source or text.
    """
    record = to_json(opinion_to_record(opinion, sha256(opinion.text)))
    files = {opinion.source.file: source, TEXT_FILE: opinion.text.encode()}
    if folder.exists():
        for name, data in files.items():
            path = folder / name
            if not path.is_file() or path.read_bytes() != data:
                raise fail(
                    str(path),
                    "opinion-exists",
                    "an opinion with this id is here, with other content",
                    "Annotations may hang on its text: move the folder away, or give another --out",
                )
        path = folder / OPINION_FILE
        if path.is_file() and path.read_bytes() == record:
            return "unchanged"
        write_atomically(path, record)
        return "renewed"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as made:
        fresh = Path(made) / "opinion"
        fresh.mkdir()
        for name, data in {**files, OPINION_FILE: record}.items():
            (fresh / name).write_bytes(data)
        fresh.rename(folder)
    return "written"


def _read_record(path: Path, schema: str) -> Record:
    """A record that fits its schema, so that the model can be made from it."""
    return _fitting(read_json(path), path, schema)


def _fitting(record: Record, path: Path, schema: str) -> Record:
    if problems := [problem(str(path), finding) for finding in schema_findings(record, schema)]:
        raise CorpusError(problems)
    return record


def _record_files(path: Path) -> list[Path]:
    """The JSON records that a path names: itself, or those below it, in order."""
    if path.is_dir():
        named = (file for file in path.rglob("*.json*") if file.suffix in (".json", ".jsonl"))
        if not (files := sorted(file for file in named if file.stem != "source" and file.is_file())):
            raise misuse(str(path), "no record is in this folder", "Name opinions, annotations or gold")
        return files
    if not path.is_file():
        raise misuse(str(path), "no such file", "Check the path")
    return [path]


def _write_once(path: Path, data: bytes, hint: str) -> bool:
    if path.exists():
        if path.read_bytes() != data:
            raise fail(str(path), "already-there", "another file stands here", hint.capitalize())
        return False
    write_atomically(path, data)
    return True


def _held(wanted: str, ids: list[str]) -> str:
    """The ids nearest to one that is not held, and how many more there are."""
    near = difflib.get_close_matches(wanted, ids, _NEAR, cutoff=0)
    more = f", and {len(ids) - len(near)} more" if len(ids) > len(near) else ""
    return f"Held here: {', '.join(near) or 'none; run in the checkout of the repository'}{more}"
