"""Inline markup of Markdown: emphasis, escapes, entities, line breaks, footnote marks, links.

It follows CommonMark 0.31, emphasis by its delimiter algorithm.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from arguendo.readers.entities import ENTITY, decode_entity
from arguendo.sourcemap import Piece

QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
NOTE_NUMBER = r"(?:\d{1,3}|[*†‡]{1,3})"
_SPECIAL = re.compile(r"[\\*_<&\[!\r\n]")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_DELIMITER = re.compile(r"\*+|_+")
_NOTE_MARK = re.compile(rf"<sup>[ \t]*(?P<sup>{NOTE_NUMBER})[ \t]*</sup>|\[\^(?P<ref>[\w*]{{1,9}})\]")
_LINE_BREAK_TAG = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_MARKUP = re.compile(
    r"<!--(?:(?!<!--).)*?-->|</?[A-Za-z][A-Za-z0-9-]*(?:[ \t\r\n][^<>]*)?/?>|!\[[^\[\]]*\]\([^()\s]*\)",
    re.DOTALL,
)
# Only something that looks like an address makes a link: opinions put brackets before parentheses.
_LINK = re.compile(
    r"\[(?P<text>(?:\\.|[^\[\]\\]|\[[^\[\]]*\](?!\())*)\]\((?:https?://[^()\s]*|#[^()\s]*)\)", re.DOTALL
)
_BREAK = re.compile(r"\r\n|\n|\r")


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


class Scan:
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
        if char == "&" and (entity := ENTITY.match(source, at, end)):
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
        if self._quoted and (quote := QUOTE.match(source, following, self._end)):
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
    decoded = decode_entity(entity)
    return None if decoded is None or any(c in "\r\n\f\v\0" for c in decoded) else decoded


@lru_cache(1_000)
def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"
