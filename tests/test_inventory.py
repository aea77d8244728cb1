"""The inventory stands once in the code; the published schemas say the same."""

import json
from typing import Any

from arguendo import annotation, opinion, sourcemap
from arguendo.cli.corpus import FORMATS as CLI_FORMATS
from arguendo.readers import FORMATS
from arguendo.validate.schema import schema_folder


def schema(name: str) -> Any:
    return json.loads((schema_folder() / f"{name}.schema.json").read_text("utf-8"))


def values(node: Any) -> set[str]:
    return set(node["enum"])


def test_labels_attributes_and_relations() -> None:
    definitions = schema("annotation")["$defs"]
    span = definitions["span"]["properties"]
    assert values(span["label"]) == set(annotation.LABELS)
    for name in annotation.ATTRIBUTES:
        expected = {value for label in annotation.LABELS.values() for value in label.get(name, ())}
        assert values(span[name]) == expected, name
    assert set(span) == {"id", "label", "start", "end", "digest", "issue", "unsure", *annotation.ATTRIBUTES}
    assert values(definitions["relation"]["properties"]["type"]) == set(annotation.RELATIONS)
    assert values(schema("gold")["properties"]["status"]) == set(annotation.GOLD_STATUSES)
    annotator = schema("annotators")["properties"]["annotators"]["items"]["properties"]
    assert values(annotator["kind"]) == set(annotation.ANNOTATOR_KINDS)
    draft = schema("draft")["properties"]["span"]["items"]["properties"]
    assert {*annotation.RELATIONS, *annotation.ATTRIBUTES} <= set(draft)


def test_structure() -> None:
    properties = schema("opinion")["properties"]
    block = properties["blocks"]["items"]["properties"]
    citation = properties["citations"]["items"]["properties"]
    edits = properties["source_map"]["items"]["oneOf"]
    assert values(block["kind"]) == set(opinion.BLOCK_KINDS)
    assert values(block["part"]) == set(opinion.CAPTION_PARTS)
    assert values(properties["emphasis"]["items"]["properties"]["kind"]) == set(opinion.EMPHASIS_KINDS)
    assert values(citation["kind"]) == set(opinion.CITATION_KINDS)
    assert values(citation["form"]) == set(opinion.CITATION_FORMS)
    assert {edit["properties"]["op"]["const"] for edit in edits} == set(sourcemap.OPS)
    for edit in edits:
        if "why" in edit["properties"]:
            assert values(edit["properties"]["why"]) == set(sourcemap.REASONS)
    sub_opinion = properties["sub_opinions"]["items"]["properties"]
    assert values(sub_opinion["kind"]) == set(opinion.SUB_OPINION_KINDS)
    party = properties["metadata"]["properties"]["parties"]["items"]["properties"]
    assert values(party["side"]) == set(opinion.SIDES)


def test_formats() -> None:
    assert values(schema("opinion")["properties"]["source"]["properties"]["format"]) == set(FORMATS)
    assert values(schema("manifest-row")["properties"]["format"]) == set(FORMATS)
    assert set(CLI_FORMATS) == set(FORMATS)
