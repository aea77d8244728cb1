"""Markdown of the project as HTML. Markup in it stays text."""

import re
from itertools import pairwise

from arguendo.pages.markup import Html, tag, text, wide


def rendered(markdown: str, contents: bool = False) -> Html:
    """Markdown as HTML; with `contents`, links to its parts stand after its title.

    Raises:
        ImportError: markdown-it-py is not installed.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    parts = []
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            token.attrs["id"] = _slug(inside.content)
            if token.tag == "h2":
                parts.append((inside.content, str(token.attrs["id"])))
    links = (tag("li", tag("a", text(title.replace("`", "")), href=f"#{place}")) for title, place in parts)
    after = next((n for n, token in enumerate(tokens, 1) if token.type == "heading_close"), 0)
    pieces = [parser.renderer.render(each, parser.options, {}) for each in (tokens[:after], tokens[after:])]
    nav = tag("nav", tag("ul", *links), aria_label="Contents") if contents and parts else Html("")
    title, rest = (
        Html(re.sub(r"<table>.*?</table>", lambda table: wide(Html(table[0])), each, flags=re.DOTALL))
        for each in pieces
    )
    return tag("div", title, nav, rest, class_="prose" if contents else None)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
