"""Gold + opinions → a complete dataset repository: Parquet by config, and the card.

The folder loads with `datasets.load_dataset(folder, config)` and needs no code of ours. Column
types, class labels included, travel in the Parquet schema under the key `huggingface`.
"""

import hashlib
import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arguendo import tasks
from arguendo.annotation import (
    DISPOSITIONS,
    GOLD_STATUSES,
    LABELS,
    OUTCOMES,
    RELATIONS,
    Annotation,
    Annotator,
    Gold,
)
from arguendo.card import CHALLENGE, DEFAULT_CONFIG, Content, DataFile, Measured, Rows, card, moot_config
from arguendo.challenge import Pair, examples
from arguendo.croissant import croissant
from arguendo.dataset_record import write_dataset_record
from arguendo.errors import CorpusError, Problem, fail, misuse
from arguendo.files import replace_folder, write_atomically
from arguendo.offsets import DIGEST_LENGTH, sha256
from arguendo.opinion import (
    BLOCK_KINDS,
    CITATION_FORMS,
    CITATION_KINDS,
    EMPHASIS_KINDS,
    SUB_OPINION_KINDS,
    Opinion,
)
from arguendo.parquet import read_parquet, write_parquet
from arguendo.records import Record, annotation_to_record, gold_to_record, opinion_to_record
from arguendo.splits import MOST_SHARED, NGRAM, SPLITS, Shared, shared_across_splits, split_of

# --- rows --------------------------------------------------------------------------------------


def rows_by_config(
    opinions: Sequence[Opinion],
    golds: Sequence[Gold],
    annotations: Sequence[Annotation],
    moot: Collection[str],
) -> dict[str, dict[str, Rows]]:
    """The rows of every config, by split, ordered by opinion. `golds` are of some of `opinions`.

    Opinions of `moot` are made up; they have configs of their own, where there are any. A split
    without rows is not there: `datasets` cannot read an empty Parquet file.
    """
    real = _rows(
        opinions,
        [gold for gold in golds if gold.opinion not in moot],
        [each for each in annotations if each.opinion not in moot],
    )
    made_up = _rows(
        opinions,
        [gold for gold in golds if gold.opinion in moot],
        [each for each in annotations if each.opinion in moot],
    )
    return real | {moot_config(name): by_split for name, by_split in made_up.items() if by_split}


def _rows(
    opinions: Sequence[Opinion], golds: Sequence[Gold], annotations: Sequence[Annotation]
) -> dict[str, dict[str, Rows]]:
    by_id = {opinion.id: opinion for opinion in opinions}
    pairs = [(by_id[gold.opinion], gold) for gold in sorted(golds, key=lambda gold: gold.opinion)]
    ordered = sorted(annotations, key=lambda a: (a.opinion, a.round, a.annotator))
    rows: dict[str, list[tuple[Opinion, Record]]] = {
        "gold": [(opinion, _gold_row(opinion, gold)) for opinion, gold in pairs],
        "annotations": [(by_id[a.opinion], _annotation_row(by_id[a.opinion], a)) for a in ordered],
    }
    for name, make in tasks.TASKS.items():
        rows[name] = [(opinion, example) for opinion, gold in pairs for example in make(opinion, gold)]
    return {name: _by_split(of_config) for name, of_config in rows.items()}


def _by_split(rows: Sequence[tuple[Opinion, Record]]) -> dict[str, Rows]:
    found: dict[str, Rows] = {split: [] for split in SPLITS}
    for opinion, row in rows:
        found[split_of(opinion.metadata)].append(row)
    return {split: of_split for split, of_split in found.items() if of_split}


def _gold_row(opinion: Opinion, gold: Gold) -> Record:
    record = opinion_to_record(opinion, sha256(opinion.text))
    labels = _with_quotations(gold_to_record(gold), opinion.text)
    del record["source_map"], labels["opinion"], labels["text_sha256"]
    for origin in labels["origins"]:
        # Raw spans are named <round>/<annotator>/<span>.
        origin["annotators"] = len({raw.rpartition("/")[0] for raw in origin["raw"]})
    metadata = record.pop("metadata")
    return {"id": record.pop("id"), **metadata, "text": opinion.text, **record, **labels}


def _annotation_row(opinion: Opinion, annotation: Annotation) -> Record:
    return _with_quotations(annotation_to_record(annotation), opinion.text)


def _with_quotations(record: Record, text: str) -> Record:
    """Spans with the words that they mark, so that a row can be checked by itself."""
    for span in record["spans"]:
        span["text"] = text[span["start"] : span["end"]]
    return record


# --- features ----------------------------------------------------------------------------------


def features_by_config() -> dict[str, Any]:
    """The `datasets.Features` of every config."""
    from datasets import ClassLabel, Features, List, Value

    string, integer = Value("string"), Value("int32")
    label = ClassLabel(names=list(LABELS))
    interval = {"start": integer, "end": integer}
    attributes = {name: string for values in LABELS.values() for name in values}
    span = {"id": string, "label": label, **interval, "text": string, "digest": string, "issue": string}
    marks = {
        "issues": List({"id": string, "title": string, "parent": string}),
        "spans": List({**span, **attributes, "unsure": Value("bool")}),
        "relations": List({"type": ClassLabel(names=list(RELATIONS)), "from": string, "to": string}),
    }
    block = {
        "kind": ClassLabel(names=list(BLOCK_KINDS)),
        **interval,
        "part": string,
        "level": integer,
        "label": string,
        "number": string,
        "anchor": integer,
        "continues": Value("bool"),
    }
    citation = {
        "kind": ClassLabel(names=list(CITATION_KINDS)),
        "form": ClassLabel(names=list(CITATION_FORMS)),
        **interval,
        "normalised": string,
        "pin": string,
        "antecedent": integer,
    }
    shown = {"id": string, **interval, "text": string}
    columns: dict[str, dict[str, Any]] = {
        "gold": {
            "id": string,
            "court": string,
            "docket": string,
            "docket_as_written": string,
            "date": string,
            "title": string,
            "author": string,
            "case_name": string,
            "judges": List(string),
            "parties": List({"name": string, "role": string, "side": string}),
            "text": string,
            "text_sha256": string,
            "source": {
                "file": string,
                "sha256": string,
                "bytes": integer,
                "encoding": string,
                "format": string,
                "glyphs_sha256": string,
            },
            "sub_opinions": List(
                {"kind": ClassLabel(names=list(SUB_OPINION_KINDS)), "author": string, **interval}
            ),
            "blocks": List(block),
            "emphasis": List({"kind": ClassLabel(names=list(EMPHASIS_KINDS)), **interval}),
            "sentences": List(interval),
            "citations": List(citation),
            "pages": List({"number": string, "start": integer}),
            "status": ClassLabel(names=list(GOLD_STATUSES)),
            "record": string,
            "guidelines": string,
            **marks,
            "origins": List({"span": string, "raw": List(string), "annotators": integer, "reason": string}),
        },
        CHALLENGE: {
            "id": string,
            "pair": string,
            "phenomenon": string,
            "ask": string,
            "text": string,
            "target": interval,
            "candidates": List(interval),
            "values": List(string),
            "answer": string,
        },
        "annotations": {
            "opinion": string,
            "text_sha256": string,
            "annotator": string,
            "round": string,
            "guidelines": string,
            "comment": string,
            **marks,
        },
        "span-extraction": {
            "id": string,
            "text": string,
            "sentences": List(interval),
            "spans": List({"label": label, **interval}),
        },
        "sentence-roles": {
            "id": string,
            "opinion": string,
            "index": integer,
            **interval,
            "text": string,
            "labels": List(label),
        },
        "rebuttal-linking": {
            "id": string,
            "opinion": string,
            "rebuttal": shown,
            "candidates": List(shown),
            "answers": List(string),
        },
        "argument-outcome": {
            "id": string,
            "opinion": string,
            "speaker": string,
            "issue": List(string),
            "text": string,
            "context": string,
            "outcome": ClassLabel(names=list(OUTCOMES)),
        },
        "holding-disposition": {
            "id": string,
            "opinion": string,
            "holding_of": string,
            "text": string,
            "disposition": ClassLabel(names=list(DISPOSITIONS)),
        },
    }
    found = {name: Features(fields) for name, fields in columns.items()}
    return found | {moot_config(name): features for name, features in found.items()}


_NOTHING = Measured()

# --- the folder --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote: the number of rows by config and split; and what opinions of two splits share."""

    rows: Mapping[str, Mapping[str, int]]
    shared: Sequence[Shared]


def build(
    out: Path,
    opinions: Sequence[Opinion],
    golds: Sequence[Gold],
    annotations: Sequence[Annotation],
    annotators: Sequence[Annotator],
    moot: Collection[str] = (),
    challenge: Sequence[Pair] = (),
    measured: Measured = _NOTHING,
    *,
    guidelines: str,
) -> Built:
    """Write the dataset folder `out`, whole or not at all.

    `moot` are the ids of made-up opinions, `challenge` the made-up pairs of passages; `measured` is
    what the card shows beside the rows, `guidelines` the guidelines' version.
    The same input gives the same bytes.

    Raises:
        CorpusError: nothing to build from, or two splits hold the same text.
        UsageError: the extra `[hub]` is not installed, or `out` is no dataset folder of ours.
    """
    if not golds:
        raise fail(
            "annotations/gold", "no-gold", "there is no gold to build from", "Adjudicate an opinion first"
        )
    if out.exists() and not _is_dataset(out):
        raise misuse(str(out), "this is something else than a built dataset", "Give another --out")
    try:
        features = features_by_config()
    except ImportError:
        raise misuse("arguendo build", "needs datasets", "Run: pip install 'arguendo[hub]'") from None
    rows = rows_by_config(opinions, golds, annotations, moot)
    if challenge:
        rows[CHALLENGE] = {"test": examples(challenge)}
    labelled = {gold.opinion for gold in golds}
    shared = shared_across_splits([opinion for opinion in opinions if opinion.id in labelled])
    if leaks := [_leak(each) for each in shared if each.share > MOST_SHARED]:
        raise CorpusError(leaks)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".new-") as made:
        fresh = Path(made) / "dataset"
        digests = {}
        files: list[DataFile] = []
        for name, by_split in rows.items():
            hashed = hashlib.sha256()
            for split, of_split in by_split.items():
                file = _data_file(fresh, name, split)
                arrow_size = write_parquet(file, of_split, features[name])
                data = file.read_bytes()
                hashed.update(data)
                path = file.relative_to(fresh).as_posix()
                digest = hashlib.sha256(data).hexdigest()
                files.append(DataFile(name, split, path, digest, len(data), arrow_size))
            digests[name] = hashed.hexdigest()[:DIGEST_LENGTH]
        real = [gold for gold in golds if gold.opinion not in moot]
        content = Content(real, rows, digests, features, files, annotators, shared, measured)
        (fresh / "README.md").write_bytes(card(content).encode())
        for name, picture in measured.pictures.items():
            write_atomically(fresh / "pictures" / f"{name}.svg", picture.encode())
        described = json.dumps(croissant(content), ensure_ascii=False, indent=2)
        (fresh / "croissant.json").write_bytes(f"{described}\n".encode())
        write_dataset_record(fresh, rows, guidelines)
        replace_folder(out, fresh)
    counts = {
        name: {split: len(of_split) for split, of_split in by_split.items()}
        for name, by_split in rows.items()
    }
    return Built(counts, shared)


def _leak(shared: Shared) -> Problem:
    message = (
        f"shares {shared.share:.0%} of its {NGRAM}-grams with {shared.second}, which is in another split"
    )
    return Problem(shared.first, "text-in-two-splits", message, "Leave one of the two out of the corpus")


def _is_dataset(folder: Path) -> bool:
    return folder.is_dir() and (bool(splits(folder, DEFAULT_CONFIG)) or not any(folder.iterdir()))


def _data_file(folder: Path, config: str, split: str) -> Path:
    return folder / config / f"{split}-00000-of-00001.parquet"


def read_config(folder: Path, config: str, split: str | None = None) -> Rows:
    """The rows of a config of a built dataset, of one split or all, class labels by name.

    Raises:
        UsageError: no such dataset, config or split.
    """
    held = splits(folder, config)
    if not held:
        message = f"no config {config!r} of a built dataset"
        raise misuse(str(folder), message, "Run `arguendo build`, or give --data the folder it made")
    if split is not None and split not in held:
        hint = f"It has {', '.join(held)}; opinions that are not here come by `arguendo fetch`"
        raise misuse(str(folder / config), f"no split {split!r}", hint)
    wanted = held if split is None else [split]
    return [row for each in wanted for row in read_parquet(_data_file(folder, config, each))]


def splits(folder: Path, config: str) -> list[str]:
    """The splits that a config of a built dataset has."""
    return [split for split in SPLITS if _data_file(folder, config, split).is_file()]


def configs(folder: Path) -> list[str]:
    """Names of the configs of a built dataset, the default one first.

    Raises:
        UsageError: it is none.
    """
    found = [path.name for path in folder.glob("*/") if splits(folder, path.name)]
    if not found:
        raise misuse(str(folder), "this is no built dataset", "Build one: arguendo build")
    return sorted(found, key=lambda name: (name != DEFAULT_CONFIG, name))
