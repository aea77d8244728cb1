"""Files: read as bytes, text, JSON and JSON Lines; written beside their target and renamed.

A reader sees the old file or the new one, never half of one; the same record gives the same bytes.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arguendo.errors import CorpusError, fail, misuse
from arguendo.records import Record


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that the user named."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise misuse(str(path), "no such file", "Check the path") from None
    except IsADirectoryError:
        raise misuse(str(path), "this is a folder", "Name the files in it") from None
    except OSError as error:
        raise misuse(str(path), error.strerror or "cannot be read", "Check the path and its rights") from None


def too_large(path: Path, most: int) -> str | None:
    """What is to be said of a file of more than `most` bytes."""
    size = path.stat().st_size if path.is_file() else 0
    return f"{size / 1e6:,.0f} MB; at most {most / 1e6:.0f} MB are read" if size > most else None


def read_text(path: Path) -> str:
    """A UTF-8 file, with line ends as they are."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise fail(
            str(path), "not-utf-8", f"byte {error.start} is not UTF-8 text", "Save it as UTF-8"
        ) from None


def read_json(path: Path) -> Any:
    """A JSON file in UTF-8; duplicate keys are refused, because one of them would be lost."""
    return parse_json(read_text(path), str(path))


def parse_json(text: str, where: str) -> Any:
    """Raises `CorpusError` with line and column."""

    def unique(pairs: list[tuple[str, Any]]) -> Record:
        record = dict(pairs)
        if len(record) < len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise fail(where, "json", f"key {twice[0]!r} stands twice in one object", "Keep one of them")
        return record

    def never(constant: str) -> None:
        raise fail(where, "json", f"{constant} is no JSON", "Write a number, or null")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=never)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise fail(place, "json", f"not JSON: {error.msg}", "Mend the file or write it again") from None
    except RecursionError:
        raise fail(where, "json", "nested too deeply", "Mend the file or write it again") from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """Line numbers and records of a JSON Lines file; blank lines are passed over."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield number, parse_json(line, f"{path}:{number}")


def each_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """As `read_jsonl`, but a line that is no JSON comes as its `CorpusError`, and reading goes on."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                record = parse_json(line, f"{path}:{number}")
            except CorpusError as error:
                record = error
            yield number, record


def to_json(record: Record) -> bytes:
    """A record as stable, diffable JSON: one line for each key, and for each item of a list."""
    lines = []
    for name, value in record.items():
        if isinstance(value, list) and value:
            items = ",\n    ".join(_compact(item) for item in value)
            lines.append(f"  {_compact(name)}: [\n    {items}\n  ]")
        else:
            lines.append(f"  {_compact(name)}: {_compact(value)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def to_jsonl(records: list[Record]) -> bytes:
    """Records as JSON Lines."""
    return "".join(_compact(record) + "\n" for record in records).encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def replace_folder(target: Path, fresh: Path) -> None:
    """Put a finished folder in the place of `target`; on any failure `target` stays as it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        fresh.rename(target)
        return
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".old-") as made:
        aside = Path(made) / "old"
        target.rename(aside)
        try:
            fresh.rename(target)
        except OSError:
            aside.rename(target)
            raise


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside the target, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
