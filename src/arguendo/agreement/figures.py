"""How far annotators agree: figures with intervals, from two or more readings of the same texts.

All sums are over opinions, so that the intervals can be had by resampling opinions. A figure that
is not defined (one annotator, a label nobody used) is None, never 0 or 1.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from typing import Any

from arguendo.agreement.gamma import gamma
from arguendo.agreement.nominal import Table, alphas, both_ways, kappas
from arguendo.agreement.unitising import Units, disagreements, units_of
from arguendo.annotation import LABELS, RELATIONS, Annotation, Span
from arguendo.bootstrap import CONFIDENCE, RESAMPLES, divide, estimate, resamples, with_interval
from arguendo.metrics import Counts, LabelledSpan, exact_counts, f1, matched_pairs, overlap_counts, ratio
from arguendo.opinion import Opinion
from arguendo.tasks import sentence_labels

GAMMA = "γ, mean over pairs of readings"
Count = Callable[[Collection[LabelledSpan], Collection[LabelledSpan]], Counts]


@dataclass(frozen=True, slots=True)
class Double:
    """An opinion and the readings of it, each by another annotator, in the order of their names."""

    opinion: Opinion
    readings: tuple[Annotation, ...]

    @property
    def pairs(self) -> Iterator[tuple[Annotation, Annotation]]:
        return combinations(self.readings, 2)


def character_table(double: Double, labels: Sequence[str]) -> dict[tuple[str, str], float]:
    """Coincidences of the sets of `labels` that characters stand under, over all annotators.

    With m annotators each pair counts 1/(m − 1), as in Krippendorff's coincidence matrix.
    """
    length = len(double.opinion.text)
    borders = sorted(
        {0, length, *(edge for each in double.readings for s in each.spans for edge in (s.start, s.end))}
    )
    table: dict[tuple[str, str], float] = {}
    weight = 1 / (len(double.readings) - 1)
    under = [_covers(each, borders, labels) for each in double.readings]
    for index in range(len(borders) - 1):
        size = borders[index + 1] - borders[index]
        for a, b in combinations([values[index] for values in under], 2):
            for pair in ((a, b), (b, a)):
                table[pair] = table.get(pair, 0) + size * weight
    return table


def _covers(annotation: Annotation, borders: Sequence[int], labels: Sequence[str]) -> list[str]:
    """For each stretch between borders, the labels it stands under, as one word."""
    spans = [span for span in annotation.spans if span.label in labels]
    return [
        "+".join(label for label in labels if any(s.label == label and s.start <= at < s.end for s in spans))
        for at in borders[:-1]
    ]


# --- spans, attributes, relations --------------------------------------------------------------


def _labelled(annotation: Annotation, labels: Sequence[str]) -> list[LabelledSpan]:
    return [(span.label, span.start, span.end) for span in annotation.spans if span.label in labels]


def matched_spans(a: Annotation, b: Annotation) -> list[tuple[Span, Span]]:
    """Spans of two readings that mean the same: one label, and intersection over union 0.5 or more."""
    pairs = matched_pairs(_labelled(a, tuple(LABELS)), _labelled(b, tuple(LABELS)))
    by_place = [{(s.label, s.start, s.end): s for s in each.spans} for each in (a, b)]
    return [(by_place[0][first], by_place[1][second]) for first, second in pairs]


def relation_counts(a: Annotation, b: Annotation, types: Sequence[str]) -> Counts:
    """Relations of the second reading found in the first; only those between matched spans count."""
    partner = {second.id: first.id for first, second in matched_spans(a, b)}
    known = set(partner.values())
    ours = {
        (r.type, r.source, r.target)
        for r in a.relations
        if r.type in types and r.source in known and r.target in known
    }
    theirs = {
        (r.type, partner[r.source], partner[r.target])
        for r in b.relations
        if r.type in types and r.source in partner and r.target in partner
    }
    return Counts(len(ours & theirs), len(theirs), len(ours))


# --- all figures -------------------------------------------------------------------------------


def agreement(doubles: Sequence[Double]) -> dict[str, Any]:
    """All figures of opinions that two or more annotators have read; each with its 95 % interval.

    Spans are compared in pairs of annotators, all pairs together. `figures` is by measure, then by
    label (`all` is all labels together), attribute or relation type; `n` is what a figure rests on:
    spans, characters, sentences or relations of all annotators. γ needs SciPy, and is left out without.
    """
    groups = {**{label: (label,) for label in LABELS}, "all": tuple(LABELS)}
    types = {**{each: (each,) for each in RELATIONS}, "all": tuple(RELATIONS)}
    figures = {
        "span F1, exact": {k: _span_f1(doubles, exact_counts, v) for k, v in groups.items()},
        "span F1, overlap": {k: _span_f1(doubles, overlap_counts, v) for k, v in groups.items()},
        "α, unitised": {k: _unitised(doubles, v) for k, v in groups.items()},
        "α, characters": {
            k: _of_tables([character_table(each, v) for each in doubles], alphas) for k, v in groups.items()
        },
        "α, sentences": {
            k: _of_tables([_sentence_table(each, v, True) for each in doubles], alphas)
            for k, v in groups.items()
        },
        "κ, sentences": {
            k: _of_tables([_sentence_table(each, v, False) for each in doubles], kappas)
            for k, v in groups.items()
        },
        "α, attributes of matched spans": {
            f"{label} {name}": _of_tables([_attribute_table(each, label, name) for each in doubles], alphas)
            for label, names in LABELS.items()
            for name in names
        },
        "relation F1, on matched spans": {k: _relation_f1(doubles, v) for k, v in types.items()},
    }
    if find_spec("scipy"):
        figures[GAMMA] = {"all": _gamma(doubles)}
    readings = [reading for each in doubles for reading in each.readings]
    return {
        "opinions": len(doubles),
        "annotators": sorted({each.annotator for each in readings}),
        "rounds": sorted({each.round for each in readings}),
        "spans": {label: sum(s.label == label for r in readings for s in r.spans) for label in LABELS},
        "interval": f"{CONFIDENCE:.0%} percentile bootstrap over opinions, {RESAMPLES:,} resamples",
        "figures": figures,
    }


def _span_f1(doubles: Sequence[Double], count: Count, labels: Sequence[str]) -> dict[str, Any]:
    return _f1(
        [[count(_labelled(a, labels), _labelled(b, labels)) for a, b in each.pairs] for each in doubles]
    )


def _relation_f1(doubles: Sequence[Double], types: Sequence[str]) -> dict[str, Any]:
    return _f1([[relation_counts(a, b, types) for a, b in each.pairs] for each in doubles])


def _f1(counts: Sequence[Sequence[Counts]]) -> dict[str, Any]:
    """Micro-F1 over all pairs of annotators; it does not matter which of them is called gold."""
    sums = [sum(each, Counts()) for each in counts]
    return {**estimate([each.row for each in sums], f1), "n": sum(s.predicted + s.gold for s in sums)}


def _of_tables(tables: Sequence[Table], figures: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """A figure of a table whose cells add up over opinions."""
    cells = sorted({cell for table in tables for cell in table})
    rows = [[table.get(cell, 0) for cell in cells] for table in tables]
    if not cells:
        return {"value": None, "interval": None, "n": 0}
    found = estimate(rows, lambda sums: figures(cells, sums))
    return {**found, "n": round(sum(map(sum, rows)))}


def _unitised(doubles: Sequence[Double], labels: Sequence[str]) -> dict[str, Any]:
    """α_U of one label, or of several: 1 − Σ D_o / Σ D_e over labels.

    Not defined where opinions have different numbers of annotators.
    """
    import numpy as np

    annotators = {len(each.readings) for each in doubles}
    if len(annotators) != 1:
        return {"value": None, "interval": None, "n": 0}
    rows = np.vstack([np.ones((1, len(doubles))), resamples(len(doubles))])
    observed = expected = np.zeros(len(rows))
    count = 0
    for label in labels:
        parts = [_units(each, label) for each in doubles]
        count += sum(len(part.units) for part in parts)
        o, e = disagreements(parts, min(annotators), rows)
        observed, expected = observed + o, expected + e
    figures = 1 - divide(observed, expected)
    return {**with_interval(figures[0], figures[1:]), "n": count}


def _gamma(doubles: Sequence[Double]) -> dict[str, Any]:
    rows, count = [], 0
    for double in doubles:
        spans = [_labelled(each, tuple(LABELS)) for each in double.readings]
        found = [gamma(len(double.opinion.text), a, b) for a, b in combinations(spans, 2)]
        defined = [each for each in found if each is not None]
        rows.append((sum(defined), len(defined)))
        count += sum(map(len, spans))
    return {**estimate(rows, ratio), "n": count}


def _units(double: Double, label: str) -> Units:
    marked = [[(s.start, s.end) for s in each.spans if s.label == label] for each in double.readings]
    return units_of(len(double.opinion.text), marked)


def _sentence_table(double: Double, labels: Sequence[str], symmetric: bool) -> Table:
    """What pairs of annotators say of each sentence: which of `labels` it has."""
    sentences = [(each.start, each.end) for each in double.opinion.sentences]
    marked = [[(s.label, s.start, s.end) for s in each.spans] for each in double.readings]
    roles = [sentence_labels(sentences, each) for each in marked]
    values = [["+".join(label for label in labels if label in found) for found in each] for each in roles]
    pairs = [pair for a, b in combinations(values, 2) for pair in zip(a, b, strict=True)]
    return both_ways(pairs, 1 / (len(values) - 1)) if symmetric else Counter(pairs)


def _attribute_table(double: Double, label: str, attribute: str) -> Table:
    """The values of an attribute that two annotators gave to what both of them marked."""
    return both_ways(
        [
            (str(getattr(first, attribute)), str(getattr(second, attribute)))
            for a, b in double.pairs
            for first, second in matched_spans(a, b)
            if first.label == label
        ]
    )
