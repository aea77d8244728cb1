"""`arguendo publish` and `arguendo diff`: a built dataset onto the Hub, and what changed between two."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arguendo.cli.benchmark import DATASET
from arguendo.cli.commands import working_store


def add_commands(
    add: Callable[..., argparse.ArgumentParser], build: Callable[[argparse.Namespace], int]
) -> None:
    command = add(
        "publish",
        _publish,
        "build the dataset and publish it on the Hugging Face Hub",
        "publish organisation/arguendo --dry-run",
    )
    command.add_argument("repo", metavar="ORG/NAME", help="the dataset repository; made if it is not there")
    command.add_argument("--out", type=Path, default=DATASET, metavar="DIR", help="where to build")
    command.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    command.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument("--private", action="store_true", help="make a new repository private")
    command.add_argument(
        "--revision", default="main", metavar="BRANCH", help="another one than main is a draft and has no tag"
    )
    command.set_defaults(build=build)

    command = add(
        "diff",
        _diff,
        "what changed between two built datasets",
        "diff build/published build/dataset",
    )
    command.add_argument("old", type=Path, metavar="OLD")
    command.add_argument("new", type=Path, metavar="NEW")
    command.add_argument("--json", action="store_true")


def _publish(arguments: argparse.Namespace) -> int:
    from arguendo.dataset_record import read_dataset_record, touched_files
    from arguendo.errors import misuse, refuse
    from arguendo.hub import MAIN, Hub
    from arguendo.publish import plan, unfit, unpublishable

    repo, folder, branch = arguments.repo, arguments.out, arguments.revision
    hub = Hub(repo)
    store = working_store()
    refuse(unfit(store, folder))
    hub.check_right()
    arguments.build(arguments)
    record = read_dataset_record(folder)
    version = record["dataset"]
    published = hub.published(branch, tag=version)
    if arguments.private and published.exists and not published.private:
        raise misuse(repo, "it is there and public", "Make it private in its settings, or drop --private")
    refuse(unpublishable(folder, record, published, repo))
    change = plan(folder, published.files)
    _show(arguments, record, published, change)
    # A version is what main was tagged with; a draft may still change.
    untagged = branch == MAIN and published.tagged is None
    if not change and published.has_branch and not untagged:
        print(f"{repo}: nothing to publish")
        return 0
    if arguments.dry_run:
        return 0
    if not arguments.yes and not _confirmed(repo):
        print(f"{repo}: nothing was sent")
        return 1
    # The answer may have taken its time.
    refuse(touched_files(folder))
    hub.prepare(branch, arguments.private, published)
    commit = published.commit or ""
    if change:
        put, message = [*change.added, *change.changed], (f"Dataset {version}", _built_from(store.root))
        commit = hub.commit(folder, put, change.removed, branch, published.commit, message)
    if untagged:
        hub.tag(version, commit)
    print(f"{repo}: dataset {version} is published, commit {commit[:12]} of {branch}")
    return 0


def _built_from(root: Path) -> str:
    from arguendo.publish import source_commit

    return f"Built from commit {source_commit(root)}."


def _show(arguments: argparse.Namespace, record: Any, published: Any, change: Any) -> None:
    """What would change."""
    from arguendo.publish import count_lines

    private = published.private if published.exists else arguments.private
    state = f"{'' if published.exists else 'new, '}{'private' if private else 'public'}"
    print(f"\n{arguments.repo} ({state}), branch {arguments.revision}")
    old = published.record or {}
    for name in ("dataset", "scorer", "guidelines"):
        was = old.get(name, "none")
        print(f"{name} {record[name]}" if was == record[name] else f"{name} {was} → {record[name]}")
    for line in count_lines(published.record, record):
        print(line)
    for what in ("added", "changed", "removed"):
        for path in getattr(change, what):
            # Names of what is removed come from the Hub.
            print(f"{what:<8} {path if path.isprintable() else ascii(path)}")


def _confirmed(repo: str) -> bool:
    from arguendo.errors import misuse

    if not sys.stdin.isatty():
        raise misuse("arguendo publish", "there is no terminal to ask on", "Give --yes")
    try:
        return input(f"Publish this to {repo}? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _diff(arguments: argparse.Namespace) -> int:
    from arguendo.diff import difference, render, to_record

    found = difference(arguments.old, arguments.new)
    if arguments.json:
        print(json.dumps(to_record(found), ensure_ascii=False, indent=2))
    else:
        print(render(found), end="")
    return 0
