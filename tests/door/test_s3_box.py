"""The box in a bucket: what was seen stays what it was, whoever writes meanwhile; its troubles are told."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from loupe import uploads
from loupe.settings import load
from pipeline.adapters import s3_client
from pipeline.adapters.s3_box import S3Box
from pipeline.errors import Misconfigured, Unavailable, Unknown, Unsuitable
from pipeline.tickets import Lying, Ticket, new_id
from tests.door.counter import Counter, drawn, opened
from tests.servers.seaweed import BUCKET, Seaweed


def box(amazon: Seaweed, prefix: str = "") -> S3Box:
    return S3Box(BUCKET, prefix or f"{new_id()}/", amazon.client)


def put(amazon: Seaweed, where: S3Box, id: str, body: bytes) -> None:
    amazon.client().put_object(Bucket=BUCKET, Key=where._upload(id), Body=body)


def ticket(lives: float = 600) -> Ticket:
    return Ticket(new_id(), "V1", "a.png", "image/png", 1000, time.time() + lives)


def test_what_was_seen_is_read_whatever_comes_after(amazon: Seaweed) -> None:
    here, id = box(amazon), new_id()
    assert here.look(id) is None
    assert not here.has(id)
    put(amazon, here, id, b"first")
    seen = here.look(id)
    assert seen == Lying(sha256(b"first").hexdigest(), 5)
    put(amazon, here, id, b"second")
    assert here.look(id) == seen
    with here.open(id, seen.sha256) as stream:
        assert stream.read() == b"first"
        stream.seek(0)
        assert stream.read(2) == b"fi"
    amazon.client().delete_object(Bucket=BUCKET, Key=here._upload(id))
    assert here.look(id) == seen
    here.drop(id)
    assert not here.has(id)
    here.drop(id)
    with pytest.raises(Unknown):
        here.open(id, seen.sha256)


def test_who_looks_while_it_is_replaced_sees_one_of_both_whole(amazon: Seaweed) -> None:
    here, id = box(amazon), new_id()
    put(amazon, here, id, b"first")
    hashed, turns = here._hashed, [b"second", b"third"]

    def meanwhile(id: str) -> tuple[str, Lying] | None:
        found = hashed(id)
        if turns:
            put(amazon, here, id, turns.pop(0))
        return found

    here._hashed = meanwhile  # type: ignore[method-assign]
    seen = here.look(id)
    assert seen
    assert seen.sha256 == sha256(b"third").hexdigest()
    with here.open(id, seen.sha256) as stream:
        assert stream.read() == b"third"


def test_who_never_stops_writing_is_told_off(amazon: Seaweed) -> None:
    here, id = box(amazon), new_id()
    put(amazon, here, id, b"first")
    here._fix = lambda *_: False  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="written to all the time"):
        here.look(id)


def test_what_is_not_what_it_was_is_not_given_out(amazon: Seaweed) -> None:
    here, id = box(amazon), new_id()
    put(amazon, here, id, b"first")
    seen = here.look(id)
    assert seen
    amazon.client().put_object(Bucket=BUCKET, Key=f"{here._taken}{id}/{seen.sha256}", Body=b"forged")
    with pytest.raises(Unavailable, match="not what was handed in"):
        here.open(id, seen.sha256)


def test_a_large_file_does_not_stay_in_memory(amazon: Seaweed) -> None:
    here, id, body = box(amazon), new_id(), bytes(9 << 20)
    put(amazon, here, id, body)
    seen = here.look(id)
    assert seen
    with here.open(id, seen.sha256) as stream:
        assert stream._rolled  # type: ignore[attr-defined]
        assert sha256(stream.read()).hexdigest() == seen.sha256


def test_what_lies_there_is_listed_by_its_age(amazon: Seaweed) -> None:
    here, ids = box(amazon), [new_id(), new_id()]
    for id in ids:
        put(amazon, here, id, b"x")
    here.look(ids[0])
    amazon.client().put_object(Bucket=BUCKET, Key=f"{here._uploads}readme.txt", Body=b"x")
    assert sorted(here.lying(-60)) == sorted(ids)
    assert list(here.lying(60)) == []
    here._clock = lambda: datetime.now(UTC) + timedelta(seconds=120)
    assert sorted(here.lying(60)) == sorted(ids)
    assert here.tidy(0) == 0


def test_one_prefix_does_not_see_the_other(amazon: Seaweed) -> None:
    one, other = box(amazon), box(amazon)
    put(amazon, one, id := new_id(), b"x")
    assert list(other.lying(-60)) == []
    assert not other.has(id)


@pytest.mark.parametrize("lives", [-1.0, 0.5, 7 * 86_400 + 2.0])
def test_no_form_holds_longer_than_a_week_or_not_at_all(amazon: Seaweed, lives: float) -> None:
    with pytest.raises(Unsuitable, match="1 to 604800 seconds"):
        box(amazon).form(ticket(lives))


def test_a_form_for_nearly_a_week_is_signed(amazon: Seaweed) -> None:
    assert box(amazon).form(ticket(7 * 86_400 - 5)).fields["policy"]


@pytest.mark.parametrize("id", ["", "../x", "A" * 32, "a" * 33])
def test_no_other_key_is_ever_asked_for(amazon: Seaweed, id: str) -> None:
    for call in (S3Box.look, S3Box.drop, S3Box.has):
        with pytest.raises(Unknown):
            call(box(amazon), id)


def test_a_server_that_does_not_answer_or_refuses_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Mock()
    client.get_paginator.side_effect = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"The bucket inbox cannot be used: .*127\.0\.0\.1:1"):
        S3Box(BUCKET, "", lambda: client).look(new_id())
    refused: Any = {"Error": {"Code": "AccessDenied", "Message": "No"}}
    client.get_paginator.side_effect = ClientError(refused, "ListObjectsV2")
    with pytest.raises(Unavailable, match="The bucket inbox answered AccessDenied to ListObjectsV2"):
        S3Box(BUCKET, "", lambda: client).has(new_id())


def test_without_credentials_pages_are_shown_and_it_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/none",
                        "AWS_SHARED_CREDENTIALS_FILE": "/none"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    base = opened(tmp_path)
    assert uploads.origin(base) == ""
    assert caplog.records == []
    given = base.settings.model_copy(update={"upload_bucket": "without-credentials"})
    assert uploads.origin(dataclasses.replace(base, settings=given)) == ""
    assert "The bucket without-credentials cannot be used" in caplog.text


def test_a_bucket_is_named_plainly_or_with_a_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (uploads.bucket("inbox")._bucket, uploads.bucket("inbox")._uploads) == ("inbox", "uploads/")
    deep = uploads.bucket("s3://inbox/a/b/")
    assert (deep._bucket, deep._uploads, deep._taken) == ("inbox", "a/b/uploads/", "a/b/taken/")


@pytest.mark.parametrize("value", ["In Box", "https://inbox", "x", "s3://", "inbox/../x y", "inbox//x"])
def test_a_name_that_no_bucket_has_stops_the_start(value: str) -> None:
    with pytest.raises(Misconfigured, match="LOUPE_UPLOAD_BUCKET"):
        load(upload_bucket=value)


def test_at_amazon_a_form_goes_to_the_buckets_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
                        "AWS_DEFAULT_REGION": "eu-central-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert s3_client.endpoint() == ""
    form = S3Box("pictures", "loupe/").form(ticket())
    assert form.url == "https://pictures.s3.eu-central-1.amazonaws.com/"
    assert S3Box("pictures").origin() == "https://pictures.s3.eu-central-1.amazonaws.com"


def test_at_another_server_the_bucket_is_a_part_of_the_path(bucket: Counter, amazon: Seaweed) -> None:
    assert s3_client.endpoint() == amazon.url
    named = uploads.bucket(f"s3://{BUCKET}/named")
    assert named.origin() == amazon.url
    granted = ticket()
    assert bucket.post(named.form(granted), drawn()).status == 204
    assert named.has(granted.id)
