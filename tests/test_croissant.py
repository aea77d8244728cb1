"""croissant.json: valid without warnings, and the records it leads to are those of the Parquet files."""

import json
from pathlib import Path
from typing import Any

import pytest

from test_release import plain


def named(value: Any) -> Any:
    """A record with plain values, keys without the names of what they are in."""
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: named(part) for name, part in value.items()}
    value = plain(value)
    if isinstance(value, list):
        return [named(item) for item in value]
    value = value.decode() if isinstance(value, bytes) else value
    return None if value != value else value


@pytest.fixture(scope="module")
def described(dataset: Path) -> Any:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    return mlcroissant.Dataset(jsonld=str(dataset / "croissant.json"))


def test_it_is_valid_without_warnings(described: Any) -> None:
    assert described.metadata.ctx.issues.report() == ""
    assert not described.metadata.ctx.issues.errors
    assert not described.metadata.ctx.issues.warnings


def test_records_are_those_of_the_files(described: Any, dataset: Path) -> None:
    import pyarrow.parquet as pq

    sets = {each.id: each for each in described.metadata.record_sets}
    files = sorted(dataset.glob("*/*.parquet"))
    assert sorted(sets) == sorted(f"{path.parent.name}-{path.stem.split('-')[0]}" for path in files)
    for path in files:
        name = f"{path.parent.name}-{path.stem.split('-')[0]}"
        records = [named(record) for record in described.records(name)]
        assert records == pq.read_table(path).to_pylist(), name


def test_responsible_ai_fields_are_there_and_no_time_stamp_is(dataset: Path) -> None:
    record = json.loads((dataset / "croissant.json").read_bytes())
    assert record["conformsTo"] == [
        "http://mlcommons.org/croissant/1.1",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert "No person has checked" in record["rai:dataAnnotationProtocol"]
    assert len([name for name in record if name.startswith("rai:")]) >= 8
