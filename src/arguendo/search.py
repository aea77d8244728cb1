"""A positional inverted index of texts, in pieces of which a search loads the few it needs. No I/O.

A word is a run of letters and digits (Unicode's categories L and N). Words are compared folded:
taken apart by compatibility (NFKD), without marks, in lower case. `pages/assets/search.js` reads the
index and folds what is searched for; the two have to fold alike.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SHARD = 1 << 16


def word_starts(text: str) -> list[int]:
    """Offsets, in code points, at which the words of a text begin."""
    return [match.start() for match in _WORD.finditer(text)]


@cache
def fold(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word)
    return "".join(each for each in apart if unicodedata.category(each)[0] != "M").lower()


def postings(texts: Sequence[str]) -> dict[str, str]:
    """For each folded word, where it stands: its texts joined by `;`, in each the numbers joined by spaces.

    The first number of a text is its place in `texts`, the others are the places of the word among
    the words of the text; each is written as the difference from the one before it, in base 36.
    """
    found: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
    for number, text in enumerate(texts):
        places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(_WORD.findall(text)):
            places[fold(word)].append(place)
        for word, of_text in places.items():
            found[word].append((number, of_text))
    return {word: _encoded(by_text) for word, by_text in found.items()}


def shards(index: Mapping[str, str], size: int = SHARD) -> list[dict[str, str]]:
    """The index in pieces of about `size` characters, or of one word, in the order of UTF-16 code units.

    That is the order in which a browser compares strings, so that it finds the piece of a word by the
    first word of each.
    """
    pieces: list[dict[str, str]] = []
    room = 0
    for word in sorted(index, key=lambda word: word.encode("utf-16-be")):
        length = len(word) + len(index[word])
        if not pieces or length > room:
            pieces.append({})
            room = size
        pieces[-1][word] = index[word]
        room -= length
    return pieces


def _encoded(by_text: Sequence[tuple[int, Sequence[int]]]) -> str:
    numbers = _differences(number for number, _ in by_text)
    return ";".join(
        " ".join(map(_base36, (number, *_differences(places))))
        for number, (_, places) in zip(numbers, by_text, strict=True)
    )


def _differences(rising: Iterable[int]) -> list[int]:
    return [after - before for before, after in pairwise((0, *rising))]


@cache
def _base36(number: int) -> str:
    higher, lowest = divmod(number, 36)
    return (_base36(higher) if higher else "") + _DIGITS[lowest]
