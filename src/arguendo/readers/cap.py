"""A case of the Caselaw Access Project (JSON): its body as HTML, case-body XML, or plain text."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from arguendo.errors import fail
from arguendo.opinion import Facts, Opening, Reading
from arguendo.readers import html, text
from arguendo.readers.container import find_json_value, json_item_starts, json_string_segments
from arguendo.sourcemap import PARAGRAPH_BREAK, Locator, Segment, embed
from arguendo.subopinions import declared_kind


def read(source: str) -> Reading:
    """Convert a case. What is not the body is dropped as `container`.

    A body of plain text is in several strings: the head matter, then the opinions.

    Raises:
        CorpusError: there is no body.
    """
    record = json.loads(source)
    body = _json(source, ["casebody", "data"]) or _json(source, ["casebody"])
    if body and isinstance(body[1], str) and body[1].lstrip().startswith("<"):
        inner, segments = json_string_segments(source, body[0])
        reading = html.read(inner)
    elif body and isinstance(body[1], dict) and (strings := _strings(source, body[0])):
        inner, segments, starts = _joined(source, [at for at, _ in strings])
        reading = text.read(inner, line_is_paragraph=True)
        locate = Locator(reading.source_map)
        kinds = [declared_kind(word) for _, word in strings]
        openings = (Opening(k, locate.after(at)) for k, at in zip(kinds, starts, strict=True) if k)
        reading = replace(reading, openings=tuple(openings))
    else:
        hint = "Get the case with its body (full_case=true)"
        raise fail("Caselaw Access Project case", "no-body", "casebody holds no text", hint)
    return replace(reading, source_map=embed(reading.source_map, segments, source), facts=facts_of(record))


def facts_of(record: dict[str, Any]) -> Facts:
    """What the record of a case says of it apart from its body."""
    court = record.get("court")
    return Facts(
        court=_said(court, "name") if isinstance(court, dict) else None,
        docket=_said(record, "docket_number"),
        date=_said(record, "decision_date"),
        case_name=_said(record, "name"),
    )


def _json(source: str, path: list[str]) -> tuple[int, Any] | None:
    found = find_json_value(source, path)
    return found if found and found[1] else None


def _said(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    return value if value and isinstance(value, str) else None


def _strings(source: str, at: int) -> list[tuple[int, str]]:
    """Where the strings of a plain-text body begin, in reading order; beside each the opinion's type."""
    found = []
    if (head := find_json_value(source, ["head_matter"], at)) and isinstance(head[1], str):
        found.append((head[0], ""))
    opinions = find_json_value(source, ["opinions"], at)
    for item in json_item_starts(source, opinions[0]) if opinions else ():
        opinion = find_json_value(source, ["text"], item)
        if opinion and isinstance(opinion[1], str):
            kind = find_json_value(source, ["type"], item)
            found.append((opinion[0], kind[1] if kind and isinstance(kind[1], str) else ""))
    return found


def _joined(source: str, strings: Sequence[int]) -> tuple[str, list[Segment], list[int]]:
    """Several strings as one text, a paragraph break between them that nothing in the source gives.

    Returns the text, its segments, and where each string begins in it.
    """
    inner, segments, starts = "", list[Segment](), list[int]()
    for at in strings:
        decoded, parts = json_string_segments(source, at)
        shift = len(inner)
        starts.append(shift)
        inner += decoded
        segments += [
            part._replace(inner_start=part.inner_start + shift, inner_end=part.inner_end + shift)
            for part in parts
        ]
        end = segments[-1].source_end
        segments.append(Segment(len(inner), len(inner) + len(PARAGRAPH_BREAK), end, end))
        inner += PARAGRAPH_BREAK
    return inner, segments, starts
