"""A linear-chain conditional random field over the sentences of an opinion.

Lafferty, McCallum & Pereira (2001), by CRFsuite (Okazaki 2007). Sentences are tagged begin / inside
/ outside of a label, from their words, their neighbours', and where they stand; a run of tagged
sentences is a span. There is a CRF for each label, so that spans of different labels can overlap,
or one for all where no sentence of train has two.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from arguendo.metrics import class_counts, macro_f1
from arguendo.tasks import Example, Prediction, sentences_of

_CHOICES_OF_C2 = (0.03, 0.3, 3.0)
_ITERATIONS = 100
_WORDS_AT_AN_END = 3
_OUTSIDE = "O"
_WORD = re.compile(r"\w+|[“”\"¶§(\[]")


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The sentences of one opinion: ids of examples, places (for spans), features, and gold labels."""

    ids: list[str]
    places: list[tuple[int, int]]
    features: list[list[str]]
    labels: list[list[str]]


class SentenceCrf:
    """Tags sentences; for span extraction, runs of tagged sentences are spans."""

    def __init__(self, task: str) -> None:
        self._task = task

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Fit on `train`, with the L2 weight that is best for `validation`'s sentences (without one: 0.3)."""
        learnt, chosen = _sequences(self._task, train), _sequences(self._task, validation)
        sets = [labels for sequence in learnt for labels in sequence.labels]
        names = sorted({label for labels in sets for label in labels})
        alone = all(len(labels) <= 1 for labels in sets)
        best = -1.0
        for c2 in _CHOICES_OF_C2 if chosen else (0.3,):
            models = [_train(learnt, group, c2) for group in ([names] if alone else [[n] for n in names])]
            found = _agreement(chosen, models, names) if chosen else 0.0
            if found > best:
                best, self._models = found, models

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        sequences = _sequences(self._task, examples)
        tags = _tag(sequences, self._models)
        if self._task == "sentence-roles":
            return [
                {"id": id_, "labels": labels}
                for sequence, tagged in zip(sequences, tags, strict=True)
                for id_, labels in zip(sequence.ids, _labels(tagged), strict=True)
            ]
        return [
            {"id": sequence.ids[0], "spans": _spans(sequence.places, tagged)}
            for sequence, tagged in zip(sequences, tags, strict=True)
        ]


def _sequences(task: str, examples: Sequence[Example]) -> list[_Sequence]:
    if task == "span-extraction":
        return [
            _Sequence(
                [example["id"]],
                (places := [(s["start"], s["end"]) for s in example["sentences"]]),
                _features([example["text"][start:end] for start, end in places]),
                sentences_of(example),
            )
            for example in examples
        ]
    return [
        _Sequence(
            [each["id"] for each in group],
            [],
            _features([each["text"] for each in group]),
            [each["labels"] for each in group],
        )
        for group in (list(rows) for _, rows in groupby(examples, key=lambda each: each["opinion"]))
    ]


def _features(texts: Sequence[str]) -> list[list[str]]:
    """Words and pairs of words of each sentence, its ends, its place, and the words of those beside it."""
    words = [[word.lower() for word in _WORD.findall(text)] for text in texts]
    found = []
    for at, own in enumerate(words):
        before, after = words[at - 1] if at else [], words[at + 1] if at + 1 < len(words) else []
        found.append(
            [
                "bias",
                f"at={10 * at // len(words)}",
                f"long={min(len(own) // 8, 8)}",
                *{f"w={word}" for word in own},
                *{f"p={a} {b}" for a, b in pairwise(own)},
                *(f"first{place}={word}" for place, word in enumerate(own[:_WORDS_AT_AN_END])),
                *(f"last{place}={word}" for place, word in enumerate(own[: -_WORDS_AT_AN_END - 1 : -1])),
                *{f"before={word}" for word in before},
                *{f"after={word}" for word in after},
            ]
        )
        found[-1].sort()
    return found


def _train(sequences: Sequence[_Sequence], labels: Sequence[str], c2: float) -> bytes:
    """A CRFsuite model that tells these labels from each other and from none."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.0, "c2": c2, "max_iterations": _ITERATIONS, "feature.minfreq": 2})
    for sequence in sequences:
        own = [next((each for each in labels if each in given), None) for given in sequence.labels]
        tags = [
            _OUTSIDE if label is None else f"{'I' if label == before else 'B'}-{label}"
            for before, label in pairwise([None, *own])
        ]
        trainer.append(sequence.features, tags)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        trainer.train(str(path))
        return path.read_bytes()


def _tag(sequences: Sequence[_Sequence], models: Sequence[bytes]) -> list[list[Sequence[str]]]:
    """For each sequence what each model tags it with."""
    import pycrfsuite

    found: list[list[Sequence[str]]] = [[] for _ in sequences]
    for model in models:
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(model)
        for sequence, tagged in zip(sequences, found, strict=True):
            tagged.append(tagger.tag(sequence.features))
    return found


def _labels(tagged: Sequence[Sequence[str]]) -> list[list[str]]:
    """The labels of each sentence from the tags of all models."""
    return [[tag[2:] for tag in tags if tag != _OUTSIDE] for tags in zip(*tagged, strict=True)]


def _agreement(sequences: Sequence[_Sequence], models: Sequence[bytes], names: Sequence[str]) -> float:
    """Macro-F1 of the labels of sentences."""
    pairs = [
        pair
        for sequence, tagged in zip(sequences, _tag(sequences, models), strict=True)
        for pair in zip(sequence.labels, _labels(tagged), strict=True)
    ]
    return float(macro_f1(np.array([class_counts(pairs, names)], dtype=float))[0])


def _spans(places: Sequence[tuple[int, int]], tagged: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Runs of sentences with one label; a sentence tagged as a beginning begins a span."""
    spans: list[dict[str, Any]] = []
    for tags in tagged:
        for (start, end), before, tag in zip(places, [_OUTSIDE, *tags], tags, strict=False):
            if tag[0] == "I" and before[2:] == tag[2:]:
                spans[-1]["end"] = end
            elif tag != _OUTSIDE:
                spans.append({"label": tag[2:], "start": start, "end": end})
    return sorted(spans, key=lambda span: (span["start"], span["end"], span["label"]))
