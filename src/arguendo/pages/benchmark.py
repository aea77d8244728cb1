"""The leaderboards as one self-contained page: intervals drawn, figures by label, curves, confusions."""

from collections.abc import Mapping, Sequence
from typing import Any

from arguendo.challenge import PhenomenonScore
from arguendo.leaderboard import Board, Entry
from arguendo.pages.markup import Html, assets, document, isolated, join, tag, text, wide
from arguendo.report import bounds_words, figure_words

_WIDTH, _ROW = 320, 26


def benchmark_page(
    boards: Sequence[Board],
    runtimes: Mapping[str, Mapping[str, Mapping[str, float]]],
    curve: Sequence[Mapping[str, Any]],
    links: Mapping[str, str],
    challenge: Mapping[str, Sequence[PhenomenonScore]],
) -> str:
    """A complete HTML document that loads nothing; `links` are pages of opinions, gold beside prediction."""
    tasks = list(dict.fromkeys(board.task for board in boards))
    body = tag(
        "main",
        tag("h1", text("Leaderboard")),
        tag("p", text(_note(boards))),
        tag(
            "nav",
            tag("ul", *(tag("li", tag("a", text(task), href=f"#{task}")) for task in tasks)),
            aria_label="Tasks",
        ),
        *(_task(task, [b for b in boards if b.task == task], runtimes, curve, links) for task in tasks),
        *([tag("section", tag("h2", text("challenge")), phenomena(challenge))] if challenge else []),
    )
    return document("arguendo: leaderboard", assets("agreement.css", "benchmark.css"), body)


def phenomena(challenge: Mapping[str, Sequence[PhenomenonScore]]) -> Html:
    """Scores of systems on the challenge by phenomenon, beside chance."""
    names = list(challenge)
    head = ("phenomenon", "pairs", "chance", *names)
    rows = [tag("tr", *(tag("th", text(name), scope="col") for name in head))]
    for at, row in enumerate(challenge[names[0]]):
        figures = [
            f"{row.pairs}",
            f"{row.chance:.3f}",
            *(f"{challenge[name][at].value:.3f}" for name in names),
        ]
        cells = (tag("td", text(figure), class_="number") for figure in figures)
        rows.append(tag("tr", tag("th", text(row.phenomenon), scope="row"), *cells))
    return wide(tag("table", *rows))


def _note(boards: Sequence[Board]) -> str:
    scorers = sorted({entry.result["scorer"] for board in boards for entry in board.entries})
    return (
        f"Scorer {', '.join(scorers)}. Figures come from the stored predictions; intervals are 95 % "
        "percentile bootstrap over opinions; p compares a system with the best one (approximate "
        "randomisation over opinions, Holm's correction)."
    )


def _task(
    task: str,
    boards: Sequence[Board],
    runtimes: Mapping[str, Mapping[str, Mapping[str, float]]],
    curve: Sequence[Mapping[str, Any]],
    links: Mapping[str, str],
) -> Html:
    parts = [part for board in boards for part in _board(board, runtimes.get(task, {}), links)]
    points = [point for point in curve if point["task"] == task]
    if points:
        parts += [tag("h3", text("Learning curve (validation)")), _curve(points)]
    return tag("section", tag("h2", text(task), id=task), *parts)


def _board(board: Board, runtimes: Mapping[str, Mapping[str, float]], links: Mapping[str, str]) -> list[Html]:
    if not board.entries:
        return []
    first = board.entries[0].result
    size = f"{board.split}: {first['opinions']} opinions, {first['examples']:,} examples; {board.measure}"
    parts = [tag("h3", text(size)), _standings(board, runtimes)]
    if board.split == "test":
        parts += [tag("h3", text("All figures")), _all_figures(board)]
        if board.confusion:
            parts += [tag("h3", text(f"Confusions of {board.entries[0].system}")), _confusions(board)]
        shown = links if board.task == "span-extraction" else {}
        parts += [tag("h3", text(f"Where {board.entries[0].system} does worst")), _worst(board, shown)]
    return parts


def _standings(board: Board, runtimes: Mapping[str, Mapping[str, float]]) -> Html:
    names = ("system", board.measure, "interval", "behind the best", "p", "fit, predict (s)")
    rows = [tag("tr", *(tag("th", text(name), scope="col") for name in names))]
    for entry in board.entries:
        took = runtimes.get(entry.system)
        headline = entry.result["headline"]
        cells = [
            tag("th", isolated(entry.system), scope="row"),
            tag("td", text(figure_words(headline["value"])), class_="number"),
            tag("td", _bar(headline["value"], headline["interval"])),
            tag("td", text(_behind(entry))),
            tag("td", text("" if not entry.behind else _p(entry.behind["p_holm"])), class_="number"),
            tag("td", text(f"{took['fit']:.1f}, {took['predict']:.1f}" if took else ""), class_="number"),
        ]
        rows.append(tag("tr", *cells))
    return wide(tag("table", *rows))


def _bar(value: float | None, interval: Sequence[float] | None) -> Html:
    """The figure as a dot on a line from 0 to 1, its interval as a bar."""
    if value is None:
        return text("")
    low, high = interval or (value, value)
    said = f"{value:.3f}" + (f", interval {low:.3f} to {high:.3f}" if interval else "")
    half = _ROW // 2
    drawing = join(
        (
            tag("line", x1=0, x2=_WIDTH, y1=half, y2=half, class_="axis"),
            tag(
                "rect",
                x=f"{low * _WIDTH:.1f}",
                y=half - 4,
                width=f"{max(1.0, (high - low) * _WIDTH):.1f}",
                height=8,
                class_="interval-bar",
            ),
            tag("circle", cx=f"{value * _WIDTH:.1f}", cy=half, r=4, class_="point"),
        )
    )
    box = f"0 0 {_WIDTH} {_ROW}"
    return tag("svg", drawing, viewBox=box, width=_WIDTH, height=_ROW, role="img", aria_label=said)


def _all_figures(board: Board) -> Html:
    rows_of = [
        (measure, name)
        for measure, by_name in board.entries[0].result["scores"].items()
        for name in by_name
        if any(entry.result["scores"][measure][name]["value"] is not None for entry in board.entries)
    ]
    head = ("measure", "of", *(entry.system for entry in board.entries))
    rows = [tag("tr", *(tag("th", isolated(name), scope="col") for name in head))]
    for measure, name in rows_of:
        figures = [figure_words(entry.result["scores"][measure][name]["value"]) for entry in board.entries]
        cells = [tag("td", text(each), class_="number") for each in figures]
        rows.append(tag("tr", tag("td", text(measure)), tag("td", text(name)), *cells))
    return wide(tag("table", *rows))


def _confusions(board: Board) -> Html:
    most = max((count for row in board.confusion for count in row), default=0) or 1
    head = [
        tag("th", text("gold ↓ predicted →"), scope="col"),
        *(tag("th", text(name), scope="col") for name in board.classes),
    ]
    rows = [tag("tr", *head)]
    for name, counts in zip(board.classes, board.confusion, strict=True):
        cells = [
            tag("td", text(str(count)), class_=f"number heat{min(4, 5 * count // (most + 1))}")
            for count in counts
        ]
        rows.append(tag("tr", tag("th", text(name), scope="row"), *cells))
    return wide(tag("table", *rows, class_="confusion"))


def _worst(board: Board, links: Mapping[str, str]) -> Html:
    items = []
    for opinion, value in board.worst:
        name = isolated(opinion)
        shown = tag("a", name, href=links[opinion]) if opinion in links else name
        items.append(tag("li", shown, text(f" {figure_words(value)}")))
    return tag("ol", *items)


def _curve(points: Sequence[Mapping[str, Any]]) -> Html:
    """The headline on validation over the number of training opinions, by system."""
    height, left = 140, 34
    most = max(point["opinions"] for point in points)
    known = [point for point in points if point["value"] is not None]

    def x(opinions: int) -> str:
        return f"{left + opinions / most * _WIDTH:.1f}"

    def y(value: float) -> str:
        return f"{10 + (1 - value) * (height - 20):.1f}"

    line = " ".join(f"{x(point['opinions'])},{y(point['value'])}" for point in known)
    grid = [
        join(
            (
                tag("line", x1=left, x2=left + _WIDTH, y1=y(at), y2=y(at), class_="axis"),
                tag("text", text(f"{at:.1f}"), x=left - 6, y=y(at), class_="tick left"),
            )
        )
        for at in (0, 0.5, 1)
    ]
    dots = [
        join(
            (
                tag("circle", cx=x(p["opinions"]), cy=y(p["value"]), r=4, class_="point"),
                tag("text", text(str(p["opinions"])), x=x(p["opinions"]), y=height + 8, class_="tick"),
            )
        )
        for p in known
    ]
    said = ", ".join(f"{p['opinions']} opinions: {p['value']:.3f}" for p in known)
    drawing = join((*grid, tag("polyline", points=line, class_="curve"), *dots))
    box = f"0 0 {_WIDTH + left + 20} {height + 16}"
    svg = tag("svg", drawing, viewBox=box, width=_WIDTH + left + 20, role="img", aria_label=said)
    caption = f"{points[0]['system']}: figure over training opinions"
    return tag("figure", svg, tag("figcaption", text(caption)))


def _behind(entry: Entry) -> str:
    if entry.behind is None or entry.behind["value"] is None:
        return ""
    return f"{entry.behind['value']:+.3f}{bounds_words(entry.behind['interval'])}"


def _p(p: float | None) -> str:
    return "undefined" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"
