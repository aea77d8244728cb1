"""Sentences and citations of canonical text: the seed opinion as read by hand, and small cases."""

from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.files import read_jsonl
from arguendo.opinion import Block, Citation, Opinion
from arguendo.store import Store
from arguendo.structure import PROSE_KINDS, find_citations, find_sentences

REPO = Path(__file__).parents[1]


def sentences(text: str) -> list[str]:
    """Sentences of one paragraph."""
    return [text[s.start : s.end] for s in find_sentences(text, [Block("paragraph", 0, len(text))])]


def citations(text: str) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(c.kind, c.form, text[c.start : c.end], c.normalised, c.pin) for c in find_citations(text, ())]


def cited(seed: Opinion, words: str) -> Citation:
    """The first citation of the seed that is written like this."""
    return next(c for c in seed.citations if seed.text[c.start : c.end] == words)


# --- sentences ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "We review de novo. See Smith v. Jones, 5 F.3d 1, 2 (2d Cir. 1999) (holding that X. Y. is. Not Z).",
        "It failed. Under N.Y. C.P.L.R. § 302(a)(1), a court may act.",
        "The claim is barred by U.S. Const. amend. XIV and by art. III of it.",
        "The record shows it. (Dkt. No. 12 at 4.)",
        "He said “no.” (Dkt. No. 1 ¶ 3.)",
    ],
)
def test_no_sentence_ends_inside_a_citation_or_parenthesis(text: str) -> None:
    found = sentences(text)
    assert " ".join(found) == text
    assert len(found) <= 2
    for sentence in found:
        assert sentence.count("(") == sentence.count(")")


def test_a_docket_citation_in_parentheses_is_a_sentence_of_its_own() -> None:
    assert sentences("They did not appear. (Dkt. No. 59 at 16.) We go on.") == [
        "They did not appear.",
        "(Dkt. No. 59 at 16.)",
        "We go on.",
    ]


def test_a_parenthesis_that_never_closes_holds_nothing_together() -> None:
    found = sentences("The court (in part granted the motion. It denied the rest. The case goes on.")
    assert found[-1] == "The case goes on."


def test_sentences_of_the_seed_fill_its_prose(seed: Opinion) -> None:
    prose = [block for block in seed.blocks if block.kind in PROSE_KINDS]
    for block in prose:
        within = [s for s in seed.sentences if block.start <= s.start < block.end]
        joined = "".join(seed.text[s.start : s.end] for s in within)
        assert "".join(joined.split()) == "".join(seed.text[block.start : block.end].split())
    assert sum(len(seed.text[b.start : b.end]) > 0 for b in prose) < len(seed.sentences)


# The opening of the discussion of New York's long-arm statute, cut by hand.
LONG_ARM = [
    "New York’s long-arm statute authorizes the state’s courts to “exercise personal jurisdiction",
    "N.Y. C.P.L.R. § 302(a)(1).",
    "As this Court has previously recognized (Dkt. No. 59 at 8),",
]


def test_sentences_of_the_seed_around_statutes_and_docket_citations(seed: Opinion) -> None:
    found = [" ".join(seed.text[s.start : s.end].split()) for s in seed.sentences]
    at = found.index(LONG_ARM[1])
    for sentence, opening in zip(found[at - 1 : at + 2], LONG_ARM, strict=True):
        assert sentence.startswith(opening)
    assert found[at + 1].endswith("Kreutter v. McFadden Oil Corp., 71 N.Y.2d 460, 467 (1988).")
    assert "Fed. R. Civ. P. 4(k)(1)(A)." in found


def test_sentences_end_where_readers_marked_them() -> None:
    """Of all ends, known by the letters before them, that readers marked inside the blocks of prose."""
    store = Store(REPO)
    rows = [row for _, row in read_jsonl(store.sentence_ends) if row["opinion"] in store.opinion_ids()]
    assert rows  # the seed, at least
    right = found = meant = 0
    for row in rows:
        opinion = store.read_opinion(row["opinion"])
        letters = [0, *accumulate(map(str.isalnum, opinion.text))]
        last = {letters[block.end] for block in opinion.blocks}
        ours = {letters[s.end] for s in find_sentences(opinion.text, opinion.blocks)} - last
        theirs = {letters[end] for end in row["ends"]} - last
        right, found, meant = right + len(ours & theirs), found + len(ours), meant + len(theirs)
    assert 2 * right / (found + meant) > 0.97


@given(st.lists(st.sampled_from(["A", "b.", "v.", "(", ")", "§", "No.", "2", "”", "\n", " ", "? "])))
def test_sentences_tile_any_prose(words: list[str]) -> None:
    text = " ".join(words).strip()
    assert "".join("".join(s.split()) for s in sentences(text)) == "".join(text.split())


# --- citations ---------------------------------------------------------------------------------


def test_a_long_text_is_cited_as_if_it_were_read_at_once(seed: Opinion) -> None:
    """The tokens of eyecite are made in stretches; of copies of one opinion each has the same citations."""
    copies, step = 30, len(seed.text) + 2
    once = [(c.start, c.end) for c in find_citations(seed.text, ())]
    found = [(c.start, c.end) for c in find_citations("\n\n".join([seed.text] * copies), ())]
    assert found == [(a + n * step, b + n * step) for n in range(copies) for a, b in once]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "See Chloé v. Queen Bee, LLC, 616 F.3d 158, 167 (2d Cir. 2010) (holding so).",
            [
                (
                    "case",
                    "full",
                    "Chloé v. Queen Bee, LLC, 616 F.3d 158, 167 (2d Cir. 2010)",
                    "616 F.3d 158",
                    "167",
                )
            ],
        ),
        (
            "It is so. 18 U.S.C. § 1001(a)(2), and 15 U.S.C. §§ 1051 et seq.",
            [
                ("statute", "full", "18 U.S.C. § 1001(a)(2)", "18 U.S.C. § 1001", "(a)(2)"),
                ("statute", "full", "15 U.S.C. §§ 1051 et seq.", "15 U.S.C. § 1051", "et seq."),
            ],
        ),
        (
            "Under Federal Rule of Civil Procedure 12(b)(6) and Fed. R. Evid. 403,",
            [
                ("rule", "full", "Federal Rule of Civil Procedure 12(b)(6)", "Fed. R. Civ. P. 12", "(b)(6)"),
                ("rule", "full", "Fed. R. Evid. 403", "Fed. R. Evid. 403", None),
            ],
        ),
        (
            "(Dkt. No. 30 at 16–17; ECF No. 12 ¶ 4; Dkt. Nos. 3, 5 and 7)",
            [
                ("record", "full", "Dkt. No. 30 at 16–17", "Dkt. 30", "16–17"),
                ("record", "full", "ECF No. 12 ¶ 4", "Dkt. 12", "¶ 4"),
                ("record", "full", "Dkt. Nos. 3, 5 and 7", "Dkt. 3, 5, 7", None),
            ],
        ),
        (
            "(Dkt. No. 17, 18 U.S.C. § 1001)",
            [
                ("record", "full", "Dkt. No. 17", "Dkt. 17", None),
                ("statute", "full", "18 U.S.C. § 1001", "18 U.S.C. § 1001", None),
            ],
        ),
        (
            "See Roe v. Doe, 377 U.S. 324, 330, 84 S. Ct. 1293, 12 L. Ed. 2d 350 (1964).",
            [
                ("case", "full", "Roe v. Doe, 377 U.S. 324, 330", "377 U.S. 324", "330"),
                ("case", "full", "84 S. Ct. 1293", "84 S. Ct. 1293", None),
                ("case", "full", "12 L. Ed. 2d 350 (1964)", "12 L. Ed. 2d 350", None),
            ],
        ),
        (
            "See Harwick v. Toll, No. 81-204, slip op. at 7. In re Doe, No. A-44, slip op. (new).",
            [
                ("case", "full", "Harwick v. Toll, No. 81-204, slip op. at 7", "No. 81-204", "7"),
                ("case", "full", "In re Doe, No. A-44, slip op.", "No. A-44", None),
            ],
        ),
        ("Nothing is cited here, on page 12 of 1999.", []),
    ],
)
def test_citations_as_written(
    text: str, expected: list[tuple[str, str, str, str | None, str | None]]
) -> None:
    assert citations(text) == expected


def test_short_forms_and_id_stand_for_the_citation_before() -> None:
    text = "Foo v. Bar, 1 F.3d 2, 3 (1993). Id. at 4. (Dkt. No. 9.) Id. Foo, 1 F.3d at 5."
    found = find_citations(text, ())
    assert [(c.form, c.normalised, c.pin, c.antecedent) for c in found] == [
        ("full", "1 F.3d 2", "3", None),
        ("id", "1 F.3d 2", "4", 0),
        ("full", "Dkt. 9", None, None),
        ("id", "Dkt. 9", None, 2),
        ("short", "1 F.3d 2", "5", 0),
    ]


def test_id_passes_over_the_source_of_a_quotation() -> None:
    text = "Foo v. Bar, 1 F.3d 2 (1993) (quoting Baz v. Qux, 9 U.S. 8 (1990)). Id. at 4."
    found = find_citations(text, ())
    assert [c.normalised for c in found] == ["1 F.3d 2", "9 U.S. 8", "1 F.3d 2"]


@pytest.mark.parametrize(
    ("words", "normalised", "pin"),
    [
        ("eBay Inc. v. MercExchange, LLC, 547 U.S. 388, 391 (2006)", "547 U.S. 388", "391"),
        ("D.H. Blair & Co. v. Gottdiener, 462 F.3d 95, 105 (2d Cir. 2006)", "462 F.3d 95", "105"),
        (
            "Alpha Int’l, Inc. v. T-Reproductions, Inc., No. 02 Civ. 9586, 2003 WL 21511957, at *5"
            " (S.D.N.Y. July 1, 2003)",
            "2003 WL 21511957",
            "*5",
        ),
        ("Dkt. No. 1-42 at 2", "Dkt. 1-42", "2"),
        ("Dkt. No. 1 ¶¶ 42–46", "Dkt. 1", "¶¶ 42–46"),
        ("N.Y. C.P.L.R. § 302(a)(1)", "N.Y. C.P.L.R. § 302", "(a)(1)"),
    ],
)
def test_citations_of_the_seed(seed: Opinion, words: str, normalised: str, pin: str) -> None:
    citation = cited(seed, words)
    assert (citation.normalised, citation.pin) == (normalised, pin)


def test_short_forms_of_the_seed_find_what_they_shorten(seed: Opinion) -> None:
    forms = [c for c in seed.citations if c.form in ("short", "id")]
    assert len(forms) == 12
    for citation in forms:
        assert citation.antecedent is not None
        full = seed.citations[citation.antecedent]
        assert full.form == "full"
        assert full.end < citation.start
    kreutter = [c.normalised for c in forms if seed.text[c.start : c.end].startswith("Kreutter")]
    assert kreutter == ["71 N.Y.2d 460"] * 3


def test_every_docket_number_that_the_seed_cites_is_a_record_citation(seed: Opinion) -> None:
    marked = sum(seed.text.count(words) for words in ("Dkt. No. ", "Dkt. Nos. ", "Docket Number "))
    assert sum(c.kind == "record" and c.form == "full" for c in seed.citations) == marked
