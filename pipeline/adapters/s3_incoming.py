"""Brings the bytes of objects that lie in a bucket, as they were when they were told of."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote, urlsplit

from pipeline.adapters.aws_client import client, why
from pipeline.errors import Rejected, Unavailable
from pipeline.model import Source

CHUNK = 1 << 20
IN_MEMORY = 16 << 20
"""Bytes above which a file is kept on the disk while it is looked at."""
GONE = ("404", "NoSuchKey", "NotFound", "412", "PreconditionFailed")


def locator(bucket: str, key: str, etag: str) -> str:
    """Names one content of one object."""
    return f"s3://{bucket}/{quote(key)}?{etag.strip(chr(34))}"


class S3Incoming:
    """``pipeline.ports.Incoming`` for buckets."""

    @contextmanager
    def open(self, source: Source, limit: int) -> Iterator[BinaryIO]:
        """See ``Incoming.open``. Raises ``Rejected`` for an object that was replaced or removed since."""
        answer = _asked(source)
        size = int(answer["ContentLength"])
        if size > limit:
            answer["Body"].close()
            raise Rejected(
                f"This file has {size / 1e6:,.1f} MB; at most {limit / 1e6:,.1f} MB are accepted. "
                "Please send a smaller copy."
            )
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            _read(answer, cast(BinaryIO, file), source)
            file.seek(0)
            yield cast(BinaryIO, file)


def _asked(source: Source) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    where = urlsplit(source.locator)
    asked = {"Bucket": where.netloc, "Key": unquote(where.path[1:]), "IfMatch": f'"{where.query}"'}
    try:
        return cast(dict[str, Any], client("s3").get_object(**asked))
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", "an error"))
        if code in GONE:
            raise Rejected(f"{source.name} was removed or replaced before it was looked at.") from None
        raise Unavailable(f"The bucket {where.netloc} answered {code}.") from fault
    except BotoCoreError as fault:
        raise Unavailable(f"The bucket {where.netloc} cannot be reached: {why(fault)}.") from fault


def _read(answer: dict[str, Any], file: BinaryIO, source: Source) -> None:
    from botocore.exceptions import BotoCoreError

    try:
        with closing(answer["Body"]) as body:
            for chunk in body.iter_chunks(CHUNK):
                file.write(chunk)
    except BotoCoreError as fault:
        raise Unavailable(f"{source.name} broke off on its way: {why(fault)}.") from fault
