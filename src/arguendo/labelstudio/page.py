"""An opinion as the page that annotators read, and where each offset of its text stands on it.

The text content of the page *is* the canonical text: blank lines between blocks are text between
the elements, footnote marks are generated content without text. So the offsets that Label Studio
counts over the text content (`globalOffsets`) are ours. What it draws regions by is another pair,
an XPath to a text node and the offset in it, which is counted in UTF-16 code units; `Page` knows
both.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from arguendo.offsets import utf16_length
from arguendo.opinion import Block, Opinion
from arguendo.pages.body import heading_level, segments
from arguendo.pages.markup import Html, join, tag, text

_EMPHASIS_TAGS = {"italic": "i", "bold": "b"}


@dataclass(frozen=True, slots=True)
class Place:
    """A position on the page: a text node, and the offset in it in UTF-16 code units."""

    xpath: str
    offset: int


@dataclass(slots=True)
class _Element:
    """An element while it is written: what its children are called so far."""

    xpath: str
    counts: dict[str, int] = field(default_factory=dict)
    ends_in_text: bool = False

    def child(self, name: str) -> "_Element":
        self.counts[name] = self.counts.get(name, 0) + 1
        self.ends_in_text = False
        return _Element(f"{self.xpath}/{name}[{self.counts[name]}]")


class Page:
    """The page of an opinion: `html`, and the places of offsets on it."""

    def __init__(self, opinion: Opinion) -> None:
        self._opinion = opinion
        self._starts: list[int] = []
        self._nodes: list[str] = []
        self._marks: dict[int, list[str]] = {}
        for block in opinion.blocks:
            if block.anchor is not None:
                self._marks.setdefault(block.anchor, []).append(block.number or "")
        root = _Element("")
        article = root.child("article")
        self.html: str = tag("article", *self._blocks(article, 0, len(opinion.text), 0), class_="opinion")

    def start(self, offset: int) -> Place:
        """Where a region begins whose first character stands at `offset`."""
        return self._place(bisect_right(self._starts, offset) - 1, offset)

    def end(self, offset: int) -> Place:
        """Where a region ends whose last character stands before `offset`."""
        return self._place(bisect_right(self._starts, offset - 1) - 1, offset)

    def _place(self, node: int, offset: int) -> Place:
        start = self._starts[node]
        return Place(self._nodes[node], utf16_length(self._opinion.text[start:offset]))

    def _blocks(self, parent: _Element, start: int, end: int, first: int) -> Iterator[Html]:
        """The stretch [start, end) with the blocks in it, of which `first` is the first."""
        blocks = self._opinion.blocks
        at = start
        while first < len(blocks) and blocks[first].start < end:
            block = blocks[first]
            yield self._run(parent, at, block.start)
            name = _name(block, first + 1 < len(blocks) and blocks[first + 1].start < block.end)
            inside = self._blocks(parent.child(name), block.start, block.end, first + 1)
            note = {"data_number": block.number} if block.kind == "footnote" and not block.continues else {}
            yield tag(name, *inside, class_=" ".join(filter(None, (block.kind, block.part))), **note)
            at = block.end
            while first < len(blocks) and blocks[first].start < at:
                first += 1
        yield self._run(parent, at, end)

    def _run(self, parent: _Element, start: int, end: int) -> Html:
        """A stretch without blocks in it: text, emphasis and the marks of footnotes."""
        if start == end:
            return join(self._set_marks(parent, start))
        cuts = [anchor for anchor in self._marks if start < anchor < end]
        pieces = segments((start, end), (), self._opinion.emphasis, cuts)
        content = [*self._set_marks(parent, start)]
        for piece in pieces:
            content.append(self._segment(parent, piece.start, piece.end, piece.emphasis))
            content += self._set_marks(parent, piece.end)
        return join(content)

    def _segment(self, parent: _Element, start: int, end: int, emphasis: tuple[str, ...]) -> Html:
        if emphasis:
            name = _EMPHASIS_TAGS[emphasis[0]]
            return tag(name, self._segment(parent.child(name), start, end, emphasis[1:]))
        if not parent.ends_in_text:
            self._starts.append(start)
            self._nodes.append(parent.child("text()").xpath)
            parent.ends_in_text = True
        return text(self._opinion.text[start:end])

    def _set_marks(self, parent: _Element, offset: int) -> list[Html]:
        """Marks of the footnotes anchored at an offset, set once."""
        numbers = self._marks.pop(offset, [])
        for _ in numbers:
            parent.child("sup")
        return [tag("sup", data_number=number) for number in numbers]


def _name(block: Block, has_blocks: bool) -> str:
    if block.kind == "heading":
        return f"h{heading_level(block) + 1}"
    # A <p> ends where a block begins inside it.
    return "blockquote" if block.kind == "block_quote" else "div" if has_blocks else "p"
