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
    """Score a predictions file (JSON Lines) on a split of a task of a built dataset; see `scorer.score`.

    Raises:
        CorpusError: the predictions do not fit the split; every problem with its line.
        UsageError: no such dataset, split or task.
    """
    from arguendo import benchmark

    return benchmark.score(task, Path(predictions), Path(data), split)
