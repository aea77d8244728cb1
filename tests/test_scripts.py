"""The scripts, run as a user runs them, on a copy of the checkout."""

import hashlib
import html
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from arguendo.opinion import Opinion
from conftest import SEED_ID
from test_pdf import MORE, make_pdf, prose

REPO = Path(__file__).parents[1]
SHOWN = [
    "src",
    "schema",
    "scripts",
    "corpus",
    "annotations",
    "benchmark",
    "docs",
    "DATASHEET.md",
    "pyproject.toml",
    "constraints.txt",
    "README.md",
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout that shares the environment, which the scripts then find in place."""
    if not (REPO / ".venv" / "installed").is_file():
        pytest.skip("needs the environment that scripts/setup makes")
    root = tmp_path_factory.mktemp("checkout")
    for name in SHOWN:
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "fetched"))
        else:
            shutil.copy(source, root / name)
    (root / ".venv").symlink_to(REPO / ".venv")
    return root


def run(checkout: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, timeout=300, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_build_goes_the_whole_way_and_closes_with_the_table(checkout: Path) -> None:
    out = run(checkout, "scripts/build")
    lines = [line.split("  ", 1) for line in out.splitlines() if "  " in line]
    rows = {name.strip(): value.strip() for name, value in lines}
    held = {path.name for path in checkout.glob("corpus/*/*/") if (path / "opinion.txt").is_file()}
    labelled = {path.stem for path in checkout.glob("annotations/gold/*.json")}
    assert rows["opinions"] == str(len(held))
    assert rows["gold"] == f"adjudicated {len(labelled)}"
    assert SEED_ID in held & labelled
    assert rows["problems"] == "0"
    assert "ARGUMENT" in rows["spans"]
    assert "rebuts" in rows["relations"]
    assert (checkout / rows["dataset"] / "README.md").is_file()
    assert (checkout / rows["page"]).is_file()
    assert out.index("span-extraction (test)") < out.index("challenge (pairs right in both versions)")


def test_build_refuses_when_the_stored_text_is_not_what_the_reader_gives(checkout: Path) -> None:
    text = next((checkout / "corpus" / "opinions").glob("*/opinion.txt"))
    kept = text.read_bytes()
    text.write_bytes(kept.replace(b"Alibaba", b"Alibabi", 1))
    try:
        done = subprocess.run(
            ["scripts/build"], cwd=checkout, capture_output=True, text=True, timeout=300, check=False
        )
    finally:
        text.write_bytes(kept)
    assert done.returncode == 1
    assert "opinion.txt: error opinion-exists" in done.stderr


def test_docs_are_what_the_code_says(checkout: Path) -> None:
    run(checkout, "scripts/docs")
    for page in (
        *sorted((checkout / "docs").glob("*.md")),
        checkout / "README.md",
        checkout / "DATASHEET.md",
    ):
        assert page.read_bytes() == (REPO / page.relative_to(checkout)).read_bytes(), "run scripts/docs"


def test_bench_prints_a_line_for_each_stage(checkout: Path) -> None:
    out = run(checkout, "scripts/bench", "1")
    for stage in ("markdown-it-py parse alone", "text, blocks, emphasis", "citations", "arguendo --help"):
        assert stage in out


@pytest.fixture(scope="module")
def sources(checkout: Path, seed: Opinion) -> list[Path]:
    """The seed's words in other formats."""
    folder = checkout / "sources"
    folder.mkdir()
    paragraphs = [html.escape(part) for part in seed.text.split("\n\n")]
    made = {
        "page.html": ("<html><body>" + "".join(f"<p>{part}</p>" for part in paragraphs)).encode(),
        "plain.txt": seed.text.replace("*", "x").encode(),
        "slip.pdf": make_pdf([prose(700), prose(700, MORE)]),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


def test_lossless_proves_each_format_and_finds_a_loss(checkout: Path, sources: list[Path]) -> None:
    facts = ("--court", "ca2", "--date", "2018-10-22", "--out", "converted", "--docket")
    for number, path in enumerate(sources):
        run(checkout, ".venv/bin/arguendo", "convert", str(path), *facts, f"No. 18-{number}")
    command = (".venv/bin/python", "scripts/lossless", "corpus/opinions", "converted")
    out = run(checkout, *command)
    assert "4 of 4 without loss" in out
    assert {line.split(":")[0] for line in out.splitlines()[:-1]} == {"html", "markdown", "pdf", "text"}
    stored = next((checkout / "converted").glob("*/opinion.txt"))
    stored.write_text(stored.read_text("utf-8").replace("the", "teh", 1), "utf-8")
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "3 of 4 without loss" in done.stdout


def test_mutated_sources_are_read_without_loss_or_refused(checkout: Path, sources: list[Path]) -> None:
    seed = next((checkout / "corpus" / "opinions").glob("*/source.md"))
    out = run(checkout, ".venv/bin/python", "scripts/fuzz", "1000", *map(str, [seed, *sources]))
    for name in ("markdown", "html", "text", "pdf"):
        assert f"{name} read" in out


def test_bench_convert_sets_the_readers_beside_parsers(checkout: Path) -> None:
    out = run(checkout, "scripts/bench", "convert", "corpus")
    assert "reader ÷ parser in time" in out
    assert "| markdown |" in out


def test_bench_scale_tells_rates_memory_and_what_ten_million_cost(checkout: Path) -> None:
    out = run(checkout, "scripts/bench", "scale", "8")
    for stage in ("sentences", "citations", "convert_batch", "1 to 2 workers", "core-hours"):
        assert stage in out
    peaks = [int(line.split()[-2]) for line in out.splitlines() if "peak" in line]
    assert len(peaks) == 4
    assert peaks[-1] == max(peaks)


def test_conversion_prints_the_page_of_figures(checkout: Path, sources: list[Path]) -> None:
    out = run(checkout, ".venv/bin/python", "scripts/conversion", str(sources[0].parent))
    for name in ("html", "text", "pdf"):
        assert f"| {name} | 1 | 1 |" in out
    assert "letters in no block" in out


def test_conversion_measures_sentences_marked_elsewhere(
    checkout: Path, sources: list[Path], tmp_path: Path
) -> None:
    first, second, third = (
        "The notice was late.",
        "See Roe v. Doe, 93 F.3d 1, 4 (1st Cir. 1996).",
        "We affirm.",
    )
    text = f"{first} {second} {third}"
    ends = [len(first), len(first) + 1 + len(second), len(text)]
    decision = {"text": text, "annotations": [{"start": 0, "end": end} for end in ends]}
    (tmp_path / "torts.json").write_text(json.dumps({"a": decision}), "utf-8")
    command = [".venv/bin/python", "scripts/conversion", str(sources[0].parent), "--sbd", str(tmp_path)]
    out = run(checkout, *command)
    assert "On 1 of the 41 decisions" in out
    assert "by area of law; 2 of their ends" in out
    assert "| F1 torts |" in out
    assert "| arguendo | 1.000 | 1.000 | 1.000 | 1.000 |" in out


def test_choose_takes_whole_opinions_of_the_right_length_once_a_docket(
    checkout: Path, tmp_path: Path
) -> None:
    sentence = "The court finds that the notice was late, and that the claim must fail for want of it. "
    index = []
    for name, docket, count, opens in (
        ("long.html", "93-1", 300, "Per Curiam."),
        ("double.html", "93-1", 301, "Per Curiam."),
        ("short.html", "93-2", 3, "Per Curiam."),
        ("apart.html", "93-3", 300, "ROE, Circuit Judge, dissenting."),
        ("other.html", "93-4", 300, "ROE, Circuit Judge."),
    ):
        head = f"<p>United States Court of Appeals for the First Circuit</p><p>No. {docket}</p>"
        body = f"<p>Decided February 24, 1994</p><p>{opens}</p><p>{sentence * count}</p>"
        data = f"<html>{head}{body}</html>".encode()
        (tmp_path / name).write_bytes(data)
        entry = {"name": name, "format": "cap-html", "kind": "opinion", "repo": "a/b", "path": name}
        index.append({**entry, "commit": "0" * 40, "sha256": hashlib.sha256(data).hexdigest()})
    (tmp_path / "index.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in index), "utf-8")
    rows = [
        json.loads(line)
        for line in run(checkout, ".venv/bin/python", "scripts/choose", str(tmp_path)).splitlines()
    ]
    assert [row["id"] for row in rows] == ["ca1.93-1.1994-02-24", "ca1.93-4.1994-02-24"]
    assert {row["path"] for row in rows} < {"long.html", "double.html", "other.html"}
