"""The gamma of Mathet, Widlöcher and Métivier: agreement on where units lie and what they are, together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arguendo.annotation import LABELS
from arguendo.bootstrap import SEED, Reals
from arguendo.metrics import LabelledSpan

OFFSETS = 25  # each with the four ways to draw two readings of two: 100 pairs
_EMPTY = 1.0  # Δ∅, the disorder of a unit that nobody answers; all others are measured by it


@dataclass(frozen=True, slots=True)
class _Units:
    """Units of one annotator: start, length (code points) and number of the label of each."""

    starts: Reals
    lengths: Reals
    labels: NDArray[np.int64]


def gamma(length: int, a: Sequence[LabelledSpan], b: Sequence[LabelledSpan]) -> float | None:
    """γ of two annotators of one text of `length` code points (Computational Linguistics 41 (3), 2015).

    1 − δ_o / δ_e: the disorder of the best alignment of their units, over the mean one of 100 pairs
    of chance readings. A chance reading is one annotator's units, of each as often as of the other,
    all moved by one random offset round the end of the text. The dissimilarity is the paper's
    with α = β = Δ∅ = 1 (positions sporadic, labels nominal). None if neither marked anything.

    Raises:
        ImportError: SciPy, the extra `[gamma]`, is not installed.
    """
    if not a and not b:
        return None
    readings = _units(a), _units(b)
    offsets = np.random.RandomState(SEED).randint(length, size=(OFFSETS, 2))
    chance = [
        _disorder(_moved(first, x, length), _moved(second, y, length))
        for x, y in offsets
        for first in readings
        for second in readings
    ]
    defined = [each for each in chance if each is not None]
    observed = disorder(a, b)
    return None if observed is None else 1 - observed / float(np.mean(defined))


def disorder(
    a: Sequence[LabelledSpan], b: Sequence[LabelledSpan], position: float = 1.0, category: float = 1.0
) -> float | None:
    """δ of the best alignment of two readings, per unit of one annotator; None without any unit.

    `position` and `category` are the paper's α and β.
    """
    return _disorder(_units(a), _units(b), position, category)


def _units(spans: Sequence[LabelledSpan]) -> _Units:
    names = list(LABELS)
    table = np.array([(start, end - start, names.index(label)) for label, start, end in spans], dtype=float)
    starts, lengths, labels = table.reshape(-1, 3).T
    return _Units(starts, lengths, labels.astype(np.int64))


def _moved(units: _Units, offset: int, length: int) -> _Units:
    return _Units((units.starts + offset) % length, units.lengths, units.labels)


def _disorder(a: _Units, b: _Units, position: float = 1.0, category: float = 1.0) -> float | None:
    """Two units are best left unaligned where that costs less, which is 2 Δ∅ for both."""
    from scipy.optimize import linear_sum_assignment

    sizes = len(a.starts), len(b.starts)
    if not sum(sizes):
        return None
    starts = np.abs(np.subtract.outer(a.starts, b.starts))
    ends = np.abs(np.subtract.outer(a.starts + a.lengths, b.starts + b.lengths))
    apart = ((starts + ends) / np.add.outer(a.lengths, b.lengths)) ** 2
    costs = position * apart + category * np.not_equal.outer(a.labels, b.labels)
    costs = np.minimum(costs * _EMPTY, 2 * _EMPTY)
    total = costs[linear_sum_assignment(costs)].sum() + _EMPTY * abs(sizes[0] - sizes[1])
    return float(total / (sum(sizes) / 2))
