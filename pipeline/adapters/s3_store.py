"""The store in a bucket: an object is there whole, with a checksum that S3 has compared, or not at all.

Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html (checksums),
conditional-writes.html (If-None-Match), mpuoverview.html (parts). Keys come in the order of their bytes.
A bucket that keeps versions keeps what is deleted here: Loupe's own have none.
"""

import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.adapters import s3_client
from pipeline.adapters.disk_store import ABANDONED_SECONDS, KEY
from pipeline.errors import LoupeError, Unavailable, Unknown

PART = 8 << 20
"""Bytes that are sent at a time, up to five times as many are in memory; what is smaller is sent at once.
S3 takes parts of 5 MB and more, 10,000 of them."""
CHUNK = 1 << 20
"""Bytes that are read at a time."""
DIGITS = 64
"""Of a sha256. A key that ends in one names its content: a repetition writes nothing."""
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}
"""How a key's end says what it is; the same that the web process says."""
GONE = ("NoSuchKey", "404", "NotFound", "NoSuchUpload")
THERE = ("PreconditionFailed", "412")
FROZEN = ("InvalidObjectState",)


class S3Store:
    """``pipeline.ports.Store`` in a bucket, below ``prefix`` (empty, or with a slash at its end).

    ``cache`` is what caches and browsers are told (Cache-Control) of all that is put here.
    """

    called = "store"
    """What messages call it."""

    def __init__(
        self, bucket: str, prefix: str = "", *, cache: str = "", connect: Callable[[], Any] = s3_client.shared
    ) -> None:
        self.bucket, self.prefix = bucket, prefix
        self._cache, self._connect = cache, connect

    def put(self, key: str, stream: BinaryIO) -> None:
        """See ``Store.put``. S3 has kept it, and compared its sha256, when it returns."""
        where = self._where(key)
        try:
            part = _filled(stream)
            with suppress(_There), self._worded(key):
                if len(part) < PART:
                    self._at_once(where, part)
                elif not (self._once(where) and self._has(where)):
                    self._in_parts(where, part, stream)
        except OSError as fault:
            raise Unavailable(
                f"What was to be put under '{key}' cannot be read: {fault.strerror}."
            ) from fault

    def open(self, key: str) -> BinaryIO:
        """See ``Store.open``: a copy in a temporary file, which has the object's size and time.

        Actors read all of a file, and some of it twice. A JPEG of 9.7 MB from a server on the same machine is
        read twice in 14 ms by a copy (17 ms where it lies in memory), in 108 ms by ranges of 1 MB, in 41 ms
        by ranges of 4 MB; shrunk and decoded in 80, 163 and 111 ms, by one request, 10 and 3.
        """
        where, file = self._where(key), tempfile.TemporaryFile()  # noqa: SIM115  whoever opens it closes it
        try:
            with self._worded(key):
                self._fetch(where, file)
        except BaseException:
            file.close()
            raise
        return cast(BinaryIO, file)

    def delete(self, key: str) -> None:
        """See ``Store.delete``."""
        where = self._where(key)
        with suppress(Unknown), self._worded(key):
            self._client.delete_object(Bucket=self.bucket, Key=where)

    def keys(self, prefix: str) -> Iterator[str]:
        """See ``Store.keys``: the list comes in pages of 1000."""
        for page in self._pages("list_objects_v2", f"{self._where(prefix)}/"):
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self.prefix)

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders directly below ``prefix``, in order; "" is the top."""
        above = f"{self._where(prefix)}/" if prefix else self.prefix
        pages = self._pages("list_objects_v2", above, Delimiter="/")
        found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]
        return sorted(each.removeprefix(above).rstrip("/") for each in found)

    def tidy(self) -> int:
        """Give up what writers that were killed left half-sent an hour ago; how many things that were."""
        return self._give_up(self.prefix, datetime.now(UTC) - timedelta(seconds=ABANDONED_SECONDS))

    def scrap(self, prefix: str) -> int:
        """Give up what is half-sent below the folder ``prefix``; how many things that were.

        Whoever was sending must have ended, or has to begin anew.
        """
        return self._give_up(f"{self._where(prefix)}/", datetime.max.replace(tzinfo=UTC))

    def _at_once(self, where: str, body: bytes) -> None:
        self._client.put_object(
            Bucket=self.bucket, Key=where, Body=body, ChecksumSHA256=_sum(body),
            **self._said(where), **self._once(where),
        )  # fmt: skip

    def _in_parts(self, where: str, part: bytes, stream: BinaryIO) -> None:
        """Nobody sees anything until the last call, and nothing stays where one fails."""
        place = {"Bucket": self.bucket, "Key": where}
        begun = self._client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256", **self._said(where))
        place["UploadId"] = begun["UploadId"]
        sent: list[dict[str, Any]] = []
        try:
            while part:
                told: dict[str, Any] = {"PartNumber": len(sent) + 1, "ChecksumSHA256": _sum(part)}
                answer = self._client.upload_part(**place, **told, Body=part)
                sent.append({**told, "ETag": answer["ETag"]})
                part = _filled(stream)
            self._client.complete_multipart_upload(
                **place, MultipartUpload={"Parts": sent}, **self._once(where)
            )
        except BaseException:
            with suppress(BotoCoreError, ClientError):  # what cannot be given up now is given up by `tidy`
                self._client.abort_multipart_upload(**place)
            raise

    def _fetch(self, where: str, file: Any) -> None:
        found = self._client.get_object(Bucket=self.bucket, Key=where)
        try:
            with closing(found["Body"]) as body:
                for chunk in body.iter_chunks(CHUNK):
                    file.write(chunk)
            file.seek(0)
            os.utime(file.fileno(), (found["LastModified"].timestamp(),) * 2)
        except OSError as fault:
            raise Unavailable(f"No room for a copy of '{where}': {fault.strerror}.") from fault

    def _said(self, where: str) -> Mapping[str, str]:
        """What is kept with an object."""
        type = TYPES.get(where.rpartition(".")[2], "application/octet-stream")
        return {"ContentType": type} | ({"CacheControl": self._cache} if self._cache else {})

    def _once(self, where: str) -> Mapping[str, str]:
        """The condition under which an object is written."""
        name = where.rpartition("/")[2]
        return {"IfNoneMatch": "*"} if len(name) == DIGITS and set(name) <= set("0123456789abcdef") else {}

    def _has(self, where: str) -> bool:
        with suppress(Unknown), self._worded(where):
            self._client.head_object(Bucket=self.bucket, Key=where)
            return True
        return False

    def _pages(self, operation: str, prefix: str, **given: str) -> Iterator[dict[str, Any]]:
        with self._worded(prefix):
            pages = self._client.get_paginator(operation)
            yield from pages.paginate(Bucket=self.bucket, Prefix=prefix, **given)

    def _give_up(self, prefix: str, before: datetime) -> int:
        pages = self._pages("list_multipart_uploads", prefix)
        left = [each for page in pages for each in page.get("Uploads", ()) if each["Initiated"] < before]
        for each in left:
            with suppress(Unknown), self._worded(each["Key"]):
                self._client.abort_multipart_upload(
                    Bucket=self.bucket, Key=each["Key"], UploadId=each["UploadId"]
                )
        return len(left)

    @property
    def _client(self) -> Any:
        return self._connect()

    def _where(self, key: str) -> str:
        if not KEY.fullmatch(key):
            raise Unknown(f"'{key}' is not a key of the {self.called}.")
        return f"{self.prefix}{key}"

    @contextmanager
    def _worded(self, key: str) -> Iterator[None]:
        """Raise ``Unknown`` for what is not there, ``Unavailable`` for all else."""
        try:
            yield
        except ClientError as fault:
            raise self._words(key, fault) from fault
        except BotoCoreError as fault:
            raise Unavailable(f"The bucket {self.bucket} cannot be used: {fault}") from fault

    def _words(self, key: str, fault: ClientError) -> LoupeError:
        code = str(fault.response.get("Error", {}).get("Code", "an error"))
        if code in GONE:
            return Unknown(f"The {self.called} has nothing under '{key}'.")
        if code in FROZEN:
            return Unavailable(f"What lies under '{key}' has to be restored before it can be read.")
        kind = _There if code in THERE else Unavailable
        return kind(f"The bucket {self.bucket} answered {code} to {fault.operation_name}.")


class _There(Unavailable):
    """What was to be written under a key that names its content is there already."""


def _filled(stream: BinaryIO) -> bytes:
    """The next ``PART`` bytes, fewer at the end alone."""
    found = bytearray()
    while len(found) < PART and (piece := stream.read(min(CHUNK, PART - len(found)))):
        found += piece
    return bytes(found)


def _sum(body: bytes) -> str:
    return b64encode(sha256(body).digest()).decode()
