"""From chunks of a page (runs of text with one function) to canonical text, the same for all formats."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from arguendo.offsets import Interval
from arguendo.opinion import Block, Emphasis, Page, Reading
from arguendo.readers.layout import HeadingLevels, heading_label, note_order
from arguendo.sourcemap import Locator, Piece, assemble


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
    source: str, chunks: Sequence[Chunk], dropped: Sequence[Piece], pages: Sequence[tuple[str, int]] = ()
) -> Reading:
    """Chunks in the order of the text become blocks with offsets. `pages` are (number, position)."""
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
        and not text[a:b].isspace()
    }
    return Reading(
        text,
        tuple(blocks),
        tuple(Emphasis(kind, a, b) for a, b, kind in sorted(emphasis, key=lambda e: (e[0], -e[1], e[2]))),
        tuple(sorted((Page(number, locate.after(at)) for number, at in pages), key=lambda p: p.start)),
        source_map,
    )


def _without_space(text: str, start: int, end: int) -> Interval:
    """A stretch without white space at its ends."""
    words = text[start:end]
    if words == words.strip():
        return start, end
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
