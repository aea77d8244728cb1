"""The two functions on record batches: what goes in comes out converted, or with what is wrong."""

import json
import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from arguendo.errors import CorpusError
from arguendo.opinion import Opinion
from arguendo.records import opinion_from_record
from arguendo.scale.batches import ANNOTATED, OPINIONS, SOURCES, annotate_batch, convert_batch
from arguendo.scale.model import read_model, write_model
from conftest import SEED_ID, first_gold

pytest.importorskip("pycrfsuite", reason="needs the extra [baselines]")


def batch(*rows: dict[str, object]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"problems": [], **row} for row in rows], schema=SOURCES)


def test_a_row_holds_the_opinion_that_conversion_gives(seed_bytes: bytes, seed: Opinion) -> None:
    converted = convert_batch(batch({"place": "seed.md", "data": seed_bytes}))
    assert converted.schema == OPINIONS
    row = converted.to_pylist()[0]
    assert row["problems"] == []
    metadata = {
        name: row[name] for name in ("court", "docket", "docket_as_written", "date", "title", "author")
    }
    metadata |= {"parties": row["parties"], "judges": row["judges"] or [], "case_name": row["case_name"]}
    record = {**row, "metadata": metadata, "source_map": []}
    record["source"] = {**row["source"], "file": seed.source.file, "encoding": seed.source.encoding}
    # `continues` is left out of a block's record where it does not.
    record["blocks"] = [{**block, "continues": bool(block["continues"])} for block in row["blocks"]]
    again = opinion_from_record(record, row["text"])
    assert again.metadata == seed.metadata
    for name in ("id", "text", "sub_opinions", "blocks", "emphasis", "sentences", "citations", "pages"):
        assert getattr(again, name) == getattr(seed, name)


def test_what_is_wrong_with_one_opinion_stands_in_its_row_and_the_others_are_converted(
    seed_bytes: bytes,
) -> None:
    unread = {"code": "csv", "message": "broken", "hint": "mend"}
    converted = convert_batch(
        batch(
            {"place": "empty", "data": b" "},
            {"place": "good", "data": seed_bytes},
            {"place": "latin", "data": b"caf\xe9 v. bar"},
            {"place": "unread", "data": None, "problems": [unread]},
            {"place": "unknown", "data": b"words", "format": "rtf"},
            {"place": "deep", "data": b"[" * 100_000, "format": "cap"},
        )
    ).to_pylist()
    assert [row["place"] for row in converted] == ["empty", "good", "latin", "unread", "unknown", "deep"]
    codes = [[problem["code"] for problem in row["problems"]] for row in converted]
    assert codes == [["empty-source"], [], ["not-utf-8"], ["csv"], ["unknown-format"], ["json"]]
    assert [row["id"] for row in converted] == [None, SEED_ID, None, None, None, None]


def test_facts_go_before_what_the_text_says(seed_bytes: bytes) -> None:
    row = convert_batch(batch({"place": "x", "data": seed_bytes, "date": "2001-02-03"})).to_pylist()[0]
    assert row["date"] == "2001-02-03"


def test_functions_can_be_pickled() -> None:
    for function in (convert_batch, annotate_batch):
        assert pickle.loads(pickle.dumps(function)) is function


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory, seed: Opinion) -> Path:
    from arguendo.baselines.crf import SentenceCrf
    from arguendo.tasks import span_extraction

    baseline = SentenceCrf("span-extraction")
    baseline.fit([*span_extraction(seed, first_gold())], [])
    folder = tmp_path_factory.mktemp("models") / "crf"
    write_model(folder, baseline.model)
    return folder


def test_a_stored_model_finds_what_the_trained_one_does(model_folder: Path, seed_bytes: bytes) -> None:
    from arguendo.baselines.crf import SentenceCrf

    model = pickle.loads(pickle.dumps(read_model(model_folder)))
    converted = convert_batch(batch({"place": "a", "data": seed_bytes}, {"place": "b", "data": b""}))
    annotated = annotate_batch(converted, model)
    assert annotated.schema == ANNOTATED
    rows = annotated.to_pylist()
    example = {"id": "x", "text": rows[0]["text"], "sentences": rows[0]["sentences"], "spans": []}
    assert rows[0]["spans"] == SentenceCrf.of(model).predict([example])[0]["spans"]
    assert rows[0]["spans"]
    assert rows[1]["spans"] is None
    assert [problem["code"] for problem in rows[1]["problems"]] == ["empty-source"]


def test_a_model_is_written_the_same_twice(model_folder: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again", read_model(model_folder))
    for path in model_folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


@pytest.mark.parametrize("damage", ["cut", "path", "format", "none"])
def test_a_damaged_model_is_refused(model_folder: Path, tmp_path: Path, damage: str) -> None:
    write_model(tmp_path / "m", read_model(model_folder))
    description = tmp_path / "m" / "model.json"
    record = json.loads(description.read_text())
    if damage == "cut":
        path = tmp_path / "m" / "0.crfsuite"
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "path":
        record["sha256"][0] = "../0"
    elif damage == "format":
        record["format"] = "pickle"
    else:
        (tmp_path / "m" / "0.crfsuite").unlink()
    description.write_text(json.dumps(record))
    with pytest.raises(CorpusError):
        read_model(tmp_path / "m")
