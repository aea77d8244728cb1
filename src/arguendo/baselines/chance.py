"""Chance: systems that know nothing but how often each answer occurs in train."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arguendo.bootstrap import SEED
from arguendo.tasks import OUTPUTS, Example, Prediction, labels_in, sentences_of

Rates = dict[str, float]


class Majority:
    """The commonest answer of train. Of a set of labels, each that more than half the examples have."""

    def __init__(self, task: str) -> None:
        self._key = OUTPUTS[task]
        self._answer: str | list[str] = []

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Count the answers of `train`; there is nothing to choose on `validation`."""
        rates = _rates([labels_in(example, self._key) for example in train])
        if train and isinstance(train[0][self._key], list):
            self._answer = sorted(label for label, rate in rates.items() if rate > 1 / 2)
        else:
            self._answer = min(rates, key=lambda label: (-rates[label], label))

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return [{"id": example["id"], self._key: self._answer} for example in examples]


class Random:
    """Answers drawn at the rates of train, with a fixed seed.

    A span is a whole sentence, with each label at the rate of sentences that have it; arguments are
    ranked in any order.
    """

    def __init__(self, task: str) -> None:
        self._task = task
        self._key = OUTPUTS[task]
        self._rates: Rates = {}

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Count the answers of `train`; there is nothing to choose on `validation`."""
        if self._task == "span-extraction":
            self._rates = _rates([labels for each in train for labels in sentences_of(each)])
        elif self._task != "rebuttal-linking":
            self._rates = _rates([labels_in(example, self._key) for example in train])

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        random = np.random.RandomState(SEED)
        return [{"id": each["id"], self._key: self._draw(each, random)} for each in examples]

    def _draw(self, example: Example, random: np.random.RandomState) -> object:
        if self._task == "span-extraction":
            return [
                {"label": label, "start": sentence["start"], "end": sentence["end"]}
                for sentence in example["sentences"]
                for label in self._each(random)
            ]
        if self._task == "rebuttal-linking":
            ids = [candidate["id"] for candidate in example["candidates"]]
            return [ids[place] for place in random.permutation(len(ids))]
        if self._task == "sentence-roles":
            return self._each(random)
        names = list(self._rates)
        return names[random.choice(len(names), p=[self._rates[name] for name in names])]

    def _each(self, random: np.random.RandomState) -> list[str]:
        return [label for label, rate in self._rates.items() if random.random_sample() < rate]


def _rates(labels: Sequence[Sequence[str]]) -> Rates:
    """In which share of the examples each label occurs."""
    counts = Counter(label for of_one in labels for label in set(of_one))
    return {label: count / len(labels) for label, count in sorted(counts.items())}


class RandomAnswers:
    """Any of the possible answers, with equal chance and a fixed seed."""

    def fit(self, gold: Sequence[Mapping[str, Any]]) -> None:
        """Nothing to fit."""

    def predict(self, rows: Sequence[Example]) -> list[Prediction]:
        random = np.random.RandomState(SEED)
        return [
            {"id": row["id"], "answer": row["values"][random.randint(len(row["values"]))]} for row in rows
        ]
