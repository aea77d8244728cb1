"""Sentence embeddings of any model that sentence-transformers can load, with a linear head.

Reimers & Gurevych (2019), *Sentence-BERT*. The model is the user's choice: a folder, or a name on the
Hub; there is no default. It is not trained here, only the head is.
"""

from collections.abc import Sequence
from typing import Any

from arguendo.baselines.fields import WORDY, Fields
from arguendo.baselines.linear import LinearSvm


class Embeddings:
    """The embedding of each prose text of an example, side by side; facts are left aside."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(model, device="cpu", trust_remote_code=False)

    def fit(self, fields: Sequence[Fields]) -> None:
        """Nothing to fit: the model is as it was loaded."""

    def transform(self, fields: Sequence[Fields]) -> Any:
        import numpy as np

        parts = []
        for name in (name for name in fields[0] if name in WORDY):
            texts = [each[name] for each in fields]
            known = {text: row for row, text in enumerate(dict.fromkeys(texts))}
            vectors = self._model.encode(
                list(known), normalize_embeddings=True, show_progress_bar=len(known) > 500
            )
            parts.append(np.asarray(vectors)[[known[text] for text in texts]])
        return np.concatenate(parts, axis=1)


def sentence_embeddings(task: str, model: str) -> LinearSvm:
    """The head on the embeddings of `model`.

    Raises:
        ImportError: the extra `[neural]` is not installed.
        OSError: there is no such model.
    """
    return LinearSvm(task, Embeddings(model))
