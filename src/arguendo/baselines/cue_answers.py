"""Cue phrases for the challenge's questions, in the target alone; of several arguments the nearest."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from arguendo.baselines.cue_phrases import cued, disposition
from arguendo.challenge import NONE, target_words
from arguendo.tasks import Example, Prediction

_BELOW = re.compile(
    r"\b(?:(?:district|trial|circuit|superior|chancery|lower|bankruptcy|probate) (?:court|judge)|court below"
    r"|jury|board|commission|magistrate|tribunal|commissioner|agency|referee|arbitrator)\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:earlier|previous(?:ly)?|last (?:term|year|month)|we (?:had|have already))\b", re.IGNORECASE
)
_SIDES = {
    "plaintiff_side": re.compile(
        r"\b(?:plaintiffs?|the (?:state|government|people|prosecution|commonwealth))\b", re.I
    ),
    "defendant_side": re.compile(r"\b(?:defendants?|the accused)\b", re.IGNORECASE),
    "amicus": re.compile(r"\bamic(?:us|i)\b", re.IGNORECASE),
}
_KINDS = {
    "procedural_bar": re.compile(
        r"\b(?:waive[rd]?|forfeit|untimely|too late|moot|standing|preserve|raise[ds]?|first time)\b", re.I
    ),
    "distinguish": re.compile(r"\b(?:distinguish|inapposite|unlike|there|that case|different)\b", re.I),
    "undercut": re.compile(
        r"\b(?:no (?:evidence|authority|support|proof)|fails? to|without more|nothing)\b", re.I
    ),
}
_OUTCOMES = {
    "accepted": re.compile(r"\b(?:agree|right|correct|persuasive)\b", re.I),
    "not_reached": re.compile(r"\b(?:need not|do not reach|moot)\b", re.I),
}


class CueAnswers:
    """Cue phrases of the target; of several arguments the one before it."""

    def fit(self, gold: Sequence[Mapping[str, Any]]) -> None:
        """Nothing to fit."""

    def predict(self, rows: Sequence[Example]) -> list[Prediction]:
        return [{"id": row["id"], "answer": _CUES[row["ask"]](row)} for row in rows]


def _first(patterns: Mapping[str, re.Pattern[str]], otherwise: str) -> Callable[[Example], str]:
    def answer(row: Example) -> str:
        return next((name for name, cue in patterns.items() if cue.search(target_words(row))), otherwise)

    return answer


def _nearest(row: Example) -> str:
    """The last candidate before the target, else the first one."""
    before = [n for n, c in enumerate(row["candidates"], 1) if c["start"] < row["target"]["start"]]
    return str(before[-1] if before else 1)


_CUES: dict[str, Callable[[Example], str]] = {
    "label": lambda row: next(iter(cued(target_words(row))), NONE),
    "holding_of": _first({"lower_court": _BELOW, "prior_ruling_same_case": _EARLIER}, "this_opinion"),
    "speaker": _first(_SIDES, "court"),
    "kind": _first(_KINDS, "rebut"),
    "outcome": _first(_OUTCOMES, "rejected"),
    "disposition": lambda row: disposition(target_words(row)),
    "link": _nearest,
}
