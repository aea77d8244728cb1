"""`arguendo agree`: how far the annotators of a round agree, and where they do not."""

import argparse
import json
from pathlib import Path
from typing import Any

from arguendo.cli.commands import working_store

PAGE = Path("build/pages/agreement.html")


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--round", action="append", metavar="ROUND", help="default: all rounds")
    command.add_argument("--annotators", metavar="A,B", help="these alone")
    command.add_argument("--out", type=Path, default=PAGE, metavar="FILE", help=f"the page; default: {PAGE}")
    command.add_argument(
        "--gold", action="store_true", help="with gold as one more annotator: how a new one fares"
    )
    command.add_argument("--json", action="store_true")
    command.add_argument(
        "--keep", action="store_true", help="the figures of one round, in annotations/agreement/"
    )
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    from arguendo.agreement import GAMMA, agreement
    from arguendo.annotation import GOLD
    from arguendo.errors import fail, misuse
    from arguendo.files import write_atomically
    from arguendo.pages import agreement_page

    store = working_store()
    annotators = arguments.annotators.split(",") if arguments.annotators else None
    paths = store.annotation_paths()
    _known("--round", arguments.round, {path.parts[-3] for path in paths})
    _known("--annotators", annotators, {path.parts[-2] for path in paths})
    doubles, missing = read_doubles(store, arguments.round, annotators, arguments.gold)
    if not doubles and not missing:
        hint = "Name rounds and annotators that share an opinion; one alone cannot agree"
        raise fail(str(store.rounds), "agreement", "no opinion has two annotators", hint)
    if not doubles:
        raise fail(str(store.rounds), "agreement", "none of their texts is here", "Run: arguendo fetch")
    result = agreement(doubles)
    if arguments.keep:
        rounds = [each for each in result["rounds"] if each != GOLD]
        if missing or len(rounds) != 1 or GAMMA not in result["figures"]:
            hint = "Name one round, fetch its opinions, and install arguendo[gamma]"
            raise misuse("arguendo agree", "only all figures of one whole round are kept", hint)
        print(store.write_agreement(rounds[0], result))
        return 0
    if arguments.json:
        print(json.dumps({**result, "without text here": missing}, ensure_ascii=False, indent=2))
        return 0
    print(f"{result['opinions']} opinions, annotators {', '.join(result['annotators'])}")
    if missing:
        print(f"left out, because their text is not here (arguendo fetch): {', '.join(missing)}")
    for measure, by_name in result["figures"].items():
        for name, figure in by_name.items():
            value = "undefined" if figure["value"] is None else f"{figure['value']:.3f}"
            interval = " [{:.3f}, {:.3f}]".format(*figure["interval"]) if figure["interval"] else ""
            print(f"{measure:<31} {name:<20} {value}{interval}  n {figure['n']:,}")
    print(result["interval"])
    if GAMMA not in result["figures"]:
        print("γ is left out: it needs SciPy (pip install 'arguendo[gamma]')")
    write_atomically(arguments.out, agreement_page(result, doubles).encode())
    print(arguments.out)
    return 0


def _known(option: str, given: list[str] | None, known: set[str]) -> None:
    from arguendo.errors import misuse

    if unknown := sorted({*(given or [])} - known):
        hint = f"Known: {', '.join(sorted(known)) or 'none; run this in a checkout of the repository'}"
        raise misuse(option, f"no annotation is of {', '.join(unknown)}", hint)


def read_doubles(
    store: Any, rounds: list[str] | None = None, annotators: list[str] | None = None, gold: bool = False
) -> tuple[list[Any], list[str]]:
    """Opinions with two or more readings, and those of which the text is not here; None takes all.

    With `gold`, the gold of an opinion that anybody has read is one more reading.
    """
    from arguendo.agreement import Double
    from arguendo.annotation import GOLD
    from arguendo.errors import fail

    by_opinion: dict[str, dict[str, Any]] = {}
    for path in store.annotation_paths():
        round, annotator, opinion = path.parts[-3], path.parts[-2], path.stem
        if (rounds and round not in rounds) or (annotators and annotator not in annotators):
            continue
        readings = by_opinion.setdefault(opinion, {})
        if annotator in readings:
            message = f"{annotator} has read it in more than one round"
            raise fail(str(path), "agreement", message, "Name one round with --round")
        readings[annotator] = store.read_annotation(path)
    for path in store.gold_paths() if gold else ():
        if path.stem in by_opinion:
            by_opinion[path.stem][GOLD] = store.read_gold(path).as_annotation()
    several = {opinion: readings for opinion, readings in by_opinion.items() if len(readings) > 1}
    here = set(store.opinion_ids())
    missing = sorted(several.keys() - here)
    doubles = [
        Double(
            store.read_opinion(opinion), tuple(several[opinion][name] for name in sorted(several[opinion]))
        )
        for opinion in sorted(several.keys() & here)
    ]
    return doubles, missing
