"""Requests are counted where a variable names a file, with the units that DynamoDB bills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loupe.costing import counted
from pipeline.adapters import aws_client, s3_client
from pipeline.adapters.dynamo_table import NEW, Check, Delete, Put, Table, Update
from pipeline.adapters.request_count import FILE, size
from pipeline.adapters.s3_store import S3Store
from pipeline.errors import Unavailable


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this process counts."""
    monkeypatch.setenv(FILE, str(tmp_path / "requests"))
    forget()
    yield tmp_path / "requests"
    forget()


def forget() -> None:
    """Have clients be made anew: the variable is looked at when one is made."""
    aws_client._client.cache_clear()
    s3_client._kept.cache_clear()


def units(file: Path) -> dict[str, float]:
    """What was consumed since it was asked the last time."""
    found = counted(file.read_text().splitlines())[1]
    file.write_text("")
    return found


def item(sk: str, length: int, **more: str) -> Put:
    return Put({"pk": "p", "sk": sk, "text": "x" * length, **more})


def test_writes_cost_a_unit_for_each_begun_kilobyte_and_index(table: Table, file: Path) -> None:
    table.write(item("a", 10))
    assert units(file) == {"dynamodb.write": 1}
    table.write(item("b", 2000))
    assert units(file) == {"dynamodb.write": 2}
    table.write(item("c", 10, open_pk="task#1", open_sk="1", days_pk="2026-11-22", days_sk="1"))
    assert units(file) == {"dynamodb.write": 3}
    table.write(Update("p", "b", "SET n=:n", given={"n": 1}))
    table.write(Delete("p", "b"))
    assert units(file) == {"dynamodb.write": 4}


def test_in_a_transaction_everything_costs_double(table: Table, file: Path) -> None:
    table.write(item("a", 10), item("b", 1500), Check("p", "none", NEW))
    assert units(file) == {"dynamodb.write": 2 + 4 + 2}


def test_what_fails_its_condition_costs_as_well(table: Table, file: Path) -> None:
    table.write(item("a", 10))
    units(file)
    assert not table.write(Put({"pk": "p", "sk": "a"}, NEW))
    assert units(file) == {"dynamodb.write": 1}
    assert not table.write(Put({"pk": "p", "sk": "a"}, NEW), item("b", 10))
    assert units(file) == {"dynamodb.write": 4}


def test_reads_cost_a_unit_for_each_begun_4_kilobytes_and_half_from_an_index(
    table: Table, file: Path
) -> None:
    for n in range(3):
        table.write(item(f"{n}", 3000, days_pk="d", days_sk=f"{n}"))
    units(file)
    assert len(list(table.query("p"))) == 3
    assert units(file) == {"dynamodb.read": 3}
    assert len(list(table.index("days", "d"))) == 3
    assert units(file) == {"dynamodb.read": 1.5}
    assert table.get("p", "0")
    assert table.get("p", "none") is None
    assert list(table.query("none")) == []
    assert units(file) == {"dynamodb.read": 3}


def test_every_service_is_counted_and_failures_are_told_as_before(table: Table, file: Path) -> None:
    aws_client.client("sns").list_topics()
    aws_client.client("sns").list_topics()
    with pytest.raises(Unavailable):
        list(S3Store("no-such-bucket").keys("originals"))
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        Table("none").get("p", "a")
    requests, _ = counted(file.read_text().splitlines())
    assert requests == {"sns.ListTopics": 2, "s3.ListObjectsV2": 1, "dynamodb.GetItem": 1}
    assert table.get("p", "a") is None


def test_nothing_is_written_unless_a_file_is_named(table: Table, tmp_path: Path) -> None:
    assert table.write(item("a", 10))
    assert list(tmp_path.iterdir()) == []


def test_an_item_is_as_long_as_its_names_and_values() -> None:
    assert (
        size({"pk": {"S": "ä"}, "n": {"N": "12.5"}, "b": {"B": b"abc"}, "s": {"SS": ["a", "bc"]}})
        == 4 + 4 + 4 + 4
    )
    assert size({"yes": {"BOOL": True}}) == 4
