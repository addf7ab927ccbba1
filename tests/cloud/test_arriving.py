"""Notifications of a bucket become arrivals, once each, whatever they look like."""

import json
from typing import Any

import pytest

from loupe.cloud.arriving import arrivals, take_in
from pipeline.adapters.memory_ledger import MemoryLedger


def record(key: str = "drop/a.jpg", **more: Any) -> dict[str, Any]:
    found = {"key": key, "size": 10, "eTag": "abc", "sequencer": "0"} | more.pop("object", {})
    return {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "store"}, "object": found}} | more


def body(*records: dict[str, Any]) -> str:
    return json.dumps({"Records": records})


def test_an_object_becomes_an_arrival() -> None:
    ((delivery, source),) = arrivals(json.loads(body(record())))
    assert (source.kind, source.name, source.locator) == ("s3", "a.jpg", "s3://store/drop/a.jpg?abc")
    assert delivery.startswith("s3/")


def test_names_are_read_as_they_were_given() -> None:
    ((_, source),) = arrivals(json.loads(body(record("drop/Gr%C3%BC%C3%9Fe+aus+Rom%2B.jpg"))))
    assert source.name == "Grüße aus Rom+.jpg"
    assert source.locator == "s3://store/drop/Gr%C3%BC%C3%9Fe%20aus%20Rom%2B.jpg?abc"


def test_the_same_content_under_the_same_key_is_the_same_delivery() -> None:
    ledger = MemoryLedger()
    assert take_in(ledger, body(record(), record())) == 1
    assert take_in(ledger, body(record())) == 0
    assert take_in(ledger, body(record(object={"eTag": "other"}))) == 1
    assert take_in(ledger, body(record("drop/b.jpg"))) == 1


def test_entering_starts_nothing_by_itself() -> None:
    ledger = MemoryLedger()
    take_in(ledger, body(record()))
    (image,) = ledger.images("", 9)
    assert ledger.open_tasks(image) == {}
    assert ledger.stalled(9) == [image]


@pytest.mark.parametrize(
    "said",
    [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "store"},
        {"Records": [record("drop/folder/")]},
        {"Records": [record(object={"size": 0})]},
        {"Records": [record(eventName="ObjectRemoved:Delete")]},
        {"Records": []},
    ],
)
def test_what_is_no_picture_enters_nothing(said: dict[str, Any]) -> None:
    assert list(arrivals(said)) == []


def test_names_of_another_form_are_taken_too() -> None:
    assert list(arrivals({"Records": [record(eventName="s3:ObjectCreated:CompleteMultipartUpload")]}))


def test_long_names_are_cut_for_people_and_whole_for_machines() -> None:
    ((_, source),) = arrivals(json.loads(body(record("drop/" + "x" * 900 + ".jpg"))))
    assert len(source.name) == 200
    assert source.name.endswith(".jpg")
    assert len(source.locator) > 900
