"""Splits by docket, and the check that no text is in two of them."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from arguendo import load
from arguendo.cli import main
from arguendo.convert import convert
from arguendo.opinion import Opinion
from arguendo.splits import SPLITS, shared_across_splits, split_of
from conftest import copy_seed_corpus

REPO = Path(__file__).parents[1]
PROSE = "The question is whether the notice was mailed in time. We hold that it was not, and we affirm."
OTHER = "Whether the lease had run when the roof fell in is the sole matter here. It had, so we reverse now."


def source(docket: str, prose: str) -> str:
    return (
        f"<html><p>United States Court of Appeals for the First Circuit</p><p>No. {docket}</p>"
        f"<p>Decided February 24, 1994</p><p>{prose}</p><p>{prose} {prose}</p></html>"
    )


def opinion(docket: str, prose: str) -> Opinion:
    return convert(source(docket, prose).encode(), "page.html")


def dockets(split: str) -> str:
    """A docket of the First Circuit that falls into a split."""
    made = (f"93-{number}" for number in range(1000, 1100))
    return next(docket for docket in made if split_of(opinion(docket, PROSE).metadata) == split)


def test_a_docket_is_in_one_split_and_the_shares_are_as_said(seed: Opinion) -> None:
    later = replace(seed.metadata, date="2019-03-03", title="ORDER")
    assert split_of(later) == split_of(seed.metadata) == "train"
    many = Counter(split_of(replace(seed.metadata, docket=f"18-cv-{number:05}")) for number in range(6000))
    assert [round(many[split] / 1000, 1) for split in SPLITS] == [3.0, 1.0, 2.0]


def test_the_chosen_opinions_fill_the_test_split(seed: Opinion) -> None:
    rows = (REPO / "corpus" / "manifest.jsonl").read_text("utf-8").splitlines()
    places = [json.loads(row)["id"].split(".")[:2] for row in rows]
    assert len({tuple(place) for place in places}) == len(places) == 24
    counts = Counter(split_of(replace(seed.metadata, court=court, docket=docket)) for court, docket in places)
    assert counts["test"] >= 8
    assert set(counts) == set(SPLITS)


def test_shared_words_are_counted_across_splits_alone() -> None:
    train, test = dockets("train"), dockets("test")
    [same] = shared_across_splits([opinion(train, PROSE), opinion(test, PROSE.upper())])
    assert same.share > 0.6
    assert shared_across_splits([opinion(train, PROSE), opinion(test, OTHER)]) == []
    assert shared_across_splits([opinion(train, PROSE), opinion(train, PROSE)]) == []


@pytest.mark.parametrize(("prose", "leaks"), [(PROSE, True), (OTHER, False)])
def test_the_build_refuses_a_text_in_two_splits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prose: str,
    leaks: bool,
) -> None:
    copy_seed_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    for split, text in (("train", PROSE), ("test", prose)):
        made = opinion(dockets(split), text)
        Path("page.html").write_text(source(made.metadata.docket or "", text), "utf-8")
        assert main(["convert", "page.html"]) == 0
        Path("draft.toml").write_text(
            f'opinion = "{made.id}"\nannotator = "lm-1"\nround = "r0"\nguidelines = "0.2"\n'
            '[[issue]]\nid = "i"\ntitle = "Outcome"\n'
            f'[[span]]\nid = "h"\nlabel = "HOLDING"\nquote = "{text}"\nnth = 1\nissue = "i"\n'
            'holding_of = "this_opinion"\nscope = "terminal"\ndisposition = "affirmed"\n',
            "utf-8",
        )
        assert main(["anchor", "draft.toml"]) == 0
        assert main(["adjudicate", made.id]) == 0
    capsys.readouterr()
    assert main(["build"]) == (1 if leaks else 0)
    printed = capsys.readouterr()
    if leaks:
        assert "text-in-two-splits" in printed.err
        assert not Path("build/dataset").exists()
        return
    assert "leak check: no 13 words are in opinions of two splits" in printed.out
    from datasets import load_dataset

    loaded = load_dataset("build/dataset", cache_dir=str(tmp_path / "cache"))
    assert {name: len(rows) for name, rows in loaded.items()} == {"train": 2, "test": 1}
    [row] = load("build/dataset", "gold", "test")
    assert loaded["test"]["id"] == [row["id"]]
    assert len(load("build/dataset")) == 3
    assert main(["baseline", "span-extraction", "cue-phrases", "--split", "validation"]) == 2
    assert "It has train, test" in capsys.readouterr().err
