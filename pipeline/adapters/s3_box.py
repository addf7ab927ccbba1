"""The box of uploads in a bucket: browsers post straight to it; what was looked at is copied aside.

A bucket does not know which form was used before: until a form expires, it can be sent again, and the object
is another one then. So a look hashes what lies there and copies exactly that, told by its ETag, to a key that
ends in the hash and that no form can write.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.adapters import s3_client
from pipeline.adapters.lifetimes import seconds
from pipeline.errors import Unavailable, Unknown
from pipeline.tickets import ID, Form, Lying, Ticket

CHUNK = 1 << 20
"""Bytes that are read at a time."""
IN_MEMORY = 8 << 20
"""Bytes of a file that are held in memory when it is opened; more go to a temporary file."""
TRIES = 5
GONE = ("NoSuchKey", "404")
CHANGED = ("PreconditionFailed", "412")


class S3Box:
    """``pipeline.tickets.Box`` in a bucket, below ``prefix`` (empty, or with a slash at its end)."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        connect: Callable[[], Any] = s3_client.client,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bucket, self._clock = bucket, clock
        self._uploads, self._taken = f"{prefix}uploads/", f"{prefix}taken/"
        self._connect, self._known = connect, None

    def form(self, ticket: Ticket) -> Form:
        """See ``Box.form``. Raises ``Unavailable``, and ``Unsuitable`` for a lifetime that S3 refuses."""
        holds = seconds("A form", ticket.expires, self._clock())
        given = {"Content-Type": ticket.type}
        with self._worded():
            signed = self._client.generate_presigned_post(
                self._bucket,
                self._upload(ticket.id),
                Fields=given,
                Conditions=[given, ["content-length-range", 1, ticket.most]],
                ExpiresIn=holds,
            )
        return Form(signed["url"], signed["fields"])

    def origin(self) -> str:
        """Where forms go, as a browser's policy names it (RFC 6454)."""
        with self._worded():
            address = urlsplit(self._client.generate_presigned_post(self._bucket, self._uploads)["url"])
        return f"{address.scheme}://{address.netloc}"

    def look(self, id: str) -> Lying | None:
        """See ``Box.look``."""
        for _ in range(TRIES):
            if fixed := self._fixed(id):
                return fixed
            found = self._hashed(id)
            if found is None:
                return None
            tag, lying = found
            if self._fix(id, tag, lying):
                return lying
        raise Unavailable(f"{self._said} is written to all the time under one ticket.")

    def open(self, id: str, sha256: str) -> BinaryIO:
        """See ``Box.open``: a copy of it. Raises ``Unavailable``."""
        file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  whoever opens it closes it
        try:
            if self._read(f"{self._aside(id)}{sha256}", file.write) != sha256:
                raise Unavailable(f"What {self._said} gives out is not what was handed in.")
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast(BinaryIO, file)

    def sync(self) -> None:
        """See ``Box.sync``: a bucket that has answered has kept."""

    def has(self, id: str) -> bool:
        """See ``Box.has``."""
        return any(True for where in (self._upload(id), self._aside(id)) for _ in self._listed(where))

    def drop(self, id: str) -> None:
        """See ``Box.drop``."""
        with self._worded():
            for where in (self._upload(id), self._aside(id)):
                for each in list(self._listed(where)):
                    self._client.delete_object(Bucket=self._bucket, Key=each["Key"])

    def lying(self, older: float) -> Iterator[str]:
        """See ``Box.lying``."""
        before, told = self._clock() - timedelta(seconds=older), set[str]()
        for prefix in (self._uploads, self._taken):
            for each in self._listed(prefix):
                id = each["Key"].removeprefix(prefix).partition("/")[0]
                if ID.fullmatch(id) and id not in told and each["LastModified"] <= before:
                    told.add(id)
                    yield id

    def tidy(self, older: float) -> int:
        """See ``Box.tidy``: a bucket shows nothing half-written."""
        return 0

    @property
    def _client(self) -> Any:
        if self._known is None:
            self._known = self._connect()
        return self._known

    @property
    def _said(self) -> str:
        return f"The bucket {self._bucket}"

    def _upload(self, id: str) -> str:
        return f"{self._uploads}{_checked(id)}"

    def _aside(self, id: str) -> str:
        return f"{self._taken}{_checked(id)}/"

    def _fixed(self, id: str) -> Lying | None:
        where = self._aside(id)
        found = next(self._listed(where), None)
        return Lying(found["Key"].removeprefix(where), found["Size"]) if found else None

    def _hashed(self, id: str) -> tuple[str, Lying] | None:
        sizes: list[int] = []
        tags: list[str] = []
        try:
            digest = self._read(self._upload(id), lambda chunk: sizes.append(len(chunk)), tags.append)
        except Unknown:
            return None
        return tags[0], Lying(digest, sum(sizes))

    def _fix(self, id: str, tag: str, lying: Lying) -> bool:
        """Copy what was hashed to where no form writes; False when it is another object by now."""
        try:
            with self._worded(CHANGED):
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=f"{self._aside(id)}{lying.sha256}",
                    CopySource={"Bucket": self._bucket, "Key": self._upload(id)},
                    CopySourceIfMatch=tag,
                )
        except Unknown:
            return False
        return True

    def _read(self, key: str, take: Callable[[bytes], object], tell: Callable[[str], object] = str) -> str:
        """Read an object to its end: its sha256. ``tell`` hears the ETag. Raises ``Unknown``."""
        digest = sha256()
        with self._worded():
            found = self._client.get_object(Bucket=self._bucket, Key=key)
            tell(found["ETag"])
            with closing(found["Body"]) as body:
                for chunk in body.iter_chunks(CHUNK):
                    digest.update(chunk)
                    take(chunk)
        return digest.hexdigest()

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        with self._worded():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from page.get("Contents", ())

    @contextmanager
    def _worded(self, unknown: tuple[str, ...] = ()) -> Iterator[None]:
        """Raise ``Unknown`` for what is not there, and for these codes; ``Unavailable`` for all else."""
        try:
            yield
        except ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code", "an error"))
            if code in (*GONE, *unknown):
                raise Unknown(f"{self._said} has no such object.") from None
            raise Unavailable(f"{self._said} answered {code} to {fault.operation_name}.") from fault
        except BotoCoreError as fault:
            raise Unavailable(f"{self._said} cannot be used: {fault}") from fault


def _checked(id: str) -> str:
    if not ID.fullmatch(id):
        raise Unknown("This is no ticket's id.")
    return id
