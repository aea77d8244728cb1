"""Leaderboards: order, differences, confusions, the page; and what is stored is what its figures say."""

import json
from pathlib import Path

import pytest

from arguendo.benchmark import (
    Measured,
    predictions_path,
    read_answers,
    read_measured,
    stored_boards,
    stored_challenge,
    write_answers,
    write_measured,
)
from arguendo.card import DATASET_DATE, DATASET_VERSION
from arguendo.challenge import agreement_with_intention, examples
from arguendo.cli import main
from arguendo.files import to_jsonl
from arguendo.leaderboard import board
from arguendo.pages import benchmark_page
from arguendo.pictures import agreement_chart, label_chart, leaderboard_chart
from arguendo.report import (
    agreement_summary,
    between_marks,
    boards_markdown,
    boards_summary,
    composition_markdown,
    intention_markdown,
)
from arguendo.store import Store
from arguendo.tasks import OUTPUTS
from conftest import SEED_ID

REPO = Path(__file__).parents[1]
GOLD = ["rejected"] * 8 + ["accepted"] * 4
ANSWERS = [{"id": f"e{i}", "opinion": f"o{i % 6}", "outcome": gold} for i, gold in enumerate(GOLD)]


def said(values: list[str]) -> list[dict[str, str]]:
    return [{"id": f"e{i}", "outcome": value} for i, value in enumerate(values)]


SYSTEMS = {"<b>floor</b>": said(["rejected"] * 12), "right": said(GOLD), "wrong": said(["not_reached"] * 12)}


def test_systems_stand_by_their_headline_with_how_far_they_are_behind() -> None:
    found = board("argument-outcome", "test", ANSWERS, SYSTEMS)
    assert [entry.system for entry in found.entries] == ["right", "<b>floor</b>", "wrong"]
    first, floor, wrong = found.entries
    assert first.behind is None
    assert floor.behind is not None
    assert wrong.behind is not None
    assert floor.result["headline"]["value"] == pytest.approx(0.8 / 2)  # F1 of rejected .8, of accepted 0
    assert floor.behind["value"] == pytest.approx(0.4 - 1)
    assert wrong.behind["value"] == -1
    assert 0 < floor.behind["p"] <= floor.behind["p_holm"]
    assert (found.classes, found.confusion) == (("accepted", "rejected"), ((4, 0), (0, 8)))
    assert {value for _, value in found.worst} == {1.0}


def test_the_worst_opinions_come_first() -> None:
    mixed = said(["accepted" if i == 3 else gold for i, gold in enumerate(GOLD)])
    worst = board("argument-outcome", "test", ANSWERS, {"only": mixed}).worst
    assert worst[0][0] == "o3"
    assert len(worst) == 6


def test_the_page_loads_nothing_and_names_cannot_become_markup() -> None:
    found = board("argument-outcome", "test", ANSWERS, SYSTEMS)
    curve = [{"task": "argument-outcome", "system": "s", "opinions": n, "value": n / 10} for n in (1, 4)]
    page = benchmark_page(
        [found], {"argument-outcome": {"right": {"fit": 1, "predict": 2}}}, curve, {"o1": "a.html"}, {}
    )
    assert "<b>floor" not in page
    assert "&lt;b&gt;floor" in page
    assert "://" not in page
    assert 'href="a.html"' not in page  # links are of span extraction
    assert page == benchmark_page(
        [found], {"argument-outcome": {"right": {"fit": 1, "predict": 2}}}, curve, {"o1": "a.html"}, {}
    )


def test_stored_predictions_give_the_leaderboard_where_no_text_is(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = tmp_path / "benchmark"
    answers = read_answers(dataset, "span-extraction", "train")
    write_answers(stored, "span-extraction", "test", answers)
    assert read_answers(stored, "span-extraction", "test") == answers
    assert "text" not in json.dumps(answers)
    lines = [{"id": SEED_ID, "spans": answers[0]["spans"][:3]}]
    path = predictions_path(stored, "span-extraction", "test", "three")
    path.parent.mkdir(parents=True)
    path.write_bytes(to_jsonl(lines))
    measured = Measured({"span-extraction": {"three": {"fit": 0.1, "predict": 0.2}}}, [])
    write_measured(stored, measured)
    assert read_measured(stored) == measured
    monkeypatch.chdir(dataset.parent)
    assert main(["report", "--stored", str(stored), "--data", str(dataset)]) == 0
    out = capsys.readouterr().out
    assert "span-extraction (test)" in out
    assert "| three | " in out
    pages = dataset.parent / "build" / "pages"
    # The opinion is here, so its page shows gold beside prediction, and the report links to it.
    assert f'href="against/{SEED_ID}.html"' in (pages / "benchmark.html").read_text("utf-8")
    against = (pages / "against" / f"{SEED_ID}.html").read_text("utf-8")
    assert f"{len(answers[0]['spans'])} spans in gold, 3 by three; 3 the same" in against
    assert main(["view", SEED_ID, "--against", str(path)]) == 0
    assert (pages / f"{SEED_ID}.three.html").read_text("utf-8") == against


def test_words_between_marks_are_replaced_and_nothing_else() -> None:
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    assert between_marks(page, "x", "new") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"


BOARDS = stored_boards(REPO / "benchmark")
CHALLENGE = stored_challenge(REPO / "benchmark", examples(Store(REPO).read_challenge()))


@pytest.mark.skipif(not BOARDS, reason="no predictions are stored")
def test_figures_of_the_pages_are_those_of_the_stored_predictions() -> None:
    measured = read_measured(REPO / "benchmark")
    page = (REPO / "docs" / "benchmark.md").read_text("utf-8")
    assert boards_markdown(BOARDS, measured.runtimes, measured.curve, CHALLENGE) in page
    readme = (REPO / "README.md").read_text("utf-8")
    assert between_marks(readme, "leaderboard", boards_summary(BOARDS)) == readme


def test_figures_of_datasheet_and_readme_are_those_of_the_annotations() -> None:
    store = Store(REPO)
    golds = [store.read_gold(path) for path in store.gold_paths()]
    kept = sum(pair.dropped is None for pair in store.read_challenge())
    composition = composition_markdown(golds, store.moot_ids(), kept)
    agreement = agreement_summary(store.read_agreement())
    for name in ("README.md", "DATASHEET.md"):
        page = (REPO / name).read_text("utf-8")
        assert between_marks(between_marks(page, "composition", composition), "agreement", agreement) == page
    real = [gold for gold in golds if gold.opinion not in store.moot_ids()]
    for picture, chart in (
        ("labels", label_chart(real)),
        ("agreement", agreement_chart(store.read_agreement())),
        ("leaderboard", leaderboard_chart(BOARDS)),
    ):
        assert (REPO / "docs" / "pictures" / f"{picture}.svg").read_text("utf-8") == chart
    challenge = (REPO / "docs" / "challenge.md").read_text("utf-8")
    pairs, answers = store.read_challenge(), store.read_challenge_answers()
    assert intention_markdown(agreement_with_intention(pairs, answers)) in challenge
    cite = (REPO / "CITATION.cff").read_text("utf-8")
    assert f"version: {DATASET_VERSION}\ndate-released: {DATASET_DATE}\n" in cite


@pytest.mark.skipif(not BOARDS, reason="no predictions are stored")
def test_every_baseline_has_stored_predictions_for_every_task() -> None:
    from arguendo.baselines import BASELINES

    for task in OUTPUTS:
        [test] = [each for each in BOARDS if (each.task, each.split) == (task, "test")]
        assert {entry.system for entry in test.entries} >= set(BASELINES[task])
