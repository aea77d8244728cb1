"""The pinned scorer: pure functions on labelled spans. The same predictions give one number for ever.

Spans are (label, start, end) in code points, half-open. A figure that is not defined is None,
never 0 or 1. A change of any number needs a new `SCORER_VERSION`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from arguendo.annotation import LABELS
from arguendo.offsets import Interval, intersection_over_union

SCORER_VERSION = "1.0"
RESAMPLES = 10_000
SEED = 20_181_022
CONFIDENCE = 0.95
OVERLAP_THRESHOLD = 0.5

LabelledSpan = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What precision, recall and F1 are made of; sums over opinions give micro-averages."""

    matched: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.matched + other.matched, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float | None:
        """Matched / predicted; None if nothing is predicted."""
        return self.matched / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Matched / gold; None if there is no gold."""
        return self.matched / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """2 · matched / (predicted + gold), van Rijsbergen's F with β = 1 (1979, chapter 7).

        0 if one side is empty and the other is not; None if both are.
        """
        total = self.predicted + self.gold
        return 2 * self.matched / total if total else None


def exact_counts(gold: Collection[LabelledSpan], predicted: Collection[LabelledSpan]) -> Counts:
    """Spans that agree in label, start and end; a span given twice counts once."""
    return Counts(len(set(gold) & set(predicted)), len(set(predicted)), len(set(gold)))


def overlap_counts(gold: Collection[LabelledSpan], predicted: Collection[LabelledSpan]) -> Counts:
    """Spans that agree in label and whose intersection over union is 0.5 or more.

    Pairs are one to one and as many as there can be (maximum bipartite matching, by augmenting
    paths), so the order of the spans does not matter.
    """
    return Counts(len(matched_pairs(gold, predicted)), len(set(predicted)), len(set(gold)))


def matched_pairs(
    gold: Collection[LabelledSpan], predicted: Collection[LabelledSpan]
) -> list[tuple[LabelledSpan, LabelledSpan]]:
    """The pairs of `overlap_counts`, gold span first, in the order of the predicted ones."""
    golds, predictions = sorted(set(gold)), sorted(set(predicted))
    partners = [
        [
            index
            for index, (label, start, end) in enumerate(golds)
            if label == each[0] and _alike((start, end), (each[1], each[2]))
        ]
        for each in predictions
    ]
    row_of = _matching(partners)
    found = {row: column for column, row in row_of.items()}
    return [(golds[found[row]], predictions[row]) for row in sorted(found)]


def character_counts(gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]) -> Counts:
    """Code points under each label; a code point under two labels counts once for each."""
    total = Counts()
    golds, predictions = list(gold), list(predicted)
    for label in LABELS:
        a = _merge((s, e) for name, s, e in golds if name == label)
        b = _merge((s, e) for name, s, e in predictions if name == label)
        total += Counts(_shared(a, b), _length(b), _length(a))
    return total


def _alike(a: Interval, b: Interval) -> bool:
    return intersection_over_union(a, b) >= OVERLAP_THRESHOLD


def _matching(partners: Sequence[Sequence[int]]) -> dict[int, int]:
    """A maximum matching, by augmenting paths (Kuhn 1955): the row of each column that has one.

    `partners[i]` are the columns of row i.
    """
    row_of: dict[int, int] = {}
    column_of: dict[int, int] = {}
    for start in range(len(partners)):
        reached_from: dict[int, int] = {}
        free: int | None = None
        queue = [start]
        for row in queue:
            for column in partners[row]:
                if column not in reached_from:
                    reached_from[column] = row
                    if column not in row_of:
                        free = column
                        break
                    queue.append(row_of[column])
            if free is not None:
                break
        while free is not None:
            row = reached_from[free]
            freed = column_of.get(row)
            row_of[free], column_of[row] = row, free
            free = freed
    return row_of


def _merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Union of intervals as disjoint ones in order."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _shared(a: Sequence[Interval], b: Sequence[Interval]) -> int:
    """Code points in both of two lists of disjoint intervals in order."""
    i = j = shared = 0
    while i < len(a) and j < len(b):
        shared += max(0, min(a[i][1], b[j][1]) - max(a[i][0], b[j][0]))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return shared


def _length(intervals: Iterable[Interval]) -> int:
    return sum(end - start for start, end in intervals)


def bootstrap_interval(per_opinion: Sequence[Counts]) -> tuple[float, float] | None:
    """95 % percentile interval of the micro-F1, resampling opinions (Efron & Tibshirani 1993, ch. 13).

    Opinions are the unit because spans of one opinion are not independent. None for fewer than two
    opinions: one opinion says nothing about how opinions differ.
    """
    if len(per_opinion) < 2:
        return None
    import numpy as np

    counts = np.array([[c.matched, c.predicted + c.gold] for c in per_opinion], dtype=np.int64)
    # RandomState's streams are frozen for ever (NEP 19), those of Generator are not.
    random = np.random.RandomState(SEED)
    weights = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES)
    matched, total = (weights @ counts).T
    scores = 2 * matched[total > 0] / total[total > 0]
    if not len(scores):
        return None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(scores, [tail, 100 - tail])
    return float(low), float(high)


MEASURES = {"exact": exact_counts, "overlap": overlap_counts, "characters": character_counts}


def score_span_extraction(
    examples: Sequence[tuple[Sequence[LabelledSpan], Sequence[LabelledSpan]]],
) -> dict[str, Any]:
    """Scores of span-extraction from one (gold, predicted) pair for each opinion.

    The headline is `scores["exact"]["all"]["f1"]`. Under each measure stand `all` (micro-average
    over labels) and each label, with precision, recall, F1, counts, and the F1's interval.
    """
    scores: dict[str, Any] = {}
    for measure, count in MEASURES.items():
        scores[measure] = {}
        for name, labels in (("all", tuple(LABELS)), *((label, (label,)) for label in LABELS)):
            per_opinion = [
                count([s for s in gold if s[0] in labels], [s for s in predicted if s[0] in labels])
                for gold, predicted in examples
            ]
            total = sum(per_opinion, Counts())
            scores[measure][name] = {
                "precision": total.precision,
                "recall": total.recall,
                "f1": total.f1,
                "f1_interval": bootstrap_interval(per_opinion),
                "matched": total.matched,
                "predicted": total.predicted,
                "gold": total.gold,
            }
    return {
        "task": "span-extraction",
        "scorer": SCORER_VERSION,
        "opinions": len(examples),
        "interval": _interval_note(len(examples)),
        "scores": scores,
    }


def _interval_note(opinions: int) -> str:
    if opinions < 2:
        return f"none: {opinions} opinion gives no interval"
    return f"{CONFIDENCE:.0%} percentile bootstrap over {opinions} opinions, {RESAMPLES:,} resamples"
