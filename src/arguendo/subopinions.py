"""Sub-opinions of a decision: where each begins, of what kind it is, and who wrote it.

Works on plain text, the same for every format. What the source's markup declares goes before what
the lines say, except that a line which names the kind is believed.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from arguendo.opinion import Block, Opening, SubOpinion

_RANK = (
    r"(?:(?:District|Circuit|Magistrate|Bankruptcy|Chief|Associate|Presiding|Senior|Vice|Acting|United States"
    r"|U\.S\.) ?)*"
)
_INITIALS = r"(?:[A-Z]\. ?){0,3}J\.(?: ?[A-Z]\.){0,3}"
_JUDGE = rf"(?:{_RANK}(?:Judge|Justice)\b|{_INITIALS})"
_WORD = r"(?-i:[A-Z])[\w.’'‘-]*"
_NAME = rf"{_WORD}(?: (?:{_WORD}|0\.|(?-i:de|la|van|von)\b)){{0,5}}(?:, (?:Jr|Sr)\.|, II+)?"
_CAPITALS = r"(?-i:[A-Z][A-Z.’'-]+(?: [A-Z][A-Z.’'-]*){0,5})"
_NUMBERED = r"(?:\[?¶ ?\d{1,3}\]?\s*)?"
_SUFFIXED = rf"{_NUMBERED}(?P<name>{_NAME})(?:,\s*{_JUDGE}|\s{_INITIALS})"
_TITLED = (
    r"(?:The )?(?:(?:Mr|Mrs|Ms)\. )?"
    rf"(?:{_RANK}(?:Justice|Judge) (?P<titled>{_NAME})|(?P<chief>Chief Justice))"
)
_COURT = r"(?P<court>Per Curiam)(?: opinion)?"
# A line that is nothing but a judge's name and rank.
_AUTHOR = re.compile(rf"(?:{_SUFFIXED}|{_COURT})\s*[:.—–-]*[*†]?\Z", re.IGNORECASE)
_TITLE_LINE = re.compile(rf"{_TITLED}\s*[,:.—]*\Z", re.IGNORECASE)
# The same before the words of a paragraph, where capitals tell it from a sentence, or after the panel.
_RUN_IN = re.compile(
    rf"{_NUMBERED}(?P<name>{_CAPITALS}), {_JUDGE}(?:[.:—-]|(?=\s(?-i:[A-Z])))"
    rf"|.{{0,300}}\b(?:Judges|Justices)[.:]\s+(?:(?P<last>{_NAME}), {_JUDGE}|{_COURT})\s*[:.][*†]?\Z",
    re.IGNORECASE | re.DOTALL,
)
_OPENING = re.compile(
    rf"(?:{_SUFFIXED}|{_TITLED}),?\s*"
    r"(?:\(?(?:(?:with )?whom|joined by|after stating)\b.{3,300}?,?\)?\s)?,?\s*"
    r"(?:(?P<delivers>(?:delivered|announced) .{0,120})"
    r"|\(?(?P<kind>(?:(?:specially|respectfully),? )?(?:concurring|dissenting)\b[^.:—\n]{0,200})"
    r"(?:[.:—]|\)\Z))",
    re.IGNORECASE | re.DOTALL,
)
_FOR_THE_COURT = re.compile(
    rf"(?:{_SUFFIXED},?\s*for the court\.|Opinion of the Court by (?P<last>{_NAME}),\s*{_JUDGE})",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\(?(?:(?:with )?whom|joined by|concurring|dissenting|delivered|announced)\b")
_PLURALITY = re.compile(r"\w+ the judgment\b(?!.*\bdelivered the opinion\b)", re.IGNORECASE | re.DOTALL)
_FULL_STOP = re.compile(r"(?<=\w{3})\.\Z")
_OF_THE_COURT = ("majority", "plurality", "per_curiam")
_OPENING_LENGTH = 600
_DECLARED_REACH = 3

_Found = tuple[str, str | None]


def declared_kind(word: str) -> str | None:
    """The kind by a container's word for it (“dissent”, “030concurrence”); None if it tells none."""
    word = word.lower()
    concurs, dissents = "concur" in word, "dissent" in word
    if (concurs and (dissents or "inpart" in word)) or (dissents and "part" in word):
        return "concurrence_and_dissent"
    if concurs or dissents:
        return "concurrence" if concurs else "dissent"
    if "plurality" in word:
        return "plurality"
    return "majority" if re.search("majority|lead|unanimous|unamimous", word) else None


def author_of(line: str) -> str | None:
    """The author whom a line names that says nothing else: “OETKEN, District Judge:”, “PER CURIAM”."""
    author = _AUTHOR.match(line)
    return _who(author) if author else None


def opens_opinion(line: str) -> bool:
    """Whether a line says whose sub-opinion begins, and what it does: delivers, concurs, dissents."""
    return _opening(line, "") is not None


def find_sub_opinions(
    text: str, blocks: Sequence[Block], declared: Sequence[Opening] = ()
) -> tuple[SubOpinion, ...]:
    """The sub-opinions in text order, apart from each other; one at least, if there is a body.

    Each ends where the next begins. The caption, a syllabus and the footnotes are in none: a
    footnote belongs to the sub-opinion that holds its anchor.
    """
    body = [block for block in blocks if block.kind != "footnote"]
    lines = [text[block.start : block.end] for block in body]
    begins = _once(dict(_said(body, lines)))
    for opening in declared:
        index = next((i for i, block in enumerate(body) if block.start >= opening.start), len(body))
        near = next((i for i in range(index, index + _DECLARED_REACH) if i in begins), None)
        while near is None and index < len(body) and body[index].kind == "caption":
            index += 1
        if near is not None:
            kind, author = begins[near]
            begins[near] = (opening.kind if kind in ("majority", "separate") else kind), author
        elif index < len(body):
            begins[index] = opening.kind, None
    first = next((i for i, block in enumerate(body) if block.kind != "caption"), None)
    lead = min(begins, default=len(body))
    if first is not None and first < lead and begins.get(lead, ("",))[0] not in _OF_THE_COURT:
        lead, begins[first] = first, ("majority", None)
    if begins.get(lead) == ("majority", None):
        heads = (lines[i] for i in range(lead) if body[i].part in ("author", "judges"))
        begins[lead] = next(filter(None, map(_by_author, heads)), begins[lead])
    return tuple(
        SubOpinion(*begins[i], body[i].start, max(block.end for block in body[i:j]))
        for i, j in pairwise([*sorted(begins), len(body)])
    )


def _said(body: Sequence[Block], lines: Sequence[str]) -> Iterator[tuple[int, _Found]]:
    """What lines say of the sub-opinions that begin with them: index of the block, kind and author."""
    started = False
    # The opinion stands after the line that opens it; names at the end are signatures.
    half = body[-1].end // 2 if body else 0
    for index, (block, line) in enumerate(zip(body, lines, strict=True)):
        if block.kind not in ("paragraph", "heading", "caption"):
            continue
        following = " ".join(lines[index + 1 : index + 3])
        found = _opening(line[:_OPENING_LENGTH], following[:_OPENING_LENGTH])
        alone = found is None and body[min(index + 1, len(body) - 1)].kind != "caption"
        if alone and not started and block.start < half:
            found = _by_author(line[:_OPENING_LENGTH])
        elif alone and started and (title := _TITLE_LINE.match(line)) and line[-1] in ".:—":
            found = "separate", _who(title)
        if found:
            started = True
            yield index, found


def _once(begins: dict[int, _Found]) -> dict[int, _Found]:
    """Without those that only repeat: a syllabus tells who delivered, the head of a page who dissents."""
    kept = dict(begins)
    for index, following in pairwise(sorted(begins)):
        if begins[index][0] in _OF_THE_COURT and begins[following][0] in _OF_THE_COURT:
            del kept[index]
        elif begins[index] == begins[following]:
            kept.pop(following)
    return kept


def _opening(line: str, following: str) -> _Found | None:
    """Kind and author, where a line opens a sub-opinion, alone or with what goes on from it."""
    if _GOES_ON.match(following) and (_AUTHOR.match(line) or _TITLE_LINE.match(line)):
        line = f"{line} {following}."
    if by := _FOR_THE_COURT.match(line):
        return "majority", _who(by)
    opening = _OPENING.match(line)
    if opening is None:
        return None
    if delivers := opening["delivers"]:
        return "plurality" if _PLURALITY.match(delivers) else "majority", _who(opening)
    concurs, dissents = (word in opening["kind"].lower() for word in ("concurring", "dissenting"))
    kind = "concurrence_and_dissent" if concurs and dissents else "concurrence" if concurs else "dissent"
    return kind, _who(opening)


def _by_author(line: str) -> _Found | None:
    """Kind and author, where a line or the beginning of a paragraph names the author alone."""
    match = _AUTHOR.match(line) or _TITLE_LINE.match(line) or _RUN_IN.match(line)
    if match is None:
        return None
    return ("per_curiam", None) if match.groupdict().get("court") else ("majority", _who(match))


def _who(match: re.Match[str]) -> str:
    found = match.groupdict()
    name = next(filter(None, map(found.get, ("name", "last", "titled", "chief", "court"))))
    return _FULL_STOP.sub("", " ".join(name.split()))
