"""What an opinion says of itself: the caption at its head, the date and author at its foot.

Works on plain text, the same for every format: `caption_parts` finds the caption among the first
blocks, `read_metadata` reads it.
"""

import re
from collections.abc import Sequence

from arguendo.errors import CorpusError, Problem
from arguendo.opinion import Block, Metadata, Party

_TITLE_WORDS = r"OPINION|ORDER|MEMORANDUM|DECISION|JUDGMENT|RULING|FINDINGS OF FACT"
_TITLE = re.compile(
    rf"[A-Z&,.’' ]*\b(?:{_TITLE_WORDS})\b[A-Z&,.’' ]*\Z|(?:Opinion|Memorandum|Order)\b[\w ]{{0,60}}\Z"
)
_COURT = re.compile(r"\bCOURTS?\b", re.IGNORECASE)
_JUDGE = (
    r"(?:District|Circuit|Magistrate|Bankruptcy|Chief|Associate|Presiding|Senior|United States|U\.S\.|\s)*"
    r"(?:Judge|Justice)|C?\.?J\."
)
_AUTHOR = re.compile(
    rf"(?P<name>[^\n,]{{2,80}}),\s*(?:{_JUDGE})\s*[:.]?\Z|(?P<court>PER CURIAM)\s*[:.]?\Z", re.IGNORECASE
)
_DOCKET = re.compile(
    r"(?:\d{1,2}:)?(?P<year>\d{2,4})[- ](?P<type>[A-Za-z]{2,4})\.?[- ](?P<serial>\d{1,6})(?!\d)"
    r"|\bNos?\.\s*(?P<other>[A-Z]{0,3}[- ]?\d[\w-]*)"
)
_DOCKET_TYPES = {"civ": "cv", "crim": "cr", "misc": "mc", "bank": "bk"}
_VERSUS = re.compile(r"(?:^|\s)[-—–]*(?:v|vs|against)\b\.?[-—–]*(?=\s|$)", re.IGNORECASE)
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
_ROLE = re.compile(
    rf"\b(?P<role>(?:{'|'.join(_SIDES)})s?(?:[-–/ ](?:{'|'.join(_SIDES)})s?)*)\b[,.;]?", re.IGNORECASE
)
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
_DATE = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})\b", re.IGNORECASE
)
_DATED = re.compile(r"\b(?:Dated?|Decided|Filed|Entered|Signed)\b", re.IGNORECASE)
_BODY_LENGTH = 200
_CAPTION_LIMIT = 40


def caption_parts(texts: Sequence[str]) -> list[str]:
    """The caption's part for each of its blocks, in order; the list ends where the caption does.

    Rule: the caption runs to the last block that is a court, docket, title or author line before
    the first block of prose (over 200 characters). What is none of these names the parties.
    Returns an empty list where no such line is found.
    """
    parts: list[str] = []
    end = 0
    for text in texts[:_CAPTION_LIMIT]:
        if len(text) > _BODY_LENGTH:
            break
        part = _caption_part(text, parts)
        parts.append(part)
        if part != "parties":
            end = len(parts)
    return parts[:end]


def _caption_part(text: str, before: list[str]) -> str:
    if _AUTHOR.match(text):
        return "author"
    if _TITLE.match(text) and not _VERSUS.search(text):
        return "title"
    if _DOCKET.search(text) and "docket" not in before and not _ROLE.search(text):
        return "docket"
    if _COURT.search(text) and "court" not in before:
        return "court"
    return "parties"


def read_metadata(text: str, blocks: Sequence[Block], where: str) -> Metadata:
    """Metadata from the canonical text; `where` names the source in messages.

    Raises:
        CorpusError: no court, docket number or date can be read; all that is missing is listed.
    """
    parts: dict[str, list[str]] = {}
    for block in blocks:
        if block.part:
            parts.setdefault(block.part, []).append(text[block.start : block.end])
    docket_line = " ".join(parts.get("docket", []))
    docket = normalise_docket(docket_line)
    court = court_id(" ".join(parts.get("court", [])))
    date = _date(text, blocks)
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
        Problem(where, code, f"{what} cannot be read from the text", f"See that {mend}")
        for code, value, what, mend in wanted
        if value is None
    ]
    if court is None or docket is None or date is None:
        raise CorpusError(problems)
    author = _AUTHOR.match(parts["author"][0]) if "author" in parts else None
    return Metadata(
        court=court,
        docket=docket,
        docket_as_written=docket_line,
        date=date,
        title=_one_line(parts["title"][0]) if "title" in parts else None,
        author=(author["name"] or author["court"]).strip() if author else None,
        parties=read_parties(" ".join(parts.get("parties", []))),
    )


def court_id(name: str) -> str | None:
    """The courts-db id of a court as captions name it, or None where none or several fit."""
    if not name.strip():
        return None
    from courts_db import find_court

    found = find_court(_one_line(name), bankruptcy="bankruptcy" in name.lower())
    return found[0] if len(found) == 1 else None


def normalise_docket(line: str) -> str | None:
    """A docket number in one form: `18-CV-2897 (JPO)` and `1:18-cv-02897` give `18-cv-02897`."""
    match = _DOCKET.search(line)
    if not match:
        return None
    if match["other"]:
        return match["other"].lower().replace(" ", "-")
    kind = match["type"].lower()
    return f"{match['year'][-2:]}-{_DOCKET_TYPES.get(kind, kind)}-{int(match['serial']):05d}"


def read_parties(caption: str) -> tuple[Party, ...]:
    """Parties in the order of the caption, each with its role's word and the side that comes to.

    The first role of a compound counts: a plaintiff-appellee stays on the plaintiff's side.
    """
    parties = []
    for side_text in _VERSUS.split(_one_line(caption)):
        start = 0
        for role in _ROLE.finditer(side_text):
            name = side_text[start : role.start()].strip(" ,;")
            start = role.end()
            if name:
                word = role["role"].lower()
                first = next(known for known in _SIDES if word.startswith(known))
                parties.append(Party(name, word, _SIDES[first]))
    return tuple(parties)


def _date(text: str, blocks: Sequence[Block]) -> str | None:
    """ISO date of the decision: in the signature, else in a caption line that says "decided"."""
    for kind, needs_word in (("signature", False), ("caption", True)):
        for block in blocks:
            line = text[block.start : block.end]
            match = _DATE.search(line) if block.kind == kind else None
            if match and (not needs_word or _DATED.search(line)):
                month = _MONTHS.index(match["month"].lower()) + 1
                return f"{match['year']}-{month:02d}-{int(match['day']):02d}"
    return None


def _one_line(text: str) -> str:
    return " ".join(text.split())
