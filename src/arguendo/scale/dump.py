"""CourtListener's bulk data: tables as PostgreSQL writes them in CSV, compressed with bzip2.

`COPY … TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *)` (courtlistener/scripts/make_bulk_data.sh),
in which a quotation mark is doubled; later dumps have `ESCAPE '\\'` too, in which it has a backslash
before it. Which of them a file has is told by reading its first rows both ways. Every row begins on a
line of its own with an id and the time it was made; in a quoted field no line can look like that, so
rows are found without parsing what stands before them, and one with broken quoting spoils no other.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arguendo.errors import fail
from arguendo.records import Record
from arguendo.scale.bzip import Damaged, read_blocks

_ROW = re.compile(rb'\n(?="?\d+"?,"?\d{4}-\d\d-\d\d[ T]\d\d:)')
_ID = re.compile(rb'"?(\d+)')
# A row has the opinion in up to seven forms.
_LONGEST_ROW = 100_000_000
_LOOKED_AT = 2_000_000
# More than the beginning of a row that `_ROW` looks at.
_MARK = 64


@dataclass(frozen=True, slots=True)
class Table:
    """A file of a dump: the names of its columns, and whether it escapes with a backslash."""

    path: Path
    columns: tuple[str, ...]
    backslash: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read: its id where that can be seen, and what is wrong."""

    id: str | None
    code: str
    message: str


def open_table(path: Path, needed: tuple[str, ...]) -> Table:
    """Look at the head of a file.

    Raises:
        CorpusError: it is no such file, or lacks one of the columns `needed`.
    """
    hint = "Get the file again from CourtListener's bulk data"
    head = b""
    for _, block in read_blocks(path, 0, 1):
        if isinstance(block, Damaged) or len(head) > _LOOKED_AT:
            break
        head += block
    if not head:
        raise fail(str(path), "bzip2", "is no bzip2 file, or its first block is damaged", hint)
    line, _, _ = head.partition(b"\n")
    columns = tuple(next(csv.reader([line.decode("utf-8", "replace")]), []))
    if missing := [name for name in needed if name not in columns]:
        raise fail(str(path), "csv-columns", f"has no column {', '.join(missing)}", hint)
    rows = _ROW.split(head)[1:-1][:200] or _ROW.split(head)[1:]
    tables = [Table(path, columns, backslash) for backslash in (True, False)]
    # Dumps of today first: where both ways fit as well, no quotation mark is in the rows.
    return max(tables, key=lambda table: sum(isinstance(_parse(row, table), dict) for row in rows))


def read_rows(table: Table, start: int, end: int) -> Iterator[Record | Broken]:
    """The rows of a stretch of the compressed file: of the blocks that begin between two bytes.

    Every row of the file is in just one of the stretches that cover it: a stretch has the rows that
    begin behind its first byte, up to and with one that begins at the first byte of the next.
    """
    for raw in _raw_rows(table.path, start, end):
        yield raw if isinstance(raw, Broken) else _parse(raw, table)


def _raw_rows(path: Path, start: int, end: int) -> Iterator[bytes | Broken]:
    held = b""
    inside = False  # whether `held` begins with a row, or is what may hold the mark of the first one
    own: int | None = None  # how much of `held` is before the stretch's end, once that is passed
    for at, block in read_blocks(path, start, end):
        if isinstance(block, Damaged):
            if inside:
                yield _cut(held)
            if at >= end:
                return
            yield Broken(None, "bzip2", f"a block near byte {at:,} {block.why}; the rows in it are lost")
            held, inside = b"", False
            continue
        if at >= end and own is None:
            own = len(held)
        searched = max(0, len(held) - _MARK)
        held += block
        while found := _ROW.search(held, searched):
            if inside:
                yield held[: found.start()]
            if own is not None and found.end() > own:
                return
            own = None if own is None else own - found.end()
            held, inside, searched = held[found.end() :], True, 0
        if not inside:
            if own is not None:
                return
            held = held[-_MARK:]
        elif len(held) > _LONGEST_ROW:
            yield _cut(held)
            if own is not None:
                return
            held, inside = b"", False
    if inside and held.strip():
        yield held.removesuffix(b"\n")


def _cut(raw: bytes) -> Broken:
    seen = _ID.match(raw)
    return Broken(seen[1].decode() if seen else None, "csv-row", "the row's end is lost")


def _parse(raw: bytes, table: Table) -> Record | Broken:
    seen = _ID.match(raw)
    id_ = seen[1].decode() if seen else None
    csv.field_size_limit(_LONGEST_ROW)
    try:
        text = raw.decode("utf-8")
        escape = "\\" if table.backslash else None
        lines = io.StringIO(text, newline="")
        rows = list(csv.reader(lines, strict=True, escapechar=escape, doublequote=not table.backslash))
    except UnicodeDecodeError as error:
        return Broken(id_, "not-utf-8", f"byte {error.start} of the row is not UTF-8 text")
    except csv.Error as error:
        return Broken(id_, "csv-row", f"its quoting is broken: {error}")
    if len(rows) != 1 or len(rows[0]) != len(table.columns):
        count = f"{len(rows[0])} fields" if len(rows) == 1 else "more than one line outside quotes"
        return Broken(id_, "csv-row", f"has {count}, and the table {len(table.columns)} columns")
    return dict(zip(table.columns, rows[0], strict=True))
