"""A small Hugging Face Hub on loopback, for tests: it keeps what it is sent and gives it back.

It speaks what `huggingface_hub` and `datasets` ask of the real one: repositories, rights of tokens,
commits in NDJSON, large files by LFS, trees in pages, refs, downloads by range. Content is by its
hash, as in git; a commit is taken whole or refused. No server that does this installs from PyPI.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 10
SIGNATURE = "signature-of-an-upload"
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"

Request = tuple[str, str]
"""Method and path."""


@dataclass(frozen=True)
class Blob:
    """A file: its bytes, and whether git holds a pointer to it instead of it."""

    data: bytes
    large: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def in_git(self) -> bytes:
        if not self.large:
            return self.data
        spec = "https://git-lfs.github.com/spec/v1"
        return f"version {spec}\noid sha256:{self.sha256}\nsize {len(self.data)}\n".encode()

    @property
    def id(self) -> str:
        return hashlib.sha1(b"blob %d\0" % len(self.in_git) + self.in_git).hexdigest()

    @property
    def content_id(self) -> str:
        return self.sha256 if self.large else self.id


@dataclass(frozen=True)
class Commit:
    parent: str | None
    files: dict[str, Blob]
    title: str
    description: str

    @property
    def id(self) -> str:
        listing = {path: blob.id for path, blob in sorted(self.files.items())}
        return hashlib.sha1(
            json.dumps([self.parent, self.title, self.description, listing]).encode()
        ).hexdigest()


@dataclass
class Repository:
    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def add(self, branch: str, commit: Commit) -> str:
        self.commits[commit.id] = commit
        self.branches[branch] = commit.id
        return commit.id

    def resolve(self, revision: str) -> str:
        found = self.branches.get(revision) or self.tags.get(revision) or revision
        if found not in self.commits:
            raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return found

    def files(self, revision: str) -> dict[str, bytes]:
        return {path: blob.data for path, blob in self.commits[self.resolve(revision)].files.items()}


@dataclass(frozen=True)
class Token:
    """What `whoami-v2` says of a token, and the namespaces to which it may write."""

    whoami: dict[str, Any]
    writes: tuple[str, ...] = ()


class RefusedError(Exception):
    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        self.status, self.code, self.message = status, code, message


class Hub(ThreadingHTTPServer):
    """`cut` names requests whose connection breaks before, `mute` those where it does after they are done."""

    daemon_threads = True

    def __init__(self, tokens: dict[str, Token]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.tokens = tokens
        self.repositories: dict[str, Repository] = {}
        self.large: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.cut: Callable[[str, str], bool] = _never
        self.mute: Callable[[str, str], bool] = _never
        self.lock = threading.Lock()

    def seen(self, method: str, part: str) -> int:
        """How many requests of a method had this in their path."""
        return sum(verb == method and part in path for verb, path in self.requests)


def _never(method: str, path: str) -> bool:
    return False


@contextmanager
def running(tokens: dict[str, Token]) -> Iterator[Hub]:
    hub = Hub(tokens)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle_one(self) -> None:
        hub, path = self.server, urlsplit(self.path).path
        body = self.body()
        with hub.lock:
            hub.requests.append((self.command, path))
            if hub.cut(self.command, path):
                self.close_connection = True
                return
            try:
                status, headers, answer = self.route(path, body)
            except RefusedError as refused:
                status, answer = refused.status, json.dumps({"error": refused.message}).encode()
                headers = {"X-Error-Code": refused.code, "X-Error-Message": refused.message}
            if hub.mute(self.command, path):
                self.close_connection = True
                return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", headers.get("Content-Length", str(len(answer))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = handle_one  # noqa: N815

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def route(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        match [unquote(part) for part in path.split("/")[1:]]:
            case ["api", "whoami-v2"]:
                return _json(self.token().whoami)
            case ["api", "validate-yaml"]:
                return self.validate_card(json.loads(body))
            case ["api", "repos", "create"]:
                return self.create(json.loads(body))
            case ["api", "datasets", owner, name, *rest]:
                return self.api(f"{owner}/{name}", self.repository(f"{owner}/{name}"), rest, body)
            case ["datasets", owner, _, "info", "lfs", "objects", "batch"]:
                self.may_write(owner)
                return self.batch(json.loads(body))
            case ["large", oid] if self.command == "PUT":
                if SIGNATURE not in self.path or hashlib.sha256(body).hexdigest() != oid:
                    raise RefusedError(403, message="wrong signature or content")
                self.server.large[oid] = body
                return 200, {}, b""
            case ["datasets", owner, name, "resolve", revision, *parts]:
                return self.download(self.repository(f"{owner}/{name}"), revision, "/".join(parts))
        raise RefusedError(404, message=f"no such route: {path}")

    # --- who asks ---

    def token(self) -> Token:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if given not in self.server.tokens:
            raise RefusedError(401, message="Invalid credentials in Authorization header")
        return self.server.tokens[given]

    def may_write(self, owner: str) -> None:
        if owner not in self.token().writes:
            raise RefusedError(403, message="You don't have the required permissions")

    def repository(self, id: str) -> Repository:
        found = self.server.repositories.get(id)
        known = self.headers.get("Authorization", "").removeprefix("Bearer ") in self.server.tokens
        if found is None or (found.private and not known):
            raise RefusedError(404 if known else 401, "RepoNotFound", "Repository not found")
        return found

    # --- what is asked ---

    def validate_card(self, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        from huggingface_hub import DatasetCard

        try:
            DatasetCard(request["content"])
        except ValueError as error:
            return _json({"errors": [{"message": str(error)}], "warnings": []}, 400)
        return _json({"errors": [], "warnings": []})

    def create(self, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        owner = request.get("organization") or self.token().whoami["name"]
        self.may_write(owner)
        id = f"{owner}/{request['name']}"
        if id in self.server.repositories:
            raise RefusedError(409, message="You already created this dataset repo")
        private = request.get("visibility") == "private" or request.get("private") is True
        self.server.repositories[id] = Repository(private)
        first = Commit(None, {".gitattributes": Blob(ATTRIBUTES, large=False)}, "initial commit", "")
        self.server.repositories[id].add("main", first)
        return _json({"url": f"{self.server.url}/datasets/{id}", "id": id, "name": id})

    def api(
        self, id: str, repository: Repository, rest: list[str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        match (self.command, rest):
            case ("GET", [] | ["revision", _]):
                commit = repository.resolve(rest[1] if rest else "main")
                siblings = [{"rfilename": path} for path in repository.commits[commit].files]
                return _json(
                    {"id": id, "sha": commit, "private": repository.private, "tags": [], "siblings": siblings}
                )
            case ("GET", ["refs"]):
                return _json(
                    {
                        "branches": _refs("heads", repository.branches),
                        "tags": _refs("tags", repository.tags),
                        "converts": [],
                    }
                )
            case ("GET", ["tree", revision, *parts]):
                return self.tree(repository, revision, "/".join(parts))
            case ("POST", ["paths-info", revision]):
                wanted = (
                    parse_qs(body.decode()).get("paths", [])
                    if body[:1] != b"{"
                    else json.loads(body)["paths"]
                )
                entries = _entries(repository, revision)
                return _json([entries[path] for path in wanted if path in entries])
        self.may_write(id.split("/")[0])
        match (self.command, rest):
            case ("POST", ["preupload", revision]):
                return self.preupload(repository, revision, json.loads(body))
            case ("POST", ["commit", branch]):
                lines = [json.loads(line) for line in body.splitlines()]
                return self.commit(id, repository, branch, lines)
            case ("POST", ["tag", revision]):
                name = json.loads(body)["tag"]
                if name in repository.tags:
                    raise RefusedError(409, message="Tag reference exists already")
                repository.tags[name] = repository.resolve(revision)
                return _json({})
            case ("POST", ["branch", name]):
                if name in repository.branches:
                    raise RefusedError(409, message="Branch exists already")
                repository.branches[name] = repository.resolve(json.loads(body).get("startingPoint", "main"))
                return _json({})
        raise RefusedError(404, message=f"no such route: {self.command} {rest}")

    def tree(self, repository: Repository, revision: str, folder: str) -> tuple[int, dict[str, str], bytes]:
        query = parse_qs(urlsplit(self.path).query)
        deep = query.get("recursive", ["false"])[0].lower() in ("true", "1")
        prefix = f"{folder}/" if folder else ""
        entries = _entries(repository, revision)
        if folder and folder not in entries:
            raise RefusedError(404, "EntryNotFound", f"{folder} does not exist")
        below = [
            entry
            for path, entry in sorted(entries.items())
            if path.startswith(prefix) and (deep or "/" not in path[len(prefix) :])
        ]
        start = int(query.get("cursor", ["0"])[0])
        status, headers, answer = _json(below[start : start + PAGE])
        if start + PAGE < len(below):
            path = self.path.split("?")[0]
            deeper = "true" if deep else "false"
            next_page = f"{self.server.url}{path}?recursive={deeper}&cursor={start + PAGE}"
            headers["Link"] = f'<{next_page}>; rel="next"'
        return status, headers, answer

    def preupload(
        self, repository: Repository, revision: str, request: dict[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        files = repository.commits[repository.resolve(revision)].files
        answers = []
        for each in request["files"]:
            path = each["path"]
            mode = "lfs" if _is_large(files, path) else "regular"
            answer = {"path": path, "uploadMode": mode, "shouldIgnore": False}
            answers.append(answer | ({"oid": files[path].content_id} if path in files else {}))
        return _json({"files": answers})

    def batch(self, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        objects = []
        for each in request["objects"]:
            href = f"{self.server.url}/large/{each['oid']}?{SIGNATURE}"
            new = each["oid"] not in self.server.large
            objects.append({**each, **({"actions": {"upload": {"href": href}}} if new else {})})
        return _json({"transfer": "basic", "objects": objects})

    def commit(
        self, id: str, repository: Repository, branch: str, lines: list[dict[str, Any]]
    ) -> tuple[int, dict[str, str], bytes]:
        if branch not in repository.branches:
            raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {branch}")
        head = repository.branches[branch]
        header = lines[0]["value"]
        if header.get("parentCommit", head) != head:
            raise RefusedError(412, message="A commit has happened since. Please refresh and try again.")
        files = dict(repository.commits[head].files)
        for line in lines[1:]:
            value = line["value"]
            path = value["path"]
            if line["key"] == "file":
                if _is_large(files, path):
                    raise RefusedError(400, message=f"{path} has to be sent by LFS")
                files[path] = Blob(base64.b64decode(value["content"]), large=False)
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.server.large:
                    raise RefusedError(400, message=f"{path} points to an object that was not sent")
                files[path] = Blob(self.server.large[value["oid"]], large=True)
            elif line["key"] == "deletedFile" and path in files:
                del files[path]
            else:
                raise RefusedError(404, "EntryNotFound", f"{line['key']}: {path}")
        made = repository.add(branch, Commit(head, files, header["summary"], header["description"]))
        return _json(
            {
                "success": True,
                "commitOid": made,
                "commitUrl": f"{self.server.url}/datasets/{id}/commit/{made}",
            }
        )

    def download(self, repository: Repository, revision: str, path: str) -> tuple[int, dict[str, str], bytes]:
        commit = repository.resolve(revision)
        headers = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        blob = repository.commits[commit].files.get(path)
        if blob is None:
            raise RefusedError(404, "EntryNotFound", "Entry not found")
        headers["ETag"] = f'"{blob.content_id}"'
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(blob.data)), len(blob.data) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(blob.data)}"
            return 206, headers, blob.data[start : end + 1]
        return 200, headers, blob.data


def _json(value: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _refs(kind: str, names: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": commit} for n, commit in names.items()]


def _is_large(files: dict[str, Blob], path: str) -> bool:
    """By .gitattributes, as git has it."""
    rules = files[".gitattributes"].data.decode().splitlines()
    return any("filter=lfs" in rule and fnmatch(path.rsplit("/")[-1], rule.split()[0]) for rule in rules)


def _entries(repository: Repository, revision: str) -> dict[str, dict[str, Any]]:
    """Files and folders of a commit, by path."""
    found: dict[str, dict[str, Any]] = {}
    for path, blob in repository.commits[repository.resolve(revision)].files.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            id = hashlib.sha1(folder.encode()).hexdigest()
            found[folder] = {"type": "directory", "path": folder, "oid": id, "size": 0}
        found[path] = {"type": "file", "path": path, "oid": blob.id, "size": len(blob.data)}
        if blob.large:
            size = len(blob.data)
            found[path]["lfs"] = {"oid": blob.sha256, "size": size, "pointerSize": len(blob.in_git)}
    return found
