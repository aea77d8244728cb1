"""Bytes of a source → `Opinion`."""

import hashlib
import re

from arguendo.caption import read_metadata
from arguendo.errors import fail
from arguendo.opinion import Opinion, Source
from arguendo.readers import FORMATS, MAX_SOURCE_BYTES
from arguendo.structure import find_citations, find_sentences

_SUFFIXES = {"markdown": ".md"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_FOREIGN = re.compile(r"\s*(?:<!DOCTYPE|<html|<\?xml|\{|\[\s*\{|%PDF-|\{\\rtf)", re.IGNORECASE)
_ID_UNSAFE = re.compile(r"[^a-z0-9-]+")


def convert(data: bytes, name: str, format: str | None = None) -> Opinion:
    """Convert a source into an opinion. `name` is what messages call it; no path is made from it.

    Raises:
        CorpusError: the source is empty, too large, not UTF-8 text, of a format that is not known,
            or its court, docket number or date cannot be read.
    """
    source = _decode(data, name)
    format = format or _detect(source, name)
    reading = FORMATS[format](source)
    if not any(map(str.isalnum, reading.text)):
        raise fail(
            name, "no-text", "the source holds no text", "Convert a source with the opinion's words in it"
        )
    metadata = read_metadata(reading.text, reading.blocks, name)
    docket = _ID_UNSAFE.sub("-", metadata.docket)
    return Opinion(
        id=f"{metadata.court}.{docket}.{metadata.date}",
        metadata=metadata,
        source=Source(
            file="source" + _SUFFIXES[format],
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            encoding="utf-8",
            format=format,
        ),
        text=reading.text,
        blocks=reading.blocks,
        emphasis=reading.emphasis,
        sentences=find_sentences(reading.text, reading.blocks),
        citations=find_citations(reading.text, reading.emphasis),
        pages=reading.pages,
        source_map=reading.source_map,
    )


def _decode(data: bytes, name: str) -> str:
    if not data.strip():
        raise fail(name, "empty-source", "the source is empty", "Give a file that holds an opinion")
    if len(data) > MAX_SOURCE_BYTES:
        size = f"{len(data):,} bytes, more than {MAX_SOURCE_BYTES:,}"
        raise fail(name, "large-source", f"the source has {size}", "Cut it into its opinions first")
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = f"byte {error.start} (0x{data[error.start]:02x})"
        hint = "Save the file as UTF-8; if it is no text (PDF, Word), convert it to Markdown first"
        raise fail(name, "not-utf-8", f"{at} is not UTF-8 text", hint) from None
    if control := _CONTROL.search(source):
        line = source.count("\n", 0, control.start()) + 1
        what = f"line {line} holds the control character U+{ord(control[0]):04X}"
        raise fail(name, "binary-source", what, "Give a text file; binary formats are not read yet")
    return source


def _detect(source: str, name: str) -> str:
    """Markdown is what is not visibly something else."""
    if found := _FOREIGN.match(source):
        raise fail(
            name,
            "unknown-format",
            f"the source begins with {found[0].strip()!r}, which is no Markdown",
            f"Give a source in one of: {', '.join(FORMATS)}; or say --format if it is one of these",
        )
    return "markdown"
