"""Sentences and tokens of an opinion, for formats that have a row for each token.

They are the same whatever is annotated. Offsets are code points into the canonical text, half-open.
"""

import re
from itertools import pairwise

from arguendo.offsets import Interval
from arguendo.opinion import Opinion

# A run of letters and digits, or one other visible character: between them, all that is visible.
_TOKEN = re.compile(r"\w+|[^\w\s]")

Sentence = tuple[Interval, list[Interval]]


def sentences(opinion: Opinion) -> list[Sentence]:
    """Sentences with their tokens, in order; every visible character is in one token.

    A stretch of a block that is no sentence (a caption's line, a heading) counts as one.
    """
    text = opinion.text
    edges = [(each.start, each.end) for each in opinion.sentences]
    edges += [(each.start, each.end) for each in opinion.blocks]
    cuts = sorted({0, len(text), *(edge for pair in edges for edge in pair)})
    found: list[Sentence] = []
    for a, b in pairwise(cuts):
        tokens = [match.span() for match in _TOKEN.finditer(text, a, b)]
        if tokens:
            found.append(((tokens[0][0], tokens[-1][1]), tokens))
    return found
