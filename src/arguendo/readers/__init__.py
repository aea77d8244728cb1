"""One module a format, each turning decoded text into a `Reading`."""

from collections.abc import Callable

from arguendo.opinion import Reading
from arguendo.readers import cap, courtlistener, fastcase, html, markdown

FORMATS: dict[str, Callable[[str], Reading]] = {
    "markdown": markdown.read,
    "html": html.read,
    "courtlistener": courtlistener.read,
    "cap": cap.read,
    "fastcase": fastcase.read,
}

# A long opinion is 1 MB; this leaves room and still bounds memory.
MAX_SOURCE_BYTES = 20_000_000
