"""The actor in JavaScript (examples/javascript): what it estimates, and what it leaves in the table."""

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from pipeline.adapters.dynamo_table import Put, Table
from pipeline.ledger import Row
from pipeline.results import Accepted
from pipeline.shortid import new_image
from pipeline.topic import Message, settled, source
from tests.aws.javascript import EXAMPLE, deployed
from tests.aws.tables import table
from tests.flow.driving import eventually
from tests.servers.ministack import MiniStack

pytestmark = pytest.mark.usefixtures("in_aws")
ASK = """
import { luminance, quality } from "./jpeg.mjs";
import { readFileSync } from "node:fs";
const found = process.argv.slice(1).map((path) => luminance(readFileSync(path)));
console.log(JSON.stringify(found.map((each) => each && quality(each))));
"""


def estimated(*paths: Path) -> list[Any]:
    asked = subprocess.run(
        ["node", "--input-type=module", "-e", ASK, *map(str, paths)],
        cwd=EXAMPLE, capture_output=True, check=True, text=True,
    )  # fmt: skip
    found: list[Any] = json.loads(asked.stdout)
    return found


def jpeg(quality: int, **more: Any) -> bytes:
    whole = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(whole, "JPEG", quality=quality, **more)
    return whole.getvalue()


def test_the_quality_that_a_file_was_made_with_is_found(tmp_path: Path) -> None:
    qualities = list(range(1, 101))
    for each in qualities:
        (tmp_path / f"{each}").write_bytes(
            jpeg(each, progressive=each % 2 == 0, exif=b"Exif\0\0" + b"x" * 9000)
        )
    found = estimated(*(tmp_path / f"{each}" for each in qualities))
    assert [each["distance"] for each in found] == [0] * 100
    assert [each["quality"] for each in found] == qualities


def test_a_camera_with_tables_of_its_own_is_put_beside_the_nearest(tmp_path: Path) -> None:
    own = [min(255, n + 3) for n in range(64)]
    (tmp_path / "own").write_bytes(jpeg(0, qtables=[own, own]))
    (found,) = estimated(tmp_path / "own")
    assert 1 <= found["quality"] <= 100
    assert found["distance"] > 1


def test_what_is_no_jpeg_or_breaks_off_has_none(tmp_path: Path) -> None:
    whole = jpeg(80)
    table = whole.index(b"\xff\xdb")
    wrong = [b"", b"\xff", b"\xff\xd8", whole[: table + 20], b"\xff\xd8\xff\xdb\x00\x00", b"\x89PNG" + whole]
    wrong += [whole[:table] + b"\xff\xda" + whole[table + 2 :], b"\xff\xd8" + b"\xff\xdb\x00\x03\x00"]
    for n, each in enumerate(wrong):
        (tmp_path / f"{n}").write_bytes(each)
    assert estimated(*(tmp_path / f"{n}" for n in range(len(wrong)))) == [None] * len(wrong)


def test_fill_bytes_tables_of_16_bits_and_several_in_one_segment_are_read(tmp_path: Path) -> None:
    eight = bytes([1, *[7] * 64])
    wide = b"\x10" + b"".join(n.to_bytes(2) for n in [16, 11, 12, *[300] * 61])
    segment = eight + wide
    body = b"\xff\xd8\xff\xff\xff\xdb" + (len(segment) + 2).to_bytes(2) + segment + b"\xff\xda"
    (tmp_path / "odd").write_bytes(body)
    (found,) = estimated(tmp_path / "odd")
    assert found["quality"] < 25


@dataclass
class House:
    """The function, deployed beside a table, a bucket and a topic."""

    aws: MiniStack
    table: Table
    bucket: str
    topic: str
    stack: Any

    def picture(self, body: bytes | None, *, there: bool = True) -> Row:
        """An image whose original was accepted: the row that says so."""
        image = new_image()
        if there:
            self.table.write(Put({"pk": image, "sk": "image", "state": "open"}))
        key = f"originals/{image}"
        if body is not None:
            self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
        accepted = Accepted("0" * 64, key, "JPEG", 256, 256, len(body or b""))
        return Row(image, "accept_image", accepted, datetime.now(UTC), attempts=1)

    def tell(self, message: Message) -> None:
        attributes = {n: {"DataType": "String", "StringValue": v} for n, v in message.attributes.items()}
        self.aws.client("sns").publish(
            TopicArn=self.topic, Message=message.body, MessageAttributes=attributes
        )

    def found(self, row: Row) -> dict[str, Any] | None:
        return self.table.get(row.image, f"result#estimate_quality#{row.revision:06}")

    def waiting(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        sqs = self.aws.client("sqs")
        told = sqs.get_queue_attributes(QueueUrl=self.stack[queue], AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)


@pytest.fixture(scope="module")
def house(aws: MiniStack) -> Iterator[House]:
    name = f"javascript-{uuid4().hex[:8]}"
    rows = table(aws)
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    topic = aws.client("sns").create_topic(Name=name)["TopicArn"]
    stack = deployed(aws, name, name, TopicArn=topic, TableName=rows.name, StoreBucket=name)
    yield House(aws, rows, name, topic, stack)
    aws.client("cloudformation").delete_stack(StackName=name)


def told(row: Row) -> Message:
    return settled(row, source("loupe"))


def test_what_was_accepted_gets_a_row_of_its_own(house: House) -> None:
    row = house.picture(jpeg(83))
    house.tell(told(row))
    eventually(lambda: house.found(row), 30)
    found = house.found(row) or {}
    at, ms = found.pop("at"), found.pop("ms")
    assert json.loads(json.loads(found.pop("body"))["data"]) == {"quality": 83, "distance": 0}
    assert abs(at - row.at.timestamp()) < 30
    assert 0 < ms < 10_000
    assert json.loads(found.pop("inputs")) == {"accept_image": 1}
    assert found == {
        "pk": row.image, "sk": "result#estimate_quality#000001", "kind": "Foreign", "state": "done",
        "version": 1, "attempts": 1,
    }  # fmt: skip


def test_each_event_leaves_one_row_however_often_it_comes(house: House) -> None:
    row = house.picture(jpeg(70))
    house.tell(told(row))
    eventually(lambda: house.found(row), 30)
    first = house.found(row)
    house.aws.client("s3").put_object(Bucket=house.bucket, Key=f"originals/{row.image}", Body=jpeg(20))
    house.tell(told(row))
    again = replace(row, revision=2)
    house.tell(told(again))
    eventually(lambda: house.found(again) and not house.waiting("Queue"), 30)
    assert house.found(row) == first
    assert json.loads(json.loads((house.found(again) or {})["body"])["data"])["quality"] == 20


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"\x89PNG\r\n\x1a\n", "It has no JPEG tables."), (None, "The original is not at hand.")],
)
def test_what_it_cannot_estimate_is_a_skipped_row(house: House, body: bytes | None, reason: str) -> None:
    row = house.picture(body)
    house.tell(told(row))
    eventually(lambda: house.found(row), 30)
    found = house.found(row) or {}
    assert (found["kind"], found["state"], json.loads(found["body"])) == (
        "Skipped",
        "skipped",
        {"reason": reason},
    )


def test_nothing_is_left_of_an_image_that_was_erased_meanwhile(house: House) -> None:
    gone, there = house.picture(jpeg(60), there=False), house.picture(jpeg(60))
    house.tell(told(gone))
    house.tell(told(there))
    eventually(lambda: house.found(there) and not house.waiting("Queue"), 30)
    assert list(house.table.query(gone.image)) == []
    assert house.waiting("Parked") == 0


def test_it_hears_of_accepted_originals_alone(house: House) -> None:
    row = house.picture(jpeg(60))
    house.tell(told(replace(row, actor="read_metadata")))
    message = told(row)
    house.tell(replace(message, attributes={**message.attributes, "state": "failed"}))
    last = house.picture(jpeg(61))
    house.tell(told(last))
    eventually(lambda: house.found(last) and not house.waiting("Queue"), 30)
    assert house.found(row) is None


def test_an_event_that_was_too_small_for_the_result_is_read_up_in_the_row(house: House) -> None:
    row = house.picture(jpeg(44))
    body = json.dumps({"key": f"originals/{row.image}", "format": "JPEG"})
    house.table.write(Put({"pk": row.image, "sk": "result#accept_image#000001", "body": body}))
    found = json.loads(told(row).body)
    cut = found | {"data": found["data"] | {"result": None, "truncated": True}}
    house.tell(replace(told(row), body=json.dumps(cut)))
    eventually(lambda: house.found(row), 30)
    assert json.loads(json.loads((house.found(row) or {})["body"])["data"])["quality"] == 44


def test_only_the_messages_that_failed_come_again(house: House) -> None:
    good, bad = house.picture(jpeg(55)), house.picture(jpeg(55))
    missing = json.loads(told(bad).body)
    missing["data"] |= {"result": None, "truncated": True}
    bodies = {"a": told(good).body, "b": json.dumps(missing), "c": "no event"}
    records = [{"messageId": name, "body": body} for name, body in bodies.items()]
    answer = house.aws.client("lambda").invoke(
        FunctionName=house.stack["EstimateQuality"], Payload=json.dumps({"Records": records})
    )
    failed = json.loads(answer["Payload"].read())["batchItemFailures"]
    assert failed == [{"itemIdentifier": "b"}, {"itemIdentifier": "c"}]
    assert house.found(good)
