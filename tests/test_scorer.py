"""The scorer: the field's own figures where definitions meet, by hand where not, and frozen numbers."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.annotation import DISPOSITIONS, LABELS, OUTCOMES
from arguendo.bootstrap import difference, estimate, holm
from arguendo.metrics import f1, ratio
from arguendo.scorer import HEADLINES, SCORER_VERSION, compare, score
from arguendo.tasks import TASKS

ROLES = st.lists(
    st.tuples(st.sets(st.sampled_from(list(LABELS))), st.sets(st.sampled_from(list(LABELS)))),
    min_size=1,
    max_size=12,
)
VALUES = st.lists(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES)), min_size=1, max_size=12)


def made(task: str, outputs: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Answers and predictions from pairs (gold, predicted), three examples to an opinion."""
    key = {"sentence-roles": "labels", "argument-outcome": "outcome"}[task]
    answers = [{"id": f"e{i}", "opinion": f"o{i // 3}", key: gold} for i, (gold, _) in enumerate(outputs)]
    return answers, [{"id": f"e{i}", key: given} for i, (_, given) in enumerate(outputs)]


@given(ROLES)
def test_roles_are_scored_as_scikit_learn_does(pairs: list[tuple[set[str], set[str]]]) -> None:
    from sklearn.metrics import f1_score
    from sklearn.preprocessing import MultiLabelBinarizer

    scores = score("sentence-roles", *made("sentence-roles", pairs))["scores"]["F1"]
    binary = MultiLabelBinarizer(classes=list(LABELS))
    gold, given_ = (binary.fit_transform([pair[side] for pair in pairs]) for side in (0, 1))
    each = f1_score(gold, given_, average=None, zero_division=float("nan"))
    for label, expected in zip(LABELS, each, strict=True):
        found = scores[label]["value"]
        assert found == (None if expected != expected else pytest.approx(expected))
    if all(value == value for value in each):
        assert scores["macro"]["value"] == pytest.approx(f1_score(gold, given_, average="macro"))
        assert scores["micro"]["value"] == pytest.approx(f1_score(gold, given_, average="micro"))


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@given(VALUES)
def test_values_are_scored_as_scikit_learn_does(pairs: list[tuple[str, str]]) -> None:
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

    scores = score("argument-outcome", *made("argument-outcome", pairs))["scores"]
    gold, given_ = zip(*pairs, strict=True)
    assert scores["F1"]["macro"]["value"] == pytest.approx(f1_score(gold, given_, average="macro"))
    assert scores["accuracy"]["all"]["value"] == pytest.approx(accuracy_score(gold, given_))
    expected = balanced_accuracy_score(gold, given_)
    assert scores["balanced accuracy"]["all"]["value"] == pytest.approx(expected)


def test_spans_are_scored_per_label_and_together() -> None:
    answers = [
        {"id": "o", "opinion": "o", "length": 50, "spans": [{"label": "ARGUMENT", "start": 0, "end": 5}]}
    ]
    given_ = [{"label": "ARGUMENT", "start": 0, "end": 5}, {"label": "HOLDING", "start": 7, "end": 9}]
    result = score("span-extraction", answers, [{"id": "o", "spans": given_}])
    exact = result["scores"]["F1 exact"]
    assert exact["all"]["value"] == pytest.approx(2 / 3)
    assert (exact["ARGUMENT"]["value"], exact["HOLDING"]["value"], exact["REBUTTAL"]["value"]) == (1, 0, None)
    assert (exact["all"]["matched"], exact["all"]["predicted"], exact["all"]["gold"]) == (1, 2, 1)
    assert exact["all"]["interval"] is None
    assert result["interval"] == "none: 1 opinion gives no interval"


@given(st.integers(0, 1_000_000))
def test_exact_spans_are_scored_as_nervaluate_does(seed: int) -> None:
    from nervaluate import Evaluator

    chance = random.Random(seed)
    gold, given_ = [], []
    for _ in range(chance.randint(1, 4)):
        # Apart from each other and of one label a place, as the other tool takes for granted.
        starts = sorted(chance.sample(range(0, 400, 20), chance.randint(1, 8)))
        labels = [chance.choice(list(LABELS)) for _ in starts]
        ends = [start + 9 + chance.choice((0, 3)) for start in starts]
        gold.append([{"label": x, "start": s, "end": s + 9} for x, s in zip(labels, starts, strict=True)])
        moved = [*zip(labels, starts, ends, strict=True)][1:]
        given_.append([{"label": label, "start": start, "end": end} for label, start, end in moved])
    theirs = Evaluator(gold, given_, tags=list(LABELS), loader="dict").evaluate()["overall"]["strict"]
    answers = [{"id": f"o{i}", "opinion": f"o{i}", "spans": spans} for i, spans in enumerate(gold)]
    predictions = [{"id": f"o{i}", "spans": spans} for i, spans in enumerate(given_)]
    ours = score("span-extraction", answers, predictions)["scores"]["F1 exact"]["all"]
    assert (ours["matched"], ours["gold"], ours["predicted"]) == (
        theirs.correct,
        theirs.possible,
        theirs.actual,
    )
    assert ours["value"] == pytest.approx(theirs.f1)


def test_links_by_hand() -> None:
    answers = [
        {"id": f"o/r{i}", "opinion": "o", "candidates": ["a1", "a2", "a3"], "answers": right}
        for i, right in enumerate((["a1"], ["a2", "a3"], ["a3"], ["a1"]))
    ]
    rankings: list[list[str]] = [
        ["a1", "a2"],
        ["a1", "a3", "a2"],
        ["a1", "a2", "a3"],
        [],
    ]  # 1, 1/2, 1/3, not ranked
    given_ = [{"id": a["id"], "ranking": r} for a, r in zip(answers, rankings, strict=True)]
    scores = score("rebuttal-linking", answers, given_)["scores"]
    assert scores["accuracy"]["all"]["value"] == 1 / 4
    assert scores["MRR"]["all"]["value"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_every_task_has_a_headline_and_nothing_to_score_is_not_zero() -> None:
    assert set(HEADLINES) == set(TASKS)
    for task in TASKS:
        result = score(task, [], [])
        assert result["headline"]["value"] is None, task
        assert result["headline"]["interval"] is None


def test_intervals_come_from_opinions_and_equal_ones_give_a_point() -> None:
    assert estimate([(1, 2, 2)], f1) == {"value": 0.5, "interval": None}
    assert estimate([(1, 2, 2)] * 5, f1) == {"value": 0.5, "interval": [0.5, 0.5]}
    assert estimate([(0, 0, 0)] * 5, f1) == {"value": None, "interval": None}


def test_a_difference_that_is_everywhere_is_significant_and_one_by_chance_is_not() -> None:
    worse = [(5, 10)] * 12
    better = [(8, 10)] * 12
    found = difference(worse, better, ratio)
    assert found["value"] == pytest.approx(0.3)
    assert found["interval"] == pytest.approx([0.3, 0.3])
    assert found["p"] == pytest.approx(2 / 2**12, rel=0.6)  # all heads or all tails
    mixed = [(8, 10), (2, 10)] * 6
    assert difference(worse, mixed, ratio)["p"] == 1
    assert difference(worse[:1], better[:1], ratio)["p"] is None
    assert difference(worse, better, ratio)["p"] == difference(better, worse, ratio)["p"]


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .03 .04 → ×4 .04, ×3 .06, ×2 .06, ×1 .04 → never less than the one before.
    assert holm([0.04, 0.01, None, 0.03, 0.02]) == pytest.approx([0.06, 0.04, None, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]


def test_systems_are_compared_with_the_first_on_the_headline() -> None:
    values = [("rejected", "rejected")] * 30
    answers, right = made("argument-outcome", values)
    _, wrong = made("argument-outcome", [(gold, "accepted") for gold, _ in values])
    found = compare("argument-outcome", answers, {"a": wrong, "b": right, "c": wrong}, "a")
    assert found["b"]["value"] == 1
    assert found["c"]["value"] == 0
    assert found["b"]["p_holm"] == pytest.approx(2 * found["b"]["p"])


def test_the_numbers_of_this_version_never_change() -> None:
    """Frozen predictions; if this fails, either mend what moved the numbers or raise the version."""
    assert SCORER_VERSION == "1.0"
    chance = random.Random(7)
    values = [
        (chance.choice(OUTCOMES), chance.choice((OUTCOMES[0], OUTCOMES[1], OUTCOMES[1]))) for _ in range(60)
    ]
    result = score("argument-outcome", *made("argument-outcome", values))
    numbers = [result["headline"]["value"], *result["headline"]["interval"]]
    spans = []
    for i in range(12):
        starts = sorted(chance.sample(range(400), 8))
        labels = [chance.choice(list(LABELS)) for _ in starts]
        offsets = [chance.choice((0, 0, 2, 7)) for _ in starts]
        marked = [{"label": label, "start": s, "end": s + 9} for label, s in zip(labels, starts, strict=True)]
        moved = [
            {"label": label, "start": s + by, "end": s + 9}
            for label, s, by in zip(labels, starts, offsets, strict=True)
        ]
        spans.append(({"id": f"o{i}", "opinion": f"o{i}", "spans": marked}, {"id": f"o{i}", "spans": moved}))
    found = score("span-extraction", *map(list, zip(*spans, strict=True)))["scores"]
    for measure in ("F1 exact", "F1 overlap", "F1 characters"):
        numbers += [found[measure]["all"]["value"], *found[measure]["all"]["interval"]]
    assert [round(number, 6) for number in numbers] == FROZEN


FROZEN = [
    0.135671,
    0.081249,
    0.185562,
    0.604167,
    0.5,
    0.708333,
    0.75,
    0.625,
    0.854167,
    0.873239,
    0.814661,
    0.918819,
]


def test_classes_are_those_of_the_inventory() -> None:
    answers = [{"id": "h", "opinion": "o", "disposition": "granted"}]
    scores = score("holding-disposition", answers, [{"id": "h", "disposition": "moot"}])["scores"]["F1"]
    assert set(scores) == {"macro", *DISPOSITIONS}
    assert (scores["granted"]["value"], scores["moot"]["value"], scores["denied"]["value"]) == (0, 0, None)
