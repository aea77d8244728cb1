"""Account of every source character: where in the canonical text it went, or why it did not.

A source map is a tuple of `Edit` in source order that covers the decoded source exactly once.
From the canonical text and the map alone the source can be rebuilt, which is how a conversion
proves that it lost nothing.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from arguendo.offsets import Interval

OPS = ("copy", "replace", "drop", "insert")
REASONS = (
    "markup",
    "escape",
    "entity",
    "nfc",
    "line_break",
    "page_break",
    "page_mark",
    "page_number",
    "running_head",
    "line_number",
    "hyphen",
    "encoding",
    "whitespace",
    "footnote_mark",
    "hidden",
    "container",
)
PARAGRAPH_BREAK = "\n\n"


class Edit(NamedTuple):
    """What became of `source[source_start:source_end]`.

    op        text side        was           why
    copy      equal            None          None
    replace   another string   the source    a reason
    drop      empty            the source    a reason
    insert    a string         None          None           (the source side is empty)

    Both sides are half-open intervals of code points. The text side of a drop is (0, 0).
    """

    op: str
    source_start: int
    source_end: int
    text_start: int
    text_end: int
    was: str | None = None
    why: str | None = None


SourceMap = tuple[Edit, ...]
_SOURCE_SIDE = itemgetter(1, 2)
_PLACE = itemgetter(1, 2, 3)


class Piece(NamedTuple):
    """A stretch of the source and what it becomes: `out` is None where it stays as it is."""

    start: int
    end: int
    out: str | None = None
    why: str | None = None

    def text(self, source: str) -> str:
        return source[self.start : self.end] if self.out is None else self.out


def rebuild(text: str, source_map: Iterable[Edit]) -> str:
    """The decoded source, from the canonical text and the map alone."""
    return "".join(
        text[edit.text_start : edit.text_end] if edit.op == "copy" else edit.was or "" for edit in source_map
    )


def assemble(
    source: str, blocks: Sequence[Sequence[Piece]], dropped: Iterable[Piece]
) -> tuple[str, list[Interval], SourceMap]:
    """Lay blocks out as canonical text; returns the text, each block's interval, and the map.

    `blocks` are in the order of the text, the pieces of each in source order and with some text;
    `dropped` belongs to no block. What no piece covers must be white space and is dropped as such.

    Raises:
        ValueError: pieces overlap, or something other than white space is in no piece.
    """
    out: list[str] = []
    intervals: list[Interval] = []
    edits = [Edit("drop", p.start, p.end, 0, 0, source[p.start : p.end], p.why) for p in dropped]
    cursor = previous_end = 0
    for pieces in blocks:
        first = pieces[0].start
        if intervals:
            edits.append(_separator(source, previous_end, first, cursor))
            out.append(PARAGRAPH_BREAK)
            cursor += len(PARAGRAPH_BREAK)
        block_start = cursor
        for piece in pieces:
            a, b, replacement, why = piece
            if replacement is None:
                out.append(source[a:b])
                edits.append(Edit("copy", a, b, cursor, cursor + b - a))
                cursor += b - a
            elif replacement:
                out.append(replacement)
                after = cursor + len(replacement)
                edits.append(Edit("replace", a, b, cursor, after, source[a:b], why))
                cursor = after
            else:
                edits.append(Edit("drop", a, b, 0, 0, source[a:b], why))
        intervals.append((block_start, cursor))
        previous_end = pieces[-1].end
    edits.sort(key=_SOURCE_SIDE)
    return "".join(out), intervals, _complete(source, edits)


def _separator(source: str, a: int, b: int, cursor: int) -> Edit:
    """The paragraph break before the block at `b`: copied from the source where it stands there."""
    gap = source[a:b]
    after = cursor + len(PARAGRAPH_BREAK)
    if not gap.isspace():
        return Edit("insert", b, b, cursor, after)
    if gap.startswith(PARAGRAPH_BREAK):
        return Edit("copy", a, a + len(PARAGRAPH_BREAK), cursor, after)
    return Edit("replace", a, b, cursor, after, gap, "whitespace")


def _complete(source: str, edits: Sequence[Edit], gaps: str | None = None) -> SourceMap:
    """Fill the gaps between sorted edits with drops and merge neighbouring copies.

    What stands in a gap is dropped for the reason `gaps`; without one it must be white space.
    """
    whole: list[Edit] = []
    position = 0
    for edit in edits:
        op, start, end, text_start, text_end, _, _ = edit
        if start != position:
            whole.append(_gap(source, position, start, gaps))
        position = end
        if op == "copy" and whole:
            last = whole[-1]
            if last.op == "copy" and last.source_end == start and last.text_end == text_start:
                whole[-1] = Edit("copy", last.source_start, end, last.text_start, text_end)
                continue
        whole.append(edit)
    if position != len(source):
        whole.append(_gap(source, position, len(source), gaps))
    return tuple(whole)


def _gap(source: str, start: int, end: int, why: str | None) -> Edit:
    gap = source[start:end]
    if start > end or (why is None and not gap.isspace()):
        raise ValueError(f"source [{start}, {end}) is in no piece, or in two")
    return Edit("drop", start, end, 0, 0, gap, why or "whitespace")


def to_nfc(source: str, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of one block with their joint text in Unicode normalisation form C (UAX #15).

    An ASCII character never composes with what stands before it, so text may be cut before each
    one and the parts normalised apart; only parts that change become replacements.
    """
    groups: list[list[Piece]] = []
    for unit in _single(pieces):
        text = unit.text(source)
        if not groups or (text and text[0] < "\x80"):
            groups.append([])
        groups[-1].append(unit)
    done: list[Piece] = []
    for group in groups:
        text = "".join(unit.text(source) for unit in group)
        normal = unicodedata.normalize("NFC", text)
        if normal == text:
            done.extend(group)
            continue
        texted = [i for i, unit in enumerate(group) if unit.out != ""]
        first, last = texted[0], texted[-1]
        done.extend(group[:first])
        done.append(Piece(group[first].start, group[last].end, normal, "nfc"))
        done.extend(group[last + 1 :])
    return done


def tidy(source: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Drop white space at the ends of a block and around its line breaks, so none is blank."""
    units = _single(pieces)
    texts = [unit.text(source) for unit in units]
    joined = "".join(texts)
    keep = bytearray(len(joined))
    for line in re.finditer(r"\S(?:[^\n]*\S)?", joined):
        if 1 in keep:
            keep[joined.rfind("\n", 0, line.start())] = 1
        keep[line.start() : line.end()] = b"\1" * (line.end() - line.start())
    done: list[Piece] = []
    at = 0
    for unit, text in zip(units, texts, strict=True):
        kept = "".join(c for c, k in zip(text, keep[at : at + len(text)], strict=True) if k)
        at += len(text)
        if kept == text:
            done.append(unit)
        else:
            done.append(Piece(unit.start, unit.end, kept, unit.why or "whitespace"))
    return done


def _single(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces with copies cut into single characters."""
    return [
        Piece(i, i + 1) if piece.out is None else piece
        for piece in pieces
        for i in (range(piece.start, piece.end) if piece.out is None else (0,))
    ]


class Locator:
    """Maps positions of the source to offsets of the text, for marks that stand between pieces."""

    def __init__(self, source_map: SourceMap) -> None:
        self._edits = [edit for edit in source_map if edit.op in ("copy", "replace")]
        self._starts = [edit.source_start for edit in self._edits]
        self._ends = [edit.source_end for edit in self._edits]

    def after(self, position: int) -> int:
        """Offset of the first text that comes from the source at or after `position`."""
        index = bisect_right(self._ends, position)
        if index == len(self._edits):
            return self._edits[-1].text_end if self._edits else 0
        edit = self._edits[index]
        into = max(0, position - edit.source_start) if edit.op == "copy" else 0
        return edit.text_start + into

    def before(self, position: int) -> int:
        """Offset at which the last text from the source before `position` ends."""
        index = bisect_left(self._starts, position) - 1
        if index < 0:
            return 0
        edit = self._edits[index]
        beyond = max(0, edit.source_end - position) if edit.op == "copy" else 0
        return edit.text_end - beyond


class Segment(NamedTuple):
    """A stretch of a decoded inner text and the stretch of the source that encodes it.

    Where both are of equal length they are the same characters; else the stretch is one escape, which
    stands for one character: two edits would share an escape of more.
    """

    inner_start: int
    inner_end: int
    source_start: int
    source_end: int


def embed(
    source_map: SourceMap,
    segments: Sequence[Segment],
    source: str,
    around: str = "container",
    encoded: str = "escape",
) -> SourceMap:
    """The map of a text that was read from inside a container (a JSON string, escaped HTML).

    `source_map` is over the decoded inner text, which `segments` tile in order; the result is over
    the whole `source`. What no segment encodes is dropped for the reason `around`; what is encoded
    is replaced for the reason `encoded`; a segment whose source side is empty gives inserted text.
    """
    starts = [segment.inner_start for segment in segments]

    def begin(position: int) -> int:
        segment = segments[max(0, bisect_right(starts, position) - 1)]
        if position >= segment.inner_end:
            return segment.source_end
        return segment.source_start + (position - segment.inner_start if _is_plain(segment) else 0)

    def end(position: int) -> int:
        segment = segments[max(0, bisect_left(starts, position) - 1)]
        if _is_plain(segment) and position < segment.inner_end:
            return segment.source_start + position - segment.inner_start
        return segment.source_end

    edits: list[Edit] = []
    for edit in source_map:
        op, start, stop, text_start, text_end, _, why = edit
        if op == "copy":
            edits += _embedded_copy(edit, segments, starts, source, encoded)
            continue
        a = begin(start)
        b = a if op == "insert" else max(a, end(stop))
        if a < b:
            edits.append(Edit(op, a, b, text_start, text_end, source[a:b], why))
        elif op != "drop":
            edits.append(Edit("insert", a, a, text_start, text_end))
    edits.sort(key=_PLACE)
    return _complete(source, edits, around)


def _embedded_copy(
    edit: Edit, segments: Sequence[Segment], starts: Sequence[int], source: str, encoded: str
) -> Iterator[Edit]:
    """A copy of inner text: still a copy where the container has it plain, else a replacement."""
    _, begin, end, text_start, *_ = edit
    shift = text_start - begin
    for index in range(bisect_right(starts, begin) - 1, bisect_left(starts, end)):
        segment = segments[index]
        inner_start, inner_end, source_start, source_end = segment
        a, b = max(begin, inner_start), min(end, inner_end)
        if source_start == source_end:
            yield Edit("insert", source_start, source_start, a + shift, b + shift)
        elif _is_plain(segment):
            start = source_start + a - inner_start
            yield Edit("copy", start, start + b - a, a + shift, b + shift)
        elif a < b:
            was = source[source_start:source_end]
            yield Edit("replace", source_start, source_end, a + shift, b + shift, was, encoded)


def _is_plain(segment: Segment) -> bool:
    return segment.inner_end - segment.inner_start == segment.source_end - segment.source_start
