"""The load program on AWS: objects into the drop of the store bucket, and the reports from the table."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from loupe.cloud.arriving import delivery
from loupe.cloud.ground import Cloud
from loupe.distinct import Copy
from loupe.loading_check import Seen, Sent
from loupe.template.data import DROP
from pipeline.adapters.dynamo_items import delivery_key
from pipeline.adapters.s3_incoming import locator
from pipeline.adapters.s3_load import S3Load

LOOK_SECONDS = 1.0
"""Between two looks at the table."""


@dataclass(slots=True)
class _Waiting:
    key: str
    image: str | None = None


class Dropped:
    """``loupe.loading_check.Target``: the drop; copies go below a prefix of their own."""

    def __init__(self, base: Cloud) -> None:
        self._base, self._bucket = base, S3Load(base.settings.store_bucket)
        self._run, self._numbers, self._due = f"load-{uuid4().hex[:12]}", count(1), 0.0
        self._waiting: dict[str, _Waiting] = {}

    def send(self, copy: Copy) -> Sent:
        """See ``Target.send``."""
        key = f"{DROP}{self._run}/{next(self._numbers):06}-{copy.path.name}"
        sha256, began = copy.sha256(), time.monotonic()
        with copy.open() as stream:
            etag = self._bucket.put(key, stream, copy.size)
        name = delivery(locator(self._bucket.bucket, key, etag))
        self._waiting[key] = _Waiting(delivery_key(name))
        return Sent(copy.path.name, sha256, copy.size, key, time.monotonic() - began, time.time())

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        """See ``Target.settled``: two reads for each that has not settled, once a second."""
        if not sent or time.monotonic() < self._due:
            return {}
        found = {each.image: seen for each in sent if (seen := self._look(each))}
        self._due = time.monotonic() + LOOK_SECONDS
        return found

    def _look(self, sent: Sent) -> Seen | None:
        """A rejected picture has no hash; its delivery, which holds the ETag, says that it is the one."""
        waiting = self._waiting[sent.image]
        if waiting.image is None:
            known = self._base.table.get(waiting.key, "delivery")
            waiting.image = known["image"] if known else None
        if waiting.image is None:
            return None
        head = self._base.catalog.find(waiting.image)
        if head is None or head.state == "waiting":
            return None
        sha256 = self._base.catalog.report(waiting.image)["sha256"] or sent.sha256
        return Seen(waiting.image, sha256, time.time())
