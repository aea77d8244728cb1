"""Label Studio, without a server: the page, the config, results out and in."""

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.annotation import LABELS, RELATIONS, Annotation, Issue, Relation, Span
from arguendo.labelstudio.config import labelling_config
from arguendo.labelstudio.exports import annotations_of, progress
from arguendo.labelstudio.page import Page
from arguendo.labelstudio.regions import from_result, heading_issues, task_data, to_result
from arguendo.offsets import digest, sha256
from arguendo.opinion import Opinion
from arguendo.records import annotation_to_record
from arguendo.store import Store
from conftest import SEED_ID

REPO = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def raw() -> Annotation:
    store = Store(REPO)
    return store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))


# --- the page ----------------------------------------------------------------------------------


def test_the_text_content_of_the_page_is_the_canonical_text(seed: Opinion) -> None:
    assert html.unescape(re.sub(r"<[^>]*>", "", Page(seed).html)) == seed.text


def test_text_from_outside_cannot_become_markup(seed: Opinion) -> None:
    hostile = replace(seed, text=seed.text.replace("Alibaba", "<b>A&b</b"))
    page = Page(hostile)
    assert "<b>A&b" not in page.html
    assert html.unescape(re.sub(r"<[^>]*>", "", page.html)) == hostile.text


# --- the config --------------------------------------------------------------------------------


def test_the_committed_config_is_the_generated_one() -> None:
    assert (REPO / "annotations" / "label_config.xml").read_text("utf-8") == labelling_config()


def test_the_config_offers_each_label_with_its_own_attributes_and_no_key_twice() -> None:
    config = ElementTree.fromstring(labelling_config())
    labels = {each.get("value"): each.get("hotkey") for each in config.iter("Label")}
    assert list(labels) == list(LABELS)
    assert {each.get("value") for each in config.iter("Relation")} == set(RELATIONS)
    shown: dict[str, list[str | None]] = {label: list(labels.values()) for label in LABELS}
    offered: dict[str, dict[str, tuple[str | None, ...]]] = {label: {} for label in LABELS}
    for field in config.iter("View"):
        for choices in field.findall("Choices"):
            label = field.get("whenLabelValue")
            keys = [choice.get("hotkey") for choice in choices]
            for each in [label] if label else LABELS:
                shown[each] += keys
            if label:
                name = str(choices.get("name")).removeprefix(f"{label.lower()}_")
                offered[label][name] = tuple(choice.get("value") for choice in choices)
    assert offered == LABELS
    for keys in shown.values():
        assert len(set(keys)) == len(keys)
        assert None not in keys


# --- results -----------------------------------------------------------------------------------

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1)


@st.composite
def annotations(draw: Any, opinion: Opinion) -> Annotation:
    """Any annotation of the opinion that the rules on issues and spans let pass."""
    text = opinion.text
    ids = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    issues = [
        Issue(id_, draw(TITLES), draw(st.sampled_from([None, *ids[:index]]))) for index, id_ in enumerate(ids)
    ]
    spans = []
    for number in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text) - 2))
        end = draw(st.integers(start + 1, min(len(text), start + 3_000)))
        if text[start].isspace() or text[end - 1].isspace():
            continue
        label = draw(st.sampled_from(sorted(LABELS)))
        chosen = {name: draw(st.sampled_from(values)) for name, values in LABELS[label].items()}
        unsure = draw(st.booleans())
        issue = draw(st.sampled_from(ids))
        spans.append(
            Span(f"s{number}", label, start, end, digest(text, start, end), issue, **chosen, unsure=unsure)
        )
    spans.sort(key=lambda s: (s.start, -s.end, s.label, s.id))
    names = [span.id for span in spans]
    ends = st.sampled_from(names or [""])
    pairs = st.tuples(st.sampled_from(sorted(RELATIONS)), ends, ends)
    relations = sorted(set(draw(st.lists(pairs, max_size=5)))) if names else []
    comment = draw(st.none() | TITLES)
    return Annotation(
        opinion.id,
        sha256(text),
        "ann",
        "r1",
        "0.1",
        tuple(issues),
        tuple(spans),
        tuple(Relation(*each) for each in relations),
        comment,
    )


@given(st.data())
def test_any_annotation_comes_back_as_it_went(seed: Opinion, data: st.DataObject) -> None:
    annotation = data.draw(annotations(seed))
    fields, findings = from_result(to_result(annotation, seed), seed)
    record = annotation_to_record(annotation)
    assert not findings
    names = ("comment", "issues", "spans", "relations")
    assert fields == {name: record[name] for name in names if name in record}


def test_the_raw_annotation_comes_back_as_it_went_whatever_the_order(seed: Opinion, raw: Annotation) -> None:
    result = to_result(raw, seed)
    record = annotation_to_record(raw)
    for order in (result, result[::-1]):
        fields, findings = from_result(order, seed)
        assert not findings
        assert all(fields[name] == record[name] for name in fields)


def region(seed: Opinion, id_: str, label: str, words: str, **choices: str) -> list[dict[str, Any]]:
    """A region as the browser sends it: around `words`, with choices made."""
    start = seed.text.index(words)
    value = {
        "globalOffsets": {"start": start, "end": start + len(words)},
        "text": words.replace("\n", "\\n"),
        "labels": [label],
    }
    items = [{"id": id_, "from_name": "label", "to_name": "text", "type": "labels", "value": value}]
    for name, choice in choices.items():
        value = {"choices": [choice]} if name != "issue_other" else {"text": [choice]}
        items.append({"id": id_, "from_name": name, "to_name": "text", "type": "choices", "value": value})
    return items


def test_a_selection_loses_the_white_space_at_its_ends(seed: Opinion) -> None:
    items = region(seed, "x", "HOLDING", " Alternatively, it asks ", issue_other="x")
    fields, findings = from_result(items, seed)
    (span,) = fields["spans"]
    assert not findings
    assert seed.text[span["start"] : span["end"]] == "Alternatively, it asks"


def test_a_region_that_quotes_other_words_is_refused(seed: Opinion) -> None:
    items = region(seed, "x", "HOLDING", "Alternatively, it asks", issue_other="x")
    items[0]["value"]["text"] = "alternatively, it asks"
    _, findings = from_result(items, seed)
    assert [code for code, _, _ in findings] == ["region-text"]


@pytest.mark.parametrize("offsets", [None, {}, (0, 0), (5, 10**9), (-5, 3)])
def test_a_region_without_offsets_in_the_text_is_refused(seed: Opinion, offsets: Any) -> None:
    items = region(seed, "x", "HOLDING", "Alternatively, it asks", issue_other="x")
    items[0]["value"]["globalOffsets"] = (
        dict(zip(("start", "end"), offsets, strict=True)) if offsets else offsets
    )
    _, findings = from_result(items, seed)
    assert "region-text" in [code for code, _, _ in findings]


def test_what_can_only_be_meant_one_way_need_not_be_said(seed: Opinion) -> None:
    """A REBUTTAL tied to an ARGUMENT rebuts it, and is about its issue."""
    argument = region(seed, "a", "ARGUMENT", "Alternatively, it asks", issue_other="Motion to compel")
    rebuttal = region(seed, "b", "REBUTTAL", "As explained below")
    tie = {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": []}
    fields, findings = from_result([*argument, *rebuttal, tie], seed)
    assert not findings
    assert fields["relations"] == [{"type": "rebuts", "from": "b", "to": "a"}]
    assert fields["issues"] == [{"id": "motion-to-compel", "title": "Motion to compel"}]
    assert {span["issue"] for span in fields["spans"]} == {"motion-to-compel"}


def test_a_region_without_an_issue_is_asked_about(seed: Opinion) -> None:
    _, findings = from_result(region(seed, "x", "HOLDING", "As explained below"), seed)
    assert ("attribute-missing", "/spans/x", "region x has no issue") in findings


def test_a_relation_that_can_mean_two_things_is_asked_about(seed: Opinion) -> None:
    holding = region(seed, "h", "HOLDING", "As explained below", issue_other="x")
    argument = region(seed, "a", "ARGUMENT", "Alternatively, it asks", issue_other="x")
    tie = {"type": "relation", "from_id": "h", "to_id": "a", "direction": "right"}
    _, findings = from_result([*argument, *holding, tie], seed)
    assert [code for code, _, _ in findings] == ["region-relation"]


def test_headings_are_issues_to_choose_from(seed: Opinion) -> None:
    headings = heading_issues(seed)
    titles = {issue.id: issue.title for issue in headings}
    statute = next(issue for issue in headings if "Long-Arm" in issue.title)
    assert titles[str(statute.parent)] == "Personal Jurisdiction"
    for chosen in (statute.id, "› › " + statute.title):
        fields, _ = from_result(region(seed, "x", "HOLDING", "As explained below", issue=chosen), seed)
        assert fields["spans"][0]["issue"] == statute.id
        assert [issue["id"] for issue in fields["issues"]][-2:] == [statute.parent, statute.id]


# --- tasks -------------------------------------------------------------------------------------


def task(seed: Opinion, number: int, *made: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "data": task_data(seed, "0.1"), "annotations": list(made), "drafts": [{}]}


def made(seed: Opinion, raw: Annotation, number: int, user: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "completed_by": user, "result": to_result(raw, seed), "lead_time": 60.0, **more}


def pulled(seed: Opinion, tasks: list[dict[str, Any]]) -> Any:
    def read(opinion_id: str) -> Opinion:
        return Store(REPO).read_opinion(opinion_id)

    users = {1: "ann", 2: "bob"}
    return annotations_of(tasks, read, "r1", users, ["ann", "bob"], lambda number: f"http://x/{number}")


def test_good_annotations_come_and_bad_ones_are_listed_with_a_link(seed: Opinion, raw: Annotation) -> None:
    bad = made(seed, raw, 12, 2)
    bad["result"] = [item for item in bad["result"] if item.get("from_name") != "rebuttal_kind"]
    skipped = made(seed, raw, 13, 2, was_cancelled=True)
    pull = pulled(seed, [task(seed, 7, made(seed, raw, 11, 1), bad, skipped)])
    assert [each.annotation.annotator for each in pull.annotations] == ["ann"]
    assert (pull.drafts, pull.skipped) == (1, 1)
    assert pull.problems
    for problem in pull.problems:
        assert problem.where.startswith("http://x/7 bob#/spans/")
        assert problem.code == "attribute-missing"


def test_the_order_of_tasks_plays_no_part(seed: Opinion, raw: Annotation) -> None:
    tasks = [
        task(seed, 7, made(seed, raw, 11, 1)),
        task(seed, 8, made(seed, raw, 12, 2)),
    ]
    assert pulled(seed, tasks) == pulled(seed, tasks[::-1])


def test_an_opinion_annotated_twice_by_one_is_left_out(seed: Opinion, raw: Annotation) -> None:
    pull = pulled(seed, [task(seed, 7, made(seed, raw, 11, 1), made(seed, raw, 12, 1))])
    assert not pull.annotations
    assert {problem.code for problem in pull.problems} == {"annotated-twice"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t["data"].update(opinion="nysd.1-cv-00001.2000-01-01"), "opinion-unknown"),
        (lambda t: t["data"].update(text_sha256="0" * 64), "annotated-text"),
        (lambda t: t["annotations"][0].update(completed_by=9), "annotator-unknown"),
    ],
)
def test_faults_have_their_codes(seed: Opinion, raw: Annotation, change: Any, code: str) -> None:
    one = task(seed, 7, made(seed, raw, 11, 1))
    change(one)
    pull = pulled(seed, [one])
    assert not pull.annotations
    assert code in {problem.code for problem in pull.problems}


def test_progress_counts_what_each_annotator_did(seed: Opinion, raw: Annotation) -> None:
    figures = progress([task(seed, 7, made(seed, raw, 11, 1))], {1: "ann"})
    rebuttals = sum(span.label == "REBUTTAL" for span in raw.spans)
    assert figures["ann"]["done"] == 1
    assert figures["ann"]["REBUTTAL"] == rebuttals
    assert figures["ann"]["minutes each"] == 1.0
