"""HTML and case-body XML: every phenomenon small, and any token soup without loss."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.opinion import Reading
from arguendo.readers import html
from conftest import check_reading


def read(source: str) -> Reading:
    reading = html.read(source)
    check_reading(source, reading)
    return reading


def blocks(source: str) -> list[tuple[str, str]]:
    reading = read(source)
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def test_white_space_is_collapsed_and_entities_are_decoded() -> None:
    source = "<p>  The\n   <i>Act</i>,\t42&nbsp;U.S.C. &sect;&#160;1983 &amp; R&D&bogus;.  </p>"
    assert blocks(source) == [("paragraph", "The Act, 42 U.S.C. § 1983 & R&D&bogus;.")]


def test_emphasis_is_kept_apart_from_the_text_even_across_paragraphs() -> None:
    reading = read("<p>See <em>Roe v. <b>Doe</b></em>.</p><i><p>First.</p><p>Second.</p></i>")
    found = [(e.kind, reading.text[e.start : e.end]) for e in reading.emphasis]
    assert found == [
        ("italic", "Roe v. Doe"),
        ("bold", "Doe"),
        ("italic", "First."),
        ("italic", "Second."),
    ]


def test_break_tags_break_lines_and_leave_no_blank_ones() -> None:
    source = "<p>Doe,<br> Plaintiff,<br/><br>v.<BR>Roe<br></p><p><br>Next.</p>"
    assert blocks(source) == [("paragraph", "Doe,\nPlaintiff,\nv.\nRoe"), ("paragraph", "Next.")]


@pytest.mark.parametrize(
    "mark",
    [
        '<page-number citation-index="1" label="228">*228</page-number>',
        '<span class="star-pagination">*228</span>',
        '<a id="p228" href="#p228" data-label="228" class="page-label">*228</a>',
        '<font color="#FF0000">[*228]</font>',
    ],
)
def test_page_marks_are_pages_and_no_text(mark: str) -> None:
    reading = read(f"<p>One {mark}two.</p>")
    assert reading.text == "One two."
    assert [(page.number, reading.text[page.start :]) for page in reading.pages] == [("228", "two.")]


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("<footnotemark>1</footnotemark>", '<footnote label="1"><p>The note.</p></footnote>'),
        (
            '<a class="footnotemark" href="#fn" id="r">1.</a>',
            '<aside data-label="1." class="footnote"><a href="#r">1.</a><p>The note.</p></aside>',
        ),
        (
            '<a class="footnote" href="#fn1" id="fn1_ref">1</a>',
            '<div class="footnote" id="fn1"><a class="footnote" href="#fn1_ref">1</a><p>The note.</p></div>',
        ),
        ("<sup>[1]</sup>", "<h2>NOTES</h2><p>[1]  The note.</p>"),
        ("<sup>1</sup>", '<aside class="footnote"><sup>1</sup> The note.</aside>'),
    ],
)
def test_footnotes_of_each_flavour_find_their_anchors(mark: str, note: str) -> None:
    reading = read(f"<p>It is so.{mark} But why?</p>{note}")
    footnote = next(block for block in reading.blocks if block.kind == "footnote")
    assert reading.text[footnote.start : footnote.end] == "The note."
    assert footnote.number == "1"
    assert footnote.anchor is not None
    assert reading.text[: footnote.anchor].endswith("It is so.")


def test_further_paragraphs_of_a_footnote_stay_with_it_and_notes_stand_last() -> None:
    source = (
        "<p>Body.<footnotemark>1</footnotemark></p>"
        '<footnote label="1"><p>First.</p><p>More.</p></footnote><p>The end of the body.</p>'
    )
    reading = read(source)
    shown = [(b.kind, b.number, b.continues, reading.text[b.start : b.end]) for b in reading.blocks]
    assert shown == [
        ("paragraph", None, False, "Body."),
        ("paragraph", None, False, "The end of the body."),
        ("footnote", "1", False, "First."),
        ("footnote", "1", True, "More."),
    ]


def test_a_superscript_that_is_no_number_is_text() -> None:
    assert blocks("<p>the 2<sup>nd</sup> day</p>") == [("paragraph", "the 2nd day")]


def test_parts_of_the_caption_are_what_their_tags_say() -> None:
    source = (
        '<section class="head-matter"><h4 class="parties">ROE v. DOE.</h4><p class="docketnumber">No. 7.</p>'
        '<p class="court">Court of Appeals.</p><p class="decisiondate">Decided May 1, 1953.</p></section>'
        '<article class="opinion" data-type="majority"><p class="author">PINE, Judge.</p><p>We affirm.</p>'
    )
    reading = read(source)
    assert [block.part for block in reading.blocks] == ["parties", "docket", "court", "date", "author", None]


def test_block_quotes_lists_and_headings() -> None:
    source = (
        "<h2>Background</h2><p>He said:</p><blockquote><p>One.</p><p>Two.</p></blockquote>"
        "<ul><li>Item.</li></ul><center>II.</center><p>A. The Statute</p><p>DISCUSSION</p>"
    )
    assert [kind for kind, _ in blocks(source)] == [
        "heading",
        "paragraph",
        "block_quote",
        "block_quote",
        "list_item",
        "heading",
        "heading",
        "heading",
    ]


def test_what_a_reader_does_not_see_is_dropped_under_its_name() -> None:
    reading = read("<head><title>T</title></head><script>var a = '<p>x</p>';</script><p>Seen.</p>")
    assert reading.text == "Seen."
    hidden = [edit.was for edit in reading.source_map if edit.why == "hidden"]
    assert hidden == ["<head><title>T</title></head>", "<script>var a = '<p>x</p>';</script>"]


def test_a_page_that_is_one_pre_is_read_as_plain_text() -> None:
    first = (
        "    The court held that the <i>statute</i> &sect; 5 requires a writing &amp; that\nthere was none."
    )
    second = "    And so it affirmed what the <a href='#x'>panel below</a> had held before it.\n"
    source = f"<pre>{first}\n\n{second}</pre>"
    assert [text for _, text in blocks(source)] == [
        "The court held that the statute § 5 requires a writing & that there was none.",
        "And so it affirmed what the panel below had held before it.",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<b>" * 20_000 + "deep" + "</b>" * 20_000,
        "<div>" * 20_000 + "deep",
        "text</x>" * 20_000,
        "<p>one<sup>1</sup>" * 10_000,
        "<a " * 20_000,
        '<a b="' * 20_000,
        "<!--" * 20_000,
        "&" * 50_000,
        "<script>" * 5_000,
        "<footnote><p>x" * 5_000,
    ],
)
def test_hostile_sources_end_soon_and_lose_nothing(source: str) -> None:
    read(source)


PIECES = st.sampled_from(
    (
        "<p> </p> <P class='x'> <br> <br/> <i> </i> <em> </em> <b> </b> <blockquote> </blockquote> "
        "<li> <h2> </h2> <center> </center> <div> </div> <footnote> </footnote> "
        "<footnotemark>1</footnotemark> <sup>1</sup> <sup>[2]</sup> <sup> </sup> "
        "<aside_class='footnote'> </aside> <page-number>*12</page-number> <script> </script> "
        "<head> </head> <!-- --> <!DOCTYPE_html> <?xml?> &nbsp; &amp; &#8217; &sect &bogus; & < > "
        "\" ' word Word. NOTES [1] II. \N{COMBINING ACUTE ACCENT} e \N{OHM SIGN} 𝔄 § “ ” "
    ).split()
)
SPACES = st.sampled_from(["", "", " ", "  ", "\n", "\r\n", "\t", "\xa0", "\n\n"])


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(PIECES, SPACES), max_size=40))
def test_any_mixture_of_tokens_is_read_without_loss(tokens: list[tuple[str, str]]) -> None:
    read("".join(piece.replace("_", " ") + space for piece, space in tokens))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read_without_loss(source: str) -> None:
    read(source)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc XYZ.,;§é", min_size=1, max_size=30), min_size=1, max_size=6))
def test_the_words_of_paragraphs_are_the_text(paragraphs: list[str]) -> None:
    reading = read("".join(f"<p>{text}</p>\n" for text in paragraphs))
    body = " ".join(reading.text.split())
    assert re.sub(r"\s", "", body) == re.sub(r"\s", "", "".join(paragraphs))
