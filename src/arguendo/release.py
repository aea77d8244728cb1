"""Gold + opinions → a complete dataset repository: Parquet by config, and the card.

The folder loads with `datasets.load_dataset(folder, config)` and needs no code of ours. Column
types, class labels included, travel in the Parquet schema under the key `huggingface`.
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
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
from arguendo.card import DEFAULT_CONFIG, SPLIT, Rows, card
from arguendo.errors import fail, misuse
from arguendo.files import replace_folder
from arguendo.offsets import DIGEST_LENGTH, sha256
from arguendo.opinion import (
    BLOCK_KINDS,
    CITATION_FORMS,
    CITATION_KINDS,
    EMPHASIS_KINDS,
    SUB_OPINION_KINDS,
    Opinion,
)
from arguendo.records import Record, annotation_to_record, gold_to_record, opinion_to_record

# --- rows --------------------------------------------------------------------------------------


def rows_by_config(
    opinions: Sequence[Opinion], golds: Sequence[Gold], annotations: Sequence[Annotation]
) -> dict[str, Rows]:
    """The rows of every config, ordered by opinion. `golds` are of some of `opinions`."""
    by_id = {opinion.id: opinion for opinion in opinions}
    pairs = [(by_id[gold.opinion], gold) for gold in sorted(golds, key=lambda gold: gold.opinion)]
    ordered = sorted(annotations, key=lambda a: (a.opinion, a.round, a.annotator))
    rows: dict[str, Rows] = {
        "gold": [_gold_row(opinion, gold) for opinion, gold in pairs],
        "annotations": [_annotation_row(by_id[each.opinion], each) for each in ordered],
    }
    for name, make in tasks.TASKS.items():
        rows[name] = [example for opinion, gold in pairs for example in make(opinion, gold)]
    return rows


def _gold_row(opinion: Opinion, gold: Gold) -> Record:
    record = opinion_to_record(opinion, sha256(opinion.text))
    labels = _with_quotations(gold_to_record(gold), opinion.text)
    del record["source_map"], labels["opinion"], labels["text_sha256"]
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
            "origins": List({"span": string, "raw": List(string), "reason": string}),
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
    return {name: Features(fields) for name, fields in columns.items()}


# --- the folder --------------------------------------------------------------------------------


def build(
    out: Path,
    opinions: Sequence[Opinion],
    golds: Sequence[Gold],
    annotations: Sequence[Annotation],
    annotators: Sequence[Annotator],
) -> dict[str, int]:
    """Write the dataset folder `out`, whole or not at all; returns the number of rows by config.

    The same input gives the same bytes.

    Raises:
        CorpusError: nothing to build from.
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
    rows = rows_by_config(opinions, golds, annotations)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".new-") as made:
        fresh = Path(made) / "dataset"
        digests = {}
        for name, config_rows in rows.items():
            file = _data_file(fresh, name)
            _write_parquet(file, config_rows, features[name])
            digests[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:DIGEST_LENGTH]
        (fresh / "README.md").write_bytes(card(golds, rows, digests, annotators).encode())
        replace_folder(out, fresh)
    return {name: len(config_rows) for name, config_rows in rows.items()}


def _is_dataset(folder: Path) -> bool:
    return folder.is_dir() and (_data_file(folder, DEFAULT_CONFIG).is_file() or not any(folder.iterdir()))


def _data_file(folder: Path, config: str) -> Path:
    return folder / config / f"{SPLIT}-00000-of-00001.parquet"


def _write_parquet(path: Path, rows: Rows, features: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True)
    table = pa.Table.from_pylist([features.encode_example(row) for row in rows], schema=features.arrow_schema)
    pq.write_table(table, path, compression="zstd", use_content_defined_chunking=True, write_page_index=True)


def read_config(folder: Path, config: str) -> Rows:
    """The rows of a config of a built dataset, class labels by name. Needs pyarrow alone.

    Raises:
        UsageError: no such dataset or config.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _data_file(folder, config)
    if not path.is_file():
        raise misuse(str(path), "no such file", "Run `arguendo build`, or give --data the folder it made")
    try:
        table = pq.read_table(path)
        features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    except (pa.ArrowInvalid, TypeError, KeyError):
        raise fail(str(path), "parquet", "not a Parquet file of this dataset", "Build it again") from None
    return [_named(row, features) for row in table.to_pylist()]


def _named(value: Any, feature: Any) -> Any:
    """A value with the numbers of class labels replaced by their names."""
    if value is None:
        return None
    kind = feature.get("_type") if isinstance(feature, dict) else None
    if kind == "ClassLabel":
        return feature["names"][value]
    if kind == "List":
        return [_named(item, feature["feature"]) for item in value]
    if isinstance(feature, dict) and not isinstance(kind, str):
        return {name: _named(value[name], part) for name, part in feature.items()}
    return value


def configs(folder: Path) -> list[str]:
    """Names of the configs of a built dataset, the default one first."""
    found = sorted(path.name for path in folder.glob("*/") if _data_file(folder, path.name).is_file())
    return sorted(found, key=lambda name: (name != DEFAULT_CONFIG, name))
