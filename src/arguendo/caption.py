"""What an opinion says of itself: the caption at its head, the date and author at its foot.

Works on plain text, the same for every format: `caption_parts` finds the caption among the first
blocks, `read_metadata` reads it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date as calendar_date
from datetime import datetime
from functools import cache

from arguendo.errors import CorpusError, Problem
from arguendo.opinion import Block, Facts, Metadata, Party, SubOpinion
from arguendo.subopinions import author_of, opens_opinion

_TITLE_WORDS = r"OPINION|ORDER|MEMORANDUM|DECISION|JUDGMENT|RULING|RECOMMENDATION|FINDINGS OF FACT"
# No comma at the end: "FRATERNAL ORDER OF POLICE," is a party.
_TITLE = re.compile(
    rf"(?:[A-Z0-9&,.:’'/ –—-]*\b(?:{_TITLE_WORDS})\b[A-Z0-9&,.:’'/ –—-]*"
    r"|(?:Opinion|Memorandum|Order)\b[\w ]{0,60})(?<!,)\Z"
)
_COURT = re.compile(r"\bCOURTS?\b", re.IGNORECASE)
# The rest of a court's name, where the caption sets it apart.
_COURT_GOES_ON = re.compile(
    r"(?:(?:in and )?for (?:the )?)?(?:(?:(?:north|south|east|west)ern|middle|central) )?district of\b"
    r"|for the \w+(?: \w+)? circuit\b|(?:in and for )?(?:the )?(?:county|state|commonwealth) of\b"
    r"|(?:\w+ ){1,3}division\Z|\w+ (?:appellate )?(?:judicial )?district\Z",
    re.IGNORECASE,
)
# As published volumes name a district: "E.D. Pennsylvania".
_DISTRICT = re.compile(r",? (?:([NSEWMC])\. ?)?D\. ?(?=[A-Z][a-z])")
_COMPASS = {
    None: "",
    "N": "Northern ",
    "S": "Southern ",
    "E": "Eastern ",
    "W": "Western ",
    "M": "Middle ",
    "C": "Central ",
}
# A court of the United States, but which?
_NO_COURT = ["usdistct"]
_DIVISION = re.compile(r"\s+(?:\w+\s+){1,3}?division\Z", re.IGNORECASE)
_DOCKET = re.compile(
    r"(?<![\w-])(?:\d{1,2}:)?(?P<year>(?:19|20)?\d{2})[- ]?"
    r"(?!(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\b)"
    r"(?P<type>[A-Za-z]{2,4})\.?[- ]?(?P<serial>\d{1,6})(?![\dA-Za-z])",
    re.IGNORECASE,
)
# Any other number: of an appeal, of a state court; but not one cited from the docket.
_NUMBER = re.compile(r"(?<!Dkt\. )(?<!ECF )(?<!Doc\. )\bNos?\.\s*(?P<number>[A-Z]{0,4}[- ]?\d[\w-]*)")
_DOCKET_TYPES = {"civ": "cv", "crim": "cr", "misc": "mc", "bank": "bk"}
_VERSUS = re.compile(r"(?:^|\s)[-—–]*(?:v|vs|versus|against)\b\.?[-—–]*(?=\s|$)", re.IGNORECASE)
# A line of its own; else "v." as it is written between names, which "JOHN V. SMITH" is not.
_VERSUS_LINE = re.compile(r"^[ ]*[-—–]*(?:v|vs|versus|against)\b\.?[-—–]*[ ]*$", re.IGNORECASE | re.MULTILINE)
_VERSUS_LOWER = re.compile(r"(?:^|\s)[-—–]*(?:v|vs|versus|against)\b\.?[-—–]*(?=\s|$)")
_SIDES = {
    "plaintiff": "plaintiff_side",
    "petitioner": "plaintiff_side",
    "appellant": "plaintiff_side",
    "claimant": "plaintiff_side",
    "defendant": "defendant_side",
    "respondent": "defendant_side",
    "appellee": "defendant_side",
    "intervenor": "other",
    "movant": "other",
    "debtor": "other",
}
# On appeal a party may have no other name than these; the side then follows from the other party's.
_APPELLATE = ("appellant", "appellee")
_QUALIFIER = r"(?:counter|counterclaim|cross|cross-claim|third[- ]party|nominal|consolidated|lead)"
_ROLE = re.compile(
    rf"\b(?P<role>(?:{_QUALIFIER}[-–/ ])*(?:{'|'.join(_SIDES)})s?"
    rf"(?:(?:[-–/ ]| and )(?:{_QUALIFIER}[-–/ ])*(?:{'|'.join(_SIDES)})s?)*)\b[,.;]?",
    re.IGNORECASE,
)
_MAIN_ROLE = re.compile("|".join(_SIDES))
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = rf"(?:{'|'.join(_MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?)"
_DATE = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day_of>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?(?P<of_month>{_MONTH})),?\s+(?P<year>\d{{4}})\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:Dated?|Decided|Filed|Entered|Signed)\b", re.IGNORECASE)
# What a line begins with that says when the case was heard or decided.
_HEARD = re.compile(
    r"\(?(?:Opinion |Order )?(?:(?:Re)?argued|Submitted|Heard|Dated?|Decided|Filed|Entered|Issued)\b",
    re.IGNORECASE,
)
_TERM = re.compile(r"\w+ Term,? \d{4}", re.IGNORECASE)
_RANKS = re.compile(
    r"\b(?:(?:Senior|Chief|Presiding|Associate|Acting|District|Circuit|Magistrate|Bankruptcy|Appellate)\s+)*"
    r"(?:Judges?|Justices?)\b|(?<![\w.])(?:[A-Z]\. ?){0,2}(?:J|JJ)\."
    r"|\bM(?:r|s|rs)\.|\A\s*(?:Before|Present|Panel)\b:?|\bper curiam\b",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"[,;:&\n]|\band\b|\bthe\b|\.\Z", re.IGNORECASE)
_JUDGE_NAME = re.compile(r"[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]*){0,4}(?: I+)?\Z")
_JUDGES_LINE = re.compile(r"(?:Before|Present)\b", re.IGNORECASE)
# Judges on the lines after "Before"; the author's line has a colon.
_SITTING = re.compile(r"(?:and )?[^:]{2,80}(?:Judges?|Justices?|JJ?\.)[,.;*]{0,2}(?: and)?\Z")
_LITIGANT = r"(?:appell|petition|respond|plaintiff|defend|amic|interven|State|government|United States)"
_COUNSEL = re.compile(
    rf"(?:\bon (?:the )?briefs?\b|\bargued the cause\b|\b[Aa]ttorneys? for\b|,? for (?:the )?{_LITIGANT})"
    r"[^.]{0,120}[.:]?\Z",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
_NOTHING = Facts()
_PLAIN_QUOTES = str.maketrans("‘’", "''")
_BODY_LENGTH = 200
_CAPTION_LIMIT = 40


def caption_parts(texts: Sequence[str]) -> list[str]:
    """The caption's part for each of its blocks, in order; the list ends where the caption does.

    Rule: the caption runs to the last block that is a court, docket, date, judges, title or author
    line before the first block of prose (over 200 characters, and no list of counsel). What is none
    of these names the parties.
    Returns an empty list where no such line is found.
    """
    parts: list[str] = []
    end = 0
    for text in texts[:_CAPTION_LIMIT]:
        if len(text) > _BODY_LENGTH and not _COUNSEL.search(text):
            break
        part = _caption_part(text, texts[len(parts) - 1] if parts else "", parts)
        parts.append(part)
        if part != "parties":
            end = len(parts)
    return parts[:end]


def _caption_part(text: str, previous: str, before: list[str]) -> str:
    if _COUNSEL.search(text) and len(text) > 40:
        return "counsel"
    listed = before[-1:] == ["judges"] and _SITTING.match(text)
    if listed and not (previous.endswith(".") and author_of(text)):
        return "judges"
    if author_of(text) or opens_opinion(text):
        return "author"
    if _TITLE.match(text) and not _VERSUS.search(text):
        return "title"
    if (_DOCKET.search(text) or _NUMBER.search(text)) and "docket" not in before and not _ROLE.search(text):
        return "docket"
    heard = _HEARD.match(text) and _DATE.search(text)
    if heard or _DATE.fullmatch(text.strip("().")) or _TERM.fullmatch(text):
        return "date"
    if _JUDGES_LINE.match(text):
        return "judges"
    if _COURT.search(text) and "court" not in before:
        return "court"
    if before[-1:] == ["court"] and _COURT_GOES_ON.match(text):
        return "court"
    return "parties"


def read_metadata(
    text: str, blocks: Sequence[Block], opinions: Sequence[SubOpinion], where: str, facts: Facts = _NOTHING
) -> Metadata:
    """Metadata from `facts`, and what they lack from the canonical text; `where` is for messages.

    The author is the one of the first of the sub-opinions `opinions`.

    Raises:
        CorpusError: no court, docket number or date can be read; all that is missing is listed.
    """
    parts: dict[str, list[str]] = {}
    for block in blocks:
        if block.part:
            parts.setdefault(block.part, []).append(text[block.start : block.end])
    parties = "\n".join(parts.get("parties", [])).split("\n")
    # Where the caption has two columns, the docket number stands among the parties.
    docket_line = facts.docket or _one_line(" ".join(parts.get("docket") or filter(_DOCKET.search, parties)))
    docket = _docket(docket_line)
    date = facts.date if facts.date and _ISO_DATE.match(facts.date) else _date(text, blocks)
    courts = parts.get("court", [])
    court = next(
        filter(None, (court_id(name, date) for name in (facts.court, "\n".join(courts), *courts))), None
    )
    wanted = [
        ("no-court", court, "the court", "the caption names it before the parties, as courts-db knows it"),
        (
            "no-docket",
            docket,
            "the docket number",
            "the caption has a line such as “18-CV-2897” or “No. 18-2897”",
        ),
        ("no-date", date, "the date", "the caption or signature says “Dated: October 22, 2018”"),
    ]
    problems = [
        Problem(
            where,
            code,
            f"{what} cannot be read from the text",
            f"See that {mend}; or say it: arguendo convert --{code[3:]}",
        )
        for code, value, what, mend in wanted
        if value is None
    ]
    if court is None or docket is None or date is None:
        raise CorpusError(problems)
    return Metadata(
        court=court,
        docket=docket,
        docket_as_written=docket_line,
        date=date,
        title=_one_line(parts["title"][0]) if "title" in parts else None,
        author=facts.author or next((each.author for each in opinions if each.author), None),
        parties=read_parties("\n".join(line for line in parties if not _DOCKET.search(line))),
        case_name=facts.case_name,
        judges=_judges("\n".join(parts.get("judges", []))),
    )


def _judges(lines: str) -> tuple[str, ...]:
    """Names in a line such as “Before LYNCH, Chief Judge, SOUTER and STAHL, Circuit Judges.”"""
    names = (
        name.strip(" .*†")
        for line in lines.split("\n")
        if not (line.startswith(("with ", "whom ")) or opens_opinion(line))
        for name in _BETWEEN_NAMES.split(_RANKS.sub(",", line))
    )
    return tuple(dict.fromkeys(name for name in names if _JUDGE_NAME.match(name)))


def court_id(name: str | None, date: str | None = None) -> str | None:
    """The courts-db id of a court as captions name it, or of an id; None where none or several fit.

    Where several courts have had the name, the one that sat on `date` is meant.
    """
    if not name or not name.strip():
        return None
    from courts_db import find_court

    if name in _court_names():
        return name
    bankruptcy = "bankruptcy" in name.lower()
    # The county or district that sits below the court's name is tried with it and without it.
    for part in (name, *_without_division(name), name.split("\n")[0], name.split(",")[0]):
        line = _one_line(part).translate(_PLAIN_QUOTES).strip(" .,")
        line = re.sub(r"\A(?:in )?the ", "", line, flags=re.IGNORECASE)
        line = _DISTRICT.sub(lambda district: f" for the {_COMPASS[district[1]]}District of ", line)
        found = find_court(line, bankruptcy=bankruptcy)
        if len(found) > 1 and date:
            found = find_court(line, bankruptcy=bankruptcy, date_found=datetime.fromisoformat(date))
        if len(found) == 1 and found != _NO_COURT:
            return str(found[0])
    return None


def court_name(court: str) -> str:
    """The name of a court by its courts-db id; the id itself where courts-db does not know it."""
    return _court_names().get(court, court)


@cache
def _court_names() -> dict[str, str]:
    from courts_db import courts

    return {court["id"]: court["name"] for court in courts}


def _without_division(name: str) -> Iterator[str]:
    """A court's name without its division, of which one to three words are the place."""
    line = _one_line(name)
    if _DIVISION.search(line):
        for words in (2, 3, 4):
            yield line.rsplit(None, words)[0]


def has_docket(line: str) -> bool:
    """Whether a docket number can be read from a line."""
    return _docket(line) is not None


def _docket(line: str) -> str | None:
    return normalise_docket(line) or _slug(line)


def normalise_docket(line: str) -> str | None:
    """A docket number in one form: `18-CV-2897 (JPO)` and `1:18-cv-02897` give `18-cv-02897`."""
    match = _DOCKET.search(line)
    if not match:
        number = _NUMBER.search(line)
        return number["number"].lower().replace(" ", "-") if number else None
    kind = match["type"].lower()
    return f"{match['year'][-2:]}-{_DOCKET_TYPES.get(kind, kind)}-{int(match['serial']):05d}"


def read_parties(caption: str) -> tuple[Party, ...]:
    """Parties in the order of the caption, each with its role's word and the side that comes to.

    The first role of a compound counts: a plaintiff-appellee stays on the plaintiff's side. An
    appellee against a defendant-appellant is on the plaintiff's side too.
    """
    found: list[tuple[str, str, str]] = []
    for side_text in _split_sides(caption):
        start = 0
        for role in _ROLE.finditer(side_text):
            name = side_text[start : role.start()].strip(" ,;/-–")
            start = role.end()
            main = _MAIN_ROLE.search(role["role"].lower())
            if name and main:
                found.append((name, role["role"].lower(), main[0]))
    named = {_SIDES[main] for _, _, main in found if main not in _APPELLATE} - {"other"}
    return tuple(Party(name, word, _side(word, main, named)) for name, word, main in found)


def _split_sides(caption: str) -> list[str]:
    """What stands on each side of the "v."; a line with nothing else goes before one in a line."""
    for versus in (_VERSUS_LINE, _VERSUS_LOWER, _VERSUS):
        if versus.search(caption):
            return [_one_line(side) for side in versus.split(caption)]
    return [_one_line(caption)]


def _side(word: str, main: str, named: set[str]) -> str:
    """The side of a role; `named` are the sides that other parties' roles name outright."""
    if re.match(_QUALIFIER, word):
        return "other"
    if main in _APPELLATE and len(named) == 1:
        return "defendant_side" if named == {"plaintiff_side"} else "plaintiff_side"
    return _SIDES[main]


def _date(text: str, blocks: Sequence[Block]) -> str | None:
    """ISO date of the decision.

    In the signature; else in a caption line that says "decided", which gives the last date after
    that word; else in a line of the caption that is its date.
    """
    lines = [
        (block, text[block.start : block.end]) for block in blocks if block.kind in ("signature", "caption")
    ]
    signed = [line for block, line in lines if block.kind == "signature"]
    decided = [line[word.start() :] for _, line in lines if (word := _DATED.search(line))]
    dated = [line for block, line in lines if block.part == "date"]
    for line in (*signed, *decided, *dated):
        if (match := _DATE.search(line)) and (iso := _iso(match)):
            return iso
    return None


def _iso(match: re.Match[str]) -> str | None:
    """ISO form of a date; None where the calendar has no such day."""
    wanted = (match["month"] or match["of_month"]).lower()[:3]
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(wanted))
    try:
        return calendar_date(int(match["year"]), month, int(match["day"] or match["day_of"])).isoformat()
    except ValueError:
        return None


def _slug(docket: str) -> str | None:
    """A docket number of no form that is known, in lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", docket.lower()).strip("-")[:60].strip("-") or None


def _one_line(text: str) -> str:
    return " ".join(text.split())
