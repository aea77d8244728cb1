"""Gamma of two annotators: against another implementation's figures, and against trying everything."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.agreement.gamma import disorder, gamma
from arguendo.annotation import LABELS
from arguendo.metrics import LabelledSpan

A = [("ARGUMENT", 1344, 1540), ("ARGUMENT", 1778, 3066), ("HOLDING", 3570, 4634)]
B = [
    ("ARGUMENT", 1344, 1515),
    ("ARGUMENT", 1758, 3066),
    ("ARGUMENT", 2772, 3080),
    ("HOLDING", 3570, 4609),
    ("REBUTTAL", 665, 1505),
]
C = [
    *[("REBUTTAL", 406, 742), ("HOLDING", 987, 1148), ("HOLDING", 1428, 1876), ("HOLDING", 2807, 3430)],
    *[("REBUTTAL", 3535, 3549), ("HOLDING", 3913, 4305), ("ARGUMENT", 4788, 4802), ("ARGUMENT", 4823, 4900)],
]
D = [
    *[("ARGUMENT", 2807, 3445), ("ARGUMENT", 3913, 4320), ("ARGUMENT", 4818, 4823), ("ARGUMENT", 4853, 4900)],
    *[("HOLDING", 967, 1148), ("HOLDING", 994, 2688), ("HOLDING", 1458, 1891), ("HOLDING", 3318, 4424)],
]


@pytest.mark.parametrize(
    ("a", "b", "position", "expected"),
    [(A, B, 1.0, 0.501210), (A, B, 3.0, 0.503631), (C, D, 1.0, 0.911486), (C, D, 3.0, 0.984457)],
)
def test_disorder_is_that_of_pygamma_agreement(
    a: list[LabelledSpan], b: list[LabelledSpan], position: float, expected: float
) -> None:
    """Figures of pygamma-agreement 0.5.9 (CombinedCategoricalDissimilarity) on the same units."""
    assert disorder(a, b, position) == pytest.approx(expected, abs=1e-5)


@st.composite
def spans(draw: Any) -> list[LabelledSpan]:
    units = st.tuples(st.sampled_from(list(LABELS)), st.integers(0, 90), st.integers(1, 40))
    return [(label, start, start + length) for label, start, length in draw(st.lists(units, max_size=4))]


def every_alignment(a: list[LabelledSpan], b: list[LabelledSpan]) -> float:
    """The least cost over all ways to align, each way tried, from the paper's definition."""

    def cost(u: LabelledSpan, v: LabelledSpan | None) -> float:
        if v is None:
            return 1.0
        apart = (abs(u[1] - v[1]) + abs(u[2] - v[2])) / ((u[2] - u[1]) + (v[2] - v[1]))
        return float(apart**2 + (u[0] != v[0]))

    answers: list[LabelledSpan | None] = [*b, *[None] * len(a)]
    return min(
        sum(cost(u, v) for u, v in zip(a, chosen, strict=True)) + len(b) - sum(v is not None for v in chosen)
        for chosen in permutations(answers, len(a))
    )


@given(spans(), spans())
def test_disorder_is_the_least_of_all_alignments_and_knows_no_first_annotator(
    a: list[LabelledSpan], b: list[LabelledSpan]
) -> None:
    found = disorder(a, b)
    if not a and not b:
        assert found is None
        return
    assert found == pytest.approx(every_alignment(a, b) / ((len(a) + len(b)) / 2))
    assert found == pytest.approx(disorder(b, a))


def test_gamma_is_one_for_equals_low_for_strangers_and_not_defined_for_nothing() -> None:
    assert gamma(5000, A, A) == pytest.approx(1.0)
    near, far = gamma(5000, A, B), gamma(5000, A, D)
    assert near is not None
    assert far is not None
    assert far < 0.2 < near < 1
    assert gamma(5000, [], []) is None
    assert gamma(5000, A, B) == near  # the same chance every time
