"""From printed lines to paragraphs, for plain text and PDF, where the end of a line says nothing.

What can be seen of a line is its place on the page: left and right edge and the gap above it. Each
function is one judgement on those. Lengths are in the format's own unit (columns, points); `unit`
is the usual width of a character.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from arguendo.readers.chunks import Chunk
from arguendo.readers.layout import is_finished, is_heading, joins_across_page, runs_on
from arguendo.sourcemap import Piece

_PAGE_NUMBER = re.compile(r"[-–—\[(]?\s*(?:page\s+)?(\d{1,4}|[ivxlc]{1,6})(?: of \d{1,4})?\s*[-–—\])]?", re.I)
_NUMBER_AT_EDGE = re.compile(r"\A(\d{1,4})(?=\s)|(?<=\s)(\d{1,4})\Z")
_LINE_NUMBER = re.compile(r"(\d{1,2})(?:\s+|\Z)")
_RULE = re.compile(r"([_=*–—-])\1{2,}")
_MEMBER = re.compile(r"(?:\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,5})[.)]|[•·])\s")
# Lines at the top and bottom of a page that may be running heads.
_EDGE_LINES = 3
_NUMBERED_LINES = 10
_FEWEST_LINES = 6
# Indentation of a paragraph's first line reaches no further than this.
_INDENT_LIMIT = 24


@dataclass(slots=True)
class Line:
    """A printed line without white space at its ends.

    `pieces` give its text; `page` counts from 0; `gap` is the distance from the line above in lines
    (0 is none); `note` is the number of the footnote that it belongs to, `opens` where it begins it.
    """

    pieces: list[Piece]
    text: str
    page: int
    left: float
    right: float
    gap: float
    size: float = 0.0
    note: str | None = None
    opens: bool = False
    emphasis: list[tuple[str, int, int]] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[Piece], list[tuple[str, int]]]:
    """Lines without running heads and page numbers; these as dropped pieces; the pages.

    Rule: among the first and last three lines of a page, one that stands there, but for its
    numbers, on three pages (two where there are fewer than six) is a running head; and of the rest
    the first or last is a page number if it is nothing else.
    """
    pages = [list(group) for _, group in groupby(lines, key=lambda line: line.page)]
    if len(pages) < 2:
        return list(lines), [], []
    seen = Counter(key for page in pages for key in {_head_key(line) for line in _edges(page)})
    wanted = 2 if len(pages) < 6 else 3
    kept: list[Line] = []
    dropped: list[Piece] = []
    numbers: list[tuple[str, int]] = []
    for page in pages:
        heads = {id(line) for line in _edges(page) if seen[_head_key(line)] >= wanted}
        body = [line for line in page if id(line) not in heads]
        found = [_NUMBER_AT_EDGE.search(line.text) for line in page if id(line) in heads]
        dropped += [_whole(line, "running_head") for line in page if id(line) in heads]
        for end in (0, -1):
            if body and (alone := _PAGE_NUMBER.fullmatch(body[end].text)):
                found.insert(0, alone)
                dropped.append(_whole(body.pop(end), "page_number"))
        kept += body
        number = next((match[match.lastindex or 0] for match in found if match), None)
        if number and body:
            numbers.append((number, body[0].pieces[0].start))
    return kept, dropped, numbers


def _whole(line: Line, why: str) -> Piece:
    return Piece(line.pieces[0].start, line.pieces[-1].end, "", why)


def _edges(page: Sequence[Line]) -> list[Line]:
    """The first and last lines of a page, none twice."""
    return list(page[:_EDGE_LINES]) + list(page[max(_EDGE_LINES, len(page) - _EDGE_LINES) :])


def _head_key(line: Line) -> str:
    key = re.sub(r"\d+", "#", line.text)
    # A line without a word, and any long one, is unlike others.
    return key if re.search(r"[A-Za-z]{2}", key) and len(key) < 120 else f"{id(line)}"


def without_line_numbers(lines: Sequence[Line], source: str) -> tuple[list[Line], list[Piece]]:
    """Lines of pleading paper without the numbers in its margin; these as dropped pieces.

    Rule: ten lines of a page begin with numbers that count up from 1, whatever stands between.
    """
    kept: list[Line] = []
    dropped: list[Piece] = []
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        found: dict[int, re.Match[str]] = {}
        for i, line in enumerate(page):
            match = _LINE_NUMBER.match(line.text)
            if match and int(match[1]) == len(found) + 1:
                found[i] = match
        for i, line in enumerate(page):
            if len(found) >= _NUMBERED_LINES and i in found:
                cut = line.pieces[0].start + len(found[i][1])
                dropped.append(Piece(line.pieces[0].start, cut, "", "line_number"))
                line.pieces = pieces_from(line.pieces, cut, source)
                line.text = line.text[found[i].end() :]
                line.left = line.right - len(line.text) * (line.right - line.left) / (
                    len(line.text) + len(found[i][0])
                )
            if line.pieces:
                kept.append(line)
    return kept, dropped


def without_rules(lines: Sequence[Line]) -> tuple[list[Line], list[Piece]]:
    """Lines that are no printed rule (`_____`, `-----`); these as dropped pieces."""
    rules = [line for line in lines if _RULE.fullmatch(line.text)]
    dropped = [Piece(piece.start, piece.end, "", "markup") for line in rules for piece in line.pieces]
    return [line for line in lines if not _RULE.fullmatch(line.text)], dropped


def pieces_from(pieces: Sequence[Piece], cut: int, source: str) -> list[Piece]:
    """The pieces of a line from a position on, without white space at their head."""
    rest = [piece if piece.start >= cut else Piece(cut, piece.end) for piece in pieces if piece.end > cut]
    while rest and rest[0].text(source).isspace():
        rest.pop(0)
    if rest and rest[0].out is None:
        text = rest[0].text(source)
        rest[0] = Piece(rest[0].start + len(text) - len(text.lstrip()), rest[0].end)
    return rest


class Measure:
    """What is usual in a document: margins, right edges, the gap between lines."""

    def __init__(self, lines: Sequence[Line], unit: float) -> None:
        self.unit = unit
        rights = sorted(line.right for line in lines)
        self._edge = rights[int(len(rights) * 0.95)] if rights else 0.0
        full = [line for line in lines if line.right >= 0.9 * self._edge] or list(lines)
        self._margin = self._usual_left(full)
        pages = [list(group) for _, group in groupby(full, key=lambda line: line.page)]
        # Too few lines say nothing of a page of their own.
        self._margins = {page[0].page: self._usual_left(page) for page in pages if len(page) >= _FEWEST_LINES}
        columns: dict[int, list[float]] = {}
        for line in lines:
            columns.setdefault(self._column(line.left), []).append(line.right)
        # Of the lines that begin in one column, where nine of ten end at the latest.
        self._edges = {
            column: sorted(ends)[int(len(ends) * 0.9)] for column, ends in columns.items() if len(ends) >= 4
        }
        gaps = Counter(
            round(b.gap, 1) for a, b in pairwise(lines) if a.page == b.page and a.right >= 0.9 * self._edge
        )
        self.spacing = max(gaps, key=lambda gap: (gaps[gap], -gap)) if gaps else 0.0
        first = Counter(
            round((a.left - self.margin(a.page)) / unit)
            for a, b in pairwise(lines)
            if self.is_flush(b) and 1.5 * unit < a.left - self.margin(a.page) < _INDENT_LIMIT * unit
        )
        self.indents = sum(first.values()) >= 0.03 * len(lines)
        self._indent = max(first, key=lambda indent: (first[indent], -indent)) * unit if first else 0.0

    def _usual_left(self, lines: Sequence[Line]) -> float:
        lefts = Counter(round(line.left / self.unit) for line in lines)
        return max(lefts, key=lambda left: (lefts[left], -left)) * self.unit if lefts else 0.0

    def _column(self, left: float) -> int:
        return round(left / (2 * self.unit))

    def margin(self, page: int) -> float:
        return self._margins.get(page, self._margin)

    def is_flush(self, line: Line) -> bool:
        """Whether a line begins at the page's margin."""
        return abs(line.left - self.margin(line.page)) <= self.unit

    def is_indented(self, line: Line) -> bool:
        """Whether a line begins where the first lines of paragraphs do."""
        return self.indents and abs(line.left - self.margin(line.page) - self._indent) <= self.unit

    def is_short(self, line: Line) -> bool:
        """Whether a line stays clear of both edges, as centred headings do."""
        margin = self.margin(line.page)
        return line.left > margin + self.unit and line.right - margin < 0.85 * (self._edge - margin)

    def is_full(self, line: Line, following: Line) -> bool:
        """Whether a line ends where it had to, and not where a paragraph does.

        Rule: it is long, and the next line's first word would not have fitted on it. That is asked
        less strictly of a line that ends in mid-sentence, or where new paragraphs are indented and
        the next line is not.
        """
        margin = self.margin(following.page)
        usual = self._edge - margin
        edge = max(self._edges.get(self._column(following.left), self._edge) - margin, 0.7 * usual)
        reach = line.right - margin
        indent = self.indents and self.is_flush(following)
        if indent or not is_finished(line.text):
            return reach >= (0.6 if indent else 0.75) * edge
        width = (line.right - line.left) / max(1, len(line.text))
        return reach + width * (1 + len(following.text.split(None, 1)[0])) > 0.95 * edge


def paragraphs(lines: Sequence[Line], measure: Measure) -> list[list[Line]]:
    """Lines in reading order, cut where paragraphs end."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not line.opens and _goes_on(groups[-1], line, measure):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(group: Sequence[Line], line: Line, measure: Measure) -> bool:
    """Whether a line goes on with the paragraph of the lines before it."""
    before = group[-1]
    unit = measure.unit
    full = measure.is_full(before, line)
    if before.page != line.page:
        if joins_across_page(before.text, line.text):
            return True
        if not (full and measure.is_flush(line) and measure.is_flush(before)):
            return False
        return measure.indents if is_finished(before.text) else not is_heading(line.text)
    usual = before.gap if len(group) > 1 else measure.spacing
    if line.gap > usual + 0.4:
        return full and measure.is_flush(line) and joins_across_page(before.text, line.text)
    if len(group) == 1 and is_heading(before.text) and measure.is_short(before) and not line.text.isupper():
        return False
    step = line.left - before.left
    if step > 1.5 * unit:
        # The rest hangs behind the label of a list's member, or behind any first line.
        return len(group) == 1 and full and (bool(_MEMBER.match(before.text)) or not is_finished(before.text))
    if step < -1.5 * unit:
        return len(group) == 1 and full and step > -_INDENT_LIMIT * unit
    if len(group) == 1 and is_finished(before.text) and measure.is_indented(line):
        return False
    return full or (not is_finished(before.text) and runs_on(line.text))


def to_chunk(group: Sequence[Line], measure: Measure, words: frozenset[str], source: str) -> Chunk:
    """The lines of one paragraph as a chunk; `words` are those of the document, without hyphens.

    A word divided at a line's end is made whole where the document has it whole elsewhere; else
    its hyphen stays. After each line but the source's last there has to be white space.
    """
    chunk = Chunk("footnote" if group[0].note else "paragraph", [], "", number=group[0].note)
    chunk.continues = group[0].note is not None and not group[0].opens
    page = group[0].page
    for line in group:
        if chunk.pieces:
            _join_line(chunk, line, "line_break" if line.page == page else "page_break", words, source)
        page = line.page
        chunk.pieces += line.pieces
        chunk.text += line.text
        chunk.emphasis += line.emphasis
        chunk.marks += line.marks
    inner = min(line.left for line in group) - measure.margin(group[0].page)
    straight = max(line.left for line in group[1:]) - min(line.left for line in group[1:]) if group[1:] else 0
    if (
        chunk.kind == "paragraph"
        and len(group) > 1
        and inner > 2.5 * measure.unit
        and straight < measure.unit
    ):
        chunk.kind = "block_quote"
    return chunk


def _join_line(chunk: Chunk, line: Line, why: str, words: frozenset[str], source: str) -> None:
    end = chunk.pieces[-1].end
    if not source[end : end + 1].isspace():
        return  # a PDF's hyphen at the end of a line, with nothing behind it
    first = line.text.split(None, 1)[0]
    last = chunk.text.rsplit(None, 1)[-1]
    space = " "
    if last.endswith(("-", "—", "–")) and len(last) > 1:
        space = ""
        whole = (last[:-1] + first).strip("“”\"'.,;:()[]?!’‘").lower()
        piece = chunk.pieces[-1]
        if last.endswith("-") and first[:1].islower() and whole in words and piece.out is None:
            chunk.pieces[-1:] = [Piece(piece.start, end - 1), Piece(end - 1, end, "", "hyphen")]
            if piece.end - piece.start == 1:
                del chunk.pieces[-2]
            chunk.text = chunk.text[:-1]
    elif chunk.pieces[-1].why == "hyphen":
        space = ""
    chunk.pieces.append(Piece(end, end + 1, space, why))
    chunk.text += space
