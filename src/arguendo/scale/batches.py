"""Record batches: sources → opinions → opinions with the spans that a stored model finds.

Both functions are pure and can be pickled, so that any engine that moves Arrow batches can run them.
What is wrong with an opinion stands in its row's `problems`; neither function raises for it.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pyarrow as pa

from arguendo.baselines.crf import CrfModel, SentenceCrf
from arguendo.convert import convert
from arguendo.errors import CorpusError
from arguendo.offsets import sha256
from arguendo.opinion import Facts
from arguendo.records import Record, opinion_to_record

_TEXT, _OFFSET = pa.string(), pa.int32()
_INTERVAL = [("start", _OFFSET), ("end", _OFFSET)]


def _list(names: list[tuple[str, Any]]) -> pa.DataType:
    return pa.list_(pa.struct(names))


PROBLEMS = _list([("code", _TEXT), ("message", _TEXT), ("hint", _TEXT)])
FACTS = tuple(field.name for field in fields(Facts))

SOURCES = pa.schema(
    [
        ("place", _TEXT),
        ("data", pa.large_binary()),
        ("format", _TEXT),
        *((name, _TEXT) for name in FACTS),
        ("problems", PROBLEMS),
    ]
)
"""A row is a source: where it is from, its bytes, its format (null: told by content), and what is known
of it apart from its text. One that could not be read has no bytes, and `problems` that say why."""

OPINIONS = pa.schema(
    [
        ("place", _TEXT),
        ("id", _TEXT),
        *((name, _TEXT) for name in ("court", "docket", "docket_as_written", "date", "title", "author")),
        ("case_name", _TEXT),
        ("judges", pa.list_(_TEXT)),
        ("parties", _list([("name", _TEXT), ("role", _TEXT), ("side", _TEXT)])),
        ("text", pa.large_string()),
        ("text_sha256", _TEXT),
        (
            "source",
            pa.struct(
                [("sha256", _TEXT), ("bytes", pa.int64()), ("format", _TEXT), ("glyphs_sha256", _TEXT)]
            ),
        ),
        ("sub_opinions", _list([("kind", _TEXT), ("author", _TEXT), *_INTERVAL])),
        (
            "blocks",
            _list(
                [
                    ("kind", _TEXT),
                    *_INTERVAL,
                    ("part", _TEXT),
                    ("level", _OFFSET),
                    ("label", _TEXT),
                    ("number", _TEXT),
                    ("anchor", _OFFSET),
                    ("continues", pa.bool_()),
                ]
            ),
        ),
        ("emphasis", _list([("kind", _TEXT), *_INTERVAL])),
        ("sentences", _list(_INTERVAL)),
        (
            "citations",
            _list(
                [
                    ("kind", _TEXT),
                    ("form", _TEXT),
                    *_INTERVAL,
                    ("normalised", _TEXT),
                    ("pin", _TEXT),
                    ("antecedent", _OFFSET),
                ]
            ),
        ),
        ("pages", _list([("number", _TEXT), ("start", _OFFSET)])),
        ("problems", PROBLEMS),
    ]
)
"""A row is an opinion with its structure: the columns of the dataset's `gold` before its labels, kinds by
name. The source map is left out: it is as large as the rest, and converting the source gives it again."""

ANNOTATED = OPINIONS.append(pa.field("spans", _list([("label", _TEXT), *_INTERVAL])))
"""`OPINIONS` with what a model found; null where there was no opinion to look at."""

_HELD = [name for name in OPINIONS.names if name not in ("place", "problems")]
_HINT = "Convert the source by itself with `arguendo convert` to see more"


def convert_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Convert a batch of `SOURCES` into one of `OPINIONS` with as many rows in the same order.

    A row that cannot be converted has its place, its problems, and nulls.
    """
    return pa.RecordBatch.from_pylist([_converted(row) for row in batch.to_pylist()], schema=OPINIONS)


def annotate_batch(batch: pa.RecordBatch, model: CrfModel) -> pa.RecordBatch:
    """Add the spans that a model finds to a batch of `OPINIONS`; the result is of `ANNOTATED`.

    Raises:
        UsageError: the extra `[baselines]` is not installed.
    """
    baseline = SentenceCrf.of(model)
    rows = batch.select(["id", "text", "sentences", "problems"]).to_pylist()
    spans, problems = [], []
    for row in rows:
        found, wrong = _guarded(partial(_annotated, row, baseline)) if row["id"] else (None, [])
        spans.append(found)
        problems.append([*row["problems"], *wrong])
    columns = {name: batch.column(name) for name in OPINIONS.names}
    columns["problems"] = pa.array(problems, PROBLEMS)
    columns["spans"] = pa.array(spans, ANNOTATED.field("spans").type)
    return pa.RecordBatch.from_pydict(columns, schema=ANNOTATED)


def _converted(row: Record) -> Record:
    given = row["problems"] or []
    if row["data"] is None:
        return {"place": row["place"], "problems": given}
    found, problems = _guarded(partial(_opinion_row, row))
    return {"place": row["place"], **(found or {}), "problems": [*given, *problems]}


def _opinion_row(row: Record) -> Record:
    facts = Facts(**{name: row[name] for name in FACTS})
    opinion = convert(row["data"], row["place"], row["format"], facts)
    record = opinion_to_record(replace(opinion, source_map=()), sha256(opinion.text))
    record |= {**record.pop("metadata"), "text": opinion.text}
    return {name: record.get(name) for name in _HELD}


def _annotated(row: Record, baseline: SentenceCrf) -> list[Record]:
    example = {"id": row["id"], "text": row["text"], "sentences": row["sentences"], "spans": []}
    spans: list[Record] = baseline.predict([example])[0]["spans"] if row["sentences"] else []
    return spans


def _guarded(run: Callable[[], Any]) -> tuple[Any, list[Record]]:
    """What a function gives, or what is wrong. One opinion in ten million never stops the others."""
    try:
        return run(), []
    except CorpusError as error:
        return None, [{"code": p.code, "message": p.message, "hint": p.hint} for p in error.problems]
    except MemoryError:
        hint = "Give the workers more memory, or leave the opinion out"
        return None, [{"code": "memory", "message": "memory did not suffice", "hint": hint}]
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return None, [{"code": "crash", "message": message[:500], "hint": _HINT}]
