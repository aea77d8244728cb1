"""`arguendo site`: the corpus, the agreement and the leaderboards as a site of static pages."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from arguendo.cli.agree import read_doubles
from arguendo.cli.benchmark import STORED, worst_pages
from arguendo.cli.commands import working_store

SITE = Path("build/site")


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, default=SITE, metavar="DIR", help=f"default: {SITE}")
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    from arguendo.errors import misuse, refuse

    out: Path = arguments.out
    if out.exists() and not _is_site(out):
        raise misuse(str(out), "this is something else than a site", "Give another --out")
    store = working_store()
    refuse(store.problems())
    contents = _contents(store)
    try:
        files = _write(out, contents)
    except ImportError as error:
        raise misuse("arguendo site", f"needs {error.name}", "Run: pip install 'arguendo[label]'") from None
    here = {held.opinion.id for held in contents.opinions}
    if elsewhere := {path.stem for path in store.gold_paths()} - here:
        print(f"left out, because their text is not here (arguendo fetch): {', '.join(sorted(elsewhere))}")
    print(f"{len(here)} opinions, {len(contents.rounds)} rounds of agreement, {files} files")
    print(out / "index.html")
    return 0


def _contents(store: Any) -> Any:
    """All that the site shows, read from the checkout."""
    from arguendo.benchmark import read_measured, stored_boards, stored_challenge
    from arguendo.challenge import examples
    from arguendo.files import read_text
    from arguendo.pages.site import Contents, Held

    golds = {gold.opinion: gold for gold in map(store.read_gold, store.gold_paths())}
    moot = store.moot_ids()
    # The made-up ones are last, so that they do not stand among the real ones.
    ids = sorted(store.opinion_ids(), key=lambda opinion_id: (opinion_id in moot, opinion_id))
    opinions = [Held(store.read_opinion(each), golds.get(each), each in moot) for each in ids]
    boards = stored_boards(STORED)
    pairs = store.read_challenge()
    return Contents(
        opinions=opinions,
        guidelines=read_text(store.guidelines),
        annotators=store.read_annotators(),
        kept=store.read_agreement(),
        rounds=_rounds(store),
        boards=boards,
        **read_measured(STORED)._asdict(),
        pairs=pairs,
        challenge=stored_challenge(STORED, examples(pairs)),
        against=worst_pages(STORED, boards, [held.opinion for held in opinions], golds.values()),
    )


def _rounds(store: Any) -> list[Any]:
    """The rounds of which opinions with two annotators are here, each with its figures."""
    from arguendo.agreement import agreement
    from arguendo.annotation import GOLD
    from arguendo.pages.site import Round

    names = sorted({path.parts[-3] for path in store.annotation_paths()})
    with_gold = {name for name, kept in store.read_agreement().items() if GOLD in kept["annotators"]}
    found = {name: read_doubles(store, [name], gold=name in with_gold)[0] for name in names}
    return [Round(name, agreement(doubles), doubles) for name, doubles in found.items() if doubles]


def _write(out: Path, contents: Any) -> int:
    """Write the folder of the site, whole or not at all; returns how many files it has."""
    from arguendo.files import replace_folder
    from arguendo.pages.site import site_files

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".new-") as made:
        fresh = Path(made) / "site"
        count = 0
        for name, words in site_files(contents):
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(words.encode())
            count += 1
        replace_folder(out, fresh)
    return count


def _is_site(folder: Path) -> bool:
    from arguendo.pages.site import INDEX

    return folder.is_dir() and ((folder / INDEX).is_file() or not any(folder.iterdir()))
