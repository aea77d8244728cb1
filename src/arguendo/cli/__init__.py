"""The command line. Thin: parses, calls, prints. The only module that prints.

Exit codes: 0 done, 1 problems found in the data, 2 used wrongly.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from arguendo.cli import agree, benchmark, corpus, interchange, label, release, scale, site
from arguendo.cli.benchmark import DATASET, PAGES, STORED
from arguendo.cli.commands import adder, working_store


def run() -> NoReturn:
    """Entry point of the `arguendo` script."""
    sys.exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code and never shows a traceback for bad input."""
    # A text of any language may be printed, whatever the terminal's locale says.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    from arguendo.errors import CorpusError, UsageError

    try:
        code: int = arguments.command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`); Python's own flush at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except CorpusError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except OSError as error:
        message = f"error {error.strerror}. Check the path, its rights and the disk"
        print(f"{_place(error)}: {message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("arguendo: stopped", file=sys.stderr)
        return 130
    return code


# --- commands ----------------------------------------------------------------------------------


def _validate(arguments: argparse.Namespace) -> int:
    problems = working_store().problems(arguments.path)
    errors = sum(problem.severity == "error" for problem in problems)
    if arguments.json:
        names = ("where", "code", "severity", "message", "hint")
        _print_json([{name: getattr(problem, name) for name in names} for problem in problems])
    else:
        for problem in problems:
            print(problem)
        print(f"{errors} errors, {len(problems) - errors} warnings")
    return 1 if errors else 0


def _read(arguments: argparse.Namespace) -> int:
    from arguendo.drafts import numbered

    print(numbered(working_store().read_opinion(arguments.id)), end="")
    return 0


def _anchor(arguments: argparse.Namespace) -> int:
    from arguendo.drafts import anchor, parse_draft
    from arguendo.errors import refuse
    from arguendo.files import read_text
    from arguendo.records import annotation_to_record
    from arguendo.validate import annotation_findings, problem

    store = working_store()
    where = str(arguments.draft)
    draft = parse_draft(read_text(arguments.draft), where)
    opinion = store.read_opinion(draft["opinion"])
    annotation = anchor(draft, opinion, where)
    known = [annotator.id for annotator in store.read_annotators()]
    findings = annotation_findings(annotation_to_record(annotation), opinion.text, known)
    problems = [problem(where, finding) for finding in findings]
    for warning in [each for each in problems if each.severity == "warning"]:
        print(warning, file=sys.stderr)
    refuse(problems)
    path, fresh = store.write_annotation(annotation)
    counts = f"{len(annotation.spans)} spans, {len(annotation.relations)} relations"
    print(f"{path}: {'written' if fresh else 'unchanged'}, {counts}")
    return 0


def _adjudicate(arguments: argparse.Namespace) -> int:
    from arguendo.adjudicate import adjudicate, adjudication_from_record, open_cases, take_over
    from arguendo.errors import fail, misuse

    store = working_store()
    opinion = store.read_opinion(arguments.id)
    annotations = [store.read_annotation(path) for path in store.annotation_paths()]
    wanted = [
        each for each in annotations if each.opinion == opinion.id and arguments.round in (None, each.round)
    ]
    if not wanted:
        elsewhere = sorted({each.round for each in annotations if each.opinion == opinion.id})
        if elsewhere:
            message = f"nobody has annotated {opinion.id} in round {arguments.round!r}"
            raise misuse("--round", message, f"It was annotated in: {', '.join(elsewhere)}")
        message = f"nobody has annotated {opinion.id}"
        raise fail(str(store.rounds), "adjudication", message, "Annotate it first")
    if len({each.annotator for each in wanted}) < len(wanted):
        message = f"one annotator has annotated {opinion.id} in several rounds"
        raise fail(str(store.rounds), "adjudication", message, "Name one round with --round")
    record = store.read_adjudication(opinion.id)
    if arguments.open:
        where = str(store.adjudication_path(opinion.id))
        given = adjudication_from_record(record, where) if record else None
        _print_json(open_cases(wanted, opinion.text, given))
        return 0
    if len(wanted) == 1 and record is None:
        gold = take_over(wanted[0])
    elif record is None:
        names = ", ".join(f"{each.round}/{each.annotator}" for each in wanted)
        hint = f"Decide what they differ in: arguendo adjudicate {opinion.id} --open lists it"
        where = str(store.adjudication_path(opinion.id))
        raise fail(where, "adjudication", f"{names} have no decisions on their differences", hint)
    else:
        of_round = [each for each in wanted if each.round == record["round"]]
        where = str(store.adjudication_path(opinion.id))
        gold = adjudicate(of_round, opinion.text, adjudication_from_record(record, where))
    _refuse_broken(gold, opinion.text, store)
    path = store.write_gold(gold)
    print(f"{path}: {gold.status}, {len(gold.spans)} spans. {gold.record}")
    return 0


def _refuse_broken(gold: Any, text: str, store: Any) -> None:
    """Gold is not written with an error in it."""
    from arguendo.errors import refuse
    from arguendo.records import gold_to_record
    from arguendo.validate import gold_findings, problem

    raw = [each for origin in gold.origins for each in origin.raw]
    where = str(store.gold_path(gold.opinion))
    refuse(problem(where, finding) for finding in gold_findings(gold_to_record(gold), text, raw))


def _build(arguments: argparse.Namespace) -> int:
    from arguendo.benchmark import stored_boards
    from arguendo.errors import CorpusError, refuse
    from arguendo.release import build
    from arguendo.splits import NGRAM

    store = working_store()
    refuse(store.problems())
    opinions = [store.read_opinion(opinion_id) for opinion_id in store.opinion_ids()]
    here = {opinion.id for opinion in opinions}
    golds = [gold for path in store.gold_paths() if (gold := store.read_gold(path)).opinion in here]
    annotations = [store.read_annotation(path) for path in store.annotation_paths() if path.stem in here]
    if elsewhere := {path.stem for path in (*store.annotation_paths(), *store.gold_paths())} - here:
        print(f"left out, because their text is not here (arguendo fetch): {', '.join(sorted(elsewhere))}")
    figures = store.read_agreement()
    moot = store.moot_ids()
    try:
        boards = stored_boards(STORED)
    except CorpusError as error:
        boards = []
        print(f"the card shows no baselines: {error.problems[0].message} (scripts/benchmark predicts again)")
    built = build(
        arguments.out,
        opinions,
        golds,
        annotations,
        store.read_annotators(),
        moot,
        store.read_challenge(),
        _measured(figures, boards, [gold for gold in golds if gold.opinion not in moot]),
        guidelines=store.guidelines_version(),
    )
    for name, by_split in built.rows.items():
        print(f"{name:<20}", ", ".join(f"{split} {count:,}" for split, count in by_split.items()))
    if not built.shared:
        print(f"leak check: no {NGRAM} words are in opinions of two splits")
    for most in built.shared[:1]:
        share = f"{most.share:.2%} of {NGRAM}-grams of words"
        print(f"leak check: across splits, {most.first} and {most.second} share most: {share}")
    print(arguments.out)
    return 0


def _measured(figures: Any, boards: Any, golds: Any) -> Any:
    """What the card shows of agreement and baselines, as far as it was measured."""
    from arguendo.card import Measured
    from arguendo.pictures import agreement_chart, label_chart, leaderboard_chart
    from arguendo.report import agreement_summary, boards_summary

    pictures = {"labels": label_chart(golds)}
    if figures:
        pictures["agreement"] = agreement_chart(figures)
    if boards:
        pictures["leaderboard"] = leaderboard_chart(boards)
    return Measured(
        agreement_summary(figures) if figures else "", boards_summary(boards) if boards else "", pictures
    )


def _view(arguments: argparse.Namespace) -> int:
    from arguendo.files import write_atomically
    from arguendo.pages import opinion_page

    store = working_store()
    opinion = store.read_opinion(arguments.id)
    gold = store.read_gold(store.gold_path(opinion.id))
    if arguments.against:
        path = arguments.out or PAGES / f"{opinion.id}.{arguments.against.stem}.html"
        page = _against(opinion, gold, arguments.against)
    else:
        path = arguments.out or PAGES / f"{opinion.id}.html"
        page = opinion_page(opinion, gold)
    write_atomically(path, page.encode())
    print(path)
    return 0


def _against(opinion: Any, gold: Any, predictions: Path) -> str:
    """Gold beside the spans that a predictions file has for an opinion."""
    from arguendo.benchmark import read_prediction
    from arguendo.pages import prediction_page

    line = read_prediction(predictions, opinion.id, len(opinion.text))
    spans = [(span["label"], span["start"], span["end"]) for span in line["spans"]]
    return prediction_page(opinion, gold, spans, predictions.stem)


# --- helpers -----------------------------------------------------------------------------------


def _place(error: OSError) -> str:
    """The path that an operating system's error is about, as the user knows it."""
    path = Path(error.filename2 or error.filename or "arguendo")
    # What is written stands in a temporary beside its target first.
    fresh = next((each for each in (path, *path.parents) if each.name.startswith(".new-")), None)
    return str(fresh.parent if fresh else path)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="arguendo", description="Argument, holding and rebuttal spans in US court opinions."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = adder(commands, "arguendo")
    opinion_id = "nysd.18-cv-02897.2018-10-22"
    corpus.add_commands(add)

    command = add(
        "validate", _validate, "check records against schema and rules", "validate annotations/gold"
    )
    command.add_argument("path", type=Path, nargs="*", metavar="PATH", help="default: the whole corpus")
    command.add_argument("--json", action="store_true")

    command = add("read", _read, "an opinion with the numbers of its sentences", f"read {opinion_id}")
    command.add_argument("id", metavar="ID")

    command = add(
        "anchor", _anchor, "a draft that quotes into an annotation with offsets", "anchor draft.toml"
    )
    command.add_argument("draft", type=Path, metavar="DRAFT")

    label.add_commands(add("label", None, "rounds of labelling in Label Studio", "label push --round r1"))

    scale.add_commands(
        add("scale", None, "convert and annotate millions of opinions", "scale run dump --out out")
    )

    agree.add_arguments(add("agree", None, "how far annotators agree", "agree --round r1"))

    command = add("adjudicate", _adjudicate, "raw annotations into gold", f"adjudicate {opinion_id}")
    command.add_argument("id", metavar="ID")
    command.add_argument("--round", help="take the annotations of this round alone")
    command.add_argument("--open", action="store_true", help="print what needs a decision, with its words")

    command = add(
        "build", _build, "the corpus into a Hugging Face dataset folder", "build --out build/dataset"
    )
    command.add_argument("--out", type=Path, default=DATASET, metavar="DIR")

    release.add_commands(add, _build)

    benchmark.add_commands(add)
    interchange.add_commands(add)

    site.add_arguments(add("site", None, "corpus and benchmark as a site of static pages", "site"))

    command = add("view", _view, "an opinion with its labels as a page", f"view {opinion_id}")
    command.add_argument("id", metavar="ID")
    what = "spans of a predictions file of span-extraction, gold beside them"
    command.add_argument("--against", type=Path, metavar="PREDICTIONS", help=what)
    command.add_argument("--out", type=Path, metavar="FILE")
    return parser
