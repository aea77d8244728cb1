"""What captions say: court, docket, date, author, parties and their sides."""

import pytest

from arguendo.caption import court_id, normalise_docket, read_parties
from arguendo.convert import convert
from arguendo.errors import CorpusError
from arguendo.opinion import Opinion, Party

CAPTION = """\
UNITED STATES COURT OF APPEALS
FOR THE SECOND CIRCUIT

No. 17-1234

JANE DOE, Plaintiff-Appellee,

v.

ACME CORP., Defendant-Appellant.

Decided: March 3, 2019

PER CURIAM:

{body}
"""
BODY = "The district court granted the motion. " * 8


def test_metadata_of_the_seed(seed: Opinion) -> None:
    said = seed.metadata
    assert (said.court, said.docket, said.docket_as_written) == ("nysd", "18-cv-02897", "18-CV-2897 (JPO)")
    assert (said.date, said.title, said.author) == ("2018-10-22", "OPINION AND ORDER", "J. PAUL OETKEN")
    assert [(p.name, p.side) for p in said.parties] == [
        ("ALIBABA GROUP HOLDING LIMITED", "plaintiff_side"),
        ("ALIBABACOIN FOUNDATION, et al.", "defendant_side"),
    ]


def test_metadata_of_an_appeal() -> None:
    opinion = convert(CAPTION.format(body=BODY).encode(), "appeal.md")
    assert opinion.id == "ca2.17-1234.2019-03-03"
    assert [part.kind for part in opinion.sub_opinions] == ["per_curiam"]
    assert [(p.name, p.side) for p in opinion.metadata.parties] == [
        ("JANE DOE", "plaintiff_side"),
        ("ACME CORP.", "defendant_side"),
    ]


@pytest.mark.parametrize(
    ("without", "codes"),
    [
        ("No. 17-1234", ["no-docket"]),
        ("Decided: March 3, 2019", ["no-date"]),
        ("UNITED STATES COURT OF APPEALS\nFOR THE SECOND CIRCUIT", ["no-court"]),
    ],
)
def test_all_that_cannot_be_read_is_listed(without: str, codes: list[str]) -> None:
    source = CAPTION.format(body=BODY).replace(without + "\n", "")
    with pytest.raises(CorpusError) as caught:
        convert(source.encode(), "appeal.md")
    assert [problem.code for problem in caught.value.problems] == codes


@pytest.mark.parametrize(
    ("name", "court"),
    [
        ("UNITED STATES DISTRICT COURT\nSOUTHERN DISTRICT OF NEW YORK", "nysd"),
        ("United States District Court for the District of Massachusetts", "mad"),
        ("UNITED STATES COURT OF APPEALS FOR THE NINTH CIRCUIT", "ca9"),
        ("SUPREME COURT OF THE UNITED STATES", "scotus"),
        ("Supreme Court of Pennsylvania", "pa"),
        ("scotus", "scotus"),
        ("United States District Court, E.D. Pennsylvania.", "paed"),
        ("United States District Court, D. Massachusetts.", "mad"),
        ("UNITED STATES DISTRICT COURT", None),
        ("The Court of Nowhere", None),
        ("", None),
    ],
)
def test_court_names(name: str, court: str | None) -> None:
    assert court_id(name) == court


@pytest.mark.parametrize(
    ("line", "docket"),
    [
        ("18-CV-2897 (JPO)", "18-cv-02897"),
        ("1:18-cv-02897-JPO", "18-cv-02897"),
        ("18 Civ. 2897 (JPO)", "18-cv-02897"),
        ("No. 2:99-CR-12", "99-cr-00012"),
        ("No. 17-1234", "17-1234"),
        ("Dated March 3, 2019", None),
    ],
)
def test_docket_numbers_have_one_form(line: str, docket: str | None) -> None:
    assert normalise_docket(line) == docket


@pytest.mark.parametrize(
    ("caption", "parties"),
    [
        (
            "A. B. CO., Petitioner,\nv.\nUNITED STATES, Respondent.",
            [
                ("A. B. CO.", "petitioner", "plaintiff_side"),
                ("UNITED STATES", "respondent", "defendant_side"),
            ],
        ),
        (
            "STATE OF X, Appellee\nv.\nJOHN V. ROE, Defendant-Appellant",
            [
                ("STATE OF X", "appellee", "plaintiff_side"),
                ("JOHN V. ROE", "defendant-appellant", "defendant_side"),
            ],
        ),
        (
            "ANN ROE, Plaintiff-Appellee,\nversus\nC & D CO., Defendant-Appellant.",
            [
                ("ANN ROE", "plaintiff-appellee", "plaintiff_side"),
                ("C & D CO.", "defendant-appellant", "defendant_side"),
            ],
        ),
        (
            "A INC., Plaintiff, v. B INC., Defendant. C INC., Intervenor.",
            [
                ("A INC.", "plaintiff", "plaintiff_side"),
                ("B INC.", "defendant", "defendant_side"),
                ("C INC.", "intervenor", "other"),
            ],
        ),
    ],
)
def test_parties_and_their_sides(caption: str, parties: list[tuple[str, str, str]]) -> None:
    assert read_parties(caption) == tuple(Party(*party) for party in parties)
