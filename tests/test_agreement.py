"""Agreement: published figures, properties that any figure has, and the command on real readings."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.adjudicate import take_over
from arguendo.agreement import Double, agreement, disagreements
from arguendo.agreement.nominal import kappa, nominal_alpha
from arguendo.agreement.unitising import unitised_alpha, units_of
from arguendo.annotation import LABELS, Annotation
from arguendo.cli import main
from arguendo.cli.agree import read_doubles
from arguendo.files import to_json
from arguendo.offsets import Interval, digest
from arguendo.opinion import Opinion
from arguendo.records import annotation_to_record
from arguendo.report import agreement_markdown
from arguendo.store import Store
from conftest import SEED_ID, copy_seed_corpus

REPO = Path(__file__).parents[1]

# --- published figures -------------------------------------------------------------------------

# Krippendorff 2004, p. 254: a continuum of 300 that begins at 150; begins and lengths of units.
KRIPPENDORFF = {
    "c": [[(225, 70), (370, 30)], [(220, 80), (355, 20), (400, 20)]],
    "k": [[(180, 60), (300, 50)], [(180, 60), (300, 50)]],
}


def shifted(label: str) -> list[list[Interval]]:
    return [[(b - 150, b - 150 + length) for b, length in units] for units in KRIPPENDORFF[label]]


@pytest.mark.parametrize(("label", "alpha"), [("c", 0.7286), ("k", 1.0)])
def test_unitised_alpha_is_as_published(label: str, alpha: float) -> None:
    (figure,) = unitised_alpha([units_of(300, shifted(label))], 2)
    assert figure == pytest.approx(alpha, abs=5e-5)


def test_nominal_alpha_is_as_published() -> None:
    """Krippendorff's example of 26 pairable values by three observers: 0.691."""
    rows = {"1": (6, 0, 1, 0), "2": (0, 4, 0, 0), "3": (1, 0, 7, 2), "4": (0, 0, 2, 3)}
    table = {(a, str(i + 1)): float(n) for a, row in rows.items() for i, n in enumerate(row)}
    assert nominal_alpha(table) == pytest.approx(0.691, abs=5e-4)


def test_kappa_of_a_textbook_table() -> None:
    table = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    assert kappa(table) == pytest.approx(0.4)


@pytest.mark.parametrize("table", [{}, {("a", "a"): 10.0}])
def test_what_is_not_defined_is_none(table: dict[tuple[str, str], float]) -> None:
    assert nominal_alpha(table) is None
    assert kappa(table) is None
    assert unitised_alpha([units_of(300, [[], []])], 2) == [None]


# --- properties --------------------------------------------------------------------------------


@st.composite
def units(draw: Any) -> list[Interval]:
    borders = sorted(draw(st.sets(st.integers(0, 200), max_size=12)))
    return [(a, b) for a, b in zip(borders[::2], borders[1::2], strict=False)]


@given(units(), units())
def test_unitised_alpha_knows_no_first_annotator_and_is_one_for_equals(
    a: list[Interval], b: list[Interval]
) -> None:
    assert unitised_alpha([units_of(200, [a, b])], 2) == pytest.approx(
        unitised_alpha([units_of(200, [b, a])], 2)
    )
    (same,) = unitised_alpha([units_of(200, [a, a])], 2)
    assert same is None or same == pytest.approx(1)


@given(units(), units(), units(), units())
def test_parts_counted_twice_are_parts_given_twice(
    a: list[Interval], b: list[Interval], c: list[Interval], d: list[Interval]
) -> None:
    """Weights, by which opinions are resampled, mean what they say."""
    one, two = units_of(200, [a, b]), units_of(200, [c, d])
    (weighted,) = unitised_alpha([one, two], 2, [[2, 1]])
    (plain,) = unitised_alpha([one, one, two], 2)
    assert weighted == pytest.approx(plain)


# --- readings of the seed ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def first() -> Annotation:
    store = Store(REPO)
    return store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))


def second_of(first: Annotation, seed: Opinion) -> Annotation:
    """A second reading that differs in known ways: a span less, a shorter one, an attribute, a relation."""
    spans = list(first.spans)
    gone = next(span for span in spans if span.label == "HOLDING")
    spans.remove(gone)
    at = next(i for i, span in enumerate(spans) if span.label == "ARGUMENT")
    spans[at] = replace(spans[at], outcome="accepted" if spans[at].outcome != "accepted" else "rejected")
    at = next(i for i, span in enumerate(spans) if span.label == "REBUTTAL")
    shorter = spans[at].end - 12
    spans[at] = replace(spans[at], end=shorter, digest=digest(seed.text, spans[at].start, shorter))
    kept = {span.id for span in spans}
    relations = [r for r in first.relations if {r.source, r.target} <= kept]
    return replace(first, annotator="made-up", spans=tuple(spans), relations=tuple(relations[1:]))


def test_equal_readings_agree_wholly(seed: Opinion, first: Annotation) -> None:
    result = agreement([Double(seed, (first, replace(first, annotator="made-up")))])
    for by_name in result["figures"].values():
        for figure in by_name.values():
            assert figure["value"] in (None, pytest.approx(1))
            assert figure["interval"] is None  # one opinion says nothing of others
    assert not disagreements(Double(seed, (first, replace(first, annotator="made-up"))))


def test_known_differences_are_found_each_under_its_kind(seed: Opinion, first: Annotation) -> None:
    second = second_of(first, seed)
    double = Double(seed, (first, second))
    kinds = [each.kind for each in disagreements(double)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "missing": 1,
        "extent": 1,
        "attribute": 1,
        "relation": 1,
    }
    figures = agreement([double])["figures"]
    holdings = sum(span.label == "HOLDING" for span in first.spans)
    assert figures["span F1, exact"]["HOLDING"]["value"] == pytest.approx(
        2 * (holdings - 1) / (2 * holdings - 1)
    )
    assert figures["span F1, overlap"]["REBUTTAL"]["value"] == 1
    assert figures["span F1, exact"]["REBUTTAL"]["value"] < 1
    assert figures["α, attributes of matched spans"]["ARGUMENT speaker"]["value"] == pytest.approx(1)
    assert figures["α, attributes of matched spans"]["ARGUMENT outcome"]["value"] < 1


def test_figures_do_not_depend_on_who_comes_first(seed: Opinion, first: Annotation) -> None:
    second = second_of(first, seed)
    there, back = (agreement([Double(seed, pair)]) for pair in ((first, second), (second, first)))
    for measure, by_name in there["figures"].items():
        for name, figure in by_name.items():
            assert figure["value"] == pytest.approx(back["figures"][measure][name]["value"]), (measure, name)


def test_random_labels_have_alphas_near_zero(seed: Opinion, first: Annotation) -> None:
    """Chance agreement is taken out: sentences labelled at random by two annotators."""
    chance = random.Random(7)

    def reading(name: str) -> Annotation:
        spans = []
        for index, sentence in enumerate(seed.sentences):
            label = chance.choice([*LABELS, None, None])
            model = next((span for span in first.spans if span.label == label), None)
            if model:
                spans.append(replace(model, id=f"s{index}", start=sentence.start, end=sentence.end))
        return replace(first, annotator=name, spans=tuple(spans), relations=())

    figures = agreement([Double(seed, (reading("a"), reading("b")))])["figures"]
    for measure in ("α, unitised", "α, characters", "α, sentences", "κ, sentences"):
        assert abs(figures[measure]["all"]["value"]) < 0.15, measure


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path, seed: Opinion, first: Annotation, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_seed_corpus(tmp_path)
    path = tmp_path / "annotations" / "rounds" / "r0" / "made-up" / f"{first.opinion}.json"
    path.parent.mkdir()
    path.write_bytes(to_json(annotation_to_record(second_of(first, seed))))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_agree_prints_figures_and_writes_the_page(checkout: Path, capsys: Any) -> None:
    assert main(["agree", "--round", "r0"]) == 0
    out = capsys.readouterr().out
    assert "span F1, exact" in out
    page = (checkout / "build" / "pages" / "agreement.html").read_text("utf-8")
    assert "Marked by one alone (1)" in page
    assert "<script" not in page
    assert main(["agree", "--round", "r0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["annotators"] == ["lm-1", "made-up"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--round", "nowhere"], 2, "no annotation is of nowhere. Known: r0"),
        (["--round", "r0", "--annotators", "lm-1,lm-9"], 2, "no annotation is of lm-9. Known: lm-1"),
        (["--round", "r0", "--annotators", "lm-1"], 1, "no opinion has two annotators"),
    ],
)
def test_one_annotator_alone_cannot_agree(
    checkout: Path, capsys: Any, arguments: Sequence[str], code: int, said: str
) -> None:
    assert main(["agree", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_an_annotator_agrees_with_the_gold_that_is_theirs(checkout: Path, capsys: Any) -> None:
    store = Store(checkout)
    store.write_gold(take_over(store.read_annotation(store.annotation_path("r0", "lm-1", SEED_ID))))
    assert main(["agree", "--round", "r0", "--annotators", "lm-1", "--gold", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["annotators"] == ["gold", "lm-1"]
    assert result["figures"]["span F1, exact"]["all"]["value"] == 1


@pytest.mark.parametrize("round", sorted(Store(REPO).read_agreement()))
def test_kept_figures_are_those_of_the_annotations(round: str) -> None:
    store = Store(REPO)
    kept = store.read_agreement()[round]
    doubles, missing = read_doubles(store, [round], gold="gold" in kept["annotators"])
    if missing:
        pytest.skip(f"texts of {len(missing)} opinions are not here (arguendo fetch)")
    assert json.loads(json.dumps(agreement(doubles))) == kept
    page = (REPO / "docs" / "agreement.md").read_text("utf-8")
    assert agreement_markdown(store.read_agreement()) in page
