"""README.md of the built dataset: metadata for the Hub, what it is, and how far to trust it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arguendo.annotation import LABELS, RELATIONS, Annotator, Gold, Span
from arguendo.splits import SPLITS, Shared

DATASET_VERSION = "0.2.0"
DATASET_DATE = "2026-11-25"
"""When this version was made; a constant, because built data hold no time stamps."""
DEFAULT_CONFIG = "gold"
Rows = list[dict[str, Any]]
CHALLENGE = "challenge"
MOOT = "moot"
"""The made-up opinions: the config like the default one; the others are `moot-<config>`."""
_CONFIGS = {
    "gold": "an opinion with its text, structure and labels",
    "annotations": "an opinion as one annotator marked it",
    "span-extraction": "an opinion's text → its labelled spans",
    "sentence-roles": "a sentence → the set of its labels",
    "rebuttal-linking": "a rebuttal and all arguments → the arguments it answers",
    "argument-outcome": "an argument, before the court has answered anything → its outcome",
    "holding-disposition": "a holding → its disposition",
    CHALLENGE: "made up: a passage of a minimal pair, and a question about it → the answer",
}


def moot_config(name: str) -> str:
    """The config of made-up opinions that is like the config `name` of real ones."""
    return MOOT if name == DEFAULT_CONFIG else f"{MOOT}-{name}"


def describe(config: str) -> str:
    """What a row of a config is."""
    made_up = {moot_config(name): f"made up: {what}" for name, what in _CONFIGS.items()}
    return (_CONFIGS | made_up)[config]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the card shows that is not in the rows: tables in Markdown, empty where nothing was measured.

    `pictures` are SVG by name, which go into the dataset's folder `pictures/`.
    """

    agreement: str = ""
    leaderboard: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of the dataset, the only one of its split; `path` is relative to its folder.

    `size` is that of the file, `arrow_size` that of its rows in memory, as Arrow, in bytes.
    """

    config: str
    split: str
    path: str
    sha256: str
    size: int
    arrow_size: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a card is about: rows by config and split, digests of the data and features by config.

    `golds` are of real opinions; `shared` is what opinions of different splits have in common, the
    greatest share first.
    """

    golds: Sequence[Gold]
    rows: Mapping[str, Mapping[str, Rows]]
    digests: Mapping[str, str]
    features: Mapping[str, Any]
    files: Sequence[DataFile]
    annotators: Sequence[Annotator]
    shared: Sequence[Shared]
    measured: Measured


def card(content: Content) -> str:
    """The card: a first screen that says what it is and loads it, then the rest, to be skimmed."""
    split = next(each for each in SPLITS if each in content.rows[DEFAULT_CONFIG])
    parts = [
        f"---\n{_metadata(content)}\n---",
        f"# arguendo {DATASET_VERSION}",
        _summary(content),
        f"```python\n{loading_lines(split)}\n```",
        _example(content.rows[DEFAULT_CONFIG][split][0]),
        _configs(content),
        _fields(content.features[DEFAULT_CONFIG]),
        _splits(content),
        _who(content),
        *_measured("Agreement", content.measured.agreement, "agreement", content.measured.pictures),
        *_measured("Baselines", content.measured.leaderboard, "leaderboard", content.measured.pictures),
        _LIMITS,
        _CITE,
    ]
    return "\n\n".join(parts) + "\n"


def _measured(title: str, table: str, picture: str, pictures: Mapping[str, str]) -> list[str]:
    """A section with a table and its picture, or nothing where nothing was measured."""
    if not table:
        return []
    shown = [f"![{title}](pictures/{picture}.svg)"] if picture in pictures else []
    return ["\n\n".join([f"## {title}", *shown, table])]


def loading_lines(split: str) -> str:
    """The three lines that load it; FOLDER is the dataset's folder or its name on the Hub."""
    return (
        "from datasets import load_dataset\n"
        f'opinions = load_dataset("FOLDER", split="{split}")  # one row an opinion, with all labels\n'
        f'links = load_dataset("FOLDER", "rebuttal-linking", split="{split}")  # one of the five tasks'
    )


def _summary(content: Content) -> str:
    spans = [span for gold in content.golds for span in gold.spans]
    counts = ", ".join(f"{sum(s.label == label for s in spans)} {label}" for label in LABELS)
    relations = [relation for gold in content.golds for relation in gold.relations]
    kinds = ", ".join(f"{sum(r.type == type_ for r in relations)} {type_}" for type_ in RELATIONS)
    provisional = sum(gold.status == "provisional" for gold in content.golds)
    machine = all(annotator.kind == "language_model" for annotator in content.annotators)
    trust = "**All labels were made by language models; no person has checked them.** " if machine else ""
    status = (
        f"The gold of {len(content.golds) - provisional} of {len(content.golds)} real opinions is adjudicated"
    )
    status += ", from two passes or more; the rest is provisional, one pass." if provisional else "."
    return "\n".join(
        (
            "- **What**: who argues what, what the court decides, and how it answers, in US court opinions.",
            f"- **How much**: {len(content.golds)} real opinions with {counts}; {kinds}.",
            "- **Exact**: offsets are code points into `text`, half-open: `text[start:end]` is the span.",
            f"- **How far to trust it**: {trust}{status}",
            "- **Beside it, never mixed with it**: made-up opinions (`moot…`), minimal pairs (`challenge`).",
        )
    )


def _example(row: Mapping[str, Any]) -> str:
    """A rebuttal of the first opinion with the argument that it answers."""
    spans = {span["id"]: span for span in row["spans"]}
    link = next((each for each in row["relations"] if each["type"] == "rebuts"), None)
    if link is None:
        return ""
    shown = [
        f"> **{span['label']}** ({_attributes(span)}): {' '.join(span['text'].split())}"
        for span in (spans[link["to"]], spans[link["from"]])
    ]
    return f"From `{row['id']}`, an argument and what rebuts it:\n\n" + "\n>\n".join(shown)


def _attributes(span: Mapping[str, Any]) -> str:
    names = [name for name in Span.__slots__ if name in LABELS[span["label"]]]
    return ", ".join(f"{name} {span[name]}" for name in names)


def _configs(content: Content) -> str:
    lines = [
        f"| `{name}` | {describe(name)} | {' | '.join(str(len(by_split.get(s, []))) for s in SPLITS)} |"
        for name, by_split in content.rows.items()
    ]
    head = f"| config | a row is | {' | '.join(SPLITS)} |\n|---|---|{'---|' * len(SPLITS)}"
    shown = "![Spans by label](pictures/labels.svg)\n\n" if "labels" in content.measured.pictures else ""
    return f"## Configs\n\n{shown}" + "\n".join([head, *lines]) + "\n\n`gold` is the default."


def _fields(features: Mapping[str, Any]) -> str:
    rows = [f"| `{name}` | {_type(feature)} |" for name, feature in features.items()]
    return "## Fields of `gold`\n\n| field | type |\n|---|---|\n" + "\n".join(rows)


def _type(feature: Any) -> str:
    """A feature in words: structs by their fields, class labels by their names."""
    if isinstance(feature, Mapping):
        return "{" + ", ".join(f"{name}: {_type(part)}" for name, part in feature.items()) + "}"
    if hasattr(feature, "names"):
        return " / ".join(feature.names)
    if hasattr(feature, "feature"):
        return f"list of {_type(feature.feature)}"
    return str(feature.dtype)


def _splits(content: Content) -> str:
    held = ", ".join(f"`{split}`" for split in SPLITS if split in content.rows[DEFAULT_CONFIG])
    most = max((each.share for each in content.shared), default=0.0)
    return (
        f"## Splits\n\nSplits ({held}) are by docket, fixed by a hash of court and docket number: an opinion "
        f"never changes its split. No two opinions of different splits share more than {most:.1%} of the "
        "shorter one's 13-grams of words."
    )


def _who(content: Content) -> str:
    who = "\n".join(f"- `{a.id}` ({a.kind.replace('_', ' ')}): {a.description}" for a in content.annotators)
    return f"## Annotators\n\n{who}"


_LIMITS = """\
## Limits

The labels are one language model's reading by written rules; a system that scores high may have learnt that
model's habits. The opinions are no random sample of anything. Not for legal advice, for rating judges,
lawyers or parties, or for predicting cases of real people. Opinions name people as the courts published them;
the datasheet says how to ask for removal. Opinions are government edicts and in the public domain;
annotations, guidelines and made-up texts are CC BY 4.0."""

_CITE = f"""\
## Cite

```bibtex
@misc{{arguendo,
  title = {{arguendo: arguments, holdings and rebuttals in US court opinions}},
  author = {{{{The arguendo maintainers}}}},
  year = {{2026}},
  version = {{{DATASET_VERSION}}}
}}
```"""


def _metadata(content: Content) -> str:
    from datasets import DatasetInfo, SplitDict
    from huggingface_hub import DatasetCardData

    kinds = {annotator.kind for annotator in content.annotators}
    most = sum(len(rows) for by_split in content.rows.values() for rows in by_split.values())
    infos = []
    for name, by_split in content.rows.items():
        files = [file for file in content.files if file.config == name]
        info = DatasetInfo(
            features=content.features[name],
            config_name=name,
            splits=SplitDict.from_split_dict(
                [
                    {"name": f.split, "num_bytes": f.arrow_size, "num_examples": len(by_split[f.split])}
                    for f in files
                ]
            ),
            download_size=sum(file.size for file in files),
            dataset_size=sum(file.arrow_size for file in files),
        )
        infos.append(info._to_yaml_dict())
    data = DatasetCardData(
        language=["en"],
        license="cc-by-4.0",
        annotations_creators=sorted(
            {"person": "expert-generated"}.get(kind, "machine-generated") for kind in kinds
        ),
        language_creators=["found"],
        multilinguality=["monolingual"],
        size_categories=["n<1K" if most < 1_000 else "1K<n<10K" if most < 10_000 else "10K<n<100K"],
        source_datasets=["original"],
        task_categories=["token-classification", "text-classification"],
        task_ids=["named-entity-recognition", "multi-label-classification", "multi-class-classification"],
        pretty_name="arguendo",
        tags=["legal", "argument-mining", "court-opinions"],
        dataset_info=infos,
        configs=[
            {
                "config_name": name,
                "data_files": [{"split": s, "path": f"{name}/{s}-*.parquet"} for s in content.rows[name]],
                # `datasets` keys its cache of a local folder on these entries and not on the files:
                # without the digest it would go on giving the old rows after a new build.
                "description": f"{describe(name)} (content {digest})",
                **({"default": True} if name == DEFAULT_CONFIG else {}),
            }
            for name, digest in content.digests.items()
        ],
    )
    return str(data.to_yaml())
