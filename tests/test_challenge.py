"""The challenge: its pairs are many and unlike, are scored by pairs, and no bag of words solves them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from arguendo.baselines import CHALLENGE_SYSTEMS
from arguendo.challenge import (
    Pair,
    agreement_with_intention,
    examples,
    parse_pairs,
    score_by_phenomenon,
    shared_ngrams,
)
from arguendo.cli import main
from arguendo.errors import CorpusError
from arguendo.files import to_jsonl
from arguendo.pages import challenge_page
from arguendo.release import read_config
from arguendo.store import Store

REPO = Path(__file__).parents[1]
STORE = Store(REPO)
PAIRS = STORE.read_challenge()
KEPT = [pair for pair in PAIRS if pair.dropped is None]
ROWS = examples(PAIRS)
# Reporters that exist, with volume and page: no passage may cite a real decision.
REPORTER = re.compile(
    r"\b\d+ (?:U\. ?S\.|F\. ?(?:2d|3d|4th)|S\. ?Ct\.|F\. ?Supp|[A-Z]\. ?[EW]\. ?2d|P\. ?[23]d|So\. ?2d|Cal\.)"
)
SMALL = """
phenomenon = "made-up"
[[pair]]
id = "made-up-01"
ask = "label"
[pair.a]
text = "The court errs, he says. We affirm."
target = "We affirm."
answer = "HOLDING"
[pair.b]
text = "The court errs, he says. They affirm."
target = "They affirm."
answer = "NONE"
"""


def test_there_are_enough_pairs_of_each_phenomenon() -> None:
    counts = Counter(pair.phenomenon for pair in KEPT)
    assert len(KEPT) >= 200
    assert len(counts) >= 16
    assert min(counts.values()) >= 12


def test_no_pair_is_a_template_of_another() -> None:
    most, first, second = shared_ngrams(KEPT)[0]
    assert most <= 0.08, (first, second)


@pytest.mark.parametrize("pair", KEPT, ids=lambda pair: pair.id)
def test_a_pair_differs_in_little_and_in_its_answer(pair: Pair) -> None:
    words = [Counter(version.text.split()) for _, version in pair.versions]
    common = (words[0] & words[1]).total()
    assert common / max(words[0].total(), words[1].total()) >= 0.6
    assert pair.ask == "link" or pair.a.answer != pair.b.answer
    assert not any(REPORTER.search(version.text) for _, version in pair.versions)


@pytest.mark.parametrize("name", ["cue-phrases", "bag-of-words"])
def test_words_of_the_target_alone_solve_no_phenomenon(name: str, dataset: Path) -> None:
    system = CHALLENGE_SYSTEMS[name]()
    system.fit(read_config(dataset, "gold", "train"))
    for score in score_by_phenomenon(ROWS, system.predict(ROWS)):
        assert score.value <= 0.8, score


def test_a_pair_counts_when_both_versions_are_right() -> None:
    [pair] = parse_pairs(SMALL, "small.toml")
    rows = examples([pair])
    for answers, right in ((("HOLDING", "NONE"), 1), (("HOLDING", "HOLDING"), 0), (("NONE", "NONE"), 0)):
        given = [{"id": row["id"], "answer": answer} for row, answer in zip(rows, answers, strict=True)]
        [own, whole] = score_by_phenomenon(rows, given)
        assert (own.phenomenon, own.pairs, own.right, own.chance) == ("made-up", 1, right, 1 / 16)
        assert whole.phenomenon == "all"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('target = "We affirm."', 'target = "We reverse."', "challenge-words"),
        ("The court errs, he says. We affirm.", "We affirm. We affirm.", "challenge-words"),
        ('answer = "NONE"', 'answer = "affirmed"', "challenge-answer"),
        ('ask = "label"', 'ask = "colour"', "schema"),
        ("They affirm.", "We affirm.", "challenge-pair"),
        ("[[pair]]", "[[pair", "challenge-toml"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    with pytest.raises(CorpusError) as caught:
        parse_pairs(SMALL.replace(old, new), "small.toml")
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.where.startswith("small.toml") for problem in caught.value.problems)


def test_agreement_with_the_intention_counts_pairs() -> None:
    [pair] = parse_pairs(SMALL, "small.toml")
    answers = {"x": {"made-up-01a": "HOLDING", "made-up-01b": "NONE"}, "y": {"made-up-01a": "HOLDING"}}
    assert agreement_with_intention([pair], answers) == {
        "made-up": {"pairs": 1.0, "x": 1.0, "y": 0.0, "all": 0.0}
    }


def test_what_the_annotators_did_not_all_answer_as_meant_is_left_out() -> None:
    answers = STORE.read_challenge_answers()
    assert len(answers) >= 2
    for pair in KEPT:
        for id_, version in pair.versions:
            assert {given.get(id_) for given in answers.values()} == {version.answer}, id_


def test_the_page_marks_what_differs_and_escapes_the_rest() -> None:
    page = challenge_page(parse_pairs(SMALL.replace("he says", "<i>he</i> says"), "s"), {})
    assert '<span class="target"><ins>We</ins> affirm.</span>' in page.replace(
        '</ins></span><span class="target">', "</ins>"
    )
    assert "&lt;i&gt;he" in page
    assert "<i>" not in page


def test_predictions_are_checked_and_scored_from_the_command_line(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPO)
    built = tmp_path / "dataset"
    assert main(["build", "--out", str(built)]) == 0
    path = tmp_path / "mine.jsonl"
    rows = read_config(built, "challenge", "test")
    path.write_bytes(to_jsonl([{"id": row["id"], "answer": row["answer"]} for row in rows]))
    capsys.readouterr()
    assert main(["score", "challenge", str(path), "--data", str(built)]) == 0
    assert f"| all | {len(KEPT)} | " in capsys.readouterr().out
    path.write_bytes(to_jsonl([{"id": row["id"], "answer": "guilty"} for row in rows]))
    assert main(["score", "challenge", str(path), "--data", str(built)]) == 1
    assert "prediction-answer" in capsys.readouterr().err
