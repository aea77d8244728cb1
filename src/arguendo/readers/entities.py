"""Character references of HTML (`&amp;`, `&#167;`): what they stand for."""

import html
import re
from html.entities import html5

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decode_entity(entity: str) -> str | None:
    """What a reference stands for, none or up to two characters; None where it is no reference.

    `html.unescape` also takes the beginning of a longer word for one, as browsers do: `&gtgt;`.
    """
    return html.unescape(entity) if entity[1:2] == "#" else html5.get(entity[1:])
