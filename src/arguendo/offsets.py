"""Half-open intervals of code points, the digest that ties one to its text, and quotations in text.

Every offset in this package counts Unicode code points of the canonical text, and every interval
is half-open: `text[start:end]` is what it holds.
"""

import hashlib
import re

Interval = tuple[int, int]

DIGEST_LENGTH = 12
ELLIPSIS = "[...]"

# Characters that a keyboard gives for what the court printed; each folds to one character, so
# offsets stay as they are.
_FOLD = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})
# An elided quotation never reaches further than this, lest two far places make one span.
_ELISION_LIMIT = 20_000


def overlap(a: Interval, b: Interval) -> int:
    """Number of code points that `a` and `b` share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def share_of_shorter(a: Interval, b: Interval) -> float:
    """What part of the shorter of two non-empty intervals they share, between 0 and 1."""
    return overlap(a, b) / min(a[1] - a[0], b[1] - b[0])


def intersection_over_union(a: Interval, b: Interval) -> float:
    """Jaccard index of two non-empty intervals, between 0 and 1."""
    shared = overlap(a, b)
    return shared / (a[1] - a[0] + b[1] - b[0] - shared)


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, which browsers count: two for a code point beyond U+FFFF."""
    return len(text) + sum(character > "\uffff" for character in text)


def digest(text: str, start: int, end: int) -> str:
    """First 12 hex digits of the SHA-256 of `text[start:end]` in UTF-8."""
    return hashlib.sha256(text[start:end].encode()).hexdigest()[:DIGEST_LENGTH]


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, for messages."""
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - line_start + 1


def find_quotation(text: str, quotation: str) -> list[Interval]:
    """Every place in `text` that `quotation` can mean, in order.

    White space in the quotation stands for any white space; straight quotation marks and hyphens
    stand for curly quotation marks and dashes too; ` [...] ` stands for anything in between, as
    little as possible; words are whole words. Returns an empty list where nothing fits.
    """
    parts = [part.split() for part in quotation.translate(_FOLD).split(ELLIPSIS)]
    if not all(parts):
        return []
    patterns = [r"\s+".join(map(re.escape, words)) for words in parts]
    whole = f"(?s:.{{0,{_ELISION_LIMIT}}}?)".join(patterns)
    before = r"(?<!\w)" if parts[0][0][0].isalnum() else ""
    after = r"(?!\w)" if parts[-1][-1][-1].isalnum() else ""
    pattern = re.compile(before + whole + after)
    folded = text.translate(_FOLD)
    found: list[Interval] = []
    match = pattern.search(folded)
    while match:
        found.append(match.span())
        match = pattern.search(folded, match.start() + 1)
    return found
