"""Annotations moved onto a changed text, without the old one.

A stored span has a digest of its words, not the words. So each span is sought in the new text by
its length and digest; where its words stand several times, the place is taken that lies nearest to
where the spans before it moved.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from arguendo.annotation import Annotation, Span
from arguendo.offsets import DIGEST_LENGTH, Interval, sha256


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of an annotation: itself on the new text, and each span that moved or was lost.

    `annotation` is None where a span is lost: nothing is left out without somebody's decision.
    """

    annotation: Annotation | None
    moved: tuple[tuple[Span, Interval], ...]
    lost: tuple[Span, ...]


def reanchor(annotation: Annotation, text: str) -> Moved:
    """An annotation on `text`, which is the text it was made on with changes here and there.

    Spans whose words changed are lost: they have to be marked again. Time grows with the length of
    the text times the number of lengths of spans.
    """
    places = _places(annotation.spans, text)
    shift = 0
    spans: list[Span] = []
    moved: list[tuple[Span, Interval]] = []
    lost: list[Span] = []
    for span in annotation.spans:
        starts = places.get((span.end - span.start, span.digest), [])
        if not starts:
            lost.append(span)
            continue
        start = min(starts, key=lambda at: (abs(at - span.start - shift), at))
        shift = start - span.start
        end = start + span.end - span.start
        if shift:
            moved.append((span, (start, end)))
        spans.append(replace(span, start=start, end=end))
    spans.sort(key=lambda s: (s.start, -s.end, s.label, s.id))
    new = replace(annotation, text_sha256=sha256(text), spans=tuple(spans))
    return Moved(None if lost else new, tuple(moved), tuple(lost))


def _places(spans: Sequence[Span], text: str) -> dict[tuple[int, str], list[int]]:
    """Where stretches with the spans' lengths and digests begin."""
    wanted = {(span.end - span.start, span.digest) for span in spans}
    found: dict[tuple[int, str], list[int]] = {}
    for length in {length for length, _ in wanted}:
        for start, digest in _digests(text, length):
            if (length, digest) in wanted:
                found.setdefault((length, digest), []).append(start)
    return found


def _digests(text: str, length: int) -> Iterator[tuple[int, str]]:
    """The digest of every stretch of a length that spans can have: no white space at its ends."""
    for start in range(len(text) - length + 1):
        if not text[start].isspace() and not text[start + length - 1].isspace():
            stretch = text[start : start + length]
            yield start, hashlib.sha256(stretch.encode()).hexdigest()[:DIGEST_LENGTH]
