"""A case of the Caselaw Access Project (JSON) whose body is HTML or case-body XML."""

import json
from dataclasses import replace

from arguendo.errors import fail
from arguendo.opinion import Facts, Reading
from arguendo.readers import html
from arguendo.readers.container import find_json_value, json_string_segments
from arguendo.sourcemap import embed


def read(source: str) -> Reading:
    """Convert a case. What is not the body is dropped as `container`.

    Raises:
        CorpusError: the body is no HTML or XML.
    """
    record = json.loads(source)
    found = find_json_value(source, ["casebody", "data"])
    if found is None or not isinstance(found[1], str) or not found[1].lstrip().startswith("<"):
        hint = "Get the case with body_format=xml or html; bodies of plain text are not read yet"
        raise fail("Caselaw Access Project case", "no-body", "casebody.data holds no XML or HTML", hint)
    inner, segments = json_string_segments(source, found[0])
    reading = html.read(inner)
    court = record.get("court") or {}
    facts = Facts(
        court=court.get("name"),
        docket=record.get("docket_number") or None,
        date=record.get("decision_date") or None,
        case_name=record.get("name") or None,
    )
    return replace(reading, source_map=embed(reading.source_map, segments, source), facts=facts)
