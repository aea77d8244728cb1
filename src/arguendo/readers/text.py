"""Plain text: hard-wrapped pages (pdftotext, court sites) and texts with one line a paragraph.

Lines are put back into paragraphs by where they stand (see `lines`). Star pages (`*336`) and
footnote marks are read only where they count up, because a star or a number alone says nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from arguendo.opinion import Reading
from arguendo.readers.chunks import Chunk, footnotes_last, lay_out, understand
from arguendo.readers.lines import (
    Line,
    Measure,
    paragraphs,
    pieces_from,
    to_chunk,
    without_furniture,
    without_line_numbers,
    without_rules,
)
from arguendo.sourcemap import Piece, tidy, to_nfc

# Line ends of Unicode; a form feed ends a page too.
_LINE = re.compile(r"([^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]*)(\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]|\Z)")
# Lines longer than a page is wide are paragraphs.
_WIDEST_PAGE = 140
_TAB = 8
# White space other than one plain space; C1 controls that are cp1252 read as Latin-1.
_IRREGULAR = re.compile(r"\s{2,}|[^\S ]|[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]")
_STAR = re.compile(r"(?<!\S)(?<!at )\*(\d{1,5})(?=\s|\Z)")
_DASHED_NUMBER = re.compile(r"[-–—] ?(\d{1,4}) ?[-–—]")
_WORD = re.compile(r"[A-Za-z]{3,}")
# A footnote at the foot of a page: its number alone on a line, or before its first words.
_NOTE_ALONE = re.compile(r"(\d{1,3}|[*†‡]{1,3})\Z")
_NOTE_OPENS = re.compile(r"(\d{1,3})\.?\s+(?=[A-Z“\"(§])")
_GLUED_MARK = re.compile(r"(?<=[a-z.,;:)\]”’\"'])(\d{1,3}|[*†‡]{1,3})(?=\s|\Z)")
_BRACKET_MARK = re.compile(r"\[(?:n|fn)?(\d{1,3}|\*{1,3})\]")
_NOTE_PARAGRAPH = re.compile(r"\[(\d{1,3}|\*{1,3})\]\s")


def read(source: str, *, line_is_paragraph: bool = False) -> Reading:
    """Convert decoded plain text. Positions count code points of `source`.

    Where it is not known that each line is a paragraph, the lengths of the lines say so.
    """
    lines = _lines(source)
    lines, numbers = without_line_numbers(lines, source)
    lines, rules = without_rules(lines)
    lines, furniture, pages = without_furniture(lines)
    dropped = numbers + rules + furniture
    wrapped = not line_is_paragraph and _is_wrapped(lines)
    if wrapped:
        lines, marks = _page_notes(lines, source)
        dropped += marks
    measure = Measure(lines, 1.0)
    words = frozenset(word.lower() for word in _WORD.findall(source))
    chunks: list[Chunk] = []
    for part in ([line for line in lines if line.note is None], [line for line in lines if line.note]):
        groups = paragraphs(part, measure) if wrapped else [[line] for line in part]
        chunks += [to_chunk(group, measure, words, source) for group in groups]
    pages += _star_pages(source, chunks)
    _find_marks(source, chunks)
    for chunk in chunks:
        if chunk.text != chunk.text.strip():
            chunk.pieces = tidy(source, chunk.pieces)
            chunk.text = chunk.text.strip()
        if not unicodedata.is_normalized("NFC", chunk.text):
            chunk.pieces = to_nfc(source, chunk.pieces)
            chunk.text = "".join(piece.text(source) for piece in chunk.pieces)
    chunks = [chunk for chunk in understand(source, chunks) if _is_kept(chunk, dropped)]
    return lay_out(source, footnotes_last(chunks), dropped, sorted(set(pages), key=lambda page: page[1]))


def _is_kept(chunk: Chunk, dropped: list[Piece]) -> bool:
    """Whether a chunk still has text, now that its marks are out; the pieces of others are dropped."""
    if chunk.text.strip():
        return True
    dropped += [Piece(p.start, p.end, "", p.why or "page_mark") for p in chunk.pieces]
    return False


def _lines(source: str) -> list[Line]:
    """The lines with something on them."""
    lines: list[Line] = []
    page = blank = 0
    start = 1 if source.startswith("\ufeff") else 0
    for match in _LINE.finditer(source, start):
        if text := match[1].strip():
            begin = match.start() + len(match[1]) - len(match[1].lstrip())
            left = len(source[match.start() : begin].expandtabs(_TAB))
            right = len(match[1].rstrip().expandtabs(_TAB))
            pieces = _pieces(source, begin, begin + len(text))
            shown = "".join(piece.text(source) for piece in pieces)
            lines.append(Line(pieces, shown, page, left, right, blank))
            blank = 0
        elif match.end() > match.start():
            blank += 1
        if match[2] == "\f":
            page, blank = page + 1, 0
    if page == 0:
        _count_pages(lines)
    return lines


def _count_pages(lines: Sequence[Line]) -> None:
    """Pages of a text without form feeds: each ends in its number between dashes, counting up."""
    page = number = 0
    for line in lines:
        line.page = page
        found = _DASHED_NUMBER.fullmatch(line.text)
        if found and (int(found[1]) == number + 1 or not number):
            page, number = page + 1, int(found[1])


def _pieces(source: str, start: int, end: int) -> list[Piece]:
    """A line's pieces: runs of white space become one space, cp1252's marks what they mean."""
    pieces: list[Piece] = []
    at = start
    for run in _IRREGULAR.finditer(source, start, end):
        if run.start() > at:
            pieces.append(Piece(at, run.start()))
        at = run.end()
        if run[0].isspace():
            pieces.append(Piece(run.start(), at, " ", "whitespace"))
        else:
            pieces.append(Piece(run.start(), at, run[0].encode("latin-1").decode("cp1252"), "encoding"))
    if at < end:
        pieces.append(Piece(at, end))
    return pieces


def _is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether paragraphs are broken into lines: nine of ten lines fit on a page."""
    widths = sorted(line.right for line in lines)
    return bool(widths) and widths[int(len(widths) * 0.9)] <= _WIDEST_PAGE


def _page_notes(lines: list[Line], source: str) -> tuple[list[Line], list[Piece]]:
    """Say which lines at the foot of a page are footnotes; returns the lines and the notes' numbers.

    Rule: a note begins where a line is the next number alone, or begins with it, below a line of
    the same page in which that number stands as a mark; it reaches to the foot of the page.
    """
    kept: list[Line] = []
    dropped: list[Piece] = []
    expected, page = 1, -1
    note: str | None = None
    above = ""
    opening = False
    for line in lines:
        if line.page != page:
            page, note, above, opening = line.page, None, "", False
        found = _NOTE_ALONE.match(line.text) or _NOTE_OPENS.match(line.text)
        if found and (found[1] == str(expected) or not found[1].isdigit()) and _is_marked(found[1], above):
            note, opening = found[1], True
            expected += found[1].isdigit()
            cut = line.pieces[0].start + len(found[1]) + (line.text[len(found[1]) :][:1] == ".")
            dropped.append(Piece(line.pieces[0].start, cut, "", "footnote_mark"))
            line.pieces = pieces_from(line.pieces, cut, source)
            line.text = "".join(piece.text(source) for piece in line.pieces)
        elif note is None:
            above += line.text + "\n"
        if line.pieces:
            line.note, line.opens, opening = note, opening, False
            kept.append(line)
    return kept, dropped


def _is_marked(number: str, above: str) -> bool:
    return any(mark[1] == number for mark in _GLUED_MARK.finditer(above))


def _star_pages(source: str, chunks: Sequence[Chunk]) -> list[tuple[str, int]]:
    """Star pages, taken out of the text: those that count up one by one."""
    found = [
        (int(star[1]), chunk, piece, star)
        for chunk in chunks
        for piece in chunk.pieces
        if piece.out is None
        for star in _STAR.finditer(source, piece.start, piece.end)
    ]
    numbers = [number for number, *_ in found]
    counted = {i for i, (a, b) in enumerate(pairwise(numbers)) if b == a + 1}
    counted |= {i + 1 for i in counted}
    pages = []
    for i in sorted(counted):
        number, chunk, _, star = found[i]
        end = star.end() + (1 if source[star.end() : star.end() + 1] == " " else 0)
        pages.append((str(number), end))
        _cut(source, chunk, star.start(), end, "page_mark")
    return pages


def _find_marks(source: str, chunks: Sequence[Chunk]) -> None:
    """Footnote marks in the body, of notes that there are."""
    bracketed = {m[1] for chunk in chunks if (m := _NOTE_PARAGRAPH.match(chunk.text))}
    glued = [chunk.number for chunk in chunks if chunk.kind == "footnote" and not chunk.continues]
    seen: set[str] = set()
    for chunk in chunks:
        opens = _NOTE_PARAGRAPH.match(chunk.text)
        for piece in list(chunk.pieces):
            if piece.out is not None:
                continue
            for mark in _BRACKET_MARK.finditer(source, piece.start, piece.end):
                if mark[1] in bracketed and not (opens and mark.start() == chunk.pieces[0].start):
                    chunk.marks.append((mark[1], mark.start()))
                    _cut(source, chunk, *mark.span(), "footnote_mark")
            if chunk.kind == "footnote":
                continue
            for mark in _GLUED_MARK.finditer(source, piece.start, piece.end):
                if mark[1] in glued and mark[1] not in seen:
                    seen.add(mark[1])
                    chunk.marks.append((mark[1], mark.start()))
                    _cut(source, chunk, *mark.span(), "footnote_mark")


def _cut(source: str, chunk: Chunk, start: int, end: int, why: str) -> None:
    """Drop a stretch of the source from a chunk; it lies in one copied piece."""
    for i, piece in enumerate(chunk.pieces):
        if piece.out is None and piece.start <= start < piece.end:
            end = min(end, piece.end)
            parts = [Piece(piece.start, start), Piece(start, end, "", why), Piece(end, piece.end)]
            chunk.pieces[i : i + 1] = [part for part in parts if part.start < part.end]
            break
    chunk.text = "".join(piece.text(source) for piece in chunk.pieces)
