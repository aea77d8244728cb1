"""Where two readings of an opinion differ, each difference with its kind and its spans."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from arguendo.agreement.figures import Double, matched_spans
from arguendo.annotation import LABELS, Annotation, Span
from arguendo.offsets import share_of_shorter

KINDS = ("label", "missing", "extent", "attribute", "relation")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A difference between two annotators, the first and the second by name.

    `kind` is `label` (the same stretch has other labels), `missing` (one of them marked nothing
    there), `extent` (both marked it, with other borders), `attribute` (named in `what`), or
    `relation`. `first` and `second` are what each marked; empty where a side has nothing.
    """

    opinion: str
    kind: str
    annotators: tuple[str, str]
    what: str
    first: tuple[Span, ...]
    second: tuple[Span, ...]

    @property
    def start(self) -> int:
        return min(span.start for span in (*self.first, *self.second))


_Spans = Sequence[Span]
_Differ = Callable[[str, str, _Spans, _Spans], Disagreement]


def disagreements(double: Double) -> list[Disagreement]:
    """All differences of all pairs of annotators, by kind, then by place."""
    found = [each for a, b in double.pairs for each in _of_pair(a, b)]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.start, each.what, each.annotators))


def _of_pair(a: Annotation, b: Annotation) -> Iterator[Disagreement]:
    names = (a.annotator, b.annotator)
    pairs = matched_spans(a, b)

    def differ(kind: str, what: str, first: _Spans, second: _Spans) -> Disagreement:
        return Disagreement(a.opinion, kind, names, what, tuple(first), tuple(second))

    for first, second in pairs:
        if (first.start, first.end) != (second.start, second.end):
            yield differ("extent", first.label, [first], [second])
        for name in LABELS[first.label]:
            values = getattr(first, name), getattr(second, name)
            if values[0] != values[1]:
                what = f"{first.label} {name}: {values[0]} or {values[1]}"
                yield differ("attribute", what, [first], [second])
    both = {first.id for first, _ in pairs}, {second.id for _, second in pairs}
    alone = [s for s in a.spans if s.id not in both[0]], [s for s in b.spans if s.id not in both[1]]
    yield from _unmatched(*alone, differ)
    yield from _relations(a, b, pairs, differ)


def _unmatched(first: _Spans, second: _Spans, differ: _Differ) -> Iterator[Disagreement]:
    """Spans that only one annotator has: under another label at the same place, or not at all."""
    rest = list(second)
    for span in first:
        others = (each for each in rest if each.label != span.label and same_place(span, each))
        if other := next(others, None):
            rest.remove(other)
            yield differ("label", f"{span.label} or {other.label}", [span], [other])
        else:
            yield differ("missing", span.label, [span], [])
    for span in rest:
        yield differ("missing", span.label, [], [span])


def _relations(
    a: Annotation, b: Annotation, pairs: Sequence[tuple[Span, Span]], differ: _Differ
) -> Iterator[Disagreement]:
    """Relations between spans that both marked, drawn by one of them."""
    partner = {second.id: first for first, second in pairs}
    mine = {first.id: second for first, second in pairs}
    own = {span.id: span for span in a.spans}
    other = {span.id: span for span in b.spans}
    ours = {(r.type, r.source, r.target) for r in a.relations if r.source in mine and r.target in mine}
    theirs = {
        (r.type, partner[r.source].id, partner[r.target].id): r
        for r in b.relations
        if r.source in partner and r.target in partner
    }
    for type_, source, target in sorted(ours - theirs.keys()):
        yield differ("relation", type_, [own[source], own[target]], [])
    for key in sorted(theirs.keys() - ours):
        relation = theirs[key]
        yield differ("relation", relation.type, [], [other[relation.source], other[relation.target]])


def same_place(a: Span, b: Span) -> bool:
    """Whether two spans share half of the shorter one, whatever their labels."""
    return share_of_shorter((a.start, a.end), (b.start, b.end)) >= 0.5
