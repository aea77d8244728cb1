"""Charts as SVG that needs nothing else: bars of counts, and figures from 0 to 1 with their intervals."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arguendo.annotation import LABELS, Gold
from arguendo.leaderboard import Board

_NAMES, _WIDTH, _ROW, _TOP = 190, 420, 24, 40
_STYLE = (
    "text{font:13px system-ui,'DejaVu Sans',sans-serif;fill:#22201c}.t{font-weight:600}"
    ".s{fill:#6b655b;font-size:12px}.b{fill:#0072b2}.i{fill:#0072b2;opacity:.3}"
    ".a{stroke:#d9d2c4}rect.p{fill:#fffdf8}"
)


class Mark(NamedTuple):
    """A row of a chart; `interval` only where there is one. A row without a value is a heading."""

    name: str
    value: float | None = None
    interval: Sequence[float] | None = None


def label_chart(golds: Sequence[Gold]) -> str:
    """How many spans of each label gold has."""
    counts = [(label, sum(s.label == label for g in golds for s in g.spans)) for label in LABELS]
    most = max((count for _, count in counts), default=0) or 1
    rows = []
    for at, (label, count) in enumerate(counts):
        y = _TOP + at * _ROW
        width = count / most * _WIDTH
        rows.append(_text(_NAMES - 8, y + 16, label, end=True))
        rows.append(f'<rect class="b" x="{_NAMES}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}"/>')
        rows.append(_text(_NAMES + width + 6, y + 16, f"{count:,}", "s"))
    return _svg("Spans of gold by label", rows, len(counts))


def agreement_chart(records: Mapping[str, Mapping[str, Any]]) -> str:
    """Overlap F1 of annotators by round and label."""
    marks = []
    for round, record in records.items():
        marks.append(Mark(f"{round} ({record['opinions']} opinions)"))
        for label, figure in record["figures"]["span F1, overlap"].items():
            marks.append(Mark(label, figure["value"], figure["interval"]))
    return _figures("Agreement of two passes: overlap F1", marks)


def leaderboard_chart(boards: Sequence[Board]) -> str:
    """The headline of every system on test, by task."""
    marks = []
    for board in boards:
        if board.split == "test":
            marks.append(Mark(f"{board.task}: {board.measure}"))
            for entry in board.entries:
                headline = entry.result["headline"]
                marks.append(Mark(entry.system, headline["value"], headline["interval"]))
    return _figures("Baselines on test, 95 % intervals over opinions", marks)


def _figures(title: str, marks: Sequence[Mark]) -> str:
    rows = []
    for at, mark in enumerate(marks):
        y = _TOP + at * _ROW
        if mark.value is None:
            rows.append(_text(8, y + 18, mark.name, "t"))
            continue
        low, high = mark.interval or (mark.value, mark.value)
        middle = y + _ROW / 2
        rows.append(_text(_NAMES - 8, y + 16, mark.name, end=True))
        rows.append(f'<line class="a" x1="{_NAMES}" x2="{_NAMES + _WIDTH}" y1="{middle}" y2="{middle}"/>')
        x, width = _NAMES + low * _WIDTH, max(1.0, (high - low) * _WIDTH)
        rows.append(f'<rect class="i" x="{x:.1f}" y="{middle - 5}" width="{width:.1f}" height="10"/>')
        rows.append(f'<circle class="b" cx="{_NAMES + mark.value * _WIDTH:.1f}" cy="{middle}" r="4"/>')
        rows.append(_text(_NAMES + _WIDTH + 8, y + 16, f"{mark.value:.3f}", "s"))
    return _svg(title, rows, len(marks))


def _text(x: float, y: float, words: str, kind: str = "", end: bool = False) -> str:
    attributes = (f' class="{kind}"' if kind else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{html.escape(words)}</text>'


def _svg(title: str, rows: Sequence[str], count: int) -> str:
    width, height = _NAMES + _WIDTH + 70, _TOP + count * _ROW + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        ' role="img">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style>"
        f'<rect class="p" width="{width}" height="{height}"/>{_text(8, 22, title, "t")}'
        f"{''.join(rows)}</svg>\n"
    )
