"""Every rule has an example that breaks it; what is sound gives nothing."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arguendo.cli import main
from arguendo.offsets import digest, sha256
from arguendo.records import gold_to_record
from arguendo.store import Store
from arguendo.validate import (
    RULES,
    annotation_findings,
    annotators_findings,
    gold_findings,
    manifest_findings,
    opinion_findings,
    rules_table,
    schema_findings,
    sentence_ends_findings,
)
from arguendo.validate.schema import schema_folder
from conftest import copy_seed_corpus, first_gold

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
FOLDER = REPO / "corpus" / "opinions" / ID
TEXT = (FOLDER / "opinion.txt").read_bytes().decode()
SOURCE = (FOLDER / "source.md").read_bytes()
OPINION = json.loads((FOLDER / "opinion.json").read_bytes())
ANNOTATION = json.loads((REPO / f"annotations/rounds/r0/lm-1/{ID}.json").read_bytes())
GOLD = gold_to_record(first_gold())
ANNOTATORS = json.loads((REPO / "annotations/annotators.json").read_bytes())
MANIFEST_ROW = {
    "id": "ca1.93-1398.1994-02-24",
    "format": "html",
    "repository": "owner/name",
    "commit": "0" * 40,
    "path": "a/b.html",
    "source_sha256": "0" * 64,
    "text_sha256": "1" * 64,
}
SENTENCE_ENDS = {
    "opinion": ID,
    "text_sha256": sha256(TEXT),
    "annotators": ["lm-1"],
    "marks": 2,
    "differ": 0,
    "ends": [TEXT.index("\n"), TEXT.index("\n\n", 900)],
    "added": [],
}
RAW = {f"r0/lm-1/{span['id']}" for span in ANNOTATION["spans"]}
Change = Callable[[Any], object]


def block(record: Any, kind: str) -> Any:
    return next(each for each in record["blocks"] if each["kind"] == kind)


def span(record: Any, id_: str) -> Any:
    return next(each for each in record["spans"] if each["id"] == id_)


def relation(type_: str, source: str, target: str) -> Any:
    return {"type": type_, "from": source, "to": target}


def move(target: Any, start: int, end: int) -> None:
    """Put a span elsewhere with the digest of that place."""
    target.update(start=start, end=end, digest=digest(TEXT, start, end))


def test_sound_records_give_nothing() -> None:
    assert [*opinion_findings(OPINION, TEXT, SOURCE)] == []
    assert [*annotation_findings(ANNOTATION, TEXT, ["lm-1"])] == []
    assert [*gold_findings(GOLD, TEXT, RAW)] == []
    assert [*annotators_findings(ANNOTATORS)] == []
    assert [*manifest_findings(MANIFEST_ROW, [ID])] == []


OPINION_CHANGES: dict[str, tuple[str, str, Change]] = {
    "a number written as a float": ("schema", "/blocks/0/start", lambda r: r["blocks"][0].update(start=0.0)),
    "an unknown key": ("schema", "", lambda r: r.update(extra=1)),
    "a hash of another text": ("text-hash", "/text_sha256", lambda r: r.update(text_sha256="0" * 64)),
    "a source of another size": ("source-hash", "/source", lambda r: r["source"].update(bytes=7)),
    "an id of another date": ("opinion-id", "/id", lambda r: r.update(id="nysd.18-cv-02897.2018-10-23")),
    "a citation beyond the end": (
        "offset-range",
        "/citations/107",
        lambda r: r["citations"][107].update(end=len(TEXT) + 1),
    ),
    "an empty sentence": (
        "offset-range",
        "/sentences/3",
        lambda r: r["sentences"][3].update(end=r["sentences"][3]["start"]),
    ),
    "blocks out of order": ("block-order", "/blocks/1", lambda r: r["blocks"].insert(0, r["blocks"].pop(1))),
    "a block across another's end": (
        "block-order",
        "/blocks/9",
        lambda r: r["blocks"][8].update(end=r["blocks"][9]["start"] + 5),
    ),
    "a block left out": ("block-gap", "/blocks/9", lambda r: r["blocks"].pop(9)),
    "the last block left out": ("block-gap", "/blocks", lambda r: r["blocks"].pop()),
    "a heading without a level": ("block-field", "/blocks/10", lambda r: r["blocks"][10].pop("level")),
    "a paragraph with a level": ("block-field", "/blocks/9", lambda r: r["blocks"][9].update(level=1)),
    "a footnote without an anchor": (
        "footnote-anchor",
        "/blocks/53",
        lambda r: block(r, "footnote").pop("anchor"),
    ),
    "a footnote anchored in itself": (
        "footnote-anchor",
        "/blocks/53/anchor",
        lambda r: block(r, "footnote").update(anchor=block(r, "footnote")["start"] + 1),
    ),
    "a mark of no footnote": ("footnote-mark", "*", lambda r: block(r, "footnote").update(number="9")),
    "a sub-opinion that begins in a sentence": (
        "sub-opinion-order",
        "/sub_opinions/0",
        lambda r: r["sub_opinions"][0].update(start=r["sub_opinions"][0]["start"] + 3),
    ),
    "a sentence over a block's edge": (
        "sentence-block",
        "/sentences/12",
        lambda r: r["sentences"][12].update(end=r["sentences"][12]["end"] + 4),
    ),
    "sentences that overlap": (
        "sentence-block",
        "/sentences/1",
        lambda r: r["sentences"][1].update(start=r["sentences"][0]["end"] - 2),
    ),
    "citations that overlap": (
        "citation-order",
        "/citations/1",
        lambda r: r["citations"][1].update(start=r["citations"][0]["end"] - 2),
    ),
    "an antecedent to come": (
        "citation-antecedent",
        "/citations/2/antecedent",
        lambda r: r["citations"][2].update(antecedent=5),
    ),
    "an antecedent that is none": (
        "citation-antecedent",
        "/citations/18/antecedent",
        lambda r: r["citations"][18].update(antecedent=2),
    ),
    "a page beyond the text": (
        "page-order",
        "/pages/0",
        lambda r: r["pages"].append({"number": "2", "start": len(TEXT) + 1}),
    ),
    "a hole in the map": ("source-map-cover", "/source_map/5/source", lambda r: r["source_map"].pop(5)),
    "a copy of another length": (
        "source-map-cover",
        "*",
        lambda r: next(e for e in r["source_map"] if e["op"] == "copy")["text"].__setitem__(1, 3),
    ),
    "a map with other words": (
        "source-map-rebuild",
        "/source_map",
        lambda r: next(e for e in r["source_map"] if e.get("why") == "markup").update(was="zz"),
    ),
}

ANNOTATION_CHANGES: dict[str, tuple[str, str, Change]] = {
    "a label of no such name": ("schema", "/spans/0/label", lambda r: r["spans"][0].update(label="FACT")),
    "an annotator nobody described": (
        "annotator-unknown",
        "/annotator",
        lambda r: r.update(annotator="nobody"),
    ),
    "another text": ("annotated-text", "/text_sha256", lambda r: r.update(text_sha256="0" * 64)),
    "no spans": ("annotation-empty", "/spans", lambda r: r.update(spans=[], relations=[])),
    "two spans of one id": ("double-id", "/spans/1/id", lambda r: r["spans"][1].update(id="h1")),
    "two issues of one id": ("double-id", "/issues/1/id", lambda r: r["issues"][1].update(id="injunction")),
    "a span beyond the end": ("span-range", "/spans/0", lambda r: r["spans"][0].update(end=len(TEXT) + 9)),
    "a span one to the left": (
        "span-digest",
        "/spans/0/digest",
        lambda r: r["spans"][0].update(start=r["spans"][0]["start"] - 1, end=r["spans"][0]["end"] - 1),
    ),
    "a span that ends in a space": (
        "span-edge",
        "/spans/0",
        lambda r: move(r["spans"][0], r["spans"][0]["start"], r["spans"][0]["end"] + 1),
    ),
    "a span without its speaker": ("attribute-missing", "*", lambda r: span(r, "a1").pop("speaker")),
    "a holding with an outcome": (
        "attribute-forbidden",
        "/spans/0/outcome",
        lambda r: span(r, "h1").update(outcome="accepted"),
    ),
    "an argument by the court": ("attribute-value", "*", lambda r: span(r, "a1").update(speaker="court")),
    "an issue not listed": (
        "issue-unknown",
        "/spans/0/issue",
        lambda r: span(r, "h1").update(issue="standing"),
    ),
    "a parent not listed": (
        "issue-parent",
        "/issues/1/parent",
        lambda r: r["issues"][1].update(parent="root"),
    ),
    "issues in a circle": ("issue-cycle", "/issues/0", lambda r: r["issues"][0].update(parent="pj")),
    "holdings that overlap": (
        "span-overlap",
        "/spans/4",
        lambda r: move(span(r, "h3"), span(r, "h3")["start"], span(r, "h4")["start"] + 3),
    ),
    "a relation to nothing": (
        "relation-end",
        "*",
        lambda r: r["relations"].append(relation("supports", "h1", "zz")),
    ),
    "a rebuttal of a holding": (
        "relation-labels",
        "*",
        lambda r: r["relations"].append(relation("rebuts", "r1", "h1")),
    ),
    "a restatement under another label": (
        "relation-labels",
        "*",
        lambda r: r["relations"].append(relation("restates", "a1", "h1")),
    ),
    "a relation given twice": (
        "relation-double",
        "*",
        lambda r: r["relations"].append(dict(r["relations"][0])),
    ),
    "support in a circle": (
        "relation-cycle",
        "/relations",
        lambda r: r["relations"].append(relation("supports", "h23", "h18")),
    ),
    "a restatement of itself": (
        "relation-cycle",
        "/relations",
        lambda r: r["relations"].append(relation("restates", "h1", "h1")),
    ),
    "a rebuttal of nobody": (
        "rebuttal-unlinked",
        "*",
        lambda r: r.update(relations=[x for x in r["relations"] if x["from"] != "r1"]),
    ),
    "a rejected argument decided for its side": (
        "decides-outcome",
        "*",
        lambda r: span(r, "h14").update(disposition="for_defendant_side"),
    ),
    "an argument not reached, yet decided": (
        "decides-outcome",
        "*",
        lambda r: span(r, "a8").update(outcome="not_reached"),
    ),
}

GOLD_CHANGES: dict[str, tuple[str, str, Change]] = {
    "a span of no origin": ("gold-origin", "/spans/0", lambda r: r["origins"].pop(0)),
    "an origin of no span": ("gold-origin", "/origins/0/span", lambda r: r["origins"][0].update(span="zz")),
    "a raw span that is not there": (
        "gold-raw",
        "/origins/0/raw",
        lambda r: r["origins"][0].update(raw=["r0/lm-2/h1"]),
    ),
    "adjudicated, with one annotator": (
        "gold-status",
        "/status",
        lambda r: r.update(status="adjudicated"),
    ),
    "no status": ("schema", "", lambda r: r.pop("status")),
}

SENTENCE_ENDS_CHANGES: dict[str, tuple[str, str, Change]] = {
    "ends of another text": ("annotated-text", "/text_sha256", lambda r: r.update(text_sha256="0" * 64)),
    "ends by nobody": ("annotator-unknown", "/annotators/0", lambda r: r.update(annotators=["nobody"])),
    "an end twice": ("sentence-end", "/ends/1", lambda r: r.update(ends=r["ends"][:1] * 2)),
    "an end beyond the text": ("sentence-end", "/ends/2", lambda r: r["ends"].append(len(TEXT) + 1)),
    "an end after white space": (
        "sentence-end",
        "/ends/0",
        lambda r: r["ends"].__setitem__(0, r["ends"][0] + 1),
    ),
    "an end added that is none": ("sentence-end", "/added", lambda r: r["added"].append(5)),
    "ends without marks": ("schema", "", lambda r: r.pop("marks")),
}


def changed(record: Any, change: Change) -> Any:
    copied = copy.deepcopy(record)
    change(copied)
    return copied


def has(findings: list[tuple[str, str, str]], code: str, pointer: str) -> bool:
    return any(found == code and pointer in ("*", at) for found, at, _ in findings)


@pytest.mark.parametrize("name", OPINION_CHANGES)
def test_opinion_rules(name: str) -> None:
    code, pointer, change = OPINION_CHANGES[name]
    findings = [*opinion_findings(changed(OPINION, change), TEXT, SOURCE)]
    assert has(findings, code, pointer), findings


@pytest.mark.parametrize("name", ANNOTATION_CHANGES)
def test_annotation_rules(name: str) -> None:
    code, pointer, change = ANNOTATION_CHANGES[name]
    findings = [*annotation_findings(changed(ANNOTATION, change), TEXT, ["lm-1"])]
    assert has(findings, code, pointer), findings


@pytest.mark.parametrize("name", GOLD_CHANGES)
def test_gold_rules(name: str) -> None:
    code, pointer, change = GOLD_CHANGES[name]
    findings = [*gold_findings(changed(GOLD, change), TEXT, RAW)]
    assert has(findings, code, pointer), findings


@pytest.mark.parametrize("name", SENTENCE_ENDS_CHANGES)
def test_sentence_ends_rules(name: str) -> None:
    code, pointer, change = SENTENCE_ENDS_CHANGES[name]
    findings = [*sentence_ends_findings(changed(SENTENCE_ENDS, change), TEXT, ["lm-1"])]
    assert has(findings, code, pointer), findings


@pytest.mark.parametrize("text", [TEXT + "\n", TEXT.replace(" ", "\r", 1), TEXT.replace("é", "e\u0301", 1)])
def test_a_text_out_of_form_is_found(text: str) -> None:
    record = {**OPINION, "text_sha256": sha256(text)}
    assert "text-form" in {code for code, _, _ in opinion_findings(record, text)}


def test_sentence_ends_are_told_by_what_they_hold_and_stand_once(tmp_path: Path, checkout: Path) -> None:
    path = tmp_path / "elsewhere.jsonl"
    path.write_text(f"{json.dumps(SENTENCE_ENDS)}\n" * 2, "utf-8")
    (found,) = Store(checkout).problems([path])
    assert (found.where, found.code) == ("elsewhere.jsonl:2#/opinion", "sentence-end")
    assert "twice" in found.message
    path.write_text('[1]\n{"ends": "x", "opinion": ["a"]}\n{"ends": [1], "opinion": {"a": 1}}\n', "utf-8")
    problems = Store(checkout).problems([path])
    assert {each.code for each in problems} == {"schema"}
    assert {each.where.split("#")[0] for each in problems} == {f"elsewhere.jsonl:{n}" for n in (1, 2, 3)}


def test_offsets_in_utf16_units_are_found_where_they_differ_from_code_points() -> None:
    text = "\U0001d504 court. We affirm."
    shifted = text.index("We") + 1  # the astral letter counts two in UTF-16
    entry = {"id": "h1", "label": "HOLDING", "start": shifted, "end": len(text), "issue": "i"}
    entry |= {"holding_of": "this_opinion", "scope": "terminal", "disposition": "affirmed"}
    entry["digest"] = digest(text, text.index("We"), len(text))
    record = {**ANNOTATION, "text_sha256": sha256(text), "spans": [entry], "relations": []}
    record["issues"] = [{"id": "i", "title": "Appeal"}]
    assert [code for code, _, _ in annotation_findings(record, text, ["lm-1"])] == ["span-digest"]


def test_an_opinion_that_is_not_held_is_unknown() -> None:
    assert has([*annotation_findings(ANNOTATION, None, ["lm-1"])], "opinion-unknown", "/opinion")


def test_lists_hold_each_id_once() -> None:
    twice = {"annotators": ANNOTATORS["annotators"] * 2}
    assert has([*annotators_findings(twice)], "double-annotator", "/annotators/0/id")
    assert has([*manifest_findings(MANIFEST_ROW, [MANIFEST_ROW["id"]])], "manifest-double", "/id")
    assert has([*manifest_findings({**MANIFEST_ROW, "commit": "main"}, [])], "schema", "/commit")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    copy_seed_corpus(tmp_path)
    return tmp_path


def test_files_in_other_places_than_they_say_and_files_that_are_no_json(checkout: Path) -> None:
    raw = checkout / "annotations" / "rounds" / "r0" / "lm-1"
    raw.rename(raw.with_name("lm-2"))
    (checkout / "annotations" / "gold" / f"{ID}.json").write_bytes(b'{"a": 1, "a": 2}')
    (checkout / "corpus" / "opinions" / ID / "source.md").unlink()
    found = {(problem.code, problem.where.split("#")[0]) for problem in Store(checkout).problems()}
    assert ("path", f"annotations/rounds/r0/lm-2/{ID}.json") in found
    assert ("path", f"corpus/opinions/{ID}/opinion.json") in found
    assert ("json", str(checkout / "annotations" / "gold" / f"{ID}.json")) in found


def test_every_rule_is_broken_by_an_example() -> None:
    changes = (OPINION_CHANGES, ANNOTATION_CHANGES, GOLD_CHANGES, SENTENCE_ENDS_CHANGES)
    examples = [example for each in changes for example in each.values()]
    elsewhere = {"json", "path", "text-form", "opinion-unknown", "double-annotator", "manifest-double"}
    # Those on labelling tasks are broken in test_labelstudio.
    labelling = {rule.code for rule in RULES.values() if rule.record == "labelling task"}
    assert {code for code, _, _ in examples} | elsewhere | labelling == set(RULES)


def test_the_table_of_rules_is_what_the_code_says() -> None:
    head = "# Rules\n\nGenerated by `scripts/docs`; every code is stable.\n\n"
    assert (REPO / "docs" / "rules.md").read_text("utf-8") == head + rules_table(), "run scripts/docs"


def test_all_problems_are_listed_sorted_with_place_and_mend(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = checkout / "annotations" / "gold" / f"{ID}.json"
    broken = changed(GOLD, lambda r: (r["origins"].pop(0), span(r, "a1").pop("speaker")))
    gold.write_text(json.dumps(broken))
    monkeypatch.chdir(checkout)
    assert main(["validate"]) == 1
    lines = capsys.readouterr().out.splitlines()
    where = f"annotations/gold/{ID}.json#/spans"
    assert lines == [
        f"{where}/0: error gold-origin: span 'h1' has 0 origins. Adjudicate again",
        f"{where}/1: error attribute-missing: ARGUMENT 'a1' has no 'speaker'. Set it",
        "2 errors, 0 warnings",
    ]
    assert main(["validate", "--json", str(gold)]) == 1
    assert [each["code"] for each in json.loads(capsys.readouterr().out)] == [
        "gold-origin",
        "attribute-missing",
    ]


@pytest.mark.parametrize("path", sorted(schema_folder().glob("*.schema.json")), ids=lambda path: path.name)
def test_schemas_are_sound_and_closed(path: Path) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False, node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    assert [*schema_findings({"unknown": 1}, path.name.removesuffix(".schema.json"))]
