"""Counts of spans: values worked out by hand, and properties."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.annotation import LABELS
from arguendo.metrics import (
    Counts,
    LabelledSpan,
    character_counts,
    exact_counts,
    overlap_counts,
)
from arguendo.offsets import intersection_over_union

A, H = "ARGUMENT", "HOLDING"
SPANS = st.lists(
    st.tuples(st.sampled_from(list(LABELS)), st.integers(0, 40), st.integers(1, 15)).map(
        lambda t: (t[0], t[1], t[1] + t[2])
    ),
    max_size=6,
)


def test_exact_overlap_and_characters_by_hand() -> None:
    gold = [(A, 0, 10), (H, 20, 30), (A, 40, 50)]
    predicted = [(A, 0, 10), (H, 20, 25), (H, 40, 50)]
    # exact: the first. overlap: also 5 of 10 characters. characters: 10 + 5 of 25 given, of 30 there are.
    assert exact_counts(gold, predicted) == Counts(1, 3, 3)
    assert overlap_counts(gold, predicted) == Counts(2, 3, 3)
    assert character_counts(gold, predicted) == Counts(15, 25, 30)
    assert Counts(15, 25, 30).f1 == pytest.approx(2 * 0.6 * 0.5 / (0.6 + 0.5))


def test_one_predicted_span_matches_one_gold_span_only() -> None:
    # [0, 20) has half of its union in common with [0, 10) and with [10, 20); it can stand for one.
    assert overlap_counts([(A, 0, 10), (A, 10, 20)], [(A, 0, 20)]) == Counts(1, 1, 2)


def test_the_matching_is_the_largest_where_taking_the_first_would_be_less() -> None:
    # [0, 20) fits both gold spans, [0, 12) only the first: taking them in order would match one.
    gold = [(A, 0, 15), (A, 8, 20)]
    predicted = [(A, 0, 20), (A, 0, 12)]
    assert overlap_counts(gold, predicted) == Counts(2, 2, 2)


def test_empty_sides() -> None:
    assert exact_counts([], []).f1 is None
    nothing_found = exact_counts([(A, 0, 5)], [])
    assert (nothing_found.f1, nothing_found.recall, nothing_found.precision) == (0, 0, None)
    nothing_there = overlap_counts([], [(A, 0, 5)])
    assert (nothing_there.f1, nothing_there.recall, nothing_there.precision) == (0, None, 0)


@given(SPANS, SPANS, st.randoms())
def test_order_and_doubles_do_not_matter(
    gold: list[LabelledSpan], predicted: list[LabelledSpan], random: object
) -> None:
    shuffled = sorted(predicted * 2, key=lambda span: hash((span, str(random))))
    for count in (exact_counts, overlap_counts, character_counts):
        assert count(gold, predicted) == count(gold[::-1], shuffled)


@given(SPANS, SPANS)
def test_the_sides_can_be_exchanged(gold: list[LabelledSpan], predicted: list[LabelledSpan]) -> None:
    for count in (exact_counts, overlap_counts, character_counts):
        assert count(gold, predicted).f1 == count(predicted, gold).f1
        assert count(gold, gold).f1 in (1, None)
    assert exact_counts(gold, predicted).matched <= overlap_counts(gold, predicted).matched


@settings(max_examples=150, deadline=None)
@given(SPANS, SPANS)
def test_overlap_matches_as_many_as_any_pairing_could(
    gold: list[LabelledSpan], predicted: list[LabelledSpan]
) -> None:
    golds, predictions = sorted(set(gold)), sorted(set(predicted))
    few, many = sorted((golds, predictions), key=len)
    best = max(
        sum(
            a[0] == b[0] and intersection_over_union(a[1:], b[1:]) >= 0.5
            for a, b in zip(few, order, strict=False)
        )
        for order in permutations(many, len(few))
    )
    assert overlap_counts(gold, predicted).matched == best


@given(SPANS, SPANS)
def test_characters_are_counted_as_sets_of_positions(
    gold: list[LabelledSpan], predicted: list[LabelledSpan]
) -> None:
    there = {(label, i) for label, start, end in gold for i in range(start, end)}
    given_ = {(label, i) for label, start, end in predicted for i in range(start, end)}
    assert character_counts(gold, predicted) == Counts(len(there & given_), len(given_), len(there))


def test_long_chains_of_overlaps_are_matched() -> None:
    gold = [(A, 10 * i, 10 * i + 20) for i in range(3_000)]
    predicted = [(A, 10 * i + 4, 10 * i + 24) for i in range(3_000)]
    assert overlap_counts(gold, predicted).matched == 3_000
