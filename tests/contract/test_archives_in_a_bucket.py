"""The archive in a bucket: what lies deep is asked for, and said to be there when it is.

On moto, which pretends to restore: SeaweedFS keeps a storage class, but reads whatever lies there.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from pipeline.adapters.s3_archive import TAKES, Class, S3Archive, Tier
from pipeline.errors import Unavailable, Unknown

KEY, BUCKET = "originals/ab/cd/abcd", "store"
DEEP = list(TAKES)


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        made = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        made.create_bucket(Bucket=BUCKET)
        yield made


def archive(client: Any, storage_class: Class = "GLACIER_IR", tier: Tier = "Standard") -> S3Archive:
    made = S3Archive(BUCKET, storage_class=storage_class, tier=tier, connect=lambda: client)
    made.put(KEY, io.BytesIO(b"picture"))
    return made


def answering(client: Any, **head: Any) -> Stubber:
    """Its next answer to who asks what lies there."""
    stubber = Stubber(client)
    expected = {"Bucket": BUCKET, "Key": f"archive/{KEY}"}
    stubber.add_response("head_object", {"ContentLength": 7, **head}, expected)
    stubber.activate()
    return stubber


def soon(at: datetime | None, wait: timedelta) -> bool:
    return at is not None and abs(at - datetime.now(UTC) - wait) < timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"])
def test_it_lies_below_its_prefix_in_its_class(client: Any, kind: Class) -> None:
    archive(client, kind)
    assert client.head_object(Bucket=BUCKET, Key=f"archive/{KEY}")["StorageClass"] == kind


@pytest.mark.parametrize("kind", ["STANDARD_IA", "GLACIER_IR"])
def test_what_is_cold_only_is_read_at_once(client: Any, kind: Class) -> None:
    there = archive(client, kind)
    assert there.ready(KEY) is None
    with there.open(KEY) as stream:
        assert stream.read() == b"picture"


@pytest.mark.parametrize(("kind", "tier"), DEEP)
def test_what_lies_deep_is_asked_for_and_can_then_be_read(client: Any, kind: Class, tier: Tier) -> None:
    there = archive(client, kind, tier)
    with pytest.raises(Unavailable, match=f"lies under '{KEY}' has to be restored"):
        there.open(KEY)
    assert soon(there.ready(KEY), TAKES[kind, tier])
    assert there.ready(KEY) is None  # moto takes no time
    with there.open(KEY) as stream:
        assert stream.read() == b"picture"


def test_a_copy_is_asked_for_by_days_and_tier(client: Any) -> None:
    there = archive(client, "DEEP_ARCHIVE", "Bulk")
    stubber = answering(client, StorageClass="DEEP_ARCHIVE")
    wanted = {"Days": 2, "GlacierJobParameters": {"Tier": "Bulk"}}
    expected = {"Bucket": BUCKET, "Key": f"archive/{KEY}", "RestoreRequest": wanted}
    stubber.add_response("restore_object", {}, expected)
    assert soon(there.ready(KEY), timedelta(hours=48))
    stubber.assert_no_pending_responses()


def test_what_was_asked_for_already_is_not_asked_for_again(client: Any) -> None:
    there = archive(client, "GLACIER")
    answering(client, StorageClass="GLACIER", Restore='ongoing-request="true"')
    assert soon(there.ready(KEY), timedelta(minutes=25))


def test_who_asks_at_the_same_time_waits_as_well(client: Any) -> None:
    there = archive(client, "GLACIER")
    answering(client, StorageClass="GLACIER").add_client_error("restore_object", "RestoreAlreadyInProgress")
    assert soon(there.ready(KEY), timedelta(minutes=25))


def test_a_copy_that_is_there_can_be_read(client: Any) -> None:
    there = archive(client, "GLACIER")
    said = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"'
    answering(client, StorageClass="GLACIER", Restore=said)
    assert there.ready(KEY) is None


def test_a_refusal_to_restore_is_told_in_words(client: Any) -> None:
    there = archive(client, "GLACIER")
    answering(client, StorageClass="GLACIER").add_client_error(
        "restore_object", "GlacierExpeditedRetrievalNotAvailable"
    )
    with pytest.raises(Unavailable, match=r"answered GlacierExpedited.* to RestoreObject") as told:
        there.ready(KEY)
    assert isinstance(told.value.__cause__, ClientError)


def test_what_a_rule_moved_deeper_is_asked_for_as_well(client: Any) -> None:
    """The archive itself puts things where they can be read at once."""
    there = archive(client, "GLACIER_IR")
    answering(client, StorageClass="DEEP_ARCHIVE").add_response("restore_object", {})
    assert soon(there.ready(KEY), timedelta(hours=12))


def test_a_damaged_copy_is_written_again(client: Any) -> None:
    name = f"originals/{'ab' * 32}"
    there = archive(client)
    there.put(name, io.BytesIO(b"damaged"))
    there.put(name, io.BytesIO(b"picture"))
    with there.open(name) as stream:
        assert stream.read() == b"picture"


@pytest.mark.parametrize("kind", ["GLACIER_IR", "DEEP_ARCHIVE"])
def test_what_is_not_there_is_never_asked_for(client: Any, kind: Class) -> None:
    with pytest.raises(Unknown, match="archive has nothing under 'missing'"):
        archive(client, kind).ready("missing")
