"""Texts inside JSON strings and escaped XML: what they decode to, and where each character stands."""

import json
import re
from collections.abc import Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from arguendo.offsets import Interval
from arguendo.readers.entities import ENTITY, decode_entity
from arguendo.sourcemap import Segment

_SPACE = re.compile(r"[ \t\r\n]*")
_JSON_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")
_DECODER = json.JSONDecoder()


def find_json_value(source: str, path: list[str], start: int = 0) -> tuple[int, Any] | None:
    """Where in a JSON text the value at a path of keys begins, and the value; None if absent.

    The path goes from the value that begins at `start`. The text has to be valid JSON (parse it
    first).
    """
    at = _skip(source, start)
    for key in path:
        if source[at] != "{":
            return None
        at = _skip(source, at + 1)
        found = None
        while source[at] == '"':
            name, at = scanstring(source, at + 1)
            at = _skip(source, _skip(source, at) + 1)
            if name == key:
                found = at
                break
            _, at = _DECODER.raw_decode(source, at)
            at = _skip(source, at)
            if source[at] == ",":
                at = _skip(source, at + 1)
        if found is None:
            return None
    value, _ = _DECODER.raw_decode(source, at)
    return at, value


def json_item_starts(source: str, start: int) -> list[int]:
    """Where the items of the array begin that begins at `start`; none if it is no array."""
    starts: list[int] = []
    if source[start] != "[":
        return starts
    at = _skip(source, start + 1)
    while source[at] != "]":
        starts.append(at)
        _, at = _DECODER.raw_decode(source, at)
        at = _skip(source, at)
        if source[at] == ",":
            at = _skip(source, at + 1)
    return starts


def json_string_segments(source: str, at: int) -> tuple[str, list[Segment]]:
    """The string that begins with the quotation mark at `at`, decoded, with its segments."""
    decoded, end = scanstring(source, at + 1)
    escapes = (match.span() for match in _JSON_ESCAPE.finditer(source, at + 1, end - 1))
    return decoded, _segments(at + 1, end - 1, escapes)


def escaped_segments(source: str, start: int, end: int) -> tuple[str, list[Segment]]:
    """Escaped HTML (`&lt;p&gt;`) between two positions, decoded once, with its segments."""
    characters = {
        match.span(): character
        for match in ENTITY.finditer(source, start, end)
        if (character := decode_entity(match[0])) and len(character) == 1
    }
    segments = _segments(start, end, characters)
    return "".join(characters.get(s[2:]) or source[slice(*s[2:])] for s in segments), segments


def _segments(start: int, end: int, escapes: Iterable[Interval]) -> list[Segment]:
    """Segments between two positions, with escapes between that stand for one character each."""
    segments: list[Segment] = []
    inner = 0
    at = start
    for begin, after in escapes:
        if begin > at:
            segments.append(Segment(inner, inner + begin - at, at, begin))
            inner += begin - at
        segments.append(Segment(inner, inner + 1, begin, after))
        inner += 1
        at = after
    if end > at or not segments:
        segments.append(Segment(inner, inner + end - at, at, end))
    return segments


def _skip(source: str, at: int) -> int:
    space = _SPACE.match(source, at)
    assert space
    return space.end()
