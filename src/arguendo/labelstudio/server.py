"""A labelling round on a Label Studio server: one project, its tasks, and what annotators did.

Every step looks first at what is there and adds what is missing, so the same command, run again
after a failure, goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from arguendo.annotation import Annotation, Gold
from arguendo.errors import CorpusError, fail, misuse
from arguendo.labelstudio.config import labelling_config, same_controls
from arguendo.labelstudio.regions import task_data, to_result
from arguendo.offsets import sha256
from arguendo.opinion import Opinion
from arguendo.records import Record

_TIMEOUT = 120
_AGAIN = "Run the same command again: it goes on where it stopped"
# What annotators need in the list of opinions; the rest is for machines.
_HIDDEN = (
    "tasks:data.html tasks:data.headings tasks:data.text_sha256 tasks:data.guidelines tasks:inner_id"
    " tasks:annotations_results tasks:annotations_ids tasks:predictions_score tasks:predictions_results"
    " tasks:predictions_model_versions tasks:file_upload tasks:storage_filename tasks:created_at"
    " tasks:updated_at tasks:updated_by tasks:draft_exists"
).split()


class Server:
    """A connection; every fault comes out as one clear problem.

    Raises (all methods):
        CorpusError: the server is not there, too slow, or refuses; what was done stays done.
        UsageError: the token is wrong, or the extra `[label]` is not installed.
    """

    def __init__(self, url: str, token: str) -> None:
        try:
            import label_studio_sdk
        except ImportError:
            raise misuse(
                "arguendo label", "needs label-studio-sdk", "Run: pip install 'arguendo[label]'"
            ) from None
        self.url = url.rstrip("/")
        sdk: Any = label_studio_sdk
        self._client = sdk.LabelStudio(base_url=self.url, api_key=token, timeout=_TIMEOUT)

    def project(self, title: str) -> int | None:
        """The number of the project of this title; None if there is none."""
        with self._clear():
            numbers = [each.id for each in self._client.projects.list() if each.title == title]
        if len(numbers) > 1:
            message = f"{len(numbers)} projects are called {title!r}"
            raise fail(self.url, "label-project", message, "Rename or delete all but one")
        return numbers[0] if numbers else None

    def set_up(self, title: str, instructions: str) -> tuple[int, bool]:
        """The project, made if it is not there; beside it whether it was made.

        Guidelines and looks of a project that is there are brought up to date.

        Raises `CorpusError` where it is there with another labelling config: labels made with that
        may not fit.
        """
        number = self.project(title)
        if number is not None:
            self.check_config(number)
            with self._clear():
                config = labelling_config()
                self._client.projects.update(id=number, expert_instruction=instructions, label_config=config)
            return number, False
        with self._clear():
            project = self._client.projects.create(
                title=title,
                label_config=labelling_config(),
                expert_instruction=instructions,
                maximum_annotations=1_000,
                show_collab_predictions=True,
            )
            hidden = {"explore": _HIDDEN, "labeling": _HIDDEN}
            view = {"title": "Opinions", "hiddenColumns": hidden}
            self._client.views.create(project=project.id, data=view)
        return int(project.id), True

    def check_config(self, number: int) -> None:
        with self._clear():
            there = self._client.projects.get(number).label_config
        if not same_controls(there):
            raise fail(
                self.link(number),
                "label-config",
                "the project's labelling config is another than this version's",
                "Pull what is done with the version that made it, then begin a new round",
            )

    def link(self, number: int, task: int | None = None) -> str:
        return f"{self.url}/projects/{number}/data" + (f"?task={task}" if task else "")

    def tasks(self, number: int) -> list[Record]:
        """Id, data and time of change of each task, without annotations."""
        with self._clear():
            return [_plain(task) for task in self._client.tasks.list(project=number, fields="task_only")]

    def task(self, task: int) -> Record | None:
        """A task with its annotations and drafts; None if it was deleted."""
        with self._clear(gone_is_none=True):
            return _plain(self._client.tasks.get(str(task)))
        return None

    def add_task(self, number: int, opinion: Opinion, guidelines: str) -> int:
        with self._clear():
            request = [{"data": task_data(opinion, guidelines)}]
            answer = self._client.projects.import_tasks(number, request=request, return_task_ids=True)
        return int(answer.task_ids[0])

    def add_prediction(self, task: int, opinion: Opinion, labels: Annotation | Gold, name: str) -> bool:
        """Show labels as a pre-annotation called `name`; False where one of that name is there."""
        with self._clear():
            there = {each.model_version for each in self._client.predictions.list(task=task)}
            if name in there:
                return False
            result = to_result(labels, opinion)
            self._client.predictions.create(task=task, result=result, model_version=name)
        return True

    def add_annotation(self, task: int, opinion: Opinion, annotation: Annotation, user: int) -> bool:
        """Give an annotation to a user as finished; False where the user has one there."""
        with self._clear():
            made = self._client.annotations.list(task)
            if any(_plain(each).get("completed_by") == user for each in made):
                return False
            result = to_result(annotation, opinion)
            self._client.annotations.create(id=task, result=result, completed_by=user)
        return True

    def users(self) -> dict[int, str]:
        """Annotator ids by the server's numbers: what stands before the @ of the address."""
        with self._clear():
            return {int(user.id): annotator_of(user.email) for user in self._client.users.list()}

    def user(self, annotator: str) -> int:
        """The number of the user who stands for an annotator; made if there is none."""
        for number, name in self.users().items():
            if name == annotator:
                return number
        with self._clear():
            user = self._client.users.create(email=f"{annotator}@localhost", username=annotator)
        return int(user.id)

    @contextmanager
    def _clear(self, gone_is_none: bool = False) -> Iterator[None]:
        """Faults of the wire and the server as one problem."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            if error.status_code in (401, 403):
                hint = "Copy it from Account & Settings in Label Studio into LABEL_STUDIO_API_KEY"
                raise misuse(self.url, "the server refuses the token", hint) from None
            if error.status_code == 404 and gone_is_none:
                return
            detail = error.body.get("detail") if isinstance(error.body, dict) else None
            message = f"the server answers {error.status_code}: {str(detail or error.body)[:200]}"
            raise fail(self.url, "label-server", message, _AGAIN) from None
        except httpx.ConnectError:
            hint = "Start it with ./scripts/label, or give another --url"
            raise fail(self.url, "label-server", "no server answers there", hint) from None
        except httpx.TimeoutException:
            message = f"the server did not answer within {_TIMEOUT} seconds"
            raise fail(self.url, "label-server", message, _AGAIN) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise fail(self.url, "label-server", f"the connection broke ({error})", _AGAIN) from None


def annotator_of(address: str) -> str:
    """The annotator id that an e-mail address stands for."""
    name = address.split("@")[0].lower()
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)


def push(
    server: Server, number: int, opinions: Iterable[Opinion], guidelines: Callable[[str], str]
) -> Iterator[tuple[Opinion, int, bool]]:
    """Make a task of each opinion that has none; yields the opinion, its task, and whether it is new.

    `guidelines` gives the version by which an opinion is labelled.

    Raises:
        CorpusError: after all others, for opinions whose text has changed since they were pushed.
    """
    server.check_config(number)
    there = {task["data"]["opinion"]: task for task in server.tasks(number)}
    problems = []
    for opinion in opinions:
        task = there.get(opinion.id)
        if task is None:
            yield opinion, server.add_task(number, opinion, guidelines(opinion.id)), True
        elif task["data"]["text_sha256"] != sha256(opinion.text):
            message = f"the text of {opinion.id} has changed since it was pushed"
            hint = "Delete the task there, with the labels made on the old text, or push to a new round"
            problems += fail(server.link(number, task["id"]), "label-text", message, hint).problems
        else:
            yield opinion, int(task["id"]), False
    if problems:
        raise CorpusError(problems)


def changed_tasks(server: Server, number: int, seen: Mapping[int, str]) -> Iterator[tuple[Record, str]]:
    """Tasks that changed since they were `seen`, with all in them, and the time of their change."""
    for task in server.tasks(number):
        changed = str(task.get("updated_at"))
        if seen.get(int(task["id"])) != changed and (whole := server.task(int(task["id"]))):
            yield whole, changed


def _plain(model: Any) -> Record:
    record: Record = model if isinstance(model, dict) else model.model_dump(mode="json")
    return record
