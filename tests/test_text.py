"""Plain text: lines back into paragraphs, furniture of the page, star pages, footnotes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.convert import convert
from arguendo.opinion import Facts, Opinion
from arguendo.readers import text
from arguendo.structure import PROSE_KINDS
from conftest import check_reading

WORDS = (
    "The district court held that the agreement was void because neither side had signed it and the"
    " statute requires a writing."
)
MORE = "We review that holding anew, and on this record we see no reason to disturb it."


def page(number: int, *paragraphs: str) -> str:
    """A page as pdftotext lays it out: double spaced, first lines indented, its number at the foot."""
    lines: list[str] = []
    for paragraph in paragraphs:
        line = " " * 8
        for word in paragraph.split():
            if len(line) + len(word) > 64:
                lines += [line.rstrip(), ""]
                line = ""
            line += word + " "
        lines += [line.rstrip(), ""]
    return "\n".join(lines) + f"\n{' ' * 30}{number}\n"


def blocks(source: str) -> list[tuple[str, str]]:
    reading = text.read(source)
    check_reading(source, reading)
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def test_hard_wrapped_pages_become_paragraphs_across_page_breaks() -> None:
    first, second = WORDS, "We review that holding anew. " * 6
    source = page(1, first, second) + "\f" + page(2, "Nothing in the record says otherwise, and we affirm.")
    found = [content for _, content in blocks(source)]
    assert found == [first, second.strip(), "Nothing in the record says otherwise, and we affirm."]
    assert [p.number for p in text.read(source).pages] == ["1", "2"]


def test_a_sentence_that_a_page_cuts_is_one_again() -> None:
    half = len(WORDS) // 2
    cut = WORDS.rindex(" ", 0, half)
    source = page(1, WORDS[:cut]) + "\f" + page(2, "x").replace(" " * 8 + "x", WORDS[cut + 1 :], 1)
    assert [content for _, content in blocks(source)] == [WORDS]


def test_running_heads_are_dropped_under_their_name() -> None:
    heads = [
        f"Case 1:18-cv-01 Document 5 Page {n} of 3\n\n" + page(n, f"It is {word}. " * 9)
        for n, word in enumerate(("so", "not so", "otherwise"), 1)
    ]
    source = "\f".join(heads)
    reading = text.read(source)
    check_reading(source, reading)
    assert "Document" not in reading.text
    assert sum(edit.why == "running_head" for edit in reading.source_map) == 3


def test_line_numbers_of_pleading_paper_are_no_text() -> None:
    lines = [
        f"{n:>2}   It is line {word} of the pleading and it is long"
        for n, word in enumerate("abcdefghijklmn", 1)
    ]
    reading = text.read("\n".join(lines))
    assert reading.text.startswith("It is line a of the pleading and it is long It is line b")
    assert not any(c.isdigit() for c in reading.text)


def test_a_text_with_one_line_a_paragraph_keeps_its_paragraphs() -> None:
    source = f"{WORDS * 3}\n{WORDS * 2}\n\n{WORDS * 4}\n"
    assert [content for _, content in blocks(source)] == [WORDS * 3, WORDS * 2, WORDS * 4]


def test_star_pages_count_up_and_other_stars_are_text() -> None:
    source = f"{WORDS} *336 {WORDS} *337 {WORDS} at *5 and *9 of it. {WORDS}"
    reading = text.read(source)
    check_reading(source, reading)
    assert [(p.number, reading.text[p.start : p.start + 12]) for p in reading.pages] == [
        ("336", "The district"),
        ("337", "The district"),
    ]
    assert "*336" not in reading.text
    assert "at *5 and *9 of it" in reading.text


def test_footnotes_in_a_section_of_notes_find_their_anchors() -> None:
    source = (
        f"{WORDS * 2}[1] {WORDS}\n\n{WORDS * 2}[2]\n\nNOTES\n\n[1] See the record.\n\n[2] It is not [sic].\n"
    )
    reading = text.read(source)
    check_reading(source, reading)
    notes = [b for b in reading.blocks if b.kind == "footnote"]
    assert [(n.number, reading.text[n.start : n.end]) for n in notes] == [
        ("1", "See the record."),
        ("2", "It is not [sic]."),
    ]
    assert [reading.text[: n.anchor].endswith("writing.") for n in notes] == [True, True]


def test_footnotes_at_the_foot_of_a_page_are_found_by_their_marks() -> None:
    body = page(1, WORDS[:-1] + ".1 The rest is clear.").rsplit("\n", 2)[0]
    source = (
        body
        + "\n\n     1\n       So says the statute, at the place where it\nspeaks of writings.\n\n\f"
        + page(2, MORE)
    )
    found = blocks(source)
    assert found[-1] == ("footnote", "So says the statute, at the place where it speaks of writings.")
    assert found[0][1].startswith(WORDS + " The rest")


def test_words_divided_at_a_line_end_are_whole_where_the_text_has_them_whole() -> None:
    source = (
        "A word that stands here in full is agreement, and it is so-called for that\n"
        "reason. The parties came to an agree-\nment of their own, which was self-\n"
        "executing and bound both of them.\n"
    )
    ((_, content),) = blocks(source)
    assert "came to an agreement of" in content
    assert "self-executing" in content


def test_misread_cp1252_is_read_as_meant() -> None:
    assert blocks(WORDS + " It said \x93no\x94 \x97 twice.")[0][1].endswith("It said “no” — twice.")


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\u2028", "\x85"])
def test_line_ends_of_every_kind(line_end: str) -> None:
    source = page(1, WORDS, WORDS)
    assert blocks(source.replace("\n", line_end)) == blocks(source)


def test_the_prose_of_the_seed_is_the_same_as_plain_text(seed: Opinion) -> None:
    # In canonical text nothing says where the footnotes begin.
    body_end = next(block.start for block in seed.blocks if block.kind == "footnote")
    plain = seed.text[:body_end].replace("*", "x")
    again = convert(plain.encode(), "seed.txt", facts=Facts(court="nysd"))
    assert (again.source.format, again.id) == ("text", seed.id)
    found = {again.text[block.start : block.end] for block in again.blocks}
    for block in seed.blocks:
        if block.kind in PROSE_KINDS and block.end < body_end:
            assert plain[block.start : block.end] in found


TOKENS = st.sampled_from(
    [
        *"word Word. (1) 12 * *12 *13 [1] [2] 1 — - agree- ment § “ ” NOTES ___ v.".split(),
        *("\f", "\n", "\n\n", "\r\n", "\t", "\x85", "\u2028", "e\u0301", "\x97"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(TOKENS, st.sampled_from(["", " ", "  ", "\n", "\n\n", "\f", "\n     "])), max_size=60)
)
def test_any_mixture_is_read_without_loss(tokens: list[tuple[str, str]]) -> None:
    source = "".join(word + space for word, space in tokens)
    check_reading(source, text.read(source))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_loss(source: str) -> None:
    check_reading(source, text.read(source))


def test_notes_at_the_end_that_no_heading_announces_are_found_by_their_numbers() -> None:
    filler = (
        "The court has read the papers of both sides and heard them at length on the motion before it. " * 3
    )
    body = [
        f"The owner[1] of the site removed the posts[2] once told of them. {filler}".strip(),
        filler.strip(),
    ]
    notes = ["[1] The owner was elected by the members.", "[2] Section 512 provides:", "It has two parts."]
    reading = text.read("\n\n".join([*body, *notes]))
    assert [(b.kind, b.number, b.continues) for b in reading.blocks] == [
        ("paragraph", None, False),
        ("paragraph", None, False),
        ("footnote", "1", False),
        ("footnote", "2", False),
        ("footnote", "2", True),
    ]
    assert [reading.text[: b.anchor].split()[-1] for b in reading.blocks if b.anchor] == ["owner", "posts"]


def test_numbered_paragraphs_that_nothing_marks_are_no_notes() -> None:
    reading = text.read(
        "The court finds as follows on the record before it.\n\n[1] The notice was late.\n\n[2] It was void."
    )
    assert not [block for block in reading.blocks if block.kind == "footnote"]
