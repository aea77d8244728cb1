"""Labels in the formats of other tools, and back where the format can hold an annotation.

Files go in and come out as values; `docs/interchange.md` has what each format keeps.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from arguendo.annotation import Annotation, Gold
from arguendo.files import to_jsonl
from arguendo.interchange import brat, conll, jsonl, spacy, webanno, webanno_reader
from arguendo.interchange.parsed import Parsed, StopReadingError
from arguendo.offsets import sha256
from arguendo.opinion import Opinion
from arguendo.splits import SPLITS, split_of

_STRUCTURE = "the opinion's blocks, citations and emphasis"
# What each format leaves out; docs/interchange.md has the same words.
LOSES: Mapping[str, str] = {
    "brat": f"status and origins of gold, {_STRUCTURE}; without a span, issues and comment too",
    "conll": f"ids, attributes, issues, relations, borders inside a token, white space, {_STRUCTURE}",
    "webanno-tsv": f"status and origins of gold, white space between sentences, {_STRUCTURE}",
    "spacy": f"borders inside a token but in user_data, sentences, {_STRUCTURE}",
    "spacy-json": f"all but texts, labels and places, borders inside a token, sentences, {_STRUCTURE}",
    "jsonl": f"sentences, {_STRUCTURE}",
}
_JSON_INSTEAD = "spaCy is not installed (pip install 'arguendo[spacy]'), so this is JSON"

Pair = tuple[Opinion, Annotation | Gold]


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by name; the format they are in, as `LOSES` calls it; and what is to be said of them."""

    files: Mapping[str, bytes]
    format: str
    notes: Sequence[str] = ()


def export(format: str, pairs: Sequence[Pair]) -> Exported:
    """Files of a format (a name of `LOSES`) that hold opinions with their labels, each one once.

    Labels are sound and of their opinion's text. Formats for training have a file for each split.
    """
    if format == "spacy":
        return _spacy(pairs)
    if format == "jsonl":
        lines = [jsonl.to_record(labels, opinion) for opinion, labels in pairs]
        return Exported({"opinions.jsonl": to_jsonl(lines)}, format)
    files: dict[str, bytes] = {}
    widened = 0
    for opinion, labels in pairs:
        if format == "brat":
            files[f"{opinion.id}.txt"] = opinion.text.encode()
            files[f"{opinion.id}.ann"] = brat.annotations(labels, opinion.text).encode()
        elif format == "webanno-tsv":
            files[f"{opinion.id}.tsv"] = webanno.to_tsv(labels, opinion).encode()
        else:
            text, wider = conll.to_conll(labels, opinion)
            files[f"{opinion.id}.conllup"] = text.encode()
            widened += wider
    if format == "brat":
        files[brat.CONFIG_FILE] = brat.config().encode()
    if format == "webanno-tsv":
        files[webanno.LAYERS_FILE] = webanno.layers().encode()
    return Exported(files, format, _widened(widened))


def _spacy(pairs: Sequence[Pair]) -> Exported:
    """A file a split; JSON where spaCy is not installed."""
    by_split = {split: [pair for pair in pairs if split_of(pair[0].metadata) == split] for split in SPLITS}
    by_split = {split: of_split for split, of_split in by_split.items() if of_split}
    format, ending, notes = "spacy", "spacy", []
    try:
        made = {split: spacy.to_docbin(of_split) for split, of_split in by_split.items()}
    except ImportError:
        format, ending, notes = "spacy-json", "json", [_JSON_INSTEAD]
        made = {split: spacy.to_json(of_split) for split, of_split in by_split.items()}
    files = {f"{split}.{ending}": data for split, (data, _) in made.items()}
    return Exported(files, format, [*notes, *_widened(sum(wider for _, wider in made.values()))])


def _widened(number: int) -> list[str]:
    return [f"spans that begin or end inside a token, and have all of it here: {number}"] if number else []


# Format → the ending of its files of annotations.
IMPORTS: Mapping[str, str] = {"brat": ".ann", "webanno-tsv": ".tsv"}


def parse(format: str, content: str, text: str, where: str) -> Parsed:
    """What a file of a format of `IMPORTS`, made on `text`, says, and every problem; `where` is the file."""
    parsed = Parsed(where, sha256(text))
    read = brat.read if format == "brat" else webanno_reader.read
    with suppress(StopReadingError):
        read(content, text, parsed)
    return parsed
