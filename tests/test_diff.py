"""What changed between two built datasets: on the seed opinion, and on made-up spans."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.annotation import LABELS
from arguendo.card import DATASET_VERSION
from arguendo.cli import main
from arguendo.diff import compare_opinions, match_spans
from arguendo.offsets import digest
from arguendo.release import read_config
from conftest import SEED_ID, copy_seed_corpus

Gold = dict[str, Any]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a built dataset of the seed opinion."""
    root = tmp_path_factory.mktemp("old")
    copy_seed_corpus(root)
    build(root)
    return root


def build(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["build"]) == 0


@pytest.fixture
def built_with(old: Path, tmp_path: Path) -> Callable[[Callable[[Gold], object]], list[str]]:
    """The dataset folders before and after a change of the seed's gold."""

    def change(edit: Callable[[Gold], object]) -> list[str]:
        root = tmp_path / "new"
        shutil.copytree(old, root)
        path = root / "annotations" / "gold" / f"{SEED_ID}.json"
        gold = json.loads(path.read_bytes())
        edit(gold)
        path.write_text(json.dumps(gold), "utf-8")
        build(root)
        return [str(each / "build" / "dataset") for each in (old, root)]

    return change


def told(folders: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[list[str], Any]:
    capsys.readouterr()
    assert main(["diff", *folders]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert main(["diff", *folders, "--json"]) == 0
    return lines, json.loads(capsys.readouterr().out)


def test_a_dataset_does_not_differ_from_itself(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines, record = told([str(old / "build" / "dataset")] * 2, capsys)
    assert lines == [f"{what}: 0 added, 0 removed, 0 changed" for what in ("opinions", "spans", "relations")]
    assert record["opinions"] == []
    assert record["versions"] == {}


def test_spans_attributes_and_relations_that_changed_are_each_named(
    built_with: Callable[[Callable[[Gold], object]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, Gold] = {}

    def edit(gold: Gold) -> None:
        spans = {span["id"]: span for span in gold["spans"]}
        seen["other"] = next(span for span in gold["spans"] if span.get("disposition") == "granted")
        seen["other"]["disposition"] = "mixed"
        linked = {relation[end] for relation in gold["relations"] for end in ("from", "to")}
        seen["gone"] = next(s for s in gold["spans"] if s["label"] == "HOLDING" and s["id"] not in linked)
        gold["spans"].remove(seen["gone"])
        gold["origins"] = [origin for origin in gold["origins"] if origin["span"] != seen["gone"]["id"]]
        seen["relation"] = next(each for each in gold["relations"] if each["type"] == "supports")
        gold["relations"].remove(seen["relation"])
        for end in ("from", "to"):
            seen[end] = spans[seen["relation"][end]]
        gold["guidelines"] = "9.9"

    folders = built_with(edit)
    lines, record = told(folders, capsys)

    def place(span: Gold) -> str:
        return f"{span['label']} [{span['start']}, {span['end']})"

    assert lines[0] == f"~ {SEED_ID}: guidelines 0.1 → 9.9"
    [gone] = [line for line in lines if line.startswith("  - HOLDING")]
    assert gone.startswith(f"  - {place(seen['gone'])} “")
    [other] = [line for line in lines if line.startswith("  ~ ")]
    assert other.startswith(f"  ~ {place(seen['other'])} “")
    assert other.endswith(": disposition granted → mixed")
    assert f"  - supports: {place(seen['from'])} → {place(seen['to'])}" in lines
    assert lines[-3:] == [
        "opinions: 0 added, 0 removed, 1 changed",
        "spans: 0 added, 1 removed, 1 changed",
        "relations: 0 added, 1 removed, 0 changed",
    ]
    [opinion] = record["opinions"]
    assert opinion["fields"] == {"guidelines": ["0.1", "9.9"]}
    changes = {span["change"]: span for span in opinion["spans"]}
    assert changes["changed"]["fields"] == {"disposition": ["granted", "mixed"]}
    assert changes["removed"]["start"] == seen["gone"]["start"]
    assert record["counts"]["spans"] == {"added": 0, "removed": 1, "changed": 1}

    backwards, _ = told(folders[::-1], capsys)
    assert backwards[-2:] == [
        "spans: 1 added, 0 removed, 1 changed",
        "relations: 1 added, 0 removed, 0 changed",
    ]


def test_new_ids_alone_are_no_change(
    built_with: Callable[[Callable[[Gold], object]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    def rename(gold: Gold) -> None:
        for span in gold["spans"]:
            span["id"] = f"x{span['id']}"
        for relation in gold["relations"]:
            relation |= {end: f"x{relation[end]}" for end in ("from", "to")}
        for origin in gold["origins"]:
            origin["span"] = f"x{origin['span']}"

    lines, _ = told(built_with(rename), capsys)
    assert lines[-3:] == [
        f"{what}: 0 added, 0 removed, 0 changed" for what in ("opinions", "spans", "relations")
    ]


def test_opinions_that_came_and_went_and_versions(old: Path, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "new"
    shutil.copytree(old / "build" / "dataset", folder)
    rename(folder, "nysd.18-cv-02897.2018-10-23")
    record = folder / "arguendo.json"
    record.write_text(
        record.read_text("utf-8").replace(f'"dataset": "{DATASET_VERSION}"', '"dataset": "9.9.0"'), "utf-8"
    )
    lines, _ = told([str(old / "build" / "dataset"), str(folder)], capsys)
    gold = read_config(folder, "gold")[0]
    held = f"{len(gold['spans'])} spans, {len(gold['relations'])} relations"
    assert lines[:3] == [
        f"dataset {DATASET_VERSION} → 9.9.0",
        f"- {SEED_ID}: {held}",
        f"+ nysd.18-cv-02897.2018-10-23: {held}",
    ]
    # A dataset from before there were records can be compared, too.
    record.unlink()
    lines, _ = told([str(folder), str(old / "build" / "dataset")], capsys)
    assert f"dataset none → {DATASET_VERSION}" in lines


def rename(folder: Path, opinion: str) -> None:
    """Give the one opinion of a built dataset another id."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    [path] = folder.glob("gold/*.parquet")
    table = pq.read_table(path)
    pq.write_table(table.set_column(0, table.schema.field(0), pa.array([opinion])), path)


@pytest.mark.parametrize("spoil", ["none", "empty", "parquet", "record"])
def test_what_is_no_built_dataset_is_refused_in_a_line(
    spoil: str, old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    if spoil == "empty":
        folder.mkdir()
    elif spoil != "none":
        shutil.copytree(old / "build" / "dataset", folder)
        [path] = folder.glob("gold/*.parquet") if spoil == "parquet" else [folder / "arguendo.json"]
        path.write_bytes(b"{}")
    capsys.readouterr()
    assert main(["diff", str(old / "build" / "dataset"), str(folder)]) == (
        2 if spoil in ("none", "empty") else 1
    )
    said = capsys.readouterr()
    assert said.out == ""
    assert all(str(folder) in line for line in said.err.splitlines())
    assert said.err


# --- made-up spans -----------------------------------------------------------------------------

TEXT = "We hold that it is not so. They say it is. It is so ordered. It is so ordered. Affirmed."


def row(spans: list[Gold], text: str = TEXT, relations: tuple[Gold, ...] = ()) -> Gold:
    issues = [{"id": "i", "title": "Question", "parent": None}]
    return {
        "id": "o",
        "text": text,
        "text_sha256": text,
        "spans": spans,
        "relations": list(relations),
        "issues": issues,
    }


def span(id: str, label: str, start: int, end: int, text: str = TEXT, **more: Any) -> Gold:
    words = text[start:end]
    place = {"start": start, "end": end, "text": words, "digest": digest(text, start, end)}
    return {"id": id, "label": label, **place, "issue": "i", "unsure": False, **more}


def changes(old: Gold, new: Gold) -> Any:
    [found] = compare_opinions({"o": old}, {"o": new})
    return found


def test_a_relabelled_a_moved_a_redrawn_and_a_reworded_span_are_one_span_each() -> None:
    relabelled = changes(row([span("h1", "HOLDING", 0, 26)]), row([span("a1", "ARGUMENT", 0, 26)]))
    assert [(c.kind, c.fields) for c in relabelled.spans] == [("changed", {"label": ("HOLDING", "ARGUMENT")})]

    longer = "Per curiam. " + TEXT
    moved = changes(row([span("h1", "HOLDING", 0, 26)]), row([span("h7", "HOLDING", 12, 38, longer)], longer))
    assert [(c.kind, c.fields) for c in moved.spans] == [("changed", {"start": (0, 12), "end": (26, 38)})]

    redrawn = changes(row([span("h1", "HOLDING", 0, 26)]), row([span("h2", "HOLDING", 3, 26)]))
    [change] = redrawn.spans
    assert change.fields["start"] == (0, 3)

    other = TEXT.replace("not so", "so bad")
    reworded = changes(row([span("h1", "HOLDING", 0, 26)]), row([span("h1", "HOLDING", 0, 26, other)], other))
    assert [c.fields.keys() for c in reworded.spans] == [{"text"}]


def test_one_id_of_two_places_is_no_pair_in_one_text_and_is_one_across_texts() -> None:
    first, second = span("h1", "HOLDING", 0, 26), span("h1", "HOLDING", 43, 60)
    assert [c.kind for c in changes(row([first]), row([second])).spans] == ["removed", "added"]
    other = TEXT.upper()
    assert [
        c.kind for c in changes(row([first]), row([span("h1", "HOLDING", 43, 60, other)], other)).spans
    ] == ["changed"]


def test_the_same_words_twice_pair_in_text_order() -> None:
    twice = [span("h1", "HOLDING", 43, 60), span("h2", "HOLDING", 61, 78)]
    longer = "So. " + TEXT
    later = [span("h1", "HOLDING", 65, 82, longer), span("h2", "HOLDING", 47, 64, longer)]
    pairs = match_spans(twice, later, same_text=False)
    assert [(a["start"], b["start"]) for a, b in pairs] == [(43, 47), (61, 65)]


def test_a_relation_of_another_type_between_the_same_spans_has_changed() -> None:
    ends = [span("h1", "HOLDING", 0, 26), span("a1", "ARGUMENT", 27, 42)]
    supports = {"type": "supports", "from": "h1", "to": "a1"}
    renamed = [span("h8", "HOLDING", 0, 26), span("a9", "ARGUMENT", 27, 42)]
    decides = {"type": "decides", "from": "h8", "to": "a9"}
    found = changes(row(ends, relations=(supports,)), row(renamed, relations=(decides,)))
    assert found.spans == ()
    assert [(c.kind, c.fields) for c in found.relations] == [("changed", {"type": ("supports", "decides")})]


@st.composite
def spans_of_text(draw: st.DrawFn) -> list[Gold]:
    places = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 30), st.sampled_from(sorted(LABELS)))
    drawn = draw(st.lists(places, max_size=8, unique=True))
    ids = draw(st.permutations(range(len(drawn))))
    kinds = draw(st.lists(st.sampled_from(["court", "amicus"]), min_size=len(drawn), max_size=len(drawn)))
    return [
        span(f"s{id}", label, start, min(start + length, len(TEXT)), speaker=kind)
        for (start, length, label), id, kind in zip(drawn, ids, kinds, strict=True)
    ]


@given(spans_of_text(), spans_of_text())
def test_the_old_spans_are_the_new_ones_with_every_change_taken_back(
    old: list[Gold], new: list[Gold]
) -> None:
    def shown(span: Gold) -> tuple[Any, ...]:
        return tuple(span[name] for name in ("label", "start", "end", "text", "speaker"))

    back = Counter(map(shown, new))
    for found in compare_opinions({"o": row(old)}, {"o": row(new)}):
        for change in found.spans:
            if change.kind != "removed":
                assert back[shown(change.item)] > 0
                back[shown(change.item)] -= 1
            if change.kind != "added":
                back[shown(change.item | {name: pair[0] for name, pair in change.fields.items()})] += 1
    assert +back == Counter(map(shown, old))


@given(spans_of_text(), spans_of_text(), st.booleans())
def test_no_span_is_in_two_pairs_and_what_is_the_same_is_in_one(
    old: list[Gold], new: list[Gold], same_text: bool
) -> None:
    pairs = match_spans(old, new, same_text)
    for side in (0, 1):
        assert len({pair[side]["id"] for pair in pairs}) == len(pairs)
    both = {(s["label"], s["start"], s["end"]) for s in old} & {
        (s["label"], s["start"], s["end"]) for s in new
    }
    assert len([a for a, b in pairs if a["start"] == b["start"] and a["end"] == b["end"]]) >= len(both)
