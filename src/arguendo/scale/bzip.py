"""Parts of a bzip2 file, decompressed without what stands before them.

bzip2 compresses blocks of at most 900,000 bytes, each of which begins with the same 48 bits and stands
by itself, at any bit. So a file of 50 GB can be cut into ranges that many workers read at once, and a
damaged block costs no more than itself. The format: Tsai (2016), *BZIP2: Format Specification*.
"""

import bz2
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 0x314159265359
_END = 0x177245385090
_MARK_BITS = 48
_CHECK_BITS = 32
_HEAD = b"BZh9"
# How far one mark can be from the next, with room: a block that cannot be compressed grows a little.
_REACH = 1_200_000


@dataclass(frozen=True, slots=True)
class Damaged:
    """A block that cannot be decompressed, and why."""

    why: str


def read_blocks(path: Path, start: int, end: int) -> Iterator[tuple[int, bytes | Damaged]]:
    """The blocks of a file from the first that begins at byte `start` or later, decompressed.

    Beside each the byte that it begins in. Those that begin at `end` or later come too, so that
    what runs across the end can be read on; stop where you have it. A damaged block comes as `Damaged`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            marks = _marks(data, start)
            mark = next(marks, None)
            while mark is not None:
                begin, is_block = mark
                mark = next(marks, None)
                if is_block:
                    edge = mark[0] if mark else len(data) * 8
                    whole = mark is not None and edge - begin <= _REACH * 8
                    yield begin // 8, _decompress(data, begin, edge) if whole else Damaged("cut short")


def _decompress(data: mmap.mmap, begin: int, edge: int) -> bytes | Damaged:
    """The block between two bits, as a file of its own."""
    bits = edge - begin
    last = (edge + 7) // 8
    block = int.from_bytes(data[begin // 8 : last], "big") >> (last * 8 - edge) & ((1 << bits) - 1)
    check = block >> (bits - _MARK_BITS - _CHECK_BITS) & ((1 << _CHECK_BITS) - 1)
    stream = ((block << _MARK_BITS | _END) << _CHECK_BITS) | check
    bits += _MARK_BITS + _CHECK_BITS
    padding = -bits % 8
    try:
        return bz2.decompress(_HEAD + (stream << padding).to_bytes((bits + padding) // 8, "big"))
    except (OSError, ValueError):
        return Damaged("does not decompress")


def _marks(data: mmap.mmap, start: int) -> Iterator[tuple[int, bool]]:
    """Bits at which blocks begin (True) or a stream ends (False), from the byte `start` on, in order."""
    at = start
    while at < len(data):
        window = data[at : at + _REACH + 8]
        found = sorted(
            (at * 8 + bit, is_block)
            for mark, is_block in ((_BLOCK, True), (_END, False))
            for bit in _places(window, mark)
            if bit < _REACH * 8
        )
        yield from found
        at += _REACH


def _places(window: bytes, mark: int) -> Iterator[int]:
    """Every bit of `window` at which the 48 bits of `mark` stand."""
    for shift in range(8):
        # Seven bytes hold the mark at each of the eight places in a byte; those in the middle are known.
        value = (mark << (8 - shift)).to_bytes(7, "big")
        middle = value[1:6]
        at = window.find(middle)
        while at >= 0:
            held = int.from_bytes(window[at - 1 : at + 6], "big") if 0 < at <= len(window) - 6 else 0
            if held >> (8 - shift) & ((1 << _MARK_BITS) - 1) == mark:
                yield (at - 1) * 8 + shift
            at = window.find(middle, at + 1)
