"""What the store in a bucket promises beyond the others: what S3 is told, and what it says in trouble."""

from __future__ import annotations

import io
import os
import tracemalloc
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from pipeline.adapters import s3_client, s3_store
from pipeline.adapters.s3_archive import S3Archive
from pipeline.adapters.s3_store import PART, S3Store
from pipeline.errors import Unavailable, Unknown
from pipeline.publication import FOR_EVER
from tests.contract.storing import Torn, client_of, in_a_bucket
from tests.servers.seaweed import BUCKET, Seaweed
from web.public import KINDS

ORIGINAL = f"originals/{'ab' * 32}"


class Watched:
    """A client that notes what it is asked, and may break what is sent."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.changed: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name in ("get_paginator", "meta"):
            return real

        def ask(**given: Any) -> Any:
            self.asked.append((name, given))
            return real(**{n: self.changed.get(n, value) for n, value in given.items()})

        return ask

    def calls(self) -> list[str]:
        return [name for name, _ in self.asked]


@pytest.fixture
def watched(amazon: Seaweed) -> Watched:
    return Watched(client_of(amazon))


@pytest.fixture
def store(watched: Watched, amazon: Seaweed) -> S3Store:
    prefix = in_a_bucket("s3", amazon).store.prefix  # type: ignore[union-attr]
    return S3Store(BUCKET, prefix, connect=lambda: watched)


def put(store: S3Store, key: str, body: bytes) -> None:
    store.put(key, io.BytesIO(body))


def head(store: S3Store, amazon: Seaweed, key: str) -> Any:
    return client_of(amazon).head_object(Bucket=BUCKET, Key=store.prefix + key, ChecksumMode="ENABLED")


def sum_of(body: bytes) -> str:
    return b64encode(sha256(body).digest()).decode()


def test_s3_has_compared_the_sha256_of_what_it_keeps(store: S3Store, amazon: Seaweed) -> None:
    put(store, "a/b", b"picture")
    assert head(store, amazon, "a/b")["ChecksumSHA256"] == sum_of(b"picture")
    large = os.urandom(PART + 5)
    put(store, "a/large", large)
    whole = sha256(sha256(large[:PART]).digest() + sha256(large[PART:]).digest()).digest()
    assert head(store, amazon, "a/large")["ChecksumSHA256"] == f"{b64encode(whole).decode()}-2"


@pytest.mark.parametrize("size", [7, 2 * PART + 7])
def test_what_changes_on_its_way_is_not_kept(store: S3Store, watched: Watched, size: int) -> None:
    watched.changed["Body"] = b"other bytes"
    with pytest.raises(Unavailable, match=r"answered BadDigest to (PutObject|UploadPart)"):
        put(store, "a/b", bytes(size))
    assert list(store.keys("a")) == []
    assert store.scrap("a") == 0


def test_what_names_its_content_is_written_once(store: S3Store, watched: Watched, amazon: Seaweed) -> None:
    put(store, ORIGINAL, b"picture")
    first = head(store, amazon, ORIGINAL)
    put(store, ORIGINAL, b"PICTURE")
    again = head(store, amazon, ORIGINAL)
    assert (again["ETag"], again["LastModified"]) == (first["ETag"], first["LastModified"])
    assert [given.get("IfNoneMatch") for _, given in watched.asked] == ["*", "*"]
    put(store, "a/b", b"picture")
    assert "IfNoneMatch" not in watched.asked[-1][1]


def test_what_is_large_and_there_already_is_not_sent_again(store: S3Store, watched: Watched) -> None:
    large = os.urandom(PART + 1)
    put(store, ORIGINAL, large)
    parts = ["upload_part", "upload_part", "complete_multipart_upload"]
    assert watched.calls() == ["head_object", "create_multipart_upload", *parts]
    put(store, ORIGINAL, large)
    assert watched.calls()[5:] == ["head_object"]


def test_two_who_send_something_large_at_once_leave_the_first(store: S3Store, watched: Watched) -> None:
    large = os.urandom(PART + 1)
    put(store, ORIGINAL, large)
    with patch.object(store, "_has", return_value=False):
        put(store, ORIGINAL, large)
    assert watched.calls()[-2:] == ["complete_multipart_upload", "abort_multipart_upload"]
    assert store.scrap("originals") == 0


def test_a_large_thing_is_never_in_memory_whole(amazon: Seaweed) -> None:
    store = in_a_bucket("s3", amazon).store

    class Long(io.RawIOBase):
        left = 48

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return bytes(1 << 20) if self.left >= 0 else b""

    tracemalloc.start()
    store.put("a/large", Long())  # type: ignore[arg-type]
    with store.open("a/large") as stream:
        while stream.read(1 << 20):
            pass
        assert stream.tell() == 48 << 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * PART


def test_an_opened_copy_has_the_objects_size_and_time(store: S3Store, amazon: Seaweed) -> None:
    """So that whoever serves it can say since when it is what it is."""
    put(store, "a/b", b"picture")
    with store.open("a/b") as stream:
        state = os.fstat(stream.fileno())
    assert state.st_size == 7
    assert datetime.fromtimestamp(state.st_mtime, UTC) == head(store, amazon, "a/b")["LastModified"]


def test_a_closed_copy_leaves_no_file_open(store: S3Store) -> None:
    put(store, "a/b", b"picture")
    store.open("a/b").close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        store.open("a/b").close()
        with pytest.raises(Unknown):
            store.open("a/c")
    assert len(os.listdir("/proc/self/fd")) == before


def test_public_files_say_what_they_are_and_how_long_they_may_be_kept(amazon: Seaweed) -> None:
    client = client_of(amazon)
    public = S3Store(BUCKET, "public/i/", cache=FOR_EVER, connect=lambda: client)
    assert s3_store.TYPES == KINDS
    for kind, type in KINDS.items():
        put(public, f"image/w150-00.{kind}", b"x")
        found = head(public, amazon, f"image/w150-00.{kind}")
        assert (found["ContentType"], found["CacheControl"]) == (type, FOR_EVER)


def test_what_is_private_says_nothing_of_either(store: S3Store, amazon: Seaweed) -> None:
    put(store, ORIGINAL, b"x")
    found = head(store, amazon, ORIGINAL)
    assert found["ContentType"] == "application/octet-stream"
    assert "CacheControl" not in found


def test_keys_come_page_by_page(store: S3Store) -> None:
    names = [f"a/{n:03}" for n in range(12)]
    for name in names:
        put(store, name, b"")
    client = store._client
    with patch.object(client, "get_paginator") as paginator:
        pages = client._client.get_paginator("list_objects_v2")
        paginator.return_value.paginate = lambda **given: pages.paginate(
            **given, PaginationConfig={"PageSize": 5}
        )
        assert list(store.keys("a")) == names


def test_one_prefix_does_not_see_the_other(amazon: Seaweed) -> None:
    one, other = in_a_bucket("s3", amazon), in_a_bucket("s3-archive", amazon)
    one.store.put("a/b", io.BytesIO(b"1"))
    assert list(other.store.keys("a")) == other.store.folders("") == []


@mock_aws
def test_folders_in_which_nothing_lies_any_more_are_gone() -> None:
    """On moto: SeaweedFS takes a while to forget them, S3 has no folders at all."""
    client = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket=BUCKET)
    store = S3Store(BUCKET, "i/", connect=lambda: client)
    for key in ("b/one/x", "a/y", "b/two/z"):
        put(store, key, b"1")
    assert store.folders("") == ["a", "b"]
    store.delete("b/one/x")
    assert store.folders("b") == ["two"]
    store.delete("b/two/z")
    assert store.folders("") == ["a"]


def left_half_sent(store: S3Store, amazon: Seaweed, key: str) -> None:
    client_of(amazon).create_multipart_upload(Bucket=BUCKET, Key=store.prefix + key)


def test_what_killed_writers_left_half_sent_goes_after_an_hour(
    store: S3Store, amazon: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a/b", b"whole")
    left_half_sent(store, amazon, "a/b")
    assert store.tidy() == 0
    monkeypatch.setattr(s3_store, "ABANDONED_SECONDS", -60)
    assert store.tidy() == 1
    assert store.tidy() == 0
    assert list(store.keys("a")) == ["a/b"]


def test_what_was_left_half_sent_is_scrapped_however_fresh(store: S3Store, amazon: Seaweed) -> None:
    for key in ("a/b/c", "a/d", "ab/c"):
        left_half_sent(store, amazon, key)
    assert store.scrap("a") == 2
    assert store.scrap("a") == 0
    assert store.scrap("ab") == 1


def test_what_cannot_be_given_up_hides_no_fault(store: S3Store, watched: Watched) -> None:
    with patch.object(Watched, "abort_multipart_upload", create=True) as abort:
        abort.side_effect = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        with pytest.raises(ValueError, match="torn"):
            store.put("a/b", Torn(ValueError("torn"), PART + 1))  # type: ignore[arg-type]
    assert store.scrap("a") == 1


def refusing(amazon: Seaweed, operation: str, code: str) -> S3Store:
    client = amazon.client()
    stubber = Stubber(client)
    stubber.add_client_error(operation, code)
    stubber.activate()
    return S3Store(BUCKET, connect=lambda: client)


@pytest.mark.parametrize(
    ("operation", "act", "words"),
    [
        ("put_object", lambda store: put(store, "a", b""), "answered AccessDenied to PutObject"),
        ("get_object", lambda store: store.open("a"), "answered AccessDenied to GetObject"),
        ("delete_object", lambda store: store.delete("a"), "answered AccessDenied to DeleteObject"),
        ("list_objects_v2", lambda store: list(store.keys("a")), "answered AccessDenied to ListObjectsV2"),
        ("list_objects_v2", lambda store: store.folders(""), "answered AccessDenied to ListObjectsV2"),
        ("list_multipart_uploads", lambda store: store.tidy(), "AccessDenied to ListMultipartUploads"),
    ],
)
def test_a_refusal_is_told_in_words(amazon: Seaweed, operation: str, act: Any, words: str) -> None:
    with pytest.raises(Unavailable, match=f"The bucket inbox .*{words}"):
        act(refusing(amazon, operation, "AccessDenied"))


def test_what_lies_frozen_is_told_in_words(amazon: Seaweed) -> None:
    with pytest.raises(Unavailable, match="lies under 'a/b' has to be restored"):
        refusing(amazon, "get_object", "InvalidObjectState").open("a/b")


def test_a_bucket_that_is_not_there_is_not_a_key_that_is_not_there(amazon: Seaweed) -> None:
    client = client_of(amazon)
    with pytest.raises(Unavailable, match="The bucket nowhere answered NoSuchBucket"):
        S3Store("nowhere", connect=lambda: client).open("a/b")


def test_a_server_that_does_not_answer_and_missing_credentials_are_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a",
                        "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    store = S3Store("inbox")
    with pytest.raises(Unavailable, match=r"The bucket inbox cannot be used: .*127\.0\.0\.1:1"):
        store.open("a/b")
    assert s3_client.shared() is s3_client.shared()

    def nobody() -> Any:
        raise ClientError({"Error": {"Code": "ExpiredToken"}}, "AssumeRole")

    with pytest.raises(Unavailable, match="answered ExpiredToken to AssumeRole"):
        S3Store("inbox", connect=nobody).delete("a")


def test_a_transfer_that_breaks_off_is_told_and_leaves_no_file(store: S3Store) -> None:
    class Broken(io.BytesIO):
        def iter_chunks(self, _size: int) -> Any:
            yield b"some"
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    before = len(os.listdir("/proc/self/fd"))
    with patch.object(Watched, "get_object", create=True) as get:
        get.return_value = {"Body": Broken()}
        with pytest.raises(Unavailable, match="cannot be used"):
            store.open("a/b")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_full_temporary_disk_is_told_in_words(store: S3Store) -> None:
    put(store, "a/b", b"picture")
    with (
        patch.object(os, "utime", side_effect=OSError(28, "No space left on device")),
        pytest.raises(Unavailable, match=r"No room for a copy of '.*a/b': No space left on device"),
    ):
        store.open("a/b")


def test_an_archive_and_its_store_share_a_bucket(store: S3Store, amazon: Seaweed) -> None:
    client = client_of(amazon)
    archive = S3Archive(BUCKET, f"{store.prefix}archive/", connect=lambda: client)
    put(store, ORIGINAL, b"picture")
    with store.open(ORIGINAL) as stream:
        archive.put(ORIGINAL, stream)
    assert head(store, amazon, f"archive/{ORIGINAL}")["StorageClass"] == "GLACIER_IR"
    assert list(store.keys("originals")) == list(archive.keys("originals")) == [ORIGINAL]
    assert archive.since(ORIGINAL) - datetime.now(UTC) < timedelta(minutes=1)
