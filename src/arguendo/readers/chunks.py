"""From chunks of a page (runs of text with one function) to canonical text, the same for all formats."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from arguendo.caption import caption_parts
from arguendo.offsets import Interval
from arguendo.opinion import Block, Emphasis, Opening, Page, Reading
from arguendo.readers.layout import HeadingLevels, heading_label, is_heading, note_order, signature_start
from arguendo.sourcemap import Locator, Piece, assemble

_NOTE_PARAGRAPH = re.compile(r"[\[(](\d{1,3}|\*{1,4})[\])]\s*(?=\S)")
_NOTES_HEADING = re.compile(r"(?:FOOT)?NOTES?:?\Z", re.IGNORECASE)


@dataclass(slots=True)
class Chunk:
    """A run of text with one function, while the page is being understood.

    `emphasis` is (kind, start, end) and `marks` (footnote number, position), both in the source.
    """

    kind: str
    pieces: list[Piece]
    text: str
    emphasis: list[tuple[str, int, int]] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)
    number: str | None = None
    part: str | None = None
    continues: bool = False


def join(chunk: Chunk, rest: Chunk) -> None:
    """Append the rest of a paragraph; the white space after the first half becomes one space."""
    end = chunk.pieces[-1].end
    dash = chunk.text.endswith(("-", "—", "–"))
    # Every chunk but the source's last is followed by white space, so this piece is never empty.
    chunk.pieces.append(Piece(end, end + 1, "" if dash else " ", "page_break"))
    chunk.pieces += rest.pieces
    chunk.text += ("" if dash else " ") + rest.text
    chunk.emphasis += rest.emphasis
    chunk.marks += rest.marks


def understand(source: str, chunks: list[Chunk]) -> list[Chunk]:
    """Find what no mark of the source says: caption, headings, the section of notes, signature."""
    parts = caption_parts([chunk.text for chunk in chunks])
    for chunk, part in zip(chunks, parts, strict=False):
        if chunk.kind in ("paragraph", "heading", "block_quote"):
            chunk.kind, chunk.part = "caption", part
    in_notes = False
    number: str | None = None
    unannounced = _notes_start(chunks)
    for index, chunk in enumerate(chunks):
        in_notes = in_notes or index == unannounced
        if chunk.kind in ("paragraph", "heading") and _NOTES_HEADING.match(chunk.text):
            chunk.kind, in_notes = "heading", True
        elif in_notes and chunk.kind in ("paragraph", "block_quote"):
            if opens := _NOTE_PARAGRAPH.match(chunk.text):
                number = opens[1]
                chunk.kind, chunk.number = "footnote", number
                chunk.pieces = _without_prefix(source, chunk.pieces, opens.end())
                chunk.text = chunk.text[opens.end() :]
            elif number:
                chunk.kind, chunk.number, chunk.continues = "footnote", number, True
    body = [chunk for chunk in chunks if chunk.kind != "footnote"]
    for chunk in body[signature_start([c.text if c.kind == "paragraph" else None for c in body]) :]:
        chunk.kind = "signature"
    for chunk in body:
        if chunk.kind == "paragraph" and is_heading(chunk.text):
            chunk.kind = "heading"
    return chunks


def _notes_start(chunks: Sequence[Chunk]) -> int | None:
    """The first of the notes at the end of a text that no heading announces.

    They are numbered through from 1, perhaps after a star, and all of them are marked in the body.
    """
    numbered = [
        (index, opens[1])
        for index, chunk in enumerate(chunks)
        if chunk.kind == "paragraph" and (opens := _NOTE_PARAGRAPH.match(chunk.text))
    ]
    digits = [number for _, number in numbered if number.isdigit()]
    first = len(digits) - int(digits[-1]) if digits else -1
    if first < 0 or digits[first:] != [str(n) for n in range(1, len(digits) - first + 1)]:
        return None
    at = [index for index, number in numbered if number.isdigit()][first]
    if (stars := [index for index, number in numbered if not number.isdigit() and index < at]) and (
        stars[-1] == at - 1
    ):
        at = stars[-1]
    marked = {number for chunk in chunks[:at] for number, _ in chunk.marks}
    return at if marked.issuperset(digits[first:]) else None


def _without_prefix(source: str, pieces: list[Piece], length: int) -> list[Piece]:
    """The pieces of a note with its number, the first `length` characters of its text, dropped."""
    done: list[Piece] = []
    for piece in pieces:
        text = piece.text(source)
        if length >= len(text):
            done.append(Piece(piece.start, piece.end, "", "footnote_mark"))
        elif length and piece.out is None:
            done.append(Piece(piece.start, piece.start + length, "", "footnote_mark"))
            done.append(Piece(piece.start + length, piece.end))
        elif length:
            done.append(Piece(piece.start, piece.end, text[length:], piece.why))
        else:
            done.append(piece)
        length = max(0, length - len(text))
    return done


def footnotes_last(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Body, then footnotes in number order; a footnote's further paragraphs stay behind its first."""
    body: list[Chunk] = []
    notes: list[list[Chunk]] = []
    for chunk in chunks:
        if chunk.kind != "footnote":
            body.append(chunk)
        elif chunk.continues and notes:
            notes[-1].append(chunk)
        else:
            notes.append([chunk])
    order = note_order([note[0].number or "" for note in notes])
    return body + [chunk for i in order for chunk in notes[i]]


def lay_out(
    source: str,
    chunks: Sequence[Chunk],
    dropped: Sequence[Piece],
    pages: Sequence[tuple[str, int]] = (),
    openings: Sequence[tuple[str, int]] = (),
) -> Reading:
    """Chunks in the order of the text become blocks with offsets.

    `pages` are (number, position), `openings` of sub-opinions (kind, position), in the source.
    """
    text, intervals, source_map = assemble(source, [chunk.pieces for chunk in chunks], dropped)
    locate = Locator(source_map)
    anchors = _anchors(chunks, intervals, locate)
    levels = HeadingLevels()
    blocks = []
    for chunk, (start, end) in zip(chunks, intervals, strict=True):
        heading = chunk.kind == "heading"
        label = heading_label(chunk.text) if heading else None
        note = chunk.kind == "footnote"
        marked = anchors.get(chunk.number) if note and chunk.number and not chunk.continues else None
        blocks.append(
            Block(
                chunk.kind,
                start,
                end,
                part=chunk.part,
                level=levels.level(label) if heading else None,
                label=label,
                number=chunk.number if note else None,
                anchor=marked.popleft() if marked else None,
                continues=chunk.continues,
            )
        )
    # Emphasis around nothing (a comment, a trimmed space) is located in another block, or backwards.
    emphasis = {
        (*_without_space(text, a, b), kind)
        for chunk, (start, end) in zip(chunks, intervals, strict=True)
        for kind, opens, closes in chunk.emphasis
        if start <= (a := locate.after(opens)) < (b := locate.before(closes)) <= end
        and (not text[a].isspace() or not text[a:b].isspace())
    }
    return Reading(
        text,
        tuple(blocks),
        tuple(Emphasis(kind, a, b) for a, b, kind in sorted(emphasis, key=lambda e: (e[0], -e[1], e[2]))),
        tuple(sorted((Page(number, locate.after(at)) for number, at in pages), key=lambda p: p.start)),
        source_map,
        openings=tuple(Opening(kind, locate.after(at)) for kind, at in openings),
    )


def _without_space(text: str, start: int, end: int) -> Interval:
    """A stretch without white space at its ends."""
    if not (text[start].isspace() or text[end - 1].isspace()):
        return start, end
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _anchors(
    chunks: Sequence[Chunk], intervals: Sequence[Interval], locate: Locator
) -> dict[str, deque[int]]:
    """Where the marks of each footnote stand, in source order.

    Where numbers begin anew (a dissent, a page), the second note called 1 has the second mark.
    """
    marks: list[tuple[int, str, int]] = []
    for chunk, (start, end) in zip(chunks, intervals, strict=True):
        for number, position in chunk.marks:
            if chunk.kind == "footnote" and chunk.number == number:
                continue
            at = locate.before(position)
            if not start <= at <= end:  # nothing of the chunk stands before the mark
                at = locate.after(position)
            marks.append((position, number, at))
    anchors: dict[str, deque[int]] = {}
    for _, number, at in sorted(marks):
        anchors.setdefault(number, deque()).append(at)
    return anchors
