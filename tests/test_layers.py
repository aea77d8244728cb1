"""Data flows one way: a module imports only modules above it, and only the command line prints."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "arguendo"
ORDER = (
    "errors offsets sourcemap opinion annotation readers.limits readers.entities readers.layout "
    "subopinions caption readers.chunks readers.lines readers.container readers.inline readers.markdown "
    "readers.text readers.html readers.pdf readers.courtlistener readers.cap readers.fastcase readers "
    "citation_tokens structure convert records fetch bootstrap metrics tasks validate.rules "
    "validate.schema validate.opinions validate.annotations validate files challenge store drafts "
    "reanchor predictions scorer agreement.gamma agreement.nominal agreement.unitising "
    "agreement.figures agreement.disagreements agreement adjudicate splits search baselines.chance "
    "baselines.cue_phrases baselines.fields baselines.cue_answers baselines.bag_of_words "
    "baselines.sequences baselines.crf baselines.linear baselines.embeddings baselines.fine_tuned "
    "baselines.linking baselines sentence_table card croissant dataset_record parquet release hub "
    "publish diff harness.prompts harness.inspect_tasks harness.lm_eval.tasks harness.lm_eval harness "
    "leaderboard benchmark pictures report pages.markup pages.prose pages.body pages.opinion "
    "pages.agreement pages.benchmark pages.challenge pages.site pages labelstudio.config "
    "labelstudio.page labelstudio.regions labelstudio.exports labelstudio.server labelstudio "
    "scale.batches scale.bzip scale.dump scale.facts scale.sources scale.model scale.shard "
    "scale.cluster scale.preload scale.engine scale interchange.parsed interchange.tokens "
    "interchange.brat interchange.conll interchange.jsonl interchange.spacy interchange.webanno "
    "interchange.webanno_reader interchange __init__ cli.commands cli.agree cli.benchmark cli.corpus "
    "cli.interchange cli.label cli.release cli.scale cli.site cli "
).split()


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Modules of the package that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "arguendo":
            inside = node.module.removeprefix("arguendo").lstrip(".")
            for alias in node.names:
                name = f"{inside}.{alias.name}".lstrip(".")
                found.add(name if name in MODULES else inside or "__init__")
    return found


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(MODULES)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_modules_above_it(module: str) -> None:
    above = set(ORDER[: ORDER.index(module)])
    assert imported(MODULES[module]) <= above


@pytest.mark.parametrize("module", [name for name in ORDER if not name.startswith("cli")])
def test_only_the_command_line_prints(module: str) -> None:
    calls = [
        node for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
