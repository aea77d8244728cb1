"""Markdown, as OCR and publishers write opinions in it, into canonical text with its source map.

Inline markup follows CommonMark 0.31 (emphasis by its delimiter algorithm, backslash escapes,
entities, hard breaks). Block markup is read for what opinions use it for, not for what CommonMark
would make of it: `---` is a printed rule and never a heading's underline, a line that begins with
a number is a numbered paragraph, indented lines are no code, and `#` says that a line is a heading
but not of which level.
"""

import re
import unicodedata

from arguendo.caption import caption_parts
from arguendo.opinion import Reading
from arguendo.readers.chunks import Chunk, footnotes_last, join, lay_out
from arguendo.readers.inline import NOTE_NUMBER, QUOTE, Scan
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
_EMPTY_QUOTE = re.compile(r"[ \t]*(?:>[ \t]*)+\Z")
_BULLET = re.compile(r"[ \t]*[-+*•][ \t]+(?=\S)")
_NOTE_OPENS = re.compile(
    rf"[ \t]*(?:<sup>[ \t]*(?P<sup>{NOTE_NUMBER})[ \t]*</sup>|\[\^(?P<ref>[\w*]{{1,9}})\]:)[ \t]*"
)

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
    elif quote := QUOTE.match(source, a, b):
        kind, prefix = "block_quote", quote.end()
    elif bullet := _BULLET.match(source, a, b):
        kind, prefix = "list_item", bullet.end()
    end = b
    if kind == "heading" and (close := _HEADING_CLOSE.search(source, prefix, b)):
        end = close.start()
    scan = Scan(source, prefix, end, quoted=kind == "block_quote")
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
