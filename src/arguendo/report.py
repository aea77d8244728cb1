"""Figures of the corpus, of a built dataset and of systems' predictions, as one table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from arguendo.annotation import LABELS, RELATIONS, Gold
from arguendo.opinion import Opinion

Table = list[tuple[str, str]]


def corpus_figures(opinions: Sequence[Opinion], golds: Sequence[Gold]) -> dict[str, Any]:
    """Counts over the opinions held and their gold."""
    spans = Counter(span.label for gold in golds for span in gold.spans)
    relations = Counter(relation.type for gold in golds for relation in gold.relations)
    kinds = Counter(block.kind for opinion in opinions for block in opinion.blocks)
    return {
        "opinions": len(opinions),
        "characters": sum(len(opinion.text) for opinion in opinions),
        "blocks": sum(kinds.values()),
        "footnotes": kinds["footnote"],
        "sentences": sum(len(opinion.sentences) for opinion in opinions),
        "citations": sum(len(opinion.citations) for opinion in opinions),
        "gold": dict(sorted(Counter(gold.status for gold in golds).items())),
        "spans": {label: spans[label] for label in LABELS},
        "relations": {type_: relations[type_] for type_ in RELATIONS},
    }


def figures_table(figures: Mapping[str, Any]) -> Table:
    """`corpus_figures` as rows of name and value."""
    return [
        (name, _counts(value) if isinstance(value, dict) else f"{value:,}") for name, value in figures.items()
    ]


def scores_table(name: str, result: Mapping[str, Any]) -> Table:
    """Scores of one system on a task as rows."""
    rows: Table = []
    for measure, by_row in result["scores"].items():
        for row, score in by_row.items():
            interval = score["interval"]
            bounds = f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
            made_of = f"  (P {_figure(score['precision'])}, R {_figure(score['recall'])})"
            detail = made_of if "precision" in score else ""
            rows.append((f"{name}: {measure}, {row}", f"{_figure(score['value'])}{bounds}{detail}"))
    rows.append((f"{name}: 95 % interval", result["interval"]))
    return rows


def render(table: Table) -> str:
    """A table as text, names to the left."""
    width = max((len(name) for name, _ in table), default=0)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in table)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
