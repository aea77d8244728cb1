"""Annotations as Label Studio's results, and back: regions, choices, relations, lists of issues.

Tried with Label Studio 1.23.2 in Chromium, by selecting with the mouse across astral characters,
`§`, curly quotation marks, paragraph breaks, edges of emphasis and marks of footnotes. `Text` has
exact offsets but shows no headings, italics or quotations; paragraphs (`Paragraphs`) are for
dialogues and count offsets anew in each. `HyperText` shows the page, and where its text content is
the canonical text, its `globalOffsets` are our offsets: code points, half-open. Its `startOffset`
and `endOffset` are UTF-16 code units in a text node (see `page`). The text that a region quotes
has each line end written as a backslash and an n. A region whose quotation is not what stands at
its offsets is refused, never guessed.

A span's issue is a heading of the opinion, chosen, or a line of the annotator's own list, typed; a
span without one has that of the span which it answers, decides or restates.
The list has a line for each issue, `id = title`, two spaces deeper than the issue it is a part of;
`id < parent = title` names that issue where its line is not the last one less deep.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arguendo.annotation import LABELS, RELATIONS, Annotation, Gold, Issue, Span, new_issue_id
from arguendo.labelstudio.config import (
    COMMENT,
    ISSUE,
    ISSUE_OTHER,
    ISSUES,
    LABEL,
    NOT_SURE,
    TEXT,
    UNSURE,
    control,
)
from arguendo.labelstudio.page import Page
from arguendo.offsets import digest, sha256
from arguendo.opinion import Opinion
from arguendo.records import Record
from arguendo.validate.rules import Finding

_INDENT = "  "
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_LISTED = re.compile(rf"(?P<indent> *)(?:(?P<id>{_NAME})(?: < (?P<parent>{_NAME}))? = )?(?P<title>\S.*)")
_ID = re.compile(rf"{_NAME}\Z")
_LABEL_OF_HEADING = re.compile(r"\A(?:[IVXL]+|[A-Z]|\d{1,2}|[a-z]|[ivx]+)[.)]\s+|\A\(\w{1,4}\)\s+")
_STEP = "› "
_NO_ISSUE = "no issue given"


def heading_issues(opinion: Opinion) -> tuple[Issue, ...]:
    """The opinion's headings as issues that an annotator can choose from, in order, as a tree."""
    issues: list[Issue] = []
    open_: list[tuple[int, str]] = []
    for block in opinion.blocks:
        if block.kind != "heading":
            continue
        title = _LABEL_OF_HEADING.sub("", " ".join(opinion.text[block.start : block.end].split()))
        id_ = new_issue_id(title, [issue.id for issue in issues])
        issue = Issue(id_, title, _parent(open_, block.level or 1))
        open_.append((block.level or 1, issue.id))
        issues.append(issue)
    return tuple(issues)


def task_data(opinion: Opinion, guidelines: str) -> Record:
    """What a task on the server holds: the page, and what it was made from."""
    headings = heading_issues(opinion)
    return {
        "opinion": opinion.id,
        "case": opinion.metadata.case_name or opinion.id,
        "text_sha256": sha256(opinion.text),
        "guidelines": guidelines,
        "headings": [{"value": shown, "alias": issue.id} for issue, shown in _shown(headings)],
        "html": Page(opinion).html,
    }


# --- out ---------------------------------------------------------------------------------------


def to_result(labels: Annotation | Gold, opinion: Opinion) -> list[Record]:
    """The result that Label Studio shows for labels of this opinion's text; regions keep span ids.

    Attributes and issues that predictions lack are left for the annotator to set.
    """
    page = Page(opinion)
    result: list[Record] = []
    for span in labels.spans:
        place = _place(page, opinion.text, span)
        result.append(_item(LABEL, "labels", place, span.id, labels=[span.label]))
        for attribute in LABELS[span.label]:
            if choice := getattr(span, attribute):
                name = control(span.label, attribute)
                result.append(_item(name, "choices", place, span.id, choices=[choice]))
        if span.issue:
            result.append(_item(ISSUE_OTHER, "textarea", place, span.id, text=[span.issue]))
        if span.unsure:
            result.append(_item(UNSURE, "choices", place, span.id, choices=[NOT_SURE]))
    for relation in labels.relations:
        ends = {"from_id": relation.source, "to_id": relation.target, "direction": "right"}
        result.append({"type": "relation", **ends, "labels": [relation.type]})
    if labels.issues:
        result.append(_item(ISSUES, "textarea", {}, ISSUES, text=[_outline(labels.issues)]))
    comment = labels.comment if isinstance(labels, Annotation) else None
    if comment:
        result.append(_item(COMMENT, "textarea", {}, COMMENT, text=[comment]))
    return result


def _item(name: str, type_: str, place: Record, id_: str, **value: Any) -> Record:
    return {"id": id_, "from_name": name, "to_name": TEXT, "type": type_, "value": {**place, **value}}


def _place(page: Page, text: str, span: Span) -> Record:
    start, end = page.start(span.start), page.end(span.end)
    return {
        "start": start.xpath,
        "startOffset": start.offset,
        "end": end.xpath,
        "endOffset": end.offset,
        "globalOffsets": {"start": span.start, "end": span.end},
        "text": text[span.start : span.end],
    }


def _outline(issues: Sequence[Issue]) -> str:
    open_: list[tuple[int, str]] = []
    lines = []
    for issue in issues:
        depth = next((depth + 1 for depth, id_ in open_ if id_ == issue.parent), 0)
        above = _parent(open_, depth)
        open_.append((depth, issue.id))
        name = issue.id if above == issue.parent else f"{issue.id} < {issue.parent}"
        lines.append(f"{_INDENT * depth}{name} = {issue.title}")
    return "\n".join(lines)


# --- in ----------------------------------------------------------------------------------------


def from_result(result: Sequence[Record], opinion: Opinion) -> tuple[Record, list[Finding]]:
    """Issues, spans, relations and comment of a result, as fields of an annotation record.

    Selections lose the white space at their ends. Returns beside them what cannot be taken over;
    pointers are into the record. What is left out by an annotator is left out of the record, where
    the rules on annotations find it.
    """
    findings: list[Finding] = []
    of_region: dict[str, dict[str, Record]] = {}
    for item in result:
        if item.get("type") != "relation":
            of_region.setdefault(str(item.get("id")), {})[str(item.get("from_name"))] = (
                item.get("value") or {}
            )
    of_opinion = {name: value for items in of_region.values() for name, value in items.items()}
    issues = _Issues(heading_issues(opinion), _words(of_opinion.get(ISSUES)))
    spans: list[Record] = []
    names: dict[str, str] = {}
    for region, controls in of_region.items():
        if LABEL in controls:
            names[region] = region if _ID.match(region) else f"r{region}"
            span, wrong = _span(names[region], controls, opinion.text, issues)
            spans.append(span)
            findings += wrong
    spans.sort(key=lambda span: (span["start"], -span["end"], span["label"], span["id"]))
    labels = {span["id"]: span["label"] for span in spans}
    relations, wrong = _relations(result, names, labels)
    _inherit_issues(spans, relations)
    for span in spans:
        if "issue" not in span:
            message = f"region {span['id']} has no issue"
            findings.append(("attribute-missing", f"/spans/{span['id']}", message))
            span["issue"] = issues.find(_NO_ISSUE)
    record: Record = {"comment": _words(of_opinion.get(COMMENT))} if of_opinion.get(COMMENT) else {}
    return {**record, "issues": issues.used(spans), "spans": spans, "relations": relations}, findings + wrong


def _span(
    id_: str, controls: dict[str, Record], text: str, issues: "_Issues"
) -> tuple[Record, list[Finding]]:
    findings: list[Finding] = []
    value = controls[LABEL]
    labels = value.get("labels") or []
    label = labels[0] if labels else ""
    if len(labels) != 1 or label not in LABELS:
        findings.append(("region-label", f"/spans/{id_}", f"region {id_} has the labels {labels}"))
    offsets = value.get("globalOffsets") or {}
    start, end = offsets.get("start", -1), offsets.get("end", -1)
    words = text[start:end] if 0 <= start < end <= len(text) else ""
    if not words.strip() or _flat(words) != _flat(value.get("text", words)):
        said = " ".join(str(value.get("text")).split())[:60]
        message = f"region {id_} quotes “{said}”, which does not stand at [{start}, {end})"
        findings.append(("region-text", f"/spans/{id_}", message))
        words = ""
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    span: Record = {"id": id_, "label": label, "start": start, "end": end}
    span["digest"] = digest(text, max(start, 0), max(end, 0))
    chosen = _choice(controls.get(ISSUE))
    typed = _words(controls.get(ISSUE_OTHER))
    if issue := issues.find(typed) if typed else issues.of_heading(chosen) if chosen else None:
        span["issue"] = issue
    for attribute in LABELS.get(label, ()):
        if choice := _choice(controls.get(control(label, attribute))):
            span[attribute] = choice
    if _choice(controls.get(UNSURE)) == NOT_SURE:
        span["unsure"] = True
    return span, findings


def _relations(
    result: Sequence[Record], names: dict[str, str], labels: dict[str, str]
) -> tuple[list[Record], list[Finding]]:
    relations: list[Record] = []
    findings: list[Finding] = []
    for item in result:
        if item.get("type") != "relation":
            continue
        ends = [names.get(str(item.get(end)), str(item.get(end))) for end in ("from_id", "to_id")]
        if item.get("direction") == "left":
            ends.reverse()
        types = item.get("labels") or _only_type(labels.get(ends[0]), labels.get(ends[1]))
        if len(types) != 1 or item.get("direction") == "bi":
            message = f"the relation of {ends[0]} and {ends[1]} has no single type and direction: {types}"
            findings.append(("region-relation", "/relations", message))
            continue
        relation = {"type": types[0], "from": ends[0], "to": ends[1]}
        if relation not in relations:
            relations.append(relation)
    relations.sort(key=lambda each: (each["type"], each["from"], each["to"]))
    return relations, findings


def _inherit_issues(spans: Sequence[Record], relations: Sequence[Record]) -> None:
    """A span that was given no issue has that of the span which it answers, decides or restates."""
    by_id = {span["id"]: span for span in spans}
    for relation in relations:
        source, target = by_id.get(relation["from"], {}), by_id.get(relation["to"], {})
        if relation["type"] != "supports" and source and "issue" in target:
            source.setdefault("issue", target["issue"])


def _only_type(source: str | None, target: str | None) -> list[str]:
    """The type of a relation that was given none, where only one fits its ends."""
    fits = [name for name, pairs in RELATIONS.items() if (source, target) in pairs]
    return fits if len(fits) == 1 else []


class _Issues:
    """The issues an annotator can mean: own list, headings, and what a region alone names."""

    def __init__(self, headings: Sequence[Issue], outline: str | None) -> None:
        self._headings = {issue.id: issue for issue in headings}
        self._listed: list[Issue] = []
        open_: list[tuple[int, str]] = []
        for line in (outline or "").split("\n"):
            if match := _LISTED.match(line.rstrip()):
                depth = len(match["indent"])
                id_ = match["id"] or new_issue_id(match["title"], self._ids())
                above = _parent(open_, depth)
                self._listed.append(Issue(id_, match["title"], match["parent"] or above))
                open_.append((depth, id_))

    def find(self, typed: str) -> str:
        """The id of an issue named by its id or title; a new one where none is called so."""
        for issue in (*self._listed, *self._headings.values()):
            if typed in (issue.id, issue.title):
                return issue.id
        self._listed.append(Issue(new_issue_id(typed, self._ids()), typed))
        return self._listed[-1].id

    def _ids(self) -> list[str]:
        return [issue.id for issue in self._listed]

    def of_heading(self, chosen: str) -> str | None:
        """The id of a chosen heading, which Label Studio may give as it is shown too."""
        shown = {words: issue.id for issue, words in _shown(tuple(self._headings.values()))}
        return chosen if chosen in self._headings else shown.get(chosen)

    def used(self, spans: Iterable[Record]) -> list[Record]:
        """Records of the listed issues, and of the headings chosen with what they are parts of."""
        listed = {issue.id for issue in self._listed}
        wanted: set[str] = set()
        for span in spans:
            at: str | None = span.get("issue")
            while at and at not in listed and at in self._headings:
                wanted.add(at)
                at = self._headings[at].parent
        headings = [issue for issue in self._headings.values() if issue.id in wanted]
        return [
            {"id": issue.id, "title": issue.title, **({"parent": issue.parent} if issue.parent else {})}
            for issue in (*self._listed, *headings)
        ]


def _shown(issues: Sequence[Issue]) -> Iterator[tuple[Issue, str]]:
    """Issues as a list shows them: a mark for each step below the top, and no two alike."""
    depths: dict[str, int] = {}
    seen: set[str] = set()
    for issue in issues:
        depths[issue.id] = depths[issue.parent] + 1 if issue.parent else 0
        words = _STEP * depths[issue.id] + issue.title
        words = f"{words} ({issue.id})" if words in seen else words
        seen.add(words)
        yield issue, words


def _parent(open_: list[tuple[int, str]], depth: int) -> str | None:
    """The last issue less deep than `depth`; those as deep or deeper are closed."""
    while open_ and open_[-1][0] >= depth:
        open_.pop()
    return open_[-1][1] if open_ else None


def _words(value: Record | None) -> str | None:
    texts = (value or {}).get("text") or []
    texts = [texts] if isinstance(texts, str) else texts
    return "\n".join(texts) or None


def _choice(value: Record | None) -> str | None:
    choices = (value or {}).get("choices") or []
    return str(choices[0]) if choices else None


def _flat(words: str) -> str:
    """Words as Label Studio quotes them."""
    return words.replace("\n", "\\n")
