"""The challenge suite: minimal pairs of made-up passages, the answers of annotators and systems to them.

A pair is two versions of a passage that differ in one thing and in the right answer to one question
about a target. It counts when both versions are right (Gardner et al. 2020, *Evaluating models' local
decision boundaries via contrast sets*): whoever answers by the words that both share gets none.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arguendo.annotation import DISPOSITIONS, HOLDINGS_OF, LABELS, OUTCOMES, PARTICIPANTS, REBUTTAL_KINDS
from arguendo.errors import CorpusError, Problem, fail
from arguendo.offsets import Interval
from arguendo.tasks import Example, Prediction
from arguendo.validate import problem, schema_findings

NONE = "NONE"
VALUES: Mapping[str, tuple[str, ...]] = {
    "label": (*LABELS, NONE),
    "holding_of": HOLDINGS_OF,
    "speaker": ("court", *PARTICIPANTS),
    "kind": REBUTTAL_KINDS,
    "outcome": OUTCOMES,
    "disposition": DISPOSITIONS,
}
"""The answers that each question can have; those of `link` are the numbers of its candidates."""


@dataclass(frozen=True, slots=True)
class Version:
    """A passage; `target` and `candidates` are offsets of code points, half-open."""

    text: str
    target: Interval
    candidates: tuple[Interval, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions, `a` and `b`; `dropped` says why it is left out, if it is."""

    id: str
    phenomenon: str
    ask: str
    a: Version
    b: Version
    dropped: str | None = None

    @property
    def versions(self) -> tuple[tuple[str, Version], tuple[str, Version]]:
        """Both versions, each with the id of its example."""
        return (f"{self.id}a", self.a), (f"{self.id}b", self.b)


def values(ask: str, candidates: int) -> tuple[str, ...]:
    """The possible answers to a question."""
    return VALUES[ask] if ask in VALUES else tuple(str(n) for n in range(1, candidates + 1))


def parse_pairs(toml: str, where: str) -> list[Pair]:
    """The pairs of a file of `corpus/challenge/`.

    Raises:
        CorpusError: everything that is wrong with it.
    """
    try:
        record = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise fail(where, "challenge-toml", f"not TOML: {error}", "Mend the line named") from None
    if findings := [*schema_findings(record, "challenge")]:
        raise CorpusError(problem(where, finding) for finding in findings)
    problems: list[Problem] = []
    pairs = []
    for index, entry in enumerate(record["pair"]):
        at = f"{where}#/pair/{index}"
        a, b = (_version(entry[side], entry["ask"], f"{at}/{side}", problems) for side in "ab")
        if a and b:
            dropped = entry.get("dropped")
            pairs.append(Pair(entry["id"], record["phenomenon"], entry["ask"], a, b, dropped))
        if a and b and (a.text, a.target) == (b.text, b.target):
            problems.append(Problem(at, "challenge-pair", "its versions are equal", "Let them differ"))
    if problems:
        raise CorpusError(problems)
    return pairs


def _version(entry: Mapping[str, Any], ask: str, at: str, problems: list[Problem]) -> Version | None:
    text = entry["text"]
    places: list[Interval] = []
    for words in (entry["target"], *entry.get("candidates", [])):
        if text.count(words) != 1:
            message = f"“{words[:60]}” stands {text.count(words)} times in the text"
            problems.append(Problem(at, "challenge-words", message, "Copy words that stand there once"))
            return None
        start = text.index(words)
        places.append((start, start + len(words)))
    target, *candidates = places
    known = values(ask, len(candidates))
    if entry["answer"] not in known:
        message = f"{entry['answer']!r} is no answer to {ask}"
        problems.append(Problem(at, "challenge-answer", message, f"Known: {', '.join(known)}"))
        return None
    return Version(text, target, tuple(candidates), entry["answer"])


def examples(pairs: Sequence[Pair]) -> list[Example]:
    """Two examples for each pair that is not dropped; columns of the config `challenge`."""
    return [
        {
            "id": id_,
            "pair": pair.id,
            "phenomenon": pair.phenomenon,
            "ask": pair.ask,
            "text": version.text,
            "target": _place(version.target),
            "candidates": [_place(each) for each in version.candidates],
            "values": list(values(pair.ask, len(version.candidates))),
            "answer": version.answer,
        }
        for pair in pairs
        if pair.dropped is None
        for id_, version in pair.versions
    ]


def target_words(row: Example) -> str:
    """The words that the question is about."""
    return str(row["text"][row["target"]["start"] : row["target"]["end"]])


def _place(interval: Interval) -> dict[str, int]:
    return {"start": interval[0], "end": interval[1]}


@dataclass(frozen=True, slots=True)
class PhenomenonScore:
    """How many of the `pairs` of a phenomenon are `right` in both versions, and how many chance gets."""

    phenomenon: str
    pairs: int
    right: int
    chance: float

    @property
    def value(self) -> float:
        return self.right / self.pairs


def score_by_phenomenon(rows: Sequence[Example], predictions: Sequence[Prediction]) -> list[PhenomenonScore]:
    """The share of pairs right in both versions, for each phenomenon in turn and for `all`.

    `chance` is that of guessing each version's answer with equal chance for all values.
    """
    given = {prediction["id"]: prediction["answer"] for prediction in predictions}
    by_pair: dict[tuple[str, str], list[Example]] = {}
    for row in rows:
        by_pair.setdefault((row["phenomenon"], row["pair"]), []).append(row)
    found: dict[str, list[tuple[bool, float]]] = {}
    for (phenomenon, _), versions in sorted(by_pair.items()):
        right = all(given.get(version["id"]) == version["answer"] for version in versions)
        chance = 1.0
        for version in versions:
            chance /= len(version["values"])
        for name in (phenomenon, "all"):
            found.setdefault(name, []).append((right, chance))
    return [
        PhenomenonScore(name, len(each), sum(r for r, _ in each), sum(c for _, c in each) / len(each))
        for name, each in sorted(found.items(), key=lambda item: (item[0] == "all", item[0]))
    ]


def shared_ngrams(pairs: Sequence[Pair], n: int = 5) -> list[tuple[float, str, str]]:
    """How much of their n-grams of words each two pairs share, of the one with fewer; the greatest first."""
    grams = {pair.id: _ngrams(pair.a.text, n) | _ngrams(pair.b.text, n) for pair in pairs}
    ids = sorted(grams)
    return sorted(
        (
            (len(grams[first] & grams[second]) / min(len(grams[first]), len(grams[second])), first, second)
            for place, first in enumerate(ids)
            for second in ids[place + 1 :]
        ),
        reverse=True,
    )


def _ngrams(text: str, n: int) -> set[tuple[str, ...]]:
    words = "".join(c.lower() if c.isalnum() else " " for c in text).split()
    return {tuple(words[at : at + n]) for at in range(len(words) - n + 1)}


def agreement_with_intention(
    pairs: Sequence[Pair], answers: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, float]]:
    """By phenomenon: pairs, and the share that each annotator, and all of them, answered as intended.

    `answers` are of each annotator by example; dropped pairs count too.
    """
    found: dict[str, dict[str, float]] = {}
    for name in sorted({pair.phenomenon for pair in pairs}):
        own = [pair for pair in pairs if pair.phenomenon == name]
        right = {
            who: [all(given.get(id_) == version.answer for id_, version in pair.versions) for pair in own]
            for who, given in answers.items()
        }
        row = {who: sum(each) / len(own) for who, each in right.items()}
        everybody = [all(each) for each in zip(*right.values(), strict=True)] if right else []
        found[name] = {"pairs": float(len(own)), **row, "all": sum(everybody) / len(own)}
    return found
