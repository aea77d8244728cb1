"""One module a kind of baseline; the registry by task and name.

A baseline is made with the name of its task. `fit(train, validation)` learns from the first and
chooses by the second; `predict(examples)` gives one prediction for each, and never looks at answers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from arguendo.baselines.bag_of_words import BagOfWords
from arguendo.baselines.chance import Majority, Random, RandomAnswers
from arguendo.baselines.crf import SentenceCrf
from arguendo.baselines.cue_answers import CueAnswers
from arguendo.baselines.cue_phrases import CuePhrases
from arguendo.baselines.linear import tfidf_svm
from arguendo.baselines.linking import Lexical, Nearest, Ranker
from arguendo.tasks import Example, Prediction


class Baseline(Protocol):
    """What every baseline can do."""

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None: ...

    def predict(self, examples: Sequence[Example]) -> list[Prediction]: ...


BASELINES: dict[str, dict[str, Callable[[str], Baseline]]] = {
    "span-extraction": {"random": Random, "cue-phrases": CuePhrases, "sentence-crf": SentenceCrf},
    "sentence-roles": {
        "majority": Majority,
        "random": Random,
        "cue-phrases": CuePhrases,
        "tfidf-svm": tfidf_svm,
        "sentence-crf": SentenceCrf,
    },
    "rebuttal-linking": {"random": Random, "nearest": Nearest, "lexical": Lexical, "ranker": Ranker},
    "argument-outcome": {"majority": Majority, "random": Random, "tfidf-svm": tfidf_svm},
    "holding-disposition": {
        "majority": Majority,
        "random": Random,
        "cue-phrases": CuePhrases,
        "tfidf-svm": tfidf_svm,
    },
}


def _embeddings(task: str, model: str) -> Baseline:
    from arguendo.baselines.embeddings import sentence_embeddings

    return sentence_embeddings(task, model)


def _fine_tuned(task: str, model: str) -> Baseline:
    from arguendo.baselines.fine_tuned import FineTuned

    return FineTuned(model)


NEURAL: dict[str, dict[str, Callable[[str, str], Baseline]]] = {
    "sentence-roles": {"sentence-embeddings": _embeddings, "fine-tuned": _fine_tuned},
    "argument-outcome": {"sentence-embeddings": _embeddings},
    "holding-disposition": {"sentence-embeddings": _embeddings},
}
"""Baselines made with a task and a model of the user's choice, a folder or a name on the Hub."""


class ChallengeSystem(Protocol):
    """A system for the challenge. `fit` sees rows of gold (opinions of train), never the challenge."""

    def fit(self, gold: Sequence[Mapping[str, Any]]) -> None: ...

    def predict(self, rows: Sequence[Example]) -> list[Prediction]: ...


CHALLENGE_SYSTEMS: dict[str, Callable[[], ChallengeSystem]] = {
    "random": RandomAnswers,
    "cue-phrases": CueAnswers,
    "bag-of-words": BagOfWords,
}
