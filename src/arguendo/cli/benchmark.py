"""`arguendo baseline`, `score` and `report`: systems on the tasks of a built dataset."""

import argparse
import difflib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arguendo.cli.commands import working_store

DATASET = Path("build/dataset")
PREDICTIONS = Path("build/predictions")
PAGES = Path("build/pages")
REPORT = PAGES / "benchmark.html"
STORED = Path("benchmark")


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "baseline",
        _baseline,
        "train a baseline on the train split and run it on another",
        "baseline span-extraction sentence-crf --split validation",
    )
    command.add_argument("task", metavar="TASK")
    command.add_argument("name", metavar="NAME")
    _add_data(command)
    command.add_argument("--out", type=Path, metavar="FILE")
    command.add_argument("--model", metavar="MODEL", help="of sentence-embeddings and fine-tuned")
    tables = command.add_argument_group(
        "an outside corpus", "sentence-roles of tables (CSV or JSONL) with document, sentence, label"
    )
    for name, what in (("train", "to learn from"), ("validation", "to choose by"), ("test", "to score on")):
        tables.add_argument(f"--{name}", type=Path, metavar="TABLE", help=what)
    tables.add_argument("--json", action="store_true", help="figures as JSON")

    command = add("score", _score, "score a predictions file", "score span-extraction predictions.jsonl")
    command.add_argument("task", metavar="TASK")
    command.add_argument("predictions", type=Path, metavar="PREDICTIONS")
    _add_data(command)
    command.add_argument("--json", action="store_true")

    command = add("report", _report, "figures of the corpus, and the leaderboards as a page", "report")
    command.add_argument("--data", type=Path, default=DATASET, metavar="DIR")
    stored = "answers and predictions to score"
    command.add_argument("--stored", type=Path, default=STORED, metavar="DIR", help=stored)
    command.add_argument("--json", action="store_true")


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATASET, metavar="DIR")
    command.add_argument("--split", choices=("train", "validation", "test"), default="test")
    command.add_argument(
        "--moot", action="store_true", help="on the made-up opinions, which need no fetching"
    )


def _baseline(arguments: argparse.Namespace) -> int:
    from arguendo.baselines import BASELINES, CHALLENGE_SYSTEMS, NEURAL
    from arguendo.benchmark import run_baseline, run_challenge
    from arguendo.card import CHALLENGE, moot_config
    from arguendo.errors import misuse
    from arguendo.files import to_jsonl, write_atomically

    known = _choose({**BASELINES, CHALLENGE: CHALLENGE_SYSTEMS}, arguments.task, "task with a baseline")
    if arguments.task == CHALLENGE:
        name = arguments.name
        if arguments.split != "test" or arguments.moot or arguments.model or arguments.train:
            raise misuse("arguendo baseline", "the challenge has one split and no options", "Leave them out")
        _choose(known, name, "system for the challenge")
        path = arguments.out or PREDICTIONS / CHALLENGE / "test" / f"{name}.jsonl"
        answers = run_challenge(name, arguments.data)
        write_atomically(path, to_jsonl(answers))
        print(f"{path}: {len(answers)} predictions")
        return 0
    neural = NEURAL.get(arguments.task, {})
    _choose(known | neural, arguments.name, "baseline")
    if (arguments.name in neural) != (arguments.model is not None):
        which = ", ".join(neural) or "no baseline of this task"
        raise misuse(
            "arguendo baseline",
            f"--model is for {which}, and needed there",
            "Name a folder, or a model on the Hub",
        )
    if arguments.train or arguments.test or arguments.validation:
        if arguments.task != "sentence-roles" or not arguments.train or not arguments.test:
            hint = "Give --train and --test (and --validation) with sentence-roles"
            raise misuse("arguendo baseline", "tables are for sentence-roles, two at least", hint)
        return _outside(arguments)
    task, split, moot = arguments.task, arguments.split, arguments.moot
    run = run_baseline(task, arguments.name, arguments.data, split, moot=moot, model=arguments.model)
    folder = PREDICTIONS / (moot_config(task) if moot else task) / split
    path = arguments.out or folder / f"{arguments.name}.jsonl"
    write_atomically(path, to_jsonl(run.predictions))
    print(f"{path}: {len(run.predictions)} predictions, {_took(run)}")
    return 0


def _outside(arguments: argparse.Namespace) -> int:
    """A baseline on tables of an outside corpus, scored at once."""
    from arguendo.benchmark import fit_and_predict, make_baseline
    from arguendo.files import to_jsonl, write_atomically
    from arguendo.report import render, scores_table
    from arguendo.scorer import score_labels
    from arguendo.sentence_table import read_sentence_table

    train, test = read_sentence_table(arguments.train), read_sentence_table(arguments.test)
    validation = read_sentence_table(arguments.validation) if arguments.validation else []
    baseline = make_baseline(arguments.task, arguments.name, arguments.model)
    run = fit_and_predict(baseline, train, validation, test)
    labels = sorted({label for example in (*train, *test) for label in example["labels"]})
    result = score_labels(test, run.predictions, labels)
    if arguments.out:
        write_atomically(arguments.out, to_jsonl(run.predictions))
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(render(scores_table(arguments.name, result)), end="")
        print(f"{len(train):,} sentences to learn from, {len(test):,} to score on; {_took(run)}")
    return 0


def _took(run: Any) -> str:
    return f"fit {run.fit:.1f} s, predict {run.predict:.1f} s"


def _score(arguments: argparse.Namespace) -> int:
    from arguendo.benchmark import read_predictions, score
    from arguendo.card import CHALLENGE
    from arguendo.challenge import score_by_phenomenon
    from arguendo.release import read_config
    from arguendo.report import phenomena_table, render, scores_table

    if arguments.task == CHALLENGE:
        rows = read_config(arguments.data, CHALLENGE, "test")
        answers = read_predictions(arguments.predictions, CHALLENGE, rows)
        found = score_by_phenomenon(rows, answers)
        if arguments.json:
            print(json.dumps([asdict(each) for each in found], indent=2))
        else:
            print(phenomena_table({arguments.predictions.stem: found}))
        return 0
    result = score(arguments.task, arguments.predictions, arguments.data, arguments.split, arguments.moot)
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(render(scores_table(arguments.predictions.stem, result)), end="")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from arguendo import load
    from arguendo.benchmark import read_measured, stored_boards, stored_challenge
    from arguendo.challenge import examples
    from arguendo.errors import misuse
    from arguendo.files import write_atomically
    from arguendo.pages import benchmark_page, challenge_page
    from arguendo.release import configs, splits
    from arguendo.report import (
        boards_markdown,
        corpus_figures,
        figures_table,
        phenomena_table,
        render,
        standings,
    )

    store = working_store()
    opinions = [store.read_opinion(opinion_id) for opinion_id in store.opinion_ids()]
    golds = [store.read_gold(path) for path in store.gold_paths()]
    figures = corpus_figures(opinions, golds)
    if elsewhere := {gold.opinion for gold in golds} - {opinion.id for opinion in opinions}:
        figures["gold whose text is not here (arguendo fetch)"] = len(elsewhere)
    figures["problems"] = len(store.problems())
    figures["rows"] = {
        f"{name}/{split}": len(load(arguments.data, name, split))
        for name in configs(arguments.data)
        for split in splits(arguments.data, name)
    }
    if not arguments.stored.is_dir():
        raise misuse(
            str(arguments.stored), "no such folder", "Give --stored the folder of stored predictions"
        )
    boards = stored_boards(arguments.stored)
    if arguments.json:
        scores = {
            f"{board.task}, {board.split}": {entry.system: entry.result for entry in board.entries}
            for board in boards
        }
        print(json.dumps({**figures, "scores": scores}, ensure_ascii=False, indent=2))
        return 0
    runtimes, curve = read_measured(arguments.stored)
    pairs = store.read_challenge()
    challenge = stored_challenge(arguments.stored, examples(pairs))
    against = worst_pages(arguments.stored, boards, opinions, golds)
    for opinion_id, page in against.items():
        write_atomically(PAGES / "against" / f"{opinion_id}.html", page.encode())
    links = {opinion_id: f"against/{opinion_id}.html" for opinion_id in against}
    write_atomically(REPORT, benchmark_page(boards, runtimes, curve, links, challenge).encode())
    write_atomically(REPORT.with_suffix(".md"), boards_markdown(boards, runtimes, curve, challenge).encode())
    if pairs:
        write_atomically(PAGES / "challenge.html", challenge_page(pairs, challenge).encode())
    table = figures_table(figures)
    table.append(("dataset", str(arguments.data)))
    table += [("page", str(path)) for path in sorted(PAGES.glob("*.html"))]
    print(render(table))
    for board in boards:
        if board.split == "test":
            print(f"{board.task} (test)\n{standings(board, runtimes)}\n")
    if challenge:
        print(f"challenge (pairs right in both versions)\n{phenomena_table(challenge)}")
    return 0


def worst_pages(stored: Path, boards: Any, opinions: Any, golds: Any) -> dict[str, str]:
    """Pages of gold beside prediction, by opinion: those that the best span extractor does worst."""
    from arguendo.benchmark import predictions_path, read_answers, read_predictions
    from arguendo.pages import prediction_page

    by_id = {opinion.id: opinion for opinion in opinions}
    gold_of = {gold.opinion: gold for gold in golds}
    pages = {}
    for board in boards:
        if board.task != "span-extraction" or board.split != "test" or not board.entries:
            continue
        system = board.entries[0].system
        answers = read_answers(stored, board.task, board.split)
        lines = read_predictions(
            predictions_path(stored, board.task, board.split, system), board.task, answers
        )
        spans = {line["id"]: [(s["label"], s["start"], s["end"]) for s in line["spans"]] for line in lines}
        for opinion_id, _ in board.worst:
            if opinion_id in by_id and opinion_id in gold_of:
                opinion, gold = by_id[opinion_id], gold_of[opinion_id]
                pages[opinion_id] = prediction_page(opinion, gold, spans[opinion_id], system)
    return pages


def _choose(known: Any, name: str, what: str) -> Any:
    """The entry called `name`, or an error that says what was perhaps meant."""
    from arguendo.errors import misuse

    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}"
        raise misuse("arguendo", f"no {what} is called {name!r}", hint)
    return known[name]
