"""What must hold before a dataset is published, and what a build changes in what is published."""

import hashlib
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from arguendo.dataset_record import RECORD_FILE, SCORER_FILES, touched_files
from arguendo.errors import Problem, misuse
from arguendo.hub import Published
from arguendo.records import Record
from arguendo.store import Store

SOURCES = ("corpus", "annotations", "benchmark", "schema", "src")
"""The folders of a checkout that a build comes from."""
# Made by the Hub in every repository.
_OF_THE_HUB = (".gitattributes",)
_SHOWN = 5
_WHERE = "arguendo publish"


# --- before anything is built ------------------------------------------------------------------


def unfit(store: Store, folder: Path) -> Iterator[Problem]:
    """Why the corpus of a checkout is not fit to be published, or the folder to be built anew.

    Raises:
        UsageError: this is no git checkout.
    """
    if (folder / RECORD_FILE).is_file():
        yield from touched_files(folder)
    if dirty := uncommitted(store.root):
        message = f"changes that are not committed: {_some(dirty)}"
        yield Problem(_WHERE, "uncommitted", message, "Commit them, or put them away with git stash")
    golden = {path.stem for path in store.gold_paths()}
    if absent := sorted(golden - {*store.opinion_ids()}):
        message = f"gold without its text here: {_some(absent)}"
        yield Problem(str(store.fetched), "text-missing", message, "Run: arguendo fetch")
    if single := sorted(golden - store.moot_ids() - read_twice(store)):
        message = f"no round has two annotators of {_some(single)}, so there is no agreement to report"
        yield Problem(str(store.rounds), "agreement-missing", message, "Let a second one annotate them")


def read_twice(store: Store) -> set[str]:
    """Ids of the opinions that two or more annotators of one round have read."""
    readers = defaultdict(set)
    for path in store.annotation_paths():
        readers[path.parts[-3], path.stem].add(path.parts[-2])
    return {opinion for (_, opinion), annotators in readers.items() if len(annotators) > 1}


def uncommitted(root: Path) -> list[str]:
    """Files of the folders `SOURCES` that are not as in the last commit, sorted; none that git ignores."""
    status = _git(
        root, "status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--", *SOURCES
    )
    return sorted(entry[3:] for entry in status.split("\0") if entry)


def source_commit(root: Path) -> str:
    """The commit of the checkout."""
    return _git(root, "rev-parse", "HEAD").strip()


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=True, text=True, encoding="utf-8"
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        hint = "Publish from a clone of the repository, with git installed"
        raise misuse(_WHERE, "this is no git checkout with a commit", hint) from None
    return done.stdout


# --- against what is published -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """The paths that one commit adds, changes and removes; each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def plan(folder: Path, files: Mapping[str, str] | None) -> Plan:
    """What makes the published `files` (see `Published`) those of a folder."""
    here = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    there = {path: id for path, id in (files or {}).items() if path not in _OF_THE_HUB}
    return Plan(
        added=tuple(sorted(here.keys() - there.keys())),
        changed=tuple(sorted(p for p in here.keys() & there.keys() if there[p] not in _ids(here[p]))),
        removed=tuple(sorted(there.keys() - here.keys())),
    )


def _ids(path: Path) -> tuple[str, str]:
    """What the Hub calls a file's content: git's blob id, or the SHA-256."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), hashlib.sha256(data).hexdigest()


def unpublishable(folder: Path, record: Record, published: Published, repo: str) -> Iterator[Problem]:
    """Why a build (`folder`, with its `record`) cannot follow what is published."""
    old = published.record
    if old and old["scorer"] == record["scorer"] and old["scorer_sha256"] != record["scorer_sha256"]:
        message = f"the scorer published as {old['scorer']} is not the one here"
        hint = f"Raise SCORER_VERSION in src/arguendo/scorer.py, or restore {', '.join(SCORER_FILES)}"
        yield Problem(repo, "scorer-version", message, hint)
    if published.tagged is not None and plan(folder, published.tagged):
        message = f"dataset {record['dataset']} is published, with other content"
        yield Problem(repo, "dataset-version", message, "Raise DATASET_VERSION in src/arguendo/card.py")


def count_lines(old: Record | None, new: Record) -> list[str]:
    """Rows and labels of each config and split whose numbers differ from those published, one line each."""
    before, after = _counts(old), _counts(new)
    lines = []
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place, {}), after.get(place, {})
        moved = [
            f"{name} {was.get(name, 0):,} → {now.get(name, 0):,}"
            for name in dict.fromkeys((*now, *was))
            if was.get(name, 0) != now.get(name, 0)
        ]
        if moved:
            lines.append(f"{place}: {', '.join(moved)}")
    return lines


def _counts(record: Record | None) -> dict[str, dict[str, int]]:
    return {
        f"{each['config']}/{each['split']}": {
            "rows": each["rows"],
            **{label["label"]: label["count"] for label in each["labels"]},
        }
        for each in (record["splits"] if record else ())
    }


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
