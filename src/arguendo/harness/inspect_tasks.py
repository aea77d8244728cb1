"""Tasks for Inspect (inspect-ai): `inspect eval arguendo/holding_disposition --model …`.

`-T data=FOLDER` names the built dataset, `-T split=…` the split; the figure is the headline of
`arguendo score`, of the same version.
"""

import json
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState, generate

from arguendo import scorer as ours
from arguendo.harness.prompts import prediction, prompts
from arguendo.release import read_config
from arguendo.tasks import answer_of


@task
def sentence_roles(data: str = "build/dataset", split: str = "test") -> Task:
    """A sentence with its neighbours → the set of its labels."""
    return _task("sentence-roles", data, split)


@task
def rebuttal_linking(data: str = "build/dataset", split: str = "test") -> Task:
    """A rebuttal and all arguments → the arguments it answers."""
    return _task("rebuttal-linking", data, split)


@task
def argument_outcome(data: str = "build/dataset", split: str = "test") -> Task:
    """An argument and what stands before any answer → its outcome."""
    return _task("argument-outcome", data, split)


@task
def holding_disposition(data: str = "build/dataset", split: str = "test") -> Task:
    """A holding → its disposition."""
    return _task("holding-disposition", data, split)


def _task(name: str, data: str, split: str) -> Task:
    examples = read_config(Path(data), name, split)
    samples = [
        Sample(
            id=example["id"],
            input=prompt,
            target=json.dumps(answer_of(name, example)),
            metadata={"task": name, "example": example},
        )
        for example, prompt in zip(examples, prompts(name, examples), strict=True)
    ]
    return Task(
        dataset=MemoryDataset(samples, name=name),
        solver=generate(),
        scorer=predicted(),
        version=ours.SCORER_VERSION,
    )


@metric
def headline() -> Metric:
    """The headline figure of the task over all samples; see `arguendo.scorer`."""

    def figure(scores: list[SampleScore]) -> float:
        pairs = [each.score.metadata or {} for each in scores]
        if not pairs:
            return float("nan")
        answers = [pair["answer"] for pair in pairs]
        result = ours.score(pairs[0]["task"], answers, [pair["prediction"] for pair in pairs])
        value = result["headline"]["value"]
        return float("nan") if value is None else float(value)

    return figure


@scorer(metrics=[headline()])
def predicted() -> Scorer:
    """What a completion comes to, beside the answer; right or wrong is for `headline` to say."""

    async def score(state: TaskState, target: Target) -> Score:
        name, example = state.metadata["task"], state.metadata["example"]
        found: dict[str, Any] = prediction(name, example, state.output.completion)
        kept = {"task": name, "answer": json.loads(target.text), "prediction": found}
        return Score(value=json.dumps(found), answer=state.output.completion, metadata=kept)

    return score
