"""Opinions that are held elsewhere: their bytes from a mirror or the pinned place, checked and converted.

The manifest says of each where it is, and the SHA-256 of source and of canonical text. Nothing that
differs is ever written.
"""

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from arguendo.convert import convert
from arguendo.errors import fail
from arguendo.offsets import sha256
from arguendo.opinion import Facts, Opinion
from arguendo.readers.limits import MAX_SOURCE_BYTES
from arguendo.records import Record

_RAW = "https://raw.githubusercontent.com"
_TIMEOUT = 60

Find = Callable[[Record], bytes]
"""The bytes of a row's source; raises `CorpusError` where there are none."""


def mirrored(folder: Path) -> Find:
    """Sources from a folder of files, however they are called: by their SHA-256."""
    by_hash: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= MAX_SOURCE_BYTES:
            by_hash.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)

    def find(row: Record) -> bytes:
        path = by_hash.get(row["source_sha256"])
        if path is None:
            message = f"no file below {folder} has the source's SHA-256"
            raise fail(row["id"], "fetch-source", message, "Bring the mirror up to date")
        return path.read_bytes()

    return find


def pinned(row: Record) -> bytes:
    """The source from where the manifest says it is: a repository at a commit, or a URL."""
    url = row.get("url") or f"{_RAW}/{row['repository']}/{row['commit']}/{urllib.parse.quote(row['path'])}"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:
            data: bytes = answer.read(MAX_SOURCE_BYTES + 1)
    except (urllib.error.URLError, OSError) as error:
        hint = "Run the same command again, or give a copy with --mirror DIR"
        raise fail(row["id"], "fetch-source", f"{url} cannot be had ({error})", hint) from None
    return _at_pointer(data, row) if row.get("pointer") else data


def _at_pointer(data: bytes, row: Record) -> bytes:
    """The text at a JSON pointer (RFC 6901) of a file, in UTF-8."""
    try:
        value = json.loads(data)
        for name in row["pointer"].split("/")[1:]:
            name = name.replace("~1", "/").replace("~0", "~")
            value = value[int(name)] if isinstance(value, list) else value[name]
        return str(value).encode()
    except (ValueError, KeyError, IndexError, TypeError):
        message = f"there is nothing at {row['pointer']} of {row['path']}"
        raise fail(row["id"], "fetch-source", message, "Mend the manifest's row") from None


def fetch(row: Record, find: Find) -> tuple[Opinion, bytes]:
    """A row's opinion and the bytes it was converted from.

    Raises:
        CorpusError: the source is not to be had, or is another; or conversion now gives another text.
    """
    data = find(row)
    if hashlib.sha256(data).hexdigest() != row["source_sha256"]:
        hint = "The place holds other bytes than when it was pinned; find the old ones, or pin anew"
        raise fail(row["id"], "fetch-source", "the source has another SHA-256 than the manifest says", hint)
    opinion = convert(data, row["id"], row["format"], Facts(**row.get("facts", {})))
    if opinion.id != row["id"]:
        message = f"the source now converts to {opinion.id}"
        raise fail(row["id"], "fetch-text", message, "Mend the manifest's row")
    if sha256(opinion.text) != row["text_sha256"]:
        message = "conversion gives another text than when it was annotated"
        hint = "Move the annotations with `arguendo reanchor`, then put the new hash into the manifest"
        raise fail(row["id"], "fetch-text", message, hint)
    return opinion, data
