"""A linear-chain conditional random field over the sentences of an opinion.

Lafferty, McCallum & Pereira (2001), by CRFsuite (Okazaki 2007). Sentences are tagged begin / inside
/ outside of a label, from their words, their neighbours', and where they stand; a run of tagged
sentences is a span. There is a CRF for each label, so that spans of different labels can overlap,
or one for all where no sentence of train has two.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from arguendo.baselines.sequences import (
    OUTSIDE,
    SentenceSequence,
    labels_of_tags,
    sequences,
    spans_of_tags,
)
from arguendo.metrics import macro_f1_of
from arguendo.tasks import Example, Prediction

_CHOICES_OF_C2 = (0.1, 1.0, 10.0)
_THRESHOLDS = (0.5, 0.35, 0.25, 0.15, 0.1)
_ITERATIONS = 100
_Chances = dict[str, float]


@dataclass(frozen=True, slots=True)
class CrfModel:
    """What a `SentenceCrf` has learnt: a CRFsuite model, as bytes, for each group of labels."""

    task: str
    threshold: float
    models: tuple[bytes, ...]


class SentenceCrf:
    """Tags sentences; for span extraction, runs of tagged sentences are spans.

    A sentence is tagged where the chance of any tag but *outside* exceeds a threshold. It and the L2
    weight are chosen on validation.
    """

    def __init__(self, task: str) -> None:
        self._task = task

    @classmethod
    def of(cls, model: CrfModel) -> Self:
        """One that has learnt already."""
        made = cls(model.task)
        made._models, made._threshold = [*model.models], model.threshold
        return made

    @property
    def model(self) -> CrfModel:
        """What `fit` has learnt."""
        return CrfModel(self._task, self._threshold, tuple(self._models))

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Fit on `train`, with what is best for the sentences of `validation` (without one: 1.0 and 0.5)."""
        learnt, chosen = sequences(self._task, train), sequences(self._task, validation)
        sets = [labels for sequence in learnt for labels in sequence.labels]
        names = sorted({label for labels in sets for label in labels})
        alone = all(len(labels) <= 1 for labels in sets)
        best = -1.0
        for c2 in _CHOICES_OF_C2 if chosen else (1.0,):
            models = [_train(learnt, group, c2) for group in ([names] if alone else [[n] for n in names])]
            chances = _chances(chosen, models)
            for threshold in _THRESHOLDS if chosen else (0.5,):
                found = _agreement(chosen, _tags(chances, threshold), names) if chosen else 0.0
                if found > best:
                    best, self._models, self._threshold = found, models, threshold

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        found = sequences(self._task, examples)
        tags = _tags(_chances(found, self._models), self._threshold)
        if self._task == "sentence-roles":
            return [
                {"id": id_, "labels": labels}
                for sequence, tagged in zip(found, tags, strict=True)
                for id_, labels in zip(sequence.ids, labels_of_tags(tagged), strict=True)
            ]
        return [
            {"id": sequence.ids[0], "spans": spans_of_tags(sequence, tagged)}
            for sequence, tagged in zip(found, tags, strict=True)
        ]


def _train(sequences: Sequence[SentenceSequence], labels: Sequence[str], c2: float) -> bytes:
    """A CRFsuite model that tells these labels from each other and from none."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.0, "c2": c2, "max_iterations": _ITERATIONS, "feature.minfreq": 2})
    for sequence in sequences:
        own = [next((each for each in labels if each in given), None) for given in sequence.labels]
        tags = [
            OUTSIDE if label is None else f"{'I' if label == before else 'B'}-{label}"
            for before, label in pairwise([None, *own])
        ]
        trainer.append(sequence.features, tags)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        trainer.train(str(path))
        return path.read_bytes()


def _chances(sequences: Sequence[SentenceSequence], models: Sequence[bytes]) -> list[list[list[_Chances]]]:
    """For each sequence and model, the chance of each tag of each sentence."""
    import pycrfsuite

    found: list[list[list[_Chances]]] = [[] for _ in sequences]
    for model in models:
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(model)
        tags = tagger.labels()
        for sequence, chances in zip(sequences, found, strict=True):
            tagger.set(sequence.features)
            chances.append(
                [{tag: tagger.marginal(tag, at) for tag in tags} for at in range(len(sequence.features))]
            )
    return found


def _tags(chances: Sequence[Sequence[Sequence[_Chances]]], threshold: float) -> list[list[list[str]]]:
    """For each sequence and model, the likeliest tag of each sentence, *outside* only below the threshold."""

    def tag(each: _Chances) -> str:
        inside = {name: chance for name, chance in each.items() if name != OUTSIDE}
        return max(inside, key=lambda name: inside[name]) if sum(inside.values()) > threshold else OUTSIDE

    return [[[tag(each) for each in of_model] for of_model in of_sequence] for of_sequence in chances]


def _agreement(sequences: Sequence[SentenceSequence], tags: Sequence[Any], names: Sequence[str]) -> float:
    """Macro-F1 of the labels of sentences."""
    pairs = [
        pair
        for sequence, tagged in zip(sequences, tags, strict=True)
        for pair in zip(sequence.labels, labels_of_tags(tagged), strict=True)
    ]
    return macro_f1_of(pairs, names)
