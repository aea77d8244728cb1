"""Label Studio for real: a server of its own for these tests, and a browser."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arguendo.cli import main
from arguendo.offsets import utf16_length
from arguendo.store import Store
from conftest import copy_seed_corpus
from test_opinion_page import BROWSER, SWITCHES

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
USER, PASSWORD, TOKEN = "ann@localhost", "only-for-tests", "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Running:
    url: str

    def get(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def send(self, method: str, path: str, body: Any = None) -> None:
        head = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        data = json.dumps(body or {}).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=head, method=method)
        urllib.request.urlopen(request, timeout=60).close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on a free port, installed if it is not there yet."""
    setup = subprocess.run([REPO / "scripts" / "label-setup"], capture_output=True, text=True, check=False)
    if setup.returncode:
        pytest.skip(f"Label Studio cannot be installed: {setup.stderr.strip()[-300:]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("label-studio")
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(home),
        "LABEL_STUDIO_USERNAME": USER,
        "LABEL_STUDIO_PASSWORD": PASSWORD,
        "LABEL_STUDIO_USER_TOKEN": TOKEN,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    command: list[str | Path] = [
        REPO / ".label-studio" / "venv" / "bin" / "label-studio",
        "start",
        "--no-browser",
    ]
    command += ["--internal-host", "127.0.0.1", "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log, cwd=home)
    running = Running(f"http://127.0.0.1:{port}")
    for _ in range(240):
        try:
            running.get("/health")
            break
        except OSError:
            assert process.poll() is None, (home / "log").read_text()[-2000:]
            time.sleep(1)
    yield running
    process.terminate()
    process.wait(30)


@pytest.fixture
def checkout(tmp_path: Path, server: Running, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the corpus, as the working folder, with the token of the server in the environment."""
    copy_seed_corpus(tmp_path)
    annotators = tmp_path / "annotations" / "annotators.json"
    record = json.loads(annotators.read_text("utf-8"))
    record["annotators"].append({"id": "ann", "kind": "person", "description": "Made up for the tests."})
    annotators.write_text(json.dumps(record), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    monkeypatch.setenv("LABEL_STUDIO_URL", server.url)
    return tmp_path


def raw_file(checkout: Path, round: str, annotator: str = "lm-1") -> Path:
    return checkout / "annotations" / "rounds" / round / annotator / f"{ID}.json"


def as_round(checkout: Path, round: str) -> bytes:
    """The raw annotation of the corpus as one of another round; returns the file's bytes."""
    path = raw_file(checkout, round)
    path.parent.mkdir(parents=True)
    data = raw_file(checkout, "r0").read_bytes().replace(b'"round": "r0"', f'"round": "{round}"'.encode())
    path.write_bytes(data)
    return data


def label(*arguments: str) -> int:
    return main(["label", *arguments])


def the_task(server: Running, round: str) -> tuple[int, int]:
    """The numbers of a round's project and of its only task."""
    projects = {each["title"]: each["id"] for each in server.get("/api/projects?page_size=100")["results"]}
    project = projects[f"arguendo {round}"]
    return project, server.get(f"/api/tasks?project={project}")["tasks"][0]["id"]


def test_what_is_pushed_comes_back_byte_for_byte(checkout: Path, capsys: Any) -> None:
    data = as_round(checkout, "back")
    assert label("up", "--round", "back") == 0
    assert label("push", "--round", "back", "--annotations") == 0
    raw_file(checkout, "back").unlink()
    assert label("pull", "--round", "back") == 0
    assert raw_file(checkout, "back").read_bytes() == data
    assert main(["validate"]) == 0
    capsys.readouterr()
    assert label("pull", "--round", "back") == 0
    assert "from 0 changed tasks" in capsys.readouterr().out
    assert label("status", "--round", "back", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["opinions"] == 1
    assert figures["annotators"]["lm-1"]["done"] == 1


def test_pushing_twice_adds_nothing_twice(checkout: Path, server: Running, capsys: Any) -> None:
    as_round(checkout, "twice")
    assert label("up", "--round", "twice") == 0
    for _ in range(2):
        assert label("push", "--round", "twice", "--annotations", "--predictions", "gold") == 0
    assert label("up", "--round", "twice") == 0
    assert "there already" in capsys.readouterr().out
    _, task = the_task(server, "twice")
    whole = server.get(f"/api/tasks/{task}")
    assert [len(whole[name]) for name in ("annotations", "predictions")] == [1, 1]


def test_a_baseline_s_predictions_are_there_to_start_from(checkout: Path, server: Running) -> None:
    text = Store(checkout).read_opinion(ID).text
    start = text.index("Alternatively, it asks")
    line = {"id": ID, "spans": [{"label": "ARGUMENT", "start": start, "end": start + 22}]}
    file = checkout / "predictions.jsonl"
    file.write_text(json.dumps(line) + "\n", "utf-8")
    assert label("up", "--round", "base") == 0
    assert label("push", "--round", "base", "--predictions", str(file)) == 0
    _, task = the_task(server, "base")
    (prediction,) = server.get(f"/api/tasks/{task}")["predictions"]
    (region,) = prediction["result"]
    assert region["value"]["text"] == "Alternatively, it asks"
    assert region["value"]["globalOffsets"] == {"start": start, "end": start + 22}


def test_a_text_that_changed_since_the_push_is_refused(checkout: Path, server: Running, capsys: Any) -> None:
    assert label("up", "--round", "moved") == 0
    assert label("push", "--round", "moved") == 0
    _, task = the_task(server, "moved")
    data = server.get(f"/api/tasks/{task}")["data"]
    server.send("PATCH", f"/api/tasks/{task}", {"data": {**data, "text_sha256": "0" * 64}})
    capsys.readouterr()
    assert label("push", "--round", "moved") == 1
    message = capsys.readouterr().err
    assert "label-text" in message
    assert f"task={task}" in message


def test_a_project_with_another_config_is_refused(checkout: Path, server: Running, capsys: Any) -> None:
    assert label("up", "--round", "other") == 0
    project, config = None, "<View><Text name='text' value='$html'/></View>"
    projects = server.get("/api/projects?page_size=100")["results"]
    project = next(each["id"] for each in projects if each["title"] == "arguendo other")
    server.send("PATCH", f"/api/projects/{project}", {"label_config": config})
    for command in ("up", "push", "pull"):
        assert label(command, "--round", "other") == 1
        assert "label-config" in capsys.readouterr().err


def test_a_task_deleted_on_the_server_is_pushed_anew(checkout: Path, server: Running) -> None:
    as_round(checkout, "gone")
    assert label("up", "--round", "gone") == 0
    assert label("push", "--round", "gone", "--annotations") == 0
    assert label("pull", "--round", "gone") == 0
    _, task = the_task(server, "gone")
    server.send("DELETE", f"/api/tasks/{task}")
    assert label("pull", "--round", "gone") == 0
    assert raw_file(checkout, "gone").exists()
    assert label("push", "--round", "gone") == 0
    _, task = the_task(server, "gone")
    assert not server.get(f"/api/tasks/{task}")["annotations"]


@pytest.mark.parametrize("kind", ["JSON", "JSON_MIN"])
def test_an_export_made_by_hand_is_read(checkout: Path, server: Running, capsys: Any, kind: str) -> None:
    round = f"file-{kind.lower()}"
    data = as_round(checkout, round)
    assert label("up", "--round", round) == 0
    assert label("push", "--round", round, "--annotations") == 0
    project, _ = the_task(server, round)
    exported = server.get(f"/api/projects/{project}/export?exportType={kind}")
    file = checkout / "export.json"
    file.write_text(json.dumps(exported), "utf-8")
    raw_file(checkout, round).unlink()
    user = next(each["id"] for each in server.get("/api/users") if each["email"] == "lm-1@localhost")
    capsys.readouterr()
    code = label("pull", "--round", round, "--file", str(file), "--annotator", f"{user}=lm-1")
    if kind == "JSON":
        assert code == 0
        assert raw_file(checkout, round).read_bytes() == data
    else:  # it has no relations, and does not say which region a choice is of
        assert code == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "Export the project as JSON" in line
        assert not raw_file(checkout, round).exists()


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"LABEL_STUDIO_API_KEY": "0" * 40}, 2, "refuses the token"),
        ({"LABEL_STUDIO_API_KEY": ""}, 2, "there is no token"),
        ({"LABEL_STUDIO_URL": "http://127.0.0.1:9"}, 1, "no server answers"),
        ({"LABEL_STUDIO_URL": "nonsense"}, 1, "broke"),
    ],
)
def test_faults_of_the_connection_are_one_line(
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
    settings: dict[str, str],
    code: int,
    words: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for command in ("up", "push", "pull", "status"):
        assert label(command, "--round", "fault") == code
        (line,) = capsys.readouterr().err.splitlines()
        assert words in line


def test_one_command_starts_a_server_and_goes_on_where_it_was(server: Running, tmp_path: Path) -> None:
    """`scripts/label` in a checkout of its own, stopped and started again."""
    copy_seed_corpus(tmp_path)
    for name in ("scripts", "src", "schema"):
        shutil.copytree(REPO / name, tmp_path / name)
    for name in ("pyproject.toml", "constraints.txt", "constraints-label-studio.txt"):
        shutil.copy(REPO / name, tmp_path / name)
    (tmp_path / ".label-studio").mkdir()
    shutil.copy(REPO / ".label-studio" / "installed", tmp_path / ".label-studio")
    (tmp_path / ".label-studio" / "venv").symlink_to(REPO / ".label-studio" / "venv")
    (tmp_path / ".venv").symlink_to(REPO / ".venv")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = []
    for _ in range(2):
        started = subprocess.Popen(
            [tmp_path / "scripts" / "label", "r1", "ann"],
            env={**os.environ, "PORT": str(port)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert started.stdout
        lines = []
        for line in started.stdout:
            lines.append(line)
            if line.startswith("open "):
                break
        started.terminate()
        lines += started.stdout.readlines()
        assert started.wait(60) == 0
        said.append("".join(lines))
    assert "password" in said[0]
    assert "1 new tasks" in said[0]
    assert "password, also" not in said[1]
    assert "1 tasks there already" in said[1]
    for name in ("password", "token"):
        assert (tmp_path / ".label-studio" / name).stat().st_mode & 0o077 == 0


def test_a_round_without_project_says_how_to_make_it(checkout: Path, capsys: Any) -> None:
    assert label("push", "--round", "nowhere") == 2
    assert "arguendo label up --round nowhere" in capsys.readouterr().err


# --- in the browser ----------------------------------------------------------------------------

# From offsets (UTF-16) into the text content: where the mouse goes down and up, on screen.
POINTS = """([from, to]) => {
  const walker = document.createTreeWalker(document.querySelector('article.opinion'), NodeFilter.SHOW_TEXT);
  const point = (target, right, scroll) => {
    walker.currentNode = walker.root;
    for (let at = 0, node; node = walker.nextNode(); at += node.data.length)
      if (target < at + node.data.length) {
        const range = document.createRange();
        range.setStart(node, target - at); range.setEnd(node, target - at + 1);
        if (scroll) node.parentElement.scrollIntoView({block: 'center'});
        const box = [...range.getClientRects()].at(-1);
        return [right ? box.right - 0.3 : box.left + 0.3, box.top + box.height / 2];
      }
  };
  point(from, false, true);
  return [point(from, false), point(to - 1, true)];
}"""


@pytest.fixture
def page(server: Running, checkout: Path) -> Iterator[Any]:
    """A browser in which an annotator has signed in."""
    if BROWSER is None:
        pytest.skip("needs a browser: chromium or google-chrome")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.goto(f"{server.url}/user/login")
        page.fill("input[name=email]", USER)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        yield page
        browser.close()


def mark(page: Any, text: str, key: str, words: str) -> None:
    """Press a label's key, select words with the mouse, and click the region so that it is selected."""
    start = text.index(words)
    offsets = [utf16_length(text[:start]), utf16_length(text[: start + len(words)])]
    page.keyboard.press(key)
    (x1, y1), (x2, y2) = page.evaluate(POINTS, offsets)
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=8)
    page.mouse.move(x2, y2, steps=8)
    page.mouse.up()
    page.locator("article.opinion .htx-highlight", has_text=words[:10]).first.click()
    page.wait_for_selector(".fields .field:visible")


def test_what_an_annotator_does_in_the_browser_is_what_is_pulled(
    page: Any, server: Running, checkout: Path
) -> None:
    text = Store(checkout).read_opinion(ID).text
    assert label("up", "--round", "browser") == 0
    assert label("push", "--round", "browser") == 0
    project, task = the_task(server, "browser")
    page.goto(f"{server.url}/projects/{project}/data?task={task}")
    page.wait_for_selector("article.opinion")
    page.wait_for_timeout(2_000)
    # Over an edge of emphasis, curly quotation marks and § in the seed.
    argument = "Alternatively, it asks this Court to compel Defendants"
    rebuttal = "*See Alibaba Grp. Holding Ltd. v. Alibabacoin Foundation*, No. 18 Civ. 2897".replace("*", "")
    mark(page, text, "1", argument)
    page.keyboard.press("q")  # plaintiff_side
    page.keyboard.press("f")  # not_reached
    page.keyboard.press("4")  # the first heading
    page.keyboard.press("Escape")
    mark(page, text, "3", rebuttal)
    page.keyboard.press("q")  # court
    page.keyboard.press("s")  # undercut
    page.keyboard.press("9")  # not sure
    page.keyboard.press("Alt+r")
    page.locator("article.opinion .htx-highlight", has_text="Alternatively").first.click()
    page.wait_for_timeout(400)
    page.click("button:has-text('Submit')")
    page.wait_for_timeout(2_000)
    assert label("pull", "--round", "browser") == 0
    record = json.loads(raw_file(checkout, "browser", "ann").read_text("utf-8"))
    by_label = {span["label"]: span for span in record["spans"]}
    found = {name: text[span["start"] : span["end"]] for name, span in by_label.items()}
    assert found == {"ARGUMENT": argument, "REBUTTAL": rebuttal}
    made: dict[str, Any] = {"speaker": "plaintiff_side", "outcome": "not_reached"}
    assert by_label["ARGUMENT"].items() >= made.items()
    made = {"speaker": "court", "kind": "undercut", "unsure": True}
    assert by_label["REBUTTAL"].items() >= made.items()
    ids = {name: span["id"] for name, span in by_label.items()}
    assert record["relations"] == [{"type": "rebuts", "from": ids["REBUTTAL"], "to": ids["ARGUMENT"]}]
    assert [issue["title"] for issue in record["issues"]] == ["Background"]
