r"""brat standoff: the canonical text, and a line for each span, attribute, relation and note.

As on brat's page "brat standoff format" and in what its server (1.3) reads and writes: offsets are code
points, half-open; a text-bound annotation quotes its words; where one runs over line breaks it is cut at
them into fragments, because its quotation stands on one line. Notes hold what brat has no line for:

    #1  AnnotatorNotes T1  issue: pj     the span's issue, which brat's editor shows and changes
    #2  SpanId T1          a1            the span's id
    #3  Issue T1           pj < pi = Personal jurisdiction     an issue, what it is a part of, its title
    #4  Guidelines T1      1.2           of the opinion, on its first span, and so is a Comment

Every note hangs on a span, and goes with it when brat deletes that. In notes a backslash stands before
what would end a line: `\n`, `\\`, and others by their number in `\u{…}`.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from arguendo.annotation import ATTRIBUTES, LABELS, RELATIONS, Annotation, Gold, Issue
from arguendo.interchange.parsed import ID, MOST_CHARACTERS, Parsed
from arguendo.offsets import Interval
from arguendo.records import Record

CONFIG_FILE = "annotation.conf"
UNSURE = "unsure"
_NOTES = "AnnotatorNotes"
_SPAN_ID = "SpanId"
_ISSUE = "Issue"
_GUIDELINES = "Guidelines"
_COMMENT = "Comment"
_ISSUE_KEY = "issue:"

# Where Python, and so brat's server, ends a line.
_BREAKS = "\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"
_FRAGMENT = re.compile(f"[^{_BREAKS}]+")
_UNSAFE = re.compile(rf"[\\{_BREAKS}]")
_ESCAPED = re.compile(r"\\(?:([n\\])|u\{([bcd]|1[cde]|85|202[89])\})")
_LISTED = re.compile(rf"(?P<id>{ID})(?: < (?P<parent>{ID}))? = (?P<title>.+)", re.DOTALL)


# --- out ---------------------------------------------------------------------------------------


def annotations(labels: Annotation | Gold, text: str) -> str:
    """The `.ann` file of labels on `text`; the `.txt` beside it is `text` itself."""
    names = {span.id: f"T{number}" for number, span in enumerate(labels.spans, 1)}
    marks = []
    attributes = []
    notes = []
    for span in labels.spans:
        name = names[span.id]
        fragments = [match.span() for match in _FRAGMENT.finditer(text, span.start, span.end)]
        places = ";".join(f"{start} {end}" for start, end in fragments)
        marks.append(f"{name}\t{span.label} {places}\t{_quotation(text, fragments)}")
        values = ((attribute, getattr(span, attribute)) for attribute in ATTRIBUTES)
        attributes += [f"{attribute} {name} {value}" for attribute, value in values if value]
        if span.unsure:
            attributes.append(f"{UNSURE} {name}")
        notes.append(f"{_NOTES} {name}\t{_ISSUE_KEY} {span.issue}")
        notes.append(f"{_SPAN_ID} {name}\t{span.id}")
    relations = [f"{r.type} Arg1:{names[r.source]} Arg2:{names[r.target]}" for r in labels.relations]
    notes += _opinion_notes(labels) if labels.spans else ()
    lines = [*marks, *_numbered("A", attributes), *_numbered("R", relations), *_numbered("#", notes)]
    return "".join(f"{line}\n" for line in lines)


def _numbered(letter: str, lines: list[str]) -> Iterator[str]:
    return (f"{letter}{number}\t{line}" for number, line in enumerate(lines, 1))


def _quotation(text: str, fragments: list[Interval]) -> str:
    return " ".join(text[start:end] for start, end in fragments)


def _opinion_notes(labels: Annotation | Gold) -> Iterator[str]:
    parents = {issue.id: issue.parent for issue in labels.issues}
    # An issue's note hangs on the first span that is about it or a part of it.
    holders: dict[str | None, str] = {}
    for number, span in enumerate(labels.spans, 1):
        at: str | None = span.issue
        while at is not None and at not in holders:
            holders[at] = f"T{number}"
            at = parents[at]
    for issue in labels.issues:
        yield f"{_ISSUE} {holders.get(issue.id, 'T1')}\t{_escape(_listed(issue))}"
    yield f"{_GUIDELINES} T1\t{labels.guidelines}"
    if isinstance(labels, Annotation) and labels.comment:
        yield f"{_COMMENT} T1\t{_escape(labels.comment)}"


def _listed(issue: Issue) -> str:
    below = f" < {issue.parent}" if issue.parent else ""
    return f"{issue.id}{below} = {issue.title}"


def _escape(note: str) -> str:
    named = {"\n": "\\n", "\\": "\\\\"}
    return _UNSAFE.sub(lambda match: named.get(match[0]) or f"\\u{{{ord(match[0]):x}}}", note)


def _unescape(note: str) -> str:
    def was(match: re.Match[str]) -> str:
        return chr(int(match[2], 16)) if match[2] else "\n" if match[1] == "n" else "\\"

    return _ESCAPED.sub(was, note)


def config() -> str:
    """The `annotation.conf` of brat for a folder of such files, from the label inventory."""
    lines = [
        "# Write into the notes of a span which issue it is about:  issue: ID or title",
        "",
        "[entities]",
    ]
    lines += LABELS
    lines += ["", "[relations]", "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
    for type_, pairs in RELATIONS.items():
        for label in LABELS:
            if targets := "|".join(target for source, target in pairs if source == label):
                lines.append(f"{type_}\tArg1:{label}, Arg2:{targets}")
    lines += ["", "[events]", "", "[attributes]"]
    for attribute in ATTRIBUTES:
        of = [label for label in LABELS if attribute in LABELS[label]]
        values = dict.fromkeys(value for label in of for value in LABELS[label][attribute])
        lines.append(f"{attribute}\tArg:{'|'.join(of)}, Value:{'|'.join(values)}")
    lines += [f"{UNSURE}\tArg:<ENTITY>", ""]
    return "\n".join(lines)


# --- in ----------------------------------------------------------------------------------------

_PLACE = "[0-9]{1,9} [0-9]{1,9}"
_SHAPES = {
    "T": (rf"(T\S+)\t(\S+) ({_PLACE}(?:;{_PLACE})*)\t(.*)", "T1<tab>LABEL START END<tab>WORDS"),
    "A": (r"A\S+\t(\S+) (\S+)(?: (\S+))?\s*", "A1<tab>NAME T1 VALUE"),
    "R": (r"R\S+\t(\S+) Arg1:(\S+) Arg2:(\S+)\s*", "R1<tab>TYPE Arg1:T2 Arg2:T1"),
    "#": (r"#\S+\t(\S+) (\S+)\t(.*)", "#1<tab>TYPE T1<tab>NOTE"),
}
_LINES = {kind: re.compile(shape, re.DOTALL) for kind, (shape, _) in _SHAPES.items()}
_OTHERS = {"E": "an event", "N": "a normalisation", "*": "an equivalence", "M": "a modification"}

_Lines = list[tuple[int, re.Match[str]]]
_Notes = dict[tuple[str, str], tuple[int, str]]
# By the names that lines have for them; None is a span that was refused.
_Spans = dict[str, Record | None]


def read(ann: str, text: str, parsed: Parsed) -> None:
    """Read a `.ann` file, made on `text`, into `parsed`.

    Raises:
        StopReadingError: why is listed in `parsed`.
    """
    spans: _Spans = {}
    lines = _lines(ann, spans, parsed)
    notes = _read_notes(lines["#"], parsed)
    _read_spans(lines["T"], notes, spans, text, parsed)
    _read_attributes(lines["A"], spans, parsed)
    _read_relations(lines["R"], spans, parsed)


def _lines(ann: str, spans: _Spans, parsed: Parsed) -> dict[str, _Lines]:
    """Lines by kind, with their numbers from 1; those that have not the shape of their kind are refused.

    Spans of lines that are refused go into `spans`.
    """
    found: dict[str, _Lines] = {kind: [] for kind in _SHAPES}
    for number, line in enumerate(ann.removeprefix("\ufeff").split("\n"), 1):
        kind = line[:1]
        if kind in _OTHERS:
            message = f"{_OTHERS[kind]}, which an annotation here cannot hold"
            parsed.refuse(number, "brat-kind", message, "Take the line out")
        elif match := _shaped(kind, line.removesuffix("\r")):
            found[kind].append((number, match))
        elif line.strip():
            hint = f"Write {_SHAPES[kind][1]}" if kind in _SHAPES else "Begin it with T1, A1, R1 or #1"
            parsed.refuse(number, "brat-line", f"{line[:80]!r} is no line of an annotation", hint)
            if kind == "T":
                spans[line.split()[0]] = None
    return found


def _shaped(kind: str, line: str) -> re.Match[str] | None:
    return _LINES[kind].fullmatch(line) if kind in _LINES and len(line) <= MOST_CHARACTERS else None


def _read_notes(lines: _Lines, parsed: Parsed) -> _Notes:
    """Notes of spans, by kind and span; what is of the whole opinion goes into `parsed`."""
    notes: _Notes = {}
    for number, match in lines:
        kind, target = match[1], match[2]
        note = _unescape(match[3])
        if kind == _ISSUE:
            if listed := _LISTED.fullmatch(note):
                parsed.add_issue(listed["id"], listed["title"], listed["parent"], number)
            else:
                hint = "Write ID = TITLE, or ID < PARENT = TITLE"
                parsed.refuse(number, "brat-note", f"{note[:80]!r} is no issue", hint)
        elif kind == _GUIDELINES:
            parsed.set_guidelines(note, number)
        elif kind == _COMMENT:
            parsed.comment = note
        elif kind != _SPAN_ID and not (kind == _NOTES and note.startswith(_ISSUE_KEY)):
            parsed.warn(number, "brat-note", f"{kind} {note[:40]!r} of {target} is left out", _NO_PLACE)
        elif (kind, target) in notes:
            message = f"{target} has a second note {note[:40]!r}"
            parsed.refuse(number, "brat-double", message, "Keep one of them")
        else:
            notes[kind, target] = number, note
    return notes


_NO_PLACE = "Write what must be kept into a Comment note"


def _read_spans(lines: _Lines, notes: _Notes, spans: _Spans, text: str, parsed: Parsed) -> None:
    for number, match in lines:
        name, label = match[1], match[2]
        if name in spans:
            parsed.refuse(number, "brat-double", f"{name} stands twice", "Give one of them another number")
            continue
        spans[name] = None
        place = _place(number, match, text, parsed)
        line, id_ = notes.get((_SPAN_ID, name), (number, name))
        if parsed.knows_label(label, number) and parsed.fits_id(id_, line) and place:
            span = spans[name] = parsed.add_span(id_, label, *place, text, number)
            line, note = notes.get((_NOTES, name), (number, ""))
            parsed.set_issue(span, note.removeprefix(_ISSUE_KEY).strip(), line)
    for (_, target), (line, _note) in notes.items():
        _check_end(target, spans, line, parsed)


def _place(number: int, match: re.Match[str], text: str, parsed: Parsed) -> Interval | None:
    """Where a span lies, if its fragments are in the text, quote it, and leave no word out."""
    pairs = sorted(tuple(map(int, pair.split(" "))) for pair in match[3].split(";"))
    fragments = [(start, end) for start, end in pairs]
    if not all(start < end <= len(text) for start, end in fragments):
        message = f"{match[3][:80]} in a text of {len(text)} code points"
        parsed.refuse(number, "brat-range", message, "Count code points, end exclusive")
        return None
    between = (text[end:start] for (_, end), (start, _) in pairwise(fragments))
    if any(words.strip() for words in between) or any(a[1] > b[0] for a, b in pairwise(fragments)):
        message = f"the fragments {match[3][:80]} leave words out, or overlap"
        parsed.refuse(number, "brat-fragments", message, "Mark all words from the first to the last")
        return None
    quotation = _quotation(text, fragments)
    if quotation.split() != match[4].split():
        message = f"it quotes {match[4][:60]!r}, and {quotation[:60]!r} stands there"
        parsed.refuse(number, "brat-text", message, "Count code points of the .txt beside it")
        return None
    return fragments[0][0], fragments[-1][1]


def _check_end(name: str, spans: _Spans, line: int, parsed: Parsed) -> bool:
    """Whether a span is there; one that is not is refused here, one that was refused itself is not."""
    if name not in spans:
        parsed.refuse(line, "import-end", f"there is no span {name[:80]!r}", "Name a T line of this file")
    return spans.get(name) is not None


def _read_attributes(lines: _Lines, spans: _Spans, parsed: Parsed) -> None:
    for number, match in lines:
        attribute, name, value = match.groups()
        span = spans[name] if _check_end(name, spans, number, parsed) else None
        if span is None:
            continue
        if attribute not in (*ATTRIBUTES, UNSURE):
            message = f"{attribute[:80]!r} is no attribute"
            parsed.refuse(number, "import-attribute", message, f"Known: {', '.join((*ATTRIBUTES, UNSURE))}")
        elif attribute in span:
            parsed.refuse(number, "brat-double", f"{name} has {attribute} twice", "Keep one of them")
        elif attribute == UNSURE:
            span[UNSURE] = True
        else:
            parsed.set_attribute(span, attribute, value or "", number)


def _read_relations(lines: _Lines, spans: _Spans, parsed: Parsed) -> None:
    for number, match in lines:
        type_, *ends = match.groups()
        # All ends are looked at, so that each that is wrong is listed.
        there = [_check_end(name, spans, number, parsed) for name in ends]
        source, target = (spans.get(name) for name in ends)
        if parsed.knows_relation(type_, number) and all(there) and source and target:
            parsed.add_relation(type_, source["id"], target["id"], number)
            continue
        if source:
            parsed.refused.add(source["id"])
