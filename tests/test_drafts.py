"""Drafts: quotations become the offsets they mean, or are refused with the place."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.drafts import anchor, numbered, parse_draft
from arguendo.errors import CorpusError
from arguendo.files import to_json
from arguendo.offsets import find_quotation
from arguendo.records import annotation_to_record
from arguendo.store import Store

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
DRAFT = REPO / "annotations" / "drafts" / "r0" / "lm-1" / f"{ID}.toml"
OPINION = Store(REPO).read_opinion(ID)
TEXT = OPINION.text
HEAD = (
    f'opinion = "{ID}"\nannotator = "a"\nround = "r"\nguidelines = "0.1"\n[[issue]]\nid = "i"\ntitle = "I"\n'
)


def draft(*spans: str) -> str:
    common = 'label = "HOLDING"\nissue = "i"\n'
    return HEAD + "".join(f'[[span]]\nid = "h{n}"\n{common}{span}\n' for n, span in enumerate(spans))


def problems(toml: str) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        anchor(parse_draft(toml, "draft.toml"), OPINION, "draft.toml")
    return [str(problem) for problem in caught.value.problems]


def test_the_stored_annotation_is_what_its_draft_gives() -> None:
    annotation = anchor(parse_draft(DRAFT.read_text("utf-8"), "draft"), OPINION, "draft")
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
        found = anchor(parse_draft(draft(f'quote = "moot."\nnth = {nth}'), "d"), OPINION, "d").spans[0]
        assert (found.start, found.end) == place
    assert "not 4" in problems(draft('quote = "moot."\nnth = 4'))[0]


def place(toml: str) -> tuple[int, int]:
    [span] = anchor(parse_draft(toml, "d"), OPINION, "d").spans
    return span.start, span.end


@given(st.data())
def test_sentences_are_named_by_the_numbers_that_are_printed(data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(OPINION.sentences)))
    last = data.draw(st.integers(first, len(OPINION.sentences)))
    start, end = place(draft(f'sentences = "{first}-{last}"'))
    printed = numbered(OPINION)
    words = printed[printed.index(f"[{first}] ") + len(f"[{first}] ") :]
    sentence = OPINION.sentences[first - 1]
    assert words.startswith(" ".join(TEXT[sentence.start : sentence.end].split()))
    assert (start, end) == (sentence.start, OPINION.sentences[last - 1].end)


def test_all_words_of_an_opinion_are_printed_in_order() -> None:
    printed = re.sub(
        r"^\((caption|heading|block quote|signature|footnote \d+)\)$|^\[\d+\] ",
        "",
        numbered(OPINION),
        flags=re.M,
    )
    assert printed.split() == TEXT.split()


def test_a_quotation_is_looked_for_within_its_sentences() -> None:
    places = find_quotation(TEXT, "moot.")
    number = next(n for n, s in enumerate(OPINION.sentences, 1) if s.start <= places[1][0] < s.end)
    assert place(draft(f'sentences = "{number}"\nquote = "moot."')) == places[1]
    assert "is not in the text" in problems(draft('sentences = "1"\nquote = "moot."'))[0]


@pytest.mark.parametrize("numbers", ["5-4", "99999", "1-99999"])
def test_sentences_that_there_are_not_are_refused(numbers: str) -> None:
    [message] = problems(draft(f'sentences = "{numbers}"'))
    assert f"no sentences {numbers} of {len(OPINION.sentences)}" in message


def test_all_problems_come_at_once() -> None:
    assert len(problems(draft('quote = "no such words"', 'quote = "moot."', 'quote = "nor these"'))) == 3


@pytest.mark.parametrize(
    ("toml", "code", "place"),
    [
        ("opinion = ", "draft-toml", "draft.toml"),
        ("", "schema", "draft.toml"),
        (draft('quote = "x"\nspeeker = "court"'), "schema", "draft.toml#/span/0"),
        (draft("quote = 7"), "schema", "draft.toml#/span/0/quote"),
        (draft('sentences = "0"'), "schema", "draft.toml#/span/0/sentences"),
        (draft("nth = 1"), "schema", "draft.toml#/span/0"),
        (draft('quote = "x"\nnth = 0'), "schema", "draft.toml#/span/0/nth"),
        (draft('quote = "x"\nrebuts = "a1"'), "schema", "draft.toml#/span/0/rebuts"),
        (HEAD.replace('"a"', '"../../up"'), "schema", "draft.toml#/annotator"),
    ],
)
def test_drafts_of_another_shape_are_refused(toml: str, code: str, place: str) -> None:
    assert any(message.startswith(f"{place}: error {code}:") for message in problems(toml))
