"""The opinion's text as HTML: blocks, emphasis, footnotes, and the spans laid over them.

Every stretch of canonical text stands in an element with its offset in `data-start`; what is added
to it (footnote marks, handles of spans) is generated content without text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from arguendo.annotation import ATTRIBUTES, Annotation, Gold, Span
from arguendo.offsets import Interval
from arguendo.opinion import Block, Emphasis, Opinion
from arguendo.pages.markup import Html, identifier, join, tag, text

Labels = Gold | Annotation

_EMPHASIS_TAGS = {"italic": "i", "bold": "b"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch `[start, end)` of the text in code points that no border cuts.

    `spans` are those that cover it, innermost (that is, shortest) first; `emphasis` are kinds.
    """

    start: int
    end: int
    spans: tuple[Span, ...]
    emphasis: tuple[str, ...]


def segments(
    stretch: Interval, spans: Iterable[Span], emphasis: Iterable[Emphasis] = (), cuts: Iterable[int] = ()
) -> list[Segment]:
    """Cut a stretch of the text at all borders of spans and of emphasis in it, and at `cuts`.

    The segments tile the stretch in order; none is empty, and each is covered by the same spans
    from its start to its end.
    """
    start, end = stretch
    near = [span for span in spans if span.start < end and start < span.end]
    near.sort(key=lambda span: (span.end - span.start, -span.start, span.id))
    faces = [each for each in emphasis if each.start < end and start < each.end]
    borders = {start, end, *cuts}
    borders |= {border for span in near for border in (span.start, span.end)}
    borders |= {border for face in faces for border in (face.start, face.end)}
    return [
        Segment(
            a,
            b,
            tuple(span for span in near if span.start <= a and b <= span.end),
            tuple(dict.fromkeys(face.kind for face in faces if face.start <= a and b <= face.end)),
        )
        for a, b in pairwise(sorted(border for border in borders if start <= border <= end))
    ]


class Body:
    """Writes the text once, from its start to its end."""

    def __init__(self, opinion: Opinion, labels: Labels) -> None:
        self.opinion = opinion
        self.spans = labels.spans
        # What is still to be set into the text: handles of spans, marks of footnotes.
        self.unset = {span.id for span in labels.spans}
        self.notes: dict[int, list[int]] = {}
        for index, block in enumerate(opinion.blocks):
            if block.anchor is not None:
                self.notes.setdefault(block.anchor, []).append(index)

    def render(self) -> Html:
        indexed = list(enumerate(self.opinion.blocks))
        return join(self._group(kind, group) for kind, group in groupby(_nested(indexed), _kind))

    def _group(self, kind: str, group: Iterable["_Node"]) -> Html:
        """Neighbours of one kind, in what holds them together."""
        if kind == "caption":
            parts = (
                tag("div", *map(self._block, part), class_=f"part {name}")
                for name, part in groupby(group, lambda node: node.block.part or "title")
            )
            return tag("header", *parts, class_="caption")
        blocks = join(map(self._block, group))
        if kind == "list_item":
            return tag("ul", blocks)
        if kind == "footnote":
            title = tag("h2", text("Footnotes"), class_="added")
            return tag("section", title, blocks, class_="footnotes", role="doc-endnotes")
        return blocks

    def _block(self, node: "_Node") -> Html:
        block = node.block
        at, content = block.start, []
        for child in node.children:
            content += [self._run(at, child.block.start), self._block(child)]
            at = child.block.end
        content.append(self._run(at, block.end))
        id_, class_ = f"block-{node.index}", f"block {block.kind}"
        if block.kind == "footnote":
            note = tag("div", *content, id=id_, class_=class_)
            return tag("div", self._number(node), note, class_="note", id=f"note-{node.index}", tabindex=-1)
        if block.continues:
            class_ += " continues"
        return tag(_block_tag(node), *content, id=id_, class_=class_)

    def _run(self, start: int, end: int) -> Html:
        """A stretch without blocks inside, with marks and handles where they belong."""
        cuts = [anchor for anchor in self.notes if start < anchor < end]
        pieces = segments((start, end), self.spans, self.opinion.emphasis, cuts)
        marked = (join((self._segment(piece), self._marks(piece.end))) for piece in pieces)
        return join((self._marks(start), *marked))

    def _segment(self, piece: Segment) -> Html:
        content = text(self.opinion.text[piece.start : piece.end])
        for kind in piece.emphasis:
            content = tag(_EMPHASIS_TAGS[kind], content)
        if not piece.spans:
            return tag("span", content, data_start=piece.start)
        begun = [span for span in reversed(piece.spans) if span.id in self.unset]
        self.unset -= {span.id for span in begun}
        mark = tag(
            "mark",
            content,
            data_start=piece.start,
            data_spans=" ".join(identifier(span.id) for span in piece.spans),
            data_tint=piece.spans[0].label,
            data_lanes=" ".join(dict.fromkeys(span.label for span in piece.spans)),
        )
        return join((*map(_handle, begun), mark))

    def _marks(self, offset: int) -> Html:
        """Marks of the footnotes anchored at an offset, set once."""
        return join(
            tag(
                "a",
                class_="mark",
                id=f"mark-{index}",
                href=f"#note-{index}",
                role="doc-noteref",
                data_mark=self.opinion.blocks[index].number,
                aria_label=f"Footnote {self.opinion.blocks[index].number}",
            )
            for index in self.notes.pop(offset, ())
        )

    def _number(self, node: "_Node") -> Html:
        """Number of a footnote, linked to its mark if there is one."""
        number, anchor = node.block.number or "", node.block.anchor
        others = (block for block in self.opinion.blocks if block is not node.block)
        if anchor is None or not any(block.start <= anchor <= block.end for block in others):
            return tag("span", text(number), class_="number")
        back = f"Back to the mark of footnote {number}"
        return tag("a", text(number), class_="number", href=f"#mark-{node.index}", aria_label=back)


@dataclass(frozen=True, slots=True)
class _Node:
    """A block, its place in the opinion's list, and the blocks inside it."""

    index: int
    block: Block
    children: tuple["_Node", ...]


def _nested(blocks: Sequence[tuple[int, Block]]) -> Iterator[_Node]:
    at = 0
    while at < len(blocks):
        index, block = blocks[at]
        after = at + 1
        while after < len(blocks) and blocks[after][1].start < block.end:
            after += 1
        yield _Node(index, block, tuple(_nested(blocks[at + 1 : after])))
        at = after


def _kind(node: _Node) -> str:
    return node.block.kind


def _block_tag(node: _Node) -> str:
    if node.block.kind == "heading":
        return f"h{heading_level(node.block) + 1}"
    if node.block.kind in ("block_quote", "list_item"):
        return {"block_quote": "blockquote", "list_item": "li"}[node.block.kind]
    # A <p> ends where a block begins inside it.
    return "div" if node.children else "p"


def heading_level(block: Block) -> int:
    return min(max(block.level or 1, 1), 5)


def _handle(span: Span) -> Html:
    """Where a span begins: what the keyboard reaches and links lead to."""
    summary = f"{span.label} {span.id}: " + ", ".join(f"{n} {v}" for n, v in attributes(span))
    return tag(
        "a",
        class_="handle",
        id=f"at-{identifier(span.id)}",
        href=f"#span-{identifier(span.id)}",
        data_span=identifier(span.id),
        data_label=span.label,
        data_letter=span.label[0],
        title=summary,
        aria_label=summary,
    )


def attributes(span: Span) -> list[tuple[str, str]]:
    """The attributes that a span has, as words."""
    return [
        (name.replace("_", " "), value.replace("_", " "))
        for name in ATTRIBUTES
        if (value := getattr(span, name)) is not None
    ]
