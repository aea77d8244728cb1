"""What annotators mark in an opinion, and the one inventory of labels, attributes and relations.

No I/O. Offsets are code points into the opinion's canonical text, half-open.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

PARTICIPANTS = ("plaintiff_side", "defendant_side", "amicus", "other")
OUTCOMES = ("accepted", "rejected", "partly_accepted", "not_reached")
HOLDINGS_OF = ("this_opinion", "prior_ruling_same_case", "lower_court")
SCOPES = ("terminal", "intermediate")
DISPOSITIONS = (
    "granted",
    "denied",
    "affirmed",
    "reversed",
    "vacated",
    "remanded",
    "dismissed",
    "moot",
    "for_plaintiff_side",
    "for_defendant_side",
    "mixed",
    "other",
)
REBUTTAL_KINDS = ("rebut", "undercut", "distinguish", "procedural_bar", "other")

# Label → attribute → the values it can take. Each attribute of a label is required, and so is
# `issue`, whose values are the issues of the annotation itself.
LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ARGUMENT": {"speaker": PARTICIPANTS, "outcome": OUTCOMES},
    "HOLDING": {"holding_of": HOLDINGS_OF, "scope": SCOPES, "disposition": DISPOSITIONS},
    "REBUTTAL": {"speaker": ("court", *PARTICIPANTS), "kind": REBUTTAL_KINDS},
}
ATTRIBUTES: tuple[str, ...] = tuple(
    dict.fromkeys(name for attributes in LABELS.values() for name in attributes)
)

# Relation type → the pairs of labels it may join, source first.
RELATIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "rebuts": (("REBUTTAL", "ARGUMENT"),),
    "supports": (
        ("ARGUMENT", "ARGUMENT"),
        ("ARGUMENT", "HOLDING"),
        ("HOLDING", "ARGUMENT"),
        ("HOLDING", "HOLDING"),
    ),
    "decides": (("HOLDING", "ARGUMENT"),),
    "restates": tuple((label, label) for label in LABELS),
}
ACYCLIC_RELATIONS = ("supports", "restates")

GOLD = "gold"
GOLD_STATUSES = ("provisional", "adjudicated")
ANNOTATOR_KINDS = ("person", "language_model", "program")


@dataclass(frozen=True, slots=True)
class Issue:
    """A question to be decided; `parent` is the id of the question it is a part of."""

    id: str
    title: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of text. Which attributes are set depends on the label (`LABELS`).

    `digest` is `offsets.digest` of the stretch: it ties the offsets to their text without
    holding the text. `unsure` is the annotator's own flag.
    """

    id: str
    label: str
    start: int
    end: int
    digest: str
    issue: str
    speaker: str | None = None
    outcome: str | None = None
    holding_of: str | None = None
    scope: str | None = None
    disposition: str | None = None
    kind: str | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed, directed link between two spans, by their ids."""

    type: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's reading of one opinion, made on the text with this SHA-256."""

    opinion: str
    text_sha256: str
    annotator: str
    round: str
    guidelines: str
    issues: tuple[Issue, ...]
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The raw spans that a gold span came from, each `<round>/<annotator>/<span id>`, and why."""

    span: str
    raw: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Gold:
    """The labels of record for one opinion. `status` says how far they can be trusted."""

    opinion: str
    text_sha256: str
    status: str
    record: str
    guidelines: str
    issues: tuple[Issue, ...]
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    origins: tuple[Origin, ...]

    def as_annotation(self) -> Annotation:
        """Gold as one more reading, by the annotator and of the round `gold`, to be compared with others."""
        return Annotation(
            opinion=self.opinion,
            text_sha256=self.text_sha256,
            annotator=GOLD,
            round=GOLD,
            guidelines=self.guidelines,
            issues=self.issues,
            spans=self.spans,
            relations=self.relations,
        )


@dataclass(frozen=True, slots=True)
class Annotator:
    """Who or what annotates, stated as it is."""

    id: str
    kind: str
    description: str


def issue_path(issues: Iterable[Issue], issue: str) -> tuple[str, ...]:
    """Titles from the root of the issue tree down to `issue`.

    The tree has to be sound (see the rules `issue-parent` and `issue-cycle`).
    """
    by_id = {each.id: each for each in issues}
    titles: list[str] = []
    at: str | None = issue
    while at is not None:
        titles.append(by_id[at].title)
        at = by_id[at].parent
    return tuple(reversed(titles))


def new_issue_id(title: str, taken: Container[str]) -> str:
    """An id made of a title's words that is not `taken`."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "issue"
    number = 1
    while (id_ := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return id_
