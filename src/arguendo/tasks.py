"""The five tasks of the benchmark: opinion + gold → examples, and predictions files.

An example is a plain dict with the columns of the task's config in the dataset. Ids are
`<opinion>/<span id>`, or `<opinion>/s<index>` for sentences, or the opinion's id.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from arguendo.annotation import Gold, Span, issue_path
from arguendo.errors import CorpusError, Problem
from arguendo.offsets import share_of_shorter
from arguendo.opinion import Opinion, Sentence
from arguendo.validate import problem, schema_findings

Example = dict[str, Any]
Task = Literal[
    "span-extraction", "sentence-roles", "rebuttal-linking", "argument-outcome", "holding-disposition"
]
SHARE_OF_SENTENCE = 0.5


class PredictedSpan(TypedDict):
    """A span as a system gives it: code points into the example's text, half-open."""

    label: str
    start: int
    end: int


class Prediction(TypedDict):
    """A line of a predictions file for span-extraction: all spans of one opinion."""

    id: str
    spans: list[PredictedSpan]
    system: NotRequired[str]


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
    roles = sentence_labels(opinion.sentences, gold.spans)
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


def sentence_labels(sentences: Sequence[Sentence], spans: Sequence[Span]) -> list[set[str]]:
    """The labels of each sentence: of the spans that share half of it, or half of themselves."""
    return [
        {
            span.label
            for span in spans
            if share_of_shorter((sentence.start, sentence.end), (span.start, span.end)) >= SHARE_OF_SENTENCE
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


def argument_outcome(opinion: Opinion, gold: Gold) -> Iterator[Example]:
    """An ARGUMENT with its issue → its outcome.

    `context` is the text before the argument, cut at the court's first answer to anything: the
    first holding of this opinion or rebuttal by the court, wherever it stands. Opinions often
    announce the result in their first paragraphs, so it is often short.
    """
    answers = [
        span.start
        for span in gold.spans
        if (span.label == "HOLDING" and span.holding_of == "this_opinion")
        or (span.label == "REBUTTAL" and span.speaker == "court")
    ]
    first_answer = min(answers, default=len(opinion.text))
    for span in gold.spans:
        if span.label == "ARGUMENT":
            yield {
                "id": f"{opinion.id}/{span.id}",
                "opinion": opinion.id,
                "speaker": span.speaker,
                "issue": list(issue_path(gold.issues, span.issue)),
                "text": opinion.text[span.start : span.end],
                "context": opinion.text[: min(first_answer, span.start)].rstrip(),
                "outcome": span.outcome,
            }


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


def check_predictions(
    lines: Iterable[tuple[int, Any]], texts: Mapping[str, str], where: str
) -> list[Prediction]:
    """Predictions for span-extraction from the numbered lines of a file, in the order of `texts`.

    `texts` has the text of every example by id. All of them must be predicted, once each.

    Raises:
        CorpusError: with every problem and its line.
    """
    found: dict[str, Prediction] = {}
    problems: list[Problem] = []
    for number, line in lines:
        at = f"{where}:{number}"
        broken = [problem(at, finding) for finding in schema_findings(line, "predictions")]
        if broken:
            problems += broken
        elif line["id"] not in texts:
            problems.append(Problem(at, "prediction-unknown", f"no example {line['id']!r}", "Drop the line"))
        elif line["id"] in found:
            problems.append(
                Problem(at, "prediction-double", f"{line['id']!r} again", "Keep one line for each")
            )
        else:
            found[line["id"]] = line
            problems += _range_problems(line, len(texts[line["id"]]), at)
    for missing in [example for example in texts if example not in found]:
        hint = "Predict every example; no spans is [], not a missing line"
        problems.append(Problem(where, "prediction-missing", f"no line for {missing!r}", hint))
    if problems:
        raise CorpusError(problems)
    return [found[example] for example in texts]


def _range_problems(line: Prediction, length: int, at: str) -> Iterator[Problem]:
    for index, span in enumerate(line["spans"]):
        if not span["start"] < span["end"] <= length:
            message = f"[{span['start']}, {span['end']}) in a text of {length} code points"
            yield Problem(
                f"{at}#/spans/{index}", "prediction-range", message, "Count code points, end exclusive"
            )
