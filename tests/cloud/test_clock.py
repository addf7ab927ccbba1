"""The clock on AWS: what is due is done once, whoever wakes it and how often."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from loupe import settings
from loupe.cloud import clock, digests
from loupe.cloud.ground import Cloud, cloud
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_appointments import DynamoAppointments
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.dynamo_wakes import DynamoWakes
from pipeline.chain import discover
from pipeline.figures import EVERYTHING, day_of
from pipeline.ledger import Plan
from pipeline.model import Source
from tests.servers.ministack import REGION

SINKS = '{"ops": {"kind": "webhook", "address": "https://example.org/hook", "news": "digest"}}'


@pytest.fixture
def base(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setenv("LOUPE_SINKS", SINKS)
    buckets = {"store_bucket": "store-of-tests", "public_bucket": "public-of-tests"}
    told = settings.load(table=table.name, data=tmp_path, digest_at="00:00", digest_empty=True, **buckets)
    made = cloud(told, discover())
    s3 = client("s3")
    for bucket in {*buckets.values()} - {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return made


def entered(base: Cloud) -> str:
    source = Source("s3", "a.jpg", "s3://bucket/a.jpg?1")
    return base.ledger.enter([("d1", source)], lambda *_: Plan())[0].arrived.image


def test_an_appointment_is_kept_and_struck_out(base: Cloud) -> None:
    image = entered(base)
    diary = DynamoAppointments(base.table, base.ledger.images)
    diary.make(image, "accept_image", datetime.now(UTC) - timedelta(seconds=1))
    clock.tick(base)
    assert "accept_image" in base.ledger.open_tasks(image)
    assert diary.due(9) == []


def test_what_was_done_a_moment_ago_is_not_done_again(base: Cloud) -> None:
    clock.tick(base)
    first = DynamoWakes(base.table).all()
    assert {"appointments", "wishes", "erasures", "orphans"} <= first.keys()
    clock.tick(base)
    again = DynamoWakes(base.table).all()
    assert again["orphans"] == first["orphans"]
    assert {wake.failures for wake in again.values()} == {0}


def test_what_killed_writers_left_half_sent_is_given_up(base: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.adapters.s3_store.ABANDONED_SECONDS", 0)
    for bucket in (base.store.bucket, base.public.bucket):
        client("s3").create_multipart_upload(Bucket=bucket, Key=f"half/{uuid4().hex}")
    clock.tick(base)
    for bucket in (base.store.bucket, base.public.bucket):
        assert client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_days_that_were_kept_long_ago_are_forgotten(base: Cloud) -> None:
    wakes, now = DynamoWakes(base.table), time.time()
    days = [day_of(now - back * 86_400, "UTC").date.isoformat() for back in (1, 60)]
    for day in days:
        wakes.keep("digest/", day)
    clock.tick(base)
    assert wakes.kept([("digest/", day) for day in days]) == {("digest/", days[0])}


def test_yesterdays_digest_is_told_once_to_who_wants_it(base: Cloud) -> None:
    for _ in range(2):
        clock.tick(base)
    outbox = DynamoOutbox(base.table)
    found = outbox.turn("ops", "w", [], want=9, lease=30)
    assert [each.piece.kind for each in found] == ["digest"]
    yesterday = day_of(time.time() - 86_400, "UTC").date.isoformat()
    assert found[0].piece.data["date"] == yesterday


def test_a_digest_counts_what_came(base: Cloud) -> None:
    source = Source("s3", "a.jpg", "s3://bucket/a.jpg?1")
    base.engine().enter([("d1", source), ("d2", source)])
    assert digests.tell(base, EVERYTHING, day_of(time.time(), "UTC"))
    (found,) = DynamoOutbox(base.table).turn("ops", "w", [], want=9, lease=30)
    assert found.piece.data["images"] == 2
