"""README.md of the built dataset: metadata for the Hub, what it is, and how far to trust it."""

from collections.abc import Mapping, Sequence
from typing import Any

from arguendo.annotation import LABELS, Annotator, Gold
from arguendo.splits import SPLITS, Shared

DATASET_VERSION = "0.1.0"
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


def card(
    golds: Sequence[Gold],
    rows: Mapping[str, Mapping[str, Rows]],
    digests: Mapping[str, str],
    annotators: Sequence[Annotator],
    shared: Sequence[Shared],
) -> str:
    """The card of a dataset with these rows by config and split, and these digests of the data by config.

    `shared` is what opinions of different splits have in common, the greatest share first.
    """
    spans = [span for gold in golds for span in gold.spans]
    counts = ", ".join(f"{sum(s.label == label for s in spans)} {label}" for label in LABELS)
    relations = sum(len(gold.relations) for gold in golds)
    provisional = sum(gold.status == "provisional" for gold in golds)
    who = "\n".join(f"  - `{a.id}` ({a.kind.replace('_', ' ')}): {a.description}" for a in annotators)
    held = [split for split in SPLITS if split in rows[DEFAULT_CONFIG]]
    table = "\n".join(
        f"| `{name}` | {describe(name)} | {' | '.join(str(len(rows[name].get(s, []))) for s in held)} |"
        for name in rows
    )
    most = max((each.share for each in shared), default=0.0)
    return f"""---
{_metadata(rows, digests, annotators)}
---

# arguendo {DATASET_VERSION}

Arguments, holdings and rebuttals in US court opinions, and the links between them, as exact offsets.

```python
from datasets import load_dataset

opinions = load_dataset("FOLDER", split="{held[0]}")  # one row an opinion, with all labels
links = load_dataset("FOLDER", "rebuttal-linking", split="{held[0]}")  # one of the five tasks
```

- Opinions: {len(golds)}. Spans: {counts}. Relations: {relations}.
- **Status: {provisional} of {len(golds)} provisional.** Provisional labels are one pass by one annotator;
  no agreement has been measured. Annotators:
{who}
- Splits ({", ".join(f"`{split}`" for split in held)}) are by docket, fixed by a hash of court and
  docket number. No two opinions of different splits share more than {most:.1%} of the shorter one's 13-grams
  of words.
- Offsets are Unicode code points into `text`, half-open: `text[start:end]` is the span, and each
  span carries these words as `text`, too.

| config | a row is | {" | ".join(held)} |
|---|---|{"---|" * len(held)}
{table}

`gold` is the default; the last five are the tasks of the benchmark, made from it.

Opinions are government edicts and in the public domain; the annotations are CC BY 4.0. The labels
are no legal advice and no measure of a judge.
"""


def _metadata(
    rows: Mapping[str, Mapping[str, Rows]], digests: Mapping[str, str], annotators: Sequence[Annotator]
) -> str:
    from huggingface_hub import DatasetCardData

    kinds = {annotator.kind for annotator in annotators}
    data = DatasetCardData(
        language=["en"],
        license="cc-by-4.0",
        annotations_creators=sorted(
            {"person": "expert-generated"}.get(kind, "machine-generated") for kind in kinds
        ),
        language_creators=["found"],
        multilinguality=["monolingual"],
        size_categories=["n<1K"],
        source_datasets=["original"],
        task_categories=["token-classification", "text-classification"],
        pretty_name="arguendo",
        tags=["legal", "argument-mining", "court-opinions"],
        configs=[
            {
                "config_name": name,
                "data_files": [{"split": s, "path": f"{name}/{s}-*.parquet"} for s in rows[name]],
                # `datasets` keys its cache of a local folder on these entries and not on the files:
                # without the digest it would go on giving the old rows after a new build.
                "description": f"{describe(name)} (content {digest})",
                **({"default": True} if name == DEFAULT_CONFIG else {}),
            }
            for name, digest in digests.items()
        ],
    )
    return str(data.to_yaml())
