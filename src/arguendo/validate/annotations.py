"""Rules on raw annotations, on gold, and on the list of annotators."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from arguendo.annotation import ACYCLIC_RELATIONS, ATTRIBUTES, LABELS, RELATIONS
from arguendo.offsets import digest, sha256
from arguendo.records import Record
from arguendo.validate.rules import Finding
from arguendo.validate.schema import schema_findings

_NOWHERE: Mapping[str, str] = {}


def annotation_findings(
    record: Any, text: str | None, annotators: Iterable[str], elsewhere: Mapping[str, str] = _NOWHERE
) -> Iterator[Finding]:
    """Everything wrong with a raw annotation.

    `text` is None where it is not here; `elsewhere` has the hashes of texts that are not, by opinion.
    """
    broken = list(schema_findings(record, "annotation"))
    if broken:
        yield from broken
        return
    if record["annotator"] not in set(annotators):
        yield "annotator-unknown", "/annotator", f"{record['annotator']!r} is nowhere described"
    yield from _labels(record, text, elsewhere)


def gold_findings(
    record: Any, text: str | None, raw_spans: Iterable[str], elsewhere: Mapping[str, str] = _NOWHERE
) -> Iterator[Finding]:
    """Everything wrong with gold; `raw_spans` are all there are, as `<round>/<annotator>/<span id>`."""
    broken = list(schema_findings(record, "gold"))
    if broken:
        yield from broken
        return
    yield from _labels(record, text, elsewhere)
    known = set(raw_spans)
    counts = Counter(origin["span"] for origin in record["origins"])
    ids = [span["id"] for span in record["spans"]]
    for index, span_id in enumerate(ids):
        if counts[span_id] != 1:
            yield "gold-origin", f"/spans/{index}", f"span {span_id!r} has {counts[span_id]} origins"
    for index, origin in enumerate(record["origins"]):
        if origin["span"] not in ids:
            yield "gold-origin", f"/origins/{index}/span", f"there is no span {origin['span']!r}"
        for raw in origin["raw"]:
            if raw not in known:
                yield "gold-raw", f"/origins/{index}/raw", f"there is no raw span {raw!r}"
    annotators = {raw.split("/")[1] for origin in record["origins"] for raw in origin["raw"]}
    if record["status"] == "adjudicated" and len(annotators) < 2:
        yield "gold-status", "/status", f"adjudicated, but from {len(annotators)} annotator"


def sentence_ends_findings(
    record: Any, text: str | None, annotators: Iterable[str], elsewhere: Mapping[str, str] = _NOWHERE
) -> Iterator[Finding]:
    """Everything wrong with the sentence ends of an opinion; the arguments are as for an annotation."""
    broken = list(schema_findings(record, "sentence-ends"))
    if broken:
        yield from broken
        return
    known = set(annotators)
    for index, annotator in enumerate(record["annotators"]):
        if annotator not in known:
            yield "annotator-unknown", f"/annotators/{index}", f"{annotator!r} is nowhere described"
    moved = list(_text_moved(record, text, elsewhere))
    yield from moved
    held = text if text is not None and not moved else None
    for index, (before, end) in enumerate(pairwise([0, *record["ends"]])):
        if end <= before:
            yield "sentence-end", f"/ends/{index}", f"{end} does not come after {before}"
        elif held is not None and (end >= len(held) or held[end - 1].isspace()):
            yield "sentence-end", f"/ends/{index}", f"no sentence ends at {end}"
    if strange := sorted(set(record["added"]) - set(record["ends"])):
        yield "sentence-end", "/added", f"{strange} are not among the ends"


def _labels(record: Record, text: str | None, elsewhere: Mapping[str, str]) -> Iterator[Finding]:
    """Rules on issues, spans and relations, shared by raw annotations and gold."""
    moved = list(_text_moved(record, text, elsewhere))
    yield from moved
    if text is not None and not moved:
        yield from _span_text(record, text)
    for rule in (_ids, _attributes, _issues, _overlaps, _relations, _outcomes):
        yield from rule(record)


def _text_moved(record: Record, text: str | None, elsewhere: Mapping[str, str]) -> Iterator[Finding]:
    """Whether a record was made on another text than the corpus has, or the corpus has none."""
    if text is None and record["opinion"] in elsewhere:
        if record["text_sha256"] != elsewhere[record["opinion"]]:
            yield "annotated-text", "/text_sha256", "it was made on another text than the manifest's"
    elif text is None:
        yield "opinion-unknown", "/opinion", f"the corpus has no opinion {record['opinion']!r}"
    elif sha256(text) != record["text_sha256"]:
        yield "annotated-text", "/text_sha256", "it was made on another text"


def _span_text(record: Record, text: str) -> Iterator[Finding]:
    for index, span in enumerate(record["spans"]):
        at, start, end = f"/spans/{index}", span["start"], span["end"]
        if not start < end <= len(text):
            yield "span-range", at, f"[{start}, {end}) in a text of {len(text)} code points"
            continue
        if digest(text, start, end) != span["digest"]:
            yield "span-digest", f"{at}/digest", f"the text at [{start}, {end}) has another digest"
        if text[start].isspace() or text[end - 1].isspace():
            yield "span-edge", at, f"[{start}, {end}) begins or ends with white space"
        if unicodedata.combining(text[start]) or unicodedata.combining(text[end : end + 1] or " "):
            yield "span-edge", at, f"[{start}, {end}) cuts a letter from its accent"


def _ids(record: Record) -> Iterator[Finding]:
    if not record["spans"]:
        yield "annotation-empty", "/spans", "no span is marked"
    for name in ("spans", "issues"):
        counts = Counter(item["id"] for item in record[name])
        for index, item in enumerate(record[name]):
            if counts[item["id"]] > 1:
                yield "double-id", f"/{name}/{index}/id", f"{item['id']!r} is used {counts[item['id']]} times"


def _attributes(record: Record) -> Iterator[Finding]:
    issues = {issue["id"] for issue in record["issues"]}
    for index, span in enumerate(record["spans"]):
        at = f"/spans/{index}"
        allowed = LABELS[span["label"]]
        for name in ATTRIBUTES:
            if name in allowed and name not in span:
                yield "attribute-missing", at, f"{span['label']} {span['id']!r} has no {name!r}"
            elif name in span and name not in allowed:
                yield "attribute-forbidden", f"{at}/{name}", f"{span['label']} takes no {name!r}"
            elif name in span and span[name] not in allowed[name]:
                message = f"{span[name]!r} is none of {', '.join(allowed[name])}"
                yield "attribute-value", f"{at}/{name}", message
        if span["issue"] not in issues:
            yield "issue-unknown", f"{at}/issue", f"there is no issue {span['issue']!r}"


def _issues(record: Record) -> Iterator[Finding]:
    parents = {issue["id"]: issue.get("parent") for issue in record["issues"]}
    for index, issue in enumerate(record["issues"]):
        parent = issue.get("parent")
        if parent is not None and parent not in parents:
            yield "issue-parent", f"/issues/{index}/parent", f"there is no issue {parent!r}"
    for index in _cycles([issue["id"] for issue in record["issues"]], lambda i: [parents.get(i)]):
        issue_id = record["issues"][index]["id"]
        yield "issue-cycle", f"/issues/{index}", f"issue {issue_id!r} is an ancestor of itself"


def _overlaps(record: Record) -> Iterator[Finding]:
    last: dict[str, Record] = {}
    order = sorted(enumerate(record["spans"]), key=lambda pair: (pair[1]["start"], pair[1]["end"]))
    for index, span in order:
        before = last.get(span["label"])
        if before and span["start"] < before["end"]:
            message = f"{span['label']} {span['id']!r} overlaps {before['id']!r}"
            yield "span-overlap", f"/spans/{index}", message
        if not before or span["end"] > before["end"]:
            last[span["label"]] = span


def _relations(record: Record) -> Iterator[Finding]:
    labels = {span["id"]: span["label"] for span in record["spans"]}
    counts = Counter((r["type"], r["from"], r["to"]) for r in record["relations"])
    for index, relation in enumerate(record["relations"]):
        at, type_ = f"/relations/{index}", relation["type"]
        absent = [end for end in ("from", "to") if relation[end] not in labels]
        for end in absent:
            yield "relation-end", f"{at}/{end}", f"there is no span {relation[end]!r}"
        if not absent:
            pair = (labels[relation["from"]], labels[relation["to"]])
            if pair not in RELATIONS[type_]:
                yield "relation-labels", at, f"{type_} cannot join {pair[0]} to {pair[1]}"
        if counts[type_, relation["from"], relation["to"]] > 1:
            yield (
                "relation-double",
                at,
                f"{type_} from {relation['from']!r} to {relation['to']!r} stands twice",
            )
    for type_ in ACYCLIC_RELATIONS:
        targets: dict[str, list[str]] = {}
        for relation in record["relations"]:
            if relation["type"] == type_:
                targets.setdefault(relation["from"], []).append(relation["to"])
        for index in _cycles(list(targets), lambda i, t=targets: t.get(i, [])):  # type: ignore[misc]
            yield "relation-cycle", "/relations", f"{type_} leads from {list(targets)[index]!r} back to it"
    rebutting = {r["from"] for r in record["relations"] if r["type"] == "rebuts"}
    for index, span in enumerate(record["spans"]):
        if span["label"] == "REBUTTAL" and span["id"] not in rebutting:
            yield "rebuttal-unlinked", f"/spans/{index}", f"REBUTTAL {span['id']!r} rebuts nothing"


def _cycles(nodes: Sequence[str], targets: Callable[[str], Iterable[str | None]]) -> Iterator[int]:
    """Indices of the nodes that lie on a cycle."""
    for index, node in enumerate(nodes):
        seen: set[str] = set()
        todo = [target for target in targets(node) if target is not None]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += [target for target in targets(at) if target is not None]
        if node in seen:
            yield index


_SIDE_DISPOSITIONS = {"for_plaintiff_side": "plaintiff_side", "for_defendant_side": "defendant_side"}
_LEAVES_OPEN = ("moot", "dismissed", "remanded", "mixed", "other")


def _outcomes(record: Record) -> Iterator[Finding]:
    spans = {span["id"]: span for span in record["spans"]}
    for index, relation in enumerate(record["relations"]):
        holding, argument = spans.get(relation["from"], {}), spans.get(relation["to"], {})
        if relation["type"] != "decides" or "disposition" not in holding or "outcome" not in argument:
            continue
        outcome, disposition = argument["outcome"], holding["disposition"]
        side = _SIDE_DISPOSITIONS.get(disposition)
        own = side == argument.get("speaker")
        party = argument.get("speaker") in _SIDE_DISPOSITIONS.values()
        if (
            (outcome == "not_reached" and disposition not in _LEAVES_OPEN)
            or (side and own and outcome == "rejected")
            or (side and party and not own and outcome == "accepted")
        ):
            message = f"{argument['id']!r} is {outcome}, but {holding['id']!r} decides it {disposition}"
            yield "decides-outcome", f"/relations/{index}", message


def adjudication_findings(record: Any, annotators: Iterable[str]) -> Iterator[Finding]:
    """Everything wrong with a file of decisions by itself; whether they fit, adjudicating tells."""
    broken = list(schema_findings(record, "adjudication"))
    yield from broken
    known = set(annotators)
    for name in () if broken else ("decisions", "relations"):
        for index, decision in enumerate(record[name]):
            if decision["by"] not in known:
                yield "annotator-unknown", f"/{name}/{index}/by", f"{decision['by']!r} is nowhere described"


def annotators_findings(record: Any) -> Iterator[Finding]:
    """Everything wrong with `annotations/annotators.json`."""
    broken = list(schema_findings(record, "annotators"))
    if broken:
        yield from broken
        return
    counts = Counter(entry["id"] for entry in record["annotators"])
    for index, entry in enumerate(record["annotators"]):
        if counts[entry["id"]] > 1:
            yield "double-annotator", f"/annotators/{index}/id", f"{entry['id']!r} stands twice"
