"""A case in Fastcase XML: HTML, escaped, in the element CaseHtml."""

import html as entities
import re
from dataclasses import replace

from arguendo.errors import fail
from arguendo.opinion import Facts, Reading
from arguendo.readers import html
from arguendo.readers.container import escaped_segments
from arguendo.sourcemap import embed

_BODY = re.compile(r"<CaseHtml>([^<]*)</CaseHtml>")
_FIELD = r"<{}>([^<]*)</{}>"


def read(source: str) -> Reading:
    """Convert a case. What is not the body is dropped as `container`.

    Raises:
        CorpusError: there is no CaseHtml with text in it.
    """
    body = _BODY.search(source)
    if body is None or not body[1].strip():
        raise fail(
            "Fastcase case", "no-body", "there is no CaseHtml with text", "Check whether the file is whole"
        )
    inner, segments = escaped_segments(source, *body.span(1))
    reading = html.read(inner)

    def field(name: str) -> str | None:
        found = re.search(_FIELD.format(name, name), source)
        return entities.unescape(found[1]).strip() or None if found else None

    facts = Facts(
        court=field("CourtName"),
        docket=field("DocketNumber"),
        date=field("DecisionDate"),
        author=field("Author"),
        case_name=field("ShortName"),
    )
    return replace(reading, source_map=embed(reading.source_map, segments, source), facts=facts)
