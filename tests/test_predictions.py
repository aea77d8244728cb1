"""Predictions files of every task: whatever is wrong comes at once, with its line, and no score."""

import json
from pathlib import Path
from typing import Any

import pytest

from arguendo import score
from arguendo.baselines import BASELINES
from arguendo.benchmark import VERSIONS, run_baseline
from arguendo.cli import main
from arguendo.errors import CorpusError, UsageError
from arguendo.files import to_jsonl
from arguendo.release import read_config
from arguendo.tasks import OUTPUTS, TASKS

EMPTY: dict[str, Any] = {
    "span-extraction": [],
    "sentence-roles": [],
    "rebuttal-linking": [],
    "argument-outcome": "accepted",
    "holding-disposition": "other",
}


def oracle(task: str, example: dict[str, Any]) -> dict[str, Any]:
    key = OUTPUTS[task]
    return {"id": example["id"], key: example["answers" if key == "ranking" else key]}


def headline(task: str, lines: list[dict[str, Any]], dataset: Path, folder: Path) -> float | None:
    path = folder / "predictions.jsonl"
    path.write_bytes(to_jsonl(lines))
    value: float | None = score(task, path, dataset, "train")["headline"]["value"]
    return value


@pytest.mark.parametrize("task", TASKS)
def test_the_oracle_gets_all_and_a_system_that_says_nothing_gets_nothing(
    task: str, dataset: Path, tmp_path: Path
) -> None:
    examples = read_config(dataset, task, "train")
    assert headline(task, [oracle(task, example) for example in examples], dataset, tmp_path) == 1
    nothing = [{"id": example["id"], OUTPUTS[task]: EMPTY[task]} for example in examples]
    found = headline(task, nothing, dataset, tmp_path)
    assert found is not None
    assert found < 0.2


@pytest.mark.parametrize(("task", "name"), [(t, n) for t, names in BASELINES.items() for n in names])
def test_a_baseline_predicts_every_example_the_same_each_time_and_never_looks_at_answers(
    task: str, name: str, dataset: Path, tmp_path: Path
) -> None:
    run = run_baseline(task, name, dataset, "train")
    assert headline(task, run.predictions, dataset, tmp_path) is not None
    assert run_baseline(task, name, dataset, "train").predictions == run.predictions
    examples = read_config(dataset, task, "train")
    baseline = BASELINES[task][name](task)
    baseline.fit(examples, [])
    key = "answers" if task == "rebuttal-linking" else OUTPUTS[task]
    blind = [{**each, key: EMPTY[task]} for each in examples]
    assert baseline.predict(blind) == baseline.predict(examples)


def test_all_problems_of_a_file_come_at_once_with_their_lines(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = read_config(dataset, "holding-disposition", "train")
    lines = [json.dumps(oracle("holding-disposition", example)) for example in examples]
    lines[0] = lines[0].replace("{", '{"dataset": "0.0.0", ', 1)
    lines[1] = '{"id": NaN}'
    lines[2] = "not JSON"
    lines[3] = lines[4]
    lines[5] = json.dumps({"id": examples[5]["id"], "disposition": "guilty"})
    lines[6] = json.dumps({**oracle("holding-disposition", examples[6]), "task": "sentence-roles"})
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    command = ["score", "holding-disposition", str(path), "--data", str(dataset), "--split", "train"]
    assert main(command) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    for number, code in (
        (1, "prediction-version"),
        (2, "json"),
        (3, "json"),
        (5, "prediction-double"),
        (6, "schema"),
        (7, "prediction-task"),
    ):
        assert any(f"mine.jsonl:{number}" in line and code in line for line in shown.err.splitlines()), code
    assert f"no line for {examples[1]['id']!r}" in shown.err


def test_problems_are_in_the_order_of_their_lines(dataset: Path, tmp_path: Path) -> None:
    examples = read_config(dataset, "sentence-roles", "train")
    path = tmp_path / "mine.jsonl"
    path.write_text("{\n" * 11 + json.dumps(oracle("sentence-roles", examples[0])), "utf-8")
    with pytest.raises(CorpusError) as caught:
        score("sentence-roles", path, dataset, "train")
    places = [problem.where for problem in caught.value.problems if problem.code == "json"]
    assert [place.split(":")[1] for place in places] == [str(number) for number in range(1, 12)]


def test_predictions_for_something_else_are_told_as_such_and_not_line_by_line(
    dataset: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    for lines in ("", '{"id": "elsewhere/s0", "labels": []}\n' * 200):
        path.write_text(lines, "utf-8")
        with pytest.raises(CorpusError, match="no line that was read is for any of the") as caught:
            score("sentence-roles", path, dataset, "train")
        assert caught.value.problems[0].where == str(path)
        assert len(caught.value.problems) < 20


@pytest.mark.parametrize("rows", [["a,Hello there.,X", "a,Bye now.,Y"], ["a,Hello there.,X"]])
def test_a_table_in_which_no_word_comes_twice_is_learnt_from(
    rows: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("\n".join(["document,sentence,label", *rows]), "utf-8")
    assert main(["baseline", "sentence-roles", "tfidf-svm", "--train", str(path), "--test", str(path)]) == 0
    assert "accuracy, all" in capsys.readouterr().out


@pytest.mark.parametrize("task", TASKS)
def test_figures_of_every_task_are_printed(
    task: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(to_jsonl([oracle(task, each) for each in read_config(dataset, task, "train")]))
    assert main(["score", task, str(path), "--data", str(dataset), "--split", "train"]) == 0
    assert "1.000" in capsys.readouterr().out


def test_rankings_name_candidates_and_spans_lie_in_the_text(dataset: Path, tmp_path: Path) -> None:
    links = read_config(dataset, "rebuttal-linking", "train")
    wrong = [{"id": example["id"], "ranking": ["a99"]} for example in links]
    with pytest.raises(CorpusError) as caught:
        headline("rebuttal-linking", wrong, dataset, tmp_path)
    assert {problem.code for problem in caught.value.problems} == {"prediction-candidate"}


def test_a_file_beyond_the_limit_is_not_read(dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(UsageError, match="at most 200 MB"):
        score("span-extraction", path, dataset, "train")


def test_lines_of_the_baselines_say_what_they_were_made_for(dataset: Path) -> None:
    for line in run_baseline("argument-outcome", "majority", dataset, "train").predictions:
        assert {name: line[name] for name in ("task", *VERSIONS)} == {"task": "argument-outcome", **VERSIONS}


TABLE = "document,sentence,label\n" + "".join(
    f'{d},"{words} {n}, said the {d}",{label}\n'
    for d in ("one", "two", "three")
    for n in range(12)
    for words, label in (
        ("The rent was paid on day", "Fact"),
        ("We hold that claim", "Ruling"),
        ("See page", ""),
    )
)


@pytest.mark.parametrize("name", ["tfidf-svm", "sentence-crf"])
def test_an_outside_corpus_is_learnt_and_scored_with_one_command(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    rows = [
        {"document": document, "sentence": f"{words} {n}, said the {document}", "label": label}
        for document in ("x", "y")
        for n in range(12)
        for words, label in (
            ("The rent was paid on day", "Fact"),
            ("We hold that claim", ["Ruling"]),
            ("See page", None),
        )
    ]
    (tmp_path / "b.jsonl").write_bytes(to_jsonl(rows))
    tables = ["--train", str(tmp_path / "a.csv"), "--test", str(tmp_path / "b.jsonl")]
    assert main(["baseline", "sentence-roles", name, *tables, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["scores"]["F1"]["macro"]["value"] == 1
    assert set(result["scores"]["F1"]) == {"macro", "micro", "Fact", "Ruling"}
    assert (result["opinions"], result["examples"]) == (2, 72)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("document,sentence\na,b\n", "a.csv:2: error table-row: has no label"),
        (
            "document,sentence,label\na,b,\nc,d,\na,e,\n",
            "a.csv:4: error table-order: document 'a' begins again",
        ),
        ('document,sentence,label\na,"b"c,\n', "a.csv:2: error table-csv"),
        ("", "table-empty"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(
    table: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table, "utf-8")
    assert main(["baseline", "sentence-roles", "tfidf-svm", "--train", str(path), "--test", str(path)]) == 1
    assert said in capsys.readouterr().err
