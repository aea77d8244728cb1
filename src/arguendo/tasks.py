"""The five tasks of the benchmark: opinion + gold → examples; and their answers alone.

An example is a plain dict with the columns of the task's config in the dataset. Ids are
`<opinion>/<span id>`, or `<opinion>/s<index>` for sentences, or the opinion's id.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arguendo.annotation import Gold, Span, issue_path
from arguendo.metrics import LabelledSpan
from arguendo.offsets import Interval, share_of_shorter
from arguendo.opinion import Block, Opinion

Example = dict[str, Any]
Answer = dict[str, Any]
Prediction = dict[str, Any]
SHARE_OF_SENTENCE = 0.5


OUTPUTS: dict[str, str] = {
    "span-extraction": "spans",
    "sentence-roles": "labels",
    "rebuttal-linking": "ranking",
    "argument-outcome": "outcome",
    "holding-disposition": "disposition",
}
"""What a line of a predictions file holds beside the `id` of its example."""


def labels_in(marked: Answer | Prediction, output: str) -> list[str]:
    """The labels that an output of `OUTPUTS` holds: several, or the one value."""
    found = marked[output]
    return found if isinstance(found, list) else [found]


def span_extraction(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """Canonical text with its sentences → labelled spans."""
    yield {
        "id": opinion.id,
        "text": opinion.text,
        "sentences": [{"start": s.start, "end": s.end} for s in opinion.sentences],
        "spans": [{"label": s.label, "start": s.start, "end": s.end} for s in gold.spans],
    }


def sentence_roles(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """Sentences in order → the set of labels of each, often empty.

    A sentence has a label if a span of that label covers half of the sentence or more, or has half
    of its own length or more inside it (a clause in a long sentence).
    """
    sentences = [(each.start, each.end) for each in opinion.sentences]
    roles = sentence_labels(sentences, [(each.label, each.start, each.end) for each in gold.spans])
    for index, (sentence, labels) in enumerate(zip(opinion.sentences, roles, strict=True)):
        yield {
            "id": f"{opinion.id}/s{index}",
            "opinion": opinion.id,
            "index": index,
            "start": sentence.start,
            "end": sentence.end,
            "text": opinion.text[sentence.start : sentence.end],
            "labels": sorted(labels),
        }


def sentences_of(example: Example) -> list[list[str]]:
    """The labels of each sentence of an example of span extraction."""
    spans = [(each["label"], each["start"], each["end"]) for each in example["spans"]]
    sentences = [(each["start"], each["end"]) for each in example["sentences"]]
    return [sorted(labels) for labels in sentence_labels(sentences, spans)]


def sentence_labels(sentences: Sequence[Interval], spans: Sequence[LabelledSpan]) -> list[set[str]]:
    """The labels of each sentence: of the spans that share half of it, or half of themselves."""
    return [
        {
            label
            for label, *span in spans
            if share_of_shorter(sentence, (span[0], span[1])) >= SHARE_OF_SENTENCE
        }
        for sentence in sentences
    ]


def rebuttal_linking(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """A REBUTTAL and all ARGUMENTs of the opinion → the ids of the ARGUMENTs it answers."""

    def shown(span: Span) -> Example:
        return {
            "id": span.id,
            "start": span.start,
            "end": span.end,
            "text": opinion.text[span.start : span.end],
        }

    candidates = [shown(span) for span in gold.spans if span.label == "ARGUMENT"]
    for span in gold.spans:
        if span.label == "REBUTTAL":
            answers = {r.target for r in gold.relations if r.type == "rebuts" and r.source == span.id}
            yield {
                "id": f"{opinion.id}/{span.id}",
                "opinion": opinion.id,
                "rebuttal": shown(span),
                "candidates": candidates,
                "answers": sorted(answers),
            }


_PROSE = ("paragraph", "block_quote", "list_item")


def argument_outcome(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """An ARGUMENT with its issue → its outcome.

    `context` is the prose before the argument, cut at the court's first answer to anything: the
    first holding of this opinion or rebuttal by the court, wherever it stands. Opinions often
    announce the result in their first paragraphs, so it is often short. Captions and headings are
    left out, because they can tell the result (“The motion is denied”), and so are words of the
    argument that stand under an answer as well.
    """
    answers = [
        (span.start, span.end)
        for span in gold.spans
        if (span.label == "HOLDING" and span.holding_of == "this_opinion")
        or (span.label == "REBUTTAL" and span.speaker == "court")
    ]
    first_answer = min((start for start, _ in answers), default=len(opinion.text))
    prose = [*_outermost(block for block in opinion.blocks if block.kind in _PROSE)]
    for span in gold.spans:
        if span.label == "ARGUMENT":
            cut = min(first_answer, span.start)
            before = [(start, min(end, cut)) for start, end in prose if start < cut]
            yield {
                "id": f"{opinion.id}/{span.id}",
                "opinion": opinion.id,
                "speaker": span.speaker,
                "issue": list(issue_path(gold.issues, span.issue)),
                "text": _without(opinion.text, (span.start, span.end), answers),
                "context": "\n\n".join(opinion.text[start:end].rstrip() for start, end in before),
                "outcome": span.outcome,
            }


def _outermost(blocks: Iterable[Block]) -> Iterator[Interval]:
    """Blocks that are in no other; a quotation is part of the paragraph that it stands in."""
    last = 0
    for block in blocks:
        if block.end > last:
            yield block.start, block.end
            last = block.end


def _without(text: str, kept: Interval, hidden: Sequence[Interval]) -> str:
    """The words of `kept` that are under none of `hidden`."""
    at, parts = kept[0], []
    for start, end in sorted(hidden):
        if start < kept[1] and end > at:
            parts.append(text[at : max(at, start)])
            at = end
    parts.append(text[at : kept[1]])
    return " ".join(part.strip() for part in parts if part.strip())


def holding_disposition(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """The text of a HOLDING → its disposition."""
    for span in gold.spans:
        if span.label == "HOLDING":
            yield {
                "id": f"{opinion.id}/{span.id}",
                "opinion": opinion.id,
                "holding_of": span.holding_of,
                "text": opinion.text[span.start : span.end],
                "disposition": span.disposition,
            }


TASKS = {
    "span-extraction": span_extraction,
    "sentence-roles": sentence_roles,
    "rebuttal-linking": rebuttal_linking,
    "argument-outcome": argument_outcome,
    "holding-disposition": holding_disposition,
}


def answer_of(task: str, example: Example) -> Answer:
    """What the scorer needs to know of an example: the answer, and no text."""
    if task == "span-extraction":
        opinion, known = example["id"], {"length": len(example["text"]), "spans": example["spans"]}
    elif task == "rebuttal-linking":
        ids = [candidate["id"] for candidate in example["candidates"]]
        opinion, known = example["opinion"], {"candidates": ids, "answers": example["answers"]}
    else:
        key = OUTPUTS[task]
        opinion, known = example["opinion"], {key: example[key]}
    return {"id": example["id"], "opinion": opinion, **known}
