"""A linear support-vector machine on features of the text, of what stands around it, and of a few facts.

The features come from an encoder: TF-IDF here, embeddings in `embeddings`. C is chosen on validation.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from arguendo.baselines.fields import FIELDS, WORDY, Fields
from arguendo.bootstrap import SEED
from arguendo.metrics import macro_f1_of
from arguendo.tasks import OUTPUTS, Example, Prediction, labels_in

_CHOICES_OF_C = (0.03, 0.1, 0.3, 1.0, 3.0)


class Encoder(Protocol):
    """Makes a matrix of features, one row an example, of the named texts of examples."""

    def fit(self, fields: Sequence[Fields]) -> None: ...

    def transform(self, fields: Sequence[Fields]) -> Any: ...


class Tfidf:
    """Words and pairs of words of each text apart; facts as they are."""

    def fit(self, fields: Sequence[Fields]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizers = {}
        for name in fields[0]:
            texts = [each[name] for each in fields]
            if name not in WORDY:
                vectorizer = TfidfVectorizer(token_pattern=r"\S+", use_idf=False)
            else:
                vectorizer = TfidfVectorizer(
                    ngram_range=(1, 2),
                    sublinear_tf=True,
                    min_df=2 if _share_a_word(texts) else 1,
                    token_pattern=r"\S+",
                )
            if any(map(str.strip, texts)):
                self._vectorizers[name] = vectorizer.fit(texts)

    def transform(self, fields: Sequence[Fields]) -> Any:
        from scipy.sparse import hstack

        parts = [v.transform([each[name] for each in fields]) for name, v in self._vectorizers.items()]
        return hstack(parts, format="csr")


def _share_a_word(texts: Sequence[str]) -> bool:
    """Whether a word stands in two of the texts; in a small table none may."""
    seen: set[str] = set()
    for text in texts:
        words = {*text.lower().split()}
        if seen & words:
            return True
        seen |= words
    return False


class LinearSvm:
    """A classifier for each label: of several labels those on its right side, of values the likeliest.

    `task` is of the benchmark; a table of other labels is `sentence-roles`, and where each sentence
    of train has just one label, each prediction has.
    """

    def __init__(self, task: str, encoder: Encoder) -> None:
        self._key = OUTPUTS[task]
        self._fields = FIELDS[task]
        self._encoder = encoder
        self._labels: list[str] = []
        self._exclusive = False

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Fit on `train`, with the C that does best on `validation` (without one: 0.3)."""
        given = [labels_in(example, self._key) for example in train]
        self._labels = sorted({label for labels in given for label in labels})
        self._exclusive = all(len(labels) == 1 for labels in given)
        fields = self._fields(train)
        self._encoder.fit(fields)
        matrix = self._encoder.transform(fields)
        seen = self._encoder.transform(self._fields(validation)) if validation else None
        best = -1.0
        for c in _CHOICES_OF_C if validation else (0.3,):
            models = self._models(matrix, given, c)
            found = self._agreement(validation, seen, models) if validation else 0.0
            if found > best:
                best, self._fitted = found, models

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        if not examples:
            return []
        return self._predict(examples, self._encoder.transform(self._fields(examples)), self._fitted)

    def _models(self, matrix: Any, given: Sequence[Sequence[str]], c: float) -> list[Any]:
        from sklearn.svm import LinearSVC

        targets = [np.array([label in labels for labels in given]) for label in self._labels]
        return [
            LinearSVC(C=c, class_weight="balanced", random_state=SEED).fit(matrix, target)
            if not target.all()
            else None
            for target in targets
        ]

    def _predict(self, examples: Sequence[Example], matrix: Any, models: Sequence[Any]) -> list[Prediction]:
        # A label that every example of train has is a matter of course.
        ways = [np.ones(len(examples)) if m is None else m.decision_function(matrix) for m in models]
        scores = np.stack(ways, axis=1)
        if self._exclusive:
            answers: list[Any] = [[self._labels[best]] for best in scores.argmax(axis=1)]
        else:
            answers = [[n for n, s in zip(self._labels, row, strict=True) if s > 0] for row in scores]
        if not isinstance(examples[0][self._key], list):
            answers = [answer[0] for answer in answers]
        return [{"id": e["id"], self._key: a} for e, a in zip(examples, answers, strict=True)]

    def _agreement(self, examples: Sequence[Example], matrix: Any, models: Sequence[Any]) -> float:
        """Macro-F1 on examples whose answers are known."""
        found = self._predict(examples, matrix, models)
        pairs = [
            (labels_in(e, self._key), labels_in(p, self._key)) for e, p in zip(examples, found, strict=True)
        ]
        return macro_f1_of(pairs, self._labels)


def tfidf_svm(task: str) -> LinearSvm:
    """Joachims (1998), *Text categorization with support vector machines*."""
    return LinearSvm(task, Tfidf())
