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
# Words that cannot end a paragraph, so that a capital after them is the same sentence.
_LEADS_ON = frozenset(
    "a an the of to in on at by for from with and or nor but that which who whose its his her their v.".split()
)
_RUNS_ON = re.compile(r"[a-z,;)\]”’]")
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
_DATED = re.compile(r"(?:It is so ordered\.?\s+)?(?:Dated?|Signed|Entered)\b", re.IGNORECASE)
_JUDGE = re.compile(r"\b(?:Judge|Justice|J\.|C\.J\.|U\.S\.D\.J\.|U\.S\.M\.J\.)$", re.IGNORECASE)
_SIGNATURE_LENGTH = 160


def is_finished(text: str) -> bool:
    """Whether a paragraph ends as paragraphs do: with a full stop, question or exclamation mark."""
    return text.rstrip(_CLOSERS).endswith(_END_MARKS)


def joins_across_page(before: str, after: str) -> bool:
    """Whether `after` is the rest of the paragraph that `before` began on the page before it.

    Rule: `before` has no end mark, and `after` runs on or `before` ends in a word that cannot end a
    paragraph.
    """
    if is_finished(before):
        return False
    return runs_on(after) or before.rsplit(None, 1)[-1].lower() in _LEADS_ON


def runs_on(text: str) -> bool:
    """Whether a paragraph begins as the rest of a sentence: in lower case or with what closes."""
    return bool(_RUNS_ON.match(text))


def introduces_quotation(text: str) -> bool:
    """Whether a paragraph breaks off, at a comma, colon or dash, for a block quotation.

    Together with the two that follow it this finds block quotations that have no mark: the
    paragraph before introduces, the quotation is finished, the paragraph after goes on.
    """
    return text.rstrip(_CLOSERS).endswith(_INTRODUCERS)


def goes_on_after_quotation(text: str) -> bool:
    """Whether a paragraph goes on after a block quotation: mid-sentence, or by citing its source."""
    return bool(_RUNS_ON.match(text) or _CITES.match(text))


def signature_start(texts: list[str | None]) -> int:
    """Index of the first paragraph of the signature; `len(texts)` where there is none.

    `texts` are the blocks of the body, None for what is no plain paragraph. Rule: at the end, a run
    of short paragraphs that each give a date ("Dated: …"), or close with a judge's title.
    """
    start = len(texts)
    while start:
        text = texts[start - 1]
        if text is None or len(text) > _SIGNATURE_LENGTH:
            break
        if not (_DATED.match(text) or _JUDGE.search(text)):
            break
        start -= 1
    return start


def note_order(numbers: list[str]) -> list[int]:
    """Order of footnotes: by number where all are numbers and differ, else as they stand."""
    order = list(range(len(numbers)))
    if all(map(str.isdecimal, numbers)) and len({int(n) for n in numbers}) == len(numbers):
        order.sort(key=lambda i: int(numbers[i]))
    return order


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
