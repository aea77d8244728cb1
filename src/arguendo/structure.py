"""Sentences and citations of canonical text, the same for every format."""

import logging
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from arguendo.offsets import Interval
from arguendo.opinion import Block, Citation, Emphasis, Sentence

PROSE_KINDS = ("paragraph", "block_quote", "list_item", "footnote")

# --- sentences ---------------------------------------------------------------------------------

# A docket citation in parentheses after a full stop is a sentence of its own.
_CITATION_SENTENCE = re.compile(r"[.?!][\"”’)\]]*\s+(?=\((?:Dkt\.|ECF|Doc\.|D\.E\.|Id\.))")
_ARTICLE = re.compile(r"\b(?:[Aa]mends?|[Aa]rts?)\.\s*\Z")
_NUMERAL = re.compile(r"[IVX]+\b|\d")
_PARENTHESIS = re.compile(r"[()]")
_PARENTHESIS_LIMIT = 1_500


def find_sentences(text: str, blocks: Sequence[Block]) -> tuple[Sentence, ...]:
    """Sentences of the blocks of prose, without white space at their ends.

    Ends are found by nupunkt (Bommarito et al. 2025, arXiv:2504.04131), block by block, and then
    corrected by two rules: none inside a parenthesis or before § and ¶, and one before a docket
    citation that stands in parentheses after a full stop.
    """
    return tuple(
        Sentence(start, end)
        for block in blocks
        if block.kind in PROSE_KINDS
        for start, end in _split(text, block.start, block.end)
    )


def _split(text: str, start: int, end: int) -> Iterator[Interval]:
    from nupunkt import load

    block = text[start:end]
    # Its rules for blank lines and page furniture are left out: a block has neither.
    cuts = {cut for _, cut in load("default").span_tokenize(block)}
    cuts.update(match.end() for match in _CITATION_SENTENCE.finditer(block))
    begin = 0
    for cut in sorted(cuts | {len(block)}):
        if cut < len(block) and _is_inside(block, begin, cut):
            continue
        piece = block[begin:cut]
        if stripped := piece.strip():
            lead = begin + len(piece) - len(piece.lstrip())
            yield start + lead, start + lead + len(stripped)
        begin = cut


def _is_inside(block: str, begin: int, cut: int) -> bool:
    """Whether a cut falls inside a parenthesis opened since `begin`, or before §, ¶ or "amend. XIV".

    A parenthesis that does not close soon has lost its end in the scan and holds nothing together.
    """
    rest = block[cut : cut + 10].lstrip()
    if rest[:1] in ("§", "¶") or (_ARTICLE.search(block, max(begin, cut - 12), cut) and _NUMERAL.match(rest)):
        return True
    depth = block.count("(", begin, cut) - block.count(")", begin, cut)
    if depth > 0:
        for bracket in _PARENTHESIS.finditer(block, cut, cut + _PARENTHESIS_LIMIT):
            depth += 1 if bracket[0] == "(" else -1
            if depth == 0:
                return True
    return False


# --- citations ---------------------------------------------------------------------------------

# Code points that eyecite is given at once.
_STRETCH = 500_000
# One character each, so that offsets stay: eyecite knows only the ASCII forms.
_ASCII = str.maketrans({"–": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " "})
_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
_NUMBER = r"\*?\d+(?::\d+)?(?:[-–]\d+(?::\d+)?)?(?: & ?n\.\d+| nn?\.\d+(?:[-–]\d+)?)?"
_PIN = rf"{_NUMBER}(?:, {_NUMBER}(?![\d ]* [A-Z]))*"
_AFTER_CASE = re.compile(
    # A number before a reporter is the volume of a parallel citation.
    rf"(?:,? (?:at )?(?P<pin>{_PIN})(?!\d| (?:[A-Z][\w.’']*\.? ?){{1,4}}\d))?"
    r"(?: \((?:[^()]{0,60} )?\d{4}\))?"
)
_SHORT_PIN = re.compile(rf" at (?P<pin>{_PIN})")
_AFTER_ID = re.compile(rf",? (?:at (?P<pin>{_PIN})|(?P<mark>(?:¶¶?|§§?) ?{_PIN}))")
# The rest of a section's number, as in "§ 240.10b-5", which eyecite ends at the point.
_AFTER_LAW = re.compile(
    r"(?P<more>(?:[.–-]\d\w*)*)(?P<pin>(?:\([\w.]{1,6}\))*(?:[-–]\([\w.]{1,6}\))?(?:,? et seq\.)?)"
)
_ID = re.compile(r"\b(?:[Ii]d|[Ii]bid)\.")
_RULE = re.compile(
    r"(?:Fed\. ?R\. ?(?P<short>Civ|Crim|App|Bankr)\. ?P\.|Fed\. ?R\. ?(?P<evid>Evid)\."
    r"|Federal Rules? of (?P<long>(?:Civil|Criminal|Appellate|Bankruptcy) Procedure|Evidence))"
    r" (?P<number>\d{1,4}(?:\.\d)?)(?P<pin>(?:\(\w{1,4}\))*)"
)
_RULE_NAMES = {
    "Civil Procedure": "Civ",
    "Criminal Procedure": "Crim",
    "Appellate Procedure": "App",
    "Bankruptcy Procedure": "Bankr",
    "Evidence": "Evid",
}
_ENTRY = r"\d+(?:-\d+)*(?:–\d+)?"
# More than one entry only after a plural: "Dkt. No. 17, 18 U.S.C. § 1001" names one.
_RECORD = re.compile(
    r"(?:(?:Dkt|Doc|D\.E|D\.I)\.|ECF|Docket)"
    r"(?:(?P<many> (?:Nos\.|Entries|Numbers))| (?:No\.|Entry|Number))? ?#?"
    rf"(?P<entry>{_ENTRY}(?(many)(?:, {_ENTRY})*(?:,? and {_ENTRY})?))"
    rf"(?P<pin> (?:at|¶¶?|§§?|pp?\.) ?{_PIN})?"
)
# What may stand before a case name inside the same italics, and is no part of the citation.
_SIGNAL = re.compile(
    r"(?:(?:see|also|but|accord|cf\.|compare|contra|citing|quoting|quoted in|cited in|e\.g\.|generally)"
    r"[, ]\s*)+",
    re.IGNORECASE,
)
# What stands between a citation and the name of the next case.
_BETWEEN = re.compile(r"[\s.,;:)\]]+")
_SLIP = re.compile(
    r"\b[A-Z][^;:()\n]{1,90}?, No\. (?P<number>[\w./-]{2,20}(?: [A-Z][\w.-]{0,6})?), slip op\."
    r"(?: at (?P<pin>\d+(?:[-–]\d+)?(?: n\. ?\d+)?))?"
)
_NAME_TO_CORE = re.compile(r",? (?:No\. [^,;()]{2,40}, )?\Z")
_NAME_REACH = 60
# Sources in such a parenthetical are passed over by a later "id." (Bluebook, rule 4.1).
_QUOTED_SOURCE = re.compile(r"\((?:quoting|citing|quoted in|cited in)[^()]{0,60}\Z")


def find_citations(text: str, emphasis: Sequence[Emphasis]) -> tuple[Citation, ...]:
    """Citations in text order, none overlapping another, short forms and *id.* resolved.

    Cases, statutes and journals are found by eyecite (Cushman et al. 2021, JOSS 6(66) 3617); their
    extent is settled here, because eyecite cuts names at "&" and abbreviations while italics mark
    them whole. Rules, docket citations and *id.* in parentheses are found here.
    """
    own = [*_rules(text), *_records(text), *_slips(text), *_ids(text)]
    found = [*_eyecite(text, emphasis, sorted(citation.end for citation, _ in own)), *own]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    disjoint: list[tuple[Citation, str]] = []
    for citation, series in found:
        if not disjoint or citation.start >= disjoint[-1][0].end:
            disjoint.append((citation, series))
    return _resolve(text, disjoint)


def _eyecite(text: str, emphasis: Sequence[Emphasis], ends: Sequence[int]) -> Iterator[tuple[Citation, str]]:
    """Citations that eyecite finds; beside each its series ("616 F.3d"), which short forms share.

    `ends` are those of other citations, which no case name reaches across.
    """
    from eyecite import get_citations

    from arguendo.citation_tokens import tokenizer

    logging.getLogger("eyecite").setLevel(logging.ERROR)
    italics = sorted((e.end, e.start) for e in emphasis if e.kind == "italic")
    previous = 0
    for base, stretch in _stretches(text):
        found: Any
        for found in get_citations(_LINE_BREAK.sub(" ", stretch.translate(_ASCII)), tokenizer=tokenizer()):
            core = base + found.span()[0]
            before = bisect_right(ends, core)
            floor = max(_block_start(text, core), ends[before - 1] if before else 0, min(previous, core))
            if settled := _settle(text, found, base, floor, italics):
                previous = settled[0].end
                yield settled


def _stretches(text: str) -> Iterator[tuple[int, str]]:
    """The text in stretches, each with its start: of whole blocks, or of sentences where one is longer.

    eyecite holds every word of what it is given, ten times the memory of the text itself.
    """
    start = 0
    while len(text) - start > _STRETCH:
        reach = start + _STRETCH
        ends = (text.rfind(mark, start, reach) + len(mark) for mark in ("\n\n", ".\n", ". ", " "))
        cut = next((end for end in ends if end > start + 2), reach)
        yield start, text[start:cut]
        start = cut
    yield start, text[start:]


def _settle(
    text: str, found: Any, base: int, floor: int, italics: list[Interval]
) -> tuple[Citation, str] | None:
    """One of eyecite's citations with its extent and its series; no name begins before `floor`.

    What eyecite says of places counts from `base`.
    """
    name = type(found).__name__
    start, end = (base + offset for offset in found.span())
    full_start, full_end = (base + offset for offset in found.full_span())
    if name == "FullCaseCitation":
        after = _AFTER_CASE.match(text, end)
        assert after
        series = f"{found.groups['volume']} {found.corrected_reporter()}"
        begin = _case_name(text, start, italics, max(floor, full_start))
        normalised = f"{series} {found.groups['page']}"
        return Citation("case", "full", begin, after.end(), normalised, after["pin"]), series
    if name == "ShortCaseCitation":
        pin = _SHORT_PIN.search(text, start)
        begin = _case_name(text, start, italics, max(floor, full_start))
        series = f"{found.groups['volume']} {found.corrected_reporter()}"
        if pin and pin.start() < end:
            return Citation("case", "short", begin, pin.end(), None, pin["pin"]), series
    if name == "SupraCitation":
        return Citation("case", "supra", max(full_start, floor), full_end, None, found.metadata.pin_cite), ""
    if name == "FullLawCitation":
        law = _AFTER_LAW.match(text, end)
        assert law
        normalised = found.corrected_citation().replace("§§", "§") + law["more"]
        return Citation("statute", "full", start, law.end(), normalised, law["pin"].strip(", ") or None), ""
    if name == "FullJournalCitation":
        after = _AFTER_CASE.match(text, end)
        assert after
        normalised = found.corrected_citation()
        return Citation("journal", "full", start, after.end(), normalised, after["pin"]), ""
    return None


def _case_name(text: str, core: int, italics: list[Interval], guess: int) -> int:
    """Where the case name before a volume number begins: by italics, else at `guess`."""
    index = bisect_right(italics, (core, core)) - 1
    if index >= 0:
        end, start = italics[index]
        if core - end <= _NAME_REACH and _NAME_TO_CORE.match(text, end, core):
            signal = _SIGNAL.match(text, start, end)
            return signal.end() if signal and signal.end() < end else start
    between = _BETWEEN.match(text, guess, core)
    begin = between.end() if between else guess
    signal = _SIGNAL.match(text, begin, core)
    return signal.end() if signal else begin


def _block_start(text: str, offset: int) -> int:
    """Where the block begins that holds `offset`; names before it belong to no citation in it."""
    edge = text.rfind("\n\n", 0, offset)
    return edge + 2 if edge >= 0 else 0


def _rules(text: str) -> Iterator[tuple[Citation, str]]:
    for rule in _RULE.finditer(text):
        name = rule["short"] or rule["evid"] or _RULE_NAMES[rule["long"]]
        book = f"Fed. R. {name}." + ("" if name == "Evid" else " P.")
        yield Citation("rule", "full", *rule.span(), f"{book} {rule['number']}", rule["pin"] or None), ""


def _records(text: str) -> Iterator[tuple[Citation, str]]:
    for record in _RECORD.finditer(text):
        pin = record["pin"].strip().removeprefix("at ") if record["pin"] else None
        entries = re.sub(r",? and ", ", ", record["entry"])
        yield Citation("record", "full", *record.span(), f"Dkt. {entries}", pin), ""


def _slips(text: str) -> Iterator[tuple[Citation, str]]:
    """Cases cited by docket number and slip opinion, which are in no reporter."""
    for slip in _SLIP.finditer(text):
        signal = _SIGNAL.match(text, slip.start())
        start = signal.end() if signal and signal.end() < slip.start("number") else slip.start()
        yield Citation("case", "full", start, slip.end(), f"No. {slip['number']}", slip["pin"]), ""


def _ids(text: str) -> Iterator[tuple[Citation, str]]:
    for match in _ID.finditer(text):
        after = _AFTER_ID.match(text, match.end())
        end = after.end() if after else match.end()
        pin = (after["pin"] or after["mark"]) if after else None
        yield Citation("unknown", "id", match.start(), end, None, pin), ""


def _resolve(text: str, found: Sequence[tuple[Citation, str]]) -> tuple[Citation, ...]:
    """Give short forms and *id.* the full citation they stand for."""
    done: list[Citation] = []
    series_of: dict[str, int] = {}
    previous: int | None = None
    for index, (citation, series) in enumerate(found):
        antecedent: int | None = None
        if citation.form == "short":
            antecedent = series_of.get(series)
        elif citation.form == "id":
            antecedent = previous
        elif series:
            series_of[series] = index
        if antecedent is not None:
            full = done[antecedent]
            citation = replace(citation, kind=full.kind, normalised=full.normalised, antecedent=antecedent)
        done.append(citation)
        reach = max(0, citation.start - _NAME_REACH - 20)
        if not _QUOTED_SOURCE.search(text, reach, citation.start):
            previous = index if citation.form == "full" else antecedent
    return tuple(done)
