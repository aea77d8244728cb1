"""The quicker ways of finding citations find what eyecite finds, and nothing else."""

import importlib.util
from types import ModuleType
from typing import Any

import pytest
from eyecite.models import FullCaseCitation
from eyecite.tokenizers import AhocorasickTokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters_db import LAWS, REPORTERS

from arguendo.citation_tokens import _later_references, court_of, tokenizer
from arguendo.opinion import Opinion


def untouched(name: str) -> ModuleType:
    """A copy of a module of eyecite as it comes, whatever else was put into the one that all share."""
    spec = importlib.util.find_spec(name)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


THEIRS = AhocorasickTokenizer()


def told(tokens: Any) -> list[str]:
    return sorted(repr((type(t).__name__, t.start, t.end, sorted(vars(t).items(), key=repr))) for t in tokens)


def check(text: str) -> None:
    assert told(tokenizer().extract_tokens(text)) == told(THEIRS.extract_tokens(text))


def test_the_same_tokens_of_an_opinion(seed: Opinion) -> None:
    check(seed.text)


def test_the_same_tokens_of_every_example_of_every_reporter() -> None:
    examples = [
        example
        for source in (
            *(s for group in REPORTERS.values() for s in group),
            *(s for g in LAWS.values() for s in g),
        )
        for example in source.get("examples", ())
    ]
    assert len(examples) > 500
    for start in range(0, len(examples), 50):
        check("; ".join(examples[start : start + 50]))


PIECES = (
    "1 2 10 137 0 ٣ 1978 402A U.S. U. S. F.3d F. 3d F.2d F.(2d) N.Y. N.Y.S.2d N. Y. S. 2d Cal. Rptr. S.W.2d "
    "P. A. Wend. Johns. Cranch at p. , ( ) § 18 U.S.C. id. Id. supra v. In re see xii iv _ ___ ; . é Mass. "
    "L.Ed. S.Ct. ME CO"
).split()


@given(
    st.lists(st.sampled_from([*PIECES, " ", "  ", "\n\n", "\xa0", ""]), max_size=60),
    st.sampled_from([" ", ""]),
)
@settings(max_examples=400)
def test_the_same_tokens_of_anything_like_a_citation(pieces: list[str], between: str) -> None:
    check(between.join(pieces))


def test_the_same_courts() -> None:
    from courts_db import courts

    theirs = untouched("eyecite.helpers").get_court_by_paren
    names = {court["citation_string"] for court in courts}
    names |= {name[: len(name) // 2] for name in names} | {"", "nowhere", "2d Cir. ", "Pa.Super.", "s"}
    for name in sorted(names)[::7]:
        assert court_of(name) == theirs(name)


@pytest.mark.parametrize(
    "later",
    [
        "Roe at 140.",
        "Roe, at 140.",
        "Roe  140, 142.",
        "Roe nn.3.",
        "Roe & note 5 (x)",
        "Roe ¶ 7.",
        "Roe held",
        "",
    ],
)
def test_the_same_later_references(later: str) -> None:
    from eyecite import get_citations

    theirs = untouched("eyecite.find").extract_pincited_reference_citations
    text = f"In Doe v. Roe, 5 U.S. 137 (1803), it was held. And {later}"
    cited = next(each for each in get_citations(text) if isinstance(each, FullCaseCitation))
    assert [vars(r) for r in _later_references(cited, text)] == [vars(r) for r in theirs(cited, text)]


def test_both_ways_occur() -> None:
    """The parametrised texts are of both kinds, with a reference and without."""
    from eyecite import get_citations

    text = "In Doe v. Roe, 5 U.S. 137 (1803), it was held. And Roe at 140."
    cited = next(each for each in get_citations(text) if isinstance(each, FullCaseCitation))
    assert len(_later_references(cited, text)) == 1
