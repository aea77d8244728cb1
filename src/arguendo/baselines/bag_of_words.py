"""A bag of words for the challenge's questions: what the target's words tell without order or neighbours."""

from collections.abc import Mapping, Sequence
from typing import Any

from arguendo.challenge import NONE, target_words
from arguendo.tasks import Example, Prediction


class BagOfWords:
    """TF-IDF of the target and a linear SVM for each question, learnt from the spans of gold.

    For `link`, the argument that is most alike in words.
    """

    def fit(self, gold: Sequence[Mapping[str, Any]]) -> None:
        """Learn each attribute from spans, and labels from sentences and spans."""
        self._models: dict[str, Any] = {}
        for ask in ("label", "holding_of", "speaker", "kind", "outcome", "disposition"):
            pairs = [pair for opinion in gold for pair in _taught(opinion, ask)]
            if len({answer for _, answer in pairs}) > 1:
                self._models[ask] = _pipeline().fit(*zip(*pairs, strict=True))

    def predict(self, rows: Sequence[Example]) -> list[Prediction]:
        return [{"id": row["id"], "answer": self._answer(row)} for row in rows]

    def _answer(self, row: Example) -> str:
        if row["ask"] == "link":
            return _most_alike(row)
        if row["ask"] not in self._models:
            return str(row["values"][0])
        return str(self._models[row["ask"]].predict([target_words(row)])[0])


def _pipeline() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(words, LinearSVC(class_weight="balanced", random_state=0))


def _taught(opinion: Mapping[str, Any], ask: str) -> list[tuple[str, str]]:
    """(words, answer) of an opinion's spans; for labels, of its sentences without any label too."""
    spans = opinion["spans"]
    if ask != "label":
        wanted = {"speaker": "REBUTTAL"}.get(ask)
        return [(s["text"], s[ask]) for s in spans if s[ask] and wanted in (None, s["label"])]
    bare = [
        (opinion["text"][place["start"] : place["end"]], NONE)
        for place in opinion["sentences"]
        if not any(s["start"] < place["end"] and place["start"] < s["end"] for s in spans)
    ]
    return [*((s["text"], s["label"]) for s in spans), *bare]


def _most_alike(row: Example) -> str:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [row["text"][place["start"] : place["end"]] for place in (row["target"], *row["candidates"])]
    vectors = TfidfVectorizer().fit_transform(texts)
    return str(1 + int((vectors[1:] @ vectors[0].T).toarray()[:, 0].argmax()))
