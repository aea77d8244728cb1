"""Drafts: quotations become the offsets they mean, or are refused with the place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.drafts import anchor, parse_draft
from arguendo.errors import CorpusError
from arguendo.files import to_json
from arguendo.offsets import find_quotation
from arguendo.records import annotation_to_record

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
DRAFT = REPO / "annotations" / "drafts" / "r0" / "lm-1" / f"{ID}.toml"
TEXT = (REPO / "corpus" / "opinions" / ID / "opinion.txt").read_bytes().decode()
HEAD = (
    f'opinion = "{ID}"\nannotator = "a"\nround = "r"\nguidelines = "0.1"\n[[issue]]\nid = "i"\ntitle = "I"\n'
)


def draft(*spans: str) -> str:
    common = 'label = "HOLDING"\nissue = "i"\n'
    return HEAD + "".join(f'[[span]]\nid = "h{n}"\n{common}{span}\n' for n, span in enumerate(spans))


def problems(toml: str) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        anchor(parse_draft(toml, "draft.toml"), TEXT, "draft.toml")
    return [str(problem) for problem in caught.value.problems]


def test_the_stored_annotation_is_what_its_draft_gives() -> None:
    annotation = anchor(parse_draft(DRAFT.read_text("utf-8"), "draft"), TEXT, "draft")
    stored = REPO / "annotations" / "rounds" / "r0" / "lm-1" / f"{ID}.json"
    assert to_json(annotation_to_record(annotation)) == stored.read_bytes()


def test_straight_quotation_marks_hyphens_and_other_white_space_find_what_the_court_printed() -> None:
    printed = "“transacts any business within the state.”"
    typed = '"transacts  any\n business within the state."'
    assert find_quotation(TEXT, typed) == find_quotation(TEXT, printed) != []
    assert find_quotation(TEXT, "web-services conglomerate") != []
    assert find_quotation(TEXT, "out-of-state [...] electronic") != []


def test_words_are_whole_words() -> None:
    assert find_quotation("the theory of the case", "the") == [(0, 3), (14, 17)]
    assert find_quotation("anything", " [...] ") == []


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(20, 400))
def test_any_stretch_of_words_that_is_found_once_is_found_where_it_stands(start: int, length: int) -> None:
    start = TEXT.find(" ", start) + 1
    end = TEXT.rfind(" ", start, start + length)
    quotation = TEXT[start:end].strip()
    if not quotation or "[" in quotation:
        return
    begin = TEXT.index(quotation, start)
    assert (begin, begin + len(quotation)) in find_quotation(TEXT, quotation)


def test_a_quotation_that_is_absent_is_named_with_the_place_where_it_departs() -> None:
    [message] = problems(draft('quote = "This Court denied Alibaba’s motion for leave"'))
    assert message.startswith("draft.toml#/span/0/quote: error quote-absent: span 'h0'")
    assert "Its first 4 words stand at line " in message


def test_a_quotation_in_several_places_is_refused_with_all_of_them_and_settled_by_nth() -> None:
    [message] = problems(draft('quote = "moot."'))
    assert "quote-ambiguous: span 'h0': “moot.” is in 3 places: line " in message
    places = find_quotation(TEXT, "moot.")
    for nth, place in enumerate(places, 1):
        found = anchor(parse_draft(draft(f'quote = "moot."\nnth = {nth}'), "d"), TEXT, "d").spans[0]
        assert (found.start, found.end) == place
    assert "not 4" in problems(draft('quote = "moot."\nnth = 4'))[0]


def test_all_problems_come_at_once() -> None:
    assert len(problems(draft('quote = "no such words"', 'quote = "moot."', 'quote = "nor these"'))) == 3


@pytest.mark.parametrize(
    ("toml", "code", "place"),
    [
        ("opinion = ", "draft-toml", "draft.toml"),
        ("", "schema", "draft.toml"),
        (draft('quote = "x"\nspeeker = "court"'), "schema", "draft.toml#/span/0"),
        (draft("quote = 7"), "schema", "draft.toml#/span/0/quote"),
        (draft('quote = "x"\nnth = 0'), "schema", "draft.toml#/span/0/nth"),
        (draft('quote = "x"\nrebuts = "a1"'), "schema", "draft.toml#/span/0/rebuts"),
        (HEAD.replace('"a"', '"../../up"'), "schema", "draft.toml#/annotator"),
    ],
)
def test_drafts_of_another_shape_are_refused(toml: str, code: str, place: str) -> None:
    assert any(message.startswith(f"{place}: error {code}:") for message in problems(toml))
