"""Publishing, against a Hub on loopback that keeps what it is sent; loading from it with plain `datasets`."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arguendo.card import DATASET_VERSION as VERSION
from arguendo.cli import main
from arguendo.hub import may_write
from arguendo.scorer import SCORER_VERSION
from arguendo.store import Store
from conftest import SEED_ID, copy_seed_corpus
from hub_server import SIGNATURE, Blob, Commit, Hub, Repository, Token, running
from test_release import CONFIGS

REPO = Path(__file__).parents[1]
DATA = "org/arguendo"
TOKEN = "hf_onlyForTestsOnlyForTests"
READER = "hf_readsAloneReadsAlone"
STRANGER = "hf_nobodyKnowsThis"
# Waiting between attempts is for networks that come back.
RUN = "import sys, time; time.sleep = lambda _: None; from arguendo.cli import main; sys.exit(main())"
GOLD = f"annotations/gold/{SEED_ID}.json"


def whoami(role: str, **more: object) -> dict[str, object]:
    token = {"displayName": "tests", "role": role, **more}
    orgs = [{"name": "org", "roleInOrg": "write"}, {"name": "club", "roleInOrg": "read"}]
    auth = {"type": "access_token", "accessToken": token}
    return {"type": "user", "name": "ann", "orgs": orgs, "auth": auth}


@pytest.fixture
def hub() -> Iterator[Hub]:
    tokens = {TOKEN: Token(whoami("write"), ("ann", "org")), READER: Token(whoami("read"))}
    with running(tokens) as server:
        yield server


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git checkout with the source, and the seed opinion as two annotators of a round read it."""
    root = tmp_path_factory.mktemp("clone")
    copy_seed_corpus(root)
    for annotator in ("lm-2", "lm-3"):
        file = f"annotations/rounds/seed-1/{annotator}/{SEED_ID}.json"
        (root / file).parent.mkdir(parents=True)
        shutil.copy(REPO / file, root / file)
    shutil.copytree(REPO / "corpus" / "challenge", root / "corpus" / "challenge")
    for folder in ("src", "schema"):
        shutil.copytree(REPO / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".gitignore").write_text("/build/\n__pycache__/\n")
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.fixture
def checkout(clone: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clone, tmp_path / "checkout"))


def git(root: Path, *arguments: str) -> str:
    name = ["-c", "user.name=tests", "-c", "user.email=tests@localhost"]
    done = subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "for tests")


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), "utf-8")


def environment(hub: Hub, checkout: Path, token: str | None = TOKEN) -> dict[str, str]:
    """`huggingface_hub` reads its address when it is imported, so each client is a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    home = checkout.parent / "home"
    ours = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        # The server has LFS and no Xet.
        "HF_HUB_DISABLE_XET": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(checkout / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return kept | ours | ({"HF_TOKEN": token} if token else {})


def publish(
    hub: Hub, checkout: Path, *arguments: str, token: str | None = TOKEN
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "publish", DATA, *arguments],
        cwd=checkout,
        env=environment(hub, checkout, token),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        encoding="utf-8",
    )
    shown = done.stdout + done.stderr
    assert "Traceback" not in shown
    for secret in (TOKEN, READER, STRANGER, SIGNATURE, "Bearer"):
        assert secret not in shown
    return done


def published(hub: Hub, revision: str = "main") -> dict[str, bytes]:
    files = hub.repositories[DATA].files(revision)
    return {path: data for path, data in files.items() if path != ".gitattributes"}


def built(checkout: Path) -> dict[str, bytes]:
    folder = checkout / "build" / "dataset"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def already_there(hub: Hub, files: dict[str, bytes], private: bool = False) -> str:
    """A repository that was published before; returns its commit."""
    hub.repositories[DATA] = Repository(private)
    blobs = {path: Blob(data, large=False) for path, data in files.items()}
    blobs[".gitattributes"] = Blob(b"*.parquet filter=lfs diff=lfs merge=lfs -text\n", large=False)
    return hub.repositories[DATA].add("main", Commit(None, blobs, "before", ""))


# --- what is published -------------------------------------------------------------------------

LOAD = """
import sys
from datasets import load_dataset

for config in sys.argv[3:]:
    there, here = load_dataset("org/arguendo", config), load_dataset(sys.argv[1], config)
    assert there.keys() == here.keys()
    for split in here:
        assert there[split].features == here[split].features
        assert there[split].to_list() == here[split].to_list()
        print(config, split, len(there[split]))
first = next(iter(load_dataset("org/arguendo", split="train", streaming=True, revision=sys.argv[2])))
assert first["text"] == load_dataset(sys.argv[1], split="train")[0]["text"]
"""


def test_what_is_published_is_what_was_built_and_plain_datasets_loads_it(hub: Hub, checkout: Path) -> None:
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 0, done.stderr
    assert published(hub) == built(checkout)
    repository = hub.repositories[DATA]
    assert repository.tags == {VERSION: repository.branches["main"]}
    assert hub.seen("POST", "/commit/") == 1
    made = repository.commits[repository.branches["main"]]
    assert made.title == f"Dataset {VERSION}"
    assert git(checkout, "rev-parse", "HEAD") in made.description
    assert not repository.private

    configs = [*CONFIGS, "challenge"]
    load = [sys.executable, "-c", LOAD, str(checkout / "build" / "dataset"), VERSION, *configs]
    loaded = subprocess.run(
        load,
        env=environment(hub, checkout, None),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert [line.split()[0] for line in loaded.stdout.splitlines()] == configs

    hub.requests.clear()
    again = publish(hub, checkout, "--yes")
    assert again.returncode == 0
    assert again.stdout.endswith(f"{DATA}: nothing to publish\n")
    assert {method for method, _ in hub.requests} <= {"GET", "HEAD"}


def test_a_dry_run_says_what_would_change_and_writes_nothing(hub: Hub, checkout: Path) -> None:
    before = already_there(hub, {"README.md": b"old", "gold/old.parquet": b"old", "notes.txt": b"old"})
    done = publish(hub, checkout, "--dry-run")
    assert done.returncode == 0, done.stderr
    for line in (
        "changed  README.md",
        "removed  gold/old.parquet",
        "removed  notes.txt",
        "added    gold/train-00000-of-00001.parquet",
        "gold/train: rows 0 → 1, ARGUMENT 0 → 19, HOLDING 0 → 29, REBUTTAL 0 → 12",
    ):
        assert line in done.stdout.splitlines()
    assert hub.repositories[DATA].branches == {"main": before}
    assert {method for method, _ in hub.requests} <= {"GET", "HEAD"}


def test_a_new_version_is_one_commit_that_also_removes_and_leaves_the_old_tag(
    hub: Hub, checkout: Path
) -> None:
    assert publish(hub, checkout, "--yes").returncode == 0
    first = published(hub)
    edit(checkout, GOLD, '"disposition": "moot"', '"disposition": "other"')
    record = json.loads(first["arguendo.json"])
    [challenge] = [each["rows"] for each in record["splits"] if each["config"] == "challenge"]
    shutil.rmtree(checkout / "corpus" / "challenge")
    commit(checkout)
    refused = publish(hub, checkout, "--yes")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert f"dataset {VERSION} is published, with other content. Raise DATASET_VERSION" in line
    assert published(hub) == first

    edit(checkout, "src/arguendo/card.py", f'"{VERSION}"', '"9.9.0"')
    commit(checkout)
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 0, done.stderr
    for line in (
        f"dataset {VERSION} → 9.9.0",
        f"challenge/test: rows {challenge} → 0",
        "holding-disposition/train: moot 4 → 3, other 0 → 1",
        "removed  challenge/test-00000-of-00001.parquet",
        "changed  gold/train-00000-of-00001.parquet",
    ):
        assert line in done.stdout.splitlines()
    assert "annotations/train" not in done.stdout.split(f"\n{DATA} ")[1]
    assert published(hub) == published(hub, "9.9.0") == built(checkout)
    assert published(hub, VERSION) == first
    assert len(hub.repositories[DATA].commits) == 3


def test_another_scorer_needs_a_version_of_its_own(hub: Hub, checkout: Path) -> None:
    assert publish(hub, checkout, "--yes").returncode == 0
    first = published(hub)
    edit(checkout, "src/arguendo/metrics.py", "\n\n\n", "\n\n\nTHRESHOLD = 0.6\n\n\n")
    edit(checkout, "src/arguendo/card.py", f'"{VERSION}"', '"9.9.0"')
    commit(checkout)
    refused = publish(hub, checkout, "--yes")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert f"the scorer published as {SCORER_VERSION} is not the one here. Raise SCORER_VERSION" in line
    assert published(hub) == first
    edit(checkout, "src/arguendo/scorer.py", f'"{SCORER_VERSION}"', '"9.9"')
    commit(checkout)
    done = publish(hub, checkout, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"scorer {SCORER_VERSION} → 9.9" in done.stdout.splitlines()


def test_a_private_draft_on_a_branch_of_its_own_may_change_until_main_is_tagged(
    hub: Hub, checkout: Path
) -> None:
    for disposition in ("other", "mixed"):
        edit(checkout, GOLD, '"disposition": "moot"', f'"disposition": "{disposition}"')
        commit(checkout)
        done = publish(hub, checkout, "--yes", "--private", "--revision", "draft")
        assert done.returncode == 0, done.stderr
        assert published(hub, "draft") == built(checkout)
    repository = hub.repositories[DATA]
    assert repository.private
    assert published(hub, "main") == {}
    assert repository.tags == {}
    assert publish(hub, checkout, "--yes").returncode == 0
    assert published(hub) == published(hub, VERSION) == published(hub, "draft")
    as_tag = publish(hub, checkout, "--dry-run", "--revision", VERSION)
    assert as_tag.returncode == 2
    assert "is a tag there" in as_tag.stderr


def test_private_is_not_promised_of_a_public_repository(hub: Hub, checkout: Path) -> None:
    already_there(hub, {})
    done = publish(hub, checkout, "--yes", "--private")
    assert done.returncode == 2
    assert "it is there and public" in done.stderr
    assert hub.seen("POST", "/") == 0


def test_a_broken_record_there_is_named(hub: Hub, checkout: Path) -> None:
    before = already_there(hub, {"arguendo.json": b'{"dataset": "\\u001b[2J"}'})
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 1
    assert f"{DATA}/arguendo.json" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    assert hub.repositories[DATA].branches == {"main": before}


# --- the question ------------------------------------------------------------------------------


def answered(hub: Hub, checkout: Path, answer: str, meanwhile: Callable[[], object]) -> tuple[int, str]:
    """Run `publish` on a terminal, wait for its question, do something, and answer."""
    outside, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "publish", DATA],
        cwd=checkout,
        env=environment(hub, checkout),
        stdin=inside,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    shown = b""
    while b"[y/N]" not in shown:
        read = os.read(process.stdout.fileno(), 4096)
        assert read, shown.decode()
        shown += read
    meanwhile()
    os.write(outside, f"{answer}\n".encode())
    rest, _ = process.communicate(timeout=120)
    os.close(outside)
    os.close(inside)
    return process.returncode, (shown + rest).decode()


def test_it_asks_and_sends_nothing_without_a_yes(hub: Hub, checkout: Path) -> None:
    code, shown = answered(hub, checkout, "", lambda: None)
    assert code == 1
    assert "nothing was sent" in shown
    assert hub.repositories == {}
    without_terminal = publish(hub, checkout)
    assert without_terminal.returncode == 2
    assert "Give --yes" in without_terminal.stderr
    assert hub.repositories == {}


def test_what_changed_during_the_question_is_not_written_over(hub: Hub, checkout: Path) -> None:
    already_there(hub, {"notes.txt": b"old"})
    code, shown = answered(hub, checkout, "y", lambda: already_there(hub, {"notes.txt": b"new"}))
    assert code == 1
    assert "error hub-moved: somebody has changed it meanwhile" in shown
    assert published(hub) == {"notes.txt": b"new"}

    readme = checkout / "build" / "dataset" / "README.md"
    code, shown = answered(hub, checkout, "y", lambda: readme.write_text("by hand"))
    assert code == 1
    assert "README.md: error built-file: it was changed after the build" in shown
    assert published(hub) == {"notes.txt": b"new"}


# --- the network -------------------------------------------------------------------------------


def once(part: str) -> Callable[[str, str], bool]:
    return lambda method, path: method in ("POST", "PUT") and part in path


@pytest.mark.parametrize(
    ("where", "part", "said"),
    [
        ("cut", "/repos/create", "Nothing there has changed"),
        ("cut", "/preupload/", "whole or not at all"),
        ("cut", "/commit/", "whole or not at all"),
        ("mute", "/commit/", "whole or not at all"),
        ("cut", "/tag/", "its tag is not"),
    ],
)
def test_a_lost_network_leaves_the_old_or_the_new_and_the_same_command_goes_on(
    hub: Hub, checkout: Path, where: str, part: str, said: str
) -> None:
    if part != "/repos/create":
        already_there(hub, {"notes.txt": b"old"})
    setattr(hub, where, once(part))
    lost = publish(hub, checkout, "--yes")
    assert lost.returncode == 1
    [line] = lost.stderr.splitlines()
    assert f"{DATA}: error hub-network: the connection broke while" in line
    assert said in line
    if part == "/repos/create":
        assert hub.repositories == {}
    else:
        whole = (where, part) in (("mute", "/commit/"), ("cut", "/tag/"))
        assert published(hub) == (built(checkout) if whole else {"notes.txt": b"old"})
        assert hub.repositories[DATA].tags == {}
    setattr(hub, where, lambda method, path: False)
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 0, done.stderr
    assert published(hub) == published(hub, VERSION) == built(checkout)


def test_files_that_came_through_are_not_sent_again(hub: Hub, checkout: Path) -> None:
    before = already_there(hub, {})
    sent: list[str] = []

    def fourth(method: str, path: str) -> bool:
        if method == "PUT" and path not in sent:
            sent.append(path)
        return method == "PUT" and sent.index(path) == 3

    hub.cut = fourth
    assert publish(hub, checkout, "--yes").returncode == 1
    assert hub.repositories[DATA].branches == {"main": before}
    arrived = len(hub.large)
    assert arrived >= 3
    hub.cut = lambda method, path: False
    hub.requests.clear()
    assert publish(hub, checkout, "--yes").returncode == 0
    assert hub.seen("PUT", "/large/") == len(hub.large) - arrived
    assert published(hub) == built(checkout)


def test_no_hub_at_all_is_one_line(checkout: Path) -> None:
    with running({}) as gone:
        pass
    done = publish(gone, checkout, "--yes")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "error hub-network: the connection broke while asking whose the token is" in line


# --- refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (None, "there is no token. Run: hf auth login"),
        (STRANGER, "the Hub does not know the token"),
        (READER, "the token may not write there"),
    ],
)
def test_a_token_without_the_right_is_refused_before_anything_is_built(
    hub: Hub, checkout: Path, token: str | None, said: str
) -> None:
    done = publish(hub, checkout, "--yes", token=token)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert said in line
    assert built(checkout) == {}


def test_what_the_hub_forbids_is_said_though_the_token_looked_right(hub: Hub, checkout: Path) -> None:
    hub.tokens[TOKEN] = Token(whoami("write"), ("ann",))
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "the Hub forbids making the repository" in line


def scoped(name: str, *permissions: str) -> dict[str, object]:
    scope = {"entity": {"_id": "1", "type": "org", "name": name}, "permissions": list(permissions)}
    return whoami("fineGrained", fineGrained={"global": [], "scoped": [scope]})


@pytest.mark.parametrize(
    ("who", "repo", "allowed"),
    [
        (whoami("write"), "ann/data", True),
        (whoami("write"), "org/data", True),
        (whoami("write"), "club/data", False),
        (whoami("write"), "other/data", False),
        (whoami("read"), "ann/data", False),
        (scoped("org", "repo.content.read", "repo.write"), "org/data", True),
        (scoped("org/data", "repo.write"), "org/data", True),
        (scoped("org/data", "repo.write"), "org/other", False),
        (scoped("org", "repo.content.read"), "org/data", False),
        (scoped("ann", "repo.write"), "org/data", False),
        ({}, "org/data", False),
    ],
)
def test_who_may_write(who: dict[str, object], repo: str, allowed: bool) -> None:
    assert may_write(who, repo) is allowed


def broken_gold(root: Path) -> None:
    edit(root, GOLD, '"label": "HOLDING"', '"label": "HOLDINGS"')
    commit(root)


def one_annotator(root: Path) -> None:
    shutil.rmtree(root / "annotations/rounds/seed-1/lm-3")
    commit(root)


def no_text(root: Path) -> None:
    shutil.copytree(root / f"corpus/opinions/{SEED_ID}", root / "away")
    shutil.rmtree(root / f"corpus/opinions/{SEED_ID}")
    git(root, "rm", "-r", "--cached", "--quiet", f"corpus/opinions/{SEED_ID}")
    commit(root)


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda root: edit(root, GOLD, "status", "status "), "uncommitted", f"not committed: {GOLD}"),
        (lambda root: (root / "src/new.py").write_text(""), "uncommitted", "not committed: src/new.py"),
        (lambda root: (root / "schema/gold.schema.json").unlink(), "uncommitted", "schema/gold.schema.json"),
        (one_annotator, "agreement-missing", f"no round has two annotators of {SEED_ID}"),
        (no_text, "text-missing", f"gold without its text here: {SEED_ID}"),
    ],
)
def test_a_corpus_that_is_not_fit_is_refused_in_a_line(
    spoil: Callable[[Path], object],
    code: str,
    said: str,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(checkout)
    spoil(checkout)
    assert main(["publish", DATA, "--yes"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert f": error {code}: " in line
    assert said in line
    assert built(checkout) == {}


def test_files_beside_the_sources_may_be_uncommitted(hub: Hub, checkout: Path) -> None:
    (checkout / "notes.txt").write_text("mine")
    assert publish(hub, checkout, "--dry-run").returncode == 0


def test_all_that_is_wrong_is_said_at_once(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    one_annotator(checkout)
    (checkout / "corpus/new.txt").write_text("")
    assert main(["publish", DATA]) == 1
    codes = {line.split(": ")[1] for line in capsys.readouterr().err.splitlines()}
    assert codes == {"error uncommitted", "error agreement-missing"}


def test_a_corpus_with_errors_is_not_published(hub: Hub, checkout: Path) -> None:
    broken_gold(checkout)
    done = publish(hub, checkout, "--yes")
    assert done.returncode == 1
    assert f"{GOLD}#/spans/" in done.stderr.splitlines()[0]
    assert hub.repositories == {}


def test_outside_git_nothing_is_published(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(checkout / ".git")
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(checkout.parent))
    assert main(["publish", DATA]) == 2
    assert "no git checkout" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["arguendo", "a/b/c", "org/..", "org/a b", "../x"])
def test_what_names_no_repository_is_refused(
    name: str, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    assert main(["publish", name]) == 2
    assert "this names no repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda folder: edit(folder, "README.md", "Opinions", "opinions"),
            "README.md: error built-file: it was changed",
        ),
        (
            lambda folder: (folder / "notes.txt").write_text("mine"),
            "notes.txt: error built-file: it was added",
        ),
        (lambda folder: (folder / "README.md").unlink(), "README.md: error built-file: it was removed"),
    ],
)
def test_a_built_file_changed_by_hand_is_refused_and_left(
    spoil: Callable[[Path], object],
    said: str,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(checkout)
    assert main(["build"]) == 0
    spoil(checkout / "build" / "dataset")
    before = built(checkout)
    assert main(["publish", DATA, "--yes"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert built(checkout) == before


def test_the_record_of_a_build_names_the_versions_and_every_file(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    version = Store(checkout).guidelines_version()
    edit(checkout, "annotations/GUIDELINES.md", f"Version {version}.", "Version 7.3.")
    assert main(["build"]) == 0
    files = built(checkout)
    record = json.loads(files["arguendo.json"])
    assert [record[name] for name in ("dataset", "scorer", "guidelines")] == [VERSION, SCORER_VERSION, "7.3"]
    assert {file["path"] for file in record["files"]} == files.keys() - {"arguendo.json"}
    edit(checkout, "annotations/GUIDELINES.md", "Version 7.3.", "Some version.")
    assert main(["build"]) == 1
    assert built(checkout) == files


def test_the_changelog_has_the_version_that_would_be_published() -> None:
    headings = [line for line in (REPO / "CHANGELOG.md").read_text("utf-8").splitlines() if line[:3] == "## "]
    assert any(line.startswith(f"## [{VERSION}] - ") for line in headings)
