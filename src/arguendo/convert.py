"""Bytes of a source → `Opinion`."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from arguendo.caption import court_id, has_docket, read_metadata
from arguendo.errors import CorpusError, fail, misuse
from arguendo.offsets import sha256
from arguendo.opinion import Facts, Opinion, Source
from arguendo.readers import BINARY_FORMATS, FORMATS, TEXT_FORMATS
from arguendo.readers.limits import MAX_SOURCE_BYTES
from arguendo.sourcemap import rebuild
from arguendo.structure import find_citations, find_sentences
from arguendo.subopinions import find_sub_opinions

_SUFFIXES = {
    "markdown": ".md",
    "html": ".html",
    "courtlistener": ".json",
    "cap": ".json",
    "fastcase": ".xml",
    "text": ".txt",
    "pdf": ".pdf",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_FOREIGN = re.compile(r"\s*\{\\rtf")
# Readers of PDF take it with some bytes before its head.
_PDF = re.compile(rb"%PDF-\d")
_PDF_HEAD = 1_024
_JSON = re.compile(r"\s*[{\[]\s*[\"{}\]]")
_FASTCASE = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<Case>")
# Comments and inline tags say nothing: Markdown from OCR begins with them too.
_HTML = re.compile(
    r"\s*(?:<!--(?:(?!-->).){0,2000}-->\s*)*"
    r"<(?!(?:a|b|br|center|em|i|img|span|strong|sub|sup)\b)(?:!DOCTYPE|\?xml|[A-Za-z][\w-]*[\s>])",
    re.IGNORECASE | re.DOTALL,
)
# A heading, a quotation, a superscript, an escape, or emphasis around words.
_MARKDOWN = re.compile(
    r"^(?:#{1,6} +\S|> )|<sup>|\\[*_#\[]|\*\*[^\s*]"
    r"|(?<![\w*])([*_])(?=[^\s*_\d])[^*_\n]{1,300}(?<!\s)\1(?!\w)",
    re.MULTILINE,
)
_CLOSED_BLOCK = re.compile(r"</(?:p|div|h[1-6]|center|blockquote)>", re.IGNORECASE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NOTHING = Facts()
_ID_UNSAFE = re.compile(r"[^a-z0-9-]+")


def check_facts(facts: Facts) -> None:
    """Raise `UsageError` where a court, docket number or date that a user gives is none."""
    if facts.court is not None and not court_id(facts.court, facts.date):
        hint = "Give a courts-db id, such as ca2; or the whole name, and --date if several courts had it"
        raise misuse("--court", f"no single court is known as {facts.court!r}", hint)
    if facts.docket is not None and not has_docket(facts.docket):
        hint = "Give it as the caption has it, such as 18-cv-2897"
        raise misuse("--docket", f"{facts.docket!r} is no docket number", hint)
    if facts.date is not None and not _is_date(facts.date):
        raise misuse("--date", f"{facts.date!r} is no date", "Write it as 2018-10-22")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def convert(data: bytes, name: str, format: str | None = None, facts: Facts = _NOTHING) -> Opinion:
    """Convert a source into an opinion. `name` is what messages call it; no path is made from it.

    `facts` go before what the source says.

    Raises:
        CorpusError: the source is empty, too large, not UTF-8 text, of a format that is not known,
            or its court, docket number or date cannot be read.
    """
    if not format and _PDF.search(data, 0, _PDF_HEAD):
        format = "pdf"
    _check_size(data, name)
    source = "" if format in BINARY_FORMATS else _decode(data, name)
    format = format or _detect(source.removeprefix("\ufeff"), name)
    if format not in FORMATS:
        raise fail(
            name, "unknown-format", f"there is no format {format!r}", f"Say one of: {', '.join(FORMATS)}"
        )
    if format in ("courtlistener", "cap"):
        _parse_json(source, name)
    try:
        read = BINARY_FORMATS.get(format)
        reading = read(data) if read else TEXT_FORMATS[format](source)
    except CorpusError as error:
        # Readers do not know the file's name.
        raise CorpusError(replace(problem, where=name) for problem in error.problems) from None
    if surrogate := _SURROGATE.search(reading.text):
        what = f"an escape stands for U+{ord(surrogate[0]):04X}, which is half a character"
        raise fail(name, "surrogate", what, "Get the file again, or mend the escape")
    if not any(map(str.isalnum, reading.text)):
        raise fail(
            name, "no-text", "the source holds no text", "Convert a source with the opinion's words in it"
        )
    sub_opinions = find_sub_opinions(reading.text, reading.blocks, reading.openings)
    metadata = read_metadata(reading.text, reading.blocks, sub_opinions, name, facts.over(reading.facts))
    glyphs = sha256(rebuild(reading.text, reading.source_map)) if format in BINARY_FORMATS else None
    docket = _ID_UNSAFE.sub("-", metadata.docket).strip("-")
    return Opinion(
        id=f"{metadata.court}.{docket}.{metadata.date}",
        metadata=metadata,
        source=Source(
            file="source" + _SUFFIXES[format],
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            encoding="glyphs" if glyphs else "utf-8",
            format=format,
            glyphs_sha256=glyphs,
        ),
        text=reading.text,
        sub_opinions=sub_opinions,
        blocks=reading.blocks,
        emphasis=reading.emphasis,
        sentences=find_sentences(reading.text, reading.blocks),
        citations=find_citations(reading.text, reading.emphasis),
        pages=reading.pages,
        source_map=reading.source_map,
    )


def _check_size(data: bytes, name: str) -> None:
    if not data.strip():
        raise fail(name, "empty-source", "the source is empty", "Give a file that holds an opinion")
    if len(data) > MAX_SOURCE_BYTES:
        size = f"{len(data):,} bytes, more than {MAX_SOURCE_BYTES:,}"
        raise fail(name, "large-source", f"the source has {size}", "Cut it into its opinions first")


def _decode(data: bytes, name: str) -> str:
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = f"byte {error.start} (0x{data[error.start]:02x})"
        hint = "Save the file as UTF-8; if it is no text (Word), make a PDF of it first"
        raise fail(name, "not-utf-8", f"{at} is not UTF-8 text", hint) from None
    if control := _CONTROL.search(source):
        line = source.count("\n", 0, control.start()) + 1
        what = f"line {line} holds the control character U+{ord(control[0]):04X}"
        raise fail(name, "binary-source", what, "Give a text file or a PDF")
    return source


def _parse_json(source: str, name: str) -> Any:
    try:
        record = json.loads(source)
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise fail(
            place, "json", f"not JSON: {error.msg}", "Get the file again; it may be cut short"
        ) from None
    except RecursionError:
        raise fail(name, "json", "nested too deeply", "Get the file again") from None
    if not isinstance(record, dict):
        raise fail(name, "unknown-format", "the JSON is no object", "Give one opinion or case at a time")
    return record


def _detect(source: str, name: str) -> str:
    """The format, by content; what has no markup of any kind is plain text."""
    if found := _FOREIGN.match(source):
        what = f"the source begins with {found[0].strip()!r}, a format that is not read"
        raise fail(name, "unknown-format", what, f"Convert it to one of: {', '.join(FORMATS)}")
    if _FASTCASE.match(source):
        return "fastcase"
    if _HTML.match(source) or (source.lstrip()[:1] == "<" and len(_CLOSED_BLOCK.findall(source)) > 4):
        return "html"
    if _JSON.match(source):
        record = _parse_json(source, name)
        if "casebody" in record:
            return "cap"
        if "html_with_citations" in record or "plain_text" in record:
            return "courtlistener"
        what = f"the JSON object has the keys {', '.join(sorted(map(repr, record))[:6])}"
        hint = "Give a CourtListener opinion (html_with_citations) or a CAP case (casebody)"
        raise fail(name, "unknown-format", what, hint)
    return "markdown" if _MARKDOWN.search(source) else "text"
