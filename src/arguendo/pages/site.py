"""The corpus as a static site: opinions, search, agreement, leaderboard, challenge, guidelines.

The site needs no server: its pages work from a file: URL too. Pages that stand alone elsewhere are
here as they are, with the site's bar on top. What is made up says so wherever it is named.
"""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from arguendo.agreement import Double
from arguendo.annotation import LABELS, Annotator, Gold
from arguendo.caption import court_name
from arguendo.challenge import Pair, PhenomenonScore
from arguendo.leaderboard import Board
from arguendo.offsets import sha256
from arguendo.opinion import Opinion
from arguendo.pages.agreement import agreement_page
from arguendo.pages.benchmark import benchmark_page
from arguendo.pages.challenge import challenge_page
from arguendo.pages.markup import Html, assets, document, isolated, join, tag, text
from arguendo.pages.opinion import case_name, opinion_page
from arguendo.pages.prose import rendered
from arguendo.report import agreement_summary
from arguendo.search import postings, shards, word_starts
from arguendo.splits import SPLITS, split_of

INDEX = "search/index.js"
"""A file that every site has, and by which one is known."""
_MADE_UP = "made up"
_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Held:
    """An opinion of the site; `gold` is None where it has none yet, `moot` says that it is made up."""

    opinion: Opinion
    gold: Gold | None
    moot: bool

    @property
    def name(self) -> str:
        return _name(self.opinion)

    @property
    def page(self) -> str:
        return f"opinions/{self.opinion.id}.html"

    @property
    def counts(self) -> Counter[str]:
        """How many spans of each label the gold has."""
        return Counter(span.label for span in self.gold.spans) if self.gold else Counter()


@dataclass(frozen=True, slots=True)
class Round:
    """A round and its opinions that two annotators have read; `result` is as `agreement` gives it."""

    name: str
    result: Mapping[str, Any]
    doubles: Sequence[Double]

    @property
    def page(self) -> str:
        return f"agreement/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a site shows; what is empty has no page.

    `guidelines` is Markdown; `kept` are figures of agreement by round (`Store.read_agreement`);
    `runtimes`, `curve` and `challenge` are as `benchmark_page` takes them; `against` are pages of gold
    beside a prediction, by opinion.
    """

    opinions: Sequence[Held]
    guidelines: str
    annotators: Sequence[Annotator]
    kept: Mapping[str, Mapping[str, Any]]
    rounds: Sequence[Round]
    boards: Sequence[Board]
    runtimes: Mapping[str, Mapping[str, Mapping[str, float]]]
    curve: Sequence[Mapping[str, Any]]
    pairs: Sequence[Pair]
    challenge: Mapping[str, Sequence[PhenomenonScore]]
    against: Mapping[str, str]


def site_files(contents: Contents) -> Iterator[tuple[str, str]]:
    """Every file of the site: its path below the site's folder, with `/`, and its text.

    The same contents give the same characters.

    Raises:
        CorpusError: the labels of an opinion were made on another text.
        ImportError: markdown-it-py is not installed.
    """
    bar = _Bar(contents)
    moot = {held.opinion.id for held in contents.opinions if held.moot}
    yield "index.html", _index(contents.opinions, bar)
    yield "search.html", _search(bar)
    yield from _search_files(contents.opinions)
    for held in contents.opinions:
        page = opinion_page(_marked(held.opinion, moot), held.gold or _no_labels(held.opinion))
        yield held.page, bar.on(page, held.page, held.moot)
    if _has_agreement(contents):
        yield "agreement.html", _agreement(contents, moot, bar)
    for each in contents.rounds:
        doubles = [replace(double, opinion=_marked(double.opinion, moot)) for double in each.doubles]
        yield each.page, bar.on(agreement_page(each.result, doubles), each.page)
    if contents.boards:
        links = {opinion: quote(f"against/{opinion}.html") for opinion in contents.against}
        page = benchmark_page(contents.boards, contents.runtimes, contents.curve, links, contents.challenge)
        yield "leaderboard.html", bar.on(page, "leaderboard.html")
    for opinion, page in contents.against.items():
        path = f"against/{opinion}.html"
        yield path, bar.on(page, path, opinion in moot)
    if contents.pairs:
        yield "challenge.html", bar.on(challenge_page(contents.pairs, contents.challenge), "challenge.html")
    yield "guidelines.html", _guidelines(contents.guidelines, bar)


# --- what all pages share ----------------------------------------------------------------------


class _Bar:
    """Links to the parts of the site, on every page."""

    def __init__(self, contents: Contents) -> None:
        self.parts = [("Opinions", "index.html"), ("Search", "search.html")]
        if _has_agreement(contents):
            self.parts.append(("Agreement", "agreement.html"))
        if contents.boards:
            self.parts.append(("Leaderboard", "leaderboard.html"))
        if contents.pairs:
            self.parts.append(("Challenge", "challenge.html"))
        self.parts.append(("Guidelines", "guidelines.html"))

    def at(self, path: str, moot: bool = False) -> Html:
        """The bar as it is on the page at `path`, and below it whether what the page is about is made up."""
        up = "../" * path.count("/")
        links = [
            tag("a", text(title), href=up + target, aria_current="page" if target == path else None)
            for title, target in self.parts
        ]
        spaced = [part for link in links for part in (text(" · "), link)][1:]
        nav = tag("nav", *spaced, aria_label="Site", class_="site")
        said = text(" Written for this corpus: no court decided it, and nobody in it is real.")
        return join((nav, tag("p", tag("strong", text("Made-up opinion.")), said))) if moot else nav

    def on(self, page: str, path: str, moot: bool = False) -> str:
        """A page that stands alone, with the bar on top of its header or else of its main part."""
        before, place, after = re.split(r'(<header class="about">|<main>)', page, maxsplit=1)
        return f"{before}{place}{self.at(path, moot)}{after}"


def _page(title: str, path: str, bar: _Bar, *content: Html, script: str = "", loads: bool = False) -> str:
    skip = tag("a", text("Skip to the content"), class_="skip", href="#content")
    main = tag("main", *content, id="content", tabindex=-1)
    style = assets("agreement.css", "site.css")
    return document(f"{title} · arguendo", style, skip, bar.at(path), main, script=script, loads=loads)


def _marked(opinion: Opinion, moot: Collection[str]) -> Opinion:
    """The opinion, under a name that says so if it is made up."""
    if opinion.id not in moot:
        return opinion
    name = f"{_name(opinion)} ({_MADE_UP})"
    return replace(opinion, metadata=replace(opinion.metadata, case_name=name))


def _name(opinion: Opinion) -> str:
    return case_name(opinion.metadata) or opinion.id


def _no_labels(opinion: Opinion) -> Gold:
    return Gold(opinion.id, sha256(opinion.text), "not labelled yet", "", "none", (), (), (), ())


def _has_agreement(contents: Contents) -> bool:
    return bool(contents.kept or contents.rounds)


# --- opinions ----------------------------------------------------------------------------------


def _index(opinions: Sequence[Held], bar: _Bar) -> str:
    moot = sum(held.moot for held in opinions)
    labelled = sum(held.gold is not None for held in opinions)
    said = (
        f"{len(opinions)} opinions: {len(opinions) - moot} real, {moot} {_MADE_UP}; {labelled} with labels."
    )
    head = ("opinion", "court", "date", "split", "labels", *map(str.lower, LABELS))
    columns = (tag("th", text(name), scope="col", role="columnheader") for name in head)
    table = tag(
        "table",
        tag("thead", tag("tr", *columns, role="row"), role="rowgroup"),
        tag("tbody", *map(_row, opinions), role="rowgroup"),
        class_="opinions",
        role="table",
        aria_label="Opinions",
    )
    shown = tag("p", text(f"{len(opinions)} of {len(opinions)} opinions"), id="shown", role="status")
    content = (tag("h1", text("Opinions")), tag("p", text(said)), _filters(opinions), shown, table)
    return _page("Opinions", "index.html", bar, *content, script=assets("site.js"))


def _row(held: Held) -> Html:
    """An opinion's row. The roles keep the table one where the style lays its cells out otherwise."""
    meta, counts = held.opinion.metadata, held.counts
    cells = [
        ("court", isolated(court_name(meta.court))),
        ("date", text(meta.date)),
        ("split", text(split_of(meta))),
        ("labels", text(held.gold.status if held.gold else "none")),
        *((label.lower(), text(str(counts[label]) if held.gold else "–")) for label in LABELS),
    ]
    name = tag(
        "th",
        tag("a", isolated(_short(held.name)), href=quote(held.page)),
        *([text(" "), tag("span", text(_MADE_UP), class_="moot")] if held.moot else []),
        tag("span", isolated(meta.docket_as_written), class_="docket"),
        scope="row",
        role="rowheader",
    )
    return tag(
        "tr",
        name,
        *(tag("td", value, role="cell", class_=column, data_column=column) for column, value in cells),
        role="row",
        data_court=meta.court,
        data_decade=_decade(held),
        data_origin=_origin(held),
        data_split=split_of(meta),
        **{f"data_{label.lower()}": counts[label] for label in LABELS},
    )


def _filters(opinions: Sequence[Held]) -> Html:
    """Hidden until its script is there to filter."""
    courts = Counter(held.opinion.metadata.court for held in opinions)
    named = sorted((court_name(court), court) for court in courts)
    decades, origins = Counter(map(_decade, opinions)), Counter(map(_origin, opinions))
    splits = Counter(split_of(held.opinion.metadata) for held in opinions)
    choices = (
        _choice("court", [(court, f"{name} ({courts[court]})") for name, court in named]),
        _choice("decade", [(each, f"{each} ({decades[each]})") for each in sorted(decades)]),
        _choice("origin", [(each, f"{each} ({origins[each]})") for each in sorted(origins, reverse=True)]),
        _choice("split", [(each, f"{each} ({splits[each]})") for each in SPLITS if each in splits]),
    )
    least = (
        tag(
            "label",
            text(f"{label.lower()} spans, at least"),
            tag("input", type="number", name=label.lower(), min=0, inputmode="numeric"),
        )
        for label in LABELS
    )
    reset = tag("button", text("Show all"), type="reset")
    return tag(
        "form", *choices, *least, reset, id="filters", hidden="", autocomplete="off", aria_label="Filters"
    )


def _choice(name: str, options: Iterable[tuple[str, str]]) -> Html:
    every = tag("option", text("all"), value="")
    shown = (tag("option", text(words), value=value) for value, words in options)
    return tag("label", text(name), tag("select", every, *shown, name=name))


def _decade(held: Held) -> str:
    return f"{held.opinion.metadata.date[:3]}0s"


def _origin(held: Held) -> str:
    return _MADE_UP if held.moot else "real"


def _short(name: str) -> str:
    words = " ".join(name.split())
    return words if len(words) <= _NAME_LENGTH else words[: _NAME_LENGTH - 1].rstrip() + "…"


# --- search ------------------------------------------------------------------------------------


def _search(bar: _Bar) -> str:
    how = (
        "Finds the opinions in which all the words stand. Words in “quotation marks” have to stand side by "
        "side, in that order. Words are whole words; capitals, accents and punctuation do not count."
    )
    form = tag(
        "form",
        tag("label", text("Words"), tag("input", type="search", name="q", aria_describedby="how")),
        tag("button", text("Search")),
        id="search",
        role="search",
    )
    content = (
        tag("h1", text("Search")),
        form,
        tag("p", text(how), id="how", class_="hint"),
        tag("noscript", tag("p", text("The search needs JavaScript."))),
        tag("p", id="found", role="status"),
        tag("ol", id="results"),
        tag("button", text("Show more"), id="more", hidden=""),
    )
    return _page("Search", "search.html", bar, *content, script=assets("search.js"), loads=True)


def _search_files(opinions: Sequence[Held]) -> Iterator[tuple[str, str]]:
    """The index, and the texts that snippets are cut from, as scripts that a page can load one by one."""
    pieces = shards(postings([held.opinion.text for held in opinions]))
    rows = [
        {
            "page": quote(held.page),
            "name": _short(held.name),
            "facts": f"{court_name(held.opinion.metadata.court)}, {held.opinion.metadata.date}",
            "note": _MADE_UP if held.moot else "",
        }
        for held in opinions
    ]
    yield INDEX, _assignment("index", {"opinions": rows, "firsts": [next(iter(piece)) for piece in pieces]})
    for number, piece in enumerate(pieces):
        yield f"search/words-{number}.js", _assignment(f"words-{number}", piece)
    for number, held in enumerate(opinions):
        starts = word_starts(held.opinion.text)
        # The number of the first word in each block, by which a hit finds the block it stands in.
        blocks = [bisect_left(starts, block.start) for block in held.opinion.blocks]
        of_text = {"text": held.opinion.text, "blocks": blocks}
        yield f"search/text-{number}.js", _assignment(f"text-{number}", of_text)


def _assignment(name: str, value: Any) -> str:
    return f'arguendo["{name}"] = {json.dumps(value, ensure_ascii=False, separators=(",", ":"))};\n'


# --- agreement, guidelines ---------------------------------------------------------------------


def _agreement(contents: Contents, moot: Collection[str], bar: _Bar) -> str:
    people = (
        tag("div", tag("dt", isolated(each.id)), tag("dd", isolated(_who(each))))
        for each in contents.annotators
    )
    rounds = (
        tag("li", tag("a", isolated(f"Round {each.name}"), href=quote(each.page)), text(_size(each, moot)))
        for each in contents.rounds
    )
    none = tag("p", text("None: the texts of the opinions that two annotators have read are not here."))
    content = (
        tag("h1", text("Agreement")),
        tag("p", text("How far annotators agree who have labelled the same opinions apart.")),
        *([rendered(agreement_summary(contents.kept))] if contents.kept else []),
        tag("h2", text("Every disagreement, side by side")),
        tag("ul", *rounds) if contents.rounds else none,
        tag("h2", text("Who annotated")),
        tag("dl", *people, class_="people"),
    )
    return _page("Agreement", "agreement.html", bar, *content)


def _who(annotator: Annotator) -> str:
    return f"{annotator.kind.replace('_', ' ')}. {annotator.description}"


def _size(each: Round, moot: Collection[str]) -> str:
    count = each.result["opinions"]
    made_up = sum(double.opinion.id in moot for double in each.doubles)
    said = f": {' and '.join(each.result['annotators'])}, {count} {'opinion' if count == 1 else 'opinions'}"
    return f"{said}, {made_up} of them {_MADE_UP}" if made_up else said


def _guidelines(markdown: str, bar: _Bar) -> str:
    return _page("Guidelines", "guidelines.html", bar, rendered(markdown, contents=True))
