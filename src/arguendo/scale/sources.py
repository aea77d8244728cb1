"""What is given → shards, and a shard → record batches of sources, as a stream.

Taken are CourtListener's bulk data (`opinions-*.csv.bz2`), volumes of the Caselaw Access Project
(`.zip`), Parquet, single opinions, and folders of all these. Nothing is unpacked to disk, and what
is in memory at a time is a batch. A shard is a plain record, so that a plan of them is a JSON file.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from arguendo.errors import CorpusError, fail, misuse
from arguendo.readers.cap import facts_of
from arguendo.readers.courtlistener import BODIES
from arguendo.readers.limits import MAX_SOURCE_BYTES
from arguendo.records import Record
from arguendo.scale.batches import FACTS, SOURCES
from arguendo.scale.dump import Broken, Table, open_table, read_rows
from arguendo.scale.facts import look_up, tables_beside

_DUMP = "*opinions-*.csv.bz2"
_OPINIONS = (".md", ".html", ".htm", ".json", ".xml", ".txt", ".pdf")
# Of a dump, compressed: some 1,500 opinions.
_DUMP_BYTES = 8_000_000
_FILES = 200
_BATCH_ROWS = 64
_BATCH_BYTES = 4_000_000
_COLUMNS = ("id", "cluster_id", "type", "author_str")
_AGAIN = "Bring it back and run the same command again"


def plan_shards(given: Sequence[Path], out: Path) -> tuple[list[Record], list[Path]]:
    """The shards of what is given, in an order that depends on names alone; and files of no known kind.

    What is below `out` is not taken.

    Raises:
        CorpusError: a table or Parquet file cannot be read, or has no column with opinions.
        UsageError: there is no such path, or no opinion in any.
    """
    shards: list[Record] = []
    others: list[Path] = []
    single: list[str] = []
    for path in _files(given):
        if path.is_relative_to(out):
            continue
        if path.match(_DUMP):
            shards += _dump_shards(path)
        elif path.suffix == ".zip":
            shards.append({"kind": "zip", "path": str(path)})
        elif path.suffix == ".parquet":
            shards += _parquet_shards(path)
        elif path.suffix.lower() in _OPINIONS:
            single.append(str(path))
        elif not path.match("*opinion-clusters-*.csv.bz2") and not path.match("*dockets-*.csv.bz2"):
            others.append(path)
    for start in range(0, len(single), _FILES):
        shards.append({"kind": "files", "paths": single[start : start + _FILES]})
    if not shards:
        kinds = "opinions-*.csv.bz2, .zip, .parquet, " + ", ".join(_OPINIONS)
        hint = f"A file's kind is told by its name: {kinds}; or name a folder of such"
        raise misuse(", ".join(map(str, given)), "no opinions are here", hint)
    return shards, others


def read_shard(shard: Record, facts: Path | None) -> Iterator[pa.RecordBatch]:
    """The sources of a shard in batches of at most 64 rows and about 4 MB; of schema `SOURCES`.

    Raises:
        CorpusError: what the plan was made from is no longer there, or cannot be read.
    """
    read = {"dump": _read_dump, "zip": _read_zip, "parquet": _read_parquet, "files": _read_files}
    rows: list[Record] = []
    size = 0
    try:
        for row in read[shard["kind"]](shard, facts):
            rows.append(row)
            size += len(row["data"] or b"")
            if len(rows) == _BATCH_ROWS or size > _BATCH_BYTES:
                yield pa.RecordBatch.from_pylist(rows, schema=SOURCES)
                rows, size = [], 0
    except OSError as error:
        where = str(error.filename or shard.get("path"))
        raise fail(where, "source", error.strerror or str(error), _AGAIN) from None
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=SOURCES)


def _files(given: Iterable[Path]) -> list[Path]:
    found: set[Path] = set()
    for path in given:
        if not path.exists():
            raise misuse(str(path), "no such file or folder", "Check the path")
        found.update(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else found.add(path)
    return sorted(found)


def _row(place: str, data: bytes, format: str | None = None, facts: Record | None = None) -> Record:
    return {"place": place, "data": data, "format": format, **(facts or {}), "problems": []}


def _unread(place: str, code: str, message: str, hint: str) -> Record:
    problem = {"code": code, "message": message, "hint": hint}
    return {"place": place, "data": None, "format": None, "problems": [problem]}


# --- CourtListener's bulk data -----------------------------------------------------------------


def _dump_shards(path: Path) -> list[Record]:
    table = open_table(path, ("id",))
    _require_body(path, table.columns)
    size = path.stat().st_size
    shard = {"kind": "dump", "path": str(path), "columns": list(table.columns), "backslash": table.backslash}
    if any(beside.is_file() for beside in tables_beside(path)):
        shard["facts"] = f"facts{path.name.removeprefix('opinions').removesuffix('.csv.bz2')}.sqlite"
    starts = range(0, size, _DUMP_BYTES)
    return [{**shard, "start": start, "end": min(start + _DUMP_BYTES, size)} for start in starts]


def _require_body(path: Path, columns: Iterable[str]) -> None:
    if not {*BODIES} & {*columns}:
        hint = f"An opinion is in one of: {', '.join(BODIES)}"
        raise fail(str(path), "columns", "no column holds opinions", hint)


def _read_dump(shard: Record, facts: Path | None) -> Iterator[Record]:
    table = Table(Path(shard["path"]), tuple(shard["columns"]), shard["backslash"])
    some: list[Record | Broken] = []
    for row in read_rows(table, shard["start"], shard["end"]):
        some.append(row)
        if len(some) == _BATCH_ROWS:
            yield from _dump_rows(some, table.path.name, facts)
            some = []
    yield from _dump_rows(some, table.path.name, facts)


def _dump_rows(rows: list[Record | Broken], name: str, facts: Path | None) -> Iterator[Record]:
    clusters = sorted({row.get("cluster_id", "") for row in rows if not isinstance(row, Broken)})
    known = look_up(facts, clusters) if facts else {}
    for row in rows:
        if isinstance(row, Broken):
            hint = "Get the file again; the other rows are not touched by it"
            yield _unread(f"{name}#{row.id or ''}", row.code, row.message, hint)
        else:
            said = known.get(row.get("cluster_id", ""))
            yield _courtlistener(f"{name}#{row['id']}", row, asdict(said) if said else None)


def _courtlistener(place: str, row: Record, facts: Record | None) -> Record:
    """A row of the dump as the object of the API that it comes from, with the one body that is read."""
    body = next((name for name in BODIES if (row.get(name) or "").strip()), None)
    kept = {name: row[name] for name in (*_COLUMNS, body) if name and row.get(name)}
    return _row(place, json.dumps(kept, ensure_ascii=False).encode(), "courtlistener", facts)


# --- the Caselaw Access Project's volumes ------------------------------------------------------


def _read_zip(shard: Record, facts: Path | None) -> Iterator[Record]:
    """The cases of a volume: `html/NAME.html` with the facts of `json/NAME.json`, or one of them alone."""
    path = Path(shard["path"])
    try:
        with zipfile.ZipFile(path) as volume:
            members = {m.filename: m for m in volume.infolist() if not m.is_dir()}
            for name in sorted(members):
                place = f"{path.name}#{name}"
                if Path(name).suffix.lower() not in _OPINIONS or name.startswith("metadata/"):
                    continue
                twin = name.replace("json", "html") if name.startswith("json/") else None
                if twin in members:
                    continue
                try:
                    said = _facts_of_case(volume, members.get(name.replace("html", "json")), name)
                    yield _row(place, _member(volume, members[name]), None, said)
                except CorpusError as error:
                    yield _unread(place, *((p := error.problems[0]).code, p.message, p.hint))
                except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
                    yield _unread(place, "zip", f"cannot be unpacked: {error}", "Get the volume again")
    except zipfile.BadZipFile as error:
        yield _unread(path.name, "zip", f"is no whole zip file: {error}", "Get the volume again")


def _member(volume: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with volume.open(member) as file:
        data = file.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        what = f"unpacks to more than {MAX_SOURCE_BYTES:,} bytes"
        raise fail(member.filename, "large-source", what, "Cut it into its opinions first")
    return data


def _facts_of_case(volume: zipfile.ZipFile, member: zipfile.ZipInfo | None, name: str) -> Record | None:
    if member is None or not name.startswith("html/"):
        return None
    record = json.loads(_member(volume, member))
    return asdict(facts_of(record)) if isinstance(record, dict) else None


# --- Parquet and files -------------------------------------------------------------------------


def _parquet_shards(path: Path) -> list[Record]:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            groups, columns = file.metadata.num_row_groups, file.schema_arrow.names
    except pa.ArrowInvalid as error:
        raise fail(str(path), "parquet", str(error).splitlines()[0], "Get the file again") from None
    if not {"data", "text"} & {*columns}:
        _require_body(path, columns)
    return [{"kind": "parquet", "path": str(path), "group": group} for group in range(groups)]


def _read_parquet(shard: Record, facts: Path | None) -> Iterator[Record]:
    """Rows with `data` (bytes) or `text`, or with the columns of CourtListener; facts where they are."""
    import pyarrow.parquet as pq

    path = Path(shard["path"])
    known = ("data", "text", "format", *_COLUMNS, *BODIES, *FACTS)
    index = 0
    with pq.ParquetFile(path) as file:
        columns = [name for name in known if name in file.schema_arrow.names]
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=[shard["group"]], columns=columns):
            for row in batch.to_pylist():
                place = f"{path.name}#{shard['group']}.{index}"
                index += 1
                said = {name: _text(row.get(name)) for name in FACTS}
                body = row.get("data") if row.get("data") is not None else row.get("text")
                if body is None:
                    yield _courtlistener(place, {n: _text(row.get(n)) for n in (*_COLUMNS, *BODIES)}, said)
                else:
                    data = body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass")
                    yield _row(place, data, row.get("format"), said)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _read_files(shard: Record, facts: Path | None) -> Iterator[Record]:
    for path in map(Path, shard["paths"]):
        if path.stat().st_size > MAX_SOURCE_BYTES:
            what = f"has more than {MAX_SOURCE_BYTES:,} bytes"
            yield _unread(str(path), "large-source", what, "Cut it into its opinions first")
        else:
            yield _row(str(path), path.read_bytes())
