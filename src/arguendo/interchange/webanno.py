r"""WebAnno TSV 3.3, out: a row for each token, as INCEpTION writes it, in custom layers of our own.

After INCEpTION's own writer (`Tsv3XCasDocumentBuilder`, `Tsv3XSerializer`, `Escaping`). Offsets in the file
are UTF-16 code units, as Java counts, half-open. A span that ends inside a token has a row for its part of
the token below the token's own. A span of several tokens, or one that shares a token with another, has a
number in brackets by which its rows are known. A relation stands in the row where its target begins, with
the row where its source begins.

Layers: `ArguendoSpan` with a feature for the id, the label, the issue and each attribute of a span;
`ArguendoRelation` from span to span; and, on the first token, an `ArguendoIssue` for each issue and one
`ArguendoOpinion` with what is of the whole opinion.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from arguendo.annotation import ATTRIBUTES, LABELS, RELATIONS, Annotation, Gold
from arguendo.interchange.tokens import Sentence, sentences
from arguendo.offsets import Interval, utf16_length
from arguendo.opinion import Opinion

LAYERS_FILE = "layers.json"
FORMAT = "#FORMAT=WebAnno TSV"
VERSION = "3.3"
SPAN_LAYER, RELATION_LAYER, TEXT_LINE = "#T_SP=", "#T_RL=", "#Text="
ENDS_OF = "BT_"
_PACKAGE = "webanno.custom."
SPAN, RELATION, ISSUE, OPINION = "ArguendoSpan", "ArguendoRelation", "ArguendoIssue", "ArguendoOpinion"
# Features of each layer, in the alphabetical order in which INCEpTION has their columns.
FEATURES = {
    OPINION: ("comment", "guidelines", "text_sha256"),
    ISSUE: ("id", "parent", "title"),
    SPAN: tuple(sorted(("id", "label", "issue", "unsure", *ATTRIBUTES))),
    RELATION: ("type",),
}
NO_VALUE, NO_ANNOTATION = "*", "_"

_SPECIAL = re.compile(r"->|[\\\[\]|_;\t\n\r*]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_CONTROL = re.compile(r"[\x00-\x0a\x0c-\x1f\\]")
_NAMED_IN_TEXT = {**_NAMED, "\f": "\\f", "\b": "\\b"}

_Values = tuple[str | None, ...]


def escape_value(value: str) -> str:
    r"""A feature's value as a cell holds it; `\r` is our own, INCEpTION lets it break the line."""
    return _SPECIAL.sub(lambda match: _NAMED.get(match[0], f"\\{match[0]}"), value)


def escape_text(line: str) -> str:
    """A line of the text as a `#Text=` line holds it."""
    return _CONTROL.sub(lambda match: _NAMED_IN_TEXT.get(match[0], f"\\{match[0]}"), line)


@dataclass(slots=True, eq=False)
class _Unit:
    """A row: a token, or a part of one; with the annotations on it, by layer, in the order of stacking."""

    place: Interval
    on: dict[str, list["_Mark"]] = field(default_factory=dict)
    parts: list["_Unit"] = field(default_factory=list)
    name: str = ""


@dataclass(slots=True, eq=False)
class _Mark:
    """An annotation of a span layer; `first` is the row that relations name for it."""

    layer: str
    place: Interval
    values: _Values
    first: _Unit | None = None
    number: int | None = None


def to_tsv(labels: Annotation | Gold, opinion: Opinion) -> str:
    """The TSV file of labels on an opinion's text.

    The opinion has at least one visible character.
    """
    rows = _Rows(sentences(opinion))
    whole = rows.tokens[0].place
    comment = labels.comment if isinstance(labels, Annotation) else None
    rows.add(_Mark(OPINION, whole, (comment, labels.guidelines, labels.text_sha256)))
    for issue in labels.issues:
        rows.add(_Mark(ISSUE, whole, (issue.id, issue.parent, issue.title)))
    marks: dict[str, _Mark] = {}
    for span in labels.spans:
        of_span = {name: getattr(span, name) for name in ("id", "label", "issue", *ATTRIBUTES)}
        of_span["unsure"] = str(span.unsure).lower()
        mark = _Mark(SPAN, (span.start, span.end), tuple(of_span[name] for name in FEATURES[SPAN]))
        marks[span.id] = mark
        rows.add(mark)
    relations = [(r.type, marks[r.source], marks[r.target]) for r in labels.relations]
    # In the order of the index of a CAS: by where the relation lies, which is where its target does.
    relations.sort(key=lambda relation: (relation[2].place[0], -relation[2].place[1]))
    return _Writer(opinion.text, rows, relations).tsv()


class _Rows:
    """Tokens by sentence, and the annotations on them."""

    def __init__(self, found: Sequence[Sentence]) -> None:
        self.sentences = [(place, [_Unit(token) for token in tokens]) for place, tokens in found]
        for number, (_, units) in enumerate(self.sentences, 1):
            for position, unit in enumerate(units, 1):
                unit.name = f"{number}-{position}"
        self.tokens = [unit for _, units in self.sentences for unit in units]
        self.layers: set[str] = set()
        self._starts = [unit.place[0] for unit in self.tokens]
        self._ends = [unit.place[1] for unit in self.tokens]
        self._count = 0

    def add(self, mark: _Mark) -> None:
        """Put an annotation, which begins and ends with visible characters, on its rows.

        Numbers are given as INCEpTION gives them, which depends on the order of what it does here.
        """
        self.layers.add(mark.layer)
        start, end = mark.place
        first, last = bisect_right(self._starts, start) - 1, bisect_left(self._ends, end)
        begin, finish = self.tokens[first], self.tokens[last]
        if begin.place[0] < start:
            self._put(mark, self._part(begin, (start, min(begin.place[1], end))))
        elif begin.place[1] <= end:
            self._put(mark, begin)
        if finish.place[1] > end:
            self._put(mark, self._part(finish, (max(finish.place[0], start), end)))
        elif first != last:
            self._put(mark, finish)
        for unit in self.tokens[first + 1 : last]:
            self._put(mark, unit)
        if first != last:
            self._number(mark)

    def _put(self, mark: _Mark, unit: _Unit) -> None:
        stack = unit.on.setdefault(mark.layer, [])
        if mark in stack:
            return
        mark.first = mark.first or unit
        stack.append(mark)
        if len(stack) > 1:
            for each in stack:
                self._number(each)

    def _number(self, mark: _Mark) -> None:
        if mark.number is None:
            self._count += 1
            mark.number = self._count

    def _part(self, token: _Unit, place: Interval) -> _Unit:
        for part in token.parts:
            if part.place == place:
                return part
        token.parts.append(_Unit(place, name=f"{token.name}.{len(token.parts) + 1}"))
        return token.parts[-1]


_Relation = tuple[str, _Mark, _Mark]


class _Writer:
    """The lines of a file. `relations` are type, source and target."""

    def __init__(self, text: str, rows: _Rows, relations: Sequence[_Relation]) -> None:
        self._text = text
        self._rows = rows
        self._layers = [layer for layer in (OPINION, ISSUE, SPAN) if layer in rows.layers]
        self._relations: dict[_Unit, list[_Relation]] = {}
        for relation in relations:
            if unit := relation[2].first:
                self._relations.setdefault(unit, []).append(relation)
        self._at, self._utf16 = 0, 0

    def tsv(self) -> str:
        lines = [f"{FORMAT} {VERSION}"]
        lines += [f"{SPAN_LAYER}{_PACKAGE}{layer}|{'|'.join(FEATURES[layer])}" for layer in self._layers]
        if self._relations:
            features = "|".join(FEATURES[RELATION])
            lines.append(f"{RELATION_LAYER}{_PACKAGE}{RELATION}|{features}|{ENDS_OF}{_PACKAGE}{SPAN}")
        lines.append("")
        for (start, end), tokens in self._rows.sentences:
            lines.append("")
            lines += [TEXT_LINE + escape_text(line) for line in self._text[start:end].split("\n")]
            for token in tokens:
                lines += [self._row(unit) for unit in (token, *token.parts)]
        return "\n".join([*lines, ""])

    def _row(self, unit: _Unit) -> str:
        start, end = unit.place
        begin = self._to_utf16(start)
        words = self._text[start:end]
        cells = [unit.name, f"{begin}-{begin + utf16_length(words)}", words]
        for layer in self._layers:
            stack = unit.on.get(layer, [])
            cells += [_cell(stack, column) for column in range(len(FEATURES[layer]))]
        if self._relations:
            here = self._relations.get(unit, [])
            cells.append("|".join(type_ for type_, _, _ in here) or NO_ANNOTATION)
            cells.append("|".join(_source(source, target) for _, source, target in here) or NO_ANNOTATION)
        return "".join(f"{cell}\t" for cell in cells)

    def _to_utf16(self, offset: int) -> int:
        """The offset in UTF-16 code units; rows come nearly in order, so the way is short."""
        low, high = sorted((self._at, offset))
        step = utf16_length(self._text[low:high])
        self._utf16 += step if offset >= self._at else -step
        self._at = offset
        return self._utf16


def _cell(stack: Iterable[_Mark], column: int) -> str:
    values = []
    for mark in stack:
        value = mark.values[column]
        number = "" if mark.number is None else f"[{mark.number}]"
        values.append((NO_VALUE if value is None else escape_value(value)) + number)
    return "|".join(values) or NO_ANNOTATION


def _source(source: _Mark, target: _Mark) -> str:
    name = source.first.name if source.first else ""
    numbers = f"[{source.number or 0}_{target.number or 0}]"
    return name + (numbers if source.number or target.number else "")


# --- the layers --------------------------------------------------------------------------------


def layers() -> str:
    """The layers with their tag sets, as INCEpTION imports them (Settings › Layers › Import), in JSON."""
    tags = {
        **{name: [v for of in LABELS.values() for v in of.get(name, ())] for name in ATTRIBUTES},
        "label": list(LABELS),
        "type": list(RELATIONS),
    }
    made = []
    for layer, names in FEATURES.items():
        features = [_feature(layer, name, list(dict.fromkeys(tags.get(name, ())))) for name in names]
        relation = layer == RELATION
        made.append(
            {
                "name": _PACKAGE + layer,
                "features": features,
                "uiName": layer,
                "type": "relation" if relation else "span",
                "enabled": True,
                "built_in": False,
                "readonly": False,
                "attach_type": {"name": _PACKAGE + SPAN} if relation else None,
                "allow_stacking": True,
                "cross_sentence": True,
                "show_hover": True,
                "anchoring_mode": "CHARACTERS" if layer == SPAN else "TOKENS",
                "overlap_mode": "ANY_OVERLAP",
                "validation_mode": "ALWAYS",
                "linked_list_behavior": False,
            }
        )
    return json.dumps(made, indent=2) + "\n"


def _feature(layer: str, name: str, tags: list[str]) -> dict[str, object]:
    tag_set = {
        "name": f"{layer} {name}",
        "tags": [{"tag_name": tag} for tag in tags],
        "create_tag": False,
    }
    return {
        "name": name,
        "tag_set": tag_set if tags else None,
        "uiName": name,
        "type": "uima.cas.Boolean" if name == "unsure" else "uima.cas.String",
        "enabled": True,
        "visible": layer != OPINION and name != "id",
        "include_in_hover": False,
        "required": name in ("label", "issue", "type"),
        "remember": False,
        "hideUnconstraintFeature": False,
        "multi_value_mode": "NONE",
        "link_mode": "NONE",
    }
