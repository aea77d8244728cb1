"""Argument, holding and rebuttal spans in US court opinions.

    from arguendo import load, read_opinion, score, validate

Offsets are Unicode code points into the canonical text, half-open.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arguendo.errors import Problem
    from arguendo.opinion import Opinion

__all__ = ["load", "read_opinion", "score", "validate"]

# Imports stand in the functions, so that `import arguendo` and `arguendo --help` stay quick.


def read_opinion(source: str | Path, format: str | None = None) -> "Opinion":
    """Convert a source file; `format` is told by content if not given.

    Raises:
        CorpusError: the source cannot be read or converted; says where and how to mend it.
    """
    from arguendo.convert import convert
    from arguendo.files import read_bytes

    return convert(read_bytes(Path(source)), str(source), format)


def validate(*paths: str | Path, root: str | Path = ".") -> "list[Problem]":
    """Every problem of the files or folders named, or of the whole corpus below `root`; sorted."""
    from arguendo.store import Store

    return Store(Path(root)).problems([Path(path) for path in paths])


def load(data: str | Path, config: str = "gold", split: str | None = None) -> list[dict[str, Any]]:
    """The rows of a config of a built dataset folder, of one split or all, class labels by name.

    Raises:
        UsageError: no such dataset, config or split.
    """
    from arguendo.release import read_config

    return read_config(Path(data), config, split)


def score(task: str, predictions: str | Path, data: str | Path, split: str = "test") -> dict[str, Any]:
    """Score a predictions file (JSON Lines) on a split of a task of a built dataset; see `metrics`.

    Raises:
        CorpusError: the predictions do not fit the split; every problem with its line.
        UsageError: no such dataset or split, or no scorer for the task.
    """
    from arguendo.errors import misuse
    from arguendo.files import read_jsonl
    from arguendo.metrics import score_span_extraction
    from arguendo.tasks import check_predictions

    if task != "span-extraction":
        raise misuse("arguendo", f"no task with a scorer is called {task!r}", "Known: span-extraction")
    examples = load(data, task, split)
    texts = {example["id"]: example["text"] for example in examples}
    predicted = check_predictions(read_jsonl(Path(predictions)), texts, str(predictions))
    return score_span_extraction(
        [
            (_labelled(example["spans"]), _labelled(line["spans"]))
            for example, line in zip(examples, predicted, strict=True)
        ]
    )


def _labelled(spans: Any) -> list[tuple[str, int, int]]:
    return [(span["label"], span["start"], span["end"]) for span in spans]
