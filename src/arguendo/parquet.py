"""Rows ↔ a Parquet file whose schema holds the features of `datasets`, class labels as numbers."""

import json
from pathlib import Path
from typing import Any

from arguendo.card import Rows
from arguendo.errors import fail


def write_parquet(path: Path, rows: Rows, features: Any) -> int:
    """Write rows with class labels by name; `features` are the `datasets.Features` of their config.

    Returns their size in memory, as Arrow, in bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([features.encode_example(row) for row in rows], schema=features.arrow_schema)
    pq.write_table(table, path, compression="zstd", use_content_defined_chunking=True, write_page_index=True)
    return int(table.nbytes)


def read_parquet(path: Path) -> Rows:
    """The rows of a file, class labels by name; needs no `datasets`.

    Raises:
        CorpusError: it is no Parquet file of a built dataset.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    except (pa.ArrowInvalid, TypeError, KeyError):
        raise fail(str(path), "parquet", "not a Parquet file of this dataset", "Build it again") from None
    return [_named(row, features) for row in table.to_pylist()]


def _named(value: Any, feature: Any) -> Any:
    """A value with the numbers of class labels replaced by their names."""
    if value is None:
        return None
    kind = feature.get("_type") if isinstance(feature, dict) else None
    if kind == "ClassLabel":
        return feature["names"][value]
    if kind == "List":
        return [_named(item, feature["feature"]) for item in value]
    if isinstance(feature, dict) and not isinstance(kind, str):
        return {name: _named(value[name], part) for name, part in feature.items()}
    return value
