"""Markdown, as OCR and publishers write opinions in it, into canonical text with its source map.

Inline markup follows CommonMark 0.31 (emphasis by its delimiter algorithm, backslash escapes,
entities, hard breaks). Block markup is read for what opinions use it for, not for what CommonMark
would make of it: `---` is a printed rule and never a heading's underline, a line that begins with
a number is a numbered paragraph, indented lines are no code, and `#` says that a line is a heading
but not of which level.
"""

import html
import html.entities
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from arguendo.caption import caption_parts
from arguendo.opinion import Reading
from arguendo.readers.chunks import Chunk, footnotes_last, join, lay_out
from arguendo.readers.layout import (
    begins_altered,
    goes_on_after_quotation,
    introduces_quotation,
    is_finished,
    joins_across_page,
    signature_start,
)
from arguendo.sourcemap import Piece, tidy, to_nfc

_BLANK = r"[^\S\r\n]*"
# A run of lines that are not blank. Line ends are \n, \r\n and \r. It begins where a line does, so
# that long blank lines are looked at once.
_CHUNK = re.compile(rf"(?<![^\r\n\ufeff])(?:{_BLANK}[^\s][^\r\n]*(?:\r\n|\n|\r|\Z))+")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
# What a chunk with block markup can begin with; all others are plain paragraphs.
_BLOCK_MARKS = frozenset("#<[>-+*•_")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})\Z")
_HEADING = re.compile(r"[ \t]*#{1,6}(?:[ \t]+|\Z)")
_HEADING_CLOSE = re.compile(r"(?<![ \t])[ \t]+#+\Z")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_EMPTY_QUOTE = re.compile(r"[ \t]*(?:>[ \t]*)+\Z")
_BULLET = re.compile(r"[ \t]*[-+*•][ \t]+(?=\S)")
_NOTE_NUMBER = r"(?:\d{1,3}|[*†‡]{1,3})"
_NOTE_OPENS = re.compile(
    rf"[ \t]*(?:<sup>[ \t]*(?P<sup>{_NOTE_NUMBER})[ \t]*</sup>|\[\^(?P<ref>[\w*]{{1,9}})\]:)[ \t]*"
)

_SPECIAL = re.compile(r"[\\*_<&\[!\r\n]")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_DELIMITER = re.compile(r"\*+|_+")
_NOTE_MARK = re.compile(rf"<sup>[ \t]*(?P<sup>{_NOTE_NUMBER})[ \t]*</sup>|\[\^(?P<ref>[\w*]{{1,9}})\]")
_LINE_BREAK_TAG = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_MARKUP = re.compile(
    r"<!--(?:(?!<!--).)*?-->|</?[A-Za-z][A-Za-z0-9-]*(?:[ \t\r\n][^<>]*)?/?>|!\[[^\[\]]*\]\([^()\s]*\)",
    re.DOTALL,
)
# Only something that looks like an address makes a link: opinions put brackets before parentheses.
_LINK = re.compile(
    r"\[(?P<text>(?:\\.|[^\[\]\\]|\[[^\[\]]*\](?!\())*)\]\((?:https?://[^()\s]*|#[^()\s]*)\)", re.DOTALL
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAK = re.compile(r"\r\n|\n|\r")
_RAGGED_BREAK = re.compile(r"[^\S\n]\n|\n\s")


def read(source: str) -> Reading:
    """Convert decoded Markdown. Offsets in the source map count code points of `source`."""
    chunks, dropped = _chunks(source)
    return lay_out(source, footnotes_last(_understand(chunks)), dropped)


# --- lines to chunks ---------------------------------------------------------------------------


def _chunks(source: str) -> tuple[list[Chunk], list[Piece]]:
    """Cut the source into chunks; what belongs to none of them (rules, empty markup) comes apart."""
    chunks: list[Chunk] = []
    dropped: list[Piece] = []
    start = 1 if source.startswith("\ufeff") else 0
    if start:
        dropped.append(Piece(0, 1, "", "markup"))
    for run in _CHUNK.finditer(source, start):
        for a, b in _split_lines(source, *run.span()):
            marked = source[a] in _BLOCK_MARKS
            if marked and _RULE.match(source, a, b):
                dropped.append(Piece(a, b, "", "markup"))
                chunks.append(Chunk("rule", [], ""))
            elif marked and _EMPTY_QUOTE.match(source, a, b):
                dropped.append(Piece(a, b, "", "markup"))
            else:
                chunk = _chunk(source, a, b)
                if chunk.text:
                    chunks.append(chunk)
                else:
                    dropped.extend(chunk.pieces)
    return chunks, dropped


def _split_lines(source: str, a: int, b: int) -> list[tuple[int, int]]:
    """Where one run of lines holds several things (a heading and text, a rule), its parts.

    White space at both ends of a part is left out.
    """
    if source.find("\n", a, b - 1) < 0 and source.find("\r", a, b - 1) < 0:
        return [_strip(source, a, b)]
    parts: list[tuple[int, int]] = []
    part_start = a
    quoted = False
    for line in _LINE.finditer(source, a, b):
        start, end = _strip(source, *line.span())
        if start == end:
            continue
        alone = any(rule.match(source, start, end) for rule in (_RULE, _HEADING, _EMPTY_QUOTE))
        quote = not alone and source[start] == ">"
        opens = _NOTE_OPENS.match(source, start, end) or _BULLET.match(source, start, end)
        if alone or opens or (quote and not quoted):
            parts.append(_strip(source, part_start, start))
            part_start = start
            quoted = quote
        if alone:
            parts.append((start, end))
            part_start = end
    parts.append(_strip(source, part_start, b))
    return [part for part in parts if part[0] < part[1]]


def _strip(source: str, a: int, b: int) -> tuple[int, int]:
    """The interval without white space at its ends."""
    text = source[a:b]
    start = a + len(text) - len(text.lstrip())
    return start, max(start, a + len(text.rstrip()))


def _chunk(source: str, a: int, b: int) -> Chunk:
    """Read one chunk: its opening markup, then its inline markup."""
    kind, number, prefix = "paragraph", None, a
    if source[a] not in _BLOCK_MARKS:
        pass
    elif heading := _HEADING.match(source, a, b):
        kind, prefix = "heading", heading.end()
    elif note := _NOTE_OPENS.match(source, a, b):
        kind, number, prefix = "footnote", note["sup"] or note["ref"], note.end()
    elif quote := _QUOTE.match(source, a, b):
        kind, prefix = "block_quote", quote.end()
    elif bullet := _BULLET.match(source, a, b):
        kind, prefix = "list_item", bullet.end()
    end = b
    if kind == "heading" and (close := _HEADING_CLOSE.search(source, prefix, b)):
        end = close.start()
    scan = _Scan(source, prefix, end, quoted=kind == "block_quote")
    pieces = scan.pieces
    if prefix > a:
        pieces.insert(0, Piece(a, prefix, "", "footnote_mark" if kind == "footnote" else "markup"))
    if end < b:
        pieces.append(Piece(end, b, "", "markup"))
    text = "".join([source[p[0] : p[1]] if p[2] is None else p[2] for p in pieces])
    if text[:1].isspace() or text[-1:].isspace() or ("\n" in text and _RAGGED_BREAK.search(text)):
        pieces = tidy(source, pieces)
        text = "".join(piece.text(source) for piece in pieces)
    if not unicodedata.is_normalized("NFC", text):
        pieces = to_nfc(source, pieces)
        text = "".join(piece.text(source) for piece in pieces)
    return Chunk(kind, pieces, text, scan.emphasis, scan.marks, number)


# --- inline markup -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """A run of `*` or `_`. Closing uses it up from the left, opening from the right: see `lo`, `hi`."""

    mark: str
    start: int
    end: int
    opens: bool
    closes: bool
    piece: int
    lo: int
    hi: int

    def parts(self) -> list[Piece]:
        """The run's pieces: what emphasis used is markup, the rest is text."""
        parts = [Piece(self.start, self.lo, "", "markup"), Piece(self.lo, self.hi)]
        if self.lo == self.hi:
            return [Piece(self.start, self.end, "", "markup")]
        return [p for p in (*parts, Piece(self.hi, self.end, "", "markup")) if p.start < p.end]


class _Scan:
    """One left-to-right pass over a chunk: pieces that tile it, emphasis, footnote marks."""

    def __init__(self, source: str, start: int, end: int, quoted: bool) -> None:
        self.pieces: list[Piece] = []
        self.emphasis: list[tuple[str, int, int]] = []
        self.marks: list[tuple[str, int]] = []
        self._source, self._start, self._end, self._quoted = source, start, end, quoted
        self._runs: list[_Run] = []
        self._read(start)

    def _read(self, position: int) -> None:
        """Read from `position` to the end."""
        source, end = self._source, self._end
        search = _SPECIAL.search
        while special := search(source, position, end):
            at = special.start()
            piece_end = self._special(source[at], at, position)
            position = piece_end if piece_end > at else at + 1
        self._copy(end)
        if self._runs:
            self._emphasise()

    def _copied(self) -> int:
        return self.pieces[-1].end if self.pieces else self._start

    def _copy(self, to: int) -> None:
        """Copy the source as it stands from the end of the last piece."""
        start = self._copied()
        if to > start:
            self.pieces.append(Piece(start, to))

    def _emit(self, start: int, end: int, out: str, why: str) -> int:
        self._copy(start)
        self.pieces.append(Piece(start, end, out, why))
        return end

    def _special(self, char: str, at: int, since: int) -> int:
        """Handle the special character at `at`; returns where to go on, or `at` for plain text."""
        source, end = self._source, self._end
        if char in "*_":
            return self._delimiter(at)
        if char in "\r\n":
            return self._line_break(at, since)
        if char == "\\" and at + 1 < end:
            if source[at + 1] in "\r\n":
                return self._line_break(at + 1, at)
            if _ESCAPE.match(source, at, end):
                return self._emit(at, at + 1, "", "escape") + 1
        if char == "&" and (entity := _ENTITY.match(source, at, end)):
            decoded = _character(entity[0])
            if decoded is not None:
                return self._emit(at, entity.end(), decoded, "entity")
        if char in "<[" and (mark := _NOTE_MARK.match(source, at, end)):
            self.marks.append((mark["sup"] or mark["ref"], at))
            return self._emit(at, mark.end(), "", "footnote_mark")
        if char == "<" and (tag := _LINE_BREAK_TAG.match(source, at, end)):
            return self._emit(at, tag.end(), "\n", "line_break")
        if char in "<!" and (markup := _MARKUP.match(source, at, end)):
            return self._emit(at, markup.end(), "", "markup")
        if char == "[" and (link := _LINK.match(source, at, end)):
            self._link_text(*link.span("text"))
            return self._emit(link.end("text"), link.end(), "", "markup")
        return at

    def _link_text(self, start: int, close: int) -> None:
        """Read what stands between the brackets of a link; emphasis does not reach across them."""
        self._emit(start - 1, start, "", "markup")
        end, runs = self._end, self._runs
        self._end, self._runs = close, []
        self._read(start)
        self._end, self._runs = end, runs

    def _line_break(self, at: int, since: int) -> int:
        """A line end inside a chunk: a space, or a line break where the source has a hard one."""
        source = self._source
        line_end = _BREAK.match(source, at)
        assert line_end
        begin = at
        while begin > since and source[begin - 1] in " \t":
            begin -= 1
        hard = at - begin >= 2
        if begin == at and begin > since and source[begin - 1] == "\\":
            begin, hard = begin - 1, True
        following = line_end.end()
        while following < self._end and source[following] in " \t\f\v":
            following += 1
        if self._quoted and (quote := _QUOTE.match(source, following, self._end)):
            following = quote.end()
        return self._emit(begin, following, "\n" if hard else " ", "line_break")

    def _delimiter(self, at: int) -> int:
        """Remember a run of `*` or `_` with what it can do (CommonMark 0.31, section 6.2)."""
        source = self._source
        run = _DELIMITER.match(source, at, self._end)
        assert run
        before = source[at - 1] if at > self._start else " "
        after = source[run.end()] if run.end() < self._end else " "
        left = not after.isspace() and (
            not _is_punctuation(after) or before.isspace() or _is_punctuation(before)
        )
        right = not before.isspace() and (
            not _is_punctuation(before) or after.isspace() or _is_punctuation(after)
        )
        if source[at] == "_":
            left, right = (
                left and (not right or _is_punctuation(before)),
                right and (not left or _is_punctuation(after)),
            )
        end = run.end()
        self._copy(at)
        self._runs.append(_Run(source[at], at, end, left, right, len(self.pieces), at, end))
        self.pieces.append(Piece(at, end))
        return end

    def _emphasise(self) -> None:
        """Pair the delimiter runs and drop what pairs used (CommonMark 0.31, appendix, phase 2)."""
        openers: list[_Run] = []
        # Below these depths no opener was found for a like closer before: keeps the search linear.
        floors: dict[tuple[str, bool, int], int] = {}
        for closer in self._runs:
            like = (closer.mark, closer.opens, (closer.end - closer.start) % 3)
            while closer.closes and closer.lo < closer.hi:
                index = len(openers) - 1
                floor = floors.get(like, 0)
                while index >= floor and not _pair(openers[index], closer):
                    index -= 1
                if index < floor:
                    floors[like] = len(openers)
                    break
                opener = openers[index]
                width = 2 if opener.hi - opener.lo >= 2 and closer.hi - closer.lo >= 2 else 1
                self.emphasis.append(("bold" if width == 2 else "italic", opener.hi, closer.lo))
                opener.hi -= width
                closer.lo += width
                del openers[index + 1 :]
                if opener.lo == opener.hi:
                    openers.pop()
                # Openers to come at these depths are new.
                floors = {kind: min(depth, len(openers)) for kind, depth in floors.items()}
            if closer.opens and closer.lo < closer.hi:
                openers.append(closer)
        for run in reversed(self._runs):
            if run.hi - run.lo < run.end - run.start:
                self.pieces[run.piece : run.piece + 1] = run.parts()


def _pair(opener: _Run, closer: _Run) -> bool:
    """Whether two runs can open and close one emphasis, with CommonMark's rule of three."""
    if opener.mark != closer.mark:
        return False
    if opener.closes or closer.opens:
        lengths = (opener.end - opener.start, closer.end - closer.start)
        return sum(lengths) % 3 != 0 or all(length % 3 == 0 for length in lengths)
    return True


def _character(entity: str) -> str | None:
    """What an entity stands for; None where it is none, or would be a second way to break a line."""
    decoded = html.unescape(entity) if entity[1] == "#" else html.entities.html5.get(entity[1:])
    return None if decoded is None or any(c in "\r\n\f\v\0" for c in decoded) else decoded


@lru_cache(1_000)
def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


# --- chunks to blocks --------------------------------------------------------------------------


# Kinds of two chunks that can be one.
_CUT_BY_PAGES = {
    ("paragraph", "paragraph"),
    ("list_item", "paragraph"),
    ("block_quote", "block_quote"),
    ("footnote", "paragraph"),
}


def _understand(chunks: list[Chunk]) -> list[Chunk]:
    """Say what each chunk is and join what pages broke; returns the body, then the footnotes."""
    parts = caption_parts([chunk.text for chunk in chunks if chunk.kind not in ("rule", "footnote")])
    body: list[Chunk] = []
    notes: list[Chunk] = []
    in_caption = iter(parts)
    after_rule = False
    for chunk in chunks:
        if chunk.kind == "rule":
            after_rule = True
            continue
        if chunk.kind == "footnote":
            notes.append(chunk)
        elif part := next(in_caption, None):
            chunk.kind, chunk.part = "caption", part
            body.append(chunk)
        elif after_rule and notes and _goes_on(notes[-1], chunk):
            # Text below a printed rule, with no number of its own.
            join(notes[-1], chunk)
        elif body and _goes_on(body[-1], chunk):
            join(body[-1], chunk)
        else:
            body.append(chunk)
        after_rule = False
    _find_block_quotes(body)
    for chunk in body[signature_start([c.text if c.kind == "paragraph" else None for c in body]) :]:
        chunk.kind = "signature"
    return body + notes


def _goes_on(before: Chunk, chunk: Chunk) -> bool:
    """Whether a chunk is the rest of one before it that a page break cut in two."""
    return (before.kind, chunk.kind) in _CUT_BY_PAGES and joins_across_page(before.text, chunk.text)


def _find_block_quotes(body: list[Chunk]) -> None:
    """Unmarked block quotations, and paragraphs that run on after any block quotation."""
    for before, quote, after in zip(body, body[1:], [*body[2:], None], strict=False):
        if before.kind != "paragraph" or quote.kind not in ("paragraph", "block_quote"):
            continue
        goes_on = (
            after is not None
            and after.kind == "paragraph"
            and goes_on_after_quotation(after.text)
            and is_finished(quote.text)
        )
        introduced = introduces_quotation(before.text) and goes_on
        if introduced or (begins_altered(quote.text) and not is_finished(before.text)):
            quote.kind = "block_quote"
            if after is not None and goes_on:
                after.continues = True
