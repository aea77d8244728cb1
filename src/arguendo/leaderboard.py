"""Systems on a task side by side: their scores, differences from the best, confusions, worst opinions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arguendo.annotation import DISPOSITIONS, OUTCOMES
from arguendo.scorer import HEADLINES, compare, headline_by_opinion, score
from arguendo.tasks import OUTPUTS, Answer, Prediction

WORST = 10
_CLASSES = {"argument-outcome": OUTCOMES, "holding-disposition": DISPOSITIONS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A system: `result` is as `scorer.score` gives it; `behind` its figure minus the best one's, or None."""

    system: str
    result: Mapping[str, Any]
    behind: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Board:
    """A task on a split. Entries are best first; `worst` are the opinions that the best system does worst.

    `confusion` is for tasks with one value an example: rows of gold, columns of predictions, of the
    best system, over `classes` (those that occur).
    """

    task: str
    split: str
    entries: tuple[Entry, ...]
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    worst: tuple[tuple[str, float | None], ...]

    @property
    def measure(self) -> str:
        """The headline by which systems are compared, in words."""
        measure, row = HEADLINES[self.task]
        return measure if row == "all" else f"{measure}, {row}"


def board(
    task: str, split: str, answers: Sequence[Answer], systems: Mapping[str, Sequence[Prediction]]
) -> Board:
    """The leaderboard of a task; `predictions` of each system are in the order of `answers`."""
    results = {name: score(task, answers, predictions) for name, predictions in systems.items()}

    def place(name: str) -> tuple[float, str]:
        value = results[name]["headline"]["value"]
        return (1.0 if value is None else -value, name)

    order = sorted(results, key=place)
    behind = compare(task, answers, systems, order[0]) if order else {}
    best = systems[order[0]] if order else []
    classes, confusion = _confusion(task, answers, best)
    figures = headline_by_opinion(task, answers, best) if order else {}
    worst = sorted(figures.items(), key=lambda each: (1.0 if each[1] is None else each[1], each[0]))
    return Board(
        task,
        split,
        tuple(Entry(name, results[name], behind.get(name)) for name in order),
        classes,
        confusion,
        tuple(worst[:WORST]),
    )


def _confusion(
    task: str, answers: Sequence[Answer], predictions: Sequence[Prediction]
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    if task not in _CLASSES or not predictions:
        return (), ()
    key = OUTPUTS[task]
    counts = Counter((a[key], p[key]) for a, p in zip(answers, predictions, strict=True))
    seen = {each for pair in counts for each in pair}
    classes = tuple(each for each in _CLASSES[task] if each in seen)
    return classes, tuple(tuple(counts[gold, given] for given in classes) for gold in classes)
