"""Files: read and written back byte for byte, whole or not at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.errors import CorpusError
from arguendo.files import parse_json, replace_folder, to_json, write_atomically
from arguendo.offsets import sha256
from arguendo.records import (
    annotation_from_record,
    annotation_to_record,
    gold_from_record,
    gold_to_record,
    opinion_from_record,
    opinion_to_record,
)
from arguendo.store import Store

REPO = Path(__file__).parents[1]
STORE = Store(REPO)


@pytest.mark.parametrize("path", STORE.annotation_paths(), ids=str)
def test_annotations_are_written_back_byte_for_byte(path: Path) -> None:
    annotation = STORE.read_annotation(path)
    assert to_json(annotation_to_record(annotation)) == path.read_bytes()
    assert annotation_from_record(annotation_to_record(annotation)) == annotation


@pytest.mark.parametrize("path", STORE.gold_paths(), ids=str)
def test_gold_is_written_back_byte_for_byte(path: Path) -> None:
    gold = STORE.read_gold(path)
    assert to_json(gold_to_record(gold)) == path.read_bytes()
    assert gold_from_record(gold_to_record(gold)) == gold


@pytest.mark.parametrize("opinion_id", STORE.opinion_ids())
def test_opinions_are_written_back_byte_for_byte(opinion_id: str) -> None:
    opinion = STORE.read_opinion(opinion_id)
    record = opinion_to_record(opinion, sha256(opinion.text))
    assert to_json(record) == (STORE.opinion_folder(opinion_id) / "opinion.json").read_bytes()
    assert opinion_from_record(record, opinion.text) == opinion


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_any_record_is_json_that_gives_it_back(record: dict[str, object]) -> None:
    assert json.loads(to_json(record)) == record


@pytest.mark.parametrize("text", ["{", "[" * 200_000, '{"a": 1, "a": 2}', "", "{'a': 1}"])
def test_what_is_no_json_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(CorpusError) as caught:
        parse_json(text, "file.json")
    [problem] = caught.value.problems
    assert problem.code == "json"
    assert problem.where.startswith("file.json")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "record.json"
    target.mkdir()  # a folder cannot be replaced by a file
    (target / "kept").write_text("kept")
    with pytest.raises(OSError, match=r".+"):
        write_atomically(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
    assert (target / "kept").read_text() == "kept"


def test_a_folder_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    with pytest.raises(OSError, match=r".+"):
        replace_folder(old, tmp_path / "missing")
    assert (old / "name").read_text() == "old"
    replace_folder(old, new)
    assert [(p.name, (p / "name").read_text()) for p in tmp_path.iterdir()] == [("old", "new")]
