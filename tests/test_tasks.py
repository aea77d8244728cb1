"""The five tasks on the real gold, and their rules on small cases."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from arguendo.annotation import Gold, Issue, Span
from arguendo.baselines import BASELINES
from arguendo.opinion import Opinion, Sentence
from arguendo.records import opinion_from_record
from arguendo.store import Store
from arguendo.tasks import (
    TASKS,
    argument_outcome,
    holding_disposition,
    rebuttal_linking,
    sentence_roles,
    span_extraction,
)
from conftest import first_gold

REPO = Path(__file__).parents[1]
STORE = Store(REPO)
ID = "nysd.18-cv-02897.2018-10-22"


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    folder = REPO / "corpus" / "opinions" / ID
    text = (folder / "opinion.txt").read_bytes().decode()
    return opinion_from_record(json.loads((folder / "opinion.json").read_bytes()), text)


@pytest.fixture(scope="module")
def gold() -> Gold:
    return first_gold()


def test_each_task_has_its_rows(opinion: Opinion, gold: Gold) -> None:
    labels = Counter(span.label for span in gold.spans)
    counts = {name: len([*make(opinion, gold)]) for name, make in TASKS.items()}
    assert counts == {
        "span-extraction": 1,
        "sentence-roles": len(opinion.sentences),
        "rebuttal-linking": labels["REBUTTAL"],
        "argument-outcome": labels["ARGUMENT"],
        "holding-disposition": labels["HOLDING"],
    }


def test_sentences_have_the_labels_a_reader_would_give_them(opinion: Opinion, gold: Gold) -> None:
    found = {row["text"]: row["labels"] for row in sentence_roles(opinion, gold)}
    assert found["This argument is unpersuasive."] == ["REBUTTAL"]
    assert found["Now, however, Alibaba has cured that defect."] == ["HOLDING"]
    assert found["(Dkt. No. 130 at 1.)"] == []
    disclaimer = next(text for text in found if text.startswith("And although Defendants point to a March"))
    assert found[disclaimer] == ["ARGUMENT", "REBUTTAL"]


def made_up(text: str, *spans: tuple[str, int, int], template: Gold) -> Gold:
    base = template.spans[0]
    made = [replace(base, id=f"s{i}", label=label, start=a, end=b) for i, (label, a, b) in enumerate(spans)]
    return replace(template, spans=tuple(made), relations=(), origins=())


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (("HOLDING", 0, 20), ["HOLDING"]),  # all of the sentence
        (("HOLDING", 0, 10), ["HOLDING"]),  # half of it
        (("HOLDING", 12, 20), ["HOLDING"]),  # a clause: all of the span
        (("HOLDING", 16, 40), []),  # 4 of 20 here, 4 of 24 of the span
    ],
)
def test_a_sentence_has_a_label_by_half_of_it_or_half_of_the_span(
    span: tuple[str, int, int], labels: list[str], opinion: Opinion, gold: Gold
) -> None:
    small = replace(opinion, text="x" * 60, sentences=(Sentence(0, 20),))
    assert next(iter(sentence_roles(small, made_up("", span, template=gold))))["labels"] == labels


def test_one_rebuttal_can_answer_several_arguments(opinion: Opinion, gold: Gold) -> None:
    rows = {row["rebuttal"]["id"]: row for row in rebuttal_linking(opinion, gold)}
    assert rows["r11"]["answers"] == ["a15", "a16", "a17"]
    assert rows["r1"]["answers"] == ["a6"]
    for row in rows.values():
        assert set(row["answers"]) <= {candidate["id"] for candidate in row["candidates"]}
        for shown in (row["rebuttal"], *row["candidates"]):
            assert opinion.text[shown["start"] : shown["end"]] == shown["text"]


def test_nothing_after_the_first_answer_is_shown_for_an_outcome(opinion: Opinion, gold: Gold) -> None:
    answers = [
        span
        for span in gold.spans
        if (span.label == "HOLDING" and span.holding_of == "this_opinion") or span.label == "REBUTTAL"
    ]
    headings = [opinion.text[b.start : b.end] for b in opinion.blocks if b.kind in ("heading", "caption")]
    for row in argument_outcome(opinion, gold):
        shown = (row["context"], row["text"])
        assert not any(opinion.text[span.start : span.end] in part for span in answers for part in shown)
        assert not {*row["context"].split("\n\n")} & {*headings}
    [context] = {row["context"] for row in argument_outcome(opinion, gold) if row["id"].endswith("/a8")}
    assert context.startswith("Alibaba Group Holding Limited")
    assert context.endswith("to the requested relief. (Dkt. No. 121.)")
    outcomes = Counter(row["outcome"] for row in argument_outcome(opinion, gold))
    assert outcomes == {"rejected": 16, "not_reached": 2, "accepted": 1}
    nexus = next(row for row in argument_outcome(opinion, gold) if row["id"].endswith("/a8"))
    assert nexus["issue"][0] == "Entitlement to a preliminary injunction"
    assert nexus["issue"][-1] == "Substantial relationship of transaction and claim"


HERE = set(STORE.opinion_ids())


@pytest.mark.parametrize(
    "path", [p for p in STORE.gold_paths() if p.stem in HERE], ids=lambda path: path.stem
)
def test_no_answer_leaks_into_the_input_of_an_outcome(path: Path) -> None:
    """Not through headings or captions, not by restatement, not through the introduction's summary."""
    opinion, gold = STORE.read_opinion(path.stem), STORE.read_gold(path)
    answers = [
        opinion.text[span.start : span.end]
        for span in gold.spans
        if span.holding_of == "this_opinion" or (span.label == "REBUTTAL" and span.speaker == "court")
    ]
    prose = {
        part
        for block in opinion.blocks
        if block.kind in ("paragraph", "block_quote", "list_item")
        for part in opinion.text[block.start : block.end].split("\n\n")
    }
    for row in argument_outcome(opinion, gold):
        shown = row["context"] + "\n\n" + row["text"]
        assert not [answer for answer in answers if answer in shown], row["id"]
        *whole, last = row["context"].split("\n\n")
        assert {*whole} <= prose
        assert any(part.startswith(last) for part in prose) or not last


def test_holdings_come_with_whose_they_are(opinion: Opinion, gold: Gold) -> None:
    rows = {row["id"].rpartition("/")[2]: row for row in holding_disposition(opinion, gold)}
    assert (rows["h1"]["holding_of"], rows["h1"]["disposition"]) == ("prior_ruling_same_case", "denied")
    assert (rows["h24"]["holding_of"], rows["h24"]["disposition"]) == ("this_opinion", "moot")


def test_the_cue_phrases_mark_whole_sentences_of_the_input(opinion: Opinion, gold: Gold) -> None:
    baseline = BASELINES["span-extraction"]["cue-phrases"]("span-extraction")
    examples = [*span_extraction(opinion, gold)]
    [prediction] = baseline.predict(examples)
    edges = {(sentence.start, sentence.end) for sentence in opinion.sentences}
    assert prediction["id"] == ID
    assert prediction["spans"]
    assert all((span["start"], span["end"]) in edges for span in prediction["spans"])
    marked = {(span["label"], opinion.text[span["start"] : span["end"]]) for span in prediction["spans"]}
    assert ("REBUTTAL", "This argument is unpersuasive.") in marked
    # It sees the input alone: other gold, same predictions.
    blind = [{**example, "spans": []} for example in examples]
    assert baseline.predict(blind) == [prediction]


def test_issue_paths_go_from_the_root_down(opinion: Opinion, gold: Gold) -> None:
    issues = (Issue("a", "Appeal"), Issue("b", "Standing", "a"))
    span = Span("a1", "ARGUMENT", 0, 5, "x", "b", speaker="amicus", outcome="accepted")
    small = replace(gold, issues=issues, spans=(span,), relations=())
    assert [row["issue"] for row in argument_outcome(opinion, small)] == [["Appeal", "Standing"]]
