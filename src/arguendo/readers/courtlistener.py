"""An opinion object of the CourtListener API (JSON): the best of its body fields.

The bodies are one opinion in several forms. The first one of `BODIES` that is there is read: those
with citations marked first, those with structure before plain text.
"""

import json
from dataclasses import replace

from arguendo.errors import fail
from arguendo.opinion import Facts, Opening, Reading
from arguendo.readers import html, text
from arguendo.readers.container import find_json_value, json_string_segments
from arguendo.sourcemap import embed
from arguendo.subopinions import declared_kind

BODIES = (
    "html_with_citations",
    "xml_harvard",
    "html_lawbox",
    "html_columbia",
    "html_anon_2020",
    "html",
    "plain_text",
)


def read(source: str) -> Reading:
    """Convert an API object. What is not the body is dropped as `container`.

    Raises:
        CorpusError: there is no body.
    """
    record = json.loads(source)
    field = next(
        (name for name in BODIES if isinstance(record.get(name), str) and record[name].strip()), None
    )
    if field is None:
        hint = f"The reader takes one of: {', '.join(BODIES)}"
        raise fail("CourtListener object", "no-body", "none of its fields holds the opinion", hint)
    found = find_json_value(source, [field])
    assert found
    inner, segments = json_string_segments(source, found[0])
    reading = text.read(inner) if field == "plain_text" else html.read(inner)
    kind = declared_kind(record["type"]) if isinstance(record.get("type"), str) else None
    return replace(
        reading,
        openings=reading.openings or ((Opening(kind, 0),) if kind else ()),
        source_map=embed(reading.source_map, segments, source),
        facts=Facts(author=record.get("author_str") or None, case_name=record.get("case_name") or None),
    )
