"""Tasks with what annotators did in them → annotations, and every problem; from the server or a file.

A task here is what Label Studio's API and its JSON export agree on: `id`, `data`, `annotations`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arguendo.annotation import LABELS, Annotation
from arguendo.errors import CorpusError, Problem
from arguendo.labelstudio.regions import from_result
from arguendo.opinion import Opinion
from arguendo.records import Record, annotation_from_record
from arguendo.validate import annotation_findings, problem


@dataclass(frozen=True, slots=True)
class Pulled:
    """An annotation as it came: from which annotation of which task, and the seconds it took."""

    annotation: Annotation
    task: int
    server_id: int
    lead_time: float | None


@dataclass(slots=True)
class Pull:
    """All that came: good annotations in a fixed order, problems, and what was not finished."""

    annotations: list[Pulled] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    drafts: int = 0
    skipped: int = 0


def annotations_of(
    tasks: Iterable[Record],
    read_opinion: Callable[[str], Opinion],
    round: str,
    users: Mapping[int, str],
    known: Sequence[str],
    link: Callable[[int], str],
) -> Pull:
    """Finished annotations of tasks, by opinion and annotator; the order of the tasks plays no part.

    `users` are annotator ids by the server's numbers, `known` the annotators that are described, and
    `link` gives a task's address for messages. An annotation with an error is left out and listed.
    """
    pull = Pull()
    for task in sorted(tasks, key=lambda task: int(task["id"])):
        where = link(int(task["id"]))
        pull.drafts += len(task.get("drafts") or ())
        try:
            opinion = read_opinion(str((task.get("data") or {}).get("opinion")))
        except CorpusError as error:
            message = error.problems[0].message
            pull.problems.append(problem(where, ("opinion-unknown", "/data/opinion", message)))
            continue
        for made in sorted(task.get("annotations") or (), key=lambda made: int(made["id"])):
            if made.get("was_cancelled"):
                pull.skipped += 1
                continue
            number = _number(made.get("completed_by"))
            annotator = users.get(number, f"user-{number}")
            record, findings = _record(made, task["data"], opinion, annotator, round)
            findings += annotation_findings(record, opinion.text, known)
            found = [problem(f"{where} {annotator}", finding) for finding in findings]
            pull.problems += found
            if not any(each.severity == "error" for each in found):
                annotation = annotation_from_record(record)
                lead_time = made.get("lead_time")
                pull.annotations.append(Pulled(annotation, int(task["id"]), int(made["id"]), lead_time))
    _once(pull, link)
    pull.annotations.sort(key=lambda each: (each.annotation.opinion, each.annotation.annotator))
    pull.problems.sort()
    return pull


def _record(
    made: Record, data: Record, opinion: Opinion, annotator: str, round: str
) -> tuple[Record, list[tuple[str, str, str]]]:
    fields, findings = from_result(made.get("result") or [], opinion)
    head = {
        "opinion": opinion.id,
        "text_sha256": str(data.get("text_sha256")),
        "annotator": annotator,
        "round": round,
        "guidelines": str(data.get("guidelines")),
    }
    return {**head, **fields}, findings


def progress(tasks: Iterable[Record], users: Mapping[int, str]) -> dict[str, dict[str, float]]:
    """By annotator: opinions done and skipped, spans by label, minutes for each opinion."""
    counts: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    for task in tasks:
        for made in task.get("annotations") or ():
            number = _number(made.get("completed_by"))
            name = users.get(number, f"user-{number}")
            row = counts.setdefault(name, Counter(done=0, skipped=0, **dict.fromkeys(LABELS, 0)))
            row["skipped" if made.get("was_cancelled") else "done"] += 1
            seconds[name] += made.get("lead_time") or 0
            for item in made.get("result") or ():
                row.update(set(item.get("value", {}).get("labels") or ()) & LABELS.keys())
    return {
        name: {**row, "minutes each": round(seconds[name] / 60 / max(1, row["done"]), 1)}
        for name, row in sorted(counts.items())
    }


def _number(completed_by: Any) -> int:
    return int(completed_by["id"] if isinstance(completed_by, dict) else completed_by or 0)


def _once(pull: Pull, link: Callable[[int], str]) -> None:
    """Take out what one annotator did twice: nothing says which of the two is meant."""
    counts = Counter((each.annotation.opinion, each.annotation.annotator) for each in pull.annotations)
    for each in [*pull.annotations]:
        key = (each.annotation.opinion, each.annotation.annotator)
        if counts[key] > 1:
            message = f"{key[1]} annotated {key[0]} {counts[key]} times; this is annotation {each.server_id}"
            pull.problems.append(problem(f"{link(each.task)} {key[1]}", ("annotated-twice", "", message)))
            pull.annotations.remove(each)
