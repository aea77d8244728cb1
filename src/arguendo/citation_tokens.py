"""eyecite's citations, found sooner: the same ones, by less work.

eyecite (Cushman et al. 2021, JOSS 6(66) 3617) looks through the whole text with some hundred regular
expressions. Nearly all of them begin alike, with a volume, a space, and one of a few names of a reporter;
so where such a name stands behind a digit and a space, and nowhere else, can they match. `FastTokenizer`
runs them there. Two lookups whose answers eyecite works out again for each citation are kept.
"""

import re
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ahocorasick
import eyecite.find
import eyecite.helpers
from courts_db import courts
from eyecite.models import ReferenceCitation, TokenExtractor
from eyecite.tokenizers import EXTRACTORS, Tokenizer, _relax_ws
from eyecite.utils import is_valid_name

_VOLUME_AND_REPORTER = re.compile(
    r"\(\?:\^\|\[\^a-zA-Z0-9\]\)\(\(\?P<volume>\[1-9\]\\d\*\) \(\?P<reporter>(?P<names>(?:[^()\\]|\\.)*)\)"
)
_BEFORE_NAME = re.compile(r"\d (?=\S)")
_WORD = re.compile(r"\S+")
_SPACE = re.compile(r"\s+")
# A pin cite, as `eyecite.regexes.PIN_CITE_REGEX` has it, begins with a comma, "at", a label like "& nn.",
# "pg." or "¶", and then a number.
_PAGE = re.compile(r"\s+,? ?(?:at )?[notefpg&. ¶§*]{0,9}\d")
_NOT_WORD = re.compile(r"[^\w]")


@dataclass
class FastTokenizer(Tokenizer):
    """Gives the tokens that each extractor finds by itself, in an order that is always the same."""

    extractors: list[TokenExtractor] = field(default_factory=lambda: list(EXTRACTORS))

    def __post_init__(self) -> None:
        by_volume, folded, plain = (defaultdict[str, list[int]](list) for _ in range(3))
        self._always = [number for number, each in enumerate(self.extractors) if not each.strings]
        for number, extractor in enumerate(self.extractors):
            kind = (
                by_volume if _begins_with_volume(extractor) else folded if extractor.flags & re.I else plain
            )
            for string in {_SPACE.sub("", string) for string in extractor.strings}:
                kind[string.lower() if kind is folded else string].append(number)
        self._by_volume, self._folded, self._plain = map(_automaton, (by_volume, folded, plain))

    def extract_tokens(self, text: str) -> Generator[Any, None, None]:
        """Tokens of the text, by extractor and place; tokens of two extractors can overlap."""
        bare = _SPACE.sub("", text)
        chosen = {*self._always}
        for automaton, searched in ((self._plain, bare), (self._folded, bare.lower())):
            for _, (_, numbers) in automaton.iter(searched):
                chosen.update(numbers)
        places = self._places(text, bare)
        for number in sorted(chosen | {*places}):
            extractor = self.extractors[number]
            found = (
                _match_at(extractor.compiled_regex, text, places[number])
                if number in places
                else extractor.compiled_regex.finditer(text)
            )
            for match in found:
                yield extractor.get_token(match)

    def _places(self, text: str, bare: str) -> dict[int, list[int]]:
        """Where a reporter's name stands behind a digit and a space, in order, by the extractor it is for."""
        names = {match.end() for match in _BEFORE_NAME.finditer(text)}
        # Names are looked for in the text without white space, as eyecite does: "N. Y. S. 2d" is "N.Y.S.2d".
        offset_of = {}
        gone = 0
        end = 0
        for word in _WORD.finditer(text):
            gone += word.start() - end
            end = word.end()
            if word.start() in names:
                offset_of[word.start() - gone] = word.start()
        places: dict[int, list[int]] = defaultdict(list)
        for last, (length, numbers) in self._by_volume.iter(bare):
            offset = offset_of.get(last - length + 1)
            if offset is not None:
                for number in numbers:
                    places[number].append(offset)
        return {number: sorted({*offsets}) for number, offsets in places.items()}


def _begins_with_volume(extractor: TokenExtractor) -> bool:
    """Whether all that an extractor matches is a volume, a space, one of its strings, and more."""
    begins = _VOLUME_AND_REPORTER.match(extractor.regex)
    if not begins or extractor.flags:
        return False
    if {*begins["names"].split("|")} != {_relax_ws(re.escape(string)) for string in extractor.strings}:
        return False
    # No alternative outside parentheses, which would be one to the volume and reporter too.
    depth = 0
    for sign in re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", extractor.regex[begins.end() :]):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        if sign == "|" and depth == 0:
            return False
    return True


def _match_at(pattern: re.Pattern[str], text: str, names: list[int]) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` gives, if each match has a reporter's name at one of `names`."""
    end = 0
    for name in names:
        begin = name - 2
        while begin and text[begin - 1].isdecimal():
            begin -= 1
        # The character before the volume is part of the match.
        for at in range(max(begin - 1, end), name - 1):
            if match := pattern.match(text, at):
                yield match
                end = match.end()
                break


@cache
def court_of(paren: str) -> str | None:
    """The court that a parenthetical names ("2d Cir."), as `eyecite.helpers.get_court_by_paren` finds it:
    the first with just these letters and digits, or else the last that begins with them.
    """
    name = _NOT_WORD.sub("", paren).lower()
    if not name:
        return None
    exact, beginning = None, None
    for id_, known in _courts():
        if known == name and exact is None:
            exact = id_
        if known.startswith(name):
            beginning = id_
    return exact or beginning


@cache
def _courts() -> list[tuple[str, str]]:
    return [(str(court["id"]), _NOT_WORD.sub("", court["citation_string"]).lower()) for court in courts]


_references = eyecite.find.extract_pincited_reference_citations


def _later_references(citation: Any, plain_text: str) -> list[ReferenceCitation]:
    """As eyecite's, which makes a regular expression of the names of a case to look for them, with a page,
    in what comes after; where none of them stands there so, nothing needs to be made.
    """
    _, after = citation.span()
    names = (getattr(citation.metadata, name, None) for name in ReferenceCitation.name_fields)
    found: list[ReferenceCitation] = []
    if any(name and is_valid_name(name) and _is_cited(name, plain_text, after) for name in names):
        found = _references(citation, plain_text)
    return found


def _is_cited(name: str, text: str, after: int) -> bool:
    """Whether something like a page stands behind `name` anywhere from `after` on."""
    at = text.find(name, after)
    while at >= 0:
        if _PAGE.match(text, at + len(name)):
            return True
        at = text.find(name, at + 1)
    return False


@cache
def tokenizer() -> FastTokenizer:
    """The one tokenizer. From now on eyecite also calls the two functions above in the place of its own."""
    eyecite.helpers.get_court_by_paren = court_of
    eyecite.find.extract_pincited_reference_citations = _later_references
    return FastTokenizer()


def _automaton(numbers_of: dict[str, list[int]]) -> Any:
    automaton = ahocorasick.Automaton()
    for string, numbers in sorted(numbers_of.items()):
        automaton.add_word(string, (len(string), tuple(numbers)))
    automaton.make_automaton()
    return automaton
