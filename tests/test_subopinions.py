"""Sub-opinions: found by the lines that open them and by what markup declares, whatever the format."""

import json

import pytest

from arguendo.annotation import Annotation
from arguendo.convert import convert
from arguendo.offsets import sha256
from arguendo.opinion import Facts, Opinion
from arguendo.pages import opinion_page
from arguendo.readers.cap import read as read_cap
from arguendo.readers.html import read as read_html
from arguendo.subopinions import declared_kind, find_sub_opinions

FACTS = Facts(court="scotus", docket="No. 17-1", date="2019-03-03")
PROSE = (
    "The question presented is whether the notice that was mailed to the tenant in March satisfied the"
    " statute, which asks for more than a letter that may or may not arrive. We hold that it did not, and"
    " we affirm."
)


def opinion_of(*lines: str) -> Opinion:
    paragraphs = "".join(f"<p>{line}</p>\n" for line in lines)
    return convert(f"<html><body>{paragraphs}</body></html>".encode(), "page.html", facts=FACTS)


def found(opinion: Opinion) -> list[tuple[str, str | None, str]]:
    return [(s.kind, s.author, opinion.text[s.start : s.end][:24]) for s in opinion.sub_opinions]


@pytest.mark.parametrize(
    ("line", "kind", "author"),
    [
        ("JUSTICE ROE, dissenting.", "dissent", "ROE"),
        ("Mr. Justice Roe, dissenting:", "dissent", "Roe"),
        ("MR. CHIEF JUSTICE ROE, concurring.", "concurrence", "ROE"),
        ("THE CHIEF JUSTICE, concurring in the judgment.", "concurrence", "CHIEF JUSTICE"),
        ("Justice Roe, with whom Justice Doe and Justice Poe join, dissenting.", "dissent", "Roe"),
        ("JANE R. ROE, Circuit Judge, dissenting:", "dissent", "JANE R. ROE"),
        ("ROE, J., Dissenting.—", "dissent", "ROE"),
        ("ROE, C. J., concurring specially.", "concurrence", "ROE"),
        ("Roe, Senior District Judge, concurring.", "concurrence", "Roe"),
        (
            "Justice Roe, concurring in part and dissenting in part.",
            "concurrence_and_dissent",
            "Roe",
        ),
        ("[¶20] ROE, Associate Chief Justice, dissenting: I would reverse.", "dissent", "ROE"),
        ("MR. JUSTICE ROE.", "separate", "ROE"),
    ],
)
def test_a_line_opens_a_separate_opinion(line: str, kind: str, author: str) -> None:
    opinion = opinion_of("Justice Doe delivered the opinion of the Court.", PROSE, line, PROSE)
    assert [(each.kind, each.author) for each in opinion.sub_opinions] == [
        ("majority", "Doe"),
        (kind, author),
    ]
    assert opinion.text[opinion.sub_opinions[1].start :].startswith(line)


@pytest.mark.parametrize(
    "line",
    [
        "Justice Roe took no part in the decision of this case.",
        "MR. JUSTICE ROE and MR. JUSTICE DOE join in this opinion.",
        "Accordingly, I respectfully dissent.",
        "ROE, J., concurring",  # the head of a page
        "See Doe v. Roe, 1 U.S. 1 (1790) (Poe, J., dissenting).",
        "Justice Roe, dissenting in that case, wrote of little else and was not heeded",
    ],
)
def test_a_line_that_only_speaks_of_judges_opens_nothing(line: str) -> None:
    opinion = opinion_of("Justice Doe delivered the opinion of the Court.", PROSE, line, PROSE)
    assert len(opinion.sub_opinions) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Per Curiam.", ("per_curiam", None)),
        ("ROE, Circuit Judge.", ("majority", "ROE")),
        ("¶ 1 ROE, J.", ("majority", "ROE")),
        ("Opinion of the Court by ROE, J.", ("majority", "ROE")),
        ("ROE, J., for the court.", ("majority", "ROE")),
        ("BREYER, Chief Judge. This appeal raises two issues.", ("majority", "BREYER")),
        (
            "Justice Roe announced the judgment of the Court and an opinion in which Justice Poe joined.",
            ("plurality", "Roe"),
        ),
        ("Nothing is said of an author here.", ("majority", None)),
    ],
)
def test_the_court_s_own_opinion(line: str, expected: tuple[str, str | None]) -> None:
    opinion = opinion_of(line, PROSE, PROSE)
    (only,) = opinion.sub_opinions
    assert (only.kind, only.author) == expected
    assert opinion.metadata.author == expected[1]


def test_what_a_syllabus_and_page_heads_say_is_not_said_twice() -> None:
    opinion = opinion_of(
        "Syllabus",
        PROSE,
        "DOE, J., delivered the opinion for a unanimous Court. ROE, J., filed a concurring opinion.",
        "Justice Doe delivered the opinion of the Court.",
        PROSE,
        "Justice Roe, concurring.",
        PROSE,
        "ROE, J., concurring. there are good reasons to be sure of it.",
        PROSE,
    )
    assert found(opinion) == [
        ("majority", "Doe", "Justice Doe delivered th"),
        ("concurrence", "Roe", "Justice Roe, concurring."),
        ("concurrence", "ROE", "ROE, J., concurring. the"),
    ]


def test_the_author_and_what_the_author_does_may_stand_apart() -> None:
    opinion = opinion_of(
        PROSE,
        "Justice Stevens,",
        "with whom Justice Breyer joins,",
        "dissenting.",
        PROSE,
        "A. B., for the State.",
    )
    assert [(each.kind, each.author) for each in opinion.sub_opinions] == [
        ("majority", None),
        ("dissent", "Stevens"),
    ]


def test_markup_declares_what_lines_do_not_say() -> None:
    page = (
        f'<article class="opinion" data-type="majority"><p>{PROSE}</p></article>'
        f'<article class="opinion" data-type="dissent"><p>CAYTON, Chief Judge</p><p>{PROSE}</p></article>'
    )
    reading = read_html(page)
    parts = find_sub_opinions(reading.text, reading.blocks, reading.openings)
    assert [each.kind for each in parts] == ["majority", "dissent"]
    assert parts[0].end <= parts[1].start


def test_a_cap_body_of_plain_text_declares_its_opinions() -> None:
    opinions = [
        {"text": f"Doe, J.\n{PROSE}", "type": "majority", "author": "Doe"},
        {"text": PROSE, "type": "concurring-in-part-and-dissenting-in-part", "author": None},
    ]
    reading = read_cap(
        json.dumps({"casebody": {"data": {"head_matter": "ROE v. DOE", "opinions": opinions}}})
    )
    parts = find_sub_opinions(reading.text, reading.blocks, reading.openings)
    assert [(each.kind, each.author) for each in parts] == [
        ("majority", "Doe"),
        ("concurrence_and_dissent", None),
    ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("010combined", None),
        ("020lead", "majority"),
        ("025plurality", "plurality"),
        ("030concurrence", "concurrence"),
        ("035concurrenceinpart", "concurrence_and_dissent"),
        ("040dissent", "dissent"),
        ("070rehearing", None),
    ],
)
def test_the_types_of_courtlistener(word: str, kind: str | None) -> None:
    assert declared_kind(word) == kind


def test_the_page_lists_several_sub_opinions_in_its_outline() -> None:
    opinion = opinion_of(
        "Justice Doe delivered the opinion of the Court.", PROSE, "Justice Roe, dissenting.", PROSE
    )
    labels = Annotation(opinion.id, sha256(opinion.text), "ann", "r1", "0.2", (), (), ())
    outline = opinion_page(opinion, labels).split('class="outline"')[1].split("</ul>")[0]
    assert "Majority: Doe" in outline
    assert "Dissent: Roe" in outline


def test_those_who_sat_are_named() -> None:
    opinion = opinion_of(
        "United States Court of Appeals for the First Circuit",
        "No. 17-1",
        "Before LYNCH, Chief Judge, SOUTER, Associate Justice, and STAHL, Circuit Judge.",
        "STAHL, Circuit Judge.",
        PROSE,
    )
    assert opinion.metadata.judges == ("LYNCH", "SOUTER", "STAHL")
    assert opinion.metadata.author == "STAHL"
