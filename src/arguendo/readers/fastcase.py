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
_CITATION = re.compile(r"<Volume>([^<]*)</Volume>\s*<Reporter>([^<]*)</Reporter>")
_AMERICAN_DATE = re.compile(r"(\d\d)-(\d\d)-(\d{4})\Z")


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
    series = [re.escape(entities.unescape(" ".join(found))) for found in _CITATION.findall(source)]
    # Pages of the case's own reporters stand in the text as "[708 S.E.2d 751]".
    marks = re.compile(rf"\[((?:{'|'.join(series)}) \d{{1,5}})\]") if series else None
    reading = html.read(inner, marks)

    def field(name: str) -> str | None:
        found = re.search(_FIELD.format(name, name), source)
        return entities.unescape(found[1]).strip() or None if found else None

    facts = Facts(
        court=field("CourtName"),
        docket=field("DocketNumber"),
        date=_AMERICAN_DATE.sub(r"\3-\1-\2", field("DecisionDate") or "") or None,
        case_name=field("ShortName"),
    )
    return replace(reading, source_map=embed(reading.source_map, segments, source), facts=facts)
