"""Fixtures that all tests share, and checks that hold for the reading of any source whatever."""

import re
import shutil
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings

from arguendo.adjudicate import take_over
from arguendo.annotation import Gold
from arguendo.cli import main
from arguendo.convert import convert
from arguendo.opinion import BLOCK_KINDS, EMPHASIS_KINDS, Opinion, Reading
from arguendo.sourcemap import REASONS, SourceMap, rebuild
from arguendo.store import Store

# The same examples on every run, however slow the machine; `scripts/fuzz` looks further.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

_REPO = Path(__file__).resolve().parents[1]
SEED_ID = "nysd.18-cv-02897.2018-10-22"
# Markup that may hold letters: tags, comments, addresses of links, images.
_WORDY_MARKUP = re.compile(r"<.+>|\]\(\S*\)|!\[.*\]\(\S*\)", re.DOTALL)


def copy_seed_corpus(root: Path) -> None:
    """The corpus and annotations below `root`, of the opinion whose text is in the repository alone."""
    others = shutil.ignore_patterns("fetched", "manifest.jsonl", "moot", "challenge")
    shutil.copytree(_REPO / "corpus", root / "corpus", ignore=others)
    annotations = root / "annotations"
    for file in (
        "annotators.json",
        "GUIDELINES.md",
        f"rounds/r0/lm-1/{SEED_ID}.json",
        f"drafts/r0/lm-1/{SEED_ID}.toml",
    ):
        (annotations / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_REPO / "annotations" / file, annotations / file)
    Store(root).write_gold(first_gold())


def snapshot(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their paths."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def first_gold() -> Gold:
    """Provisional gold of the seed from its first pass, whatever the gold of record is."""
    store = Store(_REPO)
    return take_over(store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID)))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seed's corpus in a folder of its own, which is the working folder."""
    root = tmp_path / "checkout"
    copy_seed_corpus(root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return _REPO


@pytest.fixture(scope="session")
def seed_bytes(repo_root: Path) -> bytes:
    """The seed opinion as received."""
    return (repo_root / "corpus" / "opinions" / SEED_ID / "source.md").read_bytes()


@pytest.fixture(scope="session")
def seed_source(seed_bytes: bytes) -> str:
    return seed_bytes.decode("utf-8")


@pytest.fixture(scope="session")
def seed(seed_bytes: bytes) -> Opinion:
    """The seed opinion, converted."""
    return convert(seed_bytes, "seed.md")


def check_map(source: str, text: str, source_map: SourceMap) -> None:
    """The map accounts for every character of the source and of the text exactly once."""
    position = 0
    from_source: list[tuple[int, int]] = []
    for edit in source_map:
        stretch = source[edit.source_start : edit.source_end]
        result = text[edit.text_start : edit.text_end]
        assert edit.source_start == position, f"{edit} leaves a gap or overlaps"
        position = edit.source_end
        if edit.op != "drop":
            assert 0 <= edit.text_start < edit.text_end <= len(text), edit
            from_source.append((edit.text_start, edit.text_end))
        if edit.op == "copy":
            assert stretch == result
            assert (edit.was, edit.why) == (None, None)
        elif edit.op == "insert":
            assert (stretch, result) == ("", "\n\n")
            assert (edit.was, edit.why) == (None, None)
        else:
            assert edit.op in ("replace", "drop")
            assert edit.source_start < edit.source_end
            assert edit.was == stretch
            assert edit.why in REASONS
            if edit.op == "drop":
                assert (edit.text_start, edit.text_end) == (0, 0)
            _check_reason(stretch, result, edit.why or "")
    assert position == len(source)
    end = 0
    for a, b in sorted(from_source):
        assert a == end, "text comes from nowhere or from two places"
        end = b
    assert end == len(text)
    assert rebuild(text, source_map) == source


def _check_reason(was: str, became: str, why: str) -> None:
    """No reason is a cover for losing words."""
    if why in ("whitespace", "page_break"):
        assert was.isspace()
    elif why == "escape":
        assert was == "\\"
    elif why == "line_break":
        assert not any(map(str.isalnum, re.sub(r"<br[ \t]*/?>", "", was, flags=re.IGNORECASE)))
    elif why == "markup" and any(map(str.isalnum, was)):
        assert _WORDY_MARKUP.fullmatch(was)
    elif why == "nfc":
        assert unicodedata.is_normalized("NFC", became)


def check_reading(source: str, reading: Reading) -> None:
    """Everything that holds for the canonical text of any source whatever."""
    text = reading.text
    check_map(source, text, reading.source_map)
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    contents = [text[block.start : block.end] for block in reading.blocks]
    assert "\n\n".join(contents) == text
    for before, after in pairwise(reading.blocks):
        assert after.start == before.end + 2
    for block, content in zip(reading.blocks, contents, strict=True):
        assert block.kind in BLOCK_KINDS
        for line in content.split("\n"):
            assert line
            assert line == line.strip()
        assert (block.kind == "caption") == (block.part is not None)
        assert (block.kind == "heading") == (block.level is not None)
        assert (block.kind == "footnote") == (block.number is not None)
        if block.label is not None:
            assert content.startswith(block.label)
        if block.anchor is not None:
            assert any(b.start <= block.anchor <= b.end for b in reading.blocks if b is not block)
    for emphasis in reading.emphasis:
        assert emphasis.kind in EMPHASIS_KINDS
        assert any(b.start <= emphasis.start < emphasis.end <= b.end for b in reading.blocks), emphasis
    order = [(e.start, -e.end, e.kind) for e in reading.emphasis]
    assert order == sorted(set(order))


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset built from the seed's first pass alone, its corpus beside it."""
    folder = tmp_path_factory.mktemp("built") / "dataset"
    copy_seed_corpus(folder.parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        assert main(["build", "--out", str(folder)]) == 0
    return folder
