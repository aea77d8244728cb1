"""The challenge's pairs side by side, the difference marked, with the scores of systems by phenomenon."""

import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

from arguendo.challenge import Pair, PhenomenonScore, Version
from arguendo.offsets import Interval
from arguendo.pages.benchmark import phenomena
from arguendo.pages.markup import Html, assets, document, isolated, join, tag, text

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
QUESTIONS = {
    "label": "What is the marked passage?",
    "holding_of": "Whose holding is it?",
    "speaker": "Who answers?",
    "kind": "How does it answer?",
    "outcome": "What comes of the argument?",
    "disposition": "Which disposition is it?",
    "link": "Which argument does it answer?",
}


def challenge_page(pairs: Sequence[Pair], scores: Mapping[str, Sequence[PhenomenonScore]]) -> str:
    """A complete HTML document that loads nothing; `scores` are of each system, by phenomenon."""
    kept = [pair for pair in pairs if pair.dropped is None]
    groups = [(name, list(group)) for name, group in groupby(kept, key=lambda pair: pair.phenomenon)]
    said = (
        f"{len(kept)} pairs of made-up passages. The two versions of a pair differ in one thing and in the "
        "right answer; what only one of them has is marked. A pair counts when both versions are right."
    )
    links = (tag("li", tag("a", text(f"{name} ({len(group)})"), href=f"#{name}")) for name, group in groups)
    body = tag(
        "main",
        tag("h1", text("Challenge")),
        tag("p", text(said)),
        *([phenomena(scores)] if scores else []),
        tag("nav", tag("ul", *links), aria_label="Phenomena"),
        *(_group(name, group) for name, group in groups),
    )
    return document("arguendo: challenge", assets("agreement.css", "challenge.css"), body)


def _group(name: str, pairs: Sequence[Pair]) -> Html:
    return tag("section", tag("h2", text(name), id=name), *map(_pair, pairs))


def _pair(pair: Pair) -> Html:
    what = tag("div", text(f"{pair.id} · {QUESTIONS[pair.ask]}"), class_="what")
    sides = (_side(pair.a, pair.b), _side(pair.b, pair.a))
    return tag("div", what, *sides, class_="pair", id=pair.id)


def _side(own: Version, other: Version) -> Html:
    answer = tag("p", tag("strong", isolated(own.answer.replace("_", " "))), class_="answer")
    return tag("div", answer, tag("p", _marked(own, _differences(own.text, other.text))), class_="side")


def _differences(own: str, other: str) -> list[Interval]:
    """What of `own` is not in `other`, by words."""
    a, b = _TOKEN.findall(own), _TOKEN.findall(other)
    starts = [0]
    for token in a:
        starts.append(starts[-1] + len(token))
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [(starts[i], starts[j]) for kind, i, j, _, _ in blocks if kind != "equal" and j > i]


def _marked(version: Version, differences: Sequence[Interval]) -> Html:
    """The text with the target, the candidates and the differences each in an element of its own."""
    stretches = [("ins", each) for each in differences]
    stretches += [("target", version.target), *(("candidate", each) for each in version.candidates)]
    edges = sorted({0, len(version.text), *(edge for _, each in stretches for edge in each)})
    parts = []
    for start, end in pairwise(edges):
        words = text(version.text[start:end])
        over = [name for name, each in stretches if each[0] <= start and end <= each[1]]
        for name in dict.fromkeys(over):
            words = tag("ins", words) if name == "ins" else tag("span", words, class_=name)
        parts.append(words)
    numbers = {each[0]: n for n, each in enumerate(version.candidates, 1)}
    marked = [
        join((tag("sup", text(str(numbers[start]))), part)) if start in numbers else part
        for start, part in zip(edges, parts, strict=False)
    ]
    return join(marked)
