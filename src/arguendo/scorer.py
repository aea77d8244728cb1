"""The pinned scorer: answers + predictions → figures. The same predictions give one number for ever.

A change of any number needs a new `SCORER_VERSION`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from arguendo.annotation import DISPOSITIONS, LABELS, OUTCOMES
from arguendo.bootstrap import CONFIDENCE, RESAMPLES, Figure, difference, estimate, holm, value_of
from arguendo.metrics import (
    Counts,
    LabelledSpan,
    balanced_accuracy,
    character_counts,
    class_counts,
    exact_counts,
    f1,
    macro_f1,
    overlap_counts,
    ratio,
    reciprocal_rank,
)
from arguendo.tasks import Answer, Prediction

SCORER_VERSION = "1.0"
HEADLINES = {
    "span-extraction": ("F1 exact", "all"),
    "sentence-roles": ("F1", "macro"),
    "rebuttal-linking": ("accuracy", "all"),
    "argument-outcome": ("F1", "macro"),
    "holding-disposition": ("F1", "macro"),
}
"""The figure by which systems are compared, as (measure, row)."""

Pairs = Sequence[tuple[Answer, Prediction]]


class Row(NamedTuple):
    """A figure before it is worked out: counts of each opinion, in the order of their ids."""

    measure: str
    name: str
    table: Sequence[Sequence[float]]
    figure: Figure


def score(task: str, answers: Sequence[Answer], predictions: Sequence[Prediction]) -> dict[str, Any]:
    """All figures of a system on a task; `predictions` are in the order of `answers`.

    `scores[measure][row]` has `value` and its 95 % `interval`; for F1 also precision and recall and
    what they are made of. `headline` is the value by which systems are compared.
    """
    return _result(task, answers, _rows(task, answers, predictions))


def score_labels(
    answers: Sequence[Answer], predictions: Sequence[Prediction], labels: Sequence[str]
) -> dict[str, Any]:
    """Figures of sentence roles of an outside corpus with these labels, documents for opinions."""
    sets = [
        [(answer["labels"], prediction["labels"]) for answer, prediction in pairs]
        for pairs in _by_opinion(answers, predictions)
    ]
    alike = [(sum(set(gold) == set(given) for gold, given in pairs), len(pairs)) for pairs in sets]
    rows = [*_class_rows(sets, labels), Row("accuracy", "all", alike, ratio)]
    return _result("sentence-roles", answers, rows)


def _result(task: str, answers: Sequence[Answer], rows: Sequence[Row]) -> dict[str, Any]:
    scores: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found = estimate(row.table, row.figure)
        if row.figure is f1:
            found |= _detail(Counts(*(int(sum(column)) for column in zip(*row.table, strict=True))))
        scores[row.measure][row.name] = found
    measure, name = HEADLINES[task]
    opinions = len({answer["opinion"] for answer in answers})
    return {
        "task": task,
        "scorer": SCORER_VERSION,
        "opinions": opinions,
        "examples": len(answers),
        "interval": _interval_note(opinions),
        "headline": {"measure": measure, "row": name, **scores[measure][name]},
        "scores": dict(scores),
    }


def compare(
    task: str, answers: Sequence[Answer], systems: Mapping[str, Sequence[Prediction]], base: str
) -> dict[str, dict[str, Any]]:
    """The headline of each other system minus that of `base`: value, interval, p, and p after Holm."""

    def headline(predictions: Sequence[Prediction]) -> Row:
        rows = _rows(task, answers, predictions)
        return next(row for row in rows if (row.measure, row.name) == HEADLINES[task])

    first = headline(systems[base])
    found = {
        name: difference(first.table, headline(predictions).table, first.figure)
        for name, predictions in systems.items()
        if name != base
    }
    corrected = holm([each["p"] for each in found.values()])
    return {name: {**each, "p_holm": p} for (name, each), p in zip(found.items(), corrected, strict=True)}


def headline_by_opinion(
    task: str, answers: Sequence[Answer], predictions: Sequence[Prediction]
) -> dict[str, float | None]:
    """The headline figure of each opinion by itself, by their ids; None where it is not defined."""
    row = next(r for r in _rows(task, answers, predictions) if (r.measure, r.name) == HEADLINES[task])
    opinions = sorted({answer["opinion"] for answer in answers})
    if not opinions:
        return {}
    figures = row.figure(np.array(row.table, dtype=float))
    return {opinion: value_of(figure) for opinion, figure in zip(opinions, figures, strict=True)}


def _detail(total: Counts) -> dict[str, Any]:
    names = ("precision", "recall", "matched", "predicted", "gold")
    return {name: getattr(total, name) for name in names}


def _interval_note(opinions: int) -> str:
    if opinions < 2:
        return f"none: {opinions} opinion gives no interval"
    return f"{CONFIDENCE:.0%} percentile bootstrap over {opinions} opinions, {RESAMPLES:,} resamples"


# --- rows by task ------------------------------------------------------------------------------


def _rows(task: str, answers: Sequence[Answer], predictions: Sequence[Prediction]) -> list[Row]:
    return _ROWS[task](_by_opinion(answers, predictions))


def _by_opinion(answers: Sequence[Answer], predictions: Sequence[Prediction]) -> list[Pairs]:
    found: dict[str, list[tuple[Answer, Prediction]]] = defaultdict(list)
    for answer, prediction in zip(answers, predictions, strict=True):
        found[answer["opinion"]].append((answer, prediction))
    return [found[opinion] for opinion in sorted(found)]


def _span_rows(opinions: Sequence[Pairs]) -> list[Row]:
    """Exact, overlap and character F1; `all` is the micro-average over labels."""
    rows = []
    for measure, count in _SPAN_COUNTS.items():
        by_label = {
            label: [
                sum((count(_of(a, label), _of(p, label)) for a, p in pairs), Counts()) for pairs in opinions
            ]
            for label in LABELS
        }
        whole = [sum(counts, Counts()) for counts in zip(*by_label.values(), strict=True)]
        for name, column in {"all": whole, **by_label}.items():
            rows.append(Row(measure, name, [each.row for each in column], f1))
    return rows


_SPAN_COUNTS = {"F1 exact": exact_counts, "F1 overlap": overlap_counts, "F1 characters": character_counts}


def _of(marked: Answer | Prediction, label: str) -> list[LabelledSpan]:
    return [(s["label"], s["start"], s["end"]) for s in marked["spans"] if s["label"] == label]


def _role_rows(opinions: Sequence[Pairs]) -> list[Row]:
    """F1 of each label as a yes or no of each sentence; their mean, and the micro-average."""
    return _class_rows([[(a["labels"], p["labels"]) for a, p in pairs] for pairs in opinions], tuple(LABELS))


def _value_rows(key: str, classes: Sequence[str], opinions: Sequence[Pairs]) -> list[Row]:
    """Macro-F1, F1 of each value, balanced accuracy, accuracy."""
    sets = [[([a[key]], [p[key]]) for a, p in pairs] for pairs in opinions]
    table = [class_counts(pairs, classes) for pairs in sets]
    right = [(sum(gold == given for gold, given in pairs), len(pairs)) for pairs in sets]
    rows = [row for row in _class_rows(sets, classes) if row.name != "micro"]
    rows.append(Row("balanced accuracy", "all", table, balanced_accuracy))
    rows.append(Row("accuracy", "all", right, ratio))
    return rows


def _class_rows(sets: Any, classes: Sequence[str]) -> list[Row]:
    table = [class_counts(pairs, classes) for pairs in sets]
    micro = [[sum(counts[column::3]) for column in range(3)] for counts in table]
    rows = [Row("F1", "macro", table, macro_f1), Row("F1", "micro", micro, f1)]
    for index, name in enumerate(classes):
        rows.append(Row("F1", name, [counts[3 * index : 3 * index + 3] for counts in table], f1))
    return rows


def _linking_rows(opinions: Sequence[Pairs]) -> list[Row]:
    """Accuracy: the first of the ranking is an argument that the rebuttal answers. And the MRR."""
    first = [
        (sum(bool(p["ranking"]) and p["ranking"][0] in a["answers"] for a, p in pairs), len(pairs))
        for pairs in opinions
    ]
    reciprocal = [
        (sum(reciprocal_rank(p["ranking"], a["answers"]) for a, p in pairs), len(pairs)) for pairs in opinions
    ]
    return [Row("accuracy", "all", first, ratio), Row("MRR", "all", reciprocal, ratio)]


_ROWS: dict[str, Callable[[Sequence[Pairs]], list[Row]]] = {
    "span-extraction": _span_rows,
    "sentence-roles": _role_rows,
    "rebuttal-linking": _linking_rows,
    "argument-outcome": lambda opinions: _value_rows("outcome", OUTCOMES, opinions),
    "holding-disposition": lambda opinions: _value_rows("disposition", DISPOSITIONS, opinions),
}
