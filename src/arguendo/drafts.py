"""Drafts: annotations that name their spans by sentence numbers or quotation, for hand and machine alike.

A draft is TOML; the format is shown in annotations/GUIDELINES.md. `numbered` prints an opinion with
the numbers of its sentences; `anchor` finds each span in the opinion and gives the annotation with
offsets and digests.
"""

import tomllib
from collections.abc import Sequence
from typing import Any

from arguendo.annotation import ATTRIBUTES, RELATIONS, Annotation, Issue, Relation, Span
from arguendo.errors import CorpusError, Problem, fail
from arguendo.offsets import Interval, digest, find_quotation, line_and_column, sha256
from arguendo.opinion import Opinion, Sentence
from arguendo.validate import problem, schema_findings

_PREVIEW = 60


def parse_draft(toml: str, where: str) -> dict[str, Any]:
    """Read a draft and check its shape.

    Raises:
        CorpusError: with everything that is wrong with the draft's shape.
    """
    try:
        draft = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise fail(where, "draft-toml", f"not TOML: {error}", "Mend the line named") from None
    if problems := [problem(where, finding) for finding in schema_findings(draft, "draft")]:
        raise CorpusError(problems)
    return draft


def numbered(opinion: Opinion) -> str:
    """The opinion's text, `[n]` before its nth sentence, counted from 1; what is no paragraph is named."""
    lines: list[str] = []
    numbers = {sentence.start: number for number, sentence in enumerate(opinion.sentences, 1)}
    starts = sorted({0, *numbers, *(block.start for block in opinion.blocks)})
    kinds = {block.start: block for block in reversed(opinion.blocks)}
    for start, end in zip(starts, [*starts[1:], len(opinion.text)], strict=True):
        words = " ".join(opinion.text[start:end].split())
        block = kinds.get(start)
        if block:
            name = block.kind.replace("_", " ") + (f" {block.number}" if block.number else "")
            lines += ["", f"({name})"] if block.kind != "paragraph" else [""]
        if words:
            lines.append(f"[{numbers[start]}] {words}" if start in numbers else words)
    return "\n".join(lines).strip() + "\n"


def anchor(draft: dict[str, Any], opinion: Opinion, where: str) -> Annotation:
    """The annotation that a draft (from `parse_draft`) means on the canonical text of `opinion`.

    Raises:
        CorpusError: naming every quotation that is absent, or that fits several places, and every
            sentence that there is not.
    """
    text = opinion.text
    problems: list[Problem] = []
    spans: list[Span] = []
    relations: list[Relation] = []
    for index, entry in enumerate(draft.get("span", [])):
        at = f"{where}#/span/{index}"
        for type_ in RELATIONS:
            relations += [Relation(type_, entry["id"], target) for target in entry.get(type_, [])]
        place = _place(entry, opinion, at, problems)
        if place is None:
            continue
        start, end = place
        mark = digest(text, start, end)
        attributes = {name: entry[name] for name in ATTRIBUTES if name in entry}
        spans.append(Span(entry["id"], entry["label"], start, end, mark, entry["issue"], **attributes))
    if problems:
        raise CorpusError(problems)
    return Annotation(
        opinion=draft["opinion"],
        text_sha256=sha256(text),
        annotator=draft["annotator"],
        round=draft["round"],
        guidelines=draft["guidelines"],
        comment=draft.get("comment"),
        issues=tuple(Issue(e["id"], e["title"], e.get("parent")) for e in draft.get("issue", [])),
        spans=tuple(sorted(spans, key=lambda s: (s.start, -s.end, s.label, s.id))),
        relations=tuple(sorted(relations, key=lambda r: (r.type, r.source, r.target))),
    )


def _place(entry: dict[str, Any], opinion: Opinion, at: str, problems: list[Problem]) -> Interval | None:
    """The one place that a draft span's sentences or quotation mean, or None and a problem."""
    within = 0, len(opinion.text)
    if "sentences" in entry:
        found = _sentences(entry["sentences"], opinion.sentences)
        if found is None:
            message = f"span {entry['id']!r}: no sentences {entry['sentences']} of {len(opinion.sentences)}"
            hint = "Number them as `arguendo read` does, first to last"
            problems.append(Problem(f"{at}/sentences", "sentences-absent", message, hint))
            return None
        if "quote" not in entry:
            return found
        within = found
    text = opinion.text
    places = [(a, b) for a, b in find_quotation(text, entry["quote"]) if within[0] <= a and b <= within[1]]
    quote = f"span {entry['id']!r}: “{_shorten(entry['quote'])}”"
    if not places:
        hint = f"Copy the words from the opinion's text. {_nearest(text, entry['quote'])}".rstrip()
        problems.append(Problem(f"{at}/quote", "quote-absent", f"{quote} is not in the text", hint))
        return None
    nth = entry.get("nth")
    if nth is None and len(places) > 1:
        seen = "; ".join(_at(text, start) for start, _ in places[:5])
        message = f"{quote} is in {len(places)} places: {seen}"
        hint = "Quote more words, name the sentence, or say nth = 1, 2, …"
        problems.append(Problem(f"{at}/quote", "quote-ambiguous", message, hint))
        return None
    if nth is not None and nth > len(places):
        message = f"{quote} is in {len(places)} places, not {nth}"
        problems.append(Problem(f"{at}/nth", "quote-absent", message, "Count again"))
        return None
    return places[(nth or 1) - 1]


def _sentences(numbers: str, sentences: Sequence[Sentence]) -> Interval | None:
    """From the first to the last of "12" or "12-14", counted from 1."""
    first, _, last = numbers.partition("-")
    low, high = int(first), int(last or first)
    if not 1 <= low <= high <= len(sentences):
        return None
    return sentences[low - 1].start, sentences[high - 1].end


def _nearest(text: str, quote: str) -> str:
    """Where the longest beginning of a quotation stands that is in the text, as a hint."""
    words = quote.split("[...]")[0].split()
    for count in range(len(words) - 1, 2, -1):
        if places := find_quotation(text, " ".join(words[:count])):
            return f"Its first {count} words stand at {_at(text, places[0][0])}; then the text differs"
    return ""


def _at(text: str, offset: int) -> str:
    line, column = line_and_column(text, offset)
    return f"line {line}, column {column} (“{_shorten(text[offset : offset + _PREVIEW])}”)"


def _shorten(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) < _PREVIEW else flat[: _PREVIEW - 1] + "…"
