"""Judgements about printed pages, one small rule each, the same for every format.

Scanned and printed opinions lose what the typesetter meant: a page break looks like a paragraph
break, a block quotation like a paragraph, a heading's rank is anybody's guess. Each function here
is one such judgement on plain text, so that it can be read, tested and argued about alone.
"""

import re

# What may close after the end mark of a sentence.
_CLOSERS = "\"'”’)]"
_END_MARKS = (".", "?", "!")
_INTRODUCERS = (",", ":", "—")
# Words and abbreviations that cannot end a paragraph: whatever follows is the same sentence.
_LEADS_ON = frozenset(
    "a an the of to in on at by for from with and or nor but that which who whose its his her their".split()
)
_STANDS_BEFORE = frozenset("v. vs. § §§ ¶ ¶¶ Mr. Mrs. Ms. Dr. Dkt. Nos. Cf.".split())
_CLOSES = (",", ";", ")", "]", "”", "’")
# A parenthetical of a citation: "(quoting …", "(2d Cir. 1990)", "(Dkt. No. 5)".
_PARENTHETICAL = re.compile(r"\((?:[a-z]{2,} |(?:Dkt|ECF|Doc|Id)\.|[^()]{0,40}\b\d{4}\))")
# A member of a list, and what stands at the end of the member before it.
_MEMBER = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5})[.)](?=\s)")
_LISTS = re.compile(r"[;,:—](?: (?:and|or|and/or))?$")
# Longer than a heading or a line of the caption or signature can be.
_PROSE_LENGTH = 200
_ROMAN = re.compile(r"(?=[IVXL])(?:X{0,3}L|L?X{0,3})(?:IX|IV|V?I{0,3})$")
_LABEL = re.compile(
    r"(?P<label>(?:[IVXL]+|[A-Z]|\d{1,2}|[a-z]|[ivx]+)\.|\((?:\d{1,2}|[a-z]|[ivx]+)\)|[IVXL]+(?=\s*[-–—]\s))"
    r"(?=\s|[-–—]|$)"
)
# A case name, or volume, reporter and page, near the start of a paragraph.
_CITES = re.compile(
    r"\(|(?:See|Id\.|Ibid\.|Accord|Cf\.)[ ,]|.{1,120}? v\. "
    r"|.{0,120}?\b\d{1,4} [A-Z][\w.’' ]{1,20}?,? (?:at )?\d"
)
_DATED = re.compile(
    r"(?:(?:It is )?so ordered[.,]?\s+)?(?:Dated?|Signed|Entered|Done and ordered)\b"
    r"|(?:(?:It is )?so ordered,? )?this \d{1,2}(?:st|nd|rd|th) day of\b"
    r"|(?:Jan|Febr)uary |(?:March|April|May|June|July|August) \d|(?:Septem|Octo|Novem|Decem)ber \d",
    re.IGNORECASE,
)
_JUDGE = re.compile(r"\b(?:Judge|Justice|J\.|C\.J\.|U\.S\.D\.J\.|U\.S\.M\.J\.)$", re.IGNORECASE)
_SIGNATURE_LENGTH = 160
_HEADING_LENGTH = 100
_BARE = re.compile(r"(?:[IVX]{1,5}|[A-H])\Z")


def is_finished(text: str) -> bool:
    """Whether a paragraph ends as paragraphs do: with a full stop, question or exclamation mark."""
    return text.rstrip(_CLOSERS).endswith(_END_MARKS)


def joins_across_page(before: str, after: str) -> bool:
    """Whether `after` is the rest of the paragraph that `before` began on the page before it.

    Rule: `before` ends in a word that cannot end a paragraph ("the", "v."); or it has no end mark,
    and `after` runs on, or `before` is prose that just stops. Not where a colon stands between
    them, nor where `after` is the next member of a list, nor where it begins as quotations do.
    """
    last = before.rsplit(None, 1)[-1]
    if before.endswith(":") or begins_altered(after):
        return False
    if _MEMBER.match(after) and _LISTS.search(before[-10:]):
        return False
    if last in _STANDS_BEFORE or last.lower() in _LEADS_ON:
        return True
    return not is_finished(before) and (runs_on(after) or _just_stops(before, after))


def _just_stops(before: str, after: str) -> bool:
    """Whether prose ends at a word, and what follows is neither a heading nor a date."""
    return (
        len(before) > _PROSE_LENGTH
        and before.rstrip(_CLOSERS)[-1:].isalnum()
        and after[:1].isalnum()
        and not (is_heading(after) or _DATED.match(after))
    )


def runs_on(text: str) -> bool:
    """Whether a paragraph begins as the rest of a sentence: in lower case or with what closes."""
    return text[:1].islower() or text.startswith(_CLOSES) or bool(_PARENTHETICAL.match(text))


def begins_altered(text: str) -> bool:
    """Whether a text begins as quotations do whose first letter was altered: "[a] court"."""
    return text[:1] == "[" and text[1:2].isalpha() and text[2:3] == "]"


def introduces_quotation(text: str) -> bool:
    """Whether a paragraph breaks off, at a comma, colon or dash, for a block quotation.

    Together with the two that follow it this finds block quotations that have no mark: the
    paragraph before introduces, the quotation is finished, the paragraph after goes on.
    """
    return text.rstrip(_CLOSERS).endswith(_INTRODUCERS)


def goes_on_after_quotation(text: str) -> bool:
    """Whether a paragraph goes on after a block quotation: mid-sentence, or by citing its source."""
    return runs_on(text) or bool(_CITES.match(text))


def signature_start(texts: list[str | None]) -> int:
    """Index of the first paragraph of the signature; `len(texts)` where there is none.

    `texts` are the blocks of the body, None for what is no plain paragraph. Rule: at the end, from
    the first of a run of short paragraphs that gives a date ("Dated: …") or closes with a judge's
    title; between these may stand lines that are no sentences (a place, a name).
    """
    start = len(texts)
    for index in reversed(range(len(texts))):
        text = texts[index]
        if text is None or len(text) > _SIGNATURE_LENGTH:
            break
        if _DATED.match(text) or _JUDGE.search(text):
            start = index
        elif is_finished(text):
            break
    return start


def note_order(numbers: list[str]) -> list[int]:
    """Order of footnotes: by number where all are numbers and differ, else as they stand."""
    order = list(range(len(numbers)))
    if all(map(str.isdecimal, numbers)) and len({int(n) for n in numbers}) == len(numbers):
        order.sort(key=lambda i: int(numbers[i]))
    return order


def is_heading(text: str) -> bool:
    """Whether a line without heading markup is a heading.

    Rule: it is short, has no line break, and is nothing but a label ("II.", "A"), or a label and
    words without an end mark, or all in capitals without one.
    """
    if len(text) > _HEADING_LENGTH or "\n" in text:
        return False
    label = heading_label(text)
    if label == "v.":  # between parties
        return False
    rest = text[len(label) :].strip() if label else text
    if not rest:
        return True
    if is_finished(rest) or rest.endswith((",", ":", ";")):
        return False
    return bool(label and rest[0].isupper()) or (rest.isupper() and len(rest) > 3) or bool(_BARE.match(text))


def heading_label(text: str) -> str | None:
    """The label that a heading begins with ("II.", "A.", "1.", "(a)"), or None."""
    match = _LABEL.match(text)
    return match["label"] if match else None


class HeadingLevels:
    """Ranks headings by their labels, top down; 1 is the top.

    Rule: a heading whose kind of label (roman, capital, number, …) is already open stands at that
    kind's level and closes what is below; another kind opens the next level down. Marks of the
    source (`#`, size) do not count, because scans get them wrong. A label that can be read in two
    ways ("C.", "V.", "i.") is the successor of the label that it follows, if there is one.
    """

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def level(self, label: str | None) -> int:
        """Level of the next heading in order, given its label."""
        kind, ordinal = self._read(label)
        kinds = [open_kind for open_kind, _ in self._open]
        if kind in kinds:
            del self._open[kinds.index(kind) :]
        self._open.append((kind, ordinal))
        return len(self._open)

    def _read(self, label: str | None) -> tuple[str, int]:
        if label is None:
            return "none", 0
        bare = label.strip("().")
        style = "()" if label.startswith("(") else "."
        readings = []
        if bare.isdigit():
            readings.append(("number" + style, int(bare)))
        if _ROMAN.match(bare.upper()):
            readings.append((("Roman" if bare.isupper() else "roman") + style, _roman_value(bare)))
        if len(bare) == 1 and bare.isalpha():
            readings.append((("Letter" if bare.isupper() else "letter") + style, ord(bare.lower()) - 96))
        for kind, ordinal in readings:
            if (kind, ordinal - 1) in self._open:
                return kind, ordinal
        # Nothing to follow: a series begins with its first member, else the first reading stands.
        return next((r for r in readings if r[1] == 1), readings[0] if readings else ("other", 0))


def _roman_value(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in numeral.upper()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
