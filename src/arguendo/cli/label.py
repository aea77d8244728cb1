"""`arguendo label …`: rounds of labelling on a Label Studio server."""

import argparse
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from arguendo.cli.commands import adder, working_store

LOCAL_TOKEN = Path(".label-studio/token")
URL = "http://127.0.0.1:8080"
_NO_DIGEST = ""


def add_commands(command: argparse.ArgumentParser) -> None:
    """The commands below `arguendo label`."""
    add = adder(command.add_subparsers(required=True, metavar="COMMAND"), "arguendo label")
    add("config", _config, "print the labelling config", "config > annotations/label_config.xml")
    up = add("up", _up, "make or check the round's project on a server", "up --round r1")
    down = add("push", _push, "opinions to the server, as tasks", "push --round r1 --predictions gold")
    down.add_argument("id", nargs="*", metavar="ID", help="default: all opinions")
    down.add_argument(
        "--predictions", metavar="LABELS", help="to start from: gold, ROUND/ANNOTATOR, or FILE.jsonl"
    )
    down.add_argument("--annotations", action="store_true", help="give the round's annotations to the server")
    pull = add("pull", _pull, "finished annotations into the round", "pull --round r1")
    pull.add_argument("--file", type=Path, metavar="EXPORT", help="a JSON export made by hand instead")
    pull.add_argument(
        "--annotator",
        action="append",
        default=[],
        metavar="N=ID",
        help="who user number N of the export is",
    )
    status = add("status", _status, "how far the annotators are", "status --round r1")
    status.add_argument("--json", action="store_true")
    for each in (up, down, pull, status):
        each.add_argument("--round", required=True, help="also the name of the project")
        each.add_argument("--url", default=os.environ.get("LABEL_STUDIO_URL", URL), help=f"default: {URL}")


def _config(arguments: argparse.Namespace) -> int:
    from arguendo.labelstudio.config import labelling_config

    print(labelling_config(), end="")
    return 0


def _up(arguments: argparse.Namespace) -> int:
    server = _server(arguments)
    number, made = server.set_up(_title(arguments), _instructions())
    print(f"{server.link(number)}: {'made' if made else 'there already'}")
    return 0


def _push(arguments: argparse.Namespace) -> int:
    from arguendo.errors import CorpusError
    from arguendo.labelstudio.server import push

    store = working_store()
    server = _server(arguments)
    number = _project(server, arguments)
    held = [path for path in store.annotation_paths() if path.parts[-3] == arguments.round]
    # What the round has was made by its own version of the guidelines, which need not be the latest.
    versions = {path.stem: store.read_annotation(path).guidelines for path in held}
    latest = store.guidelines_version()
    opinions = (store.read_opinion(each) for each in arguments.id or store.opinion_ids())
    counts = Counter[str]()
    try:
        for opinion, task, fresh in push(server, number, opinions, lambda id_: versions.get(id_, latest)):
            counts["new tasks" if fresh else "tasks there already"] += 1
            if arguments.predictions and (labels := _labels(store, arguments.predictions, opinion)):
                name = arguments.predictions
                counts["predictions"] += server.add_prediction(task, opinion, labels, name)
            for path in held if arguments.annotations else ():
                if path.stem == opinion.id:
                    annotation = store.read_annotation(path)
                    user = server.user(annotation.annotator)
                    counts["annotations"] += server.add_annotation(task, opinion, annotation, user)
            print(f"{server.link(number, task)}: {opinion.id}")
    except CorpusError as error:
        _print_problems(error.problems)
        return 1
    finally:
        print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing to push")
    return 0


def _pull(arguments: argparse.Namespace) -> int:
    from arguendo.labelstudio.exports import annotations_of
    from arguendo.labelstudio.server import changed_tasks

    store = working_store()
    record = store.read_round(arguments.round)
    known = [annotator.id for annotator in store.read_annotators()]
    if arguments.file:
        tasks, users = _exported(arguments)
        seen = {int(task["id"]): "" for task in tasks}

        def link(task: int) -> str:
            return f"{arguments.file}, task {task}"

    else:
        server = _server(arguments)
        number = _project(server, arguments)
        server.check_config(number)
        users = server.users()
        before = {each["task"]: each["changed"] for each in record["tasks"]}
        changed = [*changed_tasks(server, number, before)]
        tasks = [task for task, _ in changed]
        seen = {int(task["id"]): time for task, time in changed}

        def link(task: int) -> str:
            return str(server.link(number, task))

    pull = annotations_of(tasks, store.read_opinion, arguments.round, users, known, link)
    written, problems = _write(store, record, pull, tasks, seen)
    _print_problems(problems)
    print(
        f"{len(pull.annotations)} annotations from {len(tasks)} changed tasks, {written} written; "
        f"{pull.drafts} drafts and {pull.skipped} skipped left there; {len(problems)} problems"
    )
    return 1 if any(each.severity == "error" for each in problems) else 0


def _write(store: Any, record: Any, pull: Any, tasks: Any, seen: dict[int, str]) -> tuple[int, list[Any]]:
    """Write what came, and the round's record; returns how many files changed, and all problems."""
    from arguendo.errors import CorpusError

    sources = {(each["opinion"], each["annotator"]): each for each in record["annotations"]}
    problems = list(pull.problems)
    written = 0
    for each in pull.annotations:
        key = (each.annotation.opinion, each.annotation.annotator)
        same = sources.get(key, {}).get("annotation") == each.server_id
        try:
            written += store.write_annotation(each.annotation, replace=same)[1]
        except CorpusError as error:
            problems += error.problems
            continue
        ids = {"task": each.task, "annotation": each.server_id, "lead_time": each.lead_time}
        sources[key] = {"opinion": key[0], "annotator": key[1], **ids}
    # A task with a problem is looked at again by the next pull, whether it changed or not.
    wrong = {int(task["id"]) for task in tasks if any(f"task={task['id']}" in p.where for p in problems)}
    states = {each["task"]: each for each in record["tasks"]}
    for task in tasks:
        number = int(task["id"])
        skipped = sum(bool(made.get("was_cancelled")) for made in task.get("annotations") or ())
        drafts = len(task.get("drafts") or ())
        changed = "" if number in wrong else seen[number]
        states[number] = {"task": number, "changed": changed, "drafts": drafts, "skipped": skipped}
    record["tasks"] = [states[number] for number in sorted(states)]
    record["annotations"] = [sources[key] for key in sorted(sources)]
    if record["tasks"]:
        store.write_round(record)
    return written, sorted(problems)


def _status(arguments: argparse.Namespace) -> int:
    import json

    from arguendo.labelstudio.exports import progress

    server = _server(arguments)
    number = _project(server, arguments)
    listed = server.tasks(number)
    tasks = filter(None, (server.task(int(task["id"])) for task in listed))
    figures = progress(tasks, server.users())
    if arguments.json:
        print(json.dumps({"opinions": len(listed), "annotators": figures}, ensure_ascii=False, indent=2))
        return 0
    print(f"{len(listed)} opinions at {server.link(number)}")
    for annotator, figure in figures.items():
        print(f"{annotator}: " + ", ".join(f"{value} {name}" for name, value in figure.items()))
    return 0


# --- helpers -----------------------------------------------------------------------------------


def _title(arguments: argparse.Namespace) -> str:
    return f"arguendo {arguments.round}"


def _server(arguments: argparse.Namespace) -> Any:
    """A connection with the token of the environment, or that of the server started here."""
    from arguendo.errors import misuse
    from arguendo.labelstudio.server import Server

    token = os.environ.get("LABEL_STUDIO_API_KEY")
    local = urlsplit(arguments.url).hostname in ("127.0.0.1", "localhost", "::1")
    if not token and local and LOCAL_TOKEN.is_file():
        token = LOCAL_TOKEN.read_text("utf-8").strip()
    if not token:
        hint = "Start a server with ./scripts/label, or set LABEL_STUDIO_API_KEY to the token of one"
        raise misuse(arguments.url, "there is no token for this server", hint)
    return Server(arguments.url, token)


def _project(server: Any, arguments: argparse.Namespace) -> int:
    from arguendo.errors import misuse

    number = server.project(_title(arguments))
    if number is None:
        message = f"there is no project {_title(arguments)!r}"
        raise misuse(server.url, message, f"Run: arguendo label up --round {arguments.round}")
    return int(number)


def _labels(store: Any, name: str, opinion: Any) -> Any:
    """Gold, a raw annotation or predicted spans of an opinion; None where there are none."""
    path = store.gold_path(opinion.id)
    if name.endswith(".jsonl"):
        return _predicted(Path(name), opinion)
    if name == "gold":
        return store.read_gold(path) if path.is_file() else None
    from arguendo.errors import misuse

    if not re.fullmatch(r"[\w-]+/[\w-]+", name):
        hint = "Say gold, ROUND/ANNOTATOR, or name a predictions file (.jsonl)"
        raise misuse("arguendo label push", f"no labels are called {name!r}", hint)
    path = store.annotation_path(*name.split("/"), opinion.id)
    return store.read_annotation(path) if path.is_file() else None


def _predicted(path: Path, opinion: Any) -> Any:
    """Predicted spans of an opinion as an annotation without attributes; None where there are none."""
    from arguendo.annotation import Annotation, Span
    from arguendo.files import read_jsonl
    from arguendo.offsets import sha256
    from arguendo.predictions import check_predictions

    lines = [
        line for line in read_jsonl(path) if not isinstance(line[1], dict) or line[1].get("id") == opinion.id
    ]
    if not lines:
        return None
    answer = {"id": opinion.id, "opinion": opinion.id, "length": len(opinion.text)}
    (line,) = check_predictions("span-extraction", lines, [answer], {}, str(path))
    spans = (
        Span(f"p{index}", each["label"], each["start"], each["end"], _NO_DIGEST, "")
        for index, each in enumerate(line["spans"], 1)
    )
    return Annotation(opinion.id, sha256(opinion.text), "", "", "", (), tuple(spans), ())


def _instructions() -> str:
    """The guidelines as HTML, for the button Instructions."""
    from arguendo.errors import misuse
    from arguendo.files import read_text

    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise misuse("arguendo label", "needs markdown-it-py", "Run: pip install 'arguendo[label]'") from None
    return str(
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .render(read_text(working_store().guidelines))
    )


def _exported(arguments: argparse.Namespace) -> tuple[list[Any], dict[int, str]]:
    """Tasks of an export made by hand, and who its users are."""
    from arguendo.errors import fail, misuse
    from arguendo.files import read_json

    users = {}
    for pair in arguments.annotator:
        number, _, name = pair.partition("=")
        if not number.isdigit() or not name:
            raise misuse("arguendo label pull", f"--annotator {pair!r} is not N=ID", "Say, e.g., 1=ann")
        users[int(number)] = name
    tasks = read_json(arguments.file)
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "id" in task for task in tasks):
        message = "this is no export of Label Studio"
        raise fail(str(arguments.file), "label-export", message, "Export the project as JSON")
    if any("data" not in task for task in tasks):
        message = "a JSON-MIN export leaves out relations, and which region a choice is of"
        raise fail(str(arguments.file), "label-export", message, "Export the project as JSON")
    return tasks, users


def _print_problems(problems: Any) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)
