"""A transformer fine-tuned on the sentences of train, of any model that transformers can load.

Devlin et al. (2019), *BERT*. The model is the user's choice: a folder, or a name on the Hub; there is
no default, and no figure of this baseline is claimed. Each sentence is shown with the one before it.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from arguendo.bootstrap import SEED
from arguendo.metrics import macro_f1_of
from arguendo.tasks import Example, Prediction

_EPOCHS, _BATCH, _RATE, _MOST_TOKENS = 4, 16, 3e-5, 256


class FineTuned:
    """`sentence-roles` as several yes-or-no questions; the epoch that is best on validation is kept."""

    def __init__(self, model: str) -> None:
        self._name = model

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Fine-tune on `train`.

        Raises:
            ImportError: the extra `[neural]` is not installed.
            OSError: there is no such model.
        """
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        torch.manual_seed(SEED)
        self._labels = sorted({label for example in train for label in example["labels"]})
        self._tokenizer = AutoTokenizer.from_pretrained(self._name)
        self._model: Any = AutoModelForSequenceClassification.from_pretrained(
            self._name,
            num_labels=len(self._labels),
            problem_type="multi_label_classification",
            ignore_mismatched_sizes=True,  # a head for other labels is replaced
        )
        targets = torch.tensor([[float(n in e["labels"]) for n in self._labels] for e in train])
        texts = _with_before(train)
        # Rare labels weigh more, or nothing would ever be found.
        weight = (len(train) - targets.sum(0)) / targets.sum(0).clamp(min=1)
        loss_of = torch.nn.BCEWithLogitsLoss(pos_weight=weight.clamp(max=20))
        optimizer = torch.optim.AdamW(self._model.parameters(), lr=_RATE)
        best, kept = -1.0, None
        for _ in range(_EPOCHS):
            self._model.train()
            for at in torch.randperm(len(train)).split(_BATCH):
                loss = loss_of(self._model(**self._encoded([texts[i] for i in at])).logits, targets[at])
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
            found = self._agreement(validation) if validation else best + 1
            if found > best:
                best, kept = found, {name: value.clone() for name, value in self._model.state_dict().items()}
        self._model.load_state_dict(kept)

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        import torch

        self._model.eval()
        texts = _with_before(examples)
        found: list[Prediction] = []
        with torch.no_grad():
            for at in range(0, len(texts), _BATCH):
                logits = self._model(**self._encoded(texts[at : at + _BATCH])).logits
                for example, row in zip(examples[at : at + _BATCH], logits.tolist(), strict=True):
                    labels = [name for name, score in zip(self._labels, row, strict=True) if score > 0]
                    found.append({"id": example["id"], "labels": labels})
        return found

    def _encoded(self, texts: Sequence[tuple[str, str]]) -> Any:
        before, own = zip(*texts, strict=True)
        return self._tokenizer(
            list(before),
            list(own),
            truncation=True,
            max_length=_MOST_TOKENS,
            padding=True,
            return_tensors="pt",
        )

    def _agreement(self, examples: Sequence[Example]) -> float:
        pairs = [(e["labels"], p["labels"]) for e, p in zip(examples, self.predict(examples), strict=True)]
        return macro_f1_of(pairs, self._labels)


def _with_before(examples: Sequence[Example]) -> list[tuple[str, str]]:
    """Each sentence with the one before it in its opinion."""
    found = []
    for _, group in groupby(examples, key=lambda example: example["opinion"]):
        texts = ["", *(example["text"] for example in group)]
        found += [*pairwise(texts)]
    return found
