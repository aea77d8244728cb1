"""HTML made so that text from outside cannot become markup, and the document around it.

`Html` keeps the two apart: only the functions here make it, all of them escape what they are given
as text, and the type checker sees to it that a plain string is never taken for markup.
"""

import base64
import hashlib
import html
from collections.abc import Iterable
from importlib import resources
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


def wide(content: Html) -> Html:
    """What may be wider than the window, and then scrolls, by keyboard too."""
    return tag("div", content, class_="scroll", tabindex=0)


def document(title: str, style: str, *content: Html, script: str = "", loads: bool = False) -> str:
    """A complete document with its own style and script; its Content-Security-Policy lets no other act.

    With `loads`, the script may load further ones (`strict-dynamic`, CSP level 3), from a file: URL too.
    """
    trusted = f"'{_hash(script)}' 'strict-dynamic'" if loads else f"'{_hash(script)}'"
    scripts = f"script-src {trusted}; " if script else ""
    policy = f"default-src 'none'; style-src '{_hash(style)}'; {scripts}base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", text(title)),
        tag("style", Html(style)),
    )
    body = tag("body", *content, tag("script", Html(script)) if script else Html(""))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def assets(*names: str) -> str:
    """Styles or scripts that come with the package, one after the other."""
    folder = resources.files("arguendo.pages") / "assets"
    return "".join((folder / name).read_text("utf-8") for name in names)


def _hash(content: str) -> str:
    """Source expression of an inline style or script (Content Security Policy level 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
