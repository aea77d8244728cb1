"""CoNLL-U Plus: a row for each token, with a column of begin–inside–outside tags for each label.

One column a label, because spans of different labels overlap. The first line names the columns, as CoNLL-U
Plus has it. `START` and `END` are code points into the canonical text, half-open.
"""

from arguendo.annotation import LABELS, Annotation, Gold, Span
from arguendo.interchange.tokens import sentences
from arguendo.offsets import Interval, overlap
from arguendo.opinion import Opinion

COLUMNS = ("ID", "FORM", "START", "END", *LABELS)
_OUTSIDE = "O"


def to_conll(labels: Annotation | Gold, opinion: Opinion) -> tuple[str, int]:
    """The file, and how many spans are wider in it: a span that ends inside a token has all of that."""
    found = sentences(opinion)
    tokens = [token for _, of_sentence in found for token in of_sentence]
    tags = {}
    widened = 0
    for label in LABELS:
        spans = sorted((span for span in labels.spans if span.label == label), key=lambda span: span.start)
        tags[label], wider = _tags(spans, tokens)
        widened += wider
    lines = [
        f"# global.columns = {' '.join(COLUMNS)}",
        f"# newdoc id = {opinion.id}",
        f"# text_sha256 = {labels.text_sha256}",
    ]
    at = 0
    for number, ((start, end), of_sentence) in enumerate(found, 1):
        lines += [f"# sent_id = {number}", f"# text = {' '.join(opinion.text[start:end].split())}"]
        for position, token in enumerate(of_sentence, 1):
            form = opinion.text[token[0] : token[1]]
            cells = [str(position), form, *map(str, token), *(tags[label][at] for label in LABELS)]
            lines.append("\t".join(cells))
            at += 1
        lines.append("")
    return "\n".join([*lines, ""]), widened


def _tags(spans: list[Span], tokens: list[Interval]) -> tuple[list[str], int]:
    """Tags of the tokens for spans of one label, in order and apart; and how many were widened."""
    tags = [_OUTSIDE] * len(tokens)
    widened = at = 0
    for span in spans:
        while tokens[at][1] <= span.start:
            at += 1
        first, tag = tokens[at][0], "B"
        while at < len(tokens) and overlap(tokens[at], (span.start, span.end)):
            # A token that two spans share is the first one's.
            if tags[at] == _OUTSIDE:
                tags[at], tag = f"{tag}-{span.label}", "I"
            at += 1
        at -= 1
        widened += (first, tokens[at][1]) != (span.start, span.end)
    return tags, widened
