"""Agreement on values: Krippendorff's alpha for nominal data, Cohen's kappa, from tables that add up."""

from collections.abc import Mapping, Sequence
from typing import Any

from arguendo.bootstrap import divide, value_of

Table = Mapping[tuple[str, str], float]
"""How often two annotators gave two values to the same thing."""


def nominal_alpha(table: Table) -> float | None:
    """Krippendorff's alpha for nominal data from a coincidence table (Krippendorff 2004, ch. 11).

    1 − (n − 1) · Σ o(c,k) / Σ n(c) n(k), over c ≠ k; the table holds each pair in both orders. None
    where only one value was ever used.
    """
    return value_of(alphas(sorted(table), [[table[cell] for cell in sorted(table)]])[0])


def kappa(table: Table) -> float | None:
    """Cohen's kappa (1960) from a table of (first annotator's value, second's value).

    None where both used one and the same value throughout.
    """
    return value_of(kappas(sorted(table), [[table[cell] for cell in sorted(table)]])[0])


def alphas(cells: Sequence[tuple[str, str]], rows: Any) -> Any:
    """Nominal alpha for each row of counts of `cells`."""
    import numpy as np

    counts = np.asarray(rows, dtype=float)
    totals = counts @ _indicators([a for a, _ in cells])
    n = counts.sum(axis=1)
    disagreed = counts @ np.array([a != b for a, b in cells], dtype=float)
    chance = n**2 - (totals**2).sum(axis=1)
    return 1 - divide((n - 1) * disagreed, chance)


def kappas(cells: Sequence[tuple[str, str]], rows: Any) -> Any:
    """Cohen's kappa for each row of counts of `cells`."""
    import numpy as np

    counts = np.asarray(rows, dtype=float)
    names = sorted({value for cell in cells for value in cell})
    first, second = (counts @ _indicators([cell[i] for cell in cells], names) for i in (0, 1))
    n = counts.sum(axis=1)
    observed = divide(counts @ np.array([a == b for a, b in cells], dtype=float), n)
    chance = divide((first * second).sum(axis=1), n**2)
    return divide(observed - chance, 1 - chance)


def _indicators(values: Sequence[str], names: Sequence[str] | None = None) -> Any:
    """A column for each name, with 1 in the rows that have that value."""
    import numpy as np

    known = names if names is not None else sorted(set(values))
    columns = [[value == name for name in known] for value in values]
    return np.array(columns, dtype=float).reshape(len(values), len(known))


def both_ways(values: Sequence[tuple[str, str]], weight: float = 1) -> dict[tuple[str, str], float]:
    table: dict[tuple[str, str], float] = {}
    for a, b in values:
        for pair in ((a, b), (b, a)):
            table[pair] = table.get(pair, 0) + weight
    return table
