"""One module a format, each turning a source into a `Reading`."""

from collections.abc import Callable

from arguendo.opinion import Reading
from arguendo.readers import cap, courtlistener, fastcase, html, markdown, pdf, text

# Of decoded text.
TEXT_FORMATS: dict[str, Callable[[str], Reading]] = {
    "markdown": markdown.read,
    "html": html.read,
    "courtlistener": courtlistener.read,
    "cap": cap.read,
    "fastcase": fastcase.read,
    "text": text.read,
}
# Of bytes.
BINARY_FORMATS: dict[str, Callable[[bytes], Reading]] = {"pdf": pdf.read}
FORMATS = (*TEXT_FORMATS, *BINARY_FORMATS)
