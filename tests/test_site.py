"""The site as its visitors meet it: in a real browser, from file: URLs."""

import json
import random
import re
import shutil
import subprocess
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.annotation import LABELS
from arguendo.benchmark import predictions_path, write_answers
from arguendo.cli import main
from arguendo.files import to_jsonl, write_atomically
from arguendo.opinion import Block, Opinion
from arguendo.pages.site import Contents, Held, site_files
from arguendo.search import postings, shards
from arguendo.store import Store
from conftest import SEED_ID, copy_seed_corpus, first_gold
from test_opinion_page import HOSTILE
from test_opinion_page import browser as browser

REPO = Path(__file__).parents[1]
AXE = "axe-core@4.14.1"
MOOT = "mtd.moot-01.2019-08-14"
PAGES = [
    "index.html",
    "search.html#q=court",
    "agreement.html",
    "agreement/seed-1.html",
    "agreement/moot-1.html",
    "leaderboard.html",
    "challenge.html",
    "guidelines.html",
    f"against/{SEED_ID}.html",
    f"opinions/{SEED_ID}.html",
    f"opinions/{MOOT}.html",
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed with two annotators' passes and a system's predictions; made-up opinions; the challenge."""
    root = tmp_path_factory.mktemp("checkout")
    copy_seed_corpus(root)
    for name in (
        "corpus/moot",
        "corpus/challenge",
        "annotations/rounds/seed-1",
        "annotations/rounds/moot-1",
        "annotations/agreement",
    ):
        shutil.copytree(REPO / name, root / name)
    spans = [{"label": s.label, "start": s.start, "end": s.end} for s in first_gold().spans]
    length = len(Store(root).read_opinion(SEED_ID).text)
    answer = {"id": SEED_ID, "opinion": SEED_ID, "length": length, "spans": spans}
    write_answers(root / "benchmark", "span-extraction", "test", [answer])
    path = predictions_path(root / "benchmark", "span-extraction", "test", "half")
    write_atomically(path, to_jsonl([{"id": SEED_ID, "spans": spans[::2]}]))
    return root


@pytest.fixture(scope="module")
def site(checkout: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(checkout)
        assert main(["site"]) == 0
    return checkout / "build" / "site"


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Any]:
    """Opens a page of a site; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []
    opened: list[Any] = []

    def open_page(path: str, folder: Path = site, width: int = 1280, **how: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900}, **how)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        name, _, fragment = path.partition("#")
        page.goto((folder / name).as_uri() + (f"#{fragment}" if fragment else ""))
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert complaints == []


@pytest.fixture
def search(visit: Any) -> Callable[..., Any]:
    """Opens the search page with a query, and waits for what is found."""

    def run(query: str, **how: Any) -> Any:
        page = visit(f"search.html#{urlencode({'q': query})}", **how)
        page.locator("#found").filter(has_text=re.compile(r" in \d|Nothing found")).wait_for()
        return page

    return run


def write(folder: Path, opinions: list[Held]) -> Path:
    """A site of opinions alone."""
    contents = Contents(opinions, "# Guidelines\n", (), {}, (), (), {}, (), (), {}, {})
    for name, words in site_files(contents):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(words, "utf-8")
    return folder


def rewritten(text: str, **facts: Any) -> Opinion:
    """The seed with another text, of one block."""
    seed = Store(REPO).read_opinion(SEED_ID)
    return replace(
        seed,
        text=text,
        blocks=(Block("paragraph", 0, len(text)),),
        emphasis=(),
        sentences=(),
        citations=(),
        sub_opinions=(),
        metadata=replace(seed.metadata, **facts),
    )


class Parsed(HTMLParser):
    """The ids, links, attribute names and policies of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.policies: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names |= given.keys()
        self.ids |= {given[name] for name in ("id",) if name in given}
        self.links += [given[name] for name in ("href", "src") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(given["content"])


def html_pages(site: Path) -> dict[str, Parsed]:
    return {
        path.relative_to(site).as_posix(): Parsed(path.read_text("utf-8")) for path in site.rglob("*.html")
    }


# --- the folder --------------------------------------------------------------------------------


def test_every_link_leads_to_a_place_that_is_there(site: Path) -> None:
    pages = html_pages(site)
    assert {page.partition("#")[0] for page in PAGES} <= pages.keys()
    ways = 0
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            assert (parts.scheme, parts.netloc) == ("", "")
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            there = pages[target.resolve().relative_to(site.resolve()).as_posix()]
            assert not parts.fragment or unquote(parts.fragment) in there.ids, f"{name}: {link}"
            ways += 1
    assert ways > 500


def test_every_page_has_a_policy_and_no_handler_in_its_markup(site: Path) -> None:
    for name, page in html_pages(site).items():
        (policy,) = page.policies
        assert policy.startswith("default-src 'none'; style-src 'sha256-"), name
        assert "unsafe" not in policy
        assert not [attribute for attribute in page.names if attribute.startswith("on")], name


def test_the_same_corpus_gives_the_same_bytes(
    checkout: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    assert main(["site", "--out", str(tmp_path / "again")]) == 0
    first, again = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (site, tmp_path / "again")
    )
    assert first == again


def test_what_is_no_site_is_never_replaced(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["site", "--out", str(tmp_path)]) == 2
    assert "something else than a site" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_broken_record_or_a_missing_package_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_seed_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["site"]) == 0
    before = (tmp_path / "build" / "site" / "index.html").read_bytes()
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    assert main(["site"]) == 2
    assert "pip install 'arguendo[label]'" in capsys.readouterr().err
    gold = Store(tmp_path).gold_path(SEED_ID)
    record = json.loads(gold.read_bytes())
    record["spans"][0]["end"] += 1
    gold.write_text(json.dumps(record), "utf-8")
    assert main(["site"]) == 1
    assert "error span-digest: " in capsys.readouterr().err
    assert (tmp_path / "build" / "site" / "index.html").read_bytes() == before
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["site"]


def test_outside_a_checkout_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["site"]) == 2
    assert "Run this in a checkout of the repository" in capsys.readouterr().err


# --- opinions ----------------------------------------------------------------------------------


def shown(page: Any) -> list[str]:
    """Ids of the opinions in the visible rows."""
    links: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetParent)
            .map((row) => row.querySelector("a").getAttribute("href"))"""
    )
    return [Path(link).stem for link in links]


def test_the_index_lists_every_opinion_real_ones_first_and_counts_its_labels(
    visit: Any, checkout: Path
) -> None:
    store = Store(checkout)
    page = visit("index.html")
    assert shown(page) == [SEED_ID, *sorted(store.moot_ids())]
    row = page.locator("tbody tr").first
    counts = [sum(span.label == label for span in first_gold().spans) for label in LABELS]
    assert [int(row.locator(f".{label.lower()}").inner_text()) for label in LABELS] == counts
    assert "District Court, S.D. New York" in row.inner_text()


def test_filters_narrow_the_index_and_stand_in_the_address(visit: Any, checkout: Path) -> None:
    store = Store(checkout)
    opinions = [store.read_opinion(each) for each in store.opinion_ids()]
    page = visit("index.html")
    page.select_option("[name=decade]", "2010s")
    expected = {each.id for each in opinions if each.metadata.date.startswith("201")}
    assert set(shown(page)) == expected
    assert page.locator("#shown").inner_text() == f"{len(expected)} of {len(opinions)} opinions"
    page.select_option("[name=origin]", "made up")
    assert set(shown(page)) == expected & store.moot_ids()
    page.reload()
    assert set(shown(page)) == expected & store.moot_ids()
    page.locator("#filters button").click()
    assert len(shown(page)) == len(opinions)
    page.select_option("[name=court]", "nysd")
    assert shown(page) == [SEED_ID]
    least = sum(span.label == "REBUTTAL" for span in first_gold().spans)
    page.fill("[name=rebuttal]", str(least))
    assert shown(page) == [SEED_ID]
    page.fill("[name=rebuttal]", str(least + 1))
    assert shown(page) == []


def test_skipping_to_the_content_keeps_what_was_chosen_and_found(visit: Any, search: Any) -> None:
    index, found = visit("index.html#court=nysd"), search("injunction")
    found.locator("#results > li").first.wait_for()
    for page in (index, found):
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**#content")
        assert page.evaluate("() => document.activeElement.id") == "content"
    assert shown(index) == [SEED_ID]
    assert found.locator("[name=q]").input_value() == "injunction"
    assert found.locator("#results > li").count() > 0


def test_an_address_that_names_no_court_shows_all(visit: Any, checkout: Path) -> None:
    page = visit("index.html#court=%3Cscript%3E&nothing=1")
    assert len(shown(page)) == len(Store(checkout).opinion_ids())


def test_what_is_made_up_says_so_wherever_it_is(visit: Any, search: Any, checkout: Path) -> None:
    for opinion_id in sorted(Store(checkout).moot_ids()):
        page = visit(f"opinions/{opinion_id}.html")
        assert "made up" in page.title()
        assert "made up" in page.locator("h1").inner_text()
        assert "Made-up opinion." in page.locator("header.about").inner_text()
        page.close()
    headings = visit("agreement/moot-1.html").locator("h2").all_inner_texts()
    assert headings
    assert all("(made up)" in heading for heading in headings)
    assert f"{len(headings)} of them made up" in visit("agreement.html").locator("main").inner_text()
    index = visit("index.html")
    badges = index.locator("tbody tr").filter(has=index.locator(".moot"))
    assert badges.count() == len(Store(checkout).moot_ids())
    assert "made up" in search("Carrow Bench").locator("#results h2").first.inner_text()
    seed = visit(f"opinions/{SEED_ID}.html")
    assert "made" not in seed.locator("header.about").inner_text().lower()


# --- search ------------------------------------------------------------------------------------


def folded(text: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", re.sub(r"[\W_]", " ", text))
    return "".join(each for each in apart if not unicodedata.combining(each)).lower().split()


def occurrences(text: str, phrase: str) -> int:
    words, sought = folded(text), folded(phrase)
    return sum(words[at : at + len(sought)] == sought for at in range(len(words)))


def test_any_phrase_of_the_corpus_is_found_as_often_as_it_stands(search: Any, checkout: Path) -> None:
    store = Store(checkout)
    texts = {each: store.read_opinion(each).text for each in store.opinion_ids()}
    chance = random.Random(0)
    for _ in range(12):
        words = re.findall(r"[^\W_]+", texts[chance.choice(sorted(texts))])
        length = chance.randint(1, 5)
        start = chance.randrange(len(words) - length)
        phrase = " ".join(words[start : start + length])
        page = search(f'"{phrase.upper()}"')
        hits = {each: count for each, text in texts.items() if (count := occurrences(text, phrase))}
        noun = "opinion" if len(hits) == 1 else "opinions"
        said = page.locator("#found").inner_text().replace(",", "")
        assert said.split()[0] == str(sum(hits.values())), phrase
        assert said.endswith(f"in {len(hits)} {noun}")
        first = page.locator("#results > li").first
        assert folded(first.locator("mark").first.inner_text()) == folded(phrase)
        page.close()


def test_without_quotation_marks_words_may_stand_apart_and_all_have_to_be_there(search: Any) -> None:
    assert search('"debit transactions jurisdiction"').locator("#found").inner_text() == "Nothing found."
    both = search("jurisdiction alibabacoin")
    assert both.locator("#found").inner_text().endswith("in 1 opinion")
    assert {mark.lower() for mark in both.locator("mark").all_inner_texts()} == {
        "jurisdiction",
        "alibabacoin",
    }
    assert search("jurisdiction zzyzx").locator("#results > li").count() == 0
    assert search("constructor __proto__").locator("#found").inner_text() == "Nothing found."


def test_a_snippet_leads_to_the_paragraph_that_holds_the_hit(search: Any) -> None:
    page = search("“irreparable harm”")
    links = page.locator("#results > li").first.locator(".snippets a")
    assert 1 <= links.count() <= 3
    block = urlsplit(links.first.get_attribute("href")).fragment
    links.first.click()
    page.wait_for_url("**/opinions/*")
    assert "irreparable harm" in page.locator(f"#{block}").inner_text().lower()
    page.go_back()
    page.locator("#results > li").first.wait_for()
    assert page.locator("[name=q]").input_value() == "“irreparable harm”"


def test_the_keyboard_searches_and_goes_on_to_what_is_found(visit: Any) -> None:
    page = visit("search.html")
    for key in ("Tab", "Enter", "Tab"):  # by way of the link that skips the bar
        page.keyboard.press(key)
    page.keyboard.type("injunction")
    page.keyboard.press("Enter")
    page.locator("#results > li").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('#results > li:first-child h2 a')")


WORDS = {
    "Ærøskøbing": "ærøskøbing",
    "naïve": "NAIVE",
    "facade": "façade",
    "ﬁne": "fine",
    "İstanbul": "istanbul",
    "ΣΊΣΥΦΟΣ": "σισυφος",
    "½": "½",
    "Ａ１": "a1",
    "𝐁𝐎𝐋𝐃": "bold",
    "𐐀𐐁": "𐐨𐐩",
    "12(b)(6)": "12(B)(6)",
    "court’s": "court's",
    "東京": "東京",
}


def test_words_of_any_writing_are_found_however_they_are_typed(search: Any, tmp_path: Path) -> None:
    opinion = rewritten(" and ".join(WORDS))
    folder = write(tmp_path, [Held(opinion, None, False)])
    for written, typed in WORDS.items():
        page = search(typed, folder=folder)
        assert page.locator("#found").inner_text() == "1 hit in 1 opinion", written
        mark = page.locator("mark").inner_text()
        assert mark == written.rstrip(")"), written


def test_hostile_text_and_hostile_queries_stay_text(search: Any, visit: Any, tmp_path: Path) -> None:
    opinion = rewritten(
        f"before {HOSTILE} after",
        case_name=HOSTILE,
        docket_as_written=HOSTILE,
        court='"><img src=x onerror=window.pwned=1>',
    )
    folder = write(tmp_path, [Held(opinion, None, True)])
    query = "onerror <img src=x onerror=window.pwned=1>"
    for page in (search(query, folder=folder), visit("index.html", folder=folder)):
        assert page.evaluate("() => [window.pwned, document.images.length]") == [None, 0]
    page = search(query, folder=folder)
    assert "</script><script>" in page.locator(".snippets").inner_text()
    assert page.locator("[name=q]").input_value() == query
    page.locator(".snippets a").first.click()
    page.wait_for_url("**/opinions/*")
    assert page.evaluate("() => [window.pwned, document.images.length]") == [None, 0]


def test_a_piece_of_the_index_that_is_missing_is_said(browser: Any, tmp_path: Path) -> None:
    folder = write(tmp_path, [Held(rewritten("some words"), None, False)])
    page = browser.new_page()
    page.goto((folder / "search.html").as_uri())
    (folder / "search" / "words-0.js").unlink()
    page.fill("[name=q]", "words")
    page.keyboard.press("Enter")
    page.locator("#found").filter(has_text="the site is not whole").wait_for()
    page.close()


# --- five hundred opinions ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    store = Store(checkout)
    read = [store.read_opinion(each) for each in store.opinion_ids()]
    copies = []
    for number in range(500):
        meta = read[number % len(read)].metadata
        called = f"{number}-{meta.docket}"
        copy = replace(
            read[number % len(read)],
            id=f"{meta.court}.{called}.{meta.date}",
            metadata=replace(meta, docket=called),
        )
        copies.append(Held(copy, None, False))
    return write(tmp_path_factory.mktemp("large"), copies)


def test_five_hundred_opinions_are_filtered_and_searched_in_pieces(visit: Any, large: Path) -> None:
    page = visit("index.html", folder=large)
    page.select_option("[name=court]", "nysd")
    assert 0 < len(shown(page)) < 50
    page.locator("#filters button").click()
    assert len(shown(page)) == 500
    loaded: list[str] = []
    page = visit("search.html", folder=large)
    page.on("request", lambda request: loaded.append(Path(urlsplit(request.url).path).name))
    page.fill("[name=q]", "court")
    page.keyboard.press("Enter")
    page.locator("#found").filter(has_text=re.compile(r" in \d")).wait_for()
    texts = [name for name in loaded if name.startswith("text-")]
    assert page.locator("#results > li").count() == len(texts) == 20
    # Besides the index of which it was told at once, one piece of the words, of a small part of the whole.
    (piece,) = [name for name in loaded if name.startswith("words-")]
    pieces = [path.stat().st_size for path in (large / "search").glob("words-*")]
    assert (large / "search" / piece).stat().st_size < sum(pieces) / 10
    page.locator("#more").click()
    page.locator("#results > li").nth(39).wait_for()
    assert page.evaluate("() => document.activeElement.matches('#results > li:nth-child(21) h2 a')")


# --- how it looks ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_window(width: int, path: str, visit: Any) -> None:
    page = visit(path, width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("nav[aria-label=Site] a").count() == 6


def test_print_leaves_out_what_only_a_screen_can_use(visit: Any) -> None:
    for path in PAGES:
        page = visit(path)
        page.emulate_media(media="print")
        assert not page.locator("nav[aria-label=Site]").is_visible(), path
        assert not page.locator("form").is_visible()
        page.close()
    page = visit(f"opinions/{MOOT}.html")
    page.emulate_media(media="print")
    assert page.get_by_text("Made-up opinion.").is_visible()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, which finds what keeps people from using a page."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm, for axe-core")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), AXE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install {AXE}: {done.stderr.strip()[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(path: str, width: int, scheme: str, visit: Any, axe: str) -> None:
    page = visit(path, width=width, color_scheme=scheme)
    if path.startswith("search"):
        page.locator("#results > li").first.wait_for()
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document).then((result) => result.violations)")
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


# --- the index ---------------------------------------------------------------------------------

TEXTS = st.lists(
    st.lists(st.sampled_from(["the", "Court", "coürt", "12", "b", "𐐀x", "－", "_"]), max_size=30).map(
        " ".join
    ),
    max_size=8,
)


def decoded(encoded: str) -> dict[int, list[int]]:
    """Places by text, of differences in base 36."""
    found: dict[int, list[int]] = {}
    text = 0
    for entry in encoded.split(";"):
        first, *others = (int(number, 36) for number in entry.split(" "))
        text += first
        found[text] = [sum(others[: n + 1]) for n in range(len(others))]
    return found


@given(TEXTS)
def test_the_index_knows_every_place_of_every_word(texts: list[str]) -> None:
    expected: dict[str, dict[int, list[int]]] = {}
    for number, text in enumerate(texts):
        for place, word in enumerate(folded(text)):
            expected.setdefault(word, {}).setdefault(number, []).append(place)
    assert {word: decoded(encoded) for word, encoded in postings(texts).items()} == expected


# A character of the last plane that browsers hold in one unit, and one beyond, which they sort before it.
@given(
    st.dictionaries(st.text("aｚ𐐀", max_size=4), st.text("0", max_size=20), min_size=1), st.integers(1, 50)
)
def test_a_word_is_in_the_piece_that_its_order_names(index: dict[str, str], size: int) -> None:
    pieces = shards(index, size)
    assert {word: where for piece in pieces for word, where in piece.items()} == index
    firsts = [next(iter(piece)).encode("utf-16-be") for piece in pieces]
    for word in index:
        assert word in pieces[bisect_right(firsts, word.encode("utf-16-be")) - 1]
