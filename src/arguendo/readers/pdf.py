"""PDF with a text layer, through pdfium, into canonical text.

The source that the source map accounts for is the list of glyphs: the characters of each page in
the order in which pdfium gives them, which for opinions is the order of reading, and a form feed
between pages. Positions are indices into it; pdfium gives the box of each.
"""

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from arguendo.errors import fail, misuse
from arguendo.opinion import Reading
from arguendo.readers.chunks import Chunk, footnotes_last, lay_out, understand
from arguendo.readers.layout import is_finished
from arguendo.readers.limits import MAX_PAGES
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
from arguendo.sourcemap import Piece, to_nfc

# Letters on a page below which it is a picture with a stamp on it.
_FEWEST_LETTERS = 100
_ITALIC = 1 << 6
_FORCE_BOLD = 1 << 18
_HYPHENS = "\x02\xad\ufffe"
# Characters of which pdfium may say that a line's end made them hyphens.
_MAYBE_HYPHENS = _HYPHENS + "-‐‑"
_WORD = re.compile(r"[A-Za-z]{3,}")
_NOTE_OPENS = re.compile(r"(\d{1,3}|[*†‡]{1,3})(?:\s|(?=[A-Z“\"]))")
# Glyphs that draw a brace or rule, and characters that say that there is none.
_DRAWN = re.compile(r"[\ue000-\uf8ff\ufffd]")
# Characters that are copied whatever stands around them.
_PLAIN = re.compile(r"[^\W\d_\ufb00-\ufb06]+")
_LIGATURE = re.compile(r"[\ufb00-\ufb06]")


class Glyph(NamedTuple):
    """A character of the text layer: its box in points from the page's lower left, and its font."""

    char: str
    left: float
    bottom: float
    right: float
    top: float
    style: str | None


@dataclass(slots=True)
class _Run:
    """Glyphs on one line, as positions in the source."""

    start: int
    end: int
    page: int


def read(data: bytes) -> Reading:
    """Convert a PDF. Raises `CorpusError` where it cannot be opened or holds no text."""
    pages = _glyphs(data)
    glyphs = [glyph for page in pages for glyph in (*page, _END_OF_PAGE)][:-1]
    source = "".join(glyph.char for glyph in glyphs)
    lines = _lines(pages, glyphs, source)
    body_size = _body_size(lines)
    lines, numbers = without_line_numbers(lines, source)
    lines, rules = without_rules(lines)
    lines, furniture, page_numbers = without_furniture(lines)
    lines, marks = _notes(lines, glyphs, source, body_size)
    dropped = numbers + rules + furniture + marks
    measure = Measure(lines, body_size * 0.45)
    words = frozenset(word.lower() for word in _WORD.findall(source))
    chunks: list[Chunk] = []
    for part in ([line for line in lines if line.note is None], [line for line in lines if line.note]):
        chunks += [to_chunk(group, measure, words, source) for group in paragraphs(part, measure)]
    for chunk in chunks:
        chunk.emphasis = _joined(chunk.emphasis, source)
        if not unicodedata.is_normalized("NFC", chunk.text):
            chunk.pieces = to_nfc(source, chunk.pieces)
            chunk.text = "".join(piece.text(source) for piece in chunk.pieces)
    dropped += _others(source, chunks, dropped)
    return lay_out(source, footnotes_last(understand(source, chunks)), dropped, page_numbers)


# --- from the file to glyphs -------------------------------------------------------------------

_END_OF_PAGE = Glyph("\f", 0, 0, 0, 0, None)


def _glyphs(data: bytes) -> list[list[Glyph]]:
    """The glyphs of each page."""
    try:
        import pypdfium2
    except ImportError:
        raise misuse("arguendo", "PDF needs pypdfium2", "pip install 'arguendo[pdf]'") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        what = f"the PDF cannot be opened ({error})"
        raise fail("PDF", "bad-pdf", what, "Get the file again; it may be cut short or locked") from None
    try:
        if len(document) > MAX_PAGES:
            what = f"the PDF has {len(document):,} pages, more than {MAX_PAGES:,}"
            raise fail("PDF", "large-source", what, "Cut it into its opinions first")
        pages = [list(_page_glyphs(document, number)) for number in range(len(document))]
    finally:
        document.close()
    letters = [sum(glyph.char.isalpha() for glyph in page) for page in pages]
    if sum(count >= _FEWEST_LETTERS for count in letters) * 2 < len(pages):
        scanned = sum(count < _FEWEST_LETTERS for count in letters)
        what = f"{scanned} of {len(pages)} pages hold no text, only pictures"
        raise fail("PDF", "no-text", what, "Run OCR over it first, such as ocrmypdf")
    return pages


def _page_glyphs(document: Any, number: int) -> Iterator[Glyph]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = document[number]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return
    layer = text_page.raw
    box = raw.FS_RECTF()
    name = ctypes.create_string_buffer(64)
    flags = ctypes.c_int()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(layer, index)
        # A form feed is the end of a page here; half a character and none at all are no text.
        char = chr(code) if code and code != 12 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if char in _MAYBE_HYPHENS and raw.FPDFText_IsHyphen(layer, index) == 1:
            char = "\x02"
        raw.FPDFText_GetLooseCharBox(layer, index, box)
        style = None
        if not char.isspace() and raw.FPDFText_GetFontInfo(layer, index, name, 64, flags):
            font = name.value.lower()
            if flags.value & _ITALIC or b"italic" in font or b"oblique" in font:
                style = "italic"
            elif flags.value & _FORCE_BOLD or b"bold" in font:
                style = "bold"
        yield Glyph(char, box.left, box.bottom, box.right, box.top, style)
    text_page.close()
    page.close()


# --- from glyphs to lines ----------------------------------------------------------------------


def _lines(pages: Sequence[Sequence[Glyph]], glyphs: Sequence[Glyph], source: str) -> list[Line]:
    lines: list[Line] = []
    above: tuple[int, float, float] | None = None
    for run in _runs(pages, source):
        shown = [glyph for glyph in glyphs[run.start : run.end] if not glyph.char.isspace()]
        size = _usual(glyph.top - glyph.bottom for glyph in shown)
        base = _usual(glyph.bottom for glyph in shown)
        gap = 0.0
        if above and above[0] == run.page:
            gap = (above[1] - base) / max(1.0, min(size, above[2])) - 1
            # What stands beside or above the line before it has another place on the page.
            gap = round(gap, 1) if gap > -0.6 else 9.0
        above = (run.page, base, size)
        line = Line([], "", run.page, shown[0].left, max(g.right for g in shown), gap, size)
        _fill(line, run, glyphs, source, base)
        if line.text:
            lines.append(line)
    return lines


def _runs(pages: Sequence[Sequence[Glyph]], source: str) -> Iterator[_Run]:
    """Stretches of glyphs between line ends; what pdfium cut off a line (a raised mark) goes back to it."""
    at = 0
    for number, page in enumerate(pages):
        runs: list[_Run] = []
        for match in re.finditer(r"[^\r\n]+", source[at : at + len(page)]):
            start, end = at + match.start(), at + match.end()
            text = source[start:end]
            start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
            if start >= end:
                continue
            cuts = [i for i in range(start + 1, end) if _is_below(page[i - at], page[i - 1 - at])]
            parts = list(pairwise([start, *cuts, end]))
            if runs and _on_one_line(page[runs[-1].end - 1 - at], page[start - at]):
                runs[-1].end = parts.pop(0)[1]
            runs += [_Run(a, b, number) for a, b in parts]
        yield from runs
        at += len(page) + 1


def _on_one_line(a: Glyph, b: Glyph) -> bool:
    """Whether a glyph stands right behind another, perhaps raised."""
    shared = min(a.top, b.top) - max(a.bottom, b.bottom)
    lower = min(a.top - a.bottom, b.top - b.bottom)
    return lower > 0 and shared > 0.5 * lower and -1 <= b.left - a.right < 1.5 * lower


def _is_below(glyph: Glyph, before: Glyph) -> bool:
    """Whether a glyph begins a new line, where a hyphen made pdfium leave out the line's end."""
    return before.char in _HYPHENS and glyph.top < before.top and glyph.left < before.left


def _fill(line: Line, run: _Run, glyphs: Sequence[Glyph], source: str, base: float) -> None:
    """The pieces, text, emphasis and raised marks of a line."""
    pieces = line.pieces
    at = run.start
    while at < run.end:
        glyph = glyphs[at]
        end = at + 1
        if glyph.char.isspace():
            while end < run.end and glyphs[end].char.isspace():
                end += 1
            joined = source[at:end] == " "
            pieces.append(Piece(at, end) if joined else Piece(at, end, " ", "whitespace"))
        elif glyph.char in _HYPHENS:
            # In mid-line a hyphen, at the end one that the line's end made.
            pieces.append(Piece(at, end, "" if end == run.end else "-", "hyphen"))
        elif _DRAWN.match(glyph.char) or unicodedata.category(glyph.char) == "Cc":
            pieces.append(Piece(at, end, "", "markup"))
        elif _LIGATURE.match(glyph.char):
            pieces.append(Piece(at, end, unicodedata.normalize("NFKC", glyph.char), "encoding"))
        elif _is_raised(glyph, line.size, base) and at > run.start:
            while end < run.end and _is_raised(glyphs[end], line.size, base):
                end += 1
            line.marks.append((source[at:end], at))
            pieces.append(Piece(at, end, "", "footnote_mark"))
        else:
            plain = _PLAIN.match(source, at, run.end)
            end = plain.end() if plain else end
            pieces.append(Piece(at, end))
        for style, styled in groupby(range(at, end), key=lambda i: glyphs[i].style):
            if style:
                stretch = list(styled)
                line.emphasis.append((style, stretch[0], stretch[-1] + 1))
        at = end
    line.text = "".join(piece.text(source) for piece in pieces).strip()
    while pieces and line.text and pieces[0].out in ("", " "):
        # A drawn brace at the head of a line would leave white space behind it.
        if pieces[0].text(source).isspace() or pieces[0].out == "":
            first = pieces.pop(0)
            line.marks = [mark for mark in line.marks if mark[1] != first.start]
            line.emphasis = [each for each in line.emphasis if each[1] != first.start]


def _is_raised(glyph: Glyph, size: float, base: float) -> bool:
    small = glyph.top - glyph.bottom < 0.82 * size
    return glyph.char in "0123456789*†‡" and small and glyph.bottom > base + 0.05 * size


def _usual(values: Any) -> float:
    counts = Counter(round(value, 1) for value in values)
    return max(counts, key=lambda value: (counts[value], value)) if counts else 0.0


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 12.0


# --- footnotes ---------------------------------------------------------------------------------


def _notes(
    lines: Sequence[Line], glyphs: Sequence[Glyph], source: str, body_size: float
) -> tuple[list[Line], list[Piece]]:
    """Say which lines are footnotes; returns the lines, and the notes' numbers as dropped pieces.

    Rule: a note begins with its number, which stands raised in the body above it on the page (or is
    smaller there), and reaches to the foot of the page; one that is not finished goes on in the
    small print at the foot of the next.
    """
    kept: list[Line] = []
    dropped: list[Piece] = []
    unfinished: str | None = None
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        marked: set[str] = set()
        note: str | None = None
        tail = _small_print(page, body_size)
        for i, line in enumerate(page):
            first = glyphs[line.pieces[0].start]
            opens = _NOTE_OPENS.match(line.text)
            is_small = line.size <= 0.93 * body_size or first.top - first.bottom < 0.82 * line.size
            if opens and opens[1] in marked and (is_small or i >= tail):
                note = opens[1]
                cut = line.pieces[0].start + len(opens[1])
                dropped.append(Piece(line.pieces[0].start, cut, "", "footnote_mark"))
                line.pieces = pieces_from(line.pieces, cut, source)
                line.text = line.text[len(opens[1]) :].strip()
                line.opens = True
            elif note is None and unfinished and i >= tail:
                note = unfinished
            line.note = note
            if note is None:
                marked.update(number for number, _ in line.marks)
            if line.pieces:
                kept.append(line)
        unfinished = note if note and page and not is_finished(page[-1].text) else None
    return kept, dropped


def _small_print(page: Sequence[Line], body_size: float) -> int:
    """Index of the first of the lines in small print at the foot of a page."""
    at = len(page)
    while at and page[at - 1].size <= 0.93 * body_size:
        at -= 1
    return at


def _joined(emphasis: Sequence[tuple[str, int, int]], source: str) -> list[tuple[str, int, int]]:
    """Emphasis of neighbouring glyphs as one stretch, across white space and line ends."""
    joined: list[tuple[str, int, int]] = []
    for kind, start, end in emphasis:
        if joined and joined[-1][0] == kind and not source[joined[-1][2] : start].strip(" \r\n" + _HYPHENS):
            joined[-1] = (kind, joined[-1][1], end)
        else:
            joined.append((kind, start, end))
    return joined


def _others(source: str, chunks: Sequence[Chunk], dropped: Sequence[Piece]) -> list[Piece]:
    """What is in no piece and is no white space: drawn glyphs of lines that hold nothing else."""
    covered = bytearray(len(source))
    for piece in (*dropped, *(piece for chunk in chunks for piece in chunk.pieces)):
        covered[piece.start : piece.end] = b"\1" * (piece.end - piece.start)
    return [
        Piece(i, i + 1, "", "markup")
        for i, (char, is_covered) in enumerate(zip(source, covered, strict=True))
        if not is_covered and not char.isspace()
    ]
