"""Texts inside JSON strings and escaped XML: what they decode to, and where each character stands."""

import html
import json
import re
from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from arguendo.sourcemap import Segment

_SPACE = re.compile(r"[ \t\r\n]*")
_JSON_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
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
    return decoded, _segments(source, at + 1, end - 1, _JSON_ESCAPE, lambda escape: 1)


def escaped_segments(source: str, start: int, end: int) -> tuple[str, list[Segment]]:
    """Escaped HTML (`&lt;p&gt;`) between two positions, decoded once, with its segments."""
    segments = _segments(source, start, end, _ENTITY, lambda entity: len(html.unescape(entity)))
    decoded = "".join(
        source[s.source_start : s.source_end]
        if s.inner_end - s.inner_start == s.source_end - s.source_start
        else html.unescape(source[s.source_start : s.source_end])
        for s in segments
    )
    return decoded, segments


def _segments(
    source: str, start: int, end: int, escape: re.Pattern[str], length: Callable[[str], int]
) -> list[Segment]:
    """Segments between two positions; `length` is that of what an escape stands for, in code points."""
    segments: list[Segment] = []
    inner = 0
    at = start
    for match in escape.finditer(source, start, end):
        begin, after = match.span()
        if begin > at:
            segments.append(Segment(inner, inner + begin - at, at, begin))
            inner += begin - at
        decoded = length(match[0])
        segments.append(Segment(inner, inner + decoded, begin, after))
        inner += decoded
        at = after
    if end > at or not segments:
        segments.append(Segment(inner, inner + end - at, at, end))
    return segments


def _skip(source: str, at: int) -> int:
    space = _SPACE.match(source, at)
    assert space
    return space.end()
