"""Span extraction by cue phrases: a sentence with a label's phrase is a span of that label.

The phrases are general habits of US opinions (reporting verbs with a party for a subject, verbs of
decision with the court for one, stock phrases of rejection). Nothing is learnt: `fit` does nothing.
They were written down by somebody who had read the corpus's first opinion, but not its labels; the
floor that they set is therefore a little flattering on that opinion.
"""

import re
from collections.abc import Iterable
from typing import Any

from arguendo.tasks import Example, Prediction

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


def fit(examples: Iterable[Example]) -> None:
    """Nothing to fit."""


def predict(examples: Iterable[Example]) -> list[Prediction]:
    """One span for each sentence and label whose cue it holds."""
    return [{"id": example["id"], "spans": _spans(example)} for example in examples]


def _spans(example: Example) -> list[dict[str, Any]]:
    text = example["text"]
    return [
        {"label": label, "start": sentence["start"], "end": sentence["end"]}
        for sentence in example["sentences"]
        for label, cue in _CUES.items()
        if cue.search(text, sentence["start"], sentence["end"])
    ]
