"""The words in which adapters speak with the table."""

import os
import random
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_table import (
    NEW,
    THERE,
    Check,
    Delete,
    Put,
    Table,
    Update,
    Value,
    dumped,
    loaded,
)
from pipeline.errors import Unavailable
from tests.aws.requests import asked


def item(sk: str, **more: Value) -> dict[str, Value]:
    return {"pk": "p", "sk": sk, **more}


def test_what_was_put_is_read_as_it_was(table: Table) -> None:
    given = item(
        "a",
        text="ä",
        number=3,
        small=1.25,
        late=1_790_000_000.123456,
        yes=True,
        raw=b"\0",
        some=frozenset("ab"),
    )
    assert table.write(Put(given | {"nothing": None}))
    assert table.get("p", "a") == given
    assert table.get("p", "b") is None


@pytest.mark.parametrize("number", [0, -7, 10**15, 0.1, 1e-9, -2.5e-5, 1_790_000_000.123456])
def test_numbers_keep_their_value(number: float) -> None:
    assert loaded(dumped({"n": number})) == {"n": number}


def test_a_partition_is_read_in_order_by_prefix_and_from_a_place_on(table: Table) -> None:
    keys = ["a#1", "a#2", "b#1", "b#2", "c"]
    for sk in random.sample(keys, len(keys)):
        table.write(Put(item(sk)))
    assert [i["sk"] for i in table.query("p")] == keys
    assert [i["sk"] for i in table.query("p", "b#")] == ["b#1", "b#2"]
    assert [i["sk"] for i in table.query("p", after="a#2")] == ["b#1", "b#2", "c"]
    assert [i["sk"] for i in table.query("p", "a", after="a#1")] == ["a#2"]
    assert [i["sk"] for i in table.query("p", backwards=True)] == keys[::-1]
    assert list(table.query("q")) == []


def test_more_than_a_page_is_read_whole(table: Table) -> None:
    for n in range(12):
        table.write(Put(item(f"{n:03}", text="x" * 200_000)))
    assert len(list(table.query("p"))) == 12


def test_an_index_holds_only_what_has_its_keys(table: Table) -> None:
    for n in range(4):
        table.write(Put(item(f"i{n}", days_pk="2026-11-22" if n else None, days_sk=f"{n}" if n else None)))
    assert [i["sk"] for i in table.index("days", "2026-11-22")] == ["i1", "i2", "i3"]
    assert [i["sk"] for i in table.index("days", "2026-11-22", after="1")] == ["i2", "i3"]
    assert [i["sk"] for i in table.index("days", "2026-11-22", before="3", backwards=True)] == ["i2", "i1"]


def test_an_index_is_counted_and_read_in_small_pages(table: Table) -> None:
    for n in range(5):
        table.write(Put(item(f"i{n}", days_pk="2026-11-22", days_sk=f"{n}")))
    assert table.count("days", "2026-11-22") == 5
    assert table.count("days", "2026-11-23") == 0
    with asked() as names:
        found = table.index("days", "2026-11-22", backwards=True, page=2)
        assert [next(found)["sk"], next(found)["sk"]] == ["i4", "i3"]
    assert names == ["Query"]
    assert [i["sk"] for i in found] == ["i2", "i1", "i0"]


def test_an_insertion_happens_once(table: Table) -> None:
    assert table.write(Put(item("a", n=1), NEW))
    assert not table.write(Put(item("a", n=2), NEW))
    assert table.get("p", "a") == item("a", n=1)


def test_steps_happen_together_or_not_at_all(table: Table) -> None:
    table.write(Put(item("old")))
    assert not table.write(Put(item("new")), Delete("p", "old"), Check("p", "absent", THERE))
    assert [i["sk"] for i in table.query("p")] == ["old"]
    assert table.write(Put(item("new")), Delete("p", "old"), Check("p", "absent", NEW))
    assert [i["sk"] for i in table.query("p")] == ["new"]


def test_an_update_may_name_reserved_words(table: Table) -> None:
    table.write(Put(item("a", state="waiting", owner="me")))
    change = Update(
        "p", "a", "SET #state=:new REMOVE #owner", "#state=:old", {"new": "done", "old": "waiting"}
    )
    assert table.write(change)
    assert not table.write(change)
    assert table.get("p", "a") == item("a", state="done")


def test_writers_that_meet_all_get_through(table: Table) -> None:
    table.write(Put(item("sum", n=0)))
    start = Barrier(4)

    def add(who: int) -> None:
        start.wait()
        for n in range(10):
            table.write(
                Update("p", "sum", "SET #n=#n+:one", given={"one": 1}), Put({"pk": "q", "sk": f"{who}/{n}"})
            )

    threads = [Thread(target=add, args=(who,)) for who in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert table.get("p", "sum") == item("sum", n=40)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_write_that_meets_a_transaction_is_tried_again(
    table: Table, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    operation = "put_item" if steps == 1 else "transact_write_items"
    real, refusals = getattr(client("dynamodb"), operation), iter([refusal(steps)] * 2)

    def refuse(**given: Any) -> Any:
        if fault := next(refusals, None):
            raise fault
        return real(**given)

    monkeypatch.setattr(client("dynamodb"), operation, refuse)
    monkeypatch.setattr("pipeline.adapters.dynamo_table.PAUSE", 0.001)
    assert table.write(*(Put(item(f"{n}")) for n in range(steps)))
    assert len(list(table.query("p"))) == steps
    monkeypatch.setattr(client("dynamodb"), operation, Mock(side_effect=refusal(steps)))
    with pytest.raises(Unavailable, match="busy with other writes"):
        table.write(*(Put(item(f"{n}")) for n in range(steps)))


def refusal(steps: int) -> ClientError:
    """As AWS words it for a single write and for a transaction."""
    if steps == 1:
        return ClientError({"Error": {"Code": "TransactionConflictException"}}, "PutItem")
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    told = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return ClientError(told, "TransactWriteItems")


def test_nothing_to_do_is_done(table: Table) -> None:
    assert table.write()


def test_a_table_that_is_not_there_is_told_in_words(table: Table) -> None:
    with pytest.raises(Unavailable, match="table loupe-none answered ResourceNotFoundException to GetItem"):
        Table("loupe-none").get("p", "a")


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("", "no region is set; say AWS_REGION"),
        ("eu-central-1", "there are no credentials; run `aws configure`"),
    ],
)
def test_who_has_not_said_where_or_who_is_told_how(
    region: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if region:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:9/{tmp_path.name}")  # a client of its own
    with pytest.raises(Unavailable, match=words):
        Table("loupe-none").get("p", "a")
