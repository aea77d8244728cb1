"""Raw annotations + decisions → gold, with its record.

What all annotators of an opinion agree on passes. Everything else is a case that somebody decides,
with a reason; a case without a decision blocks the gold. Raw annotations are only read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from arguendo.agreement import matched_spans, same_place
from arguendo.annotation import ATTRIBUTES, LABELS, Annotation, Gold, Origin, Relation, Span
from arguendo.errors import CorpusError, Problem
from arguendo.offsets import digest

_AGREED = "all annotators have it so"


@dataclass(frozen=True, slots=True)
class Case:
    """Raw spans that speak of one thing, by their names `<round>/<annotator>/<span id>`, sorted."""

    spans: Mapping[str, Span]
    agreed: bool

    @property
    def raw(self) -> tuple[str, ...]:
        return tuple(self.spans)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is gold in a case: the raw span `take`, with the fields `change`; or nothing (None)."""

    raw: tuple[str, ...]
    take: str | None
    reason: str
    by: str
    change: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RelationDecision:
    """Whether a relation that some annotators drew is gold; its ends are raw spans."""

    type: str
    source: str
    target: str
    take: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The decisions for one opinion, in the file `where`.

    `issues_from` (`<round>/<annotator>`) is whose tree of issues gold has; `issues` says which of
    them an issue of another's (`<round>/<annotator>/<issue id>`) comes to.
    """

    where: str
    issues_from: str
    issues: Mapping[str, str] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    relations: Sequence[RelationDecision] = ()


def take_over(only: Annotation) -> Gold:
    """Provisional gold from one annotator's pass, as it is."""
    raw = _name(only)
    return Gold(
        opinion=only.opinion,
        text_sha256=only.text_sha256,
        status="provisional",
        record=f"One pass by one annotator ({raw}), taken over as it is; no second one, not adjudicated",
        guidelines=only.guidelines,
        issues=only.issues,
        spans=only.spans,
        relations=only.relations,
        origins=tuple(Origin(s.id, (f"{raw}/{s.id}",), "the only annotation") for s in only.spans),
    )


def cases(annotations: Sequence[Annotation]) -> list[Case]:
    """What the annotators marked, gathered into cases in text order.

    Spans of two annotators belong together where they match (one label, intersection over union
    0.5 or more), and those left over where they share half of the shorter one, whatever the label.
    """
    spans = {f"{_name(each)}/{span.id}": span for each in annotations for span in each.spans}
    leader = {name: name for name in spans}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for a, b in combinations(annotations, 2):
        pairs = matched_spans(a, b)
        for first, second in pairs:
            leader[find(f"{_name(b)}/{second.id}")] = find(f"{_name(a)}/{first.id}")
        both = {first.id for first, _ in pairs}, {second.id for _, second in pairs}
        for first in (span for span in a.spans if span.id not in both[0]):
            for second in (span for span in b.spans if span.id not in both[1]):
                if same_place(first, second):
                    leader[find(f"{_name(b)}/{second.id}")] = find(f"{_name(a)}/{first.id}")
    groups: dict[str, dict[str, Span]] = defaultdict(dict)
    for name in sorted(spans):
        groups[find(name)][name] = spans[name]
    found = [Case(group, _agreed(group, len(annotations))) for group in groups.values()]
    return sorted(found, key=lambda case: (min(s.start for s in case.spans.values()), case.raw))


def adjudicate(annotations: Sequence[Annotation], text: str, given: Adjudication) -> Gold:
    """Gold of one opinion from two or more annotations of its text.

    Raises:
        CorpusError: every case and relation without a decision, and every decision that fits none.
    """
    order = sorted(annotations, key=_name)
    found = cases(order)
    problems: list[Problem] = []
    issues = _Issues(order, given)
    settled = sorted(_settle(found, issues, text, given, problems), key=lambda each: each.place)
    spans, origins, home = [], [], dict[str, str]()
    counts: Counter[str] = Counter()
    for each in settled:
        letter = each.span.label[0].lower()
        counts[letter] += 1
        spans.append(replace(each.span, id=f"{letter}{counts[letter]}"))
        same = tuple(name for name, raw in each.case.spans.items() if raw.label == each.span.label)
        origins.append(Origin(spans[-1].id, same, each.reason))
        home.update(dict.fromkeys(each.case.raw, spans[-1].id))
    relations = {*_relations(order, given, home, problems)}
    if problems:
        raise CorpusError(problems)
    agreed = sum(case.agreed for case in found)
    judges = sorted({d.by for d in given.decisions} | {d.by for d in given.relations}) or ["nobody"]
    names = ", ".join(map(_name, order))
    return Gold(
        opinion=order[0].opinion,
        text_sha256=order[0].text_sha256,
        status="adjudicated",
        record=f"{names}: {agreed} of {len(found)} cases agreed, the others decided by {', '.join(judges)}",
        guidelines=order[0].guidelines,
        issues=issues.tree,
        spans=tuple(spans),
        relations=tuple(sorted(relations, key=lambda r: (r.type, r.source, r.target))),
        origins=tuple(origins),
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """A gold span before it has its id, the case it came from, and why."""

    span: Span
    case: Case
    reason: str

    @property
    def place(self) -> tuple[int, int, str, tuple[str, ...]]:
        return self.span.start, -self.span.end, self.span.label, self.case.raw


def _settle(
    found: Sequence[Case], issues: "_Issues", text: str, given: Adjudication, problems: list[Problem]
) -> Iterator[_Settled]:
    """The gold spans; adds what is wrong or open to `problems`."""
    decided = {decision.raw: decision for decision in given.decisions}
    problems += [
        _problem(given, "adjudication-case", f"no case has just the spans {_list(raw)}")
        for raw in sorted(decided.keys() - {case.raw for case in found})
    ]
    for case in found:
        decision = decided.get(case.raw)
        taken = decision.take if decision else _one_of(case, given) if case.agreed else None
        if not case.agreed and decision is None:
            problems.append(_problem(given, "adjudication-open", f"no decision on {_list(case.raw)}"))
        if taken is None:
            continue
        if taken not in case.spans:
            problems.append(_problem(given, "adjudication-case", f"{taken} is not in its case"))
            continue
        issue = issues.of(taken, case)
        if issue is None:
            message = f"the issue of {taken} is none of {given.issues_from}"
            problems.append(_problem(given, "adjudication-issue", message))
            continue
        change = decision.change if decision else {}
        span = _changed(replace(case.spans[taken], issue=issue, unsure=False), change, text)
        yield _Settled(span, case, f"{decision.reason} ({decision.by})" if decision else _AGREED)


def _one_of(case: Case, given: Adjudication) -> str:
    """The raw span of an agreed case that has the issue gold has: of the annotator whose tree is taken."""
    own = (name for name in case.raw if name.startswith(f"{given.issues_from}/"))
    return next(own, case.raw[0])


def _changed(span: Span, change: Mapping[str, Any], text: str) -> Span:
    """A raw span with what the decision changes; a changed label drops the attributes it lacks."""
    span = replace(span, **change)
    gone: dict[str, Any] = {name: None for name in ATTRIBUTES if name not in LABELS[span.label]}
    return replace(span, **gone, digest=digest(text, span.start, span.end))


def _relations(
    order: Sequence[Annotation], given: Adjudication, home: Mapping[str, str], problems: list[Problem]
) -> Iterator[Relation]:
    """Relations of gold spans: those drawn by all who have both ends, and those decided upon.

    A decision can also add one that nobody drew.
    """
    raw = {f"{_name(each)}/{span.id}" for each in order for span in each.spans}
    for decision in given.relations:
        ends = {decision.source, decision.target}
        if unknown := sorted(ends - raw):
            problems.append(_problem(given, "adjudication-case", f"no span is called {', '.join(unknown)}"))
        elif decision.take and ends <= home.keys():
            yield Relation(decision.type, home[decision.source], home[decision.target])
    for drawn in _drawn(order, given, home):
        if drawn.open:
            message = (
                f"no decision on the relation {drawn.settled.type} from {drawn.raw[1]} to {drawn.raw[2]}"
            )
            problems.append(_problem(given, "adjudication-open", message))
        elif drawn.decision is None or drawn.decision.take:
            yield drawn.settled


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A relation of gold spans that somebody drew: as `raw` spans, by `whom`; `open` if a decision lacks."""

    settled: Relation
    raw: tuple[str, str, str]
    whom: tuple[str, ...]
    decision: RelationDecision | None
    open: bool


def _drawn(order: Sequence[Annotation], given: Adjudication, home: Mapping[str, str]) -> Iterator[_Drawn]:
    drawn: dict[Relation, list[tuple[str, str, str]]] = defaultdict(list)
    has = {_name(each): {home.get(f"{_name(each)}/{span.id}") for span in each.spans} for each in order}
    for each in order:
        for relation in each.relations:
            source, target = f"{_name(each)}/{relation.source}", f"{_name(each)}/{relation.target}"
            if source in home and target in home and home[source] != home[target]:
                settled = Relation(relation.type, home[source], home[target])
                drawn[settled].append((relation.type, source, target))
    decided = {(d.type, d.source, d.target): d for d in given.relations}
    for settled, raws in drawn.items():
        whom = tuple(dict.fromkeys(source.rpartition("/")[0] for _, source, _ in raws))
        could = sum({settled.source, settled.target} <= ids for ids in has.values())
        decision = next((decided[raw] for raw in raws if raw in decided), None)
        yield _Drawn(settled, raws[0], whom, decision, decision is None and len(whom) < could)


class _Issues:
    """The tree of issues that gold has, and what the others' issues come to in it."""

    def __init__(self, order: Sequence[Annotation], given: Adjudication) -> None:
        self._given = given
        owner = next((each for each in order if _name(each) == given.issues_from), None)
        if owner is None:
            message = f"{given.issues_from} is none of the annotations"
            raise CorpusError([_problem(given, "adjudication-issue", message)])
        self.tree = owner.issues
        self._known = {issue.id for issue in owner.issues}

    def of(self, taken: str, case: Case) -> str | None:
        """The issue of a raw span: as decided, else the owner's for the same case, else by its name."""
        whose = taken.rsplit("/", 1)[0]
        issue = case.spans[taken].issue
        if whose == self._given.issues_from:
            return issue
        if mapped := self._given.issues.get(f"{whose}/{issue}"):
            return mapped if mapped in self._known else None
        own = [s.issue for name, s in case.spans.items() if name.startswith(f"{self._given.issues_from}/")]
        return own[0] if own else issue if issue in self._known else None


def _agreed(group: Mapping[str, Span], annotators: int) -> bool:
    """Whether each annotator has one span here, all alike but for ids, issues and doubts."""
    whose = {name.rsplit("/", 1)[0] for name in group}
    alike = {replace(span, id="", issue="", unsure=False) for span in group.values()}
    return len(group) == len(whose) == annotators and len(alike) == 1


def open_cases(
    annotations: Sequence[Annotation], text: str, given: Adjudication | None = None
) -> dict[str, list[dict[str, Any]]]:
    """What still needs a decision: `spans`, in text order, with their words; then `relations`.

    Relations are of gold spans, so they can be told only once all spans are decided.
    """
    order = sorted(annotations, key=_name)
    undecided = given or Adjudication("", _name(order[0]))
    decided = {decision.raw for decision in undecided.decisions}
    spans = [
        {"raw": list(case.raw), "spans": {name: _shown(span, text) for name, span in case.spans.items()}}
        for case in cases(order)
        if not case.agreed and case.raw not in decided
    ]
    if spans:
        return {"spans": spans, "relations": []}
    problems: list[Problem] = []
    home = {
        raw: f"{index}"
        for index, each in enumerate(
            _settle(cases(order), _Issues(order, undecided), text, undecided, problems)
        )
        for raw in each.case.raw
    }
    words = {f"{_name(each)}/{span.id}": _shown(span, text) for each in order for span in each.spans}
    relations = [
        {
            "type": drawn.raw[0],
            "from": drawn.raw[1],
            "to": drawn.raw[2],
            "drawn by": list(drawn.whom),
            "source": words[drawn.raw[1]],
            "target": words[drawn.raw[2]],
        }
        for drawn in _drawn(order, undecided, home)
        if drawn.open
    ]
    return {"spans": [], "relations": relations}


def _shown(span: Span, text: str) -> dict[str, Any]:
    attributes = {a: value for a in ATTRIBUTES if (value := getattr(span, a)) is not None}
    place = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    return {"label": span.label, "issue": span.issue, **attributes, **place}


def adjudication_from_record(record: Mapping[str, Any], where: str) -> Adjudication:
    """The decisions of a file that fits its schema."""
    return Adjudication(
        where,
        record["issues_from"],
        {each["from"]: each["to"] for each in record.get("issues", [])},
        [
            Decision(tuple(sorted(d["raw"])), d["take"], d["reason"], d["by"], d.get("change", {}))
            for d in record["decisions"]
        ],
        [
            RelationDecision(d["type"], d["from"], d["to"], d["take"], d["reason"], d["by"])
            for d in record["relations"]
        ],
    )


def _name(annotation: Annotation) -> str:
    return f"{annotation.round}/{annotation.annotator}"


def _list(raw: Sequence[str]) -> str:
    return ", ".join(raw)


def _problem(given: Adjudication, code: str, message: str) -> Problem:
    mends = {
        "adjudication-open": "Decide it, with a reason",
        "adjudication-case": "See `arguendo adjudicate ID --open`, and mend the decision",
        "adjudication-issue": "Say in `issues` what it comes to, or mend `issues_from`",
    }
    return Problem(given.where, code, message, mends[code])
