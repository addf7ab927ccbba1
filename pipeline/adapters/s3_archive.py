"""The archive in a bucket: the same keys as in the store, below a prefix, in a storage class that is cheap.

``GLACIER_IR`` is read like any other. What lies in ``GLACIER`` or ``DEEP_ARCHIVE``, because it was put there
or a rule of the bucket moved it there later, has to be asked for: S3 then lays a copy beside it for days.
Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html (times),
docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html and API_HeadObject.html (``x-amz-restore``).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from botocore.exceptions import ClientError

from pipeline.adapters import s3_client
from pipeline.adapters.s3_store import S3Store

Class = Literal["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
Tier = Literal["Standard", "Bulk"]
TAKES = {
    ("GLACIER", "Standard"): timedelta(hours=5),
    ("GLACIER", "Bulk"): timedelta(hours=12),
    ("DEEP_ARCHIVE", "Standard"): timedelta(hours=12),
    ("DEEP_ARCHIVE", "Bulk"): timedelta(hours=48),
}
"""How long S3 takes at most, as a rule, to make a thing readable."""
AGAIN = 12
"""S3 does not say how far it is: whoever asked already looks again after this part of the time."""
ONGOING = re.compile(r'ongoing-request="(true|false)"')
DAYS = 2
"""For which S3 keeps the copy: it is fetched within hours of being there."""


class S3Archive(S3Store):
    """``pipeline.ports.Archive`` in a bucket. What is put again takes the place of what was there."""

    called = "archive"

    def __init__(
        self,
        bucket: str,
        prefix: str = "archive/",
        *,
        storage_class: Class = "GLACIER_IR",
        tier: Tier = "Standard",
        days: int = DAYS,
        connect: Callable[[], Any] = s3_client.shared,
    ) -> None:
        super().__init__(bucket, prefix, connect=connect)
        self._class, self._tier, self._days = storage_class, tier, days

    def ready(self, key: str) -> datetime | None:
        """See ``Archive.ready``. A copy that nobody fetched in time is asked for again."""
        found = self._head(key)
        takes = TAKES.get((found.get("StorageClass", "STANDARD"), self._tier))
        state = ONGOING.search(found.get("Restore", ""))
        if takes is None or (state and state[1] == "false"):
            return None
        asked = state is None and self._ask(key)
        return datetime.now(UTC) + (takes if asked else takes / AGAIN)

    def size(self, key: str) -> int:
        """See ``Archive.size``."""
        return int(self._head(key)["ContentLength"])

    def since(self, key: str) -> datetime:
        """See ``Archive.since``."""
        found: datetime = self._head(key)["LastModified"]
        return found.astimezone(UTC)

    def _said(self, where: str) -> Mapping[str, str]:
        return {**super()._said(where), "StorageClass": self._class}

    def _once(self, where: str) -> Mapping[str, str]:
        """None: what turned out damaged when it was read back is written again."""
        return {}

    def _head(self, key: str) -> dict[str, Any]:
        where = self._where(key)
        with self._worded(key):
            found: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=where)
        return found

    def _ask(self, key: str) -> bool:
        """Ask for a copy; False where somebody asked meanwhile."""
        wanted = {"Days": self._days, "GlacierJobParameters": {"Tier": self._tier}}
        with self._worded(key):
            try:
                self._client.restore_object(Bucket=self.bucket, Key=self._where(key), RestoreRequest=wanted)
            except ClientError as fault:
                if fault.response.get("Error", {}).get("Code") == "RestoreAlreadyInProgress":
                    return False
                raise
        return True
