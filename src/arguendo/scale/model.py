"""A trained sentence CRF as a folder: `model.json`, and beside it CRFsuite models `0.crfsuite`, ...

`model.json` says the task, the threshold, and the SHA-256 of each file in order. Nothing in such a
folder is run when it is read, and no name in it becomes a path. CRFsuite trusts its files, though:
the hashes show damage, not malice, so load models that you or people you trust have trained.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from arguendo.baselines.crf import CrfModel, SentenceCrf
from arguendo.errors import fail, misuse
from arguendo.files import read_bytes, read_json, replace_folder, to_json, write_atomically
from arguendo.release import read_config, splits

TASK = "span-extraction"
_FORMAT = "arguendo sentence-crf 1"
_MAGIC = b"lCRF"
_INSTALL = "Install it: pip install 'arguendo[baselines]'"


def train(data: Path) -> CrfModel:
    """A sentence CRF for span extraction, taught by a built dataset: train, chosen on validation.

    Raises:
        UsageError: no such dataset, or the extra `[baselines]` is not installed.
    """
    _require_crfsuite()
    baseline = SentenceCrf(TASK)
    chosen = read_config(data, TASK, "validation") if "validation" in splits(data, TASK) else []
    baseline.fit(read_config(data, TASK, "train"), chosen)
    return baseline.model


def write_model(folder: Path, model: CrfModel) -> None:
    """Write a model's folder, in the place of another model's if there is one.

    Raises:
        UsageError: the folder holds something else.
    """
    if folder.exists() and not (folder / "model.json").is_file():
        raise misuse(str(folder), "this is no model's folder", "Name a new one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as made:
        fresh = Path(made) / "model"
        for number, data in enumerate(model.models):
            write_atomically(_file(fresh, number), data)
        hashes = [hashlib.sha256(data).hexdigest() for data in model.models]
        record = {"format": _FORMAT, "task": model.task, "threshold": model.threshold, "sha256": hashes}
        write_atomically(fresh / "model.json", to_json(record))
        fresh.chmod(0o755)
        replace_folder(folder, fresh)


def read_model(folder: Path) -> CrfModel:
    """A model as `write_model` wrote it.

    Raises:
        CorpusError: it is damaged, or of another format.
        UsageError: no such folder, or the extra `[baselines]` is not installed.
    """
    _require_crfsuite()
    if not (folder / "model.json").is_file():
        raise misuse(str(folder), "no model is here", "Make one: arguendo scale model --out DIR")
    record = read_json(folder / "model.json")
    if not _is_description(record):
        hint = "Train it again with this version: arguendo scale model"
        raise fail(str(folder / "model.json"), "model-format", f"does not describe a {_FORMAT!r}", hint)
    models = []
    for number, expected in enumerate(record["sha256"]):
        path = _file(folder, number)
        data = read_bytes(path)
        if hashlib.sha256(data).hexdigest() != expected or not data.startswith(_MAGIC):
            raise fail(str(path), "model-hash", "is not the file that was written", "Copy or train it again")
        models.append(data)
    return CrfModel(record["task"], float(record["threshold"]), tuple(models))


def _is_description(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and record.get("format") == _FORMAT
        and record.get("task") == TASK
        and isinstance(record.get("threshold"), int | float)
        and isinstance(record.get("sha256"), list)
    )


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.crfsuite"


def _require_crfsuite() -> None:
    try:
        import pycrfsuite  # noqa: F401
    except ImportError:
        raise misuse("arguendo scale", "needs python-crfsuite", _INSTALL) from None
