"""spaCy: documents with a span group, as `spacy train` reads them; or, without spaCy, its JSON.

The group is called `sc`, where spaCy's span categoriser looks by default. A `DocBin` has the tokens of
spaCy's blank English pipeline, the JSON has `tokens`. A span that ends inside a token has all of it; the
spans as they are, their attributes, the issues and the relations are in `doc.user_data["arguendo"]`, with
offsets in code points.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

from arguendo.annotation import Annotation, Gold
from arguendo.interchange.jsonl import to_record
from arguendo.interchange.tokens import sentences
from arguendo.offsets import Interval
from arguendo.opinion import Opinion

GROUP = "sc"
USER_DATA = "arguendo"
# The pipeline's own limit is for its parsers, which are not there.
_MOST_CHARACTERS = 10**9

Pairs = Iterable[tuple[Opinion, Annotation | Gold]]


def to_docbin(pairs: Pairs) -> tuple[bytes, int]:
    """A `DocBin` of the opinions, and how many spans are wider in their groups.

    Raises:
        ImportError: spaCy is not installed.
    """
    import spacy
    from spacy.tokens import DocBin

    pipeline = spacy.blank("en")
    pipeline.max_length = _MOST_CHARACTERS
    docs = DocBin(attrs=["ORTH"], store_user_data=True)
    widened = 0
    for opinion, labels in pairs:
        doc = pipeline.make_doc(opinion.text)
        group = []
        for span in labels.spans:
            place: dict[str, Any] = {"label": span.label, "span_id": span.id, "alignment_mode": "expand"}
            group.append(doc.char_span(span.start, span.end, **place))
            widened += (group[-1].start_char, group[-1].end_char) != (span.start, span.end)
        doc.spans[GROUP] = group
        record = to_record(labels, opinion)
        del record["text"]
        doc.user_data[USER_DATA] = record
        docs.add(doc)
    return docs.to_bytes(), widened


def to_json(pairs: Pairs) -> tuple[bytes, int]:
    """Texts with words and spans, as `spacy.training.Example.from_dict` takes them; and as `to_docbin`."""
    examples = []
    widened = 0
    for opinion, labels in pairs:
        tokens = [token for _, of_sentence in sentences(opinion) for token in of_sentence]
        starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
        group = []
        for span in labels.spans:
            start = starts[bisect_right(starts, span.start) - 1]
            end = ends[bisect_left(ends, span.end)]
            group.append([start, end, span.label])
            widened += (start, end) != (span.start, span.end)
        words, spaces = _words(opinion.text, tokens)
        examples.append([opinion.text, {"words": words, "spaces": spaces, "spans": {GROUP: group}}])
    return (json.dumps(examples, ensure_ascii=False) + "\n").encode(), widened


def _words(text: str, tokens: list[Interval]) -> tuple[list[str], list[bool]]:
    """Words that give the text back: one space is behind its word, any other white space is a word."""
    words: list[str] = []
    spaces: list[bool] = []
    at = 0
    for start, end in (*tokens, (len(text), len(text))):
        between = text[at:start]
        if words and between.startswith(" "):
            spaces[-1] = True
            between = between[1:]
        for word in filter(None, (between, text[start:end])):
            words.append(word)
            spaces.append(False)
        at = end
    return words, spaces
