"""The sentences of opinions in order, with what a sequence model sees of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from arguendo.baselines.cue_phrases import cued
from arguendo.offsets import Interval
from arguendo.tasks import Example, sentences_of

_WORDS_AT_AN_END = 3
OUTSIDE = "O"
"""The tag of a sentence that is in no span; others are `B-<label>` and `I-<label>`."""
_WORD = re.compile(r"\w+|[“”\"¶§(\[]")
_CITATION = re.compile(r"[(\[]?(?:See\b|Id\.|Cf\.|E\.g\.|Accord\b|Dkt\.|[A-Z][\w.’&' ]+ v\. )")


@dataclass(frozen=True, slots=True)
class SentenceSequence:
    """The sentences of one opinion: ids of examples, places, features, and gold labels.

    Places are offsets of code points, half-open; an outside corpus has none. A sentence `opens` a
    paragraph where white space of two characters or more stands before it.
    """

    ids: list[str]
    places: list[Interval]
    opens: list[bool]
    features: list[list[str]]
    labels: list[list[str]]


def sequences(task: str, examples: Sequence[Example]) -> list[SentenceSequence]:
    """A sequence for each opinion, of examples of `span-extraction` or `sentence-roles`."""
    if task == "span-extraction":
        return [
            _sequence(
                [example["id"]],
                [(s["start"], s["end"]) for s in example["sentences"]],
                [example["text"][s["start"] : s["end"]] for s in example["sentences"]],
                sentences_of(example),
            )
            for example in examples
        ]
    return [
        _sequence(
            [each["id"] for each in group],
            [(each["start"], each["end"]) for each in group if "start" in each],
            [each["text"] for each in group],
            [each["labels"] for each in group],
        )
        for group in (list(rows) for _, rows in groupby(examples, key=lambda each: each["opinion"]))
    ]


def _sequence(
    ids: list[str], places: list[Interval], texts: list[str], labels: list[list[str]]
) -> SentenceSequence:
    opens = [True, *(after[0] - before[1] > 1 for before, after in pairwise(places))][: len(texts)]
    opens += [False] * (len(texts) - len(opens))
    return SentenceSequence(ids, places, opens, _features(texts, opens), labels)


def _features(texts: Sequence[str], opens: Sequence[bool]) -> list[list[str]]:
    """Words and pairs of words of each sentence, its ends, cues and place, and those of its neighbours."""
    words = [[word.lower() for word in _WORD.findall(text)] for text in texts]
    looks = [
        [*(f"cue={label}" for label in cued(text)), *(["cite"] * bool(_CITATION.match(text)))]
        for text in texts
    ]
    found = []
    for at, own in enumerate(words):
        before, after = words[at - 1] if at else [], words[at + 1] if at + 1 < len(words) else []
        features = [
            "bias",
            f"at={10 * at // len(words)}",
            f"long={min(len(own) // 8, 8)}",
            *looks[at],
            *(f"before:{look}" for look in (looks[at - 1] if at else [])),
            *(f"after:{look}" for look in (looks[at + 1] if at + 1 < len(words) else [])),
            *(["opens"] * opens[at]),
            *{f"w={word}" for word in own},
            *{f"p={a} {b}" for a, b in pairwise(own)},
            *(f"first{place}={word}" for place, word in enumerate(own[:_WORDS_AT_AN_END])),
            *(f"last{place}={word}" for place, word in enumerate(own[: -_WORDS_AT_AN_END - 1 : -1])),
            *{f"before={word}" for word in before},
            *{f"after={word}" for word in after},
        ]
        found.append(sorted(features))
    return found


def labels_of_tags(tagged: Sequence[Sequence[str]]) -> list[list[str]]:
    """The labels of each sentence from the tags of all models."""
    return [[tag[2:] for tag in tags if tag != OUTSIDE] for tags in zip(*tagged, strict=True)]


def spans_of_tags(sequence: SentenceSequence, tagged: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Runs of sentences of one paragraph with one label; one tagged as a beginning begins a span."""
    spans: list[dict[str, Any]] = []
    for tags in tagged:
        before = OUTSIDE
        for (start, end), opens, tag in zip(sequence.places, sequence.opens, tags, strict=True):
            if tag[0] == "I" and before[2:] == tag[2:] and not opens:
                spans[-1]["end"] = end
            elif tag != OUTSIDE:
                spans.append({"label": tag[2:], "start": start, "end": end})
            before = tag
    return sorted(spans, key=lambda span: (span["start"], span["end"], span["label"]))
