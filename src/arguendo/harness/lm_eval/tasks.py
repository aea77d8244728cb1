"""What the task definitions (YAML) of lm-evaluation-harness name: data, prompts, and our scorer."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from arguendo import scorer
from arguendo.harness.prompts import prediction, prompts
from arguendo.release import read_config
from arguendo.tasks import answer_of

Doc = dict[str, Any]


def _load(task: str, data: str = "build/dataset", split: str = "test", **_: Any) -> dict[str, Any]:
    """The examples of a built dataset; `--metadata '{"data": "FOLDER", "split": "…"}'` names another."""
    from datasets import Dataset

    examples = read_config(Path(data), task, split)
    rows = [
        {"id": example["id"], "prompt": prompt, "example": json.dumps(example, ensure_ascii=False)}
        for example, prompt in zip(examples, prompts(task, examples), strict=True)
    ]
    return {"test": Dataset.from_list(rows)}


def _results(task: str, doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    example = json.loads(doc["example"])
    return {"headline": (task, answer_of(task, example), prediction(task, example, results[0]))}


def headline(items: Sequence[tuple[str, Doc, Doc]]) -> float:
    """The headline figure of `arguendo score` on the same outputs."""
    tasks, answers, predictions = zip(*items, strict=True)
    value = scorer.score(tasks[0], answers, predictions)["headline"]["value"]
    return float("nan") if value is None else float(value)


def answer(doc: Doc) -> str:
    """Not used for a figure; the harness logs it."""
    return ""


load_roles, results_roles = partial(_load, "sentence-roles"), partial(_results, "sentence-roles")
load_links, results_links = partial(_load, "rebuttal-linking"), partial(_results, "rebuttal-linking")
load_outcomes, results_outcomes = partial(_load, "argument-outcome"), partial(_results, "argument-outcome")
load_dispositions = partial(_load, "holding-disposition")
results_dispositions = partial(_results, "holding-disposition")
