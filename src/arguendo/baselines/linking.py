"""Which argument a rebuttal answers: the nearest before it, the most alike, or what a ranker has learnt."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from arguendo.tasks import Example, Prediction

_CHOICES_OF_C = (0.1, 1.0, 10.0)


class Nearest:
    """The argument that begins last before the rebuttal does; those after it come last, the nearest first."""

    def __init__(self, task: str) -> None:
        pass

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Nothing to fit."""

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return [
            _ranked(example, [-_distance(example, c) for c in example["candidates"]]) for example in examples
        ]


class Lexical:
    """The argument most alike in words: the cosine of TF-IDF vectors (Salton & McGill 1983)."""

    def __init__(self, task: str) -> None:
        pass

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Learn how rare each word is."""
        self._vectorizer = _vectorizer(train)

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return [_ranked(example, _likeness(self._vectorizer, example)) for example in examples]


class Ranker:
    """Logistic regression on pairs: how far, how alike, how many between, which comes first.

    Pointwise learning to rank (Liu 2009, section 2); C is chosen on validation.
    """

    def __init__(self, task: str) -> None:
        pass

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self._vectorizer = _vectorizer(train)
        features = np.concatenate([_pairs(self._vectorizer, example) for example in train])
        targets = [c["id"] in example["answers"] for example in train for c in example["candidates"]]
        best = -1.0
        for c in _CHOICES_OF_C if validation else (1.0,):
            model = make_pipeline(StandardScaler(), LogisticRegression(C=c, class_weight="balanced"))
            model.fit(features, targets)
            found = self._predict(validation, model)
            right = [
                bool(p["ranking"]) and p["ranking"][0] in e["answers"]
                for e, p in zip(validation, found, strict=True)
            ]
            if (accuracy := float(np.mean(right)) if right else 0.0) > best:
                best, self._model = accuracy, model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return self._predict(examples, self._model)

    def _predict(self, examples: Sequence[Example], model: Any) -> list[Prediction]:
        return [
            _ranked(
                example,
                model.decision_function(_pairs(self._vectorizer, example)) if example["candidates"] else [],
            )
            for example in examples
        ]


def _vectorizer(train: Sequence[Example]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = {c["text"] for example in train for c in (example["rebuttal"], *example["candidates"])}
    return TfidfVectorizer(sublinear_tf=True, stop_words="english").fit(sorted(texts))


def _likeness(vectorizer: Any, example: Example) -> Any:
    if not example["candidates"]:
        return []
    rebuttal = vectorizer.transform([example["rebuttal"]["text"]])
    candidates = vectorizer.transform([c["text"] for c in example["candidates"]])
    return (candidates @ rebuttal.T).toarray()[:, 0]


def _distance(example: Example, candidate: Example) -> float:
    """Code points from the argument's start to the rebuttal's; an argument after it counts as far away."""
    gap = float(example["rebuttal"]["start"] - candidate["start"])
    return gap if gap >= 0 else 1e9 - gap


def _pairs(vectorizer: Any, example: Example) -> Any:
    """A row of features for each candidate."""
    distances = np.array([_distance(example, c) for c in example["candidates"]])
    ranks = distances.argsort().argsort()
    likeness = np.asarray(_likeness(vectorizer, example))
    rows = [
        (rank, np.log1p(abs(distance)), rank == 0, rank == 1, distance >= 1e9, alike, alike >= likeness.max())
        for rank, distance, alike in zip(ranks, distances, likeness, strict=True)
    ]
    return np.array(rows, dtype=float).reshape(len(rows), 7)


def _ranked(example: Example, scores: Any) -> Prediction:
    """Candidates by falling score; equal ones stay in text order."""
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return {"id": example["id"], "ranking": [example["candidates"][place]["id"] for place in order]}
