"""Figures of sums over opinions, with intervals, and tests of two systems: by resampling opinions.

Opinions are the unit because what stands in one opinion is not independent. Everything here works on
tables with one row of counts for each opinion, whose sums give the figure; so a resample is a row of
weights, and 10,000 of them are one product of matrices.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20_181_022
CONFIDENCE = 0.95

Reals = NDArray[np.float64]
Figure = Callable[[Reals], Reals]
"""From sums of counts, (figures wanted × columns), to the figures; not a number where not defined."""


def estimate(table: Sequence[Sequence[float]], figure: Figure) -> dict[str, Any]:
    """`value` and 95 % percentile `interval` of a figure (Efron & Tibshirani 1993, ch. 13).

    Both are None where the figure is not defined; the interval also for fewer than two opinions,
    because one says nothing of how opinions differ.
    """
    counts = np.array(table, dtype=float)
    if not counts.size:
        return {"value": None, "interval": None}
    point = figure(counts.sum(axis=0, keepdims=True))[0]
    return with_interval(point, figure(resamples(len(counts)) @ counts))


def with_interval(point: Any, spread: Reals) -> dict[str, Any]:
    """A figure, and the interval that its values in resamples give."""
    defined = spread[~np.isnan(spread)]
    tail = 100 * (1 - CONFIDENCE) / 2
    interval = [float(each) for each in np.percentile(defined, [tail, 100 - tail])] if len(defined) else None
    return {"value": value_of(point), "interval": interval}


@lru_cache(maxsize=1)
def resamples(opinions: int) -> Reals:
    """How often each opinion counts in each resample; no resample of fewer than two."""
    if opinions < 2:
        return np.zeros((0, opinions))
    # RandomState's streams are frozen for ever (NEP 19), those of Generator are not.
    random = np.random.RandomState(SEED)
    drawn = random.multinomial(opinions, np.full(opinions, 1 / opinions), size=RESAMPLES).astype(float)
    drawn.flags.writeable = False  # it is shared
    return drawn


def difference(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], figure: Figure
) -> dict[str, Any]:
    """Second system minus first on the same opinions: `value`, `interval`, and `p`.

    `p` is that of the approximate randomisation test (Noreen 1989; Yeh 2000): how often the absolute
    difference is as great when in each opinion the two systems are exchanged by the toss of a coin,
    (1 + exceedings) / (1 + tosses). None where the difference is not defined, or of one opinion.
    """
    a, b = np.array(first, dtype=float), np.array(second, dtype=float)
    if not a.size:
        return {"value": None, "interval": None, "p": None}
    point = (figure(b.sum(axis=0, keepdims=True)) - figure(a.sum(axis=0, keepdims=True)))[0]
    weights = resamples(len(a))
    found = with_interval(point, figure(weights @ b) - figure(weights @ a))
    if len(a) < 2 or found["value"] is None:
        return {**found, "p": None}
    tosses = np.random.RandomState(SEED).randint(2, size=(RESAMPLES, len(a))).astype(float)
    moved = tosses @ (b - a)
    exchanged = figure(b.sum(axis=0) - moved) - figure(a.sum(axis=0) + moved)
    # Sums of halves and thirds differ in the last digit with their order.
    exceeding = np.sum(np.abs(exchanged) >= abs(point) - 1e-12)
    return {**found, "p": float((1 + exceeding) / (1 + RESAMPLES))}


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values corrected for their number by Holm's step-down method (1979); None stays None."""
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    greatest = 0.0
    for rank, (p, index) in enumerate(order):
        greatest = max(greatest, min(1.0, p * (len(order) - rank)))
        corrected[index] = greatest
    return corrected


def divide(a: Any, b: Any) -> Any:
    """A / b, and not a number where b is not positive: the figure is not defined there."""
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=b > 0)


def value_of(figure: Any) -> float | None:
    return None if figure != figure else float(figure)
