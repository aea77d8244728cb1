"""The tasks in lm-evaluation-harness and Inspect: each harness's own run, and our scorer's number."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arguendo import score
from arguendo.files import to_jsonl
from arguendo.harness.prompts import PROMPTED, prediction, prompts
from arguendo.release import read_config

ANSWERS = (
    "denied",
    "affirmed",
    "ARGUMENT and HOLDING",
    "rebuttal",
    "[2], then 1",
    "3",
    "Rejected.",
    "lol",
    "",
)


def reply(prompt: str) -> str:
    """What the model in these tests says: the same to the same prompt, anything to another."""
    return random.Random(prompt).choice(ANSWERS)


def expected(task: str, dataset: Path, folder: Path, said: Callable[[str], str] = reply) -> float:
    """`arguendo score` on the predictions that the replies come to."""
    examples = read_config(dataset, task, "train")
    asked = prompts(task, examples)
    lines = [prediction(task, example, said(prompt)) for example, prompt in zip(examples, asked, strict=True)]
    path = folder / f"{task}.jsonl"
    path.write_bytes(to_jsonl(lines))
    return float(score(task, path, dataset, "train")["headline"]["value"])


def test_completions_are_read_as_a_person_would() -> None:
    link = {"id": "r", "candidates": [{"id": "a1"}, {"id": "a2"}, {"id": "a3"}]}
    role, outcome, holding = {"id": "s"}, {"id": "a"}, {"id": "h"}
    assert prediction("rebuttal-linking", link, "[2], perhaps 1 or 9, not 2")["ranking"] == ["a2", "a1"]
    assert prediction("rebuttal-linking", link, "none")["ranking"] == []
    assert prediction("sentence-roles", role, "holding and Rebuttal")["labels"] == ["HOLDING", "REBUTTAL"]
    assert prediction("sentence-roles", role, "NONE")["labels"] == []
    assert (
        prediction("argument-outcome", outcome, "Partly accepted, else rejected")["outcome"]
        == "partly_accepted"
    )
    assert prediction("argument-outcome", outcome, "who knows")["outcome"] == "not_reached"
    assert (
        prediction("holding-disposition", holding, "for-plaintiff side")["disposition"]
        == "for_plaintiff_side"
    )


@pytest.mark.parametrize("task", PROMPTED)
def test_no_prompt_shows_its_answer(task: str, dataset: Path) -> None:
    """Other answers, the same prompts."""
    examples = read_config(dataset, task, "train")
    answer = {"sentence-roles": "labels", "rebuttal-linking": "answers"}.get(task, task.split("-")[1])
    other = [{**example, answer: type(example[answer])()} for example in examples]
    assert prompts(task, other) == prompts(task, examples)


def test_lm_evaluation_harness_gives_the_number_of_our_scorer(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    pytest.importorskip("lm_eval", reason="the extra [eval] is not installed")
    from lm_eval import simple_evaluate
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    import arguendo.harness.lm_eval as definitions

    class Replies(LM):  # type: ignore[misc]
        def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:
            return [reply(request.args[0]) for request in requests]

        def loglikelihood(self, requests: Any, disable_tqdm: bool = False) -> Any:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    manager = TaskManager(
        include_path=str(Path(definitions.__file__).parent),
        include_defaults=False,
        metadata={"data": str(dataset), "split": "train"},
    )
    for model in (Replies(), "dummy"):
        said = reply if model != "dummy" else lambda prompt: "lol"
        found = simple_evaluate(model=model, tasks=["arguendo"], task_manager=manager, bootstrap_iters=0)
        for task in PROMPTED:
            figure = found["results"][f"arguendo_{task.replace('-', '_')}"]["headline,none"]
            assert figure == expected(task, dataset, tmp_path, said), (task, model)


def test_inspect_gives_the_number_of_our_scorer(dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai", reason="the extra [eval] is not installed")
    from inspect_ai import eval as evaluate
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def output(messages: Any, tools: Any, choice: Any, config: Any) -> Any:
        made = ModelOutput.from_content("mockllm/model", reply(messages[-1].text))
        made.usage = ModelUsage()  # else Inspect counts tokens with a vocabulary that it downloads
        return made

    arguments = {"data": str(dataset), "split": "train"}
    # By the name that the entry point registers.
    names = [f"arguendo/{task.replace('-', '_')}" for task in PROMPTED]
    logs = evaluate(
        names,
        task_args=arguments,
        model=get_model("mockllm/model", custom_outputs=output),
        log_dir=str(tmp_path / "logs"),
        display="none",
    )
    assert [log.status for log in logs] == ["success"] * len(PROMPTED)
    for log in logs:
        task = log.eval.task.rpartition("/")[2].replace("_", "-")
        assert log.results
        [found] = log.results.scores
        assert found.metrics["headline"].value == expected(task, dataset, tmp_path), task


def test_definitions_of_the_harness_travel_in_the_package() -> None:
    folder = Path(__file__).parents[1] / "src" / "arguendo" / "harness" / "lm_eval"
    assert sorted(path.stem.replace("_", "-") for path in folder.glob("*.yaml")) == sorted(PROMPTED)
