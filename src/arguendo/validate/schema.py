"""Records against their JSON Schema (2020-12)."""

import functools
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from arguendo.validate.rules import Finding


def schema_folder() -> Path:
    """The folder of the schemas: inside the installed package, or beside `src/` in a checkout."""
    packaged = Path(str(resources.files("arguendo"))) / "schema"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "schema"


@functools.cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry, Resource

    schemas = {
        path.name: json.loads(path.read_text("utf-8")) for path in schema_folder().glob("*.schema.json")
    }
    registry: Any = Registry().with_resources(
        (key, Resource.from_contents(schema)) for key, schema in schemas.items()
    )
    # JSON Schema takes 3.0 for an integer; an offset written so was written by something that guesses.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict = extend(Draft202012Validator, type_checker=types)
    return strict(schemas[f"{name}.schema.json"], registry=registry)


def schema_findings(record: Any, name: str) -> Iterator[Finding]:
    """What breaks the schema `name` ("opinion", "annotation", "gold", …)."""
    for error in _validator(name).iter_errors(record):
        pointer = "".join(
            f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.absolute_path
        )
        message = error.message if len(error.message) < 200 else error.message[:199] + "…"
        yield "schema", pointer, f"{message} ({name}.schema.json)"
