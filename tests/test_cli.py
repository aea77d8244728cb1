"""The command line as a user meets it, above all when something is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from arguendo.cli import main
from arguendo.records import gold_to_record
from conftest import first_gold, snapshot

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
SEED = REPO / "corpus" / "opinions" / ID / "source.md"
SCORE = ["score", "span-extraction", "--split", "train"]


def test_convert_writes_an_opinion_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["convert", str(SEED), "--out", str(out)]) == 0
    assert main(["convert", str(SEED), "--out", str(out)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{out / ID}: written, 30,416 characters, 56 blocks")
    assert second == first.replace("written", "unchanged")
    assert snapshot(out / ID) == snapshot(SEED.parent)


def test_the_made_up_opinions_are_kept_as_the_readers_give_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = sorted((REPO / "corpus" / "moot").glob("*/source.*"))
    assert main(["convert", *map(str, sources), "--out", str(tmp_path / "moot")]) == 0
    for source in sources:
        folder = source.parent
        assert snapshot(tmp_path / "moot" / folder.name) == snapshot(folder)


def test_what_an_older_version_found_in_the_same_text_is_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["convert", str(SEED), "--out", str(out)]) == 0
    record = json.loads((out / ID / "opinion.json").read_bytes())
    record["citations"].pop()
    (out / ID / "opinion.json").write_text(json.dumps(record), "utf-8")
    capsys.readouterr()
    assert main(["convert", str(SEED), "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out / ID}: renewed, ")
    assert snapshot(out / ID) == snapshot(SEED.parent)


def test_an_opinion_with_other_content_is_refused_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    other = tmp_path / "other.md"
    other.write_bytes(SEED.read_bytes().replace(b"cryptocurrency", b"currency"))
    assert main(["convert", str(SEED), "--out", str(out)]) == 0
    before = snapshot(out)
    assert main(["convert", str(other), "--out", str(out)]) == 1
    assert "source.md: error opinion-exists: an opinion with this id is here" in capsys.readouterr().err
    assert snapshot(out) == before


BAD_SOURCES = {
    "empty.md": (b"", "empty-source"),
    "blank.md": (b" \n\t\n", "empty-source"),
    "binary.md": (b"words\x00\x01", "binary-source"),
    "utf16.md": (SEED.read_bytes().decode().encode("utf-16"), "not-utf-8"),
    "latin.md": ("Chloé".encode("latin-1"), "not-utf-8"),
    "cut.md": (SEED.read_bytes()[:4000], "no-date"),
    "letter.md": (SEED.read_bytes()[: SEED.read_bytes().index("“".encode()) + 1], "not-utf-8"),
    "paper.pdf": (b"%PDF-1.7\nrest", "bad-pdf"),
    "word.rtf": (b"{\\rtf1 rest", "unknown-format"),
    "shape.json": (b'{"opinion": "text"}', "unknown-format"),
    "cut.json": (b'{"casebody": {"data": "<p>', "json"),
    "words.md": (b"Some words, and no caption.", "no-court"),
    "marks.md": (b"*** --- ***", "no-text"),
}


@pytest.mark.parametrize("name", BAD_SOURCES)
def test_bad_sources_are_refused_in_a_line_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, code = BAD_SOURCES[name]
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["convert", str(path), "--out", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert f"{path}" in err.splitlines()[0]
    assert f"error {code}: " in err
    assert snapshot(tmp_path) == {name: data}


def test_a_bad_source_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"")
    assert main(["convert", str(bad), "none.md", str(SEED), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert [line.split(": ")[1] for line in captured.err.splitlines()] == [
        "error empty-source",
        "error usage",
    ]
    assert ": written" in captured.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["convert", "none.md"], "none.md: error usage: no such file"),
        (["convert", "."], ".: error usage: this is a folder"),
        (["view", "nysd.18-cv-02898.2018-10-22"], f"Held here: {ID}"),
        (["adjudicate", "../../etc"], f"Held here: {ID}"),
        (["adjudicate", ID, "--round", "zzz"], "in round 'zzz'. It was annotated in: r0"),
        (["reanchor", f"annotations/gold/{ID}.json"], "this is gold. Name a raw annotation"),
        (
            ["report", "--data", "corpus", "--stored", "corpus"],
            "corpus: error usage: this is no built dataset",
        ),
        (["baseline", "challenge", "bag-of-words", "--moot"], "the challenge has one split"),
        (["scale", "run", ".", "--out", "out", "--workers", "0"], "Give 1 or more"),
        (["validate", "empty"], "empty: error usage: no record is in this folder"),
        (["anchor", "none.toml"], "none.toml: error usage: no such file"),
        (["validate", "none.json"], "none.json: error usage: no such file"),
        (["baseline", "span-extractoin", "cue-phrases"], "Did you mean 'span-extraction'?"),
        (["baseline", "span-extraction", "zzz"], "Known: random, cue-phrases, sentence-crf"),
        (["score", "rebuttal-linkin", "x.jsonl"], "Known: span-extraction, sentence-roles"),
        ([*SCORE, "x.jsonl", "--data", "none"], "Run `arguendo build`"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        ([], "required: COMMAND"),
    ],
)
def test_wrong_usage_ends_in_2_with_the_way_out(
    command: list[str], said: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "empty").mkdir()
    before = snapshot(checkout)
    assert main(command) == 2
    assert said in capsys.readouterr().err
    assert snapshot(checkout) == before


@pytest.mark.parametrize("command", [["validate"], ["build"], ["report"], ["fetch"]])
def test_outside_a_checkout_commands_say_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert "Run this in a checkout of the repository" in capsys.readouterr().err


def test_anchor_never_writes_over_a_raw_annotation(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = next(checkout.glob("annotations/drafts/*/*/*.toml"))
    assert main(["anchor", str(draft)]) == 0
    assert "unchanged, 60 spans, 70 relations" in capsys.readouterr().out
    before = snapshot(checkout / "annotations" / "rounds")
    draft.write_text(draft.read_text("utf-8").replace('kind = "undercut"', 'kind = "rebut"', 1), "utf-8")
    assert main(["anchor", str(draft)]) == 1
    assert "use a new round" in capsys.readouterr().err.lower()
    assert snapshot(checkout / "annotations" / "rounds") == before


def test_anchor_refuses_what_breaks_a_rule_and_writes_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = next(checkout.glob("annotations/drafts/*/*/*.toml"))
    text = draft.read_text("utf-8").replace('round = "r0"', 'round = "r1"', 1)
    draft.write_text(text.replace('rebuts = ["a6"]', 'supports = ["a6"]', 1), "utf-8")
    assert main(["anchor", str(draft)]) == 1
    err = capsys.readouterr().err
    assert "error rebuttal-unlinked" in err
    assert "error relation-labels" in err
    assert not (checkout / "annotations" / "rounds" / "r1").exists()


def test_gold_of_one_annotator_s_several_rounds_is_refused(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = checkout / "annotations" / "rounds" / "r0" / "lm-1" / f"{ID}.json"
    second = checkout / "annotations" / "rounds" / "r1" / "lm-1" / f"{ID}.json"
    second.parent.mkdir(parents=True)
    second.write_text(first.read_text("utf-8").replace('"round": "r0"', '"round": "r1"'), "utf-8")
    before = snapshot(checkout)
    assert main(["adjudicate", ID]) == 1
    assert "Name one round with --round" in capsys.readouterr().err
    assert main(["adjudicate", ID, "--round", "r0"]) == 0
    assert snapshot(checkout) == before


def test_broken_records_stop_the_build_with_all_their_problems_and_the_old_dataset_stays(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build"]) == 0
    before = snapshot(checkout / "build")
    gold = checkout / "annotations" / "gold" / f"{ID}.json"
    record = json.loads(gold.read_bytes())
    record["spans"][0]["end"] += 1
    del record["spans"][1]["speaker"]
    gold.write_text(json.dumps(record), "utf-8")
    (checkout / "annotations" / "annotators.json").write_text("{", "utf-8")
    assert main(["build"]) == 1
    err = capsys.readouterr().err
    for code in ("span-digest", "attribute-missing", "json"):
        assert f"error {code}: " in err
    assert snapshot(checkout / "build") == before


def test_a_file_where_a_folder_is_needed_is_one_line(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "build").write_text("in the way")
    assert main(["build"]) in (1, 2)
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert (checkout / "build").read_text() == "in the way"


def test_a_folder_where_a_file_is_needed_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "page").mkdir()
    assert main(["view", ID, "--out", "page"]) == 1
    assert capsys.readouterr().err.startswith("page: error ")
    assert [*checkout.glob(".new-*")] == []


def test_a_reader_of_the_output_who_has_enough_is_no_error() -> None:
    command = Path(sys.executable).with_name("arguendo")
    run = subprocess.Popen(
        [command, "read", ID], cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout
    assert run.stderr
    run.stdout.close()
    assert run.stderr.read() == ""
    assert run.wait(60) == 1


def predictions(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def test_oracle_and_null_predictions_score_one_and_nothing(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = gold_to_record(first_gold())
    spans = [{name: span[name] for name in ("label", "start", "end")} for span in gold["spans"]]
    for found, expected in ((spans, 1.0), ([], 0.0)):
        mine = predictions(tmp_path, json.dumps({"id": ID, "spans": found}))
        assert main([*SCORE, mine, "--data", str(dataset), "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        for measure in ("exact", "overlap", "characters"):
            assert result["scores"][f"F1 {measure}"]["all"]["value"] == expected
        assert result["interval"] == "none: 1 opinion gives no interval"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ([""], ["prediction-missing"]),
        (["{"], ["json"]),
        (['{"id": "other", "spans": []}'], ["prediction-missing", "prediction-unknown"]),
        ([f'{{"id": "{ID}", "spans": []}}'] * 2, ["prediction-double"]),
        ([f'{{"id": "{ID}", "spans": [{{"label": "FACT", "start": 0, "end": 5}}]}}'], ["schema"]),
        ([f'{{"id": "{ID}", "spans": [{{"label": "HOLDING", "start": 5.0, "end": 9}}]}}'], ["schema"]),
        ([f'{{"id": "{ID}", "spans": [{{"label": "HOLDING", "start": NaN, "end": 9}}]}}'], ["json"]),
        (
            [f'{{"id": "{ID}", "spans": [{{"label": "HOLDING", "start": 9, "end": 99999}}]}}'],
            ["prediction-range"],
        ),
    ],
)
def test_predictions_that_do_not_fit_are_listed_with_their_lines_and_no_score_is_given(
    lines: list[str], codes: list[str], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = predictions(tmp_path, *lines)
    assert main([*SCORE, mine, "--data", str(dataset)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    for code in codes:
        assert f"error {code}: " in captured.err
    assert all(line.startswith(mine) for line in captured.err.splitlines())


def test_the_baseline_writes_predictions_that_can_be_scored(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.jsonl"
    data = ["--data", str(dataset), "--split", "train"]
    assert main(["baseline", "span-extraction", "cue-phrases", *data, "--out", str(path)]) == 0
    assert main(["score", "span-extraction", str(path), *data]) == 0
    assert "none: 1 opinion gives no interval" in capsys.readouterr().out


def test_the_installed_command_starts_helps_and_fails_without_a_traceback(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("arguendo")
    helped = subprocess.run([command, "--help"], capture_output=True, text=True, timeout=60, check=True)
    for name in (
        "convert",
        "validate",
        "anchor",
        "adjudicate",
        "build",
        "baseline",
        "score",
        "report",
        "site",
        "view",
    ):
        assert name in helped.stdout
        shown = subprocess.run(
            [command, name, "--help"], capture_output=True, text=True, timeout=60, check=True
        )
        assert f"example: arguendo {name}" in " ".join(shown.stdout.split())
    failed = subprocess.run(
        [command, "convert", "\udcff.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr


def test_help_does_not_import_what_it_does_not_need() -> None:
    code = (
        "import sys; from arguendo.cli import main; main(['--help']);"
        "heavy = {'eyecite', 'numpy', 'pyarrow', 'jsonschema', 'datasets'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, timeout=60, check=True)
