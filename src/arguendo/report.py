"""Figures of the corpus, of a built dataset and of systems' predictions, as tables of text and Markdown."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from arguendo.annotation import GOLD, LABELS, RELATIONS, Gold
from arguendo.challenge import PhenomenonScore
from arguendo.leaderboard import Board
from arguendo.opinion import Opinion
from arguendo.splits import SPLITS, split_of_docket

Table = list[tuple[str, str]]
_UNDEFINED = "undefined"


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
            bounds = bounds_words(score["interval"])
            detail = ""
            if "precision" in score:
                detail = f"  (P {figure_words(score['precision'])}, R {figure_words(score['recall'])})"
            rows.append((f"{name}: {measure}, {row}", f"{figure_words(score['value'])}{bounds}{detail}"))
    rows.append((f"{name}: 95 % interval", result["interval"]))
    return rows


def boards_markdown(
    boards: Sequence[Board],
    runtimes: Mapping[str, Any],
    curve: Sequence[Any],
    challenge: Mapping[str, Sequence[PhenomenonScore]],
) -> str:
    """The leaderboards as Markdown, a section a task, and the challenge by phenomenon."""
    parts = []
    for board in boards:
        if not board.entries:
            continue
        first = board.entries[0]
        size = f"{first.result['opinions']} opinions, {first.result['examples']:,} examples"
        parts.append(
            f"## {board.task}, {board.split}\n\n{size}; by {board.measure}.\n\n{standings(board, runtimes)}"
        )
        if board.split == "test":
            parts.append(f"All figures:\n\n{_by_label(board)}")
            if board.confusion:
                parts.append(f"Confusions of {first.system}, gold in rows:\n\n{_confusions(board)}")
            worst = "\n".join(f"- `{opinion}` {figure_words(value)}" for opinion, value in board.worst)
            parts.append(f"Where {first.system} does worst:\n\n{worst}")
    if curve:
        rows = [(p["task"], p["system"], str(p["opinions"]), figure_words(p["value"])) for p in curve]
        table = _markdown(("task", "system", "training opinions", "headline on validation"), rows)
        parts.append(f"## Learning curve\n\n{table}")
    if challenge:
        parts.append(f"## Challenge\n\nPairs right in both versions.\n\n{phenomena_table(challenge)}")
    return "\n\n".join(parts) + "\n"


def composition_markdown(golds: Sequence[Gold], moot: Collection[str], pairs: int) -> str:
    """What the corpus holds, by what is real and what is made up, as Markdown. Told by gold and ids alone."""
    names = {
        "real": [g for g in golds if g.opinion not in moot],
        "made up": [g for g in golds if g.opinion in moot],
    }
    rows = [("opinions", *(str(len(each)) for each in names.values()))]
    parts = {name: [gold.opinion.split(".") for gold in each] for name, each in names.items()}
    rows.append(("courts", *(str(len({court for court, *_ in each})) for each in parts.values())))
    years = {name: sorted(date[:4] for *_, date in each) for name, each in parts.items()}
    rows.append(("years", *(f"{each[0]} to {each[-1]}" if each else "" for each in years.values())))
    for split in SPLITS:
        counts = (
            sum(split_of_docket(court, docket) == split for court, docket, _ in each)
            for each in parts.values()
        )
        rows.append((split, *map(str, counts)))
    for label in LABELS:
        found = (sum(s.label == label for g in each for s in g.spans) for each in names.values())
        rows.append((f"`{label}`", *map(str, found)))
    for type_ in RELATIONS:
        found = (sum(r.type == type_ for g in each for r in g.relations) for each in names.values())
        rows.append((f"`{type_}`", *map(str, found)))
    status = (sum(g.status == "adjudicated" for g in each) for each in names.values())
    rows.append(("adjudicated", *map(str, status)))
    table = _markdown(("", *names), rows)
    return f"{table}\n\nChallenge: {pairs} pairs of passages, made up."


def agreement_markdown(records: Mapping[str, Mapping[str, Any]]) -> str:
    """The kept figures of agreement as Markdown, a section a round."""
    parts = []
    for round, record in records.items():
        size = f"{record['opinions']} opinions, {' and '.join(record['annotators'])}; {record['interval']}."
        rows = [
            (
                measure,
                name,
                f"{figure_words(figure['value'])}{bounds_words(figure['interval'])}",
                f"{figure['n']:,}",
            )
            for measure, by_name in record["figures"].items()
            for name, figure in by_name.items()
        ]
        parts.append(f"## Round {round}\n\n{size}\n\n{_markdown(('measure', 'of', 'value', 'n'), rows)}")
    return "\n\n".join(parts) + "\n"


def agreement_summary(records: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures by which rounds are compared, as one Markdown table."""
    kept = (
        ("span F1, overlap", ("ARGUMENT", "HOLDING", "REBUTTAL", "all")),
        ("α, unitised", ("all",)),
        ("relation F1, on matched spans", ("all",)),
    )
    rows = [
        (
            f"{round}, with gold" if GOLD in record["annotators"] else round,
            str(record["opinions"]),
            *(
                figure_words(record["figures"][measure][name]["value"])
                for measure, names in kept
                for name in names
            ),
        )
        for round, record in records.items()
    ]
    head = (
        "round",
        "opinions",
        "F1 ARGUMENT",
        "F1 HOLDING",
        "F1 REBUTTAL",
        "F1 all",
        "α_U all",
        "relations F1",
    )
    return _markdown(head, rows)


def phenomena_table(challenge: Mapping[str, Sequence[PhenomenonScore]]) -> str:
    """Scores of systems on the challenge by phenomenon, beside chance, as a Markdown table."""
    names = list(challenge)
    rows = [
        (
            row.phenomenon,
            str(row.pairs),
            f"{row.chance:.3f}",
            *(f"{challenge[name][at].value:.3f}" for name in names),
        )
        for at, row in enumerate(challenge[names[0]])
    ]
    return _markdown(("phenomenon", "pairs", "chance", *names), rows)


def intention_markdown(found: Mapping[str, Mapping[str, float]]) -> str:
    """`challenge.agreement_with_intention` as a Markdown table."""
    names = [name for name in next(iter(found.values()), {}) if name != "pairs"]
    rows = [
        (phenomenon, f"{row['pairs']:.0f}", *(f"{row[name]:.3f}" for name in names))
        for phenomenon, row in found.items()
    ]
    return _markdown(("phenomenon", "pairs written", *names), rows)


def boards_summary(boards: Sequence[Board]) -> str:
    """The best system of each task on test, and the simplest beside it, as one Markdown table."""
    rows = []
    for board in boards:
        if board.split == "test" and board.entries:
            best, last = board.entries[0], board.entries[-1]
            first, floor = best.result["headline"], last.result["headline"]
            rows.append(
                (
                    f"`{board.task}`",
                    board.measure,
                    f"{best.system} {figure_words(first['value'])}{bounds_words(first['interval'])}",
                    f"{last.system} {figure_words(floor['value'])}{bounds_words(floor['interval'])}",
                )
            )
    return _markdown(("task (test)", "by", "best baseline", "weakest"), rows)


def between_marks(page: str, name: str, words: str) -> str:
    """A Markdown page with `words` between its marks `<!-- name -->` and `<!-- /name -->`.

    Raises:
        ValueError: it has no such marks.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, after = page.index(start) + len(start), page.index(end)
    return f"{page[:before]}\n{words}\n{page[after:]}"


def standings(board: Board, runtimes: Mapping[str, Any]) -> str:
    """One leaderboard as a Markdown table."""
    rows = []
    for entry in board.entries:
        headline = entry.result["headline"]
        took = runtimes.get(board.task, {}).get(entry.system)
        behind = entry.behind or {"value": None, "p_holm": None}
        rows.append(
            (
                entry.system,
                f"{figure_words(headline['value'])}{bounds_words(headline['interval'])}",
                "" if behind["value"] is None else f"{behind['value']:+.3f}",
                "" if behind["p_holm"] is None else f"{behind['p_holm']:.4f}",
                f"{took['fit']:.1f}, {took['predict']:.1f}" if took else "",
            )
        )
    return _markdown(("system", board.measure, "behind the best", "p (Holm)", "fit, predict (s)"), rows)


def _by_label(board: Board) -> str:
    best = board.entries[0].result["scores"]
    rows = [
        (
            measure,
            name,
            *(figure_words(entry.result["scores"][measure][name]["value"]) for entry in board.entries),
        )
        for measure, by_name in best.items()
        for name in by_name
    ]
    kept = [row for row in rows if any(cell != _UNDEFINED for cell in row[2:])]
    return _markdown(("measure", "of", *(entry.system for entry in board.entries)), kept)


def _confusions(board: Board) -> str:
    rows = [(name, *map(str, row)) for name, row in zip(board.classes, board.confusion, strict=True)]
    return _markdown(("", *board.classes), rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def render(table: Table) -> str:
    """A table as text, names to the left."""
    width = max((len(name) for name, _ in table), default=0)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in table)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def bounds_words(interval: Sequence[float] | None) -> str:
    """An interval to stand behind its figure, if there is one."""
    return f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""


def figure_words(value: float | None) -> str:
    """A figure with three decimals."""
    return _UNDEFINED if value is None else f"{value:.3f}"
