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
from arguendo.baselines.linear import TfidfSvm
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
        "tfidf-svm": TfidfSvm,
        "sentence-crf": SentenceCrf,
    },
    "rebuttal-linking": {"random": Random, "nearest": Nearest, "lexical": Lexical, "ranker": Ranker},
    "argument-outcome": {"majority": Majority, "random": Random, "tfidf-svm": TfidfSvm},
    "holding-disposition": {
        "majority": Majority,
        "random": Random,
        "cue-phrases": CuePhrases,
        "tfidf-svm": TfidfSvm,
    },
}


class ChallengeSystem(Protocol):
    """A system for the challenge. `fit` sees rows of gold (opinions of train), never the challenge."""

    def fit(self, gold: Sequence[Mapping[str, Any]]) -> None: ...

    def predict(self, rows: Sequence[Example]) -> list[Prediction]: ...


CHALLENGE_SYSTEMS: dict[str, Callable[[], ChallengeSystem]] = {
    "random": RandomAnswers,
    "cue-phrases": CueAnswers,
    "bag-of-words": BagOfWords,
}
