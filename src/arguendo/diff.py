"""What changed between two built datasets: opinions, spans with their attributes, relations.

Only labels of record are compared (the config of gold, and that of the made-up opinions).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arguendo.annotation import ATTRIBUTES, Issue, issue_path
from arguendo.card import DEFAULT_CONFIG, MOOT
from arguendo.dataset_record import RECORD_FILE, read_dataset_record
from arguendo.errors import misuse
from arguendo.metrics import OVERLAP_THRESHOLD
from arguendo.offsets import intersection_over_union
from arguendo.records import Record
from arguendo.release import read_config, splits

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_VERSIONS = ("dataset", "scorer", "guidelines")
# Columns that say something in a line. Of the others (structure, parties, issues) only that they differ.
_PLAIN = ("text_sha256", "court", "docket", "docket_as_written", "date", "title", "author", "case_name")
_PLAIN_LABELS = ("status", "record", "guidelines")
_STRUCTURE = ("judges", "parties", "source", "sub_opinions", "blocks", "emphasis", "sentences", "citations")
_STRUCTURE_LABELS = ("pages", "issues")
_WORDS = 60

Fields = Mapping[str, tuple[Any, Any]]
"""What differs, as old and new value."""


@dataclass(frozen=True, slots=True)
class Change:
    """A span or relation that was added, removed or changed; `item` is the new one where there is one.

    A span has label, start, end, text, attributes and the path of its issue; a relation its type and,
    as `from` and `to`, the label, start and end of two spans. Offsets are those of its own dataset.
    """

    kind: str
    item: Record
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpinionChange:
    """What happened to an opinion; `structure` names the columns that differ and are too long to show."""

    opinion: str
    kind: str
    fields: Fields = field(default_factory=dict)
    structure: tuple[str, ...] = ()
    spans: tuple[Change, ...] = ()
    relations: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed; `versions` are those of dataset, scorer and guidelines that differ."""

    versions: Fields
    opinions: tuple[OpinionChange, ...]


def difference(old: Path, new: Path) -> Difference:
    """What changed between two built dataset folders, opinions by their ids, spans in text order.

    Raises:
        CorpusError: a file of them is broken.
        UsageError: one of them is no built dataset.
    """
    return Difference(
        versions=_differing(_versions(old), _versions(new), _VERSIONS),
        opinions=tuple(compare_opinions(_opinions(old), _opinions(new))),
    )


def _versions(folder: Path) -> Record:
    """The versions of a folder; those of one from before `arguendo.json` are not known."""
    return read_dataset_record(folder) if (folder / RECORD_FILE).is_file() else {}


def _opinions(folder: Path) -> dict[str, Record]:
    """Rows of all opinions by id, each with its split."""
    found = {
        row["id"]: {**row, "split": split}
        for config in (DEFAULT_CONFIG, MOOT)
        for split in splits(folder, config)
        for row in read_config(folder, config, split)
    }
    if not found:
        raise misuse(str(folder), "this is no built dataset", "Name a folder that `arguendo build` made")
    return found


def compare_opinions(old: Mapping[str, Record], new: Mapping[str, Record]) -> Iterator[OpinionChange]:
    """What happened to each opinion; `old` and `new` are rows of gold with `split`, by opinion."""
    for opinion in sorted(old.keys() | new.keys()):
        if opinion not in new:
            yield _whole(opinion, "removed", old[opinion])
        elif opinion not in old:
            yield _whole(opinion, "added", new[opinion])
        elif change := _opinion_change(opinion, old[opinion], new[opinion]):
            yield change


def _whole(opinion: str, kind: str, row: Record) -> OpinionChange:
    spans = {span["id"]: span for span in row["spans"]}
    return OpinionChange(
        opinion,
        kind,
        spans=tuple(Change(kind, _shown_span(span, row)) for span in _in_order(row["spans"])),
        relations=tuple(Change(kind, _shown_relation(each, spans)) for each in row["relations"]),
    )


def _opinion_change(opinion: str, old: Record, new: Record) -> OpinionChange | None:
    pairs = match_spans(old["spans"], new["spans"], same_text=old["text_sha256"] == new["text_sha256"])
    found = OpinionChange(
        opinion,
        "changed",
        _differing(old, new, ("split", *_PLAIN, *_PLAIN_LABELS)),
        tuple(name for name in (*_STRUCTURE, *_STRUCTURE_LABELS) if old.get(name) != new.get(name)),
        tuple(_span_changes(old, new, pairs)),
        tuple(_relation_changes(old, new, pairs)),
    )
    return found if found.fields or found.structure or found.spans or found.relations else None


def _differing(old: Record, new: Record, names: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


# --- spans -------------------------------------------------------------------------------------

_KEYS: tuple[Callable[[Record], Any], ...] = (
    lambda span: (span["label"], span["start"], span["end"], span["digest"]),
    # Another label on the same words.
    lambda span: (span["start"], span["end"], span["digest"]),
    # The same words elsewhere: the text around them has changed.
    lambda span: (span["label"], span["digest"]),
    # Other words in the same place.
    lambda span: (span["label"], span["start"], span["end"]),
)


def match_spans(old: Sequence[Record], new: Sequence[Record], same_text: bool) -> list[tuple[Record, Record]]:
    """Spans of two versions of an opinion that are one span, old and new, each in one pair at most.

    By label, place and digest; then what is left over by place and digest, label and digest, label
    and place. Last, in the same text, by label where the intersection over union is 0.5 or more, as
    annotators are matched; in another text by label and id, which is all that is left to go by
    (ids are given anew when gold is). Where several have one key, they pair in text order.
    """
    pairs: list[tuple[Record, Record]] = []
    left, right = _in_order(old), _in_order(new)
    for key in _KEYS:
        found = _paired(left, right, key)
        pairs += found
        left, right = _others(left, found, 0), _others(right, found, 1)
    if not same_text:
        return pairs + _paired(left, right, lambda span: (span["label"], span["id"]))
    for span in left:
        partners = (each for each in right if each["label"] == span["label"] and _redrawn(span, each))
        if partner := next(partners, None):
            pairs.append((span, partner))
            right.remove(partner)
    return pairs


def _redrawn(old: Record, new: Record) -> bool:
    places = [(span["start"], span["end"]) for span in (old, new)]
    return intersection_over_union(*places) >= OVERLAP_THRESHOLD


def _paired(
    old: Sequence[Record], new: Sequence[Record], key: Callable[[Record], Any]
) -> list[tuple[Record, Record]]:
    by_key: dict[Any, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
    for side, spans in enumerate((old, new)):
        for span in spans:
            by_key[key(span)][side].append(span)
    # As many as both sides have.
    return [pair for both in by_key.values() for pair in zip(*both, strict=False)]


def _others(spans: Sequence[Record], pairs: Sequence[tuple[Record, Record]], side: int) -> list[Record]:
    taken = {pair[side]["id"] for pair in pairs}
    return [span for span in spans if span["id"] not in taken]


def _in_order(spans: Sequence[Record]) -> list[Record]:
    return sorted(spans, key=_where)


def _where(span: Record) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def _span_changes(old: Record, new: Record, pairs: Sequence[tuple[Record, Record]]) -> Iterator[Change]:
    compared = ("label", "start", "end", "text", *ATTRIBUTES, "issue", "unsure")
    before = {b["id"]: a for a, b in pairs}
    for span in _others(_in_order(old["spans"]), pairs, 0):
        yield Change("removed", _shown_span(span, old))
    for span in _in_order(new["spans"]):
        shown = _shown_span(span, new)
        if span["id"] not in before:
            yield Change("added", shown)
        elif fields := _differing(_shown_span(before[span["id"]], old), shown, compared):
            yield Change("changed", shown, fields)


def _shown_span(span: Record, row: Record) -> Record:
    """A span without what it does not have; its issue by its path of titles, because ids change."""
    issues = [Issue(each["id"], each["title"], each.get("parent")) for each in row["issues"]]
    shown = {name: span[name] for name in ("label", "start", "end", "text")}
    shown |= {name: span[name] for name in ATTRIBUTES if span.get(name) is not None}
    return {**shown, "issue": " › ".join(issue_path(issues, span["issue"])), "unsure": bool(span["unsure"])}


# --- relations ---------------------------------------------------------------------------------


def _relation_changes(old: Record, new: Record, pairs: Sequence[tuple[Record, Record]]) -> Iterator[Change]:
    """By their ends: a span of the old dataset goes by its partner's id, or by its own, marked as old."""
    partner = {a["id"]: b["id"] for a, b in pairs}
    before, after = defaultdict[Any, set[str]](set), defaultdict[Any, set[str]](set)
    shown: dict[Any, Record] = {}
    old_spans, new_spans = ({span["id"]: span for span in row["spans"]} for row in (old, new))
    for each in old["relations"]:
        key = tuple(partner.get(each[end], ("old", each[end])) for end in ("from", "to"))
        before[key].add(each["type"])
        shown[key] = _shown_relation(each, old_spans)
    for each in new["relations"]:
        key = (each["from"], each["to"])
        after[key].add(each["type"])
        shown[key] = _shown_relation(each, new_spans)
    for key in sorted(shown, key=lambda key: [*_where(shown[key]["from"]), *_where(shown[key]["to"])]):
        gone, come = sorted(before[key] - after[key]), sorted(after[key] - before[key])
        for was, now in zip(gone, come, strict=False):
            yield Change("changed", {**shown[key], "type": now}, {"type": (was, now)})
        for type_ in gone[len(come) :]:
            yield Change("removed", {**shown[key], "type": type_})
        for type_ in come[len(gone) :]:
            yield Change("added", {**shown[key], "type": type_})


def _shown_relation(relation: Record, spans: Mapping[str, Record]) -> Record:
    ends = {end: {n: spans[relation[end]][n] for n in ("label", "start", "end")} for end in ("from", "to")}
    return {"type": relation["type"], **ends}


# --- as records and as text --------------------------------------------------------------------


def counts(found: Difference) -> dict[str, dict[str, int]]:
    """How many opinions, spans and relations were added, removed and changed."""
    kinds = {
        "opinions": Counter(each.kind for each in found.opinions),
        "spans": Counter(change.kind for each in found.opinions for change in each.spans),
        "relations": Counter(change.kind for each in found.opinions for change in each.relations),
    }
    return {name: {kind: counter[kind] for kind in _SIGNS} for name, counter in kinds.items()}


def to_record(found: Difference) -> Record:
    """A difference as plain JSON; `fields` are pairs of old and new."""
    return {
        "versions": found.versions,
        "counts": counts(found),
        "opinions": [
            {
                "opinion": each.opinion,
                "change": each.kind,
                "fields": each.fields,
                "structure": each.structure,
                "spans": [_change_record(change) for change in each.spans],
                "relations": [_change_record(change) for change in each.relations],
            }
            for each in found.opinions
        ],
    }


def _change_record(change: Change) -> Record:
    return {"change": change.kind, **change.item, "fields": change.fields}


def render(found: Difference) -> str:
    """A difference as lines of text; of opinions that came or went only how much they hold."""
    lines = [f"{name} {_moved(pair)}" for name, pair in found.versions.items()]
    for each in found.opinions:
        what = [f"{name} {_moved(pair)}" for name, pair in each.fields.items()] + [*each.structure]
        if each.kind != "changed":
            what = [f"{len(each.spans)} spans", f"{len(each.relations)} relations"]
        lines.append(f"{_SIGNS[each.kind]} {each.opinion}{': ' if what else ''}{', '.join(what)}")
        if each.kind == "changed":
            lines += [f"  {_SIGNS[change.kind]} {_span_line(change)}" for change in each.spans]
            lines += [f"  {_SIGNS[change.kind]} {_relation_line(change)}" for change in each.relations]
    for name, by_kind in counts(found).items():
        lines.append(f"{name}: " + ", ".join(f"{count:,} {kind}" for kind, count in by_kind.items()))
    return "\n".join(lines) + "\n"


def _span_line(change: Change) -> str:
    span = change.item
    words = span["text"] if len(span["text"]) <= _WORDS else span["text"][: _WORDS - 1] + "…"
    fields = dict(change.fields)
    place = [fields.pop(name, (span[name], span[name])) for name in ("start", "end")]
    was, now = zip(*place, strict=True)
    moved = [f"moved from [{was[0]}, {was[1]})"] if was != now else []
    # The words themselves are shown, as they are now.
    moved += ["other words"] if fields.pop("text", None) else []
    what = [*moved, *(f"{name} {_moved(pair)}" for name, pair in fields.items())]
    return f"{_named(span)} “{_one_line(words)}”{': ' if what else ''}{', '.join(what)}"


def _relation_line(change: Change) -> str:
    relation = change.item
    what = f": {_moved(change.fields['type'])}" if change.fields else ""
    return f"{relation['type']}: {_named(relation['from'])} → {_named(relation['to'])}{what}"


def _named(span: Record) -> str:
    return f"{span['label']} [{span['start']}, {span['end']})"


def _moved(pair: tuple[Any, Any]) -> str:
    old, new = ("none" if value is None else _one_line(str(value)) for value in pair)
    return f"{old} → {new}"


def _one_line(text: str) -> str:
    """Words for a terminal: white space as blanks, control characters left out."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
