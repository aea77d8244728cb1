"""Rules on an opinion's record, its text and its source; and on rows of the manifest."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from arguendo.offsets import sha256
from arguendo.records import Record, edit_from_record
from arguendo.sourcemap import rebuild
from arguendo.validate.rules import Finding
from arguendo.validate.schema import schema_findings


def opinion_findings(record: Any, text: str, source: bytes | None = None) -> Iterator[Finding]:
    """Everything wrong with an opinion's record, its canonical text and (if given) its source."""
    broken = list(schema_findings(record, "opinion"))
    if broken:
        yield from broken
        return
    for rule in (_text, _ranges, _sub_opinions, _blocks, _sentences, _citations, _pages, _source_map):
        yield from rule(record, text)
    if source is not None and (
        len(source) != record["source"]["bytes"] or _sha(source) != record["source"]["sha256"]
    ):
        yield "source-hash", "/source", "the source file has other bytes than the record says"


def _text(record: Record, text: str) -> Iterator[Finding]:
    meta = record["metadata"]
    if sha256(text) != record["text_sha256"]:
        yield "text-hash", "/text_sha256", "the text has another hash"
    if not unicodedata.is_normalized("NFC", text):
        yield "text-form", "", "the text is not in Unicode normal form C"
    if "\r" in text or "\n\n\n" in text or text != text.strip():
        yield "text-form", "", "the text has a carriage return, two blank lines, or white space at its ends"
    court, date = meta["court"], meta["date"]
    if not (record["id"].startswith(f"{court}.") and record["id"].endswith(f".{date}")):
        yield "opinion-id", "/id", f"{record['id']!r} does not fit court {court!r} and date {date!r}"


def _ranges(record: Record, text: str) -> Iterator[Finding]:
    for name in ("sub_opinions", "blocks", "emphasis", "sentences", "citations"):
        for index, item in enumerate(record[name]):
            if not item["start"] < item["end"] <= len(text):
                message = f"[{item['start']}, {item['end']}) in a text of {len(text)} code points"
                yield "offset-range", f"/{name}/{index}", message


def _sub_opinions(record: Record, text: str) -> Iterator[Finding]:
    previous = 0
    starts = {block["start"] for block in record["blocks"] if block["kind"] != "footnote"}
    for index, part in enumerate(record["sub_opinions"]):
        at = f"/sub_opinions/{index}"
        if part["start"] < previous:
            yield "sub-opinion-order", at, "the sub-opinion begins before the one before it ends"
        if part["start"] not in starts:
            yield "sub-opinion-order", at, f"no block of the body begins at {part['start']}"
        previous = max(previous, part["end"])


_TAG = re.compile(r"<[^<>]*>?")


def _is_mark(character: str) -> bool:
    return character.isalnum() or character in "*†‡§"


_BLOCK_FIELDS = {"caption": {"part"}, "heading": {"level"}, "footnote": {"number"}}
_BLOCK_OPTIONAL = {"heading": {"label"}, "footnote": {"anchor", "continues"}, "paragraph": {"continues"}}


def _blocks(record: Record, text: str) -> Iterator[Finding]:
    blocks = record["blocks"]
    numbers = {block.get("number") for block in blocks}
    open_ends: list[int] = []
    covered = 0
    before = (-1, 0)
    for index, block in enumerate(blocks):
        at, start, end = f"/blocks/{index}", block["start"], block["end"]
        if (start, -end) <= before:
            yield "block-order", at, "the block stands before the one listed before it"
        before = (start, -end)
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            yield "block-order", at, "the block crosses the end of the one around it"
        open_ends.append(end)
        if any(map(str.isalnum, text[covered:start])):
            yield "block-gap", at, f"the text [{covered}, {start}) before it is in no block"
        covered = max(covered, end)
        fields = block.keys() - {"kind", "start", "end"}
        required = _BLOCK_FIELDS.get(block["kind"], set())
        allowed = required | _BLOCK_OPTIONAL.get(block["kind"], set())
        for field in sorted((required - fields) | (fields - allowed)):
            what = "lacks" if field in required else "has no use for"
            yield "block-field", at, f"a {block['kind']} {what} {field!r}"
        if block["kind"] == "footnote":
            yield from _anchor(block, at, len(text))
    if any(map(str.isalnum, text[covered:])):
        yield "block-gap", "/blocks", f"the text from {covered} on is in no block"
    for index, edit in enumerate(record["source_map"]):
        mark = _TAG.sub("", edit.get("was", "")) if edit.get("why") == "footnote_mark" else ""
        if any(map(_is_mark, mark)) and not any(n and n in mark for n in numbers):
            yield "footnote-mark", f"/source_map/{index}", f"the mark {mark!r} has no footnote"


def _anchor(block: Record, at: str, length: int) -> Iterator[Finding]:
    anchor = block.get("anchor")
    if anchor is None and block.get("continues"):
        return
    if anchor is None:
        yield "footnote-anchor", at, f"footnote {block.get('number')} has no anchor"
    elif anchor > length or block["start"] <= anchor <= block["end"]:
        yield "footnote-anchor", f"{at}/anchor", f"{anchor} is in the footnote itself or outside the text"


def _sentences(record: Record, text: str) -> Iterator[Finding]:
    edges = sorted({block[name] for block in record["blocks"] for name in ("start", "end")})
    previous = 0
    edge = 0
    for index, sentence in enumerate(record["sentences"]):
        start, end = sentence["start"], sentence["end"]
        if start < previous:
            yield "sentence-block", f"/sentences/{index}", "the sentence begins before the one before it ends"
        previous = max(previous, end)
        while edge < len(edges) and edges[edge] <= start:
            edge += 1
        if edge < len(edges) and edges[edge] < end:
            yield (
                "sentence-block",
                f"/sentences/{index}",
                f"the sentence crosses a block's edge at {edges[edge]}",
            )


def _citations(record: Record, text: str) -> Iterator[Finding]:
    citations = record["citations"]
    previous = 0
    for index, citation in enumerate(citations):
        at = f"/citations/{index}"
        if citation["start"] < previous:
            yield "citation-order", at, "the citation begins before the one before it ends"
        previous = max(previous, citation["end"])
        antecedent = citation.get("antecedent")
        if antecedent is not None and not (antecedent < index and citations[antecedent]["form"] == "full"):
            yield "citation-antecedent", f"{at}/antecedent", f"{antecedent} is no earlier full citation"


def _pages(record: Record, text: str) -> Iterator[Finding]:
    previous = 0
    for index, page in enumerate(record["pages"]):
        if not previous <= page["start"] <= len(text):
            yield (
                "page-order",
                f"/pages/{index}",
                f"{page['start']} is before the last page or outside the text",
            )
        previous = page["start"]


def _source_map(record: Record, text: str) -> Iterator[Finding]:
    edits = [edit_from_record(edit) for edit in record["source_map"]]
    position = 0
    for index, edit in enumerate(edits):
        length = edit.source_end - edit.source_start
        if edit.source_start != position or length < 0:
            yield "source-map-cover", f"/source_map/{index}/source", f"expected to begin at {position}"
        if length != (len(edit.was or "") if edit.op != "copy" else edit.text_end - edit.text_start):
            yield "source-map-cover", f"/source_map/{index}", "its two sides, or `was`, differ in length"
        position = edit.source_end
    position = 0
    for start, end in sorted((e.text_start, e.text_end) for e in edits if e.op != "drop"):
        if start != position or end <= start:
            yield (
                "source-map-cover",
                "/source_map",
                f"text from {position} to {start} comes from nowhere or twice",
            )
        position = end
    if position != len(text):
        yield "source-map-cover", "/source_map", f"text from {position} to {len(text)} comes from nowhere"
    source = record["source"]
    if _sha(rebuild(text, edits).encode()) != source.get("glyphs_sha256", source["sha256"]):
        yield "source-map-rebuild", "/source_map", "the source rebuilt from text and map is another"


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest_findings(row: Any, others: Iterable[str]) -> Iterator[Finding]:
    """Everything wrong with a row of the manifest; `others` are the ids of all other opinions."""
    broken = list(schema_findings(row, "manifest-row"))
    yield from broken
    if not broken and row["id"] in set(others):
        yield "manifest-double", "/id", f"opinion {row['id']!r} is here twice"
