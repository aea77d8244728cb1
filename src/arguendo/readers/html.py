"""HTML and the XML of case bodies (CourtListener, lawbox, Harvard, Fastcase, court sites).

Tokens are cut by one regular expression that tiles the source, so every character has its place
without a tree. Tags that the field uses for its own ends are read for what they say: page marks,
footnote marks and footnotes, parts of the caption, sub-opinions. White space is collapsed as a
browser would.
"""

import html
import re
import unicodedata
from dataclasses import dataclass, replace

from arguendo.opinion import Reading
from arguendo.readers import text
from arguendo.readers.chunks import Chunk, footnotes_last, lay_out, understand
from arguendo.readers.entities import decode_entity
from arguendo.readers.layout import is_heading
from arguendo.readers.limits import MAX_DEPTH
from arguendo.sourcemap import Piece, Segment, embed, to_nfc
from arguendo.subopinions import declared_kind

# A quoted attribute may hold `>`; lengths are bounded so that hostile input cannot make it slow.
_TOKEN = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<[!?][^<>]{0,2000}>"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9:-]{0,40})"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"<]{0,20000}\"|'[^'<]{0,20000}')*)>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([A-Za-z][\w:-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_PRE = re.compile(r"<pre\b[^<>]{0,500}>(?P<text>.*)</pre\s*>", re.DOTALL | re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
# White space other than one plain space.
_IRREGULAR = re.compile(r"\s{2,}|[^\S ]")

_UNSEEN = frozenset("head script style title nav form iframe noscript svg button template object".split())
_BLOCKS = frozenset(
    "address article aside attorneys author blockquote body casebody center citation court dd decisiondate"
    " disposition div dl docketnumber dt fieldset figure footer footnote form h1 h2 h3 h4 h5 h6 head-matter"
    " header headnotes headnoteblock hr html judges li main ol opinion otherdate p parties partyblock pre"
    " section summary syllabus table tbody td th tr ul".split()
)
_EMPHASIS = {"i": "italic", "em": "italic", "cite": "italic", "u": "italic", "b": "bold", "strong": "bold"}
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_VOID = frozenset("br hr img input link meta wbr area base col embed source track".split())
_PARTS = {
    "parties": "parties",
    "partyblock": "parties",
    "court": "court",
    "docketnumber": "docket",
    "docket": "docket",
    "author": "author",
    "decisiondate": "date",
    "otherdate": "date",
    "date": "date",
    "attorneys": "counsel",
    "judges": "judges",
    "citation": "citation",
    "case_cite": "citation",
    "summary": "summary",
    "syllabus": "summary",
    "headnotes": "summary",
    "disposition": "summary",
}
_NOTE_NUMBER = re.compile(r"\s*[\[(]?\s*(\d{1,3}|[*†‡§]{1,4}|[a-z])\s*[\])]?\.?\s*\Z")
_PAGE = re.compile(r"\s*\[?\s*\*+\s*(\d{1,5}|[ivxlc]{1,7})\s*\]?\s*\Z")


@dataclass(slots=True)
class _Element:
    """An open element: what it says of the text in it."""

    tag: str
    part: str | None = None
    note: str | None = None
    emphasis: str | None = None
    since: int = 0


def read(source: str, page_marks: re.Pattern[str] | None = None) -> Reading:
    """Convert decoded HTML or case-body XML. Positions count code points of `source`.

    `page_marks` finds page numbers that stand in the text itself, the number as its first group.
    Where nearly all stands in one `pre` it is plain text, and is read as such.
    """
    if (printed := _PRE.search(source)) and len(printed["text"]) > 0.8 * len(source):
        inner, segments = _untagged(source, *printed.span("text"))
        reading = text.read(inner)
        return replace(reading, source_map=embed(reading.source_map, segments, source, "markup", "entity"))
    page = _Page(source, page_marks)
    chunks = understand(source, page.chunks)
    return lay_out(source, footnotes_last(chunks), page.dropped, page.pages, page.openings)


def _untagged(source: str, start: int, end: int) -> tuple[str, list[Segment]]:
    """The text between two positions without its tags and with its entities decoded, in segments."""
    out: list[str] = []
    segments: list[Segment] = []
    length, at = 0, start
    for token in [*_TOKEN.finditer(source, start, end), None]:
        stop = token.start() if token else end
        parts = [(at, stop, source[at:stop])]
        if token:
            decoded = decode_entity(token[0]) if token[0][0] == "&" else ""
            # One that stands for two characters is left as it is: two edits might share it.
            parts.append((*token.span(), token[0] if decoded is None or len(decoded) > 1 else decoded))
            at = token.end()
        for a, b, part in parts:
            if part:
                segments.append(Segment(length, length + len(part), a, b))
                out.append(part)
                length += len(part)
    return "".join(out), segments or [Segment(0, 0, start, end)]


class _Page:
    """One pass over the tokens: chunks, dropped pieces and page marks."""

    def __init__(self, source: str, page_marks: re.Pattern[str] | None) -> None:
        self.chunks: list[Chunk] = []
        self.dropped: list[Piece] = []
        self.pages: list[tuple[str, int]] = []
        self.openings: list[tuple[str, int]] = []
        self._source = source
        self._page_marks = page_marks
        self._open: list[_Element] = []
        self._pieces: list[Piece] = []
        self._emphasis: list[tuple[str, int, int]] = []
        self._marks: list[tuple[str, int]] = []
        self._blank = True  # nothing in the chunk yet, or its text ends in white space
        at = 1 if source.startswith("\ufeff") else 0
        if at:
            self.dropped.append(Piece(0, 1, "", "markup"))
        for token in _TOKEN.finditer(source, at):
            start = token.start()
            if start < at:
                continue
            if start > at:
                self._text(at, start)
            at = self._token(token)
        self._text(at, len(source))
        self._flush(len(source))

    def _token(self, token: re.Match[str]) -> int:
        """Handle a token; returns where to go on."""
        start, end = token.span()
        if token["tag"] is None:
            if self._source[start] == "&":
                self._entity(start, end)
            else:
                self._drop(start, end, "markup")
            return end
        tag = token["tag"].lower()
        if token["close"]:
            return self._close(tag, start, end)
        attributes = _attributes(token["attributes"])
        if unit := self._unit(tag, attributes, start, end):
            return unit
        return self._open_tag(tag, attributes, start, end)

    # --- text ---

    def _text(self, start: int, end: int) -> None:
        """Copy text, but not the page numbers in it."""
        for mark in self._page_marks.finditer(self._source, start, end) if self._page_marks else ():
            self._copy(start, mark.start())
            self.pages.append((mark[1], mark.end()))
            self._drop(*mark.span(), "page_mark")
            start = mark.end()
        self._copy(start, end)

    def _copy(self, start: int, end: int) -> None:
        """Copy text with white space collapsed; white space left out needs no piece."""
        source = self._source
        while start < end:
            if self._blank:
                while start < end and source[start].isspace():
                    start += 1
                if start == end:
                    return
            run = _IRREGULAR.search(source, start, end)
            stop = run.start() if run else end
            if stop > start:
                self._piece(Piece(start, stop), source[stop - 1].isspace())
            if run is None:
                return
            if not self._blank:
                self._piece(Piece(run.start(), run.end(), " ", "whitespace"), True)
            start = run.end()

    def _piece(self, piece: Piece, blank: bool) -> None:
        self._pieces.append(piece)
        self._blank = blank

    def _entity(self, start: int, end: int) -> None:
        decoded = decode_entity(self._source[start:end])
        if decoded is None or decoded in ("\0", "\ufffd"):
            self._text_as_is(start, end)
        elif decoded.isspace():
            if self._blank:
                self._drop(start, end, "entity")
            else:
                self._piece(Piece(start, end, " ", "entity"), True)
        else:
            self._piece(Piece(start, end, decoded, "entity"), False)

    def _text_as_is(self, start: int, end: int) -> None:
        self._piece(Piece(start, end), False)

    def _drop(self, start: int, end: int, why: str) -> None:
        """Leave a stretch out; inside a chunk it stays between the chunk's pieces."""
        if self._pieces:
            self._pieces.append(Piece(start, end, "", why))
        else:
            self.dropped.append(Piece(start, end, "", why))

    # --- tags ---

    def _open_tag(self, tag: str, attributes: dict[str, str], start: int, end: int) -> int:
        if tag in _UNSEEN and (hidden := self._hidden(tag, end)):
            self._flush(start)
            self._drop(start, hidden, "hidden")
            return hidden
        if tag == "br":
            if not self._pieces:
                self._drop(start, end, "markup")
            else:
                self._trim()
                self._piece(Piece(start, end, "\n", "line_break"), True)
            return end
        if tag in _BLOCKS:
            self._flush(start)
            if tag == "p":
                self._close_open_paragraph(start)
        self._drop(start, end, "markup")
        if tag not in _VOID and len(self._open) < MAX_DEPTH:
            classes = attributes.get("class", "").lower().split()
            part = next((_PARTS[name] for name in (tag, *classes) if name in _PARTS), None)
            if tag == "opinion" or (tag in ("article", "div", "section") and "opinion" in classes):
                declared = attributes.get("type") or attributes.get("data-type") or ""
                self.openings += [(kind, end) for kind in [declared_kind(declared)] if kind]
            note = None
            if tag == "footnote" or ("footnote" in classes and tag in ("aside", "div", "p", "li")):
                label = _NOTE_NUMBER.match(attributes.get("label") or attributes.get("data-label") or "")
                note = label[1] if label else ""
            self._open.append(_Element(tag, part if tag in _BLOCKS else None, note, _EMPHASIS.get(tag), end))
        return end

    def _close(self, tag: str, start: int, end: int) -> int:
        """Close an element and those left open in it; a closing tag without opening says nothing."""
        if tag in _BLOCKS:
            self._flush(start)
        index = len(self._open) - 1
        while index >= 0 and self._open[index].tag != tag:
            index -= 1
        if index >= 0:
            for element in self._open[index:]:
                if element.emphasis:
                    self._emphasis.append((element.emphasis, element.since, start))
            del self._open[index:]
        self._drop(start, end, "markup")
        return end

    def _close_open_paragraph(self, start: int) -> None:
        """A paragraph ends where the next one begins (HTML, 13.1.2.4)."""
        if self._open and self._open[-1].tag == "p":
            self._open.pop()

    def _hidden(self, tag: str, start: int) -> int | None:
        """End of an element that a reader does not see, or None if it is never closed."""
        close = re.compile(rf"</{tag}\s*>", re.IGNORECASE).search(self._source, start)
        return close.end() if close else None

    def _unit(self, tag: str, attributes: dict[str, str], start: int, end: int) -> int | None:
        """Read a page mark or footnote mark as a whole; returns its end, None if it is neither."""
        classes = attributes.get("class", "").lower()
        paging = (
            tag == "page-number" or "star-pagination" in classes or "page-label" in classes or tag == "font"
        )
        noting = (
            tag in ("footnotemark", "sup")
            or (tag == "a" and "footnote" in classes)
            or (tag == "a" and self._in_note() is not None and attributes.get("href", "").startswith("#"))
        )
        if not (paging or noting):
            return None
        close = self._source.find(f"</{tag}", end, end + 500)
        finish = self._source.find(">", close) + 1 if close >= 0 else 0
        if not finish:
            return None
        inner = html.unescape(_TAGS.sub("", self._source[end:close]))
        if paging and (page := _PAGE.match(inner)):
            self.pages.append((page[1], finish))
            self._drop(start, finish, "page_mark")
            return finish
        if noting and (number := _NOTE_NUMBER.match(inner)):
            note = self._in_note()
            if note is not None and not self._pieces and not note.note:
                note.note = number[1]
            elif note is None or self._pieces:
                self._marks.append((number[1], start))
            self._drop(start, finish, "footnote_mark")
            return finish
        return None

    def _in_note(self) -> _Element | None:
        return next((element for element in reversed(self._open) if element.note is not None), None)

    # --- chunks ---

    def _trim(self) -> None:
        """Take white space off the end of the chunk."""
        while self._pieces:
            last = self._pieces[-1]
            if last.out == "":
                self.dropped.append(self._pieces.pop())
                continue
            text = last.text(self._source)
            if not text[-1].isspace():
                return
            self._pieces.pop()
            stripped = text.rstrip()
            if last.out is None and stripped:
                self._pieces.append(Piece(last.start, last.start + len(stripped)))
            elif last.out is not None and not self._source[last.start : last.end].isspace():
                self.dropped.append(Piece(last.start, last.end, "", last.why))

    def _flush(self, at: int) -> None:
        """End the chunk that is being gathered, and begin the next."""
        self._trim()
        for element in self._open:
            if element.emphasis:
                self._emphasis.append((element.emphasis, element.since, at))
                element.since = at
        if self._pieces:
            text = "".join(piece.text(self._source) for piece in self._pieces)
            if not unicodedata.is_normalized("NFC", text):
                self._pieces = to_nfc(self._source, self._pieces)
                text = "".join(piece.text(self._source) for piece in self._pieces)
            self.chunks.append(self._chunk(text))
        self._pieces, self._emphasis, self._marks, self._blank = [], [], [], True

    def _chunk(self, text: str) -> Chunk:
        tags = set()
        part = note = None
        for element in self._open:  # the innermost counts
            tags.add(element.tag)
            part = element.part or part
            note = element if element.note is not None else note
        chunk = Chunk("paragraph", self._pieces, text, self._emphasis, self._marks)
        last = self.chunks[-1] if self.chunks else None
        if note is not None:
            chunk.kind, chunk.number = "footnote", note.note or "?"
            chunk.continues = bool(last and last.kind == "footnote" and last.number == chunk.number)
        elif part:
            chunk.kind, chunk.part = "caption", part
        elif "blockquote" in tags:
            chunk.kind = "block_quote"
        elif "li" in tags:
            chunk.kind = "list_item"
        elif tags & _HEADINGS or ("center" in tags and is_heading(text)):
            chunk.kind = "heading"
        return chunk


def _attributes(text: str) -> dict[str, str]:
    if not text or text == "/":
        return {}
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(text)
    }
