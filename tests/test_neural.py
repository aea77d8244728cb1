"""Baselines with a model of the user's choice, on a tiny one with random weights."""

import json
from pathlib import Path

import pytest

from arguendo.cli import main
from arguendo.tasks import OUTPUTS

pytest.importorskip("sentence_transformers", reason="the extra [neural] is not installed")
RUN = ["--split", "train"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer, sixteen dimensions and random weights, with words of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"the court argues holds plaintiff defendant . ,".split(),
    ]
    (folder / "vocab.txt").write_text("\n".join([*words, *map(chr, range(97, 123))]), "utf-8")
    tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=300,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    embedder = Transformer(str(folder), max_seq_length=64)
    dimensions = embedder.get_embedding_dimension()
    SentenceTransformer(modules=[embedder, Pooling(dimensions)]).save(str(folder / "embedder"))
    return folder


@pytest.mark.parametrize("task", ["sentence-roles", "argument-outcome", "holding-disposition"])
def test_embeddings_of_any_model_get_a_linear_head(
    task: str, model: Path, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "p.jsonl"
    where = ["--data", str(dataset), *RUN]
    command = ["baseline", task, "sentence-embeddings", "--model", str(model / "embedder")]
    assert main([*command, *where, "--out", str(out)]) == 0
    assert main(["score", task, str(out), *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["headline"]["value"] > 0
    first = out.read_bytes()
    assert main([*command, *where, "--out", str(out)]) == 0
    assert out.read_bytes() == first


def test_a_transformer_is_fine_tuned(model: Path, dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    where = ["--data", str(dataset), *RUN]
    assert (
        main(["baseline", "sentence-roles", "fine-tuned", "--model", str(model), *where, "--out", str(out)])
        == 0
    )
    assert main(["score", "sentence-roles", str(out), *where]) == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert all(isinstance(line[OUTPUTS["sentence-roles"]], list) for line in lines)


@pytest.mark.parametrize("name", ["sentence-embeddings", "fine-tuned"])
def test_a_model_that_is_not_there_is_said_in_one_line(
    name: str,
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    missing = str(tmp_path / "nothing")
    assert main(["baseline", "sentence-roles", name, "--model", missing, "--data", str(dataset), *RUN]) == 2
    assert "Name a folder, or a model on the Hub" in capsys.readouterr().err
