"""The built dataset: loaded by plain `datasets`, equal to the stored records, the same every time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from arguendo import load
from arguendo.annotation import ATTRIBUTES, LABELS
from arguendo.cli import main
from arguendo.errors import UsageError
from arguendo.records import gold_to_record
from arguendo.tasks import TASKS
from conftest import copy_seed_corpus, first_gold

REPO = Path(__file__).parents[1]
ID = "nysd.18-cv-02897.2018-10-22"
CONFIGS = ["gold", "annotations", *TASKS]


@pytest.fixture(scope="module")
def loaded(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every config through `datasets.load_dataset`, with a cache of its own and no network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        from datasets import load_dataset

        cache = str(tmp_path_factory.mktemp("cache"))
        found: dict[str, Any] = {
            name: load_dataset(str(dataset), name, split="train", cache_dir=cache) for name in CONFIGS
        }
        found["default"] = load_dataset(str(dataset), split="train", cache_dir=cache)
        found["streamed"] = next(
            iter(load_dataset(str(dataset), split="train", streaming=True, cache_dir=cache))
        )
    return found


def named(value: Any, feature: Any) -> Any:
    """A loaded value with class labels by name, by the features that `datasets` gives."""
    from datasets import ClassLabel, List

    if value is None:
        return None
    if isinstance(feature, ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, List):
        return [named(item, feature.feature) for item in value]
    if isinstance(feature, dict):
        return {name: named(value[name], part) for name, part in feature.items()}
    return value


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list) else value


def row(loaded: dict[str, Any], config: str, index: int = 0) -> Any:
    return without_none(named(loaded[config][index], dict(loaded[config].features)))


def test_gold_is_the_default_and_streams(loaded: dict[str, Any]) -> None:
    assert loaded["default"][0] == loaded["gold"][0]
    assert loaded["streamed"]["text"] == loaded["gold"][0]["text"]


def test_labels_are_class_labels_inside_lists(loaded: dict[str, Any]) -> None:
    from datasets import ClassLabel

    for config in ("gold", "annotations", "span-extraction"):
        feature = loaded[config].features["spans"].feature["label"]
        assert isinstance(feature, ClassLabel)
        assert feature.names == list(LABELS)


def test_rows_give_the_stored_records_back(loaded: dict[str, Any]) -> None:
    found = row(loaded, "gold")
    gold = gold_to_record(first_gold())
    opinion = json.loads((REPO / f"corpus/opinions/{ID}/opinion.json").read_bytes())
    text = (REPO / f"corpus/opinions/{ID}/opinion.txt").read_bytes().decode()
    assert found["text"] == text
    for span in found["spans"]:
        assert span.pop("text") == text[span["start"] : span["end"]]
    for origin in found["origins"]:
        assert origin.pop("annotators") == len({raw.split("/")[1] for raw in origin["raw"]})
    for name in ("status", "record", "guidelines", "issues", "spans", "relations", "origins"):
        assert found[name] == gold[name], name
    for name in ("source", "blocks", "emphasis", "sentences", "citations", "pages", "text_sha256"):
        assert found[name] == opinion[name], name
    assert {name: found[name] for name in opinion["metadata"]} == opinion["metadata"]


def test_annotations_give_the_raw_files_back(loaded: dict[str, Any]) -> None:
    found = row(loaded, "annotations")
    for span in found["spans"]:
        del span["text"]
    assert found == json.loads((REPO / f"annotations/rounds/r0/lm-1/{ID}.json").read_bytes())


def test_rows_can_be_read_without_datasets(dataset: Path, loaded: dict[str, Any]) -> None:
    for config in CONFIGS:
        rows = load(dataset, config)
        assert len(rows) == len(loaded[config])
        assert without_none(rows[0]) == row(loaded, config)


def test_rows_are_typed_alike_in_pandas(dataset: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(dataset / "sentence-roles")
    assert list(frame["index"]) == list(range(len(frame)))


def test_building_twice_gives_the_same_bytes(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dataset.parent)
    assert main(["build", "--out", str(tmp_path / "again")]) == 0

    def files(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert files(dataset) == files(tmp_path / "again")


def test_a_new_build_is_not_hidden_by_the_cache_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import load_dataset

    copy_seed_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    gold = tmp_path / "annotations" / "gold" / f"{ID}.json"
    seen = []
    for record in ("first", "other"):  # of one length, so that sizes tell nothing
        gold.write_text(json.dumps({**json.loads(gold.read_bytes()), "record": record}))
        assert main(["build"]) == 0
        rows = load_dataset("build/dataset", split="train", cache_dir=str(tmp_path / "cache"))
        seen.append(rows[0]["record"])
    assert seen == ["first", "other"]


def test_the_card_names_the_configs_and_how_far_to_trust_them(dataset: Path) -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(dataset / "README.md")
    configs = {config["config_name"]: config for config in card.data.configs}
    assert set(configs) == set(CONFIGS)
    assert [name for name, config in configs.items() if config.get("default")] == ["gold"]
    for config in configs.values():
        [files] = config["data_files"]
        assert files["split"] == "train"
        assert list(dataset.glob(files["path"]))
    assert card.data.annotations_creators == ["machine-generated"]
    for words in (
        "The gold of 0 of 1 real opinions is adjudicated, from two passes or more; the rest",
        "Splits (`train`) are by",
        "no person has checked",
    ):
        assert words in card.text


def test_the_lines_of_the_first_screen_load_it(dataset: Path, tmp_path: Path) -> None:
    card = (dataset / "README.md").read_text("utf-8")
    lines = card[card.index("```python\n") + 10 :].split("```")[0]
    assert card.index("```python") - card.index("# arguendo") < 1_500
    assert lines.count("load_dataset(") == 2
    code = lines.replace("FOLDER", str(dataset)) + f"\nassert opinions[0]['id'] == {ID!r} and len(links)\n"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(tmp_path)}
    environment |= {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, timeout=120, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_features_in_the_card_are_those_of_the_files(dataset: Path) -> None:
    import pyarrow.parquet as pq
    from datasets import Features
    from huggingface_hub import DatasetCard

    infos = DatasetCard.load(dataset / "README.md").data.dataset_info
    assert [info["config_name"] for info in infos] == CONFIGS
    for info in infos:
        [split] = info["splits"]
        [path] = (dataset / info["config_name"]).glob(f"{split['name']}-*.parquet")
        schema = pq.read_schema(path)
        features = Features._from_yaml_list(info["features"])
        assert features == Features.from_arrow_schema(schema), info["config_name"]
        assert split["num_examples"] == pq.read_metadata(path).num_rows
        # As Arrow in memory; how nulls are kept differs by how the rows came there.
        assert split["num_bytes"] == pytest.approx(pq.read_table(path).nbytes, rel=0.01)
        assert split["num_bytes"] == info["dataset_size"]
        assert info["download_size"] == path.stat().st_size


def plain(value: Any) -> Any:
    """A value with arrays as lists, whatever library it came through."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize("config", CONFIGS)
def test_other_libraries_read_the_same(library: str, config: str, dataset: Path) -> None:
    import pyarrow.parquet as pq

    [path] = (dataset / config).glob("*.parquet")
    expected = pq.read_table(path).to_pylist()
    if library == "pandas":
        import pandas

        rows = [dict(row) for row in pandas.read_parquet(path, dtype_backend="pyarrow").to_dict("records")]
        found: Any = [{k: None if v is pandas.NA else plain(v) for k, v in row.items()} for row in rows]
    elif library == "polars":
        import polars

        found = polars.read_parquet(path).to_dicts()
    else:
        import duckdb

        relation: Any = duckdb.sql(f"select * from read_parquet('{path}')")
        found = relation.to_arrow_table().to_pylist()
    assert found == expected


def test_what_is_no_dataset_of_ours_is_neither_read_nor_replaced(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(dataset.parent)
    (tmp_path / "precious.txt").write_text("mine")
    assert main(["build", "--out", str(tmp_path)]) == 2
    assert "something else than a built dataset" in capsys.readouterr().err
    assert (tmp_path / "precious.txt").read_text() == "mine"
    with pytest.raises(UsageError):
        load(tmp_path, "gold")


def test_only_span_fields_of_the_inventory_are_columns(loaded: dict[str, Any]) -> None:
    columns = set(loaded["gold"].features["spans"].feature)
    assert columns == {"id", "label", "start", "end", "text", "digest", "issue", "unsure", *ATTRIBUTES}


def test_the_wheel_brings_the_schemas_and_the_command(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*wheel, str(REPO)], check=True, timeout=200)
    [built] = tmp_path.glob("*.whl")
    target = tmp_path / "installed"
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(built)]
    subprocess.run(install, check=True, timeout=200)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from arguendo.validate.schema import schema_folder;"
        "print(schema_folder(), len(list(schema_folder().glob('*.schema.json'))))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(target)], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()
    assert Path(shown[0]) == target / "arguendo" / "schema"
    assert int(shown[1]) == len(list((REPO / "schema").glob("*.schema.json")))
    assert (target / "bin" / "arguendo").is_file()
