r"""WebAnno TSV 3.2 and 3.3, in: as INCEpTION writes it, with the layers of `webanno`.

After INCEpTION's own reader (`Tsv3XDeserializer`). Nothing is taken over of other layers and features. The
words of the rows must be those of the opinion's text, all of them, at their offsets; white space between
sentences is not in the format.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from arguendo.annotation import ATTRIBUTES, new_issue_id
from arguendo.interchange.parsed import MOST_CHARACTERS, Parsed, is_id
from arguendo.interchange.webanno import (
    ENDS_OF,
    FEATURES,
    FORMAT,
    ISSUE,
    NO_ANNOTATION,
    NO_VALUE,
    OPINION,
    RELATION,
    RELATION_LAYER,
    SPAN,
    SPAN_LAYER,
)

_VERSION = re.compile(rf"{FORMAT} 3\.[23]")
_LAYER = re.compile(r"(#T_(?:SP|RL|CH)=)([^|]+)\|?(.*)")
_NUMBER = "[0-9]{1,9}"
_ROW = re.compile(
    rf"(?P<name>{_NUMBER}-{_NUMBER}(?P<part>\.{_NUMBER})?)\t(?P<start>{_NUMBER})-(?P<end>{_NUMBER})\t"
    r"(?P<words>[^\t]*)(?:\t(?P<cells>.*))?",
    re.DOTALL,
)
_STACKED = re.compile(r"(?:[^\\|]|\\.)+", re.DOTALL)
_NUMBERED = re.compile(rf"((?:[^\\\[]|\\.)*)(?:\[({_NUMBER})(?:_({_NUMBER}))?\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "r": "\r"}
_SOURCE = "source"


class _Value(NamedTuple):
    """What a cell says of one annotation, and the numbers in brackets behind it; 0 where there is none."""

    text: str | None
    number: int
    target: int


class _Row(NamedTuple):
    """A row's name, its place in code points, its line, and its cells."""

    name: str
    start: int
    end: int
    line: int
    cells: list[str]


@dataclass(slots=True, eq=False)
class _Mark:
    """An annotation of a span layer, from the row it begins in; `id` is the span's once it is taken over."""

    layer: str
    values: Mapping[str, str]
    start: int
    end: int
    line: int
    id: str | None = None


class _Relation(NamedTuple):
    """A relation, by the rows and numbers of its ends; number 0 is the first annotation of a row."""

    type: str
    source: tuple[int, str]
    target: tuple[int, str]
    line: int


def read(tsv: str, text: str, parsed: Parsed) -> None:
    """Read a TSV file, made on `text`, into `parsed`.

    Raises:
        StopReadingError: why is listed in `parsed`.
    """
    reader = _Reader(text, parsed)
    if reader.read_rows(tsv):
        reader.take_over()


class _Reader:
    def __init__(self, text: str, parsed: Parsed) -> None:
        self._text = text
        self._parsed = parsed
        self._to_code_points = _to_code_points(text)
        # Layer → feature → its column, counted from that after the words.
        self._columns: dict[str, dict[str, int]] = {}
        self._width = 0
        self._marks: list[_Mark] = []
        self._numbered: dict[int, _Mark] = {}
        self._first_on: dict[str, _Mark] = {}
        self._relations: list[_Relation] = []
        self._taken_relations: set[tuple[str, str, str]] = set()
        # How far the rows have come, and whether one since cannot be read.
        self._end = 0
        self._unread = False

    # --- rows ---

    def read_rows(self, tsv: str) -> bool:
        """Read all rows; False where this is another format, or the rows have other words than the text."""
        lines = tsv.removeprefix("\ufeff").split("\n")
        if not _VERSION.fullmatch(lines[0].rstrip("\r")):
            hint = "Export the document as WebAnno TSV 3.3"
            self._parsed.refuse(1, "webanno-format", f"it begins with {lines[0][:80]!r}", hint)
            return False
        for number, line in enumerate(lines[1:], 2):
            line = line.removesuffix("\r")
            if line.startswith("#"):
                if layer := _LAYER.fullmatch(line):
                    self._read_layer(layer[1], layer[2], layer[3].split("|"), number)
            elif line and not self._read_row(line, number):
                return False
        rest = self._text[self._end :].strip()
        if rest and not self._unread:
            return self._other_text(len(lines), f"the rows end before {rest[:40]!r}")
        return True

    def _read_layer(self, kind: str, name: str, features: list[str], number: int) -> None:
        layer = name.rpartition(".")[2]
        columns = {feature: self._width + index for index, feature in enumerate(features)}
        self._width += len(features)
        if layer not in FEATURES or kind != (RELATION_LAYER if layer == RELATION else SPAN_LAYER):
            self._parsed.warn(number, "webanno-layer", f"layer {name[:80]!r} is left out", "It is not ours")
            return
        for feature, column in columns.items():
            if layer == RELATION and feature.startswith(ENDS_OF) and feature.rpartition(".")[2] == SPAN:
                self._columns.setdefault(layer, {})[_SOURCE] = column
            elif feature in FEATURES[layer]:
                self._columns.setdefault(layer, {})[feature] = column
            else:
                message = f"feature {feature[:80]!r} of {layer} is left out"
                self._parsed.warn(number, "webanno-layer", message, "It is not ours")

    def _read_row(self, line: str, number: int) -> bool:
        """Read a row; False where its words are not those of the text."""
        match = _ROW.fullmatch(line) if len(line) <= MOST_CHARACTERS else None
        # A tab ends each row.
        cells = (match["cells"] or "").removesuffix("\t").split("\t") if match else []
        if not match or len(cells) != max(self._width, 1):
            message = f"{line[:80]!r} is no row with {self._width} columns behind the words"
            self._parsed.refuse(number, "webanno-row", message, "See the layers in the file's head")
            self._unread = True
            return True
        start, end = (self._to_code_points(int(match[name])) for name in ("start", "end"))
        if start is None or end is None or self._text[start:end] != match["words"]:
            there = "" if start is None else self._text[start : start + len(match["words"])]
            return self._other_text(number, f"the row has {match['words'][:40]!r}, the text {there[:40]!r}")
        if not match["part"]:
            between = self._text[self._end : start]
            if start < self._end or (between.strip() and not self._unread):
                return self._other_text(number, f"the rows come back, or leave out {between[:40]!r}")
            self._end, self._unread = end, False
        row = _Row(match["name"], start, end, number, cells)
        for layer in self._columns:
            self._read_stack(layer, row)
        return True

    def _other_text(self, number: int, message: str) -> bool:
        hint = "It was made on another text; offsets mean nothing on this one"
        self._parsed.refuse(number, "annotated-text", message, hint)
        return False

    def _read_stack(self, layer: str, row: _Row) -> None:
        """The annotations of a layer in a row: one behind another in each of its columns."""
        columns = {name: self._values(row.cells[at], row.line) for name, at in self._columns[layer].items()}
        if len({len(values) for values in columns.values()}) > 1:
            message = f"the columns of {layer} hold different numbers of annotations"
            self._parsed.refuse(row.line, "webanno-stack", message, "Export the document again")
            return
        for stacked in zip(*columns.values(), strict=True):
            of = dict(zip(columns, stacked, strict=True))
            if layer == RELATION:
                self._add_relation(of, row)
            else:
                self._add_mark(layer, of, row)

    def _add_mark(self, layer: str, of: Mapping[str, _Value], row: _Row) -> None:
        values = {name: value.text for name, value in of.items() if value.text is not None}
        numbers = {value.number for value in of.values()}
        number = max(numbers)
        known = self._numbered.get(number) if number else None
        if len(numbers) > 1 or (known and (known.layer, known.values) != (layer, values)):
            message = f"annotation [{number}] of {layer} is not the same in all its cells"
            self._parsed.refuse(row.line, "webanno-stack", message, "Export the document again")
        if known:
            known.end = max(known.end, row.end)
        else:
            known = _Mark(layer, values, row.start, row.end, row.line)
            self._marks.append(known)
        if number:
            self._numbered[number] = known
        if layer == SPAN:
            self._first_on.setdefault(row.name, known)

    def _add_relation(self, of: Mapping[str, _Value], row: _Row) -> None:
        source, type_ = of.get(_SOURCE), of.get("type")
        if source is None or source.text is None:
            message, hint = "a relation has no source", f"Let {RELATION} join annotations of {SPAN}"
            self._parsed.refuse(row.line, "import-end", message, hint)
            return
        name = (type_.text if type_ else None) or ""
        ends = ((source.number, source.text), (source.target, row.name))
        self._relations.append(_Relation(name, *ends, row.line))

    def _values(self, cell: str, number: int) -> list[_Value]:
        if cell == NO_ANNOTATION:
            return []
        stacked = _STACKED.findall(cell)
        matches = [match for each in stacked if (match := _NUMBERED.fullmatch(each))]
        if len(matches) < len(stacked) or "|".join(stacked) != cell:
            message = f"the cell {cell[:80]!r} cannot be read"
            self._parsed.refuse(number, "webanno-cell", message, "Export the document again")
            return []
        return [
            _Value(
                None if match[1] == NO_VALUE else _unescape(match[1]), int(match[2] or 0), int(match[3] or 0)
            )
            for match in matches
        ]

    # --- what the annotations mean ---

    def take_over(self) -> None:
        """Put what the rows hold into `parsed`."""
        by_layer: dict[str, list[_Mark]] = {layer: [] for layer in FEATURES}
        for mark in self._marks:
            by_layer[mark.layer].append(mark)
        for mark in by_layer[OPINION]:
            self._take_opinion(mark)
        for mark in by_layer[ISSUE]:
            self._take_issue(mark)
        taken = {mark.values["id"] for mark in by_layer[SPAN] if "id" in mark.values}
        free = (name for name in map("s{}".format, count(1)) if name not in taken)
        for mark in by_layer[SPAN]:
            self._take_span(mark, mark.values.get("id") or next(free))
        for relation in self._relations:
            self._take_relation(relation)

    def _take_opinion(self, mark: _Mark) -> None:
        parsed = self._parsed
        parsed.comment = mark.values.get("comment") or parsed.comment
        if version := mark.values.get("guidelines"):
            parsed.set_guidelines(version, mark.line)
        if mark.values.get("text_sha256", parsed.text_sha256) != parsed.text_sha256:
            self._other_text(mark.line, "the SHA-256 of its text is another")

    def _take_issue(self, mark: _Mark) -> None:
        title, parent = mark.values.get("title"), mark.values.get("parent")
        id_ = mark.values.get("id") or new_issue_id(title or "", self._parsed.issue_ids)
        if not title:
            self._parsed.refuse(mark.line, "import-issue", "an issue has no title", "Write what it asks")
        elif not is_id(id_) or (parent and not is_id(parent)):
            message = f"issue {id_[:80]!r} or its parent is no id"
            self._parsed.refuse(mark.line, "import-id", message, "Use letters, digits, - and _")
        else:
            self._parsed.add_issue(id_, title, parent, mark.line)

    def _take_span(self, mark: _Mark, id_: str) -> None:
        parsed, values = self._parsed, mark.values
        label, unsure = values.get("label", ""), values.get("unsure", "false")
        if not (parsed.knows_label(label, mark.line) and parsed.fits_id(id_, mark.line)):
            return
        mark.id = id_
        span = parsed.add_span(id_, label, mark.start, mark.end, self._text, mark.line)
        parsed.set_issue(span, values.get("issue"), mark.line)
        for name in ATTRIBUTES:
            if name in values:
                parsed.set_attribute(span, name, values[name], mark.line)
        if unsure == "true":
            span["unsure"] = True
        elif unsure != "false":
            parsed.refuse(mark.line, "import-value", f"unsure is {unsure[:80]!r}", "Choose true or false")

    def _take_relation(self, relation: _Relation) -> None:
        parsed = self._parsed
        ends = [self._end_of(*end, relation.line) for end in (relation.source, relation.target)]
        source, target = (mark.id if mark else None for mark in ends)
        if parsed.knows_relation(relation.type, relation.line) and source and target:
            # INCEpTION writes a relation again where its target ends, if that is inside a token.
            if (named := (relation.type, source, target)) not in self._taken_relations:
                self._taken_relations.add(named)
                parsed.add_relation(*named, relation.line)
            return
        if source:
            parsed.refused.add(source)

    def _end_of(self, number: int, row: str, line: int) -> _Mark | None:
        mark = self._numbered.get(number) if number else self._first_on.get(row)
        if mark is None or mark.layer != SPAN:
            name = f"[{number}]" if number else f"in row {row[:40]!r}"
            message = f"a relation joins an annotation {name}, and there is none of {SPAN}"
            self._parsed.refuse(line, "import-end", message, "Draw the relation again")
            return None
        return mark


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda match: _NAMED.get(match[1], match[1]), value)


def _to_code_points(text: str) -> Callable[[int], int | None]:
    """From an offset in UTF-16 code units to one in code points; None inside a character, or beyond."""
    places = (offset for offset, character in enumerate(text) if character > "\uffff")
    wide = [offset + before for before, offset in enumerate(places)]
    length = len(text)

    def convert(offset: int) -> int | None:
        before = bisect_left(wide, offset)
        inside = before and wide[before - 1] + 1 == offset
        return None if inside or offset - before > length else offset - before

    return convert
