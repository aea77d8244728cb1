"""Adjudication: what all agree on passes, the rest is decided with a reason, nothing is lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arguendo.adjudicate import Adjudication, Decision, RelationDecision, adjudicate, cases, open_cases
from arguendo.annotation import Annotation
from arguendo.cli import main
from arguendo.errors import CorpusError
from arguendo.files import to_json
from arguendo.opinion import Opinion
from arguendo.records import annotation_to_record, gold_to_record
from arguendo.store import Store
from arguendo.validate import gold_findings
from conftest import SEED_ID
from test_agreement import second_of

REPO = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def two(seed: Opinion) -> list[Annotation]:
    """The raw annotation of the seed, and one that differs in four known ways."""
    store = Store(REPO)
    first = store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))
    return [first, second_of(first, seed)]


def given(two: list[Annotation], **more: Any) -> Adjudication:
    """Decisions that take the first annotator's side in every open case."""
    decisions = [
        Decision(case.raw, case.raw[0], "it is what the court wrote", "lm-1")
        for case in cases(two)
        if not case.agreed
    ]
    missing = {(r.type, r.source, r.target) for r in two[0].relations}
    missing -= {(r.type, r.source, r.target) for r in two[1].relations}
    relations = [
        RelationDecision(type_, f"r0/lm-1/{a}", f"r0/lm-1/{b}", True, "the text says so", "lm-1")
        for type_, a, b in sorted(missing)
    ]
    return replace(Adjudication("file", "r0/lm-1", {}, decisions, relations), **more)


def test_only_what_differs_is_open(two: list[Annotation], seed: Opinion) -> None:
    assert all(case.agreed for case in cases([two[0], replace(two[0], annotator="made-up")]))
    found = open_cases(two, seed.text)
    assert (len(found["spans"]), found["relations"]) == (3, [])
    for case in found["spans"]:
        for span in case["spans"].values():
            assert span["text"] == seed.text[span["start"] : span["end"]]


def test_relations_are_open_once_the_spans_are_decided(two: list[Annotation], seed: Opinion) -> None:
    spans_alone = given(two, relations=())
    [relation] = open_cases(two, seed.text, spans_alone)["relations"]
    assert relation["drawn by"] == ["r0/lm-1"]
    assert open_cases(two, seed.text, given(two)) == {"spans": [], "relations": []}


def test_gold_of_one_side_is_that_side(two: list[Annotation], seed: Opinion) -> None:
    gold = adjudicate(two, seed.text, given(two))
    assert gold.status == "adjudicated"
    strip = [replace(span, id="") for span in gold.spans]
    assert strip == [replace(span, id="") for span in two[0].spans]
    assert len(gold.relations) == len(two[0].relations)
    known = [f"{a.round}/{a.annotator}/{s.id}" for a in two for s in a.spans]
    findings = [*gold_findings(gold_to_record(gold), seed.text, known)]
    assert not [finding for finding in findings if finding[0] != "decides-outcome"]


def test_each_gold_span_names_those_who_had_it(two: list[Annotation], seed: Opinion) -> None:
    gold = adjudicate(two, seed.text, given(two))
    counts = [len(origin.raw) for origin in gold.origins]
    assert sorted(set(counts)) == [1, 2]
    assert counts.count(1) == 1  # the holding that the second annotator did not mark


def test_what_is_undecided_blocks_gold_and_all_of_it_is_listed(two: list[Annotation], seed: Opinion) -> None:
    with pytest.raises(CorpusError) as caught:
        adjudicate(two, seed.text, Adjudication("file", "r0/lm-1"))
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["adjudication-open"] * 4  # three cases and a relation
    with pytest.raises(CorpusError) as caught:
        adjudicate(two, seed.text, given(two, relations=[]))
    assert ["relation" in problem.message for problem in caught.value.problems] == [True]


def test_a_decision_can_change_the_span_or_drop_it(two: list[Annotation], seed: Opinion) -> None:
    decisions = list(given(two).decisions)
    dropped = next(i for i, d in enumerate(decisions) if len(d.raw) == 1)
    decisions[dropped] = replace(decisions[dropped], take=None)
    changed = next(i for i, d in enumerate(decisions) if "/a" in d.raw[0])
    decisions[changed] = replace(decisions[changed], change={"outcome": "partly_accepted"})
    gold = adjudicate(two, seed.text, given(two, decisions=decisions))
    assert len(gold.spans) == len(two[0].spans) - 1
    assert [s.outcome for s in gold.spans].count("partly_accepted") == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: replace(d, raw=("r0/lm-1/nothing",)), "adjudication-case"),
        (lambda d: replace(d, take="r0/lm-1/nothing"), "adjudication-case"),
    ],
)
def test_a_decision_on_spans_that_do_not_exist_is_listed(
    two: list[Annotation], seed: Opinion, change: Callable[[Decision], Decision], code: str
) -> None:
    decisions = list(given(two).decisions)
    decisions[0] = change(decisions[0])
    with pytest.raises(CorpusError) as caught:
        adjudicate(two, seed.text, given(two, decisions=decisions))
    assert code in [problem.code for problem in caught.value.problems]


def test_a_decision_can_add_a_relation_that_nobody_drew(two: list[Annotation], seed: Opinion) -> None:
    decided = given(two)
    new = RelationDecision("supports", "r0/lm-1/h5", "r0/lm-1/h6", True, "the text says so", "lm-1")
    gold = adjudicate(two, seed.text, replace(decided, relations=[*decided.relations, new]))
    assert len(gold.relations) == len(adjudicate(two, seed.text, decided).relations) + 1
    wrong = replace(decided, relations=[*decided.relations, replace(new, target="r0/lm-1/h99")])
    with pytest.raises(CorpusError, match="no span is called r0/lm-1/h99"):
        adjudicate(two, seed.text, wrong)


def test_agreed_spans_have_the_issue_of_the_tree_that_is_taken(two: list[Annotation], seed: Opinion) -> None:
    first = two[0]
    other = replace(
        first, annotator="made-up", spans=tuple(replace(s, issue="injunction") for s in first.spans)
    )
    gold = adjudicate([first, other], seed.text, Adjudication("file", "r0/made-up"))
    assert {span.issue for span in gold.spans} == {"injunction"}


def test_the_command_reads_the_file_of_decisions(
    checkout: Path, two: list[Annotation], seed: Opinion, capsys: Any
) -> None:
    path = checkout / "annotations" / "rounds" / "r0" / "made-up" / f"{seed.id}.json"
    path.parent.mkdir()
    path.write_bytes(to_json(annotation_to_record(two[1])))
    annotators = checkout / "annotations" / "annotators.json"
    record = json.loads(annotators.read_text("utf-8"))
    record["annotators"].append({"id": "made-up", "kind": "program", "description": "Made up for the tests."})
    annotators.write_text(json.dumps(record), "utf-8")
    assert main(["adjudicate", seed.id, "--round", "r0"]) == 1
    assert "--open lists it" in capsys.readouterr().err
    assert main(["adjudicate", seed.id, "--round", "r0", "--open"]) == 0
    listed = json.loads(capsys.readouterr().out)
    decisions = [
        {"raw": case["raw"], "take": case["raw"][0], "reason": "as the court wrote", "by": "lm-1"}
        for case in listed["spans"]
    ]
    relations = [
        {"type": d.type, "from": d.source, "to": d.target, "take": True, "reason": d.reason, "by": d.by}
        for d in given(two).relations
    ]
    file = checkout / "annotations" / "adjudications" / f"{seed.id}.json"
    file.parent.mkdir()
    head = {"opinion": seed.id, "round": "r0", "issues_from": "r0/lm-1"}
    file.write_text(json.dumps({**head, "decisions": decisions, "relations": relations}), "utf-8")
    before = path.read_bytes()
    for _ in range(2):
        assert main(["adjudicate", seed.id]) == 0
        gold = json.loads((checkout / "annotations" / "gold" / f"{seed.id}.json").read_text("utf-8"))
        assert gold["status"] == "adjudicated"
    assert path.read_bytes() == before
    assert main(["validate"]) == 0
