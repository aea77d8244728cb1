"""Predictions files: JSON Lines, one line an example, checked before anything is scored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from arguendo.errors import CorpusError, Problem
from arguendo.tasks import Answer, Prediction
from arguendo.validate import problem, schema_findings

MOST_BYTES = 200_000_000
MOST_PROBLEMS = 1_000
_FIRST = 10


def check_predictions(
    task: str,
    lines: Iterable[tuple[int, Any]],
    answers: Sequence[Answer],
    versions: Mapping[str, str],
    where: str,
) -> list[Prediction]:
    """Predictions for a task from the numbered lines of a file (`each_jsonl`), in the order of `answers`.

    Every example must be predicted, once. A line may say of which `task` it is, and of which version
    of the dataset and scorer; what it says must be so (`versions`).

    Raises:
        CorpusError: with every problem and its line, up to 1,000 of them.
    """
    by_id = {answer["id"]: answer for answer in answers}
    found: dict[str, Prediction] = {}
    problems: list[Problem] = []
    for number, line in lines:
        at = f"{where}:{number}"
        if isinstance(line, CorpusError):
            problems += line.problems
        else:
            problems += _line_problems(task, line, by_id, found, versions, at)
        if isinstance(line, dict) and isinstance(line.get("id"), str):
            found.setdefault(line["id"], line)
        if len(problems) > MOST_PROBLEMS:
            problems[MOST_PROBLEMS:] = [Problem(at, "prediction-many", *_MANY)]
            break
    missing = [each for each in by_id if each not in found]
    if len(missing) == len(by_id) > 1:
        # Another file is meant: a line for each example and each id would only hide that.
        message = f"no line that was read is for any of the {len(by_id):,} examples of {task} here"
        problems[_FIRST:] = [Problem(where, "prediction-missing", message, _OTHER)]
    elif len(problems) <= MOST_PROBLEMS:  # else what stands further on was not read
        problems += [
            Problem(where, "prediction-missing", f"no line for {each!r}", _MISSING) for each in missing
        ]
    if problems:
        raise CorpusError(problems)
    return [found[answer["id"]] for answer in answers]


_MANY = ("there are more problems; reading stopped here", "Mend these first")
_OTHER = "See that the file, the task, the split and --moot are those that were meant"
_MISSING = "Predict every example; nothing found is an empty list, not a missing line"


def _line_problems(
    task: str,
    line: Any,
    by_id: Mapping[str, Answer],
    seen: Mapping[str, Prediction],
    versions: Mapping[str, str],
    at: str,
) -> Iterator[Problem]:
    if isinstance(line, dict) and line.get("task", task) != task:
        yield Problem(at, "prediction-task", f"this is for {line['task']!r}", f"Score it as that, or {task}")
        return
    broken = [problem(at, finding) for finding in schema_findings(line, f"predictions-{task}")]
    if broken:
        yield from broken
        return
    for name, version in versions.items():
        if line.get(name, version) != version:
            message = f"made for {name} {line[name]}, and this is {version}"
            yield Problem(at, "prediction-version", message, "Predict again")
    if line["id"] not in by_id:
        yield Problem(at, "prediction-unknown", f"no example {line['id']!r}", "Drop the line")
    elif line["id"] in seen:
        yield Problem(at, "prediction-double", f"{line['id']!r} again", "Keep one line for each")
    else:
        yield from _content_problems(line, by_id[line["id"]], at)


def _content_problems(line: Prediction, answer: Answer, at: str) -> Iterator[Problem]:
    if "values" in answer and line["answer"] not in answer["values"]:
        hint = f"Known: {', '.join(answer['values'])}"
        yield Problem(f"{at}#/answer", "prediction-answer", f"{line['answer']!r} is no answer here", hint)
    for index, span in enumerate(line.get("spans", [])):
        if not span["start"] < span["end"] <= answer["length"]:
            message = f"[{span['start']}, {span['end']}) in a text of {answer['length']} code points"
            hint = "Count code points, end exclusive"
            yield Problem(f"{at}#/spans/{index}", "prediction-range", message, hint)
    for index, candidate in enumerate(line.get("ranking", [])):
        if candidate not in answer["candidates"]:
            message = f"{candidate!r} is no argument of this opinion"
            yield Problem(f"{at}#/ranking/{index}", "prediction-candidate", message, "Rank the candidates")
