"""What is counted in one opinion, and the figures that sums of such counts give.

Spans are (label, start, end) in code points, half-open. A figure that is not defined is None or not
a number, never 0 or 1.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from arguendo.annotation import LABELS
from arguendo.bootstrap import Reals, divide
from arguendo.offsets import Interval, intersection_over_union

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
    def row(self) -> tuple[int, int, int]:
        """Matched, predicted, gold: three columns of a table of counts."""
        return self.matched, self.predicted, self.gold

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
    partners = [_partners(each, golds) for each in predictions]
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


def _partners(span: LabelledSpan, golds: Sequence[LabelledSpan]) -> list[int]:
    """The places in `golds`, which are sorted, of the spans that agree with `span`."""
    label, start, end = span
    length = end - start
    # With half of the union shared, it begins at most the span's length before, or half of it after.
    at = bisect_left(golds, (label, start - length, 0))
    found = []
    while at < len(golds) and golds[at][0] == label and golds[at][1] <= start + length / 2:
        if intersection_over_union((golds[at][1], golds[at][2]), (start, end)) >= OVERLAP_THRESHOLD:
            found.append(at)
        at += 1
    return found


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


# --- figures of sums, by rows ------------------------------------------------------------------


def f1(sums: Reals) -> Reals:
    """2 · matched / (predicted + gold) of columns (matched, predicted, gold); see `Counts.f1`."""
    return np.asarray(divide(2 * sums[:, 0], sums[:, 1] + sums[:, 2]))


def macro_f1(sums: Reals) -> Reals:
    """The mean of the F1 of each class; three columns, as for `f1`, for each class.

    A class that is neither predicted nor gold has no F1 and does not count, as in scikit-learn's
    `f1_score(average="macro")`; one that is only one of the two has F1 0.
    """
    return _mean([f1(sums[:, at : at + 3]) for at in range(0, sums.shape[1], 3)])


def macro_f1_of(pairs: Iterable[tuple[Collection[str], Collection[str]]], classes: Sequence[str]) -> float:
    """`macro_f1` of pairs of (gold, predicted) sets of classes."""
    return float(macro_f1(np.array([class_counts(pairs, classes)], dtype=float))[0])


def balanced_accuracy(sums: Reals) -> Reals:
    """The mean recall of the classes that are in gold; columns as for `macro_f1` (Brodersen et al. 2010)."""
    return _mean([np.asarray(divide(sums[:, at], sums[:, at + 2])) for at in range(0, sums.shape[1], 3)])


def ratio(sums: Reals) -> Reals:
    """First column / second: accuracy of (right, all), mean reciprocal rank of (Σ 1/rank, all)."""
    return np.asarray(divide(sums[:, 0], sums[:, 1]))


def reciprocal_rank(ranking: Sequence[str], answers: Collection[str]) -> float:
    """1 / the place of the first right answer in a ranking; 0 if none is in it (Voorhees 1999)."""
    return next((1 / place for place, each in enumerate(ranking, 1) if each in answers), 0.0)


def class_counts(
    pairs: Iterable[tuple[Collection[str], Collection[str]]], classes: Sequence[str]
) -> list[int]:
    """Matched, predicted and gold of each class in turn, of pairs of (gold, predicted) sets of classes."""
    listed = list(pairs)
    return [
        sum(test)
        for each in classes
        for test in (
            [each in gold and each in predicted for gold, predicted in listed],
            [each in predicted for _, predicted in listed],
            [each in gold for gold, _ in listed],
        )
    ]


def _mean(columns: Sequence[Reals]) -> Reals:
    """The mean over the figures that are defined."""
    table = np.stack(columns)
    known = ~np.isnan(table)
    return np.asarray(divide(np.where(known, table, 0).sum(axis=0), known.sum(axis=0)))
