"""Krippendorff's alpha for unitising: agreement on where units lie, label by label."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from arguendo.bootstrap import divide, value_of
from arguendo.offsets import Interval


@dataclass(frozen=True, slots=True)
class Units:
    """What the unitised alpha of one label needs of one opinion; all of it adds up over opinions.

    `length` is that of the text, `units` the units of all annotators (their lengths), `gaps` the
    lengths of the stretches between them, `observed` the sum of squared differences.
    """

    length: int
    units: tuple[int, ...]
    gaps: tuple[int, ...]
    observed: int


def units_of(length: int, by_annotator: Sequence[Sequence[Interval]]) -> Units:
    """The units of one label: for each annotator, disjoint intervals within `[0, length)`."""
    sections = [_sections(length, sorted(units)) for units in by_annotator]
    observed = sum(
        _difference(a, b)
        for first, second in combinations(sections, 2)
        for a in first
        for b in second
        if a[0] < b[1] and b[0] < a[1]
    )
    every = [each for annotator in sections for each in annotator]
    units = tuple(end - start for start, end, is_unit in every if is_unit)
    gaps = tuple(end - start for start, end, is_unit in every if not is_unit)
    # Each pair of annotators counts in both directions.
    return Units(length, units, gaps, 2 * observed)


def _sections(length: int, units: Sequence[Interval]) -> list[tuple[int, int, bool]]:
    """Units and the gaps between them, tiling the text."""
    found: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in units:
        if at < start:
            found.append((at, start, False))
        found.append((start, end, True))
        at = end
    if at < length:
        found.append((at, length, False))
    return found


def _difference(a: tuple[int, int, bool], b: tuple[int, int, bool]) -> int:
    """Krippendorff's squared difference of two sections that overlap."""
    if a[2] and b[2]:
        return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
    for unit, gap in ((a, b), (b, a)):
        if unit[2] and not gap[2] and gap[0] <= unit[0] and unit[1] <= gap[1]:
            return (unit[1] - unit[0]) ** 2
    return 0


def unitised_alpha(
    parts: Sequence[Units], annotators: int, weights: Sequence[Sequence[int]] | None = None
) -> list[float | None]:
    """α_U of one label (Krippendorff 2004, Quality & Quantity 38: 787–800, eqs. 4 to 8).

    1 − D_o / D_e, where D_o is the mean squared difference of what two annotators marked at the same
    place, and D_e what it would be if their units lay anywhere in the text. `weights` say how often
    each part counts, one row for each figure wanted; without them there is one figure, of all parts.
    None where nobody marked anything (or all of it), so that no disagreement could be.
    """
    import numpy as np

    rows = np.array(weights if weights is not None else [[1] * len(parts)], dtype=float)
    return [value_of(figure) for figure in 1 - divide(*disagreements(parts, annotators, rows))]


def disagreements(parts: Sequence[Units], annotators: int, rows: Any) -> tuple[Any, Any]:
    """D_o and D_e for each row of weights."""
    import numpy as np

    m = annotators
    length = rows @ np.array([part.length for part in parts], dtype=float)
    count = rows @ np.array([len(part.units) for part in parts], dtype=float)
    own = rows @ np.array([sum(2 * b**3 - 3 * b**2 + b for b in part.units) for part in parts], dtype=float)
    room = np.array([[_room(a.units, b.gaps) for b in parts] for a in parts], dtype=float)
    across = np.einsum("ri,ij,rj->r", rows, room, rows)
    within = rows @ np.array([sum(b * (b - 1) for b in part.units) for part in parts], dtype=float)
    observed = rows @ np.array([part.observed for part in parts], dtype=float)
    observed = observed / (m * (m - 1) * length**2)
    expected = (2 / length) * ((count - 1) / 3 * own + across) / (m * length * (m * length - 1) - within)
    return observed, expected


def _room(units: Sequence[int], gaps: Sequence[int]) -> int:
    """How the units could lie within the gaps: Σ b² (l − b + 1) over all that fit."""
    return sum(b * b * (gap - b + 1) for b in units for gap in gaps if gap >= b)
