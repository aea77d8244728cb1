"""Labels in the formats of other tools and back: nothing is changed on the way, and bad files are refused."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.annotation import ATTRIBUTES, LABELS, RELATIONS, Annotation, Issue, Relation, Span
from arguendo.cli import main
from arguendo.errors import Problem
from arguendo.files import to_json
from arguendo.interchange import IMPORTS, LOSES, export, parse
from arguendo.interchange.parsed import annotation_of
from arguendo.offsets import digest, sha256
from arguendo.opinion import Opinion, Sentence
from arguendo.records import annotation_to_record
from arguendo.store import Store
from conftest import SEED_ID, first_gold, snapshot

REPO = Path(__file__).parents[1]
STORED = [path for path in Store(REPO).annotation_paths() if path.stem == SEED_ID]


@pytest.fixture(scope="module")
def raw() -> Annotation:
    """The seed's first annotation, as stored."""
    store = Store(REPO)
    return store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))


def content(format: str, annotation: Annotation, opinion: Opinion) -> str:
    return export(format, [(opinion, annotation)]).files[opinion.id + IMPORTS[format]].decode()


def imported(
    format: str, content: str, opinion: Opinion, annotation: Annotation
) -> tuple[Annotation | None, list[Problem]]:
    """What a file's content becomes under the annotator and round of `annotation`."""
    parsed = parse(format, content, opinion.text, "file")
    names = (annotation.annotator, annotation.round)
    return annotation_of(parsed, opinion, *names, "9.9", [annotation.annotator])


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return sorted((problem.where, problem.code) for problem in problems)


# --- round trips -------------------------------------------------------------------------------


@pytest.mark.parametrize("format", IMPORTS)
@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}")
def test_stored_annotations_come_back_byte_for_byte(format: str, path: Path, seed: Opinion) -> None:
    annotation = Store(REPO).read_annotation(path)
    back, problems = imported(format, content(format, annotation, seed), seed, annotation)
    assert back
    assert problems == []
    assert to_json(annotation_to_record(back)) == path.read_bytes()


# Among them astral characters, what ends a line somewhere, and what each format has a use for.
LETTERS = st.sampled_from("ab1Z.,—§“𝒜😀 \n\n\t\u2028\x85\\|[]_*#-;>")
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,5}", fullmatch=True)
TITLES = st.text(st.one_of(LETTERS, st.characters(codec="utf-8")), min_size=1, max_size=12)


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, list[Sentence], Annotation]:
    """A text, its sentences, and a sound annotation, with spans that overlap, nest and cut words."""
    text = "x" + draw(st.text(LETTERS, min_size=10, max_size=80))
    visible = [offset for offset, letter in enumerate(text) if not letter.isspace()]
    cuts = sorted(draw(st.sets(st.integers(1, len(text) - 1), max_size=5)))
    sentences = [Sentence(a, b) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    ids = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    parents = [None, *(draw(st.sampled_from([None, *ids[:index]])) for index in range(1, len(ids)))]
    issues = tuple(Issue(id_, draw(TITLES), parent) for id_, parent in zip(ids, parents, strict=True))
    spans: list[Span] = []
    for label, id_ in draw(
        st.lists(
            st.tuples(st.sampled_from([*LABELS]), NAMES),
            min_size=1,
            max_size=8,
            unique_by=lambda pair: str(pair[1]),
        )
    ):
        start, last = sorted((draw(st.sampled_from(visible)), draw(st.sampled_from(visible))))
        others = [span for span in spans if span.label == label]
        argued = any(span.label == "ARGUMENT" for span in spans)
        if (label != "REBUTTAL" or argued) and all(s.end <= start or last < s.start for s in others):
            values = {name: draw(st.sampled_from(values)) for name, values in LABELS[label].items()}
            mark = digest(text, start, last + 1)
            issue, unsure = draw(st.sampled_from(ids)), draw(st.booleans())
            spans.append(Span(id_, label, start, last + 1, mark, issue, unsure=unsure, **values))
    relations = {
        Relation(type_, a.id, b.id)
        for index, a in enumerate(spans)
        for b in spans[:index]
        for type_ in ("rebuts", "supports", "restates")
        if (a.label, b.label) in RELATIONS[type_] and (type_ == "rebuts" or draw(st.booleans()))
    }
    return (
        text,
        sentences,
        Annotation(
            opinion=SEED_ID,
            text_sha256=sha256(text),
            annotator="ann",
            round="r1",
            guidelines="1.2",
            issues=issues,
            spans=tuple(sorted(spans, key=lambda s: (s.start, -s.end, s.label, s.id))),
            relations=tuple(sorted(relations, key=lambda r: (r.type, r.source, r.target))),
            comment=draw(st.none() | TITLES),
        ),
    )


@pytest.mark.parametrize("format", IMPORTS)
@given(annotated())
@settings(max_examples=300)
def test_any_sound_annotation_comes_back_as_it_was(
    format: str, seed: Opinion, case: tuple[str, list[Sentence], Annotation]
) -> None:
    text, sentences, annotation = case
    opinion = replace(seed, text=text, sentences=tuple(sentences), blocks=())
    if not annotation.spans and format == "brat":
        annotation = replace(annotation, issues=(), comment=None, guidelines="9.9")
    written = content(format, annotation, opinion)
    back, problems = imported(format, written, opinion, annotation)
    assert [each for each in problems if each.code != "annotation-empty"] == []
    assert back == annotation
    assert content(format, back, opinion) == written
    # What brat's server takes for a line is what Python does.
    assert format != "brat" or written.splitlines() == written.split("\n")[:-1]


# --- as the tools themselves write -------------------------------------------------------------

TINY = "Aleph 𝒜 pays.\n\nHe must."


@pytest.fixture
def tiny(seed: Opinion) -> Opinion:
    return replace(seed, text=TINY, sentences=(Sentence(0, 13), Sentence(15, 23)), blocks=())


# Kept by hand to INCEpTION's rules: offsets are UTF-16 code units; spans of several tokens, and those that
# share a row, are numbered; the part of a token has a row of its own; a relation stands where its target
# begins. It has a layer that is not ours, spans without an id, and none of what our own export adds.
BY_INCEPTION = (REPO / "tests" / "inception.tsv").read_text("utf-8")
BY_BRAT = """\
T1\tARGUMENT 2 7\teph 𝒜
T2\tHOLDING 8 13;15 17\tpays. He
R1\tdecides Arg1:T2 Arg2:T1\t
A1\tspeaker T1 plaintiff_side
A2\toutcome T1 rejected
A3\tscope T2 terminal
A4\tholding_of T2 this_opinion
A5\tdisposition T2 denied
A6\tunsure T2
#1\tAnnotatorNotes T1\tissue: To pay
#2\tAnnotatorNotes T2\tissue: To pay
#3\tAnnotatorNotes R1\tperhaps
"""


def marked(annotation: Annotation | None) -> list[tuple[str, str, str]]:
    """Id, label and words of each span on `TINY`."""
    assert annotation
    return [(span.id, span.label, TINY[span.start : span.end]) for span in annotation.spans]


def test_a_file_as_inception_writes_it(tiny: Opinion, raw: Annotation) -> None:
    back, problems = imported("webanno-tsv", BY_INCEPTION, tiny, raw)
    assert codes(problems) == [("file:2", "webanno-layer"), ("file:9", "import-issue")]
    assert marked(back) == [
        ("s1", "ARGUMENT", "eph 𝒜"),
        ("r", "REBUTTAL", "He"),
        ("h", "HOLDING", "must"),
        ("s2", "REBUTTAL", "must"),
    ]
    assert back
    assert back.relations == (Relation("rebuts", "r", "s1"), Relation("rebuts", "s2", "s1"))
    assert back.issues == (Issue("to-pay", "To pay"),)
    assert [span.unsure for span in back.spans] == [False, True, False, False]
    assert (back.guidelines, back.text_sha256) == ("9.9", sha256(TINY))


def test_our_rows_are_those_of_inception(tiny: Opinion, raw: Annotation) -> None:
    back, _ = imported("webanno-tsv", BY_INCEPTION, tiny, raw)
    assert back
    ours = content("webanno-tsv", back, tiny).split("\n")
    theirs = BY_INCEPTION.split("\n")
    assert [line for line in ours if "ArguendoSpan" in line] == [*theirs[2:4]]
    # Behind the words: three columns of the opinion, three of its issue; theirs has one of entities.
    kept = [line.split("\t")[:3] + line.split("\t")[9:] for line in ours if line[:1].isdigit()]
    rows = [line.split("\t")[:3] + line.split("\t")[4:] for line in theirs if line[:1].isdigit()]
    # The export gives every span an id and the issue its own.
    for row in rows:
        row[6] = row[6].replace("To pay", "to-pay")
        row[5] = row[5].replace("*[1]", "s1[1]").replace("*[3]", "s2[3]")
    assert kept == rows


def test_a_relation_that_inception_repeats_is_one(tiny: Opinion, raw: Annotation) -> None:
    again = BY_INCEPTION.replace("false[1]\t_\t_\t", "false[1]\trebuts\t2-1[0_1]\t", 1)
    assert imported("webanno-tsv", again, tiny, raw)[0] == imported("webanno-tsv", BY_INCEPTION, tiny, raw)[0]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_as_brat_writes_it(ends: str, tiny: Opinion, raw: Annotation) -> None:
    back, problems = imported("brat", BY_BRAT.replace("\n", ends), tiny, raw)
    assert codes(problems) == [("file:10", "import-issue"), ("file:12", "brat-note")]
    assert marked(back) == [("T1", "ARGUMENT", "eph 𝒜"), ("T2", "HOLDING", "pays.\n\nHe")]
    assert back
    assert back.relations == (Relation("decides", "T2", "T1"),)
    assert [(span.issue, span.unsure) for span in back.spans] == [("to-pay", False), ("to-pay", True)]
    assert content("brat", back, tiny).split("\n")[:2] == BY_BRAT.split("\n")[:2]


def test_brat_s_quotations_stand_on_their_line_and_at_their_fragments(seed: Opinion) -> None:
    gold = first_gold()
    ann = export("brat", [(seed, gold)]).files[f"{SEED_ID}.ann"].decode()
    marks = re.findall(r"^T\d+\t(\w+) ([\d ;]+)\t(.*)$", ann, re.MULTILINE)
    assert len(marks) == len(gold.spans)
    for (label, places, words), span in zip(marks, gold.spans, strict=True):
        fragments = [tuple(map(int, place.split())) for place in places.split(";")]
        assert words == " ".join(seed.text[start:end] for start, end in fragments)
        assert (label, fragments[0][0], fragments[-1][1]) == (span.label, span.start, span.end)


def test_what_tools_are_set_up_with_has_every_label_value_and_relation(seed: Opinion) -> None:
    pairs = [(seed, first_gold())]
    conf = export("brat", pairs).files["annotation.conf"].decode()
    layers = json.loads(export("webanno-tsv", pairs).files["layers.json"])
    tags = {
        feature["name"]: {tag["tag_name"] for tag in feature["tag_set"]["tags"]}
        for layer in layers
        for feature in layer["features"]
        if feature["tag_set"]
    }
    assert tags["label"] == {*LABELS}
    assert tags["type"] == {*RELATIONS}
    for name in ATTRIBUTES:
        values = {value for attributes in LABELS.values() for value in attributes.get(name, ())}
        (line,) = re.findall(rf"^{name}\tArg:(\S+), Value:(\S+)$", conf, re.MULTILINE)
        assert {*line[0].split("|")} == {label for label in LABELS if name in LABELS[label]}
        assert {*line[1].split("|")} == values == tags[name]
    drawn = re.findall(r"^(\w+)\tArg1:(\S+), Arg2:(\S+)$", conf, re.MULTILINE)
    joined = {(type_, a, b) for type_, source, target in drawn for a in [source] for b in target.split("|")}
    assert joined == {(type_, *pair) for type_, pairs in RELATIONS.items() for pair in pairs}


# --- formats that only go out ------------------------------------------------------------------


def test_conll_columns_give_the_spans_back(seed: Opinion) -> None:
    gold = first_gold()
    exported = export("conll", [(seed, gold)])
    lines = exported.files[f"{SEED_ID}.conllup"].decode().split("\n")
    columns = lines[0].removeprefix("# global.columns = ").split(" ")
    found: list[tuple[str, int, int]] = []
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines if line[:1].isdigit()]
    for label in LABELS:
        for row in rows:
            start, end = int(row["START"]), int(row["END"])
            assert seed.text[start:end] == row["FORM"]
            if row[label] == f"B-{label}":
                found.append((label, start, end))
            elif row[label] == f"I-{label}":
                found[-1] = (label, found[-1][1], end)
    assert sorted(found) == sorted((span.label, span.start, span.end) for span in gold.spans)
    assert "".join(row["FORM"] for row in rows) == "".join(seed.text.split())
    assert exported.notes == []


def test_conll_widens_what_ends_inside_a_token_and_says_so(tiny: Opinion, raw: Annotation) -> None:
    spans = tuple(
        Span(id_, "HOLDING", start, end, digest(TINY, start, end), "i")
        for id_, start, end in (("a", 1, 3), ("b", 3, 7), ("c", 8, 12))
    )
    exported = export("conll", [(tiny, replace(raw, spans=spans, relations=()))])
    tags = re.findall(r"^\d+\t(\S+)\t.*\t(\S+)\tO$", exported.files[f"{SEED_ID}.conllup"].decode(), re.M)
    assert tags[:4] == [("Aleph", "B-HOLDING"), ("𝒜", "B-HOLDING"), ("pays", "B-HOLDING"), (".", "O")]
    assert exported.notes == ["spans that begin or end inside a token, and have all of it here: 2"]


def test_jsonl_holds_the_gold_record_and_its_words(seed: Opinion) -> None:
    gold = first_gold()
    (line,) = export("jsonl", [(seed, gold)]).files["opinions.jsonl"].decode().splitlines()
    record = json.loads(line)
    assert (record["id"], record["split"], record["text"]) == (SEED_ID, "train", seed.text)
    assert len(record["spans"]) == len(gold.spans)
    assert len(record["relations"]) == len(gold.relations)
    for span in record["spans"]:
        assert seed.text[span["start"] : span["end"]] == span["text"]
        assert digest(seed.text, span["start"], span["end"]) == span["digest"]


def test_spacy_loads_the_documents_with_their_spans(seed: Opinion) -> None:
    spacy = pytest.importorskip("spacy", reason="needs spaCy: pip install 'arguendo[spacy]'")
    from spacy.tokens import DocBin

    gold = first_gold()
    exported = export("spacy", [(seed, gold)])
    assert [*exported.files] == ["train.spacy"]
    (doc,) = DocBin().from_bytes(exported.files["train.spacy"]).get_docs(spacy.blank("en").vocab)
    assert doc.text == seed.text
    kept = doc.user_data["arguendo"]
    for span, marked, record in zip(gold.spans, doc.spans["sc"], kept["spans"], strict=True):
        assert (marked.start_char, marked.end_char, marked.label_) == (span.start, span.end, span.label)
        assert (marked.id_, record["start"], record["issue"]) == (span.id, span.start, span.issue)
    assert len(kept["relations"]) == len(gold.relations)
    assert export("spacy", [(seed, gold)]).files == exported.files


def test_without_spacy_its_json_has_words_that_give_the_text_back(
    seed: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    gold = first_gold()
    exported = export("spacy", [(seed, gold)])
    assert exported.format == "spacy-json"
    ((text, example),) = json.loads(exported.files["train.json"])
    words = zip(example["words"], example["spaces"], strict=True)
    assert text == "".join(word + " " * space for word, space in words) == seed.text
    assert example["spans"]["sc"] == [[span.start, span.end, span.label] for span in gold.spans]


# --- files that are wrong ----------------------------------------------------------------------


def lines_changed(text: str, changes: dict[int, str]) -> str:
    """A text with lines, counted from 1, put in the place of others."""
    lines = text.split("\n")
    for number, line in changes.items():
        lines[number - 1] = line
    return "\n".join(lines)


BROKEN_BRAT: dict[str, tuple[dict[int, str], list[tuple[int, str]]]] = {
    "label": ({1: "T1\tFACT 2 7\teph 𝒜"}, [(1, "import-label")]),
    "no tab": ({1: "T1 ARGUMENT 2 7 eph 𝒜"}, [(1, "brat-line")]),
    "no offsets": ({1: "T1\tARGUMENT\teph 𝒜"}, [(1, "brat-line")]),
    "beyond the text": ({1: "T1\tARGUMENT 2 99\teph 𝒜"}, [(1, "brat-range")]),
    "backwards": ({1: "T1\tARGUMENT 7 2\teph 𝒜"}, [(1, "brat-range")]),
    "huge": ({1: f"T1\tARGUMENT 2 {'9' * 5000}\teph 𝒜"}, [(1, "brat-line")]),
    "negative": ({1: "T1\tARGUMENT -2 7\teph 𝒜"}, [(1, "brat-line")]),
    "elsewhere": ({1: "T1\tARGUMENT 3 8\teph 𝒜"}, [(1, "brat-text")]),
    "words left out": ({2: "T2\tHOLDING 8 13;18 22\tpays. must"}, [(2, "brat-fragments")]),
    "twice": ({12: "T1\tHOLDING 8 13;15 17\tpays. He"}, [(12, "brat-double")]),
    "no such span": ({3: "R1\tdecides Arg1:T9 Arg2:T1"}, [(3, "import-end")]),
    "no such relation": ({3: "R1\tmoots Arg1:T2 Arg2:T1"}, [(3, "import-relation")]),
    "wrong way": ({3: "R1\tdecides Arg1:T1 Arg2:T2"}, [(3, "relation-labels")]),
    "value": ({4: "A1\tspeaker T1 nobody"}, [(4, "import-value")]),
    "missing value": ({4: "A1\tspeaker T1"}, [(4, "import-value")]),
    "missing attribute": ({4: ""}, [(1, "attribute-missing")]),
    "attribute": ({4: "A1\tmood T1 good"}, [(4, "import-attribute"), (1, "attribute-missing")]),
    "twice set": ({5: "A2\tspeaker T1 amicus"}, [(5, "brat-double"), (1, "attribute-missing")]),
    "of another label": ({9: "A6\tkind T2 rebut"}, [(2, "attribute-forbidden")]),
    "no issue": ({11: ""}, [(2, "import-issue")]),
    "event": ({12: "E1\tARGUMENT:T1"}, [(12, "brat-kind")]),
    "equivalence": ({12: "*\tEquiv T1 T2"}, [(12, "brat-kind")]),
    "note of nothing": ({12: "#3\tSpanId T9\ta"}, [(12, "import-end")]),
    "path for an id": ({12: "#3\tSpanId T1\t../a"}, [(12, "import-id")]),
    "issue": ({12: "#3\tIssue T1\tnonsense"}, [(12, "brat-note")]),
    "issue's parent": ({12: "#3\tIssue T1\tb < a = To pay"}, [(12, "issue-parent")]),
    "version": ({12: "#3\tGuidelines T1\tnew"}, [(12, "import-guidelines")]),
    "binary": ({12: "\x00\x01"}, [(12, "brat-line")]),
}


@pytest.mark.parametrize("name", BROKEN_BRAT)
def test_broken_lines_of_brat_are_named(name: str, tiny: Opinion, raw: Annotation) -> None:
    changes, expected = BROKEN_BRAT[name]
    back, problems = imported("brat", lines_changed(BY_BRAT, changes), tiny, raw)
    assert back is None
    errors = [each for each in problems if each.severity == "error"]
    assert codes(errors) == sorted((f"file:{number}", code) for number, code in expected)


BROKEN_TSV: dict[str, tuple[Callable[[str], str], list[tuple[int, str]]]] = {
    "format": (lambda t: t.replace("TSV 3.3", "TSV 2"), [(1, "webanno-format")]),
    "row": (lambda t: t.replace("1-3\t9-13", "1-3\t9"), [(11, "webanno-row")]),
    "columns": (lambda t: t.replace("pays\t_\t_", "pays\t_"), [(11, "webanno-row")]),
    "other words": (lambda t: t.replace("pays\t", "owes\t"), [(11, "annotated-text")]),
    "code points": (lambda t: t.replace("9-13", "8-12"), [(11, "annotated-text")]),
    "half a letter": (lambda t: t.replace("6-8\t𝒜", "7-8\t𝒜"), [(10, "annotated-text")]),
    "beyond the text": (lambda t: t.replace("23-24", "98-99"), [(17, "annotated-text")]),
    "row left out": (lambda t: re.sub(r"1-3\t.*\n", "", t), [(11, "annotated-text")]),
    "row again": (lambda t: re.sub(r"(1-4\t.*\n)", r"\1\1", t), [(13, "annotated-text")]),
    "cut short": (lambda t: t[: t.index("2-3\t")], [(17, "annotated-text")]),
    "label": (lambda t: t.replace("ARGUMENT", "FACT"), [(9, "import-label")]),
    "value": (lambda t: t.replace("\trebut\t", "\tdeny\t"), [(15, "import-value")]),
    "flag": (lambda t: t.replace("\ttrue\t", "\tperhaps\t"), [(15, "import-value")]),
    "id": (lambda t: t.replace("\tr\t", "\t../r\t"), [(15, "import-id")]),
    "id twice": (lambda t: t.replace("h[2]", "r[2]"), [(15, "double-id"), (16, "double-id")]),
    "no issue": (lambda t: t.replace("r\tTo pay", "r\t*"), [(15, "import-issue")]),
    "no such number": (lambda t: t.replace("2-2[3_1]", "2-2[7_1]"), [(9, "import-end")]),
    "no such row": (lambda t: t.replace("2-1[0_1]", "9-9[0_1]"), [(9, "import-end")]),
    "no source": (lambda t: t.replace("2-1[0_1]", "*"), [(9, "import-end")]),
    "relation": (lambda t: t.replace("rebuts|", "moots|"), [(9, "import-relation")]),
    "wrong way": (lambda t: t.replace("rebuts|", "decides|"), [(9, "relation-labels")]),
    "stack": (lambda t: t.replace("h[2]|*[3]", "h[2]"), [(16, "webanno-stack")]),
    "other number": (lambda t: t.replace("h[2]|", "h[4]|"), [(16, "webanno-stack")]),
    "cell": (lambda t: t.replace("h[2]|", "h[2|"), [(16, "webanno-cell")]),
}


@pytest.mark.parametrize("name", BROKEN_TSV)
def test_broken_rows_of_inception_are_named(name: str, tiny: Opinion, raw: Annotation) -> None:
    change, expected = BROKEN_TSV[name]
    assert change(BY_INCEPTION) != BY_INCEPTION
    back, problems = imported("webanno-tsv", change(BY_INCEPTION), tiny, raw)
    assert back is None
    errors = [each for each in problems if each.severity == "error"]
    assert {*codes(errors)} >= {(f"file:{number}", code) for number, code in expected}


def test_all_problems_of_a_file_are_listed(tiny: Opinion, raw: Annotation) -> None:
    changes = {1: "T1\tFACT 2 7\teph 𝒜", 7: "A4\tholding_of T2 nobody", 12: "nonsense"}
    _, problems = imported("brat", lines_changed(BY_BRAT, changes), tiny, raw)
    errors = [each for each in problems if each.severity == "error"]
    assert codes(errors) == [("file:1", "import-label"), ("file:12", "brat-line"), ("file:7", "import-value")]


def test_reading_stops_where_it_helps_nobody(tiny: Opinion, raw: Annotation) -> None:
    _, problems = imported("brat", "nonsense\n" * 100_000, tiny, raw)
    assert len(problems) == 1_001
    issues = "".join(f"#{n}\tIssue T1\ti{n} = Which?\n" for n in range(20_000))
    _, problems = imported("brat", BY_BRAT + issues, tiny, raw)
    assert [each.code for each in problems if each.severity == "error"] == ["import-many"]


@given(data=st.data())
def test_mutated_files_end_in_an_annotation_or_in_problems(data: st.DataObject, seed: Opinion) -> None:
    opinion = replace(seed, text=TINY, sentences=(), blocks=())
    annotation = Store(REPO).read_annotation(STORED[0])
    format, good = data.draw(st.sampled_from([("brat", BY_BRAT), ("webanno-tsv", BY_INCEPTION)]))
    cut = st.integers(0, len(good))
    a, b = sorted((data.draw(cut), data.draw(cut)))
    bad = good[:a] + data.draw(st.text(st.sampled_from("T1#\t\n-_*[]|\\;9 𝒜é"), max_size=6)) + good[b:]
    back, problems = imported(format, bad, opinion, annotation)
    assert (back is None) == any(each.severity == "error" for each in problems)
    assert all(each.where.startswith("file") for each in problems)


# --- the commands ------------------------------------------------------------------------------


RAW = Path("annotations/rounds/r0/lm-1") / f"{SEED_ID}.json"
IMPORT = ["--annotator", "lm-1", "--round", "r9"]


@pytest.mark.parametrize("format", IMPORTS)
def test_an_exported_annotation_is_imported_into_another_round(
    format: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--annotation", str(RAW), "--to", format, "--out", "out"]) == 0
    assert f"{format} loses {LOSES[format]}" in capsys.readouterr().out.splitlines()
    assert main(["import", "--from", format, "out", *IMPORT]) == 0
    assert main(["import", "--from", format, "out", *IMPORT]) == 0
    written, unchanged = capsys.readouterr().out.splitlines()
    assert unchanged == written.replace("written", "unchanged")
    new = checkout / "annotations" / "rounds" / "r9" / "lm-1" / RAW.name
    assert new.read_bytes() == RAW.read_bytes().replace(b'"round": "r0"', b'"round": "r9"')
    assert main(["validate", str(new)]) == 0


@pytest.mark.parametrize("format", ["brat", "conll", "webanno-tsv", "spacy", "jsonl"])
def test_gold_is_exported_once_and_never_over_other_work(
    format: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--to", format, "--out", "out"]) == 0
    before = snapshot(checkout / "out")
    assert before
    assert main(["export", SEED_ID, "--to", format, "--out", "out"]) == 0
    assert f"1 opinions, 0 files written, {len(before)} unchanged" in capsys.readouterr().out
    first = checkout / "out" / next(iter(before))
    first.write_bytes(b"worked in")
    assert main(["export", "--to", format, "--out", "out"]) == 1
    assert "error already-there" in capsys.readouterr().err
    assert snapshot(checkout / "out") == {**before, first.name: b"worked in"}


def test_a_made_up_opinion_is_exported_only_by_name(checkout: Path) -> None:
    (checkout / "corpus" / "opinions").rename(checkout / "corpus" / "moot")
    (checkout / "corpus" / "opinions").mkdir()
    assert main(["export", "--to", "jsonl", "--out", "out"]) == 1
    assert not (checkout / "out").exists()
    assert main(["export", SEED_ID, "--to", "jsonl", "--out", "out"]) == 0


def exported(checkout: Path, format: str) -> Path:
    """The file of the seed's raw annotation, as exported into `out`."""
    assert main(["export", "--annotation", str(RAW), "--to", format, "--out", "out"]) == 0
    return checkout / "out" / f"{SEED_ID}{IMPORTS[format]}"


def another_text(path: Path) -> None:
    beside = path.with_suffix(".txt")
    if beside.exists():
        beside.write_text(beside.read_text("utf-8") + "\n", "utf-8")
    else:
        digits = re.search("[0-9a-f]{64}", path.read_text("utf-8"))
        assert digits
        path.write_text(path.read_text("utf-8").replace(digits[0], "0" * 64, 1), "utf-8")


def renamed(path: Path) -> None:
    path.rename(path.with_name(f"other{path.suffix}"))


def twice(path: Path) -> None:
    copy = path.parent / "copy"
    copy.mkdir()
    for file in path.parent.glob(f"{SEED_ID}.*"):
        (copy / file.name).write_bytes(file.read_bytes())


def too_big(path: Path) -> None:
    os.truncate(path, 200_000_000)


def not_text(path: Path) -> None:
    path.write_bytes(b"T1\t\xff")


@pytest.mark.parametrize("format", IMPORTS)
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (another_text, "annotated-text"),
        (renamed, "opinion-unknown"),
        (twice, "annotated-twice"),
        (too_big, "import-size"),
        (not_text, "not-utf-8"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_nothing_is_written(
    format: str,
    spoil: Callable[[Path], None],
    code: str,
    checkout: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(exported(checkout, format))
    before = snapshot(checkout / "annotations")
    assert main(["import", "--from", format, "out", *IMPORT]) == 1
    err = capsys.readouterr().err
    assert {re.findall(r": error ([\w-]+): ", line)[0] for line in err.splitlines()} == {code}
    assert snapshot(checkout / "annotations") == before


def test_one_bad_file_keeps_the_good_one_out(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = exported(checkout, "brat")
    (good.parent / "bad.ann").write_text("T1\tHOLDING", "utf-8")
    before = snapshot(checkout / "annotations")
    assert main(["import", "--from", "brat", "out", *IMPORT]) == 1
    assert "bad.ann: error opinion-unknown" in capsys.readouterr().err
    assert snapshot(checkout / "annotations") == before
    good.with_suffix(".txt").unlink()
    assert main(["import", "--from", "brat", str(good), *IMPORT]) == 1
    assert f"{SEED_ID}.txt: error brat-text: the text it was made on is not beside it" in (
        capsys.readouterr().err
    )


def test_a_raw_annotation_is_never_written_over(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = exported(checkout, "brat")
    assert main(["import", "--from", "brat", str(path), *IMPORT]) == 0
    before = snapshot(checkout / "annotations")
    path.write_text(path.read_text("utf-8").replace(" undercut\n", " rebut\n", 1), "utf-8")
    assert main(["import", "--from", "brat", str(path), *IMPORT]) == 1
    assert "error already-there" in capsys.readouterr().err
    assert snapshot(checkout / "annotations") == before


def test_inception_s_folder_of_a_project_is_read(checkout: Path) -> None:
    path = exported(checkout, "webanno-tsv")
    folder = checkout / "annotation" / path.name
    folder.mkdir(parents=True)
    path.rename(folder / "ann.tsv")
    assert main(["import", "--from", "webanno-tsv", str(folder.parent), *IMPORT]) == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["export", "--to", "brat"], "required: --out"),
        (["export", "--to", "word", "--out", "out"], "invalid choice: 'word'"),
        (["export", "nobody", "--to", "brat", "--out", "out"], f"Held here: {SEED_ID}"),
        (["export", SEED_ID, "--annotation", str(RAW), "--to", "brat", "--out", "out"], "Leave the ID out"),
        (["import", "--from", "brat", "none.ann", *IMPORT], "none.ann: error usage: no such file"),
        (["import", "--from", "brat", "corpus", *IMPORT], "no file in it ends in .ann"),
        (["import", "--from", "brat", "x", "--annotator", "zz", "--round", "r9"], "is nowhere described"),
        (["import", "--from", "brat", "x", "--annotator", "lm-1", "--round", "../r"], "no name of a round"),
    ],
)
def test_wrong_usage_ends_in_2_with_the_way_out(
    command: list[str], said: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(checkout)
    assert main(command) == 2
    assert said in capsys.readouterr().err
    assert snapshot(checkout) == before


def test_labels_with_an_error_are_not_exported(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (RAW, Path("annotations/gold") / RAW.name):
        record: dict[str, Any] = json.loads(path.read_bytes())
        record["relations"][0]["to"] = "nobody"
        path.write_text(json.dumps(record), "utf-8")
    assert main(["export", "--to", "brat", "--out", "out"]) == 1
    assert main(["export", "--annotation", str(RAW), "--to", "brat", "--out", "out"]) == 1
    assert capsys.readouterr().err.count("error relation-end") == 2
    assert not (checkout / "out").exists()


def test_the_page_has_what_the_command_says() -> None:
    page = (REPO / "docs" / "interchange.md").read_text("utf-8")
    for format, loses in LOSES.items():
        assert f"| `{format}` | {loses} |" in page
