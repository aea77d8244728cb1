"""Streams of what people have: a CourtListener dump, a volume, Parquet, a folder; whole and damaged."""

import bz2
import csv
import json
import random
import zipfile
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arguendo.errors import CorpusError, UsageError
from arguendo.records import Record
from arguendo.scale.batches import convert_batch
from arguendo.scale.bzip import Damaged, read_blocks
from arguendo.scale.dump import Broken, open_table, read_rows
from arguendo.scale.facts import build_facts
from arguendo.scale.sources import plan_shards, read_shard

COLUMNS = ("id", "date_created", "type", "plain_text", "html_with_citations", "cluster_id")
OPINION = (
    "<p>Smith argues that the claim fails, citing <i>Doe v. Roe</i>, 5 U.S. 137 (1803).</p><p>We affirm.</p>"
)


def rows(count: int, seed: int = 1) -> list[Record]:
    """Rows with quotation marks, commas, backslashes and line breaks where a reader could trip over them."""
    chance = random.Random(seed)
    words = ['"', "\\", ",", "\n", '\n"7","2020-01-01 00:00:00', '\\"', "é", "§", "court", "\r\n", " held "]
    return [
        {
            "id": str(number),
            "date_created": "2020-01-01 00:00:00.123+00",
            "type": "020lead",
            "plain_text": "".join(chance.choices(words, k=chance.randrange(600))),
            "html_with_citations": OPINION,
            "cluster_id": str(number + 1_000),
        }
        for number in range(1, count + 1)
    ]


def csv_bytes(table: list[Record], columns: tuple[str, ...], backslash: bool) -> bytes:
    """As PostgreSQL's COPY writes it, with FORCE_QUOTE *, and with or without ESCAPE '\\'."""

    def quoted(value: str) -> str:
        if backslash:
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return '"' + value.replace('"', '""') + '"'

    lines = [",".join(columns), *(",".join(quoted(row[name]) for name in columns) for row in table)]
    return ("\n".join(lines) + "\n").encode()


def write_dump(
    path: Path, table: list[Record], columns: tuple[str, ...] = COLUMNS, backslash: bool = True
) -> Path:
    # The smallest blocks, 100,000 bytes, so that rows run across them.
    path.write_bytes(bz2.compress(csv_bytes(table, columns, backslash), 1))
    return path


def test_blocks_are_the_file(tmp_path: Path) -> None:
    data = csv_bytes(rows(1_500), COLUMNS, True)
    path = tmp_path / "x.bz2"
    path.write_bytes(bz2.compress(data[:400_000], 1) + bz2.compress(data[400_000:], 1))
    blocks = [block for _, block in read_blocks(path, 0, 1)]
    assert len(blocks) > 8
    assert b"".join(block for block in blocks if isinstance(block, bytes)) == data


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dump(tmp_path_factory.mktemp("dump") / "opinions-2026-09-30.csv.bz2", rows(1_500))


@given(st.lists(st.integers(0, 1_000_000), max_size=5))
def test_stretches_hold_every_row_once_however_the_file_is_cut(dump: Path, cuts: list[int]) -> None:
    size = dump.stat().st_size
    table = open_table(dump, ("id",))
    edges = [0, *sorted(cut % size for cut in cuts), size]
    found = [row for start, end in pairwise(edges) for row in read_rows(table, start, end)]
    assert found == rows(1_500)


@pytest.mark.parametrize("backslash", [True, False])
def test_both_ways_of_quoting_are_told_apart(tmp_path: Path, backslash: bool) -> None:
    path = write_dump(tmp_path / "opinions-1.csv.bz2", rows(30), backslash=backslash)
    assert [*read_rows(open_table(path, ()), 0, path.stat().st_size)] == rows(30)


def test_rows_as_pythons_own_writer_quotes_them(tmp_path: Path) -> None:
    table = [{**row, "plain_text": row["plain_text"].replace("\n", " ")} for row in rows(30)]
    with bz2.open(tmp_path / "opinions-1.csv.bz2", "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    path = tmp_path / "opinions-1.csv.bz2"
    assert [*read_rows(open_table(path, ()), 0, path.stat().st_size)] == table


def test_broken_quoting_costs_one_row(tmp_path: Path) -> None:
    lines = (
        csv_bytes(rows(9), COLUMNS, True).replace(b'"4","2020', b'"4,"2020', 1).replace(b'"6","2', b'6,"2', 1)
    )
    path = tmp_path / "opinions-1.csv.bz2"
    path.write_bytes(bz2.compress(lines))
    found = [*read_rows(open_table(path, ()), 0, path.stat().st_size)]
    # An id without its quotation marks is as good as one with them.
    kept = [row["id"] for row in found if not isinstance(row, Broken)]
    broken = [row for row in found if isinstance(row, Broken)]
    assert {row.code for row in broken} == {"csv-row"}
    assert len(kept) + len(broken) in (8, 9)
    assert {"1", "2", "5", "6", "7", "8", "9"} <= {*kept}


def test_a_truncated_file_gives_what_is_whole_and_says_what_is_lost(dump: Path, tmp_path: Path) -> None:
    cut = tmp_path / "opinions-1.csv.bz2"
    cut.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    found = [*read_rows(open_table(cut, ()), 0, cut.stat().st_size)]
    whole = [row for row in found if not isinstance(row, Broken)]
    assert whole == rows(1_500)[: len(whole)]
    assert len(whole) > 300
    assert [row.code for row in found if isinstance(row, Broken)] == ["csv-row", "bzip2"]


def test_a_damaged_block_costs_its_rows_alone(dump: Path, tmp_path: Path) -> None:
    data = bytearray(dump.read_bytes())
    starts = [at for at, _ in read_blocks(dump, 0, 1)]
    data[starts[3] + 2_000] ^= 255
    path = tmp_path / "opinions-1.csv.bz2"
    path.write_bytes(data)
    assert sum(isinstance(block, Damaged) for _, block in read_blocks(path, 0, 1)) == 1
    size = len(data)
    table = open_table(path, ())
    whole = [*read_rows(table, 0, size)]
    assert [row.code for row in whole if isinstance(row, Broken)] == ["csv-row", "bzip2"]
    kept = [row for row in whole if not isinstance(row, Broken)]
    assert 0.8 < len(kept) / 1_500 < 1
    assert [row for row in rows(1_500) if row in kept] == kept
    for cut in (starts[2] + 1, starts[3], starts[3] + 1, starts[4]):
        assert [row for a, b in ((0, cut), (cut, size)) for row in read_rows(table, a, b)] == whole


def test_missing_columns_are_named(tmp_path: Path) -> None:
    write_dump(tmp_path / "opinions-1.csv.bz2", rows(3), ("id", "date_created", "cluster_id"))
    with pytest.raises(CorpusError, match="no column holds opinions"):
        plan_shards([tmp_path], tmp_path / "out")
    pq.write_table(pa.table({"name": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(CorpusError, match="no column holds opinions"):
        plan_shards([tmp_path / "a.parquet"], tmp_path / "out")


@pytest.mark.parametrize("data", [b"", b"not bzip2 at all", bz2.compress(b"a,b\n")[:20]])
def test_what_is_no_bzip2_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "opinions-1.csv.bz2").write_bytes(data)
    with pytest.raises(CorpusError, match=r"opinions-1\.csv\.bz2.*bzip2"):
        plan_shards([tmp_path], tmp_path / "out")


def test_an_opinion_of_a_dump_has_what_clusters_and_dockets_say(tmp_path: Path) -> None:
    write_dump(tmp_path / "opinions-1.csv.bz2", rows(3))
    made = "2020-01-01 00:00:00+00"
    clusters = [
        {"id": str(n + 1_000), "date_created": made, "date_filed": f"2019-05-0{n}", "case_name": f"A v. B{n}",
         "docket_id": str(n + 50)}
        for n in (1, 3)
    ]  # fmt: skip
    write_dump(tmp_path / "opinion-clusters-1.csv.bz2", clusters, tuple(clusters[0]))
    dockets = [
        {"id": str(n), "date_created": made, "court_id": "ca2", "docket_number": f"No. 18-{n}"}
        for n in range(90)
    ]
    write_dump(tmp_path / "dockets-1.csv.bz2", dockets, tuple(dockets[0]))
    shards, others = plan_shards([tmp_path], tmp_path / "out")
    assert others == []
    facts = tmp_path / "facts.sqlite"
    build_facts(tmp_path / "opinions-1.csv.bz2", facts)
    found = [
        row
        for shard in shards
        for batch in read_shard(shard, facts)
        for row in convert_batch(batch).to_pylist()
    ]
    assert [row["id"] for row in found] == ["ca2.18-51.2019-05-01", None, "ca2.18-53.2019-05-03"]
    assert [row["place"] for row in found] == [f"opinions-1.csv.bz2#{n}" for n in (1, 2, 3)]
    assert found[0]["case_name"] == "A v. B1"
    assert found[0]["citations"][0]["normalised"] == "5 U.S. 137"


def case(number: int) -> dict[str, object]:
    opinions = [{"text": "The judgment is affirmed.", "type": "majority", "author": None}]
    return {
        "name": f"A v. B{number}",
        "decision_date": "1953-11-06",
        "docket_number": f"No. {number}",
        "court": {"name": "District of Columbia Court of Appeals"},
        "casebody": {"head_matter": "", "opinions": opinions},
    }


def test_a_volume_gives_each_case_once_with_the_facts_of_its_record(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "100.zip", "w") as volume:
        for number in (1, 2):
            volume.writestr(f"json/000{number}-01.json", json.dumps(case(number)))
        volume.writestr(
            "html/0001-01.html", "<section class='casebody'><p>The judgment is reversed.</p></section>"
        )
        volume.writestr("html/0003-01.html", "<p>It is so ordered.</p>")
        volume.writestr("metadata/CasesMetadata.json", "[]")
    shards, _ = plan_shards([tmp_path], tmp_path / "out")
    found = [
        row
        for shard in shards
        for batch in read_shard(shard, None)
        for row in convert_batch(batch).to_pylist()
    ]
    assert [(row["place"], row["docket"], row["text"]) for row in found] == [
        ("100.zip#html/0001-01.html", "1", "The judgment is reversed."),
        ("100.zip#html/0003-01.html", None, None),
        ("100.zip#json/0002-01.json", "2", "The judgment is affirmed."),
    ]


def test_a_damaged_volume_and_a_damaged_case_are_problems(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as volume:
        volume.writestr("html/1.html", "<p>one</p>" * 200)
        volume.writestr("html/2.html", "<p>two</p>")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[45] ^= 255
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "b.zip").write_bytes(data[:-30])
    shards, _ = plan_shards([tmp_path], tmp_path / "out")
    found = [row for shard in shards for batch in read_shard(shard, None) for row in batch.to_pylist()]
    codes = {row["place"]: [problem["code"] for problem in row["problems"]] for row in found}
    assert codes == {"a.zip#html/1.html": ["zip"], "a.zip#html/2.html": [], "b.zip": ["zip"]}


def test_parquet_and_a_folder_are_read_like_a_file(tmp_path: Path, seed_bytes: bytes) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "seed.md").write_bytes(seed_bytes)
    (tmp_path / "more" / "notes.docx").write_bytes(b"PK")
    table = pa.table({"text": [seed_bytes.decode()] * 3, "court": ["ca1", None, None], "html": [OPINION] * 3})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    shards, others = plan_shards([tmp_path], tmp_path / "out")
    assert [path.name for path in others] == ["notes.docx"]
    assert [shard["kind"] for shard in shards] == ["parquet", "parquet", "files"]
    found = [
        row
        for shard in shards
        for batch in read_shard(shard, None)
        for row in convert_batch(batch).to_pylist()
    ]
    assert [row["court"] for row in found] == ["ca1", "nysd", "nysd", "nysd"]
    assert len({row["text_sha256"] for row in found}) == 1


def test_a_source_that_vanished_is_named(tmp_path: Path) -> None:
    write_dump(tmp_path / "opinions-1.csv.bz2", rows(3))
    (tmp_path / "a.txt").write_text("words")
    shards, _ = plan_shards([tmp_path], tmp_path / "out")
    for path in tmp_path.iterdir():
        path.unlink()
    for shard in shards:
        with pytest.raises(CorpusError, match=r"(opinions-1\.csv\.bz2|a\.txt).*No such file"):
            list(read_shard(shard, None))


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no opinions are here"):
        plan_shards([tmp_path], tmp_path / "out")
    with pytest.raises(UsageError, match="no such file"):
        plan_shards([tmp_path / "absent"], tmp_path / "out")
