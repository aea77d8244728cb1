"""Train, validation and test: by a hash of the docket, and what opinions of two splits share.

All opinions on one docket are in one split, and an opinion never changes its split when others
come or go.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from arguendo.opinion import Metadata, Opinion

SPLITS = ("train", "validation", "test")
# Upper ends, as shares of all dockets: a half, a sixth, a third.
_BOUNDS = {"train": 1 / 2, "validation": 2 / 3, "test": 1.0}
NGRAM = 13
MOST_SHARED = 0.2
_WORD = re.compile(r"\w+")


def split_of(metadata: Metadata) -> str:
    """The split of an opinion: where the SHA-256 of its `<court>/<docket>` lies between 0 and 1."""
    return split_of_docket(metadata.court, metadata.docket)


def split_of_docket(court: str, docket: str) -> str:
    """The split of all opinions on a docket."""
    name = f"{court}/{docket}"
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    return next(split for split, bound in _BOUNDS.items() if place < bound)


@dataclass(frozen=True, slots=True)
class Shared:
    """Two opinions of different splits, and which share of the shorter one's 13-grams both have."""

    first: str
    second: str
    share: float


def shared_across_splits(opinions: Sequence[Opinion]) -> list[Shared]:
    """Pairs of opinions of different splits that share a 13-gram of words, the greatest share first.

    Words are runs of letters and digits, in lower case; a 13-gram counts once in an opinion. The
    length is that by which GPT-3's test sets were cleaned (Brown et al. 2020, appendix C).
    """
    grams = {opinion.id: _ngrams(opinion.text) for opinion in opinions}
    holders: dict[int, list[str]] = defaultdict(list)
    for opinion_id in sorted(grams):
        for gram in grams[opinion_id]:
            holders[gram].append(opinion_id)
    split = {opinion.id: split_of(opinion.metadata) for opinion in opinions}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for ids in holders.values():
        for place, first in enumerate(ids):
            for second in ids[place + 1 :]:
                if split[first] != split[second]:
                    counts[first, second] += 1
    found = [
        Shared(first, second, count / min(len(grams[first]), len(grams[second])))
        for (first, second), count in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.share, each.first, each.second))


def _ngrams(text: str) -> set[int]:
    """Hashes of the 13-grams of words, which take a tenth of the room of the words."""
    words = _WORD.findall(text.lower())
    return {hash(tuple(words[at : at + NGRAM])) for at in range(len(words) - NGRAM + 1)}
