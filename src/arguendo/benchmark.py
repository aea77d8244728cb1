"""Answers and predictions on disk: from a built dataset, or from stored answers that hold no text.

The folder `benchmark/` has `answers/<task>/<split>.jsonl` and `predictions/<task>/<split>/<system>.jsonl`,
so that stored predictions can be scored where the texts of the opinions are not.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from arguendo import scorer
from arguendo.baselines import BASELINES, CHALLENGE_SYSTEMS, NEURAL, Baseline
from arguendo.card import CHALLENGE, DATASET_VERSION, moot_config
from arguendo.challenge import PhenomenonScore, score_by_phenomenon
from arguendo.errors import misuse
from arguendo.files import each_jsonl, read_json, read_jsonl, to_json, to_jsonl, too_large, write_atomically
from arguendo.leaderboard import Board, board
from arguendo.predictions import MOST_BYTES, check_predictions
from arguendo.release import read_config, splits
from arguendo.tasks import OUTPUTS, Answer, Example, Prediction, answer_of

VERSIONS = {"dataset": DATASET_VERSION, "scorer": scorer.SCORER_VERSION}


def read_answers(data: Path, task: str, split: str, moot: bool = False) -> list[Answer]:
    """The answers of a split of a task; `data` is a built dataset, or a folder with stored answers.

    Raises:
        UsageError: no such folder, task or split.
    """
    if task not in OUTPUTS:
        raise misuse("arguendo", f"no task is called {task!r}", f"Known: {', '.join((*OUTPUTS, CHALLENGE))}")
    config = moot_config(task) if moot else task
    stored = answers_path(data, config, split)
    if stored.is_file():
        return [line for _, line in read_jsonl(stored)]
    return [answer_of(task, example) for example in read_config(data, config, split)]


def write_answers(folder: Path, task: str, split: str, answers: list[Answer]) -> None:
    write_atomically(answers_path(folder, task, split), to_jsonl(answers))


def answers_path(folder: Path, task: str, split: str) -> Path:
    return folder / "answers" / task / f"{split}.jsonl"


def predictions_path(folder: Path, task: str, split: str, system: str) -> Path:
    return folder / "predictions" / task / split / f"{system}.jsonl"


def read_predictions(path: Path, task: str, answers: Sequence[Answer]) -> list[Prediction]:
    """The predictions of a file for a task or the challenge, checked, in the order of `answers`.

    Raises:
        CorpusError: what does not fit, with its line.
        UsageError: no such file, or one of more than 200 MB.
    """
    _refuse_large(path)
    return check_predictions(task, each_jsonl(path), answers, VERSIONS, str(path))


def read_prediction(path: Path, opinion: str, length: int) -> Prediction:
    """The one line of span extraction that a predictions file has for an opinion of `length` code points.

    Raises:
        CorpusError: what does not fit, with its line.
        UsageError: no such file, or one of more than 200 MB.
    """
    _refuse_large(path)
    answer = {"id": opinion, "opinion": opinion, "length": length, "spans": []}
    lines = (
        (n, line) for n, line in read_jsonl(path) if isinstance(line, dict) and line.get("id") == opinion
    )
    return check_predictions("span-extraction", lines, [answer], VERSIONS, str(path))[0]


def _refuse_large(path: Path) -> None:
    if said := too_large(path, MOST_BYTES):
        raise misuse(str(path), said, "Give one line for each example, with offsets and no text")


def score(task: str, predictions: Path, data: Path, split: str, moot: bool = False) -> dict[str, Any]:
    """Figures of a predictions file on a split; see `scorer.score`."""
    answers = read_answers(data, task, split, moot)
    return {"split": split, **scorer.score(task, answers, read_predictions(predictions, task, answers))}


def stored_boards(folder: Path) -> list[Board]:
    """The leaderboards of all stored answers: tasks in their order, test before validation.

    Raises:
        CorpusError: stored predictions do not fit the answers.
    """
    found = []
    for task in OUTPUTS:
        for split in ("test", "validation"):
            if not answers_path(folder, task, split).is_file():
                continue
            answers = read_answers(folder, task, split)
            paths = sorted(predictions_path(folder, task, split, "*").parent.glob("*.jsonl"))
            systems = {path.stem: read_predictions(path, task, answers) for path in paths}
            found.append(board(task, split, answers, systems))
    return found


def run_challenge(name: str, data: Path) -> list[Prediction]:
    """Answers of a system to the challenge, taught by the gold of train."""
    system = CHALLENGE_SYSTEMS[name]()
    system.fit(read_config(data, "gold", "train"))
    answers = system.predict(read_config(data, CHALLENGE, "test"))
    return [{**each, "task": CHALLENGE, **VERSIONS} for each in answers]


def stored_challenge(folder: Path, rows: Sequence[Example]) -> dict[str, list[PhenomenonScore]]:
    """The scores of all stored systems by phenomenon."""
    paths = sorted(predictions_path(folder, CHALLENGE, "test", "*").parent.glob("*.jsonl"))
    return {path.stem: score_by_phenomenon(rows, read_predictions(path, CHALLENGE, rows)) for path in paths}


class Measured(NamedTuple):
    """What was measured when the stored predictions were made, and cannot be had from them.

    `runtimes`: seconds to fit and to predict by task and system; `curve`: rows of task, system,
    number of training opinions, headline on validation.
    """

    runtimes: dict[str, dict[str, dict[str, float]]]
    curve: list[dict[str, Any]]


def read_measured(folder: Path) -> Measured:
    path = folder / "measured.json"
    record = read_json(path) if path.is_file() else {"runtimes": {}, "curve": []}
    return Measured(record["runtimes"], record["curve"])


def write_measured(folder: Path, measured: Measured) -> None:
    write_atomically(folder / "measured.json", to_json(measured._asdict()))


class Run(NamedTuple):
    """Predictions of a baseline, and how long it took to fit and to predict, in seconds."""

    predictions: list[Prediction]
    fit: float
    predict: float


def run_baseline(
    task: str,
    name: str,
    data: Path,
    split: str,
    opinions: int | None = None,
    moot: bool = False,
    model: str | None = None,
) -> Run:
    """Train a baseline on train, choose on validation, and run it on a split of a built dataset.

    `opinions` is how many of the training opinions it may see, the first by their ids; default all.
    With `moot`, it learns from the made-up opinions and is run on them. `model` is for the baselines
    that need one (`baselines.NEURAL`).

    Raises:
        UsageError: no such split, or an extra is not installed.
    """
    config = moot_config(task) if moot else task
    examples = read_config(data, config, split)
    chosen = read_config(data, config, "validation") if "validation" in splits(data, config) else []
    learnt = read_config(data, config, "train")
    of = "id" if task == "span-extraction" else "opinion"
    seen = sorted({example[of] for example in learnt})[:opinions]
    learnt = [example for example in learnt if example[of] in seen]
    found = fit_and_predict(make_baseline(task, name, model), learnt, chosen, examples)
    marks = {"task": task, **VERSIONS}
    return found._replace(predictions=[{**each, **marks} for each in found.predictions])


def make_baseline(task: str, name: str, model: str | None) -> Baseline:
    """A baseline, with the user's model where it needs one.

    Raises:
        UsageError: the extra `[neural]` is not installed, or there is no such model.
    """
    if model is None:
        return BASELINES[task][name](task)
    try:
        return NEURAL[task][name](task, model)
    except ImportError as error:
        raise misuse("arguendo baseline", f"needs {error.name}", _INSTALL_NEURAL) from None
    except (OSError, ValueError) as error:
        raise misuse(model, f"no model loads from here: {str(error).splitlines()[0]}", _NAME_MODEL) from None


_INSTALL_NEURAL = "Run: pip install 'arguendo[neural]'"
_NAME_MODEL = "Name a folder, or a model on the Hub"


def fit_and_predict(
    baseline: Baseline, train: Sequence[Example], validation: Sequence[Example], examples: Sequence[Example]
) -> Run:
    started = time.perf_counter()
    try:
        baseline.fit(train, validation)
        fitted = time.perf_counter()
        predictions = baseline.predict(examples)
    except ImportError as error:
        neural = error.name in ("torch", "transformers")
        hint = _INSTALL_NEURAL if neural else "Run: pip install 'arguendo[baselines]'"
        raise misuse("arguendo baseline", f"needs {error.name}", hint) from None
    except OSError as error:  # a model that the baseline loads only now
        raise misuse("arguendo baseline", str(error).splitlines()[0], _NAME_MODEL) from None
    return Run(predictions, fitted - started, time.perf_counter() - fitted)
