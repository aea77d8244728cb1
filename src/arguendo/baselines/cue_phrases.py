"""Cue phrases: a sentence with a label's phrase has that label, and is a span of it.

The phrases are general habits of US opinions (reporting verbs with a party for a subject, verbs of
decision with the court for one, stock phrases of rejection). Nothing is learnt.
They were written down by somebody who had read the corpus's first opinion, but not its labels; the
floor that they set is therefore a little flattering on that opinion.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from arguendo.tasks import OUTPUTS, Example, Prediction

_PARTY = (
    r"(?:plaintiffs?|defendants?|petitioners?|respondents?|appellants?|appellees?|movants?"
    r"|the government|the state|they|he|she|it)"
)
_COURT = r"(?:we|the court|this court|the panel)"
_CUES = {
    "ARGUMENT": re.compile(
        rf"\b{_PARTY}(?:,? (?:also|next|further|first|now|then|instead|however|again|briefly),?)* "
        r"(?:argue|contend|maintain|assert|submit|urge|object|insist|counter|point out)s?\b"
        rf"|\baccording to {_PARTY}\b",
        re.IGNORECASE,
    ),
    "HOLDING": re.compile(
        rf"\b{_COURT} (?:therefore |thus |accordingly |hereby |now |also )*"
        r"(?:hold|conclude|find|affirm|reverse|vacate|remand|grant|deny|denie|dismiss|enjoin|agree)(?:s|es|ed|d)?\b"
        r"|\b(?:is|are) (?:hereby |therefore |accordingly )*"
        r"(?:granted|denied|affirmed|reversed|vacated|dismissed|remanded)\b",
        re.IGNORECASE,
    ),
    "REBUTTAL": re.compile(
        r"\b(?:unpersuasive|unavailing|unconvincing|meritless|without merit|frivolous|misplaced|unfounded"
        r"|not persuaded?|not persuasive|beside the point|misses the mark|no authority|foreclosed by"
        rf"|{_COURT} (?:disagree|reject)s?)\b",
        re.IGNORECASE,
    ),
}


_DISPOSITIONS = {
    "moot": r"\b(?:as|is|are) moot\b",
    "affirmed": r"\baffirm",
    "reversed": r"\brevers",
    "vacated": r"\bvacat",
    "dismissed": r"\bdismiss",
    "denied": r"\b(?:deny|denied|denies)\b",
    "granted": r"\b(?:grant|granted|grants)\b",
    "remanded": r"\bremand",
    "for_defendant_side": r"\b(?:guilty|convicted|against the plaintiff|did not err|properly)\b",
}
_FALLBACK = "for_plaintiff_side"


class CuePhrases:
    """Cue phrases for spans, sentences and dispositions."""

    def __init__(self, task: str) -> None:
        self._task = task

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> None:
        """Nothing to fit."""

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        answer = _ANSWERS[self._task]
        return [{"id": example["id"], OUTPUTS[self._task]: answer(example)} for example in examples]


def cued(sentence: str) -> list[str]:
    """The labels whose cue a sentence holds."""
    return [label for label, cue in _CUES.items() if cue.search(sentence)]


def _spans(example: Example) -> list[dict[str, Any]]:
    """One span for each sentence and label whose cue it holds."""
    text = example["text"]
    return [
        {"label": label, "start": sentence["start"], "end": sentence["end"]}
        for sentence in example["sentences"]
        for label in cued(text[sentence["start"] : sentence["end"]])
    ]


def disposition(text: str) -> str:
    """The first of the words of decision, as ordered, that the holding has."""
    found = (name for name, cue in _DISPOSITIONS.items() if re.search(cue, text, re.IGNORECASE))
    return next(found, _FALLBACK)


_ANSWERS: dict[str, Callable[[Example], Any]] = {
    "span-extraction": _spans,
    "sentence-roles": lambda example: cued(example["text"]),
    "holding-disposition": lambda example: disposition(example["text"]),
}
