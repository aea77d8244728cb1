"""Opinions inside JSON and escaped XML: found, decoded, and mapped to the bytes of the container."""

import json
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.cli import main
from arguendo.convert import convert
from arguendo.errors import CorpusError
from arguendo.opinion import Facts
from arguendo.readers import fastcase, html
from arguendo.readers.container import escaped_segments, find_json_value, json_string_segments
from arguendo.sourcemap import rebuild

BODY = (
    '<p class="court">United States Court of Appeals,<br>First Circuit.</p><p class="docket">No. 93-1398.</p>'
    '<p class="date">February 24, 1994</p>\n<p>Section&nbsp;1983 “bars” it\t—\U0001d504'
    " <i>Roe v. Doe</i>.</p>"
)
COURTLISTENER = {
    "resource_uri": "x",
    "author_str": "Boudin",
    "plain_text": "Another form.",
    "html_lawbox": "<p>A lesser form.</p>",
    "html_with_citations": BODY,
    "opinions_cited": [{"html_with_citations": "<p>no</p>"}],
}
CAP = {
    "name": "ROE v. DOE",
    "decision_date": "1994-02-24",
    "docket_number": "No. 93-1398",
    "court": {"name": "United States Court of Appeals for the First Circuit"},
    "casebody": {"status": "ok", "data": BODY},
}
FASTCASE = (
    "<Case><CourtName>Supreme Court of South Carolina.</CourtName><DocketNumber>No. 26950.</DocketNumber>"
    f"<DecisionDate>2011-03-21</DecisionDate><CaseHtml>\n{escape(BODY)}</CaseHtml></Case>"
)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_courtlistener_object_is_read_by_its_best_body(indent: int | None, ascii_only: bool) -> None:
    source = json.dumps(COURTLISTENER, indent=indent, ensure_ascii=ascii_only)
    opinion = convert(source.encode(), "object.json")
    assert opinion.source.format == "courtlistener"
    assert opinion.id == "ca1.93-1398.1994-02-24"
    assert opinion.metadata.author == "Boudin"
    assert opinion.text.endswith("Section 1983 “bars” it —\U0001d504 Roe v. Doe.")
    assert rebuild(opinion.text, opinion.source_map) == source
    dropped = "".join(edit.was or "" for edit in opinion.source_map if edit.why == "container")
    assert "A lesser form." in dropped


def test_a_cap_case_takes_its_metadata_from_the_object() -> None:
    source = json.dumps(CAP)
    opinion = convert(source.encode(), "case.json")
    assert opinion.source.format == "cap"
    assert (opinion.metadata.court, opinion.metadata.date) == ("ca1", "1994-02-24")
    assert opinion.metadata.case_name == "ROE v. DOE"
    assert rebuild(opinion.text, opinion.source_map) == source


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_cap_case_of_plain_text_is_head_matter_and_opinions(ascii_only: bool) -> None:
    body = {
        "judges": ["Boudin"],
        "opinions": [
            {"type": "majority", "text": "BOUDIN, J.\n“We affirm,” for the reasons given below.\n"},
            {"type": "dissent", "author": "X", "text": "X, J., dissenting.\nI do not — see § 1983."},
            {"type": "note"},
        ],
        "head_matter": "ROE v. DOE\n\nNo. 93-1398\n",
    }
    source = json.dumps({**CAP, "casebody": body}, ensure_ascii=ascii_only)
    opinion = convert(source.encode(), "case.json")
    assert opinion.text.split("\n\n") == [
        "ROE v. DOE",
        "No. 93-1398",
        "BOUDIN, J.",
        "“We affirm,” for the reasons given below.",
        "X, J., dissenting.",
        "I do not — see § 1983.",
    ]
    assert rebuild(opinion.text, opinion.source_map) == source


def test_a_courtlistener_object_with_plain_text_alone_is_read_as_plain_text() -> None:
    head = "United States Court of Appeals\nFor the First Circuit\n\nNo. 93-1398\n\nFebruary 24, 1994\n\n"
    source = json.dumps({"plain_text": head + "We affirm.\n", "html": None})
    opinion = convert(source.encode(), "object.json")
    assert opinion.text.endswith("We affirm.")
    assert opinion.metadata.court == "ca1"
    assert rebuild(opinion.text, opinion.source_map) == source


def test_a_fastcase_file_is_unescaped_once_and_mapped() -> None:
    opinion = convert(FASTCASE.encode(), "case.xml")
    assert opinion.source.format == "fastcase"
    assert opinion.id == "sc.26950.2011-03-21"
    assert "Section 1983 “bars” it" in opinion.text
    assert rebuild(opinion.text, opinion.source_map) == FASTCASE


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
def test_any_json_string_is_decoded_and_its_segments_tile_it(inner: str, ascii_only: bool) -> None:
    source = json.dumps({"a": [1, {"b": "c"}], "b": {"c": inner}}, ensure_ascii=ascii_only)
    found = find_json_value(source, ["b", "c"])
    assert found is not None
    decoded, segments = json_string_segments(source, found[0])
    assert decoded == inner == found[1]
    assert segments[0].inner_start == 0
    assert segments[-1].inner_end == len(inner)
    for before, after in pairwise(segments):
        assert (before.inner_end, before.source_end) == (after.inner_start, after.source_start)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), max_size=60))
def test_any_escaped_text_is_decoded_with_segments(inner: str) -> None:
    source = f"<x>{escape(inner)}</x>"
    decoded, _ = escaped_segments(source, 3, len(source) - 4)
    assert decoded == inner


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "&lt;/p&gtgt; &lt;i&nvlt;b&gt; &gtgt; &amp;amp; &lt; &gt; i p x é &#1; &#0; &nbsp; & ;".split()
        )
    )
)
def test_words_that_look_like_escapes_are_mapped_once(pieces: list[str]) -> None:
    """`&gtgt;` begins like an escape and is none; `&nvlt;` stands for two characters."""
    words = "".join(pieces)
    for reader, source in (
        (fastcase, FASTCASE.replace("Section", words, 1)),
        (html, f"<pre>{'We affirm the judgment below. ' * 9}{words}</pre>"),
    ):
        reading = reader.read(source)
        assert rebuild(reading.text, reading.source_map) == source


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "<i>", "</i>", "<br>", "&amp;", "é", "\n", ' "', "\\", "\t", "word ", "\U0001d504"]
        )
    )
)
def test_any_body_in_json_is_mapped_to_the_file(pieces: list[str]) -> None:
    source = json.dumps({**COURTLISTENER, "html_with_citations": BODY + "".join(pieces)})
    opinion = convert(source.encode(), "object.json")
    positions = [edit.source_start for edit in opinion.source_map]
    assert positions == sorted(positions)
    assert rebuild(opinion.text, opinion.source_map) == source


def test_facts_given_go_before_what_the_source_says_and_stand_in_for_what_it_lacks() -> None:
    body = b"<opinion type='dissent'><author>Mr. Justice PINE</author><p>I dissent.</p></opinion>"
    with pytest.raises(CorpusError) as caught:
        convert(body, "body.html")
    assert {problem.code for problem in caught.value.problems} == {"no-court", "no-docket", "no-date"}
    opinion = convert(body, "body.html", facts=Facts(court="scotus", docket="No. 472", date="1944-04-24"))
    assert opinion.id == "scotus.472.1944-04-24"


def test_the_command_takes_facts_and_refuses_those_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = tmp_path / "body.html"
    body.write_text("<p>It is so ordered.</p>")
    options = ["--court", "scotus", "--docket", "472", "--out", str(tmp_path / "out")]
    for wrong in (
        ["--date", "April 24, 1944"],
        ["--date", "1944-04-31"],
        ["--court", "zzz"],
        ["--docket", ".."],
    ):
        assert main(["convert", str(body), *options, *wrong]) == 2
        assert f"{wrong[0]}: error usage" in capsys.readouterr().err
    assert main(["convert", str(body), *options]) == 1
    assert "no-date" in capsys.readouterr().err
    assert main(["convert", str(body), *options, "--date", "1944-04-24"]) == 0
    assert (tmp_path / "out" / "scotus.472.1944-04-24" / "source.html").is_file()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (json.dumps(COURTLISTENER)[:300], "json"),
        ('{"some": "other object"}', "unknown-format"),
        ('["html_with_citations"]', "unknown-format"),
        ('{"a":' * 100_000, "json"),
        (json.dumps({"casebody": None}), "no-body"),
        (json.dumps({"casebody": {"data": {"opinions": []}}}), "no-body"),
        (json.dumps({"plain_text": " ", "html": None}), "no-body"),
        (json.dumps({**COURTLISTENER, "html_with_citations": BODY + "\ud800"}), "surrogate"),
        ("<Case><CaseHtml></CaseHtml></Case>", "no-body"),
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Case>&a;</Case>', "no-court"),
    ],
)
def test_broken_containers_are_refused_in_a_line_that_names_the_file(source: str, code: str) -> None:
    with pytest.raises(CorpusError) as caught:
        convert(source.encode(), "given.json")
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.where.startswith("given.json") for problem in caught.value.problems)
