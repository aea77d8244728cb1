"""Runs over shards, as a user runs them: resumed, killed, out of room, with sources gone."""

import contextlib
import importlib.util
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arguendo.cli import main
from arguendo.scale.shard import part
from conftest import SEED_ID

pytest.importorskip("datatrove", reason="needs the extra [scale]")

SHARDS = 6
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from arguendo.cli import main; sys.exit(main())",
    "scale",
    "run",
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up opinions in Parquet, one of them broken, in six row groups."""
    chance = random.Random(5)
    words = "the court holds that claim fails Smith argues 5 U.S. 137 (1803) id. at 9 because denied".split()

    def text(number: int) -> str:
        said = [" ".join(chance.choices(words, k=60)).capitalize() + "." for _ in range(8)]
        return "\n\n".join([f"Opinion {number}.", *said])

    table = pa.table(
        {
            "text": ["" if number == 9 else text(number) for number in range(SHARDS * 5)],
            "court": ["ca1"] * SHARDS * 5,
            "docket": [f"No. 10-{number}" for number in range(SHARDS * 5)],
            "date": ["2010-01-02"] * SHARDS * 5,
        }
    )
    folder = tmp_path_factory.mktemp("source")
    pq.write_table(table, folder / "opinions.parquet", row_group_size=5)
    return folder


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nothing disturbs leaves."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert main(["scale", "run", str(source), "--out", str(out), "--workers", "1"]) == 0
    return output(out)


def output(out: Path) -> dict[str, bytes]:
    files = [*(out / "opinions").iterdir(), out / "summary.json", out / "plan.json"]
    return {path.name: path.read_bytes() for path in files}


def start(source: Path, out: Path, **more: object) -> subprocess.Popen[str]:
    process: subprocess.Popen[str] = subprocess.Popen(
        [*COMMAND, str(source), "--out", str(out), "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **more,  # type: ignore[call-overload]
    )
    return process


def test_a_run_gives_every_opinion_once_and_counts_problems_by_code(whole: dict[str, bytes]) -> None:
    parts = [whole[f"part-{number:05d}.parquet"] for number in range(SHARDS)]
    rows = [row for data in parts for row in pq.read_table(pa.BufferReader(data)).to_pylist()]
    assert [row["place"] for row in rows] == [f"opinions.parquet#{n // 5}.{n % 5}" for n in range(SHARDS * 5)]
    assert len({row["id"] for row in rows}) == SHARDS * 5
    summary = json.loads(whole["summary.json"])
    assert (summary["rows"], summary["opinions"]) == (SHARDS * 5, SHARDS * 5 - 1)
    assert summary["problems"] == {"empty-source": 1}
    assert summary["citations"] == sum(len(row["citations"] or ()) for row in rows)


def test_killed_at_any_moment_and_run_again_it_comes_to_the_same(
    source: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out, chance = tmp_path / "out", random.Random(8)
    for _ in range(3):
        process = start(source, out)
        time.sleep(chance.uniform(0.5, 6))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    finished = {path: path.stat().st_mtime_ns for path in (out / "opinions").glob("part-*")}
    process = start(source, out)
    assert process.wait(timeout=120) == 0
    process.communicate()
    assert output(out) == whole
    assert {path: path.stat().st_mtime_ns for path in finished} == finished


def test_a_part_that_was_deleted_is_made_again_and_no_other(
    source: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ["scale", "run", str(source), "--out", str(out)]
    assert main(command) == 0
    part(out, 2).unlink()
    others = {path: path.stat().st_mtime_ns for path in (out / "opinions").iterdir()}
    assert main(command) == 0
    assert output(out) == whole
    assert {path: path.stat().st_mtime_ns for path in others} == others


def stopped_writer(out: Path) -> int | None:
    """A process that writes a shard's file, stopped in the middle of it."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if is_unfinished(link, out):
                writer = int(link.parts[2])
                os.kill(writer, signal.SIGSTOP)
                if is_unfinished(link, out):
                    return writer
                os.kill(writer, signal.SIGCONT)
    return None


def is_unfinished(link: Path, out: Path) -> bool:
    target = os.readlink(link)
    return target.startswith(str(out / "opinions" / ".new-")) and Path(target).exists()


def test_a_killed_shard_is_one_line_and_the_others_are_finished(
    source: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start(source, out)
    while (writer := stopped_writer(out)) is None and process.poll() is None:
        time.sleep(0.01)
    assert writer is not None
    os.kill(writer, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    (killed,) = [number for number in range(SHARDS) if not part(out, number).exists()]
    (line,) = [line for line in said.splitlines() if "error" in line]
    assert f"part-{killed:05d}.parquet: error killed" in line
    assert main(["scale", "run", str(source), "--out", str(out)]) == 0
    assert output(out) == whole


def run_on(settings: str, source: Path, folder: Path) -> int:
    cluster = folder / "cluster.toml"
    cluster.write_text(settings, "utf-8")
    return main(["scale", "run", str(source), "--out", str(folder / "out"), "--cluster", str(cluster)])


FAKES = {
    "a queue that does not answer": ("echo 'Unable to contact slurm controller' >&2; exit 1", 1, "Unable to"),
    "jobs that wait": ("echo Priority; echo None", 0, "Slurm still has its jobs, arguendo-"),
    "a job that waits for ever": ("echo DependencyNeverSatisfied", 1, "'sbatch'"),
}


@pytest.mark.parametrize("case", FAKES)
def test_nothing_is_submitted_while_slurm_may_have_it(
    case: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """What `squeue` says, by one that says it; there is no `sbatch`, so what is submitted is refused."""
    script, code, words = FAKES[case]
    (tmp_path / "squeue").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (tmp_path / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    settings = 'executor = "slurm"\nworkers = 2\ntime = "1:00"\npartition = "cpu"\n'
    assert run_on(settings, source, tmp_path) == code
    *_, last = capsys.readouterr().err.splitlines()
    assert words in last


def test_without_ray_it_says_what_to_install(source: Path, tmp_path: Path, capsys: Any) -> None:
    if importlib.util.find_spec("ray"):
        pytest.skip("ray is installed")
    assert run_on('executor = "ray"\nworkers = 2\n', source, tmp_path) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert "pip install ray" in last


def test_settings_that_an_executor_does_not_take_are_one_line(
    source: Path, tmp_path: Path, capsys: Any
) -> None:
    assert run_on('executor = "local"\nworkers = 2\nlocal_tasks = 900\n', source, tmp_path) == 1
    *_, last = capsys.readouterr().err.splitlines()
    assert "the configuration that --cluster names: error settings: Local tasks go beyond" in last


def test_without_room_nothing_half_written_stays_and_what_is_done_is_kept(
    source: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    small = min(len(data) for name, data in whole.items() if name.startswith("part"))
    limit = small // 2

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start(source, out, preexec_fn=no_room)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if "error" in line]
    assert all("error disk: cannot be written: " in line for line in lines)
    assert len(lines) == SHARDS
    assert [*(out / "opinions").iterdir()] == []
    assert main(["scale", "run", str(source), "--out", str(out)]) == 0
    assert output(out) == whole


def test_a_vanished_source_is_one_line_and_finished_parts_stay(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given"
    shutil.copytree(source, given)
    out = tmp_path / "out"
    command = ["scale", "run", str(given), "--out", str(out)]
    assert main(command) == 0
    part(out, 1).unlink()
    (given / "opinions.parquet").write_bytes((given / "opinions.parquet").read_bytes()[:-9])
    assert main(command) == 1
    assert "opinions.parquet: error parquet" in capsys.readouterr().err
    (given / "opinions.parquet").unlink()
    assert main(command) == 2
    assert "no opinions are here" in capsys.readouterr().err
    assert len([*(out / "opinions").iterdir()]) == SHARDS - 1


def test_a_folder_of_another_run_is_left_alone(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    assert main(["scale", "run", str(source), "--out", str(tmp_path / "out")]) == 2
    assert "holds something else" in capsys.readouterr().err
    out = tmp_path / "other"
    assert main(["scale", "run", str(source), "--out", str(out)]) == 0
    (source / "more.txt").write_text("Opinion of the court.")
    try:
        assert main(["scale", "run", str(source), "--out", str(out)]) == 2
    finally:
        (source / "more.txt").unlink()
    assert "over other sources" in capsys.readouterr().err


def test_the_seed_comes_out_of_a_folder_with_a_model(
    repo_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pycrfsuite", reason="needs the extra [baselines]")
    from arguendo.baselines.crf import SentenceCrf
    from arguendo.scale.model import write_model
    from arguendo.store import Store
    from arguendo.tasks import span_extraction
    from conftest import first_gold

    baseline = SentenceCrf("span-extraction")
    baseline.fit([*span_extraction(Store(repo_root).read_opinion(SEED_ID), first_gold())], [])
    write_model(tmp_path / "model", baseline.model)
    shutil.copy(repo_root / "corpus" / "opinions" / SEED_ID / "source.md", tmp_path / "seed.md")
    out = tmp_path / "out"
    given = ["scale", "run", str(tmp_path / "seed.md"), "--out", str(out), "--model", str(tmp_path / "model")]
    assert main([*given, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    row = pq.read_table(part(out, 0)).to_pylist()[0]
    assert row["id"] == SEED_ID
    assert sum(summary["spans"].values()) == len(row["spans"]) > 10


@pytest.mark.parametrize(
    ("toml", "said"),
    [("executor = ", "not TOML"), ("executor = 'pbs'", "names no executor"), ("executor='local'\nx=1", "x")],
)
def test_a_broken_configuration_is_said(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], toml: str, said: str
) -> None:
    (tmp_path / "c.toml").write_text(toml)
    command = [
        "scale",
        "run",
        str(source),
        "--out",
        str(tmp_path / "o"),
        "--cluster",
        str(tmp_path / "c.toml"),
    ]
    assert main(command) == 1
    assert said in capsys.readouterr().err
