"""A watched part of a bucket. Objects are whole as soon as they are there; the list is gone through in turns.

Source: docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html (keys come in the order of their bytes,
``StartAfter`` goes on behind one).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

from pipeline.adapters import s3_client
from pipeline.drops import Found, Unreadable, passed_over, report_path
from pipeline.errors import Unavailable
from pipeline.model import SourceKind
from pipeline.ports import Report

PAGE, PAGES = 1000, 10
"""Objects in one answer, and answers in one look; the next look goes on from there."""
CHUNK = 1 << 20
OWN = "loupe-image"
"""A field of what a bucket keeps with a report: by it we know our own."""
GONE = ("404", "NoSuchKey", "NotFound", "412", "PreconditionFailed")
LONGEST = 1024
"""Bytes of a key."""


class S3Drop:
    """``pipeline.drops.Drop`` for ``s3://bucket/prefix``. boto3 is loaded with the first look."""

    kind: SourceKind = "s3"
    pause = 10.0

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.bucket, _, prefix = self.address.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._after = ""
        self._made: Any = None

    def pages(self) -> Iterator[Sequence[Found]]:
        """See ``Drop.pages``."""
        for _ in range(PAGES):
            answer = self._ask("list_objects_v2", Prefix=self._prefix, MaxKeys=PAGE, StartAfter=self._after)
            listed = answer.get("Contents", [])
            yield [found for each in listed if (found := self._found(each))]
            self._after = listed[-1]["Key"] if listed and answer.get("IsTruncated") else ""
            if not self._after:
                return

    def fetch(self, found: Found, write: Callable[[bytes], object]) -> bool:
        """See ``Drop.fetch``."""
        etag = found.stamp.partition(" ")[2]
        try:
            answer = self._ask("get_object", Key=self._key(found.path), IfMatch=etag)
        except _Gone:
            return False
        size = 0
        with closing(answer["Body"]) as body:
            for chunk in self._chunks(body, found):
                write(chunk)
                size += len(chunk)
        return size == found.size

    def tell(self, path: str, report: Report) -> None:
        """See ``Drop.tell``."""
        key = self._key(report_path(path))
        if len(key.encode()) > LONGEST:
            raise Unavailable(f"No report can be put beside {self._key(path)}: its name would be too long.")
        try:
            self._ask("head_object", Key=self._key(path))
        except _Gone:
            return
        if self._told(key) == "":
            raise Unavailable(f"s3://{self.bucket}/{key} is not a report of Loupe's and is left as it is.")
        body = json.dumps(report, indent=2, default=str).encode()
        own = {OWN: str(report["id"])}
        self._ask("put_object", Key=key, Body=body, ContentType="application/json", Metadata=own)

    def untell(self, path: str) -> None:
        """See ``Drop.untell``."""
        key = self._key(report_path(path))
        if self._told(key):
            self._ask("delete_object", Key=key)

    def look(self) -> str | None:
        """What is wrong with the bucket, in words; None: it can be listed."""
        try:
            self._ask("list_objects_v2", Prefix=self._prefix, MaxKeys=1)
        except Unavailable as fault:
            return fault.words
        return None

    def _told(self, key: str) -> str | None:
        """The image that a report is about; empty for an object that is none, None where there is nothing."""
        try:
            found = self._ask("head_object", Key=key)
        except _Gone:
            return None
        return str(found.get("Metadata", {}).get(OWN, ""))

    def _found(self, listed: Any) -> Found | None:
        path = listed["Key"].removeprefix(self._prefix)
        if not path or path.endswith("/") or passed_over(path.rpartition("/")[2]):
            return None
        return Found(path, listed["Size"], f"{listed['Size']} {listed['ETag']}")

    def _key(self, path: str) -> str:
        return f"{self._prefix}{path}"

    def _chunks(self, body: Any, found: Found) -> Iterator[bytes]:
        from botocore import exceptions

        try:
            yield from body.iter_chunks(CHUNK)
        except exceptions.BotoCoreError as fault:
            raise Unreadable(f"{self._key(found.path)} cannot be read: {fault}") from fault

    def _ask(self, operation: str, **given: Any) -> Any:
        """Ask the bucket. Raises ``Unavailable``: ``_Gone`` where there is no such object."""
        from botocore import exceptions

        try:
            if self._made is None:
                self._made = s3_client.client()
            return getattr(self._made, operation)(Bucket=self.bucket, **given)
        except exceptions.ClientError as fault:
            said = fault.response.get("Error", {})
            code = str(said.get("Code", ""))
            kind = _Gone if code in GONE else Unavailable
            raise kind(f"The bucket {self.bucket}: {code}: {said.get('Message', '')}") from fault
        except exceptions.BotoCoreError as fault:
            raise Unavailable(f"The bucket {self.bucket}: {fault}") from fault


class _Gone(Unavailable):
    """There is no such object (any more)."""
