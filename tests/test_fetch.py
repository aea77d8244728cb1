"""Opinions held elsewhere: from a mirror, checked; nothing that differs is written."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from arguendo.cli import main
from arguendo.convert import convert
from arguendo.offsets import sha256
from conftest import SEED_ID, copy_seed_corpus

REPO = Path(__file__).parents[1]
PROSE = "The question is whether the notice was mailed in time. We hold that it was not, and we affirm."
SOURCE = (
    "<html><p>United States Court of Appeals for the First Circuit</p><p>No. 93-1398</p>"
    f"<p>Decided February 24, 1994</p><p>{PROSE}</p><p>{PROSE} {PROSE}</p></html>"
)


def row_of(data: bytes, **more: Any) -> dict[str, Any]:
    opinion = convert(data, "page.html")
    return {
        "id": opinion.id,
        "format": "html",
        "repository": "someone/cases",
        "commit": "0" * 40,
        "path": "a/page.html",
        "source_sha256": hashlib.sha256(data).hexdigest(),
        "text_sha256": sha256(opinion.text),
        **more,
    }


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_seed_corpus(tmp_path)
    mirror = tmp_path / "mirror" / "deep"
    mirror.mkdir(parents=True)
    (mirror / "whatever.html").write_text(SOURCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifest(checkout: Path, *rows: dict[str, Any]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (checkout / "corpus" / "manifest.jsonl").write_text(lines, "utf-8")


def fetch(checkout: Path) -> int:
    return main(["fetch", "--mirror", str(checkout / "mirror")])


def test_an_opinion_comes_from_the_mirror_by_its_hash(checkout: Path, capsys: Any) -> None:
    row = row_of(SOURCE.encode())
    manifest(checkout, row)
    assert fetch(checkout) == 0
    assert (checkout / "corpus" / "fetched" / row["id"] / "opinion.txt").read_text("utf-8").count(PROSE) == 3
    assert main(["validate"]) == 0
    capsys.readouterr()
    assert fetch(checkout) == 0
    assert "unchanged 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"source_sha256": "0" * 64}, "fetch-source"),
        ({"text_sha256": "0" * 64}, "fetch-text"),
        ({"id": "ca1.93-1399.1994-02-24"}, "fetch-text"),
    ],
)
def test_what_differs_is_refused_and_the_rest_goes_on(
    checkout: Path, capsys: Any, change: dict[str, str], code: str
) -> None:
    other = SOURCE.replace("93-1398", "93-2000")
    (checkout / "mirror" / "other.html").write_text(other, "utf-8")
    good, bad = row_of(other.encode()), {**row_of(SOURCE.encode()), **change}
    manifest(checkout, bad, good)
    assert fetch(checkout) == 1
    said = capsys.readouterr()
    assert f"{bad['id']}: error {code}" in said.err
    assert "written 1" in said.out
    assert [path.name for path in (checkout / "corpus" / "fetched").iterdir()] == [good["id"]]


def test_an_annotation_of_an_opinion_that_is_not_here_is_checked_as_far_as_it_can_be(
    checkout: Path, capsys: Any
) -> None:
    row = row_of(SOURCE.encode())
    manifest(checkout, row)
    raw = checkout / "annotations" / "rounds" / "r0" / "lm-1" / f"{SEED_ID}.json"
    record = json.loads(raw.read_text("utf-8"))
    record.update(opinion=row["id"], text_sha256=row["text_sha256"])
    (raw.parent / f"{row['id']}.json").write_text(json.dumps(record), "utf-8")
    assert main(["validate"]) == 0
    record["text_sha256"] = "0" * 64
    (raw.parent / f"{row['id']}.json").write_text(json.dumps(record), "utf-8")
    capsys.readouterr()
    assert main(["validate"]) == 1
    assert "annotated-text" in capsys.readouterr().out


def test_the_manifest_holds_no_text_and_its_rows_are_sound() -> None:
    assert main(["validate", str(REPO / "corpus" / "manifest.jsonl")]) == 0
