"""The page of an opinion, in a real browser."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arguendo.annotation import LABELS, Gold, Issue, Span
from arguendo.errors import CorpusError
from arguendo.offsets import sha256
from arguendo.opinion import Block, Emphasis, Opinion
from arguendo.pages import opinion_page
from arguendo.pages.body import segments
from arguendo.store import Store
from conftest import first_gold

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    return Store(REPO).read_opinion(ID)


@pytest.fixture(scope="module")
def gold() -> Gold:
    return first_gold()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("needs a browser: chromium or google-chrome")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a document; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []
    opened: list[Any] = []

    def open_page(document: str, width: int = 1280, height: int = 900) -> Any:
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(document, "utf-8")
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert complaints == []


def texts(page: Any) -> dict[str, str]:
    """Text of each block as the browser has it, by the block's index."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#text .block")].map((block) =>
            [block.id.slice("block-".length),
             [...block.querySelectorAll("[data-start]")].map((part) => part.textContent).join("")]))"""
    )
    return found


def test_the_text_on_the_page_is_the_canonical_text(show: Any, opinion: Opinion, gold: Gold) -> None:
    page = show(opinion_page(opinion, gold))
    expected = {str(i): opinion.text[block.start : block.end] for i, block in enumerate(opinion.blocks)}
    assert texts(page) == expected
    parts = page.evaluate(
        """() => [...document.querySelectorAll("#text [data-start]")]
            .map((part) => [+part.dataset.start, part.textContent])"""
    )
    assert all(opinion.text.startswith(words, start) for start, words in parts)


def test_every_span_covers_its_words_and_no_others(show: Any, opinion: Opinion, gold: Gold) -> None:
    page = show(opinion_page(opinion, gold))
    covered = page.evaluate(
        """() => { const found = {};
            for (const mark of document.querySelectorAll("mark"))
              for (const span of mark.dataset.spans.split(" "))
                found[span] = (found[span] ?? "") + mark.textContent;
            return found; }"""
    )
    assert covered == {span.id: opinion.text[span.start : span.end] for span in gold.spans}


def test_the_keyboard_leads_from_a_rebuttal_to_its_argument_and_back(
    show: Any, opinion: Opinion, gold: Gold
) -> None:
    page = show(opinion_page(opinion, gold))
    page.locator("#at-r1").focus()
    page.keyboard.press("Enter")
    card = page.locator("#details .card")
    assert card.get_attribute("data-span") == "r1"
    assert "court" in card.inner_text()
    link = card.locator('[data-jump="a6"]')
    assert "rebuts" in card.locator(".links").inner_text()
    link.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "at-a6"
    assert page.locator("#details .card").get_attribute("data-span") == "a6"
    assert "is rebutted by" in page.locator("#details .links").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#details .card").count() == 0


def test_a_click_shows_all_spans_at_the_place_innermost_first(
    show: Any, opinion: Opinion, gold: Gold
) -> None:
    page = show(opinion_page(opinion, gold))
    page.locator('mark[data-spans="a16 r11"]').first.click()
    cards = page.locator("#details .card")
    assert [cards.nth(i).get_attribute("data-span") for i in range(cards.count())] == ["a16", "r11"]


def test_labels_and_issues_can_be_filtered(show: Any, opinion: Opinion, gold: Gold) -> None:
    page = show(opinion_page(opinion, gold))
    tint = "() => getComputedStyle(document.querySelector('mark[data-tint=HOLDING]')).backgroundColor"
    before = page.evaluate(tint)
    page.locator("input[value=HOLDING]").uncheck()
    assert page.evaluate(tint) == "rgba(0, 0, 0, 0)" != before
    assert not page.locator(".handle[data-label=HOLDING]").first.is_visible()
    page.locator("[data-issue=long-arm]").click()
    lit = page.evaluate(
        "() => [...document.querySelectorAll('.handle')].filter((h) => !h.hidden).map((h) => h.dataset.span)"
    )
    below = {"long-arm", "transaction", "purposefulness", "nexus", "each-defendant"}
    assert set(lit) == {span.id for span in gold.spans if span.issue in below}
    page.locator(".filter button").click()
    assert page.locator("mark.dim").count() == 0


def test_footnotes_are_linked_both_ways(show: Any, opinion: Opinion, gold: Gold) -> None:
    page = show(opinion_page(opinion, gold))
    marks = page.locator("a.mark")
    assert marks.count() == 3
    for index in range(3):
        note = marks.nth(index).get_attribute("href")
        back = page.locator(f"{note} a.number").get_attribute("href")
        assert back == f"#{marks.nth(index).get_attribute('id')}"
        assert page.locator(back).count() == 1


@pytest.mark.parametrize("width", [400, 760, 1280])
def test_the_page_fits_the_window(width: int, show: Any, opinion: Opinion, gold: Gold) -> None:
    page = show(opinion_page(opinion, gold), width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.locator("#at-a16").click()
    assert page.locator("#details").is_visible()
    if width < 1000:
        page.locator(".close").click()
        assert not page.locator("#details").is_visible()


def test_the_page_loads_nothing_and_is_the_same_each_time(opinion: Opinion, gold: Gold) -> None:
    document = opinion_page(opinion, gold)
    assert document == opinion_page(opinion, gold)
    assert "default-src &#x27;none&#x27;" in document
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in document.replace(opinion.text, "")


HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>&amp;\"'\u202e ]]>"


def test_hostile_text_stays_text(show: Any, opinion: Opinion, gold: Gold) -> None:
    text = f"{HOSTILE}\n\n{HOSTILE}"
    middle = len(HOSTILE)
    blocks = (
        Block("heading", 0, middle, level=1, label="1."),
        Block("footnote", middle + 2, len(text), number=HOSTILE, anchor=5),
    )
    meta = replace(opinion.metadata, docket_as_written=HOSTILE, author=HOSTILE, case_name=HOSTILE)
    bad = replace(
        opinion,
        text=text,
        blocks=blocks,
        emphasis=(Emphasis("bold", 3, 9),),
        metadata=meta,
        sentences=(),
        citations=(),
    )
    span = replace(gold.spans[0], id=HOSTILE, start=0, end=middle, issue=HOSTILE, speaker=HOSTILE)
    labels = replace(
        gold,
        text_sha256=sha256(text),
        record=HOSTILE,
        issues=(Issue(HOSTILE, HOSTILE),),
        spans=(span,),
        relations=(),
        origins=(),
    )
    page = show(opinion_page(bad, labels))
    assert page.evaluate("() => window.pwned") is None
    assert texts(page) == {"0": HOSTILE, "1": HOSTILE}
    page.locator(".handle").first.click()
    assert page.locator("#details .card").count() == 1
    assert page.evaluate("() => document.images.length") == 0


def test_labels_of_another_text_are_refused(opinion: Opinion, gold: Gold) -> None:
    with pytest.raises(CorpusError, match="made on another text"):
        opinion_page(opinion, replace(gold, text_sha256="0" * 64))
    with pytest.raises(CorpusError, match="a span that is not there"):
        opinion_page(opinion, replace(gold, spans=gold.spans[1:]))


STRETCHES = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda t: (t[0], t[0] + t[1]))


@settings(max_examples=200, deadline=None)
@given(
    STRETCHES,
    st.lists(st.tuples(st.sampled_from(list(LABELS)), STRETCHES), max_size=8),
    st.lists(STRETCHES, max_size=4),
    st.lists(st.integers(0, 90), max_size=4),
)
def test_segments_tile_a_stretch_and_know_what_covers_them(
    stretch: tuple[int, int],
    marked: list[tuple[str, tuple[int, int]]],
    italics: list[tuple[int, int]],
    cuts: list[int],
) -> None:
    spans = [Span(f"s{i}", label, a, b, "", "i") for i, (label, (a, b)) in enumerate(marked)]
    found = segments(stretch, spans, [Emphasis("italic", a, b) for a, b in italics], cuts)
    assert (found[0].start, found[-1].end) == stretch
    for before, after in pairwise(found):
        assert before.end == after.start
    for piece in found:
        assert piece.start < piece.end
        for position in range(piece.start, piece.end):
            assert {span.id for span in piece.spans} == {s.id for s in spans if s.start <= position < s.end}
            assert bool(piece.emphasis) == any(a <= position < b for a, b in italics)
        lengths = [span.end - span.start for span in piece.spans]
        assert lengths == sorted(lengths)
