"""A dataset repository on the Hugging Face Hub: who may write there, what it holds, one commit to it.

The only module that talks to the Hub. Its problems quote no address and no header: an upload's
address is signed, and a header holds the token.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arguendo.dataset_record import RECORD_FILE, parse_dataset_record
from arguendo.errors import CorpusError, fail, misuse
from arguendo.files import read_text
from arguendo.records import Record

MAIN = "main"
_AGAIN = "Nothing there has changed; run the same command again"
_TOKENS = "https://huggingface.co/settings/tokens"
_TYPE = "dataset"


@dataclass(frozen=True, slots=True)
class Published:
    """What a dataset repository holds on a branch, and under a tag.

    `commit` is where the branch stands, or where it would begin if it is new. Files are by path:
    SHA-256 of large ones, the blob id of git (a SHA-1) of the others. `tagged` is None without that tag.
    """

    exists: bool = False
    private: bool = False
    has_branch: bool = False
    commit: str | None = None
    files: Mapping[str, str] | None = None
    record: Record | None = None
    tagged: Mapping[str, str] | None = None


class Hub:
    """A dataset repository `organisation/name`, with the token that `hf auth login` or HF_TOKEN gives."""

    def __init__(self, repo: str) -> None:
        try:
            from huggingface_hub import HfApi
            from huggingface_hub.utils import (  # type: ignore[attr-defined]
                disable_progress_bars,
                logging,
                validate_repo_id,
            )
        except ImportError:
            hint = "Run: pip install 'arguendo[hub]'"
            raise misuse("arguendo publish", "needs huggingface-hub", hint) from None
        try:
            validate_repo_id(repo)
            _, _ = repo.split("/")
        except ValueError:
            hint = "Write organisation/name: letters, digits, - _ ."
            raise misuse(repo, "this names no repository", hint) from None
        # Its warnings show addresses.
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        disable_progress_bars()
        self.repo = repo
        self._api = HfApi()

    def check_right(self) -> None:
        """Raises `UsageError` without a token, or with one that may not write to the repository."""
        with self._plainly("asking whose the token is"):
            who = self._api.whoami()
        if not may_write(who, self.repo):
            hint = f"Make one with the right to write at {_TOKENS}, and run: hf auth login"
            raise misuse(self.repo, "the token may not write there", hint)

    def published(self, branch: str, tag: str) -> Published:
        """What the repository holds.

        Raises:
            CorpusError: it cannot be read, or its `arguendo.json` is broken.
            UsageError: `branch` is a tag.
        """
        from huggingface_hub.errors import RepositoryNotFoundError

        with self._plainly("reading what is published"):
            try:
                info = self._api.dataset_info(self.repo)
            except RepositoryNotFoundError:
                return Published()
            refs = self._api.list_repo_refs(self.repo, repo_type=_TYPE)
            branches = {ref.name: ref.target_commit for ref in refs.branches}
            tags = {ref.name for ref in refs.tags}
            if branch in tags and branch not in branches:
                raise misuse(self.repo, f"{branch} is a tag there, and tags stay", "Name a branch")
            commit = branches.get(branch, branches.get(MAIN))
            files = self._files(commit) if commit else {}
            return Published(
                exists=True,
                private=bool(info.private),
                has_branch=branch in branches,
                commit=commit,
                files=files,
                record=self._record(commit) if commit and RECORD_FILE in files else None,
                tagged=self._files(tag) if tag in tags else None,
            )

    def _files(self, revision: str) -> dict[str, str]:
        from huggingface_hub.hf_api import RepoFile

        tree = self._api.list_repo_tree(self.repo, recursive=True, revision=revision, repo_type=_TYPE)
        files = (each for each in tree if isinstance(each, RepoFile))
        return {each.path: each.lfs.sha256 if each.lfs else each.blob_id for each in files}

    def _record(self, commit: str) -> Record:
        with tempfile.TemporaryDirectory() as cache:
            path = self._api.hf_hub_download(
                self.repo, RECORD_FILE, repo_type=_TYPE, revision=commit, cache_dir=cache
            )
            return parse_dataset_record(read_text(Path(path)), f"{self.repo}/{RECORD_FILE}")

    def prepare(self, branch: str, private: bool, published: Published) -> None:
        """Make the repository and the branch where they are not there yet."""
        if not published.exists:
            with self._plainly("making the repository"):
                self._api.create_repo(self.repo, repo_type=_TYPE, private=private)
        if not published.has_branch and branch != MAIN:
            with self._plainly(f"making the branch {branch}"):
                self._api.create_branch(self.repo, branch=branch, repo_type=_TYPE, exist_ok=True)

    def commit(
        self,
        folder: Path,
        put: Sequence[str],
        removed: Sequence[str],
        branch: str,
        parent: str | None,
        message: tuple[str, str],
    ) -> str:
        """Put files of a folder and remove others in one commit, whole or not at all; returns its id.

        `message` is its first line and the rest. It is refused where the branch has left `parent`.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        hint = "The commit is there whole or not at all; run the same command again"
        with self._plainly("sending the commit", hint):
            done = self._api.create_commit(
                self.repo,
                [
                    *(CommitOperationAdd(path, folder / path) for path in put),
                    *(CommitOperationDelete(path, is_folder=False) for path in removed),
                ],
                commit_message=message[0],
                commit_description=message[1],
                repo_type=_TYPE,
                revision=branch,
                parent_commit=parent,
            )
        return done.oid

    def tag(self, name: str, commit: str) -> None:
        with self._plainly("tagging the commit", "The commit is there, its tag is not; run it again"):
            self._api.create_tag(self.repo, tag=name, revision=commit, repo_type=_TYPE)

    @contextmanager
    def _plainly(self, doing: str, hint: str = _AGAIN) -> Iterator[None]:
        """Faults of the wire and of the Hub as one problem."""
        from huggingface_hub import errors

        try:
            yield
        except errors.LocalTokenNotFoundError:
            raise misuse(self.repo, "there is no token", "Run: hf auth login, or set HF_TOKEN") from None
        # Its HTTPError is that of the HTTP library it was made for, which is not always the same one.
        except (errors.HTTPError, OSError, RuntimeError, ValueError) as error:  # type: ignore[attr-defined]
            raise self._problem(error, doing, hint) from None

    def _problem(self, error: BaseException, doing: str, hint: str) -> CorpusError:
        from huggingface_hub.errors import HfHubHTTPError

        at: BaseException | None = error
        while at is not None and not isinstance(at, HfHubHTTPError):
            at = at.__cause__
        if at is None:
            message = f"the connection broke while {doing} ({type(error).__name__})"
            return fail(self.repo, "hub-network", message, hint)
        status = at.response.status_code
        if status == 401:
            return misuse(self.repo, "the Hub does not know the token", "Run: hf auth login")
        if status == 403:
            hint = f"See the token's rights at {_TOKENS}, and yours in the organisation"
            return misuse(self.repo, f"the Hub forbids {doing}", hint)
        if status == 412:
            return fail(self.repo, "hub-moved", "somebody has changed it meanwhile", _AGAIN)
        return fail(self.repo, "hub-answer", f"the Hub answers {status} to {doing}", hint)


def may_write(who: Mapping[str, Any], repo: str) -> bool:
    """Whether a token may write to a repository, by what `whoami-v2` says of it.

    A token with the role `write` may where its user may, in their own repositories and those of
    organisations that do not let them read alone; a fine-grained one where it is said to.
    """
    owner = repo.split("/")[0]
    token = (who.get("auth") or {}).get("accessToken") or {}
    if token.get("role") == "fineGrained":
        scopes = (token.get("fineGrained") or {}).get("scoped") or []
        return any(
            scope["entity"].get("name") in (owner, repo) and "repo.write" in scope.get("permissions", ())
            for scope in scopes
        )
    roles = {org["name"]: org.get("roleInOrg") for org in who.get("orgs") or []}
    member = owner == who.get("name") or roles.get(owner, "read") != "read"
    return bool(token.get("role") != "read" and member)
