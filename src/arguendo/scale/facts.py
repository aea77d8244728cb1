"""What CourtListener's dump says of an opinion outside its row: court, docket number, date, case name.

They stand in the tables of clusters and dockets, which are joined once into a small SQLite file that
workers look things up in; 10 million clusters come to about a gigabyte on disk and none in memory.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from arguendo.errors import fail
from arguendo.opinion import Facts
from arguendo.scale.dump import Broken, open_table, read_rows

_CLUSTER = ("id", "date_filed", "case_name", "docket_id")
_DOCKET = ("id", "court_id", "docket_number")
_AT_ONCE = 10_000
_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE cluster (id INTEGER PRIMARY KEY, date TEXT, name TEXT, docket INTEGER) WITHOUT ROWID;
    CREATE TABLE docket (id INTEGER PRIMARY KEY, court TEXT, number TEXT) WITHOUT ROWID;
"""


def tables_beside(opinions: Path) -> tuple[Path, Path]:
    """Where the tables of clusters and dockets of the same dump are, if they are: `opinions-DATE.csv.bz2`."""
    rest = opinions.name.removeprefix("opinions")
    return opinions.with_name(f"opinion-clusters{rest}"), opinions.with_name(f"dockets{rest}")


def build_facts(opinions: Path, target: Path) -> None:
    """Join the tables beside a table of opinions into `target`; an absent table says nothing.

    Rows that are broken are passed over: their opinions have what their text says.

    Raises:
        CorpusError: a table lacks a column, or is none.
    """
    clusters, dockets = tables_beside(opinions)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".new-{target.name}")
    fresh.unlink(missing_ok=True)
    base = sqlite3.connect(fresh)
    try:
        base.executescript(_SCHEMA)
        if clusters.is_file():
            _fill(base, "INSERT OR REPLACE INTO cluster VALUES (?, ?, ?, ?)", _fields(clusters, _CLUSTER))
            base.execute("CREATE INDEX used ON cluster (docket)")
        if dockets.is_file():
            # The dumps hold many more dockets than have opinions.
            wanted = (
                "INSERT OR REPLACE INTO docket SELECT ?1, ?2, ?3 WHERE ?1 IN (SELECT docket FROM cluster)"
            )
            _fill(base, wanted, _fields(dockets, _DOCKET))
        base.commit()
    finally:
        base.close()
    os.replace(fresh, target)


def look_up(path: Path, clusters: Iterable[str]) -> dict[str, Facts]:
    """The facts of clusters by their ids; those that are not known are left out.

    Raises:
        CorpusError: the file is no longer there.
    """
    try:
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        raise fail(str(path), "facts", "cannot be opened", "Run the same command again") from None
    query = (
        "SELECT court, number, date, name FROM cluster LEFT JOIN docket ON docket.id = cluster.docket"
        " WHERE cluster.id = ?"
    )
    found = {}
    try:
        for cluster in clusters:
            row = base.execute(query, (cluster,)).fetchone()
            if row:
                court, number, date, name = (value or None for value in row)
                found[cluster] = Facts(court=court, docket=number, date=date, case_name=name)
    finally:
        base.close()
    return found


def _fields(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    table = open_table(path, columns)
    for row in read_rows(table, 0, path.stat().st_size):
        if not isinstance(row, Broken) and row["id"].isdecimal():
            yield [row[name] for name in columns]


def _fill(base: sqlite3.Connection, insert: str, rows: Iterator[list[str]]) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        base.executemany(insert, some)
        base.commit()
