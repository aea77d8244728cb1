"""HTML made so that text from outside cannot become markup.

`Html` keeps the two apart: only the functions here make it, all of them escape what they are given
as text, and the type checker sees to it that a plain string is never taken for markup.
"""

import html
from collections.abc import Iterable
from typing import NewType

Html = NewType("Html", str)

_VOID = ("input", "meta")


def text(words: str) -> Html:
    """Words, escaped."""
    return Html(html.escape(words))


def isolated(words: str) -> Html:
    """Words whose writing direction cannot reach what stands around them."""
    return tag("bdi", text(words))


def join(parts: Iterable[Html]) -> Html:
    return Html("".join(parts))


def tag(name: str, /, *content: Html, **attributes: str | int | None) -> Html:
    """An element. Attribute names are written with `_` for `-` and may end in one (`class_`)."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(content)}</{name}>")


def identifier(name: str) -> str:
    """A name for the attributes id, href and data-*: ASCII letters, digits, `_` and `-`, one to one."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-") else f".{ord(c):x}." for c in name)
