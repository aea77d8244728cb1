"""The rules that records are held to: codes, what each says, and how to mend what breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass

from arguendo.errors import Problem, Severity

Finding = tuple[str, str, str]
"""Code of a rule, JSON pointer into the record, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold (`says`) and how to mend what does not (`mend`)."""

    code: str
    record: str
    says: str
    mend: str
    severity: Severity = "error"


_RULES = [
    Rule("json", "any", "a file is JSON in UTF-8 without duplicate keys", "Mend the file or write it again"),
    Rule("schema", "any", "a record fits its JSON Schema", "See the schema named, in schema/"),
    Rule("path", "any", "a file lies where its record says", "Move the file, or mend the record"),
    Rule(
        "text-hash", "opinion", "`text_sha256` is that of opinion.txt", "Restore the text, or convert again"
    ),
    Rule(
        "source-hash", "opinion", "`source` has the bytes and hash of the source file", "Restore the source"
    ),
    Rule("text-form", "opinion", "text is NFC, with \\n and one blank line between blocks", "Convert again"),
    Rule("opinion-id", "opinion", "`id` is court, docket and date of the metadata", "Convert again"),
    Rule("offset-range", "opinion", "0 ≤ start < end ≤ length of the text", "Convert again"),
    Rule("block-order", "opinion", "blocks are in text order and nest or are apart", "Convert again"),
    Rule("block-gap", "opinion", "every letter and digit is in a block", "Convert again"),
    Rule("block-field", "opinion", "a block has the fields of its kind and no others", "Convert again"),
    Rule(
        "footnote-anchor",
        "opinion",
        "a footnote has an anchor, outside itself",
        "See whether the mark in the body was lost; the labels can still be used",
        "warning",
    ),
    Rule(
        "footnote-mark",
        "opinion",
        "each footnote mark has its footnote",
        "See whether the source lacks the footnote; the labels can still be used",
        "warning",
    ),
    Rule(
        "sub-opinion-order",
        "opinion",
        "sub-opinions are in order, apart, and begin with a block of the body",
        "Convert again",
    ),
    Rule(
        "sentence-block", "opinion", "sentences are in order, apart, and each in one block", "Convert again"
    ),
    Rule("citation-order", "opinion", "citations are in order and apart", "Convert again"),
    Rule("citation-antecedent", "opinion", "an antecedent is an earlier full citation", "Convert again"),
    Rule("page-order", "opinion", "pages are in order and start in the text", "Convert again"),
    Rule("source-map-cover", "opinion", "the map covers source and text once each", "Convert again"),
    Rule("source-map-rebuild", "opinion", "text and map give the source back", "Convert again"),
    Rule(
        "opinion-unknown",
        "annotation",
        "the opinion is in the corpus",
        "Add the opinion first, or mend the id",
    ),
    Rule(
        "annotated-text",
        "annotation",
        "it was made on the opinion's present text",
        "Restore the text it was made on; offsets mean nothing on another",
    ),
    Rule(
        "annotator-unknown",
        "annotation",
        "the annotator is in annotators.json",
        "Describe the annotator there",
    ),
    Rule(
        "annotation-empty", "annotation", "an annotation has spans", "See whether it was finished", "warning"
    ),
    Rule("double-id", "annotation", "ids of spans and of issues are unique", "Rename one of them"),
    Rule("span-range", "annotation", "0 ≤ start < end ≤ length of the text", "Anchor the quotation again"),
    Rule("span-digest", "annotation", "`digest` is that of the slice", "Anchor the quotation again"),
    Rule(
        "span-edge",
        "annotation",
        "a span begins and ends with a character, no white space or half of one",
        "Move its border",
    ),
    Rule("attribute-missing", "annotation", "a span has each attribute of its label", "Set it"),
    Rule("attribute-forbidden", "annotation", "a span has no attribute of another label", "Take it away"),
    Rule("attribute-value", "annotation", "an attribute has one of its label's values", "Choose one of them"),
    Rule("issue-unknown", "annotation", "a span's issue is listed", "Add the issue, or name another"),
    Rule("issue-parent", "annotation", "an issue's parent is listed", "Add the parent, or name another"),
    Rule("issue-cycle", "annotation", "issues form a tree", "Take one of the parents away"),
    Rule("span-overlap", "annotation", "spans of one label are apart", "Cut or merge them"),
    Rule("relation-end", "annotation", "a relation's ends are spans here", "Name a span of this annotation"),
    Rule("relation-labels", "annotation", "a relation joins labels it may join", "Turn it round, or relabel"),
    Rule("relation-double", "annotation", "a relation is given once", "Keep one of them"),
    Rule("relation-cycle", "annotation", "supports and restates have no cycles", "Take one of them away"),
    Rule("rebuttal-unlinked", "annotation", "each REBUTTAL rebuts an ARGUMENT", "Draw the rebuts relation"),
    Rule(
        "decides-outcome",
        "annotation",
        "an argument's outcome agrees with the holding that decides it",
        "Mend the outcome, the disposition or the relation",
    ),
    Rule("region-label", "labelling task", "a region has one label of the inventory", "Relabel the region"),
    Rule(
        "region-text",
        "labelling task",
        "a region quotes what stands at its offsets",
        "Draw the region again; the page may have changed under it",
    ),
    Rule("region-relation", "labelling task", "a relation has one type and one direction", "Choose them"),
    Rule(
        "annotated-twice",
        "labelling task",
        "an annotator annotates an opinion once in a round",
        "Delete all but one of the annotations",
    ),
    Rule("gold-origin", "gold", "each span names the raw spans it came from, once", "Adjudicate again"),
    Rule("gold-raw", "gold", "the raw spans named exist", "Adjudicate again"),
    Rule("gold-status", "gold", "adjudicated gold rests on two annotators or more", "Call it provisional"),
    Rule(
        "sentence-end",
        "sentence ends",
        "ends are in order, inside the text, and after a character",
        "Mark the sentences again",
    ),
    Rule("double-annotator", "annotators", "ids of annotators are unique", "Rename one of them"),
    Rule(
        "manifest-double", "manifest", "an opinion is in the manifest or held here, once", "Keep one of them"
    ),
]
RULES: Mapping[str, Rule] = {rule.code: rule for rule in _RULES}


def rules_table() -> str:
    """All rules as a Markdown table, in the order in which they are applied."""
    rows = [f"| `{r.code}` | {r.record} | {r.severity} | {r.says} | {r.mend} |" for r in _RULES]
    return "\n".join(
        ["| code | record | severity | what must hold | mend |", "|---|---|---|---|---|", *rows, ""]
    )


def problem(where: str, finding: Finding) -> Problem:
    """A finding as a problem of the file `where`."""
    code, pointer, message = finding
    rule = RULES[code]
    return Problem(f"{where}#{pointer}" if pointer else where, code, message, rule.mend, rule.severity)
