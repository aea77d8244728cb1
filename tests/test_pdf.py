"""PDF: glyphs into lines and paragraphs, raised marks, footnotes, running heads, hyphens."""

from dataclasses import dataclass

import pytest

from arguendo.convert import convert
from arguendo.errors import CorpusError
from arguendo.opinion import Facts, Opinion
from arguendo.readers import pdf
from conftest import check_map

pytest.importorskip("pypdfium2", reason="the reader of PDF needs the extra [pdf]")

FACTS = Facts(court="ca2", docket="No. 17-1234", date="2019-03-03")
PROSE = (
    "The court below held that the agreement was void because neither side had signed it and",
    "the statute requires a writing. We have said so before and we say it again today, since",
    "nothing in this record gives us a reason to change our minds.",
)
MORE = (
    "On appeal the plaintiff argues that a signature is not what the statute asks for, and that",
    "conduct may stand in its place; but the words of the statute leave no room for that reading,",
    "which no court has taken up.",
)


@dataclass
class Show:
    """A string on a page: where its baseline begins, in points, and how large it is."""

    text: str
    x: float
    y: float
    size: float = 12
    font: str = "F1"


def make_pdf(pages: list[list[Show]]) -> bytes:
    """A PDF with these strings in Times, and in Times italic as F2."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = (b"Times-Roman", b"Times-Italic")
    objects += [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % f for f in fonts
    ]
    kids = []
    for page in pages:
        shown = [
            b"BT /%b %g Tf 1 0 0 1 %g %g Tm (%b) Tj ET"
            % (
                show.font.encode(),
                show.size,
                show.x,
                show.y,
                show.text.encode("cp1252")
                .replace(b"\\", b"\\\\")
                .replace(b"(", b"\\(")
                .replace(b")", b"\\)"),
            )
            for show in page
        ]
        stream = b"\n".join(shown)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(kids), len(kids))
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def prose(y: float, lines: tuple[str, ...] = PROSE, indent: float = 24) -> list[Show]:
    """A paragraph with its first line indented."""
    return [Show(line, 72 + (indent if i == 0 else 0), y - 14 * i) for i, line in enumerate(lines)]


def blocks(data: bytes) -> list[tuple[str, str]]:
    reading = pdf.read(data)
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def test_lines_become_paragraphs_by_their_indentation() -> None:
    data = make_pdf([[*prose(700), *prose(700 - 3 * 14), *prose(700 - 6 * 14)]])
    assert blocks(data) == [("paragraph", " ".join(PROSE))] * 3


def test_a_paragraph_goes_on_across_the_page_with_its_number_dropped() -> None:
    first = [*prose(700, MORE), *prose(658, PROSE[:2]), Show("1", 300, 40)]
    second = [
        *prose(700, PROSE[2:], 0),
        *prose(686, ("So it is held, and no more than that.",)),
        Show("2", 300, 40),
    ]
    reading = pdf.read(make_pdf([first, second]))
    assert [reading.text[b.start : b.end] for b in reading.blocks] == [
        " ".join(MORE),
        " ".join(PROSE),
        "So it is held, and no more than that.",
    ]
    assert [page.number for page in reading.pages] == ["1", "2"]
    assert {edit.was for edit in reading.source_map if edit.why == "page_number"} == {"1", "2"}


def test_running_heads_are_dropped_under_their_name() -> None:
    pages = [
        [Show(f"Cite as: 573 U. S. ____ (2014)   {n}", 200, 760), *prose(700, (f"Section {word}.", *lines))]
        for n, (word, lines) in enumerate((("one", PROSE), ("two", MORE), ("three", PROSE[::-1])), 1)
    ]
    reading = pdf.read(make_pdf(pages))
    assert "Cite as" not in reading.text
    assert [page.number for page in reading.pages] == ["1", "2", "3"]


def test_a_raised_number_is_the_mark_of_a_footnote_in_small_print() -> None:
    page = [
        *prose(700),
        Show("Nobody asked for that.", 96, 658),
        Show("1", 96 + 106, 662, 7),
        Show("1", 72, 104, 6),
        Show("So says the statute, where it speaks of writings.", 76, 100, 9),
    ]
    reading = pdf.read(make_pdf([page]))
    note = reading.blocks[-1]
    assert (note.kind, note.number) == ("footnote", "1")
    assert reading.text[note.start : note.end] == "So says the statute, where it speaks of writings."
    assert note.anchor is not None
    assert reading.text[: note.anchor].endswith("Nobody asked for that.")


def test_italics_are_emphasis() -> None:
    page = [
        *prose(700),
        Show("See", 96, 658),
        Show("Erie", 118, 658, font="F2"),
        Show("again for that rule.", 144, 658),
    ]
    reading = pdf.read(make_pdf([page]))
    assert [(e.kind, reading.text[e.start : e.end]) for e in reading.emphasis] == [("italic", "Erie")]


def test_a_hyphen_at_the_end_of_a_line_is_undone() -> None:
    lines = (
        "The panel below held that the agreement was void because neither side ever had agree-",
        "ment on it.",
    )
    assert blocks(make_pdf([[*prose(700, lines), *prose(672)]]))[0] == ("paragraph", lines[0][:-1] + lines[1])


def test_the_map_gives_the_glyphs_back_and_the_record_says_what_it_is_over() -> None:
    data = make_pdf([[*prose(700), Show("-1-", 300, 40)], [*prose(700, MORE), Show("-2-", 300, 40)]])
    reading = pdf.read(data)
    source = "".join(
        edit.was or reading.text[edit.text_start : edit.text_end]
        for edit in reading.source_map
        if edit.op != "insert"
    )
    check_map(source, reading.text, reading.source_map)
    assert source.replace("\r\n", " ").count("agreement was void") == 1
    opinion = convert(data, "slip.pdf", facts=FACTS)
    assert (opinion.source.format, opinion.source.encoding, opinion.source.file) == (
        "pdf",
        "glyphs",
        "source.pdf",
    )
    assert opinion.source.glyphs_sha256


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make_pdf([[]]), "no-text"),
        (make_pdf([[Show("Case 1:18-cv-01 Page 1 of 1", 72, 760)]]), "no-text"),
        (make_pdf([prose(700)])[:300], "bad-pdf"),
        (b"%PDF-1.7\n" + b"\0" * 5_000, "bad-pdf"),
    ],
)
def test_scans_and_broken_files_are_refused_in_a_line(data: bytes, code: str) -> None:
    with pytest.raises(CorpusError) as caught:
        convert(data, "slip.pdf", facts=FACTS)
    (problem,) = caught.value.problems
    assert (problem.where, problem.code) == ("slip.pdf", code)


def test_the_prose_of_the_seed_comes_back_from_a_printed_page(seed: Opinion) -> None:
    """The first paragraph of the seed, set in lines of a page's width."""
    paragraph = next(b for b in seed.blocks if b.kind == "paragraph")
    words = seed.text[paragraph.start : paragraph.end]
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > 88:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    assert blocks(make_pdf([prose(700, tuple(lines))])) == [("paragraph", words)]
