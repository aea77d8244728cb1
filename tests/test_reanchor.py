"""Annotations on a changed text: each span is found by its digest, or said to be lost."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.annotation import Annotation
from arguendo.cli import main
from arguendo.files import write_atomically
from arguendo.offsets import digest
from arguendo.opinion import Opinion
from arguendo.reanchor import reanchor
from arguendo.store import Store
from conftest import SEED_ID

REPO = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def raw() -> Annotation:
    store = Store(REPO)
    return store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))


def test_on_its_own_text_nothing_moves(seed: Opinion, raw: Annotation) -> None:
    result = reanchor(raw, seed.text)
    assert result.annotation == raw
    assert not result.moved


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 30_000), st.text("ab §\n", min_size=1, max_size=40))
def test_spans_follow_their_words(seed: Opinion, raw: Annotation, at: int, words: str) -> None:
    """Text put in somewhere: the spans before it stay, those after it move, one it cuts is lost."""
    text = seed.text[:at] + words + seed.text[at:]
    result = reanchor(raw, text)
    cut = {span.id for span in raw.spans if span.start < at < span.end}
    assert {span.id for span in result.lost} <= cut
    assert (result.annotation is None) == bool(result.lost)
    places = {span.id: interval for span, interval in result.moved}
    for span in raw.spans:
        if span.id not in {lost.id for lost in result.lost}:
            start, end = places.get(span.id, (span.start, span.end))
            assert digest(text, start, end) == span.digest
            assert text[start:end] == seed.text[span.start : span.end]


def test_words_that_stand_twice_are_told_apart_by_what_moved_before(seed: Opinion, raw: Annotation) -> None:
    """The whole body again after itself: every span stays where it is."""
    result = reanchor(raw, seed.text + "\n\n" + seed.text)
    assert not result.moved
    assert not result.lost


def test_the_command_reports_what_moved_and_keeps_what_it_cannot_place(
    checkout: Path, seed: Opinion, raw: Annotation, capsys: Any
) -> None:
    path = checkout / "annotations" / "rounds" / "r0" / "lm-1" / f"{SEED_ID}.json"
    before = path.read_bytes()
    assert main(["reanchor", str(path)]) == 0
    assert path.read_bytes() == before
    text = checkout / "corpus" / "opinions" / seed.id / "opinion.txt"
    first = raw.spans[0]
    write_atomically(text, (seed.text[: first.start + 5] + "x" + seed.text[first.start + 5 :]).encode())
    capsys.readouterr()
    assert main(["reanchor", str(path)]) == 1
    said = capsys.readouterr()
    assert f"{first.id} [{first.start}, {first.end}) stands nowhere" in said.err
    assert path.read_bytes() == before
    write_atomically(text, ("New words.\n\n" + seed.text).encode())
    assert main(["reanchor", str(path)]) == 0
    moved = Store(checkout).read_annotation(path)
    assert [span.start for span in moved.spans] == [span.start + 12 for span in raw.spans]
    assert replace(moved, spans=raw.spans, text_sha256=raw.text_sha256) == raw
